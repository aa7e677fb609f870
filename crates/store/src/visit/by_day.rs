//! How many visits there were on each day, by method: counted from an index alone.

use crate::{StoreError, Tx, dialect, json, on};
use domain::ids::CampaignId;
use domain::region::CountyCode;
use domain::visit::Method;
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;

/// Visits of one day and method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfDay {
    /// The day on which people were visited.
    pub day: Date,
    /// How.
    pub method: Method,
    /// How many records.
    pub visits: i64,
}

#[derive(Deserialize)]
struct Row(String, String, i64);

/// The visits of a campaign by day and method, the first day first. What was counted stays in memory until the county's
/// next act.
pub async fn by_day(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<Arc<Vec<OfDay>>, StoreError> {
    const SEQ: &str = "SELECT audit_seq FROM county WHERE county_code = $1";
    const SQL: &str = "SELECT visited_on, method, COUNT(*) AS visits FROM visit WHERE county_code = $1 \
         AND campaign_id = $2 GROUP BY visited_on, method ORDER BY visited_on, method";
    let seq: Option<(i64,)> =
        on!(tx, c => sqlx::query_as(SEQ).bind(county.as_str()).fetch_optional(c).await)?;
    let (seq, key) = (seq.map_or(0, |(seq,)| seq), (county, campaign));
    let may_keep = !tx.is_writing();
    if let Some(kept) = tx.kept().days.get(&key, seq).filter(|_| may_keep) {
        return Ok(kept);
    }
    let sql = dialect::packed(tx, "visited_on, method, visits", SQL);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).fetch_one(c).await)?;
    let rows: Vec<Row> = json::unpack("visit", &rows)?;
    let bad = |column| StoreError::Corrupt { table: "visit", column, id: String::new() };
    let days = rows
        .into_iter()
        .map(|Row(day, method, visits)| {
            Ok(OfDay {
                day: day.parse().map_err(|_| bad("visited_on"))?,
                method: Method::from_code(&method).ok_or_else(|| bad("method"))?,
                visits,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let days = Arc::new(days);
    if may_keep {
        tx.kept().days.put(key, seq, &days);
    }
    Ok(days)
}
