//! Chasing: which units were asked when, how many people were told, and who of them has seen it.

use crate::{StoreError, Tx, bulk, on};
use domain::ids::{CampaignId, ChaseId, NotificationId, SendingId, UnitId};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::FromRow;

/// One unit that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChase {
    /// Identity.
    pub id: ChaseId,
    /// The unit.
    pub unit: UnitId,
    /// The notifications of its people; empty when it has no account.
    pub told: Vec<NotificationId>,
}

/// Writes down who was asked by one sending, in two statements however many they are.
pub async fn add(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    (sending, at_ms): (SendingId, i64),
    units: &[NewChase],
) -> Result<(), StoreError> {
    const CHASE: &[&str] = &["county_code", "id", "campaign_id", "unit_id", "sending_id", "told", "at_ms"];
    const RECIPIENT: &[&str] = &["county_code", "chase_id", "notification_id"];
    let rows: Vec<_> =
        units.iter().map(|it| (county, it.id, campaign, it.unit, sending, it.told.len(), at_ms)).collect();
    bulk::insert(tx, "chase", CHASE, &rows).await?;
    let people: Vec<_> =
        units.iter().flat_map(|it| it.told.iter().map(move |told| (county, it.id, told))).collect();
    bulk::insert(tx, "chase_recipient", RECIPIENT, &people).await
}

/// How often a unit was asked in a campaign, and what became of the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chased {
    /// The unit.
    pub unit: UnitId,
    /// How often.
    pub times: i64,
    /// When last, ms UTC.
    pub last_at_ms: i64,
    /// How many people were told then.
    pub told: i64,
    /// How many of them have seen it.
    pub seen: i64,
}

fn unit(id: String) -> Result<UnitId, StoreError> {
    id.parse().map_err(|_| StoreError::Corrupt { table: "chase", column: "unit_id", id })
}

/// Every unit that was asked in a campaign.
pub async fn of_campaign(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<Vec<Chased>, StoreError> {
    const SQL: &str = "SELECT c.unit_id, k.times, c.at_ms, c.told, \
         CAST((SELECT COUNT(*) FROM chase_recipient r JOIN notification n ON n.county_code = r.county_code \
         AND n.id = r.notification_id WHERE r.county_code = c.county_code AND r.chase_id = c.id \
         AND n.is_seen = TRUE) AS BIGINT) FROM (SELECT unit_id, COUNT(*) AS times, MAX(at_ms) AS last_ms FROM chase \
         WHERE county_code = $1 AND campaign_id = $2 GROUP BY unit_id) AS k JOIN chase c ON c.county_code = $1 \
         AND c.campaign_id = $2 AND c.unit_id = k.unit_id AND c.at_ms = k.last_ms ORDER BY c.unit_id, c.id";
    let rows: Vec<(String, i64, i64, i64, i64)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str())
        .bind(campaign.to_string()).fetch_all(c).await)?;
    let mut all: Vec<Chased> = Vec::with_capacity(rows.len());
    for (id, times, last_at_ms, told, seen) in rows {
        let unit = unit(id)?;
        // Two acts of one millisecond: either is the last.
        if all.last().is_none_or(|last| last.unit != unit) {
            all.push(Chased { unit, times, last_at_ms, told, seen });
        }
    }
    Ok(all)
}

/// One sending that asked units.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Asking {
    /// Identity of the sending.
    pub id: String,
    /// What was said.
    pub body: String,
    /// By whom.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
    /// How many units were asked.
    pub units: i64,
    /// How many people were told.
    pub told: i64,
    /// How many of them have seen it.
    pub seen: i64,
}

/// Who asked when in a campaign, the newest first, those older than `before`.
pub async fn log(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    before: Option<(i64, SendingId)>,
    limit: usize,
) -> Result<Vec<Asking>, StoreError> {
    const SQL: &str = "SELECT s.id, s.body, s.created_by, s.created_at_ms, \
         CAST((SELECT COUNT(*) FROM chase c WHERE c.county_code = s.county_code AND c.sending_id = s.id) AS BIGINT) AS units, \
         CAST((SELECT COUNT(*) FROM notification n WHERE n.county_code = s.county_code AND n.sending_id = s.id \
         AND n.recipient >= 'account:' AND n.recipient < 'account;') AS BIGINT) AS told, \
         CAST((SELECT COUNT(*) FROM notification n WHERE n.county_code = s.county_code AND n.sending_id = s.id \
         AND n.recipient >= 'account:' AND n.recipient < 'account;' AND n.is_seen = TRUE) AS BIGINT) AS seen \
         FROM sending s WHERE s.county_code = $1 AND s.id IN (SELECT c.sending_id FROM chase c \
         WHERE c.county_code = $1 AND c.campaign_id = $2) \
         AND (s.created_at_ms < $3 OR (s.created_at_ms = $3 AND s.id < $4)) \
         ORDER BY s.created_at_ms DESC, s.id DESC LIMIT $5";
    let (at_ms, id) = before.map_or((i64::MAX, String::new()), |(at_ms, id)| (at_ms, id.to_string()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(campaign.to_string()).bind(at_ms).bind(id)
        .bind(limit).fetch_all(c).await)?)
}

/// One who was told for a unit.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Told {
    /// The unit.
    pub unit_id: String,
    /// What the account signs in with; `None` for a unit without an account.
    pub login: Option<String>,
    /// The human's name.
    pub name: Option<String>,
    /// When it was seen, ms UTC.
    pub seen_at_ms: Option<i64>,
}

/// Whom one sending asked, by unit; those who have not seen it first.
pub async fn told(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    sending: SendingId,
) -> Result<Vec<Told>, StoreError> {
    const SQL: &str = "SELECT c.unit_id, a.login, f.name, n.seen_at_ms FROM chase c \
         LEFT JOIN chase_recipient r ON r.county_code = c.county_code AND r.chase_id = c.id \
         LEFT JOIN notification n ON n.county_code = r.county_code AND n.id = r.notification_id \
         LEFT JOIN account a ON 'account:' || a.id = n.recipient LEFT JOIN staff f ON f.id = a.staff_id \
         WHERE c.county_code = $1 AND c.campaign_id = $2 AND c.sending_id = $3 \
         ORDER BY c.unit_id, n.seen_at_ms NULLS FIRST, a.login NULLS LAST";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(campaign.to_string())
        .bind(sending.to_string()).fetch_all(c).await)?)
}
