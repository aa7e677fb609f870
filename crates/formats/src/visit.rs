//! Visits out: one row per record, for those who go on working in Excel or WPS. Numbers of persons are left out.

use crate::document::{Taken, WriteError, book};
use domain::campaign::Campaign;
use domain::visit::{VisitFacts, VisitedObject};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

const HEADS: [(&str, f64); 16] = [
    ("走访日期", 12.0),
    ("走访单位", 20.0),
    ("带队领导", 12.0),
    ("领导职务", 16.0),
    ("领导类别", 10.0),
    ("统计类别", 22.0),
    ("对象姓名", 14.0),
    ("走访方式", 10.0),
    ("人数", 7.0),
    ("慰问金（元）", 13.0),
    ("资金来源", 10.0),
    ("慰问品", 28.0),
    ("慰问品折价（元）", 16.0),
    ("解决困难", 18.0),
    ("解决困难件数", 13.0),
    ("是否在册", 10.0),
];

/// Rows above the first record: title and heads.
const FIRST: u32 = 2;

/// A workbook that is written row by row in constant memory.
pub struct Book<'c> {
    workbook: Workbook,
    campaign: &'c Campaign,
    next: u32,
    money: Format,
}

impl<'c> Book<'c> {
    /// An empty book; who took the data and when stands in the title and on every printed page.
    pub fn new(campaign: &'c Campaign, taken: &Taken) -> Result<Self, WriteError> {
        let mut workbook = book::workbook(&format!("{} 走访记录", campaign.heading), taken.on())?;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("走访记录")?;
        // The heading names the table; these are the records behind it.
        let heading = campaign.heading.trim_end_matches("统计表");
        let title = format!("{heading} 走访记录（{}）", taken.line());
        sheet.write_with_format(0, 0, title.as_str(), &Format::new().set_bold())?;
        let head = Format::new().set_bold().set_align(FormatAlign::Center).set_background_color("FBF1F0");
        for (column, (label, width)) in (0..).zip(HEADS) {
            sheet.set_column_width(column, width)?;
            sheet.write_with_format(1, column, label, &head)?;
        }
        sheet.set_freeze_panes(FIRST, 0)?;
        // Printed, all columns stand on one page, and on each the heads and who took the records.
        book::print_wide(sheet, Some(taken));
        sheet.set_repeat_rows(FIRST - 1, FIRST - 1)?;
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        let money = Format::new().set_num_format("#,##0.00");
        Ok(Self { workbook, campaign, next: FIRST, money })
    }

    /// Adds one record.
    pub fn add(
        &mut self,
        unit: &str,
        visit: &VisitFacts,
        name: &str,
        headcount: Option<i64>,
    ) -> Result<(), XlsxError> {
        let (row, campaign) = (self.next, self.campaign);
        self.next += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        let label = campaign.template.rows.iter().find(|it| it.key == visit.row);
        let help: Vec<String> =
            visit.help.iter().map(|(kind, number)| format!("{}{number}", kind.label())).collect();
        let goods: Vec<String> =
            visit.goods.iter().map(|it| format!("{}{}{}", it.name, it.quantity, it.unit)).collect();
        let cases: i64 = visit.help.iter().map(|(_, number)| number).sum();
        let on_roster = match visit.object {
            VisitedObject::Person { .. } => "在册",
            VisitedObject::Candidate { .. } => "待确认",
            VisitedObject::Group { .. } => "集体",
            VisitedObject::Object { .. } => "单位",
        };
        text(sheet, row, 0, &visit.visited_on.to_string())?;
        text(sheet, row, 1, unit)?;
        text(sheet, row, 2, &visit.leader_name)?;
        text(sheet, row, 3, &visit.leader_title)?;
        text(sheet, row, 4, visit.leader_kind.map_or("", |it| it.label()))?;
        text(sheet, row, 5, label.map_or(visit.row.as_str(), |it| &it.label))?;
        text(sheet, row, 6, name)?;
        text(sheet, row, 7, visit.method.label())?;
        if let Some(headcount) = headcount {
            sheet.write(row, 8, headcount)?;
        }
        if visit.money_fen.0 != 0 {
            sheet.write_with_format(row, 9, yuan(visit.money_fen.0), &self.money)?;
        }
        text(sheet, row, 10, visit.money_source.map_or("", |it| it.label()))?;
        text(sheet, row, 11, &goods.join("、"))?;
        if visit.goods_fen.0 != 0 {
            sheet.write_with_format(row, 12, yuan(visit.goods_fen.0), &self.money)?;
        }
        text(sheet, row, 13, &help.join("、"))?;
        if cases > 0 {
            sheet.write(row, 14, cases)?;
        }
        text(sheet, row, 15, on_roster)
    }

    /// The file's bytes.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}

fn text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    if !text.is_empty() {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

/// Yuan as the number Excel shows; the only place where fen meet a float is this cell of the file.
#[expect(clippy::cast_precision_loss, reason = "amounts of a visit are far below 2^53 fen")]
fn yuan(fen: i64) -> f64 {
    fen as f64 / 100.0
}
