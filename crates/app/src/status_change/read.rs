//! Reported changes as they are shown: pages, one, and how many wait.

use super::missing;
use crate::page::{Asked, Page};
use crate::person::{Summary, summaries};
use crate::within::{units_below, units_of};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::ids::{FileId, PersonId, StatusChangeId, UnitId};
use domain::region::CountyCode;
use domain::status_change::{ChangeKind, ChangeState};
use domain::unit::UnitTree;
use std::collections::HashMap;
use store::status_change::{Filter, StatusChange as Row};

/// Which changes.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this state.
    pub state: Option<ChangeState>,
    /// Of this kind.
    pub kind: Option<ChangeKind>,
    /// Of this unit and those below: code, name or alias.
    pub unit: Option<String>,
    /// Of this person.
    pub person: Option<PersonId>,
    /// Names in full, where the caller may see them.
    pub full_names: bool,
}

/// A change as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Identity.
    pub id: String,
    /// Who; `None` when the record was erased since.
    pub person: Option<Summary>,
    /// Where the person was when it was reported: code and full name.
    pub unit: (String, String),
    /// What.
    pub kind: ChangeKind,
    /// The day.
    pub happened_on: String,
    /// Where a move leads within the county: code and full name.
    pub target: Option<(String, String)>,
    /// Where it leads outside; only where one change is looked at, as are reason and decision.
    pub target_text: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Files that prove it.
    pub files: Vec<FileId>,
    /// How far it has come.
    pub state: ChangeState,
    /// Who reported it.
    pub by: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, ms UTC.
    pub decided_at_ms: Option<i64>,
    /// What was said with the decision.
    pub decision: Option<String>,
    /// Version.
    pub version: i64,
}

/// A page of changes, the newest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<Page<Shown>, Problem> {
    let scope = app.permit(caller, Permission::StatusChangeRead, county).await?;
    let limit = asked.limit()?;
    let before: Option<(i64, String)> = asked.after(app, county, "status_change")?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let filter = Filter {
        state: wanted.state.map(|it| it.code().to_owned()),
        kind: wanted.kind.map(|it| it.code().to_owned()),
        units: within(&scope, &units, wanted.unit.as_deref())?,
        person: wanted.person,
    };
    let rows = store::status_change::list(&mut tx, county, &filter, before.as_ref(), limit + 1).await?;
    let names = if wanted.full_names { caller.names(county) } else { None };
    let ids: Vec<String> = rows.iter().map(|row| row.person_id.clone()).collect();
    let persons = summaries(&mut tx, app, county, (&units, names.as_ref()), &ids).await?;
    Page::cut(
        app,
        (county, "status_change"),
        rows,
        limit,
        |row| (row.at_ms, row.id.clone()),
        |row| shown(&units, &persons, row),
    )
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

fn shown(units: &UnitTree, persons: &HashMap<PersonId, Summary>, row: Row) -> Result<Shown, Problem> {
    let bad = || Problem::new(Code::Storage, "人员变动的记录读不出来");
    let unit = |id: &str| {
        let id: UnitId = id.parse().ok()?;
        Some((units.get(id)?.code.clone(), units.full_name(id)))
    };
    Ok(Shown {
        person: row.person_id.parse().ok().and_then(|id: PersonId| persons.get(&id).cloned()),
        unit: unit(&row.unit_id).unwrap_or_default(),
        kind: ChangeKind::from_code(&row.kind).ok_or_else(bad)?,
        happened_on: row.happened_on,
        target: row.target_unit_id.as_deref().and_then(unit),
        target_text: None,
        reason: None,
        files: serde_json::from_str(&row.files_json).map_err(|_| bad())?,
        state: ChangeState::from_code(&row.state).ok_or_else(bad)?,
        by: row.by_actor,
        at_ms: row.at_ms,
        decided_by: row.decided_by,
        decided_at_ms: row.decided_at_ms,
        decision: None,
        version: row.version,
        id: row.id,
    })
}

/// One change with its texts.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: StatusChangeId,
    full_names: bool,
) -> Result<Shown, Problem> {
    let scope = app.permit(caller, Permission::StatusChangeRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let row = store::status_change::get(&mut tx, county, id).await?.ok_or_else(missing)?;
    let unit: Option<UnitId> = row.unit_id.parse().ok();
    if !unit.is_some_and(|unit| scope.covers(&units, unit)) {
        return Err(missing());
    }
    let names = if full_names { caller.names(county) } else { None };
    let ids = std::slice::from_ref(&row.person_id);
    let persons = summaries(&mut tx, app, county, (&units, names.as_ref()), ids).await?;
    let open = |field, sealed: &str| -> Result<Option<String>, Problem> {
        // What was erased is empty.
        if sealed.is_empty() {
            return Ok(None);
        }
        let place = store::Place { county, table: "status_change", row: id.0, field };
        Ok(Some(app.sealer.open_text(place, sealed)?))
    };
    let target_text = open("target", row.target_sealed.as_deref().unwrap_or_default())?;
    let decision = open("decision", row.decision_sealed.as_deref().unwrap_or_default())?;
    let reason = open("reason", &row.reason_sealed)?;
    Ok(Shown { target_text, reason, decision, ..shown(&units, &persons, row)? })
}

/// How many changes there are in each state.
pub async fn counts(
    app: &App,
    caller: &Caller,
    county: CountyCode,
) -> Result<Vec<(ChangeState, i64)>, Problem> {
    let scope = app.permit(caller, Permission::StatusChangeRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let within = units_of(&scope, &units);
    let found = store::status_change::counts(&mut tx, county, within.as_deref()).await?;
    let count = |state: &ChangeState| {
        found.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, count)| *count)
    };
    Ok(ChangeState::ALL.iter().map(|state| (*state, count(state))).collect())
}
