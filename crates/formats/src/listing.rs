//! Long lists of plain text as CSV or xlsx, written row by row in constant memory: who took the list and when stands
//! above the heads of every sheet.

use crate::document::guard_formula;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 with a byte order mark.
    Csv,
    /// A workbook; a list that is too long for one sheet goes on in the next.
    Xlsx,
}

/// Why a list could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// The file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The workbook.
    #[error("{0}")]
    Xlsx(#[from] XlsxError),
    /// A row of a CSV file.
    #[error("{0}")]
    Csv(#[from] ::csv::Error),
}

/// Characters of one cell, of the 32,767 that Excel takes.
const CELL_CHARS: usize = 32_000;
/// What ends a longer text; a CSV file holds it whole.
const CUT: &str = "……（后略，全文见 csv）";

fn short(cell: &str) -> Cow<'_, str> {
    match cell.char_indices().nth(CELL_CHARS) {
        None => Cow::Borrowed(cell),
        Some((end, _)) => Cow::Owned(format!("{}{CUT}", &cell[..end])),
    }
}

/// Rows of one sheet, of the 1,048,576 that Excel takes.
const SHEET_ROWS: u32 = 1_000_000;
/// Rows above the first: title and heads.
const FIRST: u32 = 2;

/// A list under way.
pub struct Listing {
    title: String,
    heads: &'static [(&'static str, f64)],
    open: Open,
}

enum Open {
    Csv(Box<::csv::Writer<BufWriter<File>>>),
    Xlsx { workbook: Box<Workbook>, path: PathBuf, sheets: usize, next: u32, sheet_rows: u32 },
}

impl Listing {
    /// A list with its title and heads (with their widths in a workbook).
    pub fn create(
        path: &Path,
        kind: Kind,
        title: &str,
        heads: &'static [(&'static str, f64)],
    ) -> Result<Self, ListingError> {
        Self::of(path, kind, title, heads, SHEET_ROWS)
    }

    fn of(
        path: &Path,
        kind: Kind,
        title: &str,
        heads: &'static [(&'static str, f64)],
        sheet_rows: u32,
    ) -> Result<Self, ListingError> {
        let open = match kind {
            Kind::Csv => {
                let mut file = BufWriter::new(File::create(path)?);
                file.write_all("\u{feff}".as_bytes())?;
                let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(file);
                writer.write_record([guard_formula(title)])?;
                writer.write_record(heads.iter().map(|(head, _)| *head))?;
                Open::Csv(Box::new(writer))
            }
            // A path that cannot be written to is told before hours of reading.
            Kind::Xlsx => {
                File::create(path)?;
                Open::Xlsx {
                    workbook: Box::new(Workbook::new()),
                    path: path.to_owned(),
                    sheets: 0,
                    next: u32::MAX,
                    sheet_rows,
                }
            }
        };
        let mut listing = Self { title: title.to_owned(), heads, open };
        listing.room()?;
        Ok(listing)
    }

    /// Adds one row.
    pub fn add(&mut self, cells: &[&str]) -> Result<(), ListingError> {
        self.room()?;
        match &mut self.open {
            Open::Csv(writer) => writer.write_record(cells.iter().map(|cell| guard_formula(cell)))?,
            Open::Xlsx { workbook, sheets, next, .. } => {
                let sheet = workbook.worksheet_from_index(*sheets - 1)?;
                for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write_string(*next, column, short(cell))?;
                }
                *next += 1;
            }
        }
        Ok(())
    }

    /// Begins another sheet when the last is full.
    fn room(&mut self) -> Result<(), ListingError> {
        let Open::Xlsx { workbook, sheets, next, sheet_rows, .. } = &mut self.open else { return Ok(()) };
        if *next < *sheet_rows + FIRST {
            return Ok(());
        }
        *sheets += 1;
        *next = FIRST;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(format!("第{sheets}页"))?;
        sheet.write_with_format(0, 0, self.title.as_str(), &Format::new().set_bold())?;
        let head = Format::new().set_bold().set_align(FormatAlign::Center).set_background_color("FBF1F0");
        for (column, (label, width)) in (0..).zip(self.heads) {
            sheet.set_column_width(column, *width)?;
            sheet.write_with_format(1, column, *label, &head)?;
        }
        sheet.set_freeze_panes(FIRST, 0)?;
        Ok(())
    }

    /// Writes what is left.
    pub fn finish(self) -> Result<(), ListingError> {
        match self.open {
            Open::Csv(mut writer) => writer.flush()?,
            Open::Xlsx { mut workbook, path, .. } => workbook.save(path)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx, open_workbook};

    const HEADS: &[(&str, f64)] = &[("甲", 8.0), ("乙", 20.0)];

    fn write(path: &Path, kind: Kind, sheet_rows: u32) {
        let mut listing = Listing::of(path, kind, "日志（某人 导出）", HEADS, sheet_rows).unwrap();
        for row in 1..=5 {
            listing.add(&[&row.to_string(), "=1+1"]).unwrap();
        }
        listing.finish().unwrap();
    }

    #[test]
    fn a_long_list_goes_on_in_the_next_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        write(&path, Kind::Xlsx, 3);
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let rows: Vec<usize> = book.worksheets().iter().map(|(_, range)| range.height()).collect();
        assert_eq!(rows, [5, 4]);
        for (_, range) in book.worksheets() {
            assert_eq!(range.get((0, 0)), Some(&Data::String("日志（某人 导出）".to_owned())));
            assert_eq!(range.get((1, 1)), Some(&Data::String("乙".to_owned())));
            assert_eq!(range.get((2, 1)), Some(&Data::String("=1+1".to_owned())), "text, not a formula");
        }
    }

    #[test]
    fn no_cell_of_a_csv_file_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write(&path, Kind::Csv, 3);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["\u{feff}日志（某人 导出）", "甲,乙", "1,'=1+1"]);
        assert_eq!(lines.len(), 7);
    }

    #[test]
    fn a_text_that_no_cell_holds_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        let mut listing = Listing::create(&path, Kind::Xlsx, "长", HEADS).unwrap();
        listing.add(&["1", &"长".repeat(40_000)]).unwrap();
        listing.finish().unwrap();
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let range = &book.worksheets()[0].1;
        assert!(range.get((2, 1)).unwrap().to_string().ends_with(CUT));
    }

    #[test]
    fn an_empty_list_has_its_heads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        Listing::create(&path, Kind::Xlsx, "空", HEADS).unwrap().finish().unwrap();
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        assert_eq!(book.worksheets()[0].1.height(), 2);
        assert!(Listing::create(&folder.path().join("no/a.csv"), Kind::Csv, "", HEADS).is_err());
    }
}
