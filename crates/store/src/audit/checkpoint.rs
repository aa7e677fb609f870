//! The table of checkpoints. They are about the chain, not in it: a checkpoint leaves no audit row.

use crate::door::Act;
use crate::tx::Tx;
use crate::{StoreError, on};
use domain::region::CountyCode;
use sqlx::FromRow;

/// A signed head of the chain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Checkpoint {
    /// The row.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When it was signed, ms UTC.
    pub at_ms: i64,
    /// Which key.
    pub key_id: String,
    /// SM2 over [`crate::sign::head_message`], as hexadecimal digits.
    pub signature: String,
}

const ADD: &str = "INSERT INTO audit_checkpoint (county_code, seq, hash, at_ms, key_id, signature) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (county_code, seq) DO NOTHING";

/// Writes a checkpoint down; where another server was first, its own stays.
pub async fn add_checkpoint(act: &mut Act, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let county = act.county();
    on!(act, c => sqlx::query(ADD)
        .bind(county.as_str())
        .bind(checkpoint.seq)
        .bind(checkpoint.hash.as_str())
        .bind(checkpoint.at_ms)
        .bind(checkpoint.key_id.as_str())
        .bind(checkpoint.signature.as_str())
        .execute(c)
        .await
        .map(drop))?;
    act.about_the_trail();
    Ok(())
}

const ALL: &str = "SELECT seq, hash, at_ms, key_id, signature FROM audit_checkpoint WHERE county_code = $1 \
                   ORDER BY seq";

/// All checkpoints, in the order of the chain.
pub async fn checkpoints(tx: &mut Tx, county: CountyCode) -> Result<Vec<Checkpoint>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL).bind(county.as_str()).fetch_all(c).await)?)
}

const LAST: &str = "SELECT seq, hash, at_ms, key_id, signature FROM audit_checkpoint WHERE county_code = $1 \
                    ORDER BY seq DESC LIMIT 1";

/// The newest one.
pub async fn last_checkpoint(tx: &mut Tx, county: CountyCode) -> Result<Option<Checkpoint>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(LAST).bind(county.as_str()).fetch_optional(c).await)?)
}
