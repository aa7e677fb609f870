//! A small copy of a picture, upright, and the gradient by which pictures that look alike are found.

use super::Picture;
use domain::file::{FileError, MAX_PIXELS, MediaType, NearHash};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation as Turn;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};
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
    let small = shrink(decoded)?;
    let mut upright = DynamicImage::ImageRgb8(small);
    if let Some(turn) = Turn::from_exif(picture.orientation.number()) {
        upright.apply_orientation(turn);
    }
    let upright = upright.into_rgb8();
    let mut jpeg = Vec::with_capacity(32 << 10);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&upright).map_err(damaged)?;
    Ok(Thumbnail { jpeg, near: gradient(&upright).filter(|hash| hash.is_telling()) })
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

fn shrink(decoded: DynamicImage) -> Result<RgbImage, FileError> {
    let (width, height) = fit(decoded.width(), decoded.height());
    if !decoded.color().has_alpha() {
        let full = decoded.into_rgb8();
        let (across, down) = full.dimensions();
        let small = resize(full.as_raw(), (across, down), (width, height), PixelType::U8x3)?;
        return RgbImage::from_raw(width, height, small).ok_or_else(|| damaged("size"));
    }
    let full = decoded.into_rgba8();
    let (across, down) = full.dimensions();
    let small = resize(full.as_raw(), (across, down), (width, height), PixelType::U8x4)?;
    // Transparent parts stand on white.
    let over = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u16::from(colour), u16::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let flat =
        small.chunks_exact(4).flat_map(|it| [over(it[0], it[3]), over(it[1], it[3]), over(it[2], it[3])]);
    RgbImage::from_raw(width, height, flat.collect()).ok_or_else(|| damaged("size"))
}

fn resize(pixels: &[u8], from: (u32, u32), to: (u32, u32), kind: PixelType) -> Result<Vec<u8>, FileError> {
    let source = ImageRef::new(from.0, from.1, pixels, kind).map_err(damaged)?;
    let mut target = Image::new(to.0, to.1, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&source, &mut target, &options).map_err(damaged)?;
    Ok(target.into_vec())
}

/// Nine by eight grey points; each bit says whether a point is darker than its right neighbour.
fn gradient(picture: &RgbImage) -> Option<NearHash> {
    let points = resize(picture.as_raw(), picture.dimensions(), (9, 8), PixelType::U8x3).ok()?;
    let grey: Vec<u32> = points
        .chunks_exact(3)
        .map(|it| 299 * u32::from(it[0]) + 587 * u32::from(it[1]) + 114 * u32::from(it[2]))
        .collect();
    let bits = grey.chunks_exact(9).flat_map(|line| line.windows(2).map(|pair| pair[0] < pair[1]));
    Some(NearHash(bits.fold(0, |hash, bit| hash << 1 | u64::from(bit))))
}
