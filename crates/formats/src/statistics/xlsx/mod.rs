//! The printed form as a workbook whose figures stay figures: a clerk can add them up.

mod annex;

use super::{PrintContext, words};
use crate::document::{WriteError, book};
use domain::campaign::{ColumnValue, CountUnit};
use domain::statistics::{Line, Table};
use rust_xlsxwriter::{Format, FormatAlign, Worksheet};

/// The sheets 统计表 and 附表.
pub fn xlsx(table: &Table, context: &PrintContext) -> Result<Vec<u8>, WriteError> {
    let mut workbook = book::workbook(&table.heading, context.printed_on)?;
    form(workbook.add_worksheet(), table, context)?;
    annex::write(workbook.add_worksheet(), table, context)?;
    Ok(workbook.save_to_buffer()?)
}

fn form(sheet: &mut Worksheet, table: &Table, context: &PrintContext) -> Result<(), WriteError> {
    let last = last_column(table.columns.len());
    sheet.set_name("统计表")?;
    book::print_wide(sheet, context.taken.as_ref());
    sheet.set_repeat_rows(2, 2)?.set_freeze_panes(3, 1)?;
    for (index, column) in (0..).zip(&table.columns) {
        sheet.set_column_width(index, width(column.value, table))?;
    }
    top(sheet, last, &table.heading, context, table)?;
    for (index, column) in (0..).zip(&table.columns) {
        book::text(sheet, 2, index, &column.label, &book::head())?;
    }
    sheet.set_row_height(2, 62)?;
    let mut row = 3;
    for line in table.rows.iter().chain([&table.total]) {
        for (index, column) in (0..).zip(&table.columns) {
            cell(sheet, row, index, column.value, line)?;
        }
        sheet.set_row_height(row, height(table, line))?;
        row += 1;
    }
    signatures(sheet, row + 1, last, context)
}

/// Heading, 填报单位 and 填报日期.
pub(super) fn top(
    sheet: &mut Worksheet,
    last: u16,
    heading: &str,
    context: &PrintContext,
    table: &Table,
) -> Result<(), WriteError> {
    book::merged(sheet, (0, 0, 0, last), heading, &book::heading())?;
    sheet.set_row_height(0, 36)?.set_row_height(1, 22)?;
    let right = book::plain().set_align(FormatAlign::Right);
    let split = last / 2;
    book::merged(sheet, (1, 0, 1, split), &context.unit_line(table), &book::plain())?;
    if split < last {
        book::merged(sheet, (1, split + 1, 1, last), &context.date_line(), &right)?;
    }
    Ok(())
}

fn signatures(sheet: &mut Worksheet, row: u32, last: u16, context: &PrintContext) -> Result<(), WriteError> {
    let [filler, reviewer, phone] = context.signatures();
    let third = (last + 1) / 3;
    if third == 0 {
        return book::text(sheet, row, 0, &format!("{filler}　{reviewer}　{phone}"), &book::plain());
    }
    let centre = book::plain().set_align(FormatAlign::Center);
    let right = book::plain().set_align(FormatAlign::Right);
    sheet.set_row_height(row, 24)?;
    book::merged(sheet, (row, 0, row, third - 1), &filler, &book::plain())?;
    book::merged(sheet, (row, third, row, last - third), &reviewer, &centre)?;
    book::merged(sheet, (row, last - third + 1, row, last), &phone, &right)
}

/// One cell of the form; figures are numbers that look as the printed words do.
fn cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: ColumnValue,
    line: &Line,
) -> Result<(), WriteError> {
    let base = if words::is_total(line) { book::bordered().set_bold() } else { book::bordered() };
    let right = base.clone().set_align(FormatAlign::Right).set_indent(1);
    let shown = words::cell(value, line);
    match value {
        _ if shown == words::NOTHING => nothing(sheet, row, column, value, base),
        ColumnValue::Count => {
            let format = right.set_num_format(count_format(line));
            book::decimal(sheet, row, column, &line.count().to_string(), &format)
        }
        ColumnValue::Money => {
            let whole = line.money_fen.0 % 100 == 0;
            let format = right.set_num_format(if whole { "#,##0\"元\"" } else { "#,##0.00\"元\"" });
            book::decimal(sheet, row, column, &words::decimal_yuan(line.money_fen), &format)
        }
        ColumnValue::TotalWan => {
            book::decimal(sheet, row, column, &line.total_wan(), &right.set_num_format("0.00"))
        }
        ColumnValue::Help if words::is_total(line) => {
            let format = base.set_align(FormatAlign::Center).set_num_format("#,##0");
            book::decimal(sheet, row, column, &line.help.sum().to_string(), &format)
        }
        ColumnValue::Label if words::is_total(line) => {
            book::text(sheet, row, column, &shown, &base.set_align(FormatAlign::Center))
        }
        _ => book::text(sheet, row, column, &shown, &base.set_align(FormatAlign::Left).set_indent(1)),
    }
}

/// A dash; where a figure would stand it is a zero that shows as a dash, so that sums still work.
fn nothing(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: ColumnValue,
    base: Format,
) -> Result<(), WriteError> {
    let centre = base.set_align(FormatAlign::Center);
    match value {
        ColumnValue::Count | ColumnValue::Money | ColumnValue::TotalWan => {
            book::decimal(sheet, row, column, "0", &centre.set_num_format("0.00;-0.00;\"—\""))
        }
        _ => book::text(sheet, row, column, words::NOTHING, &centre),
    }
}

fn count_format(line: &Line) -> String {
    match line.count_unit {
        CountUnit::Person if words::is_total(line) && line.objects > 0 => {
            format!("#,##0\"（另{}个）\"", words::thousands(line.objects))
        }
        CountUnit::Person => "#,##0".to_owned(),
        unit => format!("#,##0\"{}\"", unit.label()),
    }
}

/// Widths in characters of the default font. A figure that does not fit shows as ####, so its column is as wide as
/// the total.
fn width(value: ColumnValue, table: &Table) -> u16 {
    let figure = |least: u16| {
        let shown = crate::document::display_width(&words::cell(value, &table.total)) + 3;
        u16::try_from(shown).unwrap_or(least).max(least)
    };
    match value {
        ColumnValue::Label => 28,
        ColumnValue::Leaders | ColumnValue::Help => 26,
        ColumnValue::Count | ColumnValue::TotalWan => figure(13),
        ColumnValue::Money => figure(16),
        ColumnValue::Goods => 32,
    }
}

/// Height for as many lines as the longest cell needs: not every program finds it when the file is opened.
fn height(table: &Table, line: &Line) -> u16 {
    let lines = table.columns.iter().map(|column| {
        let shown = crate::document::display_width(&words::cell(column.value, line));
        shown.div_ceil(usize::from(width(column.value, table)) - 2)
    });
    row_height(lines.max().unwrap_or(1))
}

/// Points for a number of lines of 11 point text.
pub(super) fn row_height(lines: usize) -> u16 {
    u16::try_from(lines.clamp(1, 26)).unwrap_or(1) * 15 + 6
}

/// Index of the last of so many columns.
pub(super) fn last_column(columns: usize) -> u16 {
    u16::try_from(columns.max(1) - 1).unwrap_or(u16::MAX)
}
