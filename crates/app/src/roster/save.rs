//! Carrying a plan out: new persons are sealed and written out on one core while those before are inserted on the
//! other.

use super::plan::Planned;
use crate::{App, Problem, refold};
use domain::ids::{ImportId, PersonId};
use domain::region::CountyCode;
use domain::roster::{FieldChange, Person, RosterRow, Step, create};
use domain::unit::UnitTree;
use serde_json::json;
use store::Act;
use store::import::Change;
use store::person::{IdentityRecord, Packed, PersonRecord};

/// Persons sealed and inserted at once.
const CHUNK: usize = 2_000;
/// Chunks that may wait for the database.
const AHEAD: usize = 4;

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
        writer.change(id, record, &identities, &fields, &merged)?;
    }
    store::person::replace_many(act, county, &writer.persons, &writer.identities).await?;
    store::import::add_changes(act, county, &writer.changes).await?;
    if !changed.is_empty() {
        refold::persons_changed(act, county, units, &changed).await?;
    }
    Ok(())
}

async fn add(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    import: ImportId,
    rows: Vec<RosterRow>,
) -> Result<(), Problem> {
    let load = store::person::begin_load(act, rows.len()).await?;
    let (ready, mut packed) = tokio::sync::mpsc::channel(AHEAD);
    let app = app.clone();
    let sealing = tokio::task::spawn_blocking(move || {
        let mut rows = rows.into_iter();
        loop {
            // Each row is let go when it is sealed: a large file is not kept twice.
            let chunk: Vec<RosterRow> = rows.by_ref().take(CHUNK).collect();
            // Nobody takes it any more when the act failed.
            if chunk.is_empty() || ready.blocking_send(seal(&app, county, import, &chunk)).is_err() {
                break;
            }
        }
    });
    while let Some(chunk) = packed.recv().await {
        store::person::add_packed(act, chunk?).await?;
    }
    sealing.await.map_err(|_| crate::interrupted())?;
    load.finish(act).await?;
    Ok(())
}

fn seal(
    app: &App,
    county: CountyCode,
    import: ImportId,
    rows: &[RosterRow],
) -> Result<Packed, store::StoreError> {
    let now_ms = app.now_ms();
    let mut persons = Vec::with_capacity(rows.len());
    let mut identities = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        let id: PersonId = app.id();
        let person = create(row);
        identities.extend(person.identities.iter().map(|identity| IdentityRecord::new(id, identity)));
        let key = app.new_person_key(county, id);
        persons.push(PersonRecord::seal(id, &person, (&app.sealer, county, &key), Some(import), now_ms));
    }
    store::person::pack(county, &persons, &identities)
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
        mut record: PersonRecord,
        identities: &[domain::person::Identity],
        fields: &[FieldChange],
        merged: &Person,
    ) -> Result<(), Problem> {
        let app = self.app;
        let now_ms = app.now_ms();
        let key = app.person_key(self.county, id, &record)?;
        let sealed = (&app.sealer, self.county, &key);
        let mut after = PersonRecord::seal(id, merged, sealed, None, record.received_at_ms);
        after.created_import.clone_from(&record.created_import);
        after.version = record.version + 1;
        self.identities.extend(merged.identities.iter().map(|identity| IdentityRecord::new(id, identity)));
        self.persons.push(after);
        // The whole record as it was, its protected columns still sealed, is what an undo puts back; the key stays.
        record.key_sealed = Some(key.wrapped().to_owned());
        let old: Vec<IdentityRecord> = identities.iter().map(|it| IdentityRecord::new(id, it)).collect();
        let snapshot = json!({ "person": record, "identities": old }).to_string();
        self.push(id, "*", Some(snapshot), None, now_ms);
        for field in fields {
            let sealed = |text: &str| {
                (!text.is_empty()).then(|| app.seal_change((self.county, &key), id, field.field, text))
            };
            let (before, after) = (sealed(&field.before), sealed(&field.after));
            self.push(id, field.field, before, after, now_ms);
        }
        Ok(())
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
            by_actor: None,
            act: None,
        });
    }
}
