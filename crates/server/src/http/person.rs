//! Persons on the roster: pages, one person, what changed, one value in full, merging. What is typed of one is in
//! `person_body.rs`.

use super::answer::{Items, Names, Page, UnitName, etag};
use super::export::{self, Started};
use super::extract::{Json, Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use app::export::{Request, What};
use app::person::{self, Field, Wanted};
use app::{Code, confirmation, page};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::PersonId;
use domain::person::{Hardship, Identity, PersonClass, PersonStatus};
use domain::roster::RosterColumn;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which persons, in which order.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonSearch)]
pub struct Filter {
    /// 姓名、拼音或首字母（至少两个字母）、公民身份号码或其末四位
    search: Option<String>,
    /// 乡镇（街道）或村（社区）：代码、名称或别名
    unit: Option<String>,
    /// 优抚类别代码
    class: Option<String>,
    /// 伤残等级 1 至 10
    grade: Option<i64>,
    /// 状态代码
    status: Option<String>,
    /// 特殊困难代码
    hardship: Option<String>,
    /// 是否享受定期抚恤补助
    allowance: Option<bool>,
    /// name（按姓名拼音，默认）或 received（按收到先后）
    sort: Option<String>,
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

impl Filter {
    fn wanted(&self) -> Result<Wanted, Refusal> {
        let known = |what: &str, value: &Option<String>, is_known: &dyn Fn(&str) -> bool| match value {
            Some(code) if !is_known(code) => {
                Err(Refusal::new(Code::BadRequest, format!("{what}“{code}”不是可用的代码")))
            }
            _ => Ok(()),
        };
        known("优抚类别", &self.class, &|code| PersonClass::from_code(code).is_some())?;
        known("状态", &self.status, &|code| PersonStatus::from_code(code).is_some())?;
        known("特殊困难", &self.hardship, &|code| Hardship::from_code(code).is_some())?;
        known("排序 sort", &self.sort, &|word| matches!(word, "name" | "received"))?;
        known("姓名 names", &self.names, &|word| matches!(word, "full" | "masked"))?;
        Ok(Wanted {
            search: self.search.clone(),
            unit: self.unit.clone(),
            class: self.class.clone(),
            grade: self.grade,
            status: self.status.clone(),
            hardship: self.hardship.clone(),
            allowance: self.allowance,
            living: false,
            confirmed: None,
            by_time: self.sort.as_deref() == Some("received"),
            full_names: self.names.as_deref() == Some("full"),
        })
    }
}

/// A class with grade and nature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonClass)]
pub struct Class {
    /// 优抚类别代码
    class: String,
    /// 优抚类别名称
    label: String,
    /// 伤残等级
    grade: Option<u8>,
    /// 伤残性质代码
    nature: Option<String>,
}

fn classes(identities: &[Identity]) -> Vec<Class> {
    identities
        .iter()
        .map(|it| Class {
            class: it.class.code().to_owned(),
            label: it.class.label().to_owned(),
            grade: it.grade,
            nature: it.nature.map(|it| it.code().to_owned()),
        })
        .collect()
}

/// A person in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// 编号
    id: String,
    /// 姓名（遮盖）
    name: String,
    /// 公民身份号码（遮盖）
    citizen: String,
    /// 出生年份
    birth_year: i64,
    /// 享受定期抚恤补助
    allowance: bool,
    /// 乡镇（街道）
    township: UnitName,
    /// 村（社区）
    village: Option<UnitName>,
    /// 状态代码
    status: String,
    /// 特殊困难代码
    hardship: Vec<String>,
    /// 优抚类别
    identities: Vec<Class>,
    /// 版本
    version: i64,
}

impl From<person::Summary> for Person {
    fn from(it: person::Summary) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            citizen: it.citizen,
            birth_year: it.birth_year,
            allowance: it.allowance,
            township: it.township.into(),
            village: it.village.map(UnitName::from),
            status: it.status.code().to_owned(),
            hardship: hardship(&it.hardship),
            identities: classes(&it.identities),
            version: it.version,
        }
    }
}

fn hardship(marks: &[Hardship]) -> Vec<String> {
    marks.iter().map(|it| it.code().to_owned()).collect()
}

/// `GET …/persons`
pub async fn list(seat: Seat, Query(filter): Query<Filter>) -> Result<Out<Page<Person>>, Refusal> {
    let wanted = filter.wanted()?;
    let asked = page::Asked { cursor: filter.cursor, limit: filter.limit };
    let page = person::list(&seat.app, &seat.caller, seat.county, &wanted, &asked).await?;
    Ok(Out(Page::of(page, Person::from)))
}

/// `POST …/persons/search`: as the list, with what names or numbers are looked for outside the address, which proxies
/// write into their logs.
pub async fn search(seat: Seat, Json(filter): Json<Filter>) -> Result<Out<Page<Person>>, Refusal> {
    list(seat, Query(filter)).await
}

/// How many persons a filter finds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonCount)]
pub struct Count {
    /// 人数
    count: usize,
    /// 还有更多，没有数完
    is_more: bool,
}

/// `GET …/persons/count`
pub async fn count(seat: Seat, Query(filter): Query<Filter>) -> Result<Out<Count>, Refusal> {
    let wanted = filter.wanted()?;
    let (count, is_more) = person::count(&seat.app, &seat.caller, seat.county, &wanted).await?;
    Ok(Out(Count { count, is_more }))
}

/// `POST …/persons/count`
pub async fn search_count(seat: Seat, Json(filter): Json<Filter>) -> Result<Out<Count>, Refusal> {
    count(seat, Query(filter)).await
}

/// Which persons leave as a file.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonExport)]
pub struct Export {
    /// 乡镇（街道）或村（社区）：代码、名称或别名；不写为本账号的范围
    unit: Option<String>,
    /// 优抚类别代码
    class: Option<String>,
    /// 伤残等级 1 至 10
    grade: Option<i64>,
    /// 状态代码
    status: Option<String>,
    /// 特殊困难代码
    hardship: Option<String>,
    /// 是否享受定期抚恤补助
    allowance: Option<bool>,
    /// full：有权限时显示姓名全称；默认遮盖。号码、账号、电话、住址一律遮盖
    names: Option<String>,
    /// xlsx（默认）、csv
    format: Option<String>,
}

impl Export {
    fn request(self) -> Result<Request, Refusal> {
        let kind = export::kind(self.format.as_deref())?;
        let filter = Filter {
            unit: self.unit,
            class: self.class,
            grade: self.grade,
            status: self.status,
            hardship: self.hardship,
            allowance: self.allowance,
            names: self.names,
            ..Filter::default()
        };
        let Wanted { unit, class, grade, status, hardship, allowance, full_names, .. } = filter.wanted()?;
        let what = What::Roster { unit, class, grade, status, hardship, allowance, full_names };
        Ok(Request { what, kind })
    }
}

/// `GET …/persons/export`
pub async fn export(seat: Seat, Query(asked): Query<Export>) -> Result<Response, Refusal> {
    export::now(&seat, &asked.request()?).await
}

/// `POST …/persons/export`
pub async fn start_export(seat: Seat, Json(asked): Json<Export>) -> Result<Started, Refusal> {
    export::start(&seat, asked.request()?).await
}

/// One person, masked.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "what is filled in and not shown")]
#[schema(as = PersonDetail)]
pub struct Detail {
    /// 编号
    id: String,
    /// 姓名（遮盖）
    name: String,
    /// 公民身份号码（遮盖）
    citizen: String,
    /// 性别
    sex: String,
    /// 出生日期
    birth: String,
    /// 周岁
    age: i16,
    /// 民族
    ethnicity: Option<String>,
    /// 乡镇（街道）
    township: UnitName,
    /// 村（社区）
    village: Option<UnitName>,
    /// 户号
    household: Option<String>,
    /// 证书编号
    certificate: Option<String>,
    /// 是否填有住址
    has_address: bool,
    /// 联系电话（遮盖）
    phone: Option<String>,
    /// 享受定期抚恤补助
    allowance: bool,
    /// 开户银行
    bank_name: Option<String>,
    /// 银行账号（末四位）
    account: Option<String>,
    /// 户名（遮盖）
    account_name: Option<String>,
    /// 状态代码
    status: String,
    /// 死亡（停发）日期
    stopped_on: Option<String>,
    /// 特殊困难代码
    hardship: Vec<String>,
    /// 是否填有特殊困难的文字
    has_hardship_text: bool,
    /// 是否填有备注
    has_note: bool,
    /// 优抚类别
    identities: Vec<Class>,
    /// 已并入的记录编号
    merged_into: Option<String>,
    /// 历年确认；只在查看一个人时给出
    confirmations: Vec<ConfirmedYear>,
    /// 版本
    version: i64,
}

/// A year in which a person was confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonConfirmedYear)]
pub struct ConfirmedYear {
    /// 年度
    year: i64,
    /// 确认方式代码
    means: String,
    /// 确认日期
    confirmed_on: String,
}

/// `GET …/persons/{id}`
pub async fn get(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
    Query(asked): Query<Names>,
) -> Result<Response, Refusal> {
    let it = person::get(&seat.app, &seat.caller, seat.county, id, asked.are_full()).await?;
    let years = confirmation::of_person(&seat.app, &seat.caller, seat.county, id).await?;
    let version = etag(it.version);
    let confirmations = years
        .into_iter()
        .map(|year| ConfirmedYear {
            year: year.year,
            means: year.means.code().to_owned(),
            confirmed_on: year.confirmed_on,
        })
        .collect();
    Ok((version, Out(Detail { confirmations, ..Detail::from(it) })).into_response())
}

impl From<person::Detail> for Detail {
    fn from(it: person::Detail) -> Self {
        let masked = it.masked;
        Self {
            id: it.id.to_string(),
            name: masked.name,
            citizen: it.citizen,
            sex: masked.sex.label().to_owned(),
            birth: masked.citizen.birth().to_string(),
            age: it.age,
            ethnicity: masked.ethnicity,
            township: it.township.into(),
            village: it.village.map(UnitName::from),
            household: masked.household,
            certificate: masked.certificate,
            has_address: masked.address.is_some(),
            phone: masked.phone,
            allowance: masked.allowance,
            bank_name: masked.bank_name,
            account: it.account,
            account_name: masked.account_name,
            status: masked.status.code().to_owned(),
            stopped_on: masked.stopped_on.map(|day| day.to_string()),
            hardship: hardship(&masked.hardship),
            has_hardship_text: masked.hardship_text.is_some(),
            has_note: masked.note.is_some(),
            identities: classes(&masked.identities),
            merged_into: it.merged_into,
            confirmations: Vec::new(),
            version: it.version,
        }
    }
}

/// One change of a field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonChange)]
pub struct Change {
    /// 哪一次导入
    import: Option<String>,
    /// 导入的文件名
    file_name: Option<String>,
    /// import 导入，hand 手工登记或修改，status_change 人员变动，confirmation 年度确认
    source: String,
    /// 谁改的
    by: String,
    /// 列的代码
    field: String,
    /// 列的名称
    label: String,
    /// 原值（遮盖）
    before: Option<String>,
    /// 新值（遮盖）
    after: Option<String>,
    /// 时间，毫秒
    at_ms: i64,
}

/// `GET …/persons/{id}/history`
pub async fn history(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
) -> Result<Out<Items<Change>>, Refusal> {
    let changes = person::history(&seat.app, &seat.caller, seat.county, id).await?;
    let items = changes
        .into_iter()
        .map(|it| Change {
            source: source(&it).to_owned(),
            file_name: it.import.as_ref().map(|_| it.source.clone()),
            label: RosterColumn::from_code(&it.field).map_or("", RosterColumn::label).to_owned(),
            import: it.import,
            by: it.by,
            field: it.field,
            before: it.before,
            after: it.after,
            at_ms: it.at_ms,
        })
        .collect();
    Ok(Out(Items { items }))
}

fn source(change: &person::Changed) -> &'static str {
    match change.source.split('.').next() {
        _ if change.import.is_some() => "import",
        Some("status_change") => "status_change",
        Some("confirmation") => "confirmation",
        _ => "hand",
    }
}

/// Which value is to be seen in full, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonReveal)]
pub struct Reveal {
    /// name、citizen、phone、address、account、account_name、hardship_text、note
    field: String,
    /// 理由，4 至 200 个字，记入操作日志
    reason: String,
}

/// A value in full.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonRevealed)]
pub struct Revealed {
    /// 哪一项
    field: String,
    /// 完整的值；没有填写时为空
    value: Option<String>,
}

/// `POST …/persons/{id}/reveal`
pub async fn reveal(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
    Json(asked): Json<Reveal>,
) -> Result<Out<Revealed>, Refusal> {
    let Some(field) = Field::from_code(&asked.field) else {
        let known: Vec<&str> = Field::ALL.iter().map(|(code, _)| *code).collect();
        return Err(Refusal::new(Code::BadRequest, format!("field 应为 {} 之一", known.join("、"))));
    };
    let value = person::reveal(&seat.app, &seat.caller, seat.county, id, field, &asked.reason).await?;
    Ok(Out(Revealed { field: asked.field, value }))
}

/// The entry that goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonMerge)]
pub struct Merge {
    /// 并入的人员编号
    drop: uuid::Uuid,
}

/// `POST …/persons/{id}/merge`
pub async fn merge(
    seat: Seat,
    Path((_, keep)): Path<(String, PersonId)>,
    Json(asked): Json<Merge>,
) -> Result<StatusCode, Refusal> {
    let drop = PersonId(asked.drop);
    person::merge(&seat.app, &seat.caller, seat.county, keep, drop).await?;
    Ok(StatusCode::NO_CONTENT)
}
