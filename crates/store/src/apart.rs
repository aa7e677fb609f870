//! Entries that look like one human and are two: said once, never asked again.

use crate::{StoreError, Tx, on};
use domain::ids::PersonId;
use domain::region::CountyCode;
use sqlx::FromRow;
use std::collections::HashSet;

/// Two entries, the smaller id first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The smaller id.
    pub first: PersonId,
    /// The larger.
    pub second: PersonId,
}

impl Pair {
    /// Two entries in either order.
    #[must_use]
    pub fn of(one: PersonId, other: PersonId) -> Self {
        Self { first: one.min(other), second: one.max(other) }
    }
}

/// What was said of a pair.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Apart {
    /// The smaller id.
    pub first_id: String,
    /// The larger.
    pub second_id: String,
    /// Why, sealed.
    pub reason_sealed: Option<String>,
    /// Who said so.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// Keeps two entries apart; saying it again changes nothing and is `false`.
pub async fn keep(
    tx: &mut Tx,
    county: CountyCode,
    pair: Pair,
    reason_sealed: Option<&str>,
    (by, at_ms): (&str, i64),
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO apart (county_code, first_id, second_id, reason_sealed, by_actor, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (county_code, first_id, second_id) DO NOTHING";
    let done = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(pair.first.to_string())
        .bind(pair.second.to_string()).bind(reason_sealed).bind(by).bind(at_ms).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// Asks about two entries again: `false` when they were not kept apart.
pub async fn forget(tx: &mut Tx, county: CountyCode, pair: Pair) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM apart WHERE county_code = $1 AND first_id = $2 AND second_id = $3";
    let done = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(pair.first.to_string())
        .bind(pair.second.to_string()).execute(c).await.map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// All pairs that are kept apart; few, for each was decided by somebody.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Apart>, StoreError> {
    const SQL: &str = "SELECT first_id, second_id, reason_sealed, by_actor, at_ms FROM apart \
         WHERE county_code = $1 ORDER BY first_id, second_id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// The pairs alone.
pub async fn pairs(tx: &mut Tx, county: CountyCode) -> Result<HashSet<Pair>, StoreError> {
    let all = list(tx, county).await?;
    let pair = |it: &Apart| Some(Pair::of(it.first_id.parse().ok()?, it.second_id.parse().ok()?));
    Ok(all.iter().filter_map(pair).collect())
}
