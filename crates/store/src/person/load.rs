//! A first roster goes in without its list indexes; they are made when the rows are there.
//!
//! A hundred thousand names in file order touch every page of six indexes over and over; sorted once afterwards they
//! are written once. SQLite makes and drops indexes within the transaction, so a refused load leaves them as they
//! were. PostgreSQL would lock the table against all readers for it, and keeps its indexes.

use crate::tx::Backend;
use crate::{StoreError, Tx, db, dialect, on};

/// From how many rows on it is worth it.
const MANY: usize = 2_000;

/// The indexes that are to be made again.
#[must_use = "the indexes are missing until `finish`"]
pub struct Load {
    indexes: Vec<String>,
}

/// Prepares the table for this many new persons: an empty one loses its list indexes until [`Load::finish`].
pub async fn begin_load(tx: &mut Tx, rows: usize) -> Result<Load, StoreError> {
    const EMPTY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM person LIMIT 1) AS some";
    let mut load = Load { indexes: Vec::new() };
    if tx.backend() != Backend::Sqlite || rows < MANY {
        return Ok(load);
    }
    let (some,): (i64,) = on!(tx, c => sqlx::query_as(EMPTY).fetch_one(c).await)?;
    if some > 0 {
        return Ok(load);
    }
    let found: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(dialect::SQLITE_INDEXES).bind("person").fetch_all(c).await)?;
    for (name, sql) in found {
        db::run_text(tx, &format!("DROP INDEX {name}")).await?;
        load.indexes.push(sql);
    }
    Ok(load)
}

impl Load {
    /// Makes the indexes.
    pub async fn finish(self, tx: &mut Tx) -> Result<(), StoreError> {
        for sql in &self.indexes {
            db::run_text(tx, sql).await?;
        }
        Ok(())
    }
}
