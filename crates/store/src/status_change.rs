//! Reported changes of status (人员变动), until the county has decided, and afterwards.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{PersonId, StatusChangeId, UnitId};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::FromRow;

/// A reported change.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StatusChange {
    /// Identity, made by whoever reports.
    pub id: String,
    /// Who.
    pub person_id: String,
    /// Where the person was when it was reported: village, else township.
    pub unit_id: String,
    /// Code of the kind.
    pub kind: String,
    /// The day.
    pub happened_on: String,
    /// Where a move leads within the county.
    pub target_unit_id: Option<String>,
    /// Where it leads outside, sealed.
    pub target_sealed: Option<String>,
    /// Why, sealed.
    pub reason_sealed: String,
    /// Ids of the files that prove it, as JSON.
    pub files_json: String,
    /// Code of the state.
    pub state: String,
    /// Who reported it.
    pub by_actor: String,
    /// The account that is told of the decision.
    pub by_account: Option<String>,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, ms UTC.
    pub decided_at_ms: Option<i64>,
    /// What was said with the decision, sealed.
    pub decision_sealed: Option<String>,
    /// Grows with every change.
    pub version: i64,
}

const SHOWN: &str = "id, person_id, unit_id, kind, happened_on, target_unit_id, target_sealed, reason_sealed, \
     files_json, state, by_actor, by_account, at_ms, decided_by, decided_at_ms, decision_sealed, version";

const COLUMNS: &[&str] = &[
    "county_code",
    "id",
    "person_id",
    "unit_id",
    "kind",
    "happened_on",
    "target_unit_id",
    "target_sealed",
    "reason_sealed",
    "files_json",
    "state",
    "by_actor",
    "by_account",
    "at_ms",
    "decided_by",
    "decided_at_ms",
    "decision_sealed",
    "version",
];

struct Out<'a>(CountyCode, &'a StatusChange);

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let it = self.1;
        let mut seq = serializer.serialize_seq(Some(COLUMNS.len()))?;
        seq.serialize_element(&self.0)?;
        for text in [&it.id, &it.person_id, &it.unit_id, &it.kind, &it.happened_on] {
            seq.serialize_element(text)?;
        }
        seq.serialize_element(&it.target_unit_id)?;
        seq.serialize_element(&it.target_sealed)?;
        for text in [&it.reason_sealed, &it.files_json, &it.state, &it.by_actor] {
            seq.serialize_element(text)?;
        }
        seq.serialize_element(&it.by_account)?;
        seq.serialize_element(&it.at_ms)?;
        seq.serialize_element(&it.decided_by)?;
        seq.serialize_element(&it.decided_at_ms)?;
        seq.serialize_element(&it.decision_sealed)?;
        seq.serialize_element(&it.version)?;
        seq.end()
    }
}

/// Writes a change down, or in the place of what it was.
pub async fn put(tx: &mut Tx, county: CountyCode, change: &StatusChange) -> Result<(), StoreError> {
    bulk::upsert(tx, "status_change", COLUMNS, &[], &[Out(county, change)]).await
}

/// One change.
pub async fn get(
    tx: &mut Tx,
    county: CountyCode,
    id: StatusChangeId,
) -> Result<Option<StatusChange>, StoreError> {
    let sql = format!("SELECT {SHOWN} FROM status_change WHERE county_code = $1 AND id = $2");
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(id.to_string())
        .fetch_optional(c).await)?)
}

/// Which changes.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state (code).
    pub state: Option<String>,
    /// Of this kind (code).
    pub kind: Option<String>,
    /// Of persons of these units when they were reported; `None`: of any.
    pub units: Option<Vec<UnitId>>,
    /// Of this person.
    pub person: Option<PersonId>,
}

/// Changes in the order they were reported, the newest first, behind a place.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    before: Option<&(i64, String)>,
    limit: usize,
) -> Result<Vec<StatusChange>, StoreError> {
    let units = dialect::list(tx, "$4");
    let sql = format!(
        "SELECT {SHOWN} FROM status_change WHERE county_code = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) \
         AND (CAST($3 AS TEXT) IS NULL OR kind = $3) AND (CAST($4 AS TEXT) IS NULL OR unit_id IN {units}) \
         AND (CAST($5 AS TEXT) IS NULL OR person_id = $5) AND (at_ms, id) < ($6, $7) \
         ORDER BY at_ms DESC, id DESC LIMIT $8"
    );
    let units = filter.units.as_ref().map(json::text);
    let person = filter.person.map(|id| id.to_string());
    let (at_ms, id) = before.map_or((i64::MAX, String::new()), |(at_ms, id)| (*at_ms, id.clone()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(&filter.state)
        .bind(&filter.kind).bind(units).bind(person).bind(at_ms).bind(id).bind(limit).fetch_all(c).await)?)
}

/// How many changes of these units there are in each state.
pub async fn counts(
    tx: &mut Tx,
    county: CountyCode,
    units: Option<&[UnitId]>,
) -> Result<Vec<(String, i64)>, StoreError> {
    let within = dialect::list(tx, "$2");
    let sql = format!(
        "SELECT state, COUNT(*) FROM status_change WHERE county_code = $1 \
         AND (CAST($2 AS TEXT) IS NULL OR unit_id IN {within}) GROUP BY state ORDER BY state"
    );
    let units = units.map(json::text);
    Ok(
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(units).fetch_all(c).await)?,
    )
}

/// Puts the changes reported for one unit under another (units were merged).
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE status_change SET unit_id = $3 WHERE county_code = $1 AND unit_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(from.to_string()).bind(to.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}
