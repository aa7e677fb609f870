//! The roster (名册): its columns, the check of one row, and what an import would change.
//!
//! A row is checked by itself ([`Checker`]), then against the rows before it ([`SeenRows`], [`Twins`]), then
//! against the roster ([`Step::decide`]); the decisions make the [`Plan`].

pub mod codes;
mod columns;
mod finding;
mod plan;
mod record;
mod seen;
pub mod stub;
mod text;

pub use columns::{COLUMNS, RosterColumn};
pub use finding::RowFinding;
pub use plan::{FieldChange, Plan, Step, apply, compare, create};
pub use record::{Person, RosterRow};
pub use seen::{SeenRows, TwinKey, Twins};
