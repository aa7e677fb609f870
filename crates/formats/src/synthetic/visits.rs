//! The visits of a campaign, one after the other: office, departments, townships.
//!
//! No two rows have unit, date, object and leader in common: a person's visits by one unit take another day each
//! time, and another leader once the days are used up.

use super::data;
use super::draw::{Draw, Realm};
use super::gifts::{self, Cells, Occasion};
use super::person::{People, Person, place_names};
use super::residents::{Residents, is_key};
use super::{Place, Spec, VisitRecord};
use domain::visit::{LeaderKind, Method, VisitColumn as C};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::HashMap;

/// Days from 1 July to 12 August.
const DAYS: usize = 43;
/// A person's visits by a department use its three leaders.
const DEPARTMENT_LEADERS: usize = data::DEPARTMENT_LEADERS.len();
/// Kinds of groups that a village invites.
const GROUPS: &[&str] = &["退役军人代表", "军属代表", "优抚对象代表", "老兵宣讲队"];

/// One unit's share of the visits.
#[derive(Debug, Clone, Copy)]
struct Section {
    unit: SectionUnit,
    count: usize,
    /// Whether principal leader and leader in charge visit households.
    is_led: bool,
}

#[derive(Debug, Clone, Copy)]
enum SectionUnit {
    Office,
    Department(usize),
    Township(usize),
}

/// Day, leader and unit of one visit.
#[derive(Debug, Clone, Copy)]
struct Slot {
    day: usize,
    leader: usize,
}

/// The visits; each is computed when it is asked for.
pub struct Visits<'a> {
    spec: &'a Spec,
    people: People<'a>,
    residents: Residents,
    /// Villages whose name is unique in the county: others record through their township.
    village_names: HashMap<&'a str, usize>,
    sections: Vec<Section>,
    section: usize,
    /// Within the section: rows, persons, groups and candidates so far.
    rows: usize,
    persons: usize,
    groups: usize,
    candidates: usize,
    /// In all sections.
    strangers: u64,
    done: usize,
}

impl<'a> Visits<'a> {
    pub(super) fn new(spec: &'a Spec) -> Self {
        let people = People::new(spec);
        let residents = Residents::new(&people, spec.people, spec.townships.len());
        let mut village_names = HashMap::new();
        for name in spec.townships.iter().flat_map(|place| &place.villages) {
            *village_names.entry(name.as_str()).or_default() += 1;
        }
        let sections = sections(spec, &people, &residents);
        Self {
            spec,
            people,
            residents,
            village_names,
            sections,
            section: 0,
            rows: 0,
            persons: 0,
            groups: 0,
            candidates: 0,
            strangers: 0,
            done: 0,
        }
    }

    fn record(&mut self, section: Section) -> VisitRecord {
        let mut draw = self.people.source.draw(Realm::Visit, self.done as u64);
        let mut cells = Cells::new();
        match section.unit {
            SectionUnit::Office => self.office(&mut cells, &mut draw),
            SectionUnit::Department(at) => self.department(at, &mut cells, &mut draw),
            SectionUnit::Township(at) => self.township(at, section.is_led, &mut cells, &mut draw),
        }
        VisitRecord(cells.0)
    }

    fn office(&mut self, cells: &mut Cells, draw: &mut Draw) {
        let objects = self.spec.troops.len() + self.spec.institutions.len();
        let (object, round) = (self.rows % objects, self.rows / objects);
        let is_troop = object < self.spec.troops.len();
        let (category, name) = if is_troop {
            ("驻军部队", &self.spec.troops[object])
        } else {
            ("优抚事业单位", &self.spec.institutions[object - self.spec.troops.len()])
        };
        let leader = round / DAYS % data::COUNTY_LEADERS.len();
        let slot = Slot { day: (object * 5 + 20 + round) % DAYS, leader };
        self.head(cells, draw, &self.spec.office, slot.day);
        self.leader(cells, draw, UnitLeaders::County, leader);
        cells.set(C::Category, category);
        cells.set(C::Name, name);
        gifts::to_object(cells, draw);
    }

    fn department(&mut self, at: usize, cells: &mut Cells, draw: &mut Draw) {
        let veterans = self.residents.veterans.len();
        let is_stranger = self.rows % 10 % 3 == 2 || self.persons >= veterans * DAYS * DEPARTMENT_LEADERS;
        let (person, round) = if is_stranger {
            (self.stranger(), 0)
        } else {
            let start = at * veterans / self.spec.departments.len().max(1);
            let index = self.residents.veterans[(start + self.persons) % veterans];
            let round = self.persons / veterans;
            self.persons += 1;
            (self.people.person(u64::from(index)), round)
        };
        let mut habit = self.habit(&person);
        let slot = Slot {
            day: (draw_day(&mut habit) + round) % DAYS,
            leader: (at + habit.place(DEPARTMENT_LEADERS) + round / DAYS) % DEPARTMENT_LEADERS,
        };
        self.head(cells, draw, &self.spec.departments[at], slot.day);
        self.leader(cells, draw, UnitLeaders::Department(at), slot.leader);
        cells.set(C::Category, "本单位退役军人");
        cells.set(C::Name, &person.name);
        cells.set(C::Citizen, &person.number);
        let is_hard = person.hardship.is_some();
        gifts::to_person(cells, draw, Occasion { method: None, is_key: false, is_hard, county_percent: 0 });
    }

    fn township(&mut self, at: usize, is_led: bool, cells: &mut Cells, draw: &mut Draw) {
        let villages = self.spec.townships[at].villages.len();
        let is_group = self.rows % 67 == 40 && self.groups < DAYS * villages * GROUPS.len();
        if is_group {
            return self.group(at, cells, draw);
        }
        let residents = self.residents.townships[at].len();
        let is_stranger = self.rows % 29 == 17;
        if is_stranger || self.persons >= residents * DAYS * data::TOWNSHIP_LEADERS.len() {
            return self.candidate(at, cells, draw);
        }
        let (place, round) = (self.persons % residents, self.persons / residents);
        self.persons += 1;
        let person = self.people.person(u64::from(self.residents.townships[at][place]));
        let mut habit = self.habit(&person);
        let day = draw_day(&mut habit);
        // The first two households are those of the principal leader and the leader in charge (N20).
        let first_leader = match place {
            0 if is_led => Some(0),
            1 if is_led => Some(2),
            _ => None,
        };
        let by_village = first_leader.is_none() && habit.chance(350) && self.village(&person).is_some();
        let leader = first_leader.unwrap_or_else(|| draw_leader(&mut habit, is_led));
        let method = first_leader.filter(|_| round == 0).map(|_| Method::Home);
        let slot = Slot {
            day: (day + round) % DAYS,
            leader: (leader + round / DAYS) % data::TOWNSHIP_LEADERS.len(),
        };
        self.township_head(at, &person, by_village && round < DAYS, slot, cells, draw);
        let is_named = self.residents.namesakes(at, &person.name) == 1 && draw.chance(300);
        name(&person, !is_named, cells, draw);
        let is_key = person.identities.iter().any(is_key);
        let is_hard = person.hardship.is_some();
        let county_percent = if is_key { 90 } else { 30 };
        gifts::to_person(cells, draw, Occasion { method, is_key, is_hard, county_percent });
        if is_hard && draw.chance(500) {
            cells.set(C::Note, "家庭有特殊困难，已登记");
        }
    }

    /// Someone who is not on the roster.
    fn candidate(&mut self, at: usize, cells: &mut Cells, draw: &mut Draw) {
        let mut person = self.stranger();
        person.home.township = at;
        person.home.village = None;
        // By name alone only on days of their own, and only where no one on the roster is called so.
        let may_be_named = self.candidates < DAYS && self.residents.namesakes(at, &person.name) == 0;
        let is_named = may_be_named && self.candidates.is_multiple_of(3);
        let day = self.candidates % DAYS;
        self.candidates += 1;
        let leader = draw_leader(draw, false);
        self.township_head(at, &person, false, Slot { day, leader }, cells, draw);
        name(&person, !is_named, cells, draw);
        gifts::to_person(
            cells,
            draw,
            Occasion { method: None, is_key: false, is_hard: false, county_percent: 30 },
        );
    }

    fn group(&mut self, at: usize, cells: &mut Cells, draw: &mut Draw) {
        let place = &self.spec.townships[at];
        let (day, kind) = (self.groups % DAYS, self.groups / DAYS);
        let (village, kind) = (kind % place.villages.len(), kind / place.villages.len());
        self.groups += 1;
        self.head(cells, draw, &place.name, day);
        let leader = draw_leader(draw, false);
        self.leader(cells, draw, UnitLeaders::Township(at), leader);
        cells.set(C::Name, format!("{}{}", place.villages[village], GROUPS[kind % GROUPS.len()]));
        cells.set(C::Category, "其他");
        gifts::to_group(cells, draw);
    }

    /// Unit, day and leader of a visit in a township, recorded by it or by one of its villages.
    fn township_head(
        &self,
        at: usize,
        person: &Person,
        by_village: bool,
        slot: Slot,
        cells: &mut Cells,
        draw: &mut Draw,
    ) {
        if let Some(village) = self.village(person).filter(|_| by_village) {
            self.head(cells, draw, village, slot.day);
            let secretary = person.home.village.unwrap_or_default();
            self.leader(cells, draw, UnitLeaders::Village(at, secretary), 0);
        } else {
            self.head(cells, draw, &self.spec.townships[at].name, slot.day);
            self.leader(cells, draw, UnitLeaders::Township(at), slot.leader);
        }
    }

    /// The person's village, when its name alone tells which it is.
    fn village(&self, person: &Person) -> Option<&'a str> {
        let (_, village) = place_names(self.spec, person.home);
        (self.village_names.get(village) == Some(&1)).then_some(village)
    }

    fn habit(&self, person: &Person) -> Draw {
        self.people.source.draw(Realm::Habit, person.index)
    }

    fn stranger(&mut self) -> Person {
        self.strangers += 1;
        self.people.person(self.spec.people as u64 + self.strangers)
    }

    fn head(&self, cells: &mut Cells, draw: &mut Draw, unit: &str, day: usize) {
        let first = Date::new(self.spec.year, 7, 1).unwrap_or_default();
        // A few visits were made after the campaign; days of their own keep them distinct.
        let late = if self.done % 499 == 250 { DAYS } else { 0 };
        let date = first.saturating_add(i64::try_from(day + late).unwrap_or_default().days());
        let (year, month, day) = (date.year(), date.month(), date.day());
        let text = match draw.below(20) {
            0 => format!("{year}年{month}月{day}日"),
            1 => format!("{year}/{month}/{day}"),
            2 => format!("{year}.{month}.{day}"),
            _ => date.to_string(),
        };
        cells.set(C::VisitedOn, text);
        cells.set(C::Unit, unit);
    }

    fn leader(&self, cells: &mut Cells, draw: &mut Draw, leaders: UnitLeaders, leader: usize) {
        let (title, kind) = leaders.title(self.spec, leader);
        cells.set(C::LeaderName, leaders.name(&self.people, leader));
        cells.set(C::LeaderTitle, title);
        // Now and then the category is forgotten; the import then proposes one from the title.
        if !draw.chance(10) {
            cells.set(C::LeaderKind, kind.label());
        }
    }
}

impl Iterator for Visits<'_> {
    type Item = VisitRecord;

    fn next(&mut self) -> Option<VisitRecord> {
        while self.rows == self.sections.get(self.section)?.count {
            self.section += 1;
            (self.rows, self.persons, self.groups, self.candidates) = (0, 0, 0, 0);
        }
        let record = self.record(self.sections[self.section]);
        self.rows += 1;
        self.done += 1;
        Some(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let all: usize = self.sections.iter().map(|section| section.count).sum();
        (all - self.done, Some(all - self.done))
    }
}

impl ExactSizeIterator for Visits<'_> {}

fn name(person: &Person, with_number: bool, cells: &mut Cells, draw: &mut Draw) {
    cells.set(C::Name, &person.name);
    if with_number {
        cells.set(C::Citizen, &person.number);
    }
    if !draw.chance(100) {
        cells.set(C::Category, person.category(draw));
    }
}

/// A day, most of them in the two weeks before 1 August.
fn draw_day(habit: &mut Draw) -> usize {
    if habit.chance(600) { 18 + habit.place(14) } else { habit.place(DAYS) }
}

/// A leader of a township; principals and the one in charge only where leaders visit.
fn draw_leader(draw: &mut Draw, is_led: bool) -> usize {
    match draw.below(100) {
        0..2 if is_led => 0,
        2..4 if is_led => 1,
        4..12 if is_led => 2,
        _ => 3 + draw.place(data::TOWNSHIP_LEADERS.len() - 3),
    }
}

/// Whose leaders.
#[derive(Debug, Clone, Copy)]
enum UnitLeaders {
    County,
    Department(usize),
    Township(usize),
    /// Township and place of the village in it.
    Village(usize, usize),
}

impl UnitLeaders {
    fn title(self, spec: &Spec, leader: usize) -> (String, LeaderKind) {
        let kind = |principals: usize| match leader {
            first if first < principals => LeaderKind::Principal,
            next if next == principals => LeaderKind::Deputy,
            _ => LeaderKind::Other,
        };
        match self {
            Self::County => (data::COUNTY_LEADERS[leader].to_owned(), kind(2)),
            Self::Department(_) => (data::DEPARTMENT_LEADERS[leader].to_owned(), kind(1)),
            Self::Township(at) => (township_title(&spec.townships[at], leader), kind(2)),
            Self::Village(..) => ("村（社区）党组织书记".to_owned(), LeaderKind::Other),
        }
    }

    /// Leaders of one unit have names of their own: the given characters follow each other.
    fn name(self, people: &People<'_>, leader: usize) -> String {
        let unit = match self {
            Self::County => 0,
            Self::Department(at) => 1 << 20 | at,
            Self::Township(at) => 2 << 20 | at,
            Self::Village(at, village) => 3 << 20 | at << 10 | village,
        };
        let mut draw = people.source.draw(Realm::Leader, unit as u64);
        let first = draw.place(data::MALE.len());
        let surname = (0..=leader).map(|_| draw.weighted(data::SURNAMES)).last().unwrap_or_default();
        format!("{surname}{}", data::MALE[(first + leader) % data::MALE.len()])
    }
}

/// Titles differ between 街道, 镇 and 乡.
fn township_title(place: &Place, leader: usize) -> String {
    let title = data::TOWNSHIP_LEADERS[leader];
    if place.name.ends_with("街道") {
        return title
            .replace("党委书记", "党工委书记")
            .replace("副镇长", "副主任")
            .replace("镇长", "办事处主任");
    }
    if place.name.ends_with('乡') { title.replace("镇长", "乡长") } else { title.to_owned() }
}

/// Shares of office, departments and townships. Two of 33 townships have no visit yet and three only a few.
fn sections(spec: &Spec, people: &People<'_>, residents: &Residents) -> Vec<Section> {
    let mut sections = Vec::new();
    let (objects, departments) = (spec.troops.len() + spec.institutions.len(), spec.departments.len());
    let has_townships = !spec.townships.is_empty();
    let office = if objects == 0 { 0 } else { (spec.visits / 250).min(objects * 6) };
    let by_departments = match (departments, has_townships) {
        (0, _) => 0,
        (_, false) => spec.visits - office,
        (_, true) => spec.visits * 6 / 100,
    };
    sections.push(Section { unit: SectionUnit::Office, count: office, is_led: true });
    for at in 0..departments {
        let count = by_departments * (at + 1) / departments - by_departments * at / departments;
        sections.push(Section { unit: SectionUnit::Department(at), count, is_led: true });
    }
    let left = spec.visits - office - by_departments;
    let counts = township_counts(spec, people, residents, left);
    let townships = counts.into_iter().enumerate();
    sections.extend(townships.map(|(at, (count, is_led))| Section {
        unit: SectionUnit::Township(at),
        count,
        is_led,
    }));
    sections
}

/// How many visits each township has, and whether its leaders visit.
fn township_counts(
    spec: &Spec,
    people: &People<'_>,
    residents: &Residents,
    visits: usize,
) -> Vec<(usize, bool)> {
    let count = spec.townships.len();
    let mut order: Vec<usize> = (0..count).collect();
    let mut draw = people.source.draw(Realm::County, 0);
    for end in (1..count).rev() {
        order.swap(end, draw.place(end + 1));
    }
    let (silent, few) = (count / 16, count / 11);
    let mut counts = vec![(0, false); count];
    let mut left = visits;
    for at in order.iter().skip(silent).take(few) {
        counts[*at].0 = (2 + draw.place(5)).min(left / 10);
        left -= counts[*at].0;
    }
    let busy: Vec<usize> = order.into_iter().skip(silent + few).collect();
    let weight = |at: usize| residents.townships[at].len() + 1;
    let total: usize = busy.iter().map(|at| weight(*at)).sum();
    let mut passed = 0;
    for at in busy {
        let next = passed + weight(at);
        counts[at] = (left * next / total - left * passed / total, true);
        passed = next;
    }
    counts
}
