//! The shared strings of a workbook, in one piece of memory.

use super::super::SheetError;
use super::super::xml::{Token, Xml, unescape};
use std::io::Read;

/// All strings, one behind the other.
#[derive(Default)]
pub(in super::super) struct Strings {
    text: String,
    /// Where each string ends.
    ends: Vec<usize>,
}

impl Strings {
    pub(super) fn read<R: Read>(mut xml: Xml<R>, max_bytes: usize) -> Result<Self, SheetError> {
        let mut out = Self::default();
        let (mut in_text, mut in_phonetic) = (false, false);
        loop {
            match xml.next()? {
                Token::Start { name: b"si", empty: true, .. } | Token::End { name: b"si" } => {
                    out.end(max_bytes)?;
                }
                Token::Start { name: b"t", empty: false, .. } => in_text = !in_phonetic,
                Token::End { name: b"t" } => in_text = false,
                // How to pronounce it; not part of the text.
                Token::Start { name: b"rPh", empty: false, .. } => in_phonetic = true,
                Token::End { name: b"rPh" } => in_phonetic = false,
                Token::Text(raw) if in_text => unescape(raw, &mut out.text),
                Token::Raw(raw) if in_text => out.text.push_str(&String::from_utf8_lossy(raw)),
                Token::Eof => return Ok(out),
                _ => {}
            }
        }
    }

    /// Adds a string.
    pub(in super::super) fn push(&mut self, text: &str, max_bytes: usize) -> Result<(), SheetError> {
        self.text.push_str(text);
        self.end(max_bytes)
    }

    fn end(&mut self, max_bytes: usize) -> Result<(), SheetError> {
        self.ends.push(self.text.len());
        if self.text.len() > max_bytes || self.ends.len() > max_bytes / 8 {
            return Err(SheetError::ZipBomb);
        }
        Ok(())
    }

    /// A string by its number.
    pub(in super::super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(&self.text[start..end])
    }
}

/// Excel writes control characters as `_x000D_`, and a literal `_x` that would look so as `_x005F_x`.
pub(super) fn with_controls(text: &str) -> String {
    if memchr::memmem::find(text.as_bytes(), b"_x").is_none() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        if let Some(c) = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            out.push(c);
            rest = &rest[at + 7..];
        } else {
            out.push_str("_x");
            rest = &rest[at + 2..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_and_phonetics_left_out() {
        let xml = "<sst uniqueCount='99999999999'><si><t>张三</t></si><si/><si><r><t>李</t></r><r><t xml:space='preserve'> 四</t></r>\
                   <rPh sb='0' eb='1'><t>li</t></rPh></si><si><t/></si><si><t>a&amp;b</t></si></sst>";
        let strings = Strings::read(Xml::new(xml.as_bytes()), 1000).unwrap();
        let all: Vec<_> = (0..5).map(|index| strings.get(index).unwrap()).collect();
        assert_eq!(all, ["张三", "", "李 四", "", "a&b"]);
        assert_eq!(strings.get(5), None);
        assert!(matches!(Strings::read(Xml::new(xml.as_bytes()), 3), Err(SheetError::ZipBomb)));
    }

    #[test]
    fn control_characters() {
        assert_eq!(with_controls("a_x000D_b_x005F_x000D__xyz"), "a\rb_x000D__xyz");
        assert_eq!(with_controls("_x张三李四_"), "_x张三李四_");
    }
}
