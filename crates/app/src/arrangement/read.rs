//! Arrangements as they are shown: each person with the group, and whether somebody has been there.

use super::missing;
use crate::person::{Summary, summaries};
use crate::within::{units_below, units_of};
use crate::{App, Caller, Problem};
use domain::arrangement::group_of;
use domain::authority::{Permission, Scope};
use domain::campaign::Campaign;
use domain::ids::{ArrangementId, PersonId, UnitId};
use domain::region::CountyCode;
use domain::unit::UnitTree;
use domain::visit::{LeaderKind, Method, VisitedObject};
use std::collections::HashMap;
use store::Tx;
use store::arrangement::Arrangement as Row;

/// A visit that has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visited {
    /// The day.
    pub on: String,
    /// By which unit.
    pub unit: String,
    /// How.
    pub method: Method,
    /// Who led; may be empty.
    pub leader: String,
    /// Whether it is what was arranged: the leader of the plan went, or anyone where no leader is planned.
    pub is_as_planned: bool,
}

/// A person to be visited.
#[derive(Debug, Clone)]
pub struct Line {
    /// Who; an erased entry is nobody.
    pub person: Option<Summary>,
    /// The group within the village, for the order of a walk.
    pub group: Option<u32>,
    /// The visit that fits the plan, else the first one.
    pub visited: Option<Visited>,
}

/// An arrangement as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Identity.
    pub id: String,
    /// Code of the campaign.
    pub campaign: String,
    /// Code and name of who visits.
    pub unit: (String, String),
    /// The day.
    pub planned_on: Option<String>,
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
    /// Whom.
    pub lines: Vec<Line>,
    /// Persons visited as planned, 人.
    pub done: usize,
    /// Who wrote it down.
    pub by: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Version.
    pub version: i64,
}

/// The arrangements of a campaign: of a unit and those below it, or of the whole scope; with full names where wished
/// and permitted.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (unit, full_names): (Option<&str>, bool),
) -> Result<Vec<Shown>, Problem> {
    let scope = app.permit(caller, Permission::VisitPlanRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let within = match unit {
        None => units_of(&scope, &units),
        Some(word) => {
            let top = crate::authority::unit_in(&units, &scope, Some(word))?.id;
            Some(units_below(&scope, &units, top))
        }
    };
    let rows = store::arrangement::list(&mut tx, county, campaign.id, within.as_deref()).await?;
    let names = if full_names { caller.names(county) } else { None };
    show(&mut tx, app, county, (&units, names.as_ref()), (&campaign, rows)).await
}

/// One arrangement.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: ArrangementId,
) -> Result<Shown, Problem> {
    let scope = app.permit(caller, Permission::VisitPlanRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let row = store::arrangement::get(&mut tx, county, id).await?.ok_or_else(missing)?;
    super::within(&row, &units, &scope)?;
    let campaign = row.campaign_id.parse().map_err(|_| missing())?;
    let campaign = crate::campaign::by_id(&mut tx, county, campaign).await?;
    let names = caller.names(county);
    let shown = show(&mut tx, app, county, (&units, names.as_ref()), (&campaign, vec![row])).await?;
    shown.into_iter().next().ok_or_else(missing)
}

async fn show(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    (units, names): (&UnitTree, Option<&Scope>),
    (campaign, rows): (&Campaign, Vec<Row>),
) -> Result<Vec<Shown>, Problem> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut persons = store::arrangement::persons(tx, county, &ids).await?;
    let mut wanted: Vec<String> = persons.values().flatten().cloned().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let summaries = summaries(tx, app, county, (units, names), &wanted).await?;
    let groups = groups(tx, app, county, &wanted).await?;
    let visits = visits(tx, county, units, campaign, &wanted).await?;
    let shown = rows.into_iter().map(|row| {
        let line = |id: &String| {
            let id: Option<PersonId> = id.parse().ok();
            let visited = id.and_then(|id| visits.get(&id)).and_then(|all| fitting(&row, all));
            Line {
                person: id.and_then(|id| summaries.get(&id).cloned()),
                group: id.and_then(|id| groups.get(&id).copied()),
                visited,
            }
        };
        let lines: Vec<Line> = persons.remove(&row.id).unwrap_or_default().iter().map(line).collect();
        let unit: Option<UnitId> = row.unit_id.parse().ok();
        let unit = unit.and_then(|id| Some((units.get(id)?.code.clone(), units.full_name(id))));
        Shown {
            campaign: campaign.code.clone(),
            unit: unit.unwrap_or_default(),
            planned_on: row.planned_on,
            leader_kind: row.leader_kind.as_deref().and_then(LeaderKind::from_code),
            leader_name: row.leader_name,
            leader_title: row.leader_title,
            party: row.party,
            note: row.note,
            done: lines.iter().filter(|it| it.visited.as_ref().is_some_and(|it| it.is_as_planned)).count(),
            lines,
            by: row.by_actor,
            at_ms: row.at_ms,
            version: row.version,
            id: row.id,
        }
    });
    Ok(shown.collect())
}

/// The visit that fits the plan, else the first.
fn fitting(row: &Row, visits: &[Visited]) -> Option<Visited> {
    let fits = |it: &&Visited| row.leader_name.is_empty() || it.leader == row.leader_name;
    match visits.iter().find(fits) {
        Some(visit) => Some(Visited { is_as_planned: true, ..visit.clone() }),
        None => visits.first().cloned(),
    }
}

async fn groups(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    ids: &[String],
) -> Result<HashMap<PersonId, u32>, Problem> {
    let mut found = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    for (record, identities) in store::person::by_ids(tx, county, ids).await? {
        if record.status == "erased" {
            continue;
        }
        let person = record.open(identities, &app.sealer, county)?;
        let group = person.address.as_deref().and_then(group_of);
        if let (Ok(id), Some(group)) = (record.id.parse(), group) {
            found.insert(id, group);
        }
    }
    Ok(found)
}

async fn visits(
    tx: &mut Tx,
    county: CountyCode,
    units: &UnitTree,
    campaign: &Campaign,
    ids: &[String],
) -> Result<HashMap<PersonId, Vec<Visited>>, Problem> {
    let mut found: HashMap<PersonId, Vec<Visited>> = HashMap::new();
    let subjects: Vec<uuid::Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    if subjects.is_empty() {
        return Ok(found);
    }
    let mut visits = store::visit::by_subjects(tx, county, campaign.id, &subjects).await?;
    visits.sort_by_key(|visit| (visit.facts.visited_on, visit.id));
    for visit in visits {
        let VisitedObject::Person { id, .. } = visit.facts.object else { continue };
        found.entry(id).or_default().push(Visited {
            on: visit.facts.visited_on.to_string(),
            unit: units.full_name(visit.facts.unit),
            method: visit.facts.method,
            leader: visit.facts.leader_name,
            is_as_planned: false,
        });
    }
    Ok(found)
}
