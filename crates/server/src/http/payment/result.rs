//! The bank's answers: what came, what it would do, what it did.

use super::super::extract::{Path, Query};
use super::super::problem::Refusal;
use super::super::stream;
use super::super::who::Seat;
use super::day;
use app::Code;
use app::payment::{self as pay, Handed};
use axum::Json as Out;
use axum::body::Body;
use domain::payment::ResultKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A row of the bank that matches no line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentUnmatched)]
pub struct Unmatched {
    /// 文件中的行号
    row: u32,
    /// 原因代码
    why: String,
    /// 原因
    why_label: String,
    /// 户名（遮盖）
    name: String,
    /// 金额（分）
    amount_fen: Option<i64>,
    /// 银行是否说已付款
    is_paid: bool,
    /// 银行原话
    text: String,
}

/// What an answer of the bank did, or would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentSettled)]
pub struct Settled {
    /// 结果编号；预览时为空
    id: Option<String>,
    /// mixed 逐笔结果，success 成功清单，failure 失败清单，statement 账户流水
    kind: String,
    /// 行数
    rows: usize,
    /// 成功
    paid: usize,
    /// 退票
    returned: usize,
    /// 与已知相同
    unchanged: usize,
    /// 银行处理中
    pending: usize,
    /// 对不上的行
    unmatched: Vec<Unmatched>,
    /// 这个文件以前导入过
    is_repeated: bool,
}

impl From<pay::Settled> for Settled {
    fn from(it: pay::Settled) -> Self {
        let stranger = |it: pay::Stranger| Unmatched {
            row: it.row,
            why: it.why.to_owned(),
            why_label: it.why_label.to_owned(),
            name: it.name,
            amount_fen: it.amount_fen,
            is_paid: it.is_paid,
            text: it.text,
        };
        Self {
            id: it.id,
            kind: it.kind.to_owned(),
            rows: it.rows,
            paid: it.paid,
            returned: it.returned,
            unchanged: it.unchanged,
            pending: it.pending,
            unmatched: it.unmatched.into_iter().map(stranger).collect(),
            is_repeated: it.is_repeated,
        }
    }
}

/// What a file of the bank is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfResult {
    /// 文件名
    name: String,
    /// mixed 逐笔结果，success 成功清单，failure 失败清单，statement 账户流水；不写由文件自己说明
    kind: Option<String>,
    /// 没有写日期的行按哪天算；不写按文件里的日期，再没有按批次的发放日
    date: Option<String>,
}

pub(super) async fn handed(seat: &Seat, asked: OfResult, body: Body) -> Result<Handed, Refusal> {
    let kind = match asked.kind.as_deref() {
        None => None,
        Some(code) => Some(ResultKind::from_code(code).ok_or_else(|| {
            let all: Vec<&str> = ResultKind::ALL.iter().map(|it| it.code()).collect();
            Refusal::new(Code::BadRequest, format!("没有“{code}”这种结果文件，可写 {}", all.join("、")))
        })?),
    };
    let date = day(asked.date.as_deref())?;
    let bytes = stream::whole(body, seat.server.settings.limits.upload_bytes).await?;
    let name: String = asked.name.chars().filter(|c| !c.is_control()).take(120).collect();
    Ok(Handed::new(&name, bytes, kind, date))
}

/// `POST …/payments/{batch}/results/preview`
pub async fn settle_preview(
    seat: Seat,
    Path((_, batch)): Path<(String, String)>,
    Query(asked): Query<OfResult>,
    body: Body,
) -> Result<Out<Settled>, Refusal> {
    let handed = handed(&seat, asked, body).await?;
    let would = pay::settle_preview(&seat.app, &seat.caller, seat.county, &batch, handed).await?;
    Ok(Out(would.into()))
}
