//! 人员变动: reported, listed, decided, taken back.

use super::answer::{Items, Names, Page, UnitName, etag};
use super::extract::{Json, Path, Query};
use super::person::Person;
use super::problem::Refusal;
use super::who::Seat;
use app::status_change::{self, Sent, Shown, Wanted};
use app::{Code, page};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{FileId, PersonId, StatusChangeId};
use domain::status_change::{ChangeKind, ChangeState};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

fn unusable(what: &str, code: &str) -> Refusal {
    Refusal::new(Code::BadRequest, format!("{what}“{code}”不是可用的代码"))
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 状态：pending 待审核，confirmed 已确认，refused 已退回，withdrawn 已撤回
    state: Option<String>,
    /// 种类：death、move_out、move_within、move_in、suspend、resume
    kind: Option<String>,
    /// 上报时所在的单位（含下级）：代码、名称或别名
    unit: Option<String>,
    /// 人员编号
    person: Option<Uuid>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// A reported change.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusChange {
    /// 编号
    id: String,
    /// 人员（遮盖）；已依法删除的没有
    person: Option<Person>,
    /// 上报时所在的单位
    unit: UnitName,
    /// 种类代码
    kind: String,
    /// 种类名称
    kind_label: String,
    /// 变动日期
    happened_on: String,
    /// 县内迁往的单位
    target: Option<UnitName>,
    /// 县外去向，只在查看单条时给出
    target_text: Option<String>,
    /// 原因，只在查看单条时给出
    reason: Option<String>,
    /// 证明材料的文件编号
    files: Vec<String>,
    /// 状态代码
    state: String,
    /// 状态名称
    state_label: String,
    /// 上报人
    by: String,
    /// 上报时间，毫秒
    at_ms: i64,
    /// 审核人
    decided_by: Option<String>,
    /// 审核时间，毫秒
    decided_at_ms: Option<i64>,
    /// 审核意见，只在查看单条时给出
    decision: Option<String>,
    /// 版本
    version: i64,
}

impl From<Shown> for StatusChange {
    fn from(it: Shown) -> Self {
        Self {
            id: it.id,
            person: it.person.map(Person::from),
            unit: it.unit.into(),
            kind: it.kind.code().to_owned(),
            kind_label: it.kind.label().to_owned(),
            happened_on: it.happened_on,
            target: it.target.map(UnitName::from),
            target_text: it.target_text,
            reason: it.reason,
            files: it.files.iter().map(ToString::to_string).collect(),
            state: it.state.code().to_owned(),
            state_label: it.state.label().to_owned(),
            by: it.by,
            at_ms: it.at_ms,
            decided_by: it.decided_by,
            decided_at_ms: it.decided_at_ms,
            decision: it.decision,
            version: it.version,
        }
    }
}

/// `GET …/status-changes`
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Page<StatusChange>>, Refusal> {
    let state = |code: String| ChangeState::from_code(&code).ok_or_else(|| unusable("状态", &code));
    let kind = |code: String| ChangeKind::from_code(&code).ok_or_else(|| unusable("种类", &code));
    let wanted = Wanted {
        state: asked.state.map(state).transpose()?,
        kind: asked.kind.map(kind).transpose()?,
        unit: asked.unit,
        person: asked.person.map(PersonId),
        full_names: asked.names.as_deref() == Some("full"),
    };
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let page = status_change::list(&seat.app, &seat.caller, seat.county, &wanted, &paging).await?;
    Ok(Out(Page::of(page, StatusChange::from)))
}

/// How many changes are in a state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusChangeCount)]
pub struct Count {
    /// 状态代码
    state: String,
    /// 名称
    label: String,
    /// 条数
    count: i64,
}

/// `GET …/status-changes/counts`
pub async fn counts(seat: Seat) -> Result<Out<Items<Count>>, Refusal> {
    let counts = status_change::counts(&seat.app, &seat.caller, seat.county).await?;
    let items = counts
        .into_iter()
        .map(|(state, count)| Count {
            state: state.code().to_owned(),
            label: state.label().to_owned(),
            count,
        })
        .collect();
    Ok(Out(Items { items }))
}

/// `GET …/status-changes/{id}`
pub async fn get(
    seat: Seat,
    Path((_, id)): Path<(String, StatusChangeId)>,
    Query(asked): Query<Names>,
) -> Result<Response, Refusal> {
    let found = status_change::get(&seat.app, &seat.caller, seat.county, id, asked.are_full()).await?;
    Ok((etag(found.version), Out(StatusChange::from(found))).into_response())
}

/// A change as it is reported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChangeIn {
    /// 人员编号
    person: Uuid,
    /// 种类：death、move_out、move_within、move_in、suspend、resume
    kind: String,
    /// 变动日期，如 2024-07-20
    happened_on: String,
    /// 县内迁往的乡镇（街道）
    target_township: Option<String>,
    /// 县内迁往的村（社区）
    target_village: Option<String>,
    /// 县外去向
    #[serde(default)]
    target_text: String,
    /// 原因和经过
    reason: String,
    /// 证明材料的文件编号：这个人的，或对这个人走访的
    #[serde(default)]
    files: Vec<Uuid>,
}

/// `PUT …/status-changes/{id}`: repeating it is harmless.
pub async fn report(
    seat: Seat,
    Path((_, id)): Path<(String, StatusChangeId)>,
    Json(body): Json<StatusChangeIn>,
) -> Result<Response, Refusal> {
    if id.0.get_version_num() != 7 {
        return Err(Refusal::new(Code::BadRequest, "人员变动的编号应为客户端生成的 UUIDv7"));
    }
    let happened_on: Date = body.happened_on.parse().map_err(|_| {
        Refusal::new(Code::BadRequest, format!("“{}”不是日期，应如 2024-07-20", body.happened_on))
    })?;
    let sent = Sent {
        id,
        person: PersonId(body.person),
        kind: ChangeKind::from_code(&body.kind).ok_or_else(|| unusable("种类", &body.kind))?,
        happened_on,
        target_township: body.target_township,
        target_village: body.target_village,
        target_text: body.target_text,
        reason: body.reason,
        files: body.files.into_iter().map(FileId).collect(),
    };
    let is_new = status_change::report(&seat.app, &seat.caller, seat.county, sent).await?;
    let found = status_change::get(&seat.app, &seat.caller, seat.county, id, false).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, etag(found.version), Out(StatusChange::from(found))).into_response())
}

/// What is said of a reported change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusChangeDecision)]
pub struct Decision {
    /// true 确认，名册随之变更；false 退回
    confirm: bool,
    /// 意见；退回时必填
    #[serde(default)]
    reason: String,
}

/// `POST …/status-changes/{id}/decide`
pub async fn decide(
    seat: Seat,
    Path((_, id)): Path<(String, StatusChangeId)>,
    Json(body): Json<Decision>,
) -> Result<Out<StatusChange>, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    status_change::decide(app, caller, county, id, body.confirm, &body.reason).await?;
    Ok(Out(status_change::get(app, caller, county, id, false).await?.into()))
}

/// `POST …/status-changes/{id}/withdraw`
pub async fn withdraw(
    seat: Seat,
    Path((_, id)): Path<(String, StatusChangeId)>,
) -> Result<StatusCode, Refusal> {
    status_change::withdraw(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
