//! The roster (名册): its columns, the check of one row, and what an import would change.
//!
//! A row is checked by itself ([`Checker`]), then against the rows before it ([`SeenRows`], [`Twins`]), then
//! against the roster ([`Step::decide`]); the decisions make the [`Plan`].

mod cells;
mod check;
mod class;
pub mod codes;
mod columns;
pub mod hand;
mod identity;
mod places;
mod plan;
mod record;
mod seen;
mod text;
mod words;

pub use crate::finding::RowFinding;
pub use check::{Checker, RefusedRow};
pub use columns::{COLUMNS, RosterColumn};
pub use plan::{FieldChange, Plan, Step, apply, compare, create, differences};
pub use record::{Person, RosterRow};
pub use seen::{SeenRows, TwinKey, Twins};

#[cfg(test)]
mod tests;
