//! The bank's rows and our lines: which means which. A row that is not beyond doubt matches nothing.

use super::{LineState, Outcome};
use crate::money::Fen;
use crate::person::words;
use crate::text::squeeze;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// One row of a result file or statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// The row the user sees.
    pub row: u32,
    /// 序号 or 代理编号, when it is a number of ours.
    pub seq: Option<i64>,
    /// Key of the account (a blind index); `None` when the file has none.
    pub account: Option<String>,
    /// Name as the bank has it; empty when the file has none.
    pub name: String,
    /// How much, fen.
    pub amount_fen: Option<Fen>,
    /// What the bank says.
    pub outcome: Outcome,
    /// The bank's words.
    pub text: String,
    /// The bank's day.
    pub bank_date: Option<Date>,
    /// The bank's serial number.
    pub serial: Option<String>,
}

/// What of a line is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineKey {
    /// Number in the batch, from 1.
    pub seq: i64,
    /// Key of the account.
    pub account: String,
    /// Name as it was sent.
    pub payee: String,
    /// How much, fen.
    pub amount_fen: Fen,
    /// Where it stands.
    pub state: LineState,
}

words! {
    /// Why a row matches nothing.
    Unmatched {
        /// No line has the account.
        Account = "account", "账号不在本批";
        /// The account fits, the amount does not.
        Amount = "amount", "账号相符，金额不符";
        /// Account and amount fit, the name does not.
        Name = "name", "账号、金额相符，户名不符";
        /// Several lines fit.
        Ambiguous = "ambiguous", "有几笔相符，不能确定是哪一笔";
        /// Another row of the file means the same line.
        Repeated = "repeated", "同一笔在文件中出现两次";
        /// The row says neither account nor sequence.
        Nothing = "nothing", "没有账号也没有序号";
    }
}

/// What a file comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matched {
    /// Place of the row and place of the line.
    pub pairs: Vec<(usize, usize)>,
    /// Place of the row and why it matches nothing.
    pub unmatched: Vec<(usize, Unmatched)>,
}

/// Finds the line that each row means. Among lines that fit equally, the sequence decides; without one, rows that
/// say the same are taken in order, since it makes no difference which is which.
#[must_use]
pub fn match_rows(rows: &[ResultRow], lines: &[LineKey]) -> Matched {
    let mut by_account: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_seq: HashMap<i64, usize> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        by_account.entry(&line.account).or_default().push(place);
        by_seq.insert(line.seq, place);
    }
    let names: Vec<String> = lines.iter().map(|line| name_of(&line.payee)).collect();
    let mut found: Vec<Result<Vec<usize>, Unmatched>> = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(fitting(row, lines, &names, &by_account, &by_seq));
    }
    settle(rows, lines.len(), found)
}

/// What a file says of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Place of the line.
    pub line: usize,
    /// Places of the rows, in the order in which they happened.
    pub rows: Vec<usize>,
}

impl Matched {
    /// Line by line, where each row means another.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        self.pairs.iter().map(|(row, line)| Said { line: *line, rows: vec![*row] }).collect()
    }
}

/// The same for the movements of an account, where a payment and its return are two rows of one line. Each line with
/// its rows by day, the payment first.
#[must_use]
pub fn match_movements(rows: &[ResultRow], lines: &[LineKey]) -> (Matched, Vec<Said>) {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    places.sort_by_key(|place| (rows[*place].bank_date, rows[*place].outcome != Outcome::Paid, *place));
    let mut by_line: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut out = Matched::default();
    while !places.is_empty() {
        let round: Vec<ResultRow> = places.iter().map(|place| rows[*place].clone()).collect();
        let matched = match_rows(&round, lines);
        for (place, line) in matched.pairs {
            by_line.entry(line).or_default().push(places[place]);
            out.pairs.push((places[place], line));
        }
        let (again, unmatched): (Vec<_>, Vec<_>) =
            matched.unmatched.into_iter().partition(|(_, why)| *why == Unmatched::Repeated);
        out.unmatched.extend(unmatched.into_iter().map(|(place, why)| (places[place], why)));
        places = again.into_iter().map(|(place, _)| places[place]).collect();
    }
    (out, by_line.into_iter().map(|(line, rows)| Said { line, rows }).collect())
}

/// The lines that fit a row.
fn fitting(
    row: &ResultRow,
    lines: &[LineKey],
    names: &[String],
    by_account: &HashMap<&str, Vec<usize>>,
    by_seq: &HashMap<i64, usize>,
) -> Result<Vec<usize>, Unmatched> {
    let mut fit: Vec<usize> = match (&row.account, row.seq) {
        (Some(account), _) => by_account.get(account.as_str()).cloned().ok_or(Unmatched::Account)?,
        (None, Some(seq)) => by_seq.get(&seq).map(|place| vec![*place]).ok_or(Unmatched::Account)?,
        (None, None) => return Err(Unmatched::Nothing),
    };
    if let Some(amount) = row.amount_fen {
        fit.retain(|place| lines[*place].amount_fen == amount);
    }
    if fit.is_empty() {
        return Err(Unmatched::Amount);
    }
    let name = name_of(&row.name);
    if !name.is_empty() {
        fit.retain(|place| names[*place] == name);
    }
    if fit.is_empty() {
        return Err(Unmatched::Name);
    }
    if fit.len() > 1
        && let Some(place) = row.seq.and_then(|seq| by_seq.get(&seq)).filter(|place| fit.contains(place))
    {
        return Ok(vec![*place]);
    }
    Ok(fit)
}

/// Gives each row one line, and each line to one row.
fn settle(rows: &[ResultRow], lines: usize, found: Vec<Result<Vec<usize>, Unmatched>>) -> Matched {
    let mut out = Matched::default();
    let mut taken: Vec<bool> = vec![false; lines];
    // Rows that share the same lines: what the bank says of them must not differ.
    let mut groups: HashMap<usize, (usize, bool)> = HashMap::new();
    for (place, fit) in found.iter().enumerate() {
        let Ok(fit) = fit else { continue };
        if let [first, _, ..] = fit.as_slice() {
            let group = groups.entry(*first).or_insert((place, true));
            group.1 &= rows[group.0].outcome == rows[place].outcome;
        }
    }
    for (place, fit) in found.into_iter().enumerate() {
        let fit = match fit {
            Ok(fit) => fit,
            Err(why) => {
                out.unmatched.push((place, why));
                continue;
            }
        };
        if fit.len() > 1 && !groups.get(&fit[0]).is_some_and(|group| group.1) {
            out.unmatched.push((place, Unmatched::Ambiguous));
            continue;
        }
        match fit.into_iter().find(|line| !taken[*line]) {
            Some(line) => {
                taken[line] = true;
                out.pairs.push((place, line));
            }
            None => out.unmatched.push((place, Unmatched::Repeated)),
        }
    }
    out
}

/// A name without blanks and with one kind of dot.
fn name_of(name: &str) -> String {
    squeeze(name).into_owned()
}
