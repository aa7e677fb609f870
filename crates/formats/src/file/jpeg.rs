//! JPEG (ITU-T T.81): segments that are needed for showing are kept, all others left out.
//!
//! Between scans and behind the last one stand segments too, and behind the end whole other files: telephones put
//! second pictures with their own place and time there. So the walk goes through all scans to the end marker.

use super::exif::Orientation;
use super::picture::{Parts, Pieces};
use domain::file::FileError;

pub(super) const MAGIC: &[u8] = b"\xff\xd8\xff";

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const EXIF: &[u8] = b"Exif\0\0";

fn damaged(why: &str) -> FileError {
    FileError::Damaged(why.to_owned())
}

pub(super) fn read(bytes: &[u8]) -> Result<Parts, FileError> {
    let mut pieces = Pieces::default();
    pieces.add(vec![0xff, SOI]);
    let mut size = None;
    let mut orientation = None;
    let mut has_scan = false;
    let mut at = 2;
    loop {
        let (marker, start) = next_marker(bytes, at).ok_or_else(|| damaged("照片没有结束标记"))?;
        match marker {
            EOI => break,
            // Markers that stand alone carry nothing.
            0x01 | 0xd0..=0xd8 => {
                at = start + 2;
                continue;
            }
            _ => {}
        }
        let body = body(bytes, start).ok_or_else(|| damaged("照片的一段不完整"))?;
        let end = start + 4 + body.len();
        at = end;
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                if size.replace(frame(body).ok_or_else(|| damaged("照片没有宽高"))?).is_some() {
                    return Err(damaged("照片有两个图像头"));
                }
                pieces.keep(start..end);
            }
            SOS => {
                has_scan = true;
                at = scan_end(bytes, end);
                pieces.keep(start..at);
            }
            // Tables of the coder, and the count of lines.
            0xc4 | 0xcc | 0xdb..=0xdd => pieces.keep(start..end),
            0xe0 if body.starts_with(b"JFIF\0") => pieces.add(jfif(body)),
            0xe2 if body.starts_with(b"ICC_PROFILE\0") => pieces.keep(start..end),
            // What the three colours mean.
            0xee if body.starts_with(b"Adobe") && body.len() == 12 => pieces.keep(start..end),
            0xe1 if orientation.is_none() && body.starts_with(EXIF) => {
                orientation = Some(Orientation::of_tiff(&body[EXIF.len()..]));
            }
            _ => {}
        }
    }
    let Some(size) = size.filter(|_| has_scan) else { return Err(damaged("照片没有图像数据")) };
    let orientation = orientation.unwrap_or(Orientation::UPRIGHT);
    if let Some(tiff) = orientation.tiff() {
        pieces.insert(1, segment(0xe1, &[EXIF, &tiff].concat()));
    }
    pieces.add(vec![0xff, EOI]);
    Ok(Parts { size, orientation, pieces })
}

/// The next marker and where its 0xFF stands; bytes that belong to no segment are passed over.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += memchr::memchr(0xff, bytes.get(at..)?)?;
        match *bytes.get(at + 1)? {
            // A fill byte, or no marker at all.
            0xff => at += 1,
            0 => at += 2,
            marker => return Some((marker, at)),
        }
    }
}

/// What stands behind the length of a segment.
fn body(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(bytes.get(start + 2..start + 4)?.try_into().ok()?));
    bytes.get(start + 4..(start + 2).checked_add(length)?)
}

/// Where the coded data of a scan end: at the next marker that is not a restart.
fn scan_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr(0xff, rest)) {
        at += step;
        match bytes.get(at + 1) {
            Some(0 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}

/// Pixels across and down.
fn frame(body: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from(u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?)));
    Some((number(3)?, number(1)?))
}

/// The density without the small picture that may stand behind it.
fn jfif(body: &[u8]) -> Vec<u8> {
    let mut own = *b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
    if let Some(density) = body.get(7..12) {
        own[7..12].copy_from_slice(density);
    }
    segment(0xe0, &own)
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    let mut out = vec![0xff, marker];
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(body);
    out
}
