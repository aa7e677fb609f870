//! A list as a paper: a heading, lines above, a table that runs over pages, lines below; part by part on a page of its
//! own. The same values become a document (docx, pdf) and a workbook.

use crate::document::{
    Align, Block, Cell, Column, Document, Face, Length, Page, PageFoot, Points, Row, Run, Section, Table,
    Taken, WriteError, book, display_width, guard_formula,
};
use rust_xlsxwriter::{FormatAlign, Worksheet};

/// A column of a paper.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// Its title.
    pub title: &'static str,
    /// Its share of the width.
    pub share: i32,
    /// How its cells stand.
    pub align: Align,
}

/// A column from its title and share; figures stand on the right.
#[must_use]
pub const fn head(title: &'static str, share: i32, align: Align) -> Head {
    Head { title, share, align }
}

/// A part with a page of its own.
#[derive(Debug, Clone)]
pub struct Part {
    /// Below the heading: which village, which class; also the sheet's name. May be empty.
    pub name: String,
    /// Rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// Lines below the table: sums, signatures.
    pub below: Vec<String>,
}

/// A paper.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The heading.
    pub heading: String,
    /// Parts of the line above each table, from edge to edge.
    pub above: Vec<String>,
    /// Columns.
    pub heads: Vec<Head>,
    /// Parts.
    pub parts: Vec<Part>,
    /// Whether the long side lies at the top.
    pub is_landscape: bool,
    /// Height of a row: room for a signature.
    pub row: Length,
    /// Who took it, and when.
    pub taken: Taken,
}

/// Ordinary height of a row.
pub const ROW: Length = Length(560);
/// Height of a row that is signed.
pub const SIGNED_ROW: Length = Length(900);

/// A line of 宋体 11 in a sheet, points.
const SHEET_LINE: f64 = 14.5;

impl Paper {
    fn page(&self) -> Page {
        let page = Page::wide_table();
        Page { is_landscape: self.is_landscape, foot: PageFoot::Counted, ..page }
    }

    /// The paper for docx and pdf.
    #[must_use]
    pub fn document(&self) -> Document {
        Document {
            title: self.heading.clone(),
            date: self.taken.on(),
            taken: Some(self.taken.line()),
            sections: self.parts.iter().map(|part| self.section(part)).collect(),
        }
    }

    fn section(&self, part: &Part) -> Section {
        let page = self.page();
        let size = Points::SIZE_5;
        let text = |text: &str| Block::text(Run::new(text, Face::Song, size));
        let spread = |parts: &[String]| Block::Spread {
            parts: parts.iter().map(|it| vec![Run::new(it.clone(), Face::Song, size)]).collect(),
        };
        let mut blocks =
            vec![Block::title(self.heading.clone(), Points(180)), Block::Spacer { height: Length::mm(2) }];
        let above: Vec<String> =
            std::iter::once(&part.name).chain(&self.above).filter(|it| !it.is_empty()).cloned().collect();
        if !above.is_empty() {
            blocks.push(spread(&above));
        }
        let whole: i32 = self.heads.iter().map(|it| it.share).sum();
        let width = page.text_width().0;
        let columns = self
            .heads
            .iter()
            .map(|it| Column { width: Length(width * it.share / whole.max(1)), align: it.align })
            .collect();
        let cells = |row: &Vec<String>| Row {
            cells: row.iter().map(|it| Cell::body(it.clone(), size)).collect(),
            height: self.row,
        };
        let head = Row {
            cells: self.heads.iter().map(|it| Cell::head(it.title, size)).collect(),
            height: Length::mm(9),
        };
        blocks.push(Block::Table {
            table: Table { columns, head: vec![head], rows: part.rows.iter().map(cells).collect() },
        });
        if !part.below.is_empty() {
            blocks.push(Block::Spacer { height: Length::mm(2) });
        }
        blocks.extend(part.below.iter().map(|it| text(it)));
        Section { page, blocks }
    }

    /// Height of a row of a sheet in points: as many lines as its longest cell needs, which Excel does not find itself
    /// once a height is set.
    fn height(&self, row: &[String], whole: i32, room: f64) -> f64 {
        let lines = row.iter().zip(&self.heads).map(|(cell, head)| {
            let width = f64::from(head.share) / f64::from(whole.max(1)) * room;
            let lines = cell.lines().map(|line| {
                let signs = u16::try_from(display_width(line)).unwrap_or(u16::MAX);
                (f64::from(signs) / (width - 1.0).max(1.0)).ceil().max(1.0)
            });
            lines.sum::<f64>()
        });
        let least = f64::from(self.row.twips()) / 20.0;
        lines.fold(1.0_f64, f64::max).mul_add(SHEET_LINE, 2.0).max(least)
    }

    /// The paper as a workbook, a sheet for each part.
    ///
    /// # Errors
    /// When the workbook cannot be written.
    pub fn xlsx(&self) -> Result<Vec<u8>, WriteError> {
        let mut workbook = book::workbook(&self.heading, self.taken.on())?;
        let mut names: Vec<String> = Vec::new();
        for part in &self.parts {
            let wanted = if part.name.is_empty() { &self.heading } else { &part.name };
            let name = book::sheet_name(wanted, &names);
            let sheet = workbook.add_worksheet();
            sheet.set_name(&name)?;
            names.push(name);
            self.sheet(sheet, part)?;
        }
        Ok(workbook.save_to_buffer()?)
    }

    fn sheet(&self, sheet: &mut Worksheet, part: &Part) -> Result<(), WriteError> {
        let last = u16::try_from(self.heads.len().max(2) - 1).unwrap_or(u16::MAX);
        let (cell, head) = (book::bordered(), book::head());
        sheet.merge_range(0, 0, 0, last, &self.heading, &book::heading())?;
        sheet.set_row_height(0, 28)?;
        let above: Vec<&str> = std::iter::once(&part.name)
            .chain(&self.above)
            .map(String::as_str)
            .filter(|it| !it.is_empty())
            .collect();
        sheet.merge_range(1, 0, 1, last, &guard_formula(&above.join("　　")), &book::plain())?;
        let whole: i32 = self.heads.iter().map(|it| it.share).sum();
        let room = if self.is_landscape { 130.0 } else { 86.0 };
        for (place, it) in (0_u16..).zip(&self.heads) {
            sheet.set_column_width(place, f64::from(it.share) / f64::from(whole.max(1)) * room)?;
            sheet.write_string_with_format(2, place, it.title, &head)?;
        }
        let mut at = 3;
        for row in &part.rows {
            sheet.set_row_height(at, self.height(row, whole, room))?;
            for (place, (text, it)) in (0_u16..).zip(row.iter().zip(&self.heads)) {
                let side = match it.align {
                    Align::Right => FormatAlign::Right,
                    Align::Center => FormatAlign::Center,
                    Align::Left | Align::Justify => FormatAlign::Left,
                };
                sheet.write_string_with_format(
                    at,
                    place,
                    guard_formula(text),
                    &cell.clone().set_align(side),
                )?;
            }
            at += 1;
        }
        for line in &part.below {
            sheet.merge_range(at, 0, at, last, &guard_formula(line), &book::plain())?;
            at += 1;
        }
        sheet.set_repeat_rows(0, 2)?;
        book::print_wide(sheet, Some(&self.taken));
        if !self.is_landscape {
            sheet.set_portrait();
        }
        Ok(())
    }
}
