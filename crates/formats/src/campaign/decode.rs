//! From the TOML document to a `Template`, one function per section.

use super::check;
use super::node::{self, Item, Table, TemplateError};
use super::payment;
use domain::campaign::{
    Caps, Column, ColumnValue, CountUnit, ObjectKind, Obligation, ObligationKind, Period, PersonMatch,
    ReportSection, Row, Task, Template,
};
use domain::person::PersonClass;
use domain::unit::UnitKind;
use domain::visit::Method;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The version of the file format that this program reads.
const FORMAT: u32 = 1;

const ROOT: &[&str] = &[
    "format",
    "key",
    "version",
    "name",
    "title",
    "period",
    "deadlines",
    "row",
    "column",
    "task",
    "obligation",
    "payment",
    "caps",
    "report_section",
];
const PERIOD: &[&str] = &["from", "to", "from_year"];
const ROW: &[&str] = &["key", "label", "unit", "enabled", "instead", "object", "match", "also"];
const MATCH: &[&str] = &["classes", "grades", "hardship"];
const COLUMN: &[&str] = &["value", "label"];
const TASK: &[&str] = &["key", "label", "duties", "to"];
const OBLIGATION: &[&str] = &["kind", "label", "match", "methods", "at_least"];
const CAPS: &[&str] = &["money_per_person_fen", "goods_per_person_fen"];
const SECTION: &[&str] = &["key", "label"];

const COUNT_UNITS: &[(&str, CountUnit)] =
    &[("人", CountUnit::Person), ("户", CountUnit::Household), ("个", CountUnit::Object)];
const OBJECTS: &[(&str, ObjectKind)] = &[
    ("troop", ObjectKind::Troop),
    ("training_troop", ObjectKind::TrainingTroop),
    ("institution", ObjectKind::Institution),
    ("own_unit_veteran", ObjectKind::OwnUnitVeteran),
];
const COLUMN_VALUES: &[(&str, ColumnValue)] = &[
    ("label", ColumnValue::Label),
    ("leaders", ColumnValue::Leaders),
    ("count", ColumnValue::Count),
    ("money", ColumnValue::Money),
    ("goods", ColumnValue::Goods),
    ("total_wan", ColumnValue::TotalWan),
    ("help", ColumnValue::Help),
];
const OBLIGATIONS: &[(&str, ObligationKind)] = &[
    ("key_person_visit", ObligationKind::KeyPersonVisit),
    ("principal_leader_visit", ObligationKind::PrincipalLeaderVisit),
    ("deputy_leader_visit", ObligationKind::DeputyLeaderVisit),
    ("unit_active", ObligationKind::UnitActive),
    ("universal_visit", ObligationKind::UniversalVisit),
    ("hardship_help", ObligationKind::HardshipHelp),
];

pub(super) type Read<T> = Result<T, TemplateError>;

/// Reads a whole template.
pub(super) fn template(text: &str) -> Read<Template> {
    let document = node::parse(text)?;
    // The version first: a later format may know keys that this one does not.
    let format = format(&Table::any(text, &document))?;
    let root = Table::root(text, &document, ROOT)?;
    Ok(Template {
        format,
        key: root.need("key")?.key()?,
        version: root.need("version")?.integer_in(1, i64::from(u32::MAX))?,
        name: root.need("name")?.label()?,
        title: title(&root)?,
        period: period(&root.need("period")?.table(PERIOD)?)?,
        deadlines: deadlines(&root)?,
        rows: rows(&root)?,
        columns: columns(&root)?,
        tasks: tasks(&root)?,
        obligations: obligations(&root)?,
        payments: payment::payments(&root)?,
        caps: caps(&root)?,
        report_sections: report_sections(&root)?,
    })
}

fn format(root: &Table<'_>) -> Read<u32> {
    let item = root.need("format")?;
    match item.integer()? {
        known if known == i64::from(FORMAT) => Ok(FORMAT),
        other => Err(item.wrong(format!("不认识的格式版本{other}；本程序能读的版本是{FORMAT}"))),
    }
}

fn title(root: &Table<'_>) -> Read<String> {
    let item = root.need("title")?;
    let title = item.label()?;
    let rest = title.replace("{year}", "").replace("{place}", "");
    if rest.contains(['{', '}']) {
        return Err(item.wrong("花括号里只能写{year}（年份）和{place}（县的简称）"));
    }
    Ok(title)
}

fn period(table: &Table<'_>) -> Read<Period> {
    let (from, to) = (table.need("from")?, table.need("to")?);
    let from_year = table.may("from_year").map_or(Ok(0), |item| item.integer_in(-1, 0))?;
    let period = Period { from: month_day(&from)?, to: month_day(&to)?, from_year };
    if from_year == 0 && period.from > period.to {
        return Err(to.wrong("结束日期早于开始日期；跨年请写 from_year = -1"));
    }
    Ok(period)
}

/// `07-01`; a day that exists in every year.
pub(super) fn month_day(item: &Item<'_>) -> Read<String> {
    let text = item.text()?;
    let exists = text.len() == 5 && format!("2023-{text}").parse::<Date>().is_ok();
    if exists {
        Ok(text.to_owned())
    } else {
        Err(item.wrong(format!("“{text}”不是月日，请写成07-01")))
    }
}

fn deadlines(root: &Table<'_>) -> Read<BTreeMap<String, Date>> {
    let Some(item) = root.may("deadlines") else { return Ok(BTreeMap::new()) };
    let mut deadlines = BTreeMap::new();
    for (year, item) in item.open_table()?.entries() {
        let day = item.day()?;
        if year != format!("{:04}", day.year()) {
            return Err(item.wrong(format!("键应为四位年份，且与截止日期{day}同年")));
        }
        deadlines.insert(year.to_owned(), day);
    }
    Ok(deadlines)
}

fn rows(root: &Table<'_>) -> Read<Vec<Row>> {
    let list = root.need("row")?;
    let tables = root.tables("row", ROW)?;
    if tables.is_empty() {
        return Err(list.wrong("统计表至少要有一行"));
    }
    let rows = tables.iter().map(row).collect::<Read<Vec<Row>>>()?;
    check::rows(&tables, &rows)?;
    Ok(rows)
}

fn row(table: &Table<'_>) -> Read<Row> {
    Ok(Row {
        key: table.need("key")?.key()?,
        label: table.need("label")?.label()?,
        unit: table.need("unit")?.word(COUNT_UNITS)?,
        enabled: table.flag_or("enabled", true)?,
        instead: table.may("instead").map(|item| item.key()).transpose()?,
        object: table.may("object").map(|item| item.word(OBJECTS)).transpose()?,
        matches: matches(table)?,
        also: table.list("also")?.iter().map(Item::label).collect::<Read<_>>()?,
    })
}

fn matches(table: &Table<'_>) -> Read<Vec<PersonMatch>> {
    table.tables("match", MATCH)?.iter().map(person_match).collect()
}

fn person_match(table: &Table<'_>) -> Read<PersonMatch> {
    let classes = classes(table)?;
    if classes.is_empty() {
        return Err(table.need("classes")?.wrong("至少写一个优抚类别"));
    }
    let grades = table.may("grades").map(|item| grades(&item, &classes)).transpose()?;
    let hardship = table.may("hardship").map(|item| item.flag()).transpose()?;
    Ok(PersonMatch { classes, grades, hardship })
}

pub(super) fn grades(item: &Item<'_>, classes: &[PersonClass]) -> Read<(u8, u8)> {
    let members = item.members()?;
    let [low, high] = members.as_slice() else {
        return Err(item.wrong("应写最低和最高两个伤残等级，如[1, 6]"));
    };
    let (low, high): (u8, u8) = (low.integer_in(1, 10)?, high.integer_in(1, 10)?);
    if low > high {
        return Err(item.wrong(format!("伤残等级{low}到{high}次序颠倒")));
    }
    match classes.iter().find(|class| !class.has_grade()) {
        Some(class) => Err(item.wrong(format!("“{}”没有伤残等级", class.label()))),
        None => Ok((low, high)),
    }
}

/// The classes of a match or payment; none when left out of a payment.
pub(super) fn classes(table: &Table<'_>) -> Read<Vec<PersonClass>> {
    let codes: Vec<_> = PersonClass::ALL.iter().map(|class| (class.code(), *class)).collect();
    table.list("classes")?.iter().map(|item| item.word(&codes)).collect()
}

fn columns(root: &Table<'_>) -> Read<Vec<Column>> {
    let list = root.need("column")?;
    let tables = root.tables("column", COLUMN)?;
    if tables.is_empty() {
        return Err(list.wrong("统计表至少要有一列"));
    }
    let column = |table: &Table<'_>| {
        Ok(Column { value: table.need("value")?.word(COLUMN_VALUES)?, label: table.need("label")?.label()? })
    };
    let columns = tables.iter().map(column).collect::<Read<Vec<Column>>>()?;
    check::distinct(&tables, "value", |index| format!("{:?}", columns[index].value))?;
    Ok(columns)
}

fn tasks(root: &Table<'_>) -> Read<Vec<Task>> {
    let kinds: Vec<_> = UnitKind::ALL.iter().map(|kind| (kind.code(), kind.code())).collect();
    let task = |table: &Table<'_>| {
        let to = table.list("to")?;
        Ok(Task {
            key: table.need("key")?.key()?,
            label: table.need("label")?.label()?,
            duties: table.list("duties")?.iter().map(duty).collect::<Read<_>>()?,
            to: to.iter().map(|item| item.word(&kinds).map(str::to_owned)).collect::<Read<_>>()?,
        })
    };
    let tables = root.tables("task", TASK)?;
    let tasks = tables.iter().map(task).collect::<Read<Vec<Task>>>()?;
    check::distinct(&tables, "key", |index| tasks[index].key.clone())?;
    Ok(tasks)
}

/// A duty's number in the notice: `N17`.
fn duty(item: &Item<'_>) -> Read<String> {
    let text = item.text()?;
    let digits = text.strip_prefix('N').unwrap_or_default();
    if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(item.wrong(format!("“{text}”不是通知事项编号，请写成N17")))
}

fn obligations(root: &Table<'_>) -> Read<Vec<Obligation>> {
    let methods: Vec<_> = Method::ALL.iter().map(|method| (method.code(), *method)).collect();
    let obligation = |table: &Table<'_>| {
        let obligation = Obligation {
            kind: table.need("kind")?.word(OBLIGATIONS)?,
            label: table.need("label")?.label()?,
            matches: matches(table)?,
            methods: table.list("methods")?.iter().map(|item| item.word(&methods)).collect::<Read<_>>()?,
            at_least: table.may("at_least").map_or(Ok(1), |item| item.integer_in(1, 1000))?,
        };
        check::obligation(table, &obligation)?;
        Ok(obligation)
    };
    let tables = root.tables("obligation", OBLIGATION)?;
    let obligations = tables.iter().map(obligation).collect::<Read<Vec<Obligation>>>()?;
    check::distinct(&tables, "kind", |index| format!("{:?}", obligations[index].kind))?;
    Ok(obligations)
}

fn caps(root: &Table<'_>) -> Read<Caps> {
    let table = root.need("caps")?.table(CAPS)?;
    Ok(Caps {
        money_per_person_fen: table.need("money_per_person_fen")?.fen()?,
        goods_per_person_fen: table.need("goods_per_person_fen")?.fen()?,
    })
}

fn report_sections(root: &Table<'_>) -> Read<Vec<ReportSection>> {
    let section = |table: &Table<'_>| {
        Ok(ReportSection { key: table.need("key")?.key()?, label: table.need("label")?.label()? })
    };
    let tables = root.tables("report_section", SECTION)?;
    let sections = tables.iter().map(section).collect::<Read<Vec<ReportSection>>>()?;
    check::distinct(&tables, "key", |index| sections[index].key.clone())?;
    Ok(sections)
}
