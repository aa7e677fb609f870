//! What administrators want to know of a database.

use crate::{StoreError, Tx, dialect, json, on};
use domain::region::CountyCode;
use sqlx::AssertSqlSafe;

/// What a county's database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The newest migration.
    pub schema: i64,
    /// The last time of acts that succeeded, ms UTC.
    pub last: Vec<(String, i64)>,
    /// Jobs by state.
    pub jobs: Vec<(String, i64)>,
    /// Rows of the largest tables.
    pub counts: Vec<(&'static str, i64)>,
}

const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM migration";
const JOBS: &str = "SELECT state, COUNT(*) FROM job WHERE county_code = $1 GROUP BY state ORDER BY state";
const COUNTED: [&str; 5] = ["person", "visit", "file", "payment_line", "audit"];

/// Reads the facts.
pub async fn facts(tx: &mut Tx, county: CountyCode, acts: &[&str]) -> Result<Facts, StoreError> {
    let (schema,): (i64,) = on!(tx, c => sqlx::query_as(SCHEMA).fetch_one(c).await)?;
    let jobs = on!(tx, c => sqlx::query_as(JOBS).bind(county.as_str()).fetch_all(c).await)?;
    let within = dialect::list(tx, "$2");
    let sql = format!(
        "SELECT act, MAX(at_ms) FROM audit WHERE county_code = $1 AND act IN {within} GROUP BY act ORDER BY act"
    );
    let list = json::text(acts);
    let last =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?;
    let mut counts = Vec::new();
    for table in COUNTED {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE county_code = $1");
        let (count,): (i64,) =
            on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).fetch_one(c).await)?;
        counts.push((table, count));
    }
    Ok(Facts { schema, last, jobs, counts })
}
