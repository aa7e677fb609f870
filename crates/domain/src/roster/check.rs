//! The check of one row: refusals, warnings and notes that need no other row.

use super::cells::{Refused, Row};
use super::class::{ClassCell, Written};
use super::places::{Place, Places};
use super::words::{self, quoted};
use super::{RosterColumn as C, RosterRow, codes};
use crate::citizen::CitizenId;
use crate::finding::RowFinding;
use crate::ids::UnitId;
use crate::person::Identity;
use crate::sheet::RawRow;
use crate::unit::{UnitTree, word_key};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// Checks the rows of one file. It remembers every spelling of units and classes, so that each is understood once.
#[derive(Debug)]
pub struct Checker<'a> {
    places: Places<'a>,
    today: Date,
    classes: HashMap<Box<str>, ClassCell>,
    ethnicities: HashMap<Box<str>, String>,
}

/// A row that was not taken; the findings say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedRow {
    /// Whom the row names, when its number is right: that person is in the file, although the row was refused.
    pub citizen: Option<CitizenId>,
}

/// The classes of a row: as written in their cell, and with the grade and nature of the other columns.
struct Classes {
    written: Arc<[Written]>,
    merged: Vec<Written>,
    assumed: Option<String>,
}

impl<'a> Checker<'a> {
    /// For the units of the county on a day.
    #[must_use]
    pub fn new(units: &'a UnitTree, today: Date) -> Self {
        Self { places: Places::new(units), today, classes: HashMap::new(), ethnicities: HashMap::new() }
    }

    /// Checks one row. A refused row gets all its reasons and nothing else; a row that is taken gets warnings and
    /// notes.
    pub fn check(&mut self, raw: &RawRow, findings: &mut Vec<RowFinding>) -> Result<RosterRow, RefusedRow> {
        let mut row = Row::new(raw, findings);
        let name = row.name();
        let citizen = row.citizen(self.today);
        let classes = self.classes(&mut row);
        let township = self.township(&mut row);
        let account = row.account();
        let (Ok(name), Ok((citizen, upgraded)), Ok(classes), Ok(township_id), Ok(account)) =
            (name, &citizen, classes, township, account)
        else {
            return Err(RefusedRow { citizen: citizen.ok().map(|(citizen, _)| citizen) });
        };
        row.remark_on_number(*citizen, *upgraded, self.today);
        let sex = row.sex(*citizen);
        row.remark_on_classes(&classes.written, classes.assumed);
        let village_id = self.village(&mut row, township_id);
        let allowance = row.allowance();
        let status = row.status(allowance);
        let (hardship, hardship_text) = row.hardship();
        row.remark_on_account(account.as_ref());
        row.remark_on_errors();
        Ok(RosterRow {
            sheet: raw.sheet,
            row: raw.row,
            citizen: *citizen,
            sex,
            ethnicity: self.ethnicity(&row),
            township_id,
            village_id,
            household: row.number(C::Household),
            certificate: row.number(C::Certificate),
            address: row.prose(C::Address),
            phone: row.phone(),
            allowance,
            bank_name: row.prose(C::BankName),
            account,
            account_name: row.account_name(&name),
            status,
            stopped_on: row.stopped_on(*citizen, status, self.today),
            hardship,
            hardship_text,
            note: row.prose(C::Note),
            identities: sorted(&classes.merged),
            name,
        })
    }

    fn classes(&mut self, row: &mut Row<'_, '_>) -> Result<Classes, Refused> {
        let text = row.text(C::Class);
        if text.is_empty() {
            let message = "优抚类别为空，未导入；请填写后重新导入，多个类别用“、”分隔".to_owned();
            return row.refuse(C::Class, codes::CLASS_MISSING, message);
        }
        if let Some(known) = self.classes.get(&*text) {
            return classes_of(known, row);
        }
        let cell = ClassCell::read(&text);
        let classes = classes_of(&cell, row);
        self.classes.insert(text.into(), cell);
        classes
    }

    fn township(&mut self, row: &mut Row<'_, '_>) -> Result<UnitId, Refused> {
        let typed = row.text(C::Township);
        if let Some(found) = Some(&typed).filter(|it| !it.is_empty()).and_then(|it| self.places.township(it))
        {
            return Ok(found);
        }
        let village = row.text(C::Village);
        let village = Some(village.as_ref()).filter(|it| !it.is_empty());
        let proposal = match self.places.propose_township(&typed, village) {
            Some((township, reason)) => format!("{reason}，如属该乡镇请填“{township}”后重新导入"),
            None => "请填写乡镇（街道）全称或代码后重新导入".to_owned(),
        };
        let (code, what) = if typed.is_empty() {
            (codes::TOWNSHIP_MISSING, "乡镇（街道）为空".to_owned())
        } else {
            (codes::TOWNSHIP_UNKNOWN, format!("找不到乡镇（街道）{}", quoted(&typed)))
        };
        row.refuse(C::Township, code, format!("{what}，未导入；{proposal}"))
    }

    fn village(&mut self, row: &mut Row<'_, '_>, township: UnitId) -> Option<UnitId> {
        let typed = row.text(C::Village);
        if typed.is_empty() {
            return None;
        }
        let units = self.places.units();
        let name = |id: UnitId| units.get(id).map_or("", |unit| unit.name.as_str());
        let names = |ids: &[UnitId]| ids.iter().map(|id| units.full_name(*id)).collect::<Vec<_>>().join("、");
        match self.places.village(township, &typed) {
            Place::Found(id) => Some(id),
            Place::Assumed(id) => {
                let message = format!("{}按“{}”导入", quoted(&typed), name(id));
                row.note(C::Village, codes::VILLAGE_ASSUMED, message);
                Some(id)
            }
            Place::Several(ids) => {
                let message = format!(
                    "村（社区）{}对应{}，无法确定，已不填村导入；请写全称",
                    quoted(&typed),
                    names(&ids)
                );
                row.warn(C::Village, codes::VILLAGE_UNKNOWN, message);
                None
            }
            Place::Elsewhere(ids) => {
                let message = format!(
                    "{}没有村（社区）{}，同名的有{}；已不填村导入，请核对乡镇和村",
                    name(township),
                    quoted(&typed),
                    names(&ids)
                );
                row.warn(C::Village, codes::VILLAGE_ELSEWHERE, message);
                None
            }
            Place::Unknown => {
                let message =
                    format!("{}没有村（社区）{}，已不填村导入；请核对村名", name(township), quoted(&typed));
                row.warn(C::Village, codes::VILLAGE_UNKNOWN, message);
                None
            }
        }
    }

    fn ethnicity(&mut self, row: &Row<'_, '_>) -> Option<String> {
        let text = row.text(C::Ethnicity);
        if text.is_empty() {
            return None;
        }
        if let Some(known) = self.ethnicities.get(&*text) {
            return Some(known.clone());
        }
        let full = words::ethnicity(&word_key(&text));
        self.ethnicities.insert(text.into(), full.clone());
        Some(full)
    }
}

fn classes_of(cell: &ClassCell, row: &mut Row<'_, '_>) -> Result<Classes, Refused> {
    match cell {
        ClassCell::Unknown { word, advice } => {
            let message = format!("优抚类别{}{advice}；本行未导入", quoted(word));
            row.refuse(C::Class, codes::CLASS_UNKNOWN, message)
        }
        ClassCell::Known { classes, assumed } => {
            let merged = row.with_grades(classes)?;
            Ok(Classes { written: Arc::clone(classes), merged, assumed: assumed.clone() })
        }
    }
}

fn sorted(classes: &[Written]) -> Vec<Identity> {
    let identity = |it: &Written| Identity { class: it.class, grade: it.grade, nature: it.nature };
    let mut identities: Vec<Identity> = classes.iter().map(identity).collect();
    identities.sort_unstable();
    identities
}
