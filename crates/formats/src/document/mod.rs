//! An official document as values: pages, blocks, tables. `docx` writes it as OOXML, the crate `pdf` as PDF; both
//! read the same values, so the two papers say the same.
//!
//! User text is only ever a value in a [`Run`]: neither writer reads it as markup.

mod block;
pub mod book;
pub mod docx;
mod guard;
mod plain;
mod size;
mod table;
mod taken;

pub use block::{Align, Block, Face, Ink, Paragraph, Rule, Run};
pub use guard::{guard_formula, printable};
pub use plain::{centre, csv_bytes, display_width, pad_left, pad_right, shorten};
pub use size::{Length, Points};
pub use table::{Cell, Column, Place, Row, Table, cover};
pub use taken::Taken;

use serde::Serialize;

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Title in the file's properties.
    pub title: String,
    /// The day on the paper; also the creation date in the file, so that equal documents are equal bytes.
    pub date: jiff::civil::Date,
    /// A line at the foot of every page: who took the document out of the system, and when.
    pub taken: Option<String>,
    /// Parts with a page format each; every part begins on a new page.
    pub sections: Vec<Section>,
}

/// A part of a document with one page format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Page format.
    pub page: Page,
    /// Blocks from top to bottom.
    pub blocks: Vec<Block>,
}

/// An A4 page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Whether the long side lies at the top.
    pub is_landscape: bool,
    /// Free space at the top.
    pub top: Length,
    /// Free space on the right.
    pub right: Length,
    /// Free space at the bottom.
    pub bottom: Length,
    /// Free space on the left.
    pub left: Length,
    /// Page number.
    pub foot: PageFoot,
}

/// How pages are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageFoot {
    /// No number.
    None,
    /// `— 1 —` in 四号 on the outer side, by GB/T 9704.
    Official,
    /// `第 1 页，共 2 页` in the middle.
    Counted,
}

impl Page {
    /// Upright A4 by GB/T 9704: 天头 37, 订口 28, 版心 156 × 225 mm.
    #[must_use]
    pub const fn official() -> Self {
        Self {
            is_landscape: false,
            top: Length::mm(37),
            right: Length::mm(26),
            bottom: Length::mm(35),
            left: Length::mm(28),
            foot: PageFoot::Official,
        }
    }

    /// A4 on its side with narrow margins, for wide tables.
    #[must_use]
    pub const fn wide_table() -> Self {
        Self {
            is_landscape: true,
            top: Length::mm(13),
            right: Length::mm(15),
            bottom: Length::mm(13),
            left: Length::mm(15),
            foot: PageFoot::Counted,
        }
    }

    /// Width and height of the sheet.
    #[must_use]
    pub const fn sheet(&self) -> (Length, Length) {
        if self.is_landscape {
            (Length::mm(297), Length::mm(210))
        } else {
            (Length::mm(210), Length::mm(297))
        }
    }

    /// Width between the margins.
    #[must_use]
    pub const fn text_width(&self) -> Length {
        Length(self.sheet().0.0 - self.left.0 - self.right.0)
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The workbook was refused by its writer.
    #[error("工作簿写不成：{0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The container was refused by its writer.
    #[error("压缩包写不成：{0}")]
    Container(#[from] zip::result::ZipError),
    /// Bytes could not be written.
    #[error("内容写不成：{0}")]
    Bytes(#[from] std::io::Error),
}
