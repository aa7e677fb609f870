//! The caller's background jobs: watched, cancelled, tried again.

use super::answer::Items;
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use app::job::{self, Whose};
use axum::Json as Out;
use domain::ids::JobId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A job as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    /// 编号
    id: String,
    /// 种类代码
    kind: String,
    /// 种类
    kind_label: String,
    /// 状态代码
    state: String,
    /// 状态
    state_label: String,
    /// 已完成
    progress_done: i64,
    /// 共；不知道时为 0
    progress_total: i64,
    /// 一句话
    message: String,
    /// 结果
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// 开始过几次
    attempts: i64,
    /// 建立时间，毫秒
    created_at_ms: i64,
    /// 结束时间，毫秒
    finished_at_ms: Option<i64>,
}

impl From<job::Job> for Job {
    fn from(it: job::Job) -> Self {
        Self {
            id: it.id,
            kind: it.kind,
            kind_label: it.kind_label.to_owned(),
            state: it.state,
            state_label: it.state_label.to_owned(),
            progress_done: it.progress_done,
            progress_total: it.progress_total,
            message: it.message,
            result: it.result,
            attempts: it.attempts,
            created_at_ms: it.created_at_ms,
            finished_at_ms: it.finished_at_ms,
        }
    }
}

/// Which jobs: those older than one that is known.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 上一页最后一个任务的建立时间，毫秒
    before_ms: Option<i64>,
    /// 上一页最后一个任务的编号
    before: Option<Uuid>,
}

/// `GET …/jobs`
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Items<Job>>, Refusal> {
    let before = asked.before_ms.zip(asked.before.map(JobId));
    let jobs = job::list(&seat.app, &seat.caller, seat.county, Whose::Own, before, 50).await?;
    Ok(Out(Items { items: jobs.into_iter().map(Job::from).collect() }))
}

/// `GET …/jobs/{id}`
pub async fn get(seat: Seat, Path((_, id)): Path<(String, JobId)>) -> Result<Out<Job>, Refusal> {
    Ok(Out(job::get(&seat.app, &seat.caller, seat.county, id).await?.into()))
}

/// `POST …/jobs/{id}/cancel`
pub async fn cancel(seat: Seat, Path((_, id)): Path<(String, JobId)>) -> Result<Out<Job>, Refusal> {
    Ok(Out(job::cancel(&seat.app, &seat.caller, seat.county, id).await?.into()))
}

/// `POST …/jobs/{id}/again`
pub async fn again(seat: Seat, Path((_, id)): Path<(String, JobId)>) -> Result<Out<Job>, Refusal> {
    Ok(Out(job::again(&seat.app, &seat.caller, seat.county, id).await?.into()))
}
