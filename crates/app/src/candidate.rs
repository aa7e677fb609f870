//! Visited persons who are not on the roster: listed, and confirmed as someone who is.

use crate::authority::shows_name;
use crate::person::Named;
use crate::{App, Caller, Code, Problem, person};
use domain::authority::Permission;
use domain::ids::CandidateId;
use domain::mask;
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;

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

/// Everyone still to be confirmed.
pub async fn list(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Candidate>, Problem> {
    let scope = app.permit(caller, Permission::CandidateRead, county).await?;
    let names = caller.names(county);
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let open = store::candidate::open(&mut tx, county).await?;
    Ok(open
        .into_iter()
        .filter_map(|it| {
            let unit = it.unit_id.parse().ok().filter(|unit| scope.covers(&units, *unit))?;
            let name = if shows_name(names.as_ref(), &units, unit) { it.name } else { mask::name(&it.name) };
            Some(Candidate { id: it.id, name, unit: units.full_name(unit) })
        })
        .collect())
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
                let units = crate::unit::tree_in(act, county).await?;
                let candidate = store::candidate::get(act, county, id)
                    .await?
                    .filter(|it| it.unit_id.parse().is_ok_and(|unit| scope.covers(&units, unit)))
                    .ok_or_else(|| Problem::new(Code::NotFound, format!("没有编号为 {id} 的待确认人员")))?;
                if candidate.status != "open" {
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
