//! The yearly confirmation (年度确认). A person without a row is still to be confirmed.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{PersonId, UnitId, VisitId};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::FromRow;
use std::collections::HashSet;

/// One confirmation.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Confirmation {
    /// The year that is confirmed.
    pub year: i64,
    /// Who.
    pub person_id: String,
    /// Code of the means.
    pub means: String,
    /// The day.
    pub confirmed_on: String,
    /// Ids of the files that show it, as JSON.
    pub files_json: String,
    /// Remark, sealed.
    pub remark_sealed: Option<String>,
    /// The visit that served as confirmation.
    pub visit_id: Option<String>,
    /// Whether the roster said 待确认 before.
    pub was_unconfirmed: bool,
    /// Who wrote it down.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Grows with every change.
    pub version: i64,
}

const SHOWN: &str = "year, person_id, means, confirmed_on, files_json, remark_sealed, visit_id, was_unconfirmed, \
     by_actor, at_ms, version";

const COLUMNS: &[&str] = &[
    "county_code",
    "year",
    "person_id",
    "means",
    "confirmed_on",
    "files_json",
    "remark_sealed",
    "visit_id",
    "was_unconfirmed",
    "by_actor",
    "at_ms",
    "version",
];

struct Out<'a>(CountyCode, &'a Confirmation);

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.1;
        (
            self.0,
            it.year,
            &it.person_id,
            &it.means,
            &it.confirmed_on,
            &it.files_json,
            &it.remark_sealed,
            &it.visit_id,
            it.was_unconfirmed,
            &it.by_actor,
            it.at_ms,
            it.version,
        )
            .serialize(serializer)
    }
}

/// Writes confirmations, in the place of earlier ones of the same person and year; each pair once.
pub async fn put_many(tx: &mut Tx, county: CountyCode, all: &[Confirmation]) -> Result<(), StoreError> {
    let rows: Vec<Out<'_>> = all.iter().map(|it| Out(county, it)).collect();
    bulk::upsert(tx, "confirmation", COLUMNS, &[], &rows).await
}

/// The confirmations of these persons for a year.
pub async fn of(
    tx: &mut Tx,
    county: CountyCode,
    year: i64,
    persons: &[String],
) -> Result<Vec<Confirmation>, StoreError> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {SHOWN} FROM confirmation WHERE county_code = $1 AND year = $2 AND person_id IN {} \
         ORDER BY person_id",
        dialect::list(tx, "$3")
    );
    let persons = json::text(persons);
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(year).bind(persons)
        .fetch_all(c).await)?)
}

/// All confirmations of a person, the latest year first.
pub async fn of_person(
    tx: &mut Tx,
    county: CountyCode,
    person: PersonId,
) -> Result<Vec<Confirmation>, StoreError> {
    let sql = format!(
        "SELECT {SHOWN} FROM confirmation WHERE county_code = $1 AND person_id = $2 ORDER BY year DESC"
    );
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(person.to_string())
        .fetch_all(c).await)?)
}

/// The confirmations for which this visit served.
pub async fn by_visit(
    tx: &mut Tx,
    county: CountyCode,
    visit: VisitId,
) -> Result<Vec<Confirmation>, StoreError> {
    let sql = format!(
        "SELECT {SHOWN} FROM confirmation WHERE county_code = $1 AND visit_id = $2 ORDER BY person_id"
    );
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(visit.to_string())
        .fetch_all(c).await)?)
}

/// Takes a confirmation back: `false` when there is none.
pub async fn remove(
    tx: &mut Tx,
    county: CountyCode,
    year: i64,
    person: PersonId,
) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM confirmation WHERE county_code = $1 AND year = $2 AND person_id = $3";
    let done = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(year).bind(person.to_string())
        .execute(c).await.map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// Everyone who is confirmed for a year: what a payment asks.
pub async fn confirmed(tx: &mut Tx, county: CountyCode, year: i64) -> Result<HashSet<PersonId>, StoreError> {
    const SQL: &str =
        "SELECT person_id FROM confirmation WHERE county_code = $1 AND year = $2 ORDER BY person_id";
    let sql = dialect::packed(tx, "person_id", SQL);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(year)
        .fetch_one(c).await)?;
    let rows: Vec<(String,)> = json::unpack("confirmation", &rows)?;
    rows.into_iter()
        .map(|(id,)| {
            id.parse().map_err(|_| StoreError::Corrupt { table: "confirmation", column: "person_id", id })
        })
        .collect()
}

/// The confirmations of an entry that was merged become the kept one's, for years in which that has none.
pub async fn merge(
    tx: &mut Tx,
    county: CountyCode,
    dropped: PersonId,
    kept: PersonId,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE confirmation SET person_id = $3 WHERE county_code = $1 AND person_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM confirmation o WHERE o.county_code = $1 AND o.person_id = $3 \
         AND o.year = confirmation.year)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(dropped.to_string()).bind(kept.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// How many persons of a village (of a township: without one) stand how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Township.
    pub township: UnitId,
    /// Village.
    pub village: Option<UnitId>,
    /// Code of the means; `None`: to be confirmed.
    pub means: Option<String>,
    /// 人
    pub count: i64,
}

/// Counts who is to be confirmed and who is, by village and means: of the living, and of those who receive
/// allowances alone when it is asked so.
pub async fn tally(
    tx: &mut Tx,
    county: CountyCode,
    year: i64,
    receivers_only: bool,
) -> Result<Vec<Tally>, StoreError> {
    const SQL: &str = "SELECT p.township_id, p.village_id, f.means, COUNT(*) FROM person p \
         LEFT JOIN confirmation f ON f.county_code = $1 AND f.year = $2 AND f.person_id = p.id \
         WHERE p.county_code = $1 AND p.merged_into IS NULL \
         AND p.status IN ('normal', 'unconfirmed', 'suspended', 'new') AND (p.allowance OR NOT $3) \
         GROUP BY p.township_id, p.village_id, f.means \
         ORDER BY p.township_id, p.village_id NULLS FIRST, f.means NULLS FIRST";
    type Row = (String, Option<String>, Option<String>, i64);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(year).bind(receivers_only)
        .fetch_all(c).await)?;
    rows.into_iter()
        .map(|(township, village, means, count)| {
            let bad = |column| StoreError::Corrupt { table: "person", column, id: township.clone() };
            Ok(Tally {
                township: township.parse().map_err(|_| bad("township_id"))?,
                village: village.as_deref().map(str::parse).transpose().map_err(|_| bad("village_id"))?,
                means,
                count,
            })
        })
        .collect()
}
