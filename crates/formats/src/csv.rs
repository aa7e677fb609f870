//! CSV as Excel and WPS open it: UTF-8 with a byte order mark, and no cell that a spreadsheet would run.

use crate::document::guard_formula;

/// A table that is written row by row.
pub struct Table {
    writer: ::csv::Writer<Vec<u8>>,
}

impl Table {
    /// A table with its heads.
    #[must_use]
    pub fn new(heads: &[&str]) -> Self {
        let mut table = Self { writer: ::csv::Writer::from_writer("\u{feff}".as_bytes().to_vec()) };
        table.add(heads);
        table
    }

    /// Adds one row.
    pub fn add(&mut self, cells: &[&str]) {
        let guarded: Vec<String> = cells.iter().map(|cell| guard_formula(cell)).collect();
        self.writer.write_record(&guarded).expect("writing to memory does not fail and all rows are alike");
    }

    /// The file's bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.writer.into_inner().expect("writing to memory does not fail")
    }
}
