//! The records of a BIFF8 stream, and the strings in them.

use super::ole::{u16_at, u32_at};

/// Goes on with the record before it.
pub(super) const CONTINUE: u16 = 0x003c;

/// Steps through records.
pub(super) struct Records<'b> {
    stream: &'b [u8],
    at: usize,
}

/// One record.
pub(super) struct Record<'b> {
    pub kind: u16,
    pub data: &'b [u8],
}

impl<'b> Records<'b> {
    pub(super) fn new(stream: &'b [u8], at: usize) -> Self {
        Self { stream, at }
    }

    /// All parts of a record: its own data and those of the records that continue it.
    pub(super) fn parts(&mut self, record: &Record<'b>) -> Vec<&'b [u8]> {
        let mut parts = vec![record.data];
        while u16_at(self.stream, self.at) == Some(CONTINUE) {
            let Some(more) = self.next() else { break };
            parts.push(more.data);
        }
        parts
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = Record<'b>;

    fn next(&mut self) -> Option<Record<'b>> {
        let kind = u16_at(self.stream, self.at)?;
        let length = usize::from(u16_at(self.stream, self.at + 2)?);
        let start = self.at + 4;
        let data = self.stream.get(start..start + length)?;
        self.at = start + length;
        Some(Record { kind, data })
    }
}

/// Reads through the parts of a record.
pub(super) struct Parts<'p, 'b> {
    all: &'p [&'b [u8]],
    part: usize,
    at: usize,
}

impl<'p, 'b> Parts<'p, 'b> {
    pub(super) fn new(parts: &'p [&'b [u8]]) -> Self {
        Self { all: parts, part: 0, at: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            let part = self.all.get(self.part)?;
            if let Some(&byte) = part.get(self.at) {
                self.at += 1;
                return Some(byte);
            }
            self.part += 1;
            self.at = 0;
        }
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    pub(super) fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let part = self.all.get(self.part)?;
            let here = count.min(part.len() - self.at.min(part.len()));
            self.at += here;
            count -= here;
            if count > 0 {
                self.part += 1;
                self.at = 0;
            }
        }
        Some(())
    }

    /// A string of the shared table: length, flags, then perhaps formatting runs and phonetics behind it.
    pub(super) fn rich_string(&mut self, out: &mut String) -> Option<()> {
        let length = self.u16()?;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let more = if flags & 4 != 0 { usize::try_from(self.u32()?).ok()? } else { 0 };
        self.characters(usize::from(length), flags & 1 != 0, out)?;
        self.skip(runs * 4)?;
        self.skip(more)
    }

    /// A string without anything behind it.
    pub(super) fn string(&mut self, out: &mut String) -> Option<()> {
        let length = self.u16()?;
        let flags = self.byte()?;
        self.characters(usize::from(length), flags & 1 != 0, out)
    }

    /// The name of a sheet: its length is one byte.
    pub(super) fn short_string(&mut self, out: &mut String) -> Option<()> {
        let length = self.byte()?;
        let flags = self.byte()?;
        self.characters(usize::from(length), flags & 1 != 0, out)
    }

    /// Characters of one or two bytes; a part that goes on in the middle of them starts with their flags anew.
    fn characters(&mut self, length: usize, mut wide: bool, out: &mut String) -> Option<()> {
        let mut units = Vec::with_capacity(length.min(32_767));
        while units.len() < length {
            let part = self.all.get(self.part)?;
            if self.at >= part.len() {
                self.part += 1;
                self.at = 0;
                wide = self.byte()? & 1 != 0;
                continue;
            }
            units.push(if wide { self.u16()? } else { u16::from(self.byte()?) });
        }
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Some(())
    }
}

/// A floating point number.
pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// The short form of a number: 30 bits of an integer or of a floating point number, perhaps in hundredths.
pub(super) fn rk_at(bytes: &[u8], at: usize) -> Option<f64> {
    let raw = u32_at(bytes, at)?;
    let value = if raw & 2 != 0 {
        f64::from(raw.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(raw & !3) << 32)
    };
    Some(if raw & 1 != 0 { value / 100.0 } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        for (raw, value) in [
            (500_u32 << 2 | 2, 500.0),
            (123_450 << 2 | 3, 1234.5),
            ((-5_i32).cast_unsigned() << 2 | 2, -5.0),
            (0x3ff0_0000, 1.0),
            (0x3ff0_0001, 0.01),
        ] {
            assert!((rk_at(&raw.to_le_bytes(), 0).unwrap() - value).abs() < 1e-12, "{value}");
        }
        assert_eq!(rk_at(&[0; 3], 0), None);
    }

    #[test]
    fn strings_go_on_in_the_next_part() {
        // Four characters, two bytes each; the rest goes on with one byte each.
        let first = [4, 0, 9, 1, 0, 0x20, 0x5f, 0x09, 0x4e];
        let second = [0, b'a', b'b', 1, 2, 3, 4, 1, 0, 0, b'c'];
        let parts = [&first[..], &second[..]];
        let mut reader = Parts::new(&parts);
        let mut text = String::new();
        reader.rich_string(&mut text).unwrap();
        assert_eq!(text, "张三ab");
        reader.rich_string(&mut text).unwrap();
        assert_eq!(text, "张三abc");
        assert_eq!(reader.rich_string(&mut text), None);
    }
}
