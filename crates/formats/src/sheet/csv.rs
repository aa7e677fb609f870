//! Reads CSV and its relatives: separated by comma, tab or semicolon, in any encoding a clerk's program writes.
//!
//! The parser is our own because findings name physical lines and because a stray quote must not swallow the rows
//! after it: a quoted field that does not end soon is read as it stands.

use super::decode::{self, Utf8};
use super::header::FoundRow;
use super::sink::{Next, RowBuf, Sink};
use super::{Input, SheetError};
use domain::sheet::Cell;
use memchr::{memchr, memchr3};
use std::io::{Cursor, Read, SeekFrom};

/// A record longer than this is none.
const MAX_RECORD: usize = 1 << 20;
/// A quoted field with more line breaks was not meant to be quoted.
const MAX_QUOTED_LINES: u32 = 40;
/// What the separator is chosen by.
const SAMPLE: u64 = 256 << 10;

pub(super) fn read(name: &str, input: &mut dyn Input, sink: &mut dyn Sink) -> Result<(), SheetError> {
    let writing = decode::detect(input)?;
    let delimiter = match sink.delimiter() {
        Some(known) => known,
        None => choose_delimiter(input, writing, sink)?,
    };
    sink.set_delimiter(delimiter);
    sink.sheets(vec![(name.to_owned(), false)]);
    sink.begin(0)?;
    if writing.is_broken {
        sink.sheet_note(
            "文件中有无法识别的字符（显示为 �）；请在原程序中另存为 UTF-8 编码或 .xlsx 后重新导入。"
                .to_owned(),
        );
    }
    input.seek(SeekFrom::Start(0))?;
    let mut records = Records::new(Utf8::new(input, writing.encoding), delimiter);
    let mut cells = RowBuf::default();
    while let Some(line) = records.next()? {
        if records.is_hint {
            continue;
        }
        cells.clear();
        let mut width = 0;
        for (column, field) in (0_u32..).zip(records.fields()) {
            if field.is_empty() {
                continue;
            }
            width = column + 1;
            cells.push(column, Cell::Text(value(field).to_owned()))?;
        }
        if records.mended {
            sink.sheet_note(format!("第 {line} 行的双引号没有成对，已按原样读取，请核对。"));
        }
        if cells.cells.is_empty() {
            continue;
        }
        cells.width = cells.width.max(width);
        if sink.row(line, &mut cells)? != Next::Row {
            break;
        }
    }
    sink.end()?;
    Ok(())
}

/// `="00123"` is how some programs keep digits from being taken for a number.
fn value(field: &str) -> &str {
    field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(field)
}

/// The separator with which the first rows fit best; when none fits, the one that makes most fields.
fn choose_delimiter(
    input: &mut dyn Input,
    writing: decode::Writing,
    sink: &dyn Sink,
) -> Result<u8, SheetError> {
    input.seek(SeekFrom::Start(0))?;
    let mut sample = Vec::new();
    Utf8::new(input, writing.encoding).take(SAMPLE).read_to_end(&mut sample)?;
    let mut best = (0, 0, b',');
    for delimiter in *b",\t;|" {
        let mut records = Records::new(Cursor::new(&sample), delimiter);
        let mut rows: Vec<FoundRow> = Vec::new();
        let mut fields = 0;
        while rows.len() < 30 {
            // The sample may end inside a character or a quoted field.
            let Ok(Some(line)) = records.next() else { break };
            if records.is_hint {
                return Ok(records.delimiter);
            }
            let cells: Vec<_> = (0_u32..16_384)
                .zip(records.fields())
                .map(|(column, field)| (column, Cell::Text(value(field).to_owned())))
                .filter(|(_, cell)| !cell.is_blank())
                .collect();
            fields += cells.len().saturating_sub(1);
            rows.push((line, cells));
        }
        let fit = (sink.fit(&rows), fields);
        if fit > (best.0, best.1) {
            best = (fit.0, fit.1, delimiter);
        }
    }
    Ok(best.2)
}

/// The records of a text.
struct Records<R> {
    input: R,
    delimiter: u8,
    buf: Vec<u8>,
    at: usize,
    end: usize,
    eof: bool,
    /// Line on which the next record starts.
    line: u32,
    text: String,
    ends: Vec<usize>,
    /// The last record had a quote without its partner.
    mended: bool,
    /// The last record was `sep=;`, Excel's hint at the separator.
    is_hint: bool,
}

/// Where a record ends, when it does within what is there.
enum Parsed {
    /// Bytes and line breaks of the record with its end.
    Record(usize, u32),
    /// More input is needed.
    More,
    /// A quoted field does not end.
    OpenQuote,
}

impl<R: Read> Records<R> {
    fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            buf: vec![0; 64 << 10],
            at: 0,
            end: 0,
            eof: false,
            line: 1,
            text: String::new(),
            ends: Vec::new(),
            mended: false,
            is_hint: false,
        }
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| self.text.get(start..end).unwrap_or_default())
    }

    /// Moves to the next record that is no empty line; the line on which it starts.
    fn next(&mut self) -> Result<Option<u32>, SheetError> {
        (self.mended, self.is_hint) = (false, false);
        let mut quotes = true;
        loop {
            if self.at == self.end && !self.fill()? {
                return Ok(None);
            }
            let mut raw = std::mem::take(&mut self.text).into_bytes();
            let parsed = self.parse(quotes, &mut raw);
            // Fields are cut at ASCII bytes, so they stay UTF-8.
            self.text = String::from_utf8(raw)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            match parsed {
                Parsed::Record(length, breaks) => {
                    let line = self.line;
                    self.at += length;
                    self.line += breaks;
                    self.mended = !quotes;
                    if self.ends.len() > 1 || !self.text.is_empty() {
                        self.take_hint(line);
                        return Ok(Some(line));
                    }
                    quotes = true;
                }
                Parsed::More if self.end - self.at <= MAX_RECORD => {
                    self.fill()?;
                }
                // Read once more, with quotes as they stand.
                Parsed::More | Parsed::OpenQuote if quotes => quotes = false,
                Parsed::More | Parsed::OpenQuote => {
                    return Err(SheetError::Unreadable(format!("第 {} 行太长", self.line)));
                }
            }
        }
    }

    fn take_hint(&mut self, line: u32) {
        if line != 1 {
            return;
        }
        let first = self.text.trim_matches('"');
        if let Some(&[delimiter]) = first.strip_prefix("sep=").map(str::as_bytes)
            && delimiter.is_ascii()
        {
            self.delimiter = delimiter;
            self.is_hint = true;
        } else if first == "sep=" && self.ends.len() == 2 {
            // Cut by its own separator.
            self.is_hint = true;
        }
    }

    fn parse(&mut self, quotes: bool, text: &mut Vec<u8>) -> Parsed {
        text.clear();
        self.ends.clear();
        let rest = &self.buf[self.at..self.end];
        let (mut at, mut breaks) = (0, 0_u32);
        loop {
            if quotes && rest.get(at) == Some(&b'"') {
                match quoted(rest, at + 1, text, self.eof) {
                    Quoted::Closed(behind, inner) => (at, breaks) = (behind, breaks + inner),
                    Quoted::More => return Parsed::More,
                    Quoted::Open => return Parsed::OpenQuote,
                }
                if breaks > MAX_QUOTED_LINES {
                    return Parsed::OpenQuote;
                }
            }
            let Some(length) = memchr3(self.delimiter, b'\n', b'\r', &rest[at..]) else {
                if !self.eof {
                    return Parsed::More;
                }
                text.extend_from_slice(&rest[at..]);
                self.ends.push(text.len());
                return Parsed::Record(rest.len(), breaks + 1);
            };
            text.extend_from_slice(&rest[at..at + length]);
            self.ends.push(text.len());
            at += length;
            match (rest[at], rest.get(at + 1)) {
                (b'\r', Some(b'\n')) => return Parsed::Record(at + 2, breaks + 1),
                (b'\r', None) if !self.eof => return Parsed::More,
                (b'\n' | b'\r', _) => return Parsed::Record(at + 1, breaks + 1),
                _ => at += 1,
            }
        }
    }

    fn fill(&mut self) -> Result<bool, SheetError> {
        if self.eof {
            return Ok(false);
        }
        self.buf.copy_within(self.at..self.end, 0);
        self.end -= self.at;
        self.at = 0;
        if self.end == self.buf.len() {
            self.buf.resize(self.buf.len() * 2, 0);
        }
        let count = self.input.read(&mut self.buf[self.end..])?;
        self.end += count;
        self.eof = count == 0;
        Ok(self.end > 0)
    }
}

enum Quoted {
    /// Place behind the closing quote, and line breaks inside.
    Closed(usize, u32),
    More,
    Open,
}

/// Appends a quoted field from behind its opening quote.
fn quoted(rest: &[u8], from: usize, text: &mut Vec<u8>, eof: bool) -> Quoted {
    let mut at = from;
    let mut breaks = 0;
    loop {
        let Some(length) = memchr(b'"', &rest[at..]) else {
            return if eof { Quoted::Open } else { Quoted::More };
        };
        let part = &rest[at..at + length];
        breaks += line_breaks(part);
        text.extend_from_slice(part);
        at += length + 1;
        match rest.get(at) {
            Some(b'"') => {
                text.push(b'"');
                at += 1;
            }
            None if !eof => return Quoted::More,
            _ => return Quoted::Closed(at, breaks),
        }
    }
}

/// `\n`, `\r\n` and the lone `\r` of old files.
fn line_breaks(text: &[u8]) -> u32 {
    let mut count = 0;
    let mut before = 0;
    for &byte in text {
        if byte == b'\r' || (byte == b'\n' && before != b'\r') {
            count += 1;
        }
        before = byte;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few bytes at a time, so that records cross the end of what is there.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(buf.len()).min(3);
            buf[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn records(text: &str) -> Vec<(u32, Vec<String>)> {
        let mut records = Records::new(Drip(text.as_bytes()), b',');
        let mut out = Vec::new();
        while let Some(line) = records.next().unwrap() {
            out.push((line, records.fields().map(str::to_owned).collect()));
        }
        out
    }

    fn wanted(list: &[(u32, &[&str])]) -> Vec<(u32, Vec<String>)> {
        list.iter()
            .map(|(line, fields)| (*line, fields.iter().map(|it| (*it).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn lines_are_those_of_the_file() {
        for newline in ["\n", "\r\n", "\r"] {
            let text = "a,b\n\nc,\"d\ne\"\n\n\n\"f\"\"g\",h\n".replace('\n', newline);
            let inner = format!("d{newline}e");
            let want = wanted(&[(1, &["a", "b"]), (3, &["c", &inner]), (7, &["f\"g", "h"])]);
            assert_eq!(records(&text), want);
        }
    }

    #[test]
    fn ends_without_a_line_break() {
        assert_eq!(records("a,b"), wanted(&[(1, &["a", "b"])]));
        assert_eq!(records("a,"), wanted(&[(1, &["a", ""])]));
        assert_eq!(records("a,\"b\""), wanted(&[(1, &["a", "b"])]));
        assert_eq!(records(""), []);
        assert_eq!(records("\n\n"), []);
    }

    #[test]
    fn a_stray_quote_swallows_nothing() {
        let want = wanted(&[(1, &["a", "\"b"]), (2, &["c", "d"])]);
        assert_eq!(records("a,\"b\nc,d"), want);
        let many = format!("a,\"b\n{}", "c,d\n".repeat(200_000));
        let mut found = Records::new(many.as_bytes(), b',');
        assert_eq!(found.next().unwrap(), Some(1));
        assert!(found.mended);
        assert_eq!(found.next().unwrap(), Some(2));
        assert!(!found.mended);
        assert_eq!(records("a,5\"寸\"\nb"), wanted(&[(1, &["a", "5\"寸\""]), (2, &["b"])]));
        assert_eq!(records("\"a\"x,b"), wanted(&[(1, &["ax", "b"])]));
    }

    #[test]
    fn the_hint_of_excel() {
        let mut found = Records::new(&b"sep=;\na;b\n"[..], b',');
        assert_eq!(found.next().unwrap(), Some(1));
        assert!(found.is_hint);
        assert_eq!(found.next().unwrap(), Some(2));
        assert_eq!(found.fields().collect::<Vec<_>>(), ["a", "b"]);
    }
}
