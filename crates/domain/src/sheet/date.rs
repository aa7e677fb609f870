//! Dates from cells: the forms clerks type, and Excel's serial numbers.

use crate::text::{half_width, is_blank, trim};
use jiff::civil::Date;

/// Why a cell is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Year, month and day are there, but no such day is in the calendar.
    #[error("没有这一天，请核对")]
    NoSuchDay,
    /// Only a year, or a year and a month.
    #[error("日期不完整，应有年、月、日，如 2024-07-15")]
    Incomplete,
    /// Anything else.
    #[error("日期无法识别，应如 2024-07-15")]
    Unreadable,
}

/// The largest serial number taken as a date (2119-01-11).
const LAST_SERIAL: u32 = 80_000;

/// The day of an Excel serial number in the 1900 system, with its 29 February 1900 that never was (`None`); in the
/// 1904 system 0 is 1904-01-01.
#[must_use]
pub fn serial_day(serial: u32, is_1904: bool) -> Option<Date> {
    let (year, month, day) = match (is_1904, serial) {
        (true, _) => (1904, 1, 1),
        (false, 0 | 60) => return None,
        (false, 1..=59) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    let days = i32::try_from(serial).ok()?;
    jiff::civil::date(year, month, day).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// A number cell that is not formatted as a date: a serial number or `20240715`.
pub(super) fn from_number(decimal: &str) -> Result<Option<Date>, DateError> {
    let whole = decimal.split_once('.').map_or(decimal, |(whole, _)| whole);
    digits(whole).map(Some)
}

fn digits(text: &str) -> Result<Date, DateError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateError::Unreadable);
    }
    let value: u32 = text.parse().map_err(|_| DateError::Unreadable)?;
    match value {
        // Read as a serial number this were a day of 1905; the clerk wrote a year (and a month).
        1900..=2199 | 190_001..=219_912 => Err(DateError::Incomplete),
        1..=LAST_SERIAL => serial_day(value, false).ok_or(DateError::NoSuchDay),
        10_000_101..=99_991_231 => day(value / 10_000, value / 100 % 100, value % 100),
        _ => Err(DateError::Unreadable),
    }
}

fn day(year: u32, month: u32, day: u32) -> Result<Date, DateError> {
    if !(1800..=2199).contains(&year) {
        return Err(DateError::Unreadable);
    }
    let small = |value: u32| i8::try_from(value).map_err(|_| DateError::NoSuchDay);
    let year = i16::try_from(year).map_err(|_| DateError::Unreadable)?;
    Date::new(year, small(month)?, small(day)?).map_err(|_| DateError::NoSuchDay)
}

pub(super) fn parse(text: &str) -> Result<Option<Date>, DateError> {
    let text = half_width(trim(text));
    let text = text.strip_prefix('\'').unwrap_or(&text);
    if text.is_empty() {
        return Ok(None);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // As text only five digits are a serial number; fewer may be anything.
        return match text.len() {
            4..=6 | 8 => digits(text).map(Some),
            _ => Err(DateError::Unreadable),
        };
    }
    if let Some((whole, decimals)) = text.split_once('.')
        && whole.len() == 5
        && [whole, decimals].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return digits(whole).map(Some);
    }
    written(text).map(Some)
}

/// Year, month and day with one of the separators, then perhaps a time or a weekday.
fn written(text: &str) -> Result<Date, DateError> {
    let (year, rest) = leading_number(text, 4)?;
    let rest = separator(rest, &['年', '-', '/', '.', '\\', '—', '–', '−'])?;
    let (month, rest) = match leading_number(rest, 2) {
        Err(_) if rest.is_empty() => return Err(DateError::Incomplete),
        other => other?,
    };
    if matches!(rest, "" | "月" | "月份") {
        return Err(DateError::Incomplete);
    }
    let rest = separator(rest, &['月', '-', '/', '.', '\\', '—', '–', '−'])?;
    let (date, rest) = leading_number(rest, 2)?;
    let rest = rest.trim_start_matches(is_blank);
    let rest = rest.strip_prefix(['日', '号']).unwrap_or(rest);
    if year < 1000 || !is_time(rest) {
        return Err(DateError::Unreadable);
    }
    day(year, month, date)
}

fn leading_number(text: &str, longest: usize) -> Result<(u32, &str), DateError> {
    let text = text.trim_start_matches(is_blank);
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 || length > longest {
        return Err(DateError::Unreadable);
    }
    let (number, rest) = text.split_at(length);
    Ok((number.parse().map_err(|_| DateError::Unreadable)?, rest))
}

fn separator<'a>(text: &'a str, wanted: &[char]) -> Result<&'a str, DateError> {
    let text = text.trim_start_matches(is_blank);
    match text.strip_prefix(wanted) {
        Some(rest) => Ok(rest),
        None if text.is_empty() => Err(DateError::Incomplete),
        None => Err(DateError::Unreadable),
    }
}

/// What may follow a date: nothing, a time, a weekday, a full stop.
fn is_time(text: &str) -> bool {
    let text = text.trim_matches(is_blank);
    let (text, weekday) = match text.find("星期").or_else(|| text.find('周')) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, ""),
    };
    let weekdays = ['星', '期', '周', '一', '二', '三', '四', '五', '六', '日', '天'];
    text.chars().all(|c| c.is_ascii_digit() || is_blank(c) || ":.TZ+-上下午时分秒AMPamp()".contains(c))
        && weekday.chars().count() <= 4
        && weekday.chars().all(|c| weekdays.contains(&c) || c == ')')
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_as_clerks_write_them() {
        for typed in [
            "2024-07-15",
            "2024-7-15",
            "2024/7/15",
            "2024.7.15",
            "2024．7．15",
            "2024.07.15.",
            "2024年7月15日",
            "2024年07月15",
            "２０２４年７月１５日",
            "2024 年 7 月 15 日",
            "2024年7月15日星期一",
            "2024年7月15日（周一）",
            "20240715",
            "45488",
            "45488.75",
            "2024-07-15 10:30:00",
            "2024/7/15 0:00",
            "2024-07-15T00:00:00Z",
            "2024年7月15日 上午10时",
            "　2024-07-15　",
        ] {
            let cell = Cell::Text(typed.to_owned());
            assert_eq!(cell.date(), Ok(Some(date(2024, 7, 15))), "{typed}");
        }
        assert_eq!(Cell::Text(" ".into()).date(), Ok(None));
        assert_eq!(Cell::Empty.date(), Ok(None));
    }

    #[test]
    fn dates_as_numbers() {
        assert_eq!(Cell::Number(45_488.0).date(), Ok(Some(date(2024, 7, 15))));
        assert_eq!(Cell::Number(45_488.75).date(), Ok(Some(date(2024, 7, 15))));
        assert_eq!(Cell::Number(20_240_715.0).date(), Ok(Some(date(2024, 7, 15))));
        assert_eq!(Cell::Number(1.0).date(), Ok(Some(date(1900, 1, 1))));
        assert_eq!(Cell::Number(59.0).date(), Ok(Some(date(1900, 2, 28))));
        assert_eq!(Cell::Number(60.0).date(), Err(DateError::NoSuchDay));
        assert_eq!(Cell::Number(61.0).date(), Ok(Some(date(1900, 3, 1))));
        assert_eq!(Cell::Number(80_000.0).date(), Ok(Some(date(2119, 1, 11))));
        for value in [0.0, -3.0, 80_001.0, 1e18, f64::NAN] {
            assert_eq!(Cell::Number(value).date(), Err(DateError::Unreadable), "{value}");
        }
        assert_eq!(Cell::Number(2024.0).date(), Err(DateError::Incomplete));
        assert_eq!(Cell::Number(202_407.0).date(), Err(DateError::Incomplete));
    }

    #[test]
    fn what_is_no_date() {
        for (typed, error) in [
            ("2024-02-30", DateError::NoSuchDay),
            ("20240230", DateError::NoSuchDay),
            ("2024-13-01", DateError::NoSuchDay),
            ("2024", DateError::Incomplete),
            ("2024年7月", DateError::Incomplete),
            ("2024-07", DateError::Incomplete),
            ("202407", DateError::Incomplete),
            ("7月15日", DateError::Unreadable),
            ("7/15/2024", DateError::Unreadable),
            ("24-7-15", DateError::Unreadable),
            ("昨天", DateError::Unreadable),
            ("2024-07-15至2024-07-18", DateError::Unreadable),
            ("2024年7月15、16日", DateError::Unreadable),
            ("12", DateError::Unreadable),
            ("9999-01-01", DateError::Unreadable),
        ] {
            assert_eq!(Cell::Text(typed.to_owned()).date(), Err(error), "{typed}");
        }
        assert_eq!(Cell::Bool(true).date(), Err(DateError::Unreadable));
    }

    #[test]
    fn serials_of_the_1904_system() {
        assert_eq!(serial_day(0, true), Some(date(1904, 1, 1)));
        assert_eq!(serial_day(44_026, true), Some(date(2024, 7, 15)));
        assert_eq!(serial_day(u32::MAX, true), None);
        assert_eq!(serial_day(u32::MAX, false), None);
    }
}
