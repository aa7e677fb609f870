//! Who of a year is confirmed: pages, one person, and how units stand.

use crate::page::{Asked, Page};
use crate::person::{Summary, Wanted as Persons};
use crate::{App, Caller, Code, Problem, person};
use domain::authority::Permission;
use domain::confirmation::Means;
use domain::ids::{FileId, PersonId, UnitId};
use domain::region::CountyCode;
use domain::unit::Unit;
use std::collections::HashMap;
use store::confirmation::Confirmation as Row;

/// Whose confirmations are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The year.
    pub year: i16,
    /// Who is looked for, and where.
    pub persons: Persons,
    /// Everyone who is alive, not only those who receive allowances.
    pub everyone: bool,
    /// Confirmed (`true`), or still to be.
    pub confirmed: Option<bool>,
}

/// A confirmation as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The year.
    pub year: i64,
    /// By what.
    pub means: Means,
    /// The day.
    pub confirmed_on: String,
    /// Files that show it.
    pub files: Vec<FileId>,
    /// Whether there is a remark.
    pub has_remark: bool,
    /// The remark, where one confirmation is looked at.
    pub remark: Option<String>,
    /// The visit that served.
    pub visit: Option<String>,
    /// Who wrote it down.
    pub by: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Version.
    pub version: i64,
}

/// A person of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Who.
    pub person: Summary,
    /// The year's confirmation; `None`: to be confirmed.
    pub confirmation: Option<Shown>,
}

/// How many persons of a unit are confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCount {
    /// Code and name.
    pub unit: (String, String),
    /// Persons to be confirmed and confirmed, 人.
    pub persons: i64,
    /// Of them confirmed, 人.
    pub confirmed: i64,
}

/// How a year stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// 人
    pub persons: i64,
    /// Of them confirmed, 人.
    pub confirmed: i64,
    /// Confirmed by what, 人.
    pub by_means: Vec<(Means, i64)>,
    /// By the units right below.
    pub units: Vec<UnitCount>,
}

/// The persons of a year with their confirmations.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<Page<Line>, Problem> {
    app.permit(caller, Permission::ConfirmationRead, county).await?;
    let year = i64::from(wanted.year);
    let persons = Persons {
        allowance: (!wanted.everyone).then_some(true),
        living: true,
        confirmed: wanted.confirmed.map(|confirmed| (year, confirmed)),
        ..wanted.persons.clone()
    };
    let page = person::list(app, caller, county, &persons, asked).await?;
    let ids: Vec<String> = page.items.iter().map(|it| it.id.to_string()).collect();
    let mut tx = app.db.read().await?;
    let rows = store::confirmation::of(&mut tx, county, year, &ids).await?;
    let mut rows: HashMap<String, Row> = rows.into_iter().map(|row| (row.person_id.clone(), row)).collect();
    let mut items = Vec::with_capacity(page.items.len());
    for person in page.items {
        let confirmation = rows.remove(&person.id.to_string()).map(|row| shown(&row)).transpose()?;
        items.push(Line { person, confirmation });
    }
    Ok(Page { items, next: page.next })
}

fn corrupt() -> Problem {
    Problem::new(Code::Storage, "年度确认的记录读不出来")
}

fn shown(row: &Row) -> Result<Shown, Problem> {
    Ok(Shown {
        year: row.year,
        means: Means::from_code(&row.means).ok_or_else(corrupt)?,
        confirmed_on: row.confirmed_on.clone(),
        files: serde_json::from_str(&row.files_json).map_err(|_| corrupt())?,
        has_remark: row.remark_sealed.is_some(),
        remark: None,
        visit: row.visit_id.clone(),
        by: row.by_actor.clone(),
        at_ms: row.at_ms,
        version: row.version,
    })
}

/// A person's confirmation for a year with its remark; `None` when there is none.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    year: i16,
    id: PersonId,
) -> Result<Option<Shown>, Problem> {
    app.permit(caller, Permission::ConfirmationRead, county).await?;
    person::get(app, caller, county, id, false).await?;
    let mut tx = app.db.read().await?;
    let found = store::confirmation::of(&mut tx, county, i64::from(year), &[id.to_string()]).await?.pop();
    let Some(row) = found else { return Ok(None) };
    let remark = row.remark_sealed.as_deref().map(|sealed| {
        app.sealer
            .open_text(store::Place { county, table: "confirmation", row: id.0, field: "remark" }, sealed)
    });
    Ok(Some(Shown { remark: remark.transpose()?, ..shown(&row)? }))
}

/// All years in which a person was confirmed, the latest first.
pub async fn of_person(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
) -> Result<Vec<Shown>, Problem> {
    app.permit(caller, Permission::RosterRead, county).await?;
    person::get(app, caller, county, id, false).await?;
    let mut tx = app.db.read().await?;
    store::confirmation::of_person(&mut tx, county, id).await?.iter().map(shown).collect()
}

/// How a year stands in a unit and in the units right below it.
pub async fn counts(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    year: i16,
    (unit, everyone): (Option<&str>, bool),
) -> Result<Counts, Problem> {
    let scope = app.permit(caller, Permission::ConfirmationRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let top = crate::authority::unit_in(&units, &scope, unit)?;
    let tally = store::confirmation::tally(&mut tx, county, i64::from(year), !everyone).await?;
    let mut counts = Counts { persons: 0, confirmed: 0, by_means: Vec::new(), units: Vec::new() };
    let mut below: HashMap<UnitId, (i64, i64)> = HashMap::new();
    let mut means: HashMap<Means, i64> = HashMap::new();
    for row in tally {
        let home = row.village.unwrap_or(row.township);
        let path = units.scopes(home);
        if !path.contains(&top.id) || !scope.covers_person(&units, row.township, row.village) {
            continue;
        }
        let confirmed = if row.means.is_some() { row.count } else { 0 };
        counts.persons += row.count;
        counts.confirmed += confirmed;
        if let Some(means_of) = row.means.as_deref().and_then(Means::from_code) {
            *means.entry(means_of).or_default() += row.count;
        }
        // The unit right below the one that is looked at, or that one itself.
        let place = path.iter().position(|id| *id == top.id).unwrap_or_default();
        let child = path[place.saturating_sub(1)];
        let sums = below.entry(child).or_default();
        *sums = (sums.0 + row.count, sums.1 + confirmed);
    }
    counts.by_means = Means::ALL.iter().map(|it| (*it, means.get(it).copied().unwrap_or_default())).collect();
    let mut listed: Vec<&Unit> = below.keys().filter_map(|id| units.get(*id)).collect();
    listed.sort_by(|a, b| a.code.cmp(&b.code));
    counts.units = listed
        .into_iter()
        .map(|unit| {
            let (persons, confirmed) = below[&unit.id];
            UnitCount { unit: (unit.code.clone(), unit.name.clone()), persons, confirmed }
        })
        .collect();
    Ok(counts)
}
