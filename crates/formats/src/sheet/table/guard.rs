//! The secrecy guard while a table is read: a mark in a row refuses the row, one beside the rows the whole file.

use super::super::header::FoundRow;
use super::super::{Secret, SheetError};
use super::{NONE, State, Table};
use crate::secrecy::{self, Found};
use domain::secrecy::{self as rules, Verdict};
use domain::sheet::Cell;

impl Table<'_> {
    /// Looks at the rows above the data: a mark there is one of the whole file.
    pub(super) fn guard_titles(&mut self, rows: &[FoundRow]) -> Result<(), SheetError> {
        let mut lines = Vec::with_capacity(rows.len());
        let mut texts = Vec::new();
        for (_, cells) in rows {
            let words: Vec<&str> = cells.iter().filter_map(|(_, cell)| as_text(cell)).collect();
            texts.extend(words.iter().map(|word| (*word).to_owned()));
            lines.push(words.join("\t"));
        }
        texts.push(lines.join("\n"));
        let place = format!("第{}张工作表的标题行", u32::from(self.current) + 1);
        self.keep(secrecy::in_texts(&place, &texts))
    }

    /// Looks at the cells of a row; whether one is refused.
    pub(super) fn guard_row(&mut self, row: u32, cells: &[(u32, Cell)]) -> bool {
        let mut is_refused = false;
        for (place, cell) in cells {
            let Some(text) = as_text(cell).filter(|text| rules::may_hold(text)) else { continue };
            for hit in rules::scan(text) {
                is_refused |= hit.verdict() == Verdict::Refuse;
                let State::Reading(reading) = &self.state else { continue };
                let slot = usize::try_from(*place).ok().and_then(|place| reading.slots.get(place)).copied();
                let column = slot.filter(|slot| *slot != NONE).map(usize::from);
                self.out.secrets.push(Secret { rule: hit.rule, sheet: self.current, row, column });
            }
        }
        is_refused
    }

    /// Looks at a row of a sheet that is not imported: the file is kept as a whole, so a mark refuses the whole.
    pub(super) fn guard_skipped(&mut self, row: u32, cells: &[(u32, Cell)]) -> Result<(), SheetError> {
        let texts = cells.iter().filter_map(|(_, cell)| as_text(cell)).filter(|text| rules::may_hold(text));
        let texts: Vec<String> = texts.map(str::to_owned).collect();
        if texts.is_empty() {
            return Ok(());
        }
        let sheet = format!("第{}张工作表", u32::from(self.current) + 1);
        let found = secrecy::in_texts(&format!("{sheet}第 {row} 行"), &texts);
        if found.iter().any(|it| it.verdict() == Verdict::Refuse) {
            return Err(SheetError::Marked(found));
        }
        // Only warned of: once for the sheet is enough.
        self.keep(found.into_iter().map(|it| Found { place: sheet.clone(), ..it }).collect())
    }

    /// Keeps what is only warned of; a refusal ends the reading.
    pub(super) fn keep(&mut self, found: Vec<Found>) -> Result<(), SheetError> {
        if found.iter().any(|it| it.verdict() == Verdict::Refuse) {
            return Err(SheetError::Marked(found));
        }
        for it in found {
            if !self.out.beside.contains(&it) {
                self.out.beside.push(it);
            }
        }
        Ok(())
    }
}

fn as_text(cell: &Cell) -> Option<&str> {
    if let Cell::Text(text) = cell { Some(text) } else { None }
}
