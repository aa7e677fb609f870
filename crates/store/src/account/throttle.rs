//! Failed sign-ins, counted by account and by address, so that guessing grows slow.

use crate::{Db, StoreError, on};

/// What stands against a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Failures in a row, the attempt under way included.
    pub failures: i64,
    /// Nothing is tried before this, ms UTC.
    pub wait_until_ms: i64,
}

/// A key, and how long to wait after so many failures, ms.
pub type Watched = (String, fn(i64) -> i64);

/// Counts an attempt against each key before it is tried, so that attempts at the same time count too. Answers with
/// what stood there; when one of them says to wait, nothing is counted.
pub async fn attempt(
    db: &Db,
    keys: &[Watched],
    now_ms: i64,
    forget_before_ms: i64,
) -> Result<Vec<Standing>, StoreError> {
    // Making the row first lets a second attempt at the same time wait for this one on PostgreSQL too.
    const HOLD: &str = "INSERT INTO sign_in_throttle (key, failures, tried_at_ms, wait_until_ms) \
         VALUES ($1, 0, $2, 0) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING failures, wait_until_ms";
    const PUT: &str = "INSERT INTO sign_in_throttle (key, failures, tried_at_ms, wait_until_ms) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, \
         tried_at_ms = excluded.tried_at_ms, wait_until_ms = excluded.wait_until_ms";
    const SWEEP: &str = "DELETE FROM sign_in_throttle WHERE tried_at_ms < $1";
    let mut tx = db.control().await?;
    on!(&mut tx, c => sqlx::query(SWEEP).bind(forget_before_ms).execute(c).await.map(drop))?;
    let mut standings = Vec::with_capacity(keys.len());
    for (key, delay_ms) in keys {
        let (failures, wait_until_ms): (i64, i64) =
            on!(&mut tx, c => sqlx::query_as(HOLD).bind(key).bind(now_ms).fetch_one(c).await)?;
        if wait_until_ms > now_ms {
            tx.rollback().await?;
            return Ok(vec![Standing { failures, wait_until_ms }]);
        }
        let failures = failures + 1;
        let delay_ms = delay_ms(failures);
        let until = if delay_ms > 0 { now_ms + delay_ms } else { 0 };
        on!(&mut tx, c => sqlx::query(PUT).bind(key).bind(failures).bind(now_ms).bind(until).execute(c).await
            .map(drop))?;
        standings.push(Standing { failures, wait_until_ms: 0 });
    }
    tx.commit().await?;
    Ok(standings)
}

/// Takes one attempt back that went well.
pub async fn forgive(db: &Db, key: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE sign_in_throttle SET failures = failures - 1 WHERE key = $1 AND failures > 0";
    let mut tx = db.control().await?;
    on!(&mut tx, c => sqlx::query(SQL).bind(key).execute(c).await.map(drop))?;
    tx.commit().await
}

/// Forgets the failures of a key after a sign-in.
pub async fn forget(db: &Db, key: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM sign_in_throttle WHERE key = $1";
    let mut tx = db.control().await?;
    on!(&mut tx, c => sqlx::query(SQL).bind(key).execute(c).await.map(drop))?;
    tx.commit().await
}
