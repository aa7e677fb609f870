//! What a sheet of a clerk's file is made of, and how its cells are understood. Reading bytes is not done here
//! (`formats::sheet`); a value that cannot be understood is an error, never a guess.

mod date;
mod number;

pub use date::{DateError, serial_day};
pub use number::{AmountError, Damaged, IntegerError, plain_decimal};

use crate::text::{half_width, is_blank, trim};
use jiff::civil::Date;
use std::borrow::Cow;

/// A column of an import, by the words clerks put at its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The title the official form prints; findings name the column so.
    pub title: &'static str,
    /// Other words for the title.
    pub synonyms: &'static [&'static str],
    /// A sheet without it is not read.
    pub required: bool,
}

/// One cell as the file holds it (a formula: its last result).
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing, or no such column in this sheet.
    #[default]
    Empty,
    /// Text, as typed.
    Text(String),
    /// A number; also a date whose cell was not formatted as one.
    Number(f64),
    /// A date; the time of the day is dropped.
    Date(Date),
    /// TRUE or FALSE.
    Bool(bool),
    /// A formula that failed, by the word the sheet shows (`#N/A`).
    Error(String),
}

/// One row with any value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawRow {
    /// Place of the sheet in the file, from 0.
    pub sheet: u16,
    /// The number the user sees in Excel; for CSV the physical line on which the record starts.
    pub row: u32,
    /// In the order of the import's columns; `Cell::Empty` where the sheet has no such column.
    pub cells: Vec<Cell>,
}

/// The cell is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("应填“是”或“否”")]
pub struct NotYesNo;

impl Cell {
    /// Whether nothing shows: empty, or only blanks.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(is_blank),
            _ => false,
        }
    }

    /// The word of a failed formula, e.g. `#N/A`. Such a cell has no text.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Error(word) => Some(word),
            _ => None,
        }
    }

    /// The text without blanks around it, full-width letters, digits and punctuation as ASCII; a number in plain
    /// decimals, a date as `2024-07-15`. `None` when blank or failed. For prose use [`Cell::prose`].
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let Self::Text(text) = self else { return self.prose() };
        let text = half_width(trim(text));
        (!text.is_empty()).then_some(text)
    }

    /// The text without blanks around it but otherwise as typed: remarks and addresses keep their `，（）`.
    #[must_use]
    pub fn prose(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Empty | Self::Error(_) => None,
            Self::Text(text) => Some(trim(text)).filter(|text| !text.is_empty()).map(Cow::Borrowed),
            Self::Number(value) => plain_decimal(*value).map(Cow::Owned),
            Self::Date(date) => Some(Cow::Owned(date.to_string())),
            Self::Bool(value) => Some(Cow::Borrowed(if *value { "TRUE" } else { "FALSE" })),
        }
    }

    /// A count such as `3`, `３人`, `1,200`. Never negative.
    pub fn integer(&self) -> Result<Option<i64>, IntegerError> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) => number::integer(text),
            Self::Number(value) => {
                plain_decimal(*value).ok_or(IntegerError::Unreadable).and_then(|text| number::integer(&text))
            }
            Self::Date(_) | Self::Bool(_) | Self::Error(_) => Err(IntegerError::Unreadable),
        }
    }

    /// An amount in yuan as whole fen, exactly: `1,234.50`, `￥1,234.50`, `1234.5元`, full-width digits, numbers.
    pub fn amount_fen(&self) -> Result<Option<i64>, AmountError> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) => number::amount_fen(text),
            Self::Number(value) => plain_decimal(*value)
                .ok_or(AmountError::Unreadable)
                .and_then(|text| number::amount_fen(&text)),
            Self::Date(_) | Self::Bool(_) | Self::Error(_) => Err(AmountError::Unreadable),
        }
    }

    /// A date: `2024-07-15`, `2024/7/15`, `2024.7.15`, `2024年7月15日`, `20240715`, a date cell, or Excel's serial
    /// number (1–80000). A time of the day is dropped.
    pub fn date(&self) -> Result<Option<Date>, DateError> {
        match self {
            Self::Empty => Ok(None),
            Self::Date(date) => Ok(Some(*date)),
            Self::Text(text) => date::parse(text),
            Self::Number(value) => {
                plain_decimal(*value).ok_or(DateError::Unreadable).and_then(|text| date::from_number(&text))
            }
            Self::Bool(_) | Self::Error(_) => Err(DateError::Unreadable),
        }
    }

    /// A citizen number, account or telephone number: blanks and hyphens removed, full-width as ASCII. What Excel
    /// has rounded (6.2E+18) is damaged and never guessed.
    pub fn identifier(&self) -> Result<Option<String>, Damaged> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) => number::identifier(text),
            Self::Number(value) => number::identifier_of_number(*value).map(Some),
            Self::Date(_) | Self::Bool(_) | Self::Error(_) => Err(Damaged),
        }
    }

    /// Yes: 是 √ ✓ Y 1 有. No: 否 × ✗ N 0 无. Blank is `None`.
    pub fn yes_no(&self) -> Result<Option<bool>, NotYesNo> {
        if let Self::Bool(value) = self {
            return Ok(Some(*value));
        }
        if matches!(self, Self::Error(_) | Self::Date(_)) {
            return Err(NotYesNo);
        }
        let Some(text) = self.text() else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "是" | "√" | "✓" | "✔" | "☑" | "y" | "yes" | "1" | "有" | "对" | "true" => {
                Ok(Some(true))
            }
            "否" | "×" | "✗" | "✘" | "x" | "n" | "no" | "0" | "无" | "没有" | "不是" | "false" => {
                Ok(Some(false))
            }
            _ => Err(NotYesNo),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn text_is_trimmed_and_half_width() {
        assert_eq!(text("　１号（东）　").text().as_deref(), Some("1号(东)"));
        assert_eq!(text("　１号（东）　").prose().as_deref(), Some("１号（东）"));
        assert_eq!(text(" \u{200b}").text(), None);
        assert_eq!(Cell::Number(12.0).text().as_deref(), Some("12"));
        assert_eq!(Cell::Number(0.1).text().as_deref(), Some("0.1"));
        assert_eq!(Cell::Error("#N/A".into()).text(), None);
        assert_eq!(Cell::Error("#N/A".into()).error(), Some("#N/A"));
        assert_eq!(Cell::Date(jiff::civil::date(2024, 7, 15)).text().as_deref(), Some("2024-07-15"));
    }

    #[test]
    fn yes_and_no() {
        for yes in ["是", "√", "✓", "Y", "y", "yes", "1", "有", "TRUE", "１", " 是 ", "Ｙ"] {
            assert_eq!(text(yes).yes_no(), Ok(Some(true)), "{yes}");
        }
        for no in ["否", "×", "✗", "N", "n", "no", "0", "无", "FALSE"] {
            assert_eq!(text(no).yes_no(), Ok(Some(false)), "{no}");
        }
        assert_eq!(Cell::Empty.yes_no(), Ok(None));
        assert_eq!(text("　").yes_no(), Ok(None));
        assert_eq!(Cell::Number(1.0).yes_no(), Ok(Some(true)));
        assert_eq!(Cell::Number(0.0).yes_no(), Ok(Some(false)));
        assert_eq!(Cell::Bool(true).yes_no(), Ok(Some(true)));
        for other in [text("可能"), Cell::Number(2.0), Cell::Error("#REF!".into())] {
            assert_eq!(other.yes_no(), Err(NotYesNo));
        }
    }

    proptest! {
        #[test]
        fn no_cell_panics(typed in "\\PC{0,24}", value in any::<f64>()) {
            for cell in [text(&typed), Cell::Number(value), Cell::Error(typed.clone())] {
                let _ = (cell.text(), cell.prose(), cell.integer(), cell.amount_fen(), cell.date());
                let _ = (cell.identifier(), cell.yes_no(), cell.is_blank());
            }
        }

        #[test]
        fn number_like_text_never_panics(typed in "[-+0-9０-９.,，eE年月日/ ¥元:T]{0,24}") {
            let cell = text(&typed);
            let _ = (cell.integer(), cell.amount_fen(), cell.date(), cell.identifier());
        }

        #[test]
        fn every_amount_is_read_back_exactly(fen in 0_i64..10_000_000_000_000) {
            let yuan = format!("{}.{:02}", fen / 100, fen % 100);
            prop_assert_eq!(text(&yuan).amount_fen(), Ok(Some(fen)));
            let value: f64 = yuan.parse().unwrap();
            prop_assert_eq!(Cell::Number(value).amount_fen(), Ok(Some(fen)));
            prop_assert_eq!(text(&crate::money::Fen(fen).yuan()).amount_fen(), Ok(Some(fen)));
        }
    }
}
