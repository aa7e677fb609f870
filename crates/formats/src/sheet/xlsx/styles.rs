//! Which cell styles show a number as a date.

use super::super::SheetError;
use super::super::xml::{Token, Xml};
use std::collections::HashMap;
use std::io::Read;

/// Per cell style: whether it shows a date.
#[derive(Default)]
pub(in super::super) struct Styles {
    dates: Vec<bool>,
}

impl Styles {
    /// By the format codes of the workbook, and the number of the format each style uses.
    pub(in super::super) fn new(codes: Vec<(u32, String)>, formats: Vec<u32>) -> Self {
        let own: HashMap<u32, bool> = codes.into_iter().map(|(id, code)| (id, is_date_code(&code))).collect();
        let is_date = |id| own.get(&id).copied().unwrap_or_else(|| is_builtin_date(id));
        Self { dates: formats.into_iter().map(is_date).collect() }
    }

    pub(super) fn read<R: Read>(mut xml: Xml<R>) -> Result<Self, SheetError> {
        let (mut codes, mut formats) = (Vec::new(), Vec::new());
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Token::Start { name: b"numFmt", attributes, .. } => {
                    if let (Some(id), Some(code)) =
                        (attributes.number("numFmtId"), attributes.text("formatCode"))
                    {
                        codes.push((id, code));
                    }
                }
                Token::Start { name: b"cellXfs", empty: false, .. } => in_cells = true,
                Token::End { name: b"cellXfs" } => in_cells = false,
                Token::Start { name: b"xf", attributes, .. } if in_cells => {
                    formats.push(attributes.number("numFmtId").unwrap_or(0));
                }
                Token::Eof => return Ok(Self::new(codes, formats)),
                _ => {}
            }
        }
    }

    /// Whether a style shows a date.
    pub(in super::super) fn is_date(&self, style: u32) -> bool {
        usize::try_from(style).ok().and_then(|style| self.dates.get(style)).copied().unwrap_or(false)
    }
}

/// The built-in date formats, with those of East Asia (27–36, 50–58).
fn is_builtin_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 50..=58)
}

/// Whether a format code shows a date: it has y, m or d outside of quotes, brackets and escapes, and is no time
/// alone.
fn is_date_code(code: &str) -> bool {
    let mut chars = code.chars();
    let (mut day, mut month, mut time) = (false, false, false);
    while let Some(c) = chars.next() {
        match c.to_ascii_lowercase() {
            ';' => break,
            '\\' | '_' | '*' => drop(chars.next()),
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            // `[Red]`, `[$-804]`; `[h]:mm` is a duration, and its m are minutes.
            '[' => {
                let first = chars.next().unwrap_or(']');
                time |= matches!(first.to_ascii_lowercase(), 'h' | 's') || first == 'm';
                if first != ']' {
                    chars.by_ref().find(|c| *c == ']');
                }
            }
            'y' | 'd' | 'e' if c != 'E' => day = true,
            'm' => month = true,
            'h' | 's' => time = true,
            // "General" has no letter of a date but e.
            'g' if code.eq_ignore_ascii_case("general") => return false,
            _ => {}
        }
    }
    day || (month && !time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_codes() {
        for code in [
            "yyyy-mm-dd",
            "yyyy/m/d;@",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy\\-mm\\-dd",
            "m/d/yy h:mm",
            "mmm",
        ] {
            assert!(is_date_code(code), "{code}");
        }
        for code in [
            "General",
            "0.00",
            "0.00E+00",
            "#,##0.00_);[Red](#,##0.00)",
            "h:mm:ss",
            "[h]:mm",
            "mm:ss",
            "@",
            "0\"days\"",
            "\\d0",
            "",
            "[",
        ] {
            assert!(!is_date_code(code), "{code}");
        }
    }

    #[test]
    fn only_cell_styles_count() {
        let xml = "<styleSheet><numFmts><numFmt numFmtId='176' formatCode='yyyy&quot;年&quot;'/></numFmts>\
                   <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>\
                   <cellXfs><xf numFmtId='0'/><xf numFmtId='14'><alignment/></xf><xf numFmtId='176'/></cellXfs></styleSheet>";
        let styles = Styles::read(Xml::new(xml.as_bytes())).unwrap();
        assert_eq!((0..4).map(|style| styles.is_date(style)).collect::<Vec<_>>(), [false, true, true, false]);
    }
}
