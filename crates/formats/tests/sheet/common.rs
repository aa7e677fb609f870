//! What the tests of the reader share.

use domain::sheet::{Cell, Column, RawRow};
use formats::sheet::{Limits, Read, SheetError, read_bytes};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// A small roster.
pub const COLUMNS: &[Column] = &[
    Column { title: "姓名", synonyms: &["对象姓名"], required: true },
    Column { title: "公民身份号码", synonyms: &["身份证号"], required: true },
    Column { title: "乡镇（街道）", synonyms: &[], required: false },
    Column { title: "死亡（停发）日期", synonyms: &[], required: false },
    Column { title: "慰问金（元）", synonyms: &["金额"], required: false },
    Column { title: "银行账号", synonyms: &["账号"], required: false },
    Column { title: "备注", synonyms: &[], required: false },
];

/// Reads a roster.
pub fn roster(name: &str, bytes: &[u8]) -> Result<(Read, Vec<RawRow>), SheetError> {
    roster_within(name, bytes, &Limits::default())
}

/// Reads a roster within limits.
pub fn roster_within(name: &str, bytes: &[u8], limits: &Limits) -> Result<(Read, Vec<RawRow>), SheetError> {
    let mut rows = Vec::new();
    let read = read_bytes(name, bytes, COLUMNS, &[], limits, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    assert_eq!(read.rows, rows.len() as u64);
    assert!(rows.iter().all(|row| row.cells.len() == COLUMNS.len()));
    Ok((read, rows))
}

/// The code with which a file is refused.
pub fn refusal(name: &str, bytes: &[u8]) -> &'static str {
    refusal_within(name, bytes, &Limits::default())
}

/// The code with which a file is refused within limits.
pub fn refusal_within(name: &str, bytes: &[u8], limits: &Limits) -> &'static str {
    let error = roster_within(name, bytes, limits).expect_err("the file should be refused");
    let sentence = error.to_string();
    assert!(sentence.contains('请') && sentence.contains('。'), "says what to do: {sentence}");
    error.code()
}

/// A row as one line: sheet, number, cells.
pub fn line(row: &RawRow) -> String {
    let cells = row.cells.iter().map(|cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => format!("“{text}”"),
        Cell::Number(value) => value.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Error(word) => format!("!{word}"),
    });
    format!("{} {} {}", row.sheet, row.row, cells.collect::<Vec<_>>().join("|"))
}

/// All rows as lines.
pub fn lines(rows: &[RawRow]) -> Vec<String> {
    rows.iter().map(line).collect()
}

/// Notes as lines.
pub fn notes(read: &Read) -> Vec<String> {
    read.notes.iter().map(|note| format!("{}：{}", note.sheet, note.message)).collect()
}

/// A committed file.
pub fn golden(name: &str) -> (PathBuf, Vec<u8>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let bytes = std::fs::read(&path).expect("the golden file is committed");
    (path, bytes)
}

/// A citizen number nobody living can have: born 1890, right check digit.
pub fn citizen(number: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("5002401890{:02}{:02}{:03}", number % 12 + 1, number % 28 + 1, number % 1000);
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

/// Who takes a findings file.
pub fn taken() -> formats::document::Taken {
    formats::document::Taken::new("os:安", jiff::civil::date(2024, 8, 12).at(9, 30, 0, 0))
}
