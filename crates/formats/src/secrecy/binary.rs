//! Files that are not text and not packages: doc, xls, ppt (OLE), pdf, rtf. They are looked through for runs of
//! text. This is a best effort: compressed text of a pdf and drawn text are not seen.

use super::gather::Gather;
use crate::sheet::xls::ole::Ole;
use crate::sheet::xml::{Token, Xml, unescape};
use crate::sheet::{Input, SheetError};
use encoding_rs::GB18030;
use memchr::memmem;

/// A run of text this long is no accident: all rules hold for it. In shorter ones only marks are looked for.
const SURE_RUN: usize = 10;
/// The longest string of a pdf that is looked at.
const LONGEST_STRING: usize = 4096;
/// Of a run of text, what is taken for the head of the document.
const HEAD: usize = 600;

/// doc, xls, ppt.
pub(super) fn ole(input: &mut dyn Input, gather: &mut Gather) -> Result<(), SheetError> {
    let bytes = all(input)?;
    if has_name(&bytes, "EncryptedPackage") {
        return Err(SheetError::Encrypted);
    }
    // As it lies in the file, whatever its directory says; then stream by stream, put together from their sectors.
    runs(&bytes, "正文", gather);
    let Ok(ole) = Ole::open(&bytes) else { return Ok(()) };
    for (name, stream) in ole.streams() {
        if is_locked(&name, &stream) {
            return Err(SheetError::Encrypted);
        }
        let place = if name.contains("SummaryInformation") { "文档属性" } else { "正文" };
        runs(&stream, place, gather);
    }
    Ok(())
}

fn all(input: &mut dyn Input) -> Result<Vec<u8>, SheetError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn has_name(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memmem::find(bytes, &name).is_some()
}

/// Protected by a password: its text cannot be seen.
fn is_locked(name: &str, stream: &[u8]) -> bool {
    match name {
        // fEncrypted of the FIB.
        "WordDocument" => stream.get(11).is_some_and(|flags| flags & 1 != 0),
        // FILEPASS stands right behind the first record.
        "Workbook" | "Book" => {
            let length = stream.get(2..4).map_or(0, |it| usize::from(u16::from_le_bytes([it[0], it[1]])));
            stream.get(4 + length..6 + length) == Some(&[0x2f, 0x00])
        }
        _ => false,
    }
}

/// Runs of text in bytes of an unknown kind.
pub(super) fn runs(bytes: &[u8], place: &str, gather: &mut Gather) {
    let mut is_head = true;
    for from in [0, 1] {
        let units = bytes.get(from..).unwrap_or_default().chunks_exact(2);
        utf16(units.map(|two| u16::from_le_bytes([two[0], two[1]])), place, gather, &mut is_head);
    }
    gather.begin_marks(place);
    for run in bytes.split(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) {
        if run.len() >= 4 && !run.is_ascii() {
            gather.push(&GB18030.decode_without_bom_handling(run).0);
            gather.push("\n");
        }
    }
    gather.end();
}

fn utf16(units: impl Iterator<Item = u16>, place: &str, gather: &mut Gather, is_head: &mut bool) {
    let mut short = String::new();
    let mut run = String::new();
    let mut end = |run: &mut String, short: &mut String| {
        let length = run.chars().count();
        if length >= SURE_RUN {
            if *is_head && run.contains('\n') {
                *is_head = false;
                gather.whole(place, run.char_indices().nth(HEAD).map_or(run.as_str(), |(at, _)| &run[..at]));
            }
            gather.begin_rest(place);
            gather.push(run);
            gather.end();
        } else if length >= 3 {
            short.push_str(run);
            short.push('\n');
        }
        run.clear();
    };
    for unit in units {
        match char::from_u32(u32::from(unit)).filter(|c| is_text(*c)) {
            Some('\r' | '\u{7}' | '\u{b}' | '\u{c}') => run.push('\n'),
            Some(c) => run.push(c),
            None if run.is_empty() => {}
            None => end(&mut run, &mut short),
        }
    }
    end(&mut run, &mut short);
    gather.begin_marks(place);
    gather.push(&short);
    gather.end();
}

fn is_text(c: char) -> bool {
    matches!(
        c,
        '\u{7}' | '\t'..='\r'
            | ' '..='~'
            | '\u{200b}'..='\u{206f}'
            | '\u{2460}'..='\u{27bf}'
            | '\u{3000}'..='\u{33ff}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{feff}'..='\u{ff5e}'
    )
}

/// Metadata and the strings that are not compressed.
pub(super) fn pdf(input: &mut dyn Input, gather: &mut Gather) -> Result<(), SheetError> {
    let bytes = all(input)?;
    properties(&bytes, gather);
    // Many that anybody may read are encrypted all the same, against printing or copying.
    if memmem::find(&bytes, b"/Encrypt").is_some() {
        return Ok(());
    }
    let mut at = 0;
    while let Some(start) = memmem::find(&bytes[at..], b"stream").map(|found| at + found + 6) {
        strings(&bytes[at..start], gather);
        let end = memmem::find(&bytes[start..], b"endstream").map_or(bytes.len(), |found| start + found);
        let is_plain = bytes[start..end].iter().take(64).all(|byte| (9..0x7f).contains(byte));
        if is_plain {
            strings(&bytes[start..end], gather);
        }
        at = (end + 9).min(bytes.len());
    }
    strings(&bytes[at..], gather);
    Ok(())
}

/// The XMP packet, which is XML that is not compressed.
fn properties(bytes: &[u8], gather: &mut Gather) {
    let Some(start) = memmem::find(bytes, b"<x:xmpmeta") else { return };
    let end = memmem::find(&bytes[start..], b"</x:xmpmeta>").map_or(bytes.len(), |found| start + found);
    let mut xml = Xml::new(&bytes[start..end]);
    gather.begin("文档属性");
    // A damaged packet is looked at as far as it goes.
    while let Ok(token) = xml.next() {
        match token {
            Token::Text(raw) => {
                let mut text = String::new();
                unescape(raw, &mut text);
                gather.push(&text);
            }
            Token::End { name: b"li" } => gather.push("\n"),
            Token::Eof => break,
            _ => {}
        }
    }
    gather.end();
}

/// `(…)` and `<FEFF…>`.
fn strings(bytes: &[u8], gather: &mut Gather) {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'(', b'<', &bytes[at..]) {
        let start = at + found + 1;
        let (raw, next) = if bytes[start - 1] == b'(' { literal(bytes, start) } else { hex(bytes, start) };
        at = next;
        if raw.is_ascii() {
            continue;
        }
        let wide = |raw: &[u8]| -> String {
            let units = raw.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(' ')).collect()
        };
        if let Some(raw) = raw.strip_prefix(&[0xfe, 0xff]) {
            gather.whole("文档属性或文字", &wide(raw));
            continue;
        }
        gather.begin_marks("文字");
        gather.push(&wide(&raw));
        gather.push("\n");
        gather.push(&GB18030.decode_without_bom_handling(&raw).0);
        gather.push("\n");
        gather.push(&String::from_utf8_lossy(&raw));
        gather.end();
    }
}

/// The bytes of `(…)` and where it goes on behind them.
fn literal(bytes: &[u8], start: usize) -> (Vec<u8>, usize) {
    let mut out = Vec::new();
    let mut depth = 1_u32;
    let mut at = start;
    while let Some(&byte) = bytes.get(at).filter(|_| out.len() < LONGEST_STRING) {
        at += 1;
        match byte {
            b'\\' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let octal = rest.iter().take(3).take_while(|digit| (b'0'..b'8').contains(digit)).count();
                if octal > 0 {
                    let number =
                        rest[..octal].iter().fold(0_u16, |sum, digit| sum * 8 + u16::from(digit - b'0'));
                    out.push(number.to_le_bytes()[0]);
                    at += octal;
                } else if let Some(&escaped) = rest.first() {
                    out.push(escaped);
                    at += 1;
                }
            }
            b'(' => {
                depth += 1;
                out.push(byte);
            }
            b')' if depth == 1 => return (out, at),
            b')' => {
                depth -= 1;
                out.push(byte);
            }
            _ => out.push(byte),
        }
    }
    // No end in reach: it was none.
    (Vec::new(), start)
}

/// The bytes of `<0A…>` and where it goes on behind them.
fn hex(bytes: &[u8], start: usize) -> (Vec<u8>, usize) {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .take(LONGEST_STRING * 2)
        .take_while(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace())
        .count();
    if rest.get(length) != Some(&b'>') {
        return (Vec::new(), start);
    }
    let digits: Vec<u8> = rest[..length]
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .map(|it| it.to_le_bytes()[0])
        .collect();
    (digits.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect(), start + length)
}

/// The two ways in which rtf writes Chinese: bytes of the code page, and numbers. Where both stand, each is read by
/// itself.
pub(super) fn rtf(input: &mut dyn Input, gather: &mut Gather) -> Result<(), SheetError> {
    let bytes = all(input)?;
    let (mut by_page, mut by_number) = (Vec::new(), String::new());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let rest = bytes.get(at..).unwrap_or_default();
        match (byte, rest.first()) {
            (b'\\', Some(b'\'')) => {
                let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                if let (Some(high), Some(low)) = (digit(1), digit(2)) {
                    by_page.push((high << 4 | low).to_le_bytes()[0]);
                }
                at += 3;
            }
            (b'\\', Some(letter)) if letter.is_ascii_alphabetic() => {
                let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let number =
                    rest[word..].iter().take(7).take_while(|it| it.is_ascii_digit() || **it == b'-').count();
                if &rest[..word] == b"u"
                    && let Some(c) = code_unit(&rest[word..word + number])
                {
                    by_number.push(c);
                } else if matches!(&rest[..word], b"par" | b"line" | b"cell" | b"row" | b"tab") {
                    by_page.push(b'\n');
                    by_number.push('\n');
                }
                at += word + number + usize::from(rest.get(word + number) == Some(&b' '));
            }
            (b'\\', Some(_)) => at += 1,
            (b'{' | b'}' | b'\r' | b'\n', _) => {}
            _ => {
                by_page.push(byte);
                if byte != b'?' {
                    by_number.push(char::from(byte));
                }
            }
        }
    }
    gather.begin("正文");
    gather.push(&GB18030.decode_without_bom_handling(&by_page).0);
    gather.begin("正文");
    gather.push(&by_number);
    gather.end();
    Ok(())
}

/// Numbers above 32767 are written as negative ones.
fn code_unit(digits: &[u8]) -> Option<char> {
    let number: i32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    char::from_u32(u32::try_from(if number < 0 { number + 65_536 } else { number }).ok()?)
}
