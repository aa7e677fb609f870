//! What an import has to say about one cell, row or file. Findings are values, never errors: a row that is
//! wrong does not stop the rows that are right.

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row was not taken.
    Refused,
    /// The row was taken; a person should look.
    Warning,
    /// The row was taken; something was understood or mended on the way.
    Note,
}

impl Severity {
    /// 拒绝 / 提醒 / 说明.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Refused => "拒绝",
            Self::Warning => "提醒",
            Self::Note => "说明",
        }
    }
}

/// One remark on the user's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Sheet name as the user sees it (a CSV file: the file's name).
    pub sheet: String,
    /// The row number the user sees in Excel; for CSV the line. `None` when it concerns a whole sheet.
    pub row: Option<u32>,
    /// The column's title, when one cell is meant.
    pub column: Option<String>,
    /// Refused, warning or note.
    pub severity: Severity,
    /// Stable code, e.g. `roster.citizen_check_digit`.
    pub code: String,
    /// Chinese sentence: what happened and what to do.
    pub message: String,
}

/// The numbers of an import: `read = added + changed + unchanged + refused`, nothing disappears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows with any value.
    pub read: u64,
    /// New records.
    pub added: u64,
    /// Records that took a new value.
    pub changed: u64,
    /// Records that already said the same.
    pub unchanged: u64,
    /// Rows not taken.
    pub refused: u64,
}

impl Counts {
    /// Whether every row read is accounted for.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.read == self.added + self.changed + self.unchanged + self.refused
    }
}

/// A remark on one row while an import is worked on: the sheet is a number, code and column are the program's own
/// words. It becomes a [`Finding`] when the import is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFinding {
    /// Place of the sheet in the file, from 0.
    pub sheet: u16,
    /// The row number the user sees in Excel; for CSV the line.
    pub row: u32,
    /// The column's title, when one cell is meant.
    pub column: Option<&'static str>,
    /// Refused, warning or note.
    pub severity: Severity,
    /// Stable code, e.g. `visit.date`.
    pub code: &'static str,
    /// Chinese sentence: what happened and what to do.
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

/// Collects the remarks on one row.
#[derive(Debug)]
pub struct Remarks<'a> {
    /// Place of the sheet in the file, from 0.
    pub sheet: u16,
    /// The row number the user sees.
    pub row: u32,
    /// Where remarks go.
    pub list: &'a mut Vec<RowFinding>,
}

impl Remarks<'_> {
    /// The row is not taken.
    pub fn refuse(&mut self, column: Option<&'static str>, code: &'static str, message: String) {
        self.push(Severity::Refused, column, code, message);
    }

    /// The row is taken; a person should look.
    pub fn warn(&mut self, column: Option<&'static str>, code: &'static str, message: String) {
        self.push(Severity::Warning, column, code, message);
    }

    /// The row is taken; something was understood or mended.
    pub fn note(&mut self, column: Option<&'static str>, code: &'static str, message: String) {
        self.push(Severity::Note, column, code, message);
    }

    fn push(
        &mut self,
        severity: Severity,
        column: Option<&'static str>,
        code: &'static str,
        message: String,
    ) {
        self.list.push(RowFinding { sheet: self.sheet, row: self.row, column, severity, code, message });
    }
}
