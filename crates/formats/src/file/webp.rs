//! WebP (RFC 9649): the picture, its colours and its transparency are kept, all other chunks left out.

use super::exif::Orientation;
use super::picture::{Parts, Pieces};
use domain::file::FileError;

const ANIMATED: u8 = 0x02;
const EXIF: u8 = 0x08;
/// Colour profile and transparency.
const KEPT_FLAGS: u8 = 0x20 | 0x10;

fn damaged(why: &str) -> FileError {
    FileError::Damaged(why.to_owned())
}

pub(super) fn read(bytes: &[u8]) -> Result<Parts, FileError> {
    let end = long(bytes, 4).and_then(|size| size.checked_add(8)).filter(|end| *end <= bytes.len());
    let (Some(end), true) = (end, bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")) else {
        return Err(damaged("图片头有误"));
    };
    let bytes = &bytes[..end];
    let mut pieces = Pieces::default();
    let mut canvas = None;
    let mut image = None;
    let mut orientation = Orientation::UPRIGHT;
    let mut at = 12;
    while at < end {
        let length = long(bytes, at + 4).ok_or_else(|| damaged("图片的一段不完整"))?;
        let stop = (at + 8).checked_add(length).filter(|stop| *stop <= end);
        let body =
            stop.and_then(|stop| bytes.get(at + 8..stop)).ok_or_else(|| damaged("图片的一段不完整"))?;
        let next = (at + 8 + length + length % 2).min(end);
        match &bytes[at..at + 4] {
            b"VP8X" if body.len() == 10 => {
                if body[0] & ANIMATED != 0 {
                    return Err(FileError::Animated);
                }
                canvas = Some((body[0], plus_one(&body[4..7]), plus_one(&body[7..10])));
            }
            b"ANIM" | b"ANMF" => return Err(FileError::Animated),
            b"VP8 " | b"VP8L" if image.is_some() => return Err(damaged("图片有两份图像数据")),
            b"VP8 " => {
                image = Some(lossy(body).ok_or_else(|| damaged("图像数据有误"))?);
                pieces.keep(at..next);
            }
            b"VP8L" => {
                image = Some(lossless(body).ok_or_else(|| damaged("图像数据有误"))?);
                pieces.keep(at..next);
            }
            b"ICCP" | b"ALPH" => pieces.keep(at..next),
            b"EXIF" => orientation = Orientation::of_tiff(body.strip_prefix(b"Exif\0\0").unwrap_or(body)),
            _ => {}
        }
        at = next;
    }
    let Some(image) = image else { return Err(damaged("图片没有图像数据")) };
    let size = canvas.map_or(image, |(_, width, height)| (width.max(image.0), height.max(image.1)));
    // Without an extended header there is no place for the turn, and none was there.
    let orientation = if canvas.is_some() { orientation } else { Orientation::UPRIGHT };
    if let Some(tiff) = orientation.tiff() {
        pieces.add([b"EXIF", &26_u32.to_le_bytes()[..], &tiff].concat());
    }
    if let Some((flags, width, height)) = canvas {
        let turned = if orientation == Orientation::UPRIGHT { 0 } else { EXIF };
        let mut head = b"VP8X\x0a\0\0\0".to_vec();
        head.extend_from_slice(&[flags & KEPT_FLAGS | turned, 0, 0, 0]);
        head.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
        head.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
        pieces.insert(0, head);
    }
    let length = u32::try_from(pieces.size() + 4).map_err(|_| damaged("图片过大"))?;
    pieces.insert(0, [b"RIFF", &length.to_le_bytes()[..], b"WEBP"].concat());
    Ok(Parts { size, orientation, pieces })
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(four)).ok()
}

/// Three bytes that count from one.
fn plus_one(three: &[u8]) -> u32 {
    three.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)) + 1
}

fn lossy(body: &[u8]) -> Option<(u32, u32)> {
    let side =
        |at: usize| Some(u32::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?) & 0x3fff));
    (body.get(3..6)? == b"\x9d\x01\x2a").then_some(())?;
    Some((side(6)?, side(8)?))
}

fn lossless(body: &[u8]) -> Option<(u32, u32)> {
    (*body.first()? == 0x2f).then_some(())?;
    let bits = u32::from_le_bytes(body.get(1..5)?.try_into().ok()?);
    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
