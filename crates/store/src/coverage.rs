//! What the kept state says about coverage: who was reached how, and how active each unit is.

mod tally;

pub(crate) use tally::from_and_where;
pub use tally::{Tally, Wanted, tally};

use crate::{StoreError, Tx, dialect, json, on};
use domain::ids::{CampaignId, UnitId};
use domain::region::CountyCode;
use std::collections::HashMap;
use uuid::Uuid;

/// How a person was reached in a campaign, by any unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// Whether there was a visit by each method, in the order of `Method::ALL`.
    pub methods: [bool; 4],
}

/// What one unit did, with its villages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitActivity {
    /// Records.
    pub visits: i64,
    /// Household visits led by a principal leader.
    pub principal: i64,
    /// Household visits led by a leader in charge.
    pub deputy: i64,
}

/// Everyone reached in a campaign, as the county's scope keeps it.
pub async fn reached(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    root: UnitId,
) -> Result<HashMap<Uuid, Reached>, StoreError> {
    const SQL: &str = "SELECT subject_id, CASE WHEN letter > 0 THEN 1 ELSE 0 END \
         + CASE WHEN home > 0 THEN 2 ELSE 0 END + CASE WHEN talk > 0 THEN 4 ELSE 0 END \
         + CASE WHEN telephone > 0 THEN 8 ELSE 0 END AS methods FROM cell_subject \
         WHERE county_code = $1 AND campaign_id = $2 AND scope_id = $3";
    let sql = dialect::packed(tx, "subject_id, methods", SQL);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(root.to_string()).fetch_one(c).await)?;
    let rows: Vec<(String, u8)> = json::unpack("cell_subject", &rows)?;
    rows.into_iter()
        .map(|(id, methods)| {
            let parsed = Uuid::parse_str(&id).map_err(|_| StoreError::Corrupt {
                table: "cell_subject",
                column: "subject_id",
                id,
            })?;
            Ok((parsed, Reached { methods: [1, 2, 4, 8].map(|bit| methods & bit != 0) }))
        })
        .collect()
}

/// Visits and leaders' household visits of every unit that has any.
pub async fn activity(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<HashMap<UnitId, UnitActivity>, StoreError> {
    const SQL: &str = "SELECT scope_id, CAST(SUM(visits) AS BIGINT), CAST(SUM(principal_home_visits) AS BIGINT), \
         CAST(SUM(deputy_home_visits) AS BIGINT) FROM cell WHERE county_code = $1 AND campaign_id = $2 \
         GROUP BY scope_id";
    let rows: Vec<(String, i64, i64, i64)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str())
        .bind(campaign.to_string()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, visits, principal, deputy)| {
            let unit =
                id.parse().map_err(|_| StoreError::Corrupt { table: "cell", column: "scope_id", id })?;
            Ok((unit, UnitActivity { visits, principal, deputy }))
        })
        .collect()
}
