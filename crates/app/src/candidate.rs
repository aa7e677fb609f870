//! Visited persons who are not on the roster: listed with whom they may be, and confirmed as someone who is, or kept
//! apart as nobody on it.

use crate::authority::shows_name;
use crate::page::{Asked, Page};
use crate::person::{Named, Summary};
use crate::within::units_of;
use crate::{App, Caller, Code, Problem, guard, person};
use domain::authority::{Permission, Scope};
use domain::ids::{CandidateId, UnitId};
use domain::mask;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use store::Tx;
use store::candidate::{Candidate as Row, Decision};
use store::person::Found;

/// A candidate as shown.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    /// Identity.
    pub id: String,
    /// Name; masked unless the caller may see it.
    pub name: String,
    /// The unit that met them.
    pub unit: String,
}

/// How a person on the roster was found for a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The number is the same.
    Number,
    /// The name is the same.
    Name,
}

/// Whom a candidate may be.
#[derive(Debug, Clone)]
pub struct Likely {
    /// The person.
    pub person: Summary,
    /// How they were found.
    pub by: Match,
    /// Whether the unit that met the candidate is the person's village, or its township.
    pub is_near: bool,
}

/// A candidate with everything that helps to say who they are.
#[derive(Debug, Clone)]
pub struct Case {
    /// Identity.
    pub id: String,
    /// Name; masked unless it was asked for in full and may be seen.
    pub name: String,
    /// Number, masked, when it was typed.
    pub citizen: Option<String>,
    /// The unit that met them: code and full name.
    pub unit: (String, String),
    /// When the county got to know of them, ms UTC.
    pub received_at_ms: i64,
    /// How many visits, the first and the last day.
    pub visits: (i64, String, String),
    /// `open` or `apart`.
    pub status: String,
    /// Why they are nobody on the roster.
    pub reason: Option<String>,
    /// Who said so.
    pub decided_by: Option<String>,
    /// Who they may be, the likeliest first.
    pub likely: Vec<Likely>,
}

/// All candidates at most that are told at once where nobody turns pages.
const ALL: usize = 10_000;
/// People shown for one candidate.
const LIKELY: usize = 8;

/// Everyone still to be confirmed.
pub async fn list(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Candidate>, Problem> {
    let scope = app.permit(caller, Permission::CandidateRead, county).await?;
    let names = caller.names(county);
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let within = units_of(&scope, &units);
    let open = store::candidate::list(&mut tx, county, "open", within.as_deref(), None, ALL).await?;
    Ok(open
        .into_iter()
        .filter_map(|it| {
            let unit = it.unit_id.parse().ok()?;
            let name = if shows_name(names.as_ref(), &units, unit) { it.name } else { mask::name(&it.name) };
            Some(Candidate { id: it.id, name, unit: units.full_name(unit) })
        })
        .collect())
}

/// A page of candidates in a status, each with whom they may be.
pub async fn cases(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (status, full_names): (&str, bool),
    asked: &Asked,
) -> Result<Page<Case>, Problem> {
    let scope = app.permit(caller, Permission::CandidateRead, county).await?;
    let roster = app.permit(caller, Permission::RosterRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<(i64, String)> = asked.after(app, county, "candidate")?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let within = units_of(&scope, &units);
    let rows =
        store::candidate::list(&mut tx, county, status, within.as_deref(), after.as_ref(), limit + 1).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let visits: HashMap<String, (i64, String, String)> = store::candidate::visits(&mut tx, county, &ids)
        .await?
        .into_iter()
        .map(|(id, count, first, last)| (id, (count, first, last)))
        .collect();
    let names = if full_names { caller.names(county) } else { None };
    let desk = Desk { app, county, units: &units, names: names.as_ref() };
    let likely = desk.likely(&mut tx, &roster, &rows).await?;
    Page::cut(
        app,
        (county, "candidate"),
        rows,
        limit,
        |row| (row.received_at_ms, row.id.clone()),
        |row| {
            let visits = visits.get(&row.id).cloned().unwrap_or_default();
            let likely = likely.get(&row.id).cloned().unwrap_or_default();
            desk.case(row, visits, likely)
        },
    )
}

/// What turns rows into cases.
struct Desk<'a> {
    app: &'a App,
    county: CountyCode,
    units: &'a UnitTree,
    names: Option<&'a Scope>,
}

impl Desk<'_> {
    fn case(&self, row: Row, visits: (i64, String, String), likely: Vec<Likely>) -> Result<Case, Problem> {
        let id: CandidateId =
            row.id.parse().map_err(|_| Problem::new(Code::Storage, "待确认人员的编号读不出来"))?;
        let open = |field, sealed: Option<String>| {
            let place = store::Place { county: self.county, table: "candidate", row: id.0, field };
            sealed.map(|sealed| self.app.sealer.open_text(place, &sealed)).transpose()
        };
        let unit: Option<UnitId> = row.unit_id.parse().ok();
        let shows = unit.is_some_and(|unit| shows_name(self.names, self.units, unit));
        Ok(Case {
            citizen: open("citizen", row.citizen_sealed)?.map(|number| mask::citizen(&number)),
            reason: open("reason", row.reason_sealed)?,
            name: if shows { row.name } else { mask::name(&row.name) },
            unit: unit.map_or_else(Default::default, |unit| {
                let code = self.units.get(unit).map(|it| it.code.clone()).unwrap_or_default();
                (code, self.units.full_name(unit))
            }),
            id: row.id,
            received_at_ms: row.received_at_ms,
            visits,
            status: row.status,
            decided_by: row.decided_by,
            likely,
        })
    }

    /// Who of the caller's persons these may be, by number and by name; a few statements however many there are.
    async fn likely(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        rows: &[Row],
    ) -> Result<HashMap<String, Vec<Likely>>, Problem> {
        let numbers: Vec<String> = rows.iter().filter_map(|row| row.citizen_index.clone()).collect();
        let words: Vec<String> =
            rows.iter().map(|row| domain::visit::name_key(&row.name)).filter(|it| !it.is_empty()).collect();
        let found = store::person::known(tx, self.county, &numbers, &words).await?;
        let found: Vec<&Found> = found
            .iter()
            .filter(|it| scope.covers_person(self.units, it.known.township_id, it.known.village_id))
            .collect();
        let ids: Vec<String> = found.iter().map(|it| it.known.id.to_string()).collect();
        let summaries = person::summaries(tx, self.app, self.county, (self.units, self.names), &ids).await?;
        let mut likely = HashMap::new();
        for row in rows {
            let word = domain::visit::name_key(&row.name);
            let mut mine: Vec<Likely> = Vec::new();
            for it in &found {
                let by = if row.citizen_index.as_ref() == Some(&it.citizen_index) {
                    Match::Number
                } else if !word.is_empty() && it.name_word == word && it.merged_into.is_none() {
                    Match::Name
                } else {
                    continue;
                };
                let Some(person) = summaries.get(&it.known.id) else { continue };
                if mine.iter().any(|one| one.person.id == it.known.id) {
                    continue;
                }
                let home = it.known.village_id.unwrap_or(it.known.township_id);
                let unit: Option<UnitId> = row.unit_id.parse().ok();
                let is_near = unit.is_some_and(|unit| {
                    self.units.scopes(home).contains(&unit) && unit != self.units.root().id
                });
                mine.push(Likely { person: person.clone(), by, is_near });
            }
            mine.sort_by_key(|it| (it.by, !it.is_near, it.person.id));
            mine.truncate(LIKELY);
            likely.insert(row.id.clone(), mine);
        }
        Ok(likely)
    }
}

/// A candidate of the caller's units in this status.
async fn find(
    tx: &mut Tx,
    county: CountyCode,
    scope: &Scope,
    id: CandidateId,
) -> Result<(Row, std::sync::Arc<UnitTree>), Problem> {
    let units = crate::unit::tree_in(tx, county).await?;
    let candidate = store::candidate::get(tx, county, id)
        .await?
        .filter(|it| it.unit_id.parse().is_ok_and(|unit| scope.covers(&units, unit)))
        .ok_or_else(|| Problem::new(Code::NotFound, format!("没有编号为 {id} 的待确认人员")))?;
    Ok((candidate, units))
}

/// Says that a candidate is a person on the roster; their visits and figures follow in the same transaction.
pub async fn confirm(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: CandidateId,
    person: impl Into<Named>,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::CandidateConfirm, county).await?;
    let named: Named = person.into();
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let (candidate, units) = find(act, county, &scope, id).await?;
                if candidate.status == "confirmed" {
                    return Err(Problem::new(Code::Conflict, "这名待确认人员已经确认过，没有改动"));
                }
                let known = person::named(act, &inner.sealer, county, &named).await?;
                if !scope.covers_person(&units, known.township_id, known.village_id) {
                    return Err(person::nobody(&named));
                }
                let moved = person::move_visits(act, &inner, county, id.0, &known).await?;
                store::candidate::confirm(act, county, id, known.id).await?;
                let detail = json!({
                    "person": known.id,
                    "visits": moved,
                    "before": { "name": mask::name(&candidate.name), "status": candidate.status },
                    "after": { "name": mask::name(&known.name), "status": "confirmed" },
                });
                act.audit(inner.entry(&caller, "candidate.confirm", "candidate", &id.to_string(), detail))
                    .await?;
                Ok(())
            })
        })
        .await
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Says that a candidate is nobody on the roster, and why; the visits stay with them.
pub async fn keep_apart(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: CandidateId,
    reason: &str,
) -> Result<(), Problem> {
    let reason = domain::text::trim(reason).to_owned();
    if !(1..=LONGEST_REASON).contains(&reason.chars().count()) {
        let message = format!("请写明为什么不是名册上的人（至多 {LONGEST_REASON} 个字）");
        return Err(Problem::new(Code::BadRequest, message));
    }
    decide(app, caller, county, id, Some(reason)).await
}

/// Takes that back: the candidate is asked about again.
pub async fn reopen(app: &App, caller: &Caller, county: CountyCode, id: CandidateId) -> Result<(), Problem> {
    decide(app, caller, county, id, None).await
}

/// Keeps a candidate apart for a reason, or without one asks about them again.
async fn decide(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: CandidateId,
    reason: Option<String>,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::CandidateConfirm, county).await?;
    let (from, to, name) = match reason {
        Some(_) => ("open", "apart", "candidate.keep_apart"),
        None => ("apart", "open", "candidate.reopen"),
    };
    guard::check_text(app, caller, county, &[("理由", reason.as_deref().unwrap_or_default())]).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let (candidate, _) = find(act, county, &scope, id).await?;
                if candidate.status != from {
                    return Err(Problem::new(Code::Conflict, "这名待确认人员已经处理过，没有改动"));
                }
                let sealed = reason.map(|text| inner.seal(county, "candidate", id.0, "reason", &text));
                let decision = Decision {
                    status: to,
                    reason_sealed: sealed.as_deref(),
                    by: &caller.actor,
                    at_ms: inner.now_ms(),
                };
                store::candidate::decide(act, county, id, decision).await?;
                let detail = json!({ "before": { "status": from }, "after": { "status": to } });
                act.audit(inner.entry(&caller, name, "candidate", &id.to_string(), detail)).await?;
                Ok(())
            })
        })
        .await
}
