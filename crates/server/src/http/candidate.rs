//! Visited persons who are not on the roster.

use super::answer::Items;
use super::extract::{Json, Path};
use super::problem::Refusal;
use super::who::Seat;
use axum::Json as Out;
use axum::http::StatusCode;
use domain::ids::{CandidateId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Candidate {
    /// 编号
    id: String,
    /// 姓名（遮盖）
    name: String,
    /// 走访单位
    unit: String,
}

/// `GET …/candidates`
pub async fn list(mut seat: Seat) -> Result<Out<Items<Candidate>>, Refusal> {
    seat.caller.hides_names = true;
    let open = app::candidate::list(&seat.app, &seat.caller, seat.county).await?;
    let items = open.into_iter().map(|it| Candidate { id: it.id, name: it.name, unit: it.unit }).collect();
    Ok(Out(Items { items }))
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
    app::candidate::confirm(&seat.app, &seat.caller, seat.county, id, person).await?;
    Ok(StatusCode::NO_CONTENT)
}
