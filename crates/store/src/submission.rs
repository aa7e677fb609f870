//! Submitted tables: who submitted which version when, what was frozen, and what the county said to it.

use crate::{StoreError, Tx, on};
use domain::ids::{CampaignId, SubmissionId, UnitId};
use domain::region::CountyCode;
use domain::submission::SubmissionState;
use sqlx::FromRow;

/// One version of a unit's table, without the frozen table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Identity.
    pub id: SubmissionId,
    /// Whose table.
    pub unit: UnitId,
    /// 1, 2, …
    pub version: i64,
    /// Where it stands.
    pub state: SubmissionState,
    /// Version of the template by which it was counted.
    pub template_version: i64,
    /// Last day, as it was then.
    pub deadline: String,
    /// Working days by which it was late; 0 in time.
    pub late_days: i64,
    /// SM3 of the frozen table.
    pub sm3_hex: String,
    /// When, ms UTC.
    pub submitted_at_ms: i64,
    /// Who submitted it.
    pub submitted_by: String,
    /// When it was accepted, returned or withdrawn, ms UTC.
    pub decided_at_ms: Option<i64>,
    /// By whom.
    pub decided_by: Option<String>,
    /// What the county said when it returned it, sealed.
    pub remark_sealed: Option<String>,
}

/// A version to be added.
#[derive(Debug, Clone)]
pub struct NewSubmission {
    /// What is known of it.
    pub submission: Submission,
    /// The frozen table, word for word as its SM3 was taken.
    pub table_json: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    unit_id: String,
    version: i64,
    state: String,
    template_version: i64,
    deadline: String,
    late_days: i64,
    sm3_hex: String,
    submitted_at_ms: i64,
    submitted_by: String,
    decided_at_ms: Option<i64>,
    decided_by: Option<String>,
    remark_sealed: Option<String>,
}

const COLUMNS: &str = "id, unit_id, version, state, template_version, deadline, late_days, sm3_hex, \
     submitted_at_ms, submitted_by, decided_at_ms, decided_by, remark_sealed";

impl Row {
    fn read(self) -> Result<Submission, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "submission", column, id: self.id.clone() };
        Ok(Submission {
            id: self.id.parse().map_err(|_| bad("id"))?,
            unit: self.unit_id.parse().map_err(|_| bad("unit_id"))?,
            state: SubmissionState::from_code(&self.state).ok_or_else(|| bad("state"))?,
            version: self.version,
            template_version: self.template_version,
            deadline: self.deadline,
            late_days: self.late_days,
            sm3_hex: self.sm3_hex,
            submitted_at_ms: self.submitted_at_ms,
            submitted_by: self.submitted_by,
            decided_at_ms: self.decided_at_ms,
            decided_by: self.decided_by,
            remark_sealed: self.remark_sealed,
        })
    }
}

const ADD: &str = "INSERT INTO submission (county_code, id, campaign_id, unit_id, version, state, template_version, \
     deadline, late_days, table_json, sm3_hex, submitted_at_ms, submitted_by) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Adds a version; one that is there already is a [`StoreError::Conflict`].
pub async fn add(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    new: &NewSubmission,
) -> Result<(), StoreError> {
    let it = &new.submission;
    on!(tx, c => sqlx::query(ADD)
        .bind(county.as_str())
        .bind(it.id.to_string())
        .bind(campaign.to_string())
        .bind(it.unit.to_string())
        .bind(it.version)
        .bind(it.state.code())
        .bind(it.template_version)
        .bind(it.deadline.as_str())
        .bind(it.late_days)
        .bind(new.table_json.as_str())
        .bind(it.sm3_hex.as_str())
        .bind(it.submitted_at_ms)
        .bind(it.submitted_by.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// All versions of a unit's table, the first one first.
pub async fn of_unit(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<Vec<Submission>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM submission WHERE county_code = $1 AND campaign_id = $2 AND unit_id = $3 \
         ORDER BY version"
    );
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(unit.to_string()).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

/// The last version of every unit that submitted one.
pub async fn last_of_all(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<Vec<Submission>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM submission s WHERE s.county_code = $1 AND s.campaign_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM submission o WHERE o.county_code = s.county_code \
         AND o.campaign_id = s.campaign_id AND o.unit_id = s.unit_id AND o.version > s.version) ORDER BY s.unit_id"
    );
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

/// The frozen table of a version, as it was written.
pub async fn frozen(tx: &mut Tx, county: CountyCode, id: SubmissionId) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT table_json FROM submission WHERE county_code = $1 AND id = $2";
    let row: Option<(String,)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(id.to_string()).fetch_optional(c).await)?;
    Ok(row.map(|(text,)| text))
}

/// What the county or the unit decides about a version.
#[derive(Debug, Clone)]
pub struct Decision<'d> {
    /// The new state.
    pub state: SubmissionState,
    /// When, ms UTC.
    pub at_ms: i64,
    /// By whom.
    pub by: &'d str,
    /// What is said to it, sealed.
    pub remark_sealed: Option<String>,
}

/// Writes a decision down.
pub async fn decide(
    tx: &mut Tx,
    county: CountyCode,
    id: SubmissionId,
    decision: &Decision<'_>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE submission SET state = $3, decided_at_ms = $4, decided_by = $5, remark_sealed = $6 \
         WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(county.as_str())
        .bind(id.to_string())
        .bind(decision.state.code())
        .bind(decision.at_ms)
        .bind(decision.by)
        .bind(decision.remark_sealed.as_deref())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
