//! The roster as a file: one row per person, every protected value masked.

use super::list::{Wanted, filter};
use crate::authority::shows_name;
use crate::export::{Kind, Made, Progress, failed};
use crate::{App, Caller, Problem};
use domain::authority::{Permission, Scope};
use domain::mask;
use domain::person::Identity;
use domain::region::CountyCode;
use domain::roster::Person;
use domain::unit::UnitTree;
use formats::document::Taken;
use formats::roster::{Cells, Out};
use std::collections::HashMap;
use std::sync::Arc;
use store::Sealer;
use store::person::{Order, PersonRecord};
use tokio::sync::mpsc::Receiver;

/// How many persons are read at once.
const PAGE: usize = 1_000;
/// Pages that may wait to be written.
const AHEAD: usize = 2;

/// How many there are; counting stops behind `most`.
pub(crate) async fn count_export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    most: usize,
) -> Result<usize, Problem> {
    let scope = app.permit(caller, Permission::RosterExport, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let Some(filter) = filter(app, county, wanted, &scope, &units)? else { return Ok(0) };
    Ok(store::person::count(&mut tx, county, &filter, most).await?)
}

/// Records with their identities, in the order of the list.
type Page = Vec<(PersonRecord, Vec<Identity>)>;

/// What turns records into rows.
struct Rows {
    sealer: Sealer,
    county: CountyCode,
    units: Arc<UnitTree>,
    names: Option<Scope>,
}

/// Makes the file.
pub(crate) async fn write_export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    kind: Kind,
    progress: Progress<'_>,
) -> Result<Made, Problem> {
    let scope = app.permit(caller, Permission::RosterExport, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let top = crate::authority::unit_in(&units, &scope, wanted.unit.as_deref());
    let place = top.map_or_else(|_| String::new(), |unit| unit.name.clone());
    let (pages, waiting) = tokio::sync::mpsc::channel(AHEAD);
    let writing = {
        let names = if wanted.full_names { caller.names(county) } else { None };
        let rows = Rows { sealer: app.sealer.clone(), county, units: Arc::clone(&units), names };
        let (heading, taken) = (format!("{place}优抚对象名册"), app.taken(caller));
        tokio::task::spawn_blocking(move || rows.write(kind, &heading, &taken, waiting))
    };
    let filter = filter(app, county, wanted, &scope, &units)?;
    let (mut after, mut rows) = (None, 0);
    while let Some(filter) = &filter {
        let page = store::person::list(&mut tx, county, filter, Order::Name, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.place.clone());
        let ids: Vec<String> = page.iter().map(|it| it.id.to_string()).collect();
        let records = store::person::by_ids(&mut tx, county, &ids).await?;
        let mut records: HashMap<String, _> = records.into_iter().map(|it| (it.0.id.clone(), it)).collect();
        let records: Page = ids.iter().filter_map(|id| records.remove(id)).collect();
        rows += records.len() as u64;
        // Nobody takes a page any more when the writing failed: its answer below says why.
        if pages.send(records).await.is_err() || page.len() < PAGE {
            break;
        }
        progress(rows);
    }
    drop(pages);
    let bytes = writing.await.map_err(|_| crate::interrupted())??;
    Ok(Made { name: format!("{place}名册.{}", kind.ending()), bytes, rows })
}

impl Rows {
    fn write(
        &self,
        kind: Kind,
        heading: &str,
        taken: &Taken,
        mut pages: Receiver<Page>,
    ) -> Result<Vec<u8>, Problem> {
        let mut out = Out::new(kind, heading, taken).map_err(|error| failed(&error))?;
        while let Some(page) = pages.blocking_recv() {
            for (record, identities) in page {
                let person = record.open(identities, &self.sealer, self.county)?;
                out.add(&self.cells(person)).map_err(|error| failed(&error))?;
            }
        }
        out.finish().map_err(|error| failed(&error))
    }

    fn cells(&self, person: Person) -> Cells {
        let unit = |id| self.units.get(id).map(|unit| unit.name.clone()).unwrap_or_default();
        let filled = |value: &Option<String>| if value.is_some() { "（已填写）" } else { "" }.to_owned();
        let home = person.village_id.unwrap_or(person.township_id);
        let is_full = shows_name(self.names.as_ref(), &self.units, home);
        let hardship: Vec<&str> = person.hardship.iter().map(|it| it.label()).collect();
        let classes: Vec<&str> = person.identities.iter().map(|it| it.class.label()).collect();
        let grades = person.identities.iter().filter_map(|it| it.grade).map(|it| format!("{it}级"));
        let natures: Vec<&str> = person
            .identities
            .iter()
            .filter_map(|it| it.nature)
            .map(domain::person::DisabilityNature::label)
            .collect();
        [
            if is_full { person.name.clone() } else { mask::name(&person.name) },
            mask::citizen(person.citizen.reveal()),
            person.sex.label().to_owned(),
            person.ethnicity.unwrap_or_default(),
            classes.join("、"),
            grades.collect::<Vec<_>>().join("、"),
            natures.join("、"),
            person.certificate.unwrap_or_default(),
            person.household.unwrap_or_default(),
            unit(person.township_id),
            person.village_id.map(unit).unwrap_or_default(),
            filled(&person.address),
            person.phone.as_deref().map(mask::phone).unwrap_or_default(),
            if person.allowance { "是" } else { "否" }.to_owned(),
            person.bank_name.unwrap_or_default(),
            person.account.as_ref().map(|it| mask::account(it.reveal())).unwrap_or_default(),
            person.account_name.as_deref().map(mask::name).unwrap_or_default(),
            person.status.label().to_owned(),
            person.stopped_on.map(|day| day.to_string()).unwrap_or_default(),
            hardship.join("、"),
            filled(&person.note),
        ]
    }
}
