//! What a package (zip) or a compound file really is. Programs in documents, passwords and bombs are refused.

use super::ReadSeek;
use crate::sheet::check_part_count;
use domain::file::{FileError, MediaType};
use std::io::{BufReader, Read, Seek, SeekFrom};
use zip::ZipArchive;

/// Nothing a clerk writes unpacks to more.
const MAX_UNPACKED: u64 = 1 << 30;

fn damaged(error: impl std::fmt::Display) -> FileError {
    FileError::Damaged(error.to_string())
}

/// The type of a package, or what it is instead.
pub(super) fn package(input: &mut dyn ReadSeek) -> Result<Result<MediaType, &'static str>, FileError> {
    check_part_count(input).map_err(|error| match error {
        crate::sheet::SheetError::ZipBomb => FileError::Bomb,
        other => damaged(other),
    })?;
    let mut zip = ZipArchive::new(BufReader::with_capacity(16 << 10, input)).map_err(damaged)?;
    let mut unpacked = 0_u64;
    let mut parts = Vec::with_capacity(zip.len());
    for index in 0..zip.len() {
        let part = zip.by_index_raw(index).map_err(damaged)?;
        if part.encrypted() {
            return Err(FileError::Encrypted);
        }
        unpacked = unpacked.saturating_add(part.size());
        parts.push(part.name().map_err(damaged)?.to_lowercase());
    }
    if unpacked > MAX_UNPACKED {
        return Err(FileError::Bomb);
    }
    let has = |path: &str| parts.iter().any(|part| part == path);
    let is_program = |part: &String| {
        part.ends_with("vbaproject.bin") || part.contains("/macrosheets/") || part.starts_with("basic/")
    };
    if parts.iter().any(is_program) {
        return Err(FileError::Macros);
    }
    if has("[content_types].xml") {
        return Ok(if has("word/document.xml") {
            Ok(MediaType::Docx)
        } else if has("xl/workbook.xml") {
            Ok(MediaType::Xlsx)
        } else if has("xl/workbook.bin") {
            Err(" xlsb 二进制工作簿")
        } else if parts.iter().any(|part| part.starts_with("ppt/")) {
            Err("演示文稿")
        } else {
            Err(" ZIP 压缩包")
        });
    }
    Ok(match open_document(&mut zip).as_deref() {
        Some(kind) if kind == MediaType::Ods.code() => Ok(MediaType::Ods),
        Some(kind) if kind == MediaType::Odt.code() => Ok(MediaType::Odt),
        _ => Err(" ZIP 压缩包"),
    })
}

/// What an OpenDocument package says it is.
fn open_document<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Option<String> {
    let mut kind = String::new();
    zip.by_name("mimetype").ok()?.take(80).read_to_string(&mut kind).ok()?;
    Some(kind.trim().to_owned())
}

/// The type of a compound file by the names in its directory, or what it is instead.
pub(super) fn compound(input: &mut dyn ReadSeek) -> Result<Result<MediaType, &'static str>, FileError> {
    input.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let mut input = BufReader::with_capacity(64 << 10, input);
    let mut entry = [0; 128];
    let mut found = None;
    // Entries of a directory are 128 bytes and stand at multiples of them.
    while read_whole(&mut input, &mut entry)? {
        match name(&entry).as_deref() {
            Some("EncryptedPackage") => return Err(FileError::Encrypted),
            Some("_VBA_PROJECT") => return Err(FileError::Macros),
            Some("Workbook" | "Book") => found = Some(MediaType::Xls),
            Some("WordDocument") => found = Some(MediaType::Doc),
            _ => {}
        }
    }
    Ok(found.ok_or("其他 Office 97-2003 文件"))
}

fn read_whole(input: &mut impl Read, block: &mut [u8]) -> Result<bool, FileError> {
    match input.read_exact(block) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(damaged(error)),
    }
}

/// The name of a directory entry: UTF-16 with its length in bytes behind it, and a kind of stream or storage.
fn name(entry: &[u8; 128]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]]));
    if !(4..=64).contains(&length) || length % 2 != 0 || !matches!(entry[66], 1 | 2) {
        return None;
    }
    let units = entry[..length - 2].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}
