use super::testing::{SECRETS, chunk, jpeg_of, png_of, scene, segment, telephone, tiff, webp_of};
use super::*;
use domain::file::FileKind;
use image::RgbImage;
use proptest::prelude::*;
use std::io::{Cursor, Write};

fn cleaned(bytes: &[u8]) -> Vec<u8> {
    Picture::read(bytes).unwrap().clean(bytes).flatten().copied().collect()
}

fn has(bytes: &[u8], word: &str) -> bool {
    memchr::memmem::find(bytes, word.as_bytes()).is_some()
}

fn holds_no_secret(bytes: &[u8]) {
    for word in SECRETS {
        assert!(!has(bytes, word), "{word} is left");
    }
}

fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

#[test]
fn nothing_of_the_camera_is_left_in_a_jpeg_and_every_pixel_is() {
    let original = telephone(&scene(321, 200, 1), 6);
    for word in SECRETS {
        assert!(has(&original, word), "the test's own picture lacks {word}");
    }
    let clean = cleaned(&original);
    holds_no_secret(&clean);
    assert_eq!(pixels(&clean), pixels(&original));
    assert_eq!(cleaned(&clean), clean, "cleaning twice is cleaning once");
    let again = Picture::read(&clean).unwrap();
    assert_eq!((again.orientation.number(), again.width, again.height), (6, 200, 321));
    // Nothing behind the end, and no block of ours when there is nothing to turn.
    assert!(clean.ends_with(&[0xff, 0xd9]));
    let upright = cleaned(&telephone(&scene(64, 48, 1), 1));
    assert!(!has(&upright, "Exif"));
}

#[test]
fn a_jpeg_keeps_its_colours_and_loses_the_small_picture_in_its_head() {
    let plain = jpeg_of(&scene(40, 30, 2), 80);
    let profile = segment(0xe2, b"ICC_PROFILE\0\x01\x01the colours");
    let head = segment(0xe0, b"JFIF\0\x01\x02\x01\x00\x48\x00\x48\x02\x01GPSSECRET");
    let original = [&plain[..2], &head, &profile, &plain[20..]].concat();
    let clean = cleaned(&original);
    holds_no_secret(&clean);
    assert!(has(&clean, "ICC_PROFILE\0\x01\x01the colours") && has(&clean, "\x01\x00\x48\x00\x48\x00\x00"));
    assert_eq!(pixels(&clean), pixels(&plain));
}

#[test]
fn all_eight_turns_stand_upright_in_the_small_copy() {
    let upright = scene(400, 260, 3);
    let expected = thumbnail(&jpeg_of(&upright, 90)).unwrap();
    let wanted = pixels(&expected.jpeg);
    assert_eq!(wanted.dimensions(), (320, 208));
    for turn in 1..=8_u8 {
        let inverse = match turn {
            6 => 8,
            8 => 6,
            own => own,
        };
        let mut stored = image::DynamicImage::ImageRgb8(upright.clone());
        stored.apply_orientation(image::metadata::Orientation::from_exif(inverse).unwrap());
        let original = telephone(&stored.into_rgb8(), turn);
        let clean = cleaned(&original);
        let picture = Picture::read(&clean).unwrap();
        assert_eq!((picture.width, picture.height), (400, 260), "turn {turn}");
        let small = thumbnail(&clean).unwrap();
        holds_no_secret(&small.jpeg);
        let got = pixels(&small.jpeg);
        assert_eq!(got.dimensions(), wanted.dimensions(), "turn {turn}");
        let off: u64 = got.as_raw().iter().zip(wanted.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(off / (wanted.as_raw().len() as u64) < 4, "turn {turn} is off by {off}");
        assert!(small.near.unwrap().distance(expected.near.unwrap()) <= 2, "turn {turn}");
    }
}

#[test]
fn texts_times_and_whatever_follows_are_left_out_of_a_png() {
    let plain = png_of(&scene(50, 40, 4));
    let mut original = plain[..33].to_vec();
    original.extend(chunk(*b"tEXt", b"Comment\0a comment"));
    original.extend(chunk(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>"));
    original.extend(chunk(*b"tIME", b"\x07\xe8\x07\x14\x09\x1e\0"));
    original.extend(chunk(*b"eXIf", &tiff(8)));
    original.extend(chunk(*b"acTL", b"\0\0\0\x01\0\0\0\0"));
    original.extend(chunk(*b"prVt", b"GPSSECRET"));
    original.extend(&plain[33..]);
    original.extend(b"PK\x03\x04 a whole archive with GPSSECRET");
    let clean = cleaned(&original);
    holds_no_secret(&clean);
    assert!(!has(&clean, "tIME") && !has(&clean, "PK\x03\x04"));
    assert_eq!(pixels(&clean), pixels(&plain));
    let picture = Picture::read(&clean).unwrap();
    assert_eq!((picture.width, picture.height, picture.orientation.number()), (40, 50, 8));
    assert_eq!(cleaned(&clean), clean);
    assert_eq!(pixels(&thumbnail(&clean).unwrap().jpeg).dimensions(), (40, 50));
}

/// A WebP with an extended header: flags, canvas, and chunks behind the picture.
fn extended(plain: &[u8], flags: u8, canvas: (u32, u32), more: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBPVP8X\x0a\0\0\0".to_vec();
    body.extend([flags, 0, 0, 0]);
    body.extend(&(canvas.0 - 1).to_le_bytes()[..3]);
    body.extend(&(canvas.1 - 1).to_le_bytes()[..3]);
    body.extend(&plain[12..]);
    for (kind, content) in more {
        body.extend(*kind);
        body.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        body.extend(content);
        if content.len() % 2 == 1 {
            body.push(0);
        }
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

#[test]
fn a_webp_keeps_picture_and_turn_only() {
    let plain = webp_of(&scene(60, 34, 5));
    assert_eq!(cleaned(&plain), plain);
    let more = [
        (b"EXIF", [b"Exif\0\0", &tiff(6)[..]].concat()),
        (b"XMP ", b"<x:xmpmeta>GPSSECRET".to_vec()),
        (b"prvt", b"HUAWEI!".to_vec()),
    ];
    let mut original = extended(&plain, 0x0c, (60, 34), &more);
    original.extend(b"GPSSECRET behind the end");
    let clean = cleaned(&original);
    holds_no_secret(&clean);
    assert_eq!(pixels(&clean), pixels(&plain));
    let picture = Picture::read(&clean).unwrap();
    assert_eq!((picture.width, picture.height, picture.orientation.number()), (34, 60, 6));
    assert_eq!(cleaned(&clean), clean);
    assert_eq!(pixels(&thumbnail(&clean).unwrap().jpeg).dimensions(), (34, 60));
    assert_eq!(Picture::read(&extended(&plain, 0x02, (60, 34), &[])).unwrap_err(), FileError::Animated);
}

#[test]
fn bombs_are_refused_by_what_their_head_says() {
    let too_many = |bytes: &[u8]| {
        let error = Picture::read(bytes).unwrap_err();
        assert!(matches!(error, FileError::TooManyPixels { .. }), "{error}");
        assert!(matches!(thumbnail(bytes).unwrap_err(), FileError::TooManyPixels { .. }));
    };
    let mut jpeg = jpeg_of(&scene(16, 16, 1), 80);
    let frame = memchr::memmem::find(&jpeg, &[0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    too_many(&jpeg);
    let mut png = png_of(&scene(16, 16, 1));
    png[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
    too_many(&png);
    let webp = webp_of(&scene(16, 16, 1));
    too_many(&extended(&webp, 0, (16_000, 16_000), &[]));
    let mut webp = webp;
    webp[21..25].copy_from_slice(&[0xff, 0xff, 0xff, 0x0f]);
    too_many(&webp);
    // 64 megapixels are still taken.
    let mut png = png_of(&scene(16, 16, 1));
    png[16..24].copy_from_slice(&[0, 0, 0x20, 0, 0, 0, 0x20, 0]);
    assert!(Picture::read(&png).is_ok());
}

#[test]
fn a_picture_cut_off_anywhere_is_refused() {
    let picture = scene(24, 16, 6);
    for whole in [jpeg_of(&picture, 80), png_of(&picture), webp_of(&picture)] {
        for cut in 3..whole.len() {
            assert!(Picture::read(&whole[..cut]).is_err(), "cut at {cut} of {}", whole.len());
        }
        assert!(Picture::read(&whole).is_ok());
    }
}

#[test]
fn the_same_picture_is_near_and_others_are_far() {
    let original = scene(640, 420, 7);
    let hash = |bytes: &[u8]| thumbnail(bytes).unwrap().near.unwrap();
    let first = hash(&jpeg_of(&original, 92));
    let resized = image::imageops::thumbnail(&original, 300, 197);
    assert!(first.distance(hash(&jpeg_of(&resized, 40))) <= domain::file::NEAR);
    let brighter = image::imageops::colorops::brighten(&original, 20);
    assert!(first.distance(hash(&jpeg_of(&brighter, 70))) <= domain::file::NEAR);
    for seed in 8..20 {
        let other = hash(&jpeg_of(&scene(640, 420, seed), 92));
        assert!(first.distance(other) > domain::file::NEAR, "{seed}");
    }
    let wall = RgbImage::from_pixel(64, 64, image::Rgb([200, 200, 200]));
    assert_eq!(thumbnail(&jpeg_of(&wall, 90)).unwrap().near, None);
}

#[test]
fn transparent_parts_stand_on_white() {
    let clear = image::RgbaImage::from_pixel(20, 10, image::Rgba([0, 0, 0, 0]));
    let mut out = Cursor::new(Vec::new());
    clear.write_to(&mut out, image::ImageFormat::Png).unwrap();
    let small = pixels(&thumbnail(&out.into_inner()).unwrap().jpeg);
    assert!(small.as_raw().iter().all(|byte| *byte > 250));
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A compound file whose directory has one entry of this name.
fn compound(name: &str) -> Vec<u8> {
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(4096, 0);
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    file[1024..1024 + units.len()].copy_from_slice(&units);
    file[1024 + 64] = u8::try_from(units.len() + 2).unwrap();
    file[1024 + 66] = 2;
    file
}

fn seen(bytes: Vec<u8>, kind: FileKind, name: &str) -> Result<MediaType, FileError> {
    recognise(&mut Cursor::new(bytes), kind.rule(), name)
}

#[test]
fn a_file_is_what_its_content_is() {
    use FileKind::{Attachment, Photo};
    let picture = scene(8, 8, 1);
    let word = || package(&[("[Content_Types].xml", b""), ("word/document.xml", b"")]);
    let sheet = || package(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b"")]);
    let ods = package(&[("mimetype", MediaType::Ods.code().as_bytes()), ("content.xml", b"")]);
    for (bytes, kind, name, found) in [
        (jpeg_of(&picture, 80), Photo, "走访.jpg", MediaType::Jpeg),
        (png_of(&picture), Photo, "走访.png", MediaType::Png),
        (webp_of(&picture), Attachment, "走访.webp", MediaType::WebP),
        (b"%PDF-1.7\n".to_vec(), Attachment, "通知.pdf", MediaType::Pdf),
        (word(), Attachment, "报告.docx", MediaType::Docx),
        (sheet(), Attachment, "表.xlsx", MediaType::Xlsx),
        (ods, Attachment, "表.ods", MediaType::Ods),
        (compound("Workbook"), Attachment, "表.xls", MediaType::Xls),
        (compound("WordDocument"), Attachment, "报告.doc", MediaType::Doc),
        ("姓名,单位\n".into(), Attachment, "表.csv", MediaType::Csv),
        ("说明".into(), Attachment, "说明.txt", MediaType::Text),
    ] {
        assert_eq!(seen(bytes, kind, name), Ok(found), "{name}");
    }
    for (bytes, kind, name, code) in [
        (word(), Attachment, "报告.xlsx", "file.not_what_its_name_says"),
        (word(), Photo, "报告.docx", "file.not_allowed"),
        (jpeg_of(&picture, 80), Photo, "走访.png", "file.not_what_its_name_says"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), Photo, "IMG_0001.HEIC", "file.heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic".to_vec(), Photo, "走访.jpg", "file.heic"),
        (b"\0\0\0\x18ftypisom".to_vec(), Photo, "走访.mp4", "file.not_allowed"),
        (b"GIF89a....".to_vec(), Photo, "走访.gif", "file.not_allowed"),
        (b"MZ\x90\0\x03\0\0\0".to_vec(), Attachment, "报告.docx", "file.not_allowed"),
        (b"<!doctype html><script>".to_vec(), Attachment, "说明.txt", "file.not_allowed"),
        (package(&[("a.txt", b"x")]), Attachment, "包.docx", "file.not_allowed"),
        (compound("EncryptedPackage"), Attachment, "表.xlsx", "file.encrypted"),
        (compound("_VBA_PROJECT"), Attachment, "表.xls", "file.macros"),
        (compound("PowerPoint Document"), Attachment, "片.xls", "file.not_allowed"),
        (
            package(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")]),
            Attachment,
            "表.xlsx",
            "file.macros",
        ),
        (b"PK\x03\x04\x14\0".to_vec(), Attachment, "表.xlsx", "file.damaged"),
    ] {
        let error = seen(bytes, kind, name).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
    }
}

#[test]
fn a_package_that_claims_to_unpack_to_too_much_is_refused() {
    let mut bytes = package(&[("[Content_Types].xml", b""), ("word/document.xml", b"x")]);
    let entry = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[entry + 24..entry + 28].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    assert_eq!(seen(bytes, FileKind::Attachment, "报告.docx"), Err(FileError::Bomb));
}

proptest! {
    #[test]
    fn no_change_of_a_picture_makes_the_reader_panic_or_leaves_a_secret(
        place in 0_usize..2_000, byte in any::<u8>(), cut in 0_usize..2_000, turn in 1_u8..=8,
    ) {
        let picture = scene(24, 16, 6);
        for mut bytes in [telephone(&picture, turn), png_of(&picture), webp_of(&picture)] {
            let at = place % bytes.len();
            bytes[at] = byte;
            if let Ok(read) = Picture::read(&bytes) {
                let clean: Vec<u8> = read.clean(&bytes).flatten().copied().collect();
                prop_assert!(Picture::read(&clean).is_ok());
            }
            let _ = Picture::read(&bytes[..cut % bytes.len()]);
        }
    }
}
