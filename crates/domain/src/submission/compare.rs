//! A submitted table beside the live one, cell by cell.

use crate::money::Fen;
use crate::statistics::{Line, Table};
use serde::Serialize;

/// One cell whose figures differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellDifference {
    /// Row key; `total` for the total.
    pub row: String,
    /// 类别
    pub row_label: String,
    /// Which figure: a field of the table's JSON, e.g. `persons`, `money_fen`, `help`.
    pub column: &'static str,
    /// The figure in words.
    pub column_label: &'static str,
    /// As submitted, for people.
    pub submitted: String,
    /// As the records say now, for people.
    pub live: String,
    /// Now less submitted, in the figure's own unit (fen, 人, 户, 件 …); `None` for leaders and goods.
    pub change: Option<i64>,
}

/// How a figure is printed.
#[derive(Clone, Copy)]
enum Print {
    Count,
    Money,
}

type Figure = (&'static str, &'static str, Print, fn(&Line) -> i64);

const FIGURES: &[Figure] = &[
    ("households", "走访户数（户）", Print::Count, |it| it.households),
    ("objects", "走访对象（个）", Print::Count, |it| it.objects),
    ("persons", "走访慰问人数（人）", Print::Count, |it| it.persons),
    ("person_times", "走访人次（人次）", Print::Count, |it| it.person_times),
    ("visits", "走访记录（条）", Print::Count, |it| it.visits),
    ("money_fen", "慰问金（元）", Print::Money, |it| it.money_fen.0),
    ("goods_fen", "慰问品折款（元）", Print::Money, |it| it.goods_fen.0),
    ("total_fen", "合计（元）", Print::Money, |it| it.total_fen.0),
    ("help", "解决实际困难（件）", Print::Count, |it| it.help.sum()),
];

type Text = (&'static str, &'static str, fn(&Line) -> String);

const TEXTS: [Text; 2] = [("leaders", "带队领导", leaders), ("goods", "慰问品", goods)];

/// Every cell in which the live table differs from the submitted one: rows in the order of the live table, rows that
/// the template no longer has behind them, the total last.
#[must_use]
pub fn differences(submitted: &Table, live: &Table) -> Vec<CellDifference> {
    let mut all = Vec::new();
    let before = |key: &str| submitted.rows.iter().find(|line| line.key == key);
    for line in &live.rows {
        compare(before(&line.key), Some(line), &mut all);
    }
    for line in submitted.rows.iter().filter(|old| live.rows.iter().all(|line| line.key != old.key)) {
        compare(Some(line), None, &mut all);
    }
    compare(Some(&submitted.total), Some(&live.total), &mut all);
    all
}

fn compare(submitted: Option<&Line>, live: Option<&Line>, all: &mut Vec<CellDifference>) {
    let Some(named) = live.or(submitted) else { return };
    let mut add = |column, column_label, before: String, after: String, change| {
        all.push(CellDifference {
            row: named.key.clone(),
            row_label: named.label.clone(),
            column,
            column_label,
            submitted: before,
            live: after,
            change,
        });
    };
    for (column, label, print, figure) in FIGURES {
        let (before, after) = (submitted.map_or(0, figure), live.map_or(0, figure));
        if before != after {
            add(*column, *label, print.text(before), print.text(after), Some(after - before));
        }
    }
    // The total names no leaders, and goods are compared where they were given.
    if named.key == "total" {
        return;
    }
    for (column, label, text) in TEXTS {
        let (before, after) = (submitted.map_or_else(String::new, text), live.map_or_else(String::new, text));
        if before != after {
            add(column, label, before, after, None);
        }
    }
}

impl Print {
    fn text(self, figure: i64) -> String {
        match self {
            Self::Count => figure.to_string(),
            Self::Money => Fen(figure).yuan(),
        }
    }
}

fn leaders(line: &Line) -> String {
    line.leaders.iter().map(|it| format!("{}{}次", it.name, it.visits)).collect::<Vec<_>>().join("、")
}

fn goods(line: &Line) -> String {
    let one = |it: &crate::statistics::GoodsSum| format!("{}{}{}", it.name, it.quantity, it.unit);
    line.goods.iter().map(one).collect::<Vec<_>>().join("、")
}
