//! Single visits as forms and phones send them, many at a time: new ones are recorded, the same again is harmless, a
//! changed one must say which version it starts from (design rule 1).

mod kept;

use super::list::{Shown, Shows, missing};
use super::record::{self, Beside, Context, Recorded};
use crate::refold::{self, Change};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::campaign::Campaign;
use domain::citizen::CitizenId;
use domain::finding::{Finding, RowFinding, Severity};
use domain::ids::{CandidateId, PersonId, VisitId};
use domain::person::PersonStatus;
use domain::region::CountyCode;
use domain::sheet::RawRow;
use domain::unit::UnitTree;
use domain::visit::{
    CandidateKey, Checker, Goods, HelpKind, Method, ResolvedObject, Rules, VisitRow, VisitedObject,
};
use jiff::civil::Date;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::Act;
use store::visit::StoredVisit;

/// One visit as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Made by whoever recorded it.
    pub id: VisitId,
    /// The cells as a row of a visit file has them, so that the same rules hold.
    pub typed: RawRow,
    /// 慰问品, already taken apart.
    pub goods: Vec<Goods>,
    /// 解决困难, already taken apart.
    pub help: Vec<(HelpKind, i64)>,
    /// Whom, when they were picked from the roster.
    pub person: Option<PersonId>,
    /// A change that leaves it at whom the visit went to; name and number need not be sent, which forms have masked.
    pub keeps_object: bool,
    /// The version that a change starts from.
    pub expected: Option<i64>,
    /// The visit at home serves as the yearly confirmation, too.
    pub confirms: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// A new visit.
    Added,
    /// It was there and took other values.
    Changed,
    /// It was there and says the same.
    Unchanged,
}

/// A visit that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// What became of it.
    pub became: Became,
    /// As it stands now.
    pub shown: Shown,
    /// What a person should look at.
    pub findings: Vec<Finding>,
}

/// One visit of a batch with its sender, who was permitted for this scope.
pub(crate) struct One {
    pub caller: Arc<Caller>,
    pub scope: Scope,
    pub sent: Sent,
}

/// Writes a batch in one act. Every id stands in it once; each visit has its own answer. An unknown campaign refuses
/// all of it.
pub(crate) async fn write(
    app: &App,
    county: CountyCode,
    campaign: &str,
    batch: Vec<One>,
) -> Result<Vec<Result<Taken, Problem>>, Problem> {
    let (inner, campaign) = (app.clone(), campaign.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let app = &inner;
                let units = crate::unit::tree_in(act, county).await?;
                let campaign = crate::campaign::find(act, county, &campaign).await?;
                let mut desk = Batch::new(app, county, &units, &campaign, &batch);
                desk.load(act).await?;
                desk.check();
                desk.decide(act).await?;
                desk.save(act).await?;
                Ok(desk.answers())
            })
        })
        .await
}

/// A batch while it is worked on; all vectors are in its order.
struct Batch<'a> {
    app: &'a App,
    county: CountyCode,
    units: &'a UnitTree,
    campaign: &'a Campaign,
    batch: &'a [One],
    stored: HashMap<VisitId, StoredVisit>,
    numbers: HashMap<PersonId, (CitizenId, domain::ids::UnitId)>,
    /// The candidates of visits that keep theirs.
    kept: HashMap<CandidateId, CandidateKey>,
    findings: Vec<RowFinding>,
    rows: Vec<Option<VisitRow>>,
    answers: Vec<Option<Result<(Became, StoredVisit), Problem>>>,
    fresh: Vec<StoredVisit>,
    changed: Vec<StoredVisit>,
    candidates: Vec<store::candidate::NewCandidate>,
}

impl<'a> Batch<'a> {
    fn new(
        app: &'a App,
        county: CountyCode,
        units: &'a UnitTree,
        campaign: &'a Campaign,
        batch: &'a [One],
    ) -> Self {
        Self {
            app,
            county,
            units,
            campaign,
            batch,
            stored: HashMap::new(),
            numbers: HashMap::new(),
            kept: HashMap::new(),
            findings: Vec::new(),
            rows: Vec::new(),
            answers: (0..batch.len()).map(|_| None).collect(),
            fresh: Vec::new(),
            changed: Vec::new(),
            candidates: Vec::new(),
        }
    }

    fn context(&self) -> Context<'a> {
        Context {
            app: self.app,
            county: self.county,
            units: self.units,
            campaign: self.campaign,
            import: None,
            actor: "",
            scope: &Scope::County,
        }
    }

    /// What is known of these ids, of the persons picked, and of whom visits keep, in three statements.
    async fn load(&mut self, act: &mut Act) -> Result<(), Problem> {
        let ids: Vec<VisitId> = self.batch.iter().map(|one| one.sent.id).collect();
        let stored = store::visit::by_ids(act, self.county, &ids).await?;
        self.stored = stored.into_iter().map(|visit| (visit.id, visit)).collect();
        let mut persons: HashSet<String> =
            self.batch.iter().filter_map(|one| one.sent.person).map(|id| id.to_string()).collect();
        let mut candidates = Vec::new();
        for visit in self.batch.iter().filter_map(|one| self.kept_of(one)) {
            match &visit.facts.object {
                VisitedObject::Person { id, .. } => {
                    persons.insert(id.to_string());
                }
                VisitedObject::Candidate { id, .. } => candidates.push(*id),
                VisitedObject::Group { .. } | VisitedObject::Object { .. } => {}
            }
        }
        for candidate in store::candidate::by_ids(act, self.county, &candidates).await? {
            if let Ok(id) = candidate.id.parse() {
                self.kept.insert(id, self.key_of(id, &candidate)?);
            }
        }
        if persons.is_empty() {
            return Ok(());
        }
        let persons: Vec<String> = persons.into_iter().collect();
        for (record, identities) in store::person::by_ids(act, self.county, &persons).await? {
            if record.status == PersonStatus::Erased.code() {
                continue;
            }
            let person = record.open(identities, &self.app.sealer, self.county)?;
            if let Ok(id) = record.id.parse() {
                let home = person.village_id.unwrap_or(person.township_id);
                self.numbers.insert(id, (person.citizen, home));
            }
        }
        Ok(())
    }

    /// Reads every visit's cells; who may not record for its unit is answered as if there were no such unit.
    fn check(&mut self) {
        let mut checker = Checker::new(Rules { units: self.units, campaign: self.campaign });
        for (place, one) in self.batch.iter().enumerate() {
            let mut typed = one.sent.typed.clone();
            typed.row = u32::try_from(place).unwrap_or(u32::MAX);
            let kept = self.kept_of(one).cloned();
            if let Some(problem) = self.ready(one, &mut typed) {
                self.answers[place] = Some(Err(problem));
                self.rows.push(None);
                continue;
            }
            if let Some(refusal) = guard::hold_sent(&one.sent, typed.row, &mut self.findings) {
                self.answers[place] = Some(Err(refusal));
                self.rows.push(None);
                continue;
            }
            let from = self.findings.len();
            let row = checker.check(&typed, &mut self.findings).map(|row| VisitRow {
                goods: one.sent.goods.clone(),
                help: one.sent.help.clone(),
                ..row
            });
            let row = match (row, one.sent.person.filter(|_| kept.is_none())) {
                (Some(row), None) if kept.is_some() => kept.as_ref().map(|stored| self.keep(row, stored)),
                (Some(row), Some(id)) => match self.numbers.get(&id) {
                    Some((number, home)) if one.scope.covers(self.units, *home) => Some(VisitRow {
                        citizen: Some(*number),
                        has_number: true,
                        name: String::new(),
                        ..row
                    }),
                    _ => {
                        let message = "名册上没有这个人，或不在您的权限范围内";
                        self.answers[place] = Some(Err(Problem::new(Code::NotFound, message)));
                        None
                    }
                },
                (row, _) => row,
            };
            if let (Some(stored), Some(row)) = (&kept, &row)
                && let Some(problem) = Self::cannot_keep(stored, row)
            {
                self.answers[place] = Some(Err(problem));
            }
            let serves = row.as_ref().is_some_and(|row| row.method == Method::Home && self.is_picked(one));
            if one.sent.confirms && row.is_some() && !serves {
                let message =
                    "只有对名册上人员的入户走访（登门看望）才能作为年度确认，请从名册选人，或去掉勾选";
                self.answers[place] = Some(Err(Problem::new(Code::StatusRefused, message)));
            }
            let is_unknown = self.findings[from..].iter().any(|finding| finding.code == "visit.unit");
            let is_foreign = row.as_ref().is_some_and(|row| !one.scope.covers(self.units, row.unit));
            if is_unknown || is_foreign {
                let message = "没有这个走访单位，或不在您的权限范围内";
                self.answers[place] = Some(Err(Problem::new(Code::UnitUnknown, message)));
            }
            self.rows.push(row);
        }
    }

    /// Decides for each visit whether it is new, the same, or a change that may be made.
    async fn decide(&mut self, act: &mut Act) -> Result<(), Problem> {
        let context = self.context();
        let mut open: Vec<usize> = Vec::new();
        for place in 0..self.batch.len() {
            if self.answers[place].is_some() {
                continue;
            }
            let one = &self.batch[place];
            let Some(row) = &self.rows[place] else { continue };
            match self.stored.get(&one.sent.id) {
                None if !self.campaign.is_open => {
                    let message = format!("活动 {} 已经结束，不能再登记走访", self.campaign.code);
                    self.answers[place] = Some(Err(Problem::new(Code::Conflict, message)));
                }
                None => open.push(place),
                Some(stored) if !one.scope.covers(self.units, stored.facts.unit) => {
                    self.answers[place] = Some(Err(missing()));
                }
                Some(stored)
                    if stored.campaign == self.campaign.id && Self::is_same(context, one, stored, row)? =>
                {
                    self.answers[place] = Some(Ok((Became::Unchanged, stored.clone())));
                }
                Some(stored) => match self.may_change(stored, one.sent.expected) {
                    Some(problem) => self.answers[place] = Some(Err(problem)),
                    None => open.push(place),
                },
            }
        }
        self.plan(act, &open).await
    }

    /// Why a stored visit may not be changed; `None` when it may.
    fn may_change(&self, stored: &StoredVisit, expected: Option<i64>) -> Option<Problem> {
        if stored.campaign != self.campaign.id || !self.campaign.is_open {
            let message = "这条走访属于别的活动，或活动已经结束，不能修改";
            return Some(Problem::new(Code::Conflict, message));
        }
        if expected == Some(stored.version) {
            return None;
        }
        Some(match expected {
            None => Problem::new(
                Code::VersionRequired,
                "这个编号的走访已有不同内容；要修改请在 If-Match 中写明所依据的版本",
            ),
            Some(_) => Problem::new(Code::Changed, "这条走访在您读取之后已被修改，请核对最新内容后再改"),
        })
    }

    async fn plan(&mut self, act: &mut Act, open: &[usize]) -> Result<(), Problem> {
        let rows: Vec<VisitRow> = open.iter().filter_map(|place| self.rows[*place].clone()).collect();
        let ids: Vec<VisitId> = open.iter().map(|place| self.batch[*place].sent.id).collect();
        let replaced: HashSet<VisitId> =
            ids.iter().filter(|id| self.stored.contains_key(id)).copied().collect();
        let scopes: Vec<&Scope> = open.iter().map(|place| &self.batch[*place].scope).collect();
        let kept: Vec<Option<ResolvedObject<'static>>> =
            open.iter().map(|place| self.kept_object(*place)).collect();
        let beside =
            Beside { ids: Some(&ids), replaced: Some(&replaced), scopes: Some(&scopes), kept: Some(&kept) };
        let context = self.context();
        let plan = record::plan_beside(act, context, &rows, beside, &mut self.findings).await?;
        self.candidates = plan.candidates;
        let mut made: HashMap<VisitId, StoredVisit> =
            plan.visits.into_iter().map(|visit| (visit.id, visit)).collect();
        for (place, recorded) in open.iter().zip(plan.recorded) {
            let one = &self.batch[*place];
            let Recorded::Added(id) = recorded else {
                if let Recorded::Unchanged(known) = recorded {
                    // The same visit under another id: whoever sent it learns which.
                    let message = "同一次走访已经登记过，没有重复登记";
                    let details = json!({ "id": known });
                    self.answers[*place] = Some(Err(Problem::new(Code::Conflict, message).with(details)));
                }
                continue;
            };
            let Some(mut visit) = made.remove(&id) else { continue };
            visit.actor.clone_from(&one.caller.actor);
            let became = match self.stored.get(&id) {
                None => {
                    self.fresh.push(visit.clone());
                    Became::Added
                }
                Some(before) => {
                    visit.version = before.version + 1;
                    visit.received_at_ms = before.received_at_ms;
                    (visit.import, visit.source_row) = (before.import, before.source_row);
                    if one.sent.keeps_object {
                        visit.object_name.clone_from(&before.object_name);
                    }
                    // Found again by the words of the file or form that brought it.
                    let is_found = |row: &VisitRow| record::has_same_place(before, row);
                    if one.sent.keeps_object && self.rows[*place].as_ref().is_some_and(is_found) {
                        visit.typed_key.clone_from(&before.typed_key);
                    }
                    self.changed.push(visit.clone());
                    Became::Changed
                }
            };
            self.answers[*place] = Some(Ok((became, visit)));
        }
        Ok(())
    }

    async fn save(&self, act: &mut Act) -> Result<(), Problem> {
        self.audit_refusals(act).await?;
        let confirmed = self.confirm(act).await?;
        if self.fresh.is_empty() && self.changed.is_empty() {
            if confirmed == 0 {
                act.nothing_written();
            }
            return Ok(());
        }
        store::candidate::add_many(act, self.county, &self.candidates).await?;
        store::visit::add_many(act, self.county, &self.fresh).await?;
        store::visit::update_places(act, self.county, &self.changed).await?;
        let added = self.fresh.iter().map(|visit| Change::added(&visit.facts));
        let changed = self.changed.iter().map(|visit| Change {
            before: self.stored.get(&visit.id).map(|before| before.facts.clone()),
            after: Some(visit.facts.clone()),
        });
        let changes: Vec<Change> = added.chain(changed).collect();
        refold::fold(act, self.county, self.campaign, &changes).await?;
        self.audit(act).await
    }

    /// One row for each who sent something that the secrecy guard refused.
    async fn audit_refusals(&self, act: &mut Act) -> Result<(), Problem> {
        let mut by_actor: Vec<(&One, Vec<&Problem>)> = Vec::new();
        for (one, answer) in self.batch.iter().zip(&self.answers) {
            let Some(Err(refusal)) = answer else { continue };
            if refusal.code != Code::SecrecyRefused {
                continue;
            }
            match by_actor.iter_mut().find(|(first, _)| first.caller.actor == one.caller.actor) {
                Some((_, refusals)) => refusals.push(refusal),
                None => by_actor.push((one, vec![refusal])),
            }
        }
        for (first, refusals) in by_actor {
            let (id, detail) = (first.sent.id.to_string(), guard::visits_refused(&refusals));
            act.audit(guard::entry(self.app, &first.caller, ("visit", &id), detail)).await?;
        }
        Ok(())
    }

    /// Home visits that serve as confirmations; says how many persons were confirmed by them.
    async fn confirm(&self, act: &mut Act) -> Result<usize, Problem> {
        type Served<'v> = (&'v Arc<Caller>, i16, Vec<(PersonId, VisitId, Date)>);
        let mut served: Vec<Served<'_>> = Vec::new();
        for (one, answer) in self.batch.iter().zip(&self.answers) {
            let Some(Ok((_, visit))) = answer.as_ref().filter(|_| one.sent.confirms) else { continue };
            let VisitedObject::Person { id, .. } = &visit.facts.object else { continue };
            let day = visit.facts.visited_on;
            let found = served
                .iter_mut()
                .find(|(caller, year, _)| caller.actor == one.caller.actor && *year == day.year());
            match found {
                Some((.., visits)) => visits.push((*id, visit.id, day)),
                None => served.push((&one.caller, day.year(), vec![(*id, visit.id, day)])),
            }
        }
        let mut confirmed = 0;
        for (caller, year, visits) in served {
            let scope = &caller.permit(Permission::ConfirmationChange, self.county)?;
            let Self { app, county, units, .. } = *self;
            let desk = crate::confirmation::Desk { app, caller, county, units, scope, year };
            confirmed += desk.by_visits(act, &visits).await?;
        }
        Ok(confirmed)
    }

    /// One row for each who sent something that was written.
    async fn audit(&self, act: &mut Act) -> Result<(), Problem> {
        let mut by_actor: Vec<(&Arc<Caller>, Vec<VisitId>, Vec<VisitId>)> = Vec::new();
        for (one, answer) in self.batch.iter().zip(&self.answers) {
            let Some(Ok((became, visit))) = answer else { continue };
            if *became == Became::Unchanged {
                continue;
            }
            let known = by_actor.iter().position(|(caller, ..)| caller.actor == one.caller.actor);
            let place = known.unwrap_or_else(|| {
                by_actor.push((&one.caller, Vec::new(), Vec::new()));
                by_actor.len() - 1
            });
            let (_, added, changed) = &mut by_actor[place];
            if *became == Became::Added { added.push(visit.id) } else { changed.push(visit.id) }
        }
        for (caller, added, changed) in by_actor {
            let first = added.first().or(changed.first()).map(ToString::to_string).unwrap_or_default();
            let detail = json!({ "campaign": self.campaign.code, "added": added.len(), "changed": changed });
            act.audit(self.app.entry(caller, "visit.record", "visit", &first, detail)).await?;
        }
        Ok(())
    }

    /// Each visit's own answer, with its own findings.
    fn answers(self) -> Vec<Result<Taken, Problem>> {
        let mut by_row: Vec<Vec<Finding>> = vec![Vec::new(); self.batch.len()];
        for finding in self.findings {
            if let Some(list) = by_row.get_mut(finding.row as usize) {
                list.push(Finding { row: None, ..finding.into_finding::<String>(&[]) });
            }
        }
        let shows = Shows {
            app: self.app,
            county: self.county,
            units: self.units,
            campaign: self.campaign,
            names: None,
        };
        self.answers
            .into_iter()
            .zip(by_row)
            .map(|(answer, findings)| match answer {
                Some(Ok((became, visit))) => Ok(Taken { became, shown: shows.single(visit)?, findings }),
                Some(Err(problem)) => Err(problem),
                None => Err(refused(&findings)),
            })
            .collect()
    }
}

fn refused(findings: &[Finding]) -> Problem {
    let reasons: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Refused)
        .map(|finding| finding.message.as_str())
        .collect();
    Problem::new(Code::VisitRefused, reasons.join("；")).with(json!({ "findings": findings }))
}
