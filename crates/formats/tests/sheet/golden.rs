//! One dirty workbook as Excel's format, as LibreOffice saves it, as .xls and as .ods: all read alike.

use crate::common::{golden, lines, notes, roster};
use formats::sheet::{Limits, read};
use std::ops::ControlFlow;

const ROWS: [&str; 5] = [
    "1 6 “张三”|“500240189002020016”|“河嘴乡”|2024-07-15|500|“9917000000000000001”|“=不是公式”",
    "1 7 “李　四”|“５００２４０１８９００３０３００２１”|“河嘴乡”|“２０２４年７月１５日”|“￥1,234.50”|6217000000000000000|",
    "1 8 “王五”|“500240189004040037”|“河嘴乡”|2024-07-16|1000|“6.2E+18”|!#N/A",
    "1 11 “买买提•艾力”|“500240189005050042”|“悦崃镇”|“2024.7.15”|“12.345”||true",
    "2 2 “赵六”|“500240189006060058”|“王场镇”||||",
];

const NOTES: [&str; 4] = [
    "说明：这张工作表没有可识别的表头，没有读取。",
    "花名册：第 13 行是“合计”，不是数据，没有读取。",
    "花名册：第 14 行是“填表人”，不是数据，没有读取。",
    "花名册：第 12 行只在没有用到的列（如序号）有内容，没有读取。",
];

/// Title rows, a header of two merged lines, a merged 乡镇, a hidden and a blank row, a repeated header, Excel
/// dates, full-width digits, a formula, a failed formula, damaged accounts, a total, signatures, a filter and
/// empty formatted rows.
#[test]
fn the_same_rows_from_every_format() {
    for name in ["roster.xlsx", "roster-libreoffice.xlsx", "roster.xls", "roster.ods"] {
        let (path, bytes) = golden(name);
        let (found, rows) = roster(name, &bytes).unwrap();
        let mut wanted: Vec<String> = ROWS.iter().map(|row| (*row).to_owned()).collect();
        if name.ends_with("ods") {
            // LibreOffice keeps a truth value from xlsx as the number that it shows as TRUE.
            wanted[3] = wanted[3].replace("true", "1");
        }
        assert_eq!(lines(&rows), wanted, "{name}");
        assert_eq!(notes(&found), NOTES, "{name}");
        assert_eq!(found.sheets, ["说明", "花名册", "第二页"]);
        let mapping = &found.mapping[0];
        assert_eq!((mapping.sheet, mapping.header_row, mapping.width), (1, 5, 8));
        assert_eq!(mapping.columns, (1..8).map(Some).collect::<Vec<_>>());
        assert_eq!(mapping.unknown, ["序号"]);

        let mut from_path = Vec::new();
        read(&path, crate::common::COLUMNS, &[], &Limits::default(), &mut |row| {
            from_path.push(row);
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(from_path, rows);
    }
}

/// Strings over several records, numbers in all their short forms, texts and truths of formulas: 400 rows by
/// LibreOffice, once as .xlsx and once as .xls.
#[test]
fn every_kind_of_record_in_an_xls() {
    let both = ["cells.xlsx", "cells.xls"].map(|name| roster(name, &golden(name).1).expect("readable").1);
    assert_eq!(both[0], both[1]);
    let rows = lines(&both[1]);
    assert_eq!(rows.len(), 400);
    assert_eq!(
        rows[0],
        "0 2 “张三的很长很长很长的名字0”|7|“张三的很长很长很长的名字0镇”|2009-07-06|0|1|true"
    );
    assert_eq!(
        rows[1],
        "0 3 “Long latin name of nobody 1”|-1.25|“Long latin name of nobody 1镇”|2009-07-07|1|2|!#DIV/0!"
    );
    assert_eq!(
        rows[2],
        "0 4 “张三的很长很长很长的名字2”|0.02|“张三的很长很长很长的名字2镇”|2009-07-08|2|3|false"
    );
    assert_eq!(
        rows[3],
        "0 5 “Long latin name of nobody 3”|123456789015.5|“Long latin name of nobody 3镇”|2009-07-09|3|4|10"
    );
    assert!(rows[399].starts_with("0 401 “Long latin name of nobody 399”|“文本399”|"), "{}", rows[399]);
}
