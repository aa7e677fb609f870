//! Workbooks for banks: one sheet, accounts and numbers as text, amounts as numbers that hold exactly two decimals.

use super::layout::{AmountUnit, Field, Value};
use super::write::{BankError, Entry, Part};
use crate::document::{WriteError, book};
use rust_xlsxwriter::{Format, Worksheet};
use std::borrow::Cow;

const TEXT: &str = "@";
const MONEY: &str = "0.00";

/// The bytes of one file.
pub(super) fn write(part: &Part<'_>, entries: &[Entry<'_>]) -> Result<Vec<u8>, BankError> {
    Ok(workbook(part, entries)?)
}

fn workbook(part: &Part<'_>, entries: &[Entry<'_>]) -> Result<Vec<u8>, WriteError> {
    let layout = part.layout;
    let mut workbook = book::workbook(&layout.name, part.order.date)?;
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("Sheet1")?;
    let (text, money) = (Format::new().set_num_format(TEXT), Format::new().set_num_format(MONEY));
    for (column, field) in (0_u16..).zip(&layout.columns) {
        let width = if field.width > 0 { field.width } else { 16 };
        sheet.set_column_width(column, f64::from(width))?;
    }
    let mut row = 0;
    let mut next = || {
        row += 1;
        row - 1
    };
    if !layout.header.is_empty() {
        cells(sheet, next(), &layout.header, (&text, &money), layout.amount, |field| part.of_file(field))?;
    }
    if layout.has_heads {
        let row = next();
        for (column, field) in (0_u16..).zip(&layout.columns) {
            book::text(sheet, row, column, &field.head, &text)?;
        }
    }
    for (index, entry) in entries.iter().enumerate() {
        let shown = |field| part.of_line(field, entry, index + 1);
        cells(sheet, next(), &layout.columns, (&text, &money), layout.amount, shown)?;
    }
    if !layout.trailer.is_empty() {
        cells(sheet, next(), &layout.trailer, (&text, &money), layout.amount, |field| part.of_file(field))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// One row; empty cells stay empty.
fn cells<'s>(
    sheet: &mut Worksheet,
    row: u32,
    fields: &'s [Field],
    (text, money): (&Format, &Format),
    unit: AmountUnit,
    shown: impl Fn(&'s Field) -> Cow<'s, str>,
) -> Result<(), WriteError> {
    for (column, field) in (0_u16..).zip(fields) {
        let value = shown(field);
        if value.is_empty() {
            continue;
        }
        match field.value {
            Value::Amount | Value::Sum if unit == AmountUnit::Yuan => {
                book::decimal(sheet, row, column, &value, money)?;
            }
            Value::Amount | Value::Sum | Value::Seq | Value::Number | Value::Count => {
                book::decimal(sheet, row, column, &value, &Format::default())?;
            }
            _ => book::text(sheet, row, column, &value, text)?,
        }
    }
    Ok(())
}
