//! The secrecy guard and the foot of exports, as the command line shows them.

use super::kit::{citizen, counts, csv, findings, keys, message, shizhu};
use calamine::{Reader, Xlsx};
use rust_xlsxwriter::{DocProperties, Note, Workbook};
use std::io::{Cursor, Read as _};

const MARK: &str = "机密★10年";

/// A roster of two persons with a remark each, its heads in the second row.
fn roster(title: &str, remark: &str, more: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, title).unwrap();
    let rows = [
        ["姓名", "公民身份号码", "优抚类别", "乡镇（街道）", "备注", "内部编码"].map(str::to_owned),
        ["张一", &citizen(1), "老复员军人", "西沱镇", remark, ""].map(str::to_owned),
        ["张二", &citizen(3), "老复员军人", "西沱镇", "无", ""].map(str::to_owned),
        ["张三", &citizen(5), "老复员军人", "西沱镇", "无", MARK].map(str::to_owned),
    ];
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row, column, cell).unwrap();
        }
    }
    more(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_marked_row_is_refused_and_the_copy_does_not_spread_it() {
    let county = shizhu();
    let file = county.write("名册.xlsx", roster("名册", &format!("见{MARK}文件"), |_| {}));
    let answer = county.json(&["roster", "import", &file, "--findings", "问题.xlsx"]);
    assert_eq!(counts(&answer), [3, 1, 0, 0, 2]);
    // A column that is not imported is looked at too.
    assert_eq!(
        findings(&answer, &["roster.age_over_110"]),
        ["3 refused secrecy.refused", "5 refused secrecy.refused"]
    );
    let told = message(&answer, "secrecy.refused");
    assert!(told.contains("密级标志") && !told.contains("见机密"), "{told}");
    let copy = county.read("问题.xlsx");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&copy)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text: Vec<String> = range.cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(
        text.iter().any(|it| it.contains("未保留")) && !text.iter().any(|it| it.contains(MARK)),
        "{text:?}"
    );
    assert!(footers(&copy).iter().all(|it| it.contains("由 os:") && it.contains("导出")));
    let trail = csv_of(&county.read_trail());
    assert!(trail.contains("secrecy.refused") && trail.contains("classification_mark"), "{trail}");
    assert!(!trail.contains('★'), "{trail}");
}

impl super::kit::Folder {
    fn read_trail(&self) -> Vec<u8> {
        self.ok(&["audit", "export", "-o", "日志.csv"]);
        self.read("日志.csv")
    }
}

fn csv_of(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_mark_beside_the_rows_refuses_the_file() {
    let county = shizhu();
    let plain = |more: fn(&mut Workbook)| roster("名册", "无", more);
    let files = [
        ("标题.xlsx", roster(MARK, "无", |_| {})),
        (
            "页脚.xlsx",
            plain(|book| {
                book.worksheet_from_index(0).unwrap().set_footer("&L秘密★");
            }),
        ),
        (
            "属性.xlsx",
            plain(|book| {
                book.set_properties(&DocProperties::new().set_keywords(MARK));
            }),
        ),
        (
            "批注.xlsx",
            plain(|book| {
                let sheet = book.worksheet_from_index(0).unwrap();
                sheet.insert_note(2, 2, &Note::new(MARK)).unwrap();
            }),
        ),
        ("机密★10年.xlsx", plain(|_| {})),
    ];
    for (name, bytes) in files {
        let file = county.write(name, bytes);
        for more in [&["--dry-run"][..], &[]] {
            let problem = county.refused(&[&["roster", "import", &file], more].concat(), "secrecy.refused");
            assert_eq!(problem["status"], 422);
            assert!(!problem.to_string().contains('★') || !problem.to_string().contains("10年"), "{problem}");
        }
    }
    let imports = county.json(&["roster", "imports"]);
    assert_eq!(imports["items"].as_array().unwrap().len(), 0);
}

#[test]
fn rules_are_listed_with_their_reasons() {
    let county = super::kit::Folder::new();
    let rules = county.json(&["secrecy", "rules"]);
    let items = rules["items"].as_array().unwrap();
    assert_eq!(items.len(), domain::secrecy::RULES.len());
    assert_eq!(keys(&items[0]), ["advice", "key", "looks_for", "title", "verdict", "why"]);
    assert_eq!(items[0]["verdict"], "refuse");
    let text = county.ok(&["secrecy", "rules"]);
    for word in ["[拒收]", "[提醒]", "查什么", "为什么", "怎么办", "代称"] {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn a_unit_that_looks_like_a_designation_is_warned_of() {
    let county = shizhu();
    let ran = county.run(&["unit", "add", "31121部队", "--kind", "troop"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("[提醒]") && ran.err.contains("代称"), "{}", ran.err);
    assert_eq!(county.run(&["unit", "add", "驻石某部", "--kind", "troop"]).err, "");
    county.refused(&["unit", "add", "绝密★", "--kind", "troop"], "secrecy.refused");
}

/// The footers of all sheets.
fn footers(bytes: &[u8]) -> Vec<String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = Vec::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        if part.name().unwrap().starts_with("xl/worksheets/sheet") {
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            found.push(text.split("<oddFooter>").nth(1).unwrap_or_default().to_owned());
        }
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn every_sheet_of_an_export_names_who_took_it() {
    let county = shizhu();
    let head = "姓名,公民身份号码,优抚类别,乡镇";
    let row = format!("张一,{},老复员军人,西沱镇", citizen(1));
    let file = county.write("名册.csv", csv(head, &[&row]));
    county.ok(&["roster", "import", &file]);
    let campaign = ["--campaign", "bayi-2024"];
    for (name, args) in [
        ("统计表.xlsx", &["statistics", "--format", "xlsx"][..]),
        ("覆盖.xlsx", &["coverage", "--format", "xlsx"]),
        ("走访.xlsx", &["visit", "export"]),
    ] {
        county.ok(&[args, &campaign, &["-o", name]].concat());
        for footer in footers(&county.read(name)) {
            assert!(footer.contains("由 os:") && footer.contains(" 导出"), "{name}: {footer}");
        }
    }
    county.ok(&[&["coverage", "--format", "csv"][..], &campaign, &["-o", "覆盖.csv"]].concat());
    let csv = csv_of(&county.read("覆盖.csv"));
    assert!(csv.trim_end().lines().last().unwrap().contains(" 导出"), "{csv}");
}
