//! Recording single visits from many callers at once: whoever waits while a batch is being written goes into the
//! next one, which is one act with a few statements however many visits it holds (design rule 6).

use super::record::{self, Context, Recorded};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::Permission;
use domain::finding::{Finding, RowFinding};
use domain::ids::{CampaignId, VisitId};
use domain::region::CountyCode;
use domain::visit::VisitRow;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use tokio::sync::{mpsc, oneshot};

/// Most visits in one act.
const BATCH: usize = 512;

/// Takes visits of one county and campaign.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    id: VisitId,
    row: VisitRow,
    answer: oneshot::Sender<Result<(Recorded, Vec<Finding>), Problem>>,
}

impl Recorder {
    /// Starts the recorder; it ends when its last handle is dropped.
    #[must_use]
    pub fn start(app: &App, caller: &Caller, county: CountyCode, campaign: CampaignId) -> Self {
        let (queue, mut waiting) = mpsc::channel::<Waiting>(BATCH * 2);
        let (app, caller) = (app.clone(), caller.clone());
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                write(&app, &caller, county, campaign, std::mem::take(&mut batch)).await;
            }
        });
        Self { queue }
    }

    /// Records one visit and answers after it is durable.
    pub async fn record(&self, id: VisitId, row: VisitRow) -> Result<(Recorded, Vec<Finding>), Problem> {
        let (answer, answered) = oneshot::channel();
        let closed = || Problem::new(Code::Storage, "服务正在停止，请稍后再传");
        self.queue.send(Waiting { id, row, answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn write(app: &App, caller: &Caller, county: CountyCode, campaign: CampaignId, batch: Vec<Waiting>) {
    let mut rows = Vec::with_capacity(batch.len());
    let mut ids = Vec::with_capacity(batch.len());
    let mut answers = Vec::with_capacity(batch.len());
    for (place, mut waiting) in batch.into_iter().enumerate() {
        // The row number ties findings to their visit.
        waiting.row.row = u32::try_from(place).unwrap_or(u32::MAX);
        rows.push(waiting.row);
        ids.push(waiting.id);
        answers.push(waiting.answer);
    }
    match record(app, caller, county, campaign, ids, rows).await {
        Ok((recorded, findings)) => {
            let mut by_row: Vec<Vec<Finding>> = vec![Vec::new(); answers.len()];
            for finding in findings {
                by_row[finding.row as usize].push(finding.into_finding::<String>(&[]));
            }
            for ((answer, recorded), findings) in answers.into_iter().zip(recorded).zip(by_row) {
                let _ = answer.send(Ok((recorded, findings)));
            }
        }
        Err(problem) => {
            for answer in answers {
                let _ = answer.send(Err(problem.clone()));
            }
        }
    }
}

/// Records many visits in one act; each has its own answer, and a refused one does not stop the others.
pub async fn record(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: CampaignId,
    ids: Vec<VisitId>,
    rows: Vec<VisitRow>,
) -> Result<(Vec<Recorded>, Vec<RowFinding>), Problem> {
    let scope = app.permit(caller, Permission::VisitRecord, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let app = &inner;
                let units = crate::unit::tree_in(act, county).await?;
                let campaign = crate::campaign::by_id(act, county, campaign).await?;
                let context = Context {
                    app,
                    county,
                    units: &units,
                    campaign: &campaign,
                    import: None,
                    actor: &caller.actor,
                    scope: &scope,
                };
                let sent = rows.len();
                let mut findings = Vec::new();
                let (held, marked) = guard::hold_visits(&rows, &mut findings);
                let (ids, rows) = without_held(ids, rows, &held);
                let (ids, rows, places) = distinct(ids, rows);
                // A visit sent again with the same id is the same visit: a repeated upload is harmless.
                let again = store::visit::by_ids(act, county, &ids).await?;
                let mut plan = record::plan(act, context, &rows, Some(&ids), &mut findings).await?;
                refuse_taken(&mut plan, context, &again, &ids, &rows, &mut findings);
                let fresh = without(plan, &again);
                record::save(act, context, &fresh).await?;
                let added = fresh.visits.len();
                let detail = json!({ "campaign": campaign.code, "added": added, "rows": sent });
                let object = fresh.visits.first().map(|visit| visit.id.to_string()).unwrap_or_default();
                act.audit(app.entry(&caller, "visit.record", "visit", &object, detail)).await?;
                if !held.is_empty() {
                    act.audit(guard::entry(app, &caller, ("visit", ""), marked)).await?;
                }
                let mut recorded = places.into_iter().map(|(place, is_first)| match fresh.recorded[place] {
                    Recorded::Added(id) if !is_first => Recorded::Unchanged(id),
                    recorded => recorded,
                });
                let answer = |place| {
                    let kept = if held.contains(&place) { None } else { recorded.next() };
                    kept.unwrap_or(Recorded::Refused)
                };
                Ok(((0..sent).map(answer).collect(), findings))
            })
        })
        .await
}

/// All but those that the secrecy guard holds back.
fn without_held(
    ids: Vec<VisitId>,
    rows: Vec<VisitRow>,
    held: &HashSet<usize>,
) -> (Vec<VisitId>, Vec<VisitRow>) {
    let all = ids.into_iter().zip(rows).enumerate();
    all.filter(|(place, _)| !held.contains(place)).map(|(_, visit)| visit).unzip()
}

/// Where each visit's answer stands, and whether it is the first with its id.
type Places = Vec<(usize, bool)>;

/// Each id once: the same visit may be sent twice within one batch.
fn distinct(ids: Vec<VisitId>, rows: Vec<VisitRow>) -> (Vec<VisitId>, Vec<VisitRow>, Places) {
    let mut first: HashMap<VisitId, usize> = HashMap::with_capacity(ids.len());
    let (mut kept_ids, mut kept_rows) = (Vec::with_capacity(ids.len()), Vec::with_capacity(rows.len()));
    let mut places = Vec::with_capacity(ids.len());
    for (id, row) in ids.into_iter().zip(rows) {
        let next = kept_ids.len();
        let place = *first.entry(id).or_insert(next);
        places.push((place, place == next));
        if place == next {
            kept_ids.push(id);
            kept_rows.push(row);
        }
    }
    (kept_ids, kept_rows, places)
}

/// An id of somebody else's visit is taken, and nothing more is said of it.
fn refuse_taken(
    plan: &mut record::VisitPlan,
    context: Context<'_>,
    again: &[store::visit::StoredVisit],
    ids: &[VisitId],
    rows: &[VisitRow],
    findings: &mut Vec<RowFinding>,
) {
    for visit in again.iter().filter(|visit| !context.scope.covers(context.units, visit.facts.unit)) {
        let Some(place) = ids.iter().position(|id| *id == visit.id) else { continue };
        if plan.recorded[place] != Recorded::Refused {
            findings.push(super::veil::taken(&rows[place]));
            plan.recorded[place] = Recorded::Refused;
        }
    }
}

fn without(mut plan: record::VisitPlan, again: &[store::visit::StoredVisit]) -> record::VisitPlan {
    if !again.is_empty() {
        plan.visits.retain(|visit| again.iter().all(|known| known.id != visit.id));
        for recorded in &mut plan.recorded {
            if let Recorded::Added(id) = recorded
                && again.iter().any(|known| known.id == *id)
            {
                *recorded = Recorded::Unchanged(*id);
            }
        }
    }
    plan
}
