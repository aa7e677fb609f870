//! Visited persons who are not on the roster yet, until someone confirms who they are.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{CandidateId, ImportId, PersonId, UnitId};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::FromRow;

/// A candidate to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCandidate {
    /// Identity.
    pub id: CandidateId,
    /// The unit that met them.
    pub unit: UnitId,
    /// Name as typed, may be empty when there is a number.
    pub name: String,
    /// Number, sealed.
    pub citizen_sealed: Option<String>,
    /// Blind index of the number.
    pub citizen_index: Option<String>,
    /// What tells them from others: number, else unit and name.
    pub match_key: String,
    /// The import that brought them.
    pub import: Option<ImportId>,
    /// When, ms UTC.
    pub received_at_ms: i64,
}

/// A candidate as stored.
#[derive(Debug, Clone, FromRow)]
pub struct Candidate {
    /// Identity.
    pub id: String,
    /// The unit that met them.
    pub unit_id: String,
    /// Name.
    pub name: String,
    /// `open`, `confirmed`, or `apart`: nobody on the roster.
    pub status: String,
    /// The person they are, once confirmed.
    pub person_id: Option<String>,
    /// Number, sealed.
    pub citizen_sealed: Option<String>,
    /// Blind index of the number.
    pub citizen_index: Option<String>,
    /// Why they are nobody on the roster, sealed.
    pub reason_sealed: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, ms UTC.
    pub decided_at_ms: Option<i64>,
    /// When the county got to know of them, ms UTC.
    pub received_at_ms: i64,
}

/// The columns of a [`Candidate`].
const SHOWN: &str = "id, unit_id, name, status, person_id, citizen_sealed, citizen_index, reason_sealed, decided_by, \
     decided_at_ms, received_at_ms";

const COLUMNS: &[&str] = &[
    "county_code",
    "id",
    "unit_id",
    "name",
    "citizen_sealed",
    "citizen_index",
    "match_key",
    "status",
    "created_import",
    "received_at_ms",
];

struct Out<'a>(CountyCode, &'a NewCandidate);

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let new = self.1;
        (
            self.0,
            new.id,
            new.unit,
            &new.name,
            &new.citizen_sealed,
            &new.citizen_index,
            &new.match_key,
            "open",
            new.import,
            new.received_at_ms,
        )
            .serialize(serializer)
    }
}

/// Adds candidates.
pub async fn add_many(
    tx: &mut Tx,
    county: CountyCode,
    candidates: &[NewCandidate],
) -> Result<(), StoreError> {
    let rows: Vec<Out<'_>> = candidates.iter().map(|it| Out(county, it)).collect();
    bulk::insert(tx, "candidate", COLUMNS, &rows).await
}

/// A candidate found by match key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The key.
    pub match_key: String,
    /// The candidate.
    pub id: CandidateId,
    /// The person they were confirmed to be.
    pub person: Option<PersonId>,
}

/// Known candidates by match key, confirmed ones too.
pub async fn by_keys(tx: &mut Tx, county: CountyCode, keys: &[String]) -> Result<Vec<Matched>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT match_key, id, person_id FROM candidate WHERE county_code = $1 AND match_key IN {}",
        dialect::list(tx, "$2")
    );
    let list = json::text(&keys);
    let rows: Vec<(String, String, Option<String>)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(match_key, id, person)| {
            let bad = |column| StoreError::Corrupt { table: "candidate", column, id: id.clone() };
            Ok(Matched {
                id: id.parse().map_err(|_| bad("id"))?,
                person: person.as_deref().map(str::parse).transpose().map_err(|_| bad("person_id"))?,
                match_key,
            })
        })
        .collect()
}

/// Candidates in a status, in the order they came, behind a place; of these units when they are given.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    status: &str,
    units: Option<&[UnitId]>,
    after: Option<&(i64, String)>,
    limit: usize,
) -> Result<Vec<Candidate>, StoreError> {
    let within = dialect::list(tx, "$3");
    let sql = format!(
        "SELECT {SHOWN} FROM candidate WHERE county_code = $1 AND status = $2 \
         AND (CAST($3 AS TEXT) IS NULL OR unit_id IN {within}) AND (received_at_ms, id) > ($4, $5) \
         ORDER BY received_at_ms, id LIMIT $6"
    );
    let units = units.map(json::text);
    let (at_ms, id) = after.map_or((i64::MIN, String::new()), |(at_ms, id)| (*at_ms, id.clone()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(status).bind(units)
        .bind(at_ms).bind(id).bind(limit).fetch_all(c).await)?)
}

/// How many nobody has confirmed, by the unit that met them.
pub async fn open_by_unit(tx: &mut Tx, county: CountyCode) -> Result<Vec<(UnitId, i64)>, StoreError> {
    const SQL: &str = "SELECT unit_id, COUNT(*) FROM candidate WHERE county_code = $1 AND status = 'open' \
         GROUP BY unit_id ORDER BY unit_id";
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, count)| {
            let unit =
                id.parse().map_err(|_| StoreError::Corrupt { table: "candidate", column: "unit_id", id })?;
            Ok((unit, count))
        })
        .collect()
}

/// One candidate.
pub async fn get(tx: &mut Tx, county: CountyCode, id: CandidateId) -> Result<Option<Candidate>, StoreError> {
    let sql = format!("SELECT {SHOWN} FROM candidate WHERE county_code = $1 AND id = $2");
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(id.to_string())
        .fetch_optional(c).await)?)
}

/// These candidates, in no order; an unknown id is left out.
pub async fn by_ids(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[CandidateId],
) -> Result<Vec<Candidate>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let among = dialect::list(tx, "$2");
    let sql = format!("SELECT {SHOWN} FROM candidate WHERE county_code = $1 AND id IN {among}");
    let ids = json::text(&ids);
    Ok(
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(ids).fetch_all(c).await)?,
    )
}

/// How many visits each of these candidates or persons has, and the first and last day; those without are left out.
pub async fn visits(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
) -> Result<Vec<(String, i64, String, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT subject_id, COUNT(*), MIN(visited_on), MAX(visited_on) FROM visit \
         WHERE county_code = $1 AND subject_id IN {} GROUP BY subject_id ORDER BY subject_id",
        dialect::list(tx, "$2")
    );
    let ids = json::text(ids);
    Ok(
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(ids).fetch_all(c).await)?,
    )
}

/// Who says what of a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// `apart`, or `open` again.
    pub status: &'a str,
    /// Why, sealed.
    pub reason_sealed: Option<&'a str>,
    /// Who.
    pub by: &'a str,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// Says that a candidate is nobody on the roster, or takes that back.
pub async fn decide(
    tx: &mut Tx,
    county: CountyCode,
    id: CandidateId,
    decision: Decision<'_>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE candidate SET status = $3, reason_sealed = $4, decided_by = $5, decided_at_ms = $6 \
         WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).bind(decision.status)
        .bind(decision.reason_sealed).bind(decision.by).bind(decision.at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// Says which person a candidate is.
pub async fn confirm(
    tx: &mut Tx,
    county: CountyCode,
    id: CandidateId,
    person: PersonId,
) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE candidate SET status = 'confirmed', person_id = $3 WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).bind(person.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Puts the candidates of one unit under another (units were merged). One whom the other knows by the same name
/// stays: a person decides.
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE candidate SET unit_id = $3, match_key = REPLACE(match_key, $2, $3) \
         WHERE county_code = $1 AND unit_id = $2 AND NOT EXISTS (SELECT 1 FROM candidate o WHERE o.county_code = $1 \
         AND o.id <> candidate.id AND o.match_key = REPLACE(candidate.match_key, $2, $3))";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(from.to_string()).bind(to.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Removes candidates of an undone import to whom no visit refers any more.
pub async fn forget_unvisited(tx: &mut Tx, county: CountyCode, import: ImportId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM candidate WHERE county_code = $1 AND created_import = $2 AND status = 'open' \
         AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.county_code = $1 AND v.subject_id = candidate.id)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(import.to_string()).execute(c).await.map(drop))?;
    Ok(())
}
