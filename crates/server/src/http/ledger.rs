//! The ledger of funds and goods over HTTP, visits without a signature, and three ways side by side.

use super::answer::{Items, UnitName, file};
use super::extract::{Json, Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use app::Code;
use app::ledger::{self, DifferenceKind, EntryView, Sent};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::{FileId, LedgerEntryId};
use domain::ledger::EntryKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Whose.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 单位（含下级）：代码、名称或别名；不写为本账号的范围
    unit: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
}

/// How a unit stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerLine)]
pub struct Line {
    /// 单位
    unit: UnitName,
    /// 慰问品名称；空为慰问金
    item: String,
    /// 计量单位；慰问金为元，数以分计
    measure: String,
    /// 下拨
    allotted: i64,
    /// 走访使用（县级下拨的慰问金，取自走访记录）
    used: i64,
    /// 签领
    signed: i64,
    /// 退回
    given_back: i64,
    /// 缺失
    missing: i64,
    /// 结余；小于零为超支
    left: i64,
    /// 领出的现金
    drawn: i64,
    /// 手上的现金
    in_hand: i64,
}

/// What the county has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerStock)]
pub struct Stock {
    /// 慰问品名称
    item: String,
    /// 计量单位
    measure: String,
    /// 购入
    bought: i64,
    /// 下拨
    allotted: i64,
    /// 退回
    given_back: i64,
    /// 库存
    in_stock: i64,
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub struct Entry {
    /// 编号
    id: String,
    /// 单位
    unit: UnitName,
    /// 种类代码
    kind: String,
    /// 种类名称
    kind_label: String,
    /// 慰问品名称；空为慰问金
    item: String,
    /// 数量；慰问金以分计
    quantity: i64,
    /// 计量单位
    measure: String,
    /// 慰问品价值，分
    value_fen: i64,
    /// 人数
    heads: Option<i64>,
    /// 每人标准，分
    standard_fen: Option<i64>,
    /// 属于哪一笔领出的现金
    draw: Option<String>,
    /// 领出的现金还在手上的，分
    in_hand: Option<i64>,
    /// 经手人
    person_name: String,
    /// 凭证号
    voucher: String,
    /// 日期
    on: String,
    /// 备注
    note: String,
    /// 签领表或凭证的文件编号
    file: Option<String>,
    /// 登记人
    by: String,
    /// 登记时间，毫秒
    at_ms: i64,
    /// 撤销人；没有撤销为空
    cancelled_by: Option<String>,
    /// 撤销理由
    cancel_reason: Option<String>,
}

impl From<EntryView> for Entry {
    fn from(it: EntryView) -> Self {
        let row = it.row;
        Self {
            id: row.id,
            unit: it.unit.into(),
            kind: row.kind,
            kind_label: it.kind_label.to_owned(),
            item: row.item,
            quantity: row.quantity,
            measure: row.measure,
            value_fen: row.value_fen,
            heads: row.heads,
            standard_fen: row.standard_fen,
            draw: row.draw_id,
            in_hand: it.in_hand,
            person_name: row.person_name,
            voucher: row.voucher,
            on: row.on_date,
            note: row.note,
            file: row.file_id,
            by: row.by_actor,
            at_ms: row.at_ms,
            cancelled_by: row.cancelled_by,
            cancel_reason: row.cancel_reason,
        }
    }
}

/// A campaign's ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ledger {
    /// 各单位
    lines: Vec<Line>,
    /// 县里的慰问品
    stock: Vec<Stock>,
    /// 登记
    entries: Vec<Entry>,
}

/// `GET …/campaigns/{campaign}/ledger`
pub async fn view(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Out<Ledger>, Refusal> {
    let it = ledger::view(&seat.app, &seat.caller, seat.county, &campaign, asked.unit.as_deref()).await?;
    let line = |it: ledger::Line| Line {
        unit: it.unit.into(),
        item: it.item,
        measure: it.measure,
        allotted: it.standing.allotted,
        used: it.standing.used,
        signed: it.standing.signed,
        given_back: it.standing.given_back,
        missing: it.standing.missing,
        left: it.standing.left(),
        drawn: it.standing.drawn,
        in_hand: it.standing.in_hand(),
    };
    let stock = |it: ledger::StockLine| Stock {
        item: it.item,
        measure: it.measure,
        bought: it.stock.bought,
        allotted: it.stock.allotted,
        given_back: it.stock.given_back,
        in_stock: it.stock.in_stock(),
    };
    Ok(Out(Ledger {
        lines: it.lines.into_iter().map(line).collect(),
        stock: it.stock.into_iter().map(stock).collect(),
        entries: it.entries.into_iter().map(Entry::from).collect(),
    }))
}

/// How the paper is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// 单位（含下级）
    unit: Option<String>,
    /// xlsx（默认）、docx、pdf
    format: Option<String>,
}

/// `GET …/campaigns/{campaign}/ledger/paper`
pub async fn paper(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Printed>,
) -> Result<Response, Refusal> {
    let format = super::paper::format(asked.format.as_deref())?;
    let (app, caller) = (&seat.app, &seat.caller);
    let paper = ledger::paper(app, caller, seat.county, &campaign, asked.unit.as_deref()).await?;
    let (bytes, media_type) = super::paper::bytes(&paper, format).await?;
    Ok(file(&format!("结算表-{}.{}", app.today(), format.ending()), media_type, bytes))
}

/// An entry as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LedgerEntryIn)]
pub struct EntryIn {
    /// 活动代码
    campaign: String,
    /// 单位：代码、名称或别名
    unit: String,
    /// 种类：buy 购入，allot 下拨，give_back 退回，sign 签领，lose 缺失，draw 领出现金，cash_signed 现金签领，hand_back 交回现金
    kind: String,
    /// 慰问品名称；空为慰问金
    #[serde(default)]
    item: String,
    /// 数量；慰问金以分计
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// 计量单位
    #[serde(default)]
    measure: String,
    /// 慰问品价值，分
    #[serde(default)]
    #[schema(minimum = 0)]
    value_fen: i64,
    /// 人数
    heads: Option<i64>,
    /// 每人标准，分；与人数相乘应等于金额
    standard_fen: Option<i64>,
    /// 属于哪一笔领出的现金
    draw: Option<Uuid>,
    /// 经手人
    #[serde(default)]
    person_name: String,
    /// 凭证号
    #[serde(default)]
    voucher: String,
    /// 日期，如 2024-07-20
    on: String,
    /// 备注；缺失必填
    #[serde(default)]
    note: String,
    /// 签领表或凭证的文件编号
    file: Option<Uuid>,
}

/// `PUT …/ledger/{id}`: repeating it is harmless.
pub async fn put(
    seat: Seat,
    Path((_, id)): Path<(String, LedgerEntryId)>,
    Json(body): Json<EntryIn>,
) -> Result<StatusCode, Refusal> {
    let bad = |message: String| Refusal::new(Code::BadRequest, message);
    if id.0.get_version_num() != 7 {
        return Err(bad("登记的编号应为客户端生成的 UUIDv7".to_owned()));
    }
    let most = 1_000_000_000_000;
    if !(1..=most).contains(&body.quantity) || !(0..=most).contains(&body.value_fen) {
        return Err(bad("数量或价值不可用".to_owned()));
    }
    let sent = Sent {
        id,
        campaign: body.campaign,
        unit: body.unit,
        kind: EntryKind::from_code(&body.kind)
            .ok_or_else(|| bad(format!("种类“{}”不是可用的代码", body.kind)))?,
        item: body.item,
        quantity: body.quantity,
        measure: body.measure,
        value_fen: body.value_fen,
        heads: body.heads.filter(|it| (0..=most).contains(it)),
        standard_fen: body.standard_fen.filter(|it| (0..=most).contains(it)),
        draw: body.draw.map(LedgerEntryId),
        person_name: body.person_name,
        voucher: body.voucher,
        on: body.on.parse().map_err(|_| bad(format!("“{}”不是日期，应如 2024-07-20", body.on)))?,
        note: body.note,
        file: body.file.map(FileId),
    };
    ledger::put(&seat.app, &seat.caller, seat.county, sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why an entry is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LedgerCancel)]
pub struct Cancel {
    /// 理由
    reason: String,
}

/// `POST …/ledger/{id}/cancel`
pub async fn cancel(
    seat: Seat,
    Path((_, id)): Path<(String, LedgerEntryId)>,
    Json(body): Json<Cancel>,
) -> Result<StatusCode, Refusal> {
    ledger::cancel(&seat.app, &seat.caller, seat.county, id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A visit whose goods nobody signed for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerUnsigned)]
pub struct Unsigned {
    /// 走访编号
    visit: String,
    /// 走访单位
    unit: UnitName,
    /// 对象
    name: String,
    /// 日期
    on: String,
    /// 慰问品
    goods: String,
    /// 价值，分
    goods_fen: i64,
}

/// `GET …/campaigns/{campaign}/ledger/unsigned`
pub async fn unsigned(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Out<Items<Unsigned>>, Refusal> {
    let which = (asked.unit.as_deref(), asked.names.as_deref() == Some("full"));
    let all = ledger::unsigned(&seat.app, &seat.caller, seat.county, &campaign, which).await?;
    let one = |it: ledger::Unsigned| Unsigned {
        visit: it.visit,
        unit: it.unit.into(),
        name: it.name,
        on: it.on,
        goods: it.goods,
        goods_fen: it.goods_fen,
    };
    Ok(Out(Items { items: all.into_iter().map(one).collect() }))
}

/// One name that does not fit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationDifference)]
pub struct Difference {
    /// 种类代码
    kind: String,
    /// 人员编号；不在名册的没有
    person: Option<String>,
    /// 姓名
    name: String,
    /// 单位
    unit: UnitName,
    /// 金额，分；没有为 0
    amount_fen: i64,
}

/// How many of a kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationCount)]
pub struct Count {
    /// 种类代码
    kind: String,
    /// 种类名称
    label: String,
    /// 人数（条数）
    count: usize,
}

/// Visits, payments and goods side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reconciliation {
    /// 走访到的人数
    visited: i64,
    /// 打卡成功的人数
    paid: i64,
    /// 打卡成功的金额，分
    paid_fen: i64,
    /// 走访的慰问金，分
    visited_fen: i64,
    /// 走访的慰问品价值，分
    goods_fen: i64,
    /// 各种差别的人数
    counts: Vec<Count>,
    /// 逐人；每种至多 1000 个
    differences: Vec<Difference>,
}

/// `GET …/campaigns/{campaign}/reconciliation`
pub async fn reconcile(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Out<Reconciliation>, Refusal> {
    let which = (asked.unit.as_deref(), asked.names.as_deref() == Some("full"));
    let it = ledger::reconcile(&seat.app, &seat.caller, seat.county, &campaign, which).await?;
    let counts = DifferenceKind::ALL
        .into_iter()
        .map(|kind| Count {
            kind: kind.code().to_owned(),
            label: kind.label().to_owned(),
            count: it.counts.get(&kind).copied().unwrap_or_default(),
        })
        .collect();
    let one = |it: ledger::Difference| Difference {
        kind: it.kind.code().to_owned(),
        person: it.person,
        name: it.name,
        unit: it.unit.into(),
        amount_fen: it.amount_fen,
    };
    Ok(Out(Reconciliation {
        visited: it.visited,
        paid: it.paid,
        paid_fen: it.paid_fen,
        visited_fen: it.visited_fen,
        goods_fen: it.goods_fen,
        counts,
        differences: it.differences.into_iter().map(one).collect(),
    }))
}
