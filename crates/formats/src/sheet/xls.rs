//! Reads .xls (BIFF8, Excel 97–2003). Our own reader: a file of a few bytes can make calamine 0.38 reserve 67 GB
//! (by the declared dimensions) or walk a chain of sectors for ever, and both end the process.

pub(crate) mod ole;
mod records;

use super::sink::{Merge, Next, RowBuf, Sink, number};
use super::xlsx::{Strings, Styles};
use super::{Input, Limits, SheetError};
use crate::secrecy;
use domain::sheet::Cell;
use memchr::memmem;
use ole::{Ole, u16_at, u32_at};
use records::{Parts, Records, f64_at, rk_at};

const BOF: u16 = 0x0809;
const END: u16 = 0x000a;

/// What the cells of a sheet refer to.
#[derive(Default)]
struct Workbook {
    sheets: Vec<Sheet>,
    strings: Strings,
    styles: Styles,
    is_1904: bool,
}

/// A sheet of the workbook.
struct Sheet {
    name: String,
    hidden: bool,
    is_worksheet: bool,
    start: usize,
}

pub(super) fn read(input: &mut dyn Input, limits: &Limits, sink: &mut dyn Sink) -> Result<(), SheetError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    if has(&bytes, "EncryptedPackage") {
        return Err(SheetError::Encrypted);
    }
    let ole = Ole::open(&bytes);
    if let Ok(ole) = &ole {
        for name in ["\u{5}SummaryInformation", "\u{5}DocumentSummaryInformation"] {
            sink.found(secrecy::in_bytes("文档属性", &ole.stream(name).unwrap_or_default()))?;
        }
    }
    let stream = ole.map(|ole| ole.stream("Workbook").or_else(|| ole.stream("Book")));
    let stream = match (stream, foreign(&bytes)) {
        (Ok(Some(stream)), _) => stream,
        (_, Some(real)) => return Err(SheetError::NotWhatItsNameSays { name: "文件".to_owned(), real }),
        (other, None) => other?.ok_or_else(|| SheetError::unreadable("没有工作簿"))?,
    };
    drop(bytes);
    let workbook = globals(&stream, limits)?;
    sink.sheets(workbook.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.hidden)).collect());
    for (place, sheet) in workbook.sheets.iter().enumerate().filter(|(_, sheet)| sheet.is_worksheet) {
        let place = u16::try_from(place).map_err(|_| SheetError::unreadable("工作表太多"))?;
        sink.begin(place)?;
        let (merges, printed) = behind(&stream, sheet.start);
        sink.found(secrecy::in_texts("页眉页脚", &printed))?;
        for merge in merges {
            sink.merge(merge);
        }
        let stopped = RowReader::new(&workbook, sink).read(&stream, sheet.start)? == Next::Stop;
        if sink.end()? == Next::Stop || stopped {
            break;
        }
    }
    Ok(())
}

/// A Word document or presentation under the name of a table.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    [("WordDocument", " Word 文档"), ("PowerPoint Document", "演示文稿")]
        .into_iter()
        .find_map(|(name, real)| has(bytes, name).then_some(real))
}

fn has(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memmem::find(bytes, &name).is_some()
}

/// The first part of the stream: sheets, formats, shared strings.
fn globals(stream: &[u8], limits: &Limits) -> Result<Workbook, SheetError> {
    let cut_off = || SheetError::unreadable("工作簿被截断");
    let mut out = Workbook::default();
    let mut formats = Vec::new();
    let mut codes = Vec::new();
    let mut records = Records::new(stream, 0);
    let first = records.next().filter(|record| record.kind == BOF).ok_or_else(cut_off)?;
    if u16_at(first.data, 0) != Some(0x0600) {
        return Err(SheetError::unreadable("是 Excel 95 或更早的格式"));
    }
    loop {
        let record = records.next().ok_or_else(cut_off)?;
        match record.kind {
            // FILEPASS: everything behind it is encrypted.
            0x002f => return Err(SheetError::Encrypted),
            0x0022 => out.is_1904 = u16_at(record.data, 0) == Some(1),
            0x0085 => out.sheets.push(sheet(record.data).ok_or_else(cut_off)?),
            0x00e0 => formats.push(u32::from(u16_at(record.data, 2).unwrap_or(0))),
            0x041e => {
                let mut code = String::new();
                let data = [record.data.get(2..).unwrap_or_default()];
                if let (Some(id), Some(())) = (u16_at(record.data, 0), Parts::new(&data).string(&mut code)) {
                    codes.push((u32::from(id), code));
                }
            }
            0x00fc => out.strings = strings(&records.parts(&record), limits)?,
            END => {
                out.styles = Styles::new(codes, formats);
                return Ok(out);
            }
            _ => {}
        }
    }
}

fn sheet(data: &[u8]) -> Option<Sheet> {
    let mut name = String::new();
    Parts::new(&[data.get(6..)?]).short_string(&mut name)?;
    Some(Sheet {
        name,
        hidden: data[4] & 3 != 0,
        is_worksheet: data[5] == 0,
        start: usize::try_from(u32_at(data, 0)?).ok()?,
    })
}

fn strings(parts: &[&[u8]], limits: &Limits) -> Result<Strings, SheetError> {
    let mut out = Strings::default();
    let mut reader = Parts::new(parts);
    let count = reader.skip(4).and_then(|()| reader.u32()).unwrap_or(0);
    let mut text = String::new();
    for _ in 0..count {
        text.clear();
        if reader.rich_string(&mut text).is_none() {
            break;
        }
        out.push(&text, limits.max_text_bytes)?;
    }
    Ok(out)
}

/// The vertical merges of a sheet, which stand behind its cells, and its header and footer.
fn behind(stream: &[u8], start: usize) -> (Vec<Merge>, Vec<String>) {
    let (mut out, mut printed) = (Vec::new(), Vec::new());
    let mut depth = 0_u32;
    for record in Records::new(stream, start) {
        match record.kind {
            BOF => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            0x0014 | 0x0015 if depth == 1 => {
                let mut text = String::new();
                if Parts::new(&[record.data]).string(&mut text).is_some() {
                    printed.push(text);
                }
            }
            0x00e5 if depth == 1 => {
                let areas = record.data.get(2..).unwrap_or_default().chunks_exact(8);
                out.extend(areas.filter_map(|area| {
                    let number = |at| u16_at(area, at).map(u32::from);
                    let (first, last, column) = (number(0)?, number(2)?, number(4)?);
                    (last > first).then_some(Merge { column, first: first + 1, last: last + 1 })
                }));
            }
            _ => {}
        }
    }
    out.sort_unstable_by_key(|merge| merge.first);
    (out, printed)
}

/// Collects the cells of a sheet into rows.
struct RowReader<'a> {
    workbook: &'a Workbook,
    sink: &'a mut dyn Sink,
    row: u32,
    cells: RowBuf,
    /// The formula whose text comes in a record of its own.
    awaited: Option<u32>,
}

impl<'a> RowReader<'a> {
    fn new(workbook: &'a Workbook, sink: &'a mut dyn Sink) -> Self {
        Self { workbook, sink, row: 0, cells: RowBuf::default(), awaited: None }
    }

    fn read(&mut self, stream: &[u8], start: usize) -> Result<Next, SheetError> {
        let mut records = Records::new(stream, start);
        let mut depth = 0_u32;
        loop {
            let record = records.next().ok_or_else(|| SheetError::unreadable("工作表被截断"))?;
            match record.kind {
                BOF => depth += 1,
                END if depth <= 1 => return self.end_row(),
                END => depth -= 1,
                // A chart inside the sheet.
                _ if depth != 1 => {}
                0x0207 => {
                    let mut text = String::new();
                    if let (Some(column), Some(())) =
                        (self.awaited.take(), Parts::new(&records.parts(&record)).string(&mut text))
                    {
                        self.cells.push(column, Cell::Text(text))?;
                    }
                }
                0x0203 | 0x027e | 0x00bd | 0x00fd | 0x0204 | 0x00d6 | 0x0205 | 0x0006 => {
                    match self.move_to(record.data)? {
                        Next::Row => self.cell(record.kind, record.data)?,
                        Next::Stop => return Ok(Next::Stop),
                    }
                }
                _ => {}
            }
        }
    }

    /// Hands the row over when the next cell belongs to another.
    fn move_to(&mut self, data: &[u8]) -> Result<Next, SheetError> {
        let row = u32::from(u16_at(data, 0).unwrap_or(0)) + 1;
        if row == self.row {
            return Ok(Next::Row);
        }
        let next = self.end_row()?;
        self.row = row;
        Ok(next)
    }

    fn end_row(&mut self) -> Result<Next, SheetError> {
        let next =
            if self.cells.cells.is_empty() { Next::Row } else { self.sink.row(self.row, &mut self.cells)? };
        self.cells.clear();
        self.awaited = None;
        Ok(next)
    }

    fn cell(&mut self, kind: u16, data: &[u8]) -> Result<(), SheetError> {
        let Some(first) = u16_at(data, 2).map(u32::from) else { return Ok(()) };
        if kind == 0x00bd {
            // Several numbers side by side.
            for (column, part) in
                (first..).zip(data.get(4..data.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6))
            {
                self.put(column, |cells| {
                    let value = rk_at(part, 2)?;
                    Some(cells.number(u16_at(part, 0)?, value))
                })?;
            }
            return Ok(());
        }
        if kind == 0x0006 && is_text(data) {
            self.awaited = Some(first);
            return Ok(());
        }
        self.put(first, |cells| cells.value(kind, data))
    }

    fn put(&mut self, column: u32, value: impl Fn(&Self) -> Option<Cell>) -> Result<(), SheetError> {
        let cell = value(self).ok_or_else(|| SheetError::unreadable("单元格记录有误"))?;
        self.cells.push(column, cell)
    }

    fn value(&self, kind: u16, data: &[u8]) -> Option<Cell> {
        let style = u16_at(data, 4)?;
        Some(match kind {
            0x0203 => self.number(style, f64_at(data, 6)?),
            0x027e => self.number(style, rk_at(data, 6)?),
            0x00fd => {
                Cell::Text(self.workbook.strings.get(usize::try_from(u32_at(data, 6)?).ok()?)?.to_owned())
            }
            0x0205 => bool_or_error(*data.get(6)?, *data.get(7)? != 0),
            0x0006 => match data.get(6..14)? {
                [1, _, value, _, _, _, 0xff, 0xff] => bool_or_error(*value, false),
                [2, _, code, _, _, _, 0xff, 0xff] => bool_or_error(*code, true),
                [_, _, _, _, _, _, 0xff, 0xff] => Cell::Empty,
                _ => self.number(style, f64_at(data, 6)?),
            },
            _ => {
                let mut text = String::new();
                Parts::new(&[data.get(6..)?]).string(&mut text)?;
                Cell::Text(text)
            }
        })
    }

    fn number(&self, style: u16, value: f64) -> Cell {
        number(value, self.workbook.styles.is_date(u32::from(style)), self.workbook.is_1904)
    }
}

/// Whether the result of a formula is a text, which follows.
fn is_text(data: &[u8]) -> bool {
    data.get(6) == Some(&0) && data.get(12..14) == Some(&[0xff, 0xff])
}

fn bool_or_error(value: u8, is_error: bool) -> Cell {
    if !is_error {
        return Cell::Bool(value != 0);
    }
    let word = match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    Cell::Error(word.to_owned())
}
