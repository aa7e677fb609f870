//! What each reader must do with any input. The fuzz targets call these, and so does a test that replays the saved
//! corpora without a fuzzer.

use domain::sheet::{Cell, Column};
use domain::visit::{HelpKind, LeaderKind, Method, MoneySource, parse_goods, parse_help_kinds};
use formats::document::Taken;
use formats::sheet::{Limits, findings_workbook, read_bytes};
use std::ops::ControlFlow;

const COLUMNS: &[Column] = &[
    Column { title: "姓名", synonyms: &["对象姓名"], required: true },
    Column { title: "公民身份号码", synonyms: &["身份证号"], required: true },
    Column { title: "慰问金（元）", synonyms: &[], required: false },
];

const LIMITS: Limits =
    Limits { max_file_bytes: 1 << 20, max_unpacked_bytes: 8 << 20, max_text_bytes: 1 << 20, max_rows: 5_000 };

/// A file under this name: the reader answers rows or a refusal, and what it reads it can give back.
fn sheet(name: &str, bytes: &[u8]) {
    let mut rows = 0;
    let read = read_bytes(name, bytes, COLUMNS, &[], &LIMITS, &mut |row| {
        rows += 1;
        row.cells.iter().for_each(cell);
        ControlFlow::Continue(())
    });
    let taken = Taken::new("os:test", jiff::civil::date(2024, 8, 12).at(9, 30, 0, 0));
    match read {
        Ok(read) => {
            assert_eq!(read.rows, rows);
            findings_workbook(name, bytes, &[], &read, &taken).expect("what was read can be written");
        }
        Err(error) => assert!(error.to_string().ends_with('。'), "{error}"),
    }
}

/// One cell as everything that a column may ask of it.
fn cell(cell: &Cell) {
    if let Ok(Some(date)) = cell.date() {
        assert_eq!(Cell::Text(date.to_string()).date(), Ok(Some(date)), "a date is read as it is written");
    }
    if let Ok(Some(fen)) = cell.amount_fen() {
        assert!(fen >= 0);
        let written = format!("{}.{:02}", fen / 100, fen % 100);
        assert_eq!(Cell::Text(written).amount_fen(), Ok(Some(fen)), "an amount is read as it is written");
    }
    if let Ok(Some(count)) = cell.integer() {
        assert!(count >= 0);
    }
    let _ = (cell.text(), cell.prose(), cell.identifier(), cell.yes_no(), cell.is_blank());
}

/// Any bytes as a workbook or as text.
pub fn sheet_bytes(bytes: &[u8]) {
    for name in ["a.xlsx", "a.csv"] {
        sheet(name, bytes);
    }
}

/// Lines of text, written by us as CSV behind a name, come back as the same number of rows.
pub fn csv_cells(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut table = formats::csv::Table::new(&["姓名", "公民身份号码"]);
    let mut lines = 0;
    for line in text.lines().take(200) {
        lines += 1;
        table.add(&["张三", line]);
    }
    let file = table.finish();
    let mut rows = 0;
    let read = read_bytes("a.csv", &file, COLUMNS, &[], &LIMITS, &mut |_| {
        rows += 1;
        ControlFlow::Continue(())
    });
    if let Ok(read) = read {
        assert_eq!((read.rows, rows), (lines, lines), "{}", String::from_utf8_lossy(&file));
    }
}

/// Any text as a template: a template, or the line, the key and the reason.
pub fn template_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = formats::campaign::read(&text) {
        let lines = text.lines().count().max(1);
        assert!((1..=lines + 1).contains(&error.line), "line {} of {lines}", error.line);
        assert!(!error.reason.is_empty());
    }
}

/// Any text as 慰问品: nothing without a name, nothing that was not given.
pub fn goods_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (goods, issues) = parse_goods(&text);
    for item in &goods {
        assert!(!item.name.trim().is_empty() && item.quantity >= 1, "{item:?} of {text}");
    }
    assert!(issues.len() <= goods.len(), "{issues:?} of {goods:?}");
    for (at, item) in goods.iter().enumerate() {
        let again = goods[at + 1..].iter().any(|it| it.name == item.name && it.unit == item.unit);
        assert!(!again, "{item:?} twice of {text}");
    }
}

/// Any text as a date, an amount, a count, a word of a list, a line of the calendar.
pub fn cell_words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    cell(&Cell::Text(text.to_string()));
    let _ =
        (Method::parse(&text), LeaderKind::parse(&text), MoneySource::parse(&text), HelpKind::parse(&text));
    let _ = (parse_help_kinds(&text), domain::visit::suggested_leader_kind(&text));
    let _ = domain::calendar::parse(&text);
    let _ = domain::citizen::CitizenId::parse(&text);
}

/// Any text as the name or code of a county.
pub fn division_words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let found = formats::division::search(&text, 20);
    assert!(found.len() <= 20);
    if let Ok(county) = formats::division::county(&text) {
        assert_eq!(county.code, text);
    }
}
