//! Findings of the checks, and the reasons with which warnings pass.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::region::CountyCode;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, FromRow};

/// A finding as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct FindingRow {
    /// Identity.
    pub id: String,
    /// The line; `None` is the batch.
    pub line_id: Option<String>,
    /// Code of the check.
    pub check_code: String,
    /// Code of its weight.
    pub weight: String,
    /// What exactly.
    pub detail: String,
    /// With which reason it passes.
    pub pass_reason: Option<String>,
    /// Who let it pass.
    pub passed_by: Option<String>,
    /// When, ms UTC.
    pub passed_at_ms: Option<i64>,
}

const COLUMNS: &str = "id, line_id, check_code, weight, detail, pass_reason, passed_by, passed_at_ms";

/// Puts these findings in place of those of a batch.
pub async fn replace(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    findings: &[FindingRow],
) -> Result<(), StoreError> {
    const CLEAR: &str = "DELETE FROM payment_finding WHERE county_code = $1 AND batch_id = $2";
    const INSERTED: &[&str] = &[
        "county_code",
        "batch_id",
        "id",
        "line_id",
        "check_code",
        "weight",
        "detail",
        "pass_reason",
        "passed_by",
        "passed_at_ms",
    ];
    on!(tx, c => sqlx::query(CLEAR).bind(county.as_str()).bind(batch).execute(c).await.map(drop))?;
    let rows: Vec<_> = findings
        .iter()
        .map(|it| {
            (
                county,
                batch,
                &it.id,
                &it.line_id,
                &it.check_code,
                &it.weight,
                &it.detail,
                &it.pass_reason,
                &it.passed_by,
                it.passed_at_ms,
            )
        })
        .collect();
    bulk::insert(tx, "payment_finding", INSERTED, &rows).await
}

/// All findings of a batch.
pub async fn all(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Vec<FindingRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_finding WHERE county_code = $1 AND batch_id = $2 ORDER BY check_code, id"
    );
    let sql = dialect::packed(tx, COLUMNS, &sql);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(batch).fetch_one(c).await)?;
    json::unpack("payment_finding", &rows)
}

/// Findings of lines.
pub async fn of_lines(
    tx: &mut Tx,
    county: CountyCode,
    lines: &[&str],
) -> Result<Vec<FindingRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_finding WHERE county_code = $1 AND line_id IN {} ORDER BY check_code, id",
        dialect::list(tx, "$2")
    );
    let list = json::text(&lines);
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?)
}

/// Findings by check and weight: check, weight, how many, how many of them without a reason.
pub async fn counts(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
) -> Result<Vec<(String, String, i64, i64)>, StoreError> {
    const SQL: &str = "SELECT check_code, weight, COUNT(*), \
         CAST(SUM(CASE WHEN pass_reason IS NULL THEN 1 ELSE 0 END) AS BIGINT) FROM payment_finding \
         WHERE county_code = $1 AND batch_id = $2 GROUP BY check_code, weight ORDER BY check_code, weight";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_all(c).await)?)
}

/// Lets the warnings of one check pass: all of the batch, or those of some lines. Says how many passed.
pub async fn pass(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    check: &str,
    lines: Option<&[String]>,
    (reason, actor, at_ms): (&str, &str, i64),
) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE payment_finding SET pass_reason = $5, passed_by = $6, passed_at_ms = $7 WHERE county_code = $1 \
         AND batch_id = $2 AND check_code = $3 AND weight = 'warning' \
         AND (CAST($4 AS TEXT) IS NULL OR line_id IN {})",
        dialect::list(tx, "$4")
    );
    let lines = lines.map(json::text);
    Ok(on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(batch).bind(check).bind(lines)
        .bind(reason).bind(actor).bind(at_ms).execute(c).await.map(|it| it.rows_affected()))?)
}

/// Removes the findings of lines that were given up.
pub async fn forget(tx: &mut Tx, county: CountyCode, lines: &[String]) -> Result<(), StoreError> {
    crate::person::delete_in(tx, county, "payment_finding", "line_id", lines).await
}
