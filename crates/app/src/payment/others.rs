//! The other payments of the people of a batch: an answer may be about the one that came back, or the one after it.

use super::settle::Handed;
use crate::{Code, Problem};
use domain::payment::matching::ResultRow as BankRow;
use domain::payment::{Known, LineState, Outcome, ResultKind};
use domain::region::CountyCode;
use formats::bank::result::Results;
use jiff::civil::Date;
use std::cmp::Ordering;
use std::collections::HashMap;
use store::payment::batch::BatchRow;
use store::payment::line::{LineRow, OtherRow};

/// What is known beside the batch when an answer is taken in.
pub(super) struct Others {
    /// The lines of other batches, by number of the person.
    lines: HashMap<String, Vec<OtherRow>>,
    /// The live line of each person of the batch, by number.
    claims: HashMap<String, String>,
    /// Batches for which the same bytes were taken in: id and code.
    same_bytes: Vec<(String, String)>,
    /// The day for rows that name none: typed by the user, or of the file.
    pub(super) day: Option<Date>,
    /// It was typed, so the bytes prove nothing.
    is_typed: bool,
}

impl Others {
    /// Looks them up. The bytes of another campaign's answer are refused at once; an account's movements may be about
    /// several.
    pub(super) async fn load(
        tx: &mut store::Tx,
        county: CountyCode,
        batch: &BatchRow,
        mine: &[LineRow],
        handed: &Handed,
        results: &Results,
    ) -> Result<Self, Problem> {
        let same = store::payment::result::elsewhere(tx, county, &batch.id, &handed.sm3).await?;
        let foreign = same.iter().find(|(.., campaign)| *campaign != batch.campaign_id);
        if let Some((_, code, _)) = foreign.filter(|_| results.kind != ResultKind::Statement) {
            let message =
                format!("这个文件已作为批次 {code} 的结果导入过，不是批次 {} 的，没有导入", batch.code);
            return Err(Problem::new(Code::ResultRefused, message));
        }
        let mut lines: HashMap<String, Vec<OtherRow>> = HashMap::new();
        for row in store::payment::line::others(tx, county, batch).await? {
            lines.entry(row.citizen_index.clone()).or_default().push(row);
        }
        let numbers: Vec<&str> = mine.iter().map(|line| line.citizen_index.as_str()).collect();
        let campaign = super::settle::campaign_of(batch)?;
        let claims = store::payment::claim::among(tx, county, campaign, &batch.item, &numbers).await?;
        let claims = claims.into_iter().collect();
        let same_bytes = same.into_iter().map(|(id, code, _)| (id, code)).collect();
        Ok(Self {
            lines,
            claims,
            same_bytes,
            day: handed.date.or(results.date),
            is_typed: handed.date.is_some(),
        })
    }

    /// Lines of the person to the same account.
    fn of<'a>(&'a self, row: &'a BankRow, line: &LineRow) -> impl Iterator<Item = &'a OtherRow> {
        let fits = |other: &&OtherRow| row.account.is_none() || other.account_index == row.account;
        self.lines.get(&line.citizen_index).into_iter().flatten().filter(fits)
    }

    /// Where a line stands and what is known when the bank's word comes.
    pub(super) fn known(&self, row: &BankRow, line: &LineRow) -> (LineState, Known) {
        let state = LineState::from_code(&line.state).unwrap_or(LineState::Waiting);
        let against = |last: &Option<String>| {
            let last: Option<Date> = last.as_deref().and_then(|day| day.parse().ok());
            row.bank_date.zip(last).map(|(day, last)| day.cmp(&last))
        };
        let is_claimed = self.claims.get(&line.citizen_index).is_some_and(|live| *live != line.id);
        let earlier = self.of(row, line).filter(|other| other.is_earlier == 1).filter_map(|other| {
            let day = against(&other.bank_date)?;
            let is_same = row.serial.is_some() && row.serial == other.serial;
            // A file that the bank sent back whole had no answers that could be meant.
            let is_apart = day.is_eq() && other.result_id.is_none();
            Some(if is_same {
                Ordering::Less
            } else if is_apart {
                Ordering::Greater
            } else {
                day
            })
        });
        let known = Known {
            day: against(&line.bank_date),
            earlier: earlier.min(),
            is_followed: self.of(row, line).any(|other| other.is_earlier == 0),
            is_replaced: line.repaid_by_id.is_some() || is_claimed,
        };
        (state, known)
    }

    /// The day on which an earlier payment of the person came back, and whether the bank has a later one.
    pub(super) fn beside(&self, row: &BankRow, line: &LineRow) -> (Option<Date>, bool) {
        let days = self.of(row, line).filter(|other| other.is_earlier == 1);
        let days = days.filter_map(|other| other.bank_date.as_deref()?.parse().ok());
        (days.max(), self.of(row, line).any(|other| other.is_earlier == 0))
    }

    /// Refuses a word without a day of the bank on a line that pays a returned one again when it could be the first
    /// answer once more: a failure of which nobody named the day, or bytes that were that answer. `is_dated` when the
    /// row names its day.
    pub(super) fn sure(&self, is_dated: bool, row: &BankRow, line: &LineRow) -> Result<(), String> {
        let answered = |other: &&OtherRow| other.is_earlier == 1 && other.result_id.is_some();
        let mut earlier = self.of(row, line).filter(answered).peekable();
        if is_dated || (self.day.is_some() && !self.is_typed) || earlier.peek().is_none() {
            return Ok(());
        }
        if let Some((_, code)) =
            earlier.find_map(|other| self.same_bytes.iter().find(|(id, _)| *id == other.batch_id))
        {
            let message = "的结果导入过；确是本批次结果的，请在文件里注明日期";
            return Err(format!("这个文件已作为批次 {code} {message}"));
        }
        if row.outcome == Outcome::Paid || self.is_typed {
            return Ok(());
        }
        Err("这个人此前有一笔退票，文件没有日期，分不清是哪一笔的结果，请填写发放日期后再导入".to_owned())
    }
}
