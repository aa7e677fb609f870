//! Visited persons who are not on the roster: listed, and confirmed as someone who is.

use crate::{App, Caller, Code, Problem, person};
use domain::citizen::CitizenId;
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
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let open = store::candidate::open(&mut tx, county).await?;
    Ok(open
        .into_iter()
        .map(|it| Candidate {
            unit: it.unit_id.parse().map(|id| units.full_name(id)).unwrap_or_default(),
            name: if caller.may_see_names { it.name } else { mask::name(&it.name) },
            id: it.id,
        })
        .collect())
}

/// Says that a candidate is a person on the roster; their visits and figures follow in the same transaction.
pub async fn confirm(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: CandidateId,
    number: CitizenId,
) -> Result<(), Problem> {
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let candidate = store::candidate::get(act, county, id)
                    .await?
                    .ok_or_else(|| Problem::new(Code::NotFound, format!("没有编号为 {id} 的待确认人员")))?;
                if candidate.status != "open" {
                    return Err(Problem::new(Code::Conflict, "这名待确认人员已经确认过，没有改动"));
                }
                let known = person::by_number(act, &inner.sealer, county, &number).await?;
                let moved = person::move_visits(act, &inner, county, id.0, &known).await?;
                store::candidate::confirm(act, county, id, known.id).await?;
                let detail = json!({ "person": known.id, "visits": moved });
                act.audit(inner.entry(&caller, "candidate.confirm", "candidate", &id.to_string(), detail))
                    .await?;
                Ok(())
            })
        })
        .await
}
