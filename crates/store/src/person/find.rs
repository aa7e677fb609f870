//! Finding persons: for visits, for coverage, and those who may be one human.

use super::identities;
use super::record::{IDENTITY, IdentityRecord, by_person, hardship, open_field};
use crate::{Sealer, StoreError, Tx, dialect, json, on};
use domain::citizen::CitizenId;
use domain::ids::{PersonId, UnitId};
use domain::person::{Hardship, Identity, PersonStatus};
use domain::region::CountyCode;
use domain::visit::Known;
use serde::Deserialize;
use sqlx::FromRow;
use std::collections::HashMap;
use uuid::Uuid;

/// A person as the visit rules know them, with what they were found by.
#[derive(Debug, Clone)]
pub struct Found {
    /// The person, or the one they were merged into.
    pub known: Known,
    /// Blind index of the number that was asked for.
    pub citizen_index: String,
    /// Name as it is compared.
    pub name_word: String,
    /// Set when this row was merged into another.
    pub merged_into: Option<String>,
}

#[derive(Deserialize)]
struct KnownRow {
    id: String,
    name: String,
    name_word: String,
    citizen_index: String,
    household: Option<String>,
    hardship: String,
    status: String,
    stopped_on: Option<String>,
    township_id: String,
    village_id: Option<String>,
    merged_into: Option<String>,
}

const KNOWN: &str = "id, name, name_word, citizen_index, household, hardship, status, stopped_on, township_id, \
     village_id, merged_into";

/// Persons with one of these numbers (by index) or one of these names; a merged number finds the person kept.
pub async fn known(
    tx: &mut Tx,
    county: CountyCode,
    numbers: &[String],
    names: &[String],
) -> Result<Vec<Found>, StoreError> {
    let mut rows = known_rows(tx, county, "citizen_index", numbers).await?;
    let merged: Vec<String> = rows.iter().filter_map(|row| row.merged_into.clone()).collect();
    rows.extend(known_rows(tx, county, "name_word", names).await?);
    let kept = if merged.is_empty() { Vec::new() } else { known_rows(tx, county, "id", &merged).await? };
    let ids: Vec<String> = rows.iter().chain(&kept).map(|row| row.id.clone()).collect();
    let identity_rows = identities(tx, county, &ids).await?;
    let identities = by_person(&identity_rows);
    let kept: HashMap<String, KnownRow> = kept.into_iter().map(|row| (row.id.clone(), row)).collect();
    rows.into_iter()
        .map(|row| {
            let person = row.merged_into.as_ref().and_then(|id| kept.get(id)).unwrap_or(&row);
            Ok(Found {
                known: read_known(person, &identities)?,
                citizen_index: row.citizen_index.clone(),
                name_word: row.name_word.clone(),
                merged_into: row.merged_into.clone(),
            })
        })
        .collect()
}

/// Persons by id, as the visit rules know them.
pub async fn known_by_ids(tx: &mut Tx, county: CountyCode, ids: &[Uuid]) -> Result<Vec<Known>, StoreError> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows = known_rows(tx, county, "id", &ids).await?;
    let identity_rows = identities(tx, county, &ids).await?;
    let identities = by_person(&identity_rows);
    rows.iter().map(|row| read_known(row, &identities)).collect()
}

async fn known_rows(
    tx: &mut Tx,
    county: CountyCode,
    column: &'static str,
    list: &[String],
) -> Result<Vec<KnownRow>, StoreError> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {KNOWN} FROM person WHERE county_code = $1 AND {column} IN {} ORDER BY id",
        dialect::list(tx, "$2")
    );
    let sql = dialect::packed(tx, KNOWN, &sql);
    let list = json::text(&list);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list)
        .fetch_one(c).await)?;
    json::unpack("person", &rows)
}

fn read_known(row: &KnownRow, identities: &HashMap<&str, Vec<Identity>>) -> Result<Known, StoreError> {
    let bad = |column| StoreError::Corrupt { table: "person", column, id: row.id.clone() };
    Ok(Known {
        id: row.id.parse().map_err(|_| bad("id"))?,
        name: row.name.clone(),
        household: row.household.clone().unwrap_or_else(|| row.id.clone()),
        identities: identities.get(row.id.as_str()).cloned().unwrap_or_default(),
        hardship: hardship(&row.hardship),
        status: PersonStatus::from_code(&row.status).ok_or_else(|| bad("status"))?,
        stopped_on: row.stopped_on.as_deref().map(str::parse).transpose().map_err(|_| bad("stopped_on"))?,
        township_id: row.township_id.parse().map_err(|_| bad("township_id"))?,
        village_id: row.village_id.as_deref().map(str::parse).transpose().map_err(|_| bad("village_id"))?,
    })
}

/// Whose persons are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of the county.
    County,
    /// One township.
    Township(UnitId),
    /// One village.
    Village(UnitId),
    /// Nobody (departments have no roster).
    Nobody,
}

/// A person as coverage needs them.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Who.
    pub id: PersonId,
    /// Name, clear.
    pub name: String,
    /// Township.
    pub township_id: UnitId,
    /// Village.
    pub village_id: Option<UnitId>,
    /// Status.
    pub status: PersonStatus,
    /// Open hardship marks.
    pub hardship: Vec<Hardship>,
    /// Identities.
    pub identities: Vec<Identity>,
}

#[derive(Deserialize)]
struct CoveredRow {
    id: String,
    name: String,
    name_key: String,
    township_id: String,
    village_id: Option<String>,
    status: String,
    hardship: String,
}

const COVERED: &str = "id, name, name_key, township_id, village_id, status, hardship";
const PERSONS: &str = "SELECT id, name, name_key, township_id, village_id, status, hardship FROM person \
 WHERE county_code = $1 AND merged_into IS NULL AND (CAST($2 AS TEXT) IS NULL OR township_id = $2) \
 AND (CAST($3 AS TEXT) IS NULL OR village_id = $3)";
/// Of a whole county all identities, without asking whose they are.
const ALL_IDENTITIES: &str = "SELECT person_id, class, grade, nature FROM identity WHERE county_code = $1 \
 AND CAST($2 AS TEXT) IS NULL AND CAST($3 AS TEXT) IS NULL";
const IDENTITIES: &str = "SELECT i.person_id, i.class, i.grade, i.nature FROM person p CROSS JOIN identity i \
 WHERE p.county_code = $1 AND i.county_code = $1 AND i.person_id = p.id \
 AND (CAST($2 AS TEXT) IS NULL OR p.township_id = $2) AND (CAST($3 AS TEXT) IS NULL OR p.village_id = $3)";

/// All persons of a scope with their identities, by township, village and name; merged ones left out.
pub async fn covered(tx: &mut Tx, county: CountyCode, scope: Scope) -> Result<Vec<Covered>, StoreError> {
    let (township, village) = match scope {
        Scope::Nobody => return Ok(Vec::new()),
        Scope::County => (None, None),
        Scope::Township(id) => (Some(id.to_string()), None),
        Scope::Village(id) => (None, Some(id.to_string())),
    };
    let whose = if scope == Scope::County { ALL_IDENTITIES } else { IDENTITIES };
    let persons = dialect::packed(tx, COVERED, PERSONS);
    let identities = dialect::packed(tx, IDENTITY, whose);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(persons)).bind(county.as_str()).bind(&township)
        .bind(&village).fetch_one(c).await)?;
    let identities = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(identities)).bind(county.as_str())
        .bind(&township).bind(&village).fetch_one(c).await)?;
    let mut rows: Vec<CoveredRow> = json::unpack("person", &rows)?;
    let no_village = |row: &CoveredRow| row.village_id.is_none();
    rows.sort_unstable_by(|a, b| {
        (&a.township_id, no_village(a), &a.village_id, &a.name_key, &a.id).cmp(&(
            &b.township_id,
            no_village(b),
            &b.village_id,
            &b.name_key,
            &b.id,
        ))
    });
    let identities: Vec<IdentityRecord> = json::unpack("identity", &identities)?;
    let mut identities = by_person(&identities);
    rows.into_iter()
        .map(|row| {
            let bad = |column| StoreError::Corrupt { table: "person", column, id: row.id.clone() };
            let village = row.village_id.as_deref().map(str::parse).transpose();
            Ok(Covered {
                id: row.id.parse().map_err(|_| bad("id"))?,
                township_id: row.township_id.parse().map_err(|_| bad("township_id"))?,
                village_id: village.map_err(|_| bad("village_id"))?,
                status: PersonStatus::from_code(&row.status).ok_or_else(|| bad("status"))?,
                hardship: hardship(&row.hardship),
                identities: identities.remove(row.id.as_str()).unwrap_or_default(),
                name: row.name,
            })
        })
        .collect()
}

/// What tells whether two entries may be one human.
#[derive(Debug, Clone, FromRow)]
pub struct TwinRow {
    /// Identity.
    pub id: String,
    /// Name.
    pub name: String,
    /// The person's key, wrapped.
    pub key_sealed: Option<String>,
    /// Number, sealed.
    pub citizen_sealed: String,
    /// Township.
    pub township_id: String,
    /// Village.
    pub village_id: Option<String>,
}

impl TwinRow {
    /// Opens the number.
    pub fn citizen(&self, sealer: &Sealer, county: CountyCode) -> Result<CitizenId, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "person", column, id: self.id.clone() };
        let id = self.id.parse().map_err(|_| bad("id"))?;
        let field = ("citizen", self.citizen_sealed.as_str());
        let number = open_field((sealer, county), id, self.key_sealed.as_deref(), field)?;
        Ok(CitizenId::parse(&number).map_err(|_| bad("citizen_sealed"))?.0)
    }
}

/// Persons in the order of their id, after one id.
pub async fn twins(
    tx: &mut Tx,
    county: CountyCode,
    after: &str,
    limit: usize,
) -> Result<Vec<TwinRow>, StoreError> {
    const SQL: &str = "SELECT id, name, key_sealed, citizen_sealed, township_id, village_id FROM person \
         WHERE county_code = $1 AND id > $2 AND merged_into IS NULL AND status <> 'erased' ORDER BY id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(after).bind(limit).fetch_all(c).await)?)
}
