//! Notifications in the app (消息): what kinds there are and to whom one goes.

use crate::ids::UnitId;
use crate::person::words;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

words! {
    /// What a notification is about, in the order in which kinds are offered. A retired code is never used again.
    NotificationKind {
        /// The office asks where something remains.
        Chase = "chase", "催办";
        /// A campaign was issued to the unit.
        CampaignIssued = "campaign_issued", "活动下发";
        /// A unit has submitted its table, or taken it back.
        TableSubmitted = "table_submitted", "统计表报送";
        /// The county has accepted or returned a unit's table.
        TableReviewed = "table_reviewed", "统计表审核";
        /// A large file was checked and waits to be confirmed.
        PlanReady = "plan_ready", "导入检查完毕";
        /// An import ended.
        ImportFinished = "import_finished", "导入完成";
        /// A file is ready to be fetched.
        ExportFinished = "export_finished", "导出完成";
        /// A change of somebody's status waits to be decided.
        StatusReported = "status_reported", "人员变动待审核";
        /// A reported change was decided.
        StatusDecided = "status_decided", "人员变动审核结果";
        /// A step of the payment chain was done in somebody's name, or waits for the next person.
        PaymentStep = "payment_step", "发放办理";
        /// A background job failed for good.
        JobFailed = "job_failed", "作业失败";
    }
}

/// To whom a notification goes. A unit's is seen once for all its clerks, whoever opens it first: the office asks
/// whether the unit knows, and a unit without an account yet loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// One account.
    Account(String),
    /// Everyone with a seat in this unit.
    Unit(UnitId),
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => write!(f, "account:{account}"),
            Self::Unit(unit) => write!(f, "unit:{unit}"),
        }
    }
}

impl Serialize for Recipient {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that names no recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("收件人的写法有误")]
pub struct BadRecipient;

impl FromStr for Recipient {
    type Err = BadRecipient;
    fn from_str(text: &str) -> Result<Self, BadRecipient> {
        match text.split_once(':') {
            Some(("account", account)) if !account.is_empty() => Ok(Self::Account(account.to_owned())),
            Some(("unit", unit)) => unit.parse().map(Self::Unit).map_err(|_| BadRecipient),
            _ => Err(BadRecipient),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_read_back_and_nonsense_refused() {
        let unit = UnitId("0190c8e4-8a00-7000-8000-000000000001".parse().unwrap());
        for recipient in [Recipient::Account("os:安".to_owned()), Recipient::Unit(unit)] {
            assert_eq!(recipient.to_string().parse(), Ok(recipient));
        }
        for text in ["", "account:", "unit:1", "county:500240", "account"] {
            assert_eq!(text.parse::<Recipient>(), Err(BadRecipient), "{text}");
        }
    }
}
