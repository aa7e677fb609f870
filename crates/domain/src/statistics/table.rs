//! The table as values: one line per row of the template and one total, ready for every format.

use super::{CellSums, ItemKind};
use crate::campaign::{Campaign, CountUnit};
use crate::money::Fen;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A table of one unit in one campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The campaign's code, e.g. `bayi-2024`.
    pub campaign: String,
    /// Heading of the printed table.
    pub heading: String,
    /// Last day for the table.
    pub deadline: jiff::civil::Date,
    /// Heads of the printed columns, with what each shows.
    pub columns: Vec<crate::campaign::Column>,
    /// Whose table it is.
    pub unit: TableUnit,
    /// Lines in the template's order; rows without anything are there with zeros.
    pub rows: Vec<Line>,
    /// 合计.
    pub total: Line,
}

/// The unit of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableUnit {
    /// Code (six digits for a county, twelve for townships and villages).
    pub code: String,
    /// Official name.
    pub name: String,
}

/// One leader who led visits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Leader {
    /// 带队领导 as typed.
    pub name: String,
    /// 领导职务 as typed, may be empty.
    pub title: String,
    /// How many visits were led.
    pub visits: i64,
}

/// Money by 资金来源.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MoneyBySource {
    /// 县级下拨, fen.
    pub county: Fen,
    /// 本单位, fen.
    pub own: Fen,
    /// 社会捐赠, fen.
    pub donation: Fen,
    /// Not stated, fen.
    pub unstated: Fen,
}

/// Difficulties solved, by kind (件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Help {
    /// 子女入学
    pub schooling: i64,
    /// 家属就业
    pub family_employment: i64,
    /// 住房改造
    pub housing: i64,
    /// 看病就医
    pub medical: i64,
    /// 法律援助
    pub legal_aid: i64,
    /// 其他
    pub other: i64,
}

impl Help {
    /// All kinds together.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.labelled().iter().map(|(_, number)| number).sum()
    }

    /// Each kind with its Chinese label, in the notice's order.
    #[must_use]
    pub fn labelled(&self) -> [(&'static str, i64); 6] {
        [
            ("子女入学", self.schooling),
            ("家属就业", self.family_employment),
            ("住房改造", self.housing),
            ("看病就医", self.medical),
            ("法律援助", self.legal_aid),
            ("其他", self.other),
        ]
    }

    /// The number of one kind, to be changed.
    pub fn slot(&mut self, kind: crate::visit::HelpKind) -> &mut i64 {
        use crate::visit::HelpKind;
        match kind {
            HelpKind::Schooling => &mut self.schooling,
            HelpKind::FamilyEmployment => &mut self.family_employment,
            HelpKind::Housing => &mut self.housing,
            HelpKind::Medical => &mut self.medical,
            HelpKind::LegalAid => &mut self.legal_aid,
            HelpKind::Other => &mut self.other,
        }
    }
}

/// One kind of goods with its quantity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GoodsSum {
    /// 大米
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// 袋
    pub unit: String,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Row key; `total` for the total.
    pub key: String,
    /// 类别
    pub label: String,
    /// In what the row counts.
    pub count_unit: CountUnit,
    /// 带队领导, most visits first, then by name.
    pub leaders: Vec<Leader>,
    /// 户: distinct 户号, else distinct persons, of individual visits.
    pub households: i64,
    /// 个: distinct troop or institution names.
    pub objects: i64,
    /// 人: distinct persons and candidates plus 人数 of groups; 0 in rows counted in 个.
    pub persons: i64,
    /// 人次: one per person visit plus 人数 of groups.
    pub person_times: i64,
    /// Records.
    pub visits: i64,
    /// 慰问金, fen.
    pub money_fen: Fen,
    /// 慰问金 by source.
    pub money_by_source: MoneyBySource,
    /// 慰问品折款, fen.
    pub goods_fen: Fen,
    /// 慰问品 by name and unit.
    pub goods: Vec<GoodsSum>,
    /// Money and goods, fen.
    pub total_fen: Fen,
    /// 解决实际困难, 件.
    pub help: Help,
}

impl Line {
    /// 合计（万元）, two decimals, half-up from this line's own total.
    #[must_use]
    pub fn total_wan(&self) -> String {
        self.total_fen.wan()
    }

    /// The figure printed under 走访慰问人数: objects for rows in 个, households in 户, else persons.
    #[must_use]
    pub fn count(&self) -> i64 {
        match self.count_unit {
            CountUnit::Object => self.objects,
            CountUnit::Household => self.households,
            CountUnit::Person => self.persons,
        }
    }
}

/// What the kept state says of one scope: sums per row and counted items. Row key `""` holds the scope's distinct
/// households over all rows.
#[derive(Debug, Clone, Default)]
pub struct ScopeCells {
    /// Sums by row key.
    pub cells: BTreeMap<String, CellSums>,
    /// Leaders and goods: (kind, row key, item) and how often or how much.
    pub items: Vec<(ItemKind, String, String, i64)>,
}

/// Lays kept sums out as the campaign's table. `total.households` is the number of distinct households in the
/// scope: a household with persons in two rows counts once.
#[must_use]
pub fn lay_out(campaign: &Campaign, unit: TableUnit, kept: &ScopeCells) -> Table {
    let empty = CellSums::default();
    let rows: Vec<Line> = campaign
        .template
        .printed_rows()
        .map(|row| {
            let sums = kept.cells.get(&row.key).unwrap_or(&empty);
            let mut line = line(&row.key, &row.label, row.unit, sums);
            fill_items(&mut line, kept.items.iter().filter(|item| item.1 == row.key));
            line
        })
        .collect();
    let mut sums = CellSums::default();
    for cell in kept.cells.iter().filter(|(key, _)| !key.is_empty()).map(|(_, cell)| cell) {
        sums.add(cell);
    }
    sums.households = kept.cells.get("").map_or(0, |whole| whole.households);
    let mut total = line("total", "合计", CountUnit::Person, &sums);
    total.persons =
        rows.iter().filter(|row| row.count_unit != CountUnit::Object).map(|row| row.persons).sum();
    fill_items(&mut total, kept.items.iter());
    Table {
        campaign: campaign.code.clone(),
        heading: campaign.heading.clone(),
        deadline: campaign.deadline,
        columns: campaign.template.columns.clone(),
        unit,
        rows,
        total,
    }
}

fn line(key: &str, label: &str, count_unit: CountUnit, sums: &CellSums) -> Line {
    let counted = count_unit != CountUnit::Object;
    Line {
        key: key.to_owned(),
        label: label.to_owned(),
        count_unit,
        leaders: Vec::new(),
        households: sums.households,
        objects: sums.objects,
        persons: if counted { sums.persons + sums.group_persons } else { 0 },
        person_times: sums.person_times,
        visits: sums.visits,
        money_fen: sums.money.county + sums.money.own + sums.money.donation + sums.money.unstated,
        money_by_source: sums.money,
        goods_fen: sums.goods_fen,
        goods: Vec::new(),
        total_fen: sums.money.county
            + sums.money.own
            + sums.money.donation
            + sums.money.unstated
            + sums.goods_fen,
        help: sums.help,
    }
}

/// Leaders by how many visits they led, goods by name; items of several rows are added up.
fn fill_items<'a>(line: &mut Line, items: impl Iterator<Item = &'a (ItemKind, String, String, i64)>) {
    let (mut leaders, mut goods) = (Vec::new(), Vec::new());
    for (kind, _, item, number) in items {
        let pair = item.split_once('\u{1f}').unwrap_or((item, ""));
        match kind {
            ItemKind::Leader => leaders.push((pair, *number)),
            ItemKind::Goods => goods.push((pair, *number)),
            ItemKind::Object | ItemKind::Household => {}
        }
    }
    line.leaders = added_up(leaders)
        .into_iter()
        .map(|((name, title), visits)| Leader { name: name.to_owned(), title: title.to_owned(), visits })
        .collect();
    line.leaders.sort_by(|a, b| b.visits.cmp(&a.visits).then_with(|| a.cmp(b)));
    line.goods = added_up(goods)
        .into_iter()
        .map(|((name, unit), quantity)| GoodsSum { name: name.to_owned(), quantity, unit: unit.to_owned() })
        .collect();
}

/// Numbers of the same thing together, by name.
fn added_up<'a>(mut items: Vec<((&'a str, &'a str), i64)>) -> Vec<((&'a str, &'a str), i64)> {
    items.sort_unstable();
    items.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    items
}
