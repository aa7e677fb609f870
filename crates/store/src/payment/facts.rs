//! What the rule and the checks look at: every person of the county with classes, account and what others say.

use crate::person::IdentityRecord;
use crate::{StoreError, Tx, dialect, json, on};
use domain::citizen::CitizenId;
use domain::ids::{PersonId, UnitId};
use domain::person::{Identity, PersonStatus};
use domain::region::CountyCode;
use jiff::civil::Date;
use serde::Deserialize;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// A person as payments look at them.
#[derive(Debug, Clone)]
pub struct Payee {
    /// Who.
    pub id: PersonId,
    /// Name on the roster.
    pub name: String,
    /// Blind index of the number.
    pub citizen_index: String,
    /// Day of birth.
    pub birth: String,
    /// Township.
    pub township_id: UnitId,
    /// Village.
    pub village_id: Option<UnitId>,
    /// Whether a periodic allowance is received.
    pub allowance: bool,
    /// Status.
    pub status: PersonStatus,
    /// Since when.
    pub stopped_on: Option<Date>,
    /// 开户银行
    pub bank_name: Option<String>,
    /// The person's key, wrapped.
    pub key_sealed: Option<String>,
    /// 账号, sealed.
    pub account_sealed: Option<String>,
    /// Blind index of the account.
    pub account_index: Option<String>,
    /// 户名
    pub account_name: Option<String>,
    /// The bank's spelling, given by hand.
    pub spelling: Option<String>,
    /// Classes.
    pub identities: Vec<Identity>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    name: String,
    citizen_index: String,
    birth: Option<String>,
    township_id: String,
    village_id: Option<String>,
    allowance: i64,
    status: String,
    stopped_on: Option<String>,
    bank_name: Option<String>,
    key_sealed: Option<String>,
    account_sealed: Option<String>,
    account_index: Option<String>,
    account_name: Option<String>,
    spelling: Option<String>,
}

const COLUMNS: &str = "id, name, citizen_index, birth, township_id, village_id, allowance, status, stopped_on, \
     bank_name, key_sealed, account_sealed, account_index, account_name, spelling";

const SELECTED: &str = "p.id, p.name, p.citizen_index, p.birth, p.township_id, p.village_id, \
     CASE WHEN p.allowance THEN 1 ELSE 0 END AS allowance, p.status, p.stopped_on, p.bank_name, p.key_sealed, \
     p.account_sealed, p.account_index, p.account_name, s.spelling";

const JOINED: &str =
    "FROM person p LEFT JOIN bank_spelling s ON s.county_code = p.county_code AND s.person_id = p.id";

const IDENTITIES: &str = "SELECT person_id, class, grade, nature FROM identity WHERE county_code = $1";

/// All persons of the county who were not merged into another, by township, village, name and id.
pub async fn payees(tx: &mut Tx, county: CountyCode) -> Result<Vec<Payee>, StoreError> {
    let sql = format!(
        "SELECT {SELECTED} {JOINED} WHERE p.county_code = $1 AND p.merged_into IS NULL AND p.status <> 'erased' \
         ORDER BY p.township_id, p.village_id NULLS LAST, p.name_key, p.id"
    );
    let persons = dialect::packed(tx, COLUMNS, &sql);
    let identities = dialect::packed(tx, "person_id, class, grade, nature", IDENTITIES);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(persons)).bind(county.as_str()).fetch_one(c).await)?;
    let rows: Vec<Row> = json::unpack("person", &rows)?;
    let identities =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(identities)).bind(county.as_str()).fetch_one(c).await)?;
    let identities: Vec<IdentityRecord> = json::unpack("identity", &identities)?;
    read(rows, &identities)
}

/// Some persons, in no order.
pub async fn payees_by_ids(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
) -> Result<Vec<Payee>, StoreError> {
    let list = json::text(&ids);
    let sql = format!(
        "SELECT {SELECTED} {JOINED} WHERE p.county_code = $1 AND p.id IN {}",
        dialect::list(tx, "$2")
    );
    let persons = dialect::packed(tx, COLUMNS, &sql);
    let sql = format!("{IDENTITIES} AND person_id IN {}", dialect::list(tx, "$2"));
    let identities = dialect::packed(tx, "person_id, class, grade, nature", &sql);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(persons)).bind(county.as_str()).bind(&list).fetch_one(c).await)?;
    let rows: Vec<Row> = json::unpack("person", &rows)?;
    let identities = on!(tx, c => sqlx::query_as(AssertSqlSafe(identities)).bind(county.as_str()).bind(&list)
        .fetch_one(c).await)?;
    let identities: Vec<IdentityRecord> = json::unpack("identity", &identities)?;
    read(rows, &identities)
}

fn read(rows: Vec<Row>, identities: &[IdentityRecord]) -> Result<Vec<Payee>, StoreError> {
    let mut by_person = crate::person::identities_by_person(identities);
    rows.into_iter()
        .map(|row| {
            let bad = |column| StoreError::Corrupt { table: "person", column, id: row.id.clone() };
            let village = row.village_id.as_deref().map(str::parse).transpose();
            let stopped = row.stopped_on.as_deref().map(str::parse).transpose();
            Ok(Payee {
                id: row.id.parse().map_err(|_| bad("id"))?,
                township_id: row.township_id.parse().map_err(|_| bad("township_id"))?,
                village_id: village.map_err(|_| bad("village_id"))?,
                status: PersonStatus::from_code(&row.status).ok_or_else(|| bad("status"))?,
                stopped_on: stopped.map_err(|_| bad("stopped_on"))?,
                identities: by_person.remove(row.id.as_str()).unwrap_or_default(),
                name: row.name,
                citizen_index: row.citizen_index,
                birth: row.birth.unwrap_or_default(),
                allowance: row.allowance == 1,
                bank_name: row.bank_name,
                key_sealed: row.key_sealed,
                account_sealed: row.account_sealed,
                account_index: row.account_index,
                account_name: row.account_name,
                spelling: row.spelling,
            })
        })
        .collect()
}

/// Numbers of entries that were merged into another person: index, and the person kept.
pub async fn merged(tx: &mut Tx, county: CountyCode) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT citizen_index, merged_into FROM person \
         WHERE county_code = $1 AND merged_into IS NOT NULL ORDER BY id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?)
}

/// Waiting lines of a batch whose person is not to be paid by status any more: line, status, since when.
pub async fn held_back(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    // From the few who stopped to their lines: SQLite keeps the order of a CROSS JOIN.
    const SQL: &str = "SELECT l.id, p.status, p.stopped_on FROM person p CROSS JOIN payment_line l \
         WHERE p.county_code = $1 AND p.status NOT IN ('normal', 'new', 'unconfirmed') \
         AND l.person_id = p.id AND l.county_code = p.county_code AND l.batch_id = $2 AND l.state = 'waiting' \
         ORDER BY l.seq, l.id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_all(c).await)?)
}

/// The sealed numbers of persons, for the bank's file.
pub async fn numbers(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
) -> Result<HashMap<String, (Option<String>, String)>, StoreError> {
    const SQL: &str = "SELECT p.id, p.key_sealed, p.citizen_sealed FROM payment_line l JOIN person p \
         ON p.county_code = l.county_code AND p.id = l.person_id \
         WHERE l.county_code = $1 AND l.batch_id = $2";
    let sql = dialect::packed(tx, "id, key_sealed, citizen_sealed", SQL);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(batch).fetch_one(c).await)?;
    let rows: Vec<(String, Option<String>, String)> = json::unpack("person", &rows)?;
    Ok(rows.into_iter().map(|(id, key, number)| (id, (key, number))).collect())
}

/// Opens the number of a person.
pub fn open_number(
    sealer: &crate::Sealer,
    county: CountyCode,
    person: &str,
    (key, sealed): (Option<&str>, &str),
) -> Result<CitizenId, StoreError> {
    let bad = |column| StoreError::Corrupt { table: "person", column, id: person.to_owned() };
    let id = person.parse().map_err(|_| bad("id"))?;
    let text = crate::person::open_field((sealer, county), id, key, ("citizen", sealed))?;
    Ok(CitizenId::parse(&text).map_err(|_| bad("citizen_sealed"))?.0)
}
