//! Text as clerks type it: full-width letters and digits, invisible characters, blanks inside names.

use std::borrow::Cow;

/// Whether a part of the text is hidden behind stars, as exports of lists have it (`张**`).
#[must_use]
pub fn is_masked(text: &str) -> bool {
    text.contains(['*', '＊'])
}

/// Whether a character shows nothing: blanks of every kind, zero-width and direction marks, controls.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a character is Chinese: ideographs, `〇`, and the private use area, where older systems keep rare
/// characters of names.
#[must_use]
pub fn is_chinese(c: char) -> bool {
    matches!(
        c,
        '〇' | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{e000}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// Without blanks and invisible characters at both ends (also U+3000, NBSP, ZWSP and BOM).
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Full-width letters, digits and punctuation as ASCII, U+3000 as a blank: `１２３（Ａ）` is `123(A)`.
#[must_use]
pub fn half_width(text: &str) -> Cow<'_, str> {
    // All of them start with the byte EF (FF01–FFE5) or E3 (U+3000): most texts need no second look.
    if !text.bytes().any(|byte| byte == 0xef || byte == 0xe3) || !text.chars().any(is_full_width) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(half_width_char).collect())
}

fn is_full_width(c: char) -> bool {
    matches!(c, '\u{ff01}'..='\u{ff5e}' | '\u{3000}' | '\u{ffe5}')
}

pub(crate) fn half_width_char(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ffe5}' => '¥',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A personal name as it is compared and stored: no blanks beside Chinese characters (`张　三` is `张三`), one
/// blank between other words, and the dot of minority and foreign names always U+00B7 (`买买提•艾力`).
#[must_use]
pub fn squeeze(name: &str) -> Cow<'_, str> {
    if name.chars().all(is_chinese) {
        return Cow::Borrowed(name);
    }
    let kept = without_blanks_beside_chinese(&half_width(name));
    let chars: Vec<char> = kept.chars().collect();
    let dotted = chars.iter().enumerate().map(|(at, &c)| {
        let between =
            at > 0 && is_chinese(chars[at - 1]) && chars.get(at + 1).copied().is_some_and(is_chinese);
        if between && is_dot(c) { '·' } else { c }
    });
    Cow::Owned(dotted.collect())
}

fn is_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '･' | '‧' | '∙' | '⋅' | '●' | '.' | '。')
}

fn without_blanks_beside_chinese(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if is_blank(c) {
            gap |= c.is_whitespace();
            continue;
        }
        if gap && out.chars().next_back().is_some_and(|before| !is_chinese(before)) && !is_chinese(c) {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_of_every_kind_are_trimmed() {
        for text in
            ["张三", " 张三 ", "\u{3000}张三\u{a0}", "\u{feff}张三\u{200b}\t", "\u{202d}张三\u{202c}\r\n"]
        {
            assert_eq!(trim(text), "张三");
        }
        assert_eq!(trim(" \u{3000}\u{200b}"), "");
    }

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(half_width("１２３４．５０Ｘ（元）￥　"), "1234.50X(元)¥ ");
        assert!(matches!(half_width("没有全角、字符"), Cow::Borrowed(_)));
    }

    #[test]
    fn names_are_squeezed() {
        for (typed, name) in [
            ("张三", "张三"),
            ("张　三", "张三"),
            (" 张 三 ", "张三"),
            ("买买提•艾力", "买买提·艾力"),
            ("买买提 ・ 艾力", "买买提·艾力"),
            ("买买提.艾力", "买买提·艾力"),
            ("买买提．艾力", "买买提·艾力"),
            ("买买提‧艾力", "买买提·艾力"),
            ("John  Smith", "John Smith"),
            ("J. Smith", "J. Smith"),
            ("张\u{200b}三", "张三"),
            ("", ""),
        ] {
            assert_eq!(squeeze(typed), name, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn squeezing_twice_changes_nothing(name in "[ 张三·.•a-z　\u{200b}]{0,12}") {
            let once = squeeze(&name).into_owned();
            prop_assert_eq!(squeeze(&once).into_owned(), once);
        }
    }
}
