//! Campaign templates: rows and columns of the table, tasks, obligations, caps, payment and report as data
//! (design rule 11). Next year's notice or another county's needs a template, not a release.

use crate::money::Fen;
pub use crate::payment::Payment;
use crate::person::{Hardship, Identity, PersonClass};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A campaign template, read from TOML. Unknown keys are refused by the reader in `formats::campaign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Version of this file format; 1.
    pub format: u32,
    /// Short key, first half of a campaign's code (`bayi`).
    pub key: String,
    /// Version of the template's content.
    pub version: u32,
    /// What people call it, e.g. `“八一”走访慰问`.
    pub name: String,
    /// Heading of the statistics table; `{year}` and `{place}` (the short character of the county, 石) are filled.
    pub title: String,
    /// First and last day of the campaign.
    pub period: Period,
    /// Deadlines fixed by a notice, by year; other years are asked for.
    #[serde(default)]
    pub deadlines: BTreeMap<String, Date>,
    /// Rows of the table, in order; the first that matches takes a person.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
    /// Columns of the table as printed.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
    /// What the notice asks units to do.
    #[serde(rename = "task", default)]
    pub tasks: Vec<Task>,
    /// What must be covered, checked by name.
    #[serde(rename = "obligation", default)]
    pub obligations: Vec<Obligation>,
    /// Payments to cards (N18).
    #[serde(rename = "payment", default)]
    pub payments: Vec<Payment>,
    /// Limits whose excess is warned of (N23).
    pub caps: Caps,
    /// Sections of the report (N24).
    #[serde(rename = "report_section", default)]
    pub report_sections: Vec<ReportSection>,
}

/// First and last day of a campaign: month-day with a shift of years against the campaign's year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// `07-01`.
    pub from: String,
    /// `08-31`.
    pub to: String,
    /// Years added to the campaign's year for `from` (春节 begins in the year before: -1).
    #[serde(default)]
    pub from_year: i16,
}

impl Period {
    /// The two days for a campaign year; `None` when they are no dates.
    #[must_use]
    pub fn days(&self, year: i16) -> Option<(Date, Date)> {
        let day = |year: i16, text: &str| format!("{year:04}-{text}").parse::<Date>().ok();
        Some((day(year + self.from_year, &self.from)?, day(year, &self.to)?))
    }
}

/// In what a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CountUnit {
    /// 人
    #[serde(rename = "人")]
    Person,
    /// 户
    #[serde(rename = "户")]
    Household,
    /// 个
    #[serde(rename = "个")]
    Object,
}

impl CountUnit {
    /// 人 / 户 / 个.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Person => "人",
            Self::Household => "户",
            Self::Object => "个",
        }
    }
}

/// What kind of object a row takes beside persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// 驻军部队
    Troop,
    /// 训练/演习部队
    TrainingTroop,
    /// 优抚事业单位
    Institution,
    /// 本单位退役军人 (N21)
    OwnUnitVeteran,
}

/// One row (类别) of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Stable key, e.g. `old_demobilised`.
    pub key: String,
    /// Printed label.
    pub label: String,
    /// 人, 户 or 个.
    pub unit: CountUnit,
    /// Off rows are not printed; what they would take goes to `instead`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The row that takes the visits of this one while it is off.
    #[serde(default)]
    pub instead: Option<String>,
    /// The kind of object this row takes.
    #[serde(default)]
    pub object: Option<ObjectKind>,
    /// The persons this row takes: any of these.
    #[serde(rename = "match", default)]
    pub matches: Vec<PersonMatch>,
    /// Other words for this row in the column 对象类别.
    #[serde(default)]
    pub also: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A condition on a person's identities and hardship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonMatch {
    /// Any of these classes.
    pub classes: Vec<PersonClass>,
    /// Lowest and highest disability grade.
    #[serde(default)]
    pub grades: Option<(u8, u8)>,
    /// Only persons with (true) or without (false) an open hardship mark.
    #[serde(default)]
    pub hardship: Option<bool>,
}

impl PersonMatch {
    /// Whether a person with these identities and marks fits.
    #[must_use]
    pub fn fits(&self, identities: &[Identity], hardship: &[Hardship]) -> bool {
        let identity = identities.iter().any(|identity| {
            self.classes.contains(&identity.class)
                && self.grades.is_none_or(|(low, high)| {
                    identity.grade.is_some_and(|grade| (low..=high).contains(&grade))
                })
        });
        identity && self.hardship.is_none_or(|wanted| wanted != hardship.is_empty())
    }
}

/// What a column of the printed table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnValue {
    /// 类别
    Label,
    /// 带队领导
    Leaders,
    /// 走访慰问人数: persons, or objects in rows counted in 个.
    Count,
    /// 发放慰问金情况
    Money,
    /// 发放慰问品情况
    Goods,
    /// 合计（万元）
    TotalWan,
    /// 解决实际困难情况
    Help,
}

/// One column of the printed table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What it shows.
    pub value: ColumnValue,
    /// The printed head, word for word as in the notice.
    pub label: String,
}

/// A task that the notice gives to units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Stable key.
    pub key: String,
    /// What to do.
    pub label: String,
    /// Duty numbers, e.g. `N17`.
    #[serde(default)]
    pub duties: Vec<String>,
    /// Kinds of units it is given to, as unit kind codes.
    #[serde(default)]
    pub to: Vec<String>,
}

/// What kind of obligation it is; each has its own way to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// All persons of the key classes are visited (N19).
    KeyPersonVisit,
    /// The principal leader of each township leads at least one household visit (N20).
    PrincipalLeaderVisit,
    /// The leader in charge likewise (N20).
    DeputyLeaderVisit,
    /// Every unit that got the campaign has a visit.
    UnitActive,
    /// All living persons on the roster are reached by some method (N17).
    UniversalVisit,
    /// Every open hardship mark has a visit or help (N22).
    HardshipHelp,
}

/// One obligation of the campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// What is counted; its snake-case word is the key in JSON.
    pub kind: ObligationKind,
    /// Label for people.
    pub label: String,
    /// Key classes, for `key_person_visit`.
    #[serde(rename = "match", default)]
    pub matches: Vec<PersonMatch>,
    /// Which visiting methods count, as method codes; all four when empty.
    #[serde(default)]
    pub methods: Vec<crate::visit::Method>,
    /// How many are asked for where a number is asked (leaders); 1 when left out.
    #[serde(default = "one")]
    pub at_least: u32,
}

fn one() -> u32 {
    1
}

/// Limits whose excess is warned of, never refused (N23); 0 is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Money to one person in one visit.
    pub money_per_person_fen: Fen,
    /// Goods to one person in one visit.
    pub goods_per_person_fen: Fen,
}

/// A section of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSection {
    /// Stable key.
    pub key: String,
    /// Heading.
    pub label: String,
}

impl Template {
    /// The rows that are printed, in order.
    pub fn printed_rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.enabled)
    }

    /// Place of a row in the template's order; `None` for an unknown key.
    #[must_use]
    pub fn ordinal(&self, key: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.key == key)
    }

    /// The first row that takes a person with these identities and marks. Rows that are off pass on to their
    /// `instead`.
    #[must_use]
    pub fn row_of_person(&self, identities: &[Identity], hardship: &[Hardship]) -> Option<&Row> {
        let row = self.rows.iter().find(|row| row.matches.iter().any(|m| m.fits(identities, hardship)))?;
        Some(self.enabled_or_instead(row))
    }

    /// The row for a kind of object.
    #[must_use]
    pub fn row_of_object(&self, object: ObjectKind) -> Option<&Row> {
        let row = self.rows.iter().find(|row| row.object == Some(object))?;
        Some(self.enabled_or_instead(row))
    }

    /// The catch-all: the last row.
    #[must_use]
    pub fn other(&self) -> &Row {
        self.rows.last().expect("the reader refuses a template without rows")
    }

    /// The row itself, or the one that stands in for it while it is off.
    #[must_use]
    pub fn enabled_or_instead<'a>(&'a self, row: &'a Row) -> &'a Row {
        let instead = row.instead.as_deref().and_then(|key| self.rows.iter().find(|row| row.key == key));
        if row.enabled { row } else { instead.filter(|row| row.enabled).unwrap_or_else(|| self.other()) }
    }

    /// The printed heading for a year and place.
    #[must_use]
    pub fn heading(&self, year: i16, place: &str) -> String {
        self.title.replace("{year}", &year.to_string()).replace("{place}", place)
    }
}

/// A campaign of a county: a copy of the template with its year and deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Identity; internal.
    pub id: crate::ids::CampaignId,
    /// `<template>-<year>`, unique in the county.
    pub code: String,
    /// The year.
    pub year: i16,
    /// Heading of the table.
    pub heading: String,
    /// Last day for table and report.
    pub deadline: Date,
    /// First and last day on which visits are expected.
    pub period: (Date, Date),
    /// Closed campaigns no longer follow the roster.
    pub is_open: bool,
    /// The campaign's own copy of the template.
    pub template: Template,
}
