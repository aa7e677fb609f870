use super::*;
use crate::campaign::CountUnit;
use crate::money::Fen;
use crate::statistics::{GoodsSum, Help, Leader, Line, MoneyBySource, TableUnit};
use SubmissionAct::{Accept, Return, Submit, Withdraw};
use SubmissionRefused::{AlreadyReturned, Done, Nothing, Waiting};
use SubmissionState::{Accepted, Returned, Submitted, Withdrawn};
use jiff::civil::date;

type Outcome = Result<SubmissionState, SubmissionRefused>;

/// Every state × every act, as the house means it.
const TABLE: [(Option<SubmissionState>, [Outcome; 4]); 5] = [
    //                  submit          accept                return          withdraw
    (None, [Ok(Submitted), Err(Nothing), Err(Nothing), Err(Nothing)]),
    (Some(Submitted), [Err(Waiting), Ok(Accepted), Ok(Returned), Ok(Withdrawn)]),
    (Some(Accepted), [Err(Done), Err(Done), Ok(Returned), Err(Done)]),
    (Some(Returned), [Ok(Submitted), Err(AlreadyReturned), Err(AlreadyReturned), Err(AlreadyReturned)]),
    (Some(Withdrawn), [Ok(Submitted), Err(Nothing), Err(Nothing), Err(Nothing)]),
];

#[test]
fn acts_follow_each_other_in_one_order_only() {
    for (last, expected) in TABLE {
        for (act, expected) in [Submit, Accept, Return, Withdraw].into_iter().zip(expected) {
            assert_eq!(next(last, act), expected, "{last:?} {act:?}");
        }
    }
    assert_eq!(TABLE.len(), SubmissionState::ALL.len() + 1);
}

#[test]
fn a_unit_that_took_its_table_back_is_missing_again() {
    let standings: Vec<Standing> = TABLE.iter().map(|(last, _)| Standing::of(*last)).collect();
    let expected =
        [Standing::Missing, Standing::Submitted, Standing::Accepted, Standing::Returned, Standing::Missing];
    assert_eq!(standings, expected);
    assert_eq!(standings.iter().filter(|it| it.is_open()).count(), 3);
}

#[test]
fn lateness_is_of_the_day_and_of_the_version_that_the_county_returned() {
    let calendar = Calendar::national();
    let deadline = date(2024, 8, 12);
    let late = |day, before| late_days(&calendar, deadline, day, before);
    let before = |state, late_days| Some(Before { state, late_days });
    assert_eq!(late(date(2024, 8, 1), None), 0);
    assert_eq!(late(date(2024, 8, 12), None), 0, "the last day counts");
    assert_eq!(late(date(2024, 8, 13), None), 1);
    // Monday to the Monday after: five working days.
    assert_eq!(late(date(2024, 8, 19), None), 5);
    assert_eq!(late(date(2024, 8, 19), before(Returned, 0)), 0, "returned by the county");
    assert_eq!(late(date(2024, 8, 19), before(Returned, 2)), 2);
    assert_eq!(late(date(2024, 8, 19), before(Withdrawn, 0)), 5, "taken back by the unit itself");
}

fn line(key: &str, persons: i64, money: i64) -> Line {
    Line {
        key: key.to_owned(),
        label: format!("类别{key}"),
        count_unit: CountUnit::Person,
        leaders: vec![Leader { name: "李书记".to_owned(), title: String::new(), visits: persons }],
        households: persons,
        objects: 0,
        persons,
        person_times: persons,
        visits: persons,
        money_fen: Fen(money),
        money_by_source: MoneyBySource::default(),
        goods_fen: Fen(0),
        goods: Vec::new(),
        total_fen: Fen(money),
        help: Help::default(),
    }
}

fn table(rows: Vec<Line>, total: Line) -> Table {
    Table {
        campaign: "bayi-2024".to_owned(),
        heading: String::new(),
        deadline: date(2024, 8, 12),
        columns: Vec::new(),
        unit: TableUnit { code: "500240100000".to_owned(), name: "某镇".to_owned() },
        rows,
        total,
    }
}

#[test]
fn equal_tables_do_not_differ_and_changed_cells_are_named() {
    let submitted = table(vec![line("a", 2, 5_000), line("b", 1, 0)], line("total", 3, 5_000));
    assert_eq!(differences(&submitted, &submitted), []);
    let mut live = table(vec![line("a", 2, 15_050), line("c", 1, 0)], line("total", 3, 15_050));
    live.rows[0].goods = vec![GoodsSum { name: "大米".to_owned(), quantity: 2, unit: "袋".to_owned() }];
    let found = differences(&submitted, &live);
    let said: Vec<String> = found
        .iter()
        .map(|it| format!("{} {} {}→{} {:?}", it.row, it.column, it.submitted, it.live, it.change))
        .collect();
    let of_c = ["households", "persons", "person_times", "visits"].map(|it| format!("c {it} 0→1 Some(1)"));
    let of_b = ["households", "persons", "person_times", "visits"].map(|it| format!("b {it} 1→0 Some(-1)"));
    let mut expected = vec![
        "a money_fen 50.00→150.50 Some(10050)".to_owned(),
        "a total_fen 50.00→150.50 Some(10050)".to_owned(),
        "a goods →大米2袋 None".to_owned(),
    ];
    expected.extend(of_c);
    expected.push("c leaders →李书记1次 None".to_owned());
    expected.extend(of_b);
    expected.push("b leaders 李书记1次→ None".to_owned());
    expected.push("total money_fen 50.00→150.50 Some(10050)".to_owned());
    expected.push("total total_fen 50.00→150.50 Some(10050)".to_owned());
    assert_eq!(said, expected);
}
