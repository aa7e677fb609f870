//! What a worker does with jobs: claims one, shows that it lives, writes where the job stands.

use super::{COLUMNS, Job, next};
use crate::dialect::{self, SKIP_LOCKED};
use crate::door::Act;
use crate::tx::Tx;
use crate::{Db, StoreError, json, on};
use domain::job::{JobKind, JobState};
use serde_json::Value;
use sqlx::AssertSqlSafe;

/// When the next queued job of these kinds is due, ms UTC. Only reads, so that an idle server writes nothing.
pub async fn due(db: &Db, kinds: &[JobKind]) -> Result<Option<i64>, StoreError> {
    let mut tx = db.read().await?;
    let among = dialect::list(&tx, "$1");
    let sql = format!("SELECT MIN(run_after_ms) FROM job WHERE state = 'queued' AND kind IN {among}");
    let kinds = codes(kinds);
    let (due,): (Option<i64>,) =
        on!(&mut tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(kinds).fetch_one(c).await)?;
    Ok(due)
}

/// Takes the longest due job of these kinds for a worker; nobody else gets it while its heart beats.
pub async fn claim(db: &Db, worker: &str, kinds: &[JobKind], now_ms: i64) -> Result<Option<Job>, StoreError> {
    let mut tx = db.control().await?;
    let (among, skip) = (dialect::list(&tx, "$3"), dialect::pick(tx.backend(), SKIP_LOCKED));
    let sql = format!(
        "UPDATE job SET state = 'running', claimed_by = $1, claimed_at_ms = $2, heartbeat_at_ms = $2, \
         attempts = attempts + 1 WHERE id = (SELECT id FROM job WHERE state = 'queued' AND run_after_ms <= $2 \
         AND kind IN {among} ORDER BY run_after_ms, id LIMIT 1{skip}) RETURNING {COLUMNS}"
    );
    let kinds = codes(kinds);
    let claimed = on!(&mut tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(worker).bind(now_ms).bind(kinds).fetch_optional(c).await)?;
    db.commit(tx).await?;
    Ok(claimed)
}

fn codes(kinds: &[JobKind]) -> String {
    json::text(&kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>())
}

/// The right of a worker to write to the job it claimed. It ends when the job is cancelled, or is taken for lost and
/// claimed anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job: String,
    /// The worker.
    pub worker: String,
    /// Which attempt.
    pub attempts: i64,
}

impl Job {
    /// The right of the worker that claimed it.
    pub fn claim(&self) -> Claim {
        Claim {
            job: self.id.clone(),
            worker: self.claimed_by.clone().unwrap_or_default(),
            attempts: self.attempts,
        }
    }
}

const BEAT: &str = "UPDATE job SET heartbeat_at_ms = $4 \
                    WHERE id = $1 AND claimed_by = $2 AND attempts = $3 AND state = 'running'";

/// Says that the worker is alive; `false` when the job is no longer its own.
pub async fn beat(db: &Db, claim: &Claim, now_ms: i64) -> Result<bool, StoreError> {
    let mut tx = db.control().await?;
    let beaten = on!(&mut tx, c => sqlx::query(BEAT)
        .bind(claim.job.as_str())
        .bind(claim.worker.as_str())
        .bind(claim.attempts)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    db.commit(tx).await?;
    Ok(beaten > 0)
}

/// Where a claimed job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// State.
    pub state: JobState,
    /// Not before, ms UTC.
    pub run_after_ms: i64,
    /// How often it was begun.
    pub attempts: i64,
    /// How much is done, of how much.
    pub progress: (i64, i64),
    /// One sentence for its owner.
    pub message: String,
    /// What came of it.
    pub result: Option<Value>,
}

const PUT: &str = "UPDATE job SET state = $4, run_after_ms = $5, attempts = $6, progress_done = $7, \
                   progress_total = $8, message = $9, result_json = $10, heartbeat_at_ms = $11, \
                   finished_at_ms = $12, change_seq = $13 \
                   WHERE id = $1 AND claimed_by = $2 AND attempts = $3 AND state = 'running'";

/// Writes where the job stands; `false` when it is no longer the worker's own.
pub async fn put(db: &Db, claim: &Claim, standing: &Standing, now_ms: i64) -> Result<bool, StoreError> {
    let mut tx = db.control().await?;
    let is_put = put_row(&mut tx, claim, standing, now_ms).await?;
    db.commit(tx).await?;
    db.ring();
    Ok(is_put)
}

/// The same inside an act, e.g. together with a notification.
pub async fn put_in(
    act: &mut Act,
    claim: &Claim,
    standing: &Standing,
    now_ms: i64,
) -> Result<bool, StoreError> {
    act.ring();
    put_row(act, claim, standing, now_ms).await
}

async fn put_row(tx: &mut Tx, claim: &Claim, standing: &Standing, now_ms: i64) -> Result<bool, StoreError> {
    let seq = next(tx).await?;
    let finished = standing.state.is_over().then_some(now_ms);
    let changed = on!(tx, c => sqlx::query(PUT)
        .bind(claim.job.as_str())
        .bind(claim.worker.as_str())
        .bind(claim.attempts)
        .bind(standing.state.code())
        .bind(standing.run_after_ms)
        .bind(standing.attempts)
        .bind(standing.progress.0)
        .bind(standing.progress.1)
        .bind(standing.message.as_str())
        .bind(standing.result.as_ref().map(Value::to_string))
        .bind(now_ms)
        .bind(finished)
        .bind(seq)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(changed > 0)
}

/// Running jobs whose heart has not beaten since a moment: their workers are lost.
pub async fn lost(db: &Db, silent_since_ms: i64) -> Result<Vec<Job>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE state = 'running' AND heartbeat_at_ms < $1 ORDER BY heartbeat_at_ms, id"
    );
    let mut tx = db.read().await?;
    Ok(on!(&mut tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(silent_since_ms).fetch_all(c).await)?)
}
