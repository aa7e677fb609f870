//! Warns where visits spend more of 县级下拨 than the township has left. A visit that took place is recorded all the
//! same: the money is gone, and the ledger shows by how much (N19).

use super::record::{Context, Recorded, VisitPlan};
use crate::Problem;
use domain::authority::Scope;
use domain::finding::{RowFinding, Severity};
use domain::ids::{UnitId, VisitId};
use domain::money::Fen;
use domain::visit::{MoneySource, VisitColumn, VisitRow};
use std::collections::{BTreeMap, HashSet};
use store::Tx;

/// Looks at the rows that will be new visits, in their order. Counties that hand no money down are not bothered; whose
/// scope (`of_row`) is less than the township is told that its money is spent, and not by how much.
pub(super) async fn warn<'s>(
    tx: &mut Tx,
    context: Context<'_>,
    of_row: impl Fn(usize) -> &'s Scope,
    rows: &[VisitRow],
    plan: &VisitPlan,
    replaced: Option<&HashSet<VisitId>>,
    findings: &mut Vec<RowFinding>,
) -> Result<(), Problem> {
    let township = |row: &VisitRow| context.units.township_of(row.unit).map_or(row.unit, |it| it.id);
    let spent: Vec<(usize, &VisitRow, UnitId)> = rows
        .iter()
        .zip(&plan.recorded)
        .enumerate()
        .filter(|(_, (row, became))| {
            matches!(became, Recorded::Added(_))
                && row.money_source == Some(MoneySource::County)
                && row.money_fen > Fen::ZERO
        })
        .map(|(place, (row, _))| (place, row, township(row)))
        .collect();
    if spent.is_empty() {
        return Ok(());
    }
    let of: HashSet<UnitId> = spent.iter().map(|(_, _, unit)| *unit).collect();
    let mut left: BTreeMap<UnitId, i64> =
        crate::ledger::money_left(tx, context.county, context.campaign.id, context.units, &of, replaced)
            .await?;
    for (place, row, unit) in spent {
        let Some(left) = left.get_mut(&unit) else { continue };
        *left -= row.money_fen.0;
        if *left < 0 {
            let over = if of_row(place).covers(context.units, unit) {
                format!("，登记后超支 {} 元", Fen(-*left).yuan())
            } else {
                String::new()
            };
            findings.push(RowFinding {
                sheet: row.sheet,
                row: row.row,
                column: Some(VisitColumn::Money.title()),
                severity: Severity::Warning,
                code: "visit.overspent",
                message: format!(
                    "{}的县级下拨慰问金已经用完{over}；请核对金额和资金来源，或请县双拥办补登下拨",
                    context.units.full_name(unit)
                ),
            });
        }
    }
    Ok(())
}
