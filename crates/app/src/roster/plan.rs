//! What an import would do to the roster as it is now.

use super::Checked;
use crate::import::{self, Outcome, PlannedChange};
use crate::{App, Problem};
use domain::authority::Scope;
use domain::citizen::CitizenId;
use domain::finding::{RowFinding, Severity};
use domain::ids::{ImportId, PersonId};
use domain::mask;
use domain::region::CountyCode;
use domain::roster::{FieldChange, Person, Plan, RosterColumn, RosterRow, Step, TwinKey, Twins, codes};
use domain::unit::UnitTree;
use formats::sheet::Read;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::Tx;
use store::person::PersonRecord;

/// How many stored persons are opened at once.
const CHUNK: usize = 5_000;

/// A plan with what is needed to tell it and to carry it out.
pub(crate) struct Planned {
    pub read: Arc<Read>,
    pub plan: Plan,
    pub findings: Vec<RowFinding>,
    pub changes: Vec<PlannedChange>,
    pub not_in_file: Vec<String>,
    /// Records as they were, of the persons who change.
    pub before: HashMap<PersonId, (PersonRecord, Vec<domain::person::Identity>)>,
}

impl Planned {
    /// A plan of a file of which no row is decided yet.
    fn of(read: Arc<Read>) -> Self {
        Self {
            read,
            plan: Plan::default(),
            findings: Vec::new(),
            changes: Vec::new(),
            not_in_file: Vec::new(),
            before: HashMap::new(),
        }
    }

    pub(crate) fn outcome(&self, import: Option<ImportId>) -> Outcome {
        Outcome {
            import: import.map(|id| id.to_string()),
            counts: self.plan.counts,
            findings: import::findings(&self.read, self.findings.clone()),
            changes: self.changes.clone(),
            not_in_file: self.not_in_file.clone(),
            read: Some(Arc::clone(&self.read)),
        }
    }
}

/// Plans; reads only.
pub(crate) async fn plan(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    (units, scope, decides): (&UnitTree, &Scope, bool),
    checked: Checked,
) -> Result<Planned, Problem> {
    let Checked { read, rows, refused, mut findings } = checked;
    let numbers = store::person::numbers(tx, county).await?;
    let mut twins = Twins::new();
    if !numbers.is_empty() {
        know_twins(tx, app, county, (units, scope), &mut twins).await?;
    }
    let erased = store::erasure::standing(tx, county).await?;
    let index_of = |row: &RosterRow| app.sealer.citizen_index(&row.citizen);
    let mut planned = Planned::of(read);
    for citizen in refused {
        let person = citizen.and_then(|it| numbers.get(&app.sealer.citizen_index(&it))).copied();
        planned.plan.refuse(person);
    }
    let mut refusals = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<(Option<PersonId>, RosterRow)> = rows
            .by_ref()
            .take(CHUNK)
            .map(|row| {
                let known = if numbers.is_empty() { None } else { numbers.get(&index_of(&row)).copied() };
                (known, row)
            })
            .collect();
        let ids: Vec<String> = chunk.iter().filter_map(|(id, _)| *id).map(|id| id.to_string()).collect();
        let mut stored = open(tx, app, county, &ids).await?;
        let own: HashMap<PersonId, CitizenId> =
            stored.iter().map(|(id, (_, person))| (*id, person.citizen)).collect();
        for (known, mut row) in chunk {
            let foreign = known.and_then(|id| stored.get(&id)).is_some_and(|(_, person)| {
                !scope.covers_person(units, person.township_id, person.village_id)
            });
            // Another unit's person: taken, and nothing more is said. An erased number stays away.
            let refusal = if foreign { Some(taken(&row)) } else { gone(&erased, known, &row, index_of) };
            if let Some(refusal) = refusal {
                refusals.push(refusal);
                planned.plan.refuse(known);
                continue;
            }
            // A number whose entry was merged into another's: the kept entry has its own row.
            if let Some(id) = known
                && own.get(&id).is_some_and(|citizen| *citizen != row.citizen)
            {
                findings.push(merged(&row));
                planned.plan.take(Step::Unchanged(id));
                continue;
            }
            if !decides && let Some((_, person)) = known.and_then(|id| stored.get(&id)) {
                findings.extend(leave_status(&mut row, person));
            }
            findings.extend(twins.see(&row));
            decide(&mut planned, known.and_then(|id| stored.remove(&id).map(|it| (id, it))), row, units);
        }
    }
    planned.findings = with_refusals(findings, refusals);
    planned.plan.finish(numbers.into_values().collect::<std::collections::BTreeSet<_>>());
    planned.not_in_file = names(tx, county, (units, scope), &planned.plan.not_in_file).await?;
    Ok(planned)
}

/// Takes out of a row what only who confirms changes of persons may set; the rest of the row holds.
fn leave_status(row: &mut RosterRow, person: &Person) -> Option<RowFinding> {
    let is_same = row.status.is_none_or(|status| status == person.status)
        && row.stopped_on.is_none_or(|day| Some(day) == person.stopped_on);
    if is_same {
        return None;
    }
    (row.status, row.stopped_on) = (None, None);
    Some(RowFinding {
        column: Some(RosterColumn::Status.label()),
        severity: Severity::Warning,
        code: codes::STATUS_REPORTED,
        message: "状态和日期没有改：死亡、迁出、暂停和恢复请用“上报变动”，写明日期和依据，由县双拥办审核"
            .to_owned(),
        ..merged(row)
    })
}

/// A refused row says why it was refused and nothing else.
fn with_refusals(mut findings: Vec<RowFinding>, refusals: Vec<RowFinding>) -> Vec<RowFinding> {
    let refused: HashSet<(u16, u32)> = refusals.iter().map(|it| (it.sheet, it.row)).collect();
    findings.retain(|it| !refused.contains(&(it.sheet, it.row)));
    findings.extend(refusals);
    findings
}

fn taken(row: &RosterRow) -> RowFinding {
    RowFinding {
        severity: Severity::Refused,
        code: "roster.taken",
        message: "该公民身份号码不能由本单位导入，本行没有导入，请联系县双拥办核对".to_owned(),
        ..merged(row)
    }
}

fn merged(row: &RosterRow) -> RowFinding {
    RowFinding {
        sheet: row.sheet,
        row: row.row,
        column: Some(RosterColumn::Citizen.label()),
        severity: Severity::Note,
        code: "roster.merged",
        message: format!("公民身份号码{}的记录已并入同一人的另一条记录，本行没有改动", row.citizen),
    }
}

/// Refuses the number of a row that is not on the roster because it was erased.
fn gone(
    erased: &HashMap<String, i64>,
    known: Option<PersonId>,
    row: &RosterRow,
    index_of: impl Fn(&RosterRow) -> String,
) -> Option<RowFinding> {
    if erased.is_empty() || known.is_some() {
        return None;
    }
    let at_ms = erased.get(&index_of(row))?;
    Some(RowFinding {
        sheet: row.sheet,
        row: row.row,
        column: Some(RosterColumn::Citizen.label()),
        severity: Severity::Refused,
        code: "roster.erased",
        message: crate::erasure::message(*at_ms),
    })
}

type Stored = (PersonRecord, Person);

fn decide(planned: &mut Planned, stored: Option<(PersonId, Stored)>, row: RosterRow, units: &UnitTree) {
    let number = row.row;
    let name = mask::name(&row.name);
    let step = Step::decide(stored.as_ref().map(|(id, (_, person))| (*id, person)), row, units);
    if let Step::Change { person, fields, .. } = &step {
        planned.changes.extend(fields.iter().map(|field| shown(number, &name, field)));
        if let Some((_, (record, before))) = stored {
            planned.before.insert(*person, (record, before.identities));
        }
    }
    planned.plan.take(step);
}

fn shown(row: u32, name: &str, field: &FieldChange) -> PlannedChange {
    let text = |text: &str| if field.is_protected { mask::account(text) } else { text.to_owned() };
    PlannedChange {
        row,
        name: name.to_owned(),
        field: field.title.to_owned(),
        before: text(&field.before),
        after: text(&field.after),
    }
}

async fn open(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    ids: &[String],
) -> Result<HashMap<PersonId, Stored>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let records = store::person::by_ids(tx, county, ids).await?;
    let mut stored = HashMap::with_capacity(records.len());
    for (record, identities) in records {
        let person = record.open(identities, &app.sealer, county)?;
        if let Ok(id) = record.id.parse() {
            stored.insert(id, (record, person));
        }
    }
    Ok(stored)
}

async fn know_twins(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    (units, scope): (&UnitTree, &Scope),
    twins: &mut Twins,
) -> Result<(), Problem> {
    let mut after = String::new();
    loop {
        let page = store::person::twins(tx, county, &after, CHUNK).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for person in &page {
            let citizen = person.citizen(&app.sealer, county)?;
            let (Ok(township), Ok(village)) =
                (person.township_id.parse(), person.village_id.as_deref().map(str::parse).transpose())
            else {
                continue;
            };
            if !scope.covers_person(units, township, village) {
                continue;
            }
            twins.know(TwinKey::new(&person.name, citizen.birth(), township, village), citizen);
        }
    }
}

/// Names, masked, of those whom the caller keeps.
async fn names(
    tx: &mut Tx,
    county: CountyCode,
    (units, scope): (&UnitTree, &Scope),
    ids: &[PersonId],
) -> Result<Vec<String>, Problem> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let mut names: Vec<String> = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let known = store::person::known_by_ids(tx, county, chunk).await?;
        let own = known.into_iter().filter(|it| scope.covers_person(units, it.township_id, it.village_id));
        names.extend(own.map(|it| mask::name(&it.name)));
    }
    Ok(names)
}
