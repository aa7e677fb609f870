//! 年度确认: lists, counts, one, many at once, taken back.

use super::answer::{Items, Page, UnitName, etag};
use super::extract::{IfMatch, Json, Path, Query};
use super::person::Person;
use super::problem::Refusal;
use super::who::Seat;
use app::confirmation::{self, Became, Line, Sent, Shown};
use app::{Code, Problem, page, person};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::confirmation::Means;
use domain::ids::{FileId, PersonId};
use domain::person::PersonClass;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Whose confirmations.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmationSearch)]
pub struct Asked {
    /// 年度，如 2024
    year: i16,
    /// 乡镇（街道）或村（社区）：代码、名称或别名
    unit: Option<String>,
    /// open 待确认，confirmed 已确认；不写为全部
    state: Option<String>,
    /// 优抚类别代码
    class: Option<String>,
    /// true：所有在册人员；默认只列享受定期抚恤补助的
    all: Option<bool>,
    /// 姓名、拼音或首字母、公民身份号码或其末四位
    search: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// A confirmation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmation {
    /// 年度
    year: i64,
    /// 确认方式代码：face、video、home_visit、proof
    means: String,
    /// 确认日期
    confirmed_on: String,
    /// 材料的文件编号
    files: Vec<String>,
    /// 是否填有备注
    has_remark: bool,
    /// 备注，只在查看单条时给出
    remark: Option<String>,
    /// 作为确认的走访
    visit: Option<String>,
    /// 办理人
    by: String,
    /// 办理时间，毫秒
    at_ms: i64,
    /// 版本
    version: i64,
}

impl From<Shown> for Confirmation {
    fn from(it: Shown) -> Self {
        Self {
            year: it.year,
            means: it.means.code().to_owned(),
            confirmed_on: it.confirmed_on,
            files: it.files.iter().map(ToString::to_string).collect(),
            has_remark: it.has_remark,
            remark: it.remark,
            visit: it.visit,
            by: it.by,
            at_ms: it.at_ms,
            version: it.version,
        }
    }
}

/// A person with the year's confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmationLine)]
pub struct Listed {
    /// 人员（遮盖）
    person: Person,
    /// open 待确认，confirmed 已确认
    state: String,
    /// 确认；待确认的没有
    confirmation: Option<Confirmation>,
}

impl From<Line> for Listed {
    fn from(it: Line) -> Self {
        let state = if it.confirmation.is_some() { "confirmed" } else { "open" };
        Self {
            person: it.person.into(),
            state: state.to_owned(),
            confirmation: it.confirmation.map(Confirmation::from),
        }
    }
}

/// A year in which the roster can be confirmed.
fn year(year: i16) -> Result<i16, Refusal> {
    if (2000..=2200).contains(&year) {
        return Ok(year);
    }
    Err(Refusal::new(Code::BadRequest, format!("年度“{year}”不可用，应如 2024")))
}

/// `GET …/confirmations`
pub async fn list(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Page<Listed>>, Refusal> {
    let confirmed = match asked.state.as_deref() {
        None => None,
        Some("open") => Some(false),
        Some("confirmed") => Some(true),
        Some(word) => {
            return Err(Refusal::new(Code::BadRequest, format!("状态“{word}”不是可用的代码")));
        }
    };
    if let Some(code) = asked.class.as_deref().filter(|code| PersonClass::from_code(code).is_none()) {
        return Err(Refusal::new(Code::BadRequest, format!("优抚类别“{code}”不是可用的代码")));
    }
    let wanted = confirmation::Wanted {
        year: year(asked.year)?,
        persons: person::Wanted {
            search: asked.search,
            unit: asked.unit,
            class: asked.class,
            full_names: asked.names.as_deref() == Some("full"),
            ..person::Wanted::default()
        },
        everyone: asked.all.unwrap_or(false),
        confirmed,
    };
    let paging = page::Asked { cursor: asked.cursor, limit: asked.limit };
    let page = confirmation::list(&seat.app, &seat.caller, seat.county, &wanted, &paging).await?;
    Ok(Out(Page::of(page, Listed::from)))
}

/// `POST …/confirmations/search`: as the list, with the name outside the address.
pub async fn search(seat: Seat, Json(asked): Json<Asked>) -> Result<Out<Page<Listed>>, Refusal> {
    list(seat, Query(asked)).await
}

/// Which year and unit are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// 年度，如 2024
    year: i16,
    /// 单位：代码、名称或别名；不写为本账号的范围
    unit: Option<String>,
    /// true：所有在册人员；默认只数享受定期抚恤补助的
    all: Option<bool>,
}

/// Persons confirmed by one means.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmationMeans)]
pub struct OfMeans {
    /// 确认方式代码
    means: String,
    /// 名称
    label: String,
    /// 人数
    count: i64,
}

/// How a unit stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmationUnit)]
pub struct OfUnit {
    /// 单位
    unit: UnitName,
    /// 应确认人数
    persons: i64,
    /// 已确认人数
    confirmed: i64,
}

/// How a year stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmationCounts)]
pub struct Counts {
    /// 年度
    year: i16,
    /// 应确认人数
    persons: i64,
    /// 已确认人数
    confirmed: i64,
    /// 按确认方式
    by_means: Vec<OfMeans>,
    /// 下一级各单位
    items: Vec<OfUnit>,
}

/// `GET …/confirmations/counts`
pub async fn counts(seat: Seat, Query(asked): Query<Counted>) -> Result<Out<Counts>, Refusal> {
    let year = year(asked.year)?;
    let of = (asked.unit.as_deref(), asked.all.unwrap_or(false));
    let counts = confirmation::counts(&seat.app, &seat.caller, seat.county, year, of).await?;
    let by_means = counts.by_means.into_iter().map(|(means, count)| OfMeans {
        means: means.code().to_owned(),
        label: means.label().to_owned(),
        count,
    });
    let items = counts.units.into_iter().map(|it| OfUnit {
        unit: it.unit.into(),
        persons: it.persons,
        confirmed: it.confirmed,
    });
    Ok(Out(Counts {
        year,
        persons: counts.persons,
        confirmed: counts.confirmed,
        by_means: by_means.collect(),
        items: items.collect(),
    }))
}

/// A confirmation as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationIn {
    /// 确认方式代码：face、video、home_visit、proof
    means: String,
    /// 确认日期，如 2024-07-20
    confirmed_on: String,
    /// 材料的文件编号：这个人的，或对这个人走访的
    #[serde(default)]
    files: Vec<Uuid>,
    /// 备注，至多 500 个字
    #[serde(default)]
    remark: String,
}

impl ConfirmationIn {
    fn sent(self, person: PersonId, expected: Option<i64>) -> Result<Sent, Problem> {
        let means = Means::from_code(&self.means).ok_or_else(|| {
            Problem::new(Code::BadRequest, format!("确认方式“{}”不是可用的代码", self.means))
        })?;
        let confirmed_on: Date = self.confirmed_on.parse().map_err(|_| {
            Problem::new(Code::BadRequest, format!("“{}”不是日期，应如 2024-07-20", self.confirmed_on))
        })?;
        Ok(Sent {
            person,
            means,
            confirmed_on,
            files: self.files.into_iter().map(FileId).collect(),
            remark: self.remark,
            expected,
        })
    }
}

/// Many confirmations of one year.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmationBulk)]
pub struct Bulk {
    /// 年度
    year: i16,
    /// 最多 500 人，每人各有结果
    confirmations: Vec<OfBulk>,
}

/// One confirmation of many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmationOfBulk)]
pub struct OfBulk {
    /// 人员编号
    person: Uuid,
    /// 修改时所依据的版本
    version: Option<i64>,
    /// 内容
    confirmation: ConfirmationIn,
}

/// What became of one of many.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmationBulkAnswer)]
pub struct BulkAnswer {
    /// 人员编号
    person: String,
    /// added 已确认，changed 已修改，unchanged 与原来相同；没有办理时为空
    became: Option<String>,
    /// 没有办理的原因
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

fn became(it: Became) -> &'static str {
    match it {
        Became::Added => "added",
        Became::Changed => "changed",
        Became::Unchanged => "unchanged",
    }
}

/// `POST …/confirmations/bulk`
pub async fn bulk(seat: Seat, Json(bulk): Json<Bulk>) -> Result<Out<Items<BulkAnswer>>, Refusal> {
    if bulk.confirmations.is_empty() || bulk.confirmations.len() > 500 {
        return Err(Refusal::new(Code::BadRequest, "一次应确认 1 至 500 人"));
    }
    let year = year(bulk.year)?;
    let mut persons = Vec::with_capacity(bulk.confirmations.len());
    let mut sent = Vec::with_capacity(bulk.confirmations.len());
    for it in bulk.confirmations {
        persons.push(it.person);
        sent.push(it.confirmation.sent(PersonId(it.person), it.version)?);
    }
    let taken = confirmation::put_many(&seat.app, &seat.caller, seat.county, year, sent).await?;
    let items = persons
        .into_iter()
        .zip(taken)
        .map(|(person, taken)| {
            let person = person.to_string();
            match taken {
                Ok(it) => BulkAnswer { person, became: Some(became(it).to_owned()), problem: None },
                Err(problem) => BulkAnswer { person, became: None, problem: Some(problem.json()) },
            }
        })
        .collect();
    Ok(Out(Items { items }))
}

/// `GET …/confirmations/{year}/{id}`
pub async fn get(seat: Seat, Path((_, of, id)): Path<(String, i16, PersonId)>) -> Result<Response, Refusal> {
    let found = confirmation::get(&seat.app, &seat.caller, seat.county, year(of)?, id).await?;
    let found = found.ok_or_else(|| Refusal::new(Code::NotFound, format!("这个人 {of} 年度还没有确认")))?;
    Ok((etag(found.version), Out(Confirmation::from(found))).into_response())
}

/// A confirmation that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmationAnswer)]
pub struct Answered {
    /// added 已确认，changed 已修改，unchanged 与原来相同
    became: String,
    /// 现在的确认
    confirmation: Confirmation,
}

/// `PUT …/confirmations/{year}/{id}`: idempotent; a change names the version that it starts from.
pub async fn put(
    seat: Seat,
    Path((_, of, id)): Path<(String, i16, PersonId)>,
    IfMatch(expected): IfMatch,
    Json(body): Json<ConfirmationIn>,
) -> Result<Response, Refusal> {
    let of = year(of)?;
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let sent = vec![body.sent(id, expected)?];
    let taken = confirmation::put_many(app, caller, county, of, sent).await?.pop();
    let found = confirmation::get(app, caller, county, of, id).await;
    match taken.ok_or_else(Refusal::not_found)? {
        Ok(it) => {
            let found = found?.ok_or_else(Refusal::not_found)?;
            let status = if it == Became::Added { StatusCode::CREATED } else { StatusCode::OK };
            let body = Answered { became: became(it).to_owned(), confirmation: found.into() };
            Ok((status, etag(body.confirmation.version), Out(body)).into_response())
        }
        Err(problem) if matches!(problem.code, Code::Changed | Code::VersionRequired) => {
            let current = found?.map(Confirmation::from);
            Err(problem.with(json!({ "current": current })).into())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// `DELETE …/confirmations/{year}/{id}`
pub async fn undo(
    seat: Seat,
    Path((_, of, id)): Path<(String, i16, PersonId)>,
) -> Result<StatusCode, Refusal> {
    confirmation::undo(&seat.app, &seat.caller, seat.county, year(of)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
