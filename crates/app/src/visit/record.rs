//! Recording visits, many at a time: find whom each means, refuse repetitions, save, fold into the table.

use super::gone::Gone;
use super::lookup::Lookup;
use super::overspend;
use super::veil;
use crate::refold::{self, Change};
use crate::{App, Problem};
use domain::authority::Scope;
use domain::campaign::Campaign;
use domain::finding::RowFinding;
use domain::ids::{CandidateId, ImportId, VisitId};
use domain::mask;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use domain::visit::{
    self as rules, CandidateKey, Known, Resolved, ResolvedObject, Rules, VisitFacts, VisitRow, VisitedObject,
    name_key, object_key, typed_key,
};
use std::collections::{HashMap, HashSet};
use store::candidate::NewCandidate;
use store::visit::StoredVisit;
use store::{Act, Place, Sealer, Tx};

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// A new visit.
    Added(VisitId),
    /// The same visit was recorded before.
    Unchanged(VisitId),
    /// Not taken; the findings say why.
    Refused,
}

/// What is to be written, decided without writing.
#[derive(Debug, Default)]
pub(crate) struct VisitPlan {
    /// New visits.
    pub visits: Vec<StoredVisit>,
    /// New candidates.
    pub candidates: Vec<NewCandidate>,
    /// One per row, in order.
    pub recorded: Vec<Recorded>,
}

/// What all rows share.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub app: &'a App,
    pub county: CountyCode,
    pub units: &'a UnitTree,
    pub campaign: &'a Campaign,
    pub import: Option<ImportId>,
    pub actor: &'a str,
    /// The units for which visits may be recorded.
    pub scope: &'a Scope,
}

impl Context<'_> {
    pub(super) fn sealer(&self) -> &Sealer {
        &self.app.sealer
    }

    fn rules(&self) -> Rules<'_> {
        Rules { units: self.units, campaign: self.campaign }
    }
}

/// Decides for every row; reads only.
pub(crate) async fn plan(
    tx: &mut Tx,
    context: Context<'_>,
    rows: &[VisitRow],
    findings: &mut Vec<RowFinding>,
) -> Result<VisitPlan, Problem> {
    plan_beside(tx, context, rows, Beside::default(), findings).await
}

/// What is different where single visits come together.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// The visits' own ids, made by whoever recorded them.
    pub ids: Option<&'a [VisitId]>,
    /// As if these visits were not recorded yet: the rows take their place.
    pub replaced: Option<&'a HashSet<VisitId>>,
    /// Each row's own scope instead of the context's.
    pub scopes: Option<&'a [&'a Scope]>,
    /// To whom each row went and still goes, where it is not to be looked for.
    pub kept: Option<&'a [Option<ResolvedObject<'static>>]>,
}

/// Like [`plan`], for rows of several callers and for rows that replace visits.
pub(crate) async fn plan_beside(
    tx: &mut Tx,
    context: Context<'_>,
    rows: &[VisitRow],
    beside: Beside<'_>,
    findings: &mut Vec<RowFinding>,
) -> Result<VisitPlan, Problem> {
    let scope_of = |place: usize| beside.scopes.map_or(context.scope, |all| all[place]);
    let of_row = |place: usize| Context { scope: scope_of(place), ..context };
    let lookup = Lookup::load(tx, context.sealer(), context.county, rows).await?;
    let each = || rows.iter().enumerate();
    let resolved: Vec<Option<Resolved<'_>>> = each()
        .map(|(place, row)| match beside.kept.and_then(|kept| kept[place].clone()) {
            Some(object) => rules::resolve_kept(row, of_row(place).rules(), object, findings),
            None => resolve(of_row(place), row, &lookup, findings),
        })
        .collect();
    let mut candidates = Candidates::load(tx, context, &resolved).await?;
    let objects: Vec<Option<Object>> = each()
        .map(|(place, row)| resolved[place].as_ref().map(|it| candidates.object(of_row(place), row, it)))
        .collect();
    let keys: Vec<_> = rows.iter().zip(&objects).map(|(row, it)| keys(context, row, it.as_ref())).collect();
    let known = Recordings::load(tx, context, &keys, beside.replaced).await?;
    let erased = Gone::load(tx, context, &resolved).await?;
    let mut plan = VisitPlan::default();
    let mut first: HashMap<&str, usize> = HashMap::new();
    let now_ms = context.app.now_ms();
    for (place, row) in rows.iter().enumerate() {
        let Some(object) = &objects[place] else {
            plan.recorded.push(Recorded::Refused);
            continue;
        };
        let (typed, understood) = &keys[place];
        let earlier = first.get(typed.as_str()).or_else(|| first.get(understood.as_str())).copied();
        if let Some(recorded) =
            earlier.and_then(|it| repetition(row, &rows[it], plan.recorded[it], beside, findings))
        {
            plan.recorded.push(recorded);
            continue;
        }
        first.insert(typed, place);
        first.insert(understood, place);
        if let Some(stored) = known.find(typed, understood) {
            plan.recorded.push(compare(context, stored, row, findings)?);
            continue;
        }
        if erased.refuse(context, row, findings) {
            plan.recorded.push(Recorded::Refused);
            continue;
        }
        let id = beside.ids.map_or_else(|| context.app.id(), |ids| ids[place]);
        plan.recorded.push(Recorded::Added(id));
        plan.visits.push(visit(context, row, object, &keys[place], (id, now_ms)));
    }
    let used: HashSet<_> =
        plan.visits.iter().filter_map(|visit| visit.facts.object.subject().map(|(id, _)| id)).collect();
    plan.candidates = candidates.new.into_values().filter(|it| used.contains(&it.id.0)).collect();
    overspend::warn(tx, context, scope_of, rows, &plan, beside.replaced, findings).await?;
    Ok(plan)
}

/// A new visit as it is stored.
fn visit(
    context: Context<'_>,
    row: &VisitRow,
    object: &Object,
    (typed, understood): &(String, String),
    (id, received_at_ms): (VisitId, i64),
) -> StoredVisit {
    StoredVisit {
        id,
        campaign: context.campaign.id,
        import: context.import,
        category: row.category.map(|it| it.code(&context.campaign.template)).unwrap_or_default(),
        headcount: row.headcount,
        object_name: object.name.clone(),
        note_sealed: seal_note(context, id, &row.note),
        typed_key: typed.clone(),
        object_key: understood.clone(),
        source_row: context.import.map(|_| i64::from(row.row)),
        actor: context.actor.to_owned(),
        received_at_ms,
        version: 1,
        facts: facts(context, row, object),
    }
}

/// What becomes of a row that says the same visit as an earlier one. In a file it is a mistake; of single visits that
/// came together the second learns of the first, unless that one was not taken.
fn repetition(
    row: &VisitRow,
    earlier: &VisitRow,
    became: Recorded,
    beside: Beside<'_>,
    findings: &mut Vec<RowFinding>,
) -> Option<Recorded> {
    match became {
        Recorded::Added(id) if beside.ids.is_some() => Some(Recorded::Unchanged(id)),
        _ if beside.ids.is_some() => None,
        _ => {
            findings.push(rules::repeated(row, (earlier.sheet, earlier.row)));
            Some(Recorded::Refused)
        }
    }
}

/// Whom a row means, when its unit is the caller's; of other units' persons the findings tell nothing.
fn resolve<'r>(
    context: Context<'r>,
    row: &VisitRow,
    lookup: &'r Lookup,
    findings: &mut Vec<RowFinding>,
) -> Option<Resolved<'r>> {
    if !context.scope.covers(context.units, row.unit) {
        findings.push(veil::foreign(row));
        return None;
    }
    let from = findings.len();
    let resolved = rules::resolve(row, context.rules(), lookup, findings);
    veil::draw(context, lookup, row, resolved.as_ref(), findings, from);
    resolved
}

/// Writes a plan and folds it into the table.
pub(crate) async fn save(act: &mut Act, context: Context<'_>, plan: &VisitPlan) -> Result<(), Problem> {
    if plan.visits.is_empty() {
        return Ok(());
    }
    store::candidate::add_many(act, context.county, &plan.candidates).await?;
    store::visit::add_many(act, context.county, &plan.visits).await?;
    let changes: Vec<Change> = plan.visits.iter().map(|visit| Change::added(&visit.facts)).collect();
    refold::fold(act, context.county, context.campaign, &changes).await
}

fn facts(context: Context<'_>, row: &VisitRow, object: &Object) -> VisitFacts {
    let above = context.units.scopes(row.unit).split_off(1);
    VisitFacts {
        unit: row.unit,
        above,
        own_row: object.own_row.clone(),
        row: object.row.clone(),
        object: object.object.clone(),
        visited_on: row.visited_on,
        method: row.method,
        leader_name: row.leader_name.clone(),
        leader_title: row.leader_title.clone(),
        leader_kind: row.leader_kind,
        money_fen: row.money_fen,
        money_source: row.money_source,
        goods: row.goods.clone(),
        goods_fen: row.goods_fen,
        help: row.help.clone(),
    }
}

fn object_name(context: Context<'_>, row: &VisitRow, resolved: &Resolved<'_>) -> String {
    match &resolved.object {
        ResolvedObject::Person(known) if veil::is_own(context.scope, context.units, known) => {
            known.name.clone()
        }
        // Another unit's person is kept under the name that was typed, which is right when there is one.
        ResolvedObject::Person(known) if row.name.is_empty() => mask::name(&known.name),
        ResolvedObject::Person(_) => row.name.clone(),
        ResolvedObject::Candidate { name, .. } if name.is_empty() => row.name.clone(),
        ResolvedObject::Candidate { name, .. }
        | ResolvedObject::Group { name, .. }
        | ResolvedObject::Object { name, .. } => name.clone(),
    }
}

fn seal_note(context: Context<'_>, id: VisitId, note: &str) -> Option<String> {
    (!note.is_empty()).then(|| context.app.seal(context.county, "visit", id.0, "note", note))
}

/// The two keys, hashed: the typed one can hold a plain number.
fn keys(context: Context<'_>, row: &VisitRow, object: Option<&Object>) -> (String, String) {
    let typed = context.sealer().visit_index(&typed_key(row));
    let understood = object
        .map(|it| {
            context.sealer().visit_index(&object_key(row.unit, row.visited_on, &it.object, &row.leader_name))
        })
        .unwrap_or_default();
    (typed, understood)
}

/// Whether a stored visit says what the row says, to the last word.
pub(crate) fn says(context: Context<'_>, stored: &StoredVisit, row: &VisitRow) -> Result<bool, Problem> {
    let same_key = stored.typed_key == context.sealer().visit_index(&typed_key(row));
    Ok(same_key && compare(context, stored, row, &mut Vec::new())? == Recorded::Unchanged(stored.id))
}

/// The same of a row that keeps whom the stored visit went to, whatever the two call it.
pub(crate) fn says_of_kept(
    context: Context<'_>,
    stored: &StoredVisit,
    row: &VisitRow,
) -> Result<bool, Problem> {
    Ok(has_same_place(stored, row)
        && compare(context, stored, row, &mut Vec::new())? == Recorded::Unchanged(stored.id))
}

/// Whether a visit that keeps its object is the same one under its typed key: unit, day and leader.
pub(crate) fn has_same_place(stored: &StoredVisit, row: &VisitRow) -> bool {
    let facts = &stored.facts;
    (facts.unit, facts.visited_on, &facts.leader_name) == (row.unit, row.visited_on, &row.leader_name)
}

fn compare(
    context: Context<'_>,
    stored: &StoredVisit,
    row: &VisitRow,
    findings: &mut Vec<RowFinding>,
) -> Result<Recorded, Problem> {
    let template = &context.campaign.template;
    let note = match &stored.note_sealed {
        Some(sealed) => {
            let place = Place { county: context.county, table: "visit", row: stored.id.0, field: "note" };
            context.sealer().open_text(place, sealed)?
        }
        None => String::new(),
    };
    let facts = &stored.facts;
    let said = rules::StoredVisit {
        leader_title: facts.leader_title.clone(),
        leader_kind: facts.leader_kind,
        category: rules::Category::from_code(&stored.category, template),
        method: facts.method,
        headcount: match &facts.object {
            VisitedObject::Group { persons, .. } => Some(*persons),
            _ => None,
        },
        money_fen: facts.money_fen,
        money_source: facts.money_source,
        goods: facts.goods.clone(),
        goods_fen: facts.goods_fen,
        help: facts.help.clone(),
        note,
    };
    let differences = rules::compare(&said, row, template);
    if differences.is_empty() {
        return Ok(Recorded::Unchanged(stored.id));
    }
    findings.push(rules::conflicting(row, &differences));
    Ok(Recorded::Refused)
}

/// Visits already recorded, by either key.
struct Recordings {
    by_key: HashMap<String, usize>,
    visits: Vec<StoredVisit>,
}

impl Recordings {
    async fn load(
        tx: &mut Tx,
        context: Context<'_>,
        keys: &[(String, String)],
        replaced: Option<&HashSet<VisitId>>,
    ) -> Result<Self, Problem> {
        let typed: Vec<String> = keys.iter().map(|(typed, _)| typed.clone()).collect();
        let understood: Vec<String> =
            keys.iter().map(|(_, understood)| understood.clone()).filter(|key| !key.is_empty()).collect();
        let (county, campaign) = (context.county, context.campaign.id);
        let mut visits = store::visit::by_typed_keys(tx, county, campaign, &typed).await?;
        visits.extend(store::visit::by_object_keys(tx, county, campaign, &understood).await?);
        visits.retain(|visit| !replaced.is_some_and(|ids| ids.contains(&visit.id)));
        let mut by_key = HashMap::new();
        for (place, visit) in visits.iter().enumerate() {
            by_key.entry(visit.typed_key.clone()).or_insert(place);
            by_key.entry(visit.object_key.clone()).or_insert(place);
        }
        Ok(Self { by_key, visits })
    }

    fn find(&self, typed: &str, understood: &str) -> Option<&StoredVisit> {
        self.by_key.get(typed).or_else(|| self.by_key.get(understood)).map(|place| &self.visits[*place])
    }
}

/// Candidates known under their key, those confirmed as someone on the roster, and those that these rows bring.
struct Candidates {
    known: HashMap<String, CandidateId>,
    confirmed: HashMap<String, Known>,
    new: HashMap<String, NewCandidate>,
}

/// Whom a row means in the end, and where it counts.
struct Object {
    object: VisitedObject,
    name: String,
    own_row: String,
    row: String,
}

impl Candidates {
    async fn load(
        tx: &mut Tx,
        context: Context<'_>,
        resolved: &[Option<Resolved<'_>>],
    ) -> Result<Self, Problem> {
        let keys: Vec<String> = resolved
            .iter()
            .flatten()
            .filter_map(|it| match &it.object {
                ResolvedObject::Candidate { key, .. } => Some(match_key(context.sealer(), key)),
                _ => None,
            })
            .collect();
        let mut candidates = Self { known: HashMap::new(), confirmed: HashMap::new(), new: HashMap::new() };
        let mut persons = Vec::new();
        for matched in store::candidate::by_keys(tx, context.county, &keys).await? {
            match matched.person {
                Some(person) => persons.push((matched.match_key, person.0)),
                None => {
                    candidates.known.insert(matched.match_key, matched.id);
                }
            }
        }
        if !persons.is_empty() {
            let ids: Vec<uuid::Uuid> = persons.iter().map(|(_, id)| *id).collect();
            let known = store::person::known_by_ids(tx, context.county, &ids).await?;
            for (key, id) in persons {
                if let Some(person) = known.iter().find(|it| it.id.0 == id) {
                    candidates.confirmed.insert(key, person.clone());
                }
            }
        }
        Ok(candidates)
    }

    fn object(&mut self, context: Context<'_>, row: &VisitRow, resolved: &Resolved<'_>) -> Object {
        if let ResolvedObject::Candidate { key, .. } = &resolved.object
            && let Some(person) = self.confirmed.get(&match_key(context.sealer(), key))
            && let Some(unit) = context.units.get(row.unit)
        {
            let who = Some((person.identities.as_slice(), person.hardship.as_slice()));
            let rows = rules::rows_of(&context.campaign.template, unit, row.category, who);
            return Object {
                object: VisitedObject::Person { id: person.id, household: person.household.clone() },
                name: if veil::is_own(context.scope, context.units, person) {
                    person.name.clone()
                } else {
                    row.name.clone()
                },
                own_row: rows.own.key.clone(),
                row: rows.above.key.clone(),
            };
        }
        let (known, new) = (&self.known, &mut self.new);
        let object = resolved.visited(|key| {
            let match_key = match_key(context.sealer(), key);
            if let Some(id) = known.get(&match_key) {
                return *id;
            }
            new.entry(match_key.clone()).or_insert_with(|| new_candidate(context, row, key, match_key)).id
        });
        Object {
            object,
            name: object_name(context, row, resolved),
            own_row: resolved.own_row.clone(),
            row: resolved.row.clone(),
        }
    }
}

fn new_candidate(
    context: Context<'_>,
    row: &VisitRow,
    key: &CandidateKey,
    match_key: String,
) -> NewCandidate {
    let id: CandidateId = context.app.id();
    let (index, sealed) = match key {
        CandidateKey::Number(number) => (
            Some(context.sealer().citizen_index(number)),
            Some(context.app.seal(context.county, "candidate", id.0, "citizen", number.reveal())),
        ),
        CandidateKey::UnitName(..) => (None, None),
    };
    NewCandidate {
        id,
        unit: row.unit,
        name: row.name.clone(),
        citizen_sealed: sealed,
        citizen_index: index,
        match_key,
        import: context.import,
        received_at_ms: context.app.now_ms(),
    }
}

/// Distinct by number, else by unit and name.
fn match_key(sealer: &Sealer, key: &CandidateKey) -> String {
    match key {
        CandidateKey::Number(number) => format!("number:{}", sealer.citizen_index(number)),
        CandidateKey::UnitName(unit, name) => format!("name:{unit}:{}", name_key(name)),
    }
}
