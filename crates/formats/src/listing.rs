//! Long lists of plain text as CSV or xlsx, written row by row in constant memory: who took the list and when stands
//! above the heads of every sheet and on every printed page.

use crate::document::{Taken, WriteError, book, guard_formula};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Cursor, Seek, Write};
use std::path::Path;

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// UTF-8 with a byte order mark.
    Csv,
    /// A workbook; a list that is too long for one sheet goes on in the next.
    Xlsx,
}

impl Kind {
    /// How the name of such a file ends.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Reads the ending.
    #[must_use]
    pub fn from_ending(ending: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx].into_iter().find(|kind| kind.ending() == ending)
    }

    /// IANA media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
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
    /// The properties of a workbook.
    #[error("{0}")]
    Write(#[from] WriteError),
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

/// Heads of the columns, with their widths in a workbook.
pub type Heads = &'static [(&'static str, f64)];

/// A list under way into `W`.
pub struct Listing<W: Write + Seek + Send> {
    title: String,
    taken: Taken,
    heads: Heads,
    open: Open<W>,
}

enum Open<W: Write + Seek + Send> {
    Csv(Box<::csv::Writer<BufWriter<W>>>),
    Xlsx { workbook: Box<Workbook>, out: W, sheets: usize, next: u32, sheet_rows: u32 },
}

impl Listing<File> {
    /// A list in a file. A path that cannot be written to is told before hours of reading.
    pub fn create(
        path: &Path,
        kind: Kind,
        heading: &str,
        taken: &Taken,
        heads: Heads,
    ) -> Result<Self, ListingError> {
        Self::of(File::create(path)?, kind, (heading, taken), heads, SHEET_ROWS)
    }
}

impl Listing<Cursor<Vec<u8>>> {
    /// A list in memory.
    pub fn in_memory(kind: Kind, heading: &str, taken: &Taken, heads: Heads) -> Result<Self, ListingError> {
        Self::of(Cursor::default(), kind, (heading, taken), heads, SHEET_ROWS)
    }
}

impl<W: Write + Seek + Send> Listing<W> {
    fn of(
        out: W,
        kind: Kind,
        (heading, taken): (&str, &Taken),
        heads: Heads,
        sheet_rows: u32,
    ) -> Result<Self, ListingError> {
        let title = format!("{heading}（{}）", taken.line());
        let open = match kind {
            Kind::Csv => {
                let mut out = BufWriter::new(out);
                out.write_all("\u{feff}".as_bytes())?;
                let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(out);
                writer.write_record([guard_formula(&title)])?;
                writer.write_record(heads.iter().map(|(head, _)| *head))?;
                Open::Csv(Box::new(writer))
            }
            Kind::Xlsx => {
                let workbook = Box::new(book::workbook(heading, taken.on())?);
                Open::Xlsx { workbook, out, sheets: 0, next: u32::MAX, sheet_rows }
            }
        };
        let mut listing = Self { title, taken: taken.clone(), heads, open };
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
        book::print_wide(sheet, Some(&self.taken));
        sheet.set_repeat_rows(0, FIRST - 1)?;
        Ok(())
    }

    /// Writes what is left.
    pub fn finish(self) -> Result<W, ListingError> {
        match self.open {
            Open::Csv(writer) => {
                let out = writer.into_inner().map_err(::csv::IntoInnerError::into_error)?;
                Ok(out.into_inner().map_err(std::io::IntoInnerError::into_error)?)
            }
            Open::Xlsx { mut workbook, mut out, .. } => {
                workbook.save_to_writer(&mut out)?;
                Ok(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};

    const HEADS: Heads = &[("甲", 8.0), ("乙", 20.0)];

    fn taken() -> Taken {
        Taken::new("某人", jiff::civil::date(2024, 7, 20).at(9, 5, 0, 0))
    }

    fn write(kind: Kind, sheet_rows: u32) -> Vec<u8> {
        let mut listing =
            Listing::of(Cursor::default(), kind, ("日志", &taken()), HEADS, sheet_rows).unwrap();
        for row in 1..=5 {
            listing.add(&[&row.to_string(), "=1+1"]).unwrap();
        }
        listing.finish().unwrap().into_inner()
    }

    #[test]
    fn a_long_list_goes_on_in_the_next_sheet() {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(write(Kind::Xlsx, 3))).unwrap();
        let rows: Vec<usize> = book.worksheets().iter().map(|(_, range)| range.height()).collect();
        assert_eq!(rows, [5, 4]);
        for (_, range) in book.worksheets() {
            let title = "日志（由 某人 于 2024-07-20 09:05 导出）".to_owned();
            assert_eq!(range.get((0, 0)), Some(&Data::String(title)));
            assert_eq!(range.get((1, 1)), Some(&Data::String("乙".to_owned())));
            assert_eq!(range.get((2, 1)), Some(&Data::String("=1+1".to_owned())), "text, not a formula");
        }
    }

    #[test]
    fn no_cell_of_a_csv_file_is_run() {
        let text = String::from_utf8(write(Kind::Csv, 3)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let title = "\u{feff}日志（由 某人 于 2024-07-20 09:05 导出）";
        assert_eq!(lines[..3], [title, "甲,乙", "1,'=1+1"]);
        assert_eq!(lines.len(), 7);
    }

    #[test]
    fn a_text_that_no_cell_holds_is_cut() {
        let mut listing = Listing::in_memory(Kind::Xlsx, "长", &taken(), HEADS).unwrap();
        listing.add(&["1", &"长".repeat(40_000)]).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(listing.finish().unwrap()).unwrap();
        let range = &book.worksheets()[0].1;
        assert!(range.get((2, 1)).unwrap().to_string().ends_with(CUT));
    }

    #[test]
    fn an_empty_list_has_its_heads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        Listing::create(&path, Kind::Xlsx, "空", &taken(), HEADS).unwrap().finish().unwrap();
        let mut book: Xlsx<_> = calamine::open_workbook(&path).unwrap();
        assert_eq!(book.worksheets()[0].1.height(), 2);
        assert!(Listing::create(&folder.path().join("no/a.csv"), Kind::Csv, "", &taken(), HEADS).is_err());
    }
}
