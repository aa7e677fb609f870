//! Reads .xls (BIFF8) through calamine, which holds the sheets in memory: an .xls has at most 65,536 rows.

use super::sink::{Merge, Next, RowBuf, Sink};
use super::{Input, SheetError};
use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};
use domain::sheet::{Cell, plain_decimal, serial_day};
use memchr::memmem;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Book = Xls<Cursor<Vec<u8>>>;

pub(super) fn read(input: &mut dyn Input, sink: &mut dyn Sink) -> Result<(), SheetError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    if is_encrypted(&bytes) {
        return Err(SheetError::Encrypted);
    }
    if let Some(real) = foreign(&bytes) {
        return Err(SheetError::NotWhatItsNameSays { name: "文件".to_owned(), real });
    }
    // The parser trusts offsets in the file; a damaged file must not take the program down with it.
    let mut book = catch_unwind(AssertUnwindSafe(|| Xls::new(Cursor::new(bytes))))
        .map_err(|_| SheetError::unreadable("结构有误"))?
        .map_err(|error| match error {
            XlsError::Password => SheetError::Encrypted,
            other => SheetError::unreadable(other),
        })?;
    let sheets = book.sheets_metadata().to_vec();
    sink.sheets(sheets.iter().map(|it| (it.name.clone(), it.visible != SheetVisible::Visible)).collect());
    for (place, sheet) in sheets.iter().enumerate() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let place = u16::try_from(place).map_err(|_| SheetError::unreadable("工作表太多"))?;
        sink.begin(place)?;
        let stopped = rows(&mut book, &sheet.name, sink)? == Next::Stop;
        if sink.end()? == Next::Stop || stopped {
            break;
        }
    }
    Ok(())
}

fn rows(book: &mut Book, name: &str, sink: &mut dyn Sink) -> Result<Next, SheetError> {
    let is_1904 = book.has_1904_epoch();
    let mut merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    merges.sort_by_key(|area| area.start);
    for area in merges.iter().filter(|area| area.end.0 > area.start.0) {
        sink.merge(Merge { column: area.start.1, first: area.start.0 + 1, last: area.end.0 + 1 });
    }
    let range = book.worksheet_range(name).map_err(SheetError::unreadable)?;
    let (top, left) = range.start().unwrap_or((0, 0));
    let mut cells = RowBuf::default();
    for (row, line) in (top + 1..).zip(range.rows()) {
        cells.clear();
        for (column, data) in (left..).zip(line) {
            if *data == Data::Empty {
                continue;
            }
            if cells.needs(&*sink, column) {
                cells.push(column, cell(data, is_1904))?;
            } else {
                cells.skip(column);
            }
        }
        if cells.cells.is_empty() {
            continue;
        }
        match sink.row(row, &mut cells)? {
            Next::Row => {}
            other => return Ok(other),
        }
    }
    Ok(Next::Row)
}

fn cell(data: &Data, is_1904: bool) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Float(value) => Cell::Number(*value),
        Data::Int(value) => value.to_string().parse().map_or(Cell::Empty, Cell::Number),
        Data::Bool(value) => Cell::Bool(*value),
        Data::Error(error) => Cell::Error(error.to_string()),
        Data::DateTime(moment) => {
            let value = moment.as_f64();
            let plain = plain_decimal(value).unwrap_or_default();
            let days = plain.split_once('.').map_or(plain.as_str(), |(days, _)| days);
            let date =
                days.parse().ok().filter(|_| moment.is_datetime()).and_then(|days| serial_day(days, is_1904));
            date.map_or(Cell::Number(value), Cell::Date)
        }
    }
}

/// The first record (BOF) of the globals of BIFF8; it has 16 bytes of data.
const BOF: &[u8] = &[0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00];

/// A password: either an encrypted xlsx inside the container, or a FILEPASS record at the start of the workbook.
fn is_encrypted(bytes: &[u8]) -> bool {
    if memmem::find(bytes, &utf16("EncryptedPackage")).is_some() {
        return true;
    }
    // FILEPASS follows at once.
    let Some(at) = memmem::find_iter(bytes, BOF).find(|at| at % 64 == 0) else { return false };
    bytes.get(at + 20..at + 22) == Some(&[0x2f, 0x00])
}

/// A Word document or presentation under the name of a table.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let has = |name: &str| memmem::find(bytes, &utf16(name)).is_some();
    if has("Workbook") || has("Book") {
        None
    } else if has("WordDocument") {
        Some(" Word 文档")
    } else if has("PowerPoint Document") {
        Some("演示文稿")
    } else {
        None
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
