//! A small xlsx written by hand, so that every oddity in it is meant.

use std::fmt::Write as _;

/// A cell as Excel keeps it.
pub enum Cell {
    Text(String),
    Number(&'static str),
    Empty,
}

/// One sheet: rows by their number in Excel, and the rows that are hidden.
pub struct Sheet<'a> {
    pub name: &'a str,
    pub rows: Vec<(u32, Vec<Cell>)>,
    pub hidden: &'a [u32],
}

/// The workbook as bytes.
pub fn write(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let (mut types, mut list, mut links) = (String::new(), String::new(), String::new());
    let mut parts = Vec::new();
    for (index, sheet) in sheets.iter().enumerate() {
        let n = index + 1;
        write!(
            types,
            r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>"#
        )
        .unwrap();
        write!(list, r#"<sheet name="{}" sheetId="{n}" r:id="rId{n}"/>"#, sheet.name).unwrap();
        write!(
            links,
            r#"<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        )
        .unwrap();
        let rows: String =
            sheet.rows.iter().map(|(number, cells)| row(*number, cells, sheet.hidden)).collect();
        parts.push((
            format!("xl/worksheets/sheet{n}.xml"),
            format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#),
        ));
    }
    let types = format!(
        r#"<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{types}</Types>"#
    );
    let root = format!(
        r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{list}</sheets></workbook>"#);
    let links = format!(r#"<Relationships xmlns="{package}/relationships">{links}</Relationships>"#);
    for (name, text) in [
        ("xl/_rels/workbook.xml.rels", links),
        ("xl/workbook.xml", book),
        ("_rels/.rels", root),
        ("[Content_Types].xml", types),
    ] {
        parts.insert(0, (name.to_owned(), text));
    }
    zip(&parts)
}

fn row(number: u32, cells: &[Cell], hidden: &[u32]) -> String {
    let mut text =
        format!(r#"<row r="{number}"{}>"#, if hidden.contains(&number) { r#" hidden="1""# } else { "" });
    for (cell, column) in cells.iter().zip('A'..='Z') {
        match cell {
            Cell::Text(words) => {
                write!(text, r#"<c r="{column}{number}" t="inlineStr"><is><t>{words}</t></is></c>"#)
            }
            Cell::Number(value) => write!(text, r#"<c r="{column}{number}"><v>{value}</v></c>"#),
            Cell::Empty => Ok(()),
        }
        .unwrap();
    }
    text + "</row>"
}

/// A zip whose entries are stored.
fn zip(parts: &[(String, String)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in parts {
        let start = u32::try_from(bytes.len()).unwrap();
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        head.extend(crc(text.as_bytes()).to_le_bytes());
        head.extend([size, size].concat());
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&head);
        bytes.extend(name.bytes().chain(text.bytes()));
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (start, count) =
        (u32::try_from(bytes.len()).unwrap(), u16::try_from(parts.len()).unwrap().to_le_bytes());
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(size);
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
            },
        )
    })
}
