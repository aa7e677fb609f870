//! Campaigns of a county: listed, read, made from a template, given another template.

use super::answer::Items;
use super::extract::{IfTag, Json, Path};
use super::problem::Refusal;
use super::who::Seat;
use app::{Code, Problem, campaign};
use axum::Json as Out;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct Campaign {
    /// 活动代码
    code: String,
    /// 名称
    name: String,
    /// 报送截止日期
    deadline: String,
    /// 活动期间第一天
    from: String,
    /// 活动期间最后一天
    to: String,
    /// 是否进行中
    is_open: bool,
}

fn shown(campaign: &domain::campaign::Campaign) -> Campaign {
    Campaign {
        name: format!("{}年{}", campaign.year, campaign.template.name),
        code: campaign.code.clone(),
        deadline: campaign.deadline.to_string(),
        from: campaign.period.0.to_string(),
        to: campaign.period.1.to_string(),
        is_open: campaign.is_open,
    }
}

/// `GET …/campaigns`
pub async fn list(seat: Seat) -> Result<Out<Items<Campaign>>, Refusal> {
    let campaigns = campaign::list(&seat.app, &seat.caller, seat.county).await?;
    Ok(Out(Items { items: campaigns.iter().map(|it| shown(it)).collect() }))
}

/// A campaign with its template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignDetail)]
pub struct Detail {
    /// 活动代码
    code: String,
    /// 名称
    name: String,
    /// 统计表标题
    heading: String,
    /// 年份
    year: i16,
    /// 报送截止日期
    deadline: String,
    /// 活动期间第一天
    from: String,
    /// 活动期间最后一天
    to: String,
    /// 是否进行中
    is_open: bool,
    /// 模板
    #[schema(value_type = Object)]
    template: domain::campaign::Template,
    /// 模板全文（TOML），可改后换用
    template_text: String,
}

fn detail(campaign: &domain::campaign::Campaign) -> Response {
    let body = Detail {
        code: campaign.code.clone(),
        name: format!("{}年{}", campaign.year, campaign.template.name),
        heading: campaign.heading.clone(),
        year: campaign.year,
        deadline: campaign.deadline.to_string(),
        from: campaign.period.0.to_string(),
        to: campaign.period.1.to_string(),
        is_open: campaign.is_open,
        template: campaign.template.clone(),
        template_text: formats::campaign::write(&campaign.template),
    };
    let tag = format!("\"{}\"", campaign::tag(campaign));
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes");
    (HeaderMap::from_iter([(header::ETAG, tag)]), Out(body)).into_response()
}

/// `GET …/campaigns/{campaign}`
pub async fn get(seat: Seat, Path((_, code)): Path<(String, String)>) -> Result<Response, Refusal> {
    let found = campaign::get(&seat.app, &seat.caller, seat.county, &code).await?;
    Ok(detail(&found))
}

/// A campaign to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignNew)]
pub struct New {
    /// 内置模板的名称（bayi、chunjie），或模板全文（TOML）
    template: String,
    /// 年份
    year: i16,
    /// 报送截止日期；通知已定的年份可以不写
    deadline: Option<String>,
}

/// The text of a template: built in under this name, or written out.
fn text(template: &str) -> &str {
    let builtin = formats::campaign::builtin().iter().find(|(name, _)| *name == template.trim());
    builtin.map_or(template, |(_, text)| text)
}

/// `POST …/campaigns`
pub async fn create(seat: Seat, Json(new): Json<New>) -> Result<Response, Refusal> {
    let deadline = match &new.deadline {
        None => None,
        Some(text) => Some(
            text.parse::<Date>()
                .map_err(|_| Problem::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-08-12")))?,
        ),
    };
    let (app, caller) = (&seat.app, &seat.caller);
    let made = campaign::create(app, caller, seat.county, text(&new.template), new.year, deadline).await?;
    Ok((StatusCode::CREATED, detail(&made)).into_response())
}

/// Another template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignEdit)]
pub struct Edit {
    /// 内置模板的名称，或模板全文（TOML，或本接口给出的 JSON）
    template: String,
}

/// What another template would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignTried)]
pub struct Tried {
    /// 会改变归类的走访条数
    moved: usize,
    /// 新的表头
    heading: String,
    /// 现在的模板版本
    version_now: u32,
    /// 新的模板版本
    version: u32,
}

/// `POST …/campaigns/{campaign}/template/check`
pub async fn check(
    seat: Seat,
    Path((_, code)): Path<(String, String)>,
    Json(asked): Json<Edit>,
) -> Result<Out<Tried>, Refusal> {
    let tried =
        campaign::try_template(&seat.app, &seat.caller, seat.county, &code, text(&asked.template)).await?;
    Ok(Out(Tried {
        moved: tried.moved,
        heading: tried.heading,
        version_now: tried.version_now,
        version: tried.version,
    }))
}

/// `PUT …/campaigns/{campaign}/template`
pub async fn edit(
    seat: Seat,
    Path((_, code)): Path<(String, String)>,
    IfTag(expected): IfTag,
    Json(asked): Json<Edit>,
) -> Result<Response, Refusal> {
    let Some(expected) = expected else {
        let message = "修改模板须在 If-Match 中写明读取活动时得到的 ETag";
        return Err(Refusal::new(Code::VersionRequired, message));
    };
    let (app, caller, template) = (&seat.app, &seat.caller, text(&asked.template));
    match campaign::edit_from(app, caller, seat.county, &code, template, Some(&expected)).await {
        Ok(_) => {
            let changed = campaign::get(app, caller, seat.county, &code).await?;
            Ok(detail(&changed))
        }
        Err(problem) if problem.code == Code::Changed => {
            let current = campaign::get(app, caller, seat.county, &code).await?;
            let current = serde_json::json!({ "current": { "etag": campaign::tag(&current), "template": current.template } });
            Err(problem.with(current).into())
        }
        Err(problem) => Err(problem.into()),
    }
}
