//! The zip package of a workbook, within bounds.

use super::{Input, Limits, SheetError};
use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::read::ZipFile;

/// Parts a workbook may have; a crafted directory alone could otherwise fill the memory.
const MAX_PARTS: u64 = 20_000;

/// An opened package.
pub(crate) struct Package<'a> {
    zip: ZipArchive<BufReader<&'a mut dyn Input>>,
    /// By lower-case path.
    parts: HashMap<String, usize>,
}

impl<'a> Package<'a> {
    /// As [`Self::open_any`]; what is no workbook is refused.
    pub(crate) fn open(input: &'a mut dyn Input, limits: &Limits) -> Result<Self, SheetError> {
        let package = Self::open_any(input, limits)?;
        match package.foreign() {
            Some(real) => Err(SheetError::NotWhatItsNameSays { name: "文件".to_owned(), real }),
            None => Ok(package),
        }
    }

    /// Checks the directory: encryption, and what the parts claim to unpack to.
    pub(crate) fn open_any(input: &'a mut dyn Input, limits: &Limits) -> Result<Self, SheetError> {
        check_part_count(input)?;
        let mut zip =
            ZipArchive::new(BufReader::with_capacity(64 << 10, input)).map_err(SheetError::unreadable)?;
        let mut parts = HashMap::with_capacity(zip.len());
        let mut unpacked = 0_u64;
        for index in 0..zip.len() {
            let part = zip.by_index_raw(index).map_err(SheetError::unreadable)?;
            if part.encrypted() {
                return Err(SheetError::Encrypted);
            }
            unpacked = unpacked.saturating_add(part.size());
            parts.insert(normal_path(&part.name().map_err(SheetError::unreadable)?), index);
        }
        if unpacked > limits.max_unpacked_bytes {
            return Err(SheetError::ZipBomb);
        }
        Ok(Self { zip, parts })
    }

    /// The paths of all parts, in lower case and in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.parts.keys().cloned().collect();
        paths.sort_unstable();
        paths
    }

    /// Whether it is an OpenDocument package (else it is taken for xlsx).
    pub(crate) fn is_ods(&self) -> bool {
        self.has("content.xml") && !self.has("xl/workbook.xml")
    }

    fn foreign(&self) -> Option<&'static str> {
        let has = |start: &str| self.parts.keys().any(|path| path.starts_with(start));
        if self.has("xl/workbook.bin") {
            Some(" xlsb 二进制工作簿")
        } else if has("xl/")
            || self.has("content.xml")
            || self.has("_rels/.rels") && !has("word/") && !has("ppt/")
        {
            None
        } else if has("word/") {
            Some(" Word 文档")
        } else if has("ppt/") {
            Some("演示文稿")
        } else {
            Some(" ZIP 压缩包")
        }
    }

    /// Whether there is such a part.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.parts.contains_key(&normal_path(path))
    }

    /// The stream of a part. It ends with an error when it unpacks to more than it claims.
    pub(crate) fn part(&mut self, path: &str) -> Result<Option<Part<'_, 'a>>, SheetError> {
        let Some(&index) = self.parts.get(&normal_path(path)) else { return Ok(None) };
        let inner = self.zip.by_index(index).map_err(SheetError::unreadable)?;
        let left = inner.size();
        Ok(Some(Part { inner, left }))
    }

    /// As [`Self::part`], for one that must be there.
    pub(crate) fn required(&mut self, path: &str) -> Result<Part<'_, 'a>, SheetError> {
        self.part(path)?.ok_or_else(|| SheetError::Unreadable(format!("缺少 {path}")))
    }
}

fn normal_path(path: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for step in path.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." => drop(out.pop()),
            _ => out.push(step.to_lowercase()),
        }
    }
    out.join("/")
}

/// Reads the number of parts from the end record before the directory is loaded.
pub(crate) fn check_part_count<I: Read + Seek + ?Sized>(input: &mut I) -> Result<(), SheetError> {
    let end = input.seek(SeekFrom::End(0))?;
    let start = end.saturating_sub(22 + 65_535);
    input.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    (&mut *input).take(end - start).read_to_end(&mut tail)?;
    input.seek(SeekFrom::Start(0))?;
    let at =
        memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or_else(|| SheetError::unreadable("压缩包不完整"))?;
    match tail.get(at + 10..at + 12) {
        Some(&[low, high]) if u64::from(u16::from_le_bytes([low, high])) <= MAX_PARTS => Ok(()),
        _ => Err(SheetError::ZipBomb),
    }
}

/// One part being unpacked.
pub(crate) struct Part<'p, 'a> {
    inner: ZipFile<'p, BufReader<&'a mut dyn Input>>,
    left: u64,
}

impl Read for Part<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other(Bomb))?;
        Ok(count)
    }
}

/// A part unpacks to more than it claims.
#[derive(Debug, thiserror::Error)]
#[error("解压后的大小与声明不符")]
pub(crate) struct Bomb;

/// What an error while unpacking means.
pub(crate) fn unpack_error(error: &io::Error) -> SheetError {
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Bomb>) {
        SheetError::ZipBomb
    } else {
        SheetError::unreadable(error)
    }
}
