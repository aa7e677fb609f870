//! The text of a CSV file as UTF-8, whatever it was written in.

use super::Input;
use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8};
use memchr::memmem;
use std::io::{self, Read, SeekFrom};

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writing {
    pub encoding: &'static Encoding,
    /// Some of its bytes mean nothing in any encoding tried.
    pub is_broken: bool,
}

/// BOM, else strict UTF-8, else GB18030. When both break: the one that breaks less, or a guess when neither will do.
pub(crate) fn detect(input: &mut dyn Input) -> io::Result<Writing> {
    let mut head = [0; 3];
    input.seek(SeekFrom::Start(0))?;
    let length = read_full(input, &mut head)?;
    if let Some((encoding, _)) = Encoding::for_bom(&head[..length]) {
        let is_broken = damage(input, encoding, true)?.0 > 0;
        return Ok(Writing { encoding, is_broken });
    }
    for encoding in [UTF_8, GB18030] {
        if damage(input, encoding, true)?.0 == 0 {
            return Ok(Writing { encoding, is_broken: false });
        }
    }
    let (utf8, gb18030) = (damage(input, UTF_8, false)?, damage(input, GB18030, false)?);
    let (least, encoding) = if utf8.0 <= gb18030.0 { (utf8, UTF_8) } else { (gb18030, GB18030) };
    let encoding = if least.0 > least.1 / 100 { guess(input)? } else { encoding };
    Ok(Writing { encoding, is_broken: damage(input, encoding, true)?.0 > 0 })
}

fn guess(input: &mut dyn Input) -> io::Result<&'static Encoding> {
    input.seek(SeekFrom::Start(0))?;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut buf = vec![0; 64 << 10];
    loop {
        let count = input.read(&mut buf)?;
        detector.feed(&buf[..count], count == 0);
        if count == 0 {
            return Ok(detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow));
        }
    }
}

/// How many characters cannot be decoded, and the length of the text. `quick` stops at the first.
fn damage(input: &mut dyn Input, encoding: &'static Encoding, quick: bool) -> io::Result<(usize, usize)> {
    input.seek(SeekFrom::Start(0))?;
    let mut text = Utf8::new(input, encoding);
    let (mut bad, mut length) = (0, 0);
    while text.fill()? {
        if text.had_errors {
            bad +=
                memmem::find_iter(&text.out[..text.out_end], "\u{fffd}").count().max(usize::from(bad == 0));
            if quick {
                break;
            }
        }
        length += text.out_end;
        text.out_at = text.out_end;
    }
    Ok((bad, length))
}

fn read_full(input: &mut dyn Input, buf: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buf.len() {
        match input.read(&mut buf[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Reads as UTF-8, without BOM; what cannot be decoded becomes U+FFFD.
pub(crate) struct Utf8<'a> {
    input: &'a mut dyn Input,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    end: usize,
    out: Vec<u8>,
    out_at: usize,
    out_end: usize,
    eof: bool,
    finished: bool,
    had_errors: bool,
}

impl<'a> Utf8<'a> {
    pub(crate) fn new(input: &'a mut dyn Input, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 64 << 10],
            at: 0,
            end: 0,
            out: vec![0; 64 << 10],
            out_at: 0,
            out_end: 0,
            eof: false,
            finished: false,
            had_errors: false,
        }
    }

    /// Makes sure that text is there; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        while self.out_at == self.out_end {
            if self.finished {
                return Ok(false);
            }
            if self.at == self.end && !self.eof {
                self.end = self.input.read(&mut self.raw)?;
                self.at = 0;
                self.eof = self.end == 0;
            }
            let (result, read, written, errors) =
                self.decoder.decode_to_utf8(&self.raw[self.at..self.end], &mut self.out, self.eof);
            self.at += read;
            (self.out_at, self.out_end) = (0, written);
            self.had_errors |= errors;
            self.finished = self.eof && result == CoderResult::InputEmpty;
        }
        Ok(true)
    }
}

impl Read for Utf8<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.fill()? {
            return Ok(0);
        }
        let count = buf.len().min(self.out_end - self.out_at);
        buf[..count].copy_from_slice(&self.out[self.out_at..self.out_at + count]);
        self.out_at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn decoded(bytes: &[u8]) -> (String, &'static str, bool) {
        let mut input = Cursor::new(bytes);
        let writing = detect(&mut input).unwrap();
        input.set_position(0);
        let mut text = String::new();
        Utf8::new(&mut input, writing.encoding).read_to_string(&mut text).unwrap();
        (text, writing.encoding.name(), writing.is_broken)
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "姓名,乡镇\r\n张三,河嘴乡\r\n𠮷某,㛃镇\r\n";
        let (gb, _, broken) = GB18030.encode(text);
        assert!(!broken);
        let utf16 = |be: bool| -> Vec<u8> {
            let unit = |unit: u16| if be { unit.to_be_bytes() } else { unit.to_le_bytes() };
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
        };
        let bom = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
        for (bytes, name) in [
            (text.as_bytes(), "UTF-8"),
            (&bom, "UTF-8"),
            (&gb, "gb18030"),
            (&utf16(false), "UTF-16LE"),
            (&utf16(true), "UTF-16BE"),
        ] {
            assert_eq!(decoded(bytes), (text.to_owned(), name, false));
        }
    }

    #[test]
    fn long_text_crosses_every_buffer() {
        let text = "张三李四,".repeat(8_000);
        assert!(decoded(&GB18030.encode(&text).0).0 == text);
    }

    #[test]
    fn a_stray_byte_does_not_make_it_foreign() {
        let mut bytes = "姓名,乡镇\n张三,河嘴乡\n".repeat(20).into_bytes();
        bytes.push(0xff);
        let (text, name, broken) = decoded(&bytes);
        assert!(text.starts_with("姓名") && broken, "{name}");
        let mut bytes = GB18030.encode(&"姓名,乡镇\n张三,河嘴乡\n".repeat(20)).0.into_owned();
        bytes.push(0xff);
        let (text, name, broken) = decoded(&bytes);
        assert!(text.starts_with("姓名") && broken, "{name}");
    }
}
