//! Payments: batches, each step of them, lines, bank files and the bank's answers.

mod body;
mod paper;
mod result;
mod setting;

pub use body::{Batch, Detail, Line, Preview};
pub use paper::{Notice, Printed, Record, notice, print, put_notice, voucher};
pub use result::{OfResult, Settled, settle_preview};
pub use setting::{
    Account, Compare, Compared, Comparison, Corrected, Layout, LayoutText, Spelling, Twin, compare,
    comparisons, correct, layouts, remove_comparison, save_layout, spell, twins,
};

use super::answer::{Items, Page, Paging, UnitName, file};
use super::extract::{Json, Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use app::payment::{self as pay, Key, Op};
use app::{Code, page};
use axum::Json as Out;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The header under which the same step is done once.
const IDEMPOTENCY: &str = "idempotency-key";

/// `Idempotency-Key: …`
pub struct Once(Option<Key>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Some(value) = parts.headers.get(IDEMPOTENCY) else { return Ok(Self(None)) };
        Ok(Self(Some(Key::new(value.to_str().unwrap_or_default())?)))
    }
}

fn day(text: Option<&str>) -> Result<Option<Date>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Refusal::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-07-26"));
    text.parse().map(Some).map_err(|_| wrong())
}

/// Which batches.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfCampaign {
    /// 活动代码；不写为全部
    campaign: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// `GET …/payments`
pub async fn list(seat: Seat, Query(asked): Query<OfCampaign>) -> Result<Out<Page<Batch>>, Refusal> {
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let page = pay::batches(&seat.app, &seat.caller, seat.county, asked.campaign.as_deref(), &paging).await?;
    Ok(Out(Page::of(page, Batch::from)))
}

/// What batch is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentWanted)]
pub struct Wanted {
    /// 活动代码
    campaign: String,
    /// 发放项目；活动只有一个时可以不写
    item: Option<String>,
    /// 基准日；不写按模板
    base_date: Option<String>,
    /// 代发格式
    layout: Option<String>,
}

impl Wanted {
    fn read(self) -> Result<pay::Wanted, Refusal> {
        let base = day(self.base_date.as_deref())?;
        Ok(pay::Wanted { campaign: self.campaign, item: self.item, base, layout: self.layout })
    }
}

/// `POST …/payments/preview`
pub async fn preview(seat: Seat, Json(wanted): Json<Wanted>) -> Result<Out<Preview>, Refusal> {
    let preview = pay::preview(&seat.app, &seat.caller, seat.county, &wanted.read()?).await?;
    Ok(Out(preview.into()))
}

/// `POST …/payments`
pub async fn prepare(
    seat: Seat,
    Once(key): Once,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Out<Detail>), Refusal> {
    let made = pay::prepare(&seat.app, &seat.caller, seat.county, &wanted.read()?, key).await?;
    Ok((StatusCode::CREATED, Out(made.batch.into())))
}

/// `GET …/payments/{batch}`
pub async fn get(seat: Seat, Path((_, batch)): Path<(String, String)>) -> Result<Out<Detail>, Refusal> {
    let detail = pay::batch(&seat.app, &seat.caller, seat.county, &batch).await?;
    Ok(Out(detail.into()))
}

/// A person without a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentRefused)]
pub struct Refused {
    /// 人员编号
    person: String,
    /// 姓名（遮盖）
    name: String,
    /// 乡镇（街道）或村（社区）
    unit: UnitName,
    /// 原因代码
    reason: String,
    /// 原因
    reason_label: String,
}

/// `GET …/payments/{batch}/refusals`
pub async fn refusals(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Out<Page<Refused>>, Refusal> {
    let page = pay::refusals(&seat.app, &seat.caller, seat.county, &batch, &paging.into()).await?;
    let refused = |it: pay::RefusedView| Refused {
        person: it.person,
        name: it.name,
        unit: it.unit.into(),
        reason: it.reason,
        reason_label: it.reason_label.to_owned(),
    };
    Ok(Out(Page::of(page, refused)))
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfLines {
    /// 批次号或编号
    batch: Option<String>,
    /// 状态代码
    state: Option<String>,
    /// 退票原因代码
    reason: Option<String>,
    /// 检查代码
    check: Option<String>,
    /// 乡镇（街道）或村（社区）
    unit: Option<String>,
    /// 人员编号
    person: Option<Uuid>,
    /// true：只看还没有补发或取消的退票
    open: Option<bool>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// `GET …/payment-lines`
pub async fn lines(seat: Seat, Query(asked): Query<OfLines>) -> Result<Out<Page<Line>>, Refusal> {
    let wanted = pay::WantedLines {
        batch: asked.batch,
        state: asked.state,
        reason: asked.reason,
        check: asked.check,
        unit: asked.unit,
        person: asked.person.map(|id| id.to_string()),
        is_open_return: asked.open.unwrap_or(false),
        full_names: asked.names.as_deref() == Some("full"),
    };
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let page = pay::lines(&seat.app, &seat.caller, seat.county, &wanted, &paging).await?;
    Ok(Out(Page::of(page, Line::from)))
}

/// Open returns of one reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentReturn)]
pub struct Return {
    /// 退票原因代码
    reason: String,
    /// 退票原因
    label: String,
    /// 怎么办
    advice: String,
    /// 笔数
    count: i64,
    /// 金额（分）
    amount_fen: i64,
}

/// `GET …/payment-returns`
pub async fn returns(seat: Seat) -> Result<Out<Items<Return>>, Refusal> {
    let all = pay::returned(&seat.app, &seat.caller, seat.county).await?;
    let one = |it: pay::Returned| Return {
        reason: it.reason.to_owned(),
        label: it.label.to_owned(),
        advice: it.advice.to_owned(),
        count: it.count,
        amount_fen: it.amount_fen,
    };
    Ok(Out(Items { items: all.into_iter().map(one).collect() }))
}

/// A line that an export left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentBlocked)]
pub struct Blocked {
    /// 序号
    seq: i64,
    /// 姓名（遮盖）
    name: String,
    /// 状态
    status: String,
}

/// What a step came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentAnswer)]
pub struct Answer {
    /// 批次现在的情况；补发时为新批次
    detail: Detail,
    /// 导出时剔除的人
    blocked: Vec<Blocked>,
    /// 导入结果的情况
    settled: Option<Settled>,
}

async fn step(seat: &Seat, batch: &str, op: Op, key: Option<Key>) -> Result<Out<Answer>, Refusal> {
    let done = Box::pin(pay::act(&seat.app, &seat.caller, seat.county, batch, op, key)).await?;
    let blocked = |it: pay::Blocked| Blocked { seq: it.seq, name: it.name, status: it.status.to_owned() };
    Ok(Out(Answer {
        detail: done.batch.into(),
        blocked: done.blocked.into_iter().map(blocked).collect(),
        settled: done.settled.map(Settled::from),
    }))
}

/// Steps that take nothing but the batch.
macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident => $op:expr;)+) => {
        $($(#[$doc])*
        pub async fn $name(
            seat: Seat,
            Path((_, batch)): Path<(String, String)>,
            Once(key): Once,
        ) -> Result<Out<Answer>, Refusal> {
            step(&seat, &batch, $op, key).await
        })+
    };
}

plain! {
    /// `POST …/payments/{batch}/recheck`
    recheck => Op::Recheck;
    /// `POST …/payments/{batch}/refresh`
    refresh => Op::Refresh;
    /// `POST …/payments/{batch}/check`
    check => Op::Check;
    /// `POST …/payments/{batch}/approve`
    approve => Op::Approve;
    /// `POST …/payments/{batch}/send`
    send => Op::Send;
    /// `POST …/payments/{batch}/repay`
    repay => Op::Repay;
    /// `POST …/payments/{batch}/close`
    close => Op::Close;
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentReason)]
pub struct Reason {
    /// 理由，2 至 200 个字
    reason: String,
}

/// Steps that take a reason.
macro_rules! reasoned {
    ($($(#[$doc:meta])* $name:ident => $op:ident;)+) => {
        $($(#[$doc])*
        pub async fn $name(
            seat: Seat,
            Path((_, batch)): Path<(String, String)>,
            Once(key): Once,
            Json(body): Json<Reason>,
        ) -> Result<Out<Answer>, Refusal> {
            step(&seat, &batch, Op::$op { reason: body.reason }, key).await
        })+
    };
}

reasoned! {
    /// `POST …/payments/{batch}/reopen`
    reopen => Reopen;
    /// `POST …/payments/{batch}/cancel`
    cancel => Cancel;
    /// `POST …/payments/{batch}/bank-refused`
    bank_refused => BankRefused;
}

/// Which warnings pass.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentPass)]
pub struct Pass {
    /// 检查代码
    check: String,
    /// 哪些笔；不写为该项检查的全部
    lines: Option<Vec<Uuid>>,
    /// 理由，2 至 200 个字
    reason: String,
}

/// `POST …/payments/{batch}/pass`
pub async fn pass(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Once(key): Once,
    Json(body): Json<Pass>,
) -> Result<Out<Answer>, Refusal> {
    let lines = body.lines.map(|all| all.iter().map(ToString::to_string).collect());
    step(&seat, &batch, Op::Pass { check: body.check, lines, reason: body.reason }, key).await
}

/// Which lines are given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentCancelLines)]
pub struct CancelLines {
    /// 哪些笔，1 至 5000
    lines: Vec<Uuid>,
    /// 理由，2 至 200 个字
    reason: String,
}

/// `POST …/payments/{batch}/cancel-lines`
pub async fn cancel_lines(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Once(key): Once,
    Json(body): Json<CancelLines>,
) -> Result<Out<Answer>, Refusal> {
    let lines = body.lines.iter().map(ToString::to_string).collect();
    step(&seat, &batch, Op::CancelLines { lines, reason: body.reason }, key).await
}

/// How the bank's files are written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentExport)]
pub struct Export {
    /// 代发格式；不写为批次的格式
    layout: Option<String>,
    /// 格式里的常量，如单位编号、付款账号
    #[serde(default)]
    constants: BTreeMap<String, String>,
    /// 银行处理日期；不写为今天
    date: Option<String>,
}

/// `POST …/payments/{batch}/export`
pub async fn export(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Once(key): Once,
    Json(body): Json<Export>,
) -> Result<Out<Answer>, Refusal> {
    let date = day(body.date.as_deref())?;
    step(&seat, &batch, Op::Export { layout: body.layout, constants: body.constants, date }, key).await
}

/// `GET …/payments/{batch}/files/{part}`
pub async fn download(
    seat: Seat,
    Path((_, batch, part)): Path<(String, String, i64)>,
) -> Result<Response, Refusal> {
    let given = pay::download(&seat.app, &seat.caller, seat.county, &batch, part).await?;
    let is_book = given.bytes.starts_with(b"PK");
    Ok(file(&given.name, if is_book { XLSX } else { "application/octet-stream" }, given.bytes))
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `POST …/payments/{batch}/results`
pub async fn settle(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Once(key): Once,
    Query(asked): Query<OfResult>,
    body: Body,
) -> Result<Out<Answer>, Refusal> {
    let handed = result::handed(&seat, asked, body).await?;
    step(&seat, &batch, Op::Settle(handed), key).await
}
