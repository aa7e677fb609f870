//! Finds townships and villages as clerks write them. Each spelling is looked up once per file.

use crate::ids::UnitId;
pub(super) use crate::unit::spelling::Place;
use crate::unit::spelling::{self, TOWNSHIP_ENDS};
use crate::unit::{Unit, UnitTree, word_key};
use std::collections::HashMap;

/// Spellings of this file and the units they mean.
#[derive(Debug)]
pub(super) struct Places<'a> {
    units: &'a UnitTree,
    townships: HashMap<Box<str>, Option<UnitId>>,
    villages: HashMap<UnitId, HashMap<Box<str>, Place>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(units: &'a UnitTree) -> Self {
        Self { units, townships: HashMap::new(), villages: HashMap::new() }
    }

    /// The tree in which is looked.
    pub(super) fn units(&self) -> &'a UnitTree {
        self.units
    }

    /// The township, by code, name, alias, short name, or behind the county's name.
    pub(super) fn township(&mut self, typed: &str) -> Option<UnitId> {
        if let Some(known) = self.townships.get(typed) {
            return *known;
        }
        let found = self.find_township(typed);
        self.townships.insert(typed.into(), found);
        found
    }

    fn find_township(&self, typed: &str) -> Option<UnitId> {
        let key = word_key(typed);
        spelling::with_and_without_county(self.units, &key)
            .into_iter()
            .find_map(|word| self.township_word(word))
    }

    fn township_word(&self, word: &str) -> Option<UnitId> {
        let bare = ["人民政府", "办事处", "政府", "办"].iter().find_map(|end| word.strip_suffix(end));
        for word in [Some(word), bare].into_iter().flatten() {
            if let Some(unit) = self.units.township(word) {
                return Some(unit.id);
            }
            if !TOWNSHIP_ENDS.iter().any(|end| word.ends_with(end)) {
                let mut full =
                    TOWNSHIP_ENDS.iter().filter_map(|end| self.units.township(&format!("{word}{end}")));
                if let (Some(unit), None) = (full.next(), full.next()) {
                    return Some(unit.id);
                }
            }
        }
        None
    }

    /// Which township an unknown word may mean, with the reason: by the village when it is unique in the county,
    /// else by likeness.
    pub(super) fn propose_township(&self, typed: &str, village: Option<&str>) -> Option<(String, String)> {
        if let Some(village) = village {
            let mut hits = spelling::villages_like(self.units, village);
            if let (Some(unit), true) = (hits.pop(), hits.is_empty()) {
                let township = self.units.township_of(unit)?;
                let reason = format!("全县只有{}有“{village}”", township.name);
                return Some((township.name.clone(), reason));
            }
        }
        let key = word_key(typed);
        let core = TOWNSHIP_ENDS.iter().find_map(|end| key.strip_suffix(end)).unwrap_or(&key);
        let mut alike = self
            .units
            .children(self.units.root().id)
            .into_iter()
            .filter(|unit| unit.kind == crate::unit::UnitKind::Township && is_alike(unit, &key, core));
        match (alike.next(), alike.next()) {
            (Some(unit), None) => Some((unit.name.clone(), format!("与{}相近", unit.name))),
            _ => None,
        }
    }

    /// The village of a township as typed.
    pub(super) fn village(&mut self, township: UnitId, typed: &str) -> Place {
        let known = self.villages.entry(township).or_default();
        if let Some(place) = known.get(typed) {
            return place.clone();
        }
        let found = spelling::village(self.units, township, typed);
        known.insert(typed.into(), found.clone());
        found
    }
}

/// The same name with another kind of township, or a longer text around the name.
fn is_alike(unit: &Unit, key: &str, core: &str) -> bool {
    let name = TOWNSHIP_ENDS.iter().find_map(|end| unit.name.strip_suffix(end)).unwrap_or(&unit.name);
    !core.is_empty() && (name == core || key.contains(unit.name.as_str()))
}
