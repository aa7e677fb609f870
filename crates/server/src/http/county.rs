//! Reading a county: units, campaigns, the table and the coverage, as JSON or as files.

use super::{AppState, Refusal, caller};
use crate::output::{self, CoverageFile, TableFile};
use app::{Caller, Code, Problem};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::region::CountyCode;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the page asks for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    unit: Option<String>,
    format: Option<String>,
}

fn code(text: &str) -> Result<CountyCode, Refusal> {
    text.parse()
        .map_err(|_| Refusal(Problem::new(Code::CountyUnknown, format!("县级代码“{text}”应为 6 位数字"))))
}

/// `GET /api/v1/counties`
pub async fn counties(State(app): AppState) -> Result<Json<Value>, Refusal> {
    let items: Vec<Value> = app::county::list(&app, &Caller::machine("page"))
        .await?
        .into_iter()
        .map(|county| json!({ "code": county.code, "name": county.name }))
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// `GET /api/v1/counties/{county}/units`
pub async fn units(State(app): AppState, Path(county): Path<String>) -> Result<Json<Value>, Refusal> {
    let county = code(&county)?;
    let tree = app::unit::tree(&app, &caller(county), county).await?;
    let mut units: Vec<&domain::unit::Unit> =
        tree.all().iter().filter(|unit| unit.valid_to.is_none()).collect();
    units.sort_by(|a, b| a.code.cmp(&b.code));
    let items: Vec<Value> = units
        .into_iter()
        .map(|unit| {
            json!({
                "code": unit.code,
                "name": unit.name,
                "short_name": unit.short_name,
                "kind": unit.kind,
                "parent": unit.parent_id.and_then(|id| tree.get(id)).map(|parent| &parent.code),
            })
        })
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// `GET /api/v1/counties/{county}/campaigns`
pub async fn campaigns(State(app): AppState, Path(county): Path<String>) -> Result<Json<Value>, Refusal> {
    let county = code(&county)?;
    let items: Vec<Value> = app::campaign::list(&app, &caller(county), county)
        .await?
        .into_iter()
        .map(|campaign| {
            json!({
                "code": campaign.code,
                "name": format!("{}年{}", campaign.year, campaign.template.name),
                "deadline": campaign.deadline,
                "is_open": campaign.is_open,
            })
        })
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// `GET …/campaigns/{campaign}/statistics?unit=&format=`
pub async fn statistics(
    State(app): AppState,
    Path((county, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let county = code(&county)?;
    let table =
        app::statistics::table(&app, &caller(county), county, &campaign, asked.unit.as_deref()).await?;
    let Some(format) = asked.format.as_deref().filter(|format| *format != "json") else {
        let mut body = formats::statistics::json(&table);
        body["heading"] = json!(table.heading);
        body["columns"] = json!(table.columns);
        return Ok(Json(body).into_response());
    };
    let kind = TableFile::from_word(format).ok_or_else(|| unknown_format(format))?;
    let taken = app.taken(&caller(county));
    app::statistics::exported(&app, &caller(county), county, &table, format).await?;
    let name = format!("{}统计表.{format}", table.unit.name);
    // Laying out a PDF takes a while: keep it off the threads that answer others.
    let bytes = tokio::task::spawn_blocking(move || output::table(&table, kind, &taken))
        .await
        .map_err(|_| Problem::new(Code::Output, "文件未能生成"))??;
    Ok(file(&name, kind.media_type(), bytes))
}

/// `GET …/campaigns/{campaign}/coverage?unit=&format=`
pub async fn coverage(
    State(app): AppState,
    Path((county, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let county = code(&county)?;
    let caller = caller(county);
    let coverage = app::coverage::of(&app, &caller, county, &campaign, asked.unit.as_deref()).await?;
    let Some(format) = asked.format.as_deref().filter(|format| *format != "json") else {
        return Ok(Json(formats::coverage::json(&coverage)).into_response());
    };
    let kind = CoverageFile::from_word(format).ok_or_else(|| unknown_format(format))?;
    app::coverage::exported(&app, &caller, county, &coverage, format).await?;
    let name = format!("{}覆盖情况.{format}", coverage.unit.name);
    let bytes = output::coverage(&coverage, kind, &app.taken(&caller))?;
    Ok(file(&name, kind.media_type(), bytes))
}

fn unknown_format(format: &str) -> Problem {
    Problem::new(Code::BadRequest, format!("没有“{format}”这种格式"))
}

/// A download with a Chinese file name (RFC 6266, RFC 8187).
fn file(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let encoded: String = name
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
