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
}
