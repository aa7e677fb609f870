//! Imports that wait for their confirmation: the uploaded file and what it would do lie encrypted in the object store,
//! bound to whoever uploaded it, for seven days. A plan outlives the server that made it and is confirmed on any.
//!
//! Confirming plans again from the kept bytes within the act. When that would write or say anything else than what was
//! shown, nothing is written: the differences are told, and the plan is the new one (decision 024).

mod confirm;
mod work;

pub use confirm::confirm;
pub(crate) use work::run;

use super::{Outcome, PlannedChange, Source};
use crate::file::{NewFile, keep_for};
use crate::{App, Caller, Code, Problem, guard, roster, visit};
use domain::authority::{Permission, Scope};
use domain::file::{FileKind, OwnerKind};
use domain::finding::{Counts, Finding};
use domain::ids::{FileId, ImportId, PlanId};
use domain::job::JobKind;
use domain::region::CountyCode;
use formats::sheet::Read;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Act;
use store::plan::Plan;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Plans of one owner that wait; the oldest make room.
const MOST: usize = 5;
/// A file with more rows is planned by a job.
pub const AT_ONCE: u64 = 5_000;

/// A file to be planned.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The campaign's code, for visits; a roster has none.
    pub campaign: Option<String>,
    /// The file's name as the user has it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A job is at it.
    Planning,
    /// It waits for its confirmation.
    Ready,
    /// It was written.
    Written,
    /// The job could not plan it; its message says why.
    Failed,
}

/// A plan as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The plan.
    pub plan: Plan,
    /// The file's name.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// What it would do or, once written, did; empty while a job is at it.
    pub outcome: Outcome,
}

/// A plan that was just made, and its tag: whoever confirms may say which they saw.
pub(crate) struct Dry {
    pub outcome: Outcome,
    pub digest: String,
}

/// What a confirmation expects.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub id: PlanId,
    pub digest: String,
}

impl Waiting {
    /// Within the act, once it is planned anew: refuses when it would do anything else than what was shown.
    pub(crate) async fn hold(&self, act: &mut Act, digest: &str) -> Result<(), Problem> {
        let county = act.county();
        let plan = store::plan::get(act, county, self.id).await?.ok_or_else(missing)?;
        if plan.written_at_ms.is_some() {
            return Err(Problem::new(Code::Conflict, "这个导入计划已经写入"));
        }
        if digest != self.digest {
            return Err(Problem::new(Code::Changed, "计划做出之后数据有了变动"));
        }
        Ok(())
    }

    /// Says within the act that it was written, and what it became.
    pub(crate) async fn written(
        &self,
        act: &mut Act,
        import: Option<ImportId>,
        at_ms: i64,
    ) -> Result<(), Problem> {
        let county = act.county();
        Ok(store::plan::set_written(act, county, self.id, import, at_ms).await?)
    }
}

/// What is kept of an outcome.
#[derive(Serialize, Deserialize)]
struct Kept {
    counts: Counts,
    findings: Vec<Finding>,
    changes: Vec<PlannedChange>,
    not_in_file: Vec<String>,
}

enum Looked {
    Roster(Box<roster::Looked>),
    Visits(Box<visit::Looked>),
}

impl Looked {
    /// Reads and checks a file by itself.
    async fn at(
        app: &App,
        caller: &Caller,
        county: CountyCode,
        campaign: Option<&str>,
        source: Source,
    ) -> Result<Self, Problem> {
        Ok(match campaign {
            None => Self::Roster(Box::new(roster::look(app, caller, county, source).await?)),
            Some(code) => Self::Visits(Box::new(visit::look(app, caller, county, code, source).await?)),
        })
    }

    fn read(&self) -> &Arc<Read> {
        match self {
            Self::Roster(looked) => looked.read(),
            Self::Visits(looked) => looked.read(),
        }
    }

    async fn plan(self, app: &App, caller: &Caller, county: CountyCode) -> Result<Dry, Problem> {
        match self {
            Self::Roster(looked) => looked.plan(app, county).await,
            Self::Visits(looked) => looked.plan(app, caller, county).await,
        }
    }

    async fn write(
        self,
        app: &App,
        caller: &Caller,
        county: CountyCode,
        name: String,
        waiting: Waiting,
    ) -> Result<Outcome, Problem> {
        match self {
            Self::Roster(looked) => looked.write(app, caller, county, name, Some(waiting)).await,
            Self::Visits(looked) => looked.write(app, caller, county, name, Some(waiting)).await,
        }
    }
}

fn permission(campaign: Option<&str>) -> Permission {
    if campaign.is_some() { Permission::VisitImport } else { Permission::RosterImport }
}

fn missing() -> Problem {
    Problem::new(Code::NotFound, "没有这个导入计划，或者已经过期，请重新上传")
}

/// Takes a file in and says what it would do; nothing of it is written. A large one is planned by a job. A file with a
/// marked row is refused as a whole: it would be kept.
pub async fn begin(app: &App, caller: &Caller, county: CountyCode, upload: Upload) -> Result<Shown, Problem> {
    let scope = app.permit(caller, permission(upload.campaign.as_deref()), county).await?;
    let name = domain::file::clean_name(&upload.name)?;
    let bytes: Arc<[u8]> = upload.bytes.into();
    let source = Source::Bytes { name: name.clone(), bytes: Arc::clone(&bytes) };
    let looked = Looked::at(app, caller, county, upload.campaign.as_deref(), source).await?;
    guard::refuse_marked(app, caller, county, looked.read()).await?;
    let now_ms = app.now_ms();
    let mut plan = Plan {
        id: app.id(),
        campaign: upload.campaign,
        owner: caller.owner(),
        source: app.id(),
        outcome: None,
        digest: None,
        job: None,
        import: None,
        written_at_ms: None,
        created_at_ms: now_ms,
        expires_at_ms: now_ms + FileKind::Upload.rule().kept_days.unwrap_or_default() * DAY_MS,
    };
    let is_large = looked.read().rows > AT_ONCE;
    let new = by_product(plan.id, plan.source, FileKind::Upload, &name);
    keep_for(app, caller, county, &scope, new, bytes.to_vec()).await?;
    let outcome = if is_large {
        Outcome::default()
    } else {
        let dry = looked.plan(app, caller, county).await?;
        plan.outcome = Some(keep_outcome(app, caller, county, (&scope, plan.id), &dry.outcome).await?);
        plan.digest = Some(dry.digest);
        dry.outcome
    };
    let plan = write_down(app, caller, county, plan, is_large).await?;
    let state = if is_large { State::Planning } else { State::Ready };
    Ok(Shown { plan, name, state, outcome })
}

fn by_product(plan: PlanId, id: FileId, kind: FileKind, name: &str) -> NewFile {
    NewFile {
        id,
        kind,
        owner_kind: OwnerKind::Import,
        owner: plan.0,
        unit: None,
        name: name.to_owned(),
        caption: String::new(),
        is_internal: true,
        external_reviewed: false,
    }
}

async fn keep_outcome(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (scope, plan): (&Scope, PlanId),
    outcome: &Outcome,
) -> Result<FileId, Problem> {
    let kept = Kept {
        counts: outcome.counts,
        findings: outcome.findings.clone(),
        changes: outcome.changes.clone(),
        not_in_file: outcome.not_in_file.clone(),
    };
    let bytes = serde_json::to_vec(&kept).map_err(|_| Problem::new(Code::Output, "计划未能保存"))?;
    let new = by_product(plan, app.id(), FileKind::Export, "导入计划.json");
    Ok(keep_for(app, caller, county, scope, new, bytes).await?.id)
}

/// The act: the plan, the job that makes it, and room for it.
async fn write_down(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    mut plan: Plan,
    by_job: bool,
) -> Result<Plan, Problem> {
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let waiting = store::plan::waiting(act, county, &plan.owner).await?;
                for old in waiting.iter().skip(MOST - 1) {
                    give_up(act, &inner, county, old).await?;
                }
                if by_job {
                    let payload = json!({ "plan": plan.id });
                    let kind = JobKind::ImportPlan;
                    plan.job = Some(crate::job::enqueue(&inner, act, &caller, kind, payload, None).await?);
                }
                store::plan::add(act, county, &plan).await?;
                let detail = json!({ "kind": plan.kind(), "campaign": plan.campaign, "by_job": by_job });
                let id = plan.id.to_string();
                act.audit(inner.entry(&caller, "import.plan", "import_plan", &id, detail)).await?;
                Ok(plan)
            })
        })
        .await
}

/// Forgets a plan and gives its files up.
async fn give_up(act: &mut Act, app: &App, county: CountyCode, plan: &Plan) -> Result<(), Problem> {
    for file in [Some(plan.source), plan.outcome].into_iter().flatten() {
        store::file::release(act, county, file, app.now_ms()).await?;
    }
    store::plan::remove(act, county, plan.id).await?;
    Ok(())
}

/// The caller's own plan; anybody else's is not there.
async fn find(app: &App, caller: &Caller, county: CountyCode, id: PlanId) -> Result<(Scope, Plan), Problem> {
    let found = {
        // Asked first only for what decides which permission counts; nothing of it is told before.
        let mut tx = app.db.read().await?;
        store::plan::get(&mut tx, county, id).await?
    };
    let own = found.filter(|it| it.owner == caller.owner() && it.expires_at_ms > app.now_ms());
    let Some(plan) = own else {
        app.permit(caller, Permission::ImportRead, county).await?;
        return Err(missing());
    };
    Ok((app.permit(caller, permission(plan.campaign.as_deref()), county).await?, plan))
}

/// A plan of the caller's.
pub async fn get(app: &App, caller: &Caller, county: CountyCode, id: PlanId) -> Result<Shown, Problem> {
    let (_, plan) = find(app, caller, county, id).await?;
    shown(app, county, plan).await
}

async fn shown(app: &App, county: CountyCode, plan: Plan) -> Result<Shown, Problem> {
    let name = crate::file::name_of(app, county, plan.source).await?;
    let outcome = match plan.outcome {
        Some(file) => kept_outcome(app, county, file).await?,
        None => Outcome::default(),
    };
    let state = match (plan.written_at_ms, &plan.digest, plan.job) {
        (Some(_), ..) => State::Written,
        (None, Some(_), _) => State::Ready,
        (None, None, Some(job)) if is_over(app, county, job).await? => State::Failed,
        (None, None, _) => State::Planning,
    };
    let import = plan.import.map(|id| id.to_string());
    Ok(Shown { plan, name, state, outcome: Outcome { import, ..outcome } })
}

/// Whether a job ended without a plan.
async fn is_over(app: &App, county: CountyCode, job: domain::ids::JobId) -> Result<bool, Problem> {
    let mut tx = app.db.read().await?;
    let job = store::job::get(&mut tx, county, job).await?;
    let state = job.and_then(|job| domain::job::JobState::from_code(&job.state));
    Ok(state.is_none_or(domain::job::JobState::is_over))
}

async fn kept_outcome(app: &App, county: CountyCode, file: FileId) -> Result<Outcome, Problem> {
    let bytes = crate::file::read_whole(app, county, file).await?;
    let kept: Kept = serde_json::from_slice(&bytes)
        .map_err(|_| Problem::new(Code::Storage, "导入计划读不出来，请重新上传"))?;
    Ok(Outcome {
        counts: kept.counts,
        findings: kept.findings,
        changes: kept.changes,
        not_in_file: kept.not_in_file,
        ..Outcome::default()
    })
}

async fn source(app: &App, county: CountyCode, plan: &Plan) -> Result<(String, Arc<[u8]>), Problem> {
    let name = crate::file::name_of(app, county, plan.source).await?;
    Ok((name, crate::file::read_whole(app, county, plan.source).await?.into()))
}

/// Gives a plan up; its files go.
pub async fn forget(app: &App, caller: &Caller, county: CountyCode, id: PlanId) -> Result<(), Problem> {
    let (_, plan) = find(app, caller, county, id).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                give_up(act, &inner, county, &plan).await?;
                let (id, detail) = (plan.id.to_string(), json!({ "kind": plan.kind() }));
                act.audit(inner.entry(&caller, "import.forget", "import_plan", &id, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// The user's sheet with the bad cells marked, as a workbook, and its name.
pub async fn findings(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PlanId,
) -> Result<(String, Vec<u8>), Problem> {
    let (_, plan) = find(app, caller, county, id).await?;
    let Some(outcome) = plan.outcome else {
        return Err(Problem::new(Code::Conflict, "文件还在检查，请等检查完成之后再取标注文件"));
    };
    let outcome = kept_outcome(app, county, outcome).await?;
    let (name, bytes) = source(app, county, &plan).await?;
    let source = Source::Bytes { name: name.clone(), bytes: Arc::clone(&bytes) };
    let read = Arc::clone(Looked::at(app, caller, county, plan.campaign.as_deref(), source).await?.read());
    let object = ("import_plan", id.to_string());
    crate::audit::note(app, caller, county, "import.findings", (object.0, &object.1), Value::Null).await?;
    let taken = app.taken(caller);
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let out = format!("{stem}（问题标注）.xlsx");
    let book = crate::blocking(move || {
        let cells = super::finding_cells(&outcome);
        Ok(formats::sheet::findings_workbook(&name, &bytes, &cells, &read, &taken)?)
    })
    .await?;
    Ok((out, book))
}
