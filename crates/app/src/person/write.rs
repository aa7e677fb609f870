//! Writing one person: the record, what changed of it, and the figures that follow. Every way to change a person by
//! hand ends here, in the transaction of its act.

use super::detail::missing;
use crate::{App, Caller, Code, Problem, refold};
use domain::authority::Scope;
use domain::ids::PersonId;
use domain::region::CountyCode;
use domain::roster::{Person, differences};
use domain::unit::UnitTree;
use store::import::Change;
use store::person::{IdentityRecord, PersonRecord};
use store::{Act, OwnKey, Tx};

/// A person as stored.
pub(crate) struct Stored {
    /// Who.
    pub id: PersonId,
    /// The record.
    pub record: PersonRecord,
    /// The same, opened.
    pub person: Person,
}

/// The record when there is one, whoever's it is.
pub(crate) async fn find(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    id: PersonId,
) -> Result<Option<Stored>, Problem> {
    let Some((record, identities)) = store::person::by_ids(tx, county, &[id.to_string()]).await?.pop() else {
        return Ok(None);
    };
    // An erased record is empty, and its id is not given again.
    if record.status == "erased" {
        return Err(missing());
    }
    let person = record.open(identities, &app.sealer, county)?;
    Ok(Some(Stored { id, record, person }))
}

/// A record within the scope that can be changed: neither merged nor erased.
pub(crate) async fn changeable(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    (units, scope): (&UnitTree, &Scope),
    id: PersonId,
) -> Result<Stored, Problem> {
    let stored = find(tx, app, county, id).await?.ok_or_else(missing)?;
    if !scope.covers_person(units, stored.person.township_id, stored.person.village_id) {
        return Err(missing());
    }
    living(&stored)?;
    Ok(stored)
}

/// Refuses an entry that is no person of its own any more.
pub(crate) fn living(stored: &Stored) -> Result<(), Problem> {
    if stored.record.merged_into.is_some() {
        return Err(Problem::new(Code::Conflict, "这条记录已经并入同一人的另一条记录，请改那一条"));
    }
    Ok(())
}

/// By which act a person changes, and whose it is.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub caller: &'a Caller,
    pub act: &'static str,
}

/// Puts a new person on the roster.
pub(crate) async fn add(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    id: PersonId,
    person: &Person,
    by: By<'_>,
) -> Result<(), Problem> {
    let key = app.new_person_key(county, id);
    let record = PersonRecord::seal(id, person, (&app.sealer, county, &key), None, app.now_ms());
    let identities: Vec<IdentityRecord> =
        person.identities.iter().map(|it| IdentityRecord::new(id, it)).collect();
    store::person::add_many(act, county, &[record], &identities).await?;
    let made = change(app, (county, &key), id, ("name", None, Some(&person.name)), by);
    Ok(store::import::add_changes(act, county, &[made]).await?)
}

/// Gives a person another record and says which fields it changes; visits of open campaigns are counted anew.
pub(crate) async fn replace(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    units: &UnitTree,
    stored: &Stored,
    after: &Person,
    by: By<'_>,
) -> Result<Vec<&'static str>, Problem> {
    let id = stored.id;
    let fields = differences(&stored.person, after, units);
    let key = app.person_key(county, id, &stored.record)?;
    let sealed = (&app.sealer, county, &key);
    let mut record = PersonRecord::seal(id, after, sealed, None, stored.record.received_at_ms);
    record.created_import.clone_from(&stored.record.created_import);
    record.version = stored.record.version + 1;
    let identities: Vec<IdentityRecord> =
        after.identities.iter().map(|it| IdentityRecord::new(id, it)).collect();
    store::person::replace_many(act, county, &[record], &identities).await?;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let changes: Vec<Change> = fields
        .iter()
        .map(|it| {
            let (before, after) = (text(&it.before), text(&it.after));
            change(app, (county, &key), id, (it.field, before.as_deref(), after.as_deref()), by)
        })
        .collect();
    store::import::add_changes(act, county, &changes).await?;
    refold::persons_changed(act, county, units, &[id.0]).await?;
    Ok(fields.into_iter().map(|it| it.field).collect())
}

/// One line of a person's history; both values are sealed whatever they are.
fn change(
    app: &App,
    key: (CountyCode, &OwnKey),
    person: PersonId,
    (field, before, after): (&'static str, Option<&str>, Option<&str>),
    by: By<'_>,
) -> Change {
    let sealed = |text: &str| app.seal_change(key, person, field, text);
    Change {
        id: app.id::<uuid::Uuid>().to_string(),
        import_id: None,
        row_id: person.to_string(),
        field: field.to_owned(),
        before_sealed: before.map(sealed),
        after_sealed: after.map(sealed),
        at_ms: app.now_ms(),
        by_actor: Some(by.caller.actor.clone()),
        act: Some(by.act.to_owned()),
    }
}
