//! Text that came from people, made harmless for the file it goes into.

/// Text for a cell of a CSV file: what a spreadsheet would read as a formula gets an apostrophe in front.
#[must_use]
pub fn guard_formula(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let guard = if is_formula { "'" } else { "" };
    format!("{guard}{}", printable(text))
}

/// Text without the characters that XML forbids and that no paper shows; line breaks stay.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|character| match character {
            '\n' | '\t' => true,
            '\u{fffe}' | '\u{ffff}' => false,
            _ => !character.is_control(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_control_characters() {
        assert_eq!(guard_formula("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guard_formula("-1"), "'-1");
        assert_eq!(guard_formula("张三"), "张三");
        assert_eq!(printable("甲\u{0}\u{b}乙\n丙"), "甲乙\n丙");
    }
}
