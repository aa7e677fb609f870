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
    /// `open` or `confirmed`.
    pub status: String,
    /// The person they are, once confirmed.
    pub person_id: Option<String>,
}

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

/// Candidates that nobody has confirmed, in the order they came.
pub async fn open(tx: &mut Tx, county: CountyCode) -> Result<Vec<Candidate>, StoreError> {
    const SQL: &str = "SELECT id, unit_id, name, status, person_id FROM candidate \
         WHERE county_code = $1 AND status = 'open' ORDER BY received_at_ms, id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
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
    const SQL: &str =
        "SELECT id, unit_id, name, status, person_id FROM candidate WHERE county_code = $1 AND id = $2";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(id.to_string()).fetch_optional(c).await)?)
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
