//! Where the time of a roster import goes: its steps one after the other, each alone on one core.
//!
//! The import itself reads while it checks and seals while it inserts, so its own time is less than the sum.

use super::measure::{Figures, Watch};
use super::world;
use domain::ids::PersonId;
use domain::roster::{COLUMNS, Checker, RosterRow, SeenRows, create};
use domain::unit::UnitTree;
use formats::sheet::{Limits, SheetError};
use std::ops::ControlFlow;
use std::path::Path;
use store::StoreError;
use store::person::{IdentityRecord, PersonRecord};

type Sealed = (Vec<PersonRecord>, Vec<IdentityRecord>);

/// Runs the steps on a roster file.
pub async fn run(folder: &Path, file: &str) -> Result<Figures, Box<dyn std::error::Error>> {
    let path = folder.join(file);
    let app = world::open(&folder.join(format!("{file}.phases")), 7).await?;
    app::county::init(&app, &world::caller(), &world::county()?).await?;
    let units = app::unit::tree(&app, &world::caller(), world::code()).await?;
    let whole = Watch::start();
    let mut said = Vec::new();

    let watch = Watch::start();
    formats::sheet::read(&path, COLUMNS, &[], &Limits::default(), &mut |_| ControlFlow::Continue(()))?;
    said.push(("read", watch.stop("")));
    let watch = Watch::start();
    let rows = checked(&units, app.today(), &path)?;
    said.push(("read and check", watch.stop("")));
    let watch = Watch::start();
    app::roster::import(&app, &world::caller(), world::code(), &path, true).await?;
    said.push(("read, check and plan", watch.stop("")));
    let watch = Watch::start();
    let sealed = seal(&app, &rows);
    drop(rows);
    said.push(("seal", watch.stop("")));
    let watch = Watch::start();
    said.push(("insert", insert(&app, sealed).await?));
    said.push(("insert and commit", watch.stop("")));

    let each =
        said.iter().map(|(step, took)| format!("{step} {} ms (CPU {} ms)", took.wall_us / 1000, took.cpu_ms));
    let note = each.collect::<Vec<_>>().join(", ");
    app.db.close().await;
    Ok(whole.stop(note))
}

fn checked(units: &UnitTree, today: jiff::civil::Date, path: &Path) -> Result<Vec<RosterRow>, SheetError> {
    let mut checker = Checker::new(units, today);
    let mut seen = SeenRows::new();
    let (mut rows, mut findings) = (Vec::new(), Vec::new());
    formats::sheet::read(path, COLUMNS, &[], &Limits::default(), &mut |raw| {
        if let Ok(row) = checker.check(&raw, &mut findings)
            && seen.admit(&row).is_none()
        {
            rows.push(row);
        }
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn seal(app: &app::App, rows: &[RosterRow]) -> Sealed {
    let (mut persons, mut identities) = (Vec::new(), Vec::new());
    for row in rows {
        let id: PersonId = app.id();
        let person = create(row);
        identities.extend(person.identities.iter().map(|identity| IdentityRecord::new(id, identity)));
        let mut random = [0; 16];
        app.chance.fill(&mut random);
        let key = store::person::new_key(&app.sealer, world::code(), id, random);
        let sealed = (&app.sealer, world::code(), &key);
        persons.push(PersonRecord::seal(id, &person, sealed, None, app.now_ms()));
    }
    (persons, identities)
}

/// The insert alone; COMMIT is the rest of the act.
async fn insert(app: &app::App, (persons, identities): Sealed) -> Result<Figures, StoreError> {
    app.db
        .write(world::code(), move |act| {
            Box::pin(async move {
                let watch = Watch::start();
                let load = store::person::begin_load(act, persons.len()).await?;
                store::person::add_many(act, world::code(), &persons, &identities).await?;
                load.finish(act).await?;
                act.nothing_written();
                Ok(watch.stop(""))
            })
        })
        .await
}
