//! Counties: who owns the data of a database, and the heads of their audit chains.

use crate::audit::Head;
use crate::dialect::{self, FOR_UPDATE};
use crate::tx::Tx;
use crate::{StoreError, on};
use domain::region::CountyCode;
use sqlx::{AssertSqlSafe, FromRow};

/// A county to be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCounty {
    /// Six digits.
    pub code: CountyCode,
    /// 石柱土家族自治县
    pub name: String,
    /// The short character (石).
    pub place: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
}

/// A county of this database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// Six digits.
    pub code: CountyCode,
    /// 石柱土家族自治县
    pub name: String,
    /// The short character (石).
    pub place: String,
    /// Number of rows in its audit chain.
    pub audit_seq: i64,
    /// Hash of the last one; empty before the first.
    pub audit_hash: String,
    /// When it was set up, ms UTC.
    pub created_at_ms: i64,
}

#[derive(FromRow)]
struct Row {
    county_code: String,
    name: String,
    place: String,
    audit_seq: i64,
    audit_hash: String,
    created_at_ms: i64,
}

impl Row {
    fn read(self) -> Result<County, StoreError> {
        let code = self.county_code.parse().map_err(|_| StoreError::Corrupt {
            table: "county",
            column: "county_code",
            id: self.county_code.clone(),
        })?;
        Ok(County {
            code,
            name: self.name,
            place: self.place,
            audit_seq: self.audit_seq,
            audit_hash: self.audit_hash,
            created_at_ms: self.created_at_ms,
        })
    }
}

const LIST: &str = "SELECT county_code, name, place, audit_seq, audit_hash, created_at_ms FROM county \
                    ORDER BY county_code";

/// All counties of the database, by code.
pub async fn list(tx: &mut Tx) -> Result<Vec<County>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(LIST).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

const GET: &str = "SELECT county_code, name, place, audit_seq, audit_hash, created_at_ms FROM county \
                   WHERE county_code = $1";

/// One county.
pub async fn get(tx: &mut Tx, county: CountyCode) -> Result<Option<County>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(GET).bind(county.as_str()).fetch_optional(c).await)?;
    row.map(Row::read).transpose()
}

const HEAD: &str = "SELECT audit_seq, audit_hash FROM county WHERE county_code = $1";

/// Locks the county's row until the transaction ends: its acts are serial over any number of servers.
pub(crate) async fn lock(tx: &mut Tx, county: CountyCode) -> Result<Option<Head>, StoreError> {
    let sql = format!("{HEAD}{}", dialect::pick(tx.backend(), FOR_UPDATE));
    let row: Option<(i64, String)> =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|(seq, hash)| Head { seq, hash }))
}

const ADD: &str = "INSERT INTO county (county_code, name, place, audit_seq, audit_hash, created_at_ms) \
                   VALUES ($1, $2, $3, 0, '', $4)";

pub(crate) async fn add(tx: &mut Tx, county: &NewCounty) -> Result<Head, StoreError> {
    on!(tx, c => sqlx::query(ADD)
        .bind(county.code.as_str())
        .bind(county.name.as_str())
        .bind(county.place.as_str())
        .bind(county.created_at_ms)
        .execute(c)
        .await
        .map(drop))?;
    Ok(Head { seq: 0, hash: String::new() })
}

const PUT_HEAD: &str = "UPDATE county SET audit_seq = $2, audit_hash = $3 WHERE county_code = $1";

pub(crate) async fn put_head(tx: &mut Tx, county: CountyCode, head: &Head) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT_HEAD)
        .bind(county.as_str())
        .bind(head.seq)
        .bind(head.hash.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
