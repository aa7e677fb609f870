//! Workbooks written by hand, as other programs write them, and broken on purpose.

use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The parts of a workbook with one sheet.
pub struct Parts {
    pub workbook: String,
    pub styles: String,
    pub strings: String,
    pub sheet: String,
}

impl Parts {
    /// A sheet by its rows (`<row>…</row>`), and what stands behind the cells.
    pub fn new(rows: &str, behind: &str) -> Self {
        Self {
            workbook:
                "<workbook xmlns:r='r'><workbookPr/><sheets><sheet name='表一' sheetId='1' r:id='rId1'/>\
                       </sheets></workbook>"
                    .to_owned(),
            styles: "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>"
                .to_owned(),
            strings: "<sst><si><t>张三</t></si></sst>".to_owned(),
            sheet: format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>"),
        }
    }

    /// The package.
    pub fn zip(&self) -> Vec<u8> {
        zip(&[
            ("[Content_Types].xml", b"<Types/>"),
            (
                "_rels/.rels",
                b"<Relationships><Relationship Id='rId1' Type='x/officeDocument' Target='xl/workbook.xml'/>\
                  </Relationships>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                b"<Relationships><Relationship Id='rId1' Type='x/worksheet' Target='/xl/worksheets/sheet1.xml'/>\
                  <Relationship Id='rId2' Type='x/styles' Target='styles.xml'/>\
                  <Relationship Id='rId3' Type='x/sharedStrings' Target='../xl/sharedStrings.xml'/></Relationships>",
            ),
            ("xl/workbook.xml", self.workbook.as_bytes()),
            ("xl/styles.xml", self.styles.as_bytes()),
            ("xl/sharedStrings.xml", self.strings.as_bytes()),
            ("xl/worksheets/sheet1.xml", self.sheet.as_bytes()),
        ])
    }
}

/// A package of parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("written to memory");
        zip.write_all(bytes).expect("written to memory");
    }
    zip.finish().expect("written to memory").into_inner()
}

/// An inline text cell.
pub fn text(reference: &str, text: &str) -> String {
    format!("<c r='{reference}' t='inlineStr'><is><t>{text}</t></is></c>")
}

/// A header row of texts, and behind it rows of texts, without references.
pub fn plain(rows: &[&[&str]]) -> String {
    let row = |cells: &&[&str]| {
        let cells: String =
            cells
                .iter()
                .map(|text| {
                    if text.is_empty() { "<c/>".to_owned() } else { format!("<c t='str'><v>{text}</v></c>") }
                })
                .collect();
        format!("<row>{cells}</row>")
    };
    rows.iter().map(row).collect()
}
