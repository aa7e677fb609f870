//! Lines: added, read and moved by the thousand.

use crate::{Place, StoreError, Tx, bulk, dialect, json, on};
use domain::money::Fen;
use domain::payment::LineState;
use domain::region::CountyCode;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// A line as the table holds it; the account is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LineRow {
    /// Identity.
    pub id: String,
    /// Its batch.
    pub batch_id: String,
    /// Number in the batch, from 1.
    pub seq: i64,
    /// Whom it pays.
    pub person_id: String,
    /// Blind index of their number.
    pub citizen_index: String,
    /// Name on the roster.
    pub name: String,
    /// Name for the bank.
    pub payee: String,
    /// 1 when the name for the bank was given by hand.
    pub has_spelling: i64,
    /// The class by which they are paid.
    pub class: String,
    /// The row of the table in which they stand.
    pub row: String,
    /// Township.
    pub township_id: String,
    /// Village.
    pub village_id: Option<String>,
    /// How much, fen.
    pub amount_fen: i64,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 账号, sealed.
    pub account_sealed: Option<String>,
    /// Blind index of the account.
    pub account_index: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Code of why it came back.
    pub reason: Option<String>,
    /// The bank's words.
    pub bank_text: Option<String>,
    /// The bank's day.
    pub bank_date: Option<String>,
    /// The bank's number.
    pub serial: Option<String>,
    /// The result that said so last.
    pub result_id: Option<String>,
    /// At which stage it was given up.
    pub cancelled_at: Option<String>,
    /// Why it was given up.
    pub note: Option<String>,
    /// The returned line it pays again.
    pub repays_id: Option<String>,
    /// The line that pays it again.
    pub repaid_by_id: Option<String>,
}

const COLUMNS: &str = "id, batch_id, seq, person_id, citizen_index, name, payee, has_spelling, class, row, \
     township_id, village_id, amount_fen, bank_name, account_sealed, account_index, state, reason, bank_text, \
     bank_date, serial, result_id, cancelled_at, note, repays_id, repaid_by_id";

/// The same with the one BOOLEAN as a number, for packed rows.
const SELECTED: &str = "l.id, l.batch_id, l.seq, l.person_id, l.citizen_index, l.name, l.payee, \
     CASE WHEN l.has_spelling THEN 1 ELSE 0 END AS has_spelling, l.class, l.row, l.township_id, l.village_id, \
     l.amount_fen, l.bank_name, l.account_sealed, l.account_index, l.state, l.reason, l.bank_text, l.bank_date, \
     l.serial, l.result_id, l.cancelled_at, l.note, l.repays_id, l.repaid_by_id";

const INSERTED: &[&str] = &[
    "county_code",
    "id",
    "batch_id",
    "seq",
    "person_id",
    "citizen_index",
    "name",
    "payee",
    "has_spelling",
    "class",
    "row",
    "township_id",
    "village_id",
    "amount_fen",
    "bank_name",
    "account_sealed",
    "account_index",
    "state",
    "repays_id",
];

/// The field of a line that its sealed account belongs to.
pub fn account_place(county: CountyCode, line: Uuid) -> Place {
    Place { county, table: "payment_line", row: line, field: "account" }
}

impl LineRow {
    /// Where it stands.
    pub fn state(&self) -> Result<LineState, StoreError> {
        LineState::from_code(&self.state).ok_or_else(|| self.corrupt("state"))
    }

    /// How much.
    pub fn amount(&self) -> Fen {
        Fen(self.amount_fen)
    }

    /// Its id as one.
    pub fn uuid(&self) -> Result<Uuid, StoreError> {
        Uuid::parse_str(&self.id).map_err(|_| self.corrupt("id"))
    }

    /// The account in clear; empty when there is none.
    pub fn account(&self, sealer: &crate::Sealer, county: CountyCode) -> Result<String, StoreError> {
        match &self.account_sealed {
            Some(sealed) => sealer.open_text(account_place(county, self.uuid()?), sealed),
            None => Ok(String::new()),
        }
    }

    fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: "payment_line", column, id: self.id.clone() }
    }
}

struct Out<'a>(CountyCode, &'a LineRow);

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let line = self.1;
        let mut seq = serializer.serialize_seq(Some(INSERTED.len()))?;
        seq.serialize_element(&self.0)?;
        seq.serialize_element(&line.id)?;
        seq.serialize_element(&line.batch_id)?;
        seq.serialize_element(&line.seq)?;
        seq.serialize_element(&line.person_id)?;
        seq.serialize_element(&line.citizen_index)?;
        seq.serialize_element(&line.name)?;
        seq.serialize_element(&line.payee)?;
        seq.serialize_element(&(line.has_spelling == 1))?;
        seq.serialize_element(&line.class)?;
        seq.serialize_element(&line.row)?;
        seq.serialize_element(&line.township_id)?;
        seq.serialize_element(&line.village_id)?;
        seq.serialize_element(&line.amount_fen)?;
        seq.serialize_element(&line.bank_name)?;
        seq.serialize_element(&line.account_sealed)?;
        seq.serialize_element(&line.account_index)?;
        seq.serialize_element(&line.state)?;
        seq.serialize_element(&line.repays_id)?;
        seq.end()
    }
}

/// Adds new lines.
pub async fn add_many(tx: &mut Tx, county: CountyCode, lines: &[LineRow]) -> Result<(), StoreError> {
    let rows: Vec<Out<'_>> = lines.iter().map(|line| Out(county, line)).collect();
    bulk::insert(tx, "payment_line", INSERTED, &rows).await
}

/// Which lines of a list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this batch.
    pub batch: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// With this reason.
    pub reason: Option<String>,
    /// Of these townships or villages (scope); `None` is all.
    pub units: Option<Vec<String>>,
    /// With a finding of this check.
    pub check: Option<String>,
    /// Only those that came back and are neither paid again nor given up.
    pub is_open_return: bool,
    /// Of this person.
    pub person: Option<String>,
}

/// A place in a list of lines.
pub type After = (String, i64, String);

/// Lines of a filter by batch and number, after a place.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    after: Option<&After>,
    limit: usize,
) -> Result<Vec<LineRow>, StoreError> {
    let sql = format!(
        "SELECT {SELECTED} FROM payment_line l WHERE l.county_code = $1 \
         AND (CAST($2 AS TEXT) IS NULL OR l.batch_id = $2) AND (CAST($3 AS TEXT) IS NULL OR l.state = $3) \
         AND (CAST($4 AS TEXT) IS NULL OR l.reason = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR COALESCE(l.village_id, l.township_id) IN {units}) \
         AND (CAST($6 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM payment_finding f WHERE f.county_code = $1 \
              AND f.line_id = l.id AND f.check_code = $6)) \
         AND ($7 = 0 OR (l.state = 'returned' AND l.repaid_by_id IS NULL)) \
         AND (CAST($8 AS TEXT) IS NULL OR l.person_id = $8) \
         AND (l.batch_id, l.seq, l.id) > ($9, $10, $11) ORDER BY l.batch_id, l.seq, l.id LIMIT $12",
        units = dialect::list(tx, "$5")
    );
    let sql = dialect::packed(tx, COLUMNS, &format!("SELECT * FROM ({sql}) AS page"));
    let units = filter.units.as_ref().map(json::text);
    let (batch, seq, id) = after.map_or((String::new(), -1, String::new()), Clone::clone);
    let open = i64::from(filter.is_open_return);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(&filter.batch)
        .bind(&filter.state).bind(&filter.reason).bind(units).bind(&filter.check).bind(open).bind(&filter.person)
        .bind(batch).bind(seq).bind(id).bind(limit).fetch_one(c).await)?;
    json::unpack("payment_line", &rows)
}

/// All lines of a batch, by number.
pub async fn of_batch(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Vec<LineRow>, StoreError> {
    let sql = format!(
        "SELECT {SELECTED} FROM payment_line l WHERE l.county_code = $1 AND l.batch_id = $2 ORDER BY l.seq, l.id"
    );
    let sql = dialect::packed(tx, COLUMNS, &sql);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(batch).fetch_one(c).await)?;
    json::unpack("payment_line", &rows)
}

/// A line of another batch for somebody whom a batch pays too: the payment that came back, or the one after it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OtherRow {
    /// Blind index of the person's number.
    pub citizen_index: String,
    /// Its batch.
    pub batch_id: String,
    /// 1 when its batch was made before.
    pub is_earlier: i64,
    /// Blind index of its account.
    pub account_index: Option<String>,
    /// The bank's day of the last word on it.
    pub bank_date: Option<String>,
    /// The bank's number.
    pub serial: Option<String>,
    /// The result that said so; `None` when the bank sent the whole file back.
    pub result_id: Option<String>,
}

/// The lines that the bank had for the people of a batch, in other batches of the same campaign and item.
pub async fn others(
    tx: &mut Tx,
    county: CountyCode,
    batch: &super::batch::BatchRow,
) -> Result<Vec<OtherRow>, StoreError> {
    const COLUMNS: &str = "citizen_index, batch_id, is_earlier, account_index, bank_date, serial, result_id";
    const SQL: &str = "SELECT l.citizen_index, l.batch_id, \
         CASE WHEN (b.created_at_ms, b.id) < ($5, $4) THEN 1 ELSE 0 END AS is_earlier, l.account_index, \
         l.bank_date, l.serial, l.result_id \
         FROM payment_batch b JOIN payment_line l ON l.county_code = b.county_code AND l.batch_id = b.id \
         WHERE b.county_code = $1 AND b.campaign_id = $2 AND b.item = $3 AND b.id <> $4 \
         AND b.state IN ('sent', 'partly_settled', 'settled', 'closed') \
         AND (l.bank_date IS NOT NULL OR l.state = 'waiting') AND l.citizen_index IN \
         (SELECT m.citizen_index FROM payment_line m WHERE m.county_code = $1 AND m.batch_id = $4)";
    let sql = dialect::packed(tx, COLUMNS, SQL);
    let rows = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(&batch.campaign_id)
        .bind(&batch.item).bind(&batch.id).bind(batch.created_at_ms).fetch_one(c).await)?;
    json::unpack("payment_line", &rows)
}

/// Lines by id.
pub async fn by_ids(tx: &mut Tx, county: CountyCode, ids: &[String]) -> Result<Vec<LineRow>, StoreError> {
    let sql = format!(
        "SELECT {SELECTED} FROM payment_line l WHERE l.county_code = $1 AND l.id IN {} ORDER BY l.batch_id, l.seq",
        dialect::list(tx, "$2")
    );
    let sql = dialect::packed(tx, COLUMNS, &sql);
    let list = json::text(&ids);
    let rows =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_one(c).await)?;
    json::unpack("payment_line", &rows)
}

/// What becomes of one line. The bank's words stay when the bank says nothing new.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Which.
    pub id: String,
    /// Where it stands now.
    pub state: &'static str,
    /// Code of why it came back.
    pub reason: Option<&'static str>,
    /// The bank's words.
    pub bank_text: Option<String>,
    /// The bank's day.
    pub bank_date: Option<String>,
    /// The bank's number.
    pub serial: Option<String>,
    /// The result that says so.
    pub result_id: Option<String>,
    /// At which stage it is given up.
    pub cancelled_at: Option<&'static str>,
    /// Why it is given up.
    pub note: Option<String>,
}

/// Lines in one statement.
const CHUNK: usize = 5_000;

/// Moves lines, in one statement per some thousand.
pub async fn apply(tx: &mut Tx, county: CountyCode, changes: &[Change]) -> Result<(), StoreError> {
    const SET: &str = "state = k.k1, reason = k.k2, bank_text = COALESCE(k.k3, bank_text), \
         bank_date = COALESCE(k.k4, bank_date), serial = COALESCE(k.k5, serial), \
         result_id = COALESCE(k.k6, result_id), cancelled_at = k.k7, note = COALESCE(k.k8, note)";
    if changes.is_empty() {
        return Ok(());
    }
    let sql = dialect::update(tx, "payment_line", SET, 9);
    for chunk in changes.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|it| {
                (
                    &it.id,
                    it.state,
                    it.reason,
                    &it.bank_text,
                    &it.bank_date,
                    &it.serial,
                    &it.result_id,
                    it.cancelled_at,
                    &it.note,
                )
            })
            .collect();
        let (sql, rows) = (sql.clone(), json::text(&rows));
        on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(rows).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Gives up all waiting lines of a batch.
pub async fn cancel_waiting(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
    note: &str,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE payment_line SET state = 'cancelled', cancelled_at = 'batch', note = $3 \
         WHERE county_code = $1 AND batch_id = $2 AND state = 'waiting'";
    Ok(on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(batch).bind(note).execute(c).await
        .map(|it| it.rows_affected()))?)
}

/// Says which line pays a returned one again (`None`: none any more).
pub async fn set_repaid(
    tx: &mut Tx,
    county: CountyCode,
    pairs: &[(&str, Option<&str>)],
) -> Result<(), StoreError> {
    if pairs.is_empty() {
        return Ok(());
    }
    let sql = dialect::update(tx, "payment_line", "repaid_by_id = k.k1", 2);
    let rows = json::text(&pairs);
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(rows).execute(c).await.map(drop))?;
    Ok(())
}

/// Lines of a batch that came back and are neither paid again nor given up.
pub async fn open_returns(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM payment_line WHERE county_code = $1 AND batch_id = $2 \
         AND state = 'returned' AND repaid_by_id IS NULL";
    let (count,): (i64,) =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_one(c).await)?;
    Ok(count)
}

/// Numbers of humans with an open return for an item of a campaign.
pub async fn open_humans(
    tx: &mut Tx,
    county: CountyCode,
    campaign: &str,
    item: &str,
) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT l.citizen_index FROM payment_line l JOIN payment_batch b ON b.county_code = l.county_code \
         AND b.id = l.batch_id WHERE l.county_code = $1 AND l.state = 'returned' AND l.repaid_by_id IS NULL \
         AND b.campaign_id = $2 AND b.item = $3";
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(campaign).bind(item)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(|it| it.0).collect())
}

/// What a batch comes to by township and class, for papers and pages: township, class, state, lines, fen.
pub async fn groups(
    tx: &mut Tx,
    county: CountyCode,
    batch: &str,
) -> Result<Vec<(String, String, String, i64, i64)>, StoreError> {
    const SQL: &str = "SELECT township_id, class, state, COUNT(*), CAST(SUM(amount_fen) AS BIGINT) FROM payment_line \
         WHERE county_code = $1 AND batch_id = $2 GROUP BY township_id, class, state ORDER BY township_id, class, state";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(batch).fetch_all(c).await)?)
}

/// Open returns by reason within units: reason, lines, fen.
pub async fn returns_by_reason(
    tx: &mut Tx,
    county: CountyCode,
    units: Option<&[String]>,
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    let sql = format!(
        "SELECT COALESCE(reason, 'other'), COUNT(*), CAST(SUM(amount_fen) AS BIGINT) FROM payment_line \
         WHERE county_code = $1 AND state = 'returned' AND repaid_by_id IS NULL \
         AND (CAST($2 AS TEXT) IS NULL OR COALESCE(village_id, township_id) IN {}) GROUP BY 1 ORDER BY 1",
        dialect::list(tx, "$2")
    );
    let units = units.map(json::text);
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(units).fetch_all(c).await)?)
}

/// Where a line's money goes, taken anew from the roster.
#[derive(Debug, Clone)]
pub struct Payout {
    /// Which line.
    pub id: String,
    /// Name for the bank.
    pub payee: String,
    /// Whether it was given by hand.
    pub has_spelling: bool,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 账号, sealed for the line.
    pub account_sealed: Option<String>,
    /// Blind index of the account.
    pub account_index: Option<String>,
}

/// Changes where the money of draft lines goes.
pub async fn put_payouts(tx: &mut Tx, county: CountyCode, payouts: &[Payout]) -> Result<(), StoreError> {
    const SET: &str = "payee = k.k1, has_spelling = (k.k2 = '1'), bank_name = k.k3, account_sealed = k.k4, \
         account_index = k.k5";
    if payouts.is_empty() {
        return Ok(());
    }
    let sql = dialect::update(tx, "payment_line", SET, 6);
    for chunk in payouts.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|it| {
                let spelled = if it.has_spelling { "1" } else { "0" };
                (&it.id, &it.payee, spelled, &it.bank_name, &it.account_sealed, &it.account_index)
            })
            .collect();
        let (sql, rows) = (sql.clone(), json::text(&rows));
        on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(county.as_str()).bind(rows).execute(c).await.map(drop))?;
    }
    Ok(())
}
