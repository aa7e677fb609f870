//! Sessions of browsers: the token is random, only its keyed hash is stored.

use super::{corrupt, grant};
use crate::{Db, StoreError, Tx, on};
use domain::authority::Grant;
use domain::region::CountyCode;
use sqlx::FromRow;
use uuid::Uuid;

/// A session to be written down.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Identity, for listing and ending.
    pub id: Uuid,
    /// The county of the account.
    pub county: CountyCode,
    /// The account.
    pub account: Uuid,
    /// Keyed hash of the token.
    pub token_hash: String,
    /// Where from.
    pub address: Option<String>,
    /// The browser's word for itself.
    pub agent: Option<String>,
    /// Since when, ms UTC.
    pub created_at_ms: i64,
}

/// Opens a session.
pub async fn add(tx: &mut Tx, session: &NewSession) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO session (id, county_code, account_id, token_hash, address, agent, created_at_ms, \
                       seen_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    on!(tx, c => sqlx::query(SQL).bind(session.id.to_string()).bind(session.county.as_str())
        .bind(session.account.to_string()).bind(&session.token_hash).bind(&session.address).bind(&session.agent)
        .bind(session.created_at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// A session with the account behind it, as every request needs it.
#[derive(Debug, Clone)]
pub struct Live {
    /// The session.
    pub session: Uuid,
    /// The account.
    pub account: Uuid,
    /// Its login.
    pub login: String,
    /// The human.
    pub staff: Uuid,
    /// The county.
    pub county: CountyCode,
    /// Opened, ms UTC.
    pub created_at_ms: i64,
    /// Last used, ms UTC; up to a minute late.
    pub seen_at_ms: i64,
    /// The password must be changed first.
    pub must_change: bool,
    /// The second factor is in force.
    pub has_second_factor: bool,
    /// The account is disabled.
    pub is_disabled: bool,
    /// Roles.
    pub grants: Vec<Grant>,
}

#[derive(FromRow)]
struct LiveRow {
    id: String,
    account_id: String,
    login: String,
    staff_id: String,
    county_code: String,
    created_at_ms: i64,
    seen_at_ms: i64,
    must_change_since_ms: Option<i64>,
    totp_since_ms: Option<i64>,
    disabled_at_ms: Option<i64>,
    role: Option<String>,
    unit_id: Option<String>,
}

/// The session of a token, in one statement.
pub async fn live(tx: &mut Tx, token_hash: &str) -> Result<Option<Live>, StoreError> {
    const SQL: &str = "SELECT s.id, s.account_id, a.login, a.staff_id, s.county_code, s.created_at_ms, s.seen_at_ms, \
         a.must_change_since_ms, a.totp_since_ms, a.disabled_at_ms, g.role, g.unit_id FROM session s \
         JOIN account a ON a.id = s.account_id LEFT JOIN account_grant g ON g.account_id = s.account_id \
         WHERE s.token_hash = $1 ORDER BY g.granted_at_ms NULLS FIRST, g.role, g.unit_id";
    let rows: Vec<LiveRow> = on!(tx, c => sqlx::query_as(SQL).bind(token_hash).fetch_all(c).await)?;
    let mut live: Option<Live> = None;
    for row in rows {
        let held = match (&row.role, &row.unit_id) {
            (Some(role), Some(unit)) => Some(grant(role, unit, &row.account_id)?),
            _ => None,
        };
        match &mut live {
            Some(live) => live.grants.extend(held),
            None => live = Some(row.read(held)?),
        }
    }
    Ok(live)
}

impl LiveRow {
    fn read(self, held: Option<Grant>) -> Result<Live, StoreError> {
        Ok(Live {
            session: self.id.parse().map_err(|_| corrupt("session", "id", &self.id))?,
            account: self.account_id.parse().map_err(|_| corrupt("session", "account_id", &self.id))?,
            staff: self.staff_id.parse().map_err(|_| corrupt("account", "staff_id", &self.account_id))?,
            county: self.county_code.parse().map_err(|_| corrupt("session", "county_code", &self.id))?,
            login: self.login,
            created_at_ms: self.created_at_ms,
            seen_at_ms: self.seen_at_ms,
            must_change: self.must_change_since_ms.is_some(),
            has_second_factor: self.totp_since_ms.is_some(),
            is_disabled: self.disabled_at_ms.is_some(),
            grants: held.into_iter().collect(),
        })
    }
}

/// Says that a session was used; never goes back. In a transaction of its own: what a request reads must not wait.
pub async fn touch(db: &Db, session: Uuid, now_ms: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE session SET seen_at_ms = $2 WHERE id = $1 AND seen_at_ms < $2";
    let mut tx = db.control().await?;
    on!(&mut tx, c => sqlx::query(SQL).bind(session.to_string()).bind(now_ms).execute(c).await.map(drop))?;
    tx.commit().await
}

/// A session as its owner sees it.
#[derive(Debug, Clone, FromRow)]
pub struct Session {
    /// Identity.
    pub id: String,
    /// The account.
    pub account_id: String,
    /// Where from.
    pub address: Option<String>,
    /// The browser's word for itself.
    pub agent: Option<String>,
    /// Opened, ms UTC.
    pub created_at_ms: i64,
    /// Last used, ms UTC.
    pub seen_at_ms: i64,
}

/// The sessions of an account that were used since, newest first.
pub async fn list(tx: &mut Tx, account: Uuid, since_ms: i64) -> Result<Vec<Session>, StoreError> {
    const SQL: &str = "SELECT id, account_id, address, agent, created_at_ms, seen_at_ms FROM session \
                       WHERE account_id = $1 AND seen_at_ms >= $2 ORDER BY created_at_ms DESC, id DESC";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(account.to_string()).bind(since_ms).fetch_all(c).await)?)
}

/// Ends one session of an account: `false` when it has none with this id.
pub async fn end(tx: &mut Tx, account: Uuid, session: Uuid) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM session WHERE account_id = $1 AND id = $2";
    let done = on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(session.to_string()).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// Ends all sessions of an account but one; how many ended.
pub async fn end_all(tx: &mut Tx, account: Uuid, but: Option<Uuid>) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM session WHERE account_id = $1 AND id <> $2";
    let but = but.map(|id| id.to_string()).unwrap_or_default();
    Ok(on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(but).execute(c).await
        .map(|it| it.rows_affected()))?)
}

/// Gives a session another token: who holds the old one holds nothing.
pub async fn rotate(tx: &mut Tx, session: Uuid, token_hash: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE session SET token_hash = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(session.to_string()).bind(token_hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Removes sessions that nobody can use any more.
pub async fn sweep(tx: &mut Tx, before_ms: i64) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM session WHERE seen_at_ms < $1";
    on!(tx, c => sqlx::query(SQL).bind(before_ms).execute(c).await.map(drop))?;
    Ok(())
}
