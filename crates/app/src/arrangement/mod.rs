//! 走访安排: who is to visit whom; plan against what was done.

mod print;
mod read;

pub use print::{Paper, print};
pub use read::{Line, Shown, Visited, get, list};

use crate::{App, Caller, Code, Problem, guard};
use domain::arrangement::Arrangement;
use domain::authority::{Permission, Scope};
use domain::ids::{ArrangementId, PersonId, UnitId};
use domain::region::CountyCode;
use domain::unit::UnitTree;
use domain::visit::LeaderKind;
use jiff::civil::Date;
use serde_json::json;
use store::Act;
use store::arrangement::Arrangement as Row;

/// An arrangement as it is sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Made by whoever sends it.
    pub id: ArrangementId,
    /// Code of the campaign.
    pub campaign: String,
    /// Who visits: code, name or alias.
    pub unit: String,
    /// The day.
    pub planned_on: Option<Date>,
    /// Who leads.
    pub leader_name: String,
    /// What the leader is.
    pub leader_title: String,
    /// Principal, deputy or other.
    pub leader_kind: Option<LeaderKind>,
    /// Who comes along.
    pub party: String,
    /// Anything else.
    pub note: String,
    /// Whom, in order.
    pub persons: Vec<PersonId>,
    /// The version from which a change starts.
    pub expected: Option<i64>,
}

fn missing() -> Problem {
    Problem::new(Code::NotFound, "没有这份走访安排，或不在您的权限范围内")
}

/// Keeps an arrangement. Sending the same again writes nothing. Whether it is new.
pub async fn put(app: &App, caller: &Caller, county: CountyCode, sent: Sent) -> Result<bool, Problem> {
    let scope = app.permit(caller, Permission::VisitPlanChange, county).await?;
    let texts = [
        ("带队领导", &sent.leader_name),
        ("领导职务", &sent.leader_title),
        ("随行人员", &sent.party),
        ("备注", &sent.note),
    ];
    guard::check_text(app, caller, county, &texts.map(|(name, text)| (name, text.as_str()))).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let wanted = wanted(act, county, (&units, &scope), &sent).await?;
                let known = store::arrangement::get(act, county, sent.id).await?;
                let version = match &known {
                    None => 1,
                    Some(known) => {
                        within(known, &units, &scope)?;
                        let old =
                            store::arrangement::persons(act, county, std::slice::from_ref(&known.id)).await?;
                        let old = old.into_values().next().unwrap_or_default();
                        if is_same(known, &old, &wanted) {
                            act.nothing_written();
                            return Ok(false);
                        }
                        changes_from(known, sent.expected)?;
                        known.version + 1
                    }
                };
                let row = row(&inner, &caller, sent.id, &wanted, version);
                store::arrangement::put(act, county, &row, &wanted.persons).await?;
                let detail = json!({
                    "unit": wanted.unit, "on": wanted.planned_on, "persons": wanted.persons.len(),
                    "is_leaders": wanted.is_leaders(), "version": version,
                });
                act.audit(inner.entry(&caller, "visit_plan.put", "arrangement", &row.id, detail)).await?;
                Ok(known.is_none())
            })
        })
        .await
}

async fn wanted(
    act: &mut Act,
    county: CountyCode,
    (units, scope): (&UnitTree, &Scope),
    sent: &Sent,
) -> Result<Arrangement, Problem> {
    let campaign = crate::campaign::find(act, county, &sent.campaign).await?;
    let unit = crate::authority::unit_in(units, scope, Some(&sent.unit))?;
    let clean = |text: &str| domain::text::trim(text).to_owned();
    let wanted = Arrangement {
        campaign: campaign.id,
        unit: unit.id,
        planned_on: sent.planned_on,
        leader_name: clean(&sent.leader_name),
        leader_title: clean(&sent.leader_title),
        leader_kind: sent.leader_kind,
        party: clean(&sent.party),
        note: clean(&sent.note),
        persons: sent.persons.clone(),
    };
    wanted.check().map_err(|error| Problem::new(Code::BadRequest, error.to_string()))?;
    let ids: Vec<String> = wanted.persons.iter().map(ToString::to_string).collect();
    let found = store::person::by_ids(act, county, &ids).await?;
    let is_own = |id: &PersonId| {
        let record = found.iter().map(|(record, _)| record).find(|it| it.id == id.to_string());
        let home = record.and_then(|it| it.village_id.as_ref().unwrap_or(&it.township_id).parse().ok());
        home.is_some_and(|home| scope.covers(units, home))
            && record.is_some_and(|it| it.merged_into.is_none() && it.status != "erased")
    };
    match wanted.persons.iter().position(|id| !is_own(id)) {
        None => Ok(wanted),
        Some(at) => {
            let message = format!("第{}个走访对象不在名册上，或不在您的权限范围内", at + 1);
            Err(Problem::new(Code::NotFound, message))
        }
    }
}

fn within(row: &Row, units: &UnitTree, scope: &Scope) -> Result<(), Problem> {
    let unit: Option<UnitId> = row.unit_id.parse().ok();
    if unit.is_some_and(|unit| scope.covers(units, unit)) { Ok(()) } else { Err(missing()) }
}

fn is_same(known: &Row, persons: &[String], it: &Arrangement) -> bool {
    let code = it.leader_kind.map(|kind| kind.code().to_owned());
    (known.campaign_id.as_str(), known.unit_id.as_str())
        == (it.campaign.to_string().as_str(), it.unit.to_string().as_str())
        && known.planned_on == it.planned_on.map(|day| day.to_string())
        && (&known.leader_name, &known.leader_title, &known.leader_kind)
            == (&it.leader_name, &it.leader_title, &code)
        && (&known.party, &known.note) == (&it.party, &it.note)
        && persons.iter().eq(it.persons.iter().map(ToString::to_string).collect::<Vec<_>>().iter())
}

fn changes_from(known: &Row, expected: Option<i64>) -> Result<(), Problem> {
    match expected {
        Some(version) if version == known.version => Ok(()),
        Some(_) => {
            let message = "这份走访安排在您读取之后已被别人修改，没有改动；请核对最新内容后再改";
            Err(Problem::new(Code::Changed, message).with(json!({ "current": { "version": known.version } })))
        }
        None => {
            let message = "修改走访安排要在 If-Match 中写明所依据的版本";
            Err(Problem::new(Code::VersionRequired, message))
        }
    }
}

fn row(app: &App, caller: &Caller, id: ArrangementId, it: &Arrangement, version: i64) -> Row {
    Row {
        id: id.to_string(),
        campaign_id: it.campaign.to_string(),
        unit_id: it.unit.to_string(),
        planned_on: it.planned_on.map(|day| day.to_string()),
        leader_name: it.leader_name.clone(),
        leader_title: it.leader_title.clone(),
        leader_kind: it.leader_kind.map(|kind| kind.code().to_owned()),
        party: it.party.clone(),
        note: it.note.clone(),
        by_actor: caller.actor.clone(),
        at_ms: app.now_ms(),
        version,
    }
}

/// Takes an arrangement away.
pub async fn delete(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: ArrangementId,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::VisitPlanChange, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let row = store::arrangement::get(act, county, id).await?.ok_or_else(missing)?;
                within(&row, &units, &scope)?;
                store::arrangement::delete(act, county, id).await?;
                let detail = json!({ "unit": row.unit_id, "on": row.planned_on });
                act.audit(inner.entry(&caller, "visit_plan.delete", "arrangement", &row.id, detail)).await?;
                Ok(())
            })
        })
        .await
}
