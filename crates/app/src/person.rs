//! Persons on the roster: merging two entries of one human.

mod alike;
mod detail;
mod export;
mod hand;
mod life;
mod list;
pub(crate) mod write;

pub use alike::{Kept, Twins, ask_again, duplicates, duplicates_count, keep_apart, kept_apart};
pub use detail::{Changed, Detail, Field, REVEALS_PER_HOUR, get, history, reveal};
pub(crate) use export::{count_export, write_export};
pub use hand::{Became, Looked, Remark, Saved, Sent, check, put};
pub use life::{Difficulties, Helped, Visits, difficulties, visits};
pub(crate) use list::summaries;
pub use list::{Summary, Wanted, count, list};

use crate::{App, Caller, Code, Problem, refold};
use domain::authority::Permission;
use domain::citizen::CitizenId;
use domain::ids::PersonId;
use domain::mask;
use domain::region::CountyCode;
use domain::visit::{Known, VisitedObject, object_key};
use serde_json::json;
use store::visit::StoredVisit;
use store::{Act, Sealer};

/// Finds a person by number.
pub(crate) async fn by_number(
    act: &mut Act,
    sealer: &Sealer,
    county: CountyCode,
    number: &CitizenId,
) -> Result<Known, Problem> {
    let index = sealer.citizen_index(number);
    let found = store::person::known(act, county, &[index], &[]).await?;
    found.into_iter().next().map(|found| found.known).ok_or_else(|| no_such(number))
}

/// Nobody has this number, or nobody whom the caller may know of.
pub(crate) fn no_such(number: &CitizenId) -> Problem {
    Problem::new(Code::NotFound, format!("名册上没有公民身份号码为 {number} 的人"))
}

/// Lets visits mean this person from now on.
pub(crate) fn redirect(sealer: &Sealer, visits: &mut [StoredVisit], person: &Known) {
    for visit in visits {
        visit.facts.object = VisitedObject::Person { id: person.id, household: person.household.clone() };
        visit.object_name.clone_from(&person.name);
        let facts = &visit.facts;
        visit.object_key =
            sealer.visit_index(&object_key(facts.unit, facts.visited_on, &facts.object, &facts.leader_name));
    }
}

/// Makes two entries of one human one: the visits of the dropped entry become the kept person's, in every campaign;
/// the dropped number finds the kept person from now on.
pub async fn merge(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    keep: impl Into<Named>,
    drop: impl Into<Named>,
) -> Result<(), Problem> {
    app.permit(caller, Permission::PersonMerge, county).await?;
    let (keep, drop): (Named, Named) = (keep.into(), drop.into());
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let kept = named(act, &inner.sealer, county, &keep).await?;
                let dropped = named(act, &inner.sealer, county, &drop).await?;
                merge_in(act, &inner, &caller, county, &kept, &dropped).await
            })
        })
        .await
}

/// How a person is named: by number, or by the id that a list gave.
#[derive(Debug, Clone, Copy)]
pub enum Named {
    /// By the citizen identity number.
    Number(CitizenId),
    /// By the id of the entry.
    Entry(PersonId),
}

impl From<CitizenId> for Named {
    fn from(number: CitizenId) -> Self {
        Self::Number(number)
    }
}

impl From<PersonId> for Named {
    fn from(id: PersonId) -> Self {
        Self::Entry(id)
    }
}

/// Finds a person by either.
pub(crate) async fn named(
    act: &mut Act,
    sealer: &Sealer,
    county: CountyCode,
    person: &Named,
) -> Result<Known, Problem> {
    match person {
        Named::Number(number) => by_number(act, sealer, county, number).await,
        Named::Entry(id) => by_id(act, county, *id).await,
    }
}

/// Nobody is named so, or nobody whom the caller may know of.
pub(crate) fn nobody(person: &Named) -> Problem {
    match person {
        Named::Number(number) => no_such(number),
        Named::Entry(_) => no_entry(),
    }
}

fn no_entry() -> Problem {
    Problem::new(Code::NotFound, "没有这个人，或不在您的权限范围内")
}

/// Finds a person by id; one who was merged is not there any more.
async fn by_id(act: &mut Act, county: CountyCode, id: PersonId) -> Result<Known, Problem> {
    let found = store::person::by_ids(act, county, &[id.to_string()]).await?.pop();
    let is_there = found.is_some_and(|(record, _)| record.merged_into.is_none());
    let known = store::person::known_by_ids(act, county, &[id.0]).await?.pop();
    known.filter(|_| is_there).ok_or_else(|| Problem::new(Code::NotFound, "没有这个人，或已经并入别的记录"))
}

async fn merge_in(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    county: CountyCode,
    kept: &Known,
    dropped: &Known,
) -> Result<(), Problem> {
    if kept.id == dropped.id {
        return Err(Problem::new(Code::Conflict, "两个号码已经是同一个人，没有改动"));
    }
    let moved = move_visits(act, app, county, dropped.id.0, kept).await?;
    store::person::merge(act, county, dropped.id, kept.id).await?;
    store::confirmation::merge(act, county, dropped.id, kept.id).await?;
    store::arrangement::merge(act, county, dropped.id, kept.id).await?;
    let detail = json!({
        "dropped": dropped.id,
        "visits": moved,
        "before": { "name": mask::name(&dropped.name) },
        "after": { "name": mask::name(&kept.name) },
    });
    act.audit(app.entry(caller, "person.merge", "person", &kept.id.to_string(), detail)).await?;
    Ok(())
}

/// Moves all visits of a person or candidate to a person on the roster and counts them there.
pub(crate) async fn move_visits(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    from: uuid::Uuid,
    to: &Known,
) -> Result<usize, Problem> {
    let units = crate::unit::tree_in(act, county).await?;
    let mut moved = 0;
    for campaign in &store::reference::get(act, county).await?.campaigns {
        let before = store::visit::by_subjects(act, county, campaign.id, &[from]).await?;
        let mut after = before.clone();
        redirect(&app.sealer, &mut after, to);
        let template = &campaign.template;
        for visit in &mut after {
            let Some(unit) = units.get(visit.facts.unit) else { continue };
            let category = domain::visit::Category::from_code(&visit.category, template);
            let person = Some((to.identities.as_slice(), to.hardship.as_slice()));
            let rows = domain::visit::rows_of(template, unit, category, person);
            visit.facts.own_row.clone_from(&rows.own.key);
            visit.facts.row.clone_from(&rows.above.key);
        }
        store::visit::update_places(act, county, &after).await?;
        let changes: Vec<refold::Change> = before
            .into_iter()
            .zip(&after)
            .map(|(before, after)| refold::Change {
                before: Some(before.facts),
                after: Some(after.facts.clone()),
            })
            .collect();
        moved += changes.len();
        refold::fold(act, county, campaign, &changes).await?;
    }
    Ok(moved)
}
