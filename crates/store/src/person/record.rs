//! Persons and identities as the tables hold them.

use crate::{OwnKey, Place, Sealer, StoreError};
use domain::bank::BankAccount;
use domain::citizen::{CitizenId, Sex};
use domain::ids::{ImportId, PersonId};
use domain::person::{DisabilityNature, Hardship, Identity, PersonClass, PersonStatus};
use domain::region::CountyCode;
use domain::roster::Person;
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
    /// The first letters of the pinyin, for searching.
    #[serde(default)]
    pub name_initials: String,
    /// Name as it is compared (`domain::visit::name_key`).
    pub name_word: String,
    /// The key of the sealed columns, wrapped; `None` when they are older than such keys, or erased.
    #[serde(default)]
    pub key_sealed: Option<String>,
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
    /// Keyed hash of the telephone number, per county.
    #[serde(default)]
    pub phone_index: Option<String>,
    /// Keyed hash of the number as a card of 15 digits had it, per county.
    #[serde(default)]
    pub citizen_short_index: Option<String>,
    /// Grows with every change.
    pub version: i64,
    /// When the county got the record, ms UTC.
    pub received_at_ms: i64,
}

pub(super) const INSERT_COLUMNS: &[&str] = &[
    "county_code",
    "id",
    "name",
    "name_key",
    "name_initials",
    "name_word",
    "key_sealed",
    "citizen_sealed",
    "citizen_index",
    "citizen_last4_index",
    "birth",
    "sex",
    "ethnicity",
    "township_id",
    "village_id",
    "household",
    "certificate",
    "address_sealed",
    "phone_sealed",
    "allowance",
    "bank_name",
    "account_sealed",
    "account_index",
    "account_name",
    "status",
    "stopped_on",
    "hardship",
    "hardship_text_sealed",
    "note_sealed",
    "merged_into",
    "created_import",
    "phone_index",
    "citizen_short_index",
    "version",
    "received_at_ms",
];

/// The columns of a record, without the county.
pub(super) fn columns() -> String {
    INSERT_COLUMNS[1..].join(", ")
}

/// A field of a person, as sealing binds it.
pub(super) fn place(county: CountyCode, row: Uuid, field: &'static str) -> Place {
    Place { county, table: "person", row, field }
}

/// Makes the key of a person's protected columns of random bytes.
pub fn new_key(sealer: &Sealer, county: CountyCode, person: PersonId, random: [u8; 16]) -> OwnKey {
    sealer.new_key(place(county, person.0, "key"), random)
}

/// Opens a protected column of a person with the wrapped key that stands beside it.
pub fn open_field(
    (sealer, county): (&Sealer, CountyCode),
    person: PersonId,
    key: Option<&str>,
    (field, sealed): (&'static str, &str),
) -> Result<String, StoreError> {
    let key = key.map(|key| sealer.unwrap_key(place(county, person.0, "key"), key)).transpose()?;
    sealer.open_own(key.as_ref(), place(county, person.0, field), sealed)
}

impl PersonRecord {
    /// Seals a person for the table under the key of the person.
    #[must_use]
    pub fn seal(
        id: PersonId,
        person: &Person,
        (sealer, county, key): (&Sealer, CountyCode, &OwnKey),
        created: Option<ImportId>,
        at_ms: i64,
    ) -> Self {
        let field = |name: &'static str, text: &str| sealer.seal_own(key, place(county, id.0, name), text);
        let account = person.account.as_ref();
        Self {
            name: person.name.clone(),
            name_key: domain::pinyin::key(&person.name),
            name_initials: domain::pinyin::initials(&person.name),
            name_word: domain::visit::name_key(&person.name),
            key_sealed: Some(key.wrapped().to_owned()),
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
            phone_index: person.phone.as_deref().and_then(|it| sealer.phone_index(county, it)),
            citizen_short_index: Some(sealer.short_index(county, &person.citizen)),
            version: 1,
            received_at_ms: at_ms,
            id: id.to_string(),
        }
    }

    /// The key of the person's protected columns; `None` when the record is older than such keys.
    pub fn key(&self, sealer: &Sealer, county: CountyCode) -> Result<Option<OwnKey>, StoreError> {
        let Some(wrapped) = &self.key_sealed else { return Ok(None) };
        let bad = |_| StoreError::Corrupt { table: "person", column: "id", id: self.id.clone() };
        let id = Uuid::parse_str(&self.id).map_err(bad)?;
        sealer.unwrap_key(place(county, id, "key"), wrapped).map(Some)
    }

    /// Opens the record again.
    pub fn open(
        &self,
        identities: Vec<Identity>,
        sealer: &Sealer,
        county: CountyCode,
    ) -> Result<Person, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "person", column, id: self.id.clone() };
        let id = Uuid::parse_str(&self.id).map_err(|_| bad("id"))?;
        let key = self.key(sealer, county)?;
        let open_one = |name, text: &str| sealer.open_own(key.as_ref(), place(county, id, name), text);
        let open = |name: &'static str, text: &Option<String>| {
            text.as_deref().map(|text| open_one(name, text)).transpose()
        };
        let number = open_one("citizen", &self.citizen_sealed)?;
        Ok(Person {
            name: self.name.clone(),
            citizen: CitizenId::parse(&number).map_err(|_| bad("citizen_sealed"))?.0,
            sex: Sex::parse(&self.sex).ok_or_else(|| bad("sex"))?,
            ethnicity: self.ethnicity.clone(),
            township_id: self.township_id.parse().map_err(|_| bad("township_id"))?,
            village_id: self
                .village_id
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| bad("village_id"))?,
            household: self.household.clone(),
            certificate: self.certificate.clone(),
            address: open("address", &self.address_sealed)?,
            phone: open("phone", &self.phone_sealed)?,
            allowance: self.allowance,
            bank_name: self.bank_name.clone(),
            account: open("account", &self.account_sealed)?.and_then(|text| BankAccount::new(&text)),
            account_name: self.account_name.clone(),
            status: PersonStatus::from_code(&self.status).ok_or_else(|| bad("status"))?,
            stopped_on: self
                .stopped_on
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| bad("stopped_on"))?,
            hardship: hardship(&self.hardship),
            hardship_text: open("hardship_text", &self.hardship_text_sealed)?,
            note: open("note", &self.note_sealed)?,
            identities,
        })
    }
}

pub(super) fn hardship(text: &str) -> Vec<Hardship> {
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

/// The columns of an [`IdentityRecord`].
pub(super) const IDENTITY: &str = "person_id, class, grade, nature";

pub(super) const IDENTITY_COLUMNS: &[&str] = &["county_code", "person_id", "class", "grade", "nature"];

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

pub(crate) fn by_person(rows: &[IdentityRecord]) -> HashMap<&str, Vec<Identity>> {
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
pub(super) struct Row<'a, T>(CountyCode, &'a T);

pub(super) fn rows<T>(county: CountyCode, records: &[T]) -> Vec<Row<'_, T>> {
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
        seq.serialize_element(&it.name_initials)?;
        seq.serialize_element(&it.name_word)?;
        seq.serialize_element(&it.key_sealed)?;
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
        seq.serialize_element(&it.phone_index)?;
        seq.serialize_element(&it.citizen_short_index)?;
        seq.serialize_element(&it.version)?;
        seq.serialize_element(&it.received_at_ms)?;
        seq.end()
    }
}
