//! What the check of one row has to say, without the texts that repeat in every row.

use crate::finding::{Finding, Severity};

/// One remark on a row. It becomes a [`Finding`] when the names of the sheets are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFinding {
    /// Number of the sheet in the file.
    pub sheet: u16,
    /// The row the user sees in Excel (CSV: the line).
    pub row: u32,
    /// The column's title, when one cell is meant.
    pub column: Option<&'static str>,
    /// Refused, warning or note.
    pub severity: Severity,
    /// Stable code, e.g. `roster.citizen_check_digit`.
    pub code: &'static str,
    /// Chinese sentence: what happened and what to do. Numbers and accounts are masked.
    pub message: String,
}

impl RowFinding {
    /// The finding as users get it; a sheet without a name stays without.
    #[must_use]
    pub fn into_finding<S: AsRef<str>>(self, sheets: &[S]) -> Finding {
        Finding {
            sheet: sheets.get(usize::from(self.sheet)).map_or("", AsRef::as_ref).to_owned(),
            row: Some(self.row),
            column: self.column.map(str::to_owned),
            severity: self.severity,
            code: self.code.to_owned(),
            message: self.message,
        }
    }
}
