//! 催办: the office asks units for their table, and the log of it.

use super::answer::{Items, Page, Paging, UnitName};
use super::extract::{Json, Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use app::chase;
use axum::Json as Out;
use axum::http::StatusCode;
use domain::ids::SendingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whom to ask, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChaseSend)]
pub struct Send {
    /// 单位：代码、名称或别名，1 至 500 个
    units: Vec<String>,
    /// 催办内容，至多 300 字；不写由系统写明期限
    text: Option<String>,
    /// 一小时内催办过的，也再催一次
    #[serde(default)]
    again: bool,
}

/// What became of one unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChaseOutcome)]
pub struct Outcome {
    /// 单位
    unit: UnitName,
    /// 告知了几人
    told: usize,
    /// 该单位有没有账号；没有的，消息留给第一个账号
    has_account: bool,
    /// 已报或已收，没有发送
    is_done: bool,
}

/// What was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChaseSent)]
pub struct Sent {
    /// 催办编号；没有要催的为空
    id: Option<String>,
    /// 催办内容
    text: String,
    /// 各单位
    units: Vec<Outcome>,
}

/// `POST …/campaigns/{campaign}/chases`
pub async fn send(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Json(asked): Json<Send>,
) -> Result<(StatusCode, Out<Sent>), Refusal> {
    let wanted = chase::Wanted { units: asked.units, text: asked.text, again: asked.again };
    let sent = chase::send(&seat.app, &seat.caller, seat.county, &campaign, wanted).await?;
    let outcome = |it: chase::Outcome| Outcome {
        unit: (it.code, it.name).into(),
        told: it.told,
        has_account: it.has_account,
        is_done: it.is_done,
    };
    let units = sent.units.into_iter().map(outcome).collect();
    Ok((StatusCode::CREATED, Out(Sent { id: sent.id, text: sent.text, units })))
}

/// One time that units were asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chase {
    /// 催办编号
    id: String,
    /// 内容
    text: String,
    /// 催办人
    by_actor: String,
    /// 时间，毫秒
    at_ms: i64,
    /// 单位数
    units: i64,
    /// 告知人数
    told: i64,
    /// 已阅人数
    seen: i64,
}

/// `GET …/campaigns/{campaign}/chases`
pub async fn log(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Out<Page<Chase>>, Refusal> {
    let page = chase::log(&seat.app, &seat.caller, seat.county, &campaign, &paging.into()).await?;
    Ok(Out(Page::of(page, |it| Chase {
        id: it.id,
        text: it.body,
        by_actor: it.created_by,
        at_ms: it.created_at_ms,
        units: it.units,
        told: it.told,
        seen: it.seen,
    })))
}

/// One who was told for a unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChaseTold)]
pub struct Told {
    /// 单位
    unit: UnitName,
    /// 用户名；没有账号的单位为空
    login: Option<String>,
    /// 使用人
    name: Option<String>,
    /// 已阅时间，毫秒
    seen_at_ms: Option<i64>,
}

/// `GET …/campaigns/{campaign}/chases/{id}`
pub async fn told(
    seat: Seat,
    Path((_, campaign, id)): Path<(String, String, SendingId)>,
) -> Result<Out<Items<Told>>, Refusal> {
    let told = chase::told(&seat.app, &seat.caller, seat.county, &campaign, id).await?;
    let item = |it: chase::Told| Told {
        unit: it.unit.into(),
        login: it.login,
        name: it.name,
        seen_at_ms: it.seen_at_ms,
    };
    Ok(Out(Items { items: told.into_iter().map(item).collect() }))
}
