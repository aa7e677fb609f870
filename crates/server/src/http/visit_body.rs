//! A visit as it is sent and as it is shown.

use super::answer::UnitName;
use super::problem::Refusal;
use app::Code;
use app::visit::{Sent, Shown};
use domain::ids::{PersonId, VisitId};
use domain::money::Fen;
use domain::sheet::{Cell, RawRow};
use domain::visit::{COLUMNS, Goods, HelpKind, LeaderKind, Method, MoneySource, VisitColumn, VisitedObject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// One kind of goods.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitGoods)]
pub struct GoodsItem {
    /// 名称，如 大米
    name: String,
    /// 数量
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
    /// 计量单位，如 袋
    #[serde(default)]
    unit: String,
}

/// A visit as forms and phones send it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitIn {
    /// 活动代码
    campaign: String,
    /// 走访单位：代码、名称或别名
    unit: String,
    /// 走访日期，如 2024-07-20
    visited_on: String,
    /// 走访方式代码：letter、home、talk、telephone
    method: String,
    /// 名册上的人员编号；或用下面的姓名、号码
    person: Option<Uuid>,
    /// 修改时走访对象不变：不必再写姓名和号码，写了也不看
    #[serde(default)]
    keeps_object: bool,
    /// 对象姓名或名称
    #[serde(default)]
    name: String,
    /// 公民身份号码
    #[serde(default)]
    citizen: String,
    /// 对象类别：统计表中的类别名称
    #[serde(default)]
    category: String,
    /// 带队领导
    #[serde(default)]
    leader_name: String,
    /// 领导职务
    #[serde(default)]
    leader_title: String,
    /// 领导类别代码：principal、deputy、other
    #[serde(default)]
    leader_kind: String,
    /// 人数（团体）
    headcount: Option<i64>,
    /// 慰问金，分
    #[serde(default)]
    #[schema(minimum = 0)]
    money_fen: i64,
    /// 资金来源代码：county、own、donation
    #[serde(default)]
    money_source: String,
    /// 慰问品
    #[serde(default)]
    goods: Vec<GoodsItem>,
    /// 慰问品折价，分
    #[serde(default)]
    #[schema(minimum = 0)]
    goods_fen: i64,
    /// 解决困难：代码与件数
    #[serde(default)]
    help: BTreeMap<String, i64>,
    /// 备注
    #[serde(default)]
    note: String,
    /// 这次入户走访同时作为当年的年度确认（须从名册选人）
    #[serde(default)]
    confirms_year: bool,
}

fn bad(message: String) -> Refusal {
    Refusal::new(Code::BadRequest, message)
}

/// The label of a code, which is what the rules of a visit file read.
fn label(what: &str, code: &str, found: Option<&'static str>) -> Result<String, Refusal> {
    if code.is_empty() {
        return Ok(String::new());
    }
    found.map(str::to_owned).ok_or_else(|| bad(format!("{what}“{code}”不是可用的代码")))
}

impl VisitIn {
    /// The campaign, and the visit as a row of a visit file with what needs no reading beside it.
    pub fn sent(self, id: VisitId, expected: Option<i64>) -> Result<(String, Sent), Refusal> {
        let method = label("走访方式", &self.method, Method::from_code(&self.method).map(Method::label))?;
        let leader = LeaderKind::from_code(&self.leader_kind).map(LeaderKind::label);
        let leader = label("领导类别", &self.leader_kind, leader)?;
        let source = MoneySource::from_code(&self.money_source).map(MoneySource::label);
        let source = label("资金来源", &self.money_source, source)?;
        let amount = |fen: i64| if fen == 0 { String::new() } else { Fen(fen).yuan() };
        let name =
            if self.person.is_some() && self.name.is_empty() { "（名册）".to_owned() } else { self.name };
        let cells = [
            (VisitColumn::VisitedOn, self.visited_on),
            (VisitColumn::Unit, self.unit),
            (VisitColumn::LeaderName, self.leader_name),
            (VisitColumn::LeaderTitle, self.leader_title),
            (VisitColumn::LeaderKind, leader),
            (VisitColumn::Category, self.category),
            (VisitColumn::Name, name),
            (VisitColumn::Citizen, self.citizen),
            (VisitColumn::Method, method),
            (VisitColumn::Headcount, self.headcount.map(|it| it.to_string()).unwrap_or_default()),
            (VisitColumn::Money, amount(self.money_fen)),
            (VisitColumn::MoneySource, source),
            (VisitColumn::GoodsValue, amount(self.goods_fen)),
            (VisitColumn::Note, self.note),
        ];
        let mut typed = RawRow { sheet: 0, row: 0, cells: vec![Cell::Empty; COLUMNS.len()] };
        for (column, text) in cells {
            if !text.is_empty() {
                typed.cells[column as usize] = Cell::Text(text);
            }
        }
        let sent = Sent {
            id,
            typed,
            goods: goods(self.goods)?,
            help: help(self.help)?,
            person: self.person.map(PersonId),
            keeps_object: self.keeps_object,
            expected,
            confirms: self.confirms_year,
        };
        Ok((self.campaign, sent))
    }
}

fn goods(items: Vec<GoodsItem>) -> Result<Vec<Goods>, Refusal> {
    items
        .into_iter()
        .map(|it| {
            let name = it.name.trim().to_owned();
            if name.is_empty() || name.chars().count() > 40 || it.unit.chars().count() > 10 {
                return Err(bad("慰问品的名称不能为空，名称至多 40 字，单位至多 10 字".to_owned()));
            }
            if !(1..=1_000_000).contains(&it.quantity) {
                return Err(bad(format!("慰问品“{name}”的数量 {} 不可用", it.quantity)));
            }
            Ok(Goods { name, quantity: it.quantity, unit: it.unit.trim().to_owned() })
        })
        .collect()
}

fn help(kinds: BTreeMap<String, i64>) -> Result<Vec<(HelpKind, i64)>, Refusal> {
    let mut list = Vec::with_capacity(kinds.len());
    for (code, count) in kinds {
        let kind =
            HelpKind::from_code(&code).ok_or_else(|| bad(format!("解决困难“{code}”不是可用的代码")))?;
        if !(0..=1_000_000).contains(&count) {
            return Err(bad(format!("{}的件数 {count} 不可用", kind.label())));
        }
        if count > 0 {
            list.push((kind, count));
        }
    }
    list.sort();
    Ok(list)
}

/// Whom a visit went to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitObject)]
pub struct Object {
    /// person 名册上的人，candidate 待确认人员，group 团体，object 部队或机构
    kind: String,
    /// 名称；人名遮盖
    name: String,
    /// 人员或待确认人员的编号
    id: Option<String>,
}

/// A row of the table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsRow)]
pub struct TableRow {
    /// 类别代码
    key: String,
    /// 类别名称
    label: String,
}

/// A visit as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Visit {
    /// 编号
    id: String,
    /// 活动代码
    campaign: String,
    /// 走访单位
    unit: UnitName,
    /// 走访日期
    visited_on: String,
    /// 走访方式代码
    method: String,
    /// 走访对象
    object: Object,
    /// 登记的对象类别；没有写的为空
    category: Option<String>,
    /// 计入统计表的类别
    row: TableRow,
    /// 带队领导
    leader_name: String,
    /// 领导职务
    leader_title: String,
    /// 领导类别代码
    leader_kind: Option<String>,
    /// 人数
    headcount: Option<i64>,
    /// 慰问金，分
    money_fen: i64,
    /// 资金来源代码
    money_source: Option<String>,
    /// 慰问品
    goods: Vec<GoodsItem>,
    /// 慰问品折价，分
    goods_fen: i64,
    /// 解决困难：代码与件数
    help: BTreeMap<String, i64>,
    /// 是否填有备注
    has_note: bool,
    /// 备注，只在查看单条时给出
    note: Option<String>,
    /// 导入编号
    import: Option<String>,
    /// 登记人
    recorded_by: String,
    /// 收到时间，毫秒
    received_at_ms: i64,
    /// 版本
    version: i64,
}

impl From<Shown> for Visit {
    fn from(shown: Shown) -> Self {
        let visit = shown.visit;
        let facts = visit.facts;
        let (kind, id) = match &facts.object {
            VisitedObject::Person { id, .. } => ("person", Some(id.to_string())),
            VisitedObject::Candidate { id, .. } => ("candidate", Some(id.to_string())),
            VisitedObject::Group { .. } => ("group", None),
            VisitedObject::Object { .. } => ("object", None),
        };
        let goods = facts.goods.into_iter().map(|it| GoodsItem {
            name: it.name,
            quantity: it.quantity,
            unit: it.unit,
        });
        Self {
            id: visit.id.to_string(),
            campaign: shown.campaign,
            unit: shown.unit.into(),
            visited_on: facts.visited_on.to_string(),
            method: facts.method.code().to_owned(),
            object: Object { kind: kind.to_owned(), name: visit.object_name, id },
            category: shown.category,
            row: TableRow { key: shown.row.0, label: shown.row.1 },
            leader_name: facts.leader_name,
            leader_title: facts.leader_title,
            leader_kind: facts.leader_kind.map(|it| it.code().to_owned()),
            headcount: visit.headcount,
            money_fen: facts.money_fen.0,
            money_source: facts.money_source.map(|it| it.code().to_owned()),
            goods: goods.collect(),
            goods_fen: facts.goods_fen.0,
            help: facts.help.into_iter().map(|(kind, count)| (kind.code().to_owned(), count)).collect(),
            has_note: visit.note_sealed.is_some(),
            note: shown.note,
            import: visit.import.map(|id| id.to_string()),
            recorded_by: visit.actor,
            received_at_ms: visit.received_at_ms,
            version: visit.version,
        }
    }
}
