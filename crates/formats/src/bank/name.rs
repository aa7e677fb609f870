//! What a bank's file can do with a name (domain.md C): characters that the encoding lacks, characters that a program
//! which looks for the separator byte by byte tears apart, and the length of the field.

use super::layout::{Encoding, FileKind, Layout, Value};
use domain::payment::Check;
use std::borrow::Cow;

/// The bytes of a text; `None` when the encoding lacks one of its characters.
pub(super) fn encode(encoding: Encoding, text: &str) -> Option<Cow<'_, [u8]>> {
    let encoder = match encoding {
        Encoding::Utf8 => return Some(Cow::Borrowed(text.as_bytes())),
        Encoding::Gbk => encoding_rs::GBK,
        Encoding::Gb18030 => encoding_rs::GB18030,
    };
    let (bytes, _, has_unmappable) = encoder.encode(text);
    (!has_unmappable).then_some(bytes)
}

/// Whether a character holds the separator within its bytes: `弢` in GBK ends in 0x7C, which is `|`.
#[must_use]
pub fn is_torn(encoding: Encoding, separator: char, text: &str) -> bool {
    let Ok(separator) = u8::try_from(u32::from(separator)) else { return false };
    text.chars().any(|c| {
        let mut buffer = [0; 4];
        let bytes = encode(encoding, c.encode_utf8(&mut buffer)).map(Cow::into_owned).unwrap_or_default();
        bytes.contains(&separator)
    })
}

/// What is wrong with a payee's name in files of this layout. A workbook takes every character.
#[must_use]
pub fn fault(layout: &Layout, name: &str) -> Option<Check> {
    let field = layout.columns.iter().find(|field| field.value == Value::Name)?;
    if layout.kind == FileKind::Xlsx {
        let is_long = field.max_bytes > 0 && name.chars().count() > usize::from(field.max_bytes) / 2;
        return is_long.then_some(Check::NameLong);
    }
    let Some(bytes) = encode(layout.encoding, name) else { return Some(Check::NameEncoding) };
    if layout.kind == FileKind::Delimited && is_torn(layout.encoding, layout.separator, name) {
        return Some(Check::NameTorn);
    }
    let most = [field.max_bytes, if layout.kind == FileKind::Fixed { field.width } else { 0 }];
    let is_long = most.iter().any(|most| *most > 0 && bytes.len() > usize::from(*most));
    is_long.then_some(Check::NameLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(key: &str) -> Layout {
        let text = super::super::builtin().iter().find(|it| it.0 == key).expect("it comes along").1;
        super::super::read(text).expect("it is good")
    }

    #[test]
    fn names_and_what_banks_do_with_them() {
        for (key, name, expected) in [
            ("rural_text", "安一", None),
            ("rural_text", "买买提·艾力", None),
            ("rural_text", "安弢", Some(Check::NameTorn)),
            ("rural_text", "安縷", Some(Check::NameTorn)),
            ("rural_text", "安𬱖", Some(Check::NameEncoding)),
            ("rural_text", "安|一", Some(Check::NameTorn)),
            ("plain_xlsx", "安弢", None),
            ("plain_xlsx", "安𬱖", None),
            ("plain_fixed", "安弢", None),
            ("plain_fixed", "安𬱖", None),
        ] {
            assert_eq!(fault(&layout(key), name), expected, "{key} {name}");
        }
        let long = "长".repeat(51);
        assert_eq!(fault(&layout("rural_text"), &long), Some(Check::NameLong));
    }

    #[test]
    fn every_character_of_gbk_whose_second_byte_is_the_separator_is_known() {
        let mut torn = 0;
        for first in 0x81..=0xfe_u8 {
            let pair = [first, 0x7c];
            let (text, _, is_bad) = encoding_rs::GBK.decode(&pair);
            if !is_bad && text.chars().count() == 1 {
                assert!(is_torn(Encoding::Gbk, '|', &text), "{text}");
                assert!(!is_torn(Encoding::Utf8, '|', &text), "{text}");
                torn += 1;
            }
        }
        assert!(torn > 80, "{torn}");
    }
}
