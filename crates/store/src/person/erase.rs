//! Emptying a person's records and destroying the key of what was sealed of them. Class, grade, township and the visits' amounts stay: they carry the figures and, with
//! everything else gone, name nobody.

use crate::{StoreError, Tx, dialect, json, on};
use domain::ids::PersonId;
use domain::region::CountyCode;
use sqlx::{AssertSqlSafe, FromRow};

/// What stands in the place of a name.
pub const ERASED_NAME: &str = "已删除";

/// An entry that is to be emptied.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Keyed hash of its number.
    pub citizen_index: String,
    /// 户号
    pub household: Option<String>,
}

/// A person's entry and those merged into it, unless erased already.
pub async fn entries(tx: &mut Tx, county: CountyCode, person: PersonId) -> Result<Vec<Entry>, StoreError> {
    const SQL: &str = "SELECT id, citizen_index, household FROM person WHERE county_code = $1 \
         AND (id = $2 OR merged_into = $2) AND status <> 'erased' ORDER BY id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(person.to_string()).fetch_all(c).await)?)
}

/// Persons kept (never merged ones) whose entry has one of these ids or numbers and is not erased.
pub async fn unerased(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
    indexes: &[String],
) -> Result<Vec<String>, StoreError> {
    let (by_id, by_number) = (dialect::list(tx, "$2"), dialect::list(tx, "$3"));
    let sql = format!(
        "SELECT DISTINCT COALESCE(merged_into, id) FROM person WHERE county_code = $1 AND status <> 'erased' \
         AND (id IN {by_id} OR citizen_index IN {by_number}) ORDER BY 1"
    );
    let (ids, indexes) = (json::text(ids), json::text(indexes));
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(ids)
        .bind(indexes).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether somebody else who is not erased lives in this household, and who of the erased did.
pub async fn household_of_others(
    tx: &mut Tx,
    county: CountyCode,
    household: &str,
    ids: &[String],
) -> Result<(bool, Vec<String>), StoreError> {
    const SQL: &str =
        "SELECT id, status = 'erased' FROM person WHERE county_code = $1 AND household = $2 ORDER BY id";
    let rows: Vec<(String, bool)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(household).fetch_all(c).await)?;
    let others = || rows.iter().filter(|(id, _)| !ids.contains(id));
    let is_shared = others().any(|(_, is_erased)| !is_erased);
    Ok((is_shared, others().map(|(id, _)| id.clone()).collect()))
}

/// Gives persons another household word.
pub async fn set_household(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[String],
    household: Option<&str>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE person SET household = $3 WHERE county_code = $1 AND id IN";
    let sql = format!("{SQL} {}", dialect::list(tx, "$2"));
    let ids = json::text(ids);
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(ids).bind(household)
        .execute(c).await.map(drop))?;
    Ok(())
}

const PERSON: &str = "UPDATE person SET name = $3, name_key = '', name_initials = '', name_word = 'erased:' || id, \
     key_sealed = NULL, citizen_sealed = '', citizen_index = 'erased:' || id, citizen_last4_index = '', birth = '', sex = '', ethnicity = NULL, \
     village_id = NULL, certificate = NULL, address_sealed = NULL, phone_sealed = NULL, allowance = FALSE, \
     bank_name = NULL, account_sealed = NULL, account_index = NULL, account_name = NULL, phone_index = NULL, \
     citizen_short_index = NULL, status = 'erased', \
     stopped_on = NULL, hardship_text_sealed = NULL, note_sealed = NULL, version = version + 1 \
     WHERE county_code = $1 AND id IN";
/// Marks of hardship decide in which row a visit counts; without a visit nothing hangs on them.
const HARDSHIP: &str = "UPDATE person SET hardship = '' WHERE county_code = $1 AND NOT EXISTS (SELECT 1 FROM visit v \
     WHERE v.county_code = $1 AND v.subject_id = person.id) AND id IN";
const CANDIDATE: &str = "UPDATE candidate SET name = $3, citizen_sealed = NULL, citizen_index = NULL, reason_sealed = NULL, \
     match_key = 'erased:' || id WHERE county_code = $1 AND person_id IN";
const VISIT: &str = "UPDATE visit SET object_name = $3, note_sealed = NULL, version = version + 1 \
     WHERE county_code = $1 AND object_kind = 'person' AND subject_id IN";
const APART: &str = "DELETE FROM apart WHERE county_code = $1 AND first_id IN";
const APART_OF: &str = "DELETE FROM apart WHERE county_code = $1 AND second_id IN";
const CONFIRMATION: &str =
    "UPDATE confirmation SET remark_sealed = NULL WHERE county_code = $1 AND person_id IN";
const ARRANGED: &str = "DELETE FROM arrangement_person WHERE county_code = $1 AND person_id IN";
const STATUS_CHANGE: &str = "UPDATE status_change SET reason_sealed = '', target_sealed = NULL, \
     decision_sealed = NULL WHERE county_code = $1 AND person_id IN";
const CHANGE: &str = "UPDATE change SET before_sealed = NULL, after_sealed = NULL \
     WHERE county_code = $1 AND table_name = 'person' AND row_id IN";
/// A whole record as it was before an import; without it the import cannot put this person back, as it should be.
const SNAPSHOT: &str =
    "DELETE FROM change WHERE county_code = $1 AND table_name = 'person' AND field = '*' AND row_id IN";

/// Empties these entries, their visits' names and remarks, their candidates and what was kept of their changes.
pub async fn erase(tx: &mut Tx, county: CountyCode, ids: &[String]) -> Result<(), StoreError> {
    let backend = tx.backend();
    on!(tx, c => sqlx::query(dialect::pick(backend, dialect::WIPE_FREED)).execute(c).await.map(drop))?;
    let list = json::text(ids);
    for (head, is_named) in [
        (SNAPSHOT, false),
        (CHANGE, false),
        (APART, false),
        (APART_OF, false),
        (CONFIRMATION, false),
        (ARRANGED, false),
        (STATUS_CHANGE, false),
        (CANDIDATE, true),
        (VISIT, true),
        (HARDSHIP, false),
        (PERSON, true),
    ] {
        let sql = format!("{head} {}", dialect::list(tx, "$2"));
        let list = list.clone();
        on!(tx, c => {
            let query = sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(list);
            let query = if is_named { query.bind(ERASED_NAME) } else { query };
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}
