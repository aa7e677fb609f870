//! Turns a table or a coverage into the file a user asked for; one place for the command line and the page.

use app::{Code, Problem};
use domain::coverage::Coverage;
use domain::statistics::Table;
use formats::document::Taken;
use formats::statistics::PrintContext;

/// Files of the statistics table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFile {
    Text,
    Json,
    Csv,
    Xlsx,
    Docx,
    Pdf,
}

impl TableFile {
    /// All of them with their word.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("text", Self::Text),
        ("json", Self::Json),
        ("csv", Self::Csv),
        ("xlsx", Self::Xlsx),
        ("docx", Self::Docx),
        ("pdf", Self::Pdf),
    ];

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// IANA media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => XLSX,
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
        }
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Files of the coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageFile {
    Text,
    Json,
    Csv,
    Xlsx,
}

impl CoverageFile {
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [("text", Self::Text), ("json", Self::Json), ("csv", Self::Csv), ("xlsx", Self::Xlsx)]
            .into_iter()
            .find(|(known, _)| *known == word)
            .map(|(_, kind)| kind)
    }

    /// IANA media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => XLSX,
        }
    }
}

/// The table as bytes; papers and workbooks say on every page who took them.
pub fn table(table: &Table, kind: TableFile, taken: &Taken) -> Result<Vec<u8>, Problem> {
    let context = PrintContext::taken(taken);
    match kind {
        TableFile::Text => Ok(formats::statistics::text(table).into_bytes()),
        TableFile::Json => Ok(pretty(&formats::statistics::json(table))),
        TableFile::Csv => Ok(formats::statistics::csv(table)),
        TableFile::Xlsx => formats::statistics::xlsx(table, &context).map_err(failed),
        TableFile::Docx => {
            formats::document::docx::write(&formats::statistics::document(table, &context)).map_err(failed)
        }
        TableFile::Pdf => pdf::render(&formats::statistics::document(table, &context)).map_err(failed),
    }
}

/// The coverage as bytes.
pub fn coverage(coverage: &Coverage, kind: CoverageFile, taken: &Taken) -> Result<Vec<u8>, Problem> {
    match kind {
        CoverageFile::Text => Ok(formats::coverage::text(coverage).into_bytes()),
        CoverageFile::Json => Ok(pretty(&formats::coverage::json(coverage))),
        CoverageFile::Csv => Ok(formats::coverage::csv(coverage, taken)),
        CoverageFile::Xlsx => formats::coverage::xlsx(coverage, taken).map_err(failed),
    }
}

/// JSON as one indented document with a line end.
pub fn pretty(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(Code::Output, format!("文件未能生成：{error}"))
}
