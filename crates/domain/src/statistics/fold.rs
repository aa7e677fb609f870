//! The fold: what one visit adds to the kept cells of its scopes, exactly, and its inverse (design §5).
//!
//! `Fold` holds the part of the kept state that a set of visits touches. The store loads that part, the fold
//! changes it, the store writes back what changed. Folding all visits into an empty `Fold` is the recomputation
//! against which the kept state is verified.

use super::table::{Help, MoneyBySource};
use crate::campaign::Template;
use crate::ids::UnitId;
use crate::money::Fen;
use crate::visit::{LeaderKind, Method, MoneySource, VisitFacts, VisitedObject};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// One cell: scope and row key (`""`: the scope as a whole).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// The unit in whose table it stands.
    pub scope: UnitId,
    /// Row key of the template.
    pub row: String,
}

/// The sums of one cell. All of them add up and can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CellSums {
    /// Records.
    pub visits: i64,
    /// 人次.
    pub person_times: i64,
    /// Σ 人数 of group visits.
    pub group_persons: i64,
    /// Distinct persons standing in this row.
    pub persons: i64,
    /// Distinct households of the persons standing in this row.
    pub households: i64,
    /// Distinct troop or institution names.
    pub objects: i64,
    /// 慰问金.
    pub money: MoneyBySource,
    /// 慰问品折款.
    pub goods_fen: Fen,
    /// 解决实际困难.
    pub help: Help,
    /// Household visits led by a principal leader (N20).
    pub principal_home_visits: i64,
    /// Household visits led by a leader in charge (N20).
    pub deputy_home_visits: i64,
}

impl CellSums {
    /// Adds another cell's sums (rows of a table, counties of a province).
    pub fn add(&mut self, other: &Self) {
        self.visits += other.visits;
        self.person_times += other.person_times;
        self.group_persons += other.group_persons;
        self.persons += other.persons;
        self.households += other.households;
        self.objects += other.objects;
        self.money.county += other.money.county;
        self.money.own += other.money.own;
        self.money.donation += other.money.donation;
        self.money.unstated += other.money.unstated;
        self.goods_fen += other.goods_fen;
        self.help.schooling += other.help.schooling;
        self.help.family_employment += other.help.family_employment;
        self.help.housing += other.help.housing;
        self.help.medical += other.help.medical;
        self.help.legal_aid += other.help.legal_aid;
        self.help.other += other.help.other;
        self.principal_home_visits += other.principal_home_visits;
        self.deputy_home_visits += other.deputy_home_visits;
    }
}

/// What is counted by name beside the sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// `name U+001F title`, number of visits.
    Leader,
    /// `name U+001F unit`, quantity.
    Goods,
    /// Object name, number of visits.
    Object,
    /// Household key, number of persons standing there; row `""` over all rows.
    Household,
}

impl ItemKind {
    /// The word in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Goods => "goods",
            Self::Object => "object",
            Self::Household => "household",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Leader, Self::Goods, Self::Object, Self::Household]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// One counted item of a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// Leader, goods, object or household.
    pub kind: ItemKind,
    /// The cell.
    pub cell: CellKey,
    /// Name, or name and unit.
    pub item: String,
}

/// One person (or candidate) in one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectKey {
    /// The scope.
    pub scope: UnitId,
    /// Person or candidate.
    pub subject: Uuid,
}

/// How a person stands in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubjectState {
    /// Visits by row key; never holds a zero.
    pub rows: BTreeMap<String, i64>,
    /// 户号, else the person.
    pub household: String,
    /// Visits by method, in the order of `Method::ALL`.
    pub methods: [i64; 4],
}

/// The touched part of the kept state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fold {
    /// Cells.
    pub cells: HashMap<CellKey, CellSums>,
    /// Counted items; zero means gone.
    pub items: HashMap<ItemKey, i64>,
    /// Persons per scope; without rows means gone.
    pub subjects: HashMap<SubjectKey, SubjectState>,
}

impl Fold {
    /// The keys that folding this visit will touch, so that the store can load them first.
    pub fn touched(visit: &VisitFacts, subjects: &mut BTreeSet<SubjectKey>, items: &mut BTreeSet<ItemKey>) {
        for (scope, row) in visit.cells() {
            let cell = CellKey { scope, row: row.to_owned() };
            items.extend(visit_items(visit, &cell).into_iter().map(|(key, _)| key));
            if let Some((subject, _)) = visit.object.subject() {
                subjects.insert(SubjectKey { scope, subject });
            }
        }
    }

    /// Adds one visit, or takes it back (`sign` = -1). The template gives the order of rows.
    pub fn apply(&mut self, template: &Template, visit: &VisitFacts, sign: i64) {
        for (scope, row) in visit.cells() {
            let cell = CellKey { scope, row: row.to_owned() };
            add_sums(self.cells.entry(cell.clone()).or_default(), visit, sign);
            for (key, number) in visit_items(visit, &cell) {
                let count = self.items.entry(key.clone()).or_default();
                let before = *count;
                *count += number * sign;
                let change = i64::from(*count > 0) - i64::from(before > 0);
                if key.kind == ItemKind::Object && change != 0 {
                    self.cells.entry(cell.clone()).or_default().objects += change;
                }
            }
            if let Some((subject, household)) = visit.object.subject() {
                self.stand(template, SubjectKey { scope, subject }, household, &cell, visit.method, sign);
            }
        }
    }

    /// Moves a person between rows of one scope and keeps distinct persons and households right.
    fn stand(
        &mut self,
        template: &Template,
        key: SubjectKey,
        household: &str,
        cell: &CellKey,
        method: Method,
        sign: i64,
    ) {
        let mut state = self.subjects.remove(&key).unwrap_or_default();
        let before = standing(template, &state).map(|row| (row, state.household.clone()));
        let visits = state.rows.entry(cell.row.clone()).or_default();
        *visits += sign;
        if *visits == 0 {
            state.rows.remove(&cell.row);
        }
        state.methods[method as usize] += sign;
        if sign > 0 || state.household.is_empty() {
            household.clone_into(&mut state.household);
        }
        let after = standing(template, &state).map(|row| (row, state.household.clone()));
        self.subjects.insert(key, state);
        if before != after {
            for (place, step) in [(before, -1), (after, 1)] {
                if let Some((row, household)) = place {
                    self.cells.entry(CellKey { scope: key.scope, row: row.clone() }).or_default().persons +=
                        step;
                    for row in [row, String::new()] {
                        self.count_household(CellKey { scope: key.scope, row }, &household, step);
                    }
                }
            }
        }
    }

    fn count_household(&mut self, cell: CellKey, household: &str, step: i64) {
        let key = ItemKey { kind: ItemKind::Household, cell: cell.clone(), item: household.to_owned() };
        let count = self.items.entry(key).or_default();
        let before = *count;
        *count += step;
        let change = i64::from(*count > 0) - i64::from(before > 0);
        self.cells.entry(cell).or_default().households += change;
    }

    /// The household items that a person's move may touch: every row it stands in and the whole scope.
    #[must_use]
    pub fn household_items(
        scope: UnitId,
        rows: impl Iterator<Item = String>,
        household: &str,
    ) -> Vec<ItemKey> {
        rows.chain(std::iter::once(String::new()))
            .map(|row| ItemKey {
                kind: ItemKind::Household,
                cell: CellKey { scope, row },
                item: household.to_owned(),
            })
            .collect()
    }

    /// Drops what has become empty, so that two folds of the same visits compare equal.
    pub fn compact(&mut self) {
        self.cells.retain(|_, sums| *sums != CellSums::default());
        self.items.retain(|_, count| *count != 0);
        self.subjects.retain(|_, state| !state.rows.is_empty());
    }
}

/// The row in which a person stands: the lowest of its rows in template order.
fn standing(template: &Template, state: &SubjectState) -> Option<String> {
    state.rows.keys().min_by_key(|row| (template.ordinal(row).unwrap_or(usize::MAX), (*row).clone())).cloned()
}

fn visit_items(visit: &VisitFacts, cell: &CellKey) -> Vec<(ItemKey, i64)> {
    let mut items = Vec::new();
    let mut push =
        |kind, item: String, number| items.push((ItemKey { kind, cell: cell.clone(), item }, number));
    if !visit.leader_name.is_empty() {
        push(ItemKind::Leader, format!("{}\u{1f}{}", visit.leader_name, visit.leader_title), 1);
    }
    for goods in &visit.goods {
        push(ItemKind::Goods, format!("{}\u{1f}{}", goods.name, goods.unit), goods.quantity);
    }
    if let VisitedObject::Object { name } = &visit.object {
        push(ItemKind::Object, name.clone(), 1);
    }
    items
}

fn add_sums(sums: &mut CellSums, visit: &VisitFacts, sign: i64) {
    sums.visits += sign;
    match &visit.object {
        VisitedObject::Person { .. } | VisitedObject::Candidate { .. } => sums.person_times += sign,
        VisitedObject::Group { persons, .. } => {
            sums.person_times += persons * sign;
            sums.group_persons += persons * sign;
        }
        VisitedObject::Object { .. } => {}
    }
    let money = Fen(visit.money_fen.0 * sign);
    match visit.money_source {
        Some(MoneySource::County) => sums.money.county += money,
        Some(MoneySource::Own) => sums.money.own += money,
        Some(MoneySource::Donation) => sums.money.donation += money,
        None => sums.money.unstated += money,
    }
    sums.goods_fen += Fen(visit.goods_fen.0 * sign);
    for (kind, number) in &visit.help {
        *sums.help.slot(*kind) += number * sign;
    }
    if visit.method == Method::Home && visit.object.subject().is_some() {
        match visit.leader_kind {
            Some(LeaderKind::Principal) => sums.principal_home_visits += sign,
            Some(LeaderKind::Deputy) => sums.deputy_home_visits += sign,
            Some(LeaderKind::Other) | None => {}
        }
    }
}
