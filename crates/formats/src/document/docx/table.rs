//! Tables with thin borders, merged cells and repeated heads.

use super::{blocks, xml::Xml};
use crate::document::{Cell, Column, Paragraph, Place, Points, Row, Table, cover};

/// Space between border and text, in twips.
const INSET: &str = "57";

/// So many rows at the end stay on the page of what follows: a total never stands alone with the signatures.
const ROWS_KEPT: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Repeated on each page.
    Head,
    /// Any other row.
    Body,
    /// One of the last rows.
    Last,
}

pub(super) fn table(xml: &mut Xml, table: &Table) {
    xml.open("w:tbl", &[]);
    properties(xml, table);
    xml.open("w:tblGrid", &[]);
    for column in &table.columns {
        xml.empty("w:gridCol", &[("w:w", &column.width.twips().to_string())]);
    }
    xml.close("w:tblGrid");
    for (rows, kind) in [(&table.head, Kind::Head), (&table.rows, Kind::Body)] {
        let kept = rows.len().saturating_sub(ROWS_KEPT);
        for (index, (places, row)) in cover(rows, table.columns.len()).iter().zip(rows).enumerate() {
            let kind = if kind == Kind::Body && index >= kept { Kind::Last } else { kind };
            write_row(xml, &table.columns, row, places, kind);
        }
    }
    xml.close("w:tbl");
}

fn properties(xml: &mut Xml, table: &Table) {
    let width: i32 = table.columns.iter().map(|column| column.width.twips()).sum();
    xml.open("w:tblPr", &[]);
    xml.empty("w:tblW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
    xml.empty("w:jc", &[("w:val", "center")]);
    xml.open("w:tblBorders", &[]);
    for side in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
        xml.empty(side, &[("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", "000000")]);
    }
    xml.close("w:tblBorders");
    xml.empty("w:tblLayout", &[("w:type", "fixed")]);
    xml.open("w:tblCellMar", &[]);
    for side in ["w:left", "w:right"] {
        xml.empty(side, &[("w:w", INSET), ("w:type", "dxa")]);
    }
    xml.close("w:tblCellMar");
    xml.close("w:tblPr");
}

fn write_row(xml: &mut Xml, columns: &[Column], row: &Row, places: &[Place], kind: Kind) {
    xml.open("w:tr", &[]);
    xml.open("w:trPr", &[]);
    xml.empty("w:cantSplit", &[]);
    xml.empty("w:trHeight", &[("w:val", &row.height.twips().to_string()), ("w:hRule", "atLeast")]);
    if kind == Kind::Head {
        xml.empty("w:tblHeader", &[]);
    }
    xml.close("w:trPr");
    let mut column = 0;
    for place in places {
        let (cell, span) = match place {
            Place::Cell(index) => (row.cells.get(*index), row.cells[*index].columns.max(1)),
            Place::Below(span) => (None, *span),
        };
        let end = (column + usize::from(span)).min(columns.len());
        write_cell(xml, &columns[column..end], cell, kind);
        column = end;
    }
    xml.close("w:tr");
}

/// One cell over these columns; `None` continues the cell above.
fn write_cell(xml: &mut Xml, columns: &[Column], cell: Option<&Cell>, kind: Kind) {
    let width: i32 = columns.iter().map(|column| column.width.twips()).sum();
    xml.open("w:tc", &[]);
    xml.open("w:tcPr", &[]);
    xml.empty("w:tcW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
    if columns.len() > 1 {
        xml.empty("w:gridSpan", &[("w:val", &columns.len().to_string())]);
    }
    match cell {
        None => xml.empty("w:vMerge", &[]),
        Some(cell) if cell.rows > 1 => xml.empty("w:vMerge", &[("w:val", "restart")]),
        Some(_) => {}
    }
    xml.empty("w:vAlign", &[("w:val", "center")]);
    xml.close("w:tcPr");
    match cell {
        Some(cell) => {
            let mut paragraph = Paragraph::of(cell.run.clone());
            // An exact pitch, so that the page holds as many rows whatever font the reader has.
            paragraph.pitch = Some(Points(cell.run.size.0 * 5 / 4));
            paragraph.keep_with_next = kind == Kind::Last;
            if let Some(align) = cell.align.or(columns.first().map(|column| column.align)) {
                paragraph.align = align;
            }
            blocks::paragraph(xml, &paragraph, None);
        }
        None => xml.empty("w:p", &[]),
    }
    xml.close("w:tc");
}
