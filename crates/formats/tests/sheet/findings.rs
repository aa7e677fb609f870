//! The findings file: every value of the upload, coloured cells, the reasons at the end of the row.

use crate::common::{COLUMNS, golden, lines, roster, taken};
use calamine::{Data, Reader, Xlsx};
use domain::finding::Severity;
use formats::sheet::{FindingCell, Limits, findings_workbook, read, write_findings};
use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;

fn finding(sheet: &str, row: u32, column: Option<&str>, severity: Severity, message: &str) -> FindingCell {
    let (sheet, column, message) = (sheet.to_owned(), column.map(str::to_owned), message.to_owned());
    FindingCell { sheet, row, column, severity, message }
}

fn cells(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("the sheet");
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn the_sheet_comes_back_with_its_reasons() {
    for name in ["roster.xlsx", "roster.xls", "roster.ods"] {
        let (path, bytes) = golden(name);
        let (found, before) = roster(name, &bytes).unwrap();
        let list = [
            finding("花名册", 7, Some("银行账号"), Severity::Refused, "账号已损坏"),
            finding("花名册", 7, Some("姓名"), Severity::Warning, "姓名中有空格"),
            finding("花名册", 8, Some("乡镇（街道）"), Severity::Warning, "乡镇待核对"),
            finding("花名册", 11, None, Severity::Note, "仅供参考"),
            finding("没有这张表", 1, None, Severity::Refused, "不应出现"),
        ];
        let marked = findings_workbook(name, &bytes, &list, &found, &taken()).unwrap();

        // Everything can be read again, at the same places.
        let (again, after) = roster("结果.xlsx", &marked).unwrap();
        assert_eq!(again.sheets, found.sheets);
        let shown = |lines: Vec<String>| -> Vec<String> {
            lines.into_iter().map(|line| line.replace("!#N/A", "“#N/A”")).collect()
        };
        assert_eq!(shown(lines(&after)), shown(lines(&before)), "{name}");
        assert_eq!(again.mapping[0].unknown, ["序号", "错误原因"]);

        let rows = cells(&marked, "花名册");
        assert_eq!(rows[4][8], "错误原因");
        assert_eq!(rows[6][8], "账号已损坏；姓名中有空格");
        assert_eq!(rows[7][8], "乡镇待核对");
        assert_eq!(rows[10][8], "仅供参考");
        assert_eq!(rows[5][8], "");
        assert_eq!((rows[5][2].as_str(), rows[5][6].as_str()), ("500240189002020016", "9917000000000000001"));
        assert_eq!(rows[5][7], "=不是公式");
        assert_eq!(cells(&marked, "说明")[1][0], "一、每人一行。");

        // A corrected file sent again: the old reasons go, the column stays where it is.
        let twice = findings_workbook("结果.xlsx", &marked, &list[2..3], &again, &taken()).unwrap();
        let rows = cells(&twice, "花名册");
        assert_eq!((rows[4].len(), rows[6][8].as_str(), rows[7][8].as_str()), (9, "", "乡镇待核对"));

        let out = tempfile::tempdir().unwrap();
        let out = out.path().join("错误.xlsx");
        write_findings(&path, &list, &found, &taken(), &out).unwrap();
        assert_eq!(std::fs::read(out).unwrap(), marked);
    }
}

#[test]
fn cells_are_coloured_and_text_stays_text() {
    let csv = "姓名;身份证号;备注\n张三;;+1\n=cmd;500240189002020016;@x\n";
    let (found, _) = roster("a.csv", csv.as_bytes()).unwrap();
    let list = [
        finding("a.csv", 2, Some("公民身份号码"), Severity::Refused, "缺少号码"),
        finding("a.csv", 3, Some("姓名"), Severity::Warning, "=可疑"),
    ];
    let marked = findings_workbook("a.csv", csv.as_bytes(), &list, &found, &taken()).unwrap();
    let rows = cells(&marked, "a.csv");
    assert_eq!(rows[1], ["张三", "", "+1", "缺少号码"]);
    assert_eq!(rows[2], ["=cmd", "500240189002020016", "@x", "=可疑"]);
    let mut package = zip::ZipArchive::new(Cursor::new(&marked)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let (sheet, styles) = (part("xl/worksheets/sheet1.xml"), part("xl/styles.xml"));
    assert!(!sheet.contains("<f>"), "no formula");
    assert!(sheet.contains("<pane ySplit=\"1\""), "the header is frozen");
    assert!(styles.contains("FFFFC7CE") && styles.contains("FFFFEB9C") && styles.contains("quotePrefix"));
    let style = |cell: &str| {
        let (_, rest) =
            sheet.split_once(&format!("<c r=\"{cell}\" s=\"")).unwrap_or_else(|| panic!("{cell}"));
        rest.split_once('"').unwrap().0.to_owned()
    };
    // The empty cell is red as its reason is, the suspicious name yellow.
    assert_ne!(style("B2"), style("A3"));
}

#[test]
fn csv_keeps_its_lines() {
    let csv = "姓名,身份证号\n\n\"张\n三\",1\n李四,2\n";
    let path = tempfile::tempdir().unwrap();
    let file = path.path().join("名[册].csv");
    std::fs::write(&file, csv).unwrap();
    let mut numbers = Vec::new();
    let found = read(&file, COLUMNS, &[], &Limits::default(), &mut |row| {
        numbers.push(row.row);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(numbers, [3, 5]);
    let out = path.path().join("错误.xlsx");
    let list = [finding("名[册].csv", 5, Some("姓名"), Severity::Refused, "重复")];
    write_findings(&file, &list, &found, &taken(), &out).unwrap();
    let rows = cells(&std::fs::read(out).unwrap(), "名_册_.csv");
    assert_eq!(rows[4], ["李四", "2", "重复"]);
}
