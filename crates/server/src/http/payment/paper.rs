//! Papers of a batch, its voucher pack, and the record of its notice.

use super::super::answer::file;
use super::super::extract::{Json, Path, Query};
use super::super::paper;
use super::super::problem::Refusal;
use super::super::who::Seat;
use app::Code;
use app::payment::{NoticeSent, PaperKind};
use axum::Json as Out;
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How a paper is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// xlsx（默认）、docx、pdf
    format: Option<String>,
}

/// `GET …/payments/{batch}/papers/{name}`
pub async fn print(
    seat: Seat,
    Path((_, batch, name)): Path<(String, String, String)>,
    Query(asked): Query<Printed>,
) -> Result<Response, Refusal> {
    let kind = PaperKind::ALL.into_iter().find(|kind| kind.code() == name).ok_or_else(|| {
        let known: Vec<&str> = PaperKind::ALL.iter().map(|kind| kind.code()).collect();
        Refusal::new(Code::NotFound, format!("没有“{name}”这种表，可用 {}", known.join("、")))
    })?;
    let format = paper::format(asked.format.as_deref())?;
    let made = app::payment::paper(&seat.app, &seat.caller, seat.county, &batch, kind).await?;
    let (bytes, media_type) = paper::bytes(&made, format).await?;
    let name = format!("{}-{}.{}", kind.label(), seat.app.today(), format.ending());
    Ok(file(&name, media_type, bytes))
}

/// `GET …/payments/{batch}/voucher`
pub async fn voucher(seat: Seat, Path((_, batch)): Path<(String, String)>) -> Result<Response, Refusal> {
    let bytes = app::payment::voucher(&seat.app, &seat.caller, seat.county, &batch).await?;
    Ok(file(&format!("凭证包-{batch}.zip"), "application/zip", bytes))
}

/// 公示.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentNotice)]
pub struct Notice {
    /// 第一天，如 2024-07-20
    from: String,
    /// 最后一天
    to: String,
    /// 公示地点
    place: String,
    /// 异议；没有为空
    #[serde(default)]
    objections: String,
    /// 处理情况
    #[serde(default)]
    outcome: String,
}

/// The notice, when there is one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentNoticeRecord)]
pub struct Record {
    /// 公示；没有登记为空
    notice: Option<Notice>,
}

fn record(row: store::ledger::NoticeRow) -> Notice {
    Notice {
        from: row.from_on,
        to: row.to_on,
        place: row.place,
        objections: row.objections,
        outcome: row.outcome,
    }
}

/// `GET …/payments/{batch}/notice`
pub async fn notice(seat: Seat, Path((_, batch)): Path<(String, String)>) -> Result<Out<Record>, Refusal> {
    let found = app::payment::notice(&seat.app, &seat.caller, seat.county, &batch).await?;
    Ok(Out(Record { notice: found.map(record) }))
}

/// `PUT …/payments/{batch}/notice`
pub async fn put_notice(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Json(body): Json<Notice>,
) -> Result<Out<Record>, Refusal> {
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| Refusal::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-07-20")))
    };
    let sent = NoticeSent {
        from: day(&body.from)?,
        to: day(&body.to)?,
        place: body.place,
        objections: body.objections,
        outcome: body.outcome,
    };
    let row = app::payment::put_notice(&seat.app, &seat.caller, seat.county, &batch, sent).await?;
    Ok(Out(Record { notice: Some(record(row)) }))
}
