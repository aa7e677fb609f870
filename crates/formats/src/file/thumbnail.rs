//! A small copy of a picture, upright, and the gradient by which pictures that look alike are found.

use super::Picture;
use domain::file::{FileError, MAX_PIXELS, MediaType, NearHash};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::thumbnail as thumbnail_of;
use image::metadata::Orientation as Turn;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage, Rgba};
use std::io::Cursor;

/// The longer side of a small copy.
pub const SIDE: u32 = 320;
const QUALITY: u8 = 80;

/// A small copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// JPEG without anything but the picture.
    pub jpeg: Vec<u8>,
    /// The gradient; `None` when the picture is too plain to be told from others.
    pub near: Option<NearHash>,
}

fn damaged(error: impl std::fmt::Display) -> FileError {
    FileError::Damaged(error.to_string())
}

/// Decodes a picture and makes it small. Takes as much memory as the decoded picture: up to 192 MB.
pub fn thumbnail(bytes: &[u8]) -> Result<Thumbnail, FileError> {
    let picture = Picture::read(bytes)?;
    let format = match picture.media_type {
        MediaType::Png => ImageFormat::Png,
        MediaType::WebP => ImageFormat::WebP,
        _ => ImageFormat::Jpeg,
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 4);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let decoded = reader.decode().map_err(damaged)?;
    let mut upright = DynamicImage::ImageRgb8(shrink(decoded));
    if let Some(turn) = Turn::from_exif(picture.orientation.number()) {
        upright.apply_orientation(turn);
    }
    let upright = upright.into_rgb8();
    let mut jpeg = Vec::with_capacity(32 << 10);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&upright).map_err(damaged)?;
    Ok(Thumbnail { jpeg, near: Some(gradient(&upright)).filter(|hash| hash.is_telling()) })
}

/// The size in which the longer side fits; a small picture is not enlarged.
fn fit(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height).max(SIDE);
    let scaled = |side: u32| {
        let scaled = u64::from(side) * u64::from(SIDE) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(SIDE).max(1)
    };
    (scaled(width), scaled(height))
}

fn shrink(decoded: DynamicImage) -> RgbImage {
    let (width, height) = fit(decoded.width(), decoded.height());
    if !decoded.color().has_alpha() {
        return thumbnail_of(&decoded.into_rgb8(), width, height);
    }
    // Transparent parts stand on white, before their hidden colours can mix with what is seen.
    let mut full = decoded.into_rgba8();
    for Rgba([red, green, blue, alpha]) in full.pixels_mut() {
        for colour in [red, green, blue] {
            let over = u16::from(*colour) * u16::from(*alpha) + 255 * (255 - u16::from(*alpha));
            *colour = u8::try_from(over / 255).unwrap_or(u8::MAX);
        }
        *alpha = u8::MAX;
    }
    DynamicImage::ImageRgba8(thumbnail_of(&full, width, height)).into_rgb8()
}

/// Nine by eight grey points; each bit says whether a point is darker than its right neighbour.
fn gradient(picture: &RgbImage) -> NearHash {
    let points = thumbnail_of(picture, 9, 8);
    let grey: Vec<u32> = points
        .pixels()
        .map(|Rgb([red, green, blue])| {
            299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue)
        })
        .collect();
    let bits = grey.chunks_exact(9).flat_map(|line| line.windows(2).map(|pair| pair[0] < pair[1]));
    NearHash(bits.fold(0, |hash, bit| hash << 1 | u64::from(bit)))
}
