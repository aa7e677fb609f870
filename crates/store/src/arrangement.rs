//! Whom units are to visit (走访安排).

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{ArrangementId, CampaignId, PersonId, UnitId};
use domain::region::CountyCode;
use sqlx::{AssertSqlSafe, FromRow};
use std::collections::HashMap;

/// An arrangement without its persons.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Arrangement {
    /// Identity, made by whoever sends it.
    pub id: String,
    /// Campaign.
    pub campaign_id: String,
    /// Who visits.
    pub unit_id: String,
    /// The day.
    pub planned_on: Option<String>,
    /// Who leads; empty for nobody.
    pub leader_name: String,
    /// What the leader is.
    pub leader_title: String,
    /// Code of the leader's kind.
    pub leader_kind: Option<String>,
    /// Who comes along.
    pub party: String,
    /// Anything else.
    pub note: String,
    /// Who wrote it down.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Grows with every change.
    pub version: i64,
}

const SHOWN: &str = "id, campaign_id, unit_id, planned_on, leader_name, leader_title, leader_kind, party, note, \
                     by_actor, at_ms, version";
const COLUMNS: &[&str] = &[
    "county_code",
    "id",
    "campaign_id",
    "unit_id",
    "planned_on",
    "leader_name",
    "leader_title",
    "leader_kind",
    "party",
    "note",
    "by_actor",
    "at_ms",
    "version",
];
const PERSONS: &[&str] = &["county_code", "arrangement_id", "person_id", "place"];

/// Writes an arrangement and its persons down, in the place of what was there.
pub async fn put(
    tx: &mut Tx,
    county: CountyCode,
    it: &Arrangement,
    persons: &[PersonId],
) -> Result<(), StoreError> {
    let row = (
        county,
        &it.id,
        &it.campaign_id,
        &it.unit_id,
        &it.planned_on,
        &it.leader_name,
        &it.leader_title,
        &it.leader_kind,
        &it.party,
        &it.note,
        &it.by_actor,
        it.at_ms,
        it.version,
    );
    bulk::upsert(tx, "arrangement", COLUMNS, &[], &[row]).await?;
    drop_persons(tx, county, &it.id).await?;
    let rows: Vec<_> =
        (1_i64..).zip(persons).map(|(place, person)| (county, &it.id, *person, place)).collect();
    bulk::upsert(tx, "arrangement_person", PERSONS, &[], &rows).await
}

async fn drop_persons(tx: &mut Tx, county: CountyCode, id: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM arrangement_person WHERE county_code = $1 AND arrangement_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// One arrangement.
pub async fn get(
    tx: &mut Tx,
    county: CountyCode,
    id: ArrangementId,
) -> Result<Option<Arrangement>, StoreError> {
    let sql = format!("SELECT {SHOWN} FROM arrangement WHERE county_code = $1 AND id = $2");
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(id.to_string())
        .fetch_optional(c).await)?)
}

/// The arrangements of a campaign for these units (`None`: all), by day, those without one last.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: Option<&[UnitId]>,
) -> Result<Vec<Arrangement>, StoreError> {
    let within = dialect::list(tx, "$3");
    let sql = format!(
        "SELECT {SHOWN} FROM arrangement WHERE county_code = $1 AND campaign_id = $2 \
         AND (CAST($3 AS TEXT) IS NULL OR unit_id IN {within}) \
         ORDER BY COALESCE(planned_on, '9999'), leader_name, id"
    );
    let units = units.map(json::text);
    Ok(
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign.to_string()).bind(units)
        .fetch_all(c).await)?,
    )
}

/// The persons of these arrangements, in their order.
pub async fn persons(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let within = dialect::list(tx, "$2");
    let sql = format!(
        "SELECT arrangement_id, person_id FROM arrangement_person WHERE county_code = $1 \
         AND arrangement_id IN {within} ORDER BY arrangement_id, place, person_id"
    );
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str())
        .bind(json::text(ids)).fetch_all(c).await)?;
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for (id, person) in rows {
        all.entry(id).or_default().push(person);
    }
    Ok(all)
}

/// Takes an arrangement away.
pub async fn delete(tx: &mut Tx, county: CountyCode, id: ArrangementId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM arrangement WHERE county_code = $1 AND id = $2";
    let id = id.to_string();
    drop_persons(tx, county, &id).await?;
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Makes a unit's arrangements another's.
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE arrangement SET unit_id = $3, version = version + 1 WHERE county_code = $1 AND unit_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(from.to_string()).bind(to.to_string()).execute(c).await
        .map(drop))?;
    Ok(())
}

/// Makes what was arranged for one entry the other's, once in each arrangement.
pub async fn merge(
    tx: &mut Tx,
    county: CountyCode,
    dropped: PersonId,
    kept: PersonId,
) -> Result<(), StoreError> {
    const MOVE: &str = "UPDATE arrangement_person SET person_id = $3 WHERE county_code = $1 AND person_id = $2 \
        AND arrangement_id NOT IN (SELECT arrangement_id FROM arrangement_person WHERE county_code = $1 AND person_id = $3)";
    const REST: &str = "DELETE FROM arrangement_person WHERE county_code = $1 AND person_id = $2";
    let (dropped, kept) = (dropped.to_string(), kept.to_string());
    on!(tx, c => sqlx::query(MOVE).bind(county.as_str()).bind(&dropped).bind(&kept).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(REST).bind(county.as_str()).bind(&dropped).execute(c).await.map(drop))?;
    Ok(())
}
