//! Brings the schema up to date: one folder of migrations, one text for both databases.
//!
//! A foreign key stands on a line that begins with `, FOREIGN KEY`. SQLite takes it inside CREATE TABLE and nowhere
//! else; PostgreSQL gets it by ALTER TABLE behind the table, because a distributed table (Citus) refuses it inside.

use crate::db::{Pools, Purpose, run_text};
use crate::dialect::{self, MIGRATION_LOCK, TABLE_EXISTS};
use crate::tx::{Backend, Tx};
use crate::{StoreError, on};
use sm3::{Digest, Sm3};

/// All migrations in order; a released one is never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "base", include_str!("../migrations/0001_base.sql")),
    (2, "accounts", include_str!("../migrations/0002_accounts.sql")),
    (3, "audit", include_str!("../migrations/0003_audit.sql")),
    (4, "file", include_str!("../migrations/0004_file.sql")),
    (5, "jobs", include_str!("../migrations/0005_jobs.sql")),
    (6, "erasure", include_str!("../migrations/0006_erasure.sql")),
    (7, "import_plan", include_str!("../migrations/0007_import_plan.sql")),
    (8, "api", include_str!("../migrations/0008_api.sql")),
    (9, "submission", include_str!("../migrations/0009_submission.sql")),
    (10, "supervision", include_str!("../migrations/0010_supervision.sql")),
    (11, "roster", include_str!("../migrations/0011_roster.sql")),
    (15, "payment", include_str!("../migrations/0015_payment.sql")),
    (18, "arrangement", include_str!("../migrations/0018_arrangement.sql")),
    (19, "ledger", include_str!("../migrations/0019_ledger.sql")),
    (20, "initials", include_str!("../migrations/0020_initials.sql")),
    (21, "stopped", include_str!("../migrations/0021_stopped.sql")),
    (22, "person_key", include_str!("../migrations/0022_person_key.sql")),
];

const CREATE_CONTROL: &str = "CREATE TABLE migration (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, \
                              sm3_hex TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)";
const APPLIED: &str = "SELECT version, sm3_hex FROM migration ORDER BY version";
const RECORD: &str = "INSERT INTO migration (version, name, sm3_hex, applied_at_ms) VALUES ($1, $2, $3, $4)";

/// Applies what is missing, all in one transaction.
pub(crate) async fn run(pools: &Pools, now_ms: i64) -> Result<(), StoreError> {
    apply(pools, MIGRATIONS, now_ms).await
}

async fn apply(pools: &Pools, migrations: &[(i64, &str, &str)], now_ms: i64) -> Result<(), StoreError> {
    let mut tx = pools.begin(Purpose::Write).await?;
    let backend = tx.backend();
    on!(&mut tx, c => sqlx::query(dialect::pick(backend, MIGRATION_LOCK)).execute(c).await.map(drop))?;
    let exists = dialect::pick(backend, TABLE_EXISTS);
    let (found,): (i64,) = on!(&mut tx, c => sqlx::query_as(exists).bind("migration").fetch_one(c).await)?;
    if found == 0 {
        run_text(&mut tx, CREATE_CONTROL).await?;
    }
    let applied = applied(&mut tx).await?;
    check(&applied, migrations)?;
    for migration in &migrations[applied.len()..] {
        for statement in statements(migration.2, backend) {
            run_text(&mut tx, &statement).await?;
        }
        record(&mut tx, migration, now_ms).await?;
    }
    tx.commit().await
}

async fn record(
    tx: &mut Tx,
    (version, name, text): &(i64, &str, &str),
    now_ms: i64,
) -> Result<(), StoreError> {
    let (version, name, hash) = (*version, (*name).to_owned(), sm3_hex(text));
    on!(tx, c => sqlx::query(RECORD).bind(version).bind(name).bind(hash).bind(now_ms).execute(c).await.map(drop))?;
    tracing::info!(migration.version = version, "schema brought up to date");
    Ok(())
}

/// What was applied to this database, in order.
pub(crate) async fn applied(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(APPLIED).fetch_all(c).await)?)
}

/// Makes the schema that a backup was taken from, in an empty database. Statements that must wait for the rows (on
/// PostgreSQL the foreign keys) are given back.
pub(crate) async fn rebuild(
    tx: &mut Tx,
    applied: &[(i64, String)],
    now_ms: i64,
) -> Result<Vec<String>, StoreError> {
    check(applied, MIGRATIONS).map_err(|_| {
        StoreError::Migration(format!(
            "备份来自结构版本 {}，本程序认得的版本到 {}，不能恢复；请用做备份时的或更新的版本程序",
            applied.len(),
            MIGRATIONS.len()
        ))
    })?;
    let backend = tx.backend();
    run_text(tx, CREATE_CONTROL).await?;
    let mut waiting = Vec::new();
    for migration in &MIGRATIONS[..applied.len()] {
        for statement in statements(migration.2, backend) {
            if statement.starts_with("ALTER TABLE") && statement.contains(" ADD FOREIGN KEY") {
                waiting.push(statement);
            } else {
                run_text(tx, &statement).await?;
            }
        }
        record(tx, migration, now_ms).await?;
    }
    Ok(waiting)
}

/// Brings a rebuilt schema up to date.
pub(crate) async fn complete(tx: &mut Tx, from: usize, now_ms: i64) -> Result<(), StoreError> {
    let backend = tx.backend();
    for migration in &MIGRATIONS[from..] {
        for statement in statements(migration.2, backend) {
            run_text(tx, &statement).await?;
        }
        record(tx, migration, now_ms).await?;
    }
    Ok(())
}

/// What was applied must be a beginning of what the program knows, word for word.
fn check(applied: &[(i64, String)], migrations: &[(i64, &str, &str)]) -> Result<(), StoreError> {
    for (index, (version, hash)) in applied.iter().enumerate() {
        let Some((known, _, text)) = migrations.get(index) else {
            return Err(StoreError::Migration(format!(
                "数据库由更新的版本写成（结构版本 {version}，本程序只到 {}），请使用新版本程序打开",
                migrations.len()
            )));
        };
        if known != version || *hash != sm3_hex(text) {
            return Err(StoreError::Migration(format!(
                "结构版本 {version} 与程序内的不一致，数据库不是由正式版本建立，拒绝打开"
            )));
        }
    }
    Ok(())
}

/// Tells this schema from others, for the template of the tests.
#[cfg(feature = "testing")]
pub(crate) fn fingerprint() -> String {
    let all: String = MIGRATIONS.iter().map(|(_, _, text)| *text).collect();
    sm3_hex(&all)[..12].to_owned()
}

fn sm3_hex(text: &str) -> String {
    crate::audit::hex(&Sm3::digest(text.as_bytes()))
}

/// Marks a table whose rows SQLite keeps in the tree of their key.
const CLUSTERED: &str = "/* clustered */";

/// The statements of a migration as this database takes them.
fn statements(text: &str, backend: Backend) -> Vec<String> {
    let clustered = dialect::pick(backend, dialect::CLUSTERED);
    let mut all = Vec::new();
    let mut current = String::new();
    let mut keys: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--")) {
        let key = line.trim().strip_prefix(", ").filter(|rest| rest.starts_with("FOREIGN KEY"));
        if let (Some(key), Backend::Pg) = (key, backend) {
            keys.push(key);
            continue;
        }
        current.push_str(line);
        current.push('\n');
        if line.trim_end().ends_with(';') {
            let statement = current.trim().trim_end_matches(';').replace(CLUSTERED, clustered);
            let table = statement.split_whitespace().nth(2).unwrap_or_default().to_owned();
            all.push(statement);
            all.extend(keys.drain(..).map(|key| format!("ALTER TABLE {table} ADD {key}")));
            current.clear();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- a remark;\nCREATE TABLE b (\n    x TEXT\n  , FOREIGN KEY (x) REFERENCES a (x)\n);\nCREATE INDEX i ON b (x);\n";

    #[test]
    fn foreign_keys_move_behind_the_table_on_postgresql_only() {
        assert_eq!(
            statements(TEXT, Backend::Sqlite),
            [
                "CREATE TABLE b (\n    x TEXT\n  , FOREIGN KEY (x) REFERENCES a (x)\n)",
                "CREATE INDEX i ON b (x)"
            ]
        );
        assert_eq!(
            statements(TEXT, Backend::Pg),
            [
                "CREATE TABLE b (\n    x TEXT\n)",
                "ALTER TABLE b ADD FOREIGN KEY (x) REFERENCES a (x)",
                "CREATE INDEX i ON b (x)"
            ]
        );
    }

    #[test]
    fn a_changed_or_newer_migration_is_refused() {
        let known = [(1, "base", TEXT)];
        assert!(check(&[(1, sm3_hex(TEXT))], &known).is_ok());
        assert!(check(&[(1, sm3_hex("changed"))], &known).is_err());
        assert!(check(&[(1, sm3_hex(TEXT)), (2, String::new())], &known).is_err());
    }
}
