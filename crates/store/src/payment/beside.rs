//! What stands beside payments: spellings of names, layouts of banks, lists of others, the same human in two counties.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow};

/// Gives a person's name as the bank writes it; an empty spelling takes it away.
pub async fn put_spelling(
    tx: &mut Tx,
    county: CountyCode,
    person: &str,
    spelling: &str,
    (reason, actor, at_ms): (&str, &str, i64),
) -> Result<(), StoreError> {
    const CLEAR: &str = "DELETE FROM bank_spelling WHERE county_code = $1 AND person_id = $2";
    const ADD: &str = "INSERT INTO bank_spelling (county_code, person_id, spelling, reason, by_actor, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(CLEAR).bind(county.as_str()).bind(person).execute(c).await.map(drop))?;
    if !spelling.is_empty() {
        on!(tx, c => sqlx::query(ADD).bind(county.as_str()).bind(person).bind(spelling).bind(reason).bind(actor)
            .bind(at_ms).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// A layout that the county entered.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct LayoutRow {
    /// Its key.
    pub key: String,
    /// The TOML text.
    pub text: String,
    /// Counts the changes.
    pub version: i64,
    /// Who.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// The county's layouts.
pub async fn layouts(tx: &mut Tx, county: CountyCode) -> Result<Vec<LayoutRow>, StoreError> {
    const SQL: &str =
        "SELECT key, text, version, by_actor, at_ms FROM bank_layout WHERE county_code = $1 ORDER BY key";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// Adds or changes a layout.
pub async fn put_layout(
    tx: &mut Tx,
    county: CountyCode,
    key: &str,
    text: &str,
    actor: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO bank_layout (county_code, key, text, version, by_actor, at_ms) \
         VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT (county_code, key) DO UPDATE SET text = excluded.text, \
         version = bank_layout.version + 1, by_actor = excluded.by_actor, at_ms = excluded.at_ms";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(key).bind(text).bind(actor).bind(at_ms)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A list of others.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct ComparisonRow {
    /// Identity.
    pub id: String,
    /// Code of its kind.
    pub kind: String,
    /// Where it comes from.
    pub source: String,
    /// The file's name.
    pub file_name: String,
    /// How many humans it names.
    pub entries: i64,
    /// Who took it in.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// Adds a list with the numbers it names.
pub async fn add_comparison(
    tx: &mut Tx,
    county: CountyCode,
    row: &ComparisonRow,
    numbers: &[String],
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO comparison (county_code, id, kind, source, file_name, entries, by_actor, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(&row.id).bind(&row.kind).bind(&row.source)
        .bind(&row.file_name).bind(row.entries).bind(&row.by_actor).bind(row.at_ms).execute(c).await.map(drop))?;
    let rows: Vec<_> = numbers.iter().map(|number| (county, number, &row.id)).collect();
    bulk::insert_new(tx, "comparison_entry", &["county_code", "citizen_index", "comparison_id"], &rows)
        .await
        .map(drop)
}

/// The lists, newest first.
pub async fn comparisons(tx: &mut Tx, county: CountyCode) -> Result<Vec<ComparisonRow>, StoreError> {
    const SQL: &str = "SELECT id, kind, source, file_name, entries, by_actor, at_ms FROM comparison \
         WHERE county_code = $1 ORDER BY at_ms DESC, id DESC LIMIT 200";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// Removes a list; whether it was there.
pub async fn remove_comparison(tx: &mut Tx, county: CountyCode, id: &str) -> Result<bool, StoreError> {
    const ENTRIES: &str = "DELETE FROM comparison_entry WHERE county_code = $1 AND comparison_id = $2";
    const LIST: &str = "DELETE FROM comparison WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(ENTRIES).bind(county.as_str()).bind(id).execute(c).await.map(drop))?;
    let gone = on!(tx, c => sqlx::query(LIST).bind(county.as_str()).bind(id).execute(c).await.map(|it| it.rows_affected()))?;
    Ok(gone > 0)
}

/// What the lists say of these humans: number, kind of list, source.
pub async fn listed(
    tx: &mut Tx,
    county: CountyCode,
    numbers: &[&str],
) -> Result<Vec<(String, String, String)>, StoreError> {
    let sql = format!(
        "SELECT e.citizen_index, c.kind, c.source FROM {} k CROSS JOIN comparison_entry e JOIN comparison c \
         ON c.county_code = e.county_code AND c.id = e.comparison_id WHERE e.county_code = $1 \
         AND e.citizen_index = k.k0 ORDER BY c.at_ms, c.id",
        dialect::keys(tx, "$2", 1)
    );
    let keys: Vec<[&str; 1]> = numbers.iter().map(|number| [*number]).collect();
    let keys = json::text(&keys);
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(keys).fetch_all(c).await)?)
}

/// What the job found: numbers of this county that another county pays too.
pub async fn twins(tx: &mut Tx, county: CountyCode) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT citizen_index, other_county FROM payment_twin WHERE county_code = $1 \
         ORDER BY citizen_index, other_county";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// Puts what the job found in place of what it found before; how many are new.
pub async fn put_twins(
    tx: &mut Tx,
    county: CountyCode,
    twins: &[(String, String)],
    at_ms: i64,
) -> Result<(), StoreError> {
    const CLEAR: &str = "DELETE FROM payment_twin WHERE county_code = $1";
    on!(tx, c => sqlx::query(CLEAR).bind(county.as_str()).execute(c).await.map(drop))?;
    let rows: Vec<_> = twins.iter().map(|(number, other)| (county, number, other, at_ms)).collect();
    bulk::insert(tx, "payment_twin", &["county_code", "citizen_index", "other_county", "found_at_ms"], &rows)
        .await
}

/// Numbers with a periodic allowance in more than one county, as pairs of number and county: one plain aggregate
/// over all counties.
pub async fn in_two_counties(tx: &mut Tx) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT citizen_index, county_code FROM person WHERE allowance AND merged_into IS NULL \
         AND status NOT IN ('dead', 'moved', 'stopped', 'erased') AND citizen_index IN \
         (SELECT citizen_index FROM person WHERE allowance AND merged_into IS NULL \
          AND status NOT IN ('dead', 'moved', 'stopped', 'erased') GROUP BY citizen_index HAVING COUNT(*) > 1) \
         ORDER BY citizen_index, county_code";
    Ok(on!(tx, c => sqlx::query_as(SQL).fetch_all(c).await)?)
}
