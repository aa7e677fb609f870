//! The sheet a clerk uploaded, given back with its findings: bad cells coloured, the reasons in a last column.

use super::sink::{Merge, Next, RowBuf, Sink};
use super::table::is_quantity;
use super::{Limits, Read, SheetError, SheetMapping, file_name, open, run};
use crate::document::Taken;
use domain::finding::Severity;
use domain::sheet::Cell;
use rust_xlsxwriter::{
    ColNum, Color, DocProperties, ExcelDateTime, Format, FormatAlign, RowNum, Workbook, Worksheet, XlsxError,
};
use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// What stands in the copy instead of a cell with a classification mark.
const WITHHELD: &str = "（含密级标志，未保留）";
/// The head of the column with the reasons.
const REASON: &str = "错误原因";

/// One finding and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCell {
    /// Sheet name.
    pub sheet: String,
    /// The row number the user sees; for CSV the line.
    pub row: u32,
    /// Title of the column, when one cell is meant.
    pub column: Option<String>,
    /// Refused is red, warning yellow, a note is only written down.
    pub severity: Severity,
    /// Chinese sentence.
    pub message: String,
}

/// Writes the findings file: all sheets and values of `source` as xlsx. `read` is what [`super::read`] answered.
pub fn write_findings(
    source: &Path,
    findings: &[FindingCell],
    read: &Read,
    taken: &Taken,
    out: &Path,
) -> Result<(), SheetError> {
    let limits = Limits::default();
    let mut file = open(source, &limits)?;
    let mut writer = Writer::new(findings, read, taken);
    run(&file_name(source), &mut file, &limits, &mut writer)?;
    std::fs::write(out, writer.finish()?)?;
    Ok(())
}

/// As [`write_findings`], from and to memory.
pub fn findings_workbook(
    name: &str,
    bytes: &[u8],
    findings: &[FindingCell],
    read: &Read,
    taken: &Taken,
) -> Result<Vec<u8>, SheetError> {
    let mut writer = Writer::new(findings, read, taken);
    run(name, &mut Cursor::new(bytes), &Limits::default(), &mut writer)?;
    writer.finish()
}

/// What is to be marked in one row.
#[derive(Default)]
struct Marked {
    reasons: Vec<String>,
    worst: Option<Severity>,
    cells: Vec<(u32, Severity)>,
}

struct Formats {
    head: Format,
    plain: [Format; 3],
    date: [Format; 3],
    quoted: [Format; 3],
    reason: [Format; 3],
}

/// Copies every sheet into a new workbook.
struct Writer<'a> {
    read: &'a Read,
    /// Page numbers and who took the file.
    footer: String,
    marked: HashMap<(u16, u32), Marked>,
    names: Vec<String>,
    book: Workbook,
    sheet: Option<Worksheet>,
    current: u16,
    mapping: Option<&'a SheetMapping>,
    reason_column: Option<u32>,
    /// Vertical merges with the value to fill down: the file is written without merges, and must read the same.
    merges: Vec<(Merge, Cell)>,
    last_row: u32,
    widths: Vec<usize>,
    formats: Formats,
    /// Names given so far, in lower case.
    used: HashSet<String>,
}

impl<'a> Writer<'a> {
    fn new(findings: &[FindingCell], read: &'a Read, taken: &Taken) -> Self {
        let mut marked: HashMap<(u16, u32), Marked> = HashMap::new();
        for finding in findings {
            let Some(sheet) = read.sheets.iter().position(|name| *name == finding.sheet) else { continue };
            let Ok(sheet) = u16::try_from(sheet) else { continue };
            let mapping = read.mapping.iter().find(|it| it.sheet == sheet);
            let title = finding.column.as_ref();
            let column = title.and_then(|title| read.titles.iter().position(|it| it == title));
            let place = column.and_then(|column| mapping?.columns.get(column).copied().flatten());
            let entry = marked.entry((sheet, finding.row)).or_default();
            entry.reasons.push(finding.message.clone());
            entry.worst = Some(entry.worst.map_or(finding.severity, |worst| worst.min(finding.severity)));
            entry.cells.extend(place.map(|place| (place, finding.severity)));
        }
        Self {
            read,
            footer: format!("&C第 &P 页，共 &N 页　　{}", taken.in_footer()),
            marked,
            names: Vec::new(),
            book: Workbook::new(),
            sheet: None,
            current: 0,
            mapping: None,
            reason_column: None,
            merges: Vec::new(),
            last_row: 0,
            widths: Vec::new(),
            formats: Formats::new(),
            used: HashSet::new(),
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, SheetError> {
        // The same bytes on every day.
        let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|error| write_error(&error))?;
        self.book.set_properties(&DocProperties::new().set_creation_datetime(&created));
        self.book.save_to_buffer().map_err(|error| write_error(&error))
    }

    fn write_row(&mut self, row: u32, cells: &[(u32, Cell)]) -> Result<(), XlsxError> {
        let Some(sheet) = self.sheet.as_mut() else { return Ok(()) };
        let at: RowNum = row - 1;
        let marked = self.marked.remove(&(self.current, row));
        let header_row = self.mapping.map_or(0, |mapping| mapping.header_row);
        let is_head = row == header_row;
        for (column, cell) in cells {
            let Ok(place) = ColNum::try_from(*column) else { continue };
            if is_head && cell.text().is_some_and(|text| text == REASON) {
                self.reason_column = Some(*column);
            }
            if row > header_row && self.reason_column == Some(*column) {
                continue;
            }
            let severity = marked.as_ref().and_then(|marked| {
                marked.cells.iter().filter(|(at, _)| at == column).map(|(_, severity)| *severity).min()
            });
            if row <= header_row + 200 {
                measure(&mut self.widths, *column, cell);
            }
            self.formats.write(sheet, at, place, cell, severity, is_head)?;
        }
        let Some(mapping) = self.mapping else { return Ok(()) };
        let place = *self.reason_column.get_or_insert(mapping.width);
        let Ok(place) = ColNum::try_from(place) else { return Ok(()) };
        if is_head {
            sheet.write_string_with_format(at, place, REASON, &self.formats.head)?;
        } else if let Some(marked) = marked {
            // What a blank cell lacks is coloured as well.
            for (column, severity) in &marked.cells {
                if let (false, Ok(column)) =
                    (cells.iter().any(|(at, _)| at == column), ColNum::try_from(*column))
                {
                    sheet.write_blank(at, column, &self.formats.plain[shade(Some(*severity))])?;
                }
            }
            let format = &self.formats.reason[shade(marked.worst)];
            sheet.write_string_with_format(at, place, clipped(&marked.reasons.join("；")), format)?;
        }
        Ok(())
    }

    fn fill_down(&mut self, row: u32, cells: &mut RowBuf) -> Result<(), SheetError> {
        self.merges.retain(|(merge, _)| merge.last >= row);
        for (merge, value) in self.merges.iter_mut().filter(|(merge, _)| merge.first <= row) {
            let own = cells.cells.iter().find(|(column, _)| *column == merge.column);
            match own {
                Some((_, cell)) if merge.first == row => value.clone_from(cell),
                None if merge.first < row => cells.push(merge.column, value.clone())?,
                _ => {}
            }
        }
        Ok(())
    }

    fn finish_sheet(&mut self) -> Result<(), XlsxError> {
        let Some(mut sheet) = self.sheet.take() else { return Ok(()) };
        for (column, width) in self.widths.drain(..).enumerate() {
            if let Ok(column) = ColNum::try_from(column) {
                sheet.set_column_width(column, u32::try_from(width.clamp(6, 40) + 2).unwrap_or(42))?;
            }
        }
        sheet.set_footer(&self.footer);
        if let Some(mapping) = self.mapping {
            sheet.set_freeze_panes(mapping.header_row, 0)?;
            sheet.set_landscape().set_print_fit_to_pages(1, 0).set_paper_size(9);
            if let Some(column) = self.reason_column.and_then(|column| ColNum::try_from(column).ok()) {
                sheet.set_column_width(column, 60)?;
            }
        }
        self.book.push_worksheet(sheet);
        Ok(())
    }
}

impl Formats {
    fn new() -> Self {
        let shaded = |format: &Format| {
            [
                format
                    .clone()
                    .set_background_color(Color::RGB(0xFF_C7_CE))
                    .set_font_color(Color::RGB(0x9C_00_06)),
                format.clone().set_background_color(Color::RGB(0xFF_EB_9C)),
                format.clone(),
            ]
        };
        let plain = Format::new();
        Self {
            head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::VerticalCenter),
            date: shaded(&plain.clone().set_num_format("yyyy-mm-dd")),
            quoted: shaded(&plain.clone().set_quote_prefix().set_num_format("@")),
            reason: shaded(&plain.clone().set_text_wrap()),
            plain: shaded(&plain),
        }
    }

    fn write(
        &self,
        sheet: &mut Worksheet,
        row: RowNum,
        column: ColNum,
        cell: &Cell,
        severity: Option<Severity>,
        is_head: bool,
    ) -> Result<(), XlsxError> {
        let plain = if is_head { &self.head } else { &self.plain[shade(severity)] };
        match cell {
            Cell::Empty => {}
            // The copy does not spread what was not taken.
            Cell::Text(text) if domain::secrecy::is_refused(text) => {
                sheet.write_string_with_format(row, column, WITHHELD, plain)?;
            }
            Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                sheet.write_string_with_format(row, column, clipped(text), &self.quoted[shade(severity)])?;
            }
            Cell::Text(text) => {
                sheet.write_string_with_format(row, column, clipped(text), plain)?;
            }
            Cell::Error(word) => {
                sheet.write_string_with_format(row, column, clipped(word), plain)?;
            }
            Cell::Number(value) => {
                sheet.write_number_with_format(row, column, *value, plain)?;
            }
            Cell::Bool(value) => {
                sheet.write_boolean_with_format(row, column, *value, plain)?;
            }
            Cell::Date(date) => {
                let (year, month, day) = (date.year(), date.month(), date.day());
                let parts = (u16::try_from(year), u8::try_from(month), u8::try_from(day));
                let moment = match parts {
                    (Ok(year), Ok(month), Ok(day)) => ExcelDateTime::from_ymd(year, month, day).ok(),
                    _ => None,
                };
                match moment {
                    Some(moment) => {
                        sheet.write_datetime_with_format(row, column, moment, &self.date[shade(severity)])?;
                    }
                    None => {
                        sheet.write_string_with_format(row, column, date.to_string(), plain)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn shade(severity: Option<Severity>) -> usize {
    match severity {
        Some(Severity::Refused) => 0,
        Some(Severity::Warning) => 1,
        Some(Severity::Note) | None => 2,
    }
}

/// The longest text a cell takes.
fn clipped(text: &str) -> &str {
    text.char_indices().nth(32_767).map_or(text, |(end, _)| &text[..end])
}

fn measure(widths: &mut Vec<usize>, column: u32, cell: &Cell) {
    let Ok(column) = usize::try_from(column) else { return };
    if widths.len() <= column {
        widths.resize(column + 1, 0);
    }
    let width = match cell {
        // A title over the whole table says nothing about its column.
        Cell::Text(text) if text.chars().count() <= 40 => {
            text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0)
        }
        other => other.text().map_or(0, |text| text.len().min(12)),
    };
    widths[column] = widths[column].max(width);
}

fn write_error(error: &XlsxError) -> SheetError {
    SheetError::Io(std::io::Error::other(error.to_string()))
}

impl Sink for Writer<'_> {
    fn note(&mut self, _: String) {}

    fn sheets(&mut self, names: Vec<(String, bool)>) {
        self.names = names.into_iter().map(|(name, _)| name).collect();
    }

    fn begin(&mut self, sheet: u16) -> Result<(), SheetError> {
        self.current = sheet;
        self.mapping = self.read.mapping.iter().find(|mapping| mapping.sheet == sheet);
        (self.reason_column, self.last_row) = (None, 0);
        self.merges.clear();
        let wanted = self.names.get(usize::from(sheet)).map_or("", String::as_str);
        let name = sheet_name(wanted, &mut self.used);
        let mut worksheet =
            self.book.new_worksheet_with_constant_memory().map_err(|error| write_error(&error))?;
        worksheet.set_name(name).map_err(|error| write_error(&error))?;
        self.sheet = Some(worksheet);
        Ok(())
    }

    fn sheet_note(&mut self, _: String) {}

    fn merge(&mut self, merge: Merge) {
        let Some(mapping) = self.mapping.filter(|mapping| merge.first > mapping.header_row) else { return };
        let column = mapping.columns.iter().position(|place| *place == Some(merge.column));
        let title = column.and_then(|column| self.read.titles.get(column));
        if title.is_some_and(|title| !is_quantity(title)) {
            self.merges.push((merge, Cell::Empty));
        }
    }

    fn row(&mut self, row: u32, cells: &mut RowBuf) -> Result<Next, SheetError> {
        // Written strictly downwards; a file with its rows in another order loses none of its findings.
        if row <= self.last_row {
            return Ok(Next::Row);
        }
        self.last_row = row;
        self.fill_down(row, cells)?;
        self.write_row(row, &cells.cells).map_err(|error| write_error(&error))?;
        Ok(Next::Row)
    }

    fn end(&mut self) -> Result<Next, SheetError> {
        self.finish_sheet().map_err(|error| write_error(&error))?;
        Ok(Next::Row)
    }

    fn delimiter(&self) -> Option<u8> {
        self.read.delimiter
    }

    fn fit(&self, _: &[super::header::FoundRow]) -> usize {
        0
    }

    fn set_delimiter(&mut self, _: u8) {}
}

/// A name Excel takes: at most 31 characters, none of `[]:*?/\`, used once.
fn sheet_name(wanted: &str, used: &mut HashSet<String>) -> String {
    let clean: String =
        wanted.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { '_' } else { c }).collect();
    let clean = clean.trim_matches('\'').trim();
    let clean = if clean.is_empty() { "Sheet" } else { clean };
    let mut name: String = clean.chars().take(31).collect();
    let mut number = 2;
    while !used.insert(name.to_lowercase()) {
        name = format!("{}_{number}", clean.chars().take(24).collect::<String>());
        number += 1;
    }
    name
}
