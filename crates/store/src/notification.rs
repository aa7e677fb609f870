//! Notifications in the app: what was told, who was told and when it was seen.

use crate::door::Act;
use crate::tx::Tx;
use crate::{StoreError, bulk, dialect, json, on};
use domain::ids::{NotificationId, SendingId};
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow};

/// Something to be told.
#[derive(Debug, Clone)]
pub struct NewSending {
    /// Identity.
    pub id: SendingId,
    /// What it is about.
    pub kind: NotificationKind,
    /// One line.
    pub title: String,
    /// More; no personal data.
    pub body: String,
    /// Where it leads, a path within the app; empty when nowhere.
    pub link: String,
    /// Who tells it.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
}

/// A notification as its recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Notification {
    /// Identity.
    pub id: String,
    /// To whom: `account:…` or `unit:…`.
    pub recipient: String,
    /// Code of its kind.
    pub kind: String,
    /// One line.
    pub title: String,
    /// More.
    pub body: String,
    /// Where it leads.
    pub link: String,
    /// Who told it.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
    /// Whether it was seen.
    pub is_seen: bool,
    /// When it was seen, ms UTC.
    pub seen_at_ms: Option<i64>,
    /// Number of its last change.
    pub change_seq: i64,
}

const COLUMNS: &str = "n.id, n.recipient, n.kind, s.title, s.body, s.link, s.created_by, n.created_at_ms, \
                       n.is_seen, n.seen_at_ms, n.change_seq";
const FROM: &str =
    "FROM notification n JOIN sending s ON s.county_code = n.county_code AND s.id = n.sending_id";

const LAST: &str = "SELECT COALESCE(MAX(change_seq), 0) FROM notification WHERE county_code = $1";

/// The number of the county's last change of a notification.
pub async fn last_seq(tx: &mut Tx, county: CountyCode) -> Result<i64, StoreError> {
    let (last,): (i64,) = on!(tx, c => sqlx::query_as(LAST).bind(county.as_str()).fetch_one(c).await)?;
    Ok(last)
}

const ADD: &str = "INSERT INTO sending (county_code, id, kind, title, body, link, created_by, created_at_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Tells something to recipients, each once; three statements however many they are.
pub async fn send(
    act: &mut Act,
    sending: &NewSending,
    recipients: &[(NotificationId, Recipient)],
) -> Result<(), StoreError> {
    const ROW: &[&str] =
        &["county_code", "id", "sending_id", "recipient", "kind", "is_seen", "change_seq", "created_at_ms"];
    act.ring();
    let county = act.county();
    let last = last_seq(act, county).await?;
    on!(act, c => sqlx::query(ADD)
        .bind(county.as_str())
        .bind(sending.id.to_string())
        .bind(sending.kind.code())
        .bind(sending.title.as_str())
        .bind(sending.body.as_str())
        .bind(sending.link.as_str())
        .bind(sending.created_by.as_str())
        .bind(sending.created_at_ms)
        .execute(c)
        .await
        .map(drop))?;
    let (kind, at_ms) = (sending.kind.code(), sending.created_at_ms);
    let rows: Vec<_> = (last + 1..)
        .zip(recipients)
        .map(|(seq, (id, recipient))| (county, id, sending.id, recipient, kind, false, seq, at_ms))
        .collect();
    bulk::insert(act, "notification", ROW, &rows).await
}

/// Which notifications, and from where on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// Only of this kind.
    pub kind: Option<NotificationKind>,
    /// Only those not seen yet.
    pub is_unread_only: bool,
    /// Behind this one: whether it was seen, when it was made, its id.
    pub after: Option<(bool, i64, NotificationId)>,
}

/// Notifications of recipients: unread ones first, then the newest first.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    recipients: &[Recipient],
    asked: &Asked,
    limit: i64,
) -> Result<Vec<Notification>, StoreError> {
    let among = dialect::list(tx, "$2");
    let seen = if asked.is_unread_only { "n.is_seen = FALSE" } else { "TRUE" };
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE n.county_code = $1 AND n.recipient IN {among} AND {seen} \
         AND ($3 = '' OR n.kind = $3) AND (n.is_seen > $4 OR (n.is_seen = $4 \
         AND (n.created_at_ms < $5 OR (n.created_at_ms = $5 AND n.id < $6)))) \
         ORDER BY n.is_seen, n.created_at_ms DESC, n.id DESC LIMIT $7"
    );
    let (is_seen, at_ms, id) = asked
        .after
        .map_or((false, i64::MAX, String::new()), |(is_seen, at_ms, id)| (is_seen, at_ms, id.to_string()));
    let (recipients, kind) = (json::text(recipients), asked.kind.map_or("", NotificationKind::code));
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(county.as_str())
        .bind(recipients)
        .bind(kind)
        .bind(is_seen)
        .bind(at_ms)
        .bind(id)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// How many unread notifications recipients have, by the code of the kind.
pub async fn unread(
    tx: &mut Tx,
    county: CountyCode,
    recipients: &[Recipient],
) -> Result<Vec<(String, i64)>, StoreError> {
    let among = dialect::list(tx, "$2");
    let sql = format!(
        "SELECT kind, COUNT(*) FROM notification WHERE county_code = $1 AND recipient IN {among} \
         AND is_seen = FALSE GROUP BY kind ORDER BY kind"
    );
    let recipients = json::text(recipients);
    Ok(
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(recipients).fetch_all(c).await)?,
    )
}

/// Marks unread notifications of these recipients as seen: the named one, or all. Says how many.
pub async fn see(
    act: &mut Act,
    recipients: &[Recipient],
    only: Option<NotificationId>,
    by: &str,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let county = act.county();
    let last = last_seq(act, county).await?;
    let among = dialect::list(act, "$2");
    let sql = format!(
        "UPDATE notification SET is_seen = TRUE, seen_at_ms = $4, seen_by = $5, change_seq = $6 + r.place \
         FROM (SELECT county_code, id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM notification \
         WHERE county_code = $1 AND recipient IN {among} AND ($3 = '' OR id = $3) AND is_seen = FALSE) AS r \
         WHERE notification.county_code = $1 AND r.county_code = notification.county_code \
         AND notification.id = r.id"
    );
    let recipients = json::text(recipients);
    let only = only.map_or(String::new(), |id| id.to_string());
    let seen = on!(act, c => sqlx::query(AssertSqlSafe(sql))
        .bind(county.as_str())
        .bind(recipients)
        .bind(only)
        .bind(now_ms)
        .bind(by)
        .bind(last)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    if seen > 0 {
        act.ring();
    }
    Ok(seen)
}

/// Notifications of recipients that changed after a number, in the order of their last change.
pub async fn changed(
    tx: &mut Tx,
    county: CountyCode,
    recipients: &[Recipient],
    after: i64,
    limit: i64,
) -> Result<Vec<Notification>, StoreError> {
    let among = dialect::list(tx, "$2");
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE n.county_code = $1 AND n.recipient IN {among} AND n.change_seq > $3 \
         ORDER BY n.change_seq, n.id LIMIT $4"
    );
    let recipients = json::text(recipients);
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(county.as_str())
        .bind(recipients)
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// The numbers of the last changes that concern a reader: of notifications and of the reader's own jobs.
pub async fn heads(
    tx: &mut Tx,
    county: CountyCode,
    recipients: &[Recipient],
    owner: &str,
) -> Result<(i64, i64), StoreError> {
    let among = dialect::list(tx, "$2");
    let sql = format!(
        "SELECT COALESCE((SELECT MAX(change_seq) FROM notification WHERE county_code = $1 \
         AND recipient IN {among}), 0), COALESCE((SELECT MAX(change_seq) FROM job WHERE created_by = $3 \
         AND county_code = $1), 0)"
    );
    let recipients = json::text(recipients);
    Ok(on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(county.as_str())
        .bind(recipients)
        .bind(owner)
        .fetch_one(c)
        .await)?)
}

/// One sending, for the log.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Sending {
    /// Identity.
    pub id: String,
    /// Code of its kind.
    pub kind: String,
    /// One line.
    pub title: String,
    /// Who told it.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
    /// How many were told.
    pub told: i64,
    /// How many have seen it.
    pub seen: i64,
}

/// Sendings, the newest first, each with how many were told and have seen it; those older than `before`.
pub async fn log(
    tx: &mut Tx,
    county: CountyCode,
    before: Option<(i64, SendingId)>,
    limit: i64,
) -> Result<Vec<Sending>, StoreError> {
    const SQL: &str = "SELECT s.id, s.kind, s.title, s.created_by, s.created_at_ms, \
         CAST((SELECT COUNT(*) FROM notification n WHERE n.county_code = s.county_code AND n.sending_id = s.id) AS BIGINT) AS told, \
         CAST((SELECT COUNT(*) FROM notification n WHERE n.county_code = s.county_code AND n.sending_id = s.id AND n.is_seen = TRUE) AS BIGINT) AS seen \
         FROM sending s WHERE s.county_code = $1 AND (s.created_at_ms < $2 OR (s.created_at_ms = $2 AND s.id < $3)) \
         ORDER BY s.created_at_ms DESC, s.id DESC LIMIT $4";
    let (at_ms, id) = before.map_or((i64::MAX, String::new()), |(at_ms, id)| (at_ms, id.to_string()));
    Ok(on!(tx, c => sqlx::query_as(SQL)
        .bind(county.as_str())
        .bind(at_ms)
        .bind(id)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// One who was told.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Told {
    /// To whom: `account:…` or `unit:…`.
    pub recipient: String,
    /// When it was seen, ms UTC.
    pub seen_at_ms: Option<i64>,
    /// Who saw it.
    pub seen_by: Option<String>,
}

/// Who was told by a sending and when each saw it; those who have not first.
pub async fn told(tx: &mut Tx, county: CountyCode, sending: SendingId) -> Result<Vec<Told>, StoreError> {
    const SQL: &str = "SELECT recipient, seen_at_ms, seen_by FROM notification \
                       WHERE county_code = $1 AND sending_id = $2 ORDER BY seen_at_ms NULLS FIRST, recipient";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(sending.to_string()).fetch_all(c).await)?)
}
