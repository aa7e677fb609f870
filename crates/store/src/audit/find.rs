//! The reader: rows by time, actor, act, object, outcome and text. However rare what is asked for, one call looks at
//! no more than [`WINDOW`] rows and says where the next one goes on.

use super::{AuditRow, COLUMNS};
use crate::tx::Tx;
use crate::{StoreError, on};
use domain::region::CountyCode;
use sqlx::AssertSqlSafe;

/// The most rows that one call looks at.
pub const WINDOW: i64 = 20_000;

/// How far the clocks of several servers may be apart: a row may carry an earlier time than one written before it.
const SKEW_MS: i64 = 3_600_000;

/// What is asked for; an empty filter finds every row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// From this moment on, ms UTC.
    pub from_ms: Option<i64>,
    /// Before this moment.
    pub to_ms: Option<i64>,
    /// By this actor.
    pub actor: Option<String>,
    /// Acts that begin so: `roster.` or a whole act.
    pub act: Option<String>,
    /// Kind of the thing.
    pub object_kind: Option<String>,
    /// The thing itself.
    pub object_id: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// A piece of the details, the address or the request's id.
    pub text: Option<String>,
}

impl Filter {
    /// No column holds a NUL character, and PostgreSQL refuses to compare with one.
    fn has_nul(&self) -> bool {
        let all = [&self.actor, &self.act, &self.object_kind, &self.object_id, &self.outcome, &self.text];
        all.into_iter().flatten().any(|text| text.contains('\0'))
    }
}

/// In which order rows are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    Newest,
    /// As they were written.
    Oldest,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows, in the order asked for.
    pub rows: Vec<AuditRow>,
    /// From where to go on; `None` when everything was looked at.
    pub next: Option<i64>,
}

enum Value {
    Int(i64),
    Text(String),
}

/// Conditions on the rows; `$1` is the county.
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn new(county: CountyCode, low: i64, high: i64) -> Self {
        let values = vec![Value::Text(county.to_string()), Value::Int(low), Value::Int(high)];
        Self { sql: "county_code = $1 AND seq > $2 AND seq < $3".to_owned(), values }
    }

    /// Adds a condition; `?` in it is the value.
    fn add(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        let place = format!("${}", self.values.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &place));
    }

    /// What an index finds: whose rows, which thing's, those that were not simply done. Whether there is any.
    fn by_index(&mut self, filter: &Filter) -> bool {
        let before = self.values.len();
        if let Some(actor) = &filter.actor {
            self.add("actor = ?", Value::Text(actor.clone()));
        }
        if let Some(object) = &filter.object_id {
            self.add("object_id = ?", Value::Text(object.clone()));
        }
        if let Some(outcome) = filter.outcome.as_ref().filter(|outcome| *outcome != "done") {
            self.add("outcome = ? AND outcome <> 'done'", Value::Text(outcome.clone()));
        }
        self.values.len() > before
    }

    /// The rest is compared row by row.
    fn by_row(&mut self, filter: &Filter) {
        // The sign keeps SQLite from walking the index of times, out of the order of the chain.
        if let Some(from) = filter.from_ms {
            self.add("+at_ms >= ?", Value::Int(from));
        }
        if let Some(to) = filter.to_ms {
            self.add("+at_ms < ?", Value::Int(to));
        }
        if let Some(act) = &filter.act {
            self.add("act >= ?", Value::Text(act.clone()));
            self.add("act < ?", Value::Text(format!("{act}\u{10ffff}")));
        }
        if let Some(kind) = &filter.object_kind {
            self.add("object_kind = ?", Value::Text(kind.clone()));
        }
        if filter.outcome.as_deref() == Some("done") {
            self.add("outcome = ?", Value::Text("done".to_owned()));
        }
        if let Some(text) = filter.text.as_ref().filter(|text| !text.is_empty()) {
            let any = "(REPLACE(detail_json, ?, '') <> detail_json OR REPLACE(address, ?, '') <> address \
                       OR REPLACE(request_id, ?, '') <> request_id)";
            self.add(any, Value::Text(text.clone()));
        }
    }
}

/// Runs a text made here with its values.
macro_rules! bound {
    ($tx:expr, $sql:expr, $values:expr, $fetch:ident) => {
        on!($tx, c => {
            let mut query = sqlx::query_as(AssertSqlSafe($sql));
            for value in $values {
                query = match value {
                    Value::Int(number) => query.bind(*number),
                    Value::Text(text) => query.bind(text.as_str()),
                };
            }
            query.$fetch(c).await
        })
    };
}

/// The rows that fit, from the end or from `cursor` (what the call before gave as `next`).
pub async fn find(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    order: Order,
    cursor: Option<i64>,
    limit: i64,
) -> Result<Found, StoreError> {
    if filter.has_nul() {
        return Ok(Found::default());
    }
    let limit = limit.clamp(1, WINDOW);
    let (low, high) = bounds(tx, county, filter).await?;
    let (low, high) = match (order, cursor) {
        (Order::Newest, Some(cursor)) => (low, high.min(cursor)),
        (Order::Oldest, Some(cursor)) => (low.max(cursor), high),
        (_, None) => (low, high),
    };
    let (near_low, near_high) = window(tx, county, filter, order, low, high).await?;
    let mut conditions = Conditions::new(county, near_low, near_high);
    conditions.by_index(filter);
    conditions.by_row(filter);
    let direction = if order == Order::Newest { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT {COLUMNS} FROM audit WHERE {} ORDER BY seq {direction} LIMIT {}",
        conditions.sql,
        limit + 1
    );
    let mut rows: Vec<AuditRow> = bound!(tx, sql, &conditions.values, fetch_all)?;
    let has_more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    let end = if order == Order::Newest {
        (near_low > low).then_some(near_low + 1)
    } else {
        (near_high < high).then_some(near_high - 1)
    };
    let next = if has_more {
        rows.pop();
        rows.last().map(|row| row.seq)
    } else {
        end
    };
    Ok(Found { rows, next })
}

const LAST_BEFORE: &str = "SELECT seq FROM audit WHERE county_code = $1 AND at_ms < $2 \
                           ORDER BY at_ms DESC, seq DESC LIMIT 1";
const FIRST_SINCE: &str =
    "SELECT seq FROM audit WHERE county_code = $1 AND at_ms >= $2 ORDER BY at_ms, seq LIMIT 1";

/// Between which numbers (both outside) rows of that time stand, clocks that differ allowed for.
async fn bounds(tx: &mut Tx, county: CountyCode, filter: &Filter) -> Result<(i64, i64), StoreError> {
    let mut low = 0;
    if let Some(from) = filter.from_ms {
        let before = from.saturating_sub(SKEW_MS);
        let row: Option<(i64,)> = on!(tx, c =>
            sqlx::query_as(LAST_BEFORE).bind(county.as_str()).bind(before).fetch_optional(c).await)?;
        low = row.map_or(0, |(seq,)| seq);
    }
    let since: Option<(i64,)> = match filter.to_ms.map(|to| to.saturating_add(SKEW_MS)) {
        Some(to) => on!(tx, c =>
            sqlx::query_as(FIRST_SINCE).bind(county.as_str()).bind(to).fetch_optional(c).await)?,
        None => None,
    };
    let high = match since {
        Some((seq,)) => seq,
        None => crate::county::get(tx, county).await?.map_or(1, |it| it.audit_seq.saturating_add(1)),
    };
    Ok((low, high))
}

/// The part of these numbers that one call looks at.
async fn window(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    order: Order,
    low: i64,
    high: i64,
) -> Result<(i64, i64), StoreError> {
    if high.saturating_sub(low) <= WINDOW + 1 {
        return Ok((low, high));
    }
    let mut conditions = Conditions::new(county, low, high);
    if !conditions.by_index(filter) {
        return Ok(match order {
            Order::Newest => (high - WINDOW - 1, high),
            Order::Oldest => (low, low + WINDOW + 1),
        });
    }
    let (edge, direction) = if order == Order::Newest { ("MIN", "DESC") } else { ("MAX", "ASC") };
    let sql = format!(
        "SELECT {edge}(seq), COUNT(*) FROM (SELECT seq FROM audit WHERE {} ORDER BY seq {direction} LIMIT {WINDOW}) AS near",
        conditions.sql
    );
    let (edge, count): (Option<i64>, i64) = bound!(tx, sql, &conditions.values, fetch_one)?;
    Ok(match (edge.filter(|_| count == WINDOW), order) {
        (None, _) => (low, high),
        (Some(edge), Order::Newest) => (edge - 1, high),
        (Some(edge), Order::Oldest) => (low, edge + 1),
    })
}
