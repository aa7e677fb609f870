//! The bank's answer: success and failure lists of the same layouts, lists with heads (xlsx, csv), lists drawn as
//! boxes of text, and statements of the paying account. A file with a row that cannot be read is refused whole.

use super::layout::{AmountUnit, FileKind, Layout, Value};
use crate::sheet::{self, Limits, SheetError};
use domain::bank::BankAccount;
use domain::money::Fen;
use domain::payment::result::{COLUMNS, ONE_OF, says_paid};
use domain::payment::{FailureReason, Outcome, ResultKind};
use domain::sheet::{Cell, RawRow};
use jiff::civil::Date;
use std::borrow::Cow;
use std::ops::ControlFlow;

pub use domain::payment::ResultColumn as Column;

/// One row of the bank's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row the user sees.
    pub row: u32,
    /// 序号 or 代理编号, when it is a number.
    pub seq: Option<i64>,
    /// 账号
    pub account: Option<BankAccount>,
    /// 户名 as the bank has it.
    pub name: String,
    /// How much, fen.
    pub amount_fen: Option<Fen>,
    /// Paid or not.
    pub outcome: Outcome,
    /// The bank's words.
    pub text: String,
    /// The bank's day.
    pub bank_date: Option<Date>,
    /// The bank's number.
    pub serial: Option<String>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// What kind of list it is.
    pub kind: ResultKind,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Rows without a result yet, by the row the user sees.
    pub pending: Vec<u32>,
    /// The day that the file's title names.
    pub date: Option<Date>,
}

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// It is no such file.
    #[error("{0}")]
    Sheet(#[from] SheetError),
    /// Nobody said what kind of list it is, and it does not say itself.
    #[error("文件没有逐笔注明结果，请指明它是成功清单还是失败清单")]
    Kind,
    /// Rows that cannot be read.
    #[error("有 {} 行读不出来，没有导入：{}", .0.len(), shown(.0))]
    Rows(Vec<(u32, &'static str)>),
    /// No rows.
    #[error("文件里没有明细行")]
    Empty,
    /// The file contradicts itself.
    #[error("文件写明合计 {stated}，明细合计 {counted}，两者不符，文件可能不完整，没有导入")]
    Totals {
        /// What its total line says.
        stated: String,
        /// What its rows come to.
        counted: String,
    },
}

fn shown(rows: &[(u32, &'static str)]) -> String {
    let first: Vec<String> = rows.iter().take(5).map(|(row, why)| format!("第{row}行{why}")).collect();
    let more = if rows.len() > 5 { " 等" } else { "" };
    format!("{}{more}", first.join("、"))
}

/// What a file says of itself beside its rows.
#[derive(Debug, Default)]
struct Said {
    count: Option<i64>,
    sum_fen: Option<Fen>,
    kind: Option<ResultKind>,
    date: Option<Date>,
}

/// Reads a file of the bank. `kind` is what the user says it is; `None` when the file says it itself.
pub fn read(
    layout: &Layout,
    name: &str,
    bytes: &[u8],
    kind: Option<ResultKind>,
) -> Result<Results, ResultError> {
    let mut said = Said::default();
    let is_text = !bytes.starts_with(b"PK") && !bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    let text = if is_text { decode(bytes) } else { Cow::Borrowed("") };
    let raw = if text.contains('│') {
        boxed(&text, &mut said)?
    } else {
        match headed(name, bytes) {
            Ok(rows) => rows,
            Err(error) if is_text => positional(layout, &text, &mut said).ok_or(error)?,
            Err(error) => return Err(error.into()),
        }
    };
    let kind = match kind.or(said.kind) {
        Some(kind) => kind,
        None if raw.iter().any(|row| !row.cells[index(Column::Outcome)].is_blank()) => ResultKind::Mixed,
        None if raw.iter().any(|row| !row.cells[index(Column::Debit)].is_blank()) => ResultKind::Statement,
        None => return Err(ResultError::Kind),
    };
    gather(raw, kind, said)
}

fn index(column: Column) -> usize {
    column as usize
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
    }
}

/// A list with heads.
fn headed(name: &str, bytes: &[u8]) -> Result<Vec<RawRow>, SheetError> {
    let mut rows = Vec::new();
    sheet::read_bytes(name, bytes, COLUMNS, ONE_OF, &Limits::default(), &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// A list drawn with strokes, as core systems print it: its cells become those of a sheet.
fn boxed(text: &str, said: &mut Said) -> Result<Vec<RawRow>, ResultError> {
    let mut csv = String::with_capacity(text.len());
    for line in text.lines() {
        if !line.contains('│') {
            said.kind = said.kind.or_else(|| kind_of_title(line));
            said.date = said.date.or_else(|| date_of_title(line));
            csv.push('\n');
            continue;
        }
        let inner = line.trim().trim_start_matches('│').trim_end_matches('│');
        if inner.trim_start().starts_with("合计") {
            total_line(inner, said);
            csv.push('\n');
            continue;
        }
        let cells: Vec<String> =
            inner.split('│').map(|cell| format!("\"{}\"", cell.trim().replace('"', "\"\""))).collect();
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    Ok(headed("result.csv", csv.as_bytes())?)
}

/// `合计│2│120.05│…`: the number with a point is the sum.
fn total_line(inner: &str, said: &mut Said) {
    for cell in inner.split('│').map(str::trim) {
        if cell.contains('.') {
            said.sum_fen = Cell::Text(cell.to_owned()).amount_fen().ok().flatten().map(Fen);
        } else if let Ok(count) = cell.parse() {
            said.count = Some(count);
        }
    }
}

fn kind_of_title(line: &str) -> Option<ResultKind> {
    if line.contains("失败") {
        Some(ResultKind::Failure)
    } else {
        line.contains("成功").then_some(ResultKind::Success)
    }
}

/// `[…-20240726]`: eight digits that are a day.
fn date_of_title(line: &str) -> Option<Date> {
    let digits = line.split(|c: char| !c.is_ascii_digit()).filter(|word| word.len() == 8);
    digits.filter_map(compact).next_back()
}

fn compact(text: &str) -> Option<Date> {
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..8)?);
    format!("{year}-{month}-{day}").parse().ok()
}

/// Lines without heads: as the layout says the answer looks, else as the file that was sent.
fn positional(layout: &Layout, text: &str, said: &mut Said) -> Option<Vec<RawRow>> {
    if layout.kind == FileKind::Xlsx {
        return None;
    }
    let lines: Vec<(u32, &str)> =
        (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).collect();
    let is_answer = !layout.result.is_empty();
    let skip = if is_answer {
        usize::from(layout.result_skips)
    } else {
        usize::from(!layout.header.is_empty()) + usize::from(layout.has_heads)
    };
    let last = lines.len() - usize::from(!is_answer && !layout.trailer.is_empty()).min(lines.len());
    let body = lines.get(skip..last)?;
    if !is_answer {
        for (fields, line) in [(&layout.header, lines.first()), (&layout.trailer, lines.last())] {
            totals(layout, fields, line?.1, said);
        }
    }
    let columns: Vec<Column> = if is_answer {
        layout.result.clone()
    } else {
        layout.columns.iter().map(|field| meaning(field.value)).collect()
    };
    let is_fixed = layout.kind == FileKind::Fixed && !is_answer;
    let row = |(number, line): &(u32, &str)| {
        let fields = if is_fixed { cut(layout, line) } else { split(layout, line) };
        let mut cells = vec![Cell::Empty; COLUMNS.len()];
        for (column, field) in columns.iter().zip(&fields).filter(|(column, _)| **column != Column::Skip) {
            cells[index(*column)] = Cell::Text(amount_text(layout, *column, field));
        }
        (fields.len() >= columns.len()).then_some(RawRow { sheet: 0, row: *number, cells })
    };
    body.iter().map(row).collect()
}

/// What a field of our own file means in the bank's answer.
fn meaning(value: Value) -> Column {
    match value {
        Value::Seq | Value::Number => Column::Seq,
        Value::Name => Column::Name,
        Value::Account => Column::Account,
        Value::Amount => Column::Amount,
        _ => Column::Skip,
    }
}

/// Amounts in fen as yuan, so that all are read alike.
fn amount_text(layout: &Layout, column: Column, field: &str) -> String {
    let fen = (layout.amount == AmountUnit::Fen && column == Column::Amount)
        .then(|| field.trim().parse::<i64>().ok())
        .flatten();
    fen.map_or_else(|| field.to_owned(), |fen| format!("{}.{:02}", fen / 100, fen % 100))
}

fn split(layout: &Layout, line: &str) -> Vec<String> {
    line.split(layout.separator).map(|field| field.trim().to_owned()).collect()
}

/// Fields of fixed length, counted in the bytes of the encoding.
fn cut(layout: &Layout, line: &str) -> Vec<String> {
    let Some(bytes) = super::name::encode(layout.encoding, line) else { return Vec::new() };
    let mut from = 0;
    let mut fields = Vec::with_capacity(layout.columns.len());
    for field in &layout.columns {
        let to = from + usize::from(field.width);
        let Some(part) = bytes.get(from..to.min(bytes.len())) else { break };
        fields.push(decode(part).trim().to_owned());
        from = to;
    }
    fields
}

/// Count and sum of a header or trailer of our own file.
fn totals(layout: &Layout, fields: &[super::Field], line: &str, said: &mut Said) {
    let is_fixed = layout.kind == FileKind::Fixed;
    let parts = if is_fixed {
        cut(&Layout { columns: fields.to_vec(), ..layout.clone() }, line)
    } else {
        split(layout, line)
    };
    for (field, part) in fields.iter().zip(parts) {
        match field.value {
            Value::Count => said.count = part.trim().parse().ok(),
            Value::Sum => {
                let text = amount_text(layout, Column::Amount, &part);
                said.sum_fen = Cell::Text(text).amount_fen().ok().flatten().map(Fen);
            }
            Value::Date => said.date = compact(part.trim()),
            _ => {}
        }
    }
}

/// Makes rows of what was read, and compares them with what the file says of itself.
fn gather(raw: Vec<RawRow>, kind: ResultKind, mut said: Said) -> Result<Results, ResultError> {
    let (mut rows, mut pending, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    let (mut count, mut sum) = (0_i64, Fen::ZERO);
    for row in raw {
        if is_total(&row) {
            stated(&row, &mut said);
            continue;
        }
        match one(&row, kind) {
            Ok(None) if kind == ResultKind::Statement => {}
            Ok(None) => pending.push(row.row),
            Ok(Some(one)) => {
                sum += one.amount_fen.unwrap_or_default();
                rows.push(one);
            }
            Err(why) => bad.push((row.row, why)),
        }
        count += 1;
    }
    if !bad.is_empty() {
        return Err(ResultError::Rows(bad));
    }
    if rows.is_empty() && pending.is_empty() {
        return Err(ResultError::Empty);
    }
    let is_whole = kind != ResultKind::Statement && pending.is_empty();
    let differs = said.count.is_some_and(|it| it != count) || said.sum_fen.is_some_and(|it| it != sum);
    if is_whole && differs {
        let words = |count: Option<i64>, sum: Option<Fen>| {
            let count = count.map(|it| format!("{it}笔")).unwrap_or_default();
            format!("{count}{}", sum.map(|it| format!("{}元", it.yuan_short())).unwrap_or_default())
        };
        let (stated, counted) = (words(said.count, said.sum_fen), words(Some(count), Some(sum)));
        return Err(ResultError::Totals { stated, counted });
    }
    Ok(Results { kind, rows, pending, date: said.date })
}

fn text(row: &RawRow, column: Column) -> String {
    row.cells.get(index(column)).and_then(Cell::text).map(Cow::into_owned).unwrap_or_default()
}

/// 合计
fn is_total(row: &RawRow) -> bool {
    let first = row.cells.iter().find_map(Cell::text).unwrap_or_default();
    ["合计", "总计", "小计", "总笔数"].iter().any(|word| first.starts_with(word))
}

/// What a total line says: its sum stands under the amounts, its count in any other place.
fn stated(row: &RawRow, said: &mut Said) {
    for (place, cell) in row.cells.iter().enumerate() {
        if place == index(Column::Amount) {
            said.sum_fen = cell.amount_fen().ok().flatten().map(Fen).or(said.sum_fen);
        } else if let Ok(Some(count)) = cell.integer() {
            said.count = Some(count);
        }
    }
}

/// One row; `None` when the bank is not done with it, or a statement's row is no payment.
fn one(row: &RawRow, kind: ResultKind) -> Result<Option<Row>, &'static str> {
    let cell = |column| &row.cells[index(column)];
    let amount = |column| cell(column).amount_fen().map_err(|_| "金额读不出来").map(|it| it.map(Fen));
    let bank_text = [text(row, Column::Outcome), text(row, Column::Reason)];
    let bank_text =
        if kind == ResultKind::Statement { [text(row, Column::Summary), String::new()] } else { bank_text };
    let words = match bank_text.iter().map(String::as_str).filter(|it| !it.is_empty()).collect::<Vec<_>>() {
        words if words.len() == 2 && words[0] == words[1] => words[0].to_owned(),
        words => words.join(" "),
    };
    let failed = || Outcome::Failed(FailureReason::of_text(&words));
    let (outcome, amount_fen) = match kind {
        ResultKind::Success => (Outcome::Paid, amount(Column::Amount)?),
        ResultKind::Failure => (failed(), amount(Column::Amount)?),
        ResultKind::Mixed => match says_paid(&bank_text[0]) {
            None => return Ok(None),
            Some(true) => (Outcome::Paid, amount(Column::Amount)?),
            Some(false) => (failed(), amount(Column::Amount)?),
        },
        ResultKind::Statement => match (amount(Column::Debit)?, amount(Column::Credit)?) {
            (Some(debit), _) if debit > Fen::ZERO => (Outcome::Paid, Some(debit)),
            (_, Some(credit)) if credit > Fen::ZERO => (failed(), Some(credit)),
            _ => return Ok(None),
        },
    };
    let account = cell(Column::Account).identifier().map_err(|_| "账号已损坏")?;
    let digits = text(row, Column::Seq);
    let seq = (digits.len() <= 9).then(|| digits.parse().ok()).flatten();
    if account.is_none() && seq.is_none() && kind == ResultKind::Statement {
        return Ok(None);
    }
    Ok(Some(Row {
        row: row.row,
        seq,
        account: account.as_deref().and_then(BankAccount::new),
        name: text(row, Column::Name),
        amount_fen,
        outcome,
        text: words,
        bank_date: cell(Column::Date).date().map_err(|_| "日期读不出来")?,
        serial: Some(text(row, Column::Serial)).filter(|it| !it.is_empty()),
    }))
}
