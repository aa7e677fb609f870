//! Visited persons who are not on the roster.

use super::answer::{Page, UnitName};
use super::extract::{Json, Path, Query};
use super::person::Person;
use super::problem::Refusal;
use super::who::Seat;
use app::candidate::{self, Case, Match};
use app::{Code, page};
use axum::Json as Out;
use axum::http::StatusCode;
use domain::ids::{CandidateId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which candidates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// open 待确认（默认），apart 已认定不是名册上的人
    status: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// Whom a candidate may be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CandidateMatch)]
pub struct Likely {
    /// 名册上的人
    person: Person,
    /// number 号码相同，name 姓名相同
    by: String,
    /// 是否就在走访单位的村或乡镇
    is_near: bool,
}

/// Somebody to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Candidate {
    /// 编号
    id: String,
    /// 姓名（遮盖）
    name: String,
    /// 公民身份号码（遮盖）
    citizen: Option<String>,
    /// 走访单位
    unit: UnitName,
    /// 收到时间，毫秒
    received_at_ms: i64,
    /// 走访次数
    visits: i64,
    /// 最早的走访日期
    first_visited_on: Option<String>,
    /// 最近的走访日期
    last_visited_on: Option<String>,
    /// open 待确认，apart 不是名册上的人
    status: String,
    /// 认定不是名册上的人的理由
    reason: Option<String>,
    /// 谁认定的
    decided_by: Option<String>,
    /// 可能是名册上的谁，最像的在前
    matches: Vec<Likely>,
}

impl From<Case> for Candidate {
    fn from(it: Case) -> Self {
        let day = |text: String| Some(text).filter(|text| !text.is_empty());
        let likely = |it: candidate::Likely| Likely {
            person: it.person.into(),
            by: if it.by == Match::Number { "number" } else { "name" }.to_owned(),
            is_near: it.is_near,
        };
        Self {
            id: it.id,
            name: it.name,
            citizen: it.citizen,
            unit: it.unit.into(),
            received_at_ms: it.received_at_ms,
            visits: it.visits.0,
            first_visited_on: day(it.visits.1),
            last_visited_on: day(it.visits.2),
            status: it.status,
            reason: it.reason,
            decided_by: it.decided_by,
            matches: it.likely.into_iter().map(likely).collect(),
        }
    }
}

/// `GET …/candidates`
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Page<Candidate>>, Refusal> {
    let status = asked.status.as_deref().unwrap_or("open");
    if !matches!(status, "open" | "apart") {
        return Err(Refusal::new(Code::BadRequest, format!("状态“{status}”不是可用的代码")));
    }
    let wanted = (status, asked.names.as_deref() == Some("full"));
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let page = candidate::cases(&seat.app, &seat.caller, seat.county, wanted, &paging).await?;
    Ok(Out(Page::of(page, Candidate::from)))
}

/// Who a candidate is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CandidateConfirm)]
pub struct Confirm {
    /// 名册上的人员编号
    person: Uuid,
}

/// `POST …/candidates/{id}/confirm`
pub async fn confirm(
    seat: Seat,
    Path((_, id)): Path<(String, CandidateId)>,
    Json(asked): Json<Confirm>,
) -> Result<StatusCode, Refusal> {
    let person = PersonId(asked.person);
    candidate::confirm(&seat.app, &seat.caller, seat.county, id, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a candidate is nobody on the roster.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CandidateApart)]
pub struct Apart {
    /// 理由，1 至 200 个字
    reason: String,
}

/// `POST …/candidates/{id}/apart`
pub async fn keep_apart(
    seat: Seat,
    Path((_, id)): Path<(String, CandidateId)>,
    Json(asked): Json<Apart>,
) -> Result<StatusCode, Refusal> {
    candidate::keep_apart(&seat.app, &seat.caller, seat.county, id, &asked.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/candidates/{id}/reopen`
pub async fn reopen(seat: Seat, Path((_, id)): Path<(String, CandidateId)>) -> Result<StatusCode, Refusal> {
    candidate::reopen(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
