//! Payments to cards: batches with their kept sums, lines, claims, findings, bank files, the bank's answers, and what
//! stands beside them. Whatever touches many lines is one statement per some thousand.

pub mod batch;
pub mod beside;
pub mod claim;
pub mod facts;
pub mod finding;
pub mod line;
pub mod result;

use crate::{StoreError, Tx, bulk, on};
use domain::region::CountyCode;
use serde::Serialize;

/// Persons whom the rule refused, by name.
pub async fn add_refusals(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    refusals: &[(String, &'static str)],
) -> Result<(), StoreError> {
    let rows: Vec<_> = refusals.iter().map(|(person, reason)| (county, batch, person, reason)).collect();
    bulk::insert(tx, "payment_refusal", &["county_code", "batch_id", "person_id", "reason"], &rows).await
}

/// A person whom the rule refused.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct RefusalRow {
    /// Who.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Township.
    pub township_id: String,
    /// Village.
    pub village_id: Option<String>,
    /// Why.
    pub reason: String,
}

/// Refused persons of a batch in the order of their ids, after one of them.
pub async fn refusals(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<RefusalRow>, StoreError> {
    const SQL: &str = "SELECT r.person_id, p.name, p.township_id, p.village_id, r.reason FROM payment_refusal r \
         JOIN person p ON p.county_code = r.county_code AND p.id = r.person_id \
         WHERE r.county_code = $1 AND r.batch_id = $2 AND r.person_id > $3 ORDER BY r.person_id LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).bind(after).bind(limit)
        .fetch_all(c).await)?)
}

/// A step that was done under a key: its act, the hash of what was asked, and the batch.
pub async fn key(
    tx: &mut Tx,
    county: CountyCode,
    key: &str,
) -> Result<Option<(String, String, String)>, StoreError> {
    const SQL: &str =
        "SELECT act, request_sm3, batch_id FROM payment_key WHERE county_code = $1 AND key = $2";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(key).fetch_optional(c).await)?)
}

/// Remembers a key.
pub async fn add_key(
    tx: &mut Tx,
    county: CountyCode,
    (key, act, request_sm3): (&str, &str, &str),
    batch: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO payment_key (county_code, key, act, request_sm3, batch_id, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(key).bind(act).bind(request_sm3).bind(batch)
        .bind(at_ms).execute(c).await.map(drop))?;
    Ok(())
}
