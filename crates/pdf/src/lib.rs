//! The page model of `formats::document` as PDF, through typst and fonts that lie in the binary.
//!
//! The typst template is fixed. A document reaches it as JSON, so that the text of people is only ever a value and
//! never source; the template's world holds these two files and nothing else: no folder, no package, no clock.
//! Equal documents give equal bytes.
#![deny(missing_docs)]

mod fonts;
mod world;

use formats::document::Document;
use std::path::Path;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

/// Documents that stay in typst's memory of intermediate results between two runs.
const REMEMBERED: usize = 2;

/// Why a PDF could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The folder with the county's own fonts cannot be read.
    #[error("字体文件夹 {folder} 读不了：{source}")]
    Fonts {
        /// The folder.
        folder: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The fonts in the binary are damaged.
    #[error("内置字体损坏：{0}")]
    Embedded(String),
    /// The document could not be handed over.
    #[error("文档内容无法转换：{0}")]
    Data(#[from] serde_json::Error),
    /// The template refused the document: an error of this crate.
    #[error("PDF 排版失败：{0}")]
    Layout(String),
}

/// Prints documents with one set of fonts.
pub struct Printer {
    fonts: fonts::Fonts,
}

impl Printer {
    /// Only the fonts in the binary.
    pub fn new() -> Result<Self, PdfError> {
        Ok(Self { fonts: fonts::Fonts::embedded()? })
    }

    /// The county's own fonts (仿宋_GB2312, 方正小标宋简体, 黑体, 楷体 …) from a folder, before those in the binary.
    /// A file in it that is no font is passed over.
    pub fn with_fonts(folder: &Path) -> Result<Self, PdfError> {
        Ok(Self { fonts: fonts::Fonts::with_folder(folder)? })
    }

    /// The document as PDF. A character that no font has is printed as an empty box, never refused.
    pub fn render(&self, document: &Document) -> Result<Vec<u8>, PdfError> {
        let world = world::World::new(&self.fonts, document)?;
        let pages = typst::compile::<PagedDocument>(&world).output.map_err(|errors| refused(&errors))?;
        let options = PdfOptions {
            creator: Smart::Custom(Some("双拥通".to_owned())),
            timestamp: created(document.date),
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&pages, &options).map_err(|errors| refused(&errors));
        typst::comemo::evict(REMEMBERED);
        bytes
    }
}

/// The document as PDF with the fonts in the binary.
pub fn render(document: &Document) -> Result<Vec<u8>, PdfError> {
    Printer::new()?.render(document)
}

fn created(date: jiff::civil::Date) -> Option<Timestamp> {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    Datetime::from_ymd_hms(i32::from(date.year()), month, day, 0, 0, 0).map(Timestamp::new_utc)
}

fn refused(errors: &[typst::diag::SourceDiagnostic]) -> PdfError {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    PdfError::Layout(messages.join("；"))
}
