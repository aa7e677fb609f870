//! Opening a database, and its read transactions.

use crate::dialect::{self, BEGIN_READ, BEGIN_WRITE};
use crate::door::Door;
use crate::migrate;
use crate::tx::{Backend, Shared, Tx};
use crate::wal::Wal;
use crate::{StoreError, on};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;

/// Name of the database file in a data folder.
pub const FILE_NAME: &str = "shuangyong.sqlite";

/// Name of the folder in a data folder in which a restore works until it is done.
pub const RESTORING: &str = ".restoring";

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A data folder; the database is `shuangyong.sqlite` in it.
    Dir(PathBuf),
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Pg(String),
}

impl FromStr for Target {
    type Err = StoreError;

    /// Reads `postgres://…`, `sqlite:FILE` or the path of a data folder.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Pg(text.to_owned()));
        }
        if let Some(file) = text.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            if file.is_empty() || file.contains(":memory:") {
                return Err(StoreError::Target("sqlite: 后面应写数据库文件的路径".to_owned()));
            }
            return Ok(Self::File(PathBuf::from(file)));
        }
        if text.contains("://") {
            return Err(StoreError::Target(
                "数据库地址应以 postgres:// 或 sqlite: 开头，或写数据文件夹的路径".to_owned(),
            ));
        }
        Ok(Self::Dir(PathBuf::from(text)))
    }
}

/// Shows no password.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dir(path) | Self::File(path) => path.display().fmt(f),
            Self::Pg(url) => match (url.split_once("://"), url.rsplit_once('@')) {
                (Some((scheme, _)), Some((_, place))) => write!(f, "{scheme}://…@{place}"),
                _ => f.write_str(url),
            },
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A database of either kind, open and up to date. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    pub(crate) door: Arc<Door>,
}

/// The connections beneath, and the count of statements.
#[derive(Clone)]
pub(crate) struct Pools {
    kind: Kind,
    shared: Shared,
    bell: watch::Sender<u64>,
}

#[derive(Clone)]
enum Kind {
    /// SQLite has one writer, and readers that see the last committed state.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        wal: Wal,
    },
    Pg(PgPool),
}

/// How long a write waits for another process on the same SQLite file, e.g. a large import.
const WRITER_WAIT: Duration = Duration::from_mins(1);
const READERS: u32 = 4;
const PG_CONNECTIONS: u32 = 8;

impl Db {
    /// Opens or creates the database and brings its schema up to date; `now_ms` dates new migrations.
    pub async fn open(target: &Target, now_ms: i64) -> Result<Self, StoreError> {
        let pools = Pools::open(target).await?;
        migrate::run(&pools, now_ms).await?;
        Ok(Self { door: Arc::new(Door::new(pools.clone())), pools })
    }

    /// Which kind it is.
    pub fn backend(&self) -> Backend {
        self.pools.backend()
    }

    /// A transaction that only reads and sees one state throughout. Drop it when done.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        self.pools.begin(Purpose::Read).await
    }

    /// A connection for one statement that reads, without the two statements that a transaction costs: who a
    /// request comes from is asked at every request. Several statements would not see one state.
    pub async fn glance(&self) -> Result<Tx, StoreError> {
        self.pools.glance().await
    }

    /// A transaction that writes tables without a county (`setting`). Everything of a county goes through
    /// [`Db::write`].
    pub(crate) async fn control(&self) -> Result<Tx, StoreError> {
        self.pools.begin(Purpose::Write).await
    }

    /// Makes a transaction of [`Db::control`] lasting, and keeps the log short.
    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        tx.commit().await?;
        self.pools.committed().await;
        Ok(())
    }

    /// How many statements ran so far, for tests that a list does not grow with its rows.
    pub fn statements(&self) -> u64 {
        self.pools.shared.statements.load(Ordering::Relaxed)
    }

    /// Changes whenever this process wrote a job or a notification; what other processes write is found by looking.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.pools.bell.subscribe()
    }

    /// Wakes whoever listens to the bell. Called behind a COMMIT.
    pub(crate) fn ring(&self) {
        self.pools.ring();
    }

    /// Closes all connections; acts under way end first.
    pub async fn close(&self) {
        self.pools.close().await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

impl Pools {
    /// Opens or creates the database, whatever its schema.
    pub(crate) async fn open(target: &Target) -> Result<Self, StoreError> {
        let kind = match target {
            Target::Dir(dir) => {
                create_folder(dir)?;
                let file = dir.join(FILE_NAME);
                if dir.join(RESTORING).exists() && !file.exists() {
                    return Err(StoreError::Target(format!(
                        "“{}”中的恢复没有做完就中断了，里面没有可用的数据；请重新运行 shuangyong restore",
                        dir.display()
                    )));
                }
                open_sqlite(&file).await?
            }
            Target::File(file) => open_sqlite(file).await?,
            Target::Pg(url) => Kind::Pg(open_pg(url).await?),
        };
        Ok(Self { kind, shared: Shared::default(), bell: watch::Sender::default() })
    }

    pub(crate) async fn close(&self) {
        match &self.kind {
            Kind::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Kind::Pg(pool) => pool.close().await,
        }
    }

    pub(crate) fn backend(&self) -> Backend {
        match self.kind {
            Kind::Sqlite { .. } => Backend::Sqlite,
            Kind::Pg(_) => Backend::Pg,
        }
    }

    /// To be called after each commit of an act.
    pub(crate) async fn committed(&self) {
        if let Kind::Sqlite { writer, wal, .. } = &self.kind {
            wal.committed(writer).await;
        }
    }

    /// Wakes whoever listens to the bell.
    pub(crate) fn ring(&self) {
        self.bell.send_modify(|rings| *rings += 1);
    }

    pub(crate) async fn begin(&self, purpose: Purpose) -> Result<Tx, StoreError> {
        let pair = if purpose == Purpose::Read { BEGIN_READ } else { BEGIN_WRITE };
        let begin = dialect::pick(self.backend(), pair);
        let (shared, is_writing) = (self.shared.clone(), purpose == Purpose::Write);
        Ok(match &self.kind {
            Kind::Sqlite { writer, readers, .. } => {
                let pool = if purpose == Purpose::Read { readers } else { writer };
                Tx::sqlite(pool.begin_with(begin).await?, shared, is_writing)
            }
            Kind::Pg(pool) => Tx::pg(pool.begin_with(begin).await?, shared, is_writing),
        })
    }

    async fn glance(&self) -> Result<Tx, StoreError> {
        let shared = self.shared.clone();
        Ok(match &self.kind {
            Kind::Sqlite { readers, .. } => Tx::sqlite_glance(readers.acquire().await?, shared),
            Kind::Pg(pool) => Tx::pg_glance(pool.acquire().await?, shared),
        })
    }
}

fn create_folder(dir: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(dir)
        .map_err(|error| StoreError::Io { path: dir.display().to_string(), reason: error.to_string() })
}

async fn open_sqlite(file: &Path) -> Result<Kind, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WRITER_WAIT)
        .pragma("wal_autocheckpoint", "0")
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging();
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_mins(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("cache_size", "-49152").optimize_on_close(true, 400))
        .await
        .map_err(|error| cannot_open(file, error))?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(Duration::from_mins(1))
        .test_before_acquire(false)
        .connect_lazy_with(options.pragma("cache_size", "-2048").pragma("query_only", "1"));
    let wal = Wal::watch(file, readers.clone());
    Ok(Kind::Sqlite { writer, readers, wal })
}

/// A file that cannot be opened or is no database; the message of SQLite names no values.
fn cannot_open(file: &Path, error: sqlx::Error) -> StoreError {
    let reason = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => StoreError::from(other).to_string(),
    };
    StoreError::Io { path: file.display().to_string(), reason }
}

async fn open_pg(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("shuangyong")
        .options([("jit", "off")])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(PG_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(Duration::from_mins(5))
        .connect_with(options)
        .await?;
    let (collation, encoding): (String, String) =
        sqlx::query_as(dialect::PG_COLLATION).fetch_one(&pool).await?;
    if !matches!(collation.as_str(), "C" | "POSIX") || encoding != "UTF8" {
        pool.close().await;
        return Err(StoreError::Collation(format!("{collation} / {encoding}")));
    }
    Ok(pool)
}

/// Statements of tests and migrations, whose text is made at run time.
pub(crate) async fn run_text(tx: &mut Tx, sql: &str) -> Result<u64, StoreError> {
    let sql = sql.to_owned();
    Ok(
        on!(tx, c => sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(c).await.map(|it| it.rows_affected()))?,
    )
}
