//! Entries that may be one human: found by what two of them have in common.

use crate::{StoreError, Tx, dialect, json, on};
use domain::region::CountyCode;
use std::collections::BTreeMap;

/// What entries have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// The number without its century: one was upgraded from 15 digits.
    ShortNumber,
    /// Name and day of birth.
    NameAndBirth,
    /// Bank account.
    Account,
    /// Telephone number.
    Phone,
}

impl By {
    /// All, the most telling first.
    pub const ALL: &'static [Self] = &[Self::ShortNumber, Self::NameAndBirth, Self::Account, Self::Phone];

    /// The expression that is equal; null where there is nothing to compare.
    fn expression(self) -> &'static str {
        match self {
            Self::ShortNumber => "citizen_short_index",
            Self::NameAndBirth => "name_word || '|' || NULLIF(birth, '')",
            Self::Account => "account_index",
            Self::Phone => "phone_index",
        }
    }
}

/// Groups of at least two entries that are equal in this; merged and erased ones are left out. In the order of ids.
pub async fn groups(tx: &mut Tx, county: CountyCode, by: By) -> Result<Vec<Vec<String>>, StoreError> {
    let key = by.expression();
    let sql = format!(
        "SELECT k, id FROM (SELECT {key} AS k, id, COUNT(*) OVER (PARTITION BY {key}) AS n FROM person \
         WHERE county_code = $1 AND merged_into IS NULL AND status <> 'erased' AND {key} IS NOT NULL) AS t \
         WHERE n > 1 ORDER BY k, id"
    );
    let sql = dialect::packed(tx, "k, id", &sql);
    let rows =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).fetch_one(c).await)?;
    let rows: Vec<(String, String)> = json::unpack("person", &rows)?;
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, id) in rows {
        groups.entry(key).or_default().push(id);
    }
    Ok(groups.into_values().collect())
}

/// By what somebody is looked for who may be on the roster already.
#[derive(Debug, Clone, Copy)]
pub struct Looks<'a> {
    /// Name as it is compared.
    pub name_word: &'a str,
    /// Day of birth; empty when it is not known: then the name alone is looked for.
    pub birth: &'a str,
    /// Blind index of the account.
    pub account_index: Option<&'a str>,
    /// Keyed hash of the telephone number.
    pub phone_index: Option<&'a str>,
}

/// Entries that look like somebody, with what they have in common; at most twenty of each kind.
pub async fn like(
    tx: &mut Tx,
    county: CountyCode,
    looks: Looks<'_>,
) -> Result<Vec<(String, By)>, StoreError> {
    const KEPT: &str = "county_code = $1 AND merged_into IS NULL AND status <> 'erased'";
    // Each by an index of its own.
    let queries = [
        (By::NameAndBirth, "name_word = $2 AND ($3 = '' OR birth = $3)", Some(looks.name_word), looks.birth),
        (By::Account, "account_index = $2 AND $3 = ''", looks.account_index, ""),
        (By::Phone, "phone_index = $2 AND $3 = ''", looks.phone_index, ""),
    ];
    let mut found = Vec::new();
    for (by, condition, key, birth) in queries {
        let Some(key) = key.filter(|key| !key.is_empty()) else { continue };
        let sql = format!("SELECT id FROM person WHERE {KEPT} AND {condition} ORDER BY id LIMIT 20");
        let ids: Vec<(String,)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
            .bind(key).bind(birth).fetch_all(c).await)?;
        found.extend(ids.into_iter().map(|(id,)| (id, by)));
    }
    Ok(found)
}
