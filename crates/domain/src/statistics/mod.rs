//! The statistics table: what it means (design §5), how a visit is folded into cells, how cells become lines.

mod fold;
#[cfg(test)]
mod history_tests;
mod table;
#[cfg(test)]
mod tests;
mod why;

pub use fold::{CellKey, CellSums, Fold, ItemKey, ItemKind, SubjectKey, SubjectState};
pub use table::{GoodsSum, Help, Leader, Line, MoneyBySource, ScopeCells, Table, TableUnit, lay_out};
pub use why::{Why, why};
