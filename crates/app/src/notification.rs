//! Notifications in the app (消息): told in the act they are about, read and seen by their recipients, and the log of
//! who was told and when it was seen.

use crate::page::{self, Page};
use crate::{App, Caller, Code, Problem, Who};
use domain::authority::{Permission, Role};
use domain::finding::Counts;
use domain::ids::{NotificationId, SendingId};
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use store::Act;
pub use store::notification::Asked;
use store::notification::{NewSending, Sending};

/// What a notification says; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub title: String,
    /// More; may be empty.
    pub body: String,
    /// A path within the app; may be empty.
    pub link: String,
}

/// Tells something to recipients, each once, as part of the act it is about: when the act is taken back nobody was
/// told. `None` when there is nobody to tell.
pub async fn notify(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    kind: NotificationKind,
    text: Text,
    recipients: impl IntoIterator<Item = Recipient>,
) -> Result<Option<SendingId>, Problem> {
    let recipients: BTreeSet<Recipient> = recipients.into_iter().collect();
    if recipients.is_empty() {
        return Ok(None);
    }
    let rows: Vec<(NotificationId, Recipient)> = recipients.into_iter().map(|it| (app.id(), it)).collect();
    let sending = NewSending {
        id: app.id(),
        kind,
        title: text.title,
        body: text.body,
        link: text.link,
        created_by: caller.actor.clone(),
        created_at_ms: app.now_ms(),
    };
    store::notification::send(act, &sending, &rows).await?;
    Ok(Some(sending.id))
}

/// Tells whoever started an import how it ended.
pub(crate) async fn import_finished(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    what: &'static str,
    import: &str,
    counts: Counts,
) -> Result<(), Problem> {
    let text = Text {
        title: format!("{what}导入完成"),
        body: format!(
            "读取 {} 行：新增 {}，变更 {}，未变 {}，拒绝 {}",
            counts.read, counts.added, counts.changed, counts.unchanged, counts.refused
        ),
        link: format!("/imports/{import}"),
    };
    notify(app, act, caller, NotificationKind::ImportFinished, text, caller.recipient()).await?;
    Ok(())
}

/// Whose notifications and jobs a caller reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The county.
    pub county: CountyCode,
    /// Owner of jobs.
    pub owner: String,
    /// The account itself, and its units.
    pub recipients: Vec<Recipient>,
}

impl Caller {
    /// How jobs and notifications name this caller as their owner.
    #[must_use]
    pub fn owner(&self) -> String {
        match &self.who {
            Who::Machine => self.actor.clone(),
            Who::Account(principal) => principal.account.to_string(),
        }
    }

    /// The caller as one who can be told something; the operating-system user reads no notifications.
    #[must_use]
    pub fn recipient(&self) -> Option<Recipient> {
        matches!(self.who, Who::Account(_)).then(|| Recipient::Account(self.owner()))
    }

    /// Whose notifications and jobs this caller reads: the account's own, and those told to units in which it acts.
    /// Who only looks on (a leader's view) does not see a notification in the unit's stead.
    pub fn reader(&self, county: CountyCode) -> Result<Reader, Problem> {
        self.permit(Permission::NoticeRead, county)?;
        let owner = self.owner();
        let mut recipients = vec![Recipient::Account(owner.clone())];
        if let Who::Account(principal) = &self.who {
            let acting = principal.grants.iter().filter(|grant| grant.role != Role::Viewer);
            recipients.extend(acting.filter_map(|grant| grant.unit).map(Recipient::Unit));
        }
        recipients.sort();
        recipients.dedup();
        Ok(Reader { county, owner, recipients })
    }
}

/// A notification as its recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// Identity.
    pub id: String,
    /// Code of its kind.
    pub kind: String,
    /// The kind in words.
    pub kind_label: &'static str,
    /// One line.
    pub title: String,
    /// More.
    pub body: String,
    /// Where it leads, a path within the app; empty when nowhere.
    pub link: String,
    /// Whether it was told to a unit; then the first to see it sees it for the unit.
    pub is_of_unit: bool,
    /// When, ms UTC.
    pub created_at_ms: i64,
    /// Whether it was seen.
    pub is_seen: bool,
    /// When it was seen, ms UTC.
    pub seen_at_ms: Option<i64>,
}

impl From<store::notification::Notification> for Notification {
    fn from(row: store::notification::Notification) -> Self {
        Self {
            kind_label: NotificationKind::from_code(&row.kind).map_or("消息", NotificationKind::label),
            is_of_unit: row.recipient.starts_with("unit:"),
            id: row.id,
            kind: row.kind,
            title: row.title,
            body: row.body,
            link: row.link,
            created_at_ms: row.created_at_ms,
            is_seen: row.is_seen,
            seen_at_ms: row.seen_at_ms,
        }
    }
}

/// The caller's notifications: unread ones first, then the newest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    asked: &Asked,
    limit: i64,
) -> Result<Vec<Notification>, Problem> {
    app.permit(caller, Permission::NoticeRead, county).await?;
    let reader = caller.reader(county)?;
    let mut tx = app.db.read().await?;
    let rows = store::notification::list(&mut tx, county, &reader.recipients, asked, limit).await?;
    Ok(rows.into_iter().map(Notification::from).collect())
}

/// One page of the caller's notifications: unread ones first, then the newest first.
pub async fn page(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    asked: &Asked,
    paging: &page::Asked,
) -> Result<Page<Notification>, Problem> {
    app.permit(caller, Permission::NoticeRead, county).await?;
    let limit = paging.limit()?;
    let asked = Asked { after: paging.after(app, county, "notification")?, ..*asked };
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = list(app, caller, county, &asked, most).await?;
    let place = |row: &Notification| (row.is_seen, row.created_at_ms, row.id.clone());
    Page::cut(app, (county, "notification"), rows, limit, place, Ok)
}

/// How many unread notifications there are of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Code of the kind.
    pub kind: String,
    /// The kind in words.
    pub label: &'static str,
    /// How many.
    pub count: i64,
}

/// The caller's unread notifications, counted by kind; kinds without any are left out.
pub async fn unread(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Unread>, Problem> {
    app.permit(caller, Permission::NoticeRead, county).await?;
    let reader = caller.reader(county)?;
    let mut tx = app.db.read().await?;
    let counts = store::notification::unread(&mut tx, county, &reader.recipients).await?;
    let label = |kind: &str| NotificationKind::from_code(kind).map_or("消息", NotificationKind::label);
    Ok(counts.into_iter().map(|(kind, count)| Unread { label: label(&kind), kind, count }).collect())
}

/// Marks the caller's unread notifications as seen: the named one, or all. Says how many; one that was seen before,
/// or is another's, is none.
pub async fn see(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    only: Option<NotificationId>,
) -> Result<u64, Problem> {
    app.permit(caller, Permission::NoticeRead, county).await?;
    let reader = caller.reader(county)?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let now_ms = inner.now_ms();
                let seen =
                    store::notification::see(act, &reader.recipients, only, &caller.actor, now_ms).await?;
                if seen == 0 {
                    act.nothing_written();
                    return Ok(0);
                }
                let object = only.map_or_else(|| "*".to_owned(), |id| id.to_string());
                let detail = json!({ "count": seen });
                act.audit(inner.entry(&caller, "notification.see", "notification", &object, detail)).await?;
                Ok(seen)
            })
        })
        .await
}

/// The log: what was told to how many, and how many have seen it; the newest first, those older than `before`.
pub async fn log(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    before: Option<(i64, SendingId)>,
    limit: i64,
) -> Result<Vec<Sending>, Problem> {
    app.permit(caller, Permission::NoticeLog, county).await?;
    let mut tx = app.db.read().await?;
    Ok(store::notification::log(&mut tx, county, before, limit).await?)
}

/// One who was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The unit's name, or the account's id.
    pub recipient: String,
    /// Whether it is a unit.
    pub is_unit: bool,
    /// When it was seen, ms UTC.
    pub seen_at_ms: Option<i64>,
    /// Who saw it.
    pub seen_by: Option<String>,
}

/// Who was told by one sending and when each saw it; those who have not first.
pub async fn told(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    sending: SendingId,
) -> Result<Vec<Told>, Problem> {
    app.permit(caller, Permission::NoticeLog, county).await?;
    let mut tx = app.db.read().await?;
    let rows = store::notification::told(&mut tx, county, sending).await?;
    if rows.is_empty() {
        return Err(Problem::new(Code::NotFound, format!("没有编号为 {sending} 的发送记录")));
    }
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let name = |recipient: &str| match recipient.parse() {
        Ok(Recipient::Unit(unit)) => (units.full_name(unit), true),
        Ok(Recipient::Account(account)) => (account, false),
        Err(_) => (recipient.to_owned(), false),
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let (recipient, is_unit) = name(&row.recipient);
            Told { recipient, is_unit, seen_at_ms: row.seen_at_ms, seen_by: row.seen_by }
        })
        .collect())
}
