//! The true differences between SQLite and PostgreSQL, as pairs. They live here and nowhere else.

use crate::tables::{ColumnType, Table};
use crate::tx::{Backend, Tx};

/// Begins a transaction that sees one state of the data throughout.
pub const BEGIN_READ: [&str; 2] = ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"];

/// Begins a transaction that writes. SQLite takes its one write lock at once; PostgreSQL locks the county's row.
pub const BEGIN_WRITE: [&str; 2] = ["BEGIN IMMEDIATE", "BEGIN"];

/// The end of a SELECT that locks the rows it finds; SQLite's write transaction has locked everything.
pub const FOR_UPDATE: [&str; 2] = ["", " FOR UPDATE"];

/// The end of a SELECT that locks the rows it finds and passes over those that others hold: whoever looks for work
/// at the same time finds other work. SQLite has one writer.
pub const SKIP_LOCKED: [&str; 2] = ["", " FOR UPDATE SKIP LOCKED"];

/// The one of a pair that this database understands.
pub const fn pick(backend: Backend, pair: [&'static str; 2]) -> &'static str {
    match backend {
        Backend::Sqlite => pair[0],
        Backend::Pg => pair[1],
    }
}

/// A list in one placeholder, for `column IN {list}`. Bind the values as the text of a JSON array of strings.
pub fn list(tx: &Tx, placeholder: &str) -> String {
    match tx.backend() {
        Backend::Sqlite => format!("(SELECT value FROM json_each({placeholder}))"),
        Backend::Pg => format!("(SELECT json_array_elements_text({placeholder}::json))"),
    }
}

/// A SELECT whose rows come as one JSON text, an array of arrays, in its order; `columns` are the names that `select`
/// gives its columns. A driver hands rows over one value at a time, which for thousands of rows costs many times what
/// finding them does. No column may be a BOOLEAN: SQLite would say 0 and 1.
pub fn packed(tx: &Tx, columns: &str, select: &str) -> String {
    match tx.backend() {
        Backend::Sqlite => format!("SELECT json_group_array(json_array({columns})) FROM ({select} LIMIT -1)"),
        Backend::Pg => {
            format!("SELECT COALESCE(json_agg(json_build_array({columns})), '[]')::text FROM ({select}) AS t")
        }
    }
}

/// A SELECT whose rows come as one run of bytes, in its order: of each the lengths of its columns, a comma behind
/// each, a line end, then the columns as text. It costs less to read than JSON, and one unreadable text spoils only
/// its own row. No column may be NULL.
pub fn run(tx: &Tx, columns: &[&str], select: &str) -> String {
    let lengths =
        columns.iter().map(|it| format!("octet_length({it}) || ','")).collect::<Vec<_>>().join(" || ");
    let texts = columns.join(" || ");
    match tx.backend() {
        Backend::Sqlite => format!(
            "SELECT CAST(group_concat({lengths} || char(10) || {texts}, '') AS BLOB) FROM ({select} LIMIT -1)"
        ),
        Backend::Pg => {
            format!(
                "SELECT convert_to(string_agg({lengths} || chr(10) || {texts}, ''), 'UTF8') FROM ({select}) AS t"
            )
        }
    }
}

/// How the PostgreSQL database sorts and stores text. SQLite always compares bytes.
pub const PG_COLLATION: &str = "SELECT datcollate::text, pg_encoding_to_char(encoding)::text \
                                FROM pg_database WHERE datname = current_database()";

/// Keeps two processes from migrating at the same time; SQLite's write transaction does so already.
pub const MIGRATION_LOCK: [&str; 2] = ["SELECT 1", "SELECT pg_advisory_xact_lock(7261500240)"];

/// The end of a CREATE TABLE whose rows are short and found by key.
pub const CLUSTERED: [&str; 2] = ["WITHOUT ROWID", ""];

/// Whether a table exists, by name.
pub const TABLE_EXISTS: [&str; 2] = [
    "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
    "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1",
];

/// Name and text of the indexes of a table that stand beside its keys (SQLite).
pub const SQLITE_INDEXES: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL ORDER BY name";

/// How many tables there are.
pub const TABLE_COUNT: [&str; 2] = [
    "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table'",
    "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
];

/// Overwrites what is deleted or replaced from now on with zeros. PostgreSQL does so when it vacuums.
pub const WIPE_FREED: [&str; 2] = ["PRAGMA secure_delete = ON", "SELECT 1"];

/// Lets rows point at rows that come later in the same transaction. PostgreSQL gets its foreign keys after the rows.
pub const KEYS_AT_THE_END: [&str; 2] = ["PRAGMA defer_foreign_keys = ON", "SELECT 1"];

/// The rows of a JSON array of arrays (`$1`) as a SELECT with these columns, typed as the table declares them.
pub(crate) fn rows(backend: Backend, table: &Table, columns: &[&str]) -> String {
    let kind = |column: &&str| table.column(column).expect("bulk columns are declared in tables.rs");
    rows_of(backend, columns.iter().map(kind))
}

/// The same with the types in the order of the arrays.
pub(crate) fn rows_of(backend: Backend, kinds: impl Iterator<Item = ColumnType>) -> String {
    let of = |(index, kind): (usize, ColumnType)| match (backend, kind) {
        (Backend::Sqlite, _) | (Backend::Pg, ColumnType::Text) => format!("v->>{index}"),
        (Backend::Pg, ColumnType::Int) => format!("(v->>{index})::bigint"),
        (Backend::Pg, ColumnType::Bool) => format!("(v->>{index})::boolean"),
    };
    let list: Vec<String> = kinds.enumerate().map(of).collect();
    let list = list.join(", ");
    match backend {
        // The LIMIT keeps SQLite from making the row's value anew for every column.
        Backend::Sqlite => {
            format!("SELECT {list} FROM (SELECT value AS v FROM jsonb_each($1) LIMIT -1) WHERE true")
        }
        Backend::Pg => format!("SELECT {list} FROM jsonb_array_elements($1::jsonb) AS t(v)"),
    }
}

/// Composite keys in one placeholder, as a table `k` with columns `k0`, `k1` …: `FROM {keys} k CROSS JOIN …` (SQLite keeps that order: one index search per key). Bind the
/// keys as the text of a JSON array of arrays of strings.
pub fn keys(tx: &Tx, placeholder: &str, width: usize) -> String {
    let columns = key_columns(width);
    match tx.backend() {
        Backend::Sqlite => format!("(SELECT {columns} FROM json_each({placeholder}))"),
        Backend::Pg => format!("(SELECT {columns} FROM json_array_elements({placeholder}::json))"),
    }
}

fn key_columns(width: usize) -> String {
    (0..width).map(|place| format!("value ->> {place} AS k{place}")).collect::<Vec<_>>().join(", ")
}

/// An UPDATE of many rows of one county (`$1`) by their ids: `$2` is a JSON array of arrays of this width, each an id
/// (`k.k0`) and what `set` makes of it. SQLite guesses that a county has ten rows and would read the whole list anew
/// for each of them: kept aside with the county, the list can only be the outer one. PostgreSQL must see the county
/// itself, by which rows are distributed.
pub fn update(tx: &Tx, table: &str, set: &str, width: usize) -> String {
    let columns = key_columns(width);
    match tx.backend() {
        Backend::Sqlite => format!(
            "WITH k AS MATERIALIZED (SELECT $1 AS county, {columns} FROM json_each($2)) UPDATE {table} SET {set} \
             FROM k WHERE {table}.county_code = k.county AND {table}.id = k.k0"
        ),
        Backend::Pg => format!(
            "UPDATE {table} SET {set} FROM (SELECT {columns} FROM json_array_elements($2::json)) k \
             WHERE {table}.county_code = $1 AND {table}.id = k.k0"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, Target};
    use crate::on;

    /// A county's rows are looked up by the list, never the list by a county's rows: that took 2.9 s for 3,000.
    #[tokio::test]
    async fn a_list_is_read_once_before_anything_is_known_of_the_table() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Target::Dir(folder.path().to_owned()), 0).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", update(&tx, "payment_line", "state = k.k1", 2));
        let steps: Vec<(i64, i64, i64, String)> = on!(&mut tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind("500240").bind("[]").fetch_all(c).await)
        .unwrap();
        let at = |word: &str| steps.iter().position(|step| step.3.starts_with(word));
        let (list, rows) = (at("SCAN k"), at("SEARCH payment_line"));
        assert!(list.is_some() && rows.is_some() && list < rows, "{steps:?}");
    }
}
