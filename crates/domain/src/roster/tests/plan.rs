use super::*;
use crate::finding::Counts;
use crate::ids::PersonId;
use crate::person::{DisabilityNature, Identity, PersonClass, PersonStatus};
use crate::roster::{Person, Plan, RosterColumn as C, Step, apply, compare, create};

const FULL: &[(C, &str)] = &[
    (C::Sex, "男"),
    (C::Ethnicity, "土家"),
    (C::Class, "残疾军人"),
    (C::Grade, "三级"),
    (C::Nature, "因战"),
    (C::Certificate, "渝军J0001"),
    (C::Household, "0007"),
    (C::Village, "星光村"),
    (C::Address, "一组"),
    (C::Phone, "20012345678"),
    (C::Allowance, "是"),
    (C::BankName, "农商行"),
    (C::Account, "9917000000000001"),
    (C::AccountName, "张三"),
    (C::Status, "停发"),
    (C::StoppedOn, "1960-07-01"),
    (C::Hardship, "大病（尿毒症）"),
    (C::Note, "备忘"),
];

fn person() -> Person {
    create(&taken(FULL))
}

#[test]
fn a_new_person_has_the_defaults() {
    let new = create(&taken(&[]));
    assert_eq!((new.status, new.allowance), (PersonStatus::Normal, false));
    assert_eq!(new.sex.label(), "男");
    assert_eq!((new.village_id, new.hardship.len(), new.identities.len()), (None, 0, 1));
    assert_eq!(create(&taken(&[(C::Status, "死亡")])).status, PersonStatus::Dead);
}

#[test]
fn empty_cells_never_erase() {
    let (stored, units) = (person(), county());
    let bare = taken(&[(C::Class, "残疾军人"), (C::Grade, "三级")]);
    assert_eq!(apply(&stored, &bare), stored);
    assert_eq!(compare(&stored, &bare, &units), []);
    // A police officer's grade may be missing in the file; the stored one of the same class stays.
    let mut police = stored.clone();
    let known =
        Identity { class: PersonClass::DisabledPolice, grade: Some(5), nature: Some(DisabilityNature::Duty) };
    police.identities = vec![known.clone()];
    assert_eq!(apply(&police, &taken(&[(C::Class, "伤残人民警察")])).identities, [known]);
}

#[test]
fn each_field_changes_by_itself() {
    let (stored, units) = (person(), county());
    let base: Vec<(C, &str)> = vec![(C::Class, "残疾军人"), (C::Grade, "三级")];
    for (column, text, before, after, is_protected) in [
        (C::Name, "张四", "张三", "张四", false),
        (C::Sex, "女", "男", "女", false),
        (C::Ethnicity, "汉", "土家族", "汉族", false),
        (C::Grade, "4", "三级", "四级", false),
        (C::Nature, "因公", "因战", "因公", false),
        (C::Certificate, "渝军J0002", "渝军J0001", "渝军J0002", false),
        (C::Household, "0008", "0007", "0008", false),
        (C::Village, "新光", "星光村民委员会", "新光社区居民委员会", false),
        (C::Address, "二组", "一组", "二组", true),
        (C::Phone, "20012345679", "20012345678", "20012345679", true),
        (C::Allowance, "否", "是", "否", false),
        (C::BankName, "邮储", "农商行", "邮储", false),
        (C::Account, "9917000000000002", "9917000000000001", "9917000000000002", true),
        (C::AccountName, "李四", "张三", "李四", false),
        (C::Status, "正常", "停发", "正常", false),
        (C::StoppedOn, "1960-07-02", "1960-07-01", "1960-07-02", false),
        (C::Hardship, "无", "大病（尿毒症）", "", true),
        (C::Note, "改", "备忘", "改", true),
    ] {
        let mut cells = base.clone();
        cells.push((column, text));
        let row = taken(&cells);
        let changes = compare(&stored, &row, &units);
        let [change] = changes.as_slice() else { panic!("{column:?}: {changes:?}") };
        assert_eq!((change.field, change.title), (column.code(), column.label()));
        assert_eq!((change.before.as_str(), change.after.as_str()), (before, after), "{column:?}");
        assert_eq!(change.is_protected, is_protected, "{column:?}");
        assert!(!is_protected || !format!("{change:?}").contains("12345678"));
        assert_eq!(compare(&apply(&stored, &row), &row, &units), [], "{column:?}");
    }
}

#[test]
fn classes_replace_the_stored_ones() {
    let (stored, units) = (person(), county());
    let row = taken(&[(C::Class, "老复员军人、参战退役军人")]);
    let changes = compare(&stored, &row, &units);
    let fields: Vec<(&str, &str, &str)> =
        changes.iter().map(|it| (it.title, it.before.as_str(), it.after.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("优抚类别", "残疾军人", "老复员军人、参战退役军人"),
            ("伤残等级", "三级", ""),
            ("伤残性质", "因战", "")
        ]
    );
}

#[test]
fn a_new_township_takes_the_village_along() {
    let (stored, units) = (person(), county());
    let row = taken(&[(C::Class, "残疾军人"), (C::Grade, "三级"), (C::Township, "西沱镇")]);
    let after = apply(&stored, &row);
    assert_eq!((after.township_id, after.village_id), (id(3), None));
    let fields: Vec<&str> = compare(&stored, &row, &units).iter().map(|it| it.field).collect();
    assert_eq!(fields, ["township", "village"]);
}

#[test]
fn a_plan_balances_and_knows_who_is_not_in_the_file() {
    let units = county();
    let people: Vec<PersonId> = (1..=4).map(|it| PersonId(Uuid::from_u128(it))).collect();
    let stored = create(&taken(&[]));
    let mut plan = Plan::default();
    plan.take(Step::decide(None, taken(&[(C::Citizen, &number("512325", 3))]), &units));
    plan.take(Step::decide(Some((people[0], &stored)), taken(&[]), &units));
    plan.take(Step::decide(Some((people[1], &stored)), taken(&[(C::Note, "改")]), &units));
    plan.refuse(Some(people[2]));
    plan.refuse(None);
    plan.finish(people.iter().copied());
    assert_eq!(plan.counts, Counts { read: 5, added: 1, changed: 1, unchanged: 1, refused: 2 });
    assert!(plan.counts.balances());
    assert_eq!(plan.not_in_file, [people[3]]);
    assert!(matches!(&plan.steps[..], [Step::Add(_), Step::Change { person, .. }] if *person == people[1]));
    let mut empty = Plan::default();
    empty.finish(people);
    assert_eq!(empty.not_in_file, [], "a file without a row leaves out nobody");
}

#[test]
fn what_is_shown_hides_the_person() {
    let shown = format!("{:?}", person());
    for secret in ["张三", "20012345678", "9917", "备忘", "尿毒症", "一组", &number("512325", 1)] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
