//! No bytes make the reader panic or lose count.

use crate::common::{COLUMNS, golden};
use crate::workbook::{Parts, plain};
use formats::sheet::{Limits, findings_workbook, read_bytes};
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::path::Path;

/// Reads and, when that worked, writes the findings file.
fn exercise(name: &str, bytes: &[u8]) {
    let limits = Limits {
        max_file_bytes: 1 << 20,
        max_unpacked_bytes: 8 << 20,
        max_text_bytes: 1 << 20,
        max_rows: 5_000,
    };
    let mut rows = 0;
    let result = read_bytes(name, bytes, COLUMNS, &[&[5, 6]], &limits, &mut |row| {
        rows += 1;
        for cell in &row.cells {
            let _ = (
                cell.text(),
                cell.date(),
                cell.amount_fen(),
                cell.identifier(),
                cell.integer(),
                cell.yes_no(),
            );
        }
        ControlFlow::Continue(())
    });
    match result {
        Ok(read) => {
            assert_eq!(read.rows, rows);
            findings_workbook(name, bytes, &[], &read, &super::common::taken())
                .expect("what was read can be written");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a.csv"), Just("a.xlsx"), Just("a.xls"), Just("a.ods"), Just("")]
}

/// Damages a file at a few places.
fn damage(mut bytes: Vec<u8>, hits: &[(usize, u8)], cut: usize) -> Vec<u8> {
    for (at, value) in hits {
        let at = at % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *value;
        }
    }
    bytes.truncate(bytes.len() - cut % bytes.len().max(1) / 8);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig {
        // PROPTEST_CASES makes it a long test.
        cases: ProptestConfig::default().cases / 2,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes(name in name(), bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        exercise(name, &bytes);
    }

    #[test]
    fn any_text(name in name(), text in "(姓名|身份证号|备注|账号|[,;\t\"\r\n ]|\\PC){0,200}") {
        exercise(name, text.as_bytes());
        exercise(name, format!("姓名,身份证号,备注\n{text}").as_bytes());
    }

    #[test]
    fn any_sheet(rows in "(<row>|</row>|<c t='s'>|<c r='B9' s='1'>|<c>|</c>|<v>|</v>|<is>|<t>|</t>|<f/>|0|1|9|姓名|&#x1;|&lt;|<!--|-->|<!\\[CDATA\\[|\\]\\]>){0,60}") {
        let head = plain(&[&["姓名", "身份证号", "备注"]]);
        exercise("a.xlsx", &Parts::new(&format!("{head}{rows}"), "").zip());
        let mut parts = Parts::new(&head, "");
        parts.sheet = rows.clone();
        parts.strings.clone_from(&rows);
        parts.styles.clone_from(&rows);
        exercise("a.xlsx", &parts.zip());
        exercise("a.ods", &crate::workbook::zip(&[("content.xml", rows.as_bytes())]));
    }

    #[test]
    fn damaged_workbooks(
        which in 0_usize..4,
        hits in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        cut in any::<usize>(),
    ) {
        let name = ["roster.xlsx", "roster.xls", "roster.ods", "roster-libreoffice.xlsx"][which];
        exercise(name, &damage(golden(name).1, &hits, cut));
    }
}

/// The corpus of the fuzz target, and what it once found.
#[test]
fn the_saved_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/sheet_bytes");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is committed") {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for name in ["a.csv", "a.xlsx", "a.xls", "a.ods"] {
            exercise(name, &bytes);
        }
        count += 1;
    }
    assert!(count >= 10, "{count} files");
}
