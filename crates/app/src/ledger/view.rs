//! The ledger as it is shown and printed.

use super::folded;
use crate::within::{units_below, units_of};
use crate::{App, Caller, Problem};
use domain::authority::{Permission, Scope};
use domain::ids::UnitId;
use domain::ledger::{EntryKind, Standing, Stock, Thing};
use domain::money::Fen;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use formats::document::Align;
use formats::paper::{Head, Paper, Part, ROW, head};
use serde_json::json;
use std::collections::HashMap;
use store::ledger::EntryRow;

/// How a unit stands with one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Code and name.
    pub unit: (String, String),
    /// Name of the goods; empty for money.
    pub item: String,
    /// The word for one piece; 元 for money, which is counted in fen.
    pub measure: String,
    /// The figures.
    pub standing: Standing,
}

/// How the county stands with one kind of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLine {
    /// Name of the goods.
    pub item: String,
    /// The word for one piece.
    pub measure: String,
    /// The figures.
    pub stock: Stock,
}

/// An entry with names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// Code and name of whose it is.
    pub unit: (String, String),
    /// In words.
    pub kind_label: &'static str,
    /// Cash of a draw still in hand, fen.
    pub in_hand: Option<i64>,
    /// The row.
    pub row: EntryRow,
}

/// A campaign's ledger for a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// By unit and thing, money first.
    pub lines: Vec<Line>,
    /// The county's goods; empty for a unit.
    pub stock: Vec<StockLine>,
    /// Entries, by day.
    pub entries: Vec<EntryView>,
}

fn within(scope: &Scope, units: &UnitTree, unit: Option<&str>) -> Result<Option<Vec<UnitId>>, Problem> {
    match unit {
        None => Ok(units_of(scope, units)),
        Some(word) => {
            let top = crate::authority::unit_in(units, scope, Some(word))?;
            Ok(Some(units_below(scope, units, top.id)))
        }
    }
}

/// The ledger of a campaign: of a unit and those below it, or of the whole scope.
pub async fn view(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    unit: Option<&str>,
) -> Result<View, Problem> {
    let scope = app.permit(caller, Permission::LedgerRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let within = within(&scope, &units, unit)?;
    let is_shown = |id: UnitId| within.as_ref().is_none_or(|all| all.contains(&id));
    let (ledger, rows) = folded(&mut tx, county, campaign.id, &units).await?;
    let measures: HashMap<&str, &str> =
        rows.iter().map(|row| (row.item.as_str(), row.measure.as_str())).collect();
    let words = |thing: &Thing| match thing {
        Thing::Money => (String::new(), "元".to_owned()),
        Thing::Goods(name) => {
            (name.clone(), measures.get(name.as_str()).copied().unwrap_or_default().to_owned())
        }
    };
    let named = |id: UnitId| units.get(id).map(|unit| (unit.code.clone(), units.full_name(id)));
    let mut lines: Vec<Line> = ledger
        .units
        .iter()
        .filter(|((unit, _), standing)| is_shown(*unit) && **standing != Standing::default())
        .filter_map(|((unit, thing), standing)| {
            let (item, measure) = words(thing);
            Some(Line { unit: named(*unit)?, item, measure, standing: *standing })
        })
        .collect();
    lines.sort_by(|a, b| (&a.item, &a.unit.0).cmp(&(&b.item, &b.unit.0)));
    let stock = ledger.stock.iter().filter(|(thing, _)| **thing != Thing::Money && within.is_none());
    let stock = stock
        .map(|(thing, stock)| {
            let (item, measure) = words(thing);
            StockLine { item, measure, stock: *stock }
        })
        .collect();
    let entries = rows
        .iter()
        .filter_map(|row| {
            let unit: UnitId = row.unit_id.parse().ok()?;
            let kind = EntryKind::from_code(&row.kind)?;
            let is_draw = kind == EntryKind::Draw && row.cancelled_at_ms.is_none();
            is_shown(unit).then(|| EntryView {
                unit: named(unit).unwrap_or_default(),
                kind_label: kind.label(),
                in_hand: is_draw.then(|| ledger.draws.get(&row.id).copied().unwrap_or_default()),
                row: row.clone(),
            })
        })
        .collect();
    Ok(View { lines, stock, entries })
}

/// A visit whose goods nobody signed for: there is neither a photo nor a list with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The visit.
    pub visit: String,
    /// Code and name of who visited.
    pub unit: (String, String),
    /// Name of the object, masked where it must be.
    pub name: String,
    /// The day.
    pub on: String,
    /// The goods in words.
    pub goods: String,
    /// Their worth, fen.
    pub goods_fen: i64,
}

/// Visits with goods and without a signature or a photo of the list, by name.
pub async fn unsigned(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (unit, full_names): (Option<&str>, bool),
) -> Result<Vec<Unsigned>, Problem> {
    let scope = app.permit(caller, Permission::LedgerRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let within = within(&scope, &units, unit)?;
    let names = if full_names { caller.names(county) } else { None };
    let rows = store::ledger::unsigned(&mut tx, county, campaign.id, within.as_deref()).await?;
    let shown = rows.into_iter().filter_map(|row| {
        let unit: UnitId = row.unit_id.parse().ok()?;
        let is_person = matches!(row.object_kind.as_str(), "person" | "candidate");
        let shows = !is_person || crate::authority::shows_name(names.as_ref(), &units, unit);
        Some(Unsigned {
            unit: (units.get(unit)?.code.clone(), units.full_name(unit)),
            name: if shows { row.object_name } else { domain::mask::name(&row.object_name) },
            on: row.visited_on,
            goods: goods_words(row.goods_json.as_deref()),
            goods_fen: row.goods_fen,
            visit: row.id,
        })
    });
    Ok(shown.collect())
}

fn goods_words(json: Option<&str>) -> String {
    let goods: Vec<domain::visit::Goods> =
        json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    goods.iter().map(|it| format!("{}{}{}", it.name, it.quantity, it.unit)).collect::<Vec<_>>().join("、")
}

const HEADS: [Head; 9] = [
    head("单位", 30, Align::Left),
    head("项目", 20, Align::Left),
    head("计量", 10, Align::Center),
    head("下拨", 18, Align::Right),
    head("走访使用", 18, Align::Right),
    head("签领", 16, Align::Right),
    head("退回", 16, Align::Right),
    head("缺失", 14, Align::Right),
    head("结余", 18, Align::Right),
];

/// 结算表: how each unit stands, for the voucher; it is written down who took it.
pub async fn paper(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    unit: Option<&str>,
) -> Result<Paper, Problem> {
    let shown = view(app, caller, county, campaign, unit).await?;
    let found = crate::campaign::get(app, caller, county, campaign).await?;
    let figure = |line: &Line, value: i64| {
        if line.item.is_empty() { Fen(value).yuan() } else { value.to_string() }
    };
    let rows: Vec<Vec<String>> = shown
        .lines
        .iter()
        .map(|it| {
            let s = &it.standing;
            let item = if it.item.is_empty() { "慰问金".to_owned() } else { it.item.clone() };
            let figures = [s.allotted, s.used, s.signed, s.given_back, s.missing, s.left()];
            [it.unit.1.clone(), item, it.measure.clone()]
                .into_iter()
                .chain(figures.map(|value| figure(it, value)))
                .collect()
        })
        .collect();
    let money = shown.lines.iter().filter(|it| it.item.is_empty());
    let (allotted, left) =
        money.fold((0, 0), |sum, it| (sum.0 + it.standing.allotted, sum.1 + it.standing.left()));
    let below = vec![
        format!(
            "慰问金下拨 {} 元，结余 {} 元。下拨 = 走访使用 + 签领 + 退回 + 缺失 + 结余。",
            Fen(allotted).yuan(),
            Fen(left).yuan()
        ),
        "制表：　　　　　　复核：　　　　　　负责人：".to_owned(),
    ];
    let detail = json!({ "rows": rows.len() });
    crate::audit::note(app, caller, county, "ledger.export", ("campaign", campaign), detail).await?;
    Ok(Paper {
        heading: format!("{}年{}经费和慰问品结算表", found.year, found.template.name),
        above: Vec::new(),
        heads: HEADS.to_vec(),
        parts: vec![Part { name: String::new(), rows, below }],
        is_landscape: true,
        row: ROW,
        taken: app.taken(caller),
    })
}
