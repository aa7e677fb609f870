//! Visits out: one row per record, for those who go on working in Excel or WPS. Numbers of persons are left out.

use crate::document::{Taken, WriteError, book};
use crate::listing::{Heads, Kind, Listing, ListingError};
use domain::campaign::Campaign;
use domain::visit::{VisitFacts, VisitedObject};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use std::io::Cursor;

const HEADS: Heads = &[
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

/// Columns that are numbers in a workbook: how many, and how much money.
const COUNTS: [usize; 2] = [8, 14];
const MONEY: [usize; 2] = [9, 12];

/// One record.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    /// The visiting unit's name.
    pub unit: &'r str,
    /// The visit.
    pub facts: &'r VisitFacts,
    /// Whom, as it may be shown.
    pub name: &'r str,
    /// 人数 of a group.
    pub headcount: Option<i64>,
}

impl Record<'_> {
    /// Its cells in the order of the heads, as text; amounts in yuan.
    fn cells(&self, campaign: &Campaign) -> [String; 16] {
        let visit = self.facts;
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
        let amount = |fen: domain::money::Fen| match fen.0 {
            0 => String::new(),
            fen => format!("{}.{:02}", fen / 100, fen % 100),
        };
        [
            visit.visited_on.to_string(),
            self.unit.to_owned(),
            visit.leader_name.clone(),
            visit.leader_title.clone(),
            visit.leader_kind.map_or("", |it| it.label()).to_owned(),
            label.map_or_else(|| visit.row.clone(), |it| it.label.clone()),
            self.name.to_owned(),
            visit.method.label().to_owned(),
            self.headcount.map(|it| it.to_string()).unwrap_or_default(),
            amount(visit.money_fen),
            visit.money_source.map_or("", |it| it.label()).to_owned(),
            goods.join("、"),
            amount(visit.goods_fen),
            help.join("、"),
            if cases > 0 { cases.to_string() } else { String::new() },
            on_roster.to_owned(),
        ]
    }
}

/// Records on their way into a file.
pub enum Out<'c> {
    /// Into a workbook.
    Xlsx(Box<Book<'c>>),
    /// Into CSV.
    Csv(&'c Campaign, Listing<Cursor<Vec<u8>>>),
}

fn heading(campaign: &Campaign) -> String {
    // The heading names the table; these are the records behind it.
    format!("{} 走访记录", campaign.heading.trim_end_matches("统计表"))
}

impl<'c> Out<'c> {
    /// An empty file of this kind; who took the data and when stands in the title and on every printed page.
    pub fn new(kind: Kind, campaign: &'c Campaign, taken: &Taken) -> Result<Self, ListingError> {
        Ok(match kind {
            Kind::Xlsx => Self::Xlsx(Box::new(Book::new(campaign, taken)?)),
            Kind::Csv => Self::Csv(campaign, Listing::in_memory(kind, &heading(campaign), taken, HEADS)?),
        })
    }

    /// Adds one record.
    pub fn add(&mut self, record: &Record<'_>) -> Result<(), ListingError> {
        match self {
            Self::Xlsx(book) => Ok(book.add(record)?),
            Self::Csv(campaign, listing) => {
                listing.add(&record.cells(campaign).each_ref().map(String::as_str))
            }
        }
    }

    /// The file's bytes.
    pub fn finish(self) -> Result<Vec<u8>, ListingError> {
        match self {
            Self::Xlsx(book) => Ok(book.finish()?),
            Self::Csv(_, listing) => Ok(listing.finish()?.into_inner()),
        }
    }
}

/// A workbook that is written row by row in constant memory.
pub struct Book<'c> {
    workbook: Workbook,
    campaign: &'c Campaign,
    next: u32,
    money: Format,
}

impl<'c> Book<'c> {
    fn new(campaign: &'c Campaign, taken: &Taken) -> Result<Self, WriteError> {
        let mut workbook = book::workbook(&format!("{} 走访记录", campaign.heading), taken.on())?;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("走访记录")?;
        let title = format!("{}（{}）", heading(campaign), taken.line());
        sheet.write_with_format(0, 0, title.as_str(), &Format::new().set_bold())?;
        let head = Format::new().set_bold().set_align(FormatAlign::Center).set_background_color("FBF1F0");
        for (column, (label, width)) in (0..).zip(HEADS) {
            sheet.set_column_width(column, *width)?;
            sheet.write_with_format(1, column, *label, &head)?;
        }
        sheet.set_freeze_panes(FIRST, 0)?;
        // Printed, all columns stand on one page, and on each the heads and who took the records.
        book::print_wide(sheet, Some(taken));
        sheet.set_repeat_rows(FIRST - 1, FIRST - 1)?;
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        let money = Format::new().set_num_format("#,##0.00");
        Ok(Self { workbook, campaign, next: FIRST, money })
    }

    fn add(&mut self, record: &Record<'_>) -> Result<(), XlsxError> {
        let row = self.next;
        self.next += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (place, cell) in record.cells(self.campaign).iter().enumerate() {
            let Ok(column) = u16::try_from(place) else { continue };
            // A number is written as one; anything else is text whatever it begins with.
            match cell.parse::<f64>() {
                _ if cell.is_empty() => {}
                Ok(number) if MONEY.contains(&place) => {
                    sheet.write_with_format(row, column, number, &self.money)?;
                }
                Ok(number) if COUNTS.contains(&place) => {
                    sheet.write(row, column, number)?;
                }
                _ => {
                    sheet.write_string(row, column, cell)?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}
