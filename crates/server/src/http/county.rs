//! Counties of this database.

use super::answer::Items;
use super::problem::Refusal;
use super::state::Shared;
use super::who::{self, Visitor};
use app::{Code, Problem};
use axum::Json;
use axum::extract::{Request, State};
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

/// What is known before anybody signs in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// 库中的县；登录时在其中选择
    counties: Vec<County>,
    /// 是否可以不登录查看统计（只在本机）
    figures_are_open: bool,
}

/// `GET /api/v1/entry`
pub async fn entry(State(server): State<Shared>, request: Request) -> Result<Json<Entry>, Refusal> {
    let counties = app::county::names(&server.app).await?;
    let counties = counties.into_iter().map(|it| County { code: it.code, name: it.name }).collect();
    let (parts, _) = request.into_parts();
    Ok(Json(Entry { counties, figures_are_open: who::shows_figures(&server, &parts) }))
}
