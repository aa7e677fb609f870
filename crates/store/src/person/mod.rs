//! Persons on the roster: class, grade and status clear for SQL; numbers, accounts, addresses and remarks sealed.

pub mod alike;
pub mod erase;
mod find;
mod list;
mod load;
mod open;
mod record;

pub use find::{Covered, Found, Scope, TwinRow, covered, known, known_by_ids, twins};
pub use list::{Filter, Listed, Order, Place, Search, count, list};
pub use load::{Load, begin_load};
pub use open::{OpenPlace, open};
pub(crate) use record::by_person as identities_by_person;
pub use record::{IdentityRecord, PersonRecord, new_key, open_field};

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{PersonId, UnitId};
use domain::person::Identity;
use domain::region::CountyCode;
use record::{IDENTITY, IDENTITY_COLUMNS, INSERT_COLUMNS, by_person, columns, rows};
use serde::Serialize;
use std::collections::HashMap;

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

/// Persons and identities written out for [`add_packed`].
#[derive(Debug)]
pub struct Packed {
    persons: bulk::Packed,
    identities: bulk::Packed,
}

/// Writes persons out, away from the core that inserts.
pub fn pack(
    county: CountyCode,
    persons: &[PersonRecord],
    identities: &[IdentityRecord],
) -> Result<Packed, StoreError> {
    Ok(Packed {
        persons: bulk::pack("person", INSERT_COLUMNS, &rows(county, persons))?,
        identities: bulk::pack("identity", IDENTITY_COLUMNS, &rows(county, identities))?,
    })
}

/// Adds persons that [`pack`] wrote out.
pub async fn add_packed(tx: &mut Tx, packed: Packed) -> Result<(), StoreError> {
    bulk::insert_packed(tx, packed.persons).await?;
    bulk::insert_packed(tx, packed.identities).await
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
    let sql =
        format!("DELETE FROM {table} WHERE county_code = $1 AND {column} IN {}", dialect::list(tx, "$2"));
    let list = json::text(&list);
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).execute(c).await.map(drop))?;
    Ok(())
}

/// Every person's number index and id, merged ones with the person they were merged into.
pub async fn numbers(tx: &mut Tx, county: CountyCode) -> Result<HashMap<String, PersonId>, StoreError> {
    const SQL: &str = "SELECT citizen_index, COALESCE(merged_into, id) AS kept FROM person WHERE county_code = $1 \
         AND status <> 'erased' ORDER BY id";
    let sql = dialect::packed(tx, "citizen_index, kept", SQL);
    let rows =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).fetch_one(c).await)?;
    let rows: Vec<(String, String)> = json::unpack("person", &rows)?;
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
    let persons: Vec<PersonRecord> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?;
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

async fn identities(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
) -> Result<Vec<IdentityRecord>, StoreError> {
    let sql = format!(
        "SELECT person_id, class, grade, nature FROM identity WHERE county_code = $1 AND person_id IN {}",
        dialect::list(tx, "$2")
    );
    let list = json::text(&ids);
    let sql = dialect::packed(tx, IDENTITY, &sql);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list)
        .fetch_one(c).await)?;
    json::unpack("identity", &rows)
}

/// Puts the persons of one unit under another (units were merged).
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const TOWNSHIP: &str = "UPDATE person SET township_id = $3, version = version + 1 \
         WHERE county_code = $1 AND township_id = $2";
    const VILLAGE: &str =
        "UPDATE person SET village_id = $3, version = version + 1 WHERE county_code = $1 AND village_id = $2";
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
    const SQL: &str = "UPDATE person SET township_id = $3, version = version + 1 \
         WHERE county_code = $1 AND village_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(village.to_string()).bind(township.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Marks a person as merged into another.
pub async fn merge(
    tx: &mut Tx,
    county: CountyCode,
    dropped: PersonId,
    kept: PersonId,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE person SET merged_into = $3, version = version + 1 \
         WHERE county_code = $1 AND (id = $2 OR merged_into = $2)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(dropped.to_string()).bind(kept.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}
