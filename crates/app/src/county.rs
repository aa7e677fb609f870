//! Setting a county up, and finding it again.

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::unit::{Unit, UnitKind};
use formats::division;
use formats::division::organs::OrganKind;
use serde_json::json;
use store::NewCounty;

/// A county of this database.
#[derive(Debug, Clone)]
pub struct CountyInfo {
    /// Six digits.
    pub code: String,
    /// Official name.
    pub name: String,
}

/// What `init` made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The county's name.
    pub name: String,
    /// Townships and sub-districts.
    pub townships: usize,
    /// Villages and communities.
    pub villages: usize,
    /// Departments, organisations, institutions.
    pub organs: usize,
}

/// Code and name of every county of this database: what a sign-in page shows before anybody is known.
pub async fn names(app: &App) -> Result<Vec<CountyInfo>, Problem> {
    let mut tx = app.db.read().await?;
    let counties = store::county::list(&mut tx).await?;
    Ok(counties.into_iter().map(|it| CountyInfo { code: it.code.to_string(), name: it.name }).collect())
}

/// The counties of this database that the caller may know of: an account its own, the machine's user all.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<CountyInfo>, Problem> {
    let mut tx = app.db.read().await?;
    let counties = store::county::list(&mut tx).await?;
    Ok(counties
        .into_iter()
        .filter(|it| caller.permit(Permission::UnitRead, it.code).is_ok())
        .map(|it| CountyInfo { code: it.code.to_string(), name: it.name })
        .collect())
}

pub(crate) async fn choose(app: &App, caller: &Caller, named: Option<&str>) -> Result<CountyCode, Problem> {
    let known = list(app, caller).await?;
    let picked = match named {
        Some(code) => known.iter().find(|county| county.code == code),
        None if known.len() > 1 => {
            let codes =
                known.iter().map(|it| format!("{} {}", it.code, it.name)).collect::<Vec<_>>().join("、");
            return Err(Problem::new(
                Code::CountyAmbiguous,
                format!("库中有 {codes}；请用 --in-county 代码 指明"),
            ));
        }
        None => known.first(),
    };
    picked.and_then(|county| county.code.parse().ok()).ok_or_else(|| {
        Problem::new(Code::CountyMissing, "库中还没有这个县，请先运行 shuangyong init --county 县级代码")
    })
}

/// Sets a county up with its townships, villages, departments and organisations (N01).
pub async fn init(app: &App, caller: &Caller, county: &division::County) -> Result<Made, Problem> {
    let code: CountyCode = county
        .code
        .parse()
        .map_err(|_| Problem::new(Code::CountyUnknown, format!("县级代码“{}”有误", county.code)))?;
    app.permit(caller, Permission::CountyInit, code).await?;
    let units = units(app, county);
    let count = |fits: fn(UnitKind) -> bool| units.iter().filter(|unit| fits(unit.kind)).count();
    let made = Made {
        name: county.name.clone(),
        townships: count(|kind| kind == UnitKind::Township),
        villages: count(|kind| kind == UnitKind::Village),
        organs: count(|kind| !matches!(kind, UnitKind::County | UnitKind::Township | UnitKind::Village)),
    };
    if list(app, caller).await?.iter().any(|known| known.code == county.code) {
        return Err(Problem::new(
            Code::CountyExists,
            format!("{}（{code}）已经建立，不会重复建立，也没有改动", county.name),
        ));
    }
    let new = NewCounty {
        code,
        name: county.name.clone(),
        place: county.name.chars().take(1).collect(),
        created_at_ms: app.now_ms(),
    };
    let (inner, caller) = (app.clone(), caller.clone());
    let detail = json!({ "townships": made.townships, "villages": made.villages, "organs": made.organs });
    app.db
        .found_county(new, move |act| {
            Box::pin(async move {
                store::unit::add_many(act, code, &units).await?;
                act.audit(inner.entry(&caller, "county.init", "county", code.as_str(), detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(made)
}

fn units(app: &App, county: &division::County) -> Vec<Unit> {
    let root = unit(app, county.code.clone(), UnitKind::County, &county.name, &county.name, None);
    let mut units = vec![root.clone()];
    for township in &county.townships {
        let name = &township.name;
        let mut above = unit(app, township.code.clone(), UnitKind::Township, name, name, Some(root.id));
        above.aliases.extend(spoken(name));
        for village in &township.villages {
            units.push(unit(
                app,
                village.code.clone(),
                UnitKind::Village,
                &village.name,
                &village.short_name,
                Some(above.id),
            ));
        }
        units.push(above);
    }
    for (place, organ) in division::organs::organs(&county.name).into_iter().enumerate() {
        let (letter, kind) = match organ.kind {
            OrganKind::Office => ('A', UnitKind::Office),
            OrganKind::VeteransBureau => ('A', UnitKind::VeteransBureau),
            OrganKind::FinanceBureau => ('A', UnitKind::FinanceBureau),
            OrganKind::PartyDepartment => ('B', UnitKind::PartyDepartment),
            OrganKind::Department => ('D', UnitKind::Department),
            OrganKind::PeopleOrganisation => ('E', UnitKind::PeopleOrganisation),
            OrganKind::Institution => ('F', UnitKind::Institution),
        };
        let code = format!("{}{letter}{:03}", county.code, place + 1);
        let mut unit = unit(app, code, kind, &organ.name, &organ.short_name, Some(root.id));
        unit.aliases = organ.aliases;
        units.push(unit);
    }
    units
}

/// What people say for a township: 黄水 for 黄水镇. Names of one character keep their ending.
fn spoken(name: &str) -> Option<String> {
    let stem = ["街道", "镇", "乡"].iter().find_map(|ending| name.strip_suffix(ending))?;
    (stem.chars().count() > 1).then(|| stem.to_owned())
}

fn unit(app: &App, code: String, kind: UnitKind, name: &str, short: &str, parent: Option<UnitId>) -> Unit {
    Unit {
        id: app.id(),
        code,
        kind,
        name: name.to_owned(),
        short_name: short.to_owned(),
        parent_id: parent,
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    }
}
