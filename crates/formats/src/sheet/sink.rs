//! Between the readers of the formats and those who want the rows.

use super::SheetError;
use crate::secrecy::Found;
use domain::sheet::{Cell, plain_decimal, serial_day};

/// Columns a sheet can have.
pub(super) const MAX_COLUMNS: u32 = 16_384;
/// Rows a sheet can have.
pub(super) const MAX_ROW: u32 = 1_048_576;
/// Text of one row; no honest row comes near it.
const MAX_ROW_BYTES: usize = 8 << 20;

/// What the reader does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Go on.
    Row,
    /// Nothing more is needed.
    Stop,
}

/// A cell that spreads over several rows; its value stands in the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    /// Column, from 0.
    pub column: u32,
    /// First row, as the user sees it.
    pub first: u32,
    /// Last row.
    pub last: u32,
}

/// Takes sheets and rows, in the file's order.
pub(super) trait Sink {
    /// A remark on the whole file.
    fn note(&mut self, message: String);
    /// The names of all sheets, and whether each is hidden.
    fn sheets(&mut self, names: Vec<(String, bool)>);
    /// A sheet starts.
    fn begin(&mut self, sheet: u16) -> Result<(), SheetError>;
    /// A remark on the sheet that was begun.
    fn sheet_note(&mut self, message: String);
    /// A vertical merge of the sheet; told before its first row.
    fn merge(&mut self, merge: Merge);
    /// A row with a value.
    fn row(&mut self, row: u32, cells: &mut RowBuf) -> Result<Next, SheetError>;
    /// The sheet is over.
    fn end(&mut self) -> Result<Next, SheetError>;
    /// The separator of a CSV file, when it is known from an earlier reading.
    fn delimiter(&self) -> Option<u8>;
    /// How well the first rows of a CSV file fit, when they are read with one separator.
    fn fit(&self, rows: &[(u32, Vec<(u32, Cell)>)]) -> usize;
    /// The separator that was chosen.
    fn set_delimiter(&mut self, delimiter: u8);
    /// What the secrecy guard found beside the cells.
    fn found(&mut self, _: Vec<Found>) -> Result<(), SheetError> {
        Ok(())
    }
}

/// The cells of one row as they are found; reused for the next.
#[derive(Debug, Default)]
pub(super) struct RowBuf {
    /// Column and value, never blank.
    pub cells: Vec<(u32, Cell)>,
    /// Columns up to the last with a value.
    pub width: u32,
    bytes: usize,
}

impl RowBuf {
    /// Before the next row.
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.width = 0;
        self.bytes = 0;
    }

    /// Adds a cell unless it is blank.
    pub(super) fn push(&mut self, column: u32, cell: Cell) -> Result<(), SheetError> {
        if column >= MAX_COLUMNS {
            return Err(SheetError::unreadable("列数超出范围"));
        }
        if cell.is_blank() {
            return Ok(());
        }
        if let Cell::Text(text) = &cell {
            self.bytes += text.len();
            if self.bytes > MAX_ROW_BYTES {
                return Err(SheetError::ZipBomb);
            }
        }
        self.width = self.width.max(column + 1);
        self.cells.push((column, cell));
        Ok(())
    }
}

/// A number, or the date that its style makes of it.
pub(super) fn number(value: f64, is_date: bool, is_1904: bool) -> Cell {
    if is_date {
        let plain = plain_decimal(value).unwrap_or_default();
        let days = plain.split_once('.').map_or(plain.as_str(), |(days, _)| days);
        if let Some(date) = days.parse().ok().and_then(|days| serial_day(days, is_1904)) {
            return Cell::Date(date);
        }
    }
    Cell::Number(value)
}
