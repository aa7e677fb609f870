//! The days a county adds to the national calendar.

use crate::{StoreError, Tx, bulk, on};
use domain::calendar::Entry;
use domain::region::CountyCode;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    on_date: String,
    kind: String,
    name: String,
}

/// The county's days as the text that `domain::calendar::parse` reads.
pub async fn lines(tx: &mut Tx, county: CountyCode) -> Result<String, StoreError> {
    const SQL: &str = "SELECT on_date, kind, name FROM holiday WHERE county_code = $1 ORDER BY on_date";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?;
    let lines: Vec<String> =
        rows.into_iter().map(|row| format!("{} {} {}", row.on_date, row.kind, row.name)).collect();
    Ok(lines.join("\n"))
}

/// Adds days; a day that is known takes the new kind and name.
pub async fn put(tx: &mut Tx, county: CountyCode, entries: &[Entry]) -> Result<(), StoreError> {
    const COLUMNS: &[&str] = &["county_code", "on_date", "kind", "name"];
    let rows: Vec<_> =
        entries.iter().map(|entry| (county, entry.date, entry.kind.label(), entry.name.as_str())).collect();
    bulk::upsert(tx, "holiday", COLUMNS, &[], &rows).await
}
