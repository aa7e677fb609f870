//! Which line a row of the bank means, as tables.

use super::matching::{LineKey, Matched, ResultRow, Unmatched, match_movements, match_rows};
use super::{FailureReason, LineState, Outcome};
use crate::money::Fen;

fn line(seq: i64, account: &str, payee: &str, fen: i64) -> LineKey {
    LineKey {
        seq,
        account: account.to_owned(),
        payee: payee.to_owned(),
        amount_fen: Fen(fen),
        state: LineState::Waiting,
    }
}

fn row(account: &str, name: &str, fen: i64) -> ResultRow {
    ResultRow {
        row: 1,
        seq: None,
        account: Some(account.to_owned()),
        name: name.to_owned(),
        amount_fen: Some(Fen(fen)),
        outcome: Outcome::Paid,
        text: String::new(),
        bank_date: None,
        serial: None,
    }
}

fn failed(row: ResultRow) -> ResultRow {
    ResultRow { outcome: Outcome::Failed(FailureReason::Closed), ..row }
}

fn matched(rows: &[ResultRow], lines: &[LineKey]) -> Matched {
    let matched = match_rows(rows, lines);
    let all = matched.pairs.len() + matched.unmatched.len();
    assert_eq!(all, rows.len(), "no row disappears");
    matched
}

#[test]
fn one_row_one_line() {
    let lines = [line(1, "a", "安一", 5_000), line(2, "b", "安·二", 5_000)];
    for (what, row, expected) in [
        ("all fits", row("a", "安一", 5_000), Ok(0)),
        ("blanks", row("a", " 安　一 ", 5_000), Ok(0)),
        ("another dot", row("b", "安•二", 5_000), Ok(1)),
        ("no name", row("b", "", 5_000), Ok(1)),
        ("no amount", ResultRow { amount_fen: None, ..row("b", "", 0) }, Ok(1)),
        ("other account", row("z", "安一", 5_000), Err(Unmatched::Account)),
        ("other amount", row("a", "安一", 5_001), Err(Unmatched::Amount)),
        ("other name", row("a", "安二", 5_000), Err(Unmatched::Name)),
        ("sequence", ResultRow { account: None, seq: Some(2), ..row("", "安·二", 5_000) }, Ok(1)),
        ("nothing", ResultRow { account: None, ..row("", "安一", 5_000) }, Err(Unmatched::Nothing)),
    ] {
        let came = matched(&[row], &lines);
        let said = came.pairs.first().map(|it| it.1).ok_or_else(|| came.unmatched[0].1);
        assert_eq!(said, expected, "{what}");
    }
}

#[test]
fn a_line_that_stands_twice_is_matched_once() {
    let lines = [line(1, "a", "安一", 5_000)];
    let rows = [row("a", "安一", 5_000), row("a", "安一", 5_000)];
    let came = matched(&rows, &lines);
    assert_eq!((came.pairs, came.unmatched), (vec![(0, 0)], vec![(1, Unmatched::Repeated)]));
}

#[test]
fn equal_lines_are_told_apart_by_sequence_or_not_at_all() {
    let lines = [line(1, "a", "安一", 5_000), line(2, "a", "安一", 5_000)];
    let numbered = |seq, row| ResultRow { seq: Some(seq), ..row };
    let rows = [numbered(2, row("a", "安一", 5_000)), numbered(1, failed(row("a", "安一", 5_000)))];
    assert_eq!(matched(&rows, &lines).pairs, [(0, 1), (1, 0)]);
    let same = [row("a", "安一", 5_000), row("a", "安一", 5_000)];
    assert_eq!(matched(&same, &lines).pairs, [(0, 0), (1, 1)]);
    let differing = [row("a", "安一", 5_000), failed(row("a", "安一", 5_000))];
    assert_eq!(matched(&differing, &lines).unmatched, [(0, Unmatched::Ambiguous), (1, Unmatched::Ambiguous)]);
}

#[test]
fn movements_of_a_line_are_taken_in_the_order_of_their_days() {
    let on = |day: i8, row: ResultRow| ResultRow { bank_date: Some(jiff::civil::date(2024, 7, day)), ..row };
    let lines = [line(1, "a", "安一", 5_000), line(2, "b", "安二", 5_000)];
    // Newest first, as some banks print it.
    let rows = [
        on(29, row("a", "安一", 5_000)),
        on(28, failed(row("a", "安一", 5_000))),
        on(28, row("a", "安一", 5_000)),
        on(27, row("b", "安二", 5_000)),
        on(27, row("c", "某公司", 9_000)),
    ];
    let (matched, said) = match_movements(&rows, &lines);
    let said: Vec<_> = said.iter().map(|it| (it.line, it.rows.as_slice())).collect();
    assert_eq!(said, [(0, [2, 1, 0].as_slice()), (1, &[3])]);
    assert_eq!((matched.pairs.len(), matched.unmatched), (4, vec![(4, Unmatched::Account)]));
}
