//! The statistics table on paper, in files and on a terminal. What a figure means is `domain::statistics`; here is
//! only how it looks.

mod annex;
mod csv;
mod document;
mod json;
mod notes;
mod text;
mod words;
mod xlsx;

pub use csv::csv;
pub use document::document;
pub use json::{json, line_json};
pub use text::text;
pub use xlsx::xlsx;

use crate::document::Taken;
use domain::statistics::Table;
use jiff::civil::Date;

/// The words of the printed table, cell by cell in the order of its columns: a line per row, then the total.
#[must_use]
pub fn printed(table: &Table) -> Vec<Vec<String>> {
    let line = |line| table.columns.iter().map(|column| words::cell(column.value, line)).collect();
    table.rows.iter().chain([&table.total]).map(line).collect()
}

/// What stands on the printed form beside the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintContext {
    /// 填报日期
    pub printed_on: Date,
    /// Full name of 填报单位; the unit's own name when absent.
    pub unit_name: Option<String>,
    /// 填表人; an empty place to sign when absent.
    pub filler: Option<String>,
    /// 审核人; likewise.
    pub reviewer: Option<String>,
    /// 联系电话; likewise.
    pub phone: Option<String>,
    /// Who took the file, for the foot of every page.
    pub taken: Option<Taken>,
}

impl PrintContext {
    /// A form to be signed by hand.
    #[must_use]
    pub fn new(printed_on: Date) -> Self {
        Self { printed_on, unit_name: None, filler: None, reviewer: None, phone: None, taken: None }
    }

    /// A form to be signed by hand that says who took it, printed on the day it was taken.
    #[must_use]
    pub fn taken(taken: &Taken) -> Self {
        Self { taken: Some(taken.clone()), ..Self::new(taken.on()) }
    }

    /// 填报单位（公章）：…
    fn unit_line(&self, table: &Table) -> String {
        format!("填报单位（公章）：{}", self.unit_name.as_deref().unwrap_or(&table.unit.name))
    }

    /// 填报日期：…
    fn date_line(&self) -> String {
        format!("填报日期：{}", words::chinese_date(self.printed_on))
    }

    /// 填表人, 审核人 and 联系电话, each with its value or with room to write.
    fn signatures(&self) -> [String; 3] {
        let line = |label: &str, value: Option<&String>| {
            format!("{label}：{}", value.map_or("　　　　　　　　", String::as_str))
        };
        [
            line("填表人", self.filler.as_ref()),
            line("审核人", self.reviewer.as_ref()),
            line("联系电话", self.phone.as_ref()),
        ]
    }
}
