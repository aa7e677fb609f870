//! Who looked at protected values in full, so that one human looks at few within an hour. The audit row of the same
//! act says why; here it is only counted.

use crate::{StoreError, Tx, on};
use domain::ids::PersonId;
use domain::region::CountyCode;
use uuid::Uuid;

/// A look at one value.
#[derive(Debug, Clone)]
pub struct Reveal<'r> {
    /// Identity.
    pub id: Uuid,
    /// The human (or machine) that looks.
    pub viewer: &'r str,
    /// Whose value.
    pub person: PersonId,
    /// Which one.
    pub field: &'r str,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// Writes a look down.
pub async fn add(tx: &mut Tx, county: CountyCode, reveal: &Reveal<'_>) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO reveal (county_code, id, viewer, person_id, field, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(reveal.id.to_string()).bind(reveal.viewer)
        .bind(reveal.person.to_string()).bind(reveal.field).bind(reveal.at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// When the looks of a viewer since a moment were, oldest first; at most `most` of the latest.
pub async fn since(
    tx: &mut Tx,
    county: CountyCode,
    viewer: &str,
    at_ms: i64,
    most: i64,
) -> Result<Vec<i64>, StoreError> {
    const SQL: &str = "SELECT at_ms FROM reveal WHERE county_code = $1 AND viewer = $2 AND at_ms > $3 \
         ORDER BY at_ms DESC, id DESC LIMIT $4";
    let rows: Vec<(i64,)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(viewer).bind(at_ms)
        .bind(most).fetch_all(c).await)?;
    Ok(rows.into_iter().rev().map(|(at_ms,)| at_ms).collect())
}
