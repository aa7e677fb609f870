//! Point 5: every sentence about refused rows, warnings and notes, through real files.

use super::kit::{Folder, citizen, counts, csv, findings, keys, message, shizhu};
use super::workbook::{Cell, Sheet, write};
use serde_json::Value;

const HEAD: &str =
    "姓名,身份证号,性别,人员类别,残疾等级,乡镇,村,联系电话,享受定期抚恤补助,账号,状态,特殊困难";
/// All test persons were born before 1900.
const OLD: &[&str] = &["roster.age_over_110"];

fn import(county: &Folder, file: &str, more: &[&str]) -> Value {
    county.json(&[&["roster", "import", file], more].concat())
}

#[test]
fn every_wrong_row_is_refused_with_its_code_and_line() {
    let county = shizhu();
    let (one, short, wrong) = (citizen(1), &citizen(2)[..16], citizen(3));
    let wrong = format!("{}{}", &wrong[..17], if wrong.ends_with('5') { '6' } else { '5' });
    let row = |name: &str, number: &str, class: &str, grade: &str, town: &str, account: &str| {
        format!("{name},{number},,{class},{grade},{town},西山村,20012345678,,{account},,")
    };
    let rows = [
        row("张一", &one, "老复员军人", "", "西沱镇", ""),
        row("", &citizen(2), "老复员军人", "", "西沱镇", ""),
        row("张三", short, "老复员军人", "", "西沱镇", ""),
        row("张四", &wrong, "老复员军人", "", "西沱镇", ""),
        row("张五", "500240881330001", "老复员军人", "", "西沱镇", ""),
        row("张六", &citizen(5), "外星人", "", "西沱镇", ""),
        row("张七", &citizen(6), "残疾军人", "", "西沱镇", ""),
        row("张八", &citizen(7), "老复员军人", "", "火星镇", ""),
        row("张九", &citizen(8), "老复员军人", "", "西沱镇", "6.2E+18"),
        row("张一", &one, "参战退役军人", "", "西沱镇", ""),
        row("张一", &one, "老复员军人", "", "西沱镇", ""),
    ];
    let file = county.write("名册.csv", csv(HEAD, &rows.each_ref().map(String::as_str)));
    let answer = import(&county, &file, &["--findings", "问题.xlsx"]);
    assert_eq!(counts(&answer), [11, 1, 0, 0, 10]);
    assert_eq!(
        findings(&answer, OLD),
        [
            "3 refused roster.name_missing",
            "4 refused roster.citizen_length",
            "5 refused roster.citizen_check_digit",
            "6 refused roster.citizen_date",
            "7 refused roster.class_unknown",
            "8 refused roster.grade_missing",
            "9 refused roster.township_unknown",
            "10 refused roster.account_damaged",
            "11 refused roster.duplicate_row",
            "12 refused roster.duplicate_row",
        ]
    );
    assert_eq!(keys(&answer["findings"][0]), ["code", "column", "message", "row", "severity", "sheet"]);
    assert!(
        message(&answer, "roster.township_unknown").contains("西沱镇"),
        "the village's township is proposed"
    );
    let twice = message(&answer, "roster.duplicate_row");
    assert!(twice.contains("第2行") && twice.contains("优抚类别"), "{twice}");
    let marked = county.read("问题.xlsx");
    assert!(marked.starts_with(b"PK"));
}

#[test]
fn warnings_and_notes_never_refuse() {
    let county = shizhu();
    let (old, twin) = (citizen(11), citizen(13));
    let rows = [
        format!("李一,{old},女,老复员军人,,西沱镇,西山村,,,,,"),
        format!("李二,{},,老复员军人,,西沱镇,火星村,,,,,", citizen(15)),
        format!("李三,{},,老复员军人,,西沱镇,灯盏村,,,,,", citizen(17)),
        format!("李四,{},,老复员军人,,西沱镇,西山村,,,,待确认,", citizen(19)),
        format!("李一,{twin},男,老复员军人,,西沱镇,西山村,,,,,"),
        format!("李五,{},,老复员军人,,西沱镇,西山村,,是,,死亡,", citizen(21)),
        format!("李六,{},,老复员军人、60周岁以上农村籍退役士兵,,西沱镇,西山村,,,,,", citizen(23)),
        "李七,500240010203001,,老复员军人,,西沱镇,西山村,,,,迁出,".to_owned(),
        format!("李八,{},,伤残军人,三级,西沱镇,西山村,,√,99123,,重大疾病", citizen(25)),
    ];
    let file = county.write("名册.csv", csv(HEAD, &rows.each_ref().map(String::as_str)));
    let answer = import(&county, &file, &[]);
    assert_eq!(counts(&answer), [9, 9, 0, 0, 0]);
    assert_eq!(
        findings(&answer, OLD),
        [
            "2 warning roster.sex_differs",
            "3 warning roster.village_unknown",
            "4 warning roster.village_elsewhere",
            "5 warning roster.status_unconfirmed",
            "6 warning roster.twin",
            "7 warning roster.allowance_ended",
            "8 note roster.class_combination",
            "9 note roster.citizen_upgraded",
            "10 warning roster.account_doubtful",
        ]
    );
    assert_eq!(findings(&answer, &[]).iter().filter(|it| it.contains("note roster.age_over_110")).count(), 9);
}

#[test]
fn a_plan_writes_nothing_and_the_same_file_changes_nothing() {
    let county = shizhu();
    let all = format!("王一,{},男,伤残军人,3级,西沱镇,西山村,20012345678,是,,正常,", citizen(31));
    let file = county.write("a.csv", csv(HEAD, &[&all]));
    let plan = import(&county, &file, &["--dry-run"]);
    assert_eq!(counts(&plan), [1, 1, 0, 0, 0]);
    assert_eq!(plan["import"], Value::Null);
    assert_eq!(import(&county, &file, &["--dry-run"])["added"], 1, "the plan wrote nothing");
    assert_eq!(counts(&import(&county, &file, &[])), [1, 1, 0, 0, 0]);
    assert_eq!(counts(&import(&county, &file, &[])), [1, 0, 0, 1, 0]);

    let head = "乡镇（街道）,优抚类别,联系电话,伤残等级,公民身份号码,姓名";
    let bare = county.write("b.csv", csv(head, &[&format!("西沱镇,残疾军人,,三级,{},王一", citizen(31))]));
    let answer = import(&county, &bare, &["--dry-run"]);
    assert_eq!(counts(&answer), [1, 0, 0, 1, 0], "empty cells and absent columns erase nothing: {answer}");

    let other = format!("西沱镇,残疾军人,20087654321,五级,{},王一", citizen(31));
    let moved = county.write("c.csv", csv(head, &[&other]));
    let answer = import(&county, &moved, &[]);
    assert_eq!(counts(&answer), [1, 0, 1, 0, 0]);
    let fields: Vec<&str> =
        answer["changes"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields.len(), 2, "{answer}");
    assert!(fields.contains(&"联系电话"), "{answer}");
    assert!(!answer["changes"].to_string().contains("20087654321"), "protected values are masked");
}

#[test]
fn persons_not_in_the_file_stay() {
    let county = shizhu();
    let row = |name: &str, serial| format!("{name},{},,老复员军人,,西沱镇,西山村,,,,,", citizen(serial));
    let file = county.write("a.csv", csv(HEAD, &[&row("王甲", 33), &row("王乙", 35)]));
    import(&county, &file, &[]);
    let file = county.write("b.csv", csv(HEAD, &[&row("王甲", 33)]));
    let answer = import(&county, &file, &[]);
    assert_eq!(counts(&answer), [1, 0, 0, 1, 0]);
    assert_eq!(answer["not_in_file"].as_array().unwrap().len(), 1);
    let coverage = county.json(&["coverage", "--campaign", "bayi-2024"]);
    assert_eq!(coverage["obligations"][0]["required"], 2);
}

#[test]
fn a_file_without_a_required_column_is_refused_whole() {
    let county = shizhu();
    let number = citizen(41);
    for (head, row) in [
        ("公民身份号码,优抚类别,乡镇", format!("{number},老复员军人,西沱镇")),
        ("姓名,优抚类别,乡镇", "张一,老复员军人,西沱镇".to_owned()),
        ("姓名,公民身份号码,乡镇", format!("张一,{number},西沱镇")),
        ("姓名,公民身份号码,优抚类别", format!("张一,{number},老复员军人")),
    ] {
        let file = county.write("缺列.csv", csv(head, &[&row]));
        county.refused(&["roster", "import", &file, "--format", "json"], "file.refused");
    }
    county.write("假的.xlsx", "not a workbook");
    county.refused(&["roster", "import", "假的.xlsx"], "file.refused");
    county.refused(&["roster", "import", "没有.csv"], "file.refused");
    assert_eq!(county.json(&["roster", "imports"])["items"], serde_json::json!([]));
}

#[test]
fn gb18030_is_read() {
    let county = shizhu();
    let mut bytes = b"\xd0\xd5\xc3\xfb,\xb9\xab\xc3\xf1\xc9\xed\xb7\xdd\xba\xc5\xc2\xeb,\xd3\xc5\xb8\xa7\xc0\xe0\xb1\xf0,\xcf\xe7\xd5\xf2\r\n\xd5\xc5\xd2\xbb,".to_vec();
    bytes.extend(citizen(43).bytes());
    bytes.extend(b",\xc0\xcf\xb8\xb4\xd4\xb1\xbe\xfc\xc8\xcb,\xce\xf7\xe3\xfb\xd5\xf2\r\n");
    let file = county.write("国标.csv", bytes);
    let answer = import(&county, &file, &[]);
    assert_eq!(counts(&answer), [1, 1, 0, 0, 0], "{answer}");
}

#[test]
fn a_dirty_workbook_is_read_with_the_rows_of_excel() {
    let county = shizhu();
    let text = |words: &str| Cell::Text(words.to_owned());
    let person = |number: String, account: Cell| {
        vec![text("西沱镇"), text("老复员军人"), text("陈　一"), account, text(&number), text("西山村")]
    };
    let head = ["所属乡镇", "优抚对象类别", "姓名", "银行卡号", "身份证号码", "村"].map(text);
    let wide = citizen(53).replace('5', "５");
    let rows = vec![
        (1, vec![text("石柱县优抚对象名册")]),
        (3, head.into()),
        (4, person(citizen(51), text("9912345678901234567"))),
        (6, person(wide, Cell::Empty)),
        (7, person(citizen(55), Cell::Number("6.2E+18"))),
        (9, person(citizen(57), Cell::Empty)),
    ];
    let notes = Sheet { name: "说明", rows: vec![(1, vec![text("请如实填写")])], hidden: &[] };
    let book = write(&[notes, Sheet { name: "名册", rows, hidden: &[6] }]);
    let file = county.write("名册.xlsx", book);
    let answer = import(&county, &file, &[]);
    assert_eq!(counts(&answer), [4, 3, 0, 0, 1], "hidden rows count: {answer}");
    let note = answer["findings"].as_array().unwrap().iter().find(|it| it["sheet"] == "说明").unwrap();
    assert_eq!((&note["row"], &note["severity"]), (&Value::Null, &Value::from("note")));
    let damaged = findings(&answer, &[]).into_iter().filter(|it| it.contains("refused")).collect::<Vec<_>>();
    assert_eq!(damaged, ["7 refused roster.account_damaged"]);
}

#[test]
fn an_empty_sheet_to_fill_in_is_one_that_imports() {
    let county = shizhu();
    county.ok(&["roster", "template", "-o", "名册.xlsx"]);
    county.ok(&["visit", "template", "-o", "走访.xlsx"]);
    for name in ["名册.xlsx", "走访.xlsx"] {
        assert!(county.read(name).starts_with(b"PK"), "{name}");
    }
    let answer = import(&county, "名册.xlsx", &["--dry-run"]);
    assert_eq!(counts(&answer), [0, 0, 0, 0, 0], "explanations are not rows");
}
