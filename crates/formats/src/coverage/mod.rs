//! Coverage in files and on a terminal: what is obliged, what is done, and every name still open.

mod xlsx;

pub use xlsx::xlsx;

use crate::document::{Taken, centre, csv_bytes, guard_formula, pad_left, pad_right, printable};
use domain::coverage::{Coverage, Obliged, Open};
use domain::money::group_thousands;
use serde_json::Value;
use std::fmt::Write as _;

/// Coverage as JSON: a contract (`shuangyong coverage --format json`).
#[must_use]
pub fn json(coverage: &Coverage) -> Value {
    serde_json::to_value(coverage).expect("coverage has string keys and whole numbers only")
}

/// Share done as text with one decimal, cut and never rounded up to 100%: `99.9%` while a name is open.
#[must_use]
pub fn rate(required: i64, done: i64) -> String {
    if required <= 0 {
        return "—".to_owned();
    }
    let thousandths = i128::from(done.max(0)) * 1000 / i128::from(required);
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// Coverage as lines for a terminal: the obligations first, then the open names of each by unit and village.
#[must_use]
pub fn text(coverage: &Coverage) -> String {
    let width = coverage
        .obligations
        .iter()
        .map(|one| crate::document::display_width(&one.label))
        .chain([30])
        .max()
        .unwrap_or(30);
    let mut out = String::new();
    let _ = writeln!(out, "{}", centre(&format!("{} 覆盖情况", printable(&coverage.unit.name)), width + 40));
    let rule = "-".repeat(width + 40);
    let row = |label: &str, figures: [&str; 4]| {
        let figures: Vec<String> = figures.iter().map(|figure| pad_left(figure, 9)).collect();
        format!("{} {}", pad_right(label, width), figures.join(" "))
    };
    let _ = writeln!(out, "{rule}\n{}\n{rule}", row("要求", ["应完成", "已完成", "未完成", "完成率"]));
    for one in &coverage.obligations {
        let open = group_thousands(one.open.len() as u64);
        let rate = rate(one.required, one.done).replace('—', "-");
        let [required, done] = [one.required, one.done].map(|number| group_thousands(number.unsigned_abs()));
        let _ = writeln!(out, "{}", row(&printable(&one.label), [&required, &done, &open, &rate]));
    }
    let _ = writeln!(out, "{rule}");
    for one in &coverage.obligations {
        list(&mut out, &format!("{}：未完成 {} 项", printable(&one.label), one.open.len()), &one.open);
        let only = &one.only_by_letter_or_telephone;
        list(&mut out, &format!("{}：仅发信或电话 {} 人", printable(&one.label), only.len()), only);
    }
    out
}

fn list(out: &mut String, head: &str, names: &[Open]) {
    if names.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{head}");
    for open in in_order(names) {
        let _ = writeln!(
            out,
            "  {} {} {} {}",
            pad_right(&printable(&open.unit), 16),
            pad_right(&printable(&open.village), 16),
            pad_right(&printable(&open.name), 10),
            printable(&open.reason)
        );
    }
}

/// Names of one unit and village together, otherwise in the order they came.
fn in_order(names: &[Open]) -> Vec<&Open> {
    let mut units: Vec<&str> = Vec::new();
    let mut places: Vec<(&str, &str)> = Vec::new();
    for open in names {
        if !units.contains(&open.unit.as_str()) {
            units.push(&open.unit);
        }
        if !places.contains(&(&open.unit, &open.village)) {
            places.push((&open.unit, &open.village));
        }
    }
    let place = |open: &Open| {
        (
            units.iter().position(|unit| *unit == open.unit),
            places.iter().position(|place| *place == (&open.unit, &open.village)),
        )
    };
    let mut names: Vec<&Open> = names.iter().collect();
    names.sort_by_cached_key(|open| place(open));
    names
}

/// Open names as CSV, one a line, with their obligation; the last line says who took them.
#[must_use]
pub fn csv(coverage: &Coverage, taken: &Taken) -> Vec<u8> {
    let mut records =
        vec![["要求", "情况", "乡镇（街道）、单位", "村（社区）", "姓名（名称）", "说明"].map(str::to_owned)];
    for one in &coverage.obligations {
        records.extend(in_order(&one.open).into_iter().map(|open| record(one, "未完成", open)));
        let only = in_order(&one.only_by_letter_or_telephone);
        records.extend(only.into_iter().map(|open| record(one, "仅发信或电话", open)));
    }
    let mut last = [const { String::new() }; 6];
    last[0] = guard_formula(&taken.line());
    records.push(last);
    csv_bytes(&records)
}

fn record(one: &Obliged, state: &str, open: &Open) -> [String; 6] {
    [&one.label, state, &open.unit, &open.village, &open.name, &open.reason].map(guard_formula)
}
