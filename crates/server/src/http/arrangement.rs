//! 走访安排: listed with what was done, kept, taken away, printed.

use super::answer::{Items, UnitName, etag, file};
use super::extract::{IfMatch, Json, Path, Query};
use super::person::Person;
use super::problem::Refusal;
use super::who::Seat;
use app::Code;
use app::arrangement::{self, Line, Paper, Sent, Shown, Visited};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{ArrangementId, PersonId};
use domain::visit::LeaderKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which arrangements.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 走访单位（含下级）：代码、名称或别名；不写为本账号的范围
    unit: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
}

/// A visit that has been.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArrangementVisit)]
pub struct Visit {
    /// 日期
    on: String,
    /// 走访单位
    unit: String,
    /// 走访方式代码
    method: String,
    /// 带队领导
    leader: String,
    /// 是否按安排：安排了领导的由该领导走访，没有安排领导的任何走访都算
    is_as_planned: bool,
}

impl From<Visited> for Visit {
    fn from(it: Visited) -> Self {
        Self {
            on: it.on,
            unit: it.unit,
            method: it.method.code().to_owned(),
            leader: it.leader,
            is_as_planned: it.is_as_planned,
        }
    }
}

/// A person to be visited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArrangementLine)]
pub struct LineOut {
    /// 人员（遮盖）；已依法删除的没有
    person: Option<Person>,
    /// 住址中的组，没有写为空
    group: Option<u32>,
    /// 已有的走访；没有为空
    visited: Option<Visit>,
}

impl From<Line> for LineOut {
    fn from(it: Line) -> Self {
        Self { person: it.person.map(Person::from), group: it.group, visited: it.visited.map(Visit::from) }
    }
}

/// Whom a unit is to visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Arrangement {
    /// 编号
    id: String,
    /// 活动代码
    campaign: String,
    /// 走访单位
    unit: UnitName,
    /// 日期；没有定为空
    planned_on: Option<String>,
    /// 带队领导；空为分给单位走访
    leader_name: String,
    /// 领导职务
    leader_title: String,
    /// 领导类别代码
    leader_kind: Option<String>,
    /// 随行人员
    party: String,
    /// 备注
    note: String,
    /// 走访对象，按走访次序
    lines: Vec<LineOut>,
    /// 已按安排走访的人数
    done: usize,
    /// 登记人
    by: String,
    /// 登记时间，毫秒
    at_ms: i64,
    /// 版本
    version: i64,
}

impl From<Shown> for Arrangement {
    fn from(it: Shown) -> Self {
        Self {
            id: it.id,
            campaign: it.campaign,
            unit: it.unit.into(),
            planned_on: it.planned_on,
            leader_name: it.leader_name,
            leader_title: it.leader_title,
            leader_kind: it.leader_kind.map(|kind| kind.code().to_owned()),
            party: it.party,
            note: it.note,
            lines: it.lines.into_iter().map(LineOut::from).collect(),
            done: it.done,
            by: it.by,
            at_ms: it.at_ms,
            version: it.version,
        }
    }
}

/// `GET …/campaigns/{campaign}/arrangements`
pub async fn list(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Out<Items<Arrangement>>, Refusal> {
    let which = (asked.unit.as_deref(), asked.names.as_deref() == Some("full"));
    let all = arrangement::list(&seat.app, &seat.caller, seat.county, &campaign, which).await?;
    Ok(Out(Items { items: all.into_iter().map(Arrangement::from).collect() }))
}

/// How the paper is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// 走访单位（含下级）
    unit: Option<String>,
    /// plan 领导走访安排表（默认），day_list 走访清单，按村、组
    paper: Option<String>,
    /// xlsx（默认）、docx、pdf
    format: Option<String>,
}

/// `GET …/campaigns/{campaign}/arrangements/paper`
pub async fn print(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Printed>,
) -> Result<Response, Refusal> {
    let (paper, name) = match asked.paper.as_deref() {
        None | Some("plan") => (Paper::Plan, "领导走访安排表"),
        Some("day_list") => (Paper::DayList, "走访清单"),
        Some(other) => return Err(Refusal::new(Code::BadRequest, format!("没有“{other}”这种表"))),
    };
    let (app, caller) = (&seat.app, &seat.caller);
    let format = super::paper::format(asked.format.as_deref())?;
    let sheet =
        arrangement::print(app, caller, seat.county, &campaign, (asked.unit.as_deref(), paper)).await?;
    let (bytes, media_type) = super::paper::bytes(&sheet, format).await?;
    Ok(file(&format!("{name}-{}.{}", app.today(), format.ending()), media_type, bytes))
}

/// `GET …/arrangements/{id}`
pub async fn get(seat: Seat, Path((_, id)): Path<(String, ArrangementId)>) -> Result<Response, Refusal> {
    let found = arrangement::get(&seat.app, &seat.caller, seat.county, id).await?;
    Ok((etag(found.version), Out(Arrangement::from(found))).into_response())
}

/// Whom a unit is to visit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArrangementIn {
    /// 活动代码
    campaign: String,
    /// 走访单位：代码、名称或别名
    unit: String,
    /// 日期，如 2024-07-25；领导走访必填
    planned_on: Option<String>,
    /// 带队领导
    #[serde(default)]
    leader_name: String,
    /// 领导职务
    #[serde(default)]
    leader_title: String,
    /// 领导类别：principal、deputy、other
    leader_kind: Option<String>,
    /// 随行人员
    #[serde(default)]
    party: String,
    /// 备注
    #[serde(default)]
    note: String,
    /// 走访对象的人员编号，按走访次序
    persons: Vec<Uuid>,
}

/// `PUT …/arrangements/{id}`: repeating it is harmless.
pub async fn put(
    seat: Seat,
    Path((_, id)): Path<(String, ArrangementId)>,
    IfMatch(expected): IfMatch,
    Json(body): Json<ArrangementIn>,
) -> Result<Response, Refusal> {
    if id.0.get_version_num() != 7 {
        return Err(Refusal::new(Code::BadRequest, "走访安排的编号应为客户端生成的 UUIDv7"));
    }
    let day = |text: String| {
        text.parse().map_err(|_| Refusal::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-07-25")))
    };
    let kind = |code: String| {
        LeaderKind::from_code(&code)
            .ok_or_else(|| Refusal::new(Code::BadRequest, format!("领导类别“{code}”不是可用的代码")))
    };
    let sent = Sent {
        id,
        campaign: body.campaign,
        unit: body.unit,
        planned_on: body.planned_on.filter(|it| !it.is_empty()).map(day).transpose()?,
        leader_name: body.leader_name,
        leader_title: body.leader_title,
        leader_kind: body.leader_kind.filter(|it| !it.is_empty()).map(kind).transpose()?,
        party: body.party,
        note: body.note,
        persons: body.persons.into_iter().map(PersonId).collect(),
        expected,
    };
    let is_new = arrangement::put(&seat.app, &seat.caller, seat.county, sent).await?;
    let found = arrangement::get(&seat.app, &seat.caller, seat.county, id).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, etag(found.version), Out(Arrangement::from(found))).into_response())
}

/// `DELETE …/arrangements/{id}`
pub async fn delete(seat: Seat, Path((_, id)): Path<(String, ArrangementId)>) -> Result<StatusCode, Refusal> {
    arrangement::delete(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
