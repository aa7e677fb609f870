//! Campaigns of a county, and to which units they were issued.

use crate::tx::Tx;
use crate::{StoreError, bulk, on, reference};
use domain::campaign::Campaign;
use domain::ids::{CampaignId, UnitId};
use domain::region::CountyCode;
use jiff::civil::Date;
use serde::Serialize;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    id: String,
    code: String,
    year: i64,
    heading: String,
    deadline: String,
    period_from: String,
    period_to: String,
    is_open: bool,
    template_json: String,
}

impl Row {
    fn read(self) -> Result<Campaign, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "campaign", column, id: self.id.clone() };
        let day = |text: &str, column| -> Result<Date, StoreError> { text.parse().map_err(|_| bad(column)) };
        Ok(Campaign {
            id: self.id.parse().map_err(|_| bad("id"))?,
            year: i16::try_from(self.year).map_err(|_| bad("year"))?,
            deadline: day(&self.deadline, "deadline")?,
            period: (day(&self.period_from, "period_from")?, day(&self.period_to, "period_to")?),
            is_open: self.is_open,
            template: serde_json::from_str(&self.template_json).map_err(|_| bad("template_json"))?,
            code: self.code,
            heading: self.heading,
        })
    }
}

const GET: &str = "SELECT id, code, year, heading, deadline, period_from, period_to, is_open, template_json \
                   FROM campaign WHERE county_code = $1 AND code = $2";

/// A campaign by its code (`bayi-2024`).
pub async fn get(tx: &mut Tx, county: CountyCode, code: &str) -> Result<Option<Campaign>, StoreError> {
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(GET).bind(county.as_str()).bind(code).fetch_optional(c).await)?;
    row.map(Row::read).transpose()
}

const GET_BY_ID: &str = "SELECT id, code, year, heading, deadline, period_from, period_to, is_open, \
                         template_json FROM campaign WHERE county_code = $1 AND id = $2";

/// A campaign by its id.
pub async fn get_by_id(
    tx: &mut Tx,
    county: CountyCode,
    id: CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(GET_BY_ID)
        .bind(county.as_str())
        .bind(id.to_string())
        .fetch_optional(c)
        .await)?;
    row.map(Row::read).transpose()
}

const LIST: &str = "SELECT id, code, year, heading, deadline, period_from, period_to, is_open, template_json \
                    FROM campaign WHERE county_code = $1 ORDER BY deadline DESC, code, id";

/// All campaigns of a county, the latest deadline first.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Campaign>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(LIST).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Row::read).collect()
}

const ADD: &str = "INSERT INTO campaign (county_code, id, code, template_key, template_version, year, heading, \
                   deadline, period_from, period_to, is_open, template_json, created_at_ms, source) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// Adds a campaign; a code that is taken is a [`StoreError::Conflict`]. `source` names the campaign from above that
/// it was copied from.
pub async fn add(
    tx: &mut Tx,
    county: CountyCode,
    campaign: &Campaign,
    source: Option<&str>,
    at_ms: i64,
) -> Result<(), StoreError> {
    reference::changed(tx, county).await?;
    let template = template_json(campaign);
    on!(tx, c => sqlx::query(ADD)
        .bind(county.as_str())
        .bind(campaign.id.to_string())
        .bind(campaign.code.as_str())
        .bind(campaign.template.key.as_str())
        .bind(i64::from(campaign.template.version))
        .bind(i64::from(campaign.year))
        .bind(campaign.heading.as_str())
        .bind(campaign.deadline.to_string())
        .bind(campaign.period.0.to_string())
        .bind(campaign.period.1.to_string())
        .bind(campaign.is_open)
        .bind(template)
        .bind(at_ms)
        .bind(source)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const UPDATE: &str = "UPDATE campaign SET template_key = $3, template_version = $4, heading = $5, deadline = $6, \
                      period_from = $7, period_to = $8, is_open = $9, template_json = $10 \
                      WHERE county_code = $1 AND id = $2";

/// Writes heading, deadline, period, state and template of a campaign; whether it exists. Code and year stay.
pub async fn update(tx: &mut Tx, county: CountyCode, campaign: &Campaign) -> Result<bool, StoreError> {
    reference::changed(tx, county).await?;
    let template = template_json(campaign);
    let updated = on!(tx, c => sqlx::query(UPDATE)
        .bind(county.as_str())
        .bind(campaign.id.to_string())
        .bind(campaign.template.key.as_str())
        .bind(i64::from(campaign.template.version))
        .bind(campaign.heading.as_str())
        .bind(campaign.deadline.to_string())
        .bind(campaign.period.0.to_string())
        .bind(campaign.period.1.to_string())
        .bind(campaign.is_open)
        .bind(template)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(updated > 0)
}

fn template_json(campaign: &Campaign) -> String {
    serde_json::to_string(&campaign.template).expect("a template is plain data")
}

/// A campaign in the hands of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// The unit.
    pub unit: UnitId,
    /// When it got the campaign, ms UTC.
    pub issued_at_ms: i64,
    /// When it signed for it.
    pub signed_at_ms: Option<i64>,
}

const ISSUE_COLUMNS: &[&str] = &["county_code", "campaign_id", "unit_id", "issued_at_ms"];

#[derive(Serialize)]
struct IssueRow(CountyCode, CampaignId, UnitId, i64);

/// Issues a campaign to units; those that have it keep their first date. Says how many are new.
pub async fn issue(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: &[UnitId],
    at_ms: i64,
) -> Result<u64, StoreError> {
    let rows: Vec<_> = units.iter().map(|unit| IssueRow(county, campaign, *unit, at_ms)).collect();
    bulk::insert_new(tx, "campaign_unit", ISSUE_COLUMNS, &rows).await
}

const ISSUED: &str = "SELECT unit_id, issued_at_ms, signed_at_ms FROM campaign_unit \
                      WHERE county_code = $1 AND campaign_id = $2 ORDER BY unit_id";

/// The units that got a campaign.
pub async fn issued(tx: &mut Tx, county: CountyCode, campaign: CampaignId) -> Result<Vec<Issue>, StoreError> {
    let rows: Vec<(String, i64, Option<i64>)> = on!(tx, c => sqlx::query_as(ISSUED)
        .bind(county.as_str())
        .bind(campaign.to_string())
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|(unit, issued_at_ms, signed_at_ms)| {
            let bad = |_| StoreError::Corrupt { table: "campaign_unit", column: "unit_id", id: unit.clone() };
            Ok(Issue { unit: unit.parse().map_err(bad)?, issued_at_ms, signed_at_ms })
        })
        .collect()
}

const SIGN: &str = "UPDATE campaign_unit SET signed_at_ms = $4 \
                    WHERE county_code = $1 AND campaign_id = $2 AND unit_id = $3 AND signed_at_ms IS NULL";

/// Signs for a campaign; `false` when the unit does not have it or signed before.
pub async fn sign(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    unit: UnitId,
    at_ms: i64,
) -> Result<bool, StoreError> {
    let signed = on!(tx, c => sqlx::query(SIGN)
        .bind(county.as_str())
        .bind(campaign.to_string())
        .bind(unit.to_string())
        .bind(at_ms)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(signed > 0)
}
