//! Entries that may be one human, side by side, and what somebody says of them.

use super::answer::{Items, Page};
use super::extract::{Json, Query};
use super::person::Detail;
use super::problem::Refusal;
use super::who::Seat;
use app::person::{self, Twins};
use app::{Code, page};
use axum::Json as Out;
use axum::http::StatusCode;
use domain::ids::PersonId;
use serde::{Deserialize, Serialize};
use store::apart::Pair;
use store::person::alike::By;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What entries have in common, as the answer says it.
const REASONS: &[(By, &str, &str)] = &[
    (By::ShortNumber, "number15", "15 位号码相同"),
    (By::NameAndBirth, "name_birth", "姓名和出生日期相同"),
    (By::Account, "account", "银行账号相同"),
    (By::Phone, "phone", "联系电话相同"),
];

fn code(by: By) -> String {
    REASONS.iter().find(|it| it.0 == by).map_or("", |it| it.1).to_owned()
}

/// Which pairs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// number15 15 位号码相同，name_birth 姓名和出生日期相同，account 银行账号相同，phone 联系电话相同
    reason: Option<String>,
    /// 乡镇（街道）或村（社区）：代码、名称或别名
    unit: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// A field with its name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonField)]
pub struct Field {
    /// 字段代码
    field: String,
    /// 字段名称
    label: String,
}

/// Two entries side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicatePair)]
pub struct Duplicate {
    /// 一条记录（遮盖）
    first: Detail,
    /// 另一条记录（遮盖）
    second: Detail,
    /// 相同之处，最有力的在前
    reasons: Vec<String>,
    /// 是否同村（社区）
    same_village: bool,
    /// 不同的字段
    differing: Vec<Field>,
    /// 前一条的走访次数
    first_visits: i64,
    /// 后一条的走访次数
    second_visits: i64,
}

impl From<Twins> for Duplicate {
    fn from(it: Twins) -> Self {
        let field = |(field, label): (&str, &str)| Field { field: field.to_owned(), label: label.to_owned() };
        Self {
            first: it.first.into(),
            second: it.second.into(),
            reasons: it.common.into_iter().map(code).collect(),
            same_village: it.same_village,
            differing: it.differing.into_iter().map(field).collect(),
            first_visits: it.visits.0,
            second_visits: it.visits.1,
        }
    }
}

/// `GET …/duplicates`
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Page<Duplicate>>, Refusal> {
    let by = match asked.reason.as_deref() {
        None => None,
        Some(word) => {
            let found = REASONS.iter().find(|it| it.1 == word);
            let bad = || Refusal::new(Code::BadRequest, format!("相同之处“{word}”不是可用的代码"));
            Some(found.ok_or_else(bad)?.0)
        }
    };
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let wanted = (by, asked.unit.as_deref());
    let page = person::duplicates(&seat.app, &seat.caller, seat.county, wanted, &paging).await?;
    Ok(Out(Page::of(page, Duplicate::from)))
}

/// Whose pairs are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfUnit {
    /// 乡镇（街道）或村（社区）：代码、名称或别名
    unit: Option<String>,
}

/// Pairs found by one thing in common.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateReason)]
pub struct Reason {
    /// 相同之处的代码
    reason: String,
    /// 名称
    label: String,
    /// 对数
    count: usize,
}

/// How many pairs there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateCount)]
pub struct Count {
    /// 对数
    count: usize,
    /// 按相同之处
    by_reason: Vec<Reason>,
}

/// `GET …/duplicates/count`
pub async fn count(seat: Seat, Query(asked): Query<OfUnit>) -> Result<Out<Count>, Refusal> {
    let unit = asked.unit.as_deref();
    let (count, by) = person::duplicates_count(&seat.app, &seat.caller, seat.county, unit).await?;
    let label = |by: By| REASONS.iter().find(|it| it.0 == by).map_or("", |it| it.2).to_owned();
    let by_reason =
        by.into_iter().map(|(by, count)| Reason { reason: code(by), label: label(by), count }).collect();
    Ok(Out(Count { count, by_reason }))
}

/// Two entries that are two humans.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DuplicateApart)]
pub struct Apart {
    /// 人员编号
    first: Uuid,
    /// 另一个人员编号
    second: Uuid,
    /// 理由，至多 200 个字
    reason: Option<String>,
}

/// `POST …/duplicates/apart`
pub async fn keep_apart(seat: Seat, Json(asked): Json<Apart>) -> Result<StatusCode, Refusal> {
    let pair = Pair::of(PersonId(asked.first), PersonId(asked.second));
    let reason = asked.reason.as_deref();
    person::keep_apart(&seat.app, &seat.caller, seat.county, pair, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which two.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Two {
    /// 人员编号
    first: Uuid,
    /// 另一个人员编号
    second: Uuid,
}

/// `DELETE …/duplicates/apart?first=&second=`
pub async fn ask_again(seat: Seat, Query(two): Query<Two>) -> Result<StatusCode, Refusal> {
    let pair = Pair::of(PersonId(two.first), PersonId(two.second));
    person::ask_again(&seat.app, &seat.caller, seat.county, pair).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Two entries that are kept apart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateKept)]
pub struct Kept {
    /// 人员编号
    first: String,
    /// 姓名（遮盖）
    first_name: String,
    /// 另一个人员编号
    second: String,
    /// 姓名（遮盖）
    second_name: String,
    /// 理由
    reason: Option<String>,
    /// 谁认定的
    by: String,
    /// 时间，毫秒
    at_ms: i64,
}

/// `GET …/duplicates/apart`
pub async fn kept(seat: Seat) -> Result<Out<Items<Kept>>, Refusal> {
    let kept = person::kept_apart(&seat.app, &seat.caller, seat.county).await?;
    let items = kept
        .into_iter()
        .map(|it| Kept {
            first: it.pair.first.to_string(),
            first_name: it.names.0,
            second: it.pair.second.to_string(),
            second_name: it.names.1,
            reason: it.reason,
            by: it.by,
            at_ms: it.at_ms,
        })
        .collect();
    Ok(Out(Items { items }))
}
