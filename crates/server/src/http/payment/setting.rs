//! What stands beside payments: layouts of banks, lists to compare with, corrections of accounts, twins in other
//! counties.

use super::super::answer::{Items, UnitName};
use super::super::extract::{Json, Path, Query};
use super::super::problem::Refusal;
use super::super::stream;
use super::super::who::Seat;
use app::payment as pay;
use axum::Json as Out;
use axum::body::Body;
use axum::http::StatusCode;
use domain::ids::{FileId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A layout of a bank's file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankLayout)]
pub struct Layout {
    /// 代码
    key: String,
    /// 名称
    name: String,
    /// 说明
    note: String,
    /// 是否本县录入或改过
    is_own: bool,
    /// 还没有填写的常量
    missing: Vec<String>,
    /// 常量
    constants: BTreeMap<String, String>,
    /// 版本；0 为程序自带
    version: i64,
    /// 格式文件（TOML）
    text: String,
}

impl From<pay::LayoutView> for Layout {
    fn from(it: pay::LayoutView) -> Self {
        Self {
            key: it.key,
            name: it.name,
            note: it.note,
            is_own: it.is_own,
            missing: it.missing,
            constants: it.constants,
            version: it.version,
            text: it.text,
        }
    }
}

/// `GET …/bank-layouts`
pub async fn layouts(seat: Seat) -> Result<Out<Items<Layout>>, Refusal> {
    let all = pay::layouts(&seat.app, &seat.caller, seat.county).await?;
    Ok(Out(Items { items: all.into_iter().map(Layout::from).collect() }))
}

/// A layout as it is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BankLayoutText)]
pub struct LayoutText {
    /// 格式文件（TOML），其中写明代码
    text: String,
}

/// `PUT …/bank-layouts`
pub async fn save_layout(seat: Seat, Json(body): Json<LayoutText>) -> Result<Out<Layout>, Refusal> {
    let saved = pay::save_layout(&seat.app, &seat.caller, seat.county, &body.text).await?;
    Ok(Out(saved.into()))
}

/// A list of others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentComparison)]
pub struct Comparison {
    /// 编号
    id: String,
    /// funeral 殡葬，household 户籍，social 社保
    kind: String,
    /// 来源
    source: String,
    /// 文件名
    file_name: String,
    /// 人数
    entries: i64,
    /// 导入人
    by: String,
    /// 时间（毫秒）
    at_ms: i64,
}

/// `GET …/payment-comparisons`
pub async fn comparisons(seat: Seat) -> Result<Out<Items<Comparison>>, Refusal> {
    let all = pay::comparisons(&seat.app, &seat.caller, seat.county).await?;
    let one = |it: store::payment::beside::ComparisonRow| Comparison {
        id: it.id,
        kind: it.kind,
        source: it.source,
        file_name: it.file_name,
        entries: it.entries,
        by: it.by_actor,
        at_ms: it.at_ms,
    };
    Ok(Out(Items { items: all.into_iter().map(one).collect() }))
}

/// What a list is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// 文件名；粘贴的号码写 粘贴.txt
    name: String,
    /// funeral 殡葬，household 户籍，social 社保
    kind: String,
    /// 来源，如“县殡仪馆 2024年6月”
    source: String,
}

/// What a list came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentComparisonRead)]
pub struct Compared {
    /// 编号
    id: String,
    /// 读到的人数
    entries: usize,
    /// 没有读出号码的行
    unreadable: Vec<u32>,
}

/// `POST …/payment-comparisons`
pub async fn compare(
    seat: Seat,
    Query(asked): Query<Compare>,
    body: Body,
) -> Result<(StatusCode, Out<Compared>), Refusal> {
    let bytes = stream::whole(body, seat.server.settings.limits.upload_bytes).await?;
    let file = (asked.name.as_str(), bytes);
    let done = pay::compare(&seat.app, &seat.caller, seat.county, &asked.kind, &asked.source, file).await?;
    let body = Compared { id: done.id, entries: done.entries, unreadable: done.unreadable };
    Ok((StatusCode::CREATED, Out(body)))
}

/// `DELETE …/payment-comparisons/{id}`
pub async fn remove_comparison(
    seat: Seat,
    Path((_, id)): Path<(String, Uuid)>,
) -> Result<StatusCode, Refusal> {
    pay::remove_comparison(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a person's money goes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BankAccountChange)]
pub struct Account {
    /// 银行账号
    account: Option<String>,
    /// 开户银行
    bank_name: Option<String>,
    /// 户名
    account_name: Option<String>,
    /// 依据，2 至 200 个字
    reason: String,
    /// 存折照片等附件的编号
    evidence: Option<Uuid>,
    /// 修改所依据的人员信息版本
    version: Option<i64>,
}

/// The version after a correction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankAccountChanged)]
pub struct Corrected {
    /// 人员信息现在的版本
    version: i64,
}

/// `PUT …/persons/{id}/bank-account`
pub async fn correct(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
    Json(body): Json<Account>,
) -> Result<Out<Corrected>, Refusal> {
    let correction = pay::Correction {
        account: body.account,
        bank_name: body.bank_name,
        account_name: body.account_name,
        reason: body.reason,
        evidence: body.evidence.map(FileId),
        version: body.version,
    };
    let version = pay::correct(&seat.app, &seat.caller, seat.county, id, correction).await?;
    Ok(Out(Corrected { version }))
}

/// A name as the bank writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BankSpelling)]
pub struct Spelling {
    /// 银行写法；空的为取消
    spelling: String,
    /// 依据，2 至 200 个字
    reason: String,
}

/// `PUT …/persons/{id}/bank-spelling`
pub async fn spell(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
    Json(body): Json<Spelling>,
) -> Result<StatusCode, Refusal> {
    pay::spell(&seat.app, &seat.caller, seat.county, id, &body.spelling, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody whom another county pays too.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentTwin)]
pub struct Twin {
    /// 人员编号
    person: String,
    /// 姓名（遮盖）
    name: String,
    /// 乡镇（街道）
    township: UnitName,
    /// 另一个县
    other: UnitName,
}

/// `GET …/payment-twins`
pub async fn twins(seat: Seat) -> Result<Out<Items<Twin>>, Refusal> {
    let all = pay::twins(&seat.app, &seat.caller, seat.county).await?;
    let one = |it: pay::Twin| Twin {
        person: it.person,
        name: it.name,
        township: it.township.into(),
        other: it.other.into(),
    };
    Ok(Out(Items { items: all.into_iter().map(one).collect() }))
}
