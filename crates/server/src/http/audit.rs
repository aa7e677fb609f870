//! The audit trail, for its administrator.

use super::answer::{Page, file};
use super::extract::Query;
use super::problem::Refusal;
use super::who::Seat;
use app::Code;
use app::audit::{AuditRow, Filter, Kind};
use axum::Json as Out;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// What was found in the chain.
#[derive(Debug, ToSchema)]
#[schema(as = AuditVerified, value_type = Object)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Verified(Value);

/// One row of the trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    /// 序号，全县连续
    seq: i64,
    /// 时间，毫秒（UTC）
    at_ms: i64,
    /// 操作者
    actor: String,
    /// 来源：cli、http
    origin: String,
    /// 网络地址
    address: String,
    /// 请求编号
    request_id: String,
    /// 操作
    act: String,
    /// 对象类型
    object_kind: String,
    /// 对象
    object_id: String,
    /// 结果
    outcome: String,
    /// 详情（遮盖）
    #[schema(value_type = Object)]
    detail: Value,
    /// 摘要（SM3）
    hash: String,
}

impl From<AuditRow> for Entry {
    fn from(row: AuditRow) -> Self {
        Self {
            seq: row.seq,
            at_ms: row.at_ms,
            actor: row.actor,
            origin: row.origin,
            address: row.address,
            request_id: row.request_id,
            act: row.act,
            object_kind: row.object_kind,
            object_id: row.object_id,
            outcome: row.outcome,
            detail: serde_json::from_str(&row.detail_json).unwrap_or(Value::String(row.detail_json)),
            hash: row.hash,
        }
    }
}

/// Which rows, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 从这一刻起，毫秒（UTC）
    from_ms: Option<i64>,
    /// 到这一刻之前，毫秒（UTC）
    to_ms: Option<i64>,
    /// 操作者
    actor: Option<String>,
    /// 操作，或它的开头，如 roster.
    act: Option<String>,
    /// 对象类型
    object_kind: Option<String>,
    /// 对象编号
    object_id: Option<String>,
    /// 结果
    outcome: Option<String>,
    /// 详情、地址或请求编号中的文字
    text: Option<String>,
    /// 上一页返回的 next（导出时不用）
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20（导出时不用）
    limit: Option<usize>,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            actor: self.actor.clone(),
            act: self.act.clone(),
            object_kind: self.object_kind.clone(),
            object_id: self.object_id.clone(),
            outcome: self.outcome.clone(),
            text: self.text.clone(),
        }
    }
}

/// `GET …/audit`: newest first. A page may hold fewer rows than asked for while there is a `next`.
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Page<Entry>>, Refusal> {
    let cursor = asked.cursor.as_deref().map(str::parse).transpose();
    let cursor = cursor.map_err(|_| Refusal::new(Code::BadRequest, "cursor 应为上一页返回的 next"))?;
    let limit = app::page::Asked { cursor: None, limit: asked.limit }.limit()?;
    let found =
        app::audit::list(&seat.app, &seat.caller, seat.county, &asked.filter(), cursor, limit).await?;
    let next = found.next.map(|seq| seq.to_string());
    Ok(Out(Page { items: found.rows.into_iter().map(Entry::from).collect(), next }))
}

/// `POST …/audit/verify`
pub async fn verify(seat: Seat) -> Result<Out<Value>, Refusal> {
    Ok(Out(app::audit::verify(&seat.app, &seat.caller, seat.county).await?))
}

/// `GET …/audit/export`
pub async fn export(seat: Seat, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    let folder = super::stream::folder()?;
    let path = folder.path().join("audit.csv");
    app::audit::export(&seat.app, &seat.caller, seat.county, &asked.filter(), Kind::Csv, &path).await?;
    let csv = super::stream::send(folder, &path).await?;
    Ok(file(&format!("操作日志-{}.csv", seat.app.today()), Kind::Csv.media_type(), csv))
}
