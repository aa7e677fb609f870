//! What was already seen in this file: the same number again, and probably the same person under another number.

use super::{RosterColumn, RosterRow, RowFinding, codes};
use crate::citizen::CitizenId;
use crate::finding::Severity;
use crate::ids::UnitId;
use jiff::civil::Date;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

/// How many columns can differ between two rows of one number: all but the number.
const COMPARED: usize = 20;

/// The rows taken so far by number: about 120 bytes each, whatever they contain.
#[derive(Debug, Default)]
pub struct SeenRows {
    by_number: HashMap<u64, u32>,
    rows: Vec<SeenRow>,
}

#[derive(Debug)]
struct SeenRow {
    row: u32,
    sheet: u16,
    prints: [u32; COMPARED],
}

impl SeenRows {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a checked row. When an earlier taken row has the same number, the row is to be refused and the
    /// finding says why. Rows that were refused are not handed in, so they never block a later one.
    #[must_use = "the row is a duplicate when a finding is returned"]
    pub fn admit(&mut self, row: &RosterRow) -> Option<RowFinding> {
        let prints = prints(row);
        match self.by_number.entry(compact(row.citizen)) {
            Entry::Vacant(place) => {
                place.insert(u32::try_from(self.rows.len()).expect("a file has fewer than 2^32 rows"));
                self.rows.push(SeenRow { row: row.row, sheet: row.sheet, prints });
                None
            }
            Entry::Occupied(place) => Some(duplicate(&self.rows[*place.get() as usize], row, &prints)),
        }
    }
}

fn duplicate(first: &SeenRow, row: &RosterRow, prints: &[u32; COMPARED]) -> RowFinding {
    let differing: Vec<&str> = compared_columns()
        .zip(first.prints.iter().zip(prints))
        .filter(|(_, (a, b))| a != b)
        .map(|(column, _)| column.label())
        .collect();
    let place = place(first.sheet, first.row, row.sheet);
    let message = if differing.is_empty() {
        format!("公民身份号码“{}”与{place}重复，内容完全相同；已按{place}导入，请删除本行", row.citizen)
    } else {
        let columns = differing.join("、");
        format!(
            "公民身份号码“{}”与{place}重复，不同的列：{columns}；已按{place}导入，请核对后只保留正确的一行",
            row.citizen
        )
    };
    RowFinding {
        sheet: row.sheet,
        row: row.row,
        column: Some(RosterColumn::Citizen.label()),
        severity: Severity::Refused,
        code: codes::DUPLICATE_ROW,
        message,
    }
}

/// `第5行`, with the sheet when it is another one.
fn place(sheet: u16, row: u32, here: u16) -> String {
    if sheet == here {
        format!("第{row}行")
    } else {
        format!("第{}张工作表第{row}行", u32::from(sheet) + 1)
    }
}

fn compared_columns() -> impl Iterator<Item = RosterColumn> {
    RosterColumn::ALL.iter().copied().filter(|column| *column != RosterColumn::Citizen)
}

/// Seventeen digits without the check digit, which follows from them.
fn compact(citizen: CitizenId) -> u64 {
    citizen.reveal().bytes().take(17).fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

/// One short fingerprint per compared column, in the columns' order; 0 for nothing.
fn prints(row: &RosterRow) -> [u32; COMPARED] {
    let text = |value: &Option<String>| value.as_deref().map_or(0, |text| print(text.as_bytes()));
    let unit = |id: UnitId| print(id.0.as_bytes());
    let classes = row.identities.iter().fold(0, |sum, it| mix(sum, it.class as u32 + 1));
    let grades = row.identities.iter().filter_map(|it| it.grade).fold(0, |sum, it| mix(sum, u32::from(it)));
    let natures = row.identities.iter().filter_map(|it| it.nature).fold(0, |sum, it| mix(sum, it as u32 + 1));
    let marks = row.hardship.iter().flatten().fold(0, |sum, it| mix(sum, *it as u32 + 1));
    [
        print(row.name.as_bytes()),
        row.sex.map_or(0, |sex| sex as u32 + 1),
        text(&row.ethnicity),
        classes,
        grades,
        natures,
        text(&row.certificate),
        text(&row.household),
        unit(row.township_id),
        row.village_id.map_or(0, unit),
        text(&row.address),
        text(&row.phone),
        row.allowance.map_or(0, |yes| u32::from(yes) + 1),
        text(&row.bank_name),
        row.account.as_ref().map_or(0, |account| print(account.reveal().as_bytes())),
        text(&row.account_name),
        row.status.map_or(0, |status| status as u32 + 1),
        row.stopped_on
            .map_or(0, |day| print(&day.year().to_le_bytes()) ^ u32::from(day.day_of_year().unsigned_abs())),
        marks ^ text(&row.hardship_text),
        text(&row.note),
    ]
}

fn mix(sum: u32, value: u32) -> u32 {
    (sum.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9)
}

/// A quick hash of a cell, never 0. It only tells which columns of two rows differ, so 32 bits are enough.
fn print(bytes: &[u8]) -> u32 {
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    let mut sum = bytes.len() as u64 ^ FACTOR;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        sum = (sum.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
    }
    u32::try_from(sum >> 32).unwrap_or(u32::MAX) | 1
}

/// Same name, birth date and village: probably one person under two numbers. Without a known village the
/// township stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TwinKey(u64);

impl TwinKey {
    /// The key of a person; the number gives the birth date.
    #[must_use]
    pub fn new(name: &str, birth: Date, township: UnitId, village: Option<UnitId>) -> Self {
        // Unlike RandomState, a plain DefaultHasher gives the same key in every run (design rule 3).
        let mut hasher = std::hash::DefaultHasher::new();
        name.hash(&mut hasher);
        birth.hash(&mut hasher);
        village.unwrap_or(township).hash(&mut hasher);
        Self(hasher.finish())
    }

    /// The key of a row.
    #[must_use]
    pub fn of(row: &RosterRow) -> Self {
        Self::new(&row.name, row.citizen.birth(), row.township_id, row.village_id)
    }
}

/// Finds rows that look like a person already known under another number, in this file or on the roster.
#[derive(Debug, Default)]
pub struct Twins(HashMap<TwinKey, Twin>);

#[derive(Debug)]
struct Twin {
    citizen: CitizenId,
    /// Sheet and row; `None` for the roster.
    place: Option<(u16, u32)>,
}

impl Twins {
    /// Nobody known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells of a person on the roster; all of them before the first row.
    pub fn know(&mut self, key: TwinKey, citizen: CitizenId) {
        self.0.entry(key).or_insert(Twin { citizen, place: None });
    }

    /// Looks at a row that is taken; the warning names who it may be.
    #[must_use]
    pub fn see(&mut self, row: &RosterRow) -> Option<RowFinding> {
        let twin = match self.0.entry(TwinKey::of(row)) {
            Entry::Vacant(place) => {
                place.insert(Twin { citizen: row.citizen, place: Some((row.sheet, row.row)) });
                return None;
            }
            Entry::Occupied(place) => place.into_mut(),
        };
        if twin.citizen == row.citizen {
            return None;
        }
        let other = match twin.place {
            None => "名册中已有的人员".to_owned(),
            Some((sheet, first)) => place(sheet, first, row.sheet),
        };
        Some(RowFinding {
            sheet: row.sheet,
            row: row.row,
            column: Some(RosterColumn::Citizen.label()),
            severity: Severity::Warning,
            code: codes::TWIN,
            message: format!(
                "与{other}姓名、出生日期和村（社区）相同，公民身份号码不同（本行“{}”，对方“{}”）；已导入，请核对是否为同一人",
                row.citizen, twin.citizen
            ),
        })
    }
}
