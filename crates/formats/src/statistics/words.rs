//! The words in a cell of the printed table. Where nothing happened stands a dash, in every column alike.

use domain::campaign::{ColumnValue, CountUnit};
use domain::money::{Fen, group_thousands};
use domain::statistics::{GoodsSum, Leader, Line};
use jiff::civil::Date;

/// What stands where nothing happened.
pub(super) const NOTHING: &str = "—";

/// Leaders named in one cell; the others are counted.
const LEADERS_NAMED: usize = 3;
/// Goods named in one cell; the annex has them all.
const GOODS_NAMED: usize = 4;

/// The key of the line 合计.
pub(super) fn is_total(line: &Line) -> bool {
    line.key == "total"
}

/// Whether anything stands in the line.
pub(super) fn is_empty(line: &Line) -> bool {
    line.visits == 0 && line.total_fen == Fen::ZERO && line.help.sum() == 0 && line.count() == 0
}

/// Whether a cell of the line counts what it has no room to name.
pub(super) fn is_shortened(line: &Line) -> bool {
    line.leaders.len() > LEADERS_NAMED || line.goods.len() > GOODS_NAMED
}

/// The text of one cell.
pub(super) fn cell(value: ColumnValue, line: &Line) -> String {
    match value {
        ColumnValue::Label => line.label.clone(),
        ColumnValue::Leaders => leaders(line),
        ColumnValue::Count => count(line),
        ColumnValue::Money => money(line.money_fen),
        ColumnValue::Goods => goods(line),
        ColumnValue::TotalWan if is_empty(line) => NOTHING.to_owned(),
        ColumnValue::TotalWan => line.total_wan(),
        ColumnValue::Help => help(line),
    }
}

/// `党委书记 甲、镇长 乙、副镇长 丙等5人`; the total names nobody.
fn leaders(line: &Line) -> String {
    if is_total(line) || line.leaders.is_empty() {
        return NOTHING.to_owned();
    }
    let named: Vec<String> = line.leaders.iter().take(LEADERS_NAMED).map(leader).collect();
    let rest = if line.leaders.len() > LEADERS_NAMED {
        format!("等{}人", line.leaders.len())
    } else {
        String::new()
    };
    format!("{}{rest}", named.join("、"))
}

/// `职务 姓名`, unless the clerk typed the title into the name.
pub(super) fn leader(leader: &Leader) -> String {
    if leader.title.is_empty() || leader.name.contains(&leader.title) {
        leader.name.clone()
    } else {
        format!("{} {}", leader.title, leader.name)
    }
}

/// Persons as a plain number, other units with their word; objects stand behind the persons of the total.
fn count(line: &Line) -> String {
    let figure = thousands(line.count());
    match (line.count_unit, line.count(), line.objects) {
        (CountUnit::Person, _, objects) if is_total(line) && objects > 0 => {
            format!("{figure}（另{}个）", thousands(objects))
        }
        (_, 0, _) => NOTHING.to_owned(),
        (CountUnit::Person, ..) => figure,
        (unit, ..) => format!("{figure}{}", unit.label()),
    }
}

/// `1,500元`
pub(super) fn money(fen: Fen) -> String {
    if fen == Fen::ZERO { NOTHING.to_owned() } else { format!("{}元", fen.yuan_short()) }
}

/// `大米3袋、食用油3桶（折款405元）`; the total gives the worth alone, quantities stand in the annex.
fn goods(line: &Line) -> String {
    let worth =
        if line.goods_fen == Fen::ZERO { String::new() } else { format!("折款{}", money(line.goods_fen)) };
    if is_total(line) || line.goods.is_empty() {
        return if worth.is_empty() { NOTHING.to_owned() } else { worth };
    }
    let list = goods_list(&line.goods, GOODS_NAMED);
    if worth.is_empty() { list } else { format!("{list}（{worth}）") }
}

/// Goods with their quantities; of more than `named` kinds those with the largest quantities, then how many kinds.
pub(super) fn goods_list(goods: &[GoodsSum], named: usize) -> String {
    let mut shown: Vec<&GoodsSum> = goods.iter().collect();
    if goods.len() > named {
        shown.sort_by(|a, b| b.quantity.cmp(&a.quantity).then_with(|| a.cmp(b)));
        shown.truncate(named);
    }
    let words: Vec<String> =
        shown.iter().map(|item| format!("{}{}{}", item.name, thousands(item.quantity), item.unit)).collect();
    let rest = if goods.len() > named { format!("等{}种", goods.len()) } else { String::new() };
    format!("{}{rest}", words.join("、"))
}

/// `看病就医1、住房改造1`; the total gives the sum.
fn help(line: &Line) -> String {
    if line.help.sum() == 0 {
        return NOTHING.to_owned();
    }
    if is_total(line) { thousands(line.help.sum()) } else { help_list(line) }
}

/// Each kind that occurred with its number.
pub(super) fn help_list(line: &Line) -> String {
    let words: Vec<String> = line
        .help
        .labelled()
        .iter()
        .filter(|(_, number)| *number != 0)
        .map(|(label, number)| format!("{label}{}", thousands(*number)))
        .collect();
    words.join("、")
}

/// A number with separators: `1,234`.
pub(super) fn thousands(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", group_thousands(number.unsigned_abs()))
}

/// A number with separators, a dash for none.
pub(super) fn thousands_or_dash(number: i64) -> String {
    if number == 0 { NOTHING.to_owned() } else { thousands(number) }
}

/// Yuan without the word, a dash for none.
pub(super) fn yuan_or_dash(fen: Fen) -> String {
    if fen == Fen::ZERO { NOTHING.to_owned() } else { fen.yuan_short() }
}

/// Yuan as a plain decimal, e.g. `1500.00`.
pub(super) fn decimal_yuan(fen: Fen) -> String {
    let sign = if fen.0 < 0 { "-" } else { "" };
    let fen = fen.0.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// `2024年8月12日`, without leading zeros as on official papers.
pub(super) fn chinese_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
