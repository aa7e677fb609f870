//! Who lives where and in which order they are visited: the only part that grows with the roster.

use super::draw::Realm;
use super::person::{People, Person};
use domain::person::{Identity, PersonClass};
use domain::visit::name_key;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The roster by township.
pub(super) struct Residents {
    /// By township: persons to be visited, key persons first. Some are left out, so that names stay open.
    pub(super) townships: Vec<Vec<u32>>,
    /// Veterans of the whole county, for departments.
    pub(super) veterans: Vec<u32>,
    /// Names by township as hashes, sorted; a name that stands twice is there twice.
    names: Vec<(u32, u64)>,
}

impl Residents {
    pub(super) fn new(people: &People<'_>, count: usize, townships: usize) -> Self {
        let mut keys: Vec<Vec<u32>> = vec![Vec::new(); townships];
        let mut others: Vec<Vec<u32>> = vec![Vec::new(); townships];
        let (mut veterans, mut names) = (Vec::new(), Vec::with_capacity(count));
        for index in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let person = people.person(u64::from(index));
            let township = person.home.township;
            names.push((u32::try_from(township).unwrap_or_default(), hash(&person.name)));
            if !person.status.is_to_be_visited() {
                continue;
            }
            let is_key = person.identities.iter().any(is_key);
            let mut draw = people.source.draw(Realm::Neglect, u64::from(index));
            let is_forgotten = draw.chance(if is_key { 60 } else { 120 });
            let list = if is_key { &mut keys } else { &mut others };
            if let Some(list) = list.get_mut(township).filter(|_| !is_forgotten) {
                list.push(index);
            }
            if is_veteran(&person) {
                veterans.push(index);
            }
        }
        names.sort_unstable();
        let townships = keys.into_iter().zip(others).map(|(mut keys, others)| {
            keys.extend(others);
            keys
        });
        Self { townships: townships.collect(), veterans, names }
    }

    /// How many persons on the roster of a township have this name.
    pub(super) fn namesakes(&self, township: usize, name: &str) -> usize {
        let wanted = (u32::try_from(township).unwrap_or_default(), hash(name));
        let first = self.names.partition_point(|entry| *entry < wanted);
        self.names[first..].iter().take_while(|entry| **entry == wanted).count()
    }
}

/// Hashes decide only whether a number is typed beside a name; `DefaultHasher::new` is the same in every run.
fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name_key(name).hash(&mut hasher);
    hasher.finish()
}

/// 老复员军人, 一至六级残疾军人, 三属 (N19).
pub(super) fn is_key(identity: &Identity) -> bool {
    match identity.class {
        PersonClass::DisabledSoldier => identity.grade.is_some_and(|grade| grade <= 6),
        PersonClass::OldDemobilised
        | PersonClass::MartyrSurvivor
        | PersonClass::DutyDeathSurvivor
        | PersonClass::IllnessDeathSurvivor => true,
        _ => false,
    }
}

/// Persons who may work in a department themselves.
fn is_veteran(person: &Person) -> bool {
    let class = person.identities.first().map(|identity| identity.class);
    matches!(
        class,
        Some(
            PersonClass::DisabledSoldier
                | PersonClass::CombatVeteran
                | PersonClass::TestVeteran
                | PersonClass::Merit
                | PersonClass::RetiredCadre
                | PersonClass::Veteran
        )
    )
}
