//! How personal values are shown to those who need not see them (domain.md E; PIPL).

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
    fn masks_keep_only_what_identifies_the_record() {
        assert_eq!(super::name("欧阳某某"), "欧***");
        assert_eq!(super::name(""), "");
        assert_eq!(super::citizen("11010519491231002X"), "110105********002X");
        assert_eq!(super::account("9917000000000000004"), "***************0004");
        assert_eq!(super::account("123"), "***");
        assert_eq!(super::phone("20012345678"), "200****5678");
    }
}
