//! API tokens for machines: a part of one role's permissions for one unit; shown once, only the keyed hash is stored.

use super::{corrupt, grant, unit_text};
use crate::{Db, StoreError, Tx, on};
use domain::authority::{Grant, Permission};
use domain::region::CountyCode;
use sqlx::FromRow;
use uuid::Uuid;

/// A token as stored, without what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: Uuid,
    /// The county.
    pub county: CountyCode,
    /// What it is for.
    pub name: String,
    /// The role whose permissions it has a part of, and the unit.
    pub grant: Grant,
    /// The part.
    pub permissions: Vec<Permission>,
    /// Who made it.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
    /// Until when, ms UTC.
    pub expires_at_ms: i64,
    /// Last used, ms UTC; up to a minute late.
    pub used_at_ms: Option<i64>,
    /// When it was revoked, ms UTC.
    pub revoked_at_ms: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    county_code: String,
    name: String,
    role: String,
    unit_id: String,
    permissions: String,
    created_by: String,
    created_at_ms: i64,
    expires_at_ms: i64,
    used_at_ms: Option<i64>,
    revoked_at_ms: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Token, StoreError> {
        let permissions = self.permissions.split(' ').filter(|it| !it.is_empty());
        Ok(Token {
            id: self.id.parse().map_err(|_| corrupt("api_token", "id", &self.id))?,
            county: self.county_code.parse().map_err(|_| corrupt("api_token", "county_code", &self.id))?,
            grant: grant(&self.role, &self.unit_id, &self.id)?,
            // A permission that a later version took away opens nothing.
            permissions: permissions.filter_map(Permission::from_code).collect(),
            name: self.name,
            created_by: self.created_by,
            created_at_ms: self.created_at_ms,
            expires_at_ms: self.expires_at_ms,
            used_at_ms: self.used_at_ms,
            revoked_at_ms: self.revoked_at_ms,
        })
    }
}

const COLUMNS: &str = "SELECT id, county_code, name, role, unit_id, permissions, created_by, created_at_ms, \
                       expires_at_ms, used_at_ms, revoked_at_ms FROM api_token";

/// Adds a token.
pub async fn add(tx: &mut Tx, token: &Token, token_hash: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO api_token (id, county_code, name, token_hash, role, unit_id, permissions, \
         created_by, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let permissions = token.permissions.iter().map(|it| it.code()).collect::<Vec<_>>().join(" ");
    on!(tx, c => sqlx::query(SQL).bind(token.id.to_string()).bind(token.county.as_str()).bind(&token.name)
        .bind(token_hash).bind(token.grant.role.code()).bind(unit_text(token.grant.unit)).bind(permissions)
        .bind(&token.created_by).bind(token.created_at_ms).bind(token.expires_at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// A token by the keyed hash of what a machine showed.
pub async fn by_hash(tx: &mut Tx, token_hash: &str) -> Result<Option<Token>, StoreError> {
    let sql = format!("{COLUMNS} WHERE token_hash = $1");
    let row: Option<Row> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(token_hash)
        .fetch_optional(c).await)?;
    row.map(Row::read).transpose()
}

/// The tokens of a county, newest first.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Token>, StoreError> {
    let sql = format!("{COLUMNS} WHERE county_code = $1 ORDER BY created_at_ms DESC, id DESC");
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

/// Revokes a token: `false` when there is none, or it was revoked.
pub async fn revoke(tx: &mut Tx, county: CountyCode, id: Uuid, at_ms: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE api_token SET revoked_at_ms = $3 \
                       WHERE county_code = $1 AND id = $2 AND revoked_at_ms IS NULL";
    let done = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).bind(at_ms).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// Says that a token was used, in a transaction of its own.
pub async fn touch(db: &Db, id: Uuid, now_ms: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE api_token SET used_at_ms = $2 WHERE id = $1";
    let mut tx = db.control().await?;
    on!(&mut tx, c => sqlx::query(SQL).bind(id.to_string()).bind(now_ms).execute(c).await.map(drop))?;
    tx.commit().await
}
