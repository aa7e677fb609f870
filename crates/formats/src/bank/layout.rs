//! What a bank's file looks like, as values.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Text with a separator between fields.
    Delimited,
    /// Text whose fields have a fixed number of bytes.
    Fixed,
    /// A workbook.
    Xlsx,
}

/// How text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// GBK: rare characters are missing.
    Gbk,
    /// GB 18030: all characters.
    Gb18030,
    /// UTF-8: all characters.
    Utf8,
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnd {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

/// In what an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// `50.00`
    Yuan,
    /// `5000`
    Fen,
}

/// On which side a fixed field is filled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The text stands left, blanks follow.
    Left,
    /// The text stands right.
    Right,
}

/// What a field shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Nothing.
    Empty,
    /// The field's own text.
    Text,
    /// The constant that the field names.
    Constant,
    /// Processing day, `20240726`.
    Date,
    /// Processing day, `2024-07-26`.
    DateDashed,
    /// Number in this file, from 1.
    Seq,
    /// Number in the batch, from 1.
    Number,
    /// How many lines this file has.
    Count,
    /// The sum of this file.
    Sum,
    /// Which of the files this is, from 1.
    Part,
    /// How many files there are.
    Parts,
    /// The batch's code.
    Batch,
    /// 户名
    Name,
    /// 账号
    Account,
    /// 金额
    Amount,
    /// 公民身份号码
    IdNumber,
    /// 开户银行
    BankName,
    /// 摘要
    Summary,
    /// 乡镇（街道）
    Township,
    /// How often the account stands in the batch up to here, from 1 (当日次数).
    Times,
}

impl Value {
    /// All values with their word in a layout.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("empty", Self::Empty),
        ("text", Self::Text),
        ("constant", Self::Constant),
        ("date", Self::Date),
        ("date_dashed", Self::DateDashed),
        ("seq", Self::Seq),
        ("number", Self::Number),
        ("count", Self::Count),
        ("sum", Self::Sum),
        ("part", Self::Part),
        ("parts", Self::Parts),
        ("batch", Self::Batch),
        ("name", Self::Name),
        ("account", Self::Account),
        ("amount", Self::Amount),
        ("id_number", Self::IdNumber),
        ("bank_name", Self::BankName),
        ("summary", Self::Summary),
        ("township", Self::Township),
        ("times", Self::Times),
    ];

    /// Whether it belongs to one line, not to a file.
    #[must_use]
    pub const fn is_of_line(self) -> bool {
        matches!(
            self,
            Self::Seq
                | Self::Number
                | Self::Name
                | Self::Account
                | Self::Amount
                | Self::IdNumber
                | Self::BankName
                | Self::Township
                | Self::Times
        )
    }
}

/// One field of a line, a header or a trailer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What the field is called; the head of a column in a workbook.
    pub head: String,
    /// What it shows.
    pub value: Value,
    /// The text, or the name of the constant.
    pub text: String,
    /// Bytes of a fixed field; characters of a column in a workbook; 0 as it comes.
    pub width: u16,
    /// Where the text of a fixed field stands.
    pub side: Side,
    /// What fills a fixed field up.
    pub pad: char,
    /// Most bytes that the bank takes; 0 is no limit.
    pub max_bytes: u16,
}

/// What a bank's file looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Version of the format of layouts.
    pub format: u32,
    /// Stable key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Where it comes from and what must be asked of the bank.
    pub note: String,
    /// What kind of file.
    pub kind: FileKind,
    /// Encoding of a text file.
    pub encoding: Encoding,
    /// Separator of a delimited file.
    pub separator: char,
    /// What ends a line.
    pub line_end: LineEnd,
    /// Whether the last line has its end too.
    pub ends_last_line: bool,
    /// Most bytes of a line without its end; 0 is no limit.
    pub line_bytes: u16,
    /// Most lines of a file; 0 is no limit.
    pub rows_per_file: u32,
    /// Name of a file: `{batch}`, `{date}`, `{part}`, `{parts}`, `{count}` and constants in braces.
    pub file_name: String,
    /// Unit of amounts.
    pub amount: AmountUnit,
    /// What the bank or the county defines.
    pub constants: BTreeMap<String, String>,
    /// The line before all others; none when empty.
    pub header: Vec<Field>,
    /// Whether the heads of the columns stand above the lines.
    pub has_heads: bool,
    /// The fields of a line.
    pub columns: Vec<Field>,
    /// The line after all others; none when empty.
    pub trailer: Vec<Field>,
    /// Columns of the bank's answer when it is a text without heads, by their words.
    pub result: Vec<super::result::Column>,
    /// Lines of the answer before the first row.
    pub result_skips: u16,
}

impl Layout {
    /// The ending of its files.
    #[must_use]
    pub const fn is_workbook(&self) -> bool {
        matches!(self.kind, FileKind::Xlsx)
    }

    /// Whether its lines show this value.
    #[must_use]
    pub fn shows(&self, value: Value) -> bool {
        self.columns.iter().any(|field| field.value == value)
    }

    /// Constants that have no value yet: the file cannot be written before the county fills them in.
    #[must_use]
    pub fn missing(&self) -> Vec<&str> {
        let empty = self.constants.iter().filter(|(_, value)| value.trim().is_empty());
        empty.map(|(name, _)| name.as_str()).collect()
    }

    /// The same with these constants in place of its own.
    #[must_use]
    pub fn with(mut self, constants: &BTreeMap<String, String>) -> Self {
        for (name, value) in constants {
            if let Some(known) = self.constants.get_mut(name) {
                known.clone_from(value);
            }
        }
        self
    }
}
