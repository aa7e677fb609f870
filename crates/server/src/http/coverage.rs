//! Coverage: who is still to be visited, as JSON and as files.

use super::answer::file;
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::statistics::unknown_format;
use super::who::Seat;
use crate::output::{self, CoverageFile};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which unit, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 单位：代码、名称或别名；不写为全县
    unit: Option<String>,
    /// json（默认）、text、csv、xlsx
    format: Option<String>,
}

/// Coverage by obligation; the obligations are those of the campaign's template.
#[derive(Debug, ToSchema)]
#[schema(value_type = Object)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Coverage(serde_json::Value);

/// `GET …/campaigns/{campaign}/coverage?unit=&format=`
pub async fn table(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let coverage = app::coverage::of(app, caller, county, &campaign, asked.unit.as_deref()).await?;
    let Some(format) = asked.format.as_deref().filter(|format| *format != "json") else {
        return Ok(Json(formats::coverage::json(&coverage)).into_response());
    };
    let kind = CoverageFile::from_word(format).ok_or_else(|| unknown_format(format))?;
    app::coverage::exported(app, caller, county, &coverage, format).await?;
    let name = format!("{}覆盖情况.{format}", coverage.unit.name);
    let bytes = output::coverage(&coverage, kind, &app.taken(caller))?;
    Ok(file(&name, kind.media_type(), bytes))
}
