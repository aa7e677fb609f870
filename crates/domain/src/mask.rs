//! How personal values are shown to those who need not see them (domain.md E; PIPL), and secrets to nobody.

use std::fmt;

/// A password, token or hash of one: shows nothing of itself in Debug, logs and JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, where it is compared, hashed or handed out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A person's name with the family name only: `张*`. Empty stays empty.
#[must_use]
pub fn name(full: &str) -> String {
    let mut chars = full.chars();
    match chars.next() {
        None => String::new(),
        Some(first) => std::iter::once(first).chain(chars.map(|_| '*')).collect(),
    }
}

/// A citizen identity number: first six and last four characters, `500240********1234`.
#[must_use]
pub fn citizen(number: &str) -> String {
    keep(number, 6, 4)
}

/// An account or card: the last four characters only.
#[must_use]
pub fn account(number: &str) -> String {
    keep(number, 0, 4)
}

/// A telephone number: first three and last four characters.
#[must_use]
pub fn phone(number: &str) -> String {
    keep(number, 3, 4)
}

/// A text without numbers of persons, accounts and telephones: runs of digits that stand alone and are as long as
/// these. Codes of units (12 digits) and ids and hashes in hexadecimal stay.
#[must_use]
pub fn numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        masked.push_str(before);
        let digits = word.strip_suffix(['X', 'x']).unwrap_or(word);
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        match word.len() {
            11 if is_number && digits.len() == 11 && word.starts_with('1') => masked.push_str(&phone(word)),
            15 | 18 if is_number => masked.push_str(&citizen(word)),
            16.. if is_number => masked.push_str(&account(word)),
            _ => masked.push_str(word),
        }
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn keep(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    if length <= head + tail {
        return "*".repeat(length);
    }
    text.chars().enumerate().map(|(i, c)| if i < head || i >= length - tail { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_secret_shows_nothing() {
        let secret = super::Secret::new("k7mq-29xd");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.reveal(), "k7mq-29xd");
    }

    #[test]
    fn masks_keep_only_what_identifies_the_record() {
        assert_eq!(super::name("欧阳某某"), "欧***");
        assert_eq!(super::name(""), "");
        assert_eq!(super::citizen("11010519491231002X"), "110105********002X");
        assert_eq!(super::account("9917000000000000004"), "***************0004");
        assert_eq!(super::account("123"), "***");
        assert_eq!(super::phone("20012345678"), "200****5678");
    }

    #[test]
    fn numbers_are_masked_wherever_they_stand_alone() {
        for (text, masked) in [
            ("", ""),
            ("张一11010519491231002X，", "张一110105********002X，"),
            ("110105491231002", "110105*****1002"),
            ("卡9917000000000000004 电话10012345678", "卡***************0004 电话100****5678"),
            ("500240100000 20240720 2024-07-20", "500240100000 20240720 2024-07-20"),
            ("01a20a70-ed82-7000-b09f-123456789012", "01a20a70-ed82-7000-b09f-123456789012"),
            ("e78ba6a8d70f0e3f55b1a77e99cb0568", "e78ba6a8d70f0e3f55b1a77e99cb0568"),
        ] {
            assert_eq!(super::numbers(text), masked);
        }
    }
}
