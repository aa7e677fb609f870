//! Pages of persons whom an obligation names and nobody has reached yet, by township, village and name.

use super::record::{by_person, hardship};
use super::{Covered, Scope, identities};
use crate::coverage::{Wanted, from_and_where};
use crate::{StoreError, Tx, dialect, json, on};
use domain::campaign::{Campaign, Obligation, ObligationKind};
use domain::ids::UnitId;
use domain::person::PersonStatus;
use domain::region::CountyCode;
use serde::{Deserialize, Serialize};

/// Where a page ended: township, village, the pinyin of the name, the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPlace(pub String, pub String, pub String, pub String);

/// What stands for a village that is not known: behind all ids.
const NO_VILLAGE: &str = "~";

#[derive(Deserialize)]
struct Row(String, String, String, String, Option<String>, String, String);

const COLUMNS: &str = "id, name, name_key, township_id, village_id, status, hardship";

/// One page of names that are still open (or, as wanted, were reached by letter or telephone alone), each with where
/// the next page would begin. Empty for an obligation that does not name persons.
pub async fn open(
    tx: &mut Tx,
    county: CountyCode,
    (campaign, obligation): (&Campaign, &Obligation),
    (root, scope, wanted): (UnitId, Scope, Wanted),
    after: Option<&OpenPlace>,
    limit: usize,
) -> Result<Vec<(Covered, OpenPlace)>, StoreError> {
    let (unit, within) = match scope {
        Scope::Nobody => return Ok(Vec::new()),
        Scope::County => (None, "CAST($4 AS TEXT) IS NULL"),
        Scope::Township(id) => (Some(id.to_string()), "p.township_id = $4"),
        Scope::Village(id) => (Some(id.to_string()), "p.village_id = $4"),
    };
    let Some(part) = from_and_where(obligation, wanted, unit.is_some()) else { return Ok(Vec::new()) };
    // Only by two of their identities persons come twice.
    let distinct = if obligation.kind == ObligationKind::KeyPersonVisit { "DISTINCT" } else { "" };
    let select = format!(
        "SELECT {distinct} p.id, p.name, p.name_key, p.township_id, p.village_id, p.status, p.hardship, \
         COALESCE(p.village_id, '{NO_VILLAGE}') AS village {part} AND {within} \
         AND (p.township_id, COALESCE(p.village_id, '{NO_VILLAGE}'), p.name_key, p.id) > ($5, $6, $7, $8) \
         ORDER BY p.township_id, village, p.name_key, p.id LIMIT $9"
    );
    let sql = dialect::packed(tx, COLUMNS, &format!("SELECT {COLUMNS} FROM ({select}) AS page"));
    let start = OpenPlace(String::new(), String::new(), String::new(), String::new());
    let OpenPlace(a, b, c, d) = after.unwrap_or(&start).clone();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = on!(tx, con => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.id.to_string()).bind(root.to_string()).bind(unit)
        .bind(a).bind(b).bind(c).bind(d).bind(limit).fetch_one(con).await)?;
    let rows: Vec<Row> = json::unpack("person", &rows)?;
    let ids: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
    let found = if ids.is_empty() { Vec::new() } else { identities(tx, county, &ids).await? };
    let mut found = by_person(&found);
    rows.into_iter()
        .map(|Row(id, name, key, township, village, status, marks)| {
            let bad = |column| StoreError::Corrupt { table: "person", column, id: id.clone() };
            let place = village.clone().unwrap_or_else(|| NO_VILLAGE.to_owned());
            let covered = Covered {
                id: id.parse().map_err(|_| bad("id"))?,
                township_id: township.parse().map_err(|_| bad("township_id"))?,
                village_id: village.as_deref().map(str::parse).transpose().map_err(|_| bad("village_id"))?,
                status: PersonStatus::from_code(&status).ok_or_else(|| bad("status"))?,
                hardship: hardship(&marks),
                identities: found.remove(id.as_str()).unwrap_or_default(),
                name,
            };
            Ok((covered, OpenPlace(township, place, key, id.clone())))
        })
        .collect()
}
