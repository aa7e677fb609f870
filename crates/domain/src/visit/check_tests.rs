//! Tables for the check of one row.

use super::testing::{World, raw};
use super::{COLUMNS, Checker, Goods, HelpKind, LeaderKind, Method, MoneySource, VisitColumn as C, VisitRow};
use crate::finding::{RowFinding, Severity};
use crate::money::Fen;
use crate::sheet::Cell;
use proptest::prelude::*;

type Cells<'a> = &'a [(C, &'a str)];

fn check(cells: Cells<'_>) -> (Option<VisitRow>, Vec<RowFinding>) {
    let world = World::new();
    let mut findings = Vec::new();
    let row = Checker::new(world.rules()).check(&raw(cells), &mut findings);
    (row, findings)
}

fn codes(findings: &[RowFinding]) -> Vec<(&'static str, Severity)> {
    findings.iter().map(|it| (it.code, it.severity)).collect()
}

#[test]
fn columns_stand_in_the_order_of_their_enum() {
    assert_eq!(COLUMNS.len(), 17);
    for (index, column) in C::ALL.iter().enumerate() {
        assert_eq!((*column as usize, COLUMNS[index].title), (index, column.title()));
    }
    let required: Vec<&str> = COLUMNS.iter().filter(|it| it.required).map(|it| it.title).collect();
    assert_eq!(required, ["走访日期", "走访单位", "走访方式"]);
    let mut words: Vec<&str> =
        COLUMNS.iter().flat_map(|it| it.synonyms.iter().chain([&it.title])).copied().collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), count, "a head must mean one column");
}

#[test]
fn a_full_row_is_understood() {
    let (row, findings) = check(&[
        (C::VisitedOn, "2024年7月15日"),
        (C::Unit, " 黄 水 "),
        (C::LeaderName, "马　平"),
        (C::LeaderTitle, "镇长"),
        (C::LeaderKind, "主要领导"),
        (C::Category, "在乡老复员军人"),
        (C::Name, "谭　三"),
        (C::Citizen, "11010519491231002x"),
        (C::Method, "入户走访"),
        (C::Headcount, "１人"),
        (C::Money, "1,000.00元"),
        (C::MoneySource, "县局下拨"),
        (C::Goods, "大米1袋、食用油１桶"),
        (C::GoodsValue, "135.5"),
        (C::HelpKind, "看病就医、住房改造"),
        (C::HelpCount, "2"),
        (C::Note, "（独居）"),
    ]);
    assert_eq!(findings, []);
    let row = row.unwrap();
    let goods = |name: &str, unit: &str| Goods { name: name.into(), quantity: 1, unit: unit.into() };
    assert_eq!((row.leader_name.as_str(), row.leader_kind), ("马平", Some(LeaderKind::Principal)));
    assert_eq!((row.name.as_str(), row.citizen.unwrap().last_four()), ("谭三", "002X"));
    assert_eq!((row.method, row.headcount), (Method::Home, Some(1)));
    assert_eq!((row.money_fen, row.goods_fen), (Fen(100_000), Fen(13_550)));
    assert_eq!(row.money_source, Some(MoneySource::County));
    assert_eq!(row.goods, [goods("大米", "袋"), goods("食用油", "桶")]);
    assert_eq!(row.help, [(HelpKind::Medical, 1), (HelpKind::Housing, 1)]);
    assert_eq!(row.note, "（独居）");
}

#[test]
fn only_these_refuse_a_row() {
    for (cell, code) in [
        ((C::VisitedOn, "七月中旬"), "visit.date"),
        ((C::VisitedOn, ""), "visit.date"),
        ((C::VisitedOn, "2024-02-30"), "visit.date"),
        ((C::Money, "五百多"), "visit.amount"),
        ((C::Money, "-5"), "visit.amount_negative"),
        ((C::Money, "12.345"), "visit.amount_decimals"),
        ((C::Money, "99999999999999"), "visit.amount"),
        ((C::GoodsValue, "约100"), "visit.amount"),
        ((C::GoodsValue, "-0.5"), "visit.amount_negative"),
        ((C::Unit, "月亮镇"), "visit.unit"),
        ((C::Unit, ""), "visit.unit"),
        ((C::Method, "飞鸽传书"), "visit.method"),
        ((C::Method, ""), "visit.method"),
        ((C::LeaderKind, "大领导"), "visit.leader_kind"),
        ((C::Category, "神仙"), "visit.category"),
        ((C::HelpKind, "算命"), "visit.help_kind"),
        ((C::Name, ""), "visit.no_object"),
        ((C::Name, "/"), "visit.no_object"),
    ] {
        let (row, findings) = check(&[(C::Name, "谭三"), cell]);
        assert_eq!((row, codes(&findings)), (None, vec![(code, Severity::Refused)]), "{cell:?}");
        assert_eq!(findings[0].row, 2);
        assert!(findings[0].column.is_some(), "{cell:?}");
    }
}

#[test]
fn everything_else_is_taken_and_remarked() {
    use Severity::{Note, Warning};
    let table: &[(Cells<'_>, &str, Severity)] = &[
        (&[(C::VisitedOn, "2024-06-30")], "visit.outside_period", Warning),
        (&[(C::VisitedOn, "2024-08-13")], "visit.outside_period", Warning),
        (&[(C::Money, "500")], "visit.source_missing", Warning),
        (&[(C::Money, "500"), (C::MoneySource, "天上")], "visit.source_unknown", Warning),
        (&[(C::Method, "发慰问信"), (C::Goods, "大米1袋")], "visit.goods_not_in_person", Warning),
        (&[(C::Method, "电话问候"), (C::Goods, "大米1袋")], "visit.goods_not_in_person", Warning),
        (&[(C::Method, "登门看望、发慰问信")], "visit.method_several", Warning),
        (&[(C::LeaderTitle, "党委书记")], "visit.leader_kind_missing", Warning),
        (&[(C::LeaderName, "党委书记 甲")], "visit.leader_kind_missing", Warning),
        (&[(C::Citizen, "500240194811030017")], "visit.citizen", Warning),
        (&[(C::Citizen, "5.0024E+17")], "visit.citizen", Warning),
        (&[(C::Citizen, "500240560910017")], "visit.citizen_upgraded", Note),
        (&[(C::Headcount, "若干")], "visit.headcount", Warning),
        (&[(C::Headcount, "0")], "visit.headcount", Warning),
        (&[(C::HelpCount, "2")], "visit.help_without_kind", Warning),
        (&[(C::HelpKind, "看病就医、住房改造"), (C::HelpCount, "5")], "visit.help_undivided", Warning),
        (&[(C::HelpKind, "看病就医"), (C::HelpCount, "几件")], "visit.help_count", Warning),
        (&[(C::HelpKind, "看病就医"), (C::HelpCount, "0")], "visit.help_zero", Note),
        (&[(C::Goods, "大米")], "visit.goods_quantity", Note),
        (&[(C::Goods, "大米2.5公斤")], "visit.goods_unreadable", Warning),
        (&[(C::GoodsValue, "100")], "visit.goods_unnamed", Note),
    ];
    for (cells, code, severity) in table {
        let (row, findings) = check(&[&[(C::Name, "谭三")], *cells].concat());
        assert!(row.is_some(), "{cells:?} {findings:?}");
        assert_eq!(codes(&findings), [(*code, *severity)], "{cells:?}");
    }
    for cells in [
        &[(C::VisitedOn, "2024-07-01")][..],
        &[(C::VisitedOn, "2024-08-12")],
        &[(C::Money, "0")],
        &[(C::Money, "/"), (C::Goods, "无"), (C::GoodsValue, "-")],
        &[(C::Method, "发慰问信")],
        &[(C::LeaderTitle, "科员")],
        &[(C::LeaderTitle, "镇长"), (C::LeaderKind, "其他")],
        &[(C::Category, "优抚对象")],
    ] {
        let (row, findings) = check(&[&[(C::Name, "谭三")], cells].concat());
        assert!(row.is_some() && findings.is_empty(), "{cells:?} {findings:?}");
    }
}

#[test]
fn all_that_is_wrong_with_a_row_is_said_at_once_and_numbers_stay_hidden() {
    let (row, findings) =
        check(&[(C::VisitedOn, "?"), (C::Money, "-1"), (C::Citizen, "500240194811030017"), (C::Unit, "?")]);
    assert_eq!(row, None);
    let codes: Vec<&str> = findings.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["visit.date", "visit.unit", "visit.no_object", "visit.amount_negative"]);
    let (_, findings) = check(&[(C::Name, "谭三"), (C::Citizen, "500240560910017")]);
    assert_eq!(findings[0].message, "15位旧号码已升为18位：500240********0179");
}

#[test]
fn a_failed_formula_is_no_empty_cell() {
    let world = World::new();
    for (column, code) in [
        (C::VisitedOn, "visit.date"),
        (C::Unit, "visit.unit"),
        (C::Method, "visit.method"),
        (C::Money, "visit.amount"),
        (C::Category, "visit.category"),
    ] {
        let mut row = raw(&[(C::Name, "谭三")]);
        row.cells[column as usize] = Cell::Error("#N/A".to_owned());
        let mut findings = Vec::new();
        assert_eq!(Checker::new(world.rules()).check(&row, &mut findings), None);
        assert_eq!(codes(&findings), [(code, Severity::Refused)]);
        assert!(findings[0].message.contains("#N/A"), "{}", findings[0].message);
    }
}

proptest! {
    #[test]
    fn every_row_is_taken_or_refused_with_a_reason(
        cells in prop::collection::vec(
            prop_oneof!["\\PC{0,12}", "[0-9.,元件级一二三十×x()（）、+ /-]{0,10}", "(大米|看病就医|登门看望|黄水镇)[0-9]?"],
            17,
        ),
        usual in any::<bool>(),
    ) {
        let world = World::new();
        let mut row = raw(&[]);
        for (index, text) in cells.into_iter().enumerate() {
            if !(usual && C::ALL[index].is_required()) {
                row.cells[index] = Cell::Text(text);
            }
        }
        let mut findings = Vec::new();
        let checked = Checker::new(world.rules()).check(&row, &mut findings);
        let refused = findings.iter().any(|it| it.severity == Severity::Refused);
        prop_assert_eq!(checked.is_none(), refused, "{:?}", findings);
        if let Some(row) = checked {
            prop_assert!(row.goods.iter().all(|it| it.quantity > 0 && !it.name.is_empty()));
            prop_assert!(row.help.iter().all(|it| it.1 > 0) && row.money_fen.0 >= 0 && row.goods_fen.0 >= 0);
        }
    }
}
