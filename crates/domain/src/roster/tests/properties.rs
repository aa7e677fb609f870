use super::*;
use crate::ids::PersonId;
use crate::roster::{Person, Plan, RosterColumn as C, SeenRows, Step, Twins, apply, compare, create};
use crate::unit::word_key;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// A cell as files hold them: mostly words the columns know, else anything.
fn cell() -> impl Strategy<Value = Cell> {
    let words = [
        "",
        " ",
        "张三",
        "李四",
        "残疾军人",
        "烈士遗属、参战/参试退役人员",
        "伤残人民警察（三级，因战）",
        "三属",
        "(",
        "）、",
        "级",
        "3",
        "三级",
        "一至四级",
        "因战",
        "黄水镇",
        "西沱",
        "星光村",
        "双坝",
        "大坪村三组",
        "是",
        "×",
        "男",
        "2",
        "死亡",
        "停发（死亡）",
        "1960-07-01",
        "22000",
        "大病（甲）、乙",
        "无",
        "9917000000000001",
        "6.2E+18",
        "500240040910017",
        "土家",
    ];
    prop_oneof![
        2 => Just(Cell::Empty),
        8 => prop::sample::select(words.to_vec()).prop_map(|word| Cell::Text(word.to_owned())),
        3 => (0_u16..6).prop_map(|sequence| Cell::Text(number("512325", sequence))),
        1 => "\\PC{0,20}".prop_map(Cell::Text),
        1 => "[0-9一二三级()（）、，/ 村社区镇县组军人残疾因战eE+.-]{0,12}".prop_map(Cell::Text),
        1 => any::<f64>().prop_map(Cell::Number),
        1 => any::<bool>().prop_map(Cell::Bool),
        1 => Just(Cell::Error("#N/A".to_owned())),
        1 => (0_i16..400).prop_map(|days| Cell::Date(date(1960, 1, 1).saturating_add(jiff::Span::new().days(days)))),
    ]
}

/// A row of any cells, its required ones mostly right.
fn row() -> impl Strategy<Value = RawRow> {
    let required = (prop::bool::weighted(0.8), 0_u16..6, prop::sample::select(vec!["黄水镇", "西沱镇"]));
    (prop::collection::vec(cell(), COLUMNS.len() - 1..=COLUMNS.len() + 1), required, any::<u8>()).prop_map(
        |(cells, (is_right, sequence, township), sheet)| {
            let mut row = RawRow { sheet: sheet.into(), row: 2, cells };
            if is_right {
                put(&mut row, C::Name, Cell::Text("王五".to_owned()));
                put(&mut row, C::Citizen, Cell::Text(number("512325", sequence)));
                put(&mut row, C::Township, Cell::Text(township.to_owned()));
                put(&mut row, C::Account, Cell::Empty);
                if sequence % 2 == 0 {
                    put(&mut row, C::Class, Cell::Text("烈属、因战三级残疾军人".to_owned()));
                }
            }
            row
        },
    )
}

/// Imports rows into a roster as `app` does, and returns the plan.
fn import(rows: &[RawRow], roster: &mut HashMap<String, (PersonId, Person)>, units: &UnitTree) -> Plan {
    let (mut checker, mut seen, mut twins) = (Checker::new(units, TODAY), SeenRows::new(), Twins::new());
    let (mut plan, mut findings) = (Plan::default(), Vec::new());
    for raw in rows {
        let before = findings.len();
        let stored = |citizen: CitizenId, roster: &HashMap<String, (PersonId, Person)>| {
            roster.get(citizen.reveal()).map(|(id, _)| *id)
        };
        let refused = match checker.check(raw, &mut findings) {
            Err(refused) => refused.citizen,
            Ok(row) => {
                if let Some(finding) = seen.admit(&row) {
                    findings.push(finding);
                    Some(row.citizen)
                } else {
                    findings.extend(twins.see(&row));
                    let known = roster.get(row.citizen.reveal());
                    plan.take(Step::decide(known.map(|(id, person)| (*id, person)), row, units));
                    assert!(findings[before..].iter().all(|it| it.severity != Severity::Refused));
                    continue;
                }
            }
        };
        assert!(findings[before..].iter().any(|it| it.severity == Severity::Refused));
        plan.refuse(refused.and_then(|citizen| stored(citizen, roster)));
    }
    plan.finish(roster.values().map(|(id, _)| *id));
    for step in &plan.steps {
        let (id, person) = match step {
            Step::Add(row) => (PersonId(Uuid::from_u128(roster.len() as u128)), create(row)),
            Step::Change { person, merged, .. } => (*person, merged.clone()),
            Step::Unchanged(_) => continue,
        };
        roster.insert(person.citizen.reveal().to_owned(), (id, person));
    }
    plan
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn counts_balance_and_a_second_import_changes_nothing(
        first in prop::collection::vec(row(), 0..12),
        then in prop::collection::vec(row(), 0..12),
    ) {
        let (units, mut roster) = (county(), HashMap::new());
        for rows in [&first, &then] {
            let known = roster.len() as u64;
            let plan = import(rows, &mut roster, &units);
            prop_assert!(plan.counts.balances());
            prop_assert_eq!(plan.counts.read, rows.len() as u64);
            prop_assert_eq!(roster.len() as u64, known + plan.counts.added);
            let named: HashSet<PersonId> = plan.not_in_file.iter().copied().collect();
            let is_named = |it: &Step| matches!(it, Step::Change { person, .. } if named.contains(person));
            prop_assert!(!plan.steps.iter().any(is_named));
            let before = roster.clone();
            let again = import(rows, &mut roster, &units);
            prop_assert_eq!((again.counts.added, again.counts.changed), (0, 0));
            prop_assert_eq!(again.counts.refused, plan.counts.refused);
            prop_assert!(again.steps.is_empty() && roster == before);
        }
    }

    #[test]
    fn what_compare_says_is_what_apply_does(old in row(), new in row()) {
        let units = county();
        let (Ok(old), Ok(new)) = (check(&old).0, check(&new).0) else { return Ok(()) };
        let stored = create(&old);
        let changes = compare(&stored, &new, &units);
        prop_assert_eq!(changes.is_empty(), apply(&stored, &new) == Person { citizen: stored.citizen, ..stored.clone() });
        for change in changes {
            prop_assert!(change.before != change.after, "{change:?}");
        }
    }

    #[test]
    fn identities_are_sorted_and_each_class_stands_once(raw in row()) {
        if let Ok(row) = check(&raw).0 {
            prop_assert!(!row.identities.is_empty());
            prop_assert!(row.identities.windows(2).all(|pair| pair[0].class < pair[1].class));
            prop_assert!(row.identities.iter().all(|it| it.class.has_grade() || it.grade.is_none()));
            prop_assert!(row.hardship.is_none_or(|marks| marks.windows(2).all(|pair| pair[0] < pair[1])));
        }
    }
}

#[test]
fn a_grade_that_goes_over_to_another_class_is_a_change_of_class_alone() {
    let row = |class: &str| check(&raw(2, &[(C::Class, class), (C::Grade, "三级")])).0.expect("taken");
    let changes = compare(&create(&row("伤残人民警察")), &row("残疾军人"), &county());
    assert_eq!(changes.iter().map(|it| it.field).collect::<Vec<_>>(), [C::Class.code()]);
}

#[test]
fn columns_and_synonyms_are_distinct() {
    assert_eq!(COLUMNS.len(), C::ALL.len());
    let mut heads = HashMap::new();
    for (column, declared) in C::ALL.iter().zip(COLUMNS) {
        assert_eq!((column.label(), *column as usize), (declared.title, heads.len().min(*column as usize)));
        for head in std::iter::once(&declared.title).chain(declared.synonyms) {
            let other = heads.insert(word_key(head), *column);
            assert!(other.is_none_or(|other| other == *column), "{head} of {column:?} is also of {other:?}");
        }
    }
    let required: Vec<&str> = COLUMNS.iter().filter(|it| it.required).map(|it| it.title).collect();
    assert_eq!(required, ["姓名", "公民身份号码", "优抚类别", "乡镇（街道）"]);
}
