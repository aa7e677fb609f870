//! One transaction on either database, and the macro that compiles the same body for both drivers.

use crate::StoreError;
use crate::reference::Kept;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL.
    Pg,
}

/// A transaction. Dropped without [`Tx::commit`] it is rolled back.
pub struct Tx {
    open: Open,
    shared: Shared,
    is_writing: bool,
    has_changed_reference: bool,
}

/// What all transactions of a database share.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    pub(crate) statements: Arc<AtomicU64>,
    pub(crate) kept: Arc<Kept>,
}

enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
    /// A connection outside any transaction: every statement sees what stands when it runs.
    SqliteGlance(PoolConnection<Sqlite>),
    PgGlance(PoolConnection<Postgres>),
}

/// The connection beneath a transaction; [`on!`](crate::on) takes it apart.
pub enum Conn<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Pg(&'c mut PgConnection),
}

impl Tx {
    pub(crate) fn sqlite(open: Transaction<'static, Sqlite>, shared: Shared, is_writing: bool) -> Self {
        Self { open: Open::Sqlite(open), shared, is_writing, has_changed_reference: false }
    }

    pub(crate) fn pg(open: Transaction<'static, Postgres>, shared: Shared, is_writing: bool) -> Self {
        Self { open: Open::Pg(open), shared, is_writing, has_changed_reference: false }
    }

    pub(crate) fn sqlite_glance(open: PoolConnection<Sqlite>, shared: Shared) -> Self {
        Self { open: Open::SqliteGlance(open), shared, is_writing: false, has_changed_reference: false }
    }

    pub(crate) fn pg_glance(open: PoolConnection<Postgres>, shared: Shared) -> Self {
        Self { open: Open::PgGlance(open), shared, is_writing: false, has_changed_reference: false }
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.open {
            Open::Sqlite(_) | Open::SqliteGlance(_) => Backend::Sqlite,
            Open::Pg(_) | Open::PgGlance(_) => Backend::Pg,
        }
    }

    /// The connection for one statement; counts it.
    pub fn conn(&mut self) -> Conn<'_> {
        self.shared.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.open {
            Open::Sqlite(open) => Conn::Sqlite(open),
            Open::Pg(open) => Conn::Pg(open),
            Open::SqliteGlance(open) => Conn::Sqlite(open),
            Open::PgGlance(open) => Conn::Pg(open),
        }
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.shared.kept
    }

    /// Whether it may write: what it sees may yet be taken back.
    pub(crate) fn is_writing(&self) -> bool {
        self.is_writing
    }

    pub(crate) fn mark_reference_changed(&mut self) {
        self.has_changed_reference = true;
    }

    pub(crate) fn has_changed_reference(&self) -> bool {
        self.has_changed_reference
    }

    /// Makes everything lasting.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.open {
            Open::Sqlite(open) => open.commit().await?,
            Open::Pg(open) => open.commit().await?,
            Open::SqliteGlance(_) | Open::PgGlance(_) => {}
        }
        Ok(())
    }

    /// Takes everything back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.open {
            Open::Sqlite(open) => open.rollback().await?,
            Open::Pg(open) => open.rollback().await?,
            Open::SqliteGlance(_) | Open::PgGlance(_) => {}
        }
        Ok(())
    }
}

/// Runs the same sqlx expression on whichever connection the transaction has:
/// `on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?`.
#[macro_export]
macro_rules! on {
    ($tx:expr, $c:ident => $body:expr) => {
        match $crate::Tx::conn(&mut *$tx) {
            $crate::Conn::Sqlite($c) => $body,
            $crate::Conn::Pg($c) => $body,
        }
    };
}

/// Runs a statement that takes and gives nothing.
pub(crate) async fn run(tx: &mut Tx, sql: &'static str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
    Ok(())
}
