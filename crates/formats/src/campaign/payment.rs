//! The payment items of a template: their rules, and the examples that prove them.

use super::check;
use super::decode::{Read, classes, grades, month_day};
use super::node::{Item, Table, TemplateError};
use domain::money::Fen;
use domain::payment::{Check, ClassAmount, Example, ItemKind, Payment, Weight};
use domain::person::PersonStatus;
use std::collections::BTreeMap;

const PAYMENT: &[&str] = &[
    "key",
    "label",
    "kind",
    "amount_fen",
    "periodic_allowance",
    "classes",
    "amount",
    "base_date",
    "cap_fen",
    "budget_fen",
    "summary",
    "checks",
    "example",
];
const AMOUNT: &[&str] = &["classes", "grades", "amount_fen"];
const EXAMPLE: &[&str] = &["classes", "grade", "allowance", "status", "expect_fen"];

/// Reads `[[payment]]`.
pub(super) fn payments(root: &Table<'_>) -> Read<Vec<Payment>> {
    let tables = root.tables("payment", PAYMENT)?;
    let payments = tables.iter().map(payment).collect::<Read<Vec<Payment>>>()?;
    check::distinct(&tables, "key", |index| payments[index].key.clone())?;
    Ok(payments)
}

fn payment(table: &Table<'_>) -> Read<Payment> {
    let kinds = words(ItemKind::ALL, ItemKind::code);
    let fen = |key| table.may(key).map_or(Ok(Fen::ZERO), |item| item.fen());
    let payment = Payment {
        key: table.need("key")?.key()?,
        label: table.need("label")?.label()?,
        kind: table.may("kind").map_or(Ok(ItemKind::Gift), |item| item.word(&kinds))?,
        amount_fen: table.need("amount_fen")?.fen()?,
        periodic_allowance: table.flag_or("periodic_allowance", false)?,
        classes: classes(table)?,
        amounts: table.tables("amount", AMOUNT)?.iter().map(amount).collect::<Read<_>>()?,
        base_date: table.may("base_date").map(|item| month_day(&item)).transpose()?,
        cap_fen: fen("cap_fen")?,
        budget_fen: fen("budget_fen")?,
        summary: table.may("summary").map(|item| item.label()).transpose()?,
        checks: checks(table)?,
        examples: table.tables("example", EXAMPLE)?.iter().map(example).collect::<Read<_>>()?,
    };
    proved(table, &payment)?;
    Ok(payment)
}

fn amount(table: &Table<'_>) -> Read<ClassAmount> {
    let classes = classes(table)?;
    if classes.is_empty() {
        return Err(table.need("classes")?.wrong("至少写一个优抚类别"));
    }
    let grades = table.may("grades").map(|item| grades(&item, &classes)).transpose()?;
    Ok(ClassAmount { classes, grades, amount_fen: table.need("amount_fen")?.fen()? })
}

fn example(table: &Table<'_>) -> Read<Example> {
    let statuses = words(PersonStatus::ALL, PersonStatus::code);
    Ok(Example {
        classes: classes(table)?,
        grade: table.may("grade").map(|item| item.integer_in(1, 10)).transpose()?,
        allowance: table.flag_or("allowance", false)?,
        status: table.may("status").map_or(Ok(PersonStatus::Normal), |item| item.word(&statuses))?,
        expect_fen: table.need("expect_fen")?.fen()?,
    })
}

/// `checks = { account_luhn = "blocking" }`
fn checks(table: &Table<'_>) -> Read<BTreeMap<Check, Weight>> {
    let Some(item) = table.may("checks") else { return Ok(BTreeMap::new()) };
    let weights = words(Weight::ALL, Weight::code);
    let mut checks = BTreeMap::new();
    for (key, item) in item.open_table()?.entries() {
        let known = || Check::ALL.iter().map(|check| check.code()).collect::<Vec<_>>().join("、");
        let check = Check::from_code(key)
            .ok_or_else(|| item.wrong(format!("没有“{key}”这项检查，可写{}", known())))?;
        let weight = item.word(&weights)?;
        if check == Check::Status && weight != Weight::Blocking {
            return Err(item.wrong("死亡、迁出、暂停、停发的人不能放行"));
        }
        checks.insert(check, weight);
    }
    Ok(checks)
}

/// The rule does what its examples say.
fn proved(table: &Table<'_>, payment: &Payment) -> Result<(), TemplateError> {
    let Some((place, says)) = payment.broken_example() else { return Ok(()) };
    let tables = table.tables("example", EXAMPLE)?;
    let item: Item<'_> = match tables.get(place) {
        Some(example) => example.need("expect_fen")?,
        None => table.need("key")?,
    };
    let expected = payment.examples[place].expect_fen;
    let (says, expected) = (says.yuan_short(), expected.yuan_short());
    Err(item.wrong(format!("按本规则应发{says}元，例子写的是{expected}元；请改规则或例子")))
}

fn words<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<(&'static str, T)> {
    all.iter().map(|it| (code(*it), *it)).collect()
}
