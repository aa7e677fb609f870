//! PNG (ISO/IEC 15948): chunks that are needed for showing are kept; texts, times and all others left out.

use super::exif::Orientation;
use super::picture::{Parts, Pieces};
use domain::file::FileError;

pub(super) const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

const KEPT: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"bKGD", b"pHYs",
];

fn damaged(why: &str) -> FileError {
    FileError::Damaged(why.to_owned())
}

pub(super) fn read(bytes: &[u8]) -> Result<Parts, FileError> {
    let mut pieces = Pieces::default();
    pieces.keep(0..MAGIC.len());
    let mut size = None;
    let mut orientation = Orientation::UPRIGHT;
    let mut has_data = false;
    let mut at = MAGIC.len();
    loop {
        let (kind, body, end) = chunk(bytes, at).ok_or_else(|| damaged("图片的一段不完整"))?;
        match kind {
            b"IHDR" => {
                let number = |at| body.get(at..at + 4).and_then(|four| four.try_into().ok());
                let pair = number(0).zip(number(4)).filter(|_| at == MAGIC.len() && body.len() == 13);
                let (width, height) = pair.ok_or_else(|| damaged("图片头有误"))?;
                size = Some((u32::from_be_bytes(width), u32::from_be_bytes(height)));
            }
            b"IDAT" => has_data = true,
            b"eXIf" => orientation = Orientation::of_tiff(body),
            _ => {}
        }
        if let (b"IEND", Some(tiff)) = (kind, orientation.tiff()) {
            pieces.add(own_chunk(*b"eXIf", &tiff));
        }
        if KEPT.contains(&kind) {
            pieces.keep(at..end);
        }
        at = end;
        if kind == b"IEND" {
            break;
        }
    }
    let Some(size) = size.filter(|_| has_data) else { return Err(damaged("图片没有图像数据")) };
    Ok(Parts { size, orientation, pieces })
}

type Chunk<'b> = (&'b [u8; 4], &'b [u8], usize);

/// Name and body of the chunk at a place, and where it ends.
fn chunk(bytes: &[u8], at: usize) -> Option<Chunk<'_>> {
    let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
    let start = at + 8;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    let kind = bytes.get(at + 4..start)?.try_into().ok()?;
    bytes.get(end..end.checked_add(4)?)?;
    Some((kind, &bytes[start..end], end + 4))
}

fn own_chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    out.extend_from_slice(&kind);
    out.extend_from_slice(body);
    let sum = crc32(&out[4..]);
    out.extend_from_slice(&sum.to_be_bytes());
    out
}

/// The check sum of a chunk; ours are tiny, so no table.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}
