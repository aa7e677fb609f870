use super::*;
use crate::roster::{RosterColumn as C, SeenRows, TwinKey, Twins, codes};

fn at(row: u32, cells: &[(C, &str)]) -> RosterRow {
    check(&raw(row, cells)).0.expect("the row is taken")
}

#[test]
fn the_first_row_of_a_number_stays() {
    let mut seen = SeenRows::new();
    assert_eq!(seen.admit(&at(2, &[(C::Phone, "20012345678")])), None);
    assert_eq!(seen.admit(&at(3, &[(C::Citizen, &number("512325", 3))])), None);
    let table: &[(&[(C, &str)], &str)] = &[
        (&[(C::Phone, "20012345678")], "内容完全相同"),
        (&[(C::Phone, "２００12345678")], "内容完全相同"),
        (&[], "不同的列：联系电话；"),
        (&[(C::Phone, "20012345670"), (C::Name, "张四")], "不同的列：姓名、联系电话；"),
        (
            &[(C::Phone, "20012345678"), (C::Class, "残疾军人"), (C::Grade, "3"), (C::Nature, "因战")],
            "不同的列：优抚类别、伤残等级、伤残性质；",
        ),
        (
            &[
                (C::Phone, "20012345678"),
                (C::Status, "死亡"),
                (C::StoppedOn, "1960-07-01"),
                (C::Allowance, "否"),
            ],
            "不同的列：享受定期抚恤补助、状态、死亡（停发）日期；",
        ),
        (
            &[(C::Phone, "20012345678"), (C::Village, "星光村"), (C::Note, "甲"), (C::Hardship, "其他")],
            "不同的列：村（社区）、特殊困难、备注；",
        ),
        (
            &[
                (C::Phone, "20012345678"),
                (C::Sex, "男"),
                (C::Ethnicity, "汉"),
                (C::Account, "9917000000000001"),
            ],
            "不同的列：性别、民族、银行账号；",
        ),
    ];
    for (cells, expected) in table {
        let finding = seen.admit(&at(9, cells)).expect("a duplicate");
        let column = Some("公民身份号码");
        assert_eq!(
            (finding.severity, finding.code, finding.column),
            (Severity::Refused, codes::DUPLICATE_ROW, column)
        );
        assert!(
            finding.message.contains("第2行") && finding.message.contains(expected),
            "{}",
            finding.message
        );
        assert!(!finding.message.contains(&number("512325", 1)));
    }
}

#[test]
fn a_row_of_another_sheet_is_named_with_its_sheet() {
    let mut seen = SeenRows::new();
    assert_eq!(seen.admit(&at(2, &[])), None);
    let mut later = raw(2, &[]);
    later.sheet = 1;
    let finding = seen.admit(&check(&later).0.unwrap()).expect("a duplicate");
    assert!(finding.message.contains("第1张工作表第2行"), "{}", finding.message);
    assert_eq!(finding.sheet, 1);
}

#[test]
fn an_upgraded_number_is_the_same_number() {
    let mut seen = SeenRows::new();
    assert_eq!(seen.admit(&at(2, &[(C::Citizen, "500240040910017")])), None);
    let eighteen = at(3, &[(C::Citizen, "500240040910017")]).citizen.reveal().to_owned();
    assert!(seen.admit(&at(3, &[(C::Citizen, &eighteen)])).is_some());
}

#[test]
fn twins_are_warned_of() {
    let other = number("512325", 3);
    let mut twins = Twins::new();
    assert_eq!(twins.see(&at(2, &[(C::Village, "星光村")])), None);
    assert_eq!(twins.see(&at(2, &[(C::Village, "星光村")])), None, "the same number");
    let cases: &[(&[(C, &str)], bool)] = &[
        (&[(C::Citizen, &other), (C::Village, "星光")], true),
        (&[(C::Citizen, &other), (C::Village, "星光"), (C::Name, "张 三")], true),
        (&[(C::Citizen, &other), (C::Village, "新光社区")], false),
        (&[(C::Citizen, &other), (C::Village, "星光"), (C::Name, "张四")], false),
    ];
    for (cells, is_twin) in cases {
        let finding = twins.see(&at(3, cells));
        assert_eq!(finding.is_some(), *is_twin, "{cells:?}");
        if let Some(finding) = finding {
            assert_eq!((finding.severity, finding.code), (Severity::Warning, codes::TWIN));
            assert!(
                finding.message.contains("第2行") && !finding.message.contains(&other),
                "{}",
                finding.message
            );
        }
    }
}

#[test]
fn twins_on_the_roster_are_warned_of() {
    let stored = at(2, &[(C::Village, "星光村")]);
    let mut twins = Twins::new();
    let key = TwinKey::new("张三", stored.citizen.birth(), stored.township_id, stored.village_id);
    assert_eq!(key, TwinKey::of(&stored));
    twins.know(key, stored.citizen);
    assert_eq!(twins.see(&stored), None);
    let other = at(2, &[(C::Village, "星光村"), (C::Citizen, &number("512325", 3))]);
    assert!(twins.see(&other).unwrap().message.contains("名册中已有的人员"));
}
