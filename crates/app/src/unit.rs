//! Units: found by code, name or alias; renamed, merged and split without losing history.

use crate::{App, Caller, Code, Problem, guard};
use domain::authority::Permission;
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::unit::{Unit, UnitKind, UnitTree};
use domain::visit::object_key;
use jiff::civil::Date;
use serde_json::json;
use std::sync::Arc;
use store::unit::{UnitChange, UnitEvent};
use store::{Act, Tx};

/// The units of a county that the caller may reach, and those above them.
pub async fn tree(app: &App, caller: &Caller, county: CountyCode) -> Result<Arc<UnitTree>, Problem> {
    let scope = app.permit(caller, Permission::UnitRead, county).await?;
    Ok(scope.narrow(all(app, county).await?))
}

/// All units of a county, for the rules.
pub(crate) async fn all(app: &App, county: CountyCode) -> Result<Arc<UnitTree>, Problem> {
    let mut tx = app.db.read().await?;
    tree_in(&mut tx, county).await
}

pub(crate) async fn tree_in(tx: &mut Tx, county: CountyCode) -> Result<Arc<UnitTree>, Problem> {
    let reference = store::reference::get(tx, county).await?;
    tree_of(&reference, county)
}

/// The units of what was read already.
pub(crate) fn tree_of(
    reference: &store::reference::Reference,
    county: CountyCode,
) -> Result<Arc<UnitTree>, Problem> {
    reference.units.clone().ok_or_else(|| {
        Problem::new(
            Code::CountyMissing,
            format!("县 {county} 还没有单位，请先运行 shuangyong init --county {county}"),
        )
    })
}

fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::UnitRefused, message)
}

/// Adds a unit under a parent, or under the county.
pub async fn add(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    name: &str,
    kind: &str,
    parent: Option<&str>,
) -> Result<Unit, Problem> {
    app.permit(caller, Permission::UnitChange, county).await?;
    let name = name.trim().to_owned();
    guard::check_text(app, caller, county, &[("单位名称", &name)]).await?;
    let kind = UnitKind::from_code(kind).filter(|kind| *kind != UnitKind::County).ok_or_else(|| {
        let known = UnitKind::ALL.iter().skip(1).map(|kind| format!("{}（{}）", kind.code(), kind.label()));
        Problem::new(
            Code::BadRequest,
            format!("没有“{kind}”这种单位，可写 {}", known.collect::<Vec<_>>().join("、")),
        )
    })?;
    if name.is_empty() {
        return Err(Problem::new(Code::BadRequest, "单位名称不能为空"));
    }
    let (inner, caller, parent) = (app.clone(), caller.clone(), parent.map(str::to_owned));
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = tree_in(act, county).await?;
                let parent = parent.as_deref().map_or_else(|| Ok(units.root()), |word| units.find(word))?;
                if kind == UnitKind::Village && parent.kind != UnitKind::Township {
                    return Err(refused("村（社区）要用 --parent 写明所属乡镇（街道）"));
                }
                if units.children(parent.id).iter().any(|unit| unit.name == name) {
                    return Err(refused(format!("{}下已有“{name}”", parent.name)));
                }
                let unit = Unit {
                    id: inner.id(),
                    code: next_code(&units, county, kind, parent),
                    kind,
                    short_name: name.clone(),
                    name,
                    parent_id: Some(parent.id),
                    valid_from: Some(inner.today()),
                    valid_to: None,
                    aliases: Vec::new(),
                };
                store::unit::add_many(act, county, std::slice::from_ref(&unit)).await?;
                let created = event(
                    &inner,
                    UnitChange::Created,
                    unit.id,
                    None,
                    inner.today(),
                    (None, Some(&unit.name)),
                );
                store::unit::change_many(act, county, &[], &[created]).await?;
                if kind == UnitKind::Township {
                    issue(act, &inner, county, &unit).await?;
                }
                let detail = json!({ "kind": kind, "name": unit.name });
                act.audit(inner.entry(&caller, "unit.add", "unit", &unit.code, detail)).await?;
                Ok(unit)
            })
        })
        .await
}

/// The next free code: townships and villages get one outside the official numbers, others count on.
fn next_code(units: &UnitTree, county: CountyCode, kind: UnitKind, parent: &Unit) -> String {
    let taken = |code: &str| units.all().iter().any(|unit| unit.code == code);
    let candidates: Box<dyn Iterator<Item = String>> = match kind {
        UnitKind::Township => Box::new((900..1000).map(move |number| format!("{county}{number:03}000"))),
        UnitKind::Village => {
            let head = parent.code[..9].to_owned();
            Box::new((900..1000).map(move |number| format!("{head}{number:03}")))
        }
        _ => {
            let letter = match kind {
                UnitKind::PartyDepartment => 'B',
                UnitKind::PeopleOrganisation => 'E',
                UnitKind::Institution => 'F',
                UnitKind::Troop => 'T',
                _ => 'D',
            };
            Box::new((1..100_000).map(move |number| format!("{county}{letter}{number:03}")))
        }
    };
    let mut candidates = candidates.skip_while(|code| taken(code));
    candidates.next().unwrap_or_else(|| format!("{county}X{}", units.all().len()))
}

/// Gives a unit a new name; the old one stays as an alias.
pub async fn rename(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    unit: &str,
    to: &str,
    on: Date,
) -> Result<(), Problem> {
    app.permit(caller, Permission::UnitChange, county).await?;
    guard::check_text(app, caller, county, &[("单位名称", to)]).await?;
    let (inner, caller, typed, to) = (app.clone(), caller.clone(), unit.to_owned(), to.trim().to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = tree_in(act, county).await?;
                let unit = units.find(&typed)?;
                if to.is_empty() || to == unit.name {
                    return Err(refused("新名称为空或与现名相同"));
                }
                let renamed = Unit { name: to.clone(), short_name: to.clone(), ..unit.clone() };
                let event =
                    event(&inner, UnitChange::Renamed, unit.id, None, on, (Some(&unit.name), Some(&to)));
                store::unit::change_many(act, county, &[renamed], &[event]).await?;
                for old in [&unit.name, &unit.short_name] {
                    store::unit::add_alias(act, county, unit.id, old).await?;
                }
                let detail = json!({ "before": unit.name, "after": to, "on": on });
                act.audit(inner.entry(&caller, "unit.rename", "unit", &unit.code, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// Adds another name by which a unit is found.
pub async fn alias(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    unit: &str,
    alias: &str,
) -> Result<(), Problem> {
    app.permit(caller, Permission::UnitChange, county).await?;
    guard::check_text(app, caller, county, &[("单位别名", alias)]).await?;
    let (inner, caller, typed, alias) =
        (app.clone(), caller.clone(), unit.to_owned(), alias.trim().to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = tree_in(act, county).await?;
                let unit = units.find(&typed)?;
                match units.find(&alias) {
                    Ok(other) if other.id != unit.id => {
                        return Err(refused(format!("“{alias}”已经是{}的名称", other.name)));
                    }
                    _ if alias.is_empty() => return Err(refused("别名不能为空")),
                    _ => {}
                }
                store::unit::add_alias(act, county, unit.id, &alias).await?;
                let detail = json!({ "alias": alias });
                act.audit(inner.entry(&caller, "unit.alias", "unit", &unit.code, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// Puts a unit into another of its kind: its villages, persons and visits of open campaigns follow, its names become
/// aliases, and it ends on that day.
pub async fn merge(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    unit: &str,
    into: &str,
    on: Date,
) -> Result<(), Problem> {
    app.permit(caller, Permission::UnitChange, county).await?;
    let (inner, caller, typed, into) = (app.clone(), caller.clone(), unit.to_owned(), into.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = tree_in(act, county).await?;
                let (unit, kept) = (units.find(&typed)?, units.find(&into)?);
                if unit.id == kept.id || unit.kind != kept.kind || unit.kind == UnitKind::County {
                    return Err(refused(format!("{}和{}不是两个同类单位，不能合并", unit.name, kept.name)));
                }
                let mut changed: Vec<Unit> = units
                    .children(unit.id)
                    .into_iter()
                    .map(|child| Unit { parent_id: Some(kept.id), ..child.clone() })
                    .collect();
                changed.push(Unit { valid_to: Some(on), ..unit.clone() });
                let names = (Some(unit.name.as_str()), Some(kept.name.as_str()));
                let event = event(&inner, UnitChange::Merged, unit.id, Some(kept.id), on, names);
                store::unit::change_many(act, county, &changed, &[event]).await?;
                store::person::move_unit(act, county, unit.id, kept.id).await?;
                store::file::move_unit(act, county, unit.id, kept.id).await?;
                store::status_change::move_unit(act, county, unit.id, kept.id).await?;
                store::arrangement::move_unit(act, county, unit.id, kept.id).await?;
                store::ledger::move_unit(act, county, unit.id, kept.id).await?;
                move_visits(act, &inner, county, unit.id, kept.id).await?;
                for name in [&unit.name, &unit.short_name].into_iter().chain(&unit.aliases) {
                    store::unit::add_alias(act, county, kept.id, name).await?;
                }
                recount(act, county).await?;
                let detail = json!({ "unit": unit.name, "into": kept.name, "on": on });
                act.audit(inner.entry(&caller, "unit.merge", "unit", &unit.code, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// Makes a new township out of some villages of another; their persons and visits go with them.
pub async fn split(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    unit: &str,
    new: &str,
    villages: &[String],
    on: Date,
) -> Result<Unit, Problem> {
    app.permit(caller, Permission::UnitChange, county).await?;
    guard::check_text(app, caller, county, &[("单位名称", new)]).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    let (typed, new, villages) = (unit.to_owned(), new.trim().to_owned(), villages.to_vec());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = tree_in(act, county).await?;
                let from = units.find(&typed)?;
                if from.kind != UnitKind::Township || villages.is_empty() {
                    return Err(refused("只能从乡镇（街道）分出，并用 --village 写明划入的村（社区）"));
                }
                if units.find(&new).is_ok() {
                    return Err(refused(format!("已有名为“{new}”的单位")));
                }
                let made = Unit {
                    id: inner.id(),
                    code: next_code(&units, county, UnitKind::Township, from),
                    kind: UnitKind::Township,
                    name: new.clone(),
                    short_name: new.clone(),
                    parent_id: from.parent_id,
                    valid_from: Some(on),
                    valid_to: None,
                    aliases: Vec::new(),
                };
                store::unit::add_many(act, county, std::slice::from_ref(&made)).await?;
                let mut moved = Vec::with_capacity(villages.len());
                for village in &villages {
                    let village = units.village(from.id, village).ok_or_else(|| {
                        refused(format!("{}没有村（社区）“{village}”，没有拆分", from.name))
                    })?;
                    moved.push(Unit { parent_id: Some(made.id), ..village.clone() });
                    store::person::move_township(act, county, village.id, made.id).await?;
                }
                let names = (Some(from.name.as_str()), Some(made.name.as_str()));
                let event = event(&inner, UnitChange::Split, made.id, Some(from.id), on, names);
                store::unit::change_many(act, county, &moved, &[event]).await?;
                issue(act, &inner, county, &made).await?;
                recount(act, county).await?;
                let detail = json!({ "from": from.name, "new": made.name, "villages": villages, "on": on });
                act.audit(inner.entry(&caller, "unit.split", "unit", &made.code, detail)).await?;
                Ok(made)
            })
        })
        .await
}

/// Puts visits and candidates of one unit under another. The visits' keys name the unit: without new ones the same
/// rows sent again would count twice.
async fn move_visits(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    from: UnitId,
    to: UnitId,
) -> Result<(), Problem> {
    store::candidate::move_unit(act, county, from, to).await?;
    for campaign in crate::refold::open_campaigns(act, county).await? {
        let mut visits = store::visit::by_units(act, county, campaign.id, &[from]).await?;
        for visit in &mut visits {
            visit.object_key = app.sealer.visit_index(&object_key(
                to,
                visit.facts.visited_on,
                &visit.facts.object,
                &visit.facts.leader_name,
            ));
        }
        store::visit::update_places(act, county, &visits).await?;
    }
    store::visit::move_unit(act, county, from, to).await?;
    Ok(())
}

/// Issues every open campaign to a township that came after it: its visits are awaited too.
async fn issue(act: &mut Act, app: &App, county: CountyCode, township: &Unit) -> Result<(), Problem> {
    for campaign in crate::refold::open_campaigns(act, county).await? {
        store::campaign::issue(act, county, campaign.id, &[township.id], app.now_ms()).await?;
    }
    Ok(())
}

/// Counts the visits of every open campaign by the tree as it is now.
async fn recount(act: &mut Act, county: CountyCode) -> Result<(), Problem> {
    let units = tree_in(act, county).await?;
    for campaign in crate::refold::open_campaigns(act, county).await? {
        crate::statistics::rebuild(act, county, &campaign, &units).await?;
    }
    Ok(())
}

fn event(
    app: &App,
    change: UnitChange,
    unit: UnitId,
    other: Option<UnitId>,
    on: Date,
    (before, after): (Option<&str>, Option<&str>),
) -> UnitEvent {
    UnitEvent {
        id: app.id(),
        change,
        unit,
        other,
        on,
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        at_ms: app.now_ms(),
    }
}
