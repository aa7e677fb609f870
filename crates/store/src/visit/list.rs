//! Pages of visits, in the order the county got them or the other way round.

use super::{COLUMNS, StoredVisit, read_all};
use crate::{StoreError, Tx, dialect, json, on};
use domain::ids::{CampaignId, UnitId, VisitId};
use domain::region::CountyCode;

/// Which visits of a campaign.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Recorded by one of these units; `None`: by any.
    pub units: Option<Vec<UnitId>>,
    /// What stands behind a cell: the scope, and the row's key.
    pub cell: Option<(UnitId, String)>,
    /// Of this method (code).
    pub method: Option<String>,
    /// Brought by this import.
    pub import: Option<String>,
    /// To this person or candidate.
    pub subject: Option<String>,
    /// From this day on.
    pub from: Option<String>,
    /// Until this day.
    pub to: Option<String>,
    /// Whose name is looked for.
    pub search: Option<NameSearch>,
    /// What the county got last comes first.
    pub newest_first: bool,
}

/// How the object of a visit is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameSearch {
    /// The name has this in it.
    Name(String),
    /// A person of the roster whose pinyin, or its first letters, begin so.
    Letters(String),
}

/// One page of visits behind a place.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    filter: &Filter,
    after: Option<(i64, VisitId)>,
    limit: usize,
) -> Result<Vec<StoredVisit>, StoreError> {
    let units = dialect::list(tx, "$5");
    let (named, typed) = match &filter.search {
        None => ("AND $14 = $14 AND $15 = $15", ""),
        Some(NameSearch::Name(typed)) => {
            ("AND REPLACE(object_name, $14, '') <> object_name AND $15 = $15", typed.as_str())
        }
        Some(NameSearch::Letters(typed)) => (
            // A name that the record hides is not told by trying its letters.
            "AND EXISTS (SELECT 1 FROM person p WHERE p.county_code = $1 AND p.id = subject_id \
             AND p.name = object_name AND ((p.name_initials >= $14 AND p.name_initials < $15) \
             OR (p.name_key >= $14 AND p.name_key < $15)))",
            typed.as_str(),
        ),
    };
    let (behind, order) = if filter.newest_first { ("<", "DESC") } else { (">", "ASC") };
    let sql = format!(
        "SELECT {COLUMNS} FROM visit WHERE county_code = $1 AND campaign_id = $2 \
         AND (received_at_ms, id) {behind} ($3, $4) \
         AND (CAST($5 AS TEXT) IS NULL OR unit_id IN {units}) \
         AND (CAST($6 AS TEXT) IS NULL OR (unit_id = $6 AND own_row = $7) \
              OR ((above_1 = $6 OR above_2 = $6) AND row = $7)) \
         AND (CAST($8 AS TEXT) IS NULL OR method = $8) \
         AND (CAST($9 AS TEXT) IS NULL OR import_id = $9) \
         AND (CAST($10 AS TEXT) IS NULL OR subject_id = $10) \
         AND (CAST($11 AS TEXT) IS NULL OR visited_on >= $11) \
         AND (CAST($12 AS TEXT) IS NULL OR visited_on <= $12) \
         {named} ORDER BY received_at_ms {order}, id {order} LIMIT $13"
    );
    let start = if filter.newest_first { i64::MAX } else { i64::MIN };
    let (at_ms, id) = after.map_or((start, String::new()), |(at_ms, id)| (at_ms, id.to_string()));
    let units = filter.units.as_ref().map(json::text);
    let (scope, row) = match &filter.cell {
        Some((scope, row)) => (Some(scope.to_string()), Some(row.clone())),
        None => (None, None),
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = dialect::packed(tx, COLUMNS, &format!("SELECT * FROM ({sql}) AS page"));
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(at_ms).bind(id).bind(units).bind(scope).bind(row)
        .bind(&filter.method).bind(&filter.import).bind(&filter.subject).bind(&filter.from).bind(&filter.to)
        .bind(limit).bind(typed).bind(format!("{typed}\u{10ffff}")).fetch_one(c).await)?;
    read_all(json::unpack("visit", &rows)?)
}
