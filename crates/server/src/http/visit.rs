//! Visits: one by one and many at a time as forms and phones send them, pages, one, taken back, and as a file.

use super::answer::{Items, Names, Page, etag};
use super::export::{self, Started};
use super::extract::{IfMatch, Json, Path, Query};
use super::problem::Refusal;
use super::visit_body::{Visit, VisitIn};
use super::who::Seat;
use app::export::{Request, What};
use app::visit::{self, Became, Leaving, Taken, Wanted};
use app::{Code, page};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{PersonId, VisitId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What became of a visit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitAnswer)]
pub struct Answered {
    /// added 新登记，changed 已修改，unchanged 与原来相同
    became: String,
    /// 现在的记录
    visit: Visit,
    /// 提醒和说明
    #[schema(value_type = Vec<Object>)]
    findings: Vec<domain::finding::Finding>,
}

fn answered(taken: Taken) -> Answered {
    let became = match taken.became {
        Became::Added => "added",
        Became::Changed => "changed",
        Became::Unchanged => "unchanged",
    };
    Answered { became: became.to_owned(), visit: taken.shown.into(), findings: taken.findings }
}

/// `PUT …/visits/{id}`: idempotent; a change names the version that it starts from.
pub async fn put(
    seat: Seat,
    Path((_, id)): Path<(String, VisitId)>,
    IfMatch(expected): IfMatch,
    Json(body): Json<VisitIn>,
) -> Result<Response, Refusal> {
    if id.0.get_version_num() != 7 {
        return Err(Refusal::new(Code::BadRequest, "走访编号应为客户端生成的 UUIDv7"));
    }
    let (campaign, sent) = body.sent(id, expected)?;
    let desks = &seat.server.desks;
    match desks.put(&seat.app, seat.caller.clone(), seat.county, &campaign, sent).await {
        Ok(taken) => {
            let status = if taken.became == Became::Added { StatusCode::CREATED } else { StatusCode::OK };
            let version = etag(taken.shown.visit.version);
            Ok((status, version, Out(answered(taken))).into_response())
        }
        Err(problem) if matches!(problem.code, Code::Changed | Code::VersionRequired) => {
            // Whoever may record here sees what stands now, to decide which is right.
            let current = visit::get(&seat.app, &seat.caller, seat.county, id, false).await?;
            let current: Visit = current.into();
            Err(problem.with(json!({ "current": current })).into())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Many visits of one campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitBulk)]
pub struct Bulk {
    /// 最多 500 条，每条各有结果
    visits: Vec<BulkVisit>,
}

/// One visit of many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitOfBulk)]
pub struct BulkVisit {
    /// 客户端生成的 UUIDv7
    id: Uuid,
    /// 修改时所依据的版本
    version: Option<i64>,
    /// 内容
    visit: VisitIn,
}

/// What became of one visit of many.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitBulkAnswer)]
pub struct BulkAnswer {
    /// 走访编号
    id: String,
    /// 登记成功时的结果
    answer: Option<Answered>,
    /// 没有登记时的原因（与单条接口的出错说明相同）
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// `POST …/visits/bulk`
pub async fn bulk(seat: Seat, Json(bulk): Json<Bulk>) -> Result<Out<Items<BulkAnswer>>, Refusal> {
    if bulk.visits.is_empty() || bulk.visits.len() > 500 {
        return Err(Refusal::new(Code::BadRequest, "一次应登记 1 至 500 条走访"));
    }
    let ids: Vec<Uuid> = bulk.visits.iter().map(|it| it.id).collect();
    let mut campaign = None;
    let mut sent = Vec::with_capacity(bulk.visits.len());
    for it in bulk.visits {
        let (of, one) = it.visit.sent(VisitId(it.id), it.version)?;
        if campaign.get_or_insert_with(|| of.clone()) != &of {
            return Err(Refusal::new(Code::BadRequest, "一批走访应属于同一个活动"));
        }
        sent.push(one);
    }
    let campaign = campaign.unwrap_or_default();
    let taken = visit::put_many(&seat.app, &seat.caller, seat.county, &campaign, sent).await?;
    let items = ids
        .into_iter()
        .zip(taken)
        .map(|(id, taken)| match taken {
            Ok(taken) => BulkAnswer { id: id.to_string(), answer: Some(answered(taken)), problem: None },
            Err(problem) => BulkAnswer { id: id.to_string(), answer: None, problem: Some(problem.json()) },
        })
        .collect();
    Ok(Out(Items { items }))
}

/// Which visits.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitSearch)]
pub struct Filter {
    /// 活动代码
    campaign: String,
    /// 走访单位（含下级）：代码、名称或别名
    unit: Option<String>,
    /// 走访方式代码
    method: Option<String>,
    /// 导入编号
    import: Option<Uuid>,
    /// 人员编号
    person: Option<Uuid>,
    /// 走访日期不早于
    from: Option<String>,
    /// 走访日期不晚于
    to: Option<String>,
    /// 对象姓名（名称）中的字，或名册上人员的拼音、首字母
    search: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// newest：后登记的在前；oldest（默认）：先登记的在前
    order: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

fn day(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let day: Date = text
        .parse()
        .map_err(|_| Refusal::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-07-20")))?;
    Ok(Some(day.to_string()))
}

/// `GET …/visits`
pub async fn list(seat: Seat, Query(filter): Query<Filter>) -> Result<Out<Page<Visit>>, Refusal> {
    let wanted = Wanted {
        from: day(filter.from.as_deref())?,
        to: day(filter.to.as_deref())?,
        campaign: filter.campaign,
        unit: filter.unit,
        method: filter.method,
        import: filter.import.map(|id| id.to_string()),
        person: filter.person.map(PersonId),
        search: filter.search,
        full_names: filter.names.as_deref() == Some("full"),
        newest_first: match filter.order.as_deref() {
            None | Some("oldest") => false,
            Some("newest") => true,
            Some(other) => {
                return Err(Refusal::new(
                    Code::BadRequest,
                    format!("“{other}”不是次序，可填 newest 或 oldest"),
                ));
            }
        },
    };
    let asked = page::Asked { cursor: filter.cursor, limit: filter.limit };
    let page = visit::list(&seat.app, &seat.caller, seat.county, &wanted, &asked).await?;
    Ok(Out(Page::of(page, Visit::from)))
}

/// `POST …/visits/search`: as the list, with the name outside the address.
pub async fn search(seat: Seat, Json(filter): Json<Filter>) -> Result<Out<Page<Visit>>, Refusal> {
    list(seat, Query(filter)).await
}

/// `GET …/visits/{id}`
pub async fn get(
    seat: Seat,
    Path((_, id)): Path<(String, VisitId)>,
    Query(asked): Query<Names>,
) -> Result<Response, Refusal> {
    let shown = visit::get(&seat.app, &seat.caller, seat.county, id, asked.are_full()).await?;
    Ok((etag(shown.visit.version), Out(Visit::from(shown))).into_response())
}

/// `DELETE …/visits/{id}`: names the version that was seen.
pub async fn withdraw(
    seat: Seat,
    Path((_, id)): Path<(String, VisitId)>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    // Whoever may not see it learns nothing of it, not even that a version is missing.
    let current = visit::get(app, caller, county, id, false).await?;
    let Some(expected) = expected else {
        return Err(Refusal::new(Code::VersionRequired, "撤回走访须在 If-Match 中写明所依据的版本"));
    };
    match visit::withdraw_from(app, caller, county, id, Some(expected)).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(problem) if problem.code == Code::Changed => {
            Err(problem.with(json!({ "current": Visit::from(current) })).into())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Whose table, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    /// 单位：代码、名称或别名；不写为本账号的范围
    unit: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// `GET …/campaigns/{campaign}/statistics/cells/{row}/visits`
pub async fn behind(
    seat: Seat,
    Path((_, campaign, row)): Path<(String, String, String)>,
    Query(asked): Query<Behind>,
) -> Result<Out<Page<Visit>>, Refusal> {
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let cell = (campaign.as_str(), row.as_str(), asked.unit.as_deref());
    let full_names = asked.names.as_deref() == Some("full");
    let page = visit::behind(&seat.app, &seat.caller, seat.county, cell, full_names, &paging).await?;
    Ok(Out(Page::of(page, Visit::from)))
}

/// Which visits leave as a file.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitExport)]
pub struct Export {
    /// 活动代码
    campaign: String,
    /// 单位：代码、名称或别名；不写为本账号的范围
    unit: Option<String>,
    /// 走访方式代码
    method: Option<String>,
    /// 走访日期不早于
    from: Option<String>,
    /// 走访日期不晚于
    to: Option<String>,
    /// xlsx（默认）、csv
    format: Option<String>,
}

impl Export {
    fn request(self) -> Result<Request, Refusal> {
        let what = What::Visits(Leaving {
            from: day(self.from.as_deref())?,
            to: day(self.to.as_deref())?,
            campaign: self.campaign,
            unit: self.unit,
            method: self.method,
        });
        Ok(Request { what, kind: export::kind(self.format.as_deref())? })
    }
}

/// `GET …/visits/export`
pub async fn export(seat: Seat, Query(asked): Query<Export>) -> Result<Response, Refusal> {
    export::now(&seat, &asked.request()?).await
}

/// `POST …/visits/export`
pub async fn start_export(seat: Seat, Json(asked): Json<Export>) -> Result<Started, Refusal> {
    export::start(&seat, asked.request()?).await
}
