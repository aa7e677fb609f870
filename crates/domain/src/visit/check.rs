//! One row of a visit file: cells to values, with everything that is wrong or doubtful about them. Only what makes
//! a visit meaningless is refused; all else is imported, counted and warned of.

use super::cells::{cell, typed};
use super::resolve::is_name;
use super::{
    Category, Goods, GoodsIssue, HelpIssue, HelpKind, LeaderKind, Method, MoneySource, Rules, VisitColumn,
    VisitRow, parse_goods, parse_help_kinds, settle_help, suggested_leader_kind,
};
use crate::citizen::CitizenId;
use crate::finding::{Remarks, RowFinding};
use crate::ids::UnitId;
use crate::money::Fen;
use crate::sheet::{AmountError, RawRow};
use crate::text::{is_masked, squeeze};
use jiff::civil::Date;
use std::collections::HashMap;

/// The largest amount of one row: 100亿元. Beyond it a number was typed into the wrong cell, and sums stay exact.
const MOST_FEN: Fen = Fen::from_yuan(10_000_000_000);
/// The largest number of persons or difficulties of one row.
const MOST_COUNT: i64 = 1_000_000;
/// Remembered cells; a file with more different ones is read without.
const MOST_REMEMBERED: usize = 10_000;

/// Checks the rows of one file. Cells that repeat from row to row (unit, class, goods) are understood once.
#[derive(Debug)]
pub struct Checker<'a> {
    rules: Rules<'a>,
    units: HashMap<String, Result<UnitId, String>>,
    categories: HashMap<String, Option<Category>>,
    goods: HashMap<String, (Vec<Goods>, Vec<GoodsIssue>)>,
    suggestions: HashMap<String, Option<LeaderKind>>,
}

/// A cell that makes its row meaningless; the finding is written already.
struct Refused;

type Checked<T> = Result<T, Refused>;

impl<'a> Checker<'a> {
    /// A checker for one county and campaign.
    #[must_use]
    pub fn new(rules: Rules<'a>) -> Self {
        Self {
            rules,
            units: HashMap::new(),
            categories: HashMap::new(),
            goods: HashMap::new(),
            suggestions: HashMap::new(),
        }
    }

    /// Checks one row. All that is wrong with it goes to `findings`; `None`: the row is refused.
    pub fn check(&mut self, raw: &RawRow, findings: &mut Vec<RowFinding>) -> Option<VisitRow> {
        let mut remarks = Remarks { sheet: raw.sheet, row: raw.row, list: findings };
        let remarks = &mut remarks;
        let visited_on = date(raw, remarks);
        let unit = self.unit(raw, remarks);
        let leader_kind =
            word(raw, VisitColumn::LeaderKind, "visit.leader_kind", LeaderKind::parse, LEADERS, remarks);
        let category = self.category(raw, remarks);
        let object = object(raw, remarks);
        let method = method(raw, remarks);
        let money = amount(raw, VisitColumn::Money, remarks);
        let goods_value = amount(raw, VisitColumn::GoodsValue, remarks);
        let help = help(raw, remarks);
        let (headcount, money_source) = (headcount(raw, remarks), source(raw, remarks));
        let goods = self.goods(raw, remarks);
        let (name, citizen, has_number) = object.ok()?;
        let row = VisitRow {
            sheet: raw.sheet,
            row: raw.row,
            visited_on: visited_on.ok()?,
            unit: unit.ok()?,
            leader_name: leader_name(raw),
            leader_title: typed(raw, VisitColumn::LeaderTitle).into_owned(),
            leader_kind: leader_kind.ok()?,
            category: category.ok()?,
            name,
            citizen,
            has_number,
            method: method.ok()?,
            headcount,
            money_fen: money.ok()?,
            money_source,
            goods,
            goods_fen: goods_value.ok()?,
            help: help.ok()?,
            note: cell(raw, VisitColumn::Note).prose().unwrap_or_default().into_owned(),
        };
        if row.money_fen > Fen::ZERO && typed(raw, VisitColumn::MoneySource).is_empty() {
            let message = "有慰问金而没有写资金来源，按未注明计入，请补填：县级下拨、本单位、社会捐赠";
            remarks.warn(Some(VisitColumn::MoneySource.title()), "visit.source_missing", message.to_owned());
        }
        self.review(&row, remarks);
        Some(row)
    }

    fn unit(&mut self, raw: &RawRow, remarks: &mut Remarks<'_>) -> Checked<UnitId> {
        let typed = &typed(raw, VisitColumn::Unit);
        let units = self.rules.units;
        let found = remember(&mut self.units, typed, |typed| match typed {
            "" => Err("走访单位为空，请填写单位全称、简称或代码".to_owned()),
            typed => units.find(typed).map(|unit| unit.id).map_err(|error| error.to_string()),
        });
        found.map_err(|message| refuse(remarks, VisitColumn::Unit, "visit.unit", message))
    }

    fn category(&mut self, raw: &RawRow, remarks: &mut Remarks<'_>) -> Checked<Option<Category>> {
        let typed = &*typed(raw, VisitColumn::Category);
        if typed.is_empty() {
            return Ok(None);
        }
        let template = &self.rules.campaign.template;
        if let Some(category) =
            remember(&mut self.categories, typed, |typed| Category::parse(typed, template))
        {
            return Ok(Some(category));
        }
        let labels: Vec<&str> = template.printed_rows().map(|row| row.label.as_str()).collect();
        let message = format!("对象类别“{typed}”不认识，请填写统计表中的类别：{}", labels.join("、"));
        Err(refuse(remarks, VisitColumn::Category, "visit.category", message))
    }

    fn goods(&mut self, raw: &RawRow, remarks: &mut Remarks<'_>) -> Vec<Goods> {
        let typed = &*typed(raw, VisitColumn::Goods);
        if typed.is_empty() {
            return Vec::new();
        }
        let (goods, issues) = remember(&mut self.goods, typed, parse_goods);
        let column = Some(VisitColumn::Goods.title());
        for issue in issues {
            match issue {
                GoodsIssue::NoQuantity(name) => {
                    let message = format!("慰问品“{name}”没有写数量，按1计");
                    remarks.note(column, "visit.goods_quantity", message);
                }
                GoodsIssue::Unreadable(text) => {
                    let message =
                        format!("慰问品“{text}”看不懂，按1项照录；请写成“大米1袋、食用油1桶”的样子");
                    remarks.warn(column, "visit.goods_unreadable", message);
                }
            }
        }
        goods
    }

    /// What is doubtful about a row whose cells are all right.
    fn review(&mut self, row: &VisitRow, remarks: &mut Remarks<'_>) {
        let (first, last) = self.rules.campaign.period;
        if !(first..=last).contains(&row.visited_on) {
            let message =
                format!("走访日期{}不在本次活动期间（{first}至{last}）内，已计入，请核对", row.visited_on);
            remarks.warn(Some(VisitColumn::VisitedOn.title()), "visit.outside_period", message);
        }
        if matches!(row.method, Method::Letter | Method::Telephone)
            && (!row.goods.is_empty() || row.goods_fen > Fen::ZERO)
        {
            let message = format!("走访方式是“{}”，却填有慰问品，已计入，请核对", row.method.label());
            remarks.warn(Some(VisitColumn::Goods.title()), "visit.goods_not_in_person", message);
        }
        if row.goods.is_empty() && row.goods_fen > Fen::ZERO {
            let message = "填有慰问品折价，没有写慰问品名称和数量".to_owned();
            remarks.note(Some(VisitColumn::Goods.title()), "visit.goods_unnamed", message);
        }
        if row.leader_kind.is_none() {
            self.suggest_leader(row, remarks);
        }
    }

    fn suggest_leader(&mut self, row: &VisitRow, remarks: &mut Remarks<'_>) {
        let post = if row.leader_title.is_empty() { &row.leader_name } else { &row.leader_title };
        if post.is_empty() {
            return;
        }
        if let Some(kind) = remember(&mut self.suggestions, post, suggested_leader_kind) {
            let message = format!("领导类别未填，按“{post}”看可能是“{}”；不填则不计入带头入户", kind.label());
            remarks.warn(Some(VisitColumn::LeaderKind.title()), "visit.leader_kind_missing", message);
        }
    }
}

const LEADERS: &str = "主要领导、分管领导、其他";

/// What was understood of a cell with the same text before, else now.
fn remember<T: Clone>(known: &mut HashMap<String, T>, typed: &str, read: impl FnOnce(&str) -> T) -> T {
    if let Some(value) = known.get(typed) {
        return value.clone();
    }
    let value = read(typed);
    if known.len() < MOST_REMEMBERED {
        known.insert(typed.to_owned(), value.clone());
    }
    value
}

fn refuse(remarks: &mut Remarks<'_>, column: VisitColumn, code: &'static str, message: String) -> Refused {
    remarks.refuse(Some(column.title()), code, message);
    Refused
}

fn date(raw: &RawRow, remarks: &mut Remarks<'_>) -> Checked<Date> {
    let column = VisitColumn::VisitedOn;
    let message = match cell(raw, column).date() {
        Ok(Some(date)) => return Ok(date),
        Ok(None) => "走访日期为空，请填写如2024-07-15的日期".to_owned(),
        Err(error) => format!("走访日期“{}”：{error}", typed(raw, column)),
    };
    Err(refuse(remarks, column, "visit.date", message))
}

fn amount(raw: &RawRow, column: VisitColumn, remarks: &mut Remarks<'_>) -> Checked<Fen> {
    let typed = &*typed(raw, column);
    if typed.is_empty() {
        return Ok(Fen::ZERO);
    }
    if let Some(yuan) = whole_yuan(typed) {
        return Ok(yuan);
    }
    let what = if column == VisitColumn::Money { "慰问金" } else { "慰问品折价" };
    let (code, message) = match cell(raw, column).amount_fen() {
        Ok(fen) if fen.is_none_or(|fen| fen <= MOST_FEN.0) => return Ok(fen.map_or(Fen::ZERO, Fen)),
        Ok(_) => ("visit.amount", format!("{what}“{typed}”过大，请核对是否填错了单元格（单位为元）")),
        Err(AmountError::Negative) => {
            ("visit.amount_negative", format!("{what}“{typed}”是负数，请填写0或正数"))
        }
        Err(AmountError::TooPrecise) => {
            ("visit.amount_decimals", format!("{what}“{typed}”超过两位小数，请按元填写到分"))
        }
        Err(_) => ("visit.amount", format!("{what}“{typed}”不是金额，请只写数字，单位为元")),
    };
    Err(refuse(remarks, column, code, message))
}

/// The usual amount: a few plain digits.
fn whole_yuan(typed: &str) -> Option<Fen> {
    let plain = typed.len() <= 9 && typed.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| typed.parse().ok().map(Fen::from_yuan)).flatten()
}

/// A cell that holds one of a few words, or nothing.
fn word<T>(
    raw: &RawRow,
    column: VisitColumn,
    code: &'static str,
    parse: impl Fn(&str) -> Option<T>,
    words: &str,
    remarks: &mut Remarks<'_>,
) -> Checked<Option<T>> {
    let typed = &*typed(raw, column);
    if typed.is_empty() {
        return Ok(None);
    }
    let value = parse(typed);
    if value.is_none() {
        let message = format!("{}“{typed}”不认识，请填写：{words}", column.title());
        return Err(refuse(remarks, column, code, message));
    }
    Ok(value)
}

/// 走访方式. Of several the one closest to the person counts.
fn method(raw: &RawRow, remarks: &mut Remarks<'_>) -> Checked<Method> {
    let (column, code) = (VisitColumn::Method, "visit.method");
    let typed = &*typed(raw, column);
    if typed.is_empty() {
        let message = "走访方式为空，请填写：发慰问信、登门看望、座谈交流、电话问候".to_owned();
        return Err(refuse(remarks, column, code, message));
    }
    if let Some(method) = Method::parse(typed) {
        return Ok(method);
    }
    let parts = typed.split(['、', '，', ',', '；', ';', '/', '+']).filter(|part| !part.trim().is_empty());
    let methods: Option<Vec<Method>> = parts.map(Method::parse).collect();
    let closest = [Method::Home, Method::Talk, Method::Telephone, Method::Letter];
    let several = methods.and_then(|methods| closest.into_iter().find(|method| methods.contains(method)));
    if let Some(method) = several {
        let message = format!("走访方式写了几种（{typed}），按“{}”计一次", method.label());
        remarks.warn(Some(column.title()), "visit.method_several", message);
        return Ok(method);
    }
    let message = format!("走访方式“{typed}”不认识，请填写：发慰问信、登门看望、座谈交流、电话问候");
    Err(refuse(remarks, column, code, message))
}

/// Name, number when it is right, and whether one was typed.
fn object(raw: &RawRow, remarks: &mut Remarks<'_>) -> Checked<(String, Option<CitizenId>, bool)> {
    let name = typed(raw, VisitColumn::Name);
    let column = VisitColumn::Citizen;
    let number = typed(raw, column);
    let has_name = is_name(&name);
    if is_masked(&name) {
        let message = format!("对象姓名“{name}”中有遮盖用的*号，请填写全名");
        return Err(refuse(remarks, VisitColumn::Name, "visit.name_masked", message));
    }
    let citizen = match (&*number, has_name) {
        ("", true) => None,
        ("", false) => {
            let message = "没有写走访对象，请填写对象姓名或公民身份号码".to_owned();
            return Err(refuse(remarks, VisitColumn::Name, "visit.no_object", message));
        }
        (_, has_name) => match citizen(raw) {
            Ok((number, upgraded)) => {
                if upgraded {
                    let message = format!("15位旧号码已升为18位：{number}");
                    remarks.note(Some(column.title()), "visit.citizen_upgraded", message);
                }
                Some(number)
            }
            Err(error) if has_name => {
                let message = format!("{error}；本行按姓名查找对象");
                remarks.warn(Some(column.title()), "visit.citizen", message);
                None
            }
            Err(error) => {
                let message = format!("没有写对象姓名，号码又有误：{error}");
                return Err(refuse(remarks, column, "visit.no_object", message));
            }
        },
    };
    Ok((squeeze(&name).into_owned(), citizen, !number.is_empty()))
}

/// The number and whether it was upgraded; else what is wrong with it.
fn citizen(raw: &RawRow) -> Result<(CitizenId, bool), String> {
    match cell(raw, VisitColumn::Citizen).identifier() {
        Ok(number) => CitizenId::parse(&number.unwrap_or_default()).map_err(|error| error.to_string()),
        Err(_) => Err("公民身份号码已被表格软件改坏（如5E+17），请按文本重新填写".to_owned()),
    }
}

/// A name without blanks inside; a post and a name (`党委书记 甲`) as typed.
fn leader_name(raw: &RawRow) -> String {
    let typed = typed(raw, VisitColumn::LeaderName);
    let name = squeeze(&typed);
    if name.chars().count() <= 4 { name.into_owned() } else { typed.clone().into_owned() }
}

fn headcount(raw: &RawRow, remarks: &mut Remarks<'_>) -> Option<i64> {
    let typed = &*typed(raw, VisitColumn::Headcount);
    if typed.is_empty() {
        return None;
    }
    let number = count(raw, VisitColumn::Headcount);
    if number.is_none_or(|number| number < 1) {
        let message = format!("人数“{typed}”不是正整数，未采用，请只写数字");
        remarks.warn(Some(VisitColumn::Headcount.title()), "visit.headcount", message);
    }
    number.filter(|number| *number >= 1)
}

/// A whole number that can be believed.
fn count(raw: &RawRow, column: VisitColumn) -> Option<i64> {
    let number = cell(raw, column).integer().ok().flatten();
    number.filter(|number| (0..=MOST_COUNT).contains(number))
}

fn source(raw: &RawRow, remarks: &mut Remarks<'_>) -> Option<MoneySource> {
    let typed = &*typed(raw, VisitColumn::MoneySource);
    let source = MoneySource::parse(typed);
    if source.is_none() && !typed.is_empty() {
        let message = format!("资金来源“{typed}”不认识，按未注明计入，请填写：县级下拨、本单位、社会捐赠");
        remarks.warn(Some(VisitColumn::MoneySource.title()), "visit.source_unknown", message);
    }
    source
}

fn help(raw: &RawRow, remarks: &mut Remarks<'_>) -> Checked<Vec<(HelpKind, i64)>> {
    let kinds = match parse_help_kinds(&typed(raw, VisitColumn::HelpKind)) {
        Ok(kinds) => kinds,
        Err(unknown) => {
            let words: Vec<&str> = HelpKind::ALL.iter().map(|kind| kind.label()).collect();
            let message = format!("解决困难类别“{unknown}”不认识，请填写：{}", words.join("、"));
            return Err(refuse(remarks, VisitColumn::HelpKind, "visit.help_kind", message));
        }
    };
    let column = Some(VisitColumn::HelpCount.title());
    let typed = &*typed(raw, VisitColumn::HelpCount);
    let number = if typed.is_empty() { None } else { count(raw, VisitColumn::HelpCount) };
    if number.is_none() && !typed.is_empty() {
        let message = format!("解决困难件数“{typed}”不是整数，未采用，请只写数字");
        remarks.warn(column, "visit.help_count", message);
    }
    let (help, issue) = settle_help(&kinds, number);
    match (issue, number.unwrap_or_default()) {
        (None, _) => {}
        (Some(HelpIssue::NoKind), number) => {
            let message = format!("写了解决困难{number}件，没有写类别，按“其他”计，请补填类别");
            remarks.warn(column, "visit.help_without_kind", message);
        }
        (Some(HelpIssue::Zero), _) => {
            let message = "写了解决困难类别，件数为0，不计".to_owned();
            remarks.note(column, "visit.help_zero", message);
        }
        (Some(HelpIssue::Undivided(kind)), number) => {
            let message = format!(
                "解决困难有几类，{number}件无法分到各类，全部计入“{}”；请写成“看病就医1、住房改造2”的样子",
                kind.label()
            );
            remarks.warn(column, "visit.help_undivided", message);
        }
    }
    Ok(help)
}
