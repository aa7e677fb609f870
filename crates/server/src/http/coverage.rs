//! Coverage: who is still to be visited, as JSON and as files.

use super::answer::{UnitName, file};
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
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Coverage {
    /// 活动代码
    campaign: String,
    /// 谁的覆盖情况
    unit: UnitName,
    /// 各项要求
    obligations: Vec<Obliged>,
}

/// How far one obligation is met.
#[derive(ToSchema)]
#[schema(as = CoverageObligation)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Obliged {
    /// 要求代码
    key: String,
    /// 要求
    label: String,
    /// 应完成
    required: i64,
    /// 已完成
    done: i64,
    /// 其中当面看望；只有走访人员的要求才有
    #[schema(required = false)]
    done_in_person: Option<i64>,
    /// 未完成的名单
    open: Vec<Open>,
    /// 只发慰问信或电话问候的名单
    #[schema(required = false)]
    only_by_letter_or_telephone: Option<Vec<Open>>,
}

/// One open name.
#[derive(ToSchema)]
#[schema(as = CoverageOpen)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Open {
    /// 乡镇（街道）、单位
    unit: String,
    /// 村（社区）
    village: String,
    /// 姓名（没有查看姓名权限时遮盖）或单位名称
    name: String,
    /// 说明
    reason: String,
}

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
