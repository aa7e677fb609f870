//! Imports that wait for their confirmation (导入计划).

use crate::{StoreError, Tx, on};
use domain::ids::{FileId, ImportId, JobId, PlanId};
use domain::region::CountyCode;
use sqlx::FromRow;

/// An import that waits, or was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Identity.
    pub id: PlanId,
    /// The campaign's code, for visits; a roster has none.
    pub campaign: Option<String>,
    /// Whose it is: account, token or user of the machine.
    pub owner: String,
    /// The uploaded file.
    pub source: FileId,
    /// What it would do, or did, as a file; `None` until it was planned.
    pub outcome: Option<FileId>,
    /// Keyed hash over all that it would write and say.
    pub digest: Option<String>,
    /// The job that plans it.
    pub job: Option<JobId>,
    /// What it became; `None` when nothing of it changed anything.
    pub import: Option<ImportId>,
    /// When it was written, ms UTC.
    pub written_at_ms: Option<i64>,
    /// When it was uploaded, ms UTC.
    pub created_at_ms: i64,
    /// When it ends by itself, ms UTC.
    pub expires_at_ms: i64,
}

impl Plan {
    /// `roster` or `visit`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.campaign.is_some() { "visit" } else { "roster" }
    }
}

#[derive(FromRow)]
struct Columns {
    id: String,
    campaign_code: Option<String>,
    owner: String,
    source_file_id: String,
    outcome_file_id: Option<String>,
    digest: Option<String>,
    job_id: Option<String>,
    import_id: Option<String>,
    written_at_ms: Option<i64>,
    created_at_ms: i64,
    expires_at_ms: i64,
}

impl Columns {
    fn read(self) -> Result<Plan, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "import_plan", column, id: self.id.clone() };
        Ok(Plan {
            id: self.id.parse().map_err(|_| bad("id"))?,
            source: self.source_file_id.parse().map_err(|_| bad("source_file_id"))?,
            outcome: self
                .outcome_file_id
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| bad("outcome_file_id"))?,
            job: self.job_id.as_deref().map(str::parse).transpose().map_err(|_| bad("job_id"))?,
            import: self.import_id.as_deref().map(str::parse).transpose().map_err(|_| bad("import_id"))?,
            campaign: self.campaign_code,
            owner: self.owner,
            digest: self.digest,
            written_at_ms: self.written_at_ms,
            created_at_ms: self.created_at_ms,
            expires_at_ms: self.expires_at_ms,
        })
    }
}

/// Writes a plan down.
pub async fn add(tx: &mut Tx, county: CountyCode, plan: &Plan) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO import_plan (county_code, id, kind, campaign_code, owner, source_file_id, \
         outcome_file_id, digest, job_id, created_at_ms, expires_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(plan.id.to_string()).bind(plan.kind())
        .bind(&plan.campaign).bind(&plan.owner).bind(plan.source.to_string())
        .bind(plan.outcome.map(|id| id.to_string())).bind(&plan.digest).bind(plan.job.map(|id| id.to_string()))
        .bind(plan.created_at_ms).bind(plan.expires_at_ms).execute(c).await.map(drop))?;
    Ok(())
}

const PLANS: &str = "SELECT id, campaign_code, owner, source_file_id, outcome_file_id, digest, job_id, import_id, \
                     written_at_ms, created_at_ms, expires_at_ms FROM import_plan";

/// A plan.
pub async fn get(tx: &mut Tx, county: CountyCode, id: PlanId) -> Result<Option<Plan>, StoreError> {
    let sql = format!("{PLANS} WHERE county_code = $1 AND id = $2");
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(id.to_string()).fetch_optional(c).await)?;
    row.map(Columns::read).transpose()
}

/// The plans of an owner that were not written, the newest first.
pub async fn waiting(tx: &mut Tx, county: CountyCode, owner: &str) -> Result<Vec<Plan>, StoreError> {
    let sql = format!(
        "{PLANS} WHERE county_code = $1 AND owner = $2 AND written_at_ms IS NULL \
         ORDER BY created_at_ms DESC, id DESC"
    );
    let rows: Vec<Columns> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(owner).fetch_all(c).await)?;
    rows.into_iter().map(Columns::read).collect()
}

/// Puts what a plan would do in the place of what was known of it; `false` when it was written or forgotten meanwhile.
pub async fn put_outcome(
    tx: &mut Tx,
    county: CountyCode,
    id: PlanId,
    outcome: FileId,
    digest: &str,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE import_plan SET outcome_file_id = $3, digest = $4 \
                       WHERE county_code = $1 AND id = $2 AND written_at_ms IS NULL";
    let rows = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string())
        .bind(outcome.to_string()).bind(digest).execute(c).await.map(|it| it.rows_affected()))?;
    Ok(rows == 1)
}

/// Says that a plan was written, and what it became.
pub async fn set_written(
    tx: &mut Tx,
    county: CountyCode,
    id: PlanId,
    import: Option<ImportId>,
    at_ms: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE import_plan SET import_id = $3, written_at_ms = $4 \
                       WHERE county_code = $1 AND id = $2 AND written_at_ms IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string())
        .bind(import.map(|id| id.to_string())).bind(at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets a plan; its files are given up by whoever calls.
pub async fn remove(tx: &mut Tx, county: CountyCode, id: PlanId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM import_plan WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets plans whose time is over, as their files are. Says how many.
pub async fn expire(tx: &mut Tx, county: CountyCode, now_ms: i64) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM import_plan WHERE county_code = $1 AND expires_at_ms <= $2";
    Ok(on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(now_ms).execute(c).await
        .map(|it| it.rows_affected()))?)
}
