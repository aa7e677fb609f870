//! For whoever runs the server: whether it lives, what it counts, what it offers.

use super::problem::Refusal;
use super::state::Shared;
use super::who::Seat;
use axum::Json as Out;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// `GET /health`
pub async fn health(State(server): State<Shared>) -> Result<&'static str, Refusal> {
    app::county::list(&server.app, &app::Caller::machine("health")).await?;
    Ok("ok")
}

/// `GET /metrics`
pub async fn metrics(State(server): State<Shared>) -> Response {
    let text = server.metrics.text(server.app.db.statements());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// A name with a number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationsCount)]
pub struct Count {
    /// 名称
    key: String,
    /// 数
    count: i64,
}

/// An act with its last time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationsLast)]
pub struct Last {
    /// 操作
    act: String,
    /// 最近一次，毫秒
    at_ms: i64,
}

/// How the program stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationsState)]
pub struct Standing {
    /// 程序版本
    version: String,
    /// 数据库：sqlite、postgres
    database: String,
    /// 表结构版本
    schema: i64,
    /// 操作日志最后一条的序号
    audit_seq: i64,
    /// 操作日志最后一条的链值
    audit_hash: String,
    /// 最近一次备份、恢复、校验
    last: Vec<Last>,
    /// 后台作业，按状态
    jobs: Vec<Count>,
    /// 记录数
    counts: Vec<Count>,
    /// 密钥在哪里
    keys: String,
}

/// `GET …/operations`
pub async fn state(seat: Seat) -> Result<Out<Standing>, Refusal> {
    let it = app::operations::state(&seat.app, &seat.caller, seat.county).await?;
    let count = |(key, count): (String, i64)| Count { key, count };
    Ok(Out(Standing {
        version: it.version.to_owned(),
        database: it.database.to_owned(),
        schema: it.schema,
        audit_seq: it.audit_seq,
        audit_hash: it.audit_hash,
        last: it.last.into_iter().map(|(act, at_ms)| Last { act, at_ms }).collect(),
        jobs: it.jobs.into_iter().map(count).collect(),
        counts: it.counts.into_iter().map(|(key, number)| count((key.to_owned(), number))).collect(),
        keys: it.keys,
    }))
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let document = super::openapi::document(&super::routes::all());
    document.to_pretty_json().expect("the document is plain data")
});

/// `GET /api/v1/openapi.json`
pub async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}
