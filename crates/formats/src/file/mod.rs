//! What a file that someone hands in really is, and a picture without what its camera says of itself.

mod exif;
mod jpeg;
mod office;
mod picture;
mod png;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod thumbnail;
mod webp;

pub use exif::Orientation;
pub use picture::Picture;
pub use thumbnail::{SIDE, Thumbnail, thumbnail};

use crate::sheet::{Content, content};
use domain::file::{self as rules, FileError, KindRule, MediaType};
use std::io::{Read, Seek, SeekFrom};

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Bytes by which most contents are known.
const HEAD: u64 = 4096;

/// The type of a file by its content, held against what its kind may be and against its name. Only the parts that
/// tell are read; nothing is unpacked, no picture is decoded.
pub fn recognise(input: &mut dyn ReadSeek, rule: &KindRule, name: &str) -> Result<MediaType, FileError> {
    let unreadable = |error: std::io::Error| FileError::Damaged(error.to_string());
    let mut head = Vec::new();
    input.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    (&mut *input).take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
    let found = match by_head(&head) {
        Head::Is(found) => found,
        Head::Heic => return Err(FileError::Heic),
        Head::Other(what) => return Err(rule.not_allowed(what)),
        Head::Locked => return Err(FileError::Encrypted),
        Head::Zip => office::package(input)?.map_err(|what| rule.not_allowed(what))?,
        Head::Ole => office::compound(input)?.map_err(|what| rule.not_allowed(what))?,
        // Text has no marks of its own: its name decides which it is.
        Head::Text if rules::ending(name) == "csv" => MediaType::Csv,
        Head::Text if rules::ending(name) == "json" => MediaType::Json,
        Head::Text => MediaType::Text,
    };
    rule.check_type(found)?;
    rules::check_name(name, found)?;
    Ok(found)
}

enum Head {
    Is(MediaType),
    Heic,
    Locked,
    Zip,
    Ole,
    Text,
    Other(&'static str),
}

fn by_head(head: &[u8]) -> Head {
    if head.starts_with(jpeg::MAGIC) {
        return Head::Is(MediaType::Jpeg);
    }
    if head.starts_with(png::MAGIC) {
        return Head::Is(MediaType::Png);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Head::Is(MediaType::WebP);
    }
    if head.starts_with(b"%PDF-") {
        return Head::Is(MediaType::Pdf);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return match head.get(8..12) {
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"heif" | b"mif1" | b"msf1") => {
                Head::Heic
            }
            Some(b"avif" | b"avis") => Head::Other(" AVIF 图片"),
            _ => Head::Other("视频"),
        };
    }
    match content(head) {
        Content::Zip => Head::Zip,
        Content::Ole => Head::Ole,
        Content::Locked => Head::Locked,
        Content::Text => Head::Text,
        Content::Other(what) => Head::Other(what),
    }
}
