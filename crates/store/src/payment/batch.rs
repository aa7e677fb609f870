//! Batches and their steps.

use crate::{StoreError, Tx, on};
use domain::ids::CampaignId;
use domain::money::Fen;
use domain::payment::{BatchState, Human, LineState, People, Tally, Totals};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow};

/// A batch as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct BatchRow {
    /// Identity.
    pub id: String,
    /// Its campaign.
    pub campaign_id: String,
    /// Key of the payment item.
    pub item: String,
    /// Code that people use, unique in the county.
    pub code: String,
    /// The batch whose returns it pays again.
    pub parent_id: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Version of the list.
    pub version: i64,
    /// 基准日
    pub base_date: String,
    /// The rule as it was.
    pub rule_json: String,
    /// How many persons were refused, by reason.
    pub refused_json: String,
    /// Key of the bank's layout.
    pub layout_key: String,
    /// The layout as it was used.
    pub layout_json: Option<String>,
    /// The bank's processing day.
    pub pay_date: Option<String>,
    /// Humans who made it, joined by `,`.
    pub makers: String,
    /// The human who looked it through.
    pub checker: Option<String>,
    /// The human who approved it.
    pub approver: Option<String>,
    /// SM3 of the approved list.
    pub list_sm3: Option<String>,
    /// Sums.
    pub due_count: i64,
    /// Sums.
    pub due_fen: i64,
    /// Sums.
    pub paid_count: i64,
    /// Sums.
    pub paid_fen: i64,
    /// Sums.
    pub returned_count: i64,
    /// Sums.
    pub returned_fen: i64,
    /// Sums.
    pub waiting_count: i64,
    /// Sums.
    pub waiting_fen: i64,
    /// Sums.
    pub cancelled_count: i64,
    /// Sums.
    pub cancelled_fen: i64,
    /// When it was made, ms UTC.
    pub created_at_ms: i64,
    /// When it was last changed, ms UTC.
    pub changed_at_ms: i64,
}

const COLUMNS: &str = "id, campaign_id, item, code, parent_id, state, version, base_date, rule_json, refused_json, \
     layout_key, layout_json, pay_date, makers, checker, approver, list_sm3, due_count, due_fen, paid_count, \
     paid_fen, returned_count, returned_fen, waiting_count, waiting_fen, cancelled_count, cancelled_fen, \
     created_at_ms, changed_at_ms";

impl BatchRow {
    /// Where it stands.
    pub fn state(&self) -> Result<BatchState, StoreError> {
        BatchState::from_code(&self.state).ok_or_else(|| StoreError::Corrupt {
            table: "payment_batch",
            column: "state",
            id: self.id.clone(),
        })
    }

    /// Who did what.
    pub fn people(&self) -> People {
        let human = |text: &Option<String>| text.clone().map(Human);
        let makers = self.makers.split(',').filter(|it| !it.is_empty());
        People {
            makers: makers.map(|it| Human(it.to_owned())).collect(),
            checker: human(&self.checker),
            approver: human(&self.approver),
        }
    }

    /// Takes the people over.
    pub fn set_people(&mut self, people: &People) {
        let makers: Vec<&str> = people.makers.iter().map(|it| it.0.as_str()).collect();
        self.makers = makers.join(",");
        self.checker = people.checker.as_ref().map(|it| it.0.clone());
        self.approver = people.approver.as_ref().map(|it| it.0.clone());
    }

    /// The kept sums.
    pub fn totals(&self) -> Totals {
        let tally = |count, fen| Tally { count, amount_fen: Fen(fen) };
        Totals {
            due: tally(self.due_count, self.due_fen),
            paid: tally(self.paid_count, self.paid_fen),
            returned: tally(self.returned_count, self.returned_fen),
            waiting: tally(self.waiting_count, self.waiting_fen),
            cancelled: tally(self.cancelled_count, self.cancelled_fen),
        }
    }

    /// Takes the sums over.
    pub fn set_totals(&mut self, totals: &Totals) {
        (self.due_count, self.due_fen) = (totals.due.count, totals.due.amount_fen.0);
        (self.paid_count, self.paid_fen) = (totals.paid.count, totals.paid.amount_fen.0);
        (self.returned_count, self.returned_fen) = (totals.returned.count, totals.returned.amount_fen.0);
        (self.waiting_count, self.waiting_fen) = (totals.waiting.count, totals.waiting.amount_fen.0);
        (self.cancelled_count, self.cancelled_fen) = (totals.cancelled.count, totals.cancelled.amount_fen.0);
    }
}

/// Adds a batch.
pub async fn add(tx: &mut Tx, county: CountyCode, batch: &BatchRow) -> Result<(), StoreError> {
    let places: Vec<String> = (1..=30).map(|place| format!("${place}")).collect();
    let sql = format!("INSERT INTO payment_batch (county_code, {COLUMNS}) VALUES ({})", places.join(", "));
    let it = batch;
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(&it.id).bind(&it.campaign_id)
        .bind(&it.item).bind(&it.code).bind(&it.parent_id).bind(&it.state).bind(it.version).bind(&it.base_date)
        .bind(&it.rule_json).bind(&it.refused_json).bind(&it.layout_key).bind(&it.layout_json).bind(&it.pay_date)
        .bind(&it.makers).bind(&it.checker).bind(&it.approver).bind(&it.list_sm3).bind(it.due_count)
        .bind(it.due_fen).bind(it.paid_count).bind(it.paid_fen).bind(it.returned_count).bind(it.returned_fen)
        .bind(it.waiting_count).bind(it.waiting_fen).bind(it.cancelled_count).bind(it.cancelled_fen)
        .bind(it.created_at_ms).bind(it.changed_at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes what changes in the life of a batch. The table refuses sums that do not balance.
pub async fn update(tx: &mut Tx, county: CountyCode, batch: &BatchRow) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE payment_batch SET state = $3, version = $4, layout_key = $5, layout_json = $6, \
         pay_date = $7, makers = $8, checker = $9, approver = $10, list_sm3 = $11, due_count = $12, due_fen = $13, \
         paid_count = $14, paid_fen = $15, returned_count = $16, returned_fen = $17, waiting_count = $18, \
         waiting_fen = $19, cancelled_count = $20, cancelled_fen = $21, changed_at_ms = $22 \
         WHERE county_code = $1 AND id = $2";
    let it = batch;
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(&it.id).bind(&it.state).bind(it.version)
        .bind(&it.layout_key).bind(&it.layout_json).bind(&it.pay_date).bind(&it.makers).bind(&it.checker)
        .bind(&it.approver).bind(&it.list_sm3).bind(it.due_count).bind(it.due_fen).bind(it.paid_count)
        .bind(it.paid_fen).bind(it.returned_count).bind(it.returned_fen).bind(it.waiting_count)
        .bind(it.waiting_fen).bind(it.cancelled_count).bind(it.cancelled_fen).bind(it.changed_at_ms)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A batch by its code or id.
pub async fn get(tx: &mut Tx, county: CountyCode, word: &str) -> Result<Option<BatchRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM payment_batch WHERE county_code = $1 AND (code = $2 OR id = $2)");
    Ok(
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(word).fetch_optional(c).await)?,
    )
}

/// Batches of a campaign (or of all), newest first, after one of them.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    campaign: Option<CampaignId>,
    after: Option<&(i64, String)>,
    limit: usize,
) -> Result<Vec<BatchRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_batch WHERE county_code = $1 AND (CAST($2 AS TEXT) IS NULL OR campaign_id = $2) \
         AND (created_at_ms, id) < ($3, $4) ORDER BY created_at_ms DESC, id DESC LIMIT $5"
    );
    let campaign = campaign.map(|id| id.to_string());
    let (at_ms, id) = after.map_or((i64::MAX, String::new()), Clone::clone);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(campaign).bind(at_ms).bind(id)
        .bind(limit).fetch_all(c).await)?,
    )
}

/// How many batches a campaign has, for the number of the next.
pub async fn count(tx: &mut Tx, county: CountyCode, campaign: CampaignId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM payment_batch WHERE county_code = $1 AND campaign_id = $2";
    let (count,): (i64,) = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(campaign.to_string())
        .fetch_one(c).await)?;
    Ok(count)
}

/// The sums that the lines of a batch come to, to be compared with the kept ones.
pub async fn totals(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Totals, StoreError> {
    const SQL: &str = "SELECT state, COUNT(*), CAST(SUM(amount_fen) AS BIGINT) FROM payment_line \
         WHERE county_code = $1 AND batch_id = $2 GROUP BY state";
    let rows: Vec<(String, i64, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_all(c).await)?;
    let mut totals = Totals::default();
    for (state, count, fen) in rows {
        let bad = || StoreError::Corrupt { table: "payment_line", column: "state", id: batch.to_owned() };
        let tally = Tally { count, amount_fen: Fen(fen) };
        *totals.slot(LineState::from_code(&state).ok_or_else(bad)?) = tally;
        totals.due.count += count;
        totals.due.amount_fen += Fen(fen);
    }
    Ok(totals)
}

/// What live lines of an item cost in a campaign, outside one batch: waiting and paid, fen.
pub async fn spent(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    item: &str,
    but: &str,
) -> Result<Fen, StoreError> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(waiting_fen + paid_fen), 0) AS BIGINT) FROM payment_batch \
         WHERE county_code = $1 AND campaign_id = $2 AND item = $3 AND id <> $4";
    let (fen,): (i64,) = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(campaign.to_string())
        .bind(item).bind(but).fetch_one(c).await)?;
    Ok(Fen(fen))
}

/// Something that was done with a batch.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Step {
    /// Identity.
    pub id: String,
    /// Code of the act; `prepare` and `repay` make a batch.
    pub act: String,
    /// Version of the list.
    pub version: i64,
    /// The human.
    pub human: String,
    /// Who, as the audit names them.
    pub by_actor: String,
    /// Reason or what came of it; no personal data.
    pub detail: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// Adds a step.
pub async fn add_step(tx: &mut Tx, county: CountyCode, batch: &str, step: &Step) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO payment_step (county_code, id, batch_id, act, version, human, by_actor, detail, \
         at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(&step.id).bind(batch).bind(&step.act)
        .bind(step.version).bind(&step.human).bind(&step.by_actor).bind(&step.detail).bind(step.at_ms)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The steps of a batch in order.
pub async fn steps(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Vec<Step>, StoreError> {
    const SQL: &str = "SELECT id, act, version, human, by_actor, detail, at_ms FROM payment_step \
         WHERE county_code = $1 AND batch_id = $2 ORDER BY at_ms, id";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_all(c).await)?)
}
