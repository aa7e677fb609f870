//! Visits (走访慰问): what one row says, which object it means, which row of the table it counts in.

mod category;
mod cells;
mod check;
#[cfg(test)]
mod check_tests;
mod columns;
mod compare;
#[cfg(test)]
mod compare_tests;
mod goods;
mod help;
mod resolve;
#[cfg(test)]
mod resolve_tests;
mod row;
#[cfg(test)]
pub(crate) mod testing;
mod words;

pub use category::{Category, object_label};
pub use check::Checker;
pub use columns::{COLUMNS, ONE_OF, VisitColumn};
pub use compare::{Difference, StoredVisit, compare, conflicting, object_key, repeated, typed_key};
pub use goods::{GoodsIssue, parse_goods};
pub use help::{HelpIssue, parse_help_kinds, settle_help};
pub use resolve::{
    CandidateKey, Known, Resolved, ResolvedObject, Roster, Rows, Rules, name_key, resolve, resolve_kept,
    rows_of,
};
pub use row::*;
pub use words::suggested_leader_kind;

use crate::person::words;
use serde::{Deserialize, Serialize};

words! {
    /// 走访方式 (N17).
    Method {
        /// A letter of sympathy.
        Letter = "letter", "发慰问信";
        /// A visit at home.
        Home = "home", "登门看望";
        /// A discussion meeting.
        Talk = "talk", "座谈交流";
        /// A telephone call.
        Telephone = "telephone", "电话问候";
    }
}

impl Method {
    /// Whether people met: 登门看望 or 座谈交流.
    #[must_use]
    pub fn is_in_person(self) -> bool {
        matches!(self, Self::Home | Self::Talk)
    }
}

words! {
    /// 领导类别 (N20).
    LeaderKind {
        /// 书记, 乡镇长 …
        Principal = "principal", "主要领导";
        /// The leader in charge of this work.
        Deputy = "deputy", "分管领导";
        /// Any other.
        Other = "other", "其他";
    }
}

words! {
    /// 资金来源: who paid the money of a visit.
    MoneySource {
        /// Allotted by the county bureau.
        County = "county", "县级下拨";
        /// The visiting unit's own.
        Own = "own", "本单位";
        /// Donated.
        Donation = "donation", "社会捐赠";
    }
}

words! {
    /// 解决困难类别, in the order of the notice's last column (N15).
    HelpKind {
        /// Children's schooling.
        Schooling = "schooling", "子女入学";
        /// Employment of family members.
        FamilyEmployment = "family_employment", "家属就业";
        /// Housing.
        Housing = "housing", "住房改造";
        /// Medical care.
        Medical = "medical", "看病就医";
        /// Legal aid.
        LegalAid = "legal_aid", "法律援助";
        /// Other.
        Other = "other", "其他";
    }
}

/// One kind of goods given at a visit: `大米1袋`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Goods {
    /// 大米
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// 袋; empty when none was written.
    pub unit: String,
}
