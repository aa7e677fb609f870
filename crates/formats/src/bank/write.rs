//! From lines to the bank's files: split by the layout's rows per file, each with its own count and sum. Equal lines
//! on an equal day give equal bytes.

use super::layout::{AmountUnit, Field, FileKind, Layout, Side, Value};
use super::{sheet, text};
use crate::document::WriteError;
use domain::money::Fen;
use jiff::civil::Date;
use sm3::{Digest, Sm3};
use std::borrow::Cow;
use std::fmt::Write as _;

/// One line to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Number in the batch, from 1.
    pub number: i64,
    /// 户名 for the bank.
    pub name: &'a str,
    /// 账号
    pub account: &'a str,
    /// How much, fen.
    pub amount_fen: Fen,
    /// 公民身份号码
    pub id_number: &'a str,
    /// 开户银行
    pub bank_name: &'a str,
    /// 乡镇（街道）
    pub township: &'a str,
    /// How often the account stands in the batch up to here, from 1.
    pub times: u32,
}

/// What all files of an export share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<'a> {
    /// The day on which the bank works on it.
    pub date: Date,
    /// The batch's code.
    pub batch: &'a str,
    /// 摘要
    pub summary: &'a str,
}

/// A file for the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Which of the files, from 1.
    pub part: usize,
    /// Lines.
    pub count: usize,
    /// Their sum, fen.
    pub sum_fen: Fen,
    /// SM3 of the bytes, hexadecimal.
    pub sm3: String,
}

/// Why a file cannot be written. Lines are named by their number in the batch.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// Nothing to write.
    #[error("没有要发的笔")]
    Empty,
    /// The county has not filled these in.
    #[error("代发格式“{0}”还没有填写：{1}；请先在格式设置里填写")]
    Constants(String, String),
    /// The encoding lacks a character.
    #[error("第{0}笔的“{1}”有{2}编码写不了的字，请填写银行写法")]
    Encoding(i64, String, &'static str),
    /// A field holds the separator.
    #[error("第{0}笔的“{1}”含有分隔符，或含有会被银行程序截断的字，请填写银行写法")]
    Separator(i64, String),
    /// A field is too long.
    #[error("第{0}笔的“{1}”超过{2}字节")]
    Long(i64, String, u16),
    /// A line is too long.
    #[error("第{0}笔整行超过{1}字节")]
    LineLong(i64, u16),
    /// The workbook.
    #[error("{0}")]
    Workbook(#[from] WriteError),
}

/// Everything that a field may show, for one file.
pub(super) struct Part<'a> {
    pub layout: &'a Layout,
    pub order: &'a Order<'a>,
    pub part: usize,
    pub parts: usize,
    pub count: usize,
    pub sum_fen: Fen,
}

/// Writes the files of a batch.
pub fn write(layout: &Layout, order: &Order<'_>, entries: &[Entry<'_>]) -> Result<Vec<BankFile>, BankError> {
    if entries.is_empty() {
        return Err(BankError::Empty);
    }
    let missing = layout.missing();
    if !missing.is_empty() {
        return Err(BankError::Constants(layout.name.clone(), missing.join("、")));
    }
    let most = match layout.rows_per_file {
        0 => entries.len(),
        rows => usize::try_from(rows).unwrap_or(usize::MAX),
    };
    let chunks: Vec<&[Entry<'_>]> = entries.chunks(most).collect();
    let parts = chunks.len();
    let file = |(index, chunk): (usize, &&[Entry<'_>])| {
        let sum_fen = chunk.iter().map(|entry| entry.amount_fen).sum();
        let part = Part { layout, order, part: index + 1, parts, count: chunk.len(), sum_fen };
        let bytes = match layout.kind {
            FileKind::Xlsx => sheet::write(&part, chunk)?,
            FileKind::Delimited | FileKind::Fixed => text::write(&part, chunk)?,
        };
        let sm3 = Sm3::digest(&bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(BankFile { name: part.file_name(), part: part.part, count: part.count, sum_fen, sm3, bytes })
    };
    chunks.iter().enumerate().map(file).collect()
}

impl Part<'_> {
    fn file_name(&self) -> String {
        let mut name = self.layout.file_name.clone();
        for (word, value) in [
            ("batch", self.order.batch.to_owned()),
            ("date", compact(self.order.date)),
            ("part", self.part.to_string()),
            ("parts", self.parts.to_string()),
            ("count", self.count.to_string()),
        ] {
            name = name.replace(&format!("{{{word}}}"), &value);
        }
        for (constant, value) in &self.layout.constants {
            name = name.replace(&format!("{{{constant}}}"), value);
        }
        name
    }

    /// What a field of the header or trailer shows.
    pub(super) fn of_file<'s>(&'s self, field: &'s Field) -> Cow<'s, str> {
        match field.value {
            Value::Text => Cow::Borrowed(&field.text),
            Value::Constant => {
                Cow::Borrowed(self.layout.constants.get(&field.text).map_or("", String::as_str))
            }
            Value::Date => Cow::Owned(compact(self.order.date)),
            Value::DateDashed => Cow::Owned(self.order.date.to_string()),
            Value::Count => Cow::Owned(self.count.to_string()),
            Value::Sum => Cow::Owned(self.money(self.sum_fen)),
            Value::Part => Cow::Owned(self.part.to_string()),
            Value::Parts => Cow::Owned(self.parts.to_string()),
            Value::Batch => Cow::Borrowed(self.order.batch),
            Value::Summary => Cow::Borrowed(self.order.summary),
            _ => Cow::Borrowed(""),
        }
    }

    /// What a field of a line shows; `seq` is the line's number in the file, from 1.
    pub(super) fn of_line<'s>(&'s self, field: &'s Field, entry: &'s Entry<'_>, seq: usize) -> Cow<'s, str> {
        match field.value {
            Value::Seq => Cow::Owned(seq.to_string()),
            Value::Number => Cow::Owned(entry.number.to_string()),
            Value::Name => Cow::Borrowed(entry.name),
            Value::Account => Cow::Borrowed(entry.account),
            Value::Amount => Cow::Owned(self.money(entry.amount_fen)),
            Value::IdNumber => Cow::Borrowed(entry.id_number),
            Value::BankName => Cow::Borrowed(entry.bank_name),
            Value::Township => Cow::Borrowed(entry.township),
            Value::Times => Cow::Owned(entry.times.to_string()),
            _ => self.of_file(field),
        }
    }

    /// `50.00` or `5000`, without separators.
    pub(super) fn money(&self, amount: Fen) -> String {
        match self.layout.amount {
            AmountUnit::Yuan => format!("{}.{:02}", amount.0 / 100, amount.0 % 100),
            AmountUnit::Fen => amount.0.to_string(),
        }
    }
}

/// `20240726`
fn compact(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// Fills a field of fixed length up.
pub(super) fn padded(field: &Field, bytes: Vec<u8>) -> Vec<u8> {
    let width = usize::from(field.width);
    let missing = width.saturating_sub(bytes.len());
    let fill = vec![u8::try_from(u32::from(field.pad)).unwrap_or(b' '); missing];
    match field.side {
        Side::Left => [bytes, fill].concat(),
        Side::Right => [fill, bytes].concat(),
    }
}
