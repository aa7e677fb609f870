//! One person of the roster, computed from their place in it.

use super::data;
use super::draw::{Draw, Realm, Source};
use super::{RosterRecord, Spec, numbers};
use domain::citizen::Sex;
use domain::person::{DisabilityNature, Hardship, Identity, PersonClass, PersonStatus};
use domain::roster::RosterColumn as C;

/// Of so many neighbours on the roster, one lives in the household of the one before.
const HOUSEHOLD_EVERY: u64 = 23;

/// Everyone, on the roster or not: persons beyond the roster's end are those it does not know.
pub(super) struct People<'a> {
    spec: &'a Spec,
    pub(super) source: Source,
    areas: Vec<u32>,
    /// Township and village of every village of the county.
    homes: Vec<(usize, Option<usize>)>,
    largest: &'static str,
}

/// Where someone lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) township: usize,
    pub(super) village: Option<usize>,
    /// Index of the first person of the household.
    household: u64,
}

/// One person.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) index: u64,
    pub(super) name: String,
    pub(super) number: String,
    sex: Sex,
    ethnicity: &'static str,
    pub(super) identities: Vec<Identity>,
    pub(super) home: Home,
    pub(super) status: PersonStatus,
    pub(super) hardship: Option<Hardship>,
}

impl<'a> People<'a> {
    pub(super) fn new(spec: &'a Spec) -> Self {
        let village = |township: usize, count: usize| -> Vec<(usize, Option<usize>)> {
            if count == 0 {
                return vec![(township, None)];
            }
            (0..count).map(|village| (township, Some(village))).collect()
        };
        let homes = spec.townships.iter().enumerate();
        let people = data::PEOPLES.iter().find(|people| spec.county_name.contains(*people));
        Self {
            spec,
            source: Source::new(spec.seed),
            areas: numbers::areas(&spec.county_code),
            homes: homes.flat_map(|(index, place)| village(index, place.villages.len())).collect(),
            largest: people.copied().unwrap_or("汉族"),
        }
    }

    fn home(&self, index: u64) -> Home {
        let household = if index % HOUSEHOLD_EVERY == 1 { index - 1 } else { index };
        let at = self.source.draw(Realm::Home, household).place(self.homes.len());
        let (township, village) = self.homes.get(at).copied().unwrap_or_default();
        Home { township, village, household }
    }

    /// The person at this place.
    pub(super) fn person(&self, index: u64) -> Person {
        let mut draw = self.source.draw(Realm::Person, index);
        let class = draw.weighted(data::CLASSES);
        let is_woman = draw.chance(match class {
            PersonClass::MartyrSurvivor
            | PersonClass::DutyDeathSurvivor
            | PersonClass::IllnessDeathSurvivor
            | PersonClass::ServingFamily => 640,
            PersonClass::MartyrChild => 480,
            _ => 40,
        });
        let sex = if is_woman { Sex::Female } else { Sex::Male };
        let ethnicity = match draw.below(100) {
            0..70 => self.largest,
            70..96 => "汉族",
            _ => "苗族",
        };
        let hardship_share = if class == PersonClass::HardshipVeteran { 600 } else { 25 };
        Person {
            index,
            name: name(&mut draw, sex),
            number: numbers::citizen(index, sex, &self.areas, self.spec.seed),
            sex,
            ethnicity,
            identities: identities(&mut draw, class),
            home: self.home(index),
            status: draw.weighted(STATUSES),
            hardship: draw.chance(hardship_share).then(|| draw.weighted(data::HARDSHIPS)),
        }
    }
}

const STATUSES: &[(u32, PersonStatus)] = &[
    (940, PersonStatus::Normal),
    (15, PersonStatus::Unconfirmed),
    (3, PersonStatus::Suspended),
    (18, PersonStatus::Dead),
    (8, PersonStatus::Moved),
    (4, PersonStatus::Stopped),
    (12, PersonStatus::New),
];

fn name(draw: &mut Draw, sex: Sex) -> String {
    if draw.chance(4) {
        return draw.pick(data::DOTTED).to_owned();
    }
    let given = if sex == Sex::Male { data::MALE } else { data::FEMALE };
    let mut name = draw.weighted(data::SURNAMES).to_owned();
    if draw.chance(850) {
        name.push_str(draw.pick(given));
    }
    name.push_str(if draw.chance(8) { draw.pick(data::RARE) } else { draw.pick(given) });
    name
}

fn identities(draw: &mut Draw, class: PersonClass) -> Vec<Identity> {
    let mut all = vec![identity(draw, class)];
    let second = data::SECOND.iter().find(|(first, _)| *first == class);
    if let Some((_, second)) = second.filter(|_| draw.chance(90)) {
        all.push(identity(draw, *second));
    }
    all
}

fn identity(draw: &mut Draw, class: PersonClass) -> Identity {
    if !class.has_grade() {
        return Identity { class, grade: None, nature: None };
    }
    Identity { class, grade: Some(draw.weighted(data::GRADES)), nature: Some(draw.weighted(data::NATURES)) }
}

/// Whether the state pays a periodic allowance for an identity (domain.md B; 因病 only to grade 6).
fn is_paid(identity: &Identity) -> bool {
    match identity.class {
        class if class.has_grade() => {
            identity.nature != Some(DisabilityNature::Illness)
                || identity.grade.is_some_and(|grade| grade <= 6)
        }
        PersonClass::ServingFamily
        | PersonClass::Merit
        | PersonClass::RetiredCadre
        | PersonClass::HardshipVeteran
        | PersonClass::Veteran
        | PersonClass::FiveElders => false,
        _ => true,
    }
}

impl Person {
    /// The person's row on the roster.
    pub(super) fn record(&self, people: &People<'_>) -> RosterRecord {
        let spec = people.spec;
        let mut draw = people.source.draw(Realm::Record, self.index);
        let mut cells: [String; domain::roster::COLUMNS.len()] = Default::default();
        let mut set = |column: C, text: String| cells[column as usize] = text;
        set(C::Name, self.name.clone());
        set(C::Citizen, self.number.clone());
        set(C::Sex, self.sex.label().to_owned());
        set(C::Ethnicity, self.ethnicity.to_owned());
        set(C::Class, self.classes(&mut draw));
        if let Some(identity) = self.identities.iter().find(|identity| identity.grade.is_some()) {
            set(C::Grade, grade_word(&mut draw, identity.grade.unwrap_or(10)));
            set(C::Nature, identity.nature.map_or("", DisabilityNature::label).to_owned());
            set(C::Certificate, format!("测试证{:07}", self.index));
        }
        if draw.chance(850) {
            set(C::Household, format!("H{:03}{:07}", self.home.township + 1, self.home.household));
        }
        let (township, village) = place_names(spec, self.home);
        set(C::Address, format!("{township}{village}{}组", draw.below(9) + 1));
        set(C::Township, township.to_owned());
        set(C::Village, village.to_owned());
        if draw.chance(900) {
            set(C::Phone, numbers::phone(self.index, spec.seed));
        }
        let is_paid = self.identities.iter().any(is_paid) && draw.chance(975);
        let is_stopped = !self.status.is_to_be_visited() && draw.chance(800);
        set(C::Allowance, if is_paid && !is_stopped { "是" } else { "否" }.to_owned());
        if draw.chance(if is_paid { 985 } else { 300 }) {
            set(C::BankName, draw.weighted(data::BANKS).to_owned());
            set(C::Account, numbers::card(self.index, &spec.card_prefix, spec.seed));
            set(C::AccountName, self.name.clone());
        }
        set(C::Status, self.status.label().to_owned());
        if matches!(self.status, PersonStatus::Dead | PersonStatus::Stopped) {
            let (year, month) = (spec.year - i16::from(draw.chance(500)), draw.below(6) + 1);
            set(C::StoppedOn, format!("{year}-{month:02}-{:02}", draw.below(28) + 1));
        }
        set(C::Hardship, self.hardship.map_or("", Hardship::label).to_owned());
        RosterRecord(cells)
    }

    fn classes(&self, draw: &mut Draw) -> String {
        let words: Vec<&str> =
            self.identities.iter().map(|identity| class_word(draw, identity.class)).collect();
        words.join("、")
    }

    /// 对象类别 as clerks write it.
    pub(super) fn category(&self, draw: &mut Draw) -> String {
        let Some(identity) = self.identities.first() else { return String::new() };
        match identity.grade {
            Some(grade) if identity.class == PersonClass::DisabledSoldier => match grade {
                _ if draw.chance(600) => format!("{}级残疾军人", data::GRADE_WORDS[usize::from(grade) - 1]),
                1..=4 => "一至四级残疾军人".to_owned(),
                5..=6 => "五至六级残疾军人".to_owned(),
                _ => "七至十级残疾军人".to_owned(),
            },
            _ => class_word(draw, identity.class).to_owned(),
        }
    }
}

fn class_word(draw: &mut Draw, class: PersonClass) -> &'static str {
    let old = data::OLD_WORDS.iter().find(|(of, _)| *of == class).filter(|_| draw.chance(80));
    old.map_or(class.label(), |(_, word)| word)
}

fn grade_word(draw: &mut Draw, grade: u8) -> String {
    match draw.below(3) {
        0 => grade.to_string(),
        1 => format!("{grade}级"),
        _ => format!("{}级", data::GRADE_WORDS[usize::from(grade) - 1]),
    }
}

/// Names of township and village; empty when there is none.
pub(super) fn place_names(spec: &Spec, home: Home) -> (&str, &str) {
    let Some(place) = spec.townships.get(home.township) else { return ("", "") };
    let village = home.village.and_then(|village| place.villages.get(village));
    (&place.name, village.map_or("", String::as_str))
}
