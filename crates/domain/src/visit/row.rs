//! What is known of one visit after its row was read and its object found.

use super::{Category, Goods, HelpKind, LeaderKind, Method, MoneySource};
use crate::citizen::CitizenId;
use crate::ids::{CandidateId, PersonId, UnitId};
use crate::money::Fen;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The checked cells of one row of a visit file, before its object is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRow {
    /// Place of the sheet in the file, from 0.
    pub sheet: u16,
    /// The row number the user sees.
    pub row: u32,
    /// 走访日期
    pub visited_on: Date,
    /// 走访单位
    pub unit: UnitId,
    /// 带队领导, may be empty.
    pub leader_name: String,
    /// 领导职务, may be empty.
    pub leader_title: String,
    /// 领导类别 as typed.
    pub leader_kind: Option<LeaderKind>,
    /// 对象类别, when one was typed.
    pub category: Option<Category>,
    /// 对象姓名 without surrounding blanks, may be empty when there is a number.
    pub name: String,
    /// 公民身份号码, when it is a right one.
    pub citizen: Option<CitizenId>,
    /// Whether anything was typed as number: then the row names one person, never a group.
    pub has_number: bool,
    /// 走访方式
    pub method: Method,
    /// 人数 as typed; only a group keeps it.
    pub headcount: Option<i64>,
    /// 慰问金 of the whole row.
    pub money_fen: Fen,
    /// 资金来源
    pub money_source: Option<MoneySource>,
    /// 慰问品
    pub goods: Vec<Goods>,
    /// 慰问品折价 of the whole row.
    pub goods_fen: Fen,
    /// 解决困难 by kind.
    pub help: Vec<(HelpKind, i64)>,
    /// 备注
    pub note: String,
}

/// Whom or what a visit went to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VisitedObject {
    /// A person on the roster.
    Person {
        /// Who.
        id: PersonId,
        /// 户号, else the person's id.
        household: String,
    },
    /// Someone not on the roster, to be confirmed.
    Candidate {
        /// Who.
        id: CandidateId,
        /// The candidate is their own household.
        household: String,
    },
    /// A group without names: 人数 counts, never distinct persons.
    Group {
        /// What the row calls it.
        name: String,
        /// 人数.
        persons: i64,
    },
    /// Troops or an institution.
    Object {
        /// Alias or name.
        name: String,
    },
}

impl VisitedObject {
    /// Person or candidate with their household; `None` for groups, troops and institutions.
    #[must_use]
    pub fn subject(&self) -> Option<(Uuid, &str)> {
        match self {
            Self::Person { id, household } => Some((id.0, household)),
            Self::Candidate { id, household } => Some((id.0, household)),
            Self::Group { .. } | Self::Object { .. } => None,
        }
    }
}

/// Everything of a visit that statistics need; exactly what is stored, so that it can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitFacts {
    /// The visiting unit.
    pub unit: UnitId,
    /// The scopes above it, nearest first (township of a village, then the county). Stored with the visit.
    pub above: Vec<UnitId>,
    /// The row in the visiting unit's own table.
    pub own_row: String,
    /// The row in every table above.
    pub row: String,
    /// Whom.
    pub object: VisitedObject,
    /// 走访日期
    pub visited_on: Date,
    /// 走访方式
    pub method: Method,
    /// 带队领导, may be empty.
    pub leader_name: String,
    /// 领导职务, may be empty.
    pub leader_title: String,
    /// 领导类别 as typed.
    pub leader_kind: Option<LeaderKind>,
    /// 慰问金 of the row, fen.
    pub money_fen: Fen,
    /// 资金来源
    pub money_source: Option<MoneySource>,
    /// 慰问品
    pub goods: Vec<Goods>,
    /// 慰问品折价, fen.
    pub goods_fen: Fen,
    /// 解决困难 by kind.
    pub help: Vec<(HelpKind, i64)>,
}

impl VisitFacts {
    /// The cells this visit feeds: its own unit's with `own_row`, those above with `row`.
    pub fn cells(&self) -> impl Iterator<Item = (UnitId, &str)> {
        std::iter::once((self.unit, self.own_row.as_str()))
            .chain(self.above.iter().map(|scope| (*scope, self.row.as_str())))
    }
}
