//! Imports: a file comes in and is only planned; it is written when somebody confirms, and undone as a whole.

use super::answer::{Items, file};
use super::extract::{IfTag, Path, Query};
use super::problem::Refusal;
use super::stream;
use super::who::Seat;
use app::Code;
use app::import::plan::{self, Shown, State, Upload};
use axum::Json as Out;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::{ImportId, PlanId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

/// What a roster file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfRoster {
    /// 文件名，按扩展名识别：xlsx、xls、ods、csv
    name: String,
}

/// What a file of visits is called, and of which campaign it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfVisits {
    /// 文件名，按扩展名识别：xlsx、xls、ods、csv
    name: String,
    /// 活动代码
    campaign: String,
}

/// What an import would do, or did.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportPlan)]
pub struct Planned {
    /// 计划编号；确认之前没有写入
    id: String,
    /// roster 名册，visit 走访
    kind: String,
    /// 文件名
    file_name: String,
    /// planning 正在检查，ready 等待确认，written 已经写入，failed 检查没有完成
    state: String,
    /// 正在检查时的后台作业编号
    job: Option<String>,
    /// 是否已经写入
    is_written: bool,
    /// 写入后的导入编号，撤销时用
    import: Option<String>,
    /// 读到的行数
    read: u64,
    /// 新增
    added: u64,
    /// 变更
    changed: u64,
    /// 未变
    unchanged: u64,
    /// 拒绝
    refused: u64,
    /// 问题（至多 500 条，全部在标注文件里）
    #[schema(value_type = Vec<Object>)]
    findings: Vec<domain::finding::Finding>,
    /// 问题总数
    findings_count: usize,
    /// 变更的字段（至多 500 处）
    #[schema(value_type = Vec<Object>)]
    changes: Vec<app::import::PlannedChange>,
    /// 名册上有而文件里没有的人数
    not_in_file_count: usize,
    /// 到这一刻自动删除，毫秒
    expires_at_ms: i64,
}

/// Findings and changes in an answer, at most.
const SHOWN: usize = 500;

fn state(state: State) -> &'static str {
    match state {
        State::Planning => "planning",
        State::Ready => "ready",
        State::Written => "written",
        State::Failed => "failed",
    }
}

impl From<Shown> for Planned {
    fn from(shown: Shown) -> Self {
        let Shown { plan, name, state: stands, outcome } = shown;
        let counts = outcome.counts;
        Self {
            id: plan.id.to_string(),
            kind: plan.kind().to_owned(),
            file_name: name,
            state: state(stands).to_owned(),
            job: plan.job.map(|id| id.to_string()),
            is_written: stands == State::Written,
            import: outcome.import,
            read: counts.read,
            added: counts.added,
            changed: counts.changed,
            unchanged: counts.unchanged,
            refused: counts.refused,
            findings_count: outcome.findings.len(),
            findings: outcome.findings.into_iter().take(SHOWN).collect(),
            changes: outcome.changes.into_iter().take(SHOWN).collect(),
            not_in_file_count: outcome.not_in_file.len(),
            expires_at_ms: plan.expires_at_ms,
        }
    }
}

/// A plan with its tag: whoever confirms may say which they saw.
fn tagged(status: StatusCode, shown: Shown) -> Response {
    let tag = shown.plan.digest.as_ref().and_then(|it| HeaderValue::from_str(&format!("\"{it}\"")).ok());
    let headers: HeaderMap = tag.map(|tag| (header::ETAG, tag)).into_iter().collect();
    (status, headers, Out(Planned::from(shown))).into_response()
}

/// `POST …/roster/plans?name=`
pub async fn plan_roster(seat: Seat, Query(asked): Query<OfRoster>, body: Body) -> Result<Response, Refusal> {
    begin(seat, asked.name, None, body).await
}

/// `POST …/visit/plans?name=&campaign=`
pub async fn plan_visits(seat: Seat, Query(asked): Query<OfVisits>, body: Body) -> Result<Response, Refusal> {
    begin(seat, asked.name, Some(asked.campaign), body).await
}

async fn begin(seat: Seat, name: String, campaign: Option<String>, body: Body) -> Result<Response, Refusal> {
    let most = seat.server.settings.limits.account_imports;
    let _place = seat.server.imports.enter(seat.caller.owner(), most, "上传")?;
    let bytes = stream::whole(body, seat.server.settings.limits.upload_bytes).await?;
    if bytes.is_empty() {
        return Err(Refusal::new(Code::BadRequest, "文件是空的"));
    }
    let upload = Upload { campaign, name: file_name(&name)?, bytes };
    let shown = plan::begin(&seat.app, &seat.caller, seat.county, upload).await?;
    Ok(tagged(StatusCode::CREATED, shown))
}

/// The user's name of the file, without folders and characters that no file has.
fn file_name(typed: &str) -> Result<String, Refusal> {
    let name = typed.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let is_plain = !name.is_empty() && name.chars().count() <= 120 && !name.chars().any(char::is_control);
    if !is_plain || name.starts_with('.') {
        return Err(Refusal::new(Code::BadRequest, "文件名不可用，请写成如 名册.xlsx 的样子"));
    }
    Ok(name.to_owned())
}

/// `GET …/plans/{id}`
pub async fn get(seat: Seat, Path((_, id)): Path<(String, PlanId)>) -> Result<Response, Refusal> {
    Ok(tagged(StatusCode::OK, plan::get(&seat.app, &seat.caller, seat.county, id).await?))
}

/// `POST …/plans/{id}/confirm`: once; confirming again answers the same. What changed since is refused with the
/// differences and the plan as it is now.
pub async fn confirm(
    seat: Seat,
    Path((_, id)): Path<(String, PlanId)>,
    IfTag(seen): IfTag,
) -> Result<Response, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    match plan::confirm(app, caller, county, id, seen.as_deref()).await {
        Ok(shown) => Ok(tagged(StatusCode::OK, shown)),
        Err(problem) if problem.code == Code::Changed => {
            let current: Planned = plan::get(app, caller, county, id).await?.into();
            let mut details = problem.details.clone();
            if !details.is_object() {
                details = json!({});
            }
            details["current"] = json!(current);
            Err(problem.with(details).into())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// `DELETE …/plans/{id}`: the plan is forgotten and its file goes.
pub async fn forget(seat: Seat, Path((_, id)): Path<(String, PlanId)>) -> Result<StatusCode, Refusal> {
    plan::forget(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET …/plans/{id}/findings`: the user's sheet with the bad cells marked.
pub async fn findings(seat: Seat, Path((_, id)): Path<(String, PlanId)>) -> Result<Response, Refusal> {
    let (name, book) = plan::findings(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(file(&name, XLSX, book))
}

/// An import that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// 导入编号
    id: String,
    /// roster 名册，visit 走访
    kind: String,
    /// 文件名
    file_name: String,
    /// 新增
    added: i64,
    /// 变更
    changed: i64,
    /// 拒绝
    refused: i64,
    /// 导入人
    by_actor: String,
    /// 时间，毫秒
    at_ms: i64,
    /// 撤销时间，毫秒
    undone_at_ms: Option<i64>,
}

/// `GET …/imports`
pub async fn list(seat: Seat) -> Result<Out<Items<Import>>, Refusal> {
    let imports = app::import::list(&seat.app, &seat.caller, seat.county).await?;
    let items = imports
        .into_iter()
        .map(|it| Import {
            id: it.id,
            kind: it.kind,
            file_name: it.file_name,
            added: it.added,
            changed: it.changed,
            refused: it.refused,
            by_actor: it.by_actor,
            at_ms: it.at_ms,
            undone_at_ms: it.undone_at_ms,
        })
        .collect();
    Ok(Out(Items { items }))
}

/// How many records were put back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndone)]
pub struct Undone {
    /// 恢复原状的记录数
    records: usize,
}

/// `POST …/imports/{id}/undo`
pub async fn undo(seat: Seat, Path((_, id)): Path<(String, ImportId)>) -> Result<Out<Undone>, Refusal> {
    let records = app::import::undo(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(Out(Undone { records }))
}

/// `GET …/roster/template`
pub async fn roster_template(seat: Seat) -> Result<Response, Refusal> {
    let bytes = app::import::blank::roster(&seat.app, &seat.caller, seat.county).await?;
    Ok(file("名册填写模板.xlsx", XLSX, bytes))
}

/// `GET …/visit/template`
pub async fn visit_template(seat: Seat) -> Result<Response, Refusal> {
    let bytes = app::import::blank::visits(&seat.app, &seat.caller, seat.county).await?;
    Ok(file("走访记录填写模板.xlsx", XLSX, bytes))
}
