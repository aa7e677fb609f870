//! A table of bad templates with the line, key and reason each must be refused with.

use super::{builtin, read, write};
use domain::campaign::{CountUnit, ObligationKind, Template};
use domain::money::Fen;

fn bayi() -> &'static str {
    builtin()[0].1
}

fn builtin_template(key: &str) -> Template {
    let (_, text) = builtin().iter().find(|(name, _)| *name == key).expect("built in");
    read(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The smallest template that is right. Line numbers of the tables below refer to it.
const SMALL: &str = r#"format = 1
key = "small"
version = 1
name = "小模板"
title = "{year}年驻{place}部队统计表"
period = { from = "07-01", to = "08-12" }
deadlines = { 2024 = "2024-08-12" }
[caps]
money_per_person_fen = 1
goods_per_person_fen = 0
[[column]]
value = "label"
label = "类别"
[[row]]
key = "troop"
label = "驻军部队"
unit = "个"
object = "troop"
also = ["部队"]
[[row]]
key = "disabled"
label = "残疾军人"
unit = "人"
instead = "troop"
match = [{ classes = ["disabled_soldier"], grades = [1, 6] }]
[[row]]
key = "other"
label = "其他"
unit = "人"
[[task]]
key = "visit"
label = "走访"
duties = ["N17"]
to = ["township"]
[[obligation]]
kind = "key_person_visit"
label = "重点"
match = [{ classes = ["old_demobilised"] }]
methods = ["home"]
[[payment]]
key = "gift"
label = "慰问金"
amount_fen = 5000
[[report_section]]
key = "overall"
label = "总体情况"
"#;

#[test]
fn builtin_templates_are_right() {
    for (key, text) in builtin() {
        let template = read(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(template.key, *key);
    }
    read(SMALL).expect("the small template is right");
}

#[test]
fn bayi_is_the_notice() {
    let template = builtin_template("bayi");
    let keys: Vec<&str> = template.rows.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(
        keys.join(" "),
        "troop training_troop institution martyr_survivor duty_death_survivor illness_death_survivor \
         disabled_1_4 disabled_5_6 disabled_7_10 old_demobilised returned_ill combat_veteran test_veteran \
         rural_veteran_60 martyr_child serving_family merit retired_cadre hardship_veteran own_unit_veteran \
         other"
    );
    let off: Vec<&str> =
        template.rows.iter().filter(|row| !row.enabled).map(|row| row.key.as_str()).collect();
    assert_eq!(off, ["training_troop"]);
    let objects: Vec<&str> = template
        .rows
        .iter()
        .filter(|row| row.unit == CountUnit::Object)
        .map(|row| row.key.as_str())
        .collect();
    assert_eq!(objects, ["troop", "training_troop", "institution"]);
    let heads: Vec<&str> = template.columns.iter().map(|column| column.label.as_str()).collect();
    assert_eq!(
        heads,
        [
            "类别",
            "带队领导",
            "走访慰问人数（人）",
            "发放慰问金情况",
            "发放慰问品情况",
            "合计（万元）",
            "解决实际困难情况（子女入学、家属就业、住房改造、看病就医、法律援助等）（填写数量）",
        ]
    );
    assert_eq!(template.heading(2024, "石"), "2024年“八一”期间走访慰问驻石部队和优抚对象情况统计表");
    assert_eq!(template.deadlines.len(), 1);
    assert_eq!(template.deadlines["2024"], jiff::civil::date(2024, 8, 12));
    assert_eq!(template.payments[0].amount_fen, Fen(5000));
    assert!(template.payments[0].periodic_allowance);
    let kinds: Vec<ObligationKind> = template.obligations.iter().map(|it| it.kind).collect();
    assert_eq!(
        kinds,
        [
            ObligationKind::KeyPersonVisit,
            ObligationKind::PrincipalLeaderVisit,
            ObligationKind::DeputyLeaderVisit,
            ObligationKind::UnitActive,
            ObligationKind::UniversalVisit,
            ObligationKind::HardshipHelp,
        ]
    );
    let duties: Vec<&str> = template.tasks.iter().flat_map(|task| &task.duties).map(String::as_str).collect();
    let expected: Vec<String> = (2..=25).map(|number| format!("N{number:02}")).collect();
    assert_eq!(duties, expected);
}

/// Every class finds its row in the notice's table, with the traps of grades and hardship.
#[test]
fn bayi_rows_take_every_class() {
    use domain::person::{Hardship, Identity, PersonClass};
    let template = builtin_template("bayi");
    let row = |class, grade, hardship: &[Hardship]| {
        let identity = Identity { class, grade, nature: None };
        template.row_of_person(&[identity], hardship).map(|row| row.key.as_str())
    };
    for class in PersonClass::ALL {
        let own_row = match class {
            PersonClass::DisabledSoldier | PersonClass::Veteran => continue,
            PersonClass::RedArmy | PersonClass::FiveElders => "other",
            class if class.has_grade() => "other",
            class => class.code(),
        };
        assert_eq!(row(*class, None, &[]), Some(own_row), "{class:?}");
    }
    for (grade, key) in [(1, "disabled_1_4"), (4, "disabled_1_4"), (5, "disabled_5_6"), (6, "disabled_5_6")] {
        assert_eq!(row(PersonClass::DisabledSoldier, Some(grade), &[]), Some(key));
    }
    for grade in 7..=10 {
        assert_eq!(row(PersonClass::DisabledSoldier, Some(grade), &[]), Some("disabled_7_10"));
    }
    assert_eq!(row(PersonClass::Veteran, None, &[Hardship::LaidOff]), Some("hardship_veteran"));
    assert_eq!(row(PersonClass::Veteran, None, &[]), None);
}

#[test]
fn chunjie_is_another_table() {
    let (bayi, chunjie) = (builtin_template("bayi"), builtin_template("chunjie"));
    assert!(chunjie.deadlines.is_empty());
    assert!(chunjie.rows.len() < bayi.rows.len());
    assert!(chunjie.rows.iter().any(|row| row.unit == CountUnit::Household));
    let days = (jiff::civil::date(2024, 12, 15), jiff::civil::date(2025, 2, 28));
    assert_eq!(chunjie.period.days(2025), Some(days));
    assert!(!chunjie.heading(2025, "石").contains("八一"));
}

/// Replaces one piece of the small template and expects the refusal.
fn refuses(from: &str, to: &str, line: usize, key: &str, reason: &str) {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must stand once");
    let error = read(&SMALL.replace(from, to)).expect_err(to);
    assert_eq!((error.line, error.key.as_str()), (line, key), "{from:?} -> {to:?}: {error}");
    assert!(error.reason.contains(reason), "{from:?} -> {to:?}: {error}");
}

#[test]
fn keys_and_types_are_checked() {
    for (from, to, line, key, reason) in [
        ("format = 1", "format = 2", 1, "format", "不认识的格式版本2"),
        ("format = 1\n", "", 1, "format", "缺少"),
        ("format = 1", "format = \"1\"", 1, "format", "应为整数，现为文字"),
        ("name = \"小模板\"", "nmae = \"小模板\"", 4, "nmae", "不认识这个键"),
        ("name = \"小模板\"\n", "", 1, "name", "缺少"),
        ("name = \"小模板\"", "name = \" \"", 4, "name", "不能为空"),
        ("key = \"small\"", "key = \"小\"", 2, "key", "小写英文字母"),
        ("version = 1", "version = 0", 3, "version", "应在1到"),
        ("version = 1", "version = 1.5", 3, "version", "应为整数，现为小数"),
        ("version = 1", "version = ", 3, "version", "TOML"),
        ("驻{place}部队", "驻{town}部队", 5, "title", "{place}"),
        ("money_per_person_fen = 1", "money_per_person_fen = -1", 9, "caps.money_per_person_fen", "不能为负"),
        ("goods_per_person_fen = 0\n", "", 8, "caps.goods_per_person_fen", "缺少"),
        ("value = \"label\"", "value = \"sum\"", 12, "column[1].value", "不认识“sum”；可以写：label"),
        ("label = \"类别\"", "label = 7", 13, "column[1].label", "应为文字"),
        ("amount_fen = 5000", "amount_fen = -5000", 43, "payment[1].amount_fen", "不能为负"),
        (
            "amount_fen = 5000",
            "amount_fen = 5000\nperiodic_allowance = 1",
            44,
            "payment[1].periodic_allowance",
            "true",
        ),
        (
            "amount_fen = 5000",
            "amount_fen = 5000\nclasses = [\"elf\"]",
            44,
            "payment[1].classes[1]",
            "不认识“elf”",
        ),
        (
            "label = \"总体情况\"",
            "label = \"总体情况\"\ntext = \"x\"",
            47,
            "report_section[1].text",
            "不认识这个键",
        ),
        ("[\"N17\"]", "[\"17\"]", 33, "task[1].duties[1]", "编号"),
        ("[\"township\"]", "[\"township\", \"town\"]", 34, "task[1].to[2]", "不认识“town”"),
        ("[\"township\"]", "\"township\"", 34, "task[1].to", "应为列表，现为文字"),
    ] {
        refuses(from, to, line, key, reason);
    }
}

#[test]
fn days_are_checked() {
    for (from, to, line, key, reason) in [
        ("from = \"07-01\"", "from = \"7-1\"", 6, "period.from", "不是月日"),
        ("from = \"07-01\"", "from = \"02-29\"", 6, "period.from", "不是月日"),
        ("to = \"08-12\"", "to = \"06-30\"", 6, "period.to", "早于开始"),
        ("to = \"08-12\"", "to = \"08-12\", from_year = -2", 6, "period.from_year", "应在-1到0之间"),
        ("{ 2024 = \"2024-08-12\" }", "{ 2024 = \"2024-08-32\" }", 7, "deadlines.2024", "不是日期"),
        ("{ 2024 = \"2024-08-12\" }", "{ 2023 = \"2024-08-12\" }", 7, "deadlines.2023", "同年"),
        ("{ 2024 = \"2024-08-12\" }", "{ 2024 = 8 }", 7, "deadlines.2024", "应为日期"),
    ] {
        refuses(from, to, line, key, reason);
    }
    let native = SMALL.replace("\"2024-08-12\"", "2024-08-12");
    assert_eq!(read(&native), read(SMALL), "a TOML date is taken, too");
}

#[test]
fn rows_are_checked() {
    for (from, to, line, key, reason) in [
        ("key = \"disabled\"", "key = \"troop\"", 21, "row[2].key", "与第1项重复"),
        ("label = \"残疾军人\"", "label = \"驻军部队\"", 22, "row[2].label", "第1行"),
        ("label = \"残疾军人\"", "label = \"部队\"", 19, "row[1].also[1]", "第2行"),
        ("label = \"残疾军人\"\n", "", 20, "row[2].label", "缺少"),
        ("instead = \"troop\"", "instead = \"army\"", 24, "row[2].instead", "没有键为“army”的行"),
        ("instead = \"troop\"", "instead = \"disabled\"", 24, "row[2].instead", "不能由本行"),
        ("also = [\"部队\"]", "enabled = false", 24, "row[2].instead", "已停用"),
        ("object = \"troop\"\n", "", 17, "row[1].unit", "按“个”计"),
        ("object = \"troop\"", "object = \"navy\"", 18, "row[1].object", "不认识“navy”"),
        ("unit = \"个\"", "unit = \"只\"", 17, "row[1].unit", "不认识“只”；可以写：人、户、个"),
        ("disabled_soldier", "disabled_sailor", 25, "row[2].match[1].classes[1]", "不认识"),
        ("[\"disabled_soldier\"]", "[\"veteran\"]", 25, "row[2].match[1].grades", "没有伤残等级"),
        ("[\"disabled_soldier\"]", "[]", 25, "row[2].match[1].classes", "至少写一个"),
        ("[1, 6]", "[0, 6]", 25, "row[2].match[1].grades[1]", "应在1到10之间，现为0"),
        ("[1, 6]", "[1, 11]", 25, "row[2].match[1].grades[2]", "应在1到10之间，现为11"),
        ("[1, 6]", "[6, 1]", 25, "row[2].match[1].grades", "颠倒"),
        ("[1, 6]", "[1]", 25, "row[2].match[1].grades", "两个伤残等级"),
        (
            "label = \"其他\"",
            "label = \"其他\"\nobject = \"institution\"",
            29,
            "row[3].object",
            "不能指定object",
        ),
        ("label = \"其他\"", "label = \"其他\"\nenabled = false", 29, "row[3].enabled", "不能停用"),
        ("label = \"其他\"", "label = \"其他\"\ninstead = \"troop\"", 29, "row[3].instead", "不能由别的行"),
        ("[\"home\"]", "[\"visit\"]", 39, "obligation[1].methods[1]", "不认识“visit”"),
        ("match = [{ classes = [\"old_demobilised\"] }]\n", "", 36, "obligation[1].kind", "重点优抚对象"),
        ("key_person_visit", "unit_active", 38, "obligation[1].match", "只有key_person_visit"),
    ] {
        refuses(from, to, line, key, reason);
    }
}

#[test]
fn a_table_without_rows_is_refused() {
    let without: String = {
        let (head, tail) = SMALL.split_once("[[row]]").expect("has rows");
        let (_, tail) = tail.split_once("[[task]]").expect("has tasks");
        format!("{head}[[task]]{tail}")
    };
    assert_eq!(read(&without).expect_err("no rows").key, "row");
    let error = read(&without.replace("version = 1", "version = 1\nrow = []")).expect_err("no rows");
    assert_eq!((error.line, error.key.as_str()), (4, "row"));
    assert!(error.reason.contains("至少要有一行"));
    assert_eq!(error.to_string(), "模板第4行“row”有误：统计表至少要有一行");
}

#[test]
fn a_bad_edit_of_the_real_template_is_found() {
    let text = bayi().replace("grades = [7, 10]", "grades = [7, 12]");
    let error = read(&text).expect_err("grade 12");
    assert_eq!(error.key, "row[9].match[1].grades[2]");
    let written = text.lines().nth(error.line - 1).expect("the line is there");
    assert!(written.contains("[7, 12]"));
}

#[test]
fn a_template_comes_back_from_json_and_from_what_was_written() {
    for (key, text) in builtin() {
        let template = read(text).unwrap();
        assert_eq!(read(&serde_json::to_string(&template).unwrap()).unwrap(), template, "{key}: JSON");
        assert_eq!(read(&write(&template)).unwrap(), template, "{key}: TOML");
    }
    let broken = read("{ \"format\": 1 }").unwrap_err();
    assert!(broken.reason.contains("不是本程序给出的模板内容"), "{}", broken.reason);
}
