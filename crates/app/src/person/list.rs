//! Pages of persons, masked.

use crate::page::{Asked, Page};
use crate::within::units_of;
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::citizen::CitizenId;
use domain::ids::PersonId;
use domain::mask;
use domain::person::{Hardship, Identity, PersonStatus};
use domain::region::CountyCode;
use domain::text::is_chinese;
use domain::unit::{UnitKind, UnitTree};
use std::collections::HashMap;
use store::person::{Filter, Listed, Order, Search};

/// How many are counted at most.
const MOST_COUNTED: usize = 10_000;

/// Which persons are asked for, as people say it.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Name, pinyin or its first letters, the last four of the number, or the whole number.
    pub search: Option<String>,
    /// A township or village: code, name or alias.
    pub unit: Option<String>,
    /// Class code.
    pub class: Option<String>,
    /// Grade.
    pub grade: Option<i64>,
    /// Status code.
    pub status: Option<String>,
    /// Hardship code.
    pub hardship: Option<String>,
    /// Who receives periodic allowances (`true`), or does not.
    pub allowance: Option<bool>,
    /// Only those who are neither dead nor moved nor stopped.
    pub living: bool,
    /// Confirmed for this year (`true`), or still to be.
    pub confirmed: Option<(i64, bool)>,
    /// In the order they came instead of by name.
    pub by_time: bool,
    /// Names in full, where the caller may see them.
    pub full_names: bool,
}

/// A person in a list.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Who.
    pub id: PersonId,
    /// Name; masked unless it was asked for in full and may be seen.
    pub name: String,
    /// Number, masked.
    pub citizen: String,
    /// Year of birth; 0 when it is not known.
    pub birth_year: i64,
    /// Whether they receive periodic allowances.
    pub allowance: bool,
    /// Township: code and name.
    pub township: (String, String),
    /// Village: code and name.
    pub village: Option<(String, String)>,
    /// Status.
    pub status: PersonStatus,
    /// Open hardship marks.
    pub hardship: Vec<Hardship>,
    /// Identities.
    pub identities: Vec<Identity>,
    /// Version of the record.
    pub version: i64,
}

/// One page of the persons whom the caller may see.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<Page<Summary>, Problem> {
    let scope = app.permit(caller, Permission::RosterRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<(String, String)> = asked.after(app, county, "person")?;
    let after = after.map(|(key, id)| store::person::Place { key, id });
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let Some(filter) = filter(app, county, wanted, &scope, &units)? else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let order = if wanted.by_time { Order::Received } else { Order::Name };
    let rows = store::person::list(&mut tx, county, &filter, order, after.as_ref(), limit + 1).await?;
    let names = if wanted.full_names { caller.names(county) } else { None };
    Page::cut(
        app,
        (county, "person"),
        rows,
        limit,
        |row| (row.place.key.clone(), row.place.id.clone()),
        |row| summary(app, county, &units, names.as_ref(), row),
    )
}

/// How many there are, and whether the counting stopped there.
pub async fn count(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
) -> Result<(usize, bool), Problem> {
    let scope = app.permit(caller, Permission::RosterRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let Some(filter) = filter(app, county, wanted, &scope, &units)? else { return Ok((0, false)) };
    let count = store::person::count(&mut tx, county, &filter, MOST_COUNTED + 1).await?;
    Ok((count.min(MOST_COUNTED), count > MOST_COUNTED))
}

/// The filter; `None` when the unit is one that has no persons.
pub(super) fn filter(
    app: &App,
    county: CountyCode,
    wanted: &Wanted,
    scope: &Scope,
    units: &UnitTree,
) -> Result<Option<Filter>, Problem> {
    let mut filter = Filter {
        search: search(app, county, wanted.search.as_deref().unwrap_or_default())?,
        within: units_of(scope, units),
        class: wanted.class.clone(),
        grade: wanted.grade,
        status: wanted.status.clone(),
        hardship: wanted.hardship.clone(),
        allowance: wanted.allowance,
        living: wanted.living,
        confirmed: wanted.confirmed,
        ..Filter::default()
    };
    narrow(&mut filter, scope, units);
    if let Some(word) = &wanted.unit {
        let unit = crate::authority::unit_in(units, scope, Some(word.as_str()))?;
        match unit.kind {
            UnitKind::County => {}
            UnitKind::Township => filter.township = Some(unit.id),
            UnitKind::Village => filter.village = Some(unit.id),
            _ => return Ok(None),
        }
    }
    Ok(Some(filter))
}

/// The scope of one village, or of one township with its villages, has an index of its own.
fn narrow(filter: &mut Filter, scope: &Scope, units: &UnitTree) {
    let Scope::Units(roots) = scope else { return };
    let [root] = roots.as_slice() else { return };
    match units.get(root.unit).map(|unit| unit.kind) {
        Some(UnitKind::Village) => filter.village = Some(root.unit),
        Some(UnitKind::Township) if root.with_below => filter.township = Some(root.unit),
        _ => return,
    }
    filter.within = None;
}

/// What a word in the search field means.
fn search(app: &App, county: CountyCode, typed: &str) -> Result<Search, Problem> {
    let typed: String = typed.trim().chars().take(40).collect();
    if typed.is_empty() {
        return Ok(Search::All);
    }
    let last_four = typed.len() == 4
        && typed.bytes().take(3).all(|byte| byte.is_ascii_digit())
        && typed.bytes().all(|byte| byte.is_ascii_digit() || byte.eq_ignore_ascii_case(&b'x'));
    if last_four {
        return Ok(Search::LastFour(app.sealer.last4_index(county, &typed.to_ascii_uppercase())));
    }
    if let Ok((number, _)) = CitizenId::parse(&typed) {
        return Ok(Search::Number(app.sealer.citizen_index(&number)));
    }
    if typed.chars().any(is_chinese) {
        return Ok(Search::Name(domain::visit::name_key(&typed)));
    }
    let letters = typed.to_ascii_lowercase();
    if letters.len() < 2 || !letters.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ') {
        let message = "请输入姓名、拼音或拼音首字母（至少两个字母）、公民身份号码或其末四位";
        return Err(Problem::new(Code::BadRequest, message));
    }
    Ok(Search::Letters(letters))
}

fn summary(
    app: &App,
    county: CountyCode,
    units: &UnitTree,
    names: Option<&Scope>,
    row: Listed,
) -> Result<Summary, Problem> {
    let field = ("citizen", row.citizen_sealed.as_str());
    let number = store::person::open_field((&app.sealer, county), row.id, row.key_sealed.as_deref(), field)?;
    let home = row.village_id.unwrap_or(row.township_id);
    let name =
        if crate::authority::shows_name(names, units, home) { row.name } else { mask::name(&row.name) };
    let unit = |id| units.get(id).map(|unit| (unit.code.clone(), unit.name.clone()));
    Ok(Summary {
        id: row.id,
        name,
        citizen: mask::citizen(&number),
        birth_year: row.birth.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default(),
        allowance: row.allowance,
        township: unit(row.township_id).unwrap_or_default(),
        village: row.village_id.and_then(unit),
        status: row.status,
        hardship: row.hardship,
        identities: row.identities,
        version: row.version,
    })
}

/// These persons as lists show them, by id.
pub(crate) async fn summaries(
    tx: &mut store::Tx,
    app: &App,
    county: CountyCode,
    (units, names): (&UnitTree, Option<&Scope>),
    ids: &[String],
) -> Result<HashMap<PersonId, Summary>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found = HashMap::with_capacity(ids.len());
    for (record, identities) in store::person::by_ids(tx, county, ids).await? {
        // An erased record is empty: there is nobody to show.
        if record.status == "erased" {
            continue;
        }
        let person = record.open(identities, &app.sealer, county)?;
        let Ok(id) = record.id.parse::<PersonId>() else { continue };
        let home = person.village_id.unwrap_or(person.township_id);
        let shows = crate::authority::shows_name(names, units, home);
        let unit = |id| units.get(id).map(|unit| (unit.code.clone(), unit.name.clone()));
        let summary = Summary {
            id,
            name: if shows { person.name.clone() } else { mask::name(&person.name) },
            citizen: mask::citizen(person.citizen.reveal()),
            birth_year: i64::from(person.citizen.birth().year()),
            allowance: person.allowance,
            township: unit(person.township_id).unwrap_or_default(),
            village: person.village_id.and_then(unit),
            status: person.status,
            hardship: person.hardship,
            identities: person.identities,
            version: record.version,
        };
        found.insert(id, summary);
    }
    Ok(found)
}
