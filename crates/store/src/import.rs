//! Imports as a whole, and what each changed, so that one can be undone.

use crate::{StoreError, Tx, bulk, json, on};
use domain::finding::Counts;
use domain::ids::{CampaignId, ImportId, PersonId, UnitId};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::FromRow;

/// An import to be written down.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Identity.
    pub id: ImportId,
    /// `roster` or `visit`.
    pub kind: &'static str,
    /// The campaign, for visits.
    pub campaign: Option<CampaignId>,
    /// The file's name, without folders.
    pub file_name: String,
    /// Who.
    pub actor: String,
    /// The unit under which it stands; `None` is the county's own.
    pub unit: Option<UnitId>,
    /// When, ms UTC.
    pub at_ms: i64,
    /// The numbers.
    pub counts: Counts,
}

/// An import as stored.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct Import {
    /// Identity.
    pub id: String,
    /// `roster` or `visit`.
    pub kind: String,
    /// The file's name.
    pub file_name: String,
    /// Rows added.
    pub added: i64,
    /// Rows changed.
    pub changed: i64,
    /// Rows refused.
    pub refused: i64,
    /// Who.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// When it was undone, ms UTC.
    pub undone_at_ms: Option<i64>,
    /// The unit under which it stands; `None` is the county's own.
    #[serde(skip)]
    pub unit_id: Option<String>,
}

/// Writes an import down.
pub async fn add(tx: &mut Tx, county: CountyCode, import: &NewImport) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO import (county_code, id, kind, campaign_id, file_name, read, added, changed, \
         unchanged, refused, by_actor, at_ms, unit_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let counts = import.counts;
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(import.id.to_string()).bind(import.kind)
        .bind(import.campaign.map(|id| id.to_string())).bind(&import.file_name).bind(number(counts.read))
        .bind(number(counts.added)).bind(number(counts.changed)).bind(number(counts.unchanged))
        .bind(number(counts.refused)).bind(&import.actor).bind(import.at_ms)
        .bind(import.unit.map(|id| id.to_string())).execute(c).await.map(drop))?;
    Ok(())
}

/// All imports, newest first.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Import>, StoreError> {
    const SQL: &str = "SELECT id, kind, file_name, added, changed, refused, by_actor, at_ms, undone_at_ms, unit_id \
         FROM import WHERE county_code = $1 ORDER BY at_ms DESC, id DESC";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// Marks an import as undone.
pub async fn set_undone(tx: &mut Tx, county: CountyCode, id: ImportId, at_ms: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE import SET undone_at_ms = $3 WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).bind(at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// One change of a record: a field with its values sealed, or (`field` = `*`) the whole record as it was before.
#[derive(Debug, Clone, FromRow)]
pub struct Change {
    /// Identity.
    pub id: String,
    /// The import that made it.
    pub import_id: Option<String>,
    /// The record.
    pub row_id: String,
    /// Column code, or `*`.
    pub field: String,
    /// Before.
    pub before_sealed: Option<String>,
    /// After.
    pub after_sealed: Option<String>,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Who made it by hand; a change by an import has its maker there.
    pub by_actor: Option<String>,
    /// By which act it was made by hand.
    pub act: Option<String>,
}

struct Out<'a>(CountyCode, &'a Change);

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let change = self.1;
        (
            self.0,
            &change.id,
            &change.import_id,
            "person",
            &change.row_id,
            &change.field,
            &change.before_sealed,
            &change.after_sealed,
            change.at_ms,
            &change.by_actor,
            &change.act,
        )
            .serialize(serializer)
    }
}

/// Writes changes of persons down.
pub async fn add_changes(tx: &mut Tx, county: CountyCode, changes: &[Change]) -> Result<(), StoreError> {
    const COLUMNS: &[&str] = &[
        "county_code",
        "id",
        "import_id",
        "table_name",
        "row_id",
        "field",
        "before_sealed",
        "after_sealed",
        "at_ms",
        "by_actor",
        "act",
    ];
    let rows: Vec<Out<'_>> = changes.iter().map(|change| Out(county, change)).collect();
    bulk::insert(tx, "change", COLUMNS, &rows).await
}

/// The whole records as they were before an import changed them.
pub async fn snapshots(tx: &mut Tx, county: CountyCode, import: ImportId) -> Result<Vec<Change>, StoreError> {
    const SQL: &str = "SELECT id, import_id, row_id, field, before_sealed, after_sealed, at_ms, by_actor, act FROM change \
         WHERE county_code = $1 AND import_id = $2 AND field = '*' ORDER BY id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(import.to_string()).fetch_all(c).await)?)
}

/// The latest changes of a person's fields, newest first.
pub async fn changes_of(
    tx: &mut Tx,
    county: CountyCode,
    person: PersonId,
    most: i64,
) -> Result<Vec<Change>, StoreError> {
    const SQL: &str = "SELECT c.id, c.import_id, c.row_id, c.field, c.before_sealed, c.after_sealed, c.at_ms, \
         COALESCE(c.by_actor, i.by_actor) AS by_actor, COALESCE(c.act, i.file_name) AS act \
         FROM change c LEFT JOIN import i ON i.county_code = $1 AND i.id = c.import_id \
         WHERE c.county_code = $1 AND c.table_name = 'person' AND c.row_id = $2 AND c.field <> '*' \
         ORDER BY c.id DESC LIMIT $3";
    Ok(
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(person.to_string()).bind(most).fetch_all(c).await)?,
    )
}

/// Ids of the persons an import added.
pub async fn added_persons(
    tx: &mut Tx,
    county: CountyCode,
    import: ImportId,
) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT id FROM person WHERE county_code = $1 AND created_import = $2 ORDER BY id";
    let rows: Vec<(String,)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(import.to_string()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// To which of these persons something refers: a visit, a confirmed candidate, an entry merged into theirs, a
/// confirmation, a change of status, that they are not somebody else, or anything of a payment.
pub async fn referred(tx: &mut Tx, county: CountyCode, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let within = crate::dialect::list(tx, "$2");
    let sql = format!(
        "SELECT subject_id FROM visit WHERE county_code = $1 AND subject_id IN {within} \
         UNION SELECT person_id FROM candidate WHERE county_code = $1 AND person_id IN {within} \
         UNION SELECT merged_into FROM person WHERE county_code = $1 AND merged_into IN {within} \
         UNION SELECT person_id FROM confirmation WHERE county_code = $1 AND person_id IN {within} \
         UNION SELECT person_id FROM status_change WHERE county_code = $1 AND person_id IN {within} \
         UNION SELECT person_id FROM arrangement_person WHERE county_code = $1 AND person_id IN {within} \
         UNION SELECT first_id FROM apart WHERE county_code = $1 AND first_id IN {within} \
         UNION SELECT second_id FROM apart WHERE county_code = $1 AND second_id IN {within} \
         UNION SELECT person_id FROM payment_line WHERE county_code = $1 AND person_id IN {within} \
         UNION SELECT person_id FROM payment_refusal WHERE county_code = $1 AND person_id IN {within} \
         UNION SELECT person_id FROM bank_spelling WHERE county_code = $1 AND person_id IN {within} ORDER BY 1"
    );
    let list = json::text(&ids);
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
