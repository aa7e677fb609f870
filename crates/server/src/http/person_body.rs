//! One person by hand: what a form sends, what is said of it, and what the years brought.

use super::answer::{UnitName, etag};
use super::extract::{IfMatch, Json, Path};
use super::person::Detail;
use super::problem::Refusal;
use super::visit_body::Visit;
use super::who::Seat;
use app::person::{self, Became, Remark, Sent};
use app::{Code, Problem};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::PersonId;
use domain::person::{DisabilityNature, Hardship, Identity, PersonClass, PersonStatus};
use domain::roster::RosterColumn as C;
use domain::roster::hand::Form;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// A class with grade and nature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonClassIn)]
pub struct ClassIn {
    /// 优抚类别代码
    class: String,
    /// 伤残等级，1 至 10
    grade: Option<u8>,
    /// 伤残性质代码
    nature: Option<String>,
}

/// A person as a form sends it: a field that is left out stays as it is, an empty text clears it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonIn)]
pub struct PersonIn {
    /// 姓名
    name: Option<String>,
    /// 公民身份号码（18 位，或旧 15 位）
    citizen: Option<String>,
    /// 性别：male、female；不写按号码
    sex: Option<String>,
    /// 民族
    ethnicity: Option<String>,
    /// 优抚类别，至少一个
    identities: Option<Vec<ClassIn>>,
    /// 证书编号
    certificate: Option<String>,
    /// 户号
    household: Option<String>,
    /// 乡镇（街道）：代码、名称或别名
    township: Option<String>,
    /// 村（社区）：代码、名称或别名
    village: Option<String>,
    /// 住址
    address: Option<String>,
    /// 联系电话
    phone: Option<String>,
    /// 享受定期抚恤补助
    allowance: Option<bool>,
    /// 开户银行
    bank_name: Option<String>,
    /// 银行账号
    account: Option<String>,
    /// 户名
    account_name: Option<String>,
    /// 状态代码
    status: Option<String>,
    /// 死亡（停发）日期，如 2024-07-20
    stopped_on: Option<String>,
    /// 特殊困难代码
    hardship: Option<Vec<String>>,
    /// 特殊困难的文字
    hardship_text: Option<String>,
    /// 备注
    note: Option<String>,
    /// 已看过提醒，按所填保存
    #[serde(default)]
    accept_warnings: bool,
}

fn unusable(what: &str, code: &str) -> Refusal {
    Refusal::new(Code::BadRequest, format!("{what}“{code}”不是可用的代码"))
}

/// The label of a code, which is what the rules of a roster file read; an empty one clears.
fn label(what: &str, code: &str, known: impl Fn(&str) -> Option<&'static str>) -> Result<String, Refusal> {
    if code.is_empty() {
        return Ok(String::new());
    }
    known(code).map(str::to_owned).ok_or_else(|| unusable(what, code))
}

impl PersonIn {
    fn form(self) -> Result<Form, Refusal> {
        let mut form = Form::default();
        let plain = [
            (C::Name, self.name),
            (C::Citizen, self.citizen),
            (C::Ethnicity, self.ethnicity),
            (C::Certificate, self.certificate),
            (C::Household, self.household),
            (C::Township, self.township),
            (C::Village, self.village),
            (C::Address, self.address),
            (C::Phone, self.phone),
            (C::BankName, self.bank_name),
            (C::Account, self.account),
            (C::AccountName, self.account_name),
            (C::StoppedOn, self.stopped_on),
            (C::Note, self.note),
        ];
        form.cells.extend(plain.into_iter().filter_map(|(column, text)| text.map(|text| (column, text))));
        if let Some(code) = self.sex {
            let known = |code: &str| match code {
                "male" => Some("男"),
                "female" => Some("女"),
                _ => None,
            };
            form.cells.insert(C::Sex, label("性别", &code, known)?);
        }
        if let Some(code) = self.status {
            let usable = |it: &PersonStatus| *it != PersonStatus::Erased;
            let known = |code: &str| PersonStatus::from_code(code).filter(usable).map(PersonStatus::label);
            form.cells.insert(C::Status, label("状态", &code, known)?);
        }
        if let Some(receives) = self.allowance {
            form.cells.insert(C::Allowance, if receives { "是" } else { "否" }.to_owned());
        }
        form.identities = self.identities.map(identities).transpose()?;
        let marks = |codes: Vec<String>| -> Result<Vec<Hardship>, Refusal> {
            let mark = |code: &String| Hardship::from_code(code).ok_or_else(|| unusable("特殊困难", code));
            codes.iter().map(mark).collect()
        };
        form.hardship = self.hardship.map(marks).transpose()?;
        form.hardship_text = self.hardship_text;
        Ok(form)
    }
}

fn identities(list: Vec<ClassIn>) -> Result<Vec<Identity>, Refusal> {
    list.into_iter()
        .map(|it| {
            let class = PersonClass::from_code(&it.class);
            let nature =
                |code: String| DisabilityNature::from_code(&code).ok_or_else(|| unusable("伤残性质", &code));
            Ok(Identity {
                class: class.ok_or_else(|| unusable("优抚类别", &it.class))?,
                grade: it.grade,
                nature: it.nature.filter(|it| !it.is_empty()).map(nature).transpose()?,
            })
        })
        .collect()
}

/// A remark on a field of the form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldFinding {
    /// 字段代码
    field: String,
    /// 字段名称
    label: String,
    /// refused 拒绝，warning 提醒，note 说明
    severity: String,
    /// 稳定的代码
    code: String,
    /// 发生了什么、怎么办
    message: String,
    /// 已保存的记录本来就有这条提醒，不必再确认
    is_known: bool,
    /// 所说的另一个人
    person: Option<String>,
}

impl From<Remark> for FieldFinding {
    fn from(it: Remark) -> Self {
        let severity = match it.severity {
            domain::finding::Severity::Refused => "refused",
            domain::finding::Severity::Warning => "warning",
            domain::finding::Severity::Note => "note",
        };
        Self {
            field: it.field.to_owned(),
            label: it.label.to_owned(),
            severity: severity.to_owned(),
            code: it.code.to_owned(),
            message: it.message,
            is_known: it.is_known,
            person: it.person.map(|id| id.to_string()),
        }
    }
}

/// A person who was saved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonAnswer)]
pub struct Answered {
    /// added 新增，changed 已修改，unchanged 与原来相同
    became: String,
    /// 现在的记录（遮盖）
    person: Detail,
    /// 提醒和说明
    findings: Vec<FieldFinding>,
}

/// `PUT …/persons/{id}`: idempotent; a change names the version that it starts from.
pub async fn put(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
    IfMatch(expected): IfMatch,
    Json(body): Json<PersonIn>,
) -> Result<Response, Refusal> {
    if id.0.get_version_num() != 7 {
        return Err(Refusal::new(Code::BadRequest, "人员编号应为客户端生成的 UUIDv7"));
    }
    let accepts_warnings = body.accept_warnings;
    let sent = Sent { id, form: body.form()?, expected, accepts_warnings };
    match person::put(&seat.app, &seat.caller, seat.county, sent).await {
        Ok(saved) => {
            let (status, became) = match saved.became {
                Became::Added => (StatusCode::CREATED, "added"),
                Became::Changed => (StatusCode::OK, "changed"),
                Became::Unchanged => (StatusCode::OK, "unchanged"),
            };
            let version = etag(saved.detail.version);
            let findings = saved.remarks.into_iter().map(FieldFinding::from).collect();
            let body = Answered { became: became.to_owned(), person: Detail::from(saved.detail), findings };
            Ok((status, version, Out(body)).into_response())
        }
        Err(problem) if matches!(problem.code, Code::Changed | Code::VersionRequired) => {
            Err(with_current(&seat, id, problem).await?.into())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Whoever may change the person sees what stands now, to decide which is right.
async fn with_current(seat: &Seat, id: PersonId, problem: Problem) -> Result<Problem, Refusal> {
    let current = person::get(&seat.app, &seat.caller, seat.county, id, false).await?;
    Ok(problem.with(json!({ "current": Detail::from(current) })))
}

/// A form that is looked at while somebody types.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonCheck)]
pub struct Check {
    /// 正在修改的人；新增时不写
    id: Option<Uuid>,
    /// 已经填写的内容
    person: PersonIn,
}

/// What would become of a form.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonChecked)]
pub struct Checked {
    /// 没有被拒绝的内容
    can_save: bool,
    /// 有提醒，保存时须写明已看过
    needs_acceptance: bool,
    /// 逐个字段的说明
    findings: Vec<FieldFinding>,
}

/// `POST …/persons/check`: nothing is written.
pub async fn check(seat: Seat, Json(asked): Json<Check>) -> Result<Out<Checked>, Refusal> {
    let form = asked.person.form()?;
    let id = asked.id.map(PersonId);
    let looked = person::check(&seat.app, &seat.caller, seat.county, id, &form).await?;
    let findings = looked.remarks.into_iter().map(FieldFinding::from).collect();
    Ok(Out(Checked { can_save: looked.can_save, needs_acceptance: looked.needs_acceptance, findings }))
}

/// Visits to a person in all campaigns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonVisits)]
pub struct Visits {
    /// 本账号范围内单位的走访，近的在前
    items: Vec<Visit>,
    /// 其他单位的走访次数
    elsewhere: usize,
}

/// `GET …/persons/{id}/visits`
pub async fn visits(seat: Seat, Path((_, id)): Path<(String, PersonId)>) -> Result<Out<Visits>, Refusal> {
    let found = person::visits(&seat.app, &seat.caller, seat.county, id).await?;
    let items = found.items.into_iter().map(Visit::from).collect();
    Ok(Out(Visits { items, elsewhere: found.elsewhere }))
}

/// A code with its label, and how many.
#[derive(Debug, Serialize, ToSchema)]
pub struct Word {
    /// 代码
    pub code: String,
    /// 名称
    pub label: String,
}

/// Help of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonHelp)]
pub struct Help {
    /// 代码
    code: String,
    /// 名称
    label: String,
    /// 件数
    count: i64,
}

/// A visit that brought help.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonHelped)]
pub struct Helped {
    /// 走访编号
    visit: String,
    /// 活动代码
    campaign: String,
    /// 活动名称
    campaign_name: String,
    /// 走访单位
    unit: UnitName,
    /// 走访日期
    visited_on: String,
    /// 解决的困难
    help: Vec<Help>,
    /// 慰问金，分
    money_fen: i64,
    /// 慰问品折价，分
    goods_fen: i64,
}

/// A person's difficulties.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonDifficulties)]
pub struct Difficulties {
    /// 现有的特殊困难
    marks: Vec<Word>,
    /// 是否填有特殊困难的文字
    has_text: bool,
    /// 走访中解决的困难，近的在前
    items: Vec<Helped>,
}

/// `GET …/persons/{id}/difficulties`
pub async fn difficulties(
    seat: Seat,
    Path((_, id)): Path<(String, PersonId)>,
) -> Result<Out<Difficulties>, Refusal> {
    let found = person::difficulties(&seat.app, &seat.caller, seat.county, id).await?;
    let help = |(kind, count): (domain::visit::HelpKind, i64)| Help {
        code: kind.code().to_owned(),
        label: kind.label().to_owned(),
        count,
    };
    let items = found.helped.into_iter().map(|it| Helped {
        visit: it.visit.to_string(),
        campaign: it.campaign.0,
        campaign_name: it.campaign.1,
        unit: it.unit.into(),
        visited_on: it.visited_on.to_string(),
        help: it.help.into_iter().map(help).collect(),
        money_fen: it.money_fen,
        goods_fen: it.goods_fen,
    });
    let mark = |it: &Hardship| Word { code: it.code().to_owned(), label: it.label().to_owned() };
    Ok(Out(Difficulties {
        marks: found.marks.iter().map(mark).collect(),
        has_text: found.has_text,
        items: items.collect(),
    }))
}
