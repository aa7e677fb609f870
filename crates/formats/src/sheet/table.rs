//! From the rows of a file to the rows of an import: header, order of columns, fill-down, rows that do not count.

mod guard;

use super::header::{Candidate, FoundRow, Words, normal};
use super::sink::{Merge, Next, RowBuf, Sink};
use super::{Limits, Read, SheetError, SheetMapping, SheetNote};
use crate::secrecy::{self, Found};
use domain::sheet::{Cell, Column, RawRow};
use std::ops::ControlFlow;

/// The header is looked for in the rows up to this number.
const HEADER_ROWS: u32 = 30;
/// Text the first rows may hold together.
const MAX_HEADER_CELLS: usize = 200_000;
/// No column.
const NONE: u16 = u16::MAX;
/// Remarks kept per sheet; after them only one more that says so.
const MAX_NOTES: usize = 60;

/// What becomes of a sheet.
enum State {
    /// The header has not been looked for yet.
    Looking(Vec<FoundRow>),
    /// Rows are handed over.
    Reading(Box<Reading>),
    /// It has no header: nothing is handed over, the secrecy guard goes on looking.
    Skipped,
}

/// A sheet whose header is known.
struct Reading {
    header: Candidate,
    /// Per place in the sheet: the column of the import.
    slots: Vec<u16>,
    /// Vertical merges of mapped columns: the column of the import, its merges in order, the value to fill down.
    merges: Vec<Filled>,
    mapping: SheetMapping,
    /// Rows with values in unmapped columns only.
    strays: (u32, u32, u32),
}

struct Filled {
    slot: usize,
    merge: Merge,
    value: Cell,
}

/// Collects the sheets of a file into an import.
pub(super) struct Table<'a> {
    columns: &'a [Column],
    words: Words<'a>,
    max_rows: u32,
    on_row: &'a mut dyn FnMut(RawRow) -> ControlFlow<()>,
    out: Read,
    hidden: Vec<bool>,
    current: u16,
    state: State,
    merges: Vec<Merge>,
    /// Of the sheet that came closest to a header.
    closest: Option<(usize, String, Vec<String>)>,
    any_value: bool,
    looked_at: usize,
    /// What was found in names of sheets; told before the first of them.
    in_names: Vec<Found>,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        columns: &'a [Column],
        one_of: &'a [&'a [usize]],
        limits: &Limits,
        on_row: &'a mut dyn FnMut(RawRow) -> ControlFlow<()>,
    ) -> Self {
        let titles = columns.iter().map(|column| column.title.to_owned()).collect();
        Self {
            columns,
            words: Words::new(columns, one_of),
            max_rows: limits.max_rows,
            on_row,
            out: Read { titles, ..Read::default() },
            hidden: Vec::new(),
            current: 0,
            state: State::Skipped,
            merges: Vec::new(),
            closest: None,
            any_value: false,
            looked_at: 0,
            in_names: Vec::new(),
        }
    }

    /// What was read, or why nothing was.
    pub(super) fn finish(self) -> Result<Read, SheetError> {
        if !self.out.mapping.is_empty() {
            return Ok(self.out);
        }
        if !self.any_value {
            return Err(SheetError::Empty);
        }
        Err(match self.closest {
            Some((_, sheet, missing)) => SheetError::NoHeader { missing, sheet: Some(sheet) },
            None => SheetError::NoHeader { missing: self.words.find(&[]).missing, sheet: None },
        })
    }

    fn sheet_name(&self) -> String {
        self.out.sheets.get(usize::from(self.current)).cloned().unwrap_or_default()
    }

    fn tell(&mut self, message: String) {
        let sheet = self.sheet_name();
        let count = self.out.notes.iter().filter(|note| note.sheet == sheet).count();
        if count < MAX_NOTES {
            self.out.notes.push(SheetNote { sheet, message });
        } else if count == MAX_NOTES {
            self.out.notes.push(SheetNote { sheet, message: "说明太多，其余略去。".to_owned() });
        }
    }

    /// Looks for the header among the rows kept so far, then hands over those below it.
    fn decide(&mut self) -> Result<Next, SheetError> {
        let State::Looking(rows) = &mut self.state else { return Ok(Next::Row) };
        let rows = std::mem::take(rows);
        self.state = State::Skipped;
        let header = self.words.find(&rows);
        let above = if header.missing.is_empty() { header.last + 1 } else { rows.len() };
        self.guard_titles(rows.get(..above).unwrap_or(&rows))?;
        if !header.missing.is_empty() {
            self.skip_sheet(header, rows.is_empty());
            return Ok(Next::Row);
        }
        let below = header.last + 1;
        self.start(header, rows.get(below - 1).map_or(0, |(number, _)| *number));
        for (number, cells) in rows.into_iter().skip(below) {
            let mut buf = RowBuf::default();
            for (column, cell) in cells {
                buf.push(column, cell)?;
            }
            match self.hand_over(number, &mut buf)? {
                Next::Row => {}
                Next::Stop => return Ok(Next::Stop),
            }
        }
        Ok(Next::Row)
    }

    fn skip_sheet(&mut self, header: Candidate, is_empty: bool) {
        if is_empty {
            return;
        }
        let list = header.missing.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>().join("、");
        // One word may stand anywhere; two are meant as a header.
        if header.matched >= 2 {
            self.tell(format!("这张工作表的表头缺少{list}，没有读取。"));
        } else {
            self.tell("这张工作表没有可识别的表头，没有读取。".to_owned());
        }
        if header.matched > self.closest.as_ref().map_or(0, |(matched, ..)| *matched) {
            self.closest = Some((header.matched, self.sheet_name(), header.missing));
        }
    }

    fn start(&mut self, header: Candidate, header_row: u32) {
        for head in &header.repeated {
            self.tell(format!("表头“{head}”与前面的列重复，这一列没有读取。"));
        }
        for head in &header.other_unit {
            self.tell(format!(
                "“{head}”不是以元为单位，这一列没有读取；请换算成元，并把表头改为以元为单位。"
            ));
        }
        if self.hidden.get(usize::from(self.current)).copied().unwrap_or(false) {
            self.tell("这张工作表是隐藏的，其中的数据也已读取。".to_owned());
        }
        let mut slots = Vec::new();
        for (slot, place) in header.columns.iter().enumerate() {
            let (Some(place), Ok(slot)) = (place, u16::try_from(slot)) else { continue };
            let place = usize::try_from(*place).unwrap_or(0);
            if slots.len() <= place {
                slots.resize(place + 1, NONE);
            }
            slots[place] = slot;
        }
        let merges = self.fill_down(&slots, header_row);
        let mapping = SheetMapping {
            sheet: self.current,
            header_row,
            columns: header.columns.clone(),
            unknown: header.unknown.clone(),
            width: header.heads.keys().map(|place| place + 1).max().unwrap_or(0),
        };
        self.state = State::Reading(Box::new(Reading { header, slots, merges, mapping, strays: (0, 0, 0) }));
    }

    /// The merges below the header that are filled down. Amounts and numbers are not: they would count twice.
    fn fill_down(&mut self, slots: &[u16], header_row: u32) -> Vec<Filled> {
        let mut out = Vec::new();
        for merge in std::mem::take(&mut self.merges) {
            let slot = usize::try_from(merge.column).ok().and_then(|place| slots.get(place)).copied();
            let Some(slot) = slot.filter(|slot| *slot != NONE).map(usize::from) else { continue };
            let Some(column) = self.columns.get(slot).filter(|_| merge.first > header_row) else { continue };
            if is_quantity(column.title) {
                let Merge { first, last, .. } = merge;
                let title = column.title;
                self.tell(format!("第 {first}–{last} 行的“{title}”是合并单元格，只计入第 {first} 行。"));
            } else {
                out.push(Filled { slot, merge, value: Cell::Empty });
            }
        }
        // Taken from the end while the rows go down.
        out.sort_by_key(|filled| std::cmp::Reverse(filled.merge.first));
        out
    }

    /// One row below the header.
    fn hand_over(&mut self, row: u32, found: &mut RowBuf) -> Result<Next, SheetError> {
        if self.guard_row(row, &found.cells) {
            // Without any content: nothing that is said of the row can quote it.
            found.cells.clear();
            return self.take(row, vec![Cell::Empty; self.columns.len()]);
        }
        let State::Reading(reading) = &mut self.state else { return Ok(Next::Row) };
        reading.mapping.width = reading.mapping.width.max(found.width);
        let first = found.cells.first().map(|(place, cell)| (*place, footer_word(cell)));
        let is_head = reading.is_head_again(&found.cells);
        let mut cells = Vec::with_capacity(self.columns.len());
        cells.resize(self.columns.len(), Cell::Empty);
        let mut any = false;
        for (place, cell) in found.cells.drain(..) {
            let slot = usize::try_from(place).ok().and_then(|place| reading.slots.get(place)).copied();
            if let Some(slot) = slot.filter(|slot| *slot != NONE) {
                cells[usize::from(slot)] = cell;
                any = true;
            }
        }
        if let Some((place, Some(word))) = first
            && self
                .columns
                .iter()
                .zip(&cells)
                .zip(&reading.header.columns)
                .all(|((column, cell), at)| !column.required || *at == Some(place) || *cell == Cell::Empty)
        {
            self.tell(format!("第 {row} 行是“{word}”，不是数据，没有读取。"));
            return Ok(Next::Row);
        }
        if is_head {
            return Ok(Next::Row);
        }
        if !any {
            let (from, _, count) = reading.strays;
            reading.strays = (if count == 0 { row } else { from }, row, count + 1);
            return Ok(Next::Row);
        }
        reading.fill(row, &mut cells);
        self.take(row, cells)
    }

    fn take(&mut self, row: u32, cells: Vec<Cell>) -> Result<Next, SheetError> {
        self.out.rows += 1;
        if self.out.rows > u64::from(self.max_rows) {
            return Err(SheetError::TooManyRows { limit: self.max_rows });
        }
        match (self.on_row)(RawRow { sheet: self.current, row, cells }) {
            ControlFlow::Continue(()) => Ok(Next::Row),
            ControlFlow::Break(()) => Ok(Next::Stop),
        }
    }
}

impl Reading {
    /// Whether a row repeats the header, as at the top of a printed page.
    fn is_head_again(&self, cells: &[(u32, Cell)]) -> bool {
        let mut same = 0;
        for (place, cell) in cells {
            let Cell::Text(text) = cell else { return false };
            // Most rows are told apart by their first cell.
            let Some(heads) = self.header.heads.get(place) else { return false };
            let text = normal(text);
            if !heads.iter().any(|head| !head.is_empty() && *head == text) {
                return false;
            }
            same += 1;
        }
        same >= 2 || (same == 1 && self.header.matched == 1)
    }

    /// Fills the values of vertical merges down into empty cells.
    fn fill(&mut self, row: u32, cells: &mut [Cell]) {
        for at in (0..self.merges.len()).rev() {
            let filled = &mut self.merges[at];
            if filled.merge.first > row {
                break;
            }
            if filled.merge.last < row {
                self.merges.remove(at);
                continue;
            }
            let Some(cell) = cells.get_mut(filled.slot) else { continue };
            if filled.merge.first == row {
                filled.value = cell.clone();
            } else if *cell == Cell::Empty {
                cell.clone_from(&filled.value);
            }
        }
    }
}

/// Money, goods and counts of a merged cell belong to its first row alone.
pub(super) fn is_quantity(title: &str) -> bool {
    ["慰问金", "金额", "折价", "折款", "人数", "件数", "数量", "慰问品"]
        .iter()
        .any(|word| title.contains(word))
        || title.ends_with("（元）")
}

/// The word of a line that closes a table, e.g. 合计.
fn footer_word(cell: &Cell) -> Option<String> {
    const TOTALS: &[&str] = &["合计", "总计", "小计", "共计", "累计", "本页合计", "本页小计"];
    const SIGNED: &[&str] = &[
        "填表人",
        "制表人",
        "审核人",
        "填报人",
        "负责人",
        "经办人",
        "联系人",
        "单位负责人",
        "填表",
        "制表",
        "审核",
        "填报单位",
        "填报日期",
        "填表日期",
        "制表日期",
        "填表时间",
        "注",
        "备注",
        "说明",
        "填表说明",
    ];
    let Cell::Text(text) = cell else { return None };
    if text.chars().count() > 200 {
        return None;
    }
    let text: String = cell.text()?.chars().filter(|c| !c.is_whitespace()).collect();
    let word = text.split_once(':').map_or(text.as_str(), |(word, _)| word);
    let word = word.split_once('(').filter(|_| text.contains(':')).map_or(word, |(word, _)| word);
    let is_total = TOTALS.contains(&text.trim_end_matches(':'));
    let is_signed = SIGNED.contains(&word) && (text.contains(':') || !matches!(word, "注" | "备注" | "说明"));
    (is_total || is_signed).then(|| word.to_owned())
}

impl Sink for Table<'_> {
    fn note(&mut self, message: String) {
        self.out.notes.push(SheetNote { sheet: String::new(), message });
    }

    fn sheets(&mut self, names: Vec<(String, bool)>) {
        (self.out.sheets, self.hidden) = names.into_iter().unzip();
        self.in_names = secrecy::in_texts("工作表名称", &self.out.sheets);
    }

    fn begin(&mut self, sheet: u16) -> Result<(), SheetError> {
        let in_names = std::mem::take(&mut self.in_names);
        self.found(in_names)?;
        self.current = sheet;
        self.state = State::Looking(Vec::new());
        self.merges.clear();
        self.looked_at = 0;
        Ok(())
    }

    fn sheet_note(&mut self, message: String) {
        self.tell(message);
    }

    fn merge(&mut self, merge: Merge) {
        match &mut self.state {
            // ods tells merges as it goes.
            State::Reading(_) => {
                let State::Reading(reading) = std::mem::replace(&mut self.state, State::Skipped) else {
                    return;
                };
                self.merges.push(merge);
                let new = self.fill_down(&reading.slots, reading.mapping.header_row);
                self.state = State::Reading(reading);
                if let State::Reading(reading) = &mut self.state {
                    reading.merges.extend(new);
                    reading.merges.sort_by_key(|filled| std::cmp::Reverse(filled.merge.first));
                }
            }
            _ => self.merges.push(merge),
        }
    }

    fn row(&mut self, row: u32, cells: &mut RowBuf) -> Result<Next, SheetError> {
        self.any_value = true;
        if row > HEADER_ROWS && matches!(self.state, State::Looking(_)) {
            match self.decide()? {
                Next::Row => {}
                Next::Stop => return Ok(Next::Stop),
            }
        }
        match &mut self.state {
            State::Looking(rows) => {
                self.looked_at += cells.cells.len();
                if self.looked_at > MAX_HEADER_CELLS {
                    return Err(SheetError::ZipBomb);
                }
                rows.push((row, std::mem::take(&mut cells.cells)));
                Ok(Next::Row)
            }
            State::Reading(_) => self.hand_over(row, cells),
            State::Skipped => {
                self.guard_skipped(row, &cells.cells)?;
                Ok(Next::Row)
            }
        }
    }

    fn end(&mut self) -> Result<Next, SheetError> {
        let next = self.decide()?;
        if let State::Reading(reading) = std::mem::replace(&mut self.state, State::Skipped) {
            let Reading { mapping, strays: (first, last, count), .. } = *reading;
            if count > 0 {
                let rows = if count == 1 {
                    format!("第 {first} 行")
                } else {
                    format!("第 {first}–{last} 行之间有 {count} 行")
                };
                self.tell(format!("{rows}只在没有用到的列（如序号）有内容，没有读取。"));
            }
            self.out.mapping.push(mapping);
        }
        Ok(next)
    }

    fn delimiter(&self) -> Option<u8> {
        None
    }

    fn fit(&self, rows: &[FoundRow]) -> usize {
        let found = self.words.find(rows);
        found.matched * 2 + usize::from(found.missing.is_empty())
    }

    fn set_delimiter(&mut self, delimiter: u8) {
        self.out.delimiter = Some(delimiter);
    }

    fn found(&mut self, found: Vec<Found>) -> Result<(), SheetError> {
        self.keep(found)
    }
}
