//! Fonts: those in the binary, and before them those that the county has licences for.

use crate::PdfError;
use formats::document::Face;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// 宋体 with all characters of names, a bold cut of it for titles, and 黑体 for heads (fonts/README.md).
const EMBEDDED: [(&str, &[u8]); 3] = [
    ("NotoSerifCJKsc-Regular", include_bytes!("../fonts/NotoSerifCJKsc-Regular.otf.zst")),
    ("NotoSerifCJKsc-Bold", include_bytes!("../fonts/NotoSerifCJKsc-Bold.otf.zst")),
    ("NotoSansCJKsc-Regular", include_bytes!("../fonts/NotoSansCJKsc-Regular.otf.zst")),
];

const SERIF: &str = "Noto Serif CJK SC";
const SANS: &str = "Noto Sans CJK SC";

static UNPACKED: LazyLock<Result<Vec<Font>, String>> = LazyLock::new(|| {
    EMBEDDED
        .iter()
        .map(|(name, packed)| {
            let bytes = zstd::decode_all(*packed).map_err(|error| format!("{name}：{error}"))?;
            Font::new(Bytes::new(bytes), 0).ok_or_else(|| (*name).to_owned())
        })
        .collect()
});

/// Fonts in the order in which they were found, with their index.
pub(crate) struct Fonts {
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
}

impl Fonts {
    /// The fonts in the binary, unpacked once per process.
    pub(crate) fn embedded() -> Result<Self, PdfError> {
        Self::of(Vec::new())
    }

    /// The fonts of a folder before those in the binary.
    pub(crate) fn with_folder(folder: &Path) -> Result<Self, PdfError> {
        let failed = |source| PdfError::Fonts { folder: folder.display().to_string(), source };
        let entries = std::fs::read_dir(folder).map_err(failed)?;
        let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        files.retain(|file| {
            let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            ["ttf", "otf", "ttc", "otc"].contains(&ending.to_ascii_lowercase().as_str())
        });
        files.sort();
        let mut own = Vec::new();
        for file in files {
            let bytes = std::fs::read(&file).map_err(failed)?;
            own.extend(Font::iter(Bytes::new(bytes)));
        }
        Self::of(own)
    }

    fn of(mut fonts: Vec<Font>) -> Result<Self, PdfError> {
        let unpacked = UNPACKED.as_ref().map_err(|name| PdfError::Embedded(name.clone()))?;
        fonts.extend(unpacked.iter().cloned());
        let book = LazyHash::new(FontBook::from_fonts(&fonts));
        Ok(Self { fonts, book })
    }

    /// What typst knows of all fonts.
    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    /// The font with this index.
    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    /// For each face the families to try, best first; only families that are there.
    pub(crate) fn families(&self) -> Value {
        let faces = Face::ALL.iter().map(|face| {
            let (own, embedded) = wanted(*face);
            let there = own.iter().filter(|name| self.book.contains_family(&name.to_lowercase()));
            let families: Vec<&str> = there.copied().chain(embedded.iter().copied()).collect();
            let name = serde_json::to_value(face).ok().and_then(|name| name.as_str().map(str::to_owned));
            (name.unwrap_or_default(), json!(families))
        });
        Value::Object(faces.collect::<Map<String, Value>>())
    }
}

/// Names under which a county's fonts are known, and what stands in for them.
fn wanted(face: Face) -> (&'static [&'static str], &'static [&'static str]) {
    match face {
        Face::Title => {
            (&["方正小标宋简体", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05"], &[SERIF])
        }
        Face::Body => (
            &[
                "仿宋_GB2312",
                "FangSong_GB2312",
                "仿宋",
                "FangSong",
                "STFangsong",
                "方正仿宋_GBK",
                "FZFangSong-Z02",
            ],
            &[SERIF],
        ),
        Face::Head => (&["黑体", "SimHei", "方正黑体_GBK", "FZHei-B01", "STHeiti"], &[SANS, SERIF]),
        Face::Kai => (
            &["楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "方正楷体_GBK", "FZKai-Z03"],
            &[SERIF],
        ),
        Face::Song => (&["宋体", "SimSun", "STSong", "方正书宋_GBK"], &[SERIF]),
    }
}
