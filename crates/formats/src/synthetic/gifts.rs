//! What was given at a visit: method, money, goods, help.

use super::data;
use super::draw::Draw;
use domain::visit::{HelpKind, Method, MoneySource, VisitColumn as C};

/// The cells of one row while it is written.
pub(super) struct Cells(pub(super) [String; domain::visit::COLUMNS.len()]);

impl Cells {
    pub(super) fn new() -> Self {
        Self(Default::default())
    }

    pub(super) fn set(&mut self, column: C, text: impl Into<String>) {
        self.0[column as usize] = text.into();
    }
}

/// What decides about gifts to one person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion {
    /// The method where it is certain: a leader's visit at home.
    pub(super) method: Option<Method>,
    /// To a key person.
    pub(super) is_key: bool,
    /// To someone with an open hardship mark.
    pub(super) is_hard: bool,
    /// Of 100 amounts so many are allotted by the county (N19).
    pub(super) county_percent: u32,
}

/// Method, money, goods and help for one person.
pub(super) fn to_person(cells: &mut Cells, draw: &mut Draw, occasion: Occasion) {
    let drawn = match draw.below(100) {
        0..80 if occasion.is_key => Method::Home,
        0..62 => Method::Home,
        62..80 => Method::Letter,
        80..88 => Method::Talk,
        _ => Method::Telephone,
    };
    let method = occasion.method.unwrap_or(drawn);
    cells.set(C::Method, method.label());
    if draw.chance(300) {
        cells.set(C::Headcount, "1");
    }
    if !method.is_in_person() {
        // A letter with goods is imported and warned of; it happens.
        if draw.chance(4) {
            goods(cells, draw, 1);
        }
        return;
    }
    money(cells, draw, occasion);
    if method == Method::Home && draw.chance(if occasion.is_key { 600 } else { 350 }) {
        let kinds = draw.below(3) + 1;
        goods(cells, draw, kinds);
    }
    if draw.chance(if occasion.is_hard { 450 } else { 30 }) {
        cells.set(C::HelpKind, draw.pick(HelpKind::ALL).label());
        cells.set(C::HelpCount, if draw.chance(60) { "2" } else { "1" });
    }
}

fn money(cells: &mut Cells, draw: &mut Draw, occasion: Occasion) {
    let yuan = if draw.chance(3) { 1200 } else { draw.weighted(data::MONEY) };
    if yuan == 0 {
        return;
    }
    cells.set(C::Money, if draw.chance(5) { format!("{yuan}.50") } else { yuan.to_string() });
    let source = match draw.below(100) {
        0 => return,
        1..6 => MoneySource::Donation,
        drawn if drawn < occasion.county_percent => MoneySource::County,
        _ => MoneySource::Own,
    };
    cells.set(C::MoneySource, source.label());
}

/// So many kinds of goods with their value; a kind drawn twice counts once.
fn goods(cells: &mut Cells, draw: &mut Draw, kinds: u32) {
    let (mut words, mut yuan) = (Vec::new(), 0);
    for _ in 0..kinds {
        let (name, unit, price) = draw.weighted(data::GOODS);
        if words.iter().any(|word: &String| word.starts_with(name)) {
            continue;
        }
        let quantity = if draw.chance(100) { 2 } else { 1 };
        words.push(format!("{name}{quantity}{unit}"));
        yuan += price * quantity;
    }
    cells.set(C::Goods, words.join("、"));
    cells.set(C::GoodsValue, yuan.to_string());
}

/// A meeting with a group: 人数 persons, money for all of them together.
pub(super) fn to_group(cells: &mut Cells, draw: &mut Draw) {
    let persons = draw.below(26) + 5;
    cells.set(C::Method, Method::Talk.label());
    cells.set(C::Headcount, persons.to_string());
    if draw.chance(400) {
        cells.set(C::Money, (persons * draw.pick(&[50, 100])).to_string());
        cells.set(C::MoneySource, MoneySource::Own.label());
    } else {
        cells.set(C::Goods, format!("大米{persons}袋、食用油{persons}桶"));
        cells.set(C::GoodsValue, (persons * 135).to_string());
    }
}

/// Troops or an institution: counted as one, whatever is given.
pub(super) fn to_object(cells: &mut Cells, draw: &mut Draw) {
    cells.set(C::Method, draw.pick(&[Method::Home, Method::Home, Method::Talk]).label());
    cells.set(C::Money, (draw.below(4) * 5000 + 5000).to_string());
    cells.set(C::MoneySource, MoneySource::Own.label());
    if draw.chance(700) {
        let count = draw.below(40) + 10;
        cells.set(C::Goods, format!("水果{count}箱、牛奶{count}箱"));
        cells.set(C::GoodsValue, (count * 110).to_string());
    }
}
