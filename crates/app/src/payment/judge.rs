//! What an answer of the bank says: rows matched to lines, and what each row does to its line.

use super::others::Others;
use super::settle::{Settled, Stranger};
use crate::{App, Code, Problem};
use domain::mask;
use domain::payment::matching::{
    LineKey, Matched, ResultRow as BankRow, Said, Unmatched, match_movements, match_rows,
};
use domain::payment::{Contradiction, LineState, Outcome, ResultKind, after};
use formats::bank::result::Results;
use serde_json::json;
use std::cmp::Ordering;
use store::payment::batch::BatchRow;
use store::payment::line::{Change, LineRow};

/// A result before it is written.
pub(super) struct Judged {
    pub(super) settled: Settled,
    pub(super) changes: Vec<Change>,
    /// Claims to take and to give, as number and line.
    pub(super) take: Vec<(String, String)>,
    pub(super) give: Vec<(String, String)>,
    pub(super) totals: domain::payment::Totals,
    /// The first row that seems to be about another batch's line.
    other: Option<(u32, Contradiction)>,
}

/// Matches the rows and decides what each does. Anything that is not beyond doubt refuses the file.
pub(super) fn judge(
    app: &App,
    batch: &BatchRow,
    results: Results,
    lines: &[LineRow],
    others: &Others,
) -> Result<Judged, Problem> {
    let dated: Vec<bool> = results.rows.iter().map(|row| row.bank_date.is_some()).collect();
    let (kind, pending) = (results.kind, results.pending.len());
    let rows = bank_rows(app, batch, results, others);
    let (matched, all_said) = matching(&rows, lines, kind)?;
    let unmatched: Vec<Stranger> =
        matched.unmatched.iter().map(|(place, why)| stranger(&rows[*place], *why)).collect();
    refuse_strangers(batch, kind, matched.pairs.len(), &unmatched)?;
    let settled = Settled { kind: kind.code(), rows: rows.len(), pending, unmatched, ..Settled::default() };
    let mut judged = Judged {
        settled,
        changes: Vec::new(),
        take: Vec::new(),
        give: Vec::new(),
        totals: batch.totals(),
        other: None,
    };
    let mut against = Vec::new();
    for Said { line, rows: places } in all_said {
        let line = &lines[line];
        let word = if kind == ResultKind::Statement {
            movement(&rows, &places, line, others)
        } else {
            Ok(places.first().map(|place| (*place, false)))
        };
        judged.settled.unchanged += places.len() - usize::from(matches!(word, Ok(Some(_))));
        let taken = match word {
            Ok(None) => Ok(()),
            Ok(Some((place, is_ordered))) => others
                .sure(dated[place], &rows[place], line)
                .and_then(|()| judged.take_row(&rows[place], line, others, is_ordered))
                .map_err(|why| (rows[place].row, why)),
            Err(why) => Err(why),
        };
        against.extend(taken.err());
    }
    if let (true, true, Some((row, why))) = (against.is_empty(), judged.changes.is_empty(), judged.other) {
        against.push((row, why.to_string()));
    }
    if against.is_empty() { Ok(judged) } else { Err(contradicted(&against)) }
}

/// The rows as the matching takes them: a blind index for the account, a day for each. Where nobody names one it is
/// the batch's 发放日: a day on which somebody happened to take the file in would outrank a return that came before.
fn bank_rows(app: &App, batch: &BatchRow, results: Results, others: &Others) -> Vec<BankRow> {
    let pay_date = batch.pay_date.as_deref().and_then(|day| day.parse().ok());
    let usual = others.day.or(pay_date).unwrap_or_else(|| app.today());
    let of = |row: formats::bank::result::Row| BankRow {
        row: row.row,
        seq: row.seq,
        account: row.account.as_ref().map(|account| app.sealer.account_index(account)),
        name: row.name,
        amount_fen: row.amount_fen,
        outcome: row.outcome,
        text: row.text,
        bank_date: Some(row.bank_date.unwrap_or(usual)),
        serial: row.serial,
    };
    results.rows.into_iter().map(of).collect()
}

/// Which row means which line, and each line with its rows.
fn matching(rows: &[BankRow], lines: &[LineRow], kind: ResultKind) -> Result<(Matched, Vec<Said>), Problem> {
    let mut keys = Vec::with_capacity(lines.len());
    for line in lines {
        keys.push(LineKey {
            seq: line.seq,
            account: line.account_index.clone().unwrap_or_default(),
            payee: line.payee.clone(),
            amount_fen: line.amount(),
            state: line.state()?,
        });
    }
    if kind == ResultKind::Statement {
        return Ok(match_movements(rows, &keys));
    }
    let matched = match_rows(rows, &keys);
    let said = matched.said();
    Ok((matched, said))
}

/// What the movements of an account say of one line, by day and payments first: the row that counts, and whether they
/// show a payment before its return. `None` when none of them is the line's own: what moved until an earlier payment
/// of the person came back is of that one, unless more was paid by then than came back.
fn movement(
    rows: &[BankRow],
    places: &[usize],
    line: &LineRow,
    others: &Others,
) -> Result<Option<(usize, bool)>, (u32, String)> {
    let Some(last) = places.last() else { return Ok(None) };
    let (came_back, is_followed) = others.beside(&rows[*last], line);
    if is_followed {
        return Ok(None);
    }
    let is_paid = |place: &usize| rows[*place].outcome == Outcome::Paid;
    let net = |of: &[usize]| of.iter().map(|place| if is_paid(place) { 1 } else { -1 }).sum::<i32>();
    let until =
        came_back.map_or(0, |day| places.partition_point(|place| rows[*place].bank_date <= Some(day)));
    let (older, own) = places.split_at(until);
    let that_day = older.iter().rev().find(|place| is_paid(place) && rows[**place].bank_date == came_back);
    let paid_before = that_day.filter(|_| net(older) > 0);
    let paid = net(own) + paid_before.map_or(0, |_| net(older));
    if paid > 1 {
        return Err((rows[*last].row, "流水里同一笔付了不止一次，可能重复发放，请与银行核对".to_owned()));
    }
    if paid == 1 {
        return Ok(own
            .iter()
            .rev()
            .find(|place| is_paid(place))
            .or(paid_before)
            .map(|place| (*place, false)));
    }
    let is_ordered = paid_before.is_some() || own.iter().any(is_paid);
    Ok(own.iter().rev().find(|place| !is_paid(place)).map(|place| (*place, is_ordered)))
}

fn contradicted(against: &[(u32, String)]) -> Problem {
    let first: Vec<String> = against.iter().take(5).map(|(row, why)| format!("第{row}行：{why}")).collect();
    let message = format!("有{}行与已知情况矛盾，整个文件没有导入。{}", against.len(), first.join("；"));
    let rows: Vec<u32> = against.iter().map(|it| it.0).collect();
    Problem::new(Code::ResultRefused, message).with(json!({ "rows": rows }))
}

fn stranger(row: &BankRow, why: Unmatched) -> Stranger {
    Stranger {
        row: row.row,
        why: why.code(),
        why_label: why.label(),
        name: mask::name(&row.name),
        amount_fen: row.amount_fen.map(|it| it.0),
        is_paid: row.outcome == Outcome::Paid,
        text: mask::numbers(&row.text),
    }
}

/// A list that names nobody of the batch is another batch's; money that the bank paid to nobody of it does not
/// balance. A statement has movements of others too.
fn refuse_strangers(
    batch: &BatchRow,
    kind: ResultKind,
    matched: usize,
    unmatched: &[Stranger],
) -> Result<(), Problem> {
    let refuse = |message: String| {
        let shown: Vec<&Stranger> = unmatched.iter().take(50).collect();
        Err(Problem::new(Code::ResultRefused, message).with(json!({ "unmatched": shown })))
    };
    if matched == 0 && !unmatched.is_empty() {
        return refuse(format!("文件里没有一行是批次 {} 的，可能是别的批次的结果，没有导入", batch.code));
    }
    let paid = unmatched.iter().filter(|it| it.is_paid).count();
    if kind != ResultKind::Statement && paid > 0 {
        return refuse(format!(
            "有{paid}行银行说已付款，却与批次 {} 的任何一笔都对不上，整个文件没有导入，请与银行核对",
            batch.code
        ));
    }
    Ok(())
}

impl Judged {
    /// What one row does to its line.
    fn take_row(
        &mut self,
        row: &BankRow,
        line: &LineRow,
        others: &Others,
        is_ordered: bool,
    ) -> Result<(), String> {
        let (state, mut known) = others.known(row, line);
        // The movements themselves show that the return came after the payment.
        if is_ordered && known.day == Some(Ordering::Equal) {
            known.day = Some(Ordering::Greater);
        }
        if let Some(why) = known.other(state, row.outcome) {
            self.other.get_or_insert((row.row, why));
        }
        let Some(to) = after(state, row.outcome, known).map_err(|why| why.to_string())? else {
            self.settled.unchanged += 1;
            return Ok(());
        };
        self.totals.moved(state, to, line.amount());
        let pair = || (line.citizen_index.clone(), line.id.clone());
        let reason = match row.outcome {
            Outcome::Paid => {
                self.settled.paid += 1;
                if state == LineState::Returned {
                    self.take.push(pair());
                }
                None
            }
            Outcome::Failed(reason) => {
                self.settled.returned += 1;
                self.give.push(pair());
                Some(reason.code())
            }
        };
        self.changes.push(Change {
            id: line.id.clone(),
            state: to.code(),
            reason,
            bank_text: Some(mask::numbers(&row.text)).filter(|it| !it.is_empty()),
            bank_date: row.bank_date.map(|day| day.to_string()),
            serial: row.serial.clone(),
            ..Change::default()
        });
        Ok(())
    }
}
