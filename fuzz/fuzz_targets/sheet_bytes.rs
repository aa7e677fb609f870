//! Any bytes as a file: the reader answers rows or a refusal, and what it reads it can give back.
#![no_main]

use domain::sheet::Column;
use formats::sheet::{Limits, findings_workbook, read_bytes};
use libfuzzer_sys::fuzz_target;
use std::ops::ControlFlow;

const COLUMNS: &[Column] = &[
    Column { title: "姓名", synonyms: &["对象姓名"], required: true },
    Column { title: "公民身份号码", synonyms: &["身份证号"], required: true },
    Column { title: "慰问金（元）", synonyms: &[], required: false },
];

const LIMITS: Limits =
    Limits { max_file_bytes: 1 << 20, max_unpacked_bytes: 8 << 20, max_text_bytes: 1 << 20, max_rows: 5_000 };

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.xlsx", "a.csv"] {
        let mut rows = 0;
        let read = read_bytes(name, bytes, COLUMNS, &[], &LIMITS, &mut |row| {
            rows += 1;
            for cell in &row.cells {
                let _ = (cell.text(), cell.date(), cell.amount_fen(), cell.identifier(), cell.yes_no());
            }
            ControlFlow::Continue(())
        });
        if let Ok(read) = read {
            assert_eq!(read.rows, rows);
            findings_workbook(name, bytes, &[], &read).expect("what was read can be written");
        }
    }
});
