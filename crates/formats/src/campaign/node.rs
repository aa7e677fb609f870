//! A TOML document with places: every value knows its key and line, so that every refusal can name them.

use domain::money::Fen;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a template was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("模板第{line}行“{key}”有误：{reason}")]
pub struct TemplateError {
    /// Line in the file, counted from 1.
    pub line: usize,
    /// The key, e.g. `row[3].label`; tables of a list are counted from 1.
    pub key: String,
    /// What is wrong and what to do, in Chinese.
    pub reason: String,
}

/// One value of the document.
#[derive(Clone)]
pub(crate) struct Item<'a> {
    text: &'a str,
    key: String,
    span: Range<usize>,
    value: &'a DeValue<'a>,
}

/// One table of the document, whose keys are all known.
pub(crate) struct Table<'a> {
    text: &'a str,
    key: String,
    span: Range<usize>,
    entries: &'a DeTable<'a>,
}

/// Parses the document; its syntax errors are named like all others.
pub(crate) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, TemplateError> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = line_of(text, at);
        let written = text.lines().nth(line - 1).unwrap_or_default();
        let key = written.split('=').next().unwrap_or_default().trim().to_owned();
        let reason = format!("不是正确的 TOML 写法，请检查引号、括号和等号（{}）", error.message());
        TemplateError { line, key, reason }
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// What a TOML type is called in a message.
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "文字",
        DeValue::Integer(_) => "整数",
        DeValue::Float(_) => "小数",
        DeValue::Boolean(_) => "true/false",
        DeValue::Datetime(_) => "日期",
        DeValue::Array(_) => "列表",
        DeValue::Table(_) => "表",
    }
}

impl<'a> Table<'a> {
    /// The whole document with whatever keys it has.
    pub(crate) fn any(text: &'a str, document: &'a Spanned<DeTable<'a>>) -> Self {
        Self { text, key: String::new(), span: 0..0, entries: document.get_ref() }
    }

    /// The whole document.
    pub(crate) fn root(
        text: &'a str,
        document: &'a Spanned<DeTable<'a>>,
        known: &[&str],
    ) -> Result<Self, TemplateError> {
        Self::any(text, document).knowing(known)
    }

    /// Refuses the first key, in the order of the file, that the format does not know.
    fn knowing(self, known: &[&str]) -> Result<Self, TemplateError> {
        let strange = self.entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(first) = strange.min_by_key(|key| key.span().start) else { return Ok(self) };
        Err(TemplateError {
            line: line_of(self.text, first.span().start),
            key: self.path(first.get_ref()),
            reason: format!("不认识这个键；这里可以写：{}", known.join("、")),
        })
    }

    fn path(&self, key: &str) -> String {
        if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) }
    }

    /// A value that must be there.
    pub(crate) fn need(&self, key: &str) -> Result<Item<'a>, TemplateError> {
        self.may(key).ok_or_else(|| TemplateError {
            line: line_of(self.text, self.span.start),
            key: self.path(key),
            reason: "缺少这个键".to_owned(),
        })
    }

    /// A value that may be there.
    pub(crate) fn may(&self, key: &str) -> Option<Item<'a>> {
        let (_, value) = self.entries.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(Item { text: self.text, key: self.path(key), span: value.span(), value: value.get_ref() })
    }

    /// A yes or no that may be left out.
    pub(crate) fn flag_or(&self, key: &str, default: bool) -> Result<bool, TemplateError> {
        self.may(key).map_or(Ok(default), |item| item.flag())
    }

    /// The members of a list that may be left out.
    pub(crate) fn list(&self, key: &str) -> Result<Vec<Item<'a>>, TemplateError> {
        self.may(key).map_or(Ok(Vec::new()), |item| item.members())
    }

    /// Each member of a list that may be left out, as a table with these keys.
    pub(crate) fn tables(&self, key: &str, known: &[&str]) -> Result<Vec<Table<'a>>, TemplateError> {
        self.list(key)?.into_iter().map(|member| member.table(known)).collect()
    }

    /// All entries in the order of the file, for tables whose keys are data.
    pub(crate) fn entries(&self) -> Vec<(&'a str, Item<'a>)> {
        let mut all: Vec<(usize, &'a str, Item<'a>)> = self
            .entries
            .iter()
            .map(|(name, value)| {
                let (key, span, value) = (self.path(name.get_ref()), value.span(), value.get_ref());
                let item = Item { text: self.text, key, span, value };
                (name.span().start, name.get_ref().as_ref(), item)
            })
            .collect();
        all.sort_by_key(|(start, ..)| *start);
        all.into_iter().map(|(_, name, item)| (name, item)).collect()
    }
}

impl<'a> Item<'a> {
    /// A refusal of this value.
    pub(crate) fn wrong(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError {
            line: line_of(self.text, self.span.start),
            key: self.key.clone(),
            reason: reason.into(),
        }
    }

    fn is_no(&self, wanted: &str) -> TemplateError {
        self.wrong(format!("应为{wanted}，现为{}", type_name(self.value)))
    }

    /// Text as written.
    pub(crate) fn text(&self) -> Result<&'a str, TemplateError> {
        self.value.as_str().ok_or_else(|| self.is_no("文字（加英文双引号）"))
    }

    /// Text for people: not empty, without blanks around it.
    pub(crate) fn label(&self) -> Result<String, TemplateError> {
        match self.text()?.trim() {
            "" => Err(self.wrong("不能为空")),
            label => Ok(label.to_owned()),
        }
    }

    /// A stable key: small letters, digits and underscores, a letter first.
    pub(crate) fn key(&self) -> Result<String, TemplateError> {
        let key = self.text()?;
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if key.starts_with(|c: char| c.is_ascii_lowercase()) && key.bytes().all(letters) {
            return Ok(key.to_owned());
        }
        Err(self.wrong("只能用小写英文字母、数字和下划线，并以字母开头"))
    }

    /// A whole number.
    pub(crate) fn integer(&self) -> Result<i64, TemplateError> {
        let written = self.value.as_integer().ok_or_else(|| self.is_no("整数"))?;
        i64::from_str_radix(written.as_str(), written.radix()).map_err(|_| self.wrong("数字太大"))
    }

    /// A whole number between two bounds.
    pub(crate) fn integer_in<T: TryFrom<i64>>(&self, low: i64, high: i64) -> Result<T, TemplateError> {
        let number = self.integer()?;
        let fits = (low..=high).contains(&number).then(|| T::try_from(number).ok()).flatten();
        fits.ok_or_else(|| self.wrong(format!("应在{low}到{high}之间，现为{number}")))
    }

    /// An amount in fen, not negative.
    pub(crate) fn fen(&self) -> Result<Fen, TemplateError> {
        match self.integer()? {
            negative @ ..0 => Err(self.wrong(format!("金额（分）不能为负，现为{negative}"))),
            fen => Ok(Fen(fen)),
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Result<bool, TemplateError> {
        self.value.as_bool().ok_or_else(|| self.is_no("true或false"))
    }

    /// A day, as text (`"2024-08-12"`) or as a TOML date.
    pub(crate) fn day(&self) -> Result<jiff::civil::Date, TemplateError> {
        let written = match self.value {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(day) => day.to_string(),
            _ => return Err(self.is_no("日期（2024-08-12）")),
        };
        let wrong = || self.wrong(format!("“{written}”不是日期，请写成2024-08-12"));
        if written.len() != 10 {
            return Err(wrong());
        }
        written.parse().map_err(|_| wrong())
    }

    /// One word of a fixed list of codes.
    pub(crate) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, TemplateError> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(code, _)| *code == text) {
            return Ok(*value);
        }
        let codes: Vec<&str> = words.iter().map(|(code, _)| *code).collect();
        Err(self.wrong(format!("不认识“{text}”；可以写：{}", codes.join("、"))))
    }

    /// The members of a list.
    pub(crate) fn members(&self) -> Result<Vec<Item<'a>>, TemplateError> {
        let members = self.value.as_array().ok_or_else(|| self.is_no("列表"))?;
        let member = |(index, value): (usize, &'a Spanned<DeValue<'a>>)| Item {
            text: self.text,
            key: format!("{}[{}]", self.key, index + 1),
            span: value.span(),
            value: value.get_ref(),
        };
        Ok(members.iter().enumerate().map(member).collect())
    }

    /// A table with these keys.
    pub(crate) fn table(self, known: &[&str]) -> Result<Table<'a>, TemplateError> {
        self.open_table()?.knowing(known)
    }

    /// A table whose keys are data.
    pub(crate) fn open_table(self) -> Result<Table<'a>, TemplateError> {
        let entries = self.value.as_table().ok_or_else(|| self.is_no("表"))?;
        Ok(Table { text: self.text, key: self.key, span: self.span, entries })
    }
}
