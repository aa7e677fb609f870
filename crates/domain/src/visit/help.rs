//! 解决困难类别 and 解决困难件数: kinds from one cell, their number from the other.

use super::HelpKind;
use crate::unit::word_key;

/// The largest number that is believed.
const MOST: i64 = 1_000_000;

/// What had to be guessed while kinds and number were brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpIssue {
    /// A number without kinds: counted as other.
    NoKind,
    /// Kinds with the number 0: nothing was solved.
    Zero,
    /// A number for several kinds that does not say which: all of it to the first.
    Undivided(HelpKind),
}

/// Kinds of one cell with the numbers typed behind them (`看病就医1、住房改造2件`). The error is the unknown word.
pub fn parse_help_kinds(text: &str) -> Result<Vec<(HelpKind, Option<i64>)>, String> {
    let mut kinds: Vec<(HelpKind, Option<i64>)> = Vec::new();
    for part in word_key(text).split(['、', ',', ';', '+', '/', '。']).filter(|part| !part.is_empty()) {
        let head = part.trim_end_matches(['件', '个', '人', '户', '次']);
        let word = head.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &head[word.len()..];
        let word = if digits.is_empty() { part } else { word.trim_end_matches([':', '(', 'x', '×']) };
        let kind = HelpKind::parse(word).ok_or_else(|| part.to_owned())?;
        let number: Option<i64> = match digits {
            "" => None,
            digits => Some(digits.parse().ok().filter(|it| *it <= MOST).ok_or_else(|| part.to_owned())?),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sum)) => *sum = Some(sum.unwrap_or(1).saturating_add(number.unwrap_or(1))),
            None => kinds.push((kind, number)),
        }
    }
    Ok(kinds)
}

/// Brings kinds and number together. The number is the row's total.
#[must_use]
pub fn settle_help(
    kinds: &[(HelpKind, Option<i64>)],
    count: Option<i64>,
) -> (Vec<(HelpKind, i64)>, Option<HelpIssue>) {
    let each = || kinds.iter().map(|(kind, number)| (*kind, number.unwrap_or(1))).filter(|it| it.1 > 0);
    match (kinds, count) {
        (_, None) => (each().collect(), None),
        ([], Some(0)) => (Vec::new(), None),
        ([], Some(count)) => (vec![(HelpKind::Other, count)], Some(HelpIssue::NoKind)),
        (_, Some(0)) => (Vec::new(), Some(HelpIssue::Zero)),
        ([(kind, _)], Some(count)) => (vec![(*kind, count)], None),
        (_, Some(count)) if each().map(|it| it.1).sum::<i64>() == count => (each().collect(), None),
        ([(first, _), ..], Some(count)) => (vec![(*first, count)], Some(HelpIssue::Undivided(*first))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HelpKind::{Housing, Medical, Other, Schooling};

    #[test]
    fn kinds_and_numbers_come_together() {
        for (text, count, help, issue) in [
            ("", None, vec![], None),
            ("", Some(0), vec![], None),
            ("", Some(3), vec![(Other, 3)], Some(HelpIssue::NoKind)),
            ("看病就医", None, vec![(Medical, 1)], None),
            ("看病就医", Some(4), vec![(Medical, 4)], None),
            ("看病就医", Some(0), vec![], Some(HelpIssue::Zero)),
            ("看病就医、住房改造", None, vec![(Medical, 1), (Housing, 1)], None),
            ("看病就医、住房改造", Some(2), vec![(Medical, 1), (Housing, 1)], None),
            ("看病就医、住房改造", Some(5), vec![(Medical, 5)], Some(HelpIssue::Undivided(Medical))),
            ("子女入学1、住房改造2件", Some(3), vec![(Schooling, 1), (Housing, 2)], None),
            ("子女入学１件；子女入学", None, vec![(Schooling, 2)], None),
        ] {
            let kinds = parse_help_kinds(text).expect(text);
            assert_eq!(settle_help(&kinds, count), (help, issue), "{text} {count:?}");
        }
        assert_eq!(parse_help_kinds("看病就医、算命"), Err("算命".to_owned()));
    }
}
