//! The ledger of funds and goods, and notices of payment lists.

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{CampaignId, LedgerEntryId, UnitId, VisitId};
use domain::region::CountyCode;
use sqlx::{AssertSqlSafe, FromRow};

/// An entry as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EntryRow {
    /// Identity, made by whoever sends it.
    pub id: String,
    /// Campaign.
    pub campaign_id: String,
    /// Whose.
    pub unit_id: String,
    /// Code of what it says.
    pub kind: String,
    /// Name of the goods; empty for money.
    pub item: String,
    /// Fen or pieces.
    pub quantity: i64,
    /// The word for one piece; 元 for money.
    pub measure: String,
    /// Worth of goods, fen.
    pub value_fen: i64,
    /// For how many persons, 人.
    pub heads: Option<i64>,
    /// How much for each, fen.
    pub standard_fen: Option<i64>,
    /// The draw that it belongs to.
    pub draw_id: Option<String>,
    /// Who drew, who signed.
    pub person_name: String,
    /// Number of the voucher.
    pub voucher: String,
    /// The day.
    pub on_date: String,
    /// Anything else.
    pub note: String,
    /// The signed list or voucher.
    pub file_id: Option<String>,
    /// Who wrote it down.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Who cancelled it.
    pub cancelled_by: Option<String>,
    /// When, ms UTC.
    pub cancelled_at_ms: Option<i64>,
    /// Why.
    pub cancel_reason: Option<String>,
}

const SHOWN: &str = "id, campaign_id, unit_id, kind, item, quantity, measure, value_fen, heads, standard_fen, draw_id, \
     person_name, voucher, on_date, note, file_id, by_actor, at_ms, cancelled_by, cancelled_at_ms, cancel_reason";
const ADDED: &[&str] = &[
    "county_code",
    "id",
    "campaign_id",
    "unit_id",
    "kind",
    "item",
    "quantity",
    "measure",
    "value_fen",
    "heads",
    "standard_fen",
    "draw_id",
    "person_name",
    "voucher",
    "on_date",
    "note",
    "file_id",
    "by_actor",
    "at_ms",
];

struct Out<'a>(CountyCode, &'a EntryRow);

impl serde::Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let it = self.1;
        let mut seq = serializer.serialize_seq(Some(ADDED.len()))?;
        seq.serialize_element(&self.0)?;
        for text in [&it.id, &it.campaign_id, &it.unit_id, &it.kind, &it.item] {
            seq.serialize_element(text)?;
        }
        seq.serialize_element(&it.quantity)?;
        seq.serialize_element(&it.measure)?;
        seq.serialize_element(&it.value_fen)?;
        seq.serialize_element(&it.heads)?;
        seq.serialize_element(&it.standard_fen)?;
        seq.serialize_element(&it.draw_id)?;
        for text in [&it.person_name, &it.voucher, &it.on_date, &it.note] {
            seq.serialize_element(text)?;
        }
        seq.serialize_element(&it.file_id)?;
        seq.serialize_element(&it.by_actor)?;
        seq.serialize_element(&it.at_ms)?;
        seq.end()
    }
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, county: CountyCode, entry: &EntryRow) -> Result<(), StoreError> {
    bulk::insert(tx, "ledger_entry", ADDED, &[Out(county, entry)]).await
}

/// One entry.
pub async fn get(tx: &mut Tx, county: CountyCode, id: LedgerEntryId) -> Result<Option<EntryRow>, StoreError> {
    let sql = format!("SELECT {SHOWN} FROM ledger_entry WHERE county_code = $1 AND id = $2");
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(id.to_string())
        .fetch_optional(c).await)?)
}

/// Every entry of a campaign, by day.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<Vec<EntryRow>, StoreError> {
    let sql = format!(
        "SELECT {SHOWN} FROM ledger_entry WHERE county_code = $1 AND campaign_id = $2 ORDER BY on_date, at_ms, id"
    );
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign.to_string())
        .fetch_all(c).await)?)
}

/// Cancels an entry that is not cancelled yet.
pub async fn cancel(
    tx: &mut Tx,
    county: CountyCode,
    id: LedgerEntryId,
    (by, at_ms, reason): (&str, i64, &str),
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE ledger_entry SET cancelled_by = $3, cancelled_at_ms = $4, cancel_reason = $5 \
        WHERE county_code = $1 AND id = $2 AND cancelled_at_ms IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).bind(by).bind(at_ms).bind(reason)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Money of visits from 县级下拨 by unit, fen.
pub async fn used(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
) -> Result<Vec<(UnitId, i64)>, StoreError> {
    const SQL: &str = "SELECT unit_id, CAST(SUM(money_fen) AS BIGINT) FROM visit WHERE county_code = $1 \
        AND campaign_id = $2 AND money_source = 'county' AND money_fen > 0 GROUP BY unit_id ORDER BY unit_id";
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(campaign.to_string())
        .fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(unit, fen)| Some((unit.parse().ok()?, fen))).collect())
}

/// What these units' visits used of 县级下拨, fen, as if the visits `without` were not there.
pub async fn used_by(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: &[UnitId],
    without: &[VisitId],
) -> Result<Vec<(UnitId, i64)>, StoreError> {
    let sql = format!(
        "SELECT unit_id, CAST(SUM(money_fen) AS BIGINT) FROM visit WHERE county_code = $1 AND campaign_id = $2 \
         AND money_source = 'county' AND money_fen > 0 AND unit_id IN {} AND id NOT IN {} \
         GROUP BY unit_id ORDER BY unit_id",
        dialect::list(tx, "$3"),
        dialect::list(tx, "$4")
    );
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(json::text(&units)).bind(json::text(&without)).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(unit, fen)| Some((unit.parse().ok()?, fen))).collect())
}

/// Makes a unit's entries another's.
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE ledger_entry SET unit_id = $3 WHERE county_code = $1 AND unit_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(from.to_string()).bind(to.to_string()).execute(c).await
        .map(drop))?;
    Ok(())
}

/// The notice of a batch.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct NoticeRow {
    /// Batch.
    pub batch_id: String,
    /// First day.
    pub from_on: String,
    /// Last day.
    pub to_on: String,
    /// Where it hung.
    pub place: String,
    /// What was objected.
    pub objections: String,
    /// What came of it.
    pub outcome: String,
    /// Who wrote it down.
    pub by_actor: String,
    /// When, ms UTC.
    pub at_ms: i64,
    /// Grows with every change.
    pub version: i64,
}

/// The notice of a batch.
pub async fn notice(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Option<NoticeRow>, StoreError> {
    const SQL: &str = "SELECT batch_id, from_on, to_on, place, objections, outcome, by_actor, at_ms, version \
        FROM payment_notice WHERE county_code = $1 AND batch_id = $2";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_optional(c).await)?)
}

/// Writes the notice of a batch down.
pub async fn put_notice(tx: &mut Tx, county: CountyCode, it: &NoticeRow) -> Result<(), StoreError> {
    const COLUMNS: &[&str] = &[
        "county_code",
        "batch_id",
        "from_on",
        "to_on",
        "place",
        "objections",
        "outcome",
        "by_actor",
        "at_ms",
        "version",
    ];
    let row = (
        county,
        &it.batch_id,
        &it.from_on,
        &it.to_on,
        &it.place,
        &it.objections,
        &it.outcome,
        &it.by_actor,
        it.at_ms,
        it.version,
    );
    bulk::upsert(tx, "payment_notice", COLUMNS, &[], &[row]).await
}

/// A visit with goods and no file.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UnsignedRow {
    /// The visit.
    pub id: String,
    /// Who visited.
    pub unit_id: String,
    /// What kind of object.
    pub object_kind: String,
    /// Its name.
    pub object_name: String,
    /// The day.
    pub visited_on: String,
    /// The goods.
    pub goods_json: Option<String>,
    /// Their worth, fen.
    pub goods_fen: i64,
}

/// Visits with goods to which neither photo nor list belongs, of these units (`None`: all).
pub async fn unsigned(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: Option<&[UnitId]>,
) -> Result<Vec<UnsignedRow>, StoreError> {
    let within = crate::dialect::list(tx, "$3");
    let sql = format!(
        "SELECT v.id, v.unit_id, v.object_kind, v.object_name, v.visited_on, v.goods_json, v.goods_fen FROM visit v \
         WHERE v.county_code = $1 AND v.campaign_id = $2 AND (CAST($3 AS TEXT) IS NULL OR v.unit_id IN {within}) \
         AND (v.goods_fen > 0 OR v.goods_json IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM file f \
         WHERE f.county_code = $1 AND f.owner_kind = 'visit' AND f.owner_id = v.id AND f.released_at_ms IS NULL) \
         ORDER BY v.unit_id, v.visited_on, v.id"
    );
    let units = units.map(crate::json::text);
    Ok(
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign.to_string()).bind(units)
        .fetch_all(c).await)?,
    )
}

/// What one person got in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PersonFact {
    /// Who.
    pub person: String,
    /// Name.
    pub name: String,
    /// Village, else township.
    pub home: String,
    /// Receives periodic allowances.
    pub is_receiver: bool,
    /// Dead, moved or stopped.
    pub is_gone: bool,
    /// Visits.
    pub visits: i64,
    /// Paid by card, fen.
    pub paid_fen: i64,
    /// Given back by the bank and not paid again, fen.
    pub returned_fen: i64,
}

/// What a campaign did, by person, and sums of visits by unit: money and worth of goods, fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Persons who were visited or paid.
    pub persons: Vec<PersonFact>,
    /// Unit, money, goods.
    pub sums: Vec<(String, i64, i64)>,
}

const FACTS: &str = "WITH v AS (SELECT subject_id AS person, COUNT(*) AS visits FROM visit WHERE county_code = $1 \
     AND campaign_id = $2 AND object_kind = 'person' GROUP BY subject_id), \
     p AS (SELECT l.person_id AS person, CAST(SUM(CASE WHEN l.state = 'paid' THEN l.amount_fen ELSE 0 END) AS BIGINT) AS paid, \
     CAST(SUM(CASE WHEN l.state = 'returned' AND l.repaid_by_id IS NULL THEN l.amount_fen ELSE 0 END) AS BIGINT) AS returned \
     FROM payment_line l JOIN payment_batch b ON b.county_code = l.county_code AND b.id = l.batch_id \
     WHERE l.county_code = $1 AND b.campaign_id = $2 GROUP BY l.person_id) \
     SELECT q.id AS person, q.name AS name, COALESCE(q.village_id, q.township_id) AS home, q.allowance AS is_receiver, \
     q.status IN ('dead', 'moved', 'stopped') AS is_gone, CAST(COALESCE(v.visits, 0) AS BIGINT) AS visits, \
     CAST(COALESCE(p.paid, 0) AS BIGINT) AS paid_fen, CAST(COALESCE(p.returned, 0) AS BIGINT) AS returned_fen \
     FROM person q LEFT JOIN v ON v.person = q.id LEFT JOIN p ON p.person = q.id \
     WHERE q.county_code = $1 AND (v.person IS NOT NULL OR p.person IS NOT NULL) ORDER BY q.id";
const SUMS: &str = "SELECT unit_id, CAST(SUM(money_fen) AS BIGINT), CAST(SUM(goods_fen) AS BIGINT) FROM visit \
     WHERE county_code = $1 AND campaign_id = $2 GROUP BY unit_id ORDER BY unit_id";

/// What a campaign did, by person.
pub async fn facts(tx: &mut Tx, county: CountyCode, campaign: CampaignId) -> Result<Facts, StoreError> {
    let campaign = campaign.to_string();
    let persons =
        on!(tx, c => sqlx::query_as(FACTS).bind(county.as_str()).bind(&campaign).fetch_all(c).await)?;
    let sums = on!(tx, c => sqlx::query_as(SUMS).bind(county.as_str()).bind(&campaign).fetch_all(c).await)?;
    Ok(Facts { persons, sums })
}
