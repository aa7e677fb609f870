//! Coverage as a workbook: an overview and a list of open names per obligation.

use super::{in_order, rate};
use crate::document::{Taken, WriteError, book, printable};
use domain::coverage::{Coverage, Obliged, Open};
use rust_xlsxwriter::{FormatAlign, Worksheet};

/// Sheet 概况 and one sheet per obligation with names.
pub fn xlsx(coverage: &Coverage, taken: &Taken) -> Result<Vec<u8>, WriteError> {
    let title = format!("{}覆盖情况", coverage.unit.name);
    let mut workbook = book::workbook(&title, taken.on())?;
    overview(workbook.add_worksheet(), &title, coverage, taken)?;
    let mut used = vec!["概况".to_owned()];
    for one in &coverage.obligations {
        let name = book::sheet_name(&one.label, &used);
        names(workbook.add_worksheet(), &name, one, taken)?;
        used.push(name);
    }
    Ok(workbook.save_to_buffer()?)
}

fn overview(
    sheet: &mut Worksheet,
    title: &str,
    coverage: &Coverage,
    taken: &Taken,
) -> Result<(), WriteError> {
    const HEADS: [(&str, u16); 7] = [
        ("要求", 46),
        ("应完成", 11),
        ("已完成", 11),
        ("其中：当面走访", 16),
        ("仅发信或电话", 14),
        ("未完成", 11),
        ("完成率", 11),
    ];
    sheet.set_name("概况")?;
    book::print_wide(sheet, Some(taken));
    book::merged(sheet, (0, 0, 0, 6), title, &book::heading())?;
    sheet.set_row_height(0, 36)?.set_row_height(1, 34)?.set_freeze_panes(2, 1)?;
    for (column, (head, width)) in (0..).zip(HEADS) {
        sheet.set_column_width(column, width)?;
        book::text(sheet, 1, column, head, &book::head())?;
    }
    let number = book::bordered().set_align(FormatAlign::Right).set_num_format("#,##0");
    let rate_format = book::bordered().set_align(FormatAlign::Right);
    let centre = book::bordered().set_align(FormatAlign::Center);
    for (row, one) in (2..).zip(&coverage.obligations) {
        book::text(sheet, row, 0, &one.label, &book::bordered())?;
        let only = one.done_in_person.map(|_| count(&one.only_by_letter_or_telephone));
        let figures = [Some(one.required), Some(one.done), one.done_in_person, only, Some(count(&one.open))];
        for (column, figure) in (1..).zip(figures) {
            match figure {
                Some(figure) => book::decimal(sheet, row, column, &figure.to_string(), &number)?,
                None => book::text(sheet, row, column, "—", &centre)?,
            }
        }
        book::text(sheet, row, 6, &rate(one.required, one.done), &rate_format)?;
        sheet.set_row_height(row, 22)?;
    }
    Ok(())
}

fn count(names: &[Open]) -> i64 {
    i64::try_from(names.len()).unwrap_or(i64::MAX)
}

fn names(sheet: &mut Worksheet, name: &str, one: &Obliged, taken: &Taken) -> Result<(), WriteError> {
    const HEADS: [(&str, u16); 6] = [
        ("序号", 7),
        ("情况", 14),
        ("乡镇（街道）、单位", 24),
        ("村（社区）", 20),
        ("姓名（名称）", 18),
        ("说明", 44),
    ];
    sheet.set_name(name)?;
    book::print_wide(sheet, Some(taken));
    // The name of the list stands on each printed page; `&` begins a code there.
    sheet.set_header(format!("&C&\"黑体\"&12{}", printable(&one.label).replace('&', "&&")));
    sheet.set_repeat_rows(0, 0)?.set_freeze_panes(1, 0)?;
    for (column, (head, width)) in (0..).zip(HEADS) {
        sheet.set_column_width(column, width)?;
        book::text(sheet, 0, column, head, &book::head())?;
    }
    sheet.set_row_height(0, 24)?;
    let open = in_order(&one.open).into_iter().map(|open| ("未完成", open));
    let only = in_order(&one.only_by_letter_or_telephone).into_iter().map(|open| ("仅发信或电话", open));
    let mut last = 0;
    for (row, (state, open)) in (1_u32..).zip(open.chain(only)) {
        let number = book::bordered().set_align(FormatAlign::Center);
        book::decimal(sheet, row, 0, &row.to_string(), &number)?;
        let words = [state, &open.unit, &open.village, &open.name, &open.reason];
        for (column, word) in (1..).zip(words) {
            book::text(sheet, row, column, word, &book::bordered())?;
        }
        sheet.set_row_height(row, 18)?;
        last = row;
    }
    sheet.autofilter(0, 0, last, 5)?;
    Ok(())
}
