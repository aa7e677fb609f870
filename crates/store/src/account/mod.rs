//! Accounts, their humans and their roles. Control tables: written by acts of their county, so that each change
//! stands in the county's audit chain.

pub mod session;
pub mod throttle;
pub mod token;

use crate::{StoreError, Tx, on};
use domain::authority::{Grant, Role};
use domain::ids::UnitId;
use domain::mask::Secret;
use domain::region::CountyCode;
use sqlx::FromRow;
use uuid::Uuid;

/// A human.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Identity.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Work number; empty when names are enough to tell people apart.
    pub number: String,
}

/// A login as stored.
#[derive(Debug, Clone)]
pub struct Account {
    /// Identity.
    pub id: Uuid,
    /// The county.
    pub county: CountyCode,
    /// What is typed to sign in.
    pub login: String,
    /// The human.
    pub staff: Uuid,
    /// The human's name.
    pub staff_name: String,
    /// Argon2id in PHC form.
    pub password_hash: Secret,
    /// Since when, ms UTC.
    pub password_at_ms: i64,
    /// A one-time password ends here, ms UTC.
    pub password_until_ms: Option<i64>,
    /// The password must be changed before anything else.
    pub must_change_since_ms: Option<i64>,
    /// The sealed secret of the second factor.
    pub totp_sealed: Option<String>,
    /// Since when the second factor is in force, ms UTC.
    pub totp_since_ms: Option<i64>,
    /// The last time step whose code was used.
    pub totp_step: i64,
    /// Last sign-in, ms UTC.
    pub signed_in_at_ms: Option<i64>,
    /// When it was disabled, ms UTC.
    pub disabled_at_ms: Option<i64>,
    /// When it was made, ms UTC.
    pub created_at_ms: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    county_code: String,
    login: String,
    staff_id: String,
    staff_name: String,
    password_hash: String,
    password_at_ms: i64,
    password_until_ms: Option<i64>,
    must_change_since_ms: Option<i64>,
    totp_sealed: Option<String>,
    totp_since_ms: Option<i64>,
    totp_step: i64,
    signed_in_at_ms: Option<i64>,
    disabled_at_ms: Option<i64>,
    created_at_ms: i64,
}

pub(crate) fn corrupt(table: &'static str, column: &'static str, id: &str) -> StoreError {
    StoreError::Corrupt { table, column, id: id.to_owned() }
}

impl Row {
    fn read(self) -> Result<Account, StoreError> {
        Ok(Account {
            id: self.id.parse().map_err(|_| corrupt("account", "id", &self.id))?,
            county: self.county_code.parse().map_err(|_| corrupt("account", "county_code", &self.id))?,
            staff: self.staff_id.parse().map_err(|_| corrupt("account", "staff_id", &self.id))?,
            login: self.login,
            staff_name: self.staff_name,
            password_hash: Secret::new(self.password_hash),
            password_at_ms: self.password_at_ms,
            password_until_ms: self.password_until_ms,
            must_change_since_ms: self.must_change_since_ms,
            totp_sealed: self.totp_sealed,
            totp_since_ms: self.totp_since_ms,
            totp_step: self.totp_step,
            signed_in_at_ms: self.signed_in_at_ms,
            disabled_at_ms: self.disabled_at_ms,
            created_at_ms: self.created_at_ms,
        })
    }
}

/// The human of this name and number, made when there is none yet.
pub async fn staff(tx: &mut Tx, county: CountyCode, new: &Staff, now_ms: i64) -> Result<Uuid, StoreError> {
    const ADD: &str = "INSERT INTO staff (id, county_code, name, number, created_at_ms) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (county_code, name, number) DO NOTHING";
    const GET: &str = "SELECT id FROM staff WHERE county_code = $1 AND name = $2 AND number = $3";
    on!(tx, c => sqlx::query(ADD).bind(new.id.to_string()).bind(county.as_str()).bind(&new.name).bind(&new.number)
        .bind(now_ms).execute(c).await.map(drop))?;
    let (id,): (String,) = on!(tx, c => sqlx::query_as(GET).bind(county.as_str()).bind(&new.name).bind(&new.number)
        .fetch_one(c).await)?;
    id.parse().map_err(|_| corrupt("staff", "id", &id))
}

/// Adds an account. A login that exists in the county is a [`StoreError::Conflict`].
pub async fn add(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO account (id, county_code, login, staff_id, password_hash, password_at_ms, \
         password_until_ms, must_change_since_ms, totp_step, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(tx, c => sqlx::query(SQL).bind(account.id.to_string()).bind(account.county.as_str()).bind(&account.login)
        .bind(account.staff.to_string()).bind(account.password_hash.reveal()).bind(account.password_at_ms)
        .bind(account.password_until_ms).bind(account.must_change_since_ms).bind(account.totp_step)
        .bind(account.created_at_ms).execute(c).await.map(drop))?;
    Ok(())
}

const COLUMNS: &str = "SELECT a.id, a.county_code, a.login, a.staff_id, s.name AS staff_name, a.password_hash, \
     a.password_at_ms, a.password_until_ms, a.must_change_since_ms, a.totp_sealed, a.totp_since_ms, a.totp_step, \
     a.signed_in_at_ms, a.disabled_at_ms, a.created_at_ms FROM account a JOIN staff s ON s.id = a.staff_id";

/// An account of a county by its login.
pub async fn by_login(tx: &mut Tx, county: CountyCode, login: &str) -> Result<Option<Account>, StoreError> {
    let sql = format!("{COLUMNS} WHERE a.county_code = $1 AND a.login = $2");
    let row: Option<Row> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(login)
        .fetch_optional(c).await)?;
    row.map(Row::read).transpose()
}

/// Accounts with this login in all counties; few.
pub async fn by_login_anywhere(tx: &mut Tx, login: &str) -> Result<Vec<Account>, StoreError> {
    let sql = format!("{COLUMNS} WHERE a.login = $1 ORDER BY a.county_code, a.id LIMIT 2");
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(login).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

/// An account by its id.
pub async fn by_id(tx: &mut Tx, county: CountyCode, id: Uuid) -> Result<Option<Account>, StoreError> {
    let sql = format!("{COLUMNS} WHERE a.county_code = $1 AND a.id = $2");
    let row: Option<Row> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(id.to_string()).fetch_optional(c).await)?;
    row.map(Row::read).transpose()
}

/// All accounts of a county by login.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Account>, StoreError> {
    let sql = format!("{COLUMNS} WHERE a.county_code = $1 ORDER BY a.login, a.id");
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

/// A new password; a one-time one ends at `until_ms` and must be changed.
pub async fn set_password(
    tx: &mut Tx,
    account: Uuid,
    hash: &Secret,
    now_ms: i64,
    one_time_until_ms: Option<i64>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE account SET password_hash = $2, password_at_ms = $3, password_until_ms = $4, \
                       must_change_since_ms = $5 WHERE id = $1";
    let must_change = one_time_until_ms.map(|_| now_ms);
    on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(hash.reveal()).bind(now_ms).bind(one_time_until_ms)
        .bind(must_change).execute(c).await.map(drop))?;
    Ok(())
}

/// Disables an account, or enables it again.
pub async fn set_disabled(tx: &mut Tx, account: Uuid, at_ms: Option<i64>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE account SET disabled_at_ms = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// Says when the account signed in last.
pub async fn set_signed_in(tx: &mut Tx, account: Uuid, at_ms: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE account SET signed_in_at_ms = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// Puts a second factor that is yet to be proved by a code; `None` takes it away.
pub async fn set_totp(tx: &mut Tx, account: Uuid, sealed: Option<&str>) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE account SET totp_sealed = $2, totp_since_ms = NULL, totp_step = 0 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(sealed).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes a time step for good: `false` when it, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, account: Uuid, step: i64, now_ms: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE account SET totp_step = $2, totp_since_ms = COALESCE(totp_since_ms, $3) \
                       WHERE id = $1 AND totp_step < $2";
    let done = on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(step).bind(now_ms).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// Replaces the recovery codes of an account.
pub async fn put_recovery(tx: &mut Tx, account: Uuid, hashes: &[String]) -> Result<(), StoreError> {
    const CLEAR: &str = "DELETE FROM recovery_code WHERE account_id = $1";
    const ADD: &str = "INSERT INTO recovery_code (account_id, code_hash) VALUES ($1, $2)";
    on!(tx, c => sqlx::query(CLEAR).bind(account.to_string()).execute(c).await.map(drop))?;
    for hash in hashes {
        on!(tx, c => sqlx::query(ADD).bind(account.to_string()).bind(hash).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Uses a recovery code up: `false` when there is none, or it was used.
pub async fn use_recovery(tx: &mut Tx, account: Uuid, hash: &str, now_ms: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE recovery_code SET used_at_ms = $3 \
                       WHERE account_id = $1 AND code_hash = $2 AND used_at_ms IS NULL";
    let done = on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(hash).bind(now_ms).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// A role of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The account.
    pub account: Uuid,
    /// The human behind it.
    pub staff: Uuid,
    /// What it holds.
    pub grant: Grant,
}

/// Reads a role and a unit as they are stored.
pub(crate) fn grant(role: &str, unit: &str, id: &str) -> Result<Grant, StoreError> {
    let unit: Option<UnitId> = match unit {
        "" => None,
        unit => Some(unit.parse().map_err(|_| corrupt("account_grant", "unit_id", id))?),
    };
    let role = Role::from_code(role).ok_or_else(|| corrupt("account_grant", "role", id))?;
    Ok(Grant { role, unit })
}

pub(crate) fn unit_text(unit: Option<UnitId>) -> String {
    unit.map(|id| id.to_string()).unwrap_or_default()
}

/// All roles of a county, by account.
pub async fn grants(tx: &mut Tx, county: CountyCode) -> Result<Vec<Held>, StoreError> {
    const SQL: &str = "SELECT g.account_id, a.staff_id, g.role, g.unit_id FROM account_grant g \
         JOIN account a ON a.id = g.account_id WHERE g.county_code = $1 ORDER BY g.account_id, g.role, g.unit_id";
    let rows: Vec<(String, String, String, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(account, staff, role, unit)| {
            Ok(Held {
                grant: grant(&role, &unit, &account)?,
                staff: staff.parse().map_err(|_| corrupt("account", "staff_id", &account))?,
                account: account.parse().map_err(|_| corrupt("account_grant", "account_id", &account))?,
            })
        })
        .collect()
}

/// Accounts in use that hold one of these roles, each with the unit of its grant (`None`: the county).
pub async fn holders(
    tx: &mut Tx,
    county: CountyCode,
    roles: &[Role],
) -> Result<Vec<(Uuid, Option<UnitId>)>, StoreError> {
    let among = crate::dialect::list(tx, "$2");
    let sql = format!(
        "SELECT g.account_id, g.role, g.unit_id FROM account_grant g JOIN account a ON a.id = g.account_id \
         WHERE g.county_code = $1 AND g.role IN {among} AND a.disabled_at_ms IS NULL \
         ORDER BY g.account_id, g.role, g.unit_id"
    );
    let codes = crate::json::text(&roles.iter().map(|role| role.code()).collect::<Vec<_>>());
    let rows: Vec<(String, String, String)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(county.as_str()).bind(codes).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(account, role, unit)| {
            let held = grant(&role, &unit, &account)?;
            Ok((account.parse().map_err(|_| corrupt("account_grant", "account_id", &account))?, held.unit))
        })
        .collect()
}

/// Gives a role; giving it again changes nothing and is `false`.
pub async fn give(
    tx: &mut Tx,
    county: CountyCode,
    account: Uuid,
    grant: Grant,
    by: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO account_grant (account_id, role, unit_id, county_code, granted_at_ms, granted_by) \
                       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, role, unit_id) DO NOTHING";
    let done = on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(grant.role.code())
        .bind(unit_text(grant.unit)).bind(county.as_str()).bind(now_ms).bind(by).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(done == 1)
}

/// Takes a role away: `false` when it was not held.
pub async fn take(tx: &mut Tx, account: Uuid, grant: Grant) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM account_grant WHERE account_id = $1 AND role = $2 AND unit_id = $3";
    let done = on!(tx, c => sqlx::query(SQL).bind(account.to_string()).bind(grant.role.code())
        .bind(unit_text(grant.unit)).execute(c).await.map(|it| it.rows_affected()))?;
    Ok(done == 1)
}
