//! The list of holidays as text, the shipped one and the one a county imports: a day or a span of days, 休 or 班,
//! and a name on each line.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// No holiday is longer; a longer span is a slip of the pen.
const LONGEST_SPAN_DAYS: usize = 31;

/// What a listed day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// 休
    Off,
    /// 班: a working day, also where the week says otherwise.
    Work,
}

impl DayKind {
    /// 休 / 班.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Off => "休",
            Self::Work => "班",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "休" | "休息" | "放假" => Some(Self::Off),
            "班" | "上班" => Some(Self::Work),
            _ => None,
        }
    }
}

/// One listed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day.
    pub date: Date,
    /// 休 or 班.
    pub kind: DayKind,
    /// `春节`, `春节调休`; may be empty.
    pub name: String,
}

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// The first word is no date.
    #[error("“{0}”不是日期，请写成 2027-01-01 或 2027-02-05至2027-02-11")]
    Date(String),
    /// A span that ends before it begins or is longer than a month.
    #[error("“{0}”的起止日期不对：结束日期应不早于起始日期，且不超过 31 天")]
    Span(String),
    /// Neither 休 nor 班.
    #[error("“{0}”看不懂，日期后面请写 休 或 班，例如：2027-01-01 休 元旦")]
    Kind(String),
    /// The same day is 休 on one line and 班 on another.
    #[error("{date} 与第 {first_line} 行写的相反，请保留一行")]
    Contradiction {
        /// The day.
        date: Date,
        /// Where it stands first.
        first_line: usize,
    },
}

/// A line that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub fault: LineFault,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行：{}", self.line, self.fault)
    }
}

impl std::error::Error for LineError {}

/// Reads a list of holidays. Empty lines and what follows `#` are skipped. All faults are reported at once; with
/// one fault nothing is taken, so that no half list counts.
pub fn parse(text: &str) -> Result<Vec<Entry>, Vec<LineError>> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut seen: HashMap<Date, (DayKind, usize)> = HashMap::new();
    let mut errors = Vec::new();
    for (index, raw) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = index + 1;
        let content = raw.split('#').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        match parse_line(content) {
            Err(fault) => errors.push(LineError { line, fault }),
            Ok(days) => {
                for entry in days {
                    let (kind, first_line) = *seen.entry(entry.date).or_insert((entry.kind, line));
                    if kind == entry.kind {
                        entries.push(entry);
                    } else {
                        let fault = LineFault::Contradiction { date: entry.date, first_line };
                        errors.push(LineError { line, fault });
                    }
                }
            }
        }
    }
    if errors.is_empty() { Ok(entries) } else { Err(errors) }
}

fn parse_line(content: &str) -> Result<Vec<Entry>, LineFault> {
    let mut words = content.split_whitespace();
    let days = parse_days(words.next().unwrap_or_default())?;
    let word = words.next().unwrap_or_default();
    let kind = DayKind::parse(word).ok_or_else(|| LineFault::Kind(word.to_owned()))?;
    let name = words.collect::<Vec<_>>().join(" ");
    Ok(days.into_iter().map(|date| Entry { date, kind, name: name.clone() }).collect())
}

fn parse_days(word: &str) -> Result<Vec<Date>, LineFault> {
    let day = |text: &str| parse_date(text).ok_or_else(|| LineFault::Date(word.to_owned()));
    let ends = ["至", "~", "～", ".."].iter().find_map(|mark| word.split_once(mark));
    let (first, last) = match ends {
        Some((first, last)) => (day(first)?, day(last)?),
        None => (day(word)?, day(word)?),
    };
    let days: Vec<Date> = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= last)
        .take(LONGEST_SPAN_DAYS + 1)
        .collect();
    if days.is_empty() || days.len() > LONGEST_SPAN_DAYS {
        return Err(LineFault::Span(word.to_owned()));
    }
    Ok(days)
}

/// Year, month and day with any signs between them: `2027-01-01`, `2027/1/1`, `2027.1.1`, `2027年1月1日`.
fn parse_date(text: &str) -> Option<Date> {
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
