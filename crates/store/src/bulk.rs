//! Many rows in one statement. Rows are handed over as values that serialise to one JSON array each, in the order of
//! the columns: texts, whole numbers, booleans and nulls.

use crate::tables::Table;
use crate::tx::Tx;
use crate::{StoreError, dialect, on};
use serde::Serialize;
use sqlx::AssertSqlSafe;

/// Rows in one statement.
const CHUNK: usize = 2_000;

/// What to do with a row whose key exists.
#[derive(Clone, Copy)]
enum Existing {
    /// It is a conflict.
    Refuse,
    /// It stays as it is.
    Keep,
    /// It takes the new values; the named columns are added up.
    Update(&'static [&'static str]),
}

/// Adds rows; an existing key is a [`StoreError::Conflict`].
pub async fn insert<R: Serialize + Sync>(
    tx: &mut Tx,
    table: &'static str,
    columns: &'static [&'static str],
    rows: &[R],
) -> Result<(), StoreError> {
    run(tx, table, columns, Existing::Refuse, rows).await.map(drop)
}

/// Adds the rows whose key does not exist and says how many these were.
pub async fn insert_new<R: Serialize + Sync>(
    tx: &mut Tx,
    table: &'static str,
    columns: &'static [&'static str],
    rows: &[R],
) -> Result<u64, StoreError> {
    run(tx, table, columns, Existing::Keep, rows).await
}

/// Adds rows or updates those with the same primary key: columns in `adding` are added up, the others replaced.
/// No key may occur twice in `rows`.
pub async fn upsert<R: Serialize + Sync>(
    tx: &mut Tx,
    table: &'static str,
    columns: &'static [&'static str],
    adding: &'static [&'static str],
    rows: &[R],
) -> Result<(), StoreError> {
    run(tx, table, columns, Existing::Update(adding), rows).await.map(drop)
}

async fn run<R: Serialize + Sync>(
    tx: &mut Tx,
    table: &'static str,
    columns: &'static [&'static str],
    existing: Existing,
    rows: &[R],
) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let sql = sql(tx, Table::named(table), columns, existing);
    let mut affected = 0;
    for chunk in rows.chunks(CHUNK) {
        let json = text(table, chunk)?;
        let sql = sql.clone();
        affected += on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(json).execute(c).await.map(|it| it.rows_affected()))?;
    }
    Ok(affected)
}

/// Rows that are written out already, so that this work is done on another core than the inserting.
#[derive(Debug)]
pub struct Packed {
    table: &'static str,
    columns: &'static [&'static str],
    chunks: Vec<String>,
}

/// Writes rows out for [`insert_packed`].
pub fn pack<R: Serialize>(
    table: &'static str,
    columns: &'static [&'static str],
    rows: &[R],
) -> Result<Packed, StoreError> {
    let chunks = rows.chunks(CHUNK).map(|chunk| text(table, chunk)).collect::<Result<_, _>>()?;
    Ok(Packed { table, columns, chunks })
}

/// [`insert`] of rows that [`pack`] wrote out.
pub async fn insert_packed(tx: &mut Tx, packed: Packed) -> Result<(), StoreError> {
    let sql = sql(tx, Table::named(packed.table), packed.columns, Existing::Refuse);
    for chunk in packed.chunks {
        let sql = sql.clone();
        on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(chunk).execute(c).await.map(drop))?;
    }
    Ok(())
}

fn text<R: Serialize>(table: &'static str, rows: &[R]) -> Result<String, StoreError> {
    let json = serde_json::to_string(rows).expect("rows are arrays of plain values");
    if has_nul(&json) { Err(StoreError::Nul(table)) } else { Ok(json) }
}

fn sql(tx: &Tx, table: &Table, columns: &[&str], existing: Existing) -> String {
    let select = dialect::rows(tx.backend(), table, columns);
    let mut sql = format!("INSERT INTO {} ({}) {select}", table.name, columns.join(", "));
    match existing {
        Existing::Refuse => {}
        Existing::Keep => sql.push_str(" ON CONFLICT DO NOTHING"),
        Existing::Update(adding) => {
            let set: Vec<String> = columns
                .iter()
                .filter(|column| !table.key.contains(column))
                .map(|column| {
                    if adding.contains(column) {
                        format!("{column} = {}.{column} + excluded.{column}", table.name)
                    } else {
                        format!("{column} = excluded.{column}")
                    }
                })
                .collect();
            let action =
                if set.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", set.join(", ")) };
            sql = format!("{sql} ON CONFLICT ({}) DO {action}", table.key.join(", "));
        }
    }
    sql
}

/// Whether JSON text holds an escaped NUL: `\u0000` behind an even number of backslashes.
fn has_nul(json: &str) -> bool {
    json.match_indices("\\u0000")
        .any(|(at, _)| json[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0)
}
