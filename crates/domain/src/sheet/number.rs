//! Numbers, amounts and identifiers from cells. A binary number is first written as decimal text and then read
//! like text: no floating point arithmetic.

use crate::text::{half_width, is_blank, trim};

/// Why a cell is not a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntegerError {
    /// Below zero.
    #[error("不能是负数")]
    Negative,
    /// With decimals.
    #[error("应是整数")]
    Fraction,
    /// Not a number, or far too large.
    #[error("不是数字")]
    Unreadable,
}

/// Why a cell is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Below zero.
    #[error("金额不能是负数")]
    Negative,
    /// More than two decimals.
    #[error("金额最多两位小数")]
    TooPrecise,
    /// Written in 万元 or 千元 while the column is in yuan.
    #[error("金额应以元为单位")]
    OtherUnit,
    /// Not a number, or far too large.
    #[error("金额不是数字")]
    Unreadable,
}

/// An identifier that a spreadsheet has rounded or replaced: its digits are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("号码已被表格软件改成科学记数（如 6.2E+18），末尾数字已丢失，请把该列设为文本后重新填写")]
pub struct Damaged;

/// A number in plain decimals, with at most the 15 significant digits a spreadsheet shows (so the cached result
/// 0.30000000000000004 of a formula is the 0.3 the user sees). `None` for infinities.
#[must_use]
pub fn plain_decimal(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    // Display never uses an exponent and is the shortest text that reads back as the same number.
    let shortest = value.to_string();
    if significant_digits(&shortest) <= 15 {
        return Some(if shortest == "-0" { "0".to_owned() } else { shortest });
    }
    Some(without_exponent(&format!("{value:.14e}")))
}

fn significant_digits(decimal: &str) -> usize {
    let digits = decimal.trim_start_matches(['-', '0', '.']);
    let digits =
        if digits.contains('.') || decimal.contains('.') { digits } else { digits.trim_end_matches('0') };
    digits.bytes().filter(u8::is_ascii_digit).count()
}

/// `-1.25e-3` as `-0.00125`.
fn without_exponent(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let Ok(whole) = usize::try_from(exponent + 1) else {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        return format!("{sign}0.{}{digits}", "0".repeat(zeros));
    };
    match digits.split_at_checked(whole) {
        Some((int, "")) => format!("{sign}{}", if int.is_empty() { "0" } else { int }),
        Some((int, fraction)) => format!("{sign}{}.{fraction}", if int.is_empty() { "0" } else { int }),
        None => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
    }
}

/// The parts of a decimal: below zero, whole digits, decimals.
struct Decimal {
    negative: bool,
    whole: String,
    decimals: String,
}

/// Reads `-1,234.50`. Separators must stand where thousands do; anything else is not a number.
fn decimal(text: &str) -> Option<Decimal> {
    let (negative, text) = match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let whole = without_separators(whole)?;
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && decimals.is_empty()) {
        return None;
    }
    Some(Decimal { negative, whole, decimals: decimals.to_owned() })
}

fn without_separators(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

/// Half-width, without any blank.
fn compact(text: &str) -> String {
    half_width(text).chars().filter(|c| !is_blank(*c)).collect()
}

/// The words clerks write where there is nothing.
fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "--" | "—" | "——" | "/" | "\\" | "无")
}

pub(super) fn integer(text: &str) -> Result<Option<i64>, IntegerError> {
    let text = compact(text);
    if is_nothing(&text) {
        return Ok(None);
    }
    let bare = text.strip_suffix(['人', '户', '个', '件', '名', '次', '位']).unwrap_or(&text);
    let number = decimal(bare).ok_or(IntegerError::Unreadable)?;
    if number.decimals.bytes().any(|digit| digit != b'0') {
        return Err(IntegerError::Fraction);
    }
    let value: i64 = if number.whole.is_empty() { Ok(0) } else { number.whole.parse() }
        .map_err(|_| IntegerError::Unreadable)?;
    if number.negative && value != 0 { Err(IntegerError::Negative) } else { Ok(Some(value)) }
}

pub(super) fn amount_fen(text: &str) -> Result<Option<i64>, AmountError> {
    let text = compact(text);
    if is_nothing(&text) {
        return Ok(None);
    }
    let (bracketed, bare) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, text.as_str()),
    };
    let (minus, bare) = bare.strip_prefix(['-', '−']).map_or((false, bare), |rest| (true, rest));
    let bare = ["¥", "RMB", "人民币"].iter().find_map(|sign| bare.strip_prefix(sign)).unwrap_or(bare);
    let bare =
        ["元整", "圆整", "元", "圆", "块"].iter().find_map(|unit| bare.strip_suffix(unit)).unwrap_or(bare);
    if bare.ends_with(['万', '千', '百', '亿']) {
        return Err(AmountError::OtherUnit);
    }
    let number = decimal(bare).ok_or(AmountError::Unreadable)?;
    if number.decimals.len() > 2 {
        return Err(AmountError::TooPrecise);
    }
    let digits = format!("{}{:0<2}", number.whole, number.decimals);
    let fen: i64 = digits.parse().map_err(|_| AmountError::Unreadable)?;
    let negative = bracketed || minus || number.negative;
    if negative && fen != 0 { Err(AmountError::Negative) } else { Ok(Some(fen)) }
}

pub(super) fn identifier(text: &str) -> Result<Option<String>, Damaged> {
    let text = trim(text);
    let text = text.strip_prefix(['\'', '‘', '’', '`']).unwrap_or(text);
    let kept: String = half_width(text)
        .chars()
        .filter(|c| !is_blank(*c) && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
        .collect();
    if kept.is_empty() {
        return Ok(None);
    }
    // "6.2E-5" has lost its hyphen here and is caught as well: no identifier looks like that.
    if is_scientific(&kept) { Err(Damaged) } else { Ok(Some(kept)) }
}

/// `6.2E+18`, `6.21700000000000000E+18`, `6E18`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(exponent) && digits(whole) && digits(decimals)
}

pub(super) fn identifier_of_number(value: f64) -> Result<String, Damaged> {
    let shortest = value.to_string();
    let digits = shortest.bytes().filter(u8::is_ascii_digit).count();
    if !value.is_finite() || digits > 15 { Err(Damaged) } else { Ok(shortest) }
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn numbers_in_plain_decimals() {
        for (value, plain) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (1234.5, "1234.5"),
            (0.1 + 0.2, "0.3"),
            (99.899_999_999_999_99, "99.9"),
            (-0.001_25, "-0.00125"),
            (1.0 / 3.0, "0.333333333333333"),
            (2.0 / 3.0 * 1e-4, "0.0000666666666666667"),
            (123_456_789_012_345.0, "123456789012345"),
            (6.217e18, "6217000000000000000"),
            (1_234_567_890_123_456.0, "1234567890123460"),
            (999_999_999_999_999.9, "1000000000000000"),
        ] {
            assert_eq!(plain_decimal(value).as_deref(), Some(plain));
        }
        assert_eq!(plain_decimal(f64::NAN), None);
        assert_eq!(plain_decimal(f64::INFINITY), None);
    }

    #[test]
    fn amounts_are_exact() {
        for (typed, fen) in [
            ("500", Some(50_000)),
            ("1,234.50", Some(123_450)),
            ("1，234.50", Some(123_450)),
            ("￥1,234.50", Some(123_450)),
            ("¥1,234.50", Some(123_450)),
            ("1234.5元", Some(123_450)),
            ("人民币500元整", Some(50_000)),
            ("１２３４．５", Some(123_450)),
            (" 1 234 ", Some(123_400)),
            ("0", Some(0)),
            ("-0", Some(0)),
            (".5", Some(50)),
            ("5.", Some(500)),
            ("1,234,567.89", Some(123_456_789)),
            ("", None),
            ("　", None),
            ("无", None),
            ("—", None),
        ] {
            assert_eq!(text(typed).amount_fen(), Ok(fen), "{typed}");
        }
        for (value, fen) in
            [(0.1 + 0.2, 30), (1234.5, 123_450), (1e9, 100_000_000_000), (1.005_f64 * 100.0, 10_050)]
        {
            assert_eq!(Cell::Number(value).amount_fen(), Ok(Some(fen)), "{value}");
        }
        assert_eq!(Cell::Empty.amount_fen(), Ok(None));
    }

    #[test]
    fn what_is_no_amount() {
        for (typed, error) in [
            ("-5", AmountError::Negative),
            ("￥-5", AmountError::Negative),
            ("-￥5", AmountError::Negative),
            ("(5.00)", AmountError::Negative),
            ("12.345", AmountError::TooPrecise),
            ("12.340", AmountError::TooPrecise),
            ("1.5万", AmountError::OtherUnit),
            ("1.5万元", AmountError::OtherUnit),
            ("五百", AmountError::OtherUnit),
            ("五百二十元", AmountError::Unreadable),
            ("1,23", AmountError::Unreadable),
            ("1234,567", AmountError::Unreadable),
            ("1.2.3", AmountError::Unreadable),
            ("500 现金", AmountError::Unreadable),
            ("1e3", AmountError::Unreadable),
            (".", AmountError::Unreadable),
            ("99999999999999999999", AmountError::Unreadable),
        ] {
            assert_eq!(text(typed).amount_fen(), Err(error), "{typed}");
        }
        assert_eq!(Cell::Number(12.345).amount_fen(), Err(AmountError::TooPrecise));
        assert_eq!(Cell::Number(-1.0).amount_fen(), Err(AmountError::Negative));
        assert_eq!(Cell::Number(1e300).amount_fen(), Err(AmountError::Unreadable));
        assert_eq!(Cell::Error("#N/A".into()).amount_fen(), Err(AmountError::Unreadable));
    }

    #[test]
    fn counts() {
        for (typed, count) in
            [("3", Some(3)), ("３人", Some(3)), ("1,200", Some(1200)), ("2.0", Some(2)), ("", None)]
        {
            assert_eq!(text(typed).integer(), Ok(count), "{typed}");
        }
        assert_eq!(Cell::Number(7.0).integer(), Ok(Some(7)));
        assert_eq!(text("1.5").integer(), Err(IntegerError::Fraction));
        assert_eq!(text("-1").integer(), Err(IntegerError::Negative));
        assert_eq!(text("若干").integer(), Err(IntegerError::Unreadable));
        assert_eq!(Cell::Number(1e30).integer(), Err(IntegerError::Unreadable));
    }

    #[test]
    fn identifiers_are_kept_or_damaged() {
        for (typed, kept) in [
            ("9917 0000 0000 0000 004", "9917000000000000004"),
            ("9917-0000-0000-0001", "9917000000000001"),
            ("'9917000000000001", "9917000000000001"),
            ("５００２４０１８９０１２３１００１Ｘ", "50024018901231001X"),
            ("\u{202d}50024018901231001X\u{202c}", "50024018901231001X"),
            ("优字第1E号", "优字第1E号"),
        ] {
            assert_eq!(text(typed).identifier().unwrap().as_deref(), Some(kept), "{typed}");
        }
        for typed in ["6.2E+18", "6.21700000000000000E+18", "6.217e+18", "６．２Ｅ＋１８", "6E18"] {
            assert_eq!(text(typed).identifier(), Err(Damaged), "{typed}");
        }
        assert_eq!(
            Cell::Number(123_456_789_012_345.0).identifier().unwrap().as_deref(),
            Some("123456789012345")
        );
        assert_eq!(Cell::Number(12.0).identifier().unwrap().as_deref(), Some("12"));
        for value in [1e15, 1_234_567_890_123_456.0, 6.217e18, 5.002_401_890_123_1e17, f64::NAN] {
            assert_eq!(Cell::Number(value).identifier(), Err(Damaged), "{value}");
        }
        assert_eq!(Cell::Error("#N/A".into()).identifier(), Err(Damaged));
        assert_eq!(text(" ").identifier(), Ok(None));
        assert_eq!(Cell::Empty.identifier(), Ok(None));
    }
}
