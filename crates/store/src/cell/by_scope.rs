//! What the cells of every scope come to, for comparisons between units.

use crate::{StoreError, Tx, on};
use domain::ids::{CampaignId, UnitId};
use domain::money::Fen;
use domain::region::CountyCode;
use domain::statistics::MoneyBySource;
use sqlx::FromRow;
use std::collections::HashMap;

/// The sums of one scope over all rows of its table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScopeSums {
    /// Records.
    pub visits: i64,
    /// 人次.
    pub person_times: i64,
    /// 慰问金 by source, fen.
    pub money: MoneyBySource,
    /// 慰问品折款, fen.
    pub goods_fen: Fen,
    /// Household visits led by a principal leader.
    pub principal: i64,
    /// Household visits led by a leader in charge.
    pub deputy: i64,
}

#[derive(FromRow)]
struct Row {
    scope_id: String,
    visits: i64,
    person_times: i64,
    county_fen: i64,
    own_fen: i64,
    donation_fen: i64,
    unstated_fen: i64,
    goods_fen: i64,
    principal: i64,
    deputy: i64,
}

/// The sums of every scope that has any, in one statement over the cells.
pub async fn by_scope(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<HashMap<UnitId, ScopeSums>, StoreError> {
    const SQL: &str = "SELECT scope_id, CAST(SUM(visits) AS BIGINT) AS visits, \
         CAST(SUM(person_times) AS BIGINT) AS person_times, CAST(SUM(money_county_fen) AS BIGINT) AS county_fen, \
         CAST(SUM(money_own_fen) AS BIGINT) AS own_fen, CAST(SUM(money_donation_fen) AS BIGINT) AS donation_fen, \
         CAST(SUM(money_unstated_fen) AS BIGINT) AS unstated_fen, CAST(SUM(goods_fen) AS BIGINT) AS goods_fen, \
         CAST(SUM(principal_home_visits) AS BIGINT) AS principal, CAST(SUM(deputy_home_visits) AS BIGINT) AS deputy \
         FROM cell WHERE county_code = $1 AND campaign_id = $2 GROUP BY scope_id";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str())
        .bind(campaign.to_string()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            let bad = |_| StoreError::Corrupt { table: "cell", column: "scope_id", id: row.scope_id.clone() };
            let unit = row.scope_id.parse().map_err(bad)?;
            let money = MoneyBySource {
                county: Fen(row.county_fen),
                own: Fen(row.own_fen),
                donation: Fen(row.donation_fen),
                unstated: Fen(row.unstated_fen),
            };
            let sums = ScopeSums {
                visits: row.visits,
                person_times: row.person_times,
                money,
                goods_fen: Fen(row.goods_fen),
                principal: row.principal,
                deputy: row.deputy,
            };
            Ok((unit, sums))
        })
        .collect()
}
