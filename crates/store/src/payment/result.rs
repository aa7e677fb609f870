//! Bank files as they were written, and the bank's answers.

use crate::{StoreError, Tx, bulk, on};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::FromRow;

/// A file for the bank.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct FileRow {
    /// Which of the files, from 1.
    pub part: i64,
    /// Its name.
    pub name: String,
    /// Lines.
    pub count: i64,
    /// Their sum, fen.
    pub sum_fen: i64,
    /// SM3 of the bytes.
    pub sm3: String,
}

/// Puts these files in place of those of an earlier export.
pub async fn put_files(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    files: &[FileRow],
) -> Result<(), StoreError> {
    const CLEAR: &str = "DELETE FROM payment_file WHERE county_code = $1 AND batch_id = $2";
    const COLUMNS: &[&str] = &["county_code", "batch_id", "part", "name", "count", "sum_fen", "sm3"];
    on!(tx, c => sqlx::query(CLEAR).bind(county.as_str()).bind(batch).execute(c).await.map(drop))?;
    let rows: Vec<_> =
        files.iter().map(|it| (county, batch, it.part, &it.name, it.count, it.sum_fen, &it.sm3)).collect();
    bulk::insert(tx, "payment_file", COLUMNS, &rows).await
}

/// The files of a batch.
pub async fn files(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Vec<FileRow>, StoreError> {
    const SQL: &str = "SELECT part, name, count, sum_fen, sm3 FROM payment_file \
         WHERE county_code = $1 AND batch_id = $2 ORDER BY part";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_all(c).await)?)
}

/// One answer of the bank.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct ResultRow {
    /// Identity.
    pub id: String,
    /// What kind of list.
    pub kind: String,
    /// The file's name.
    pub file_name: String,
    /// SM3 of its bytes.
    pub sm3: String,
    /// Rows that say something of a payment.
    pub rows: i64,
    /// Lines that are paid by it.
    pub paid: i64,
    /// Lines that came back by it.
    pub returned: i64,
    /// Rows that said what was known.
    pub unchanged: i64,
    /// Rows without a result yet.
    pub pending: i64,
    /// Rows that match no line.
    pub unmatched: i64,
    /// Who took it in.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// Adds an answer.
pub async fn add(tx: &mut Tx, county: CountyCode, batch: &str, row: &ResultRow) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO payment_result (county_code, batch_id, id, kind, file_name, sm3, rows, paid, \
         returned, unchanged, pending, unmatched, by_actor, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(batch).bind(&row.id).bind(&row.kind)
        .bind(&row.file_name).bind(&row.sm3).bind(row.rows).bind(row.paid).bind(row.returned)
        .bind(row.unchanged).bind(row.pending).bind(row.unmatched).bind(&row.by_actor).bind(row.at_ms)
        .execute(c).await.map(drop))?;
    Ok(())
}

const COLUMNS: &str =
    "id, kind, file_name, sm3, rows, paid, returned, unchanged, pending, unmatched, by_actor, at_ms";

/// The answer with these bytes, when it was taken in before.
pub async fn by_sm3(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    sm3: &str,
) -> Result<Option<ResultRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM payment_result WHERE county_code = $1 AND batch_id = $2 AND sm3 = $3");
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(batch).bind(sm3)
        .fetch_optional(c).await)?)
}

/// The other batches for which these bytes were taken in: id, code and campaign.
pub async fn elsewhere(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    sm3: &str,
) -> Result<Vec<(String, String, String)>, StoreError> {
    const SQL: &str = "SELECT b.id, b.code, b.campaign_id FROM payment_result r \
         JOIN payment_batch b ON b.county_code = r.county_code AND b.id = r.batch_id \
         WHERE r.county_code = $1 AND r.sm3 = $3 AND r.batch_id <> $2 ORDER BY b.code";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).bind(sm3).fetch_all(c).await)?)
}

/// The answers for a batch, in order.
pub async fn list(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Vec<ResultRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_result WHERE county_code = $1 AND batch_id = $2 ORDER BY at_ms, id"
    );
    Ok(
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(batch).fetch_all(c).await)?,
    )
}

/// A row of an answer that matches no line.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct UnmatchedRow {
    /// The row the user sees.
    pub row: i64,
    /// Code of why.
    pub why: String,
    /// Name as the bank has it.
    pub name: String,
    /// How much, fen.
    pub amount_fen: Option<i64>,
    /// `paid` or `failed`.
    pub outcome: String,
    /// The bank's words.
    pub bank_text: String,
}

/// Keeps rows that match nothing.
pub async fn add_unmatched(
    tx: &mut Tx,
    county: CountyCode,
    result: &str,
    rows: &[UnmatchedRow],
) -> Result<(), StoreError> {
    const COLUMNS: &[&str] =
        &["county_code", "result_id", "row", "why", "name", "amount_fen", "outcome", "bank_text"];
    let rows: Vec<_> = rows
        .iter()
        .map(|it| (county, result, it.row, &it.why, &it.name, it.amount_fen, &it.outcome, &it.bank_text))
        .collect();
    bulk::insert_new(tx, "payment_unmatched", COLUMNS, &rows).await.map(drop)
}

/// The rows of an answer that match nothing.
pub async fn unmatched(
    tx: &mut Tx,
    county: CountyCode,
    result: &str,
) -> Result<Vec<UnmatchedRow>, StoreError> {
    const SQL: &str = "SELECT row, why, name, amount_fen, outcome, bank_text FROM payment_unmatched \
         WHERE county_code = $1 AND result_id = $2 ORDER BY row";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(result).fetch_all(c).await)?)
}
