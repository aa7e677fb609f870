//! Cells of a visit row as words: what clerks write for nothing is nothing, a failed formula shows its word.

use super::VisitColumn;
use crate::sheet::{Cell, RawRow};
use std::borrow::Cow;

const EMPTY: &Cell = &Cell::Empty;

/// The cell of a column; empty when the sheet has none.
pub(super) fn cell(raw: &RawRow, column: VisitColumn) -> &Cell {
    raw.cells.get(column as usize).unwrap_or(EMPTY)
}

/// The text of a cell. `/`, `-` and 无 are nothing.
pub(super) fn typed(raw: &RawRow, column: VisitColumn) -> Cow<'_, str> {
    let cell = cell(raw, column);
    match cell.error() {
        Some(word) => Cow::Borrowed(word),
        None => cell.text().filter(|text| !is_nothing(text)).unwrap_or_default(),
    }
}

fn is_nothing(text: &str) -> bool {
    matches!(text, "/" | "\\" | "-" | "—" | "——" | "无" | "无。" | "没有")
}
