//! Entries that may be one human, side by side: somebody merges them or keeps them apart, and is not asked again.

use super::detail::{Detail, masked_detail, missing};
use super::write;
use crate::page::{Asked, Page};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::ids::PersonId;
use domain::mask;
use domain::region::CountyCode;
use domain::roster::{Person, differences};
use domain::unit::{UnitKind, UnitTree};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Tx;
use store::apart::Pair;
use store::person::PersonRecord;
use store::person::alike::By;
use uuid::Uuid;

/// Of a larger group only the pairs with its first entry are shown: the rest follows when these are decided.
const PAIRED: usize = 6;
/// Entries that are opened at once.
const CHUNK: usize = 5_000;

/// Two entries side by side.
#[derive(Debug, Clone)]
pub struct Twins {
    /// The one that was there first.
    pub first: Detail,
    /// The other.
    pub second: Detail,
    /// What they have in common, the most telling first.
    pub common: Vec<By>,
    /// Whether both live in the same village.
    pub same_village: bool,
    /// Fields in which they differ: code and title.
    pub differing: Vec<(&'static str, &'static str)>,
    /// How many visits each has.
    pub visits: (i64, i64),
}

/// Two entries that are kept apart.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The pair.
    pub pair: Pair,
    /// Names, masked.
    pub names: (String, String),
    /// Why.
    pub reason: Option<String>,
    /// Who said so.
    pub by: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

type Found = BTreeMap<Pair, BTreeSet<By>>;

/// Pairs of entries that may be one human, the most telling first; those that are kept apart are left out.
pub async fn duplicates(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (by, unit): (Option<By>, Option<&str>),
    asked: &Asked,
) -> Result<Page<Twins>, Problem> {
    let scope = app.permit(caller, Permission::RosterRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<(Rank, PersonId, PersonId)> = asked.after(app, county, "duplicate")?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let found = find(&mut tx, county, (&units, &scope), unit).await?;
    let mut pairs: Vec<(Pair, BTreeSet<By>)> =
        found.into_iter().filter(|(_, common)| by.is_none_or(|by| common.contains(&by))).collect();
    pairs.sort_by_key(|(pair, common)| (common.first().copied(), *pair));
    let place = |(pair, common): &(Pair, BTreeSet<By>)| (rank(common), pair.first, pair.second);
    let behind = pairs.partition_point(|it| after.is_some_and(|after| place(it) <= after));
    let rows: Vec<(Pair, BTreeSet<By>)> = pairs.into_iter().skip(behind).take(limit + 1).collect();
    let shown = open(&mut tx, app, county, &rows).await?;
    let today = app.today();
    Page::cut(app, (county, "duplicate"), rows, limit, place, |(pair, common)| {
        let one = |id: PersonId| shown.get(&id).ok_or_else(missing);
        let ((a, b), (one_visits, other_visits)) =
            ((&one(pair.first)?.0, &one(pair.second)?.0), (one(pair.first)?.1, one(pair.second)?.1));
        let detail = |id, (record, person): &(PersonRecord, Person)| {
            masked_detail(id, record, person.clone(), &units, today)
        };
        Ok(Twins {
            first: detail(pair.first, a),
            second: detail(pair.second, b),
            common: common.into_iter().collect(),
            same_village: a.1.village_id.is_some() && a.1.village_id == b.1.village_id,
            differing: differences(&a.1, &b.1, &units).into_iter().map(|it| (it.field, it.title)).collect(),
            visits: (one_visits, other_visits),
        })
    })
}

/// The place of the most telling thing in common, as a cursor keeps it.
type Rank = usize;

fn rank(common: &BTreeSet<By>) -> Rank {
    let first = common.first().copied();
    By::ALL.iter().position(|by| Some(*by) == first).unwrap_or(By::ALL.len())
}

/// How many pairs there are, and by what they were found.
pub async fn duplicates_count(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    unit: Option<&str>,
) -> Result<(usize, Vec<(By, usize)>), Problem> {
    let scope = app.permit(caller, Permission::RosterRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let found = find(&mut tx, county, (&units, &scope), unit).await?;
    let of = |by: &By| (*by, found.values().filter(|common| common.contains(by)).count());
    Ok((found.len(), By::ALL.iter().map(of).collect()))
}

/// All pairs within the scope that nobody has decided on.
async fn find(
    tx: &mut Tx,
    county: CountyCode,
    (units, scope): (&UnitTree, &Scope),
    unit: Option<&str>,
) -> Result<Found, Problem> {
    let mut found = Found::new();
    for by in By::ALL {
        for group in store::person::alike::groups(tx, county, *by).await? {
            let ids: Vec<PersonId> = group.iter().filter_map(|id| id.parse().ok()).collect();
            for (place, one) in ids.iter().enumerate() {
                if place > 0 && ids.len() > PAIRED {
                    break;
                }
                for other in &ids[place + 1..] {
                    found.entry(Pair::of(*one, *other)).or_default().insert(*by);
                }
            }
        }
    }
    let apart = store::apart::pairs(tx, county).await?;
    found.retain(|pair, _| !apart.contains(pair));
    let within = match unit {
        Some(word) => Some(crate::authority::unit_in(units, scope, Some(word))?),
        None => None,
    };
    if *scope == Scope::County && within.is_none_or(|unit| unit.kind == UnitKind::County) {
        return Ok(found);
    }
    let ids: BTreeSet<Uuid> = found.keys().flat_map(|pair| [pair.first.0, pair.second.0]).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut homes = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        for known in store::person::known_by_ids(tx, county, chunk).await? {
            homes.insert(known.id, (known.township_id, known.village_id));
        }
    }
    let ours = |id: &PersonId| {
        homes.get(id).is_some_and(|(township, village)| scope.covers_person(units, *township, *village))
    };
    let below = |id: &PersonId| {
        let home = homes.get(id).map(|(township, village)| village.unwrap_or(*township));
        within.is_none_or(|unit| home.is_some_and(|home| units.scopes(home).contains(&unit.id)))
    };
    // Both are the caller's, and one of them at least of the unit that is looked at.
    found.retain(|Pair { first, second }, _| ours(first) && ours(second) && (below(first) || below(second)));
    Ok(found)
}

type Opened = HashMap<PersonId, ((PersonRecord, Person), i64)>;

/// The records of these pairs with their visits.
async fn open(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    pairs: &[(Pair, BTreeSet<By>)],
) -> Result<Opened, Problem> {
    let ids: BTreeSet<String> =
        pairs.iter().flat_map(|(pair, _)| [pair.first.to_string(), pair.second.to_string()]).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let visits: HashMap<String, i64> = store::candidate::visits(tx, county, &ids)
        .await?
        .into_iter()
        .map(|(id, count, ..)| (id, count))
        .collect();
    let mut opened = Opened::new();
    for (record, identities) in store::person::by_ids(tx, county, &ids).await? {
        let person = record.open(identities, &app.sealer, county)?;
        let Ok(id) = record.id.parse() else { continue };
        let count = visits.get(&record.id).copied().unwrap_or_default();
        opened.insert(id, ((record, person), count));
    }
    Ok(opened)
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Says that two entries are two humans: they are not shown as duplicates again. Says so again: nothing changes.
pub async fn keep_apart(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    pair: Pair,
    reason: Option<&str>,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::PersonMerge, county).await?;
    let reason = reason.map(domain::text::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if pair.first == pair.second {
        return Err(Problem::new(Code::BadRequest, "请写两条不同的记录"));
    }
    if reason.as_ref().is_some_and(|text| text.chars().count() > LONGEST_REASON) {
        return Err(Problem::new(Code::BadRequest, format!("理由超过 {LONGEST_REASON} 个字，请缩短")));
    }
    guard::check_text(app, caller, county, &[("理由", reason.as_deref().unwrap_or_default())]).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                for id in [pair.first, pair.second] {
                    write::changeable(act, &inner, county, (&units, &scope), id).await?;
                }
                let sealed = reason.map(|text| inner.seal(county, "apart", pair.first.0, "reason", &text));
                let by = (caller.actor.as_str(), inner.now_ms());
                if !store::apart::keep(act, county, pair, sealed.as_deref(), by).await? {
                    act.nothing_written();
                    return Ok(());
                }
                let detail = json!({ "other": pair.second, "has_reason": sealed.is_some() });
                let id = pair.first.to_string();
                act.audit(inner.entry(&caller, "person.keep_apart", "person", &id, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// Takes that back: the pair is shown again.
pub async fn ask_again(app: &App, caller: &Caller, county: CountyCode, pair: Pair) -> Result<(), Problem> {
    app.permit(caller, Permission::PersonMerge, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::apart::forget(act, county, pair).await? {
                    return Err(Problem::new(Code::NotFound, "这两条记录没有标为“不是同一人”"));
                }
                let detail = json!({ "other": pair.second });
                let id = pair.first.to_string();
                act.audit(inner.entry(&caller, "person.ask_again", "person", &id, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// The pairs that are kept apart, the latest first.
pub async fn kept_apart(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Kept>, Problem> {
    app.permit(caller, Permission::PersonMerge, county).await?;
    let mut tx = app.db.read().await?;
    let all = store::apart::list(&mut tx, county).await?;
    let mut kept = Vec::with_capacity(all.len());
    let ids: Vec<Uuid> = all
        .iter()
        .flat_map(|it| [&it.first_id, &it.second_id])
        .filter_map(|id| Uuid::parse_str(id).ok())
        .collect();
    let names: HashMap<PersonId, String> = store::person::known_by_ids(&mut tx, county, &ids)
        .await?
        .into_iter()
        .map(|known| (known.id, mask::name(&known.name)))
        .collect();
    for it in all {
        let (Ok(first), Ok(second)) = (it.first_id.parse(), it.second_id.parse()) else { continue };
        let pair = Pair::of(first, second);
        let name = |id| names.get(&id).cloned().unwrap_or_default();
        let place = store::Place { county, table: "apart", row: pair.first.0, field: "reason" };
        let reason = it.reason_sealed.map(|sealed| app.sealer.open_text(place, &sealed)).transpose()?;
        kept.push(Kept {
            pair,
            names: (name(pair.first), name(pair.second)),
            reason,
            by: it.by_actor,
            at_ms: it.at_ms,
        });
    }
    kept.sort_by_key(|it| std::cmp::Reverse(it.at_ms));
    Ok(kept)
}
