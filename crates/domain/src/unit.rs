//! Units: who visits, reports and is visited. The tree is county → townships → villages; departments,
//! organisations, institutions and troops hang under the county.

pub(crate) mod spelling;

use crate::ids::UnitId;
use crate::person::words;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

words! {
    /// What a unit is.
    UnitKind {
        /// The county itself; it is the root of the tree.
        County = "county", "县（区、市）";
        /// 乡镇（街道）.
        Township = "township", "乡镇（街道）";
        /// 村（社区）.
        Village = "village", "村（社区）";
        /// The county's double-support office.
        Office = "office", "双拥办";
        /// 退役军人事务局.
        VeteransBureau = "veterans_bureau", "退役军人事务局";
        /// 财政局.
        FinanceBureau = "finance_bureau", "财政局";
        /// A county party department.
        PartyDepartment = "party_department", "县委部门";
        /// A county department.
        Department = "department", "县级部门";
        /// A people's organisation.
        PeopleOrganisation = "people_organisation", "人民团体";
        /// An institution that is visited (光荣院, 军休所, …).
        Institution = "institution", "优抚事业单位";
        /// Stationed troops, under an alias only (design rule 14).
        Troop = "troop", "驻军部队";
    }
}

impl UnitKind {
    /// Departments and organisations that visit their own veterans (N21).
    #[must_use]
    pub fn is_department(self) -> bool {
        matches!(
            self,
            Self::Office
                | Self::VeteransBureau
                | Self::FinanceBureau
                | Self::PartyDepartment
                | Self::Department
                | Self::PeopleOrganisation
                | Self::Institution
        )
    }
}

/// One unit as it is today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Identity.
    pub id: UnitId,
    /// The code users may type: six digits for the county, twelve for townships and villages, and the county's
    /// code with a letter and number for the others (`500240D017`).
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Official name.
    pub name: String,
    /// The form people say (`星光村`, `教育局`); equal to `name` when there is no shorter one.
    pub short_name: String,
    /// The unit above; `None` only for the county.
    pub parent_id: Option<UnitId>,
    /// First day of validity; `None` since ever.
    pub valid_from: Option<Date>,
    /// First day on which it no longer exists (renamed units keep their row; merged and split ones end).
    pub valid_to: Option<Date>,
    /// Other names, old names and misspellings that people use.
    pub aliases: Vec<String>,
}

/// Why a unit was not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Nothing has this code, name or alias.
    #[error("找不到单位“{0}”，请写单位全称、简称或代码")]
    Unknown(String),
    /// Several units answer to it.
    #[error("“{text}”对应多个单位（{}），请写全称或代码", .candidates.join("、"))]
    Ambiguous {
        /// What was typed.
        text: String,
        /// Names of those that fit.
        candidates: Vec<String>,
    },
}

/// All units of a county, found by id, code, name or alias.
#[derive(Debug, Clone)]
pub struct UnitTree {
    units: Vec<Unit>,
    by_id: HashMap<UnitId, usize>,
    by_word: HashMap<String, Vec<usize>>,
    root: usize,
}

impl UnitTree {
    /// Builds the tree. `None` when there is no county among the units.
    #[must_use]
    pub fn new(units: Vec<Unit>) -> Option<Self> {
        let root = units.iter().position(|unit| unit.kind == UnitKind::County)?;
        let by_id = units.iter().enumerate().map(|(index, unit)| (unit.id, index)).collect();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, unit) in units.iter().enumerate() {
            let words = [&unit.code, &unit.name, &unit.short_name].into_iter().chain(&unit.aliases);
            for word in words {
                let slot = by_word.entry(word_key(word)).or_default();
                if !slot.contains(&index) {
                    slot.push(index);
                }
            }
        }
        Some(Self { units, by_id, by_word, root })
    }

    /// The county itself.
    #[must_use]
    pub fn root(&self) -> &Unit {
        &self.units[self.root]
    }

    /// Every unit, ended ones too.
    #[must_use]
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// The tree with only these units and those above them.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Unit) -> bool) -> Self {
        let mut kept: HashSet<UnitId> = HashSet::from([self.root().id]);
        for unit in self.units.iter().filter(|unit| keep(unit)) {
            kept.extend(self.scopes(unit.id));
        }
        let units = self.units.iter().filter(|unit| kept.contains(&unit.id)).cloned().collect();
        Self::new(units).unwrap_or_else(|| self.clone())
    }

    /// By identity.
    #[must_use]
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.by_id.get(&id).map(|index| &self.units[*index])
    }

    /// By code, name, short name or alias, among all units in force (a village only when its name is unique).
    /// Nine digits of a township's code are enough. What answers to no word as it stands may be written out: behind
    /// the county's name, or township and village in one (西沱镇西山村).
    pub fn find(&self, typed: &str) -> Result<&Unit, UnitError> {
        self.find_among(typed, |_| true)
    }

    /// The same among some units only; the others are answered as if they did not exist.
    pub fn find_among(&self, typed: &str, fits: impl Fn(&Unit) -> bool) -> Result<&Unit, UnitError> {
        let mut hits = self.hits(typed, &fits);
        if hits.is_empty() {
            hits = spelling::written_out(self, typed);
            hits.retain(|unit| fits(unit));
        }
        match prefer(&hits) {
            Some(unit) => Ok(unit),
            None if hits.is_empty() => Err(UnitError::Unknown(typed.trim().to_owned())),
            None => Err(UnitError::Ambiguous {
                text: typed.trim().to_owned(),
                candidates: self.told_apart(&hits),
            }),
        }
    }

    /// A township by code, name or alias.
    #[must_use]
    pub fn township(&self, typed: &str) -> Option<&Unit> {
        let hits = self.hits(typed, |unit| unit.kind == UnitKind::Township);
        if hits.len() == 1 { Some(hits[0]) } else { None }
    }

    /// A village of one township, by full or short name, alias or code.
    #[must_use]
    pub fn village(&self, township: UnitId, typed: &str) -> Option<&Unit> {
        let hits =
            self.hits(typed, |unit| unit.kind == UnitKind::Village && unit.parent_id == Some(township));
        if hits.len() == 1 { Some(hits[0]) } else { None }
    }

    /// All villages of the county with this name, for a proposal or a warning.
    #[must_use]
    pub fn villages_anywhere(&self, typed: &str) -> Vec<&Unit> {
        self.hits(typed, |unit| unit.kind == UnitKind::Village)
    }

    /// Units directly below, in force, by code.
    #[must_use]
    pub fn children(&self, id: UnitId) -> Vec<&Unit> {
        let mut below: Vec<&Unit> =
            self.units.iter().filter(|unit| unit.parent_id == Some(id) && unit.valid_to.is_none()).collect();
        below.sort_by(|a, b| a.code.cmp(&b.code));
        below
    }

    /// The township of a village or of the township itself; `None` for all other kinds.
    #[must_use]
    pub fn township_of(&self, id: UnitId) -> Option<&Unit> {
        let unit = self.get(id)?;
        match unit.kind {
            UnitKind::Township => Some(unit),
            UnitKind::Village => unit.parent_id.and_then(|parent| self.get(parent)),
            _ => None,
        }
    }

    /// The scopes that a visit of this unit feeds: itself, its township, the county (design §5).
    #[must_use]
    pub fn scopes(&self, id: UnitId) -> Vec<UnitId> {
        let mut scopes = vec![id];
        let mut current = self.get(id).and_then(|unit| unit.parent_id);
        while let Some(parent) = current {
            scopes.push(parent);
            current = self.get(parent).and_then(|unit| unit.parent_id);
        }
        scopes
    }

    /// Township and village together for villages (`黄水镇星光村`), else the name.
    #[must_use]
    pub fn full_name(&self, id: UnitId) -> String {
        match self.get(id) {
            None => String::new(),
            Some(unit) if unit.kind == UnitKind::Village => {
                let township = unit.parent_id.and_then(|parent| self.get(parent));
                format!("{}{}", township.map_or("", |it| it.name.as_str()), unit.short_name)
            }
            Some(unit) => unit.name.clone(),
        }
    }

    /// Full names, with the code behind those that are called the same.
    fn told_apart(&self, units: &[&Unit]) -> Vec<String> {
        let names: Vec<String> = units.iter().map(|unit| self.full_name(unit.id)).collect();
        let is_shared = |name: &String| names.iter().filter(|it| *it == name).count() > 1;
        let one = |(name, unit): (&String, &&Unit)| {
            if is_shared(name) { format!("{name}（{}）", unit.code) } else { name.clone() }
        };
        names.iter().zip(units).map(one).collect()
    }

    fn hits(&self, typed: &str, fits: impl Fn(&Unit) -> bool) -> Vec<&Unit> {
        let key = word_key(typed);
        if key.is_empty() {
            return Vec::new();
        }
        let padded =
            (key.len() == 9 && key.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{key}000"));
        let found = self.by_word.get(&key).or_else(|| padded.and_then(|code| self.by_word.get(&code)));
        let in_force = |unit: &&Unit| unit.valid_to.is_none() && fits(unit);
        found.into_iter().flatten().map(|index| &self.units[*index]).filter(in_force).collect()
    }
}

/// One hit wins; a township, department or the county wins over villages of the same name.
fn prefer<'a>(hits: &[&'a Unit]) -> Option<&'a Unit> {
    let above: Vec<&&Unit> = hits.iter().filter(|unit| unit.kind != UnitKind::Village).collect();
    match (hits, above.as_slice()) {
        ([one], _) => Some(one),
        (_, [one]) => Some(one),
        _ => None,
    }
}

/// A word as it is compared: without blanks, full-width letters, digits and brackets as half-width ones.
#[must_use]
pub fn word_key(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{feff}'))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests;
