//! Names still open, page by page, and how far each township and village is.

use super::{REMOTE, key, open_word, person_scope, reason};
use crate::authority::{shows_name, unit_in};
use crate::page::{Asked, Page};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::campaign::{Campaign, Obligation, ObligationKind};
use domain::ids::{PersonId, UnitId};
use domain::mask;
use domain::region::CountyCode;
use domain::supervision::Share;
use domain::unit::{Unit, UnitKind, UnitTree};
use store::coverage::{Tally, Wanted};
use store::person::{Covered, OpenPlace};

/// Which names are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedNames {
    /// The obligation's key; `key_person_visit` when none is named.
    pub obligation: Option<String>,
    /// A township or village: code, name or alias; the caller's own when none is named.
    pub unit: Option<String>,
    /// Those who were reached by letter or telephone alone, instead of those who were not reached.
    pub is_remote: bool,
    /// Names in full, where the caller may see them.
    pub full_names: bool,
}

/// A name that is still open.
#[derive(Debug, Clone)]
pub struct OpenName {
    /// Who.
    pub person: PersonId,
    /// Name; masked unless it was asked for in full and may be seen.
    pub name: String,
    /// Township: code and name.
    pub township: (String, String),
    /// Village: code and name.
    pub village: Option<(String, String)>,
    /// Why it is open: `老复员军人，尚未走访`.
    pub reason: String,
}

/// The obligation with this key, which must be one about persons.
fn obligation<'c>(campaign: &'c Campaign, named: Option<&str>) -> Result<(usize, &'c Obligation), Problem> {
    let named = named.unwrap_or_else(|| key(ObligationKind::KeyPersonVisit));
    let is_of_persons = |kind| {
        matches!(
            kind,
            ObligationKind::KeyPersonVisit | ObligationKind::UniversalVisit | ObligationKind::HardshipHelp
        )
    };
    let mut all = campaign.template.obligations.iter().enumerate().filter(|(_, it)| is_of_persons(it.kind));
    all.clone().find(|(_, it)| key(it.kind) == named).ok_or_else(|| {
        let known: Vec<&str> = all.by_ref().map(|(_, it)| key(it.kind)).collect();
        let known = if known.is_empty() {
            "没有按人的要求".to_owned()
        } else {
            format!("可写 {}", known.join("、"))
        };
        Problem::new(Code::BadRequest, format!("活动 {} 没有按人的要求“{named}”，{known}", campaign.code))
    })
}

/// One page of names that are still open, by township, village and name.
pub async fn names(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    wanted: &WantedNames,
    asked: &Asked,
) -> Result<Page<OpenName>, Problem> {
    let reached = app.permit(caller, Permission::CoverageRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<OpenPlace> = asked.after(app, county, "open")?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let scope = unit_in(&units, &reached, wanted.unit.as_deref())?;
    let (_, obligation) = obligation(&campaign, wanted.obligation.as_deref())?;
    let which = if wanted.is_remote { Wanted::Remote } else { Wanted::Open };
    let word = if wanted.is_remote { REMOTE } else { open_word(obligation.kind) };
    let place = (units.root().id, person_scope(scope), which);
    let rows =
        store::person::open(&mut tx, county, (&campaign, obligation), place, after.as_ref(), limit + 1)
            .await?;
    let full = if wanted.full_names { caller.names(county) } else { None };
    Page::cut(
        app,
        (county, "open"),
        rows,
        limit,
        |(_, place)| place.clone(),
        |(person, _)| Ok(shown(&units, full.as_ref(), &person, word)),
    )
}

fn shown(units: &UnitTree, full: Option<&Scope>, person: &Covered, word: &str) -> OpenName {
    let named = |id: UnitId, short: bool| {
        units.get(id).map_or_else(Default::default, |it| {
            (it.code.clone(), if short { it.short_name.clone() } else { it.name.clone() })
        })
    };
    let lives = person.village_id.unwrap_or(person.township_id);
    let is_shown = shows_name(full, units, lives);
    OpenName {
        person: person.id,
        name: if is_shown { person.name.clone() } else { mask::name(&person.name) },
        township: named(person.township_id, false),
        village: person.village_id.map(|id| named(id, true)),
        reason: reason(person, word),
    }
}

/// How far a township or village is with an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceShare {
    /// Code and name.
    pub unit: (String, String),
    /// What it is.
    pub kind: UnitKind,
    /// Code of the township of a village.
    pub above: Option<String>,
    /// Who must be reached and who was.
    pub share: Share,
    /// Those who were met in person.
    pub in_person: i64,
}

/// Townships and villages of a unit with an obligation, by code: each township in front of its villages. Persons whose
/// village is not known count in the township alone.
pub async fn places(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (unit, named): (Option<&str>, Option<&str>),
) -> Result<Vec<PlaceShare>, Problem> {
    let reached = app.permit(caller, Permission::CoverageRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let scope = unit_in(&units, &reached, unit)?;
    let (place, _) = obligation(&campaign, named)?;
    let tallies = store::coverage::tally(&mut tx, county, &campaign, units.root().id, place).await?;
    let is_within = |unit: &Unit| units.scopes(unit.id).contains(&scope.id);
    let mut all: Vec<PlaceShare> = units
        .all()
        .iter()
        .filter(|unit| matches!(unit.kind, UnitKind::Township | UnitKind::Village) && is_within(unit))
        .filter_map(|unit| share_of(&units, unit, &tallies))
        .collect();
    all.sort_by(|a, b| {
        (a.above.as_ref().unwrap_or(&a.unit.0), &a.above, &a.unit).cmp(&(
            b.above.as_ref().unwrap_or(&b.unit.0),
            &b.above,
            &b.unit,
        ))
    });
    Ok(all)
}

/// What the tallies say of a unit; `None` for one that is no more and has nobody.
fn share_of(units: &UnitTree, unit: &Unit, tallies: &[Tally]) -> Option<PlaceShare> {
    let is_ours = |it: &&Tally| match unit.kind {
        UnitKind::Township => it.township == unit.id,
        _ => it.village == Some(unit.id),
    };
    let (share, in_person) = sum(tallies.iter().filter(is_ours));
    let above = if unit.kind == UnitKind::Village {
        unit.parent_id.and_then(|id| units.get(id)).map(|it| it.code.clone())
    } else {
        None
    };
    (unit.valid_to.is_none() || share.required > 0).then(|| PlaceShare {
        unit: (unit.code.clone(), unit.name.clone()),
        kind: unit.kind,
        above,
        share,
        in_person,
    })
}

/// Tallies together.
pub(crate) fn sum<'t>(tallies: impl Iterator<Item = &'t Tally>) -> (Share, i64) {
    tallies.fold((Share::default(), 0), |(share, in_person), it| {
        let share = Share { done: share.done + it.done, required: share.required + it.required };
        (share, in_person + it.in_person)
    })
}

/// How far the obligation of this kind is, of all persons of the county's townships that fit; `None` when the campaign
/// has none.
pub(crate) async fn tallies(
    tx: &mut store::Tx,
    county: CountyCode,
    campaign: &Campaign,
    root: UnitId,
    kind: ObligationKind,
) -> Result<Option<std::sync::Arc<Vec<Tally>>>, Problem> {
    let Some(place) = campaign.template.obligations.iter().position(|it| it.kind == kind) else {
        return Ok(None);
    };
    Ok(Some(store::coverage::tally(tx, county, campaign, root, place).await?))
}
