//! Settings of the whole installation: few words, without a county.

use crate::tx::Tx;
use crate::{StoreError, on};

const GET: &str = "SELECT value FROM setting WHERE key = $1";

/// The value of a setting.
pub async fn get(tx: &mut Tx, key: &'static str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(GET).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(value,)| value))
}

const ADD: &str = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";

/// Sets a value once: the first stays, whoever comes later.
pub(crate) async fn add(tx: &mut Tx, key: &'static str, value: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD).bind(key).bind(value).execute(c).await.map(drop))?;
    Ok(())
}

const PUT: &str =
    "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// Sets a value, whatever it was.
pub(crate) async fn put(tx: &mut Tx, key: &'static str, value: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT).bind(key).bind(value).execute(c).await.map(drop))?;
    Ok(())
}
