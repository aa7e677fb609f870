//! Background jobs: added in the act that wants them, claimed once over any number of servers, written to by the one
//! worker that has them.
//!
//! Who changes what the owner is told takes the next number of the counter `job` first and holds it until COMMIT, so
//! that no smaller number appears later: an owner who has seen number 7 has missed nothing below it.

mod work;

pub use work::{Claim, Standing, beat, claim, due, lost, put, put_in};

use crate::dialect::{self, FOR_UPDATE};
use crate::door::Act;
use crate::tx::Tx;
use crate::{Db, StoreError, on};
use domain::ids::JobId;
use domain::job::JobKind;
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::Value;
use sqlx::{AssertSqlSafe, FromRow};

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Identity.
    pub id: JobId,
    /// What.
    pub kind: JobKind,
    /// For which county; `None` for work on the whole installation.
    pub county: Option<CountyCode>,
    /// A second job with this key is not added.
    pub unique_key: Option<String>,
    /// What the handler needs; no personal data.
    pub payload: Value,
    /// Not before, ms UTC.
    pub run_after_ms: i64,
    /// How often it is tried.
    pub max_attempts: i64,
    /// Whose it is.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
}

/// A job as stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Job {
    /// Identity.
    pub id: String,
    /// Code of its kind.
    pub kind: String,
    /// The county.
    pub county_code: Option<String>,
    /// What the handler needs.
    pub payload_json: String,
    /// Code of its state.
    pub state: String,
    /// Not before, ms UTC.
    pub run_after_ms: i64,
    /// How often it was begun.
    pub attempts: i64,
    /// How often it may be begun.
    pub max_attempts: i64,
    /// The worker that has it, or had it last.
    pub claimed_by: Option<String>,
    /// How much is done.
    pub progress_done: i64,
    /// Of how much; 0 when nobody knows.
    pub progress_total: i64,
    /// One sentence for its owner.
    pub message: String,
    /// What came of it.
    pub result_json: Option<String>,
    /// Number of its last change.
    pub change_seq: i64,
    /// Whose it is.
    pub created_by: String,
    /// When it was added, ms UTC.
    pub created_at_ms: i64,
    /// When it ended, ms UTC.
    pub finished_at_ms: Option<i64>,
}

const COLUMNS: &str = "id, kind, county_code, payload_json, state, run_after_ms, attempts, max_attempts, \
                       claimed_by, progress_done, progress_total, message, result_json, change_seq, created_by, \
                       created_at_ms, finished_at_ms";

/// `$10` says when: `always`, or `alone`: unless one of its kind is queued or running anywhere.
const ADD: &str = "INSERT INTO job (id, kind, county_code, unique_key, payload_json, state, run_after_ms, attempts, \
                   max_attempts, progress_done, progress_total, message, change_seq, created_by, created_at_ms) \
                   SELECT $1, $2, CAST($3 AS TEXT), CAST($4 AS TEXT), $5, 'queued', CAST($6 AS BIGINT), 0, \
                   CAST($7 AS BIGINT), 0, 0, '', 0, $8, CAST($9 AS BIGINT) \
                   WHERE $10 <> 'alone' OR NOT EXISTS (SELECT 1 FROM job WHERE kind = $2 AND state IN ('queued', 'running')) \
                   ON CONFLICT (unique_key) DO NOTHING";

const BY_KEY: &str = "SELECT id FROM job WHERE unique_key = $1";

/// Adds a job in the act that wants it; it is begun when the act is lasting. Gives the id of the job that is there
/// now: the new one, or the earlier one with the same key.
pub async fn add(act: &mut Act, job: &NewJob) -> Result<JobId, StoreError> {
    act.ring();
    if insert(act, job, "always").await? {
        return Ok(job.id);
    }
    let key = job.unique_key.clone().unwrap_or_default();
    let (id,): (String,) = on!(act, c => sqlx::query_as(BY_KEY).bind(key).fetch_one(c).await)?;
    id.parse().map_err(|_| StoreError::Corrupt { table: "job", column: "id", id })
}

const WAITING: &str = "SELECT id FROM job WHERE kind = $1 AND state = 'queued' AND county_code = $2 LIMIT 1";

/// Adds a job that works off all there is, unless one of its kind already waits for the act's county: that one will
/// see what this act wrote.
pub async fn add_waiting(act: &mut Act, job: &NewJob) -> Result<(), StoreError> {
    // Locked, it is not claimed before this act is lasting.
    let sql = format!("{WAITING}{}", dialect::pick(act.backend(), FOR_UPDATE));
    let county = act.county();
    let waiting: Option<(String,)> = on!(act, c => sqlx::query_as(AssertSqlSafe(sql)).bind(job.kind.code())
        .bind(county.as_str()).fetch_optional(c).await)?;
    if waiting.is_none() {
        act.ring();
        insert(act, job, "always").await?;
    }
    Ok(())
}

/// Adds a periodic job of the installation unless its key is taken or one of its kind is under way. Whether there is
/// a job of this key now; if not, the turn is to be tried again.
pub async fn add_periodic(db: &Db, job: &NewJob) -> Result<bool, StoreError> {
    let mut tx = db.control().await?;
    if insert(&mut tx, job, "alone").await? {
        db.commit(tx).await?;
        db.ring();
        return Ok(true);
    }
    let key = job.unique_key.clone().unwrap_or_default();
    let known: Option<(String,)> =
        on!(&mut tx, c => sqlx::query_as(BY_KEY).bind(key).fetch_optional(c).await)?;
    Ok(known.is_some())
}

async fn insert(tx: &mut Tx, job: &NewJob, when: &'static str) -> Result<bool, StoreError> {
    let added = on!(tx, c => sqlx::query(ADD)
        .bind(job.id.to_string())
        .bind(job.kind.code())
        .bind(job.county.map(|county| county.to_string()))
        .bind(job.unique_key.as_deref())
        .bind(job.payload.to_string())
        .bind(job.run_after_ms)
        .bind(job.max_attempts)
        .bind(job.created_by.as_str())
        .bind(job.created_at_ms)
        .bind(when)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(added > 0)
}

const NEXT: &str = "UPDATE counter SET value = value + 1 WHERE name = 'job' RETURNING value";

async fn next(tx: &mut Tx) -> Result<i64, StoreError> {
    let (seq,): (i64,) = on!(tx, c => sqlx::query_as(NEXT).fetch_one(c).await)?;
    Ok(seq)
}

const CANCEL: &str = "UPDATE job SET state = 'cancelled', finished_at_ms = $3, message = $4, change_seq = $5 \
                      WHERE id = $1 AND county_code = $2 AND state IN ('queued', 'running')";

/// Cancels a job of a county that is not over yet; its worker finds out at its next heartbeat.
pub async fn cancel(act: &mut Act, id: JobId, message: &str, now_ms: i64) -> Result<bool, StoreError> {
    act.ring();
    let (county, seq) = (act.county(), next(act).await?);
    let changed = on!(act, c => sqlx::query(CANCEL)
        .bind(id.to_string())
        .bind(county.as_str())
        .bind(now_ms)
        .bind(message)
        .bind(seq)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(changed > 0)
}

const AGAIN: &str = "UPDATE job SET state = 'queued', attempts = 0, run_after_ms = $3, finished_at_ms = NULL, \
                     message = '', progress_done = 0, progress_total = 0, change_seq = $4 \
                     WHERE id = $1 AND county_code = $2 AND state IN ('failed', 'cancelled')";

/// Queues a failed or cancelled job of a county anew.
pub async fn again(act: &mut Act, id: JobId, now_ms: i64) -> Result<bool, StoreError> {
    act.ring();
    let (county, seq) = (act.county(), next(act).await?);
    let changed = on!(act, c => sqlx::query(AGAIN)
        .bind(id.to_string())
        .bind(county.as_str())
        .bind(now_ms)
        .bind(seq)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(changed > 0)
}

/// A job of a county.
pub async fn get(tx: &mut Tx, county: CountyCode, id: JobId) -> Result<Option<Job>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM job WHERE id = $1 AND county_code = $2");
    Ok(
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(id.to_string()).bind(county.as_str()).fetch_optional(c).await)?,
    )
}

/// Jobs of a county, the newest first: of one owner, or of all; those older than `before`.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    owner: Option<&str>,
    before: Option<(i64, JobId)>,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    let whose = if owner.is_some() { "created_by = $5" } else { "CAST($5 AS TEXT) IS NULL" };
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE county_code = $1 AND {whose} \
         AND (created_at_ms < $2 OR (created_at_ms = $2 AND id < $3)) \
         ORDER BY created_at_ms DESC, id DESC LIMIT $4"
    );
    let (at_ms, id) = before.map_or((i64::MAX, String::new()), |(at_ms, id)| (at_ms, id.to_string()));
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(county.as_str())
        .bind(at_ms)
        .bind(id)
        .bind(limit)
        .bind(owner)
        .fetch_all(c)
        .await)?)
}

/// An owner's jobs of a county that changed after a number, in the order of their last change.
pub async fn changed(
    tx: &mut Tx,
    county: CountyCode,
    owner: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE created_by = $1 AND county_code = $2 AND change_seq > $3 \
         ORDER BY change_seq, id LIMIT $4"
    );
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(owner)
        .bind(county.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const PURGE: &str = "DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND finished_at_ms < $1";

/// Removes jobs that ended before a moment; says how many.
pub async fn purge(db: &Db, before_ms: i64) -> Result<u64, StoreError> {
    let mut tx = db.control().await?;
    let gone =
        on!(&mut tx, c => sqlx::query(PURGE).bind(before_ms).execute(c).await.map(|it| it.rows_affected()))?;
    db.commit(tx).await?;
    Ok(gone)
}
