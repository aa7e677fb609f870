//! Bank accounts: card numbers (ISO/IEC 7812 Luhn) and passbook or corporate accounts, which have no check digit.

use crate::mask;
use std::fmt;

/// An account or card number as the county has it: without blanks and separators. Masks itself in `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankAccount(String);

impl BankAccount {
    /// Takes what was typed without blanks, hyphens and middle dots; `None` when nothing is left.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        if !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(Self(typed.to_owned()));
        }
        let kept: String =
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '·')).collect();
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// The plain number. Use it only to seal, to index or to print for someone who may see it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters.
    #[must_use]
    pub fn last_four(&self) -> &str {
        let from = self.0.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        &self.0[from..]
    }

    /// What is doubtful about it.
    #[must_use]
    pub fn doubt(&self) -> Option<AccountDoubt> {
        doubt(&self.0)
    }
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask::account(&self.0))
    }
}

impl fmt::Display for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask::account(&self.0))
    }
}

/// What is doubtful about an account; never a reason to refuse a row (passbooks have no check digit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountDoubt {
    /// Characters other than digits.
    #[error("账号含有数字以外的字符，请核对存折或卡面")]
    Character,
    /// Shorter than 8 or longer than 32 digits.
    #[error("账号长度为{0}位，不像银行账号，请核对")]
    Length(usize),
    /// 16–19 digits starting with 62, but the Luhn digit does not fit.
    #[error("银行卡号校验位不符，可能录错一位，请核对卡面")]
    Luhn,
}

/// Looks at an account as the county has it: digits without spaces.
#[must_use]
pub fn doubt(account: &str) -> Option<AccountDoubt> {
    let length = account.chars().count();
    if !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(AccountDoubt::Character);
    }
    if !(8..=32).contains(&length) {
        return Some(AccountDoubt::Length(length));
    }
    (account.starts_with("62") && (16..=19).contains(&length) && !luhn(account)).then_some(AccountDoubt::Luhn)
}

/// Luhn, ISO/IEC 7812-1 annex B. Only digits.
#[must_use]
pub fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if place.is_multiple_of(2) {
                digit
            } else if digit > 4 {
                digit * 2 - 9
            } else {
                digit * 2
            }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_doubted_not_refused() {
        for (account, expected) in [
            ("6217000000000000004", None),
            ("6228480000000000000", None),
            ("6217000000000000005", Some(AccountDoubt::Luhn)),
            ("31010000000000001", None),
            ("1234567", Some(AccountDoubt::Length(7))),
            ("62170000A0000000004", Some(AccountDoubt::Character)),
        ] {
            assert_eq!(doubt(account), expected, "{account}");
        }
    }

    #[test]
    fn accounts_lose_separators_and_hide_themselves() {
        let account = BankAccount::new(" 9917 0000-0000 0001 ").expect("digits are left");
        assert_eq!(account.reveal(), "9917000000000001");
        assert_eq!(format!("{account:?} {account}"), "************0001 ************0001");
        assert_eq!((account.last_four(), BankAccount::new("卡").unwrap().last_four()), ("0001", "卡"));
        assert_eq!(BankAccount::new(" - "), None);
    }
}
