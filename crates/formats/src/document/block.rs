//! What stands on a page, from top to bottom.

use super::{Length, Points, Table};
use serde::Serialize;

/// One block of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Block {
    /// A heading; the level (1 is the title) is kept in the file for readers of its outline.
    Heading {
        /// 1 to 4.
        level: u8,
        /// How it looks.
        paragraph: Paragraph,
    },
    /// A paragraph.
    Paragraph {
        /// How it looks.
        paragraph: Paragraph,
    },
    /// One line with parts from the left to the right edge: two stand left and right, three left, middle, right.
    /// Used for 填报单位 … 填报日期 and for signatures.
    Spread {
        /// Each part's runs.
        parts: Vec<Vec<Run>>,
    },
    /// A table.
    Table {
        /// Its columns and rows.
        table: Table,
    },
    /// A line over the whole width.
    Rule {
        /// How it looks.
        rule: Rule,
    },
    /// Empty space.
    Spacer {
        /// How high.
        height: Length,
    },
    /// What follows stands on a new page.
    PageBreak,
}

impl Block {
    /// A title in 小标宋, centred.
    #[must_use]
    pub fn title(text: impl Into<String>, size: Points) -> Self {
        let mut paragraph = Paragraph::of(Run::new(text, Face::Title, size)).centred();
        paragraph.pitch = Some(Points(size.0 * 13 / 10));
        Self::Heading { level: 1, paragraph }
    }

    /// A plain paragraph.
    #[must_use]
    pub fn text(run: Run) -> Self {
        Self::Paragraph { paragraph: Paragraph::of(run) }
    }
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// The text, piece by piece.
    pub runs: Vec<Run>,
    /// Where lines stand.
    pub align: Align,
    /// Indent of the first line in hundredths of a character of the first run.
    pub first_indent: u16,
    /// Indent of all lines on the left, likewise.
    pub left_indent: u16,
    /// Indent of all lines on the right, likewise.
    pub right_indent: u16,
    /// Exact distance from line to line; by the font when absent.
    pub pitch: Option<Points>,
    /// Space below.
    pub below: Length,
    /// Whether it stays on the page of what follows.
    pub keep_with_next: bool,
}

impl Paragraph {
    /// One run, left, without indents.
    #[must_use]
    pub fn of(run: Run) -> Self {
        Self {
            runs: vec![run],
            align: Align::Left,
            first_indent: 0,
            left_indent: 0,
            right_indent: 0,
            pitch: None,
            below: Length::ZERO,
            keep_with_next: false,
        }
    }

    /// The same in the middle.
    #[must_use]
    pub fn centred(mut self) -> Self {
        self.align = Align::Center;
        self
    }

    /// The same with space below.
    #[must_use]
    pub fn below(mut self, below: Length) -> Self {
        self.below = below;
        self
    }

    /// The same as the body of an official document: first line two characters in, both edges straight.
    #[must_use]
    pub fn body(mut self) -> Self {
        self.align = Align::Justify;
        self.first_indent = 200;
        self
    }
}

/// A piece of text in one face and size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The text; `\n` breaks the line.
    pub text: String,
    /// Face.
    pub face: Face,
    /// Size.
    pub size: Points,
    /// Whether it is bold.
    pub bold: bool,
    /// Colour.
    pub ink: Ink,
}

impl Run {
    /// Black text that is not bold.
    #[must_use]
    pub fn new(text: impl Into<String>, face: Face, size: Points) -> Self {
        Self { text: text.into(), face, size, bold: false, ink: Ink::Black }
    }

    /// The same in bold.
    #[must_use]
    pub fn bold(mut self) -> Self {
        self.bold = true;
        self
    }
}

/// The faces of official documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// 小标宋, titles.
    Title,
    /// 仿宋, body.
    Body,
    /// 黑体, first headings and heads of tables.
    Head,
    /// 楷体, second headings.
    Kai,
    /// 宋体, tables and page numbers.
    Song,
}

impl Face {
    /// All faces.
    pub const ALL: [Self; 5] = [Self::Title, Self::Body, Self::Head, Self::Kai, Self::Song];

    /// The font's name as Word and WPS know it.
    #[must_use]
    pub const fn font(self) -> &'static str {
        match self {
            Self::Title => "方正小标宋简体",
            Self::Body => "仿宋_GB2312",
            Self::Head => "黑体",
            Self::Kai => "楷体_GB2312",
            Self::Song => "宋体",
        }
    }
}

/// Where the lines of a paragraph or cell stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
    /// Both edges straight.
    Justify,
}

/// Colour of text and lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ink {
    /// Black.
    Black,
    /// The red of 发文机关标志 and of the line below.
    Red,
}

impl Ink {
    /// As six hexadecimal digits.
    #[must_use]
    pub const fn hex(self) -> &'static str {
        match self {
            Self::Black => "000000",
            Self::Red => "FF0000",
        }
    }
}

/// A line over the width of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// How thick; 0.35 mm is `Length(35)`.
    pub weight: Length,
    /// Colour.
    pub ink: Ink,
}
