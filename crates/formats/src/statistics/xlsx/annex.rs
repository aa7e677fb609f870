//! The sheet 附表.

use super::{last_column, row_height, top};
use crate::document::{WriteError, book};
use crate::statistics::{PrintContext, annex, notes::NOTES, words};
use domain::campaign::CountUnit;
use domain::money::Fen;
use domain::statistics::{Line, Table};
use rust_xlsxwriter::{Format, FormatAlign, Worksheet};

/// Head over two rows, width; an empty second word merges both rows.
const COLUMNS: [(&str, &str, u16); 19] = [
    ("类别", "", 26),
    ("户", "", 7),
    ("人数", "", 8),
    ("人次", "", 8),
    ("走访记录", "", 8),
    ("慰问金（元）", "县级下拨", 13),
    ("慰问金（元）", "本单位", 13),
    ("慰问金（元）", "社会捐赠", 13),
    ("慰问金（元）", "未注明来源", 13),
    ("慰问金（元）", "小计", 14),
    ("慰问品折款（元）", "", 13),
    ("合计（元）", "", 14),
    ("慰问品（名称及数量）", "", 36),
    ("解决实际困难（件）", "子女\n入学", 5),
    ("解决实际困难（件）", "家属\n就业", 5),
    ("解决实际困难（件）", "住房\n改造", 5),
    ("解决实际困难（件）", "看病\n就医", 5),
    ("解决实际困难（件）", "法律\n援助", 5),
    ("解决实际困难（件）", "其他", 5),
];

/// Place of the column with goods.
const GOODS: u16 = 12;

pub(super) fn write(sheet: &mut Worksheet, table: &Table, context: &PrintContext) -> Result<(), WriteError> {
    let last = last_column(COLUMNS.len());
    sheet.set_name("附表")?;
    book::print_wide(sheet, context.taken.as_ref());
    sheet.set_repeat_rows(2, 3)?.set_freeze_panes(4, 1)?;
    for (index, (_, _, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(index, width)?;
    }
    top(sheet, last, annex::HEADING, context, table)?;
    heads(sheet)?;
    let mut row = 4;
    for line in table.rows.iter().chain([&table.total]) {
        figures(sheet, row, line)?;
        row += 1;
    }
    row += 1;
    for (index, note) in NOTES.iter().enumerate() {
        let note = if index == 0 { format!("注：{note}") } else { format!("　　{note}") };
        book::merged(sheet, (row, 0, row, last), &note, &book::plain().set_text_wrap())?;
        sheet.set_row_height(row, 20)?;
        row += 1;
    }
    Ok(())
}

fn heads(sheet: &mut Worksheet) -> Result<(), WriteError> {
    let format = book::head();
    let mut first = 0;
    while first < COLUMNS.len() {
        let (head, low, _) = COLUMNS[first];
        let many = COLUMNS[first..].iter().take_while(|(next, ..)| *next == head).count();
        let (left, right) = (last_column(first + 1), last_column(first + many));
        if low.is_empty() {
            book::merged(sheet, (2, left, 3, right), head, &format)?;
        } else {
            book::merged(sheet, (2, left, 2, right), head, &format)?;
        }
        for (index, (_, low, _)) in (left..).zip(&COLUMNS[first..first + many]) {
            if !low.is_empty() {
                book::text(sheet, 3, index, low, &format)?;
            }
        }
        first += many;
    }
    sheet.set_row_height(2, 22)?.set_row_height(3, 34)?;
    Ok(())
}

fn figures(sheet: &mut Worksheet, row: u32, line: &Line) -> Result<(), WriteError> {
    let base = if words::is_total(line) { book::bordered().set_bold() } else { book::bordered() };
    let label = if words::is_total(line) {
        base.clone().set_align(FormatAlign::Center)
    } else {
        base.clone().set_indent(1)
    };
    book::text(sheet, row, 0, &line.label, &label)?;
    let number = base.clone().set_align(FormatAlign::Right);
    let persons = match line.count_unit {
        CountUnit::Object => (line.objects, "#,##0\"个\";-#,##0\"个\";\"—\""),
        _ => (line.persons, "#,##0;-#,##0;\"—\""),
    };
    let whole = "#,##0;-#,##0;\"—\"";
    let counts = [(line.households, whole), persons, (line.person_times, whole), (line.visits, whole)];
    for (column, (count, format)) in (1..).zip(counts) {
        let format = shown(&number, count, format);
        book::decimal(sheet, row, column, &count.to_string(), &format)?;
    }
    let source = line.money_by_source;
    let amounts = [
        source.county,
        source.own,
        source.donation,
        source.unstated,
        line.money_fen,
        line.goods_fen,
        line.total_fen,
    ];
    for (column, Fen(fen)) in (5..).zip(amounts) {
        let format = shown(&number, fen, "#,##0.00;-#,##0.00;\"—\"");
        book::decimal(sheet, row, column, &words::decimal_yuan(Fen(fen)), &format)?;
    }
    let goods = words::goods_list(&line.goods, usize::MAX);
    if goods.is_empty() {
        book::text(sheet, row, GOODS, words::NOTHING, &base.set_align(FormatAlign::Center))?;
    } else {
        book::text(sheet, row, GOODS, &goods, &base.set_indent(1))?;
    }
    for (column, (_, help)) in (GOODS + 1..).zip(line.help.labelled()) {
        let format = shown(&number, help, whole).set_align(FormatAlign::Center);
        book::decimal(sheet, row, column, &help.to_string(), &format)?;
    }
    let width = usize::from(COLUMNS[usize::from(GOODS)].2) - 2;
    let lines = crate::document::display_width(&goods).div_ceil(width);
    sheet.set_row_height(row, row_height(lines))?;
    Ok(())
}

/// The format of a figure; the dash of a zero stands in the middle.
fn shown(number: &Format, figure: i64, format: &str) -> Format {
    let align = if figure == 0 { FormatAlign::Center } else { FormatAlign::Right };
    number.clone().set_align(align).set_num_format(format)
}
