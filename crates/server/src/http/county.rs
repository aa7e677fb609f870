//! Counties of this database.

use super::answer::Items;
use super::problem::Refusal;
use super::state::Shared;
use super::who::Visitor;
use app::{Code, Problem};
use axum::Json;
use axum::extract::State;
use domain::region::CountyCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A county.
#[derive(Debug, Serialize, ToSchema)]
pub struct County {
    /// 区划代码
    code: String,
    /// 名称
    name: String,
}

/// Reads a county's code from the path.
pub fn code(text: &str) -> Result<CountyCode, Problem> {
    text.parse().map_err(|_| Problem::new(Code::CountyUnknown, format!("县级代码“{text}”应为 6 位数字")))
}

/// `GET /api/v1/counties`
pub async fn list(
    State(server): State<Shared>,
    Visitor(caller): Visitor,
) -> Result<Json<Items<County>>, Refusal> {
    let counties = app::county::list(&server.app, &caller).await?;
    let items = counties.into_iter().map(|it| County { code: it.code, name: it.name }).collect();
    Ok(Json(Items { items }))
}
