//! Tables of the roster's rules: one line per case. Numbers are made here, with births before 1900; so "today" is
//! a day on which these people are of a usual age.

mod check;
mod classes;
mod hand;
mod places;
mod plan;
mod properties;
mod seen;

use super::{COLUMNS, Checker, RefusedRow, RosterColumn, RosterRow, RowFinding};
use crate::citizen::CitizenId;
use crate::finding::Severity;
use crate::ids::UnitId;
use crate::sheet::{Cell, RawRow};
use crate::unit::{Unit, UnitKind, UnitTree};
use jiff::civil::{Date, date};
use uuid::Uuid;

pub(super) const TODAY: Date = date(1960, 8, 1);

/// A number of 1890-01-02 with this sequence (odd: male) and area.
pub(super) fn number(area: &str, sequence: u16) -> String {
    let id = CitizenId::complete(&format!("{area}18900102{sequence:03}")).expect("seventeen digits");
    id.reveal().to_owned()
}

fn unit(number: u128, code: &str, kind: UnitKind, name: &str, short: &str, above: Option<u128>) -> Unit {
    Unit {
        id: UnitId(Uuid::from_u128(number)),
        code: code.to_owned(),
        kind,
        name: name.to_owned(),
        short_name: short.to_owned(),
        parent_id: above.map(|above| UnitId(Uuid::from_u128(above))),
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    }
}

pub(super) fn id(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

/// A piece of 石柱: 黄水镇 (2) with 星光村 (21), 新光社区 (22), 双坝村 (23), 双坝社区 (24), 大坪村 (25); 西沱镇 (3) with 大坪村 (31),
/// 江家槽社区 (32); 南宾街道 (4).
pub(super) fn county() -> UnitTree {
    use UnitKind::{County, Township, Village};
    let mut huangshui = unit(2, "500240105000", Township, "黄水镇", "黄水", Some(1));
    huangshui.aliases.push("黄水公社".to_owned());
    UnitTree::new(vec![
        unit(1, "500240", County, "石柱土家族自治县", "石柱县", None),
        huangshui,
        unit(3, "500240101000", Township, "西沱镇", "西沱镇", Some(1)),
        unit(4, "500240001000", Township, "南宾街道", "南宾街道", Some(1)),
        unit(21, "500240105201", Village, "星光村民委员会", "星光村", Some(2)),
        unit(22, "500240105001", Village, "新光社区居民委员会", "新光社区", Some(2)),
        unit(23, "500240105202", Village, "双坝村民委员会", "双坝村", Some(2)),
        unit(24, "500240105002", Village, "双坝社区居民委员会", "双坝社区", Some(2)),
        unit(25, "500240105203", Village, "大坪村民委员会", "大坪村", Some(2)),
        unit(31, "500240101201", Village, "大坪村民委员会", "大坪村", Some(3)),
        unit(32, "500240101001", Village, "江家槽社区居民委员会", "江家槽社区", Some(3)),
    ])
    .expect("there is a county")
}

/// A row without remarks, then the given cells put over it.
pub(super) fn raw(row: u32, cells: &[(RosterColumn, &str)]) -> RawRow {
    let mut raw = RawRow { sheet: 0, row, cells: vec![Cell::Empty; COLUMNS.len()] };
    let base = [
        (RosterColumn::Name, "张三"),
        (RosterColumn::Citizen, &number("512325", 1)),
        (RosterColumn::Class, "老复员军人"),
        (RosterColumn::Township, "黄水镇"),
    ];
    for (column, text) in base.iter().chain(cells) {
        put(&mut raw, *column, Cell::Text((*text).to_owned()));
    }
    raw
}

pub(super) fn put(raw: &mut RawRow, column: RosterColumn, cell: Cell) {
    raw.cells[column as usize] = cell;
}

pub(super) fn check(raw: &RawRow) -> (Result<RosterRow, RefusedRow>, Vec<RowFinding>) {
    let (units, mut findings) = (county(), Vec::new());
    let row = Checker::new(&units, TODAY).check(raw, &mut findings);
    (row, findings)
}

/// A row that is taken, with whatever remarks.
pub(super) fn taken(cells: &[(RosterColumn, &str)]) -> RosterRow {
    check(&raw(2, cells)).0.expect("the row is taken")
}

pub(super) fn severities(findings: &[RowFinding]) -> Vec<(Severity, &'static str)> {
    findings.iter().map(|it| (it.severity, it.code)).collect()
}
