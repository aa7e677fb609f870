//! What a file really is, by its first bytes.

/// The kind of content.
pub(crate) enum Content {
    /// xlsx, ods or another package.
    Zip,
    /// xls, or an encrypted xlsx.
    Ole,
    /// CSV.
    Text,
    /// Wrapped by a document guard.
    Locked,
    /// Something else, by its Chinese name.
    Other(&'static str),
}

const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF", " PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"Rar!", " RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", " 7z 压缩包"),
    (b"\x1f\x8b", "压缩文件"),
    (b"{\\rtf", " RTF 文档"),
    (b"SQLite format 3", "数据库文件"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
];

pub(crate) fn content(head: &[u8]) -> Content {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Content::Zip;
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Content::Ole;
    }
    if head.starts_with(b"%TSD-Header") || contains(head.get(..64).unwrap_or(head), b"E-SafeNet") {
        return Content::Locked;
    }
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let is_text = utf16 || !head.iter().any(|&byte| byte < 9 || (14..27).contains(&byte));
    let magic = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    match magic {
        // "BM" and "MZ" may also be the start of a table.
        Some((bytes, real)) if bytes.len() > 2 || !is_text => return Content::Other(real),
        _ => {}
    }
    if !is_text {
        return Content::Other("二进制数据");
    }
    markup(head).map_or(Content::Text, Content::Other)
}

/// Web pages and XML that are saved with the name of a table.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
    let text: Vec<u8> = text.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let text = text.strip_prefix(&[0xff, 0xfe]).unwrap_or(&text).trim_ascii_start();
    if !text.starts_with(b"<") {
        return None;
    }
    if contains(text, b"urn:schemas-microsoft-com:office:spreadsheet") && text.starts_with(b"<?xml") {
        return Some(" XML 表格");
    }
    let page = [&b"<html"[..], b"<!doctype", b"<table", b"<meta", b"<head", b"<style", b"<body"];
    if page.iter().any(|tag| contains(text, tag)) {
        return Some("网页（HTML）");
    }
    text.starts_with(b"<?xml").then_some(" XML 文件")
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}
