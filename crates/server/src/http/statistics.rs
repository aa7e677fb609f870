//! The statistics table, as JSON and as files.

use super::answer::file;
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use crate::output::{self, TableFile};
use app::{Code, Problem};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

/// Which table, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 单位：代码、名称或别名；不写为全县
    unit: Option<String>,
    /// json（默认）、text、csv、xlsx、docx、pdf
    format: Option<String>,
}

/// A table; its rows and columns are those of the campaign's template.
#[derive(Debug, ToSchema)]
#[schema(value_type = Object)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Table(serde_json::Value);

/// `GET …/campaigns/{campaign}/statistics?unit=&format=`
pub async fn table(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let table = app::statistics::table(app, caller, county, &campaign, asked.unit.as_deref()).await?;
    let Some(format) = asked.format.as_deref().filter(|format| *format != "json") else {
        return Ok(Json(body(&table)).into_response());
    };
    let kind = TableFile::from_word(format).ok_or_else(|| unknown_format(format))?;
    let taken = app.taken(caller);
    app::statistics::exported(app, caller, county, &table, format).await?;
    let name = format!("{}统计表.{format}", table.unit.name);
    // Laying out a PDF takes a while: keep it off the threads that answer others.
    let bytes = tokio::task::spawn_blocking(move || output::table(&table, kind, &taken))
        .await
        .map_err(|_| Problem::new(Code::Output, "文件未能生成"))??;
    Ok(file(&name, kind.media_type(), bytes))
}

/// A table with its heading and columns, as a page shows it.
pub(super) fn body(table: &domain::statistics::Table) -> serde_json::Value {
    let mut body = formats::statistics::json(table);
    body["heading"] = json!(table.heading);
    body["columns"] = json!(table.columns);
    body
}

pub(super) fn unknown_format(format: &str) -> Problem {
    Problem::new(Code::BadRequest, format!("没有“{format}”这种格式"))
}
