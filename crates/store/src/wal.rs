//! Moving SQLite's write-ahead log into the database file, beside the acts instead of within them.
//!
//! SQLite would do this in the COMMIT that makes the log too long: whoever waits for that act waits for two more
//! syncs. An act is durable once its part of the log is; the rest is done by another connection a moment later.

use sqlx::sqlite::SqlitePool;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::{Sender, channel};

/// A log of this size is moved, in bytes.
const LONG: u64 = 32 << 20;
/// A log of this size is moved before the next act: under a load that never pauses it would grow for ever.
const TOO_LONG: u64 = 256 << 20;

const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";

/// Watches the log of one database.
#[derive(Clone)]
pub(crate) struct Wal {
    file: Arc<PathBuf>,
    mover: Sender<()>,
}

impl Wal {
    /// Starts the task that moves the log; it ends with the last handle.
    pub(crate) fn watch(database: &Path, readers: SqlitePool) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        let (mover, mut asked) = channel(1);
        tokio::spawn(async move {
            while asked.recv().await.is_some() {
                if let Err(error) = sqlx::query(PASSIVE).execute(&readers).await {
                    tracing::warn!(error = %crate::StoreError::from(error), "the write-ahead log was not moved");
                }
            }
        });
        Self { file: Arc::new(file.into()), mover }
    }

    /// After a commit: has the log moved when it is long.
    pub(crate) async fn committed(&self, writer: &SqlitePool) {
        let length = std::fs::metadata(self.file.as_path()).map_or(0, |it| it.len());
        if length >= TOO_LONG {
            // A reader in its way is no fault: the next commit tries again.
            let _ = sqlx::query(RESTART).execute(writer).await;
        } else if length >= LONG {
            // A full channel means that it has been asked already.
            let _ = self.mover.try_send(());
        }
    }
}
