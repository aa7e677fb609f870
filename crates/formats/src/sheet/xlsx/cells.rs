//! The cells of one sheet.

use super::super::SheetError;
use super::super::sink::{MAX_COLUMNS, MAX_ROW, Merge, Next, RowBuf, Sink, number};
use super::super::xml::{Attributes, Token, Xml, unescape};
use super::Workbook;
use super::strings::with_controls;
use domain::sheet::Cell;
use memchr::memmem;
use std::io::Read;

/// Merges taken per sheet; more are no honest table.
const MAX_MERGES: usize = 200_000;
/// Headers and footers of a sheet: left, middle and right stand in one text, for odd, even and first pages.
const MAX_PRINTED: usize = 12;

/// The type attribute of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Date,
}

/// The cell that is being read.
struct Open {
    column: u32,
    kind: Kind,
    style: u32,
    has_formula: bool,
    has_value: bool,
    raw: String,
}

/// Streams the rows of a sheet. Declared dimensions are not looked at.
pub(super) fn read<R: Read>(
    mut xml: Xml<R>,
    workbook: &Workbook,
    sink: &mut dyn Sink,
) -> Result<Next, SheetError> {
    let mut cells = RowBuf::default();
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut cell = Open::new();
    let (mut in_cell, mut in_value, mut in_phonetic) = (false, false, false);
    loop {
        match xml.next()? {
            Token::Start { name: b"c", attributes, empty } => {
                cell.open(attributes, column)?;
                column = cell.column + 1;
                in_cell = !empty;
                if in_cell && cell.take_whole(&mut xml, workbook, &mut cells)? {
                    in_cell = false;
                }
            }
            Token::Start { name: b"v" | b"t", empty: false, .. } if in_cell => {
                cell.has_value = true;
                in_value = !in_phonetic;
            }
            Token::Start { name: b"f", .. } if in_cell => cell.has_formula = true,
            Token::Start { name: b"rPh", empty: false, .. } => in_phonetic = true,
            Token::Text(raw) if in_value => unescape(raw, &mut cell.raw),
            Token::Raw(raw) if in_value => cell.raw.push_str(&String::from_utf8_lossy(raw)),
            Token::End { name: b"v" | b"t" } => in_value = false,
            Token::End { name: b"rPh" } => in_phonetic = false,
            Token::End { name: b"c" } if in_cell => {
                in_cell = false;
                cell.close(workbook, &mut cells)?;
            }
            Token::Start { name: b"row", attributes, .. } => {
                row = attributes.number("r").unwrap_or(row + 1);
                if row == 0 || row > MAX_ROW {
                    return Err(SheetError::unreadable("行号超出范围"));
                }
                column = 0;
                cells.clear();
            }
            Token::End { name: b"row" } => {
                if !cells.cells.is_empty() {
                    match sink.row(row, &mut cells)? {
                        Next::Row => {}
                        Next::Stop => return Ok(Next::Stop),
                    }
                }
                cells.clear();
            }
            Token::End { name: b"sheetData" } => return Ok(Next::Row),
            Token::Eof => return Err(SheetError::unreadable("工作表被截断")),
            _ => {}
        }
    }
}

impl Open {
    fn new() -> Self {
        Self {
            column: 0,
            kind: Kind::Number,
            style: 0,
            has_formula: false,
            has_value: false,
            raw: String::new(),
        }
    }

    fn open(&mut self, attributes: Attributes<'_>, next_column: u32) -> Result<(), SheetError> {
        (self.column, self.kind, self.style) = (next_column, Kind::Number, 0);
        (self.has_formula, self.has_value) = (false, false);
        self.raw.clear();
        for (name, value) in attributes.iter() {
            match name {
                b"r" => self.column = column(value).map_or(next_column, |(column, _)| column),
                b"s" => {
                    self.style = std::str::from_utf8(value).ok().and_then(|it| it.parse().ok()).unwrap_or(0);
                }
                b"t" => self.kind = kind(value),
                _ => {}
            }
        }
        if self.column >= MAX_COLUMNS {
            return Err(SheetError::unreadable("列数超出范围"));
        }
        Ok(())
    }

    /// Reads the rest of the cell at one go when it is written as nearly all are. False: token by token.
    fn take_whole<R: Read>(
        &mut self,
        xml: &mut Xml<R>,
        workbook: &Workbook,
        cells: &mut RowBuf,
    ) -> Result<bool, SheetError> {
        let raw = match self.kind {
            Kind::Text => xml.between(b"<is><t>", b"</t></is></c>"),
            _ => xml.between(b"<v>", b"</v></c>"),
        };
        let Some(raw) = raw else { return Ok(false) };
        if self.kind == Kind::Shared {
            cells.push(self.column, Cell::Text(with_controls(shared(raw, workbook)?)))?;
        } else {
            unescape(raw, &mut self.raw);
            self.has_value = true;
            cells.push(self.column, self.value(workbook)?)?;
        }
        Ok(true)
    }

    fn close(&self, workbook: &Workbook, cells: &mut RowBuf) -> Result<(), SheetError> {
        cells.push(self.column, self.value(workbook)?)
    }

    fn value(&self, workbook: &Workbook) -> Result<Cell, SheetError> {
        if !self.has_value || (self.raw.is_empty() && self.kind != Kind::Text) {
            // Written by a program that does not calculate: what the user means is not in the file.
            return Ok(if self.has_formula {
                Cell::Error("公式未计算".to_owned())
            } else {
                Cell::Empty
            });
        }
        Ok(match self.kind {
            Kind::Number => self.number(workbook),
            Kind::Shared => Cell::Text(with_controls(shared(self.raw.as_bytes(), workbook)?)),
            Kind::Text => Cell::Text(with_controls(&self.raw)),
            Kind::Bool => Cell::Bool(matches!(self.raw.trim(), "1" | "true")),
            Kind::Error => Cell::Error(self.raw.clone()),
            Kind::Date => match self.raw.get(..10).and_then(|day| day.parse().ok()) {
                Some(date) => Cell::Date(date),
                None => Cell::Text(self.raw.clone()),
            },
        })
    }

    fn number(&self, workbook: &Workbook) -> Cell {
        let raw = self.raw.trim();
        let Ok(value) = raw.parse::<f64>() else { return Cell::Text(self.raw.clone()) };
        number(value, workbook.styles.is_date(self.style), workbook.is_1904)
    }
}

/// The shared string of a cell.
fn shared<'w>(raw: &[u8], workbook: &'w Workbook) -> Result<&'w str, SheetError> {
    let digits = raw.trim_ascii();
    let index = digits.iter().try_fold(0_usize, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| sum.checked_mul(10)?.checked_add(usize::from(digit))).flatten()
    });
    let text = index.filter(|_| !digits.is_empty()).and_then(|index| workbook.strings.get(index));
    text.ok_or_else(|| SheetError::unreadable("缺少共享文本"))
}

fn kind(value: &[u8]) -> Kind {
    match value {
        b"s" => Kind::Shared,
        b"str" | b"inlineStr" => Kind::Text,
        b"b" => Kind::Bool,
        b"e" => Kind::Error,
        b"d" => Kind::Date,
        _ => Kind::Number,
    }
}

/// The column of a reference such as `AB12`, from 0, and how many letters it has.
fn column(reference: &[u8]) -> Option<(u32, usize)> {
    let (mut number, mut letters) = (0, 0);
    while let Some(byte) = reference.get(letters).filter(|byte| byte.is_ascii_alphabetic()) {
        number = number * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
        letters += 1;
        if letters > 3 {
            return None;
        }
    }
    (letters > 0).then(|| (number - 1, letters))
}

/// Column and row of a reference.
fn place(reference: &[u8]) -> Option<(u32, u32)> {
    let (column, letters) = column(reference)?;
    Some((column, std::str::from_utf8(&reference[letters..]).ok()?.parse().ok()?))
}

/// The vertical merges of a sheet and the texts of its headers and footers. They stand behind the cells, so the part
/// is unpacked once more for them, but nothing before them is parsed.
pub(super) fn behind<R: Read>(mut part: R) -> Result<(Vec<Merge>, Vec<String>), SheetError> {
    const END: &[u8] = b"sheetData>";
    let finder = memmem::Finder::new(END);
    let mut buf = vec![0_u8; 64 << 10];
    let mut kept = 0;
    let tail = loop {
        let count =
            part.read(&mut buf[kept..]).map_err(|error| super::super::package::unpack_error(&error))?;
        if count == 0 {
            return Ok((Vec::new(), Vec::new()));
        }
        let filled = kept + count;
        // The opening tag may end with the same letters.
        if let Some(at) = finder.find_iter(&buf[..filled]).find(|at| closes(&buf[..*at])) {
            break buf[at + END.len()..filled].to_vec();
        }
        kept = filled.min(END.len() + 16);
        buf.copy_within(filled - kept..filled, 0);
    };
    let mut xml = Xml::new(std::io::Cursor::new(tail).chain(part));
    let (mut out, mut printed) = (Vec::new(), Vec::new());
    let mut is_printed = false;
    loop {
        match xml.next()? {
            Token::Start { name: b"mergeCell", attributes, .. } => {
                out.extend(attributes.get("ref").and_then(merge));
                if out.len() > MAX_MERGES {
                    return Err(SheetError::ZipBomb);
                }
            }
            Token::Start { name: b"headerFooter", empty, .. } => is_printed = !empty,
            Token::End { name: b"headerFooter" } | Token::Eof => break,
            Token::Text(raw) if is_printed && printed.len() < MAX_PRINTED => {
                let mut text = String::new();
                unescape(raw, &mut text);
                printed.push(text);
            }
            _ => {}
        }
    }
    out.sort_unstable_by_key(|merge| merge.first);
    Ok((out, printed))
}

/// Whether what stands before the name is the start of a closing tag (perhaps with a prefix).
fn closes(before: &[u8]) -> bool {
    let start = before.iter().rposition(|byte| matches!(byte, b'<' | b'>'));
    start.is_some_and(|at| before[at..].starts_with(b"</"))
}

fn merge(range: &[u8]) -> Option<Merge> {
    let colon = range.iter().position(|byte| *byte == b':')?;
    let ((column, first), (_, last)) = (place(&range[..colon])?, place(&range[colon + 1..])?);
    (last > first && first > 0 && last <= MAX_ROW).then_some(Merge { column, first, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(place(b"A1"), Some((0, 1)));
        assert_eq!(place(b"XFD1048576"), Some((16_383, 1_048_576)));
        assert_eq!(column(b"AA7"), Some((26, 2)));
        assert_eq!((column(b"1"), column(b"ABCD1"), column(b""), place(b"A")), (None, None, None, None));
    }

    #[test]
    fn only_vertical_merges_are_kept() {
        let sheet = format!(
            "<x:worksheet><x:sheetData><x:row/>{}</x:sheetData><x:mergeCells><x:mergeCell ref='A1:F1'/>\
             <x:mergeCell ref='B5:B8'/><x:mergeCell ref='A3:C4'/><x:mergeCell ref='junk'/></x:mergeCells></x:worksheet>",
            "<x:c><x:v>1</x:v></x:c>".repeat(10_000)
        );
        let wanted = [Merge { column: 0, first: 3, last: 4 }, Merge { column: 1, first: 5, last: 8 }];
        assert_eq!(behind(sheet.as_bytes()).unwrap(), (wanted.to_vec(), Vec::new()));
        assert_eq!(behind(&b"<sheetData>"[..]).unwrap(), (Vec::new(), Vec::new()));
    }

    #[test]
    fn headers_and_footers_stand_behind_the_cells() {
        let sheet = "<worksheet><sheetData><row/></sheetData><pageMargins/><headerFooter>\
                     <oddHeader>&amp;C统计表</oddHeader><oddFooter>&amp;C第 &amp;P 页</oddFooter></headerFooter></worksheet>";
        assert_eq!(behind(sheet.as_bytes()).unwrap().1, ["&C统计表", "&C第 &P 页"]);
    }
}
