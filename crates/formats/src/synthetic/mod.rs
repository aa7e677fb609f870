//! A county's roster and visits that nobody lives in: for the demo, for measuring and for training clerks.
//!
//! Everything follows from the [`Spec`]: the same seed gives the same bytes. Persons are computed from their place
//! in the roster, so a million visits need no more memory than the roster's index.
//!
//! No number can belong to a living person: births lie before 1900 (old 15-digit numbers: 1901–1908), bank cards
//! have a prefix that no bank issues, telephone numbers begin with 200.

mod data;
mod draw;
mod gifts;
#[cfg(test)]
mod import_tests;
mod numbers;
mod person;
mod residents;
mod spec;
#[cfg(test)]
mod tests;
mod visits;
mod write;

pub use spec::{Place, Spec};
pub use visits::Visits;
pub use write::{Record, WriteError, write_csv, write_xlsx};

use domain::roster::RosterColumn;
use domain::visit::VisitColumn;

/// The words above the header of every generated file.
pub const TITLE: &str = "测试数据（非真实人员）";

/// One row of a roster file: the cells as text, in the order of `domain::roster::COLUMNS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRecord(pub [String; domain::roster::COLUMNS.len()]);

impl RosterRecord {
    /// The text of one cell; empty when the file has none.
    pub fn cell(&self, column: RosterColumn) -> &str {
        &self.0[column as usize]
    }
}

/// One row of a visit file: the cells as text, in the order of `domain::visit::COLUMNS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRecord(pub [String; domain::visit::COLUMNS.len()]);

impl VisitRecord {
    /// The text of one cell; empty when the file has none.
    pub fn cell(&self, column: VisitColumn) -> &str {
        &self.0[column as usize]
    }
}

/// The county's roster, in its order.
pub fn roster(spec: &Spec) -> impl Iterator<Item = RosterRecord> + '_ {
    let people = person::People::new(spec);
    (0..spec.people as u64).map(move |index| people.person(index).record(&people))
}

/// The visits of the campaign, unit by unit.
pub fn visits(spec: &Spec) -> Visits<'_> {
    Visits::new(spec)
}
