//! Who has submitted and who has not, and one submitted table beside the live one.

use super::frozen::{freeze, thaw};
use super::{Obliged, Overview, Version, look};
use crate::authority::unit_in;
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::campaign::Campaign;
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::statistics::{Table, TableUnit, lay_out};
use domain::submission::{CellDifference, Standing, SubmissionAct, SubmissionState, differences, next};
use domain::unit::{Unit, UnitTree};
use serde_json::json;
use std::collections::HashMap;
use store::Tx;
use store::submission::Submission;

/// Units in force to which a campaign was issued and which the caller reaches, by code, with their last version.
pub(crate) async fn of_units<'u>(
    tx: &mut Tx,
    county: CountyCode,
    campaign: &Campaign,
    units: &'u UnitTree,
    scope: &Scope,
) -> Result<Vec<(&'u Unit, Option<Submission>)>, Problem> {
    let issued = store::campaign::issued(tx, county, campaign.id).await?;
    let last = store::submission::last_of_all(tx, county, campaign.id).await?;
    let mut last: HashMap<UnitId, Submission> = last.into_iter().map(|it| (it.unit, it)).collect();
    let mut all: Vec<(&Unit, Option<Submission>)> = issued
        .iter()
        .filter_map(|issue| units.get(issue.unit))
        .filter(|unit| unit.valid_to.is_none() && scope.covers(units, unit.id))
        .map(|unit| (unit, last.remove(&unit.id)))
        .collect();
    all.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
    Ok(all)
}

/// All units that must submit, as far as the caller reaches: the list of those that are missing.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    only: Option<Standing>,
) -> Result<Overview, Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let calendar = crate::calendar::in_county(&mut tx, county).await?;
    let remaining = calendar.remaining(app.today(), campaign.deadline, &[]);
    let chased = store::chase::of_campaign(&mut tx, county, campaign.id).await?;
    let people = crate::chase::people(&mut tx, county).await?;
    let mut all = Vec::new();
    for (unit, last) in of_units(&mut tx, county, &campaign, &units, &scope).await? {
        let standing = Standing::of(last.as_ref().map(|it| it.state));
        let (days, lamp, words) = look(standing, last.as_ref().map_or(0, |it| it.late_days), remaining);
        all.push(Obliged {
            code: unit.code.clone(),
            name: units.full_name(unit.id),
            kind: unit.kind,
            standing,
            standing_label: standing.label(),
            days,
            lamp,
            words,
            last: last.map(|row| Version::of(app, county, row)).transpose()?,
            chase: chased.iter().find(|it| it.unit == unit.id).map(Into::into),
            has_account: people.contains_key(&unit.id),
        });
    }
    let count = |standing| all.iter().filter(|it| it.standing == standing).count();
    let is_late =
        |it: &&Obliged| !it.standing.is_open() && it.last.as_ref().is_some_and(|it| it.late_days > 0);
    Ok(Overview {
        campaign: campaign.code.clone(),
        deadline: campaign.deadline.to_string(),
        words: remaining.to_string(),
        obliged: all.len(),
        missing: count(Standing::Missing),
        submitted: count(Standing::Submitted),
        returned: count(Standing::Returned),
        accepted: count(Standing::Accepted),
        late: all.iter().filter(is_late).count(),
        units: all.into_iter().filter(|it| only.is_none_or(|only| it.standing == only)).collect(),
    })
}

/// A submitted version with its frozen table.
#[derive(Debug, Clone)]
pub struct ShownFrozen {
    /// The version.
    pub version: Version,
    /// The table as submitted.
    pub table: Table,
}

/// A unit's table as submitted, beside the live one.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Code and name of the unit.
    pub unit: TableUnit,
    /// Where it stands.
    pub standing: Standing,
    /// Red when it is over, yellow when it is near.
    pub lamp: domain::calendar::Lamp,
    /// `剩3天`, `超期2天`, `按时`, `迟报1天`.
    pub words: String,
    /// Last day.
    pub deadline: String,
    /// What the caller may do to it now.
    pub may: Vec<SubmissionAct>,
    /// All versions, the first one first.
    pub versions: Vec<Version>,
    /// The version asked for, else the last.
    pub frozen: Option<ShownFrozen>,
    /// The table as the records say now.
    pub live: Table,
    /// SM3 that the live table would have if it were submitted now.
    pub live_sm3: String,
    /// Where the live table differs from the frozen one.
    pub differences: Vec<CellDifference>,
}

/// What [`get`] and [`frozen_table`] begin with.
struct Found {
    unit: UnitId,
    campaign: std::sync::Arc<Campaign>,
    units: std::sync::Arc<UnitTree>,
    versions: Vec<Submission>,
}

async fn find(
    tx: &mut Tx,
    county: CountyCode,
    scope: &Scope,
    (campaign, unit): (&str, &str),
) -> Result<Found, Problem> {
    let units = crate::unit::tree_in(tx, county).await?;
    let campaign = crate::campaign::find(tx, county, campaign).await?;
    let unit = unit_in(&units, scope, Some(unit))?.id;
    let versions = store::submission::of_unit(tx, county, campaign.id, unit).await?;
    Ok(Found { unit, campaign, units, versions })
}

fn version(versions: &[Submission], number: Option<i64>) -> Result<Option<&Submission>, Problem> {
    match number {
        None => Ok(versions.last()),
        Some(number) => {
            versions.iter().find(|it| it.version == number).map(Some).ok_or_else(|| {
                Problem::new(Code::NotFound, format!("没有报送过第 {number} 版，请从列表中选择"))
            })
        }
    }
}

async fn table_of(tx: &mut Tx, county: CountyCode, row: &Submission) -> Result<Table, Problem> {
    let text = store::submission::frozen(tx, county, row.id).await?.unwrap_or_default();
    Ok(thaw(&text, &row.sm3_hex)?.table)
}

/// One unit's table: all versions, the frozen table of one, the live table, and where they differ.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    of: (&str, &str),
    number: Option<i64>,
) -> Result<Shown, Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, county, &scope, of).await?;
    let (units, campaign) = (&found.units, &found.campaign);
    let calendar = crate::calendar::in_county(&mut tx, county).await?;
    let kept = store::cell::read(&mut tx, county, campaign.id, found.unit).await?;
    let unit = units.get(found.unit).ok_or_else(|| Problem::new(Code::UnitUnknown, "单位已不存在"))?;
    let named = TableUnit { code: unit.code.clone(), name: units.full_name(unit.id) };
    let live = lay_out(campaign, named.clone(), &kept);
    let frozen = match version(&found.versions, number)? {
        None => None,
        Some(row) => {
            let table = table_of(&mut tx, county, row).await?;
            Some(ShownFrozen { version: Version::of(app, county, row.clone())?, table })
        }
    };
    let last = found.versions.last();
    let standing = Standing::of(last.map(|it| it.state));
    let remaining = calendar.remaining(app.today(), campaign.deadline, &[]);
    let (_, lamp, words) = look(standing, last.map_or(0, |it| it.late_days), remaining);
    let may = acts(caller, county, units, campaign, (unit, last.map(|it| it.state)));
    let versions = found.versions.iter().cloned().map(|row| Version::of(app, county, row));
    Ok(Shown {
        unit: named,
        standing,
        lamp,
        words,
        deadline: campaign.deadline.to_string(),
        may,
        versions: versions.collect::<Result<_, _>>()?,
        differences: frozen.as_ref().map_or_else(Vec::new, |it| differences(&it.table, &live)),
        live_sm3: freeze(campaign, live.clone()).sm3_hex,
        frozen,
        live,
    })
}

/// What the caller may do now: what the rules of the house and the state allow. Whether the campaign was issued to the
/// unit is said when it is tried.
fn acts(
    caller: &Caller,
    county: CountyCode,
    units: &UnitTree,
    campaign: &Campaign,
    (unit, state): (&Unit, Option<SubmissionState>),
) -> Vec<SubmissionAct> {
    let may = |permission| caller.permit(permission, county).is_ok_and(|scope| scope.covers(units, unit.id));
    let is_own = may(Permission::TableSubmit) && super::act::is_own(caller, units, unit);
    let is_reviewed = may(Permission::TableReview) && unit.id != units.root().id;
    let fits = |act: &SubmissionAct| match act {
        SubmissionAct::Submit | SubmissionAct::Withdraw => is_own && campaign.is_open,
        SubmissionAct::Accept | SubmissionAct::Return => is_reviewed,
    };
    SubmissionAct::ALL.iter().copied().filter(|act| fits(act) && next(state, *act).is_ok()).collect()
}

/// The frozen table of a version (the last when none is named), to be written as a file.
pub async fn frozen_table(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    of: (&str, &str),
    number: Option<i64>,
) -> Result<(Version, Table), Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, county, &scope, of).await?;
    let row = version(&found.versions, number)?
        .ok_or_else(|| Problem::new(Code::NotFound, "这个单位还没有报送过统计表"))?;
    let table = table_of(&mut tx, county, row).await?;
    Ok((Version::of(app, county, row.clone())?, table))
}

/// Writes down that a frozen table left the system as a file.
pub async fn exported(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (version, table): (&Version, &Table),
    format: &str,
) -> Result<(), Problem> {
    app.permit(caller, Permission::StatisticsExport, county).await?;
    let detail = json!({ "unit": table.unit.code, "version": version.version, "format": format });
    crate::audit::note(app, caller, county, "submission.export", ("campaign", &table.campaign), detail).await
}
