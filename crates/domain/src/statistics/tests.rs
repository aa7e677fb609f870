//! What the figures of the table mean, and the worked example of domain.md J.

use super::{CellKey, CellSums, Fold, GoodsSum, ScopeCells, Table, TableUnit, lay_out};
use crate::campaign::Template;
use crate::ids::{PersonId, UnitId};
use crate::money::Fen;
use crate::person::PersonClass;
use crate::visit::testing::{campaign, row, takes, template, unit_id, with_rows};
use crate::visit::{Goods, HelpKind, LeaderKind, Method, MoneySource, VisitFacts, VisitedObject};
use jiff::civil::date;
use uuid::Uuid;

pub(super) const COUNTY: u128 = 1;
pub(super) const TOWN: u128 = 2;

/// A visit of the township to nobody in particular, without money.
pub(super) fn visit(object: VisitedObject, row: &str) -> VisitFacts {
    VisitFacts {
        unit: unit_id(TOWN),
        above: vec![unit_id(COUNTY)],
        own_row: row.to_owned(),
        row: row.to_owned(),
        object,
        visited_on: date(2024, 7, 15),
        method: Method::Home,
        leader_name: String::new(),
        leader_title: String::new(),
        leader_kind: None,
        money_fen: Fen::ZERO,
        money_source: None,
        goods: Vec::new(),
        goods_fen: Fen::ZERO,
        help: Vec::new(),
    }
}

pub(super) fn person(number: u128, household: &str) -> VisitedObject {
    VisitedObject::Person { id: PersonId(Uuid::from_u128(number)), household: household.to_owned() }
}

pub(super) fn fold_of<'a>(template: &Template, visits: impl IntoIterator<Item = &'a VisitFacts>) -> Fold {
    let mut fold = Fold::default();
    for visit in visits {
        fold.apply(template, visit, 1);
    }
    fold.compact();
    fold
}

pub(super) fn table_of(template: Template, fold: &Fold, scope: UnitId) -> Table {
    let kept = ScopeCells {
        cells: fold
            .cells
            .iter()
            .filter(|(key, _)| key.scope == scope)
            .map(|(key, sums)| (key.row.clone(), *sums))
            .collect(),
        items: fold
            .items
            .iter()
            .filter(|(key, _)| key.cell.scope == scope)
            .map(|(key, number)| (key.kind, key.cell.row.clone(), key.item.clone(), *number))
            .collect(),
    };
    let unit = TableUnit { code: "500240105000".to_owned(), name: "黄水镇".to_owned() };
    lay_out(&campaign(template), unit, &kept)
}

#[test]
fn a_person_in_two_rows_stands_in_the_lower_one_and_sums_follow_each_visit() {
    let template = template();
    let with_money =
        |row: &str, yuan| VisitFacts { money_fen: Fen::from_yuan(yuan), ..visit(person(1, "户1"), row) };
    let (low, high) = (with_money("martyr_survivor", 100), with_money("combat_veteran", 200));
    let mut fold = fold_of(&template, [&high, &low]);
    let sums = |fold: &Fold, row: &str| -> (i64, i64, i64, i64) {
        let key = CellKey { scope: unit_id(COUNTY), row: row.to_owned() };
        let sums = fold.cells.get(&key).copied().unwrap_or_default();
        (sums.persons, sums.households, sums.visits, sums.money.unstated.0)
    };
    assert_eq!(sums(&fold, "martyr_survivor"), (1, 1, 1, 10_000));
    assert_eq!(sums(&fold, "combat_veteran"), (0, 0, 1, 20_000));
    assert_eq!(sums(&fold, "").1, 1);
    fold.apply(&template, &low, -1);
    assert_eq!(sums(&fold, "martyr_survivor"), (0, 0, 0, 0));
    assert_eq!(sums(&fold, "combat_veteran"), (1, 1, 1, 20_000));
}

#[test]
fn groups_troops_and_households_are_counted_each_in_their_way() {
    let group = VisitedObject::Group { name: "代表".to_owned(), persons: 20 };
    let troop = |name: &str| VisitedObject::Object { name: name.to_owned() };
    let list = [
        visit(person(1, "户1"), "old_demobilised"),
        visit(person(1, "户1"), "old_demobilised"),
        visit(person(2, "户1"), "old_demobilised"),
        visit(person(3, "户1"), "other"),
        visit(group.clone(), "old_demobilised"),
        visit(group, "old_demobilised"),
        visit(troop("驻石某部"), "troop"),
        visit(troop("驻石某部"), "troop"),
        visit(troop("武警中队"), "troop"),
    ];
    let table = table_of(template(), &fold_of(&template(), &list), unit_id(COUNTY));
    let line = |key: &str| table.rows.iter().find(|row| row.key == key).unwrap();
    let figures = |line: &super::Line| {
        (line.count(), line.households, line.objects, line.persons, line.person_times, line.visits)
    };
    assert_eq!(figures(line("troop")), (2, 0, 2, 0, 0, 3));
    assert_eq!(figures(line("old_demobilised")), (42, 1, 0, 42, 43, 5));
    assert_eq!(figures(line("other")), (1, 1, 0, 1, 1, 1));
    assert_eq!(figures(&table.total), (43, 1, 2, 43, 44, 9));
    assert_eq!(figures(line("martyr_survivor")), (0, 0, 0, 0, 0, 0));
    assert!(table.rows.iter().all(|row| row.key != "training_troop"), "off rows are not printed");
}

#[test]
fn household_visits_of_leaders_are_those_to_persons_at_home() {
    let led = |object, method, kind| VisitFacts { method, leader_kind: kind, ..visit(object, "other") };
    let (principal, deputy) = (Some(LeaderKind::Principal), Some(LeaderKind::Deputy));
    let group = VisitedObject::Group { name: "代表".to_owned(), persons: 5 };
    let troop = VisitedObject::Object { name: "驻石某部".to_owned() };
    let list = [
        led(person(1, "户1"), Method::Home, principal),
        led(person(1, "户1"), Method::Talk, principal),
        led(person(2, "户2"), Method::Home, deputy),
        led(group, Method::Home, principal),
        led(troop, Method::Home, principal),
        led(person(3, "户3"), Method::Home, Some(LeaderKind::Other)),
        led(person(4, "户4"), Method::Home, None),
    ];
    let fold = fold_of(&template(), &list);
    let sums: &CellSums = &fold.cells[&CellKey { scope: unit_id(TOWN), row: "other".to_owned() }];
    assert_eq!((sums.principal_home_visits, sums.deputy_home_visits), (1, 1));
}

/// The rows of domain.md J: 老复员军人, 一至六级残疾军人, 三属.
fn worked_template() -> Template {
    use PersonClass as C;
    let survivors = [C::MartyrSurvivor, C::DutyDeathSurvivor, C::IllnessDeathSurvivor];
    with_rows(vec![
        row("old", "老复员军人", takes(&[C::OldDemobilised], None)),
        row("disabled", "一至六级残疾军人", takes(&[C::DisabledSoldier], Some((1, 6)))),
        row("survivors", "三属", takes(&survivors, None)),
        row("other", "其他", vec![]),
    ])
}

/// Each household got 500 yuan, rice and oil worth 135 yuan; two survivors live with another one.
fn worked_visits() -> Vec<VisitFacts> {
    let mut list = Vec::new();
    for (row, households, persons, leader, title, help) in [
        ("old", 3, 3, "甲", "党委书记", HelpKind::Medical),
        ("disabled", 2, 2, "乙", "镇长", HelpKind::Housing),
        ("survivors", 7, 9, "丙", "分管副镇长", HelpKind::Schooling),
    ] {
        for n in 0..persons {
            let id = u128::try_from(list.len()).unwrap() + 1;
            let first = n < households;
            let goods = |name: &str, unit: &str| Goods { name: name.into(), quantity: 1, unit: unit.into() };
            list.push(VisitFacts {
                leader_name: leader.to_owned(),
                leader_title: title.to_owned(),
                money_fen: Fen::from_yuan(if first { 500 } else { 0 }),
                money_source: Some(MoneySource::County),
                goods: if first { vec![goods("米", "袋"), goods("油", "桶")] } else { vec![] },
                goods_fen: Fen::from_yuan(if first { 135 } else { 0 }),
                help: if n == 0 { vec![(help, 1)] } else { vec![] },
                ..visit(person(id, &format!("{row}{}", n % households)), row)
            });
        }
    }
    list
}

#[test]
fn the_worked_example_gives_exactly_its_figures() {
    let template = worked_template();
    let table = table_of(template.clone(), &fold_of(&template, &worked_visits()), unit_id(TOWN));
    let figures: Vec<_> = table
        .rows
        .iter()
        .chain([&table.total])
        .map(|line| {
            let leaders: Vec<String> =
                line.leaders.iter().map(|it| format!("{} {}", it.title, it.name)).collect();
            let money = (line.money_fen.yuan_short(), line.goods_fen.yuan_short(), line.total_wan());
            (line.label.as_str(), leaders.join("、"), line.households, line.count(), money, line.help.sum())
        })
        .collect();
    let money = |cash: &str, goods: &str, wan: &str| (cash.to_owned(), goods.to_owned(), wan.to_owned());
    let all = "分管副镇长 丙、党委书记 甲、镇长 乙".to_owned();
    assert_eq!(
        figures,
        [
            ("老复员军人", "党委书记 甲".to_owned(), 3, 3, money("1,500", "405", "0.19"), 1),
            ("一至六级残疾军人", "镇长 乙".to_owned(), 2, 2, money("1,000", "270", "0.13"), 1),
            ("三属", "分管副镇长 丙".to_owned(), 7, 9, money("3,500", "945", "0.44"), 1),
            ("其他", String::new(), 0, 0, money("0", "0", "0.00"), 0),
            ("合计", all, 12, 14, money("6,000", "1,620", "0.76"), 3),
        ]
    );
    let goods =
        |name: &str, quantity, unit: &str| GoodsSum { name: name.into(), quantity, unit: unit.into() };
    assert_eq!(table.rows[2].goods, [goods("油", 7, "桶"), goods("米", 7, "袋")]);
    assert_eq!(table.total.total_fen, Fen(762_000));
    assert_eq!(table.total.money_by_source.county, Fen(600_000));
    assert_eq!(table.heading, "2024年“八一”期间走访慰问驻石部队和优抚对象情况统计表");
}

#[test]
fn the_total_is_rounded_from_fen_and_not_from_rounded_rows() {
    let template = worked_template();
    let half = |row: &str, id| VisitFacts { money_fen: Fen::from_yuan(50), ..visit(person(id, "户"), row) };
    let list = [half("old", 1), half("disabled", 2), half("survivors", 3)];
    let table = table_of(template.clone(), &fold_of(&template, &list), unit_id(TOWN));
    let wan: Vec<String> = table.rows.iter().chain([&table.total]).map(super::Line::total_wan).collect();
    assert_eq!(wan, ["0.01", "0.01", "0.01", "0.00", "0.02"]);
    assert_eq!(table.total.households, 1, "one household in three rows is one household");
}
