//! The register of erased persons: ids and keyed hashes, nothing that says who they were.

use crate::{StoreError, Tx, bulk, on};
use domain::region::CountyCode;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use std::collections::HashMap;

/// One erased person.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Erasure {
    /// The person's id; the record stands there still, empty.
    pub person_id: String,
    /// Keyed hash of the number.
    pub citizen_index: String,
    /// Why, without names.
    pub reason: String,
    /// Who erased.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Since when the number is admitted again, ms UTC.
    pub lifted_at_ms: Option<i64>,
}

const COLUMNS: &[&str] =
    &["county_code", "person_id", "citizen_index", "reason", "by_actor", "at_ms", "lifted_at_ms"];

struct Out<'a>(CountyCode, &'a Erasure);

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.1;
        (self.0, &it.person_id, &it.citizen_index, &it.reason, &it.by_actor, it.at_ms, it.lifted_at_ms)
            .serialize(serializer)
    }
}

/// Enters erasures; a person who is in the register already stays as entered. Says how many are new.
pub async fn add_many(tx: &mut Tx, county: CountyCode, erasures: &[Erasure]) -> Result<u64, StoreError> {
    let rows: Vec<Out<'_>> = erasures.iter().map(|it| Out(county, it)).collect();
    bulk::insert_new(tx, "erasure", COLUMNS, &rows).await
}

/// The whole register, oldest first.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Erasure>, StoreError> {
    const SQL: &str = "SELECT person_id, citizen_index, reason, by_actor, at_ms, lifted_at_ms FROM erasure \
         WHERE county_code = $1 ORDER BY at_ms, person_id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// Numbers (by keyed hash) that may not come back, with the moment of their erasure.
pub async fn standing(tx: &mut Tx, county: CountyCode) -> Result<HashMap<String, i64>, StoreError> {
    const SQL: &str = "SELECT citizen_index, at_ms FROM erasure WHERE county_code = $1 AND lifted_at_ms IS NULL ORDER BY at_ms";
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// Lets a number come back; says how many entries that concerned.
pub async fn lift(
    tx: &mut Tx,
    county: CountyCode,
    citizen_index: &str,
    at_ms: i64,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE erasure SET lifted_at_ms = $3 \
         WHERE county_code = $1 AND citizen_index = $2 AND lifted_at_ms IS NULL";
    Ok(on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(citizen_index).bind(at_ms)
        .execute(c).await.map(|it| it.rows_affected()))?)
}
