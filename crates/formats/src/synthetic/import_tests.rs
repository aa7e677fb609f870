//! The generated files pass the import's own checks: nothing is refused, and only what is meant to be doubtful is.

use super::{Record, Spec, roster, visits};
use domain::campaign::Campaign;
use domain::citizen::CitizenId;
use domain::finding::{RowFinding, Severity};
use domain::ids::{CandidateId, PersonId, UnitId};
use domain::roster::SeenRows;
use domain::sheet::{Cell, RawRow};
use domain::unit::{Unit, UnitKind, UnitTree};
use domain::visit::{Known, Roster, Rules, name_key, object_key, resolve, typed_key};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::str::FromStr;

fn id<T: FromStr<Err: std::fmt::Debug>>(number: usize) -> T {
    format!("00000000-0000-7000-8000-{number:012}").parse().expect("a UUID")
}

/// The units that `init` would make, troops registered.
fn units(spec: &Spec) -> UnitTree {
    let mut units: Vec<Unit> = Vec::new();
    let mut add = |kind, code: String, name: &str, parent_id| -> UnitId {
        let id = id(units.len());
        let (name, aliases) = (name.to_owned(), Vec::new());
        let short_name = name.clone();
        units.push(Unit {
            id,
            code,
            kind,
            name,
            short_name,
            parent_id,
            valid_from: None,
            valid_to: None,
            aliases,
        });
        id
    };
    let county = add(UnitKind::County, spec.county_code.clone(), &spec.county_name, None);
    for place in &spec.townships {
        let township = add(UnitKind::Township, place.code.clone(), &place.name, Some(county));
        for (index, village) in place.villages.iter().enumerate() {
            add(UnitKind::Village, format!("{}V{index}", place.code), village, Some(township));
        }
    }
    let others = spec.departments.iter().map(|name| (UnitKind::Department, name));
    let others = others.chain([(UnitKind::Office, &spec.office)]);
    let others = others.chain(spec.troops.iter().map(|name| (UnitKind::Troop, name)));
    let others = others.chain(spec.institutions.iter().map(|name| (UnitKind::Institution, name)));
    for (index, (kind, name)) in others.enumerate() {
        add(kind, format!("{}D{index:03}", spec.county_code), name, Some(county));
    }
    UnitTree::new(units).expect("has a county")
}

fn raw(row: usize, record: &impl Record) -> RawRow {
    let cell = |text: &String| if text.is_empty() { Cell::Empty } else { Cell::Text(text.clone()) };
    let row = u32::try_from(row + 3).expect("a small file");
    RawRow { sheet: 0, row, cells: record.cells().iter().map(cell).collect() }
}

#[derive(Default)]
struct People {
    all: Vec<Known>,
    numbers: HashMap<CitizenId, usize>,
    names: HashMap<(UnitId, String), Vec<usize>>,
}

impl Roster for People {
    fn by_number(&self, number: &CitizenId) -> Option<&Known> {
        self.numbers.get(number).map(|index| &self.all[*index])
    }

    fn by_name_in_township(&self, township: UnitId, name_key: &str) -> Vec<&Known> {
        let found = self.names.get(&(township, name_key.to_owned()));
        found.into_iter().flatten().map(|index| &self.all[*index]).collect()
    }

    fn by_name_in_county(&self, name: &str) -> usize {
        self.all.iter().filter(|known| name_key(&known.name) == name).count()
    }
}

/// The roster through its checks.
fn people(spec: &Spec, units: &UnitTree, findings: &mut Vec<RowFinding>) -> People {
    let mut people = People::default();
    let mut checker = domain::roster::Checker::new(units, jiff::civil::date(2024, 7, 1));
    let mut seen = SeenRows::new();
    for (index, record) in roster(spec).enumerate() {
        let raw = raw(index, &record);
        let row = checker.check(&raw, findings).unwrap_or_else(|_| panic!("{:?}", findings.last()));
        assert_eq!(seen.admit(&row), None);
        let known = Known {
            id: id::<PersonId>(index),
            household: row.household.clone().unwrap_or_else(|| index.to_string()),
            identities: row.identities.clone(),
            hardship: row.hardship.clone().unwrap_or_default(),
            status: row.status.expect("every row has a status"),
            stopped_on: row.stopped_on,
            township_id: row.township_id,
            village_id: row.village_id,
            name: row.name,
        };
        assert!(known.village_id.is_some());
        people.numbers.insert(row.citizen, index);
        people.names.entry((known.township_id, name_key(&known.name))).or_default().push(index);
        people.all.push(known);
    }
    people
}

fn counted(findings: &[RowFinding]) -> BTreeMap<&'static str, usize> {
    assert_eq!(findings.iter().find(|finding| finding.severity == Severity::Refused), None);
    let mut counts = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Warning) {
        *counts.entry(finding.code).or_default() += 1;
    }
    counts
}

#[test]
fn the_import_refuses_nothing() {
    let county = crate::division::county("500240").expect("listed");
    let spec = Spec::of_county(&county, 4000, 6500, 1, 2024);
    let (units, mut findings) = (units(&spec), Vec::new());
    let people = people(&spec, &units, &mut findings);
    let roster_warnings = counted(&findings);
    assert!(roster_warnings.values().sum::<usize>() < 200, "{roster_warnings:?}");

    let template = crate::campaign::read(crate::campaign::builtin()[0].1).expect("the template is right");
    let campaign = Campaign {
        id: id(0),
        code: "bayi-2024".to_owned(),
        year: 2024,
        heading: String::new(),
        deadline: template.deadlines["2024"],
        period: template.period.days(2024).expect("days"),
        is_open: true,
        template,
    };
    let rules = Rules { units: &units, campaign: &campaign };
    let (mut checker, mut findings) = (domain::visit::Checker::new(rules), Vec::new());
    let (mut typed, mut objects, mut rows) = (HashSet::new(), HashSet::new(), HashMap::new());
    let mut candidates = HashMap::new();
    for (index, record) in visits(&spec).enumerate() {
        let row = checker.check(&raw(index, &record), &mut findings);
        let row = row.unwrap_or_else(|| panic!("{:?}", findings.last()));
        let resolved = resolve(&row, rules, &people, &mut findings);
        let resolved = resolved.unwrap_or_else(|| panic!("{:?}", findings.last()));
        let next = candidates.len();
        let object =
            resolved.visited(|key| *candidates.entry(key.clone()).or_insert(id::<CandidateId>(next)));
        assert!(typed.insert(typed_key(&row)), "row {index}");
        assert!(
            objects.insert(object_key(row.unit, row.visited_on, &object, &row.leader_name)),
            "row {index}"
        );
        *rows.entry(resolved.own_row).or_insert(0) += 1;
    }
    let visit_warnings = counted(&findings);
    assert!(visit_warnings.values().sum::<usize>() < 400, "{visit_warnings:?}");
    for code in ["visit.source_missing", "visit.troop_unregistered"] {
        assert_eq!(visit_warnings.contains_key(code), code == "visit.source_missing", "{visit_warnings:?}");
    }
    // Every row of the notice's table has something in it, but the one that is switched off.
    let empty: Vec<&str> = campaign.template.rows.iter().map(|row| row.key.as_str()).collect();
    let empty: Vec<&str> = empty.into_iter().filter(|key| !rows.contains_key(*key)).collect();
    assert_eq!(empty, ["training_troop"]);
}
