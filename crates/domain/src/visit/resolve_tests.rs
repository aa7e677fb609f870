//! Tables for whom a row means and where it counts.

use super::testing::{BUREAU, OTHER_TOWN, People, TOWN, VILLAGE, World, identity, number, raw, unit_id};
use super::{
    CandidateKey, Category, Checker, Known, Resolved, ResolvedObject, VisitColumn as C, VisitRow, name_key,
    resolve,
};
use crate::campaign::ObjectKind;
use crate::finding::{RowFinding, Severity};
use crate::person::{Hardship, PersonClass as P, PersonStatus};
use jiff::civil::date;

fn people() -> People {
    let mut people = People::default();
    people.add(1, "谭三", TOWN, &[identity(P::CombatVeteran, None), identity(P::OldDemobilised, None)]);
    people.add(2, "马四", TOWN, &[identity(P::DisabledSoldier, Some(3))]);
    people.add(3, "马四", TOWN, &[identity(P::DisabledSoldier, Some(8))]);
    people.add(4, "向五", OTHER_TOWN, &[identity(P::MartyrSurvivor, None)]);
    people.add(5, "秦六", TOWN, &[identity(P::Veteran, None)]);
    people.add(6, "冉七", TOWN, &[identity(P::RedArmy, None)]);
    people.add(7, "买买提·艾力", TOWN, &[identity(P::Veteran, None)]).hardship = vec![Hardship::LaidOff];
    people
}

fn read(world: &World, cells: &[(C, &str)]) -> VisitRow {
    let mut findings = Vec::new();
    let row = Checker::new(world.rules()).check(&raw(cells), &mut findings);
    row.unwrap_or_else(|| panic!("{findings:?}"))
}

/// Object, own row, row and codes as one text.
fn decide(people: &People, cells: &[(C, &str)]) -> String {
    let world = World::new();
    let row = read(&world, cells);
    let mut findings: Vec<RowFinding> = Vec::new();
    let resolved = resolve(&row, world.rules(), people, &mut findings);
    let mut text = resolved.as_ref().map_or_else(|| "refused".to_owned(), shown);
    for finding in findings {
        let mark = match finding.severity {
            Severity::Refused => "!",
            Severity::Warning => "?",
            Severity::Note => ".",
        };
        text.extend([" ", mark, finding.code.trim_start_matches("visit.")]);
    }
    text
}

fn shown(resolved: &Resolved<'_>) -> String {
    let object = match &resolved.object {
        ResolvedObject::Person(known) => format!("person {}", known.id.0.as_u128() - 1000),
        ResolvedObject::Candidate { key: CandidateKey::Number(number), .. } => {
            format!("candidate {}", number.last_four())
        }
        ResolvedObject::Candidate { key: CandidateKey::UnitName(unit, name), .. } => {
            format!("candidate {} {name}", unit.0.as_u128())
        }
        ResolvedObject::Group { name, persons } => format!("group {name} {persons}"),
        ResolvedObject::Object { name, kind } => format!("{kind:?} {name}"),
    };
    if resolved.own_row == resolved.row {
        format!("{object}: {}", resolved.row)
    } else {
        format!("{object}: {} in {}", resolved.own_row, resolved.row)
    }
}

#[test]
fn persons_are_found_by_number_then_by_name() {
    let people = people();
    let (n1, n9) = (number(1).reveal().to_owned(), number(9).reveal().to_owned());
    let bad = "500240194811030017";
    for (cells, expected) in [
        (vec![(C::Citizen, &*n1)], "person 1: old_demobilised"),
        (vec![(C::Citizen, &*n1), (C::Name, "谭 三")], "person 1: old_demobilised"),
        (vec![(C::Citizen, &*n1), (C::Name, "谭山")], "refused !name_differs"),
        (vec![(C::Citizen, &*n1), (C::Unit, "教育局")], "person 1: old_demobilised"),
        (vec![(C::Citizen, &*n9), (C::Name, "谭三")], "candidate 009X: other .candidate"),
        (vec![(C::Name, "谭三")], "person 1: old_demobilised"),
        (vec![(C::Name, "谭三"), (C::Citizen, bad)], "person 1: old_demobilised"),
        (vec![(C::Name, "谭三"), (C::Unit, "星光村")], "person 1: old_demobilised"),
        (vec![(C::Name, "买买提•艾力")], "person 7: hardship_veteran"),
        (vec![(C::Name, "买买提艾力")], "person 7: hardship_veteran"),
        (vec![(C::Name, "马四")], "candidate 2 马四: other ?name_ambiguous"),
        (
            vec![(C::Name, "马四"), (C::Headcount, "2")],
            "candidate 2 马四: other ?name_ambiguous .headcount_not_counted",
        ),
        (vec![(C::Name, "向五")], "candidate 2 向五: other ?name_elsewhere"),
        (vec![(C::Name, "无名氏")], "candidate 2 无名氏: other .candidate"),
        (vec![(C::Name, "无名氏"), (C::Unit, "星光村")], "candidate 4 无名氏: other .candidate"),
        (vec![(C::Name, "谭三"), (C::Unit, "教育局")], "candidate 5 谭三: other ?name_elsewhere"),
        (vec![(C::Name, "无名氏"), (C::Unit, "教育局")], "candidate 5 无名氏: other .candidate"),
        (vec![(C::Name, "谭三"), (C::Headcount, "3")], "person 1: old_demobilised .headcount_not_counted"),
        (vec![(C::Name, "谭三"), (C::Headcount, "1")], "person 1: old_demobilised"),
    ] {
        assert_eq!(decide(&people, &cells), expected, "{cells:?}");
    }
    assert_eq!([TOWN, VILLAGE, BUREAU], [2, 4, 5]);
}

#[test]
fn groups_have_no_number_no_known_name_and_two_or_more() {
    let people = people();
    let n9 = number(9).reveal().to_owned();
    for (cells, expected) in [
        (vec![(C::Name, "退役军人代表"), (C::Headcount, "20")], "group 退役军人代表 20: other"),
        (
            vec![(C::Name, "军属"), (C::Headcount, "2"), (C::Category, "现役军人家属")],
            "group 军属 2: serving_family",
        ),
        (
            vec![(C::Name, "军属"), (C::Headcount, "1"), (C::Category, "现役军人家属")],
            "candidate 2 军属: serving_family .candidate",
        ),
        (
            vec![(C::Name, "军属"), (C::Headcount, "5"), (C::Citizen, &n9)],
            "candidate 009X: other .candidate .headcount_not_counted",
        ),
        (
            vec![(C::Name, "军属"), (C::Headcount, "5"), (C::Citizen, "123")],
            "candidate 2 军属: other .candidate .headcount_not_counted",
        ),
        (
            vec![
                (C::Name, "本局老兵"),
                (C::Headcount, "12"),
                (C::Unit, "教育局"),
                (C::Category, "本单位退役军人"),
            ],
            "group 本局老兵 12: own_unit_veteran",
        ),
        // A department never identifies by name alone, and a name the county knows is no group.
        (
            vec![(C::Name, "谭三"), (C::Headcount, "5"), (C::Unit, "教育局")],
            "candidate 5 谭三: other ?name_elsewhere .headcount_not_counted",
        ),
        // 向五 is on another township's roster: here the name is unknown.
        (vec![(C::Name, "向五"), (C::Headcount, "5")], "group 向五 5: other"),
    ] {
        assert_eq!(decide(&people, &cells), expected, "{cells:?}");
    }
}

#[test]
fn troops_and_institutions_go_by_category() {
    let people = people();
    let n1 = number(1).reveal().to_owned();
    for (cells, expected) in [
        (vec![(C::Category, "驻石部队"), (C::Name, "某部一中队")], "Troop 驻石某部: troop"),
        (vec![(C::Category, "部队"), (C::Name, "某连")], "Troop 某连: troop ?troop_unregistered"),
        (vec![(C::Category, "演习部队"), (C::Name, "驻石某部")], "TrainingTroop 驻石某部: troop"),
        (vec![(C::Category, "光荣院"), (C::Name, "县光荣院")], "Institution 县光荣院: institution"),
        (vec![(C::Category, "优抚事业单位"), (C::Name, "县军休所")], "Institution 县军休所: institution"),
        (vec![(C::Category, "驻军部队"), (C::Citizen, &n1)], "refused !no_object"),
        (
            vec![(C::Category, "驻军部队"), (C::Name, "驻石某部"), (C::Headcount, "80")],
            "Troop 驻石某部: troop .troop_headcount",
        ),
        (
            vec![(C::Category, "光荣院"), (C::Name, "县光荣院"), (C::Headcount, "30"), (C::Money, "90000")],
            "Institution 县光荣院: institution .headcount_not_counted",
        ),
        // A registered alias never becomes a candidate person.
        (vec![(C::Name, "某部一中队")], "Troop 驻石某部: troop .object_by_name"),
        (
            vec![(C::Name, "县光荣院"), (C::Headcount, "30")],
            "Institution 县光荣院: institution .object_by_name .headcount_not_counted",
        ),
    ] {
        assert_eq!(decide(&people, &cells), expected, "{cells:?}");
    }
}

#[test]
fn identity_decides_the_row_and_the_category_only_without_one() {
    let people = people();
    let n9 = number(9).reveal().to_owned();
    for (cells, expected) in [
        (vec![(C::Name, "谭三"), (C::Category, "烈士遗属")], "person 1: old_demobilised"),
        (vec![(C::Name, "秦六")], "person 5: other"),
        (vec![(C::Name, "秦六"), (C::Category, "参战人员")], "person 5: combat_veteran"),
        (vec![(C::Name, "冉七"), (C::Category, "参战人员")], "person 6: other"),
        (vec![(C::Citizen, &*n9), (C::Category, "烈属")], "candidate 009X: martyr_survivor .candidate"),
        (vec![(C::Citizen, &*n9), (C::Category, "红军失散人员")], "candidate 009X: other .candidate"),
        (
            vec![(C::Citizen, &*n9), (C::Category, "残疾军人")],
            "candidate 009X: other .candidate ?grade_unknown",
        ),
        (vec![(C::Citizen, &*n9), (C::Category, "三级残疾军人")], "candidate 009X: disabled_1_4 .candidate"),
        (
            vec![(C::Citizen, &*n9), (C::Category, "一至六级残疾军人")],
            "candidate 009X: other .candidate ?grade_unknown",
        ),
        (
            vec![(C::Citizen, &*n9), (C::Category, "参战人员、烈属")],
            "candidate 009X: martyr_survivor .candidate",
        ),
        (
            vec![(C::Citizen, &*n9), (C::Category, "本单位退役军人")],
            "candidate 009X: own_unit_veteran .candidate",
        ),
    ] {
        assert_eq!(decide(&people, &cells), expected, "{cells:?}");
    }
}

#[test]
fn a_departments_own_veterans_stand_in_its_own_row() {
    let people = people();
    let [n1, n5, n9] = [1, 5, 9].map(|n| number(n).reveal().to_owned());
    let own = |number| vec![(C::Unit, "教育局"), (C::Category, "本单位退役军人"), (C::Citizen, number)];
    for (cells, expected) in [
        (own(&*n1), "person 1: own_unit_veteran in old_demobilised"),
        (own(&*n5), "person 5: own_unit_veteran"),
        (own(&*n9), "candidate 009X: own_unit_veteran .candidate"),
        (vec![(C::Category, "本单位退役军人"), (C::Citizen, &*n1)], "person 1: old_demobilised"),
    ] {
        assert_eq!(decide(&people, &cells), expected, "{cells:?}");
    }
}

#[test]
fn money_and_goods_are_held_against_the_caps_per_head() {
    let people = people();
    let source = (C::MoneySource, "本单位");
    for (cells, expected) in [
        (vec![(C::Name, "谭三"), (C::Money, "1000"), source], "person 1: old_demobilised"),
        (vec![(C::Name, "谭三"), (C::Money, "1000.01"), source], "person 1: old_demobilised ?money_cap"),
        (vec![(C::Name, "谭三"), (C::GoodsValue, "501")], "person 1: old_demobilised ?goods_cap"),
        (vec![(C::Name, "代表"), (C::Headcount, "3"), (C::Money, "3000"), source], "group 代表 3: other"),
        (
            vec![(C::Name, "代表"), (C::Headcount, "3"), (C::Money, "3001"), source],
            "group 代表 3: other ?money_cap",
        ),
        (
            vec![(C::Category, "驻军部队"), (C::Name, "驻石某部"), (C::Money, "50000"), source],
            "Troop 驻石某部: troop",
        ),
    ] {
        assert_eq!(decide(&people, &cells), expected, "{cells:?}");
    }
}

#[test]
fn visits_to_the_dead_and_the_moved_are_warned_of() {
    let with = |change: fn(&mut Known)| {
        let mut people = People::default();
        change(people.add(1, "谭三", TOWN, &[]));
        decide(&people, &[(C::Name, "谭三")])
    };
    assert_eq!(
        with(|it| (it.status, it.stopped_on) = (PersonStatus::Dead, Some(date(2024, 7, 14)))),
        "person 1: other ?after_death"
    );
    assert_eq!(
        with(|it| (it.status, it.stopped_on) = (PersonStatus::Dead, Some(date(2024, 7, 15)))),
        "person 1: other"
    );
    assert_eq!(with(|it| it.status = PersonStatus::Dead), "person 1: other ?to_dead");
    assert_eq!(with(|it| it.status = PersonStatus::Moved), "person 1: other ?to_moved");
    assert_eq!(with(|it| it.status = PersonStatus::Stopped), "person 1: other");
}

#[test]
fn the_rosters_name_and_the_number_stay_hidden() {
    let world = World::new();
    let people = people();
    let row = read(&world, &[(C::Citizen, number(7).reveal()), (C::Name, "李某")]);
    let mut findings = Vec::new();
    assert_eq!(resolve(&row, world.rules(), &people, &mut findings), None);
    assert_eq!(
        findings[0].message,
        format!("公民身份号码{}在名册中的姓名是“买*****”，与所填“李某”不一致，请核对号码和姓名", number(7))
    );
}

#[test]
fn categories_are_stored_and_read_back() {
    let world = World::new();
    let template = &world.campaign.template;
    for (text, category, code) in [
        ("驻军部队", Category::Object(ObjectKind::Troop), "object:troop"),
        ("训练/演习部队", Category::Object(ObjectKind::TrainingTroop), "object:training_troop"),
        ("本单位退役军人", Category::OwnUnit, "own_unit"),
        ("烈士遗属", Category::Row(3), "row:martyr_survivor"),
        ("烈属", Category::Row(3), "row:martyr_survivor"),
        ("现役军人家属 (含边海防)", Category::Row(9), "row:serving_family"),
        ("伤残民兵", Category::Class(P::DisabledMilitia), "class:disabled_militia"),
        ("5-6级伤残军人", Category::Graded(5, 6), "graded:5-6"),
        ("残疾军人（三级）", Category::Graded(3, 3), "graded:3-3"),
        ("其他", Category::Generic, "generic"),
        ("重点优抚对象", Category::Generic, "generic"),
    ] {
        let parsed = Category::parse(text, template);
        assert_eq!(parsed, Some(category), "{text}");
        assert_eq!(category.code(template), code);
        assert_eq!(Category::from_code(code, template), Some(category));
    }
    for unknown in ["", "神仙", "烈属、神仙", "十一级残疾军人", "六至五级残疾军人"] {
        assert_eq!(Category::parse(unknown, template), None, "{unknown}");
    }
    assert_eq!(Category::from_code("row:gone", template), None);
    assert_eq!(name_key(" 买买提 • 艾力 "), "买买提艾力");
    assert_eq!(unit_id(TOWN).0.as_u128(), TOWN);
}
