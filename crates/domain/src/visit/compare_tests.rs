//! When rows are the same visit, and what differs.

use super::testing::{People, TOWN, World, number, raw, unit_id};
use super::{
    Checker, StoredVisit, VisitColumn as C, VisitRow, VisitedObject, compare, conflicting, object_key,
    repeated, resolve, typed_key,
};
use crate::ids::CandidateId;
use uuid::Uuid;

fn read(world: &World, cells: &[(C, &str)]) -> VisitRow {
    Checker::new(world.rules()).check(&raw(cells), &mut Vec::new()).unwrap()
}

fn stored(row: &VisitRow) -> StoredVisit {
    StoredVisit {
        leader_title: row.leader_title.clone(),
        leader_kind: row.leader_kind,
        category: row.category,
        method: row.method,
        headcount: row.headcount,
        money_fen: row.money_fen,
        money_source: row.money_source,
        goods: row.goods.clone(),
        goods_fen: row.goods_fen,
        help: row.help.clone(),
        note: row.note.clone(),
    }
}

#[test]
fn the_same_unit_day_object_and_leader_are_one_visit() {
    let world = World::new();
    let key = |cells: &[(C, &str)]| typed_key(&read(&world, cells));
    let base = key(&[(C::Name, "谭三"), (C::LeaderName, "马平")]);
    for same in [
        &[(C::Name, "谭　三"), (C::LeaderName, "马 平"), (C::VisitedOn, "2024.7.15")][..],
        &[(C::Name, "谭三"), (C::LeaderName, "马平"), (C::Unit, "500240105000"), (C::Money, "5")],
        &[(C::Name, "谭三"), (C::LeaderName, "马平"), (C::LeaderTitle, "科员"), (C::Citizen, "123")],
    ] {
        assert_eq!(key(same), base, "{same:?}");
    }
    for other in [
        &[(C::Name, "谭三")][..],
        &[(C::Name, "谭四"), (C::LeaderName, "马平")],
        &[(C::Name, "谭三"), (C::LeaderName, "马平"), (C::VisitedOn, "2024-07-16")],
        &[(C::Name, "谭三"), (C::LeaderName, "马平"), (C::Unit, "南宾街道")],
        &[(C::Name, "谭三"), (C::LeaderName, "马平"), (C::Citizen, number(1).reveal())],
    ] {
        assert_ne!(key(other), base, "{other:?}");
    }
}

#[test]
fn the_object_key_joins_rows_by_number_and_by_name() {
    let world = World::new();
    let mut people = People::default();
    people.add(1, "谭三", TOWN, &[]);
    let key = |cells: &[(C, &str)]| {
        let row = read(&world, cells);
        let resolved = resolve(&row, world.rules(), &people, &mut Vec::new()).unwrap();
        let object = resolved.visited(|_| CandidateId(Uuid::from_u128(77)));
        object_key(row.unit, row.visited_on, &object, &row.leader_name)
    };
    let base = key(&[(C::Name, "谭三")]);
    assert_eq!(key(&[(C::Citizen, number(1).reveal())]), base);
    assert_ne!(key(&[(C::Name, "代表"), (C::Headcount, "3")]), key(&[(C::Name, "代表")]));
    assert_eq!(
        key(&[(C::Name, "代 表"), (C::Headcount, "3")]),
        key(&[(C::Name, "代表"), (C::Headcount, "9")])
    );
    let object = VisitedObject::Object { name: "代表".to_owned() };
    assert_ne!(object_key(unit_id(TOWN), jiff::civil::date(2024, 7, 15), &object, ""), base);
}

#[test]
fn a_growing_file_is_unchanged_and_a_changed_column_is_shown_with_both_values() {
    let world = World::new();
    let full = [
        (C::Name, "代表"),
        (C::Headcount, "3"),
        (C::LeaderTitle, "镇长"),
        (C::LeaderKind, "主要领导"),
        (C::Category, "老复员军人"),
        (C::Money, "500"),
        (C::MoneySource, "本单位"),
        (C::Goods, "大米1袋、食用油1桶"),
        (C::GoodsValue, "135"),
        (C::HelpKind, "看病就医、住房改造"),
        (C::Note, "见附件"),
    ];
    let row = read(&world, &full);
    let template = &world.campaign.template;
    let record = stored(&row);
    let again =
        read(&world, &[&full[..], &[(C::Goods, "食用油1桶，大米一袋"), (C::Money, "500.00元")]].concat());
    assert_eq!(compare(&record, &again, template), []);
    for (cell, before, after) in [
        ((C::LeaderTitle, "书记"), "镇长", "书记"),
        ((C::LeaderKind, ""), "主要领导", ""),
        ((C::Category, "烈属"), "老复员军人", "烈士遗属"),
        ((C::Method, "电话问候"), "登门看望", "电话问候"),
        ((C::Headcount, "4"), "3", "4"),
        ((C::Money, "600.5"), "500", "600.50"),
        ((C::MoneySource, "社会捐赠"), "本单位", "社会捐赠"),
        ((C::Goods, "大米2袋"), "大米1袋、食用油1桶", "大米2袋"),
        ((C::GoodsValue, ""), "135", "0"),
        ((C::HelpKind, "看病就医"), "住房改造1件、看病就医1件", "看病就医1件"),
        ((C::Note, ""), "见附件", ""),
    ] {
        let changed = read(&world, &[&full[..], &[cell]].concat());
        let differences = compare(&record, &changed, template);
        let texts: Vec<_> =
            differences.iter().map(|it| (it.column, it.before.as_str(), it.after.as_str())).collect();
        assert_eq!(texts, [(cell.0, before, after)]);
    }
    let changed = read(&world, &[&full[..], &[(C::Money, "600"), (C::Note, "")]].concat());
    let finding = conflicting(&changed, &compare(&record, &changed, template));
    assert_eq!((finding.code, finding.column), ("visit.conflict", Some("慰问金（元）")));
    assert_eq!(
        finding.message,
        "这次走访已导入过，但内容不同：慰问金（元）已登记为“500”，本行为“600”；备注已登记为“见附件”，本行为空白；\
         未导入，请改正本行，或先更正已登记的记录"
    );
}

#[test]
fn the_headcount_of_one_person_is_no_difference() {
    let world = World::new();
    let mut record = stored(&read(&world, &[(C::Name, "谭三")]));
    record.headcount = None;
    let again = read(&world, &[(C::Name, "谭三"), (C::Headcount, "1")]);
    assert_eq!(compare(&record, &again, &world.campaign.template), []);
}

#[test]
fn a_repetition_names_the_first_row() {
    let world = World::new();
    let mut row = read(&world, &[(C::Name, "谭三")]);
    (row.sheet, row.row) = (1, 9);
    assert!(repeated(&row, (1, 4)).message.starts_with("与第4行的"));
    assert!(repeated(&row, (0, 4)).message.starts_with("与第1个工作表第4行的"));
    assert_eq!((repeated(&row, (1, 4)).code, repeated(&row, (1, 4)).row), ("visit.repeated", 9));
}
