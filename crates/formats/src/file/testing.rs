//! Pictures for tests, as telephones write them: with make, time, place and much else.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};

/// What must not be left of a picture's history.
pub const SECRETS: &[&str] =
    &["HUAWEI", "2024:07:20", "GPSSECRET", "xmpmeta", "IPTCSECRET", "a comment", "JFXX", "MPF", "Exif\0\0II"];

/// A picture with soft shapes that depend on `seed`, different in each corner.
pub fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (x * 240 / width, y * 240 / height);
        let spot = |n: u32| {
            let (cx, cy) = ((seed * 97 + n * 131) % 240, (seed * 57 + n * 71) % 240);
            let far = across.abs_diff(cx).pow(2) + down.abs_diff(cy).pow(2);
            160_u32.saturating_sub(far / 24)
        };
        let grey = (1..6).map(spot).max().unwrap_or(0);
        let byte = |value: u32| u8::try_from(value.min(255)).unwrap_or(255);
        image::Rgb([byte(grey + across / 4), byte(grey + down / 4), byte(60 + grey / 2)])
    })
}

/// The same as JPEG.
pub fn jpeg_of(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, quality).encode_image(picture).unwrap();
    out
}

/// The same as PNG.
pub fn png_of(picture: &RgbImage) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// The same as WebP, without an extended header.
pub fn webp_of(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    let (width, height) = picture.dimensions();
    WebPEncoder::new_lossless(&mut out)
        .write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .unwrap();
    out
}

/// A TIFF block with make, turn, time and a GPS directory.
pub fn tiff(orientation: u8) -> Vec<u8> {
    let mut out = b"II\x2a\0\x08\0\0\0".to_vec();
    let entries: [(u16, u16, u32, u32); 4] = [
        (0x010f, 2, 7, 100),
        (0x0112, 3, 1, u32::from(orientation)),
        (0x0132, 2, 20, 110),
        (0x8825, 4, 1, 130),
    ];
    out.extend_from_slice(&4_u16.to_le_bytes());
    for (tag, kind, count, value) in entries {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.resize(100, 0);
    out.extend_from_slice(b"HUAWEI\0");
    out.resize(110, 0);
    out.extend_from_slice(b"2024:07:20 09:30:00\0");
    // One entry: the latitude as three fractions.
    out.extend_from_slice(b"\x01\0\x02\0\x05\0\x03\0\0\0\x94\0\0\0\0\0\0\0");
    out.extend_from_slice(&[29, 0, 0, 0, 1, 0, 0, 0, 59, 0, 0, 0, 1, 0, 0, 0, 57, 0, 0, 0, 1, 0, 0, 0]);
    out.extend_from_slice(b"GPSSECRET");
    out
}

pub fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap();
    [&[0xff, marker][..], &length.to_be_bytes(), body].concat()
}

/// A JPEG as a telephone writes it; behind its end stands a second one, as for the depth of a portrait.
pub fn telephone(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let plain = jpeg_of(picture, 88);
    let exif = segment(0xe1, &[b"Exif\0\0", &tiff(orientation)[..]].concat());
    let mut out = vec![0xff, 0xd8];
    out.extend(&exif);
    out.extend(segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPSSECRET</x:xmpmeta>"));
    out.extend(segment(0xed, b"Photoshop 3.0\0IPTCSECRET"));
    out.extend(segment(0xfe, b"a comment"));
    out.extend(segment(0xe2, b"MPF\0second picture"));
    out.extend(segment(0xe0, b"JFXX\0\x10 a small picture"));
    out.extend(&plain[2..plain.len() - 2]);
    // Between the last scan and the end.
    out.extend(segment(0xfe, b"a comment"));
    out.extend([0xff, 0xd9]);
    out.extend([0xff, 0xd8]);
    out.extend(exif);
    out.extend(&plain[2..]);
    out
}

pub fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(&kind);
    out.extend_from_slice(body);
    let sum = out[4..].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    out.extend_from_slice(&(!sum).to_be_bytes());
    out
}
