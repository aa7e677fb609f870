//! Background jobs (后台作业): started in the act that wants them, watched, cancelled and tried again by their owner.
//! The workers stand in `run`, what each kind does in `handlers`.

mod end;
mod handlers;
mod periodic;
mod run;
mod work;

pub use handlers::{Handler, Handlers};
pub(crate) use run::stopped;
pub use run::{Settings, run};
pub use work::{Done, Work};

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::ids::JobId;
use domain::job::{JobKind, JobState, MAX_ATTEMPTS};
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::{Value, json};
use store::job::NewJob;
use store::{Act, Tx};

/// The owner of jobs that nobody asked for.
pub const SYSTEM: &str = "system";

/// A job as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Identity.
    pub id: String,
    /// Code of its kind.
    pub kind: String,
    /// The kind in words.
    pub kind_label: &'static str,
    /// Code of its state.
    pub state: String,
    /// The state in words.
    pub state_label: &'static str,
    /// How much is done.
    pub progress_done: i64,
    /// Of how much; 0 when nobody knows.
    pub progress_total: i64,
    /// One sentence.
    pub message: String,
    /// What came of it.
    pub result: Option<Value>,
    /// How often it was begun.
    pub attempts: i64,
    /// Whose it is.
    pub created_by: String,
    /// When it was added, ms UTC.
    pub created_at_ms: i64,
    /// When it ended, ms UTC.
    pub finished_at_ms: Option<i64>,
}

impl From<store::job::Job> for Job {
    fn from(job: store::job::Job) -> Self {
        Self {
            kind_label: JobKind::from_code(&job.kind).map_or("作业", JobKind::label),
            state_label: JobState::from_code(&job.state).map_or("", JobState::label),
            result: job.result_json.and_then(|text| serde_json::from_str(&text).ok()),
            id: job.id,
            kind: job.kind,
            state: job.state,
            progress_done: job.progress_done,
            progress_total: job.progress_total,
            message: job.message,
            attempts: job.attempts,
            created_by: job.created_by,
            created_at_ms: job.created_at_ms,
            finished_at_ms: job.finished_at_ms,
        }
    }
}

/// Adds a job to an act, to be begun when the act is lasting. With a key that was used before nothing is added and
/// the earlier job's id given.
pub async fn enqueue(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    kind: JobKind,
    payload: Value,
    unique_key: Option<String>,
) -> Result<JobId, Problem> {
    let job = new(app, act, caller, kind, payload, unique_key);
    Ok(store::job::add(act, &job).await?)
}

/// Adds a job that works off all there is of its kind in the county, unless one waits already.
pub(crate) async fn enqueue_waiting(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    kind: JobKind,
) -> Result<(), Problem> {
    let job = new(app, act, caller, kind, Value::Null, None);
    Ok(store::job::add_waiting(act, &job).await?)
}

fn new(
    app: &App,
    act: &Act,
    caller: &Caller,
    kind: JobKind,
    payload: Value,
    unique_key: Option<String>,
) -> NewJob {
    let now_ms = app.now_ms();
    NewJob {
        id: app.id(),
        kind,
        county: Some(act.county()),
        unique_key,
        payload,
        run_after_ms: now_ms,
        max_attempts: MAX_ATTEMPTS,
        created_by: caller.owner(),
        created_at_ms: now_ms,
    }
}

/// Whose jobs are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own.
    Own,
    /// All of the county, for whoever runs the system.
    All,
}

/// Jobs, the newest first; those older than `before`.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    whose: Whose,
    before: Option<(i64, JobId)>,
    limit: i64,
) -> Result<Vec<Job>, Problem> {
    let permission = if whose == Whose::Own { Permission::JobRead } else { Permission::OperationsRead };
    app.permit(caller, permission, county).await?;
    let owner = caller.owner();
    let owner = (whose == Whose::Own).then_some(owner.as_str());
    let mut tx = app.db.read().await?;
    let jobs = store::job::list(&mut tx, county, owner, before, limit).await?;
    Ok(jobs.into_iter().map(Job::from).collect())
}

/// One of the caller's own jobs; another's is answered like one that is not there.
pub async fn get(app: &App, caller: &Caller, county: CountyCode, id: JobId) -> Result<Job, Problem> {
    app.permit(caller, Permission::JobRead, county).await?;
    let mut tx = app.db.read().await?;
    own(&mut tx, caller, county, id).await
}

async fn own(tx: &mut Tx, caller: &Caller, county: CountyCode, id: JobId) -> Result<Job, Problem> {
    let job = store::job::get(tx, county, id).await?.filter(|job| job.created_by == caller.owner());
    job.map(Job::from)
        .ok_or_else(|| Problem::new(Code::NotFound, format!("没有编号为 {id} 的后台作业，可能已经清理")))
}

/// Cancels one of the caller's jobs. What it wrote in acts stays; its worker stops at the next heartbeat.
pub async fn cancel(app: &App, caller: &Caller, county: CountyCode, id: JobId) -> Result<Job, Problem> {
    change(app, caller, county, id, Change::Cancel).await
}

/// Queues one of the caller's failed or cancelled jobs anew.
pub async fn again(app: &App, caller: &Caller, county: CountyCode, id: JobId) -> Result<Job, Problem> {
    change(app, caller, county, id, Change::Again).await
}

#[derive(Clone, Copy)]
enum Change {
    Cancel,
    Again,
}

async fn change(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: JobId,
    change: Change,
) -> Result<Job, Problem> {
    app.permit(caller, Permission::JobChange, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let job = own(act, &caller, county, id).await?;
                let now_ms = inner.now_ms();
                let (is_changed, word) = match change {
                    Change::Cancel => (store::job::cancel(act, id, "已取消", now_ms).await?, "job.cancel"),
                    Change::Again => (store::job::again(act, id, now_ms).await?, "job.again"),
                };
                if !is_changed {
                    let message = format!("作业现在的状态是“{}”，不能这样处理", job.state_label);
                    return Err(Problem::new(Code::Conflict, message).with(json!({ "state": job.state })));
                }
                let detail = json!({ "kind": job.kind });
                act.audit(inner.entry(&caller, word, "job", &job.id, detail)).await?;
                own(act, &caller, county, id).await
            })
        })
        .await
}
