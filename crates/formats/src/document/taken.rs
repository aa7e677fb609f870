//! Who took a file out of the system, and when: it stands on every page and sheet that holds personal data.

use super::printable;
use jiff::civil::{Date, DateTime};

/// The longest name that is printed; a footer of a workbook holds 255 characters.
const LONGEST: usize = 60;

/// Who took a file, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The account, as the audit names it.
    pub by: String,
    /// The time in the county.
    pub at: DateTime,
}

impl Taken {
    /// Of an account at a time.
    #[must_use]
    pub fn new(by: impl Into<String>, at: DateTime) -> Self {
        Self { by: by.into(), at }
    }

    /// The day.
    #[must_use]
    pub fn on(&self) -> Date {
        self.at.date()
    }

    /// `由 os:clerk 于 2024-08-12 09:30 导出`
    #[must_use]
    pub fn line(&self) -> String {
        let by: String = printable(&self.by).chars().take(LONGEST).collect();
        format!("由 {by} 于 {} {:02}:{:02} 导出", self.at.date(), self.at.hour(), self.at.minute())
    }

    /// The line for the header or footer of a sheet, where `&` begins a code.
    #[must_use]
    pub(crate) fn in_footer(&self) -> String {
        self.line().replace('&', "&&")
    }
}
