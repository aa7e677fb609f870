//! Reads .ods (OpenDocument): the cells of `content.xml` are streamed, repeated ones are never laid out.

use super::SheetError;
use super::package::Package;
use super::sink::{MAX_COLUMNS, MAX_ROW, Merge, Next, RowBuf, Sink};
use super::xml::{Attributes, Token, Xml, unescape};
use domain::sheet::Cell;
use std::io::Read;

pub(super) fn read(package: &mut Package, sink: &mut dyn Sink) -> Result<(), SheetError> {
    if let Some(part) = package.part("META-INF/manifest.xml")? {
        let mut xml = Xml::new(part);
        loop {
            match xml.next()? {
                Token::Start { name: b"encryption-data", .. } => return Err(SheetError::Encrypted),
                Token::Eof => break,
                _ => {}
            }
        }
    }
    sink.sheets(names(Xml::new(package.required("content.xml")?))?);
    let mut xml = Xml::new(package.required("content.xml")?);
    let mut content = Content::default();
    loop {
        let next = match xml.next()? {
            Token::Eof => return Ok(()),
            Token::Start { name: b"table", empty: false, .. } => content.begin_table(sink)?,
            Token::End { name: b"table" } => content.end_table(sink)?,
            Token::Start { name: b"annotation", empty: false, .. } => {
                content.comments += 1;
                Next::Row
            }
            Token::End { name: b"annotation" } => {
                content.comments = content.comments.saturating_sub(1);
                Next::Row
            }
            token if content.tables == 1 && content.comments == 0 => content.token(&token, sink)?,
            _ => Next::Row,
        };
        match next {
            Next::Row => {}
            Next::Stop => return sink.end().map(drop),
        }
    }
}

fn names<R: Read>(mut xml: Xml<R>) -> Result<Vec<(String, bool)>, SheetError> {
    let mut out = Vec::new();
    let mut depth = 0_u32;
    loop {
        match xml.next()? {
            Token::Start { name: b"table", attributes, empty } => {
                if depth == 0 {
                    out.push((attributes.text("name").unwrap_or_default(), false));
                }
                depth += u32::from(!empty);
            }
            Token::End { name: b"table" } => depth = depth.saturating_sub(1),
            Token::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// The cell being read.
#[derive(Default)]
struct Open {
    column: u32,
    repeated: u32,
    kind: Vec<u8>,
    is_error: bool,
    has_formula: bool,
    value: String,
    text: String,
    paragraphs: u32,
}

/// Where the reader stands.
#[derive(Default)]
struct Content {
    sheet: u16,
    /// Tables inside tables, and comments inside cells, are not part of the sheet.
    tables: u32,
    comments: u32,
    row: u32,
    row_repeated: u32,
    column: u32,
    cells: RowBuf,
    cell: Open,
    in_cell: bool,
    paragraph: u32,
}

impl Content {
    fn begin_table(&mut self, sink: &mut dyn Sink) -> Result<Next, SheetError> {
        self.tables += 1;
        if self.tables == 1 {
            sink.begin(self.sheet)?;
            (self.row, self.in_cell, self.comments) = (1, false, 0);
            self.cells.clear();
        }
        Ok(Next::Row)
    }

    fn end_table(&mut self, sink: &mut dyn Sink) -> Result<Next, SheetError> {
        let was_open = self.tables == 1;
        self.tables = self.tables.saturating_sub(1);
        if !was_open {
            return Ok(Next::Row);
        }
        self.sheet = self.sheet.checked_add(1).ok_or_else(|| SheetError::unreadable("工作表太多"))?;
        sink.end()
    }

    /// Something inside a sheet.
    fn token(&mut self, token: &Token<'_>, sink: &mut dyn Sink) -> Result<Next, SheetError> {
        match *token {
            Token::Start { name: b"table-row", attributes, empty } => {
                self.row_repeated = attributes.number("number-rows-repeated").unwrap_or(1).max(1);
                (self.column, self.in_cell) = (0, false);
                self.cells.clear();
                if empty {
                    self.row = self.row.saturating_add(self.row_repeated);
                }
            }
            Token::End { name: b"table-row" } => return self.end_row(sink),
            Token::Start { name: b"table-cell" | b"covered-table-cell", attributes, empty } => {
                self.begin_cell(attributes, sink);
                self.in_cell = !empty;
                if empty {
                    self.cell.close(&mut self.cells)?;
                }
            }
            Token::End { name: b"table-cell" | b"covered-table-cell" } if self.in_cell => {
                self.in_cell = false;
                self.cell.close(&mut self.cells)?;
            }
            Token::Start { name: b"p", empty, .. } if self.in_cell => {
                if self.cell.paragraphs > 0 {
                    self.cell.text.push('\n');
                }
                self.cell.paragraphs += 1;
                self.paragraph += u32::from(!empty);
            }
            Token::End { name: b"p" } => self.paragraph = self.paragraph.saturating_sub(1),
            _ if self.paragraph == 0 || !self.in_cell => {}
            Token::Start { name: b"s", attributes, .. } => {
                let count = attributes.number("c").unwrap_or(1).min(1000);
                (0..count).for_each(|_| self.cell.text.push(' '));
            }
            Token::Start { name: b"tab" | b"line-break", .. } => self.cell.text.push(' '),
            Token::Text(raw) => unescape(raw, &mut self.cell.text),
            Token::Raw(raw) => self.cell.text.push_str(&String::from_utf8_lossy(raw)),
            _ => {}
        }
        Ok(Next::Row)
    }

    fn begin_cell(&mut self, attributes: Attributes<'_>, sink: &mut dyn Sink) {
        self.cell.open(attributes, self.column);
        self.column = self.column.saturating_add(self.cell.repeated);
        self.paragraph = 0;
        let spanned = attributes.number("number-rows-spanned").unwrap_or(1);
        let last = self.row.saturating_add(spanned.saturating_sub(1)).min(MAX_ROW);
        if last > self.row {
            sink.merge(Merge { column: self.cell.column, first: self.row, last });
        }
    }

    fn end_row(&mut self, sink: &mut dyn Sink) -> Result<Next, SheetError> {
        let first = self.row;
        self.row = first.saturating_add(self.row_repeated);
        if self.cells.cells.is_empty() {
            return Ok(Next::Row);
        }
        if first > MAX_ROW {
            return Err(SheetError::unreadable("行号超出范围"));
        }
        // The same row several times: only as often as a sheet has rows.
        for row in first..self.row.min(MAX_ROW + 1) {
            let mut copy = RowBuf::default();
            for (column, cell) in &self.cells.cells {
                copy.push(*column, cell.clone())?;
            }
            copy.width = self.cells.width;
            match sink.row(row, &mut copy)? {
                Next::Row => {}
                Next::Stop => return Ok(Next::Stop),
            }
        }
        Ok(Next::Row)
    }
}

impl Open {
    fn open(&mut self, attributes: Attributes<'_>, column: u32) {
        self.column = column;
        self.repeated = 1;
        self.kind.clear();
        self.value.clear();
        self.text.clear();
        (self.is_error, self.has_formula, self.paragraphs) = (false, false, 0);
        for (name, raw) in attributes.iter() {
            match name {
                b"table:number-columns-repeated" => {
                    let text = std::str::from_utf8(raw).unwrap_or_default();
                    self.repeated = text.parse().unwrap_or(1).max(1);
                }
                b"office:value-type" => self.kind.extend_from_slice(raw),
                b"calcext:value-type" => self.is_error = raw == b"error",
                b"table:formula" => self.has_formula = true,
                b"office:value" | b"office:date-value" | b"office:boolean-value" | b"office:string-value" => {
                    unescape(raw, &mut self.value);
                }
                _ => {}
            }
        }
    }

    fn close(&mut self, cells: &mut RowBuf) -> Result<(), SheetError> {
        if self.kind.is_empty() && self.text.is_empty() {
            return Ok(());
        }
        for column in self.column..self.column.saturating_add(self.repeated).min(MAX_COLUMNS) {
            cells.push(column, self.value())?;
        }
        Ok(())
    }

    fn value(&self) -> Cell {
        if self.is_error
            || (self.has_formula && matches!(self.text.as_str(), "#N/A" | "#REF!" | "#NAME?" | "#VALUE!"))
        {
            return Cell::Error(self.text.clone());
        }
        match self.kind.as_slice() {
            b"float" | b"currency" | b"percentage" => {
                self.value.parse().map_or_else(|_| Cell::Text(self.text.clone()), Cell::Number)
            }
            b"date" => match self.value.get(..10).and_then(|day| day.parse().ok()) {
                Some(date) => Cell::Date(date),
                None => Cell::Text(self.text.clone()),
            },
            b"boolean" => Cell::Bool(self.value == "true"),
            _ if self.text.is_empty() => Cell::Text(self.value.clone()),
            _ => Cell::Text(self.text.clone()),
        }
    }
}
