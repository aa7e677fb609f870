//! Submitting the statistics table (报送统计表, N25): in which order a unit and the county may act, and when it is
//! late. What is submitted is frozen; what the records say later is shown beside it ([`differences`]).

mod compare;
#[cfg(test)]
mod tests;

pub use compare::{CellDifference, differences};

use crate::calendar::{Calendar, Remaining};
use crate::person::words;
use crate::statistics::Table;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// Where one submitted version of a table stands.
    SubmissionState {
        /// The unit has submitted it, the county has not looked yet.
        Submitted = "submitted", "已报";
        /// The county has accepted it.
        Accepted = "accepted", "已收";
        /// The county has returned it with a remark.
        Returned = "returned", "退回";
        /// The unit took it back before it was accepted.
        Withdrawn = "withdrawn", "已撤回";
    }
}

words! {
    /// Where a unit stands in the list of those that must submit.
    Standing {
        /// Nothing lies with the county.
        Missing = "missing", "未报";
        /// Waiting for the county.
        Submitted = "submitted", "已报";
        /// To be submitted again.
        Returned = "returned", "退回";
        /// Done.
        Accepted = "accepted", "已收";
    }
}

impl Standing {
    /// The standing of a unit whose last version is in this state; `None`: it never submitted.
    #[must_use]
    pub fn of(last: Option<SubmissionState>) -> Self {
        match last {
            None | Some(SubmissionState::Withdrawn) => Self::Missing,
            Some(SubmissionState::Submitted) => Self::Submitted,
            Some(SubmissionState::Returned) => Self::Returned,
            Some(SubmissionState::Accepted) => Self::Accepted,
        }
    }

    /// Whether the unit still has to do something.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Missing | Self::Returned)
    }
}

words! {
    /// What is done with a table.
    SubmissionAct {
        /// The unit submits it, as the next version.
        Submit = "submit", "报送";
        /// The county accepts it.
        Accept = "accept", "接收";
        /// The county returns it; an accepted one, too.
        Return = "return", "退回";
        /// The unit takes it back.
        Withdraw = "withdraw", "撤回";
    }
}

/// Why an act does not fit where the table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionRefused {
    /// It lies with the county already.
    #[error("已经报送，正在等待县双拥办接收；要改报，请先撤回")]
    Waiting,
    /// The county has accepted it.
    #[error("县双拥办已经接收；要改报，请联系县双拥办退回")]
    Done,
    /// There is nothing that could be accepted, returned or withdrawn.
    #[error("没有等待处理的报送")]
    Nothing,
    /// It was returned before.
    #[error("已经退回，等待单位重新报送")]
    AlreadyReturned,
}

/// The state that an act leads to. [`SubmissionAct::Submit`] makes a new version, the others change the last one.
pub fn next(last: Option<SubmissionState>, act: SubmissionAct) -> Result<SubmissionState, SubmissionRefused> {
    use SubmissionState::{Accepted, Returned, Submitted, Withdrawn};
    match (act, last) {
        (SubmissionAct::Submit, None | Some(Returned | Withdrawn)) => Ok(Submitted),
        (SubmissionAct::Submit, Some(Submitted)) => Err(SubmissionRefused::Waiting),
        (SubmissionAct::Submit | SubmissionAct::Accept | SubmissionAct::Withdraw, Some(Accepted)) => {
            Err(SubmissionRefused::Done)
        }
        (SubmissionAct::Accept, Some(Submitted)) => Ok(Accepted),
        (SubmissionAct::Return, Some(Submitted | Accepted)) => Ok(Returned),
        (SubmissionAct::Withdraw, Some(Submitted)) => Ok(Withdrawn),
        (_, Some(Returned)) => Err(SubmissionRefused::AlreadyReturned),
        (_, None | Some(Withdrawn)) => Err(SubmissionRefused::Nothing),
    }
}

/// What is known of the last version when the next is submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Where it stands.
    pub state: SubmissionState,
    /// By how many working days it was late.
    pub late_days: i64,
}

/// By how many working days a table submitted on this day is late, 0 when it is in time. Once the county has returned
/// a table, the day of the version it returned holds: to look closely is not to make a unit late.
#[must_use]
pub fn late_days(calendar: &Calendar, deadline: Date, day: Date, before: Option<Before>) -> i64 {
    match before {
        Some(Before { state: SubmissionState::Returned, late_days }) => late_days,
        _ => match calendar.remaining(day, deadline, &[]) {
            Remaining::Overdue(days) => days,
            Remaining::Left(_) | Remaining::Today => 0,
        },
    }
}

/// The version of what is frozen.
pub const FROZEN_FORMAT: u32 = 1;

/// A table as it was submitted, with the rules by which it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// [`FROZEN_FORMAT`].
    pub format: u32,
    /// Key of the template.
    pub template: String,
    /// Version of the template's content.
    pub template_version: u32,
    /// The table.
    pub table: Table,
}
