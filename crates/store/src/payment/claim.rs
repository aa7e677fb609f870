//! Claims: one human, one item, one campaign, one live line.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::CampaignId;
use domain::region::CountyCode;
use sqlx::AssertSqlSafe;

const COLUMNS: &[&str] = &["county_code", "campaign_id", "item", "citizen_index", "line_id", "batch_id"];

/// Takes claims; one that another line holds is a [`StoreError::Conflict`].
pub async fn take(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    item: &str,
    batch: &str,
    claims: &[(&str, &str)],
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        claims.iter().map(|(citizen, line)| (county, campaign, item, citizen, line, batch)).collect();
    bulk::insert(tx, "claim", COLUMNS, &rows).await
}

/// Releases the claims that point to these lines.
pub async fn release(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    item: &str,
    claims: &[(&str, &str)],
) -> Result<u64, StoreError> {
    if claims.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "DELETE FROM claim WHERE county_code = $1 AND campaign_id = $2 AND item = $3 AND (citizen_index, line_id) IN \
         (SELECT k.k0, k.k1 FROM {} k)",
        dialect::keys(tx, "$4", 2)
    );
    let keys = json::text(&claims);
    Ok(
        on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign.to_string()).bind(item)
        .bind(keys).execute(c).await.map(|it| it.rows_affected()))?,
    )
}

/// All claims of a batch gone (the batch was given up).
pub async fn release_batch(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM claim WHERE county_code = $1 AND batch_id = $2";
    Ok(on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(batch).execute(c).await
        .map(|it| it.rows_affected()))?)
}

/// Every claim of a campaign: item, number, line, batch.
pub async fn of_campaign(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<Vec<(String, String, String)>, StoreError> {
    const SQL: &str =
        "SELECT item, citizen_index, line_id FROM claim WHERE county_code = $1 AND campaign_id = $2";
    let sql = dialect::packed(tx, "item, citizen_index, line_id", SQL);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign.to_string())
        .fetch_one(c).await)?;
    json::unpack("claim", &rows)
}

/// Numbers among these with a claim for an item of a campaign, and the line that holds it.
pub async fn among(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    item: &str,
    citizens: &[&str],
) -> Result<Vec<(String, String)>, StoreError> {
    if citizens.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT citizen_index, line_id FROM claim WHERE county_code = $1 AND campaign_id = $2 AND item = $3 \
         AND citizen_index IN {}",
        dialect::list(tx, "$4")
    );
    let sql = dialect::packed(tx, "citizen_index, line_id", &sql);
    let list = json::text(&citizens);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign.to_string())
        .bind(item).bind(list).fetch_one(c).await)?;
    json::unpack("claim", &rows)
}
