//! The statistics table from the kept cells, its recomputation from the records, and its exports.

mod compare;

pub use compare::{Compared, Comparison, Sums, Whole, compare as compare_years, why};

use crate::authority::unit_in;
use crate::refold::reconsider;
use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::campaign::Campaign;
use domain::region::CountyCode;
use domain::statistics::{Fold, Table, TableUnit, lay_out};
use domain::unit::UnitTree;
use serde::Serialize;
use serde_json::json;
use store::visit::Within;
use store::{Act, Tx};

/// How many visits are folded at once when all are recomputed.
const PAGE: usize = 10_000;

/// The table of a unit; of the county when none is named.
pub async fn table(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    unit: Option<&str>,
) -> Result<Table, Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let unit = unit_in(&units, &scope, unit)?;
    let kept = store::cell::read(&mut tx, county, campaign.id, unit.id).await?;
    let unit = TableUnit { code: unit.code.clone(), name: units.full_name(unit.id) };
    Ok(lay_out(&campaign, unit, &kept))
}

/// Writes down that a table left the system as a file.
pub async fn exported(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    table: &Table,
    format: &str,
) -> Result<(), Problem> {
    app.permit(caller, Permission::StatisticsExport, county).await?;
    let detail = json!({ "unit": table.unit.code, "format": format });
    crate::audit::note(app, caller, county, "statistics.export", ("campaign", &table.campaign), detail).await
}

/// One kept figure that differs from the records.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Difference {
    /// Cell, item or person, with scope and row.
    pub place: String,
    /// What is kept.
    pub kept: String,
    /// What the records say.
    pub recomputed: String,
}

/// Recomputes every cell of a campaign from its visits and compares with what is kept.
pub async fn verify(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
) -> Result<Vec<Difference>, Problem> {
    app.permit(caller, Permission::StatisticsVerify, county).await?;
    let mut tx = app.db.read().await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let mut fresh = recompute(&mut tx, county, &campaign).await?;
    let mut kept = store::cell::load_all(&mut tx, county, campaign.id).await?;
    fresh.compact();
    kept.compact();
    Ok(differences(&kept, &fresh))
}

/// Folds all visits of a campaign from nothing.
async fn recompute(tx: &mut Tx, county: CountyCode, campaign: &Campaign) -> Result<Fold, Problem> {
    let mut fold = Fold::default();
    let mut after = None;
    loop {
        let page =
            store::visit::page(tx, county, campaign.id, &Within::default(), after.as_ref(), PAGE).await?;
        for visit in &page {
            fold.apply(&campaign.template, &visit.facts, 1);
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some((last.received_at_ms, last.id)),
            _ => return Ok(fold),
        }
    }
}

/// Counts all visits anew: rows by what roster, units and template say now, cells from nothing.
pub(crate) async fn rebuild(
    act: &mut Act,
    county: CountyCode,
    campaign: &Campaign,
    units: &UnitTree,
) -> Result<usize, Problem> {
    let mut moved = 0;
    let mut after = None;
    loop {
        let page =
            store::visit::page(act, county, campaign.id, &Within::default(), after.as_ref(), PAGE).await?;
        after = page.last().map(|last| (last.received_at_ms, last.id));
        let full = page.len() == PAGE;
        moved += reconsider(act, county, campaign, units, page).await?;
        if !full {
            break;
        }
    }
    // The order of rows may have changed too, and with it where a person stands: the cells start from nothing.
    let fresh = recompute(act, county, campaign).await?;
    store::cell::clear(act, county, campaign.id).await?;
    store::cell::save(act, county, campaign.id, &Fold::default(), &fresh).await?;
    Ok(moved)
}

fn differences(kept: &Fold, fresh: &Fold) -> Vec<Difference> {
    let mut list = Vec::new();
    compare("统计格", &kept.cells, &fresh.cells, &mut list);
    compare("计数项", &kept.items, &fresh.items, &mut list);
    compare("人员", &kept.subjects, &fresh.subjects, &mut list);
    list
}

fn compare<K, V>(
    what: &str,
    kept: &std::collections::HashMap<K, V>,
    fresh: &std::collections::HashMap<K, V>,
    list: &mut Vec<Difference>,
) where
    K: Eq + std::hash::Hash + std::fmt::Debug,
    V: PartialEq + std::fmt::Debug,
{
    let keys = kept.keys().chain(fresh.keys().filter(|key| !kept.contains_key(key)));
    for key in keys {
        let (before, after) = (kept.get(key), fresh.get(key));
        if before != after {
            list.push(Difference {
                place: format!("{what} {key:?}"),
                kept: format!("{before:?}"),
                recomputed: format!("{after:?}"),
            });
        }
    }
}
