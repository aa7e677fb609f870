//! Citizen identity numbers, GB 11643-1999: 6 area + 8 birth + 3 sequence + 1 check (ISO 7064 MOD 11-2).
//!
//! The area prefix is the place of first registration and codes have changed over the years (石柱 was 512325,
//! then 513521, now 500240), so a prefix is never compared with the county (domain trap H1).

use jiff::civil::Date;
use std::fmt;

/// A number whose length, check digit and date are right. Masks itself in `Debug` and `Display`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId([u8; 18]);

/// Why a number was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CitizenError {
    /// Not 18 (or 15) characters.
    #[error("公民身份号码应为18位（或旧15位），现为{0}位，请核对原件")]
    Length(usize),
    /// A character that cannot stand there.
    #[error("公民身份号码含有数字以外的字符（末位可为X），请核对原件")]
    Character,
    /// The check digit does not fit.
    #[error("公民身份号码校验位不符，可能录错一位，请核对原件")]
    CheckDigit,
    /// The eight digits of birth are no date.
    #[error("公民身份号码中的出生日期不存在，请核对原件")]
    Date,
}

/// 性别 by GB/T 2261.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// 男, code 1.
    Male,
    /// 女, code 2.
    Female,
}

impl Sex {
    /// 男 / 女.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }

    /// Reads 男/女/1/2 (GB/T 2261.1); `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().trim_end_matches('性') {
            "男" | "1" => Some(Self::Male),
            "女" | "2" => Some(Self::Female),
            _ => None,
        }
    }
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

impl CitizenId {
    /// Takes 18 characters (lower-case x becomes X) or an old 15-digit number, which is upgraded: century 19
    /// and the check digit are added. The flag tells whether it was upgraded.
    pub fn parse(text: &str) -> Result<(Self, bool), CitizenError> {
        let bytes = text.as_bytes();
        let (number, upgraded) = match bytes.len() {
            18 => (Self::eighteen(bytes)?, false),
            15 => (Self::upgrade(bytes)?, true),
            _ => return Err(CitizenError::Length(text.chars().count())),
        };
        if number.birth_checked().is_none() {
            return Err(CitizenError::Date);
        }
        Ok((number, upgraded))
    }

    fn eighteen(bytes: &[u8]) -> Result<Self, CitizenError> {
        let mut number: [u8; 18] = bytes.try_into().map_err(|_| CitizenError::Length(bytes.len()))?;
        number[17] = number[17].to_ascii_uppercase();
        if !number[..17].iter().all(u8::is_ascii_digit)
            || !(number[17].is_ascii_digit() || number[17] == b'X')
        {
            return Err(CitizenError::Character);
        }
        if check_digit(&number) != number[17] {
            return Err(CitizenError::CheckDigit);
        }
        Ok(Self(number))
    }

    fn upgrade(bytes: &[u8]) -> Result<Self, CitizenError> {
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(CitizenError::Character);
        }
        let mut number = [0; 18];
        number[..6].copy_from_slice(&bytes[..6]);
        number[6..8].copy_from_slice(b"19");
        number[8..17].copy_from_slice(&bytes[6..]);
        number[17] = check_digit(&number);
        Ok(Self(number))
    }

    /// The number with the right check digit appended to 17 digits; `None` unless they are digits and a date.
    #[must_use]
    pub fn complete(first_17: &str) -> Option<Self> {
        let mut number = [b'0'; 18];
        let digits = first_17.as_bytes();
        if digits.len() != 17 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        number[..17].copy_from_slice(digits);
        number[17] = check_digit(&number);
        let id = Self(number);
        id.birth_checked().map(|_| id)
    }

    /// The plain number. Use it only to seal, to index or to print for someone who may see it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII is stored")
    }

    /// The number as the cards of 15 digits had it: without the century and the check digit. Two entries with the same
    /// may be one human, one of them upgraded into the wrong century.
    #[must_use]
    pub fn short(&self) -> String {
        let number = self.reveal();
        format!("{}{}", &number[..6], &number[8..17])
    }

    /// The last four characters, with which a clerk finds a person.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.reveal()[14..]
    }

    /// Day of birth.
    #[must_use]
    pub fn birth(&self) -> Date {
        self.birth_checked().expect("checked when the number was taken")
    }

    /// Sex by the parity of the sequence: odd male, even female.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if (self.0[16] - b'0') % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Full years of age on a day.
    #[must_use]
    pub fn age_on(&self, day: Date) -> i16 {
        let birth = self.birth();
        let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
        day.year() - birth.year() - i16::from(!had_birthday)
    }

    fn birth_checked(&self) -> Option<Date> {
        let number = |from: usize, to: usize| -> i16 {
            self.0[from..to].iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'))
        };
        let (month, day) = (i8::try_from(number(10, 12)).ok()?, i8::try_from(number(12, 14)).ok()?);
        Date::new(number(6, 10), month, day).ok().filter(|date| date.year() >= 1800)
    }
}

fn check_digit(number: &[u8; 18]) -> u8 {
    let sum: u32 =
        number[..17].iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize]
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for CitizenId {
    /// As `mask::citizen` does, without a string in between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reveal()[..6])?;
        f.write_str("********")?;
        f.write_str(self.last_four())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_vectors_and_traps() {
        type Case<'a> = (&'a str, Result<(&'a str, bool), CitizenError>);
        let table: [Case<'_>; 12] = [
            // GB 11643-1999 annex A examples.
            ("11010519491231002X", Ok(("11010519491231002X", false))),
            ("440524188001010014", Ok(("440524188001010014", false))),
            ("11010519491231002x", Ok(("11010519491231002X", false))),
            ("500240560910017", Ok(("500240195609100179", true))),
            ("500240199002290058", Err(CitizenError::Date)),
            ("500240194811030017", Err(CitizenError::CheckDigit)),
            ("", Err(CitizenError::Length(0))),
            ("1101051949123100", Err(CitizenError::Length(16))),
            ("11010519491231０02X", Err(CitizenError::Length(18))),
            ("1101051949123100XX", Err(CitizenError::Character)),
            ("50024056091001X", Err(CitizenError::Character)),
            ("500240561310017", Err(CitizenError::Date)),
        ];
        for (text, expected) in table {
            let got = CitizenId::parse(text).map(|(id, upgraded)| (id.reveal().to_owned(), upgraded));
            let expected = expected.map(|(number, upgraded)| (number.to_owned(), upgraded));
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn reads_birth_sex_age_and_hides_itself() {
        let (id, _) = CitizenId::parse("11010519491231002X").expect("standard vector");
        assert_eq!(id.birth().to_string(), "1949-12-31");
        assert_eq!(id.sex(), Sex::Female);
        assert_eq!(id.age_on(jiff::civil::date(2024, 12, 30)), 74);
        assert_eq!(id.age_on(jiff::civil::date(2024, 12, 31)), 75);
        assert_eq!(format!("{id:?} {id}"), "110105********002X 110105********002X");
        assert_eq!(id.to_string(), crate::mask::citizen(id.reveal()));
        assert_eq!(CitizenId::complete("11010519491231002"), Some(id));
        assert_eq!(CitizenId::complete("11010519491331002"), None);
    }
}
