//! Carrying a plan out: new persons are sealed on one core while the chunk before is inserted on the other.

use super::plan::Planned;
use crate::{App, Problem, refold};
use domain::ids::{ImportId, PersonId};
use domain::region::CountyCode;
use domain::roster::{FieldChange, Person, RosterRow, Step, create};
use domain::unit::UnitTree;
use serde_json::json;
use store::Act;
use store::import::Change;
use store::person::{IdentityRecord, PersonRecord};

/// Persons sealed and inserted at once.
const CHUNK: usize = 4_000;

/// Writes the plan.
pub(crate) async fn save(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    units: &UnitTree,
    import: ImportId,
    planned: Planned,
) -> Result<(), Problem> {
    let Planned { plan, mut before, .. } = planned;
    let (mut adds, mut changes) = (Vec::new(), Vec::new());
    for step in plan.steps {
        match step {
            Step::Add(row) => adds.push(row),
            Step::Change { person, fields, merged } => changes.push((person, fields, merged)),
            Step::Unchanged(_) => {}
        }
    }
    add(act, app, county, import, adds).await?;
    let changed: Vec<uuid::Uuid> = changes.iter().map(|(id, _, _)| id.0).collect();
    let mut writer =
        Changes { app, county, import, persons: Vec::new(), identities: Vec::new(), changes: Vec::new() };
    for (id, fields, merged) in changes {
        let Some((record, identities)) = before.remove(&id) else { continue };
        writer.change(id, &record, &identities, &fields, &merged);
    }
    store::person::replace_many(act, county, &writer.persons, &writer.identities).await?;
    store::import::add_changes(act, county, &writer.changes).await?;
    if !changed.is_empty() {
        refold::persons_changed(act, county, units, &changed).await?;
    }
    Ok(())
}

type Sealed = (Vec<PersonRecord>, Vec<IdentityRecord>);

async fn add(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    import: ImportId,
    rows: Vec<RosterRow>,
) -> Result<(), Problem> {
    let mut rows = rows.into_iter().peekable();
    let mut sealing: Option<tokio::task::JoinHandle<Sealed>> = None;
    loop {
        let next = rows.peek().is_some().then(|| {
            let chunk: Vec<RosterRow> = rows.by_ref().take(CHUNK).collect();
            let app = app.clone();
            tokio::task::spawn_blocking(move || seal(&app, county, import, &chunk))
        });
        if let Some(ready) = sealing.take() {
            let (persons, identities) = ready.await.map_err(|_| crate::interrupted())?;
            store::person::add_many(act, county, &persons, &identities).await?;
        }
        match next {
            Some(next) => sealing = Some(next),
            None => return Ok(()),
        }
    }
}

fn seal(app: &App, county: CountyCode, import: ImportId, rows: &[RosterRow]) -> Sealed {
    let now_ms = app.now_ms();
    let mut persons = Vec::with_capacity(rows.len());
    let mut identities = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        let id: PersonId = app.id();
        let person = create(row);
        identities.extend(person.identities.iter().map(|identity| IdentityRecord::new(id, identity)));
        persons.push(PersonRecord::seal(id, &person, (&app.sealer, county), Some(import), now_ms));
    }
    (persons, identities)
}

/// Collects what changes of persons write.
struct Changes<'a> {
    app: &'a App,
    county: CountyCode,
    import: ImportId,
    persons: Vec<PersonRecord>,
    identities: Vec<IdentityRecord>,
    changes: Vec<Change>,
}

impl Changes<'_> {
    fn change(
        &mut self,
        id: PersonId,
        record: &PersonRecord,
        identities: &[domain::person::Identity],
        fields: &[FieldChange],
        merged: &Person,
    ) {
        let app = self.app;
        let now_ms = app.now_ms();
        let mut after =
            PersonRecord::seal(id, merged, (&app.sealer, self.county), None, record.received_at_ms);
        after.created_import.clone_from(&record.created_import);
        after.version = record.version + 1;
        self.identities.extend(merged.identities.iter().map(|identity| IdentityRecord::new(id, identity)));
        self.persons.push(after);
        // The whole record as it was, its protected columns still sealed, is what an undo puts back.
        let old: Vec<IdentityRecord> = identities.iter().map(|it| IdentityRecord::new(id, it)).collect();
        let snapshot = json!({ "person": record, "identities": old }).to_string();
        self.push(id, "*", Some(snapshot), None, now_ms);
        for field in fields {
            let sealed = |text: &str| {
                (!text.is_empty()).then(|| app.seal(self.county, "change", id.0, field.field, text))
            };
            let (before, after) = (sealed(&field.before), sealed(&field.after));
            self.push(id, field.field, before, after, now_ms);
        }
    }

    fn push(&mut self, id: PersonId, field: &str, before: Option<String>, after: Option<String>, at_ms: i64) {
        self.changes.push(Change {
            id: self.app.id::<uuid::Uuid>().to_string(),
            import_id: Some(self.import.to_string()),
            row_id: id.to_string(),
            field: field.to_owned(),
            before_sealed: before,
            after_sealed: after,
            at_ms,
        });
    }
}
