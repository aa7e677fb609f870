//! From the TOML document to a [`Layout`].

use super::layout::{AmountUnit, Encoding, Field, FileKind, Layout, LineEnd, Side, Value};
use super::result::Column;
use crate::campaign::TemplateError;
use crate::campaign::node::{self, Item, Table};
use std::collections::BTreeMap;

type Read<T> = Result<T, TemplateError>;

const FORMAT: u32 = 1;
const ROOT: &[&str] = &[
    "format",
    "key",
    "name",
    "note",
    "kind",
    "encoding",
    "separator",
    "line_end",
    "ends_last_line",
    "line_bytes",
    "rows_per_file",
    "file_name",
    "amount",
    "constants",
    "header",
    "heads",
    "column",
    "trailer",
    "result",
];
const FIELD: &[&str] = &["head", "value", "text", "width", "side", "pad", "max_bytes"];
const RESULT: &[&str] = &["columns", "skip"];

const KINDS: &[(&str, FileKind)] =
    &[("delimited", FileKind::Delimited), ("fixed", FileKind::Fixed), ("xlsx", FileKind::Xlsx)];
const ENCODINGS: &[(&str, Encoding)] =
    &[("gbk", Encoding::Gbk), ("gb18030", Encoding::Gb18030), ("utf-8", Encoding::Utf8)];
const ENDS: &[(&str, LineEnd)] = &[("lf", LineEnd::Lf), ("crlf", LineEnd::CrLf)];
const UNITS: &[(&str, AmountUnit)] = &[("yuan", AmountUnit::Yuan), ("fen", AmountUnit::Fen)];
const SIDES: &[(&str, Side)] = &[("left", Side::Left), ("right", Side::Right)];

/// Reads a whole layout.
pub(super) fn layout(text: &str) -> Read<Layout> {
    let document = node::parse(text)?;
    let root = Table::root(text, &document, ROOT)?;
    let format = root.need("format")?;
    if format.integer()? != i64::from(FORMAT) {
        return Err(format.wrong(format!("不认识的格式版本；本程序能读的版本是{FORMAT}")));
    }
    let or = |key: &str, otherwise: &str| match root.may(key) {
        Some(item) => item.text().map(str::to_owned),
        None => Ok(otherwise.to_owned()),
    };
    let kind = root.need("kind")?.word(KINDS)?;
    let layout = Layout {
        format: FORMAT,
        key: root.need("key")?.key()?,
        name: root.need("name")?.label()?,
        note: or("note", "")?,
        kind,
        encoding: root.may("encoding").map_or(Ok(Encoding::Utf8), |item| item.word(ENCODINGS))?,
        separator: separator(&root, kind)?,
        line_end: root.may("line_end").map_or(Ok(LineEnd::Lf), |item| item.word(ENDS))?,
        ends_last_line: root.flag_or("ends_last_line", true)?,
        line_bytes: root.may("line_bytes").map_or(Ok(0), |item| item.integer_in(0, 60_000))?,
        rows_per_file: root.may("rows_per_file").map_or(Ok(0), |item| item.integer_in(0, 1_000_000))?,
        file_name: root.need("file_name")?.label()?,
        amount: root.may("amount").map_or(Ok(AmountUnit::Yuan), |item| item.word(UNITS))?,
        constants: constants(&root)?,
        header: fields(&root, "header", kind)?,
        has_heads: root.flag_or("heads", kind == FileKind::Xlsx)?,
        columns: fields(&root, "column", kind)?,
        trailer: fields(&root, "trailer", kind)?,
        result: result_columns(&root)?,
        result_skips: result_skip(&root)?,
    };
    checked(&root, layout)
}

/// One character; a digit, letter or blank could stand within a field.
fn separator(root: &Table<'_>, kind: FileKind) -> Read<char> {
    let Some(item) = root.may("separator") else {
        return if kind == FileKind::Delimited {
            Err(root.need("kind")?.wrong("分隔文本要用separator写明分隔符"))
        } else {
            Ok('|')
        };
    };
    let text = item.text()?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii_punctuation() || c == '\t' => Ok(c),
        _ => Err(item.wrong("分隔符应为一个半角标点或制表符（\\t）")),
    }
}

fn constants(root: &Table<'_>) -> Read<BTreeMap<String, String>> {
    let Some(item) = root.may("constants") else { return Ok(BTreeMap::new()) };
    let mut constants = BTreeMap::new();
    for (name, value) in item.open_table()?.entries() {
        let text = value.text()?;
        if text.chars().any(char::is_control) {
            return Err(value.wrong("不能含有换行等控制字符"));
        }
        constants.insert(name.to_owned(), text.to_owned());
    }
    Ok(constants)
}

fn fields(root: &Table<'_>, key: &str, kind: FileKind) -> Read<Vec<Field>> {
    root.tables(key, FIELD)?.iter().map(|table| field(table, kind)).collect()
}

fn field(table: &Table<'_>, kind: FileKind) -> Read<Field> {
    let value = table.need("value")?.word(Value::ALL)?;
    let text = table.may("text").map_or(Ok(String::new()), |item| item.text().map(str::to_owned))?;
    if matches!(value, Value::Text | Value::Constant) && text.is_empty() {
        return Err(table.need("value")?.wrong("要用text写明文字或常量名"));
    }
    let width = table.may("width").map_or(Ok(0), |item| item.integer_in(0, 4_000))?;
    if kind == FileKind::Fixed && width == 0 {
        return Err(table.need("value")?.wrong("定长文本的每个字段要写width（字节数）"));
    }
    Ok(Field {
        head: table.may("head").map_or(Ok(String::new()), |item| item.text().map(str::to_owned))?,
        value,
        text,
        width,
        side: table.may("side").map_or(Ok(Side::Left), |item| item.word(SIDES))?,
        pad: table.may("pad").map_or(Ok(' '), |item| pad(&item))?,
        max_bytes: table.may("max_bytes").map_or(Ok(0), |item| item.integer_in(0, 4_000))?,
    })
}

fn pad(item: &Item<'_>) -> Read<char> {
    match item.text()?.as_bytes() {
        [byte @ (b' ' | b'0')] => Ok(char::from(*byte)),
        _ => Err(item.wrong("只能用空格或0补足")),
    }
}

fn result_columns(root: &Table<'_>) -> Read<Vec<Column>> {
    let Some(item) = root.may("result") else { return Ok(Vec::new()) };
    let words: Vec<(&str, Column)> = Column::ALL.iter().map(|it| (it.code(), *it)).collect();
    let table = item.table(RESULT)?;
    table.list("columns")?.iter().map(|item| item.word(&words)).collect()
}

fn result_skip(root: &Table<'_>) -> Read<u16> {
    let Some(item) = root.may("result") else { return Ok(0) };
    item.table(RESULT)?.may("skip").map_or(Ok(0), |item| item.integer_in(0, 100))
}

/// What holds between the parts.
fn checked(root: &Table<'_>, layout: Layout) -> Read<Layout> {
    let list = root.need("column")?;
    let has = |value| layout.columns.iter().any(|field| field.value == value);
    for (value, what) in [(Value::Account, "account"), (Value::Name, "name"), (Value::Amount, "amount")] {
        if !has(value) {
            return Err(list.wrong(format!("缺少{what}（账号、户名、金额三列必须有）")));
        }
    }
    for (key, fields) in [("header", &layout.header), ("trailer", &layout.trailer)] {
        if let Some(field) = fields.iter().find(|field| field.value.is_of_line()) {
            let word = Value::ALL.iter().find(|it| it.1 == field.value).map_or("", |it| it.0);
            return Err(root.need(key)?.wrong(format!("“{word}”是每一笔的内容，不能写在这里")));
        }
    }
    let all = layout.header.iter().chain(&layout.columns).chain(&layout.trailer);
    for field in all.filter(|field| field.value == Value::Constant) {
        if !layout.constants.contains_key(&field.text) {
            return Err(list.wrong(format!("常量“{}”没有写在[constants]里", field.text)));
        }
    }
    file_name(root, &layout)?;
    Ok(layout)
}

/// Only known words in braces, and no name that leaves the folder.
fn file_name(root: &Table<'_>, layout: &Layout) -> Read<()> {
    let item = root.need("file_name")?;
    let mut rest = layout.file_name.clone();
    for word in ["batch", "date", "part", "parts", "count"] {
        rest = rest.replace(&format!("{{{word}}}"), "");
    }
    for name in layout.constants.keys() {
        rest = rest.replace(&format!("{{{name}}}"), "");
    }
    if rest.contains(['{', '}', '/', '\\', ':', '*', '?', '"', '<', '>']) || rest.starts_with('.') {
        return Err(
            item.wrong("文件名里花括号只能写 batch、date、part、parts、count 或常量名，不能有 / \\ : * ? 等")
        );
    }
    if layout.rows_per_file > 0 && !layout.file_name.contains("{part}") {
        return Err(item.wrong("有每个文件的笔数限制时，文件名要有{part}"));
    }
    Ok(())
}
