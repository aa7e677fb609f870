//! Generated records as files that the imports read: a line of warning, the header, text cells.

use super::{RosterRecord, TITLE, VisitRecord};
use domain::sheet::Column;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// A row of a file whose columns are known.
pub trait Record {
    /// The columns, in order.
    const COLUMNS: &'static [Column];
    /// Name of the sheet.
    const SHEET: &'static str;
    /// The cells, in the order of the columns.
    fn cells(&self) -> &[String];
}

impl Record for RosterRecord {
    const COLUMNS: &'static [Column] = domain::roster::COLUMNS;
    const SHEET: &'static str = "名册";

    fn cells(&self) -> &[String] {
        &self.0
    }
}

impl Record for VisitRecord {
    const COLUMNS: &'static [Column] = domain::visit::COLUMNS;
    const SHEET: &'static str = "走访记录";

    fn cells(&self) -> &[String] {
        &self.0
    }
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file could not be written.
    #[error("测试数据文件写不进去：{0}")]
    Csv(#[from] csv::Error),
    /// The workbook could not be written.
    #[error("测试数据工作簿写不进去：{0}")]
    Xlsx(#[from] XlsxError),
    /// The medium is full, or the like.
    #[error("测试数据文件写不进去：{0}")]
    Io(#[from] std::io::Error),
}

/// Writes CSV in UTF-8 with a byte order mark, so that Excel and WPS show it right. Returns how many records.
pub fn write_csv<R: Record>(
    mut out: impl Write,
    records: impl IntoIterator<Item = R>,
) -> Result<usize, WriteError> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
    csv.write_record([TITLE])?;
    csv.write_record(R::COLUMNS.iter().map(|column| column.title))?;
    let mut count = 0;
    for record in records {
        csv.write_record(record.cells())?;
        count += 1;
    }
    csv.flush()?;
    Ok(count)
}

/// Writes a workbook row by row, so that its size needs no memory. Numbers of persons and accounts are text.
/// Returns how many records.
pub fn write_xlsx<R: Record>(
    out: impl Write + Seek + Send,
    records: impl IntoIterator<Item = R>,
) -> Result<usize, WriteError> {
    let mut workbook = Workbook::new();
    // The same bytes on every day.
    let created = ExcelDateTime::from_ymd(2024, 7, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(R::SHEET)?;
    head::<R>(sheet)?;
    let mut count = 0;
    for (row, record) in (2..).zip(records) {
        for (column, text) in (0..).zip(record.cells()) {
            if !text.is_empty() {
                sheet.write_string(row, column, text)?;
            }
        }
        count += 1;
    }
    workbook.save_to_writer(out)?;
    Ok(count)
}

fn head<R: Record>(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (column, title) in (0..).zip(R::COLUMNS) {
        let width = if title.title.contains("号") { 22 } else { 14 };
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string_with_format(0, 0, TITLE, &bold)?;
    for (column, title) in (0..).zip(R::COLUMNS) {
        sheet.write_string_with_format(1, column, title.title, &bold)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    Ok(())
}
