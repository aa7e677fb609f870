//! A pull scanner for the XML of workbooks: no tree, no allocation per token, every token bounded.
//!
//! It knows no namespaces (names are compared without prefix) and no DTD; entities other than the five of XML and
//! character numbers stay as they are, so nothing can expand.

use super::SheetError;
use super::package::unpack_error;
use memchr::{memchr, memmem};
use std::io::Read;

/// No tag or text of an honest workbook is longer.
const MAX_TOKEN: usize = 4 << 20;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'x> {
    /// `<name attributes>`; `empty` for `<name/>`.
    Start { name: &'x [u8], attributes: Attributes<'x>, empty: bool },
    /// `</name>`
    End { name: &'x [u8] },
    /// Text between tags, as it stands (see [`unescape`]).
    Text(&'x [u8]),
    /// Text of a CDATA section, nothing in it is escaped.
    Raw(&'x [u8]),
    /// The end.
    Eof,
}

/// The attributes of a tag, unparsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes<'x>(&'x [u8]);

/// A scanner over a part.
pub(crate) struct Xml<R> {
    input: R,
    buf: Vec<u8>,
    at: usize,
    end: usize,
    eof: bool,
}

impl<R: Read> Xml<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, buf: vec![0; 128 << 10], at: 0, end: 0, eof: false }
    }

    /// The next token.
    pub(crate) fn next(&mut self) -> Result<Token<'_>, SheetError> {
        loop {
            if self.at == self.end && !self.fill()? {
                return Ok(Token::Eof);
            }
            // Most tokens are tags that are there already.
            match (self.buf[self.at], self.buf[self.at + 1..self.end].first()) {
                (b'<', Some(b'!' | b'?') | None) => {}
                (b'<', _) => return self.tag(),
                _ => {
                    let length = self.find(0, |rest| memchr(b'<', rest))?.unwrap_or(self.end - self.at);
                    let start = self.at;
                    self.at += length;
                    return Ok(Token::Text(&self.buf[start..start + length]));
                }
            }
            if self.begins(b"<!--")? {
                self.skip_past(4, b"-->")?;
            } else if self.begins(b"<?")? {
                self.skip_past(2, b"?>")?;
            } else if self.begins(b"<![CDATA[")? {
                let behind = self.skip_past(9, b"]]>")?;
                return Ok(Token::Raw(&self.buf[self.at - behind..self.at - 3]));
            } else if self.begins(b"<!")? {
                self.skip_past(2, b">")?;
            } else {
                return self.tag();
            }
        }
    }

    /// The text between two words, when the input goes on with `open`, a text and `close`, and all of it is there
    /// already. The usual cell of a workbook is read by this alone.
    pub(crate) fn between(&mut self, open: &[u8], close: &[u8]) -> Option<&[u8]> {
        let rest = &self.buf[self.at..self.end];
        let inner = rest.strip_prefix(open)?;
        let length = inner.iter().position(|byte| *byte == b'<')?;
        inner[length..].starts_with(close).then(|| {
            let start = self.at + open.len();
            self.at = start + length + close.len();
            &self.buf[start..start + length]
        })
    }

    fn tag(&mut self) -> Result<Token<'_>, SheetError> {
        let length = self.find(1, tag_end)?.ok_or_else(cut_off)?;
        let inner = &self.buf[self.at + 1..self.at + length];
        self.at += length + 1;
        if let Some(name) = inner.strip_prefix(b"/") {
            return Ok(Token::End { name: local(name.trim_ascii_end()) });
        }
        let (inner, empty) = inner.strip_suffix(b"/").map_or((inner, false), |inner| (inner, true));
        let split = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(split);
        Ok(Token::Start { name: local(name), attributes: Attributes(attributes), empty })
    }

    /// Whether the input goes on with these bytes.
    fn begins(&mut self, word: &[u8]) -> Result<bool, SheetError> {
        while self.end - self.at < word.len() {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(self.buf[self.at..].starts_with(word))
    }

    /// Moves behind a closing word; returns how many bytes lie between the opening and the end
    /// of that word.
    fn skip_past(&mut self, opening: usize, word: &[u8]) -> Result<usize, SheetError> {
        let finder = memmem::Finder::new(word);
        let length = self.find(opening, |rest| finder.find(rest))?.ok_or_else(cut_off)?;
        self.at += length + word.len();
        Ok(length + word.len() - opening)
    }

    /// The place, counted from `at`, of what `search` finds at or behind `from`; reads on as needed.
    fn find(
        &mut self,
        from: usize,
        search: impl Fn(&[u8]) -> Option<usize>,
    ) -> Result<Option<usize>, SheetError> {
        loop {
            let start = (self.at + from).min(self.end);
            if let Some(found) = search(&self.buf[start..self.end]) {
                return Ok(Some(start - self.at + found));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads more behind what is there; false at the end of the input.
    fn fill(&mut self) -> Result<bool, SheetError> {
        if self.eof {
            return Ok(false);
        }
        if self.at > 0 {
            self.buf.copy_within(self.at..self.end, 0);
            self.end -= self.at;
            self.at = 0;
        }
        if self.end == self.buf.len() {
            if self.buf.len() >= MAX_TOKEN {
                return Err(SheetError::ZipBomb);
            }
            self.buf.resize(self.buf.len() * 2, 0);
        }
        let count = self.input.read(&mut self.buf[self.end..]).map_err(|error| unpack_error(&error))?;
        self.end += count;
        self.eof = count == 0;
        Ok(count > 0)
    }
}

fn cut_off() -> SheetError {
    SheetError::unreadable("内容被截断")
}

/// The `>` that ends a tag, not one inside a quoted value.
fn tag_end(rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    // Tags are short: a plain loop is faster than a vector search.
    loop {
        match *rest.get(at)? {
            b'>' => return Some(at),
            quote @ (b'"' | b'\'') => at += 2 + rest[at + 1..].iter().position(|byte| *byte == quote)?,
            _ => at += 1,
        }
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

impl<'x> Attributes<'x> {
    /// The raw value of an attribute; its name without prefix.
    pub(crate) fn get(self, wanted: &str) -> Option<&'x [u8]> {
        self.iter().find(|(name, _)| local(name) == wanted.as_bytes()).map(|(_, value)| value)
    }

    /// As [`Self::get`], as text.
    pub(crate) fn text(self, wanted: &str) -> Option<String> {
        self.get(wanted).map(|raw| {
            let mut out = String::new();
            unescape(raw, &mut out);
            out
        })
    }

    /// As [`Self::get`], as a number.
    pub(crate) fn number(self, wanted: &str) -> Option<u32> {
        std::str::from_utf8(self.get(wanted)?).ok()?.trim().parse().ok()
    }

    /// Full name and raw value of each.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'x [u8], &'x [u8])> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            rest = rest.trim_ascii_start();
            let equals = rest.iter().position(|byte| *byte == b'=')?;
            let name = rest[..equals].trim_ascii();
            let value = rest[equals + 1..].trim_ascii_start();
            let quote = *value.first()?;
            let close = value[1..].iter().position(|byte| *byte == quote)?;
            rest = &value[close + 2..];
            Some((name, &value[1..=close]))
        })
    }
}

/// Appends text with its entities resolved.
pub(crate) fn unescape(raw: &[u8], out: &mut String) {
    let Ok(mut text) = std::str::from_utf8(raw) else {
        return unescape(String::from_utf8_lossy(raw).into_owned().as_bytes(), out);
    };
    while let Some(at) = memchr(b'&', text.as_bytes()) {
        out.push_str(&text[..at]);
        text = &text[at..];
        let known = memchr(b';', text.as_bytes().get(..12).unwrap_or(text.as_bytes()))
            .and_then(|end| entity(&text[1..end]).map(|c| (c, end + 1)));
        let (c, length) = known.unwrap_or(('&', 1));
        out.push(c);
        text = &text[length..];
    }
    out.push_str(text);
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time, so that every token crosses the end of the buffer.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            let (Some(first), Some(slot)) = (self.0.first(), buf.first_mut()) else { return Ok(0) };
            *slot = *first;
            self.0 = &self.0[1..];
            Ok(1)
        }
    }

    fn tokens(text: &str) -> Vec<String> {
        let mut xml = Xml::new(Drip(text.as_bytes()));
        let mut out = Vec::new();
        loop {
            match xml.next() {
                Ok(Token::Eof) => return out,
                Ok(Token::Start { name, attributes, empty }) => {
                    let list: Vec<_> = attributes
                        .iter()
                        .map(|(n, v)| {
                            format!("{}={}", String::from_utf8_lossy(n), String::from_utf8_lossy(v))
                        })
                        .collect();
                    out.push(format!(
                        "{}[{}]{}",
                        String::from_utf8_lossy(name),
                        list.join(","),
                        u8::from(empty)
                    ));
                }
                Ok(Token::End { name }) => out.push(format!("/{}", String::from_utf8_lossy(name))),
                Ok(Token::Text(text)) => {
                    let mut clean = String::new();
                    unescape(text, &mut clean);
                    out.push(clean);
                }
                Ok(Token::Raw(text)) => out.push(format!("raw {}", String::from_utf8_lossy(text))),
                Err(error) => {
                    out.push(error.code().to_owned());
                    return out;
                }
            }
        }
    }

    #[test]
    fn scans_what_workbooks_use() {
        let text = "<?xml version='1.0'?><!DOCTYPE a><x:a b=\"1 > 0\" c='\"'><!-- <b> --><b/>\
                    &lt;&#24352;&#x4e09;&nbsp;&amp;&<![CDATA[<&]]><![CDATA[]]></x:a >";
        let wanted = ["a[b=1 > 0,c=\"]0", "b[]1", "<张三&nbsp;&&", "raw <&", "raw ", "/a"];
        assert_eq!(tokens(text), wanted);
    }

    #[test]
    fn broken_text_is_an_error_or_the_end() {
        assert_eq!(tokens("<a b='1"), ["file.unreadable"]);
        assert_eq!(tokens("<!-- "), ["file.unreadable"]);
        assert_eq!(tokens("a"), ["a"]);
        assert_eq!(tokens("<>"), ["[]0"]);
        assert_eq!(tokens("</>"), ["/"]);
        assert_eq!(tokens("<a b c=>"), ["a[]0"]);
    }

    #[test]
    fn a_token_without_end_is_refused() {
        let mut xml = Xml::new(std::io::repeat(b' '));
        assert!(matches!(xml.next(), Err(SheetError::ZipBomb)));
    }
}
