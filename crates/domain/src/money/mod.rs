//! Money is whole fen (分). 万元 is a print format, rounded once from a total (domain trap H2).

mod capital;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// An amount in fen (1 yuan = 100 fen). Negative only inside a fold that takes a record back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// Fen in one 万元.
const FEN_PER_WAN: i64 = 1_000_000;

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whole yuan as fen.
    #[must_use]
    pub const fn from_yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    /// The sum, or `None` when it leaves the range of i64.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// 万元 with two decimals, half-up from this very total, e.g. `190500` fen is `0.19`.
    #[must_use]
    pub fn wan(self) -> String {
        let hundredths = (self.0.abs() + FEN_PER_WAN / 200) / (FEN_PER_WAN / 100);
        let sign = if self.0 < 0 && hundredths > 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }

    /// Yuan with two decimals and thousands separators, e.g. `1,234.50`.
    #[must_use]
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", group_thousands(fen / 100), fen % 100)
    }

    /// Yuan as clerks write it in a table: whole yuan without decimals (`1,500`), else two (`1,500.50`).
    #[must_use]
    pub fn yuan_short(self) -> String {
        let long = self.yuan();
        long.strip_suffix(".00").map(str::to_owned).unwrap_or(long)
    }
}

/// Digits in groups of three, e.g. `1,234,567`.
#[must_use]
pub fn group_thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.yuan())
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wan_is_rounded_once_half_up() {
        for (fen, wan) in [
            (0, "0.00"),
            (5_000, "0.01"),
            (4_999, "0.00"),
            (190_500, "0.19"),
            (127_000, "0.13"),
            (444_500, "0.44"),
            (762_000, "0.76"),
            (1_000_000, "1.00"),
            (995_000, "1.00"),
            (12_345_678_900, "12345.68"),
            (-5_000, "-0.01"),
            (-1, "0.00"),
        ] {
            assert_eq!(Fen(fen).wan(), wan, "{fen}");
        }
    }

    #[test]
    fn yuan_has_separators_and_two_decimals() {
        for (fen, long, short) in [
            (0, "0.00", "0"),
            (5, "0.05", "0.05"),
            (150_000, "1,500.00", "1,500"),
            (123_456_750, "1,234,567.50", "1,234,567.50"),
            (-150, "-1.50", "-1.50"),
        ] {
            assert_eq!(Fen(fen).yuan(), long);
            assert_eq!(Fen(fen).yuan_short(), short);
        }
    }
}
