//! The table for a terminal, aligned by the width of Chinese characters.

use super::words::{self, thousands, yuan_or_dash};
use crate::document::{centre, display_width, pad_left, pad_right, printable, shorten};
use domain::campaign::CountUnit;
use domain::statistics::{Line, Table};
use std::fmt::Write as _;

/// Heads and widths; all but the first and the last stand to the right.
const COLUMNS: [(&str, usize); 10] = [
    ("类别", 26),
    ("户", 7),
    ("人数", 9),
    ("人次", 8),
    ("慰问金(元)", 12),
    ("慰问品(元)", 12),
    ("合计(元)", 12),
    ("合计(万元)", 10),
    ("困难(件)", 8),
    ("带队领导", 27),
];

/// Dash of one column width on every terminal.
const NOTHING: &str = "-";

/// The table as lines of at most 140 columns.
#[must_use]
pub fn text(table: &Table) -> String {
    let heads = COLUMNS.map(|(head, _)| head.to_owned());
    let head = aligned(&heads);
    let width = COLUMNS.iter().map(|(_, width)| width + 1).sum::<usize>() - 1;
    let rule = "-".repeat(width);
    let mut out = String::new();
    for line in [
        centre(&printable(&table.heading), width),
        spread(
            &format!("填报单位：{}", printable(&table.unit.name)),
            &format!("报送截止：{}", words::chinese_date(table.deadline)),
            width,
        ),
        rule.clone(),
        head,
        rule.clone(),
    ] {
        push(&mut out, &line);
    }
    for line in &table.rows {
        push(&mut out, &aligned(&cells(line)));
    }
    push(&mut out, &rule);
    push(&mut out, &aligned(&cells(&table.total)));
    push(&mut out, &rule);
    for line in summary(&table.total) {
        push(&mut out, &line);
    }
    out
}

fn cells(line: &Line) -> [String; 10] {
    let leaders: Vec<String> = line.leaders.iter().map(words::leader).collect();
    let dash = |text: String| if text == words::NOTHING { NOTHING.to_owned() } else { text };
    [
        printable(&line.label),
        dash(words::thousands_or_dash(line.households)),
        count(line),
        dash(words::thousands_or_dash(line.person_times)),
        dash(yuan_or_dash(line.money_fen)),
        dash(yuan_or_dash(line.goods_fen)),
        dash(yuan_or_dash(line.total_fen)),
        if words::is_empty(line) { NOTHING.to_owned() } else { line.total_wan() },
        dash(words::thousands_or_dash(line.help.sum())),
        if words::is_total(line) { String::new() } else { printable(&leaders.join("、")) },
    ]
}

fn count(line: &Line) -> String {
    match (line.count(), line.count_unit) {
        (0, _) => NOTHING.to_owned(),
        (number, CountUnit::Person) => thousands(number),
        (number, unit) => format!("{}{}", thousands(number), unit.label()),
    }
}

/// Cells in their columns; a figure is never cut, it pushes its neighbours.
fn aligned(cells: &[String; 10]) -> String {
    let last = COLUMNS.len() - 1;
    let mut line = String::new();
    for (index, (cell, (_, width))) in cells.iter().zip(COLUMNS).enumerate() {
        if index > 0 {
            line.push(' ');
        }
        let cell = match index {
            0 => pad_right(&shorten(cell, width), width),
            _ if index == last => shorten(cell, width),
            _ => pad_left(cell, width),
        };
        line.push_str(&cell);
    }
    line
}

fn spread(left: &str, right: &str, width: usize) -> String {
    let gap = width.saturating_sub(display_width(left) + display_width(right)).max(1);
    format!("{left}{}{right}", " ".repeat(gap))
}

/// Fund sources, goods, kinds of help and visits of the total, a line each where something happened.
fn summary(total: &Line) -> Vec<String> {
    let source = total.money_by_source;
    let sources: Vec<String> = [
        ("县级下拨", source.county),
        ("本单位", source.own),
        ("社会捐赠", source.donation),
        ("未注明来源", source.unstated),
    ]
    .iter()
    .filter(|(_, fen)| fen.0 != 0)
    .map(|(label, fen)| format!("{label} {} 元", fen.yuan_short()))
    .collect();
    let mut visits = format!("{} 次", thousands(total.visits));
    if total.objects > 0 {
        let _ = write!(visits, "，其中走访单位 {} 个", thousands(total.objects));
    }
    [
        ("走访", if total.visits == 0 { String::new() } else { visits }),
        ("慰问金", sources.join("，")),
        ("慰问品", printable(&words::goods_list(&total.goods, usize::MAX))),
        ("解决困难", words::help_list(total)),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(label, text)| format!("{label}：{text}"))
    .collect()
}

fn push(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}
