//! The fold against a recount from the records, on random histories.

use super::tests::{COUNTY, TOWN, fold_of, person, table_of, visit};
use super::{CellKey, Fold, ItemKind};
use crate::campaign::Template;
use crate::ids::{CandidateId, PersonId, UnitId};
use crate::money::Fen;
use crate::visit::testing::{template, unit_id};
use crate::visit::{Goods, HelpKind, LeaderKind, Method, MoneySource, VisitFacts, VisitedObject};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const VILLAGE: u128 = 3;

#[derive(Debug, Clone)]
enum Act {
    Add(VisitFacts),
    TakeBack(prop::sample::Index),
    Reclassify(prop::sample::Index, String, String),
    MoveUnit(prop::sample::Index, u128),
    ChangeHousehold(u128, u8),
    Merge(u128, u128),
}

fn rows() -> impl Strategy<Value = String> {
    let keys: Vec<String> = template().rows.into_iter().map(|row| row.key).collect();
    prop::sample::select(keys)
}

fn objects() -> impl Strategy<Value = VisitedObject> {
    prop_oneof![
        6 => (1..6_u128).prop_map(|id| person(id, "")),
        2 => (1..4_u128).prop_map(|id| VisitedObject::Candidate {
            id: CandidateId(Uuid::from_u128(100 + id)),
            household: String::new(),
        }),
        1 => (2..30_i64).prop_map(|persons| VisitedObject::Group { name: "代表".to_owned(), persons }),
        2 => (1..3_u8).prop_map(|n| VisitedObject::Object { name: format!("驻石某部{n}") }),
    ]
}

fn visits() -> impl Strategy<Value = VisitFacts> {
    let money = (0..5_i64, prop::option::of(prop::sample::select(MoneySource::ALL)), 0..3_i64);
    let leader = (0..3_u8, prop::option::of(prop::sample::select(LeaderKind::ALL)));
    let help = prop::collection::vec((prop::sample::select(HelpKind::ALL), 1..3_i64), 0..2);
    let goods = prop::collection::vec((0..2_u8, 1..4_i64), 0..3);
    let row = (rows(), prop::option::weighted(0.2, rows()));
    (objects(), row, places(), prop::sample::select(Method::ALL), money, leader, help, goods).prop_map(
        |(object, (row, own), (unit, above), method, (yuan, source, value), (name, kind), help, goods)| {
            let goods = goods.into_iter().map(|(kind, quantity)| Goods {
                name: if kind == 0 { "大米".to_owned() } else { "食用油".to_owned() },
                quantity,
                unit: "份".to_owned(),
            });
            VisitFacts {
                unit,
                above,
                own_row: own.unwrap_or_else(|| row.clone()),
                method,
                leader_name: if name == 0 { String::new() } else { format!("领导{name}") },
                leader_kind: kind,
                money_fen: Fen::from_yuan(yuan * 100),
                money_source: source,
                goods_fen: Fen::from_yuan(value),
                goods: goods.collect(),
                help,
                ..visit(object, &row)
            }
        },
    )
}

fn place(number: u128) -> (UnitId, Vec<UnitId>) {
    match number {
        COUNTY => (unit_id(COUNTY), vec![]),
        VILLAGE => (unit_id(VILLAGE), vec![unit_id(TOWN), unit_id(COUNTY)]),
        other => (unit_id(other), vec![unit_id(COUNTY)]),
    }
}

fn places() -> impl Strategy<Value = (UnitId, Vec<UnitId>)> {
    (COUNTY..=4).prop_map(place)
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let index = any::<prop::sample::Index>;
    prop::collection::vec(
        prop_oneof![
            8 => visits().prop_map(Act::Add),
            3 => index().prop_map(Act::TakeBack),
            2 => (index(), rows(), rows()).prop_map(|(at, own, row)| Act::Reclassify(at, own, row)),
            1 => (index(), COUNTY..=4).prop_map(|(at, unit)| Act::MoveUnit(at, unit)),
            2 => (1..6_u128, 0..3_u8).prop_map(|(id, household)| Act::ChangeHousehold(id, household)),
            1 => (1..6_u128, 1..6_u128).prop_map(|(from, into)| Act::Merge(from, into)),
        ],
        0..40,
    )
}

/// The kept fold beside the records from which it could be counted anew.
struct History {
    template: Template,
    kept: Fold,
    visits: Vec<VisitFacts>,
    households: BTreeMap<u128, String>,
}

impl History {
    fn new() -> Self {
        Self { template: template(), kept: Fold::default(), visits: Vec::new(), households: BTreeMap::new() }
    }

    /// The object with the household that its person has now; without one it is the person.
    fn at_home(&self, mut object: VisitedObject) -> VisitedObject {
        if let VisitedObject::Person { id: PersonId(id), household }
        | VisitedObject::Candidate { id: CandidateId(id), household } = &mut object
        {
            let known = self.households.get(&id.as_u128()).cloned();
            *household = known.unwrap_or_else(|| id.to_string());
        }
        object
    }

    fn replace(&mut self, at: usize, changed: VisitFacts) {
        self.kept.apply(&self.template, &self.visits[at], -1);
        self.kept.apply(&self.template, &changed, 1);
        self.visits[at] = changed;
    }

    fn refold(&mut self, person: u128, object: &VisitedObject) {
        for at in 0..self.visits.len() {
            if self.visits[at].object.subject().is_some_and(|(id, _)| id.as_u128() == person) {
                let changed = VisitFacts { object: object.clone(), ..self.visits[at].clone() };
                self.replace(at, changed);
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Add(visit) => {
                let visit = VisitFacts { object: self.at_home(visit.object.clone()), ..visit };
                self.kept.apply(&self.template, &visit, 1);
                self.visits.push(visit);
            }
            Act::ChangeHousehold(id, household) => {
                self.households.insert(id, format!("户{household}"));
                self.refold(id, &self.at_home(person(id, "")));
            }
            Act::Merge(from, into) => self.refold(from, &self.at_home(person(into, ""))),
            _ if self.visits.is_empty() => {}
            Act::TakeBack(at) => {
                let gone = self.visits.swap_remove(at.index(self.visits.len()));
                self.kept.apply(&self.template, &gone, -1);
            }
            Act::Reclassify(at, own_row, row) => {
                let at = at.index(self.visits.len());
                self.replace(at, VisitFacts { own_row, row, ..self.visits[at].clone() });
            }
            Act::MoveUnit(at, unit) => {
                let (at, (unit, above)) = (at.index(self.visits.len()), place(unit));
                self.replace(at, VisitFacts { unit, above, ..self.visits[at].clone() });
            }
        }
    }
}

/// What distinct counts mean, said a second time and without cells: (persons, households, objects) by cell.
fn distinct(template: &Template, visits: &[VisitFacts]) -> BTreeMap<CellKey, (i64, i64, i64)> {
    let mut lowest: BTreeMap<(UnitId, Uuid), (usize, String)> = BTreeMap::new();
    let mut objects: BTreeSet<(CellKey, String)> = BTreeSet::new();
    for visit in visits {
        for (scope, row) in visit.cells() {
            let ordinal = template.ordinal(row).unwrap();
            if let Some((subject, household)) = visit.object.subject() {
                let stands = lowest.entry((scope, subject)).or_insert((ordinal, household.to_owned()));
                stands.0 = stands.0.min(ordinal);
            }
            if let VisitedObject::Object { name } = &visit.object {
                objects.insert((CellKey { scope, row: row.to_owned() }, name.clone()));
            }
        }
    }
    let mut counts: BTreeMap<CellKey, (i64, i64, i64)> = BTreeMap::new();
    let mut households: BTreeSet<(CellKey, String)> = BTreeSet::new();
    for ((scope, _), (ordinal, household)) in lowest {
        let row = template.rows[ordinal].key.clone();
        counts.entry(CellKey { scope, row: row.clone() }).or_default().0 += 1;
        for row in [row, String::new()] {
            households.insert((CellKey { scope, row }, household.clone()));
        }
    }
    for (cell, _) in households {
        counts.entry(cell).or_default().1 += 1;
    }
    for (cell, _) in objects {
        counts.entry(cell).or_default().2 += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn kept_cells_equal_a_recount_from_the_records(acts in acts()) {
        let mut history = History::new();
        for act in acts {
            history.act(act);
            let mut kept = history.kept.clone();
            kept.compact();
            prop_assert_eq!(&kept, &fold_of(&history.template, &history.visits));
        }
        history.kept.compact();
        let counted: BTreeMap<CellKey, (i64, i64, i64)> = history
            .kept
            .cells
            .iter()
            .map(|(key, sums)| (key.clone(), (sums.persons, sums.households, sums.objects)))
            .filter(|(_, counts)| *counts != (0, 0, 0))
            .collect();
        prop_assert_eq!(counted, distinct(&history.template, &history.visits));
    }

    #[test]
    fn the_order_of_records_does_not_matter(mut list in prop::collection::vec(visits(), 0..20)) {
        let history = History::new();
        for visit in &mut list {
            visit.object = history.at_home(visit.object.clone());
        }
        let forward = fold_of(&history.template, &list);
        prop_assert_eq!(forward, fold_of(&history.template, list.iter().rev()));
    }

    #[test]
    fn taking_everything_back_leaves_nothing(list in prop::collection::vec(visits(), 0..20)) {
        let mut history = History::new();
        for visit in list {
            history.act(Act::Add(visit));
        }
        while let Some(visit) = history.visits.pop() {
            history.kept.apply(&history.template, &visit, -1);
        }
        history.kept.compact();
        prop_assert_eq!(history.kept, Fold::default());
    }

    #[test]
    fn what_a_visit_touches_is_known_before(visit in visits()) {
        let fold = fold_of(&template(), [&visit]);
        let (mut subjects, mut items) = (BTreeSet::new(), BTreeSet::new());
        Fold::touched(&visit, &mut subjects, &mut items);
        prop_assert!(fold.subjects.keys().all(|key| subjects.contains(key)));
        let mut own = fold.items.keys().filter(|key| key.kind != ItemKind::Household);
        prop_assert!(own.all(|key| items.contains(key)));
    }

    #[test]
    fn the_total_is_the_sum_of_its_rows_in_fen(list in prop::collection::vec(visits(), 0..20)) {
        // Rows that are off take no visits (`Template::enabled_or_instead`).
        let list: Vec<VisitFacts> = list
            .into_iter()
            .filter(|it| it.row != "training_troop" && it.own_row != "training_troop")
            .collect();
        let table = table_of(template(), &fold_of(&template(), &list), unit_id(COUNTY));
        let fen: Fen = table.rows.iter().map(|row| row.total_fen).sum();
        prop_assert_eq!(table.total.total_fen, fen);
        let sum = |number: fn(&super::Line) -> i64| table.rows.iter().map(number).sum::<i64>();
        prop_assert_eq!(table.total.visits, sum(|row| row.visits));
        prop_assert_eq!(table.total.person_times, sum(|row| row.person_times));
        prop_assert_eq!(table.total.help.sum(), sum(|row| row.help.sum()));
        prop_assert!(table.total.households <= sum(|row| row.households));
        prop_assert_eq!(table.total.visits, i64::try_from(list.len()).unwrap());
    }
}
