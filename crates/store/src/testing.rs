//! A fresh database of either kind for each test: SQLite in a temporary folder, PostgreSQL as a copy of a migrated
//! template. `./test` starts the PostgreSQL server and names it in `SHUANGYONG_TEST_PG`; `./test quick` has none and
//! says so by `SHUANGYONG_TEST_ONLY=sqlite`.

use crate::migrate;
use crate::{Db, NewCounty, StoreError, Target};
use domain::region::CountyCode;
use futures::FutureExt;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The moment at which tests take place: 2024-07-20 in Shizhu.
pub const NOW_MS: i64 = 1_721_440_800_000;

/// A database that goes away with its test.
pub struct Scratch {
    /// The open database.
    pub db: Db,
    /// Where it is, to open it again.
    pub target: Target,
    folder: Option<TempDir>,
    pg_name: Option<String>,
}

/// Runs a test on SQLite and on PostgreSQL, each with a fresh migrated database; on SQLite alone when there is no
/// PostgreSQL by the tester's wish.
pub async fn both(test: impl AsyncFn(&Scratch)) {
    run(Scratch::sqlite().await, &test).await;
    if with_postgres() {
        run(Scratch::postgres().await, &test).await;
    }
}

/// Whether tests use PostgreSQL: yes, unless `SHUANGYONG_TEST_ONLY=sqlite` says otherwise. A server that merely
/// cannot be found is a failure, not a reason to skip.
pub fn with_postgres() -> bool {
    std::env::var("SHUANGYONG_TEST_ONLY").map_or(true, |only| only != "sqlite")
}

async fn run(scratch: Scratch, test: &impl AsyncFn(&Scratch)) {
    let backend = scratch.db.backend();
    let outcome = AssertUnwindSafe(test(&scratch)).catch_unwind().await;
    scratch.remove().await;
    if let Err(panic) = outcome {
        eprintln!("the test failed on {backend:?}");
        resume_unwind(panic);
    }
}

impl Scratch {
    /// An empty SQLite database.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = Target::Dir(folder.path().join("data"));
        let db = Db::open(&target, NOW_MS).await.expect("a new database opens");
        Self { db, target, folder: Some(folder), pg_name: None }
    }

    /// An empty PostgreSQL database.
    pub async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = template().await;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("shuangyong_test_{}_{number}", std::process::id());
        let mut admin = admin().await;
        execute(&mut admin, format!("DROP DATABASE IF EXISTS {name}")).await;
        execute(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let target = Target::Pg(url(&name));
        let db = Db::open(&target, NOW_MS).await.expect("a copy of the template opens");
        Self { db, target, folder: None, pg_name: Some(name) }
    }

    /// Closes and removes the database.
    pub async fn remove(self) {
        self.db.close().await;
        if let Some(name) = self.pg_name {
            execute(&mut admin().await, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
        drop(self.folder);
    }

    /// Sets up 石柱 and gives its code.
    pub async fn shizhu(&self) -> CountyCode {
        let code: CountyCode = "500240".parse().expect("six digits");
        let county = NewCounty {
            code,
            name: "石柱土家族自治县".to_owned(),
            place: "石".to_owned(),
            created_at_ms: NOW_MS,
        };
        let made: Result<(), StoreError> = self
            .db
            .found_county(county, |act| {
                Box::pin(async move {
                    act.nothing_written();
                    Ok(())
                })
            })
            .await;
        made.expect("a county is set up");
        code
    }
}

/// An empty PostgreSQL database made by this statement, for tests of what is refused. Gives its address.
pub async fn odd_postgres(name: &str, options: &str) -> Target {
    let mut admin = admin().await;
    execute(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    execute(&mut admin, format!("CREATE DATABASE {name} TEMPLATE template0 {options}")).await;
    Target::Pg(url(name))
}

/// Removes what [`odd_postgres`] made.
pub async fn remove_postgres(name: &str) {
    execute(&mut admin().await, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

fn admin_url() -> String {
    std::env::var("SHUANGYONG_TEST_PG").expect(
        "SHUANGYONG_TEST_PG is not set: run the tests by ./test, which starts PostgreSQL and sets it \
         (postgres://USER@HOST:PORT/postgres)",
    )
}

fn url(database: &str) -> String {
    let options = PgConnectOptions::from_str(&admin_url()).expect("SHUANGYONG_TEST_PG is an address");
    options.database(database).to_url_lossy().to_string()
}

async fn admin() -> PgConnection {
    PgConnection::connect(&admin_url()).await.expect("the PostgreSQL of SHUANGYONG_TEST_PG answers")
}

async fn execute(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .expect("the test's administrator may do this");
}

/// The migrated template of this very schema, made once by whichever process comes first.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("shuangyong_template_{}", migrate::fingerprint());
            let mut admin = admin().await;
            execute(&mut admin, "SELECT pg_advisory_lock(7261500241)".to_owned()).await;
            let exists: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM pg_database WHERE datname = $1")
                .bind(&name)
                .fetch_one(&mut admin)
                .await
                .expect("the catalogue can be read");
            if exists.0 == 0 {
                let raw = format!("{name}_raw");
                execute(&mut admin, format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)")).await;
                let create = format!(
                    "CREATE DATABASE {raw} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                );
                execute(&mut admin, create).await;
                let db = Db::open(&Target::Pg(url(&raw)), NOW_MS).await.expect("the schema can be made");
                db.close().await;
                execute(&mut admin, format!("ALTER DATABASE {raw} RENAME TO {name}")).await;
            }
            admin.close().await.expect("the connection ends");
            name
        })
        .await
}
