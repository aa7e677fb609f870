//! What holds between the parts of a template: keys that are distinct, rows that stand in for others, the
//! catch-all.

use super::node::{Table, TemplateError};
use domain::campaign::{CountUnit, ObjectKind, Obligation, ObligationKind, Row};
use std::collections::HashMap;

type Checked = Result<(), TemplateError>;

/// Refuses the second table that has the same `key`.
pub(super) fn distinct(tables: &[Table<'_>], key: &str, value: impl Fn(usize) -> String) -> Checked {
    let mut seen = HashMap::new();
    for (index, table) in tables.iter().enumerate() {
        if let Some(first) = seen.insert(value(index), index) {
            return Err(table.need(key)?.wrong(format!("与第{}项重复", first + 1)));
        }
    }
    Ok(())
}

/// Everything that the rows of the table must fulfil together.
pub(super) fn rows(tables: &[Table<'_>], rows: &[Row]) -> Checked {
    distinct(tables, "key", |index| rows[index].key.clone())?;
    distinct_words(tables, rows)?;
    for (table, row) in tables.iter().zip(rows) {
        stand_in(table, row, rows)?;
        counted(table, row)?;
    }
    distinct_objects(tables, rows)?;
    catch_all(tables, rows)
}

/// A word that users write as 对象类别 must mean one row.
fn distinct_words(tables: &[Table<'_>], rows: &[Row]) -> Checked {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(first) = seen.insert(&row.label, index) {
            return Err(tables[index].need("label")?.wrong(format!("名称与第{}行类别重复", first + 1)));
        }
    }
    for (index, row) in rows.iter().enumerate() {
        for (word, item) in row.also.iter().zip(tables[index].list("also")?) {
            if let Some(first) = seen.insert(word, index) {
                return Err(item.wrong(format!("“{word}”已是第{}行类别的名称或别名", first + 1)));
            }
        }
    }
    Ok(())
}

fn stand_in(table: &Table<'_>, row: &Row, rows: &[Row]) -> Checked {
    let (Some(key), Some(item)) = (&row.instead, table.may("instead")) else { return Ok(()) };
    match rows.iter().find(|other| other.key == *key) {
        None => Err(item.wrong(format!("没有键为“{key}”的行"))),
        Some(other) if other.key == row.key => Err(item.wrong("不能由本行顶替本行")),
        Some(other) if !other.enabled => Err(item.wrong(format!("顶替的行“{}”已停用", other.label))),
        Some(_) => Ok(()),
    }
}

/// 个 is for troops and institutions only: persons would print as 0.
fn counted(table: &Table<'_>, row: &Row) -> Checked {
    let is_object =
        matches!(row.object, Some(ObjectKind::Troop | ObjectKind::TrainingTroop | ObjectKind::Institution));
    if row.unit == CountUnit::Object && !is_object {
        return Err(table.need("unit")?.wrong("只有部队和优抚事业单位的行能按“个”计"));
    }
    Ok(())
}

fn distinct_objects(tables: &[Table<'_>], rows: &[Row]) -> Checked {
    let mut seen = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(object) = row.object else { continue };
        if let Some(first) = seen.insert(object, index) {
            return Err(tables[index].need("object")?.wrong(format!("这类对象已归入第{}行类别", first + 1)));
        }
    }
    Ok(())
}

/// The last row takes whatever no other row takes.
fn catch_all(tables: &[Table<'_>], rows: &[Row]) -> Checked {
    let (Some(table), Some(row)) = (tables.last(), rows.last()) else { return Ok(()) };
    let why = "最后一行收纳其余全部对象（其他），";
    if row.object.is_some() {
        return Err(table.need("object")?.wrong(format!("{why}不能指定object")));
    }
    if !row.enabled {
        return Err(table.need("enabled")?.wrong(format!("{why}不能停用")));
    }
    if row.instead.is_some() {
        return Err(table.need("instead")?.wrong(format!("{why}不能由别的行顶替")));
    }
    Ok(())
}

/// Key classes belong to the key persons and to nothing else.
pub(super) fn obligation(table: &Table<'_>, obligation: &Obligation) -> Checked {
    let is_key = obligation.kind == ObligationKind::KeyPersonVisit;
    match (is_key, table.may("match")) {
        (true, _) if obligation.matches.is_empty() => {
            Err(table.need("kind")?.wrong("必须用match写明哪些是重点优抚对象"))
        }
        (false, Some(item)) => Err(item.wrong("只有key_person_visit能写match")),
        _ => Ok(()),
    }
}
