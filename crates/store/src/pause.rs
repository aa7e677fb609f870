//! Stored files are not removed while a backup copies them: the database goes first, and every file that it names is
//! found afterwards.

use crate::{Db, StoreError, Tx, setting};

const PAUSED: &str = "file_deletion_paused_until_ms";

/// Until then no stored file is removed. A backup that breaks off delays removals, no more.
pub async fn pause_deletion(db: &Db, until_ms: i64) -> Result<(), StoreError> {
    let mut tx = db.control().await?;
    set(&mut tx, until_ms).await?;
    tx.commit().await
}

/// The same in a transaction.
pub(crate) async fn set(tx: &mut Tx, until_ms: i64) -> Result<(), StoreError> {
    setting::put(tx, PAUSED, &until_ms.to_string()).await
}

/// Whether a backup keeps files from being removed.
pub async fn is_deletion_paused(tx: &mut Tx, now_ms: i64) -> Result<bool, StoreError> {
    let until = setting::get(tx, PAUSED).await?;
    Ok(until.and_then(|text| text.parse::<i64>().ok()).is_some_and(|until| until > now_ms))
}
