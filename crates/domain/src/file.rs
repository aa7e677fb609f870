//! Photos, attachments and the files the program keeps: what is taken, how large, and for how long.
//!
//! A file's type is what its content is; its name only has to agree.

mod error;

pub use error::FileError;

use crate::person::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a file is for.
    FileKind {
        /// A picture of a visit or another activity.
        Photo = "photo", "照片";
        /// A document beside a record.
        Attachment = "attachment", "附件";
        /// What the program wrote for someone: tables, lists, marked findings.
        Export = "export", "导出文件";
        /// What someone handed in to be imported.
        Upload = "upload", "导入原件";
    }
}

words! {
    /// What a file belongs to.
    OwnerKind {
        /// A visit.
        Visit = "visit", "走访";
        /// A unit.
        Unit = "unit", "单位";
        /// A person on the roster: proofs and confirmations.
        Person = "person", "人员";
        /// An import or its plan; its files are seen by whoever made it.
        Import = "import", "导入";
        /// A background job; what it made is seen by whoever started it.
        Job = "job", "后台作业";
    }
}

words! {
    /// What the content of a file is.
    MediaType {
        /// JPEG.
        Jpeg = "image/jpeg", "JPEG 照片";
        /// PNG.
        Png = "image/png", "PNG 图片";
        /// WebP.
        WebP = "image/webp", "WebP 图片";
        /// PDF.
        Pdf = "application/pdf", "PDF 文档";
        /// Word.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档";
        /// Word up to 2003.
        Doc = "application/msword", "Word 97-2003 文档";
        /// Excel.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 工作簿";
        /// Excel up to 2003.
        Xls = "application/vnd.ms-excel", "Excel 97-2003 工作簿";
        /// OpenDocument sheet.
        Ods = "application/vnd.oasis.opendocument.spreadsheet", "ODS 表格";
        /// OpenDocument text.
        Odt = "application/vnd.oasis.opendocument.text", "ODT 文档";
        /// Table as text.
        Csv = "text/csv", "CSV 表格";
        /// Text.
        Text = "text/plain", "文本文件";
        /// Data of the program's own making.
        Json = "application/json", "JSON 数据";
    }
}

use MediaType::{Csv, Doc, Docx, Jpeg, Json, Ods, Odt, Pdf, Png, Text, WebP, Xls, Xlsx};

impl MediaType {
    /// Endings a name may have; the first is the usual one.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Png => &["png"],
            WebP => &["webp"],
            Pdf => &["pdf"],
            Docx => &["docx"],
            Doc => &["doc", "wps"],
            Xlsx => &["xlsx"],
            Xls => &["xls", "et"],
            Ods => &["ods"],
            Odt => &["odt"],
            Csv => &["csv"],
            Text => &["txt"],
            Json => &["json"],
        }
    }

    /// Whether it is a picture: it is cleaned, and has a small copy.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Jpeg | Png | WebP)
    }
}

/// What one kind of file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRule {
    /// The kind.
    pub kind: FileKind,
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// The types it may have.
    pub types: &'static [MediaType],
    /// Days it is kept; `None` until someone deletes it.
    pub kept_days: Option<i64>,
}

const MB: u64 = 1 << 20;

/// The rules, one per kind.
pub const RULES: &[KindRule] = &[
    KindRule { kind: FileKind::Photo, max_bytes: 20 * MB, types: &[Jpeg, Png, WebP], kept_days: None },
    KindRule {
        kind: FileKind::Attachment,
        max_bytes: 50 * MB,
        types: &[Pdf, Docx, Xlsx, Xls, Ods, Csv, Doc, Odt, Text, Jpeg, Png, WebP],
        kept_days: None,
    },
    KindRule {
        kind: FileKind::Export,
        max_bytes: 200 * MB,
        types: &[Xlsx, Docx, Pdf, Csv, Json, Text],
        kept_days: Some(7),
    },
    KindRule {
        kind: FileKind::Upload,
        max_bytes: 200 * MB,
        types: &[Xlsx, Xls, Ods, Csv, Text],
        kept_days: Some(7),
    },
];

/// A picture has no more pixels than this (64 megapixels, what today's telephones take at most in one shot of
/// reasonable size): decoded it fills 192 MB.
pub const MAX_PIXELS: u64 = 1 << 26;

impl FileKind {
    /// The rule of this kind.
    #[must_use]
    pub fn rule(self) -> &'static KindRule {
        RULES.iter().find(|rule| rule.kind == self).unwrap_or(&RULES[0])
    }

    /// Whether it is a by-product with personal data: seen only by whoever made it, and gone after some days.
    #[must_use]
    pub fn is_private(self) -> bool {
        self.rule().kept_days.is_some()
    }
}

impl KindRule {
    /// Whether a file of this size may be of this kind.
    pub fn check_size(&self, bytes: u64) -> Result<(), FileError> {
        if bytes == 0 {
            return Err(FileError::Empty);
        }
        if bytes > self.max_bytes {
            let (megabytes, limit) = (bytes.div_ceil(MB), self.max_bytes / MB);
            return Err(FileError::TooLarge { megabytes, limit, kind: self.kind.label() });
        }
        Ok(())
    }

    /// Whether content of this type may be of this kind.
    pub fn check_type(&self, found: MediaType) -> Result<(), FileError> {
        if self.types.contains(&found) { Ok(()) } else { Err(self.not_allowed(found.label())) }
    }

    /// The refusal of something else, with what is taken.
    #[must_use]
    pub fn not_allowed(&self, found: &str) -> FileError {
        let allowed: Vec<&str> = self.types.iter().map(|it| it.endings()[0]).collect();
        FileError::NotAllowed {
            found: found.to_owned(),
            kind: self.kind.label(),
            allowed: allowed.join("、"),
        }
    }
}

/// How a name ends, in lower case; empty when it does not.
#[must_use]
pub fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Whether the name agrees with the content.
pub fn check_name(name: &str, found: MediaType) -> Result<(), FileError> {
    let ending = ending(name);
    if found.endings().contains(&ending.as_str()) {
        return Ok(());
    }
    Err(FileError::NameDiffers { ending, real: found.label() })
}

/// The longest name, in characters.
pub const MAX_NAME: usize = 120;

/// A name as it is kept: without folders, characters that show nothing, and characters no system takes.
pub fn clean_name(name: &str) -> Result<String, FileError> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|&c| c == ' ' || !crate::text::is_blank(c))
        .map(|c| if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect();
    let kept = crate::text::trim(&kept);
    let count = kept.chars().count();
    if count == 0 || count > MAX_NAME || kept.chars().all(|c| c == '.') {
        return Err(FileError::Name(MAX_NAME));
    }
    Ok(kept.to_owned())
}

/// Pictures whose hashes differ in no more bits than this look alike.
pub const NEAR: u32 = 10;

/// The gradient of a picture in 8×8 bits: near pictures have near hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NearHash(pub u64);

impl NearHash {
    /// Bits that differ.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether the picture has enough in it to be told from others: a plain wall looks like any other.
    #[must_use]
    pub const fn is_telling(self) -> bool {
        let ones = self.0.count_ones();
        ones > 4 && ones < 60
    }
}

#[cfg(test)]
mod tests;
