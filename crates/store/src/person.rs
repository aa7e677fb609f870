//! Persons on the roster: class, grade and status clear for SQL; numbers, accounts, addresses and remarks sealed.

use crate::{Place, Sealer, StoreError, Tx, bulk, dialect, json, on};
use domain::bank::BankAccount;
use domain::citizen::{CitizenId, Sex};
use domain::ids::{ImportId, PersonId, UnitId};
use domain::person::{DisabilityNature, Hardship, Identity, PersonClass, PersonStatus};
use domain::region::CountyCode;
use domain::roster::Person;
use domain::visit::Known;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use std::collections::HashMap;
use uuid::Uuid;

/// A person as the table holds them; protected columns are sealed text.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct PersonRecord {
    /// Identity.
    pub id: String,
    /// Name.
    pub name: String,
    /// Pinyin, for sorting.
    pub name_key: String,
    /// Name as it is compared (`domain::visit::name_key`).
    pub name_word: String,
    /// Citizen identity number, sealed.
    pub citizen_sealed: String,
    /// Blind index of the number.
    pub citizen_index: String,
    /// Blind index of its last four characters, per county.
    pub citizen_last4_index: String,
    /// Date of birth.
    pub birth: String,
    /// 男 / 女
    pub sex: String,
    /// 民族
    pub ethnicity: Option<String>,
    /// Township.
    pub township_id: String,
    /// Village.
    pub village_id: Option<String>,
    /// 户号
    pub household: Option<String>,
    /// 证书编号
    pub certificate: Option<String>,
    /// 住址, sealed.
    pub address_sealed: Option<String>,
    /// 联系电话, sealed.
    pub phone_sealed: Option<String>,
    /// 享受定期抚恤补助
    pub allowance: bool,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 银行账号, sealed.
    pub account_sealed: Option<String>,
    /// Blind index of the account.
    pub account_index: Option<String>,
    /// 户名
    pub account_name: Option<String>,
    /// 状态
    pub status: String,
    /// 死亡（停发）日期
    pub stopped_on: Option<String>,
    /// Hardship codes joined by `,`.
    pub hardship: String,
    /// Hardship in words, sealed.
    pub hardship_text_sealed: Option<String>,
    /// 备注, sealed.
    pub note_sealed: Option<String>,
    /// The person this one was merged into.
    pub merged_into: Option<String>,
    /// The import that brought the person.
    pub created_import: Option<String>,
    /// Grows with every change.
    pub version: i64,
    /// When the county got the record, ms UTC.
    pub received_at_ms: i64,
}

const INSERT_COLUMNS: &[&str] = &[
    "county_code",
    "id", "name", "name_key", "name_word", "citizen_sealed", "citizen_index", "citizen_last4_index", "birth", "sex",
    "ethnicity", "township_id", "village_id", "household", "certificate", "address_sealed", "phone_sealed",
    "allowance", "bank_name", "account_sealed", "account_index", "account_name", "status", "stopped_on", "hardship",
    "hardship_text_sealed", "note_sealed", "merged_into", "created_import", "version", "received_at_ms",
];

/// The columns of a record, without the county.
fn columns() -> String {
    INSERT_COLUMNS[1..].join(", ")
}

/// A field of a person, as sealing binds it.
fn place(county: CountyCode, row: Uuid, field: &'static str) -> Place {
    Place { county, table: "person", row, field }
}

impl PersonRecord {
    /// Seals a person for the table.
    #[must_use]
    pub fn seal(
        id: PersonId,
        person: &Person,
        (sealer, county): (&Sealer, CountyCode),
        created: Option<ImportId>,
        at_ms: i64,
    ) -> Self {
        let field = |name: &'static str, text: &str| sealer.seal(place(county, id.0, name), text);
        let account = person.account.as_ref();
        Self {
            name: person.name.clone(),
            name_key: domain::pinyin::key(&person.name),
            name_word: domain::visit::name_key(&person.name),
            citizen_sealed: field("citizen", person.citizen.reveal()),
            citizen_index: sealer.citizen_index(&person.citizen),
            citizen_last4_index: sealer.last4_index(county, person.citizen.last_four()),
            birth: person.citizen.birth().to_string(),
            sex: person.sex.label().to_owned(),
            ethnicity: person.ethnicity.clone(),
            township_id: person.township_id.to_string(),
            village_id: person.village_id.map(|id| id.to_string()),
            household: person.household.clone(),
            certificate: person.certificate.clone(),
            address_sealed: person.address.as_deref().map(|text| field("address", text)),
            phone_sealed: person.phone.as_deref().map(|text| field("phone", text)),
            allowance: person.allowance,
            bank_name: person.bank_name.clone(),
            account_sealed: account.map(|it| field("account", it.reveal())),
            account_index: account.map(|it| sealer.account_index(it)),
            account_name: person.account_name.clone(),
            status: person.status.code().to_owned(),
            stopped_on: person.stopped_on.map(|day| day.to_string()),
            hardship: person.hardship.iter().map(|it| it.code()).collect::<Vec<_>>().join(","),
            hardship_text_sealed: person.hardship_text.as_deref().map(|text| field("hardship_text", text)),
            note_sealed: person.note.as_deref().map(|text| field("note", text)),
            merged_into: None,
            created_import: created.map(|id| id.to_string()),
            version: 1,
            received_at_ms: at_ms,
            id: id.to_string(),
        }
    }

    /// Opens the record again.
    pub fn open(&self, identities: Vec<Identity>, sealer: &Sealer, county: CountyCode) -> Result<Person, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "person", column, id: self.id.clone() };
        let id = Uuid::parse_str(&self.id).map_err(|_| bad("id"))?;
        let open = |name: &'static str, text: &Option<String>| {
            text.as_deref().map(|text| sealer.open_text(place(county, id, name), text)).transpose()
        };
        let number = sealer.open_text(place(county, id, "citizen"), &self.citizen_sealed)?;
        Ok(Person {
            name: self.name.clone(),
            citizen: CitizenId::parse(&number).map_err(|_| bad("citizen_sealed"))?.0,
            sex: Sex::parse(&self.sex).ok_or_else(|| bad("sex"))?,
            ethnicity: self.ethnicity.clone(),
            township_id: self.township_id.parse().map_err(|_| bad("township_id"))?,
            village_id: self.village_id.as_deref().map(str::parse).transpose().map_err(|_| bad("village_id"))?,
            household: self.household.clone(),
            certificate: self.certificate.clone(),
            address: open("address", &self.address_sealed)?,
            phone: open("phone", &self.phone_sealed)?,
            allowance: self.allowance,
            bank_name: self.bank_name.clone(),
            account: open("account", &self.account_sealed)?.and_then(|text| BankAccount::new(&text)),
            account_name: self.account_name.clone(),
            status: PersonStatus::from_code(&self.status).ok_or_else(|| bad("status"))?,
            stopped_on: self.stopped_on.as_deref().map(str::parse).transpose().map_err(|_| bad("stopped_on"))?,
            hardship: hardship(&self.hardship),
            hardship_text: open("hardship_text", &self.hardship_text_sealed)?,
            note: open("note", &self.note_sealed)?,
            identities,
        })
    }
}

fn hardship(text: &str) -> Vec<Hardship> {
    text.split(',').filter_map(Hardship::from_code).collect()
}

/// One identity row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct IdentityRecord {
    /// Whose.
    pub person_id: String,
    /// Class code.
    pub class: String,
    /// Disability grade.
    pub grade: Option<i64>,
    /// Disability nature code.
    pub nature: Option<String>,
}

const IDENTITY_COLUMNS: &[&str] = &["county_code", "person_id", "class", "grade", "nature"];

impl IdentityRecord {
    /// The row of one identity.
    #[must_use]
    pub fn new(person: PersonId, identity: &Identity) -> Self {
        Self {
            person_id: person.to_string(),
            class: identity.class.code().to_owned(),
            grade: identity.grade.map(i64::from),
            nature: identity.nature.map(|it| it.code().to_owned()),
        }
    }

    fn read(&self) -> Option<Identity> {
        Some(Identity {
            class: PersonClass::from_code(&self.class)?,
            grade: self.grade.and_then(|grade| u8::try_from(grade).ok()),
            nature: self.nature.as_deref().and_then(DisabilityNature::from_code),
        })
    }
}

fn by_person(rows: &[IdentityRecord]) -> HashMap<&str, Vec<Identity>> {
    let mut map: HashMap<&str, Vec<Identity>> = HashMap::new();
    for row in rows {
        if let Some(identity) = row.read() {
            map.entry(row.person_id.as_str()).or_default().push(identity);
        }
    }
    for identities in map.values_mut() {
        identities.sort();
    }
    map
}

/// A record with its county, written as the array that `bulk` wants.
struct Row<'a, T>(CountyCode, &'a T);

fn rows<T>(county: CountyCode, records: &[T]) -> Vec<Row<'_, T>> {
    records.iter().map(|record| Row(county, record)).collect()
}

impl Serialize for Row<'_, IdentityRecord> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.1;
        (self.0, &it.person_id, &it.class, it.grade, &it.nature).serialize(serializer)
    }
}

impl Serialize for Row<'_, PersonRecord> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let it = self.1;
        let mut seq = serializer.serialize_seq(Some(INSERT_COLUMNS.len()))?;
        seq.serialize_element(&self.0)?;
        seq.serialize_element(&it.id)?;
        seq.serialize_element(&it.name)?;
        seq.serialize_element(&it.name_key)?;
        seq.serialize_element(&it.name_word)?;
        seq.serialize_element(&it.citizen_sealed)?;
        seq.serialize_element(&it.citizen_index)?;
        seq.serialize_element(&it.citizen_last4_index)?;
        seq.serialize_element(&it.birth)?;
        seq.serialize_element(&it.sex)?;
        seq.serialize_element(&it.ethnicity)?;
        seq.serialize_element(&it.township_id)?;
        seq.serialize_element(&it.village_id)?;
        seq.serialize_element(&it.household)?;
        seq.serialize_element(&it.certificate)?;
        seq.serialize_element(&it.address_sealed)?;
        seq.serialize_element(&it.phone_sealed)?;
        seq.serialize_element(&it.allowance)?;
        seq.serialize_element(&it.bank_name)?;
        seq.serialize_element(&it.account_sealed)?;
        seq.serialize_element(&it.account_index)?;
        seq.serialize_element(&it.account_name)?;
        seq.serialize_element(&it.status)?;
        seq.serialize_element(&it.stopped_on)?;
        seq.serialize_element(&it.hardship)?;
        seq.serialize_element(&it.hardship_text_sealed)?;
        seq.serialize_element(&it.note_sealed)?;
        seq.serialize_element(&it.merged_into)?;
        seq.serialize_element(&it.created_import)?;
        seq.serialize_element(&it.version)?;
        seq.serialize_element(&it.received_at_ms)?;
        seq.end()
    }
}

/// Adds persons.
pub async fn add_many(
    tx: &mut Tx,
    county: CountyCode,
    persons: &[PersonRecord],
    identities: &[IdentityRecord],
) -> Result<(), StoreError> {
    bulk::insert(tx, "person", INSERT_COLUMNS, &rows(county, persons)).await?;
    bulk::insert(tx, "identity", IDENTITY_COLUMNS, &rows(county, identities)).await
}

/// Replaces persons and their identities with what these records say; the version must be counted up by the caller.
pub async fn replace_many(
    tx: &mut Tx,
    county: CountyCode,
    persons: &[PersonRecord],
    identities: &[IdentityRecord],
) -> Result<(), StoreError> {
    if persons.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = persons.iter().map(|person| person.id.as_str()).collect();
    bulk::upsert(tx, "person", INSERT_COLUMNS, &[], &rows(county, persons)).await?;
    delete_in(tx, county, "identity", "person_id", &ids).await?;
    bulk::insert(tx, "identity", IDENTITY_COLUMNS, &rows(county, identities)).await
}

/// Removes persons and their identities (undo of an import).
pub async fn delete_many(tx: &mut Tx, county: CountyCode, ids: &[String]) -> Result<(), StoreError> {
    delete_in(tx, county, "identity", "person_id", ids).await?;
    delete_in(tx, county, "person", "id", ids).await
}

/// Deletes rows of a table of ours whose column is in the list.
pub(crate) async fn delete_in<T: Serialize>(
    tx: &mut Tx,
    county: CountyCode,
    table: &'static str,
    column: &'static str,
    list: &[T],
) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM {table} WHERE county_code = $1 AND {column} IN {}", dialect::list(tx, "$2"));
    let list = json::text(&list);
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).execute(c).await.map(drop))?;
    Ok(())
}

/// Every person's number index and id, merged ones with the person they were merged into.
pub async fn numbers(tx: &mut Tx, county: CountyCode) -> Result<HashMap<String, PersonId>, StoreError> {
    const SQL: &str =
        "SELECT citizen_index, COALESCE(merged_into, id) FROM person WHERE county_code = $1 ORDER BY id";
    let rows: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(index, id)| {
            let parsed = id.parse().map_err(|_| StoreError::Corrupt { table: "person", column: "id", id })?;
            Ok((index, parsed))
        })
        .collect()
}

/// Persons with their identities, by id.
pub async fn by_ids(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
) -> Result<Vec<(PersonRecord, Vec<Identity>)>, StoreError> {
    let columns = columns();
    let sql = format!(
        "SELECT {columns} FROM person WHERE county_code = $1 AND id IN {} ORDER BY id",
        dialect::list(tx, "$2")
    );
    let list = json::text(&ids);
    let persons: Vec<PersonRecord> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?;
    let identities = identities(tx, county, ids).await?;
    let mut by_person = by_person(&identities);
    Ok(persons
        .into_iter()
        .map(|person| {
            let identities = by_person.remove(person.id.as_str()).unwrap_or_default();
            (person, identities)
        })
        .collect())
}

async fn identities(tx: &mut Tx, county: CountyCode, ids: &[String]) -> Result<Vec<IdentityRecord>, StoreError> {
    let sql = format!(
        "SELECT person_id, class, grade, nature FROM identity WHERE county_code = $1 AND person_id IN {}",
        dialect::list(tx, "$2")
    );
    let list = json::text(&ids);
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?)
}

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

#[derive(FromRow)]
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
    let list = json::text(&list);
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?)
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

/// All persons of a scope with their identities, by township, village and name; merged ones left out.
pub async fn covered(tx: &mut Tx, county: CountyCode, scope: Scope) -> Result<Vec<Covered>, StoreError> {
    let (township, village) = match scope {
        Scope::Nobody => return Ok(Vec::new()),
        Scope::County => (None, None),
        Scope::Township(id) => (Some(id.to_string()), None),
        Scope::Village(id) => (None, Some(id.to_string())),
    };
    const PERSONS: &str = "SELECT id, name, name_word, citizen_index, household, hardship, status, stopped_on, \
         township_id, village_id, merged_into FROM person WHERE county_code = $1 AND merged_into IS NULL \
         AND (CAST($2 AS TEXT) IS NULL OR township_id = $2) AND (CAST($3 AS TEXT) IS NULL OR village_id = $3) \
         ORDER BY township_id, village_id NULLS LAST, name_key, id";
    const IDENTITIES: &str = "SELECT i.person_id, i.class, i.grade, i.nature FROM identity i \
         JOIN person p ON p.county_code = i.county_code AND p.id = i.person_id \
         WHERE i.county_code = $1 AND p.merged_into IS NULL \
         AND (CAST($2 AS TEXT) IS NULL OR p.township_id = $2) AND (CAST($3 AS TEXT) IS NULL OR p.village_id = $3)";
    let rows: Vec<KnownRow> = on!(tx, c => sqlx::query_as(PERSONS).bind(county.as_str()).bind(&township).bind(&village)
        .fetch_all(c).await)?;
    let identities: Vec<IdentityRecord> = on!(tx, c => sqlx::query_as(IDENTITIES).bind(county.as_str())
        .bind(&township).bind(&village).fetch_all(c).await)?;
    let identities = by_person(&identities);
    rows.iter()
        .map(|row| {
            let known = read_known(row, &identities)?;
            Ok(Covered {
                id: known.id,
                name: known.name,
                township_id: known.township_id,
                village_id: known.village_id,
                status: known.status,
                hardship: known.hardship,
                identities: known.identities,
            })
        })
        .collect()
}

/// Puts the persons of one unit under another (units were merged).
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const TOWNSHIP: &str = "UPDATE person SET township_id = $3 WHERE county_code = $1 AND township_id = $2";
    const VILLAGE: &str = "UPDATE person SET village_id = $3 WHERE county_code = $1 AND village_id = $2";
    for sql in [TOWNSHIP, VILLAGE] {
        on!(tx, c => sqlx::query(sql).bind(county.as_str()).bind(from.to_string()).bind(to.to_string())
            .execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Puts the persons of a village under another township (the village moved).
pub async fn move_township(
    tx: &mut Tx,
    county: CountyCode,
    village: UnitId,
    township: UnitId,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE person SET township_id = $3 WHERE county_code = $1 AND village_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(village.to_string()).bind(township.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Marks a person as merged into another.
pub async fn merge(tx: &mut Tx, county: CountyCode, dropped: PersonId, kept: PersonId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE person SET merged_into = $3, version = version + 1 \
         WHERE county_code = $1 AND (id = $2 OR merged_into = $2)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(dropped.to_string()).bind(kept.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// What tells whether two entries may be one human.
#[derive(Debug, Clone, FromRow)]
pub struct TwinRow {
    /// Identity.
    pub id: String,
    /// Name.
    pub name: String,
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
        let id = Uuid::parse_str(&self.id).map_err(|_| bad("id"))?;
        let number = sealer.open_text(place(county, id, "citizen"), &self.citizen_sealed)?;
        Ok(CitizenId::parse(&number).map_err(|_| bad("citizen_sealed"))?.0)
    }
}

/// Persons in the order of their id, after one id.
pub async fn twins(tx: &mut Tx, county: CountyCode, after: &str, limit: usize) -> Result<Vec<TwinRow>, StoreError> {
    const SQL: &str = "SELECT id, name, citizen_sealed, township_id, village_id FROM person \
         WHERE county_code = $1 AND id > $2 AND merged_into IS NULL ORDER BY id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(after).bind(limit).fetch_all(c).await)?)
}
