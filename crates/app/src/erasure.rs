//! Erasing a person: everything that says who they were goes, the figures stay as they are, and a register without
//! names sees to it that an older backup or an old list does not bring them back.

use crate::refold::{self, Change};
use crate::{App, Caller, Code, Problem, day_of, guard, person};
use domain::authority::Permission;
use domain::citizen::CitizenId;
use domain::ids::PersonId;
use domain::region::CountyCode;
use domain::visit::VisitedObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use store::erasure::Erasure;
use store::person::erase::{self, Entry};
use store::{Act, Tx};
use uuid::Uuid;

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Entries emptied: the person's, and those merged into it.
    pub entries: usize,
    /// Visits that still count, without a name.
    pub visits: usize,
}

/// Erases the person with this number. Visits in an open campaign ask for `confirmed`: their names are still needed
/// for coverage and reports.
pub async fn erase(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    number: CitizenId,
    reason: &str,
    confirmed: bool,
) -> Result<Erased, Problem> {
    app.permit(caller, Permission::PersonErase, county).await?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Problem::new(Code::BadRequest, "请写明删除的依据，如“本人申请”（不要写姓名和号码）"));
    }
    guard::check_text(app, caller, county, &[("删除依据", &reason)]).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let known = person::by_number(act, &inner.sealer, county, &number).await?;
                if !confirmed {
                    refuse_while_needed(act, county, known.id).await?;
                }
                let (entries, visits) = empty(act, county, known.id).await?;
                let register: Vec<Erasure> = entries
                    .iter()
                    .map(|entry| Erasure {
                        person_id: entry.id.clone(),
                        citizen_index: entry.citizen_index.clone(),
                        reason: reason.clone(),
                        by_actor: caller.actor.clone(),
                        at_ms: inner.now_ms(),
                        lifted_at_ms: None,
                    })
                    .collect();
                store::erasure::add_many(act, county, &register).await?;
                let erased = Erased { entries: entries.len(), visits };
                let id = known.id.to_string();
                act.audit(inner.entry(&caller, "person.erase", "person", &id, json!(erased))).await?;
                Ok(erased)
            })
        })
        .await
}

async fn refuse_while_needed(act: &mut Act, county: CountyCode, person: PersonId) -> Result<(), Problem> {
    for campaign in refold::open_campaigns(act, county).await? {
        let visits = store::visit::by_subjects(act, county, campaign.id, &[person.0]).await?;
        if !visits.is_empty() {
            return Err(Problem::new(
                Code::Conflict,
                format!(
                    "此人在进行中的活动 {} 中有 {} 条走访，没有删除；确需现在删除的，加 --confirm（走访仍计数，不再显示姓名）",
                    campaign.code,
                    visits.len()
                ),
            ));
        }
    }
    Ok(())
}

/// Empties a person with all merged entries; gives these as they were, and how many visits they have.
async fn empty(tx: &mut Tx, county: CountyCode, person: PersonId) -> Result<(Vec<Entry>, usize), Problem> {
    let entries = erase::entries(tx, county, person).await?;
    let own = person.to_string();
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let household = entries.iter().find(|entry| entry.id == own).and_then(|entry| entry.household.clone());
    let merged: Vec<String> = ids.iter().filter(|id| **id != own).cloned().collect();
    erase::set_household(tx, county, &merged, None).await?;
    let (mut visits, mut subjects) = (0, vec![person.0]);
    let mut renamed = None;
    if let Some(household) = household {
        let (is_shared, others) = erase::household_of_others(tx, county, &household, &ids).await?;
        // A number that somebody else still has is needed to count that household once.
        if !is_shared {
            erase::set_household(tx, county, std::slice::from_ref(&own), None).await?;
            erase::set_household(tx, county, &others, Some(&own)).await?;
            subjects.extend(others.iter().filter_map(|id| Uuid::parse_str(id).ok()));
            renamed = Some(household);
        }
    }
    for campaign in store::campaign::list(tx, county).await? {
        let before = store::visit::by_subjects(tx, county, campaign.id, &subjects).await?;
        let is_own = |object: &VisitedObject| object.subject().is_some_and(|(id, _)| id == person.0);
        visits += before.iter().filter(|visit| is_own(&visit.facts.object)).count();
        let Some(old) = &renamed else { continue };
        let (mut after, mut changes) = (Vec::new(), Vec::new());
        for mut visit in before {
            let facts = visit.facts.clone();
            match &mut visit.facts.object {
                VisitedObject::Person { household, .. } if household == old => household.clone_from(&own),
                _ => continue,
            }
            changes.push(Change { before: Some(facts), after: Some(visit.facts.clone()) });
            after.push(visit);
        }
        store::visit::update_places(tx, county, &after).await?;
        refold::fold(tx, county, &campaign, &changes).await?;
    }
    if let Some(old) = &renamed {
        store::cell::forget_item(tx, county, old).await?;
    }
    erase::erase(tx, county, &ids).await?;
    Ok((entries, visits))
}

/// Admits a number again that was erased: the next import takes it as a new person.
pub async fn readmit(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    number: CitizenId,
) -> Result<(), Problem> {
    app.permit(caller, Permission::PersonErase, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let index = inner.sealer.citizen_index(&number);
                let lifted = store::erasure::lift(act, county, &index, inner.now_ms()).await?;
                if lifted == 0 {
                    return Err(Problem::new(
                        Code::NotFound,
                        format!("删除登记中没有号码 {number}，没有改动"),
                    ));
                }
                let detail = json!({ "entries": lifted });
                act.audit(inner.entry(&caller, "person.readmit", "county", county.as_str(), detail)).await?;
                Ok(())
            })
        })
        .await
}

/// The register of a county as a file carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Whose.
    pub county: CountyCode,
    /// The erased, oldest first.
    pub erasures: Vec<Erasure>,
}

impl Register {
    /// Reads what [`export`] gave.
    pub fn read(file: &Path) -> Result<Self, Problem> {
        let bytes = std::fs::read(file).map_err(|error| {
            Problem::new(Code::FileRefused, format!("“{}”读不出来：{error}", file.display()))
        })?;
        serde_json::from_slice(&bytes).map_err(|_| {
            let message = format!("“{}”不是删除登记；请用 shuangyong erasure export 导出", file.display());
            Problem::new(Code::FileRefused, message)
        })
    }
}

/// The register, to be given to a restore of an older backup; it holds no names and no numbers.
pub async fn export(app: &App, caller: &Caller, county: CountyCode) -> Result<Register, Problem> {
    app.permit(caller, Permission::PersonErase, county).await?;
    crate::audit::note(app, caller, county, "erasure.export", ("county", county.as_str()), Value::Null)
        .await?;
    let mut tx = app.db.read().await?;
    Ok(Register { county, erasures: store::erasure::list(&mut tx, county).await? })
}

/// Erases again, after a restore, everyone in the register of the backup or in `more`. Says how many persons.
pub(crate) async fn apply(tx: &mut Tx, county: CountyCode, more: &[Erasure]) -> Result<usize, Problem> {
    store::erasure::add_many(tx, county, more).await?;
    let register = store::erasure::list(tx, county).await?;
    let known: HashSet<&str> = register.iter().map(|it| it.person_id.as_str()).collect();
    let ids: Vec<String> = register.iter().map(|it| it.person_id.clone()).collect();
    // A number that was admitted again is another entry by now, which stays.
    let standing = register.iter().filter(|it| it.lifted_at_ms.is_none());
    let indexes: Vec<String> = standing.map(|it| it.citizen_index.clone()).collect();
    let persons = erase::unerased(tx, county, &ids, &indexes).await?;
    for id in &persons {
        let Ok(person) = id.parse::<PersonId>() else { continue };
        let (entries, _) = empty(tx, county, person).await?;
        let cause =
            register.iter().find(|it| entries.iter().any(|entry| entry.id == it.person_id)).or_else(|| {
                register.iter().find(|it| entries.iter().any(|entry| entry.citizen_index == it.citizen_index))
            });
        let Some(cause) = cause else { continue };
        let fresh = entries.iter().filter(|entry| !known.contains(entry.id.as_str()));
        let fresh: Vec<Erasure> = fresh
            .map(|entry| Erasure {
                person_id: entry.id.clone(),
                citizen_index: entry.citizen_index.clone(),
                ..cause.clone()
            })
            .collect();
        store::erasure::add_many(tx, county, &fresh).await?;
    }
    Ok(persons.len())
}

/// What a row of an import hears that names an erased number.
pub(crate) fn message(at_ms: i64) -> String {
    format!(
        "该公民身份号码的人员已于{}按规定删除，本行没有导入；确需重新登记的，请先运行 shuangyong person readmit",
        day_of(at_ms)
    )
}
