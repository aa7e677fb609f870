//! Finds townships and villages as clerks write them. Each spelling is looked up once per file.

use crate::ids::UnitId;
use crate::unit::{Unit, UnitTree, word_key};
use std::collections::HashMap;

/// What was found for a village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// This village of the township.
    Found(UnitId),
    /// This village, although the file says 村 for a 社区 or the other way round.
    Assumed(UnitId),
    /// Several villages of the township answer to it.
    Several(Vec<UnitId>),
    /// Only villages of other townships answer to it.
    Elsewhere(Vec<UnitId>),
    /// Nothing answers to it.
    Unknown,
}

/// Spellings of this file and the units they mean.
#[derive(Debug)]
pub(super) struct Places<'a> {
    units: &'a UnitTree,
    townships: HashMap<Box<str>, Option<UnitId>>,
    villages: HashMap<UnitId, HashMap<Box<str>, Place>>,
}

const TOWNSHIP_ENDS: [&str; 3] = ["镇", "乡", "街道"];
const VILLAGE_ENDS: [&str; 3] = ["村民委员会", "村委会", "村"];
const COMMUNITY_ENDS: [&str; 6] =
    ["社区居民委员会", "社区居委会", "社区委员会", "居民委员会", "居委会", "社区"];

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
        let county: String = self.units.root().name.chars().take(2).collect();
        let behind_county = key
            .char_indices()
            .filter(|(_, c)| matches!(c, '县' | '区' | '市' | '旗'))
            .map(|(at, c)| key.split_at(at + c.len_utf8()))
            .filter_map(|(before, behind)| before.contains(&county).then_some(behind));
        std::iter::once(key.as_str()).chain(behind_county).find_map(|word| self.township_word(word))
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
            let mut hits = self.everywhere(&spellings(&word_key(village)));
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
        let found = find_village(self.units, township, typed);
        known.insert(typed.into(), found.clone());
        found
    }

    fn everywhere(&self, words: &[String]) -> Vec<UnitId> {
        everywhere(self.units, words)
    }
}

/// The same name with another kind of township, or a longer text around the name.
fn is_alike(unit: &Unit, key: &str, core: &str) -> bool {
    let name = TOWNSHIP_ENDS.iter().find_map(|end| unit.name.strip_suffix(end)).unwrap_or(&unit.name);
    !core.is_empty() && (name == core || key.contains(unit.name.as_str()))
}

fn find_village(units: &UnitTree, township: UnitId, typed: &str) -> Place {
    let key = word_key(typed);
    let mut words = vec![key.as_str()];
    let name = units.get(township).map_or("", |unit| unit.name.as_str());
    if let Some((_, behind)) = key.split_once(name) {
        words.push(behind);
    }
    for word in &words {
        if let Some(unit) = units.village(township, word) {
            return Place::Found(unit.id);
        }
    }
    let word = without_group(words[words.len() - 1]);
    let (core, ends) = split_end(word);
    let (near, far): (Vec<String>, Vec<String>) = match ends {
        None => (spellings(core), Vec::new()),
        Some(ends) => {
            let same: Vec<String> = ends.iter().map(|end| format!("{core}{end}")).collect();
            (same, spellings(core))
        }
    };
    for (words, is_far) in [(&near, false), (&far, true)] {
        let mut hits: Vec<UnitId> =
            words.iter().filter_map(|word| units.village(township, word)).map(|unit| unit.id).collect();
        hits.sort_unstable();
        hits.dedup();
        match hits.as_slice() {
            [] => {}
            [one] if is_far && is_converted(units, *one, ends) => return Place::Assumed(*one),
            [one] => return Place::Found(*one),
            _ => return Place::Several(hits),
        }
    }
    let mut all = spellings(core);
    all.push(word.to_owned());
    match everywhere(units, &all) {
        none if none.is_empty() => Place::Unknown,
        elsewhere => Place::Elsewhere(elsewhere),
    }
}

fn everywhere(units: &UnitTree, words: &[String]) -> Vec<UnitId> {
    let mut hits: Vec<UnitId> =
        words.iter().flat_map(|word| units.villages_anywhere(word)).map(|unit| unit.id).collect();
    hits.sort_unstable();
    hits.dedup();
    hits
}

/// Whether the file writes 村 for what is a 社区, or the other way round.
fn is_converted(units: &UnitTree, village: UnitId, ends: Option<&'static [&'static str]>) -> bool {
    let name = units.get(village).map_or("", |unit| unit.name.as_str());
    let is_community = COMMUNITY_ENDS.iter().any(|end| name.ends_with(end));
    ends.is_some_and(|ends| is_community != (ends == COMMUNITY_ENDS))
}

/// 星光社区居委会 -> 星光 and the ends of its kind.
fn split_end(word: &str) -> (&str, Option<&'static [&'static str]>) {
    for ends in [&COMMUNITY_ENDS[..], &VILLAGE_ENDS[..]] {
        for end in ends {
            if let Some(core) = word.strip_suffix(end).filter(|core| !core.is_empty()) {
                return (core, Some(ends));
            }
        }
    }
    (word, None)
}

/// All forms a village of this name can have.
fn spellings(word: &str) -> Vec<String> {
    let (core, _) = split_end(word);
    let mut all = vec![core.to_owned()];
    all.extend(VILLAGE_ENDS.iter().chain(&COMMUNITY_ENDS).map(|end| format!("{core}{end}")));
    if core != word {
        all.push(word.to_owned());
    }
    all
}

/// 星光村3组 -> 星光村.
fn without_group(word: &str) -> &str {
    if !word.ends_with(['组', '队', '社']) {
        return word;
    }
    let after = |mark: &str| word.rfind(mark).map(|at| at + mark.len());
    match after("社区").max(after("村")) {
        Some(end) => &word[..end],
        None => word,
    }
}
