//! A picture without what its camera says of itself, place and time. The image data are copied as they are: every
//! part of the file that is not known to be needed for showing the picture is left out, also what stands behind its
//! end. Only the turn is kept, in a fresh block that holds nothing else.

use super::exif::Orientation;
use super::{jpeg, png, webp};
use domain::file::{FileError, MAX_PIXELS, MediaType};
use std::ops::Range;

/// A piece of the cleaned file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Bytes of the original.
    Keep(Range<usize>),
    /// Bytes of our own.
    New(Vec<u8>),
}

/// The pieces of a cleaned file in order; neighbours are joined.
#[derive(Debug, Default)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    pub(super) fn keep(&mut self, range: Range<usize>) {
        match self.0.last_mut() {
            Some(Piece::Keep(last)) if last.end == range.start => last.end = range.end,
            _ => self.0.push(Piece::Keep(range)),
        }
    }

    pub(super) fn add(&mut self, bytes: Vec<u8>) {
        self.0.push(Piece::New(bytes));
    }

    /// Places a piece of our own before all others from this place on.
    pub(super) fn insert(&mut self, place: usize, bytes: Vec<u8>) {
        self.0.insert(place, Piece::New(bytes));
    }

    /// Bytes of all pieces.
    pub(super) fn size(&self) -> usize {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Keep(range) => range.len(),
                Piece::New(bytes) => bytes.len(),
            })
            .sum()
    }
}

/// What a reader of one format found.
pub(super) struct Parts {
    /// Pixels across and down as stored.
    pub size: (u32, u32),
    pub orientation: Orientation,
    pub pieces: Pieces,
}

/// A picture that may be kept.
#[derive(Debug)]
pub struct Picture {
    /// JPEG, PNG or WebP.
    pub media_type: MediaType,
    /// Pixels across when upright.
    pub width: u32,
    /// Pixels down when upright.
    pub height: u32,
    /// How it has to be turned.
    pub orientation: Orientation,
    pieces: Pieces,
}

impl Picture {
    /// Takes a picture apart without decoding it. One that is cut off, moves or has too many pixels is refused.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let (media_type, parts) = if bytes.starts_with(jpeg::MAGIC) {
            (MediaType::Jpeg, jpeg::read(bytes)?)
        } else if bytes.starts_with(png::MAGIC) {
            (MediaType::Png, png::read(bytes)?)
        } else {
            (MediaType::WebP, webp::read(bytes)?)
        };
        let (width, height) = parts.size;
        if width == 0 || height == 0 {
            return Err(FileError::Damaged("图片没有宽高".to_owned()));
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(FileError::TooManyPixels { width, height, limit: MAX_PIXELS / 10_000 });
        }
        let (width, height) = if parts.orientation.is_sideways() { (height, width) } else { (width, height) };
        Ok(Self { media_type, width, height, orientation: parts.orientation, pieces: parts.pieces })
    }

    /// The cleaned file, in pieces of the original and a few bytes of our own.
    pub fn clean<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.pieces.0.iter().map(|piece| match piece {
            Piece::Keep(range) => bytes.get(range.clone()).unwrap_or_default(),
            Piece::New(own) => own.as_slice(),
        })
    }
}
