//! Imports: a file comes in and is only planned; it is written when somebody confirms, and undone as a whole.

use super::answer::{Items, file};
use super::extract::{Path, Query};
use super::plan::Plan;
use super::problem::Refusal;
use super::stream;
use super::who::Seat;
use app::import::Outcome;
use app::{Caller, Code, Problem, Who};
use axum::Json as Out;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::ImportId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

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
}

/// Findings and changes in an answer, at most.
const SHOWN: usize = 500;

impl Planned {
    fn of(plan: &Plan, outcome: &Outcome, is_written: bool) -> Self {
        let counts = outcome.counts;
        Self {
            id: plan.id.to_string(),
            kind: plan.kind().to_owned(),
            file_name: plan.file_name.clone(),
            is_written,
            import: outcome.import.clone(),
            read: counts.read,
            added: counts.added,
            changed: counts.changed,
            unchanged: counts.unchanged,
            refused: counts.refused,
            findings: outcome.findings.iter().take(SHOWN).cloned().collect(),
            findings_count: outcome.findings.len(),
            changes: outcome.changes.iter().take(SHOWN).cloned().collect(),
            not_in_file_count: outcome.not_in_file.len(),
        }
    }
}

/// `POST …/roster/plans?name=`
pub async fn plan_roster(
    seat: Seat,
    Query(asked): Query<OfRoster>,
    body: Body,
) -> Result<(StatusCode, Out<Planned>), Refusal> {
    plan(seat, &asked.name, None, body).await
}

/// `POST …/visit/plans?name=&campaign=`
pub async fn plan_visits(
    seat: Seat,
    Query(asked): Query<OfVisits>,
    body: Body,
) -> Result<(StatusCode, Out<Planned>), Refusal> {
    plan(seat, &asked.name, Some(asked.campaign), body).await
}

async fn plan(
    seat: Seat,
    name: &str,
    campaign: Option<String>,
    body: Body,
) -> Result<(StatusCode, Out<Planned>), Refusal> {
    let name = file_name(name)?;
    let folder = stream::folder()?;
    // The name on disk is ours: only the ending is taken from the user's.
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let path = folder.path().join(format!("upload.{ending}"));
    let size = stream::receive(body, &path, seat.server.settings.limits.upload_bytes).await?;
    if size == 0 {
        return Err(Refusal::new(Code::BadRequest, "文件是空的"));
    }
    let plan = Plan {
        id: seat.app.id(),
        owner: owner(&seat.caller),
        county: seat.county,
        campaign,
        file_name: name,
        path,
        folder,
        at_ms: seat.app.now_ms(),
        planned: tokio::sync::Mutex::new(None),
    };
    let outcome = Arc::new(run(&seat, &plan, true).await?);
    let body = Planned::of(&plan, &outcome, false);
    *plan.planned.lock().await = Some((outcome, false));
    seat.server.plans.keep(plan, seat.app.now_ms())?;
    Ok((StatusCode::CREATED, Out(body)))
}

async fn run(seat: &Seat, plan: &Plan, dry_run: bool) -> Result<Outcome, Problem> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    match &plan.campaign {
        Some(campaign) => app::visit::import(app, caller, county, campaign, &plan.path, dry_run).await,
        None => app::roster::import(app, caller, county, &plan.path, dry_run).await,
    }
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

/// Whose a plan is: nobody else reads or confirms it.
fn owner(caller: &Caller) -> String {
    match &caller.who {
        Who::Machine => caller.actor.clone(),
        Who::Account(principal) => principal.account.to_string(),
    }
}

fn find(seat: &Seat, id: Uuid) -> Result<Arc<Plan>, Refusal> {
    let mine = |plan: &Arc<Plan>| plan.county == seat.county && plan.owner == owner(&seat.caller);
    let plan = seat.server.plans.find(id, seat.app.now_ms()).filter(mine);
    plan.ok_or_else(|| Refusal::new(Code::NotFound, "没有这个导入计划，或者已经过期，请重新上传"))
}

/// `GET …/plans/{id}`
pub async fn get(seat: Seat, Path((_, id)): Path<(String, Uuid)>) -> Result<Out<Planned>, Refusal> {
    let plan = find(&seat, id)?;
    let planned = plan.planned.lock().await;
    let (outcome, is_written) = planned.as_ref().ok_or_else(Refusal::not_found)?;
    Ok(Out(Planned::of(&plan, outcome, *is_written)))
}

/// `POST …/plans/{id}/confirm`: once; confirming again answers the same.
pub async fn confirm(seat: Seat, Path((_, id)): Path<(String, Uuid)>) -> Result<Out<Planned>, Refusal> {
    let plan = find(&seat, id)?;
    let mut planned = plan.planned.lock().await;
    if let Some((outcome, true)) = planned.as_ref() {
        return Ok(Out(Planned::of(&plan, outcome, true)));
    }
    let outcome = Arc::new(run(&seat, &plan, false).await?);
    let body = Planned::of(&plan, &outcome, true);
    *planned = Some((outcome, true));
    Ok(Out(body))
}

/// `DELETE …/plans/{id}`: the plan is forgotten and its file goes.
pub async fn forget(seat: Seat, Path((_, id)): Path<(String, Uuid)>) -> Result<StatusCode, Refusal> {
    find(&seat, id)?;
    seat.server.plans.forget(id);
    Ok(StatusCode::NO_CONTENT)
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET …/plans/{id}/findings`: the user's sheet with the bad cells marked.
pub async fn findings(seat: Seat, Path((_, id)): Path<(String, Uuid)>) -> Result<Response, Refusal> {
    let plan = find(&seat, id)?;
    let planned = plan.planned.lock().await;
    let outcome = planned.as_ref().map(|(outcome, _)| Arc::clone(outcome)).ok_or_else(Refusal::not_found)?;
    drop(planned);
    let folder = stream::folder()?;
    let out = folder.path().join("findings.xlsx");
    let (source, target, taken) = (plan.path.clone(), out.clone(), seat.app.taken(&seat.caller));
    tokio::task::spawn_blocking(move || app::import::write_findings(&outcome, &source, &taken, &target))
        .await
        .map_err(|_| Problem::new(Code::Output, "标注文件未能生成"))??;
    let stem = plan.file_name.rsplit_once('.').map_or(plan.file_name.as_str(), |(stem, _)| stem);
    let body = stream::send(folder, &out).await?;
    Ok(file(&format!("{stem}（问题标注）.xlsx"), XLSX, body))
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
