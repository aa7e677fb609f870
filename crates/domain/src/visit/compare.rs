//! When two rows are the same visit, and in which columns they differ.

use super::{
    Category, Goods, HelpKind, LeaderKind, Method, MoneySource, VisitColumn, VisitRow, VisitedObject,
    name_key,
};
use crate::campaign::Template;
use crate::finding::{RowFinding, Severity};
use crate::ids::UnitId;
use crate::money::Fen;
use jiff::civil::Date;
use uuid::Uuid;

/// What a record of an earlier import says in the columns that do not identify it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVisit {
    /// 领导职务
    pub leader_title: String,
    /// 领导类别
    pub leader_kind: Option<LeaderKind>,
    /// 对象类别
    pub category: Option<Category>,
    /// 走访方式
    pub method: Method,
    /// 人数, kept for groups only.
    pub headcount: Option<i64>,
    /// 慰问金
    pub money_fen: Fen,
    /// 资金来源
    pub money_source: Option<MoneySource>,
    /// 慰问品
    pub goods: Vec<Goods>,
    /// 慰问品折价
    pub goods_fen: Fen,
    /// 解决困难
    pub help: Vec<(HelpKind, i64)>,
    /// 备注
    pub note: String,
}

/// One column in which a row differs from the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The column.
    pub column: VisitColumn,
    /// What the record says.
    pub before: String,
    /// What the row says.
    pub after: String,
}

const SEPARATOR: char = '\u{1f}';

/// The row as typed: unit, date, number (else name) and leader. Kept with the visit it still finds the record after
/// its object was understood anew (a candidate who has come onto the roster). It holds the plain number: it is
/// sealed or hashed before it is stored.
#[must_use]
pub fn typed_key(row: &VisitRow) -> String {
    let mut key = start(row.unit, row.visited_on);
    match &row.citizen {
        Some(number) => {
            key.push('#');
            key.push_str(number.reveal());
        }
        None => key.push_str(&name_key(&row.name)),
    }
    finish(key, &row.leader_name)
}

/// The visit as understood: unit, date, object and leader. A row is a repetition, or an earlier record sent again,
/// when either key is equal.
#[must_use]
pub fn object_key(unit: UnitId, visited_on: Date, object: &VisitedObject, leader_name: &str) -> String {
    let mut key = start(unit, visited_on);
    match object {
        VisitedObject::Person { id, .. } => push_id(&mut key, 'p', id.0),
        VisitedObject::Candidate { id, .. } => push_id(&mut key, 'c', id.0),
        VisitedObject::Group { name, .. } => {
            key.push('g');
            key.push_str(&name_key(name));
        }
        VisitedObject::Object { name } => {
            key.push('o');
            key.push_str(&name_key(name));
        }
    }
    finish(key, leader_name)
}

fn start(unit: UnitId, visited_on: Date) -> String {
    let mut key = String::with_capacity(112);
    push_id(&mut key, 'u', unit.0);
    key.push(SEPARATOR);
    let year = i32::from(visited_on.year());
    let number = year * 10_000 + i32::from(visited_on.month()) * 100 + i32::from(visited_on.day());
    key.push_str(&number.to_string());
    key.push(SEPARATOR);
    key
}

fn finish(mut key: String, leader_name: &str) -> String {
    key.push(SEPARATOR);
    key.push_str(&name_key(leader_name));
    key
}

fn push_id(key: &mut String, kind: char, id: Uuid) {
    key.push(kind);
    key.push_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
}

/// The columns in which a row differs from the record with the same key; none: the row is unchanged.
#[must_use]
pub fn compare(stored: &StoredVisit, row: &VisitRow, template: &Template) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut differ = |column, differs: bool, texts: &dyn Fn() -> (String, String)| {
        if differs {
            let (before, after) = texts();
            list.push(Difference { column, before, after });
        }
    };
    let leader = |kind: Option<LeaderKind>| kind.map_or("", LeaderKind::label).to_owned();
    let source = |source: Option<MoneySource>| source.map_or("", MoneySource::label).to_owned();
    let category = |it: Option<Category>| it.map_or_else(String::new, |it| it.label(template));
    let number = |it: Option<i64>| it.map_or_else(String::new, |it| it.to_string());
    differ(VisitColumn::LeaderTitle, name_key(&stored.leader_title) != name_key(&row.leader_title), &|| {
        (stored.leader_title.clone(), row.leader_title.clone())
    });
    differ(VisitColumn::LeaderKind, stored.leader_kind != row.leader_kind, &|| {
        (leader(stored.leader_kind), leader(row.leader_kind))
    });
    differ(VisitColumn::Category, stored.category != row.category, &|| {
        (category(stored.category), category(row.category))
    });
    differ(VisitColumn::Method, stored.method != row.method, &|| {
        (stored.method.label().to_owned(), row.method.label().to_owned())
    });
    let headcount_differs = stored.headcount.is_some() && stored.headcount != row.headcount;
    differ(VisitColumn::Headcount, headcount_differs, &|| (number(stored.headcount), number(row.headcount)));
    differ(VisitColumn::Money, stored.money_fen != row.money_fen, &|| {
        (stored.money_fen.yuan_short(), row.money_fen.yuan_short())
    });
    differ(VisitColumn::MoneySource, stored.money_source != row.money_source, &|| {
        (source(stored.money_source), source(row.money_source))
    });
    let (goods, new_goods) = (goods_text(&stored.goods), goods_text(&row.goods));
    differ(VisitColumn::Goods, goods != new_goods, &|| (goods.clone(), new_goods.clone()));
    differ(VisitColumn::GoodsValue, stored.goods_fen != row.goods_fen, &|| {
        (stored.goods_fen.yuan_short(), row.goods_fen.yuan_short())
    });
    let (help, new_help) = (help_text(&stored.help), help_text(&row.help));
    differ(VisitColumn::HelpKind, help != new_help, &|| (help.clone(), new_help.clone()));
    differ(VisitColumn::Note, name_key(&stored.note) != name_key(&row.note), &|| {
        (stored.note.clone(), row.note.clone())
    });
    list
}

fn goods_text(goods: &[Goods]) -> String {
    let mut sorted: Vec<&Goods> = goods.iter().collect();
    sorted.sort();
    let texts: Vec<String> =
        sorted.iter().map(|it| format!("{}{}{}", it.name, it.quantity, it.unit)).collect();
    texts.join("、")
}

fn help_text(help: &[(HelpKind, i64)]) -> String {
    let mut sorted = help.to_vec();
    sorted.sort_unstable();
    let texts: Vec<String> =
        sorted.iter().map(|(kind, number)| format!("{}{number}件", kind.label())).collect();
    texts.join("、")
}

/// A later row of the file with the key of an earlier one is refused; `first` is the earlier one's sheet and row.
#[must_use]
pub fn repeated(row: &VisitRow, first: (u16, u32)) -> RowFinding {
    let sheet = if first.0 == row.sheet { String::new() } else { format!("第{}个工作表", first.0 + 1) };
    let message = format!(
        "与{sheet}第{}行的走访单位、日期、对象和带队领导相同，是重复行，未导入；如是另一次走访，请改正后再导入",
        first.1
    );
    refused(row, None, "visit.repeated", message)
}

/// A row whose key is recorded already but which differs in another column is refused with both values.
#[must_use]
pub fn conflicting(row: &VisitRow, differences: &[Difference]) -> RowFinding {
    let shown = |text: &str| if text.is_empty() { "空白".to_owned() } else { format!("“{text}”") };
    let parts: Vec<String> = differences
        .iter()
        .map(|it| format!("{}已登记为{}，本行为{}", it.column.title(), shown(&it.before), shown(&it.after)))
        .collect();
    let message = format!(
        "这次走访已导入过，但内容不同：{}；未导入，请改正本行，或先更正已登记的记录",
        parts.join("；")
    );
    refused(row, differences.first().map(|it| it.column.title()), "visit.conflict", message)
}

fn refused(row: &VisitRow, column: Option<&'static str>, code: &'static str, message: String) -> RowFinding {
    RowFinding { sheet: row.sheet, row: row.row, column, severity: Severity::Refused, code, message }
}
