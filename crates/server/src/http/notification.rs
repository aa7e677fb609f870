//! The caller's notifications, and the log of who was told and when it was seen.

use super::answer::{Items, Page};
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use app::{Code, notification};
use axum::Json as Out;
use domain::ids::{NotificationId, SendingId};
use domain::notification::NotificationKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A notification as its recipient sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notification {
    /// 编号
    id: String,
    /// 种类代码
    kind: String,
    /// 种类
    kind_label: String,
    /// 标题
    title: String,
    /// 内容
    body: String,
    /// 去处（系统内的路径）
    link: String,
    /// 发给单位的；单位里先看到的人代单位签阅
    is_of_unit: bool,
    /// 时间，毫秒
    created_at_ms: i64,
    /// 是否已阅
    is_seen: bool,
    /// 已阅时间，毫秒
    seen_at_ms: Option<i64>,
}

impl From<notification::Notification> for Notification {
    fn from(it: notification::Notification) -> Self {
        Self {
            id: it.id,
            kind: it.kind,
            kind_label: it.kind_label.to_owned(),
            title: it.title,
            body: it.body,
            link: it.link,
            is_of_unit: it.is_of_unit,
            created_at_ms: it.created_at_ms,
            is_seen: it.is_seen,
            seen_at_ms: it.seen_at_ms,
        }
    }
}

/// Which notifications.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 种类代码
    kind: Option<String>,
    /// 只要未读的
    unread: Option<bool>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

impl Asked {
    fn wanted(&self) -> Result<notification::Asked, Refusal> {
        let kind = self.kind.as_deref().map(|code| {
            NotificationKind::from_code(code)
                .ok_or_else(|| Refusal::new(Code::BadRequest, format!("消息种类“{code}”不是可用的代码")))
        });
        Ok(notification::Asked {
            kind: kind.transpose()?,
            is_unread_only: self.unread.unwrap_or_default(),
            after: None,
        })
    }
}

/// `GET …/notifications`
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Page<Notification>>, Refusal> {
    let wanted = asked.wanted()?;
    let paging = app::page::Asked { cursor: asked.cursor, limit: asked.limit };
    let page = notification::page(&seat.app, &seat.caller, seat.county, &wanted, &paging).await?;
    Ok(Out(Page::of(page, Notification::from)))
}

/// How many unread notifications there are of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unread {
    /// 种类代码
    kind: String,
    /// 种类
    label: String,
    /// 条数
    count: i64,
}

/// `GET …/notifications/unread`
pub async fn unread(seat: Seat) -> Result<Out<Items<Unread>>, Refusal> {
    let counts = notification::unread(&seat.app, &seat.caller, seat.county).await?;
    let item =
        |it: notification::Unread| Unread { kind: it.kind, label: it.label.to_owned(), count: it.count };
    Ok(Out(Items { items: counts.into_iter().map(item).collect() }))
}

/// How many were marked as seen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Seen {
    /// 条数
    seen: u64,
}

/// `POST …/notifications/{id}/see`
pub async fn see(seat: Seat, Path((_, id)): Path<(String, NotificationId)>) -> Result<Out<Seen>, Refusal> {
    let seen = notification::see(&seat.app, &seat.caller, seat.county, Some(id)).await?;
    Ok(Out(Seen { seen }))
}

/// `POST …/notifications/see`
pub async fn see_all(seat: Seat) -> Result<Out<Seen>, Refusal> {
    let seen = notification::see(&seat.app, &seat.caller, seat.county, None).await?;
    Ok(Out(Seen { seen }))
}

/// One who was told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    /// 单位名称，或账号编号
    recipient: String,
    /// 是否单位
    is_unit: bool,
    /// 已阅时间，毫秒
    seen_at_ms: Option<i64>,
    /// 谁看的
    seen_by: Option<String>,
}

/// `GET …/sendings/{id}`
pub async fn told(seat: Seat, Path((_, id)): Path<(String, SendingId)>) -> Result<Out<Items<Told>>, Refusal> {
    let told = notification::told(&seat.app, &seat.caller, seat.county, id).await?;
    let items = told
        .into_iter()
        .map(|it| Told {
            recipient: it.recipient,
            is_unit: it.is_unit,
            seen_at_ms: it.seen_at_ms,
            seen_by: it.seen_by,
        })
        .collect();
    Ok(Out(Items { items }))
}
