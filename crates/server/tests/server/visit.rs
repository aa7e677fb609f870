//! Point 6: what a row of visits is refused, warned and noted for.

use super::kit::{Folder, citizen, counts, csv, findings, keys, shizhu};
use serde_json::Value;

pub const HEAD: &str = "走访日期,走访单位,带队领导,领导职务,领导类别,对象类别,对象姓名,公民身份号码,走访方式,人数,慰问金（元）,资金来源,慰问品,慰问品折价（元）,解决困难类别,解决困难件数";

pub fn roster(county: &Folder) {
    let head = "姓名,公民身份号码,优抚类别,伤残等级,乡镇,村,户号,状态,死亡（停发）日期";
    let rows = [
        format!("张一,{},老复员军人,,西沱镇,西山村,H1,,", citizen(1)),
        format!("张二,{},老复员军人,,西沱镇,西山村,H1,,", citizen(3)),
        format!("张三,{},残疾军人,三级,西沱镇,玉石村,,,", citizen(5)),
        format!("张四,{},参战退役军人,,万安街道,灯盏村,,,", citizen(7)),
        format!("张五,{},烈士遗属,,西沱镇,西山村,,死亡,2024-07-05", citizen(9)),
        format!("张六,{},烈士遗属,,西沱镇,西山村,,迁出,", citizen(11)),
        format!("张七,{},烈士遗属,,西沱镇,西山村,,,", citizen(13)),
    ];
    let file = county.write("名册.csv", csv(head, &rows.each_ref().map(String::as_str)));
    let answer = county.json(&["roster", "import", &file]);
    assert_eq!(counts(&answer), [7, 7, 0, 0, 0]);
}

pub fn import(county: &Folder, rows: &[&str], more: &[&str]) -> Value {
    let file = county.write("走访.csv", csv(HEAD, rows));
    county.json(&[&["visit", "import", &file, "--campaign", "bayi-2024"], more].concat())
}

#[test]
fn every_wrong_row_is_refused_with_its_code_and_line() {
    let county = shizhu();
    roster(&county);
    let differs = format!("2024-07-20,西沱镇,,,,,王五,{},登门看望,,1,本单位,,,,", citizen(3));
    let answer = import(
        &county,
        &[
            "2024-07-20,西沱镇,李书记,,,,张一,,登门看望,,100,本单位,,,,",
            "2024-13-01,西沱镇,,,,,张一,,登门看望,,1,本单位,,,,",
            "2024-07-20,西沱镇,,,,,张一,,登门看望,,一些,本单位,,,,",
            "2024-07-20,西沱镇,,,,,张一,,登门看望,,-1,本单位,,,,",
            "2024-07-20,西沱镇,,,,,张一,,登门看望,,1.234,本单位,,,,",
            "2024-07-20,火星镇,,,,,张一,,登门看望,,1,本单位,,,,",
            "2024-07-20,西沱镇,,,,,张一,,飞鸽,,1,本单位,,,,",
            "2024-07-20,西沱镇,,,大领导,,张一,,登门看望,,1,本单位,,,,",
            "2024-07-20,西沱镇,,,,外星人,张一,,登门看望,,1,本单位,,,,",
            "2024-07-20,西沱镇,,,,,张一,,登门看望,,1,本单位,,,算命,1",
            "2024-07-20,西沱镇,,,,,,,登门看望,,1,本单位,,,,",
            &differs,
            "2024-07-20,西沱镇,李书记,,,,张一,,登门看望,,100,本单位,,,,",
        ],
        &[],
    );
    assert_eq!(counts(&answer), [13, 1, 0, 0, 12]);
    assert_eq!(
        findings(&answer, &["visit.object_by_name"]),
        [
            "3 refused visit.date",
            "4 refused visit.amount",
            "5 refused visit.amount_negative",
            "6 refused visit.amount_decimals",
            "7 refused visit.unit",
            "8 refused visit.method",
            "9 refused visit.leader_kind",
            "10 refused visit.category",
            "11 refused visit.help_kind",
            "12 refused visit.no_object",
            "13 refused visit.name_differs",
            "14 refused visit.repeated",
        ]
    );
    assert_eq!(keys(&answer["findings"][0]), ["code", "column", "message", "row", "severity", "sheet"]);
}

#[test]
fn everything_else_is_imported_counted_and_warned_of() {
    let county = shizhu();
    roster(&county);
    let dead = format!("2024-07-20,西沱镇,,,,,张五,{},登门看望,,,,,,,", citizen(9));
    let moved = format!("2024-07-20,西沱镇,,,,,张六,{},登门看望,,,,,,,", citizen(11));
    let answer = import(
        &county,
        &[
            "2024-07-20,西沱镇,,,,,张一,,登门看望,,1000.01,本单位,,,,",
            "2024-07-20,西沱镇,,,,,张二,,登门看望,,100,,,,,",
            "2024-01-20,西沱镇,,,,,张一,,登门看望,,,,,,,",
            "2024-07-21,西沱镇,,,,,张一,,发慰问信,,,,大米1袋,80,,",
            "2024-07-21,西沱镇,,,,驻军部队,某部,,座谈交流,,1000,本单位,,,,",
            &dead,
            &moved,
            "2024-07-22,西沱镇,李某,镇长,,,张三,,登门看望,,,,,,,",
        ],
        &[],
    );
    assert_eq!(counts(&answer), [8, 8, 0, 0, 0]);
    let found = findings(&answer, &["visit.object_by_name", "visit.candidate"]);
    for expected in [
        "2 warning visit.money_cap",
        "3 warning visit.source_missing",
        "4 warning visit.outside_period",
        "5 warning visit.goods_not_in_person",
        "6 warning visit.troop_unregistered",
        "7 warning visit.after_death",
        "8 warning visit.to_moved",
        "9 warning visit.leader_kind_missing",
    ] {
        assert!(found.iter().any(|it| it == expected), "{expected} in {found:?}");
    }
    assert_eq!(found.len(), 8, "{found:?}");
    let table = county.json(&["statistics", "--campaign", "bayi-2024"]);
    assert_eq!(table["total"]["visits"], 8);
    assert_eq!(table["total"]["money_fen"], 210_001);
}

#[test]
fn the_growing_file_is_sent_again() {
    let county = shizhu();
    roster(&county);
    let first = "2024-07-20,西沱镇,李书记,,,,张一,,登门看望,,100,本单位,,,,";
    assert_eq!(import(&county, &[first], &["--dry-run"])["added"], 1);
    assert_eq!(counts(&import(&county, &[first], &[])), [1, 1, 0, 0, 0]);
    let more = "2024-07-21,西沱镇,李书记,,,,张一,,登门看望,,100,本单位,,,,";
    assert_eq!(counts(&import(&county, &[first, more], &[])), [2, 1, 0, 1, 0]);
    let changed = "2024-07-20,西沱镇,李书记,,,,张一,,登门看望,,200,本单位,,,,";
    let answer = import(&county, &[changed, more], &[]);
    assert_eq!(counts(&answer), [2, 0, 0, 1, 1]);
    let message = super::kit::message(&answer, "visit.conflict");
    assert!(message.contains("100") && message.contains("200"), "both values are shown: {message}");
}

#[test]
fn a_person_named_by_number_and_by_name_is_one() {
    let county = shizhu();
    roster(&county);
    let number = format!("2024-07-20,西沱镇,,,,,张一,{},登门看望,,100,本单位,,,,", citizen(1));
    let answer = import(&county, &[&number, "2024-07-21,西沱镇,,,,,张一,,登门看望,,100,本单位,,,,"], &[]);
    assert_eq!(findings(&answer, &["visit.object_by_name"]), [""; 0]);
}

#[test]
fn a_file_without_a_required_column_is_refused_whole() {
    let county = shizhu();
    for head in [
        "走访单位,走访方式,对象姓名",
        "走访日期,走访方式,对象姓名",
        "走访日期,走访单位,走访方式",
        "走访日期,走访单位,对象姓名",
    ] {
        let file = county.write("缺列.csv", csv(head, &["2024-07-20,西沱镇,登门看望"]));
        county.refused(&["visit", "import", &file, "--campaign", "bayi-2024"], "file.refused");
    }
    let file = county.write("走访.csv", csv(HEAD, &[]));
    county.refused(&["visit", "import", &file, "--campaign", "bayi-1999"], "campaign.unknown");
}
