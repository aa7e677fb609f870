//! Same seed same bytes; nobody alive; shares; no visit twice.

use super::{RosterRecord, Spec, TITLE, VisitRecord, roster, visits, write_csv, write_xlsx};
use domain::bank;
use domain::citizen::{CitizenId, Sex};
use domain::person::PersonClass;
use domain::roster::RosterColumn as R;
use domain::visit::{LeaderKind, Method, VisitColumn as V, name_key, parse_goods};
use std::collections::{HashMap, HashSet};

fn shizhu(people: usize, visits: usize, seed: u64) -> Spec {
    let county = crate::division::county("500240").expect("the county is listed");
    Spec::of_county(&county, people, visits, seed, 2024)
}

#[test]
fn the_demo_county_has_its_size() {
    let spec = shizhu(4000, 6500, 1);
    assert_eq!(spec.townships.len(), 33);
    assert_eq!(spec.townships.iter().map(|place| place.villages.len()).sum::<usize>(), 242);
    assert_eq!(roster(&spec).count(), 4000);
    assert_eq!((visits(&spec).len(), visits(&spec).count()), (6500, 6500));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let files = |seed: u64| {
        let spec = shizhu(300, 500, seed);
        let (mut people, mut done) = (Vec::new(), Vec::new());
        let (mut people_book, mut done_book) =
            (std::io::Cursor::new(Vec::new()), std::io::Cursor::new(Vec::new()));
        assert_eq!(write_csv(&mut people, roster(&spec)).expect("written"), 300);
        assert_eq!(write_csv(&mut done, visits(&spec)).expect("written"), 500);
        assert_eq!(write_xlsx(&mut people_book, roster(&spec)).expect("written"), 300);
        assert_eq!(write_xlsx(&mut done_book, visits(&spec)).expect("written"), 500);
        [people, done, people_book.into_inner(), done_book.into_inner()]
    };
    let first = files(7);
    assert_eq!(first, files(7));
    for (other, first) in files(8).iter().zip(&first) {
        assert_ne!(other, first);
    }
    let text = String::from_utf8(first[0].clone()).expect("UTF-8");
    let lines: Vec<&str> = text.lines().take(3).collect();
    assert_eq!(lines[0], format!("\u{feff}{TITLE}"));
    assert!(lines[1].starts_with("姓名,公民身份号码,性别,民族,优抚类别,伤残等级"));
    assert_eq!(lines[2].split(',').count(), domain::roster::COLUMNS.len());
}

/// An independent reader sees the warning, the heads and every cell as text.
#[test]
fn the_workbook_holds_text_cells() {
    use calamine::{DataType, Reader};
    let spec = shizhu(40, 60, 5);
    let mut book = std::io::Cursor::new(Vec::new());
    write_xlsx(&mut book, visits(&spec)).expect("written");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(book).expect("a workbook");
    let sheet = book.worksheet_range("走访记录").expect("the sheet");
    let cells = |row: usize| -> Vec<String> {
        let row = sheet.rows().nth(row).expect("the row");
        assert!(row.iter().all(|cell| cell.is_string() || cell.is_empty()));
        row.iter().map(ToString::to_string).collect()
    };
    assert_eq!(cells(0)[0], TITLE);
    let titles: Vec<&str> = domain::visit::COLUMNS.iter().map(|column| column.title).collect();
    assert_eq!(cells(1), titles);
    for (index, record) in visits(&spec).enumerate() {
        assert_eq!(cells(index + 2), record.0);
    }
    assert_eq!(sheet.height(), 62);
}

#[test]
fn nobody_can_be_alive_and_no_number_stands_twice() {
    for county in ["500240", "440105", "350527"] {
        let county = crate::division::county(county).expect("listed");
        let spec = Spec::of_county(&county, 10_000, 0, 3, 2024);
        let (mut numbers, mut accounts, mut old) = (HashSet::new(), HashSet::new(), 0);
        for record in roster(&spec) {
            let (number, upgraded) = CitizenId::parse(record.cell(R::Citizen)).expect("a right number");
            let years = if upgraded { 1901..=1908 } else { 1880..=1899 };
            assert!(years.contains(&number.birth().year()), "{number}");
            old += usize::from(upgraded);
            assert_eq!(Sex::parse(record.cell(R::Sex)), Some(number.sex()));
            assert!(numbers.insert(number), "{number}");
            let account = record.cell(R::Account);
            if !account.is_empty() {
                assert!(account.len() == 19 && account.starts_with("99") && bank::luhn(account), "{account}");
                assert!(accounts.insert(account.to_owned()), "{account}");
                assert_eq!(record.cell(R::AccountName), record.cell(R::Name));
            }
            let phone = record.cell(R::Phone);
            assert!(phone.is_empty() || phone.len() == 11 && phone.starts_with("200"), "{phone}");
        }
        assert_eq!(old, 51);
    }
}

#[test]
fn classes_have_the_shares_of_a_county() {
    let spec = shizhu(20_000, 0, 11);
    let mut shares: HashMap<PersonClass, usize> = HashMap::new();
    let (mut several, mut hard, mut shared, mut rare, mut dotted) = (0, 0, HashMap::new(), 0, 0);
    for record in roster(&spec) {
        let words: Vec<&str> = record.cell(R::Class).split('、').collect();
        let class = PersonClass::parse(words[0]).expect("a known class");
        *shares.entry(class).or_default() += 1;
        several += usize::from(words.len() > 1);
        hard += usize::from(!record.cell(R::Hardship).is_empty());
        *shared.entry(record.cell(R::Household).to_owned()).or_insert(0) += 1;
        rare += usize::from(super::data::RARE.iter().any(|c| record.cell(R::Name).contains(c)));
        dotted += usize::from(record.cell(R::Name).contains('·'));
        let has_grade = words.iter().any(|word| PersonClass::parse(word).is_some_and(PersonClass::has_grade));
        assert_eq!(has_grade, domain::person::parse_grade(record.cell(R::Grade)).is_some());
    }
    let per_mille = |class: PersonClass| shares.get(&class).copied().unwrap_or_default() * 1000 / 20_000;
    for (share, class) in super::data::CLASSES {
        let (is, wanted) = (per_mille(*class), *share as usize);
        assert!(is.abs_diff(wanted) <= 2 + wanted / 10, "{class:?}: {is} for {wanted}");
    }
    assert_eq!(super::data::CLASSES.iter().map(|(share, _)| share).sum::<u32>(), 1000);
    for (is, low, high) in [(several, 300, 1200), (hard, 400, 1000), (rare, 60, 400), (dotted, 30, 200)] {
        assert!((low..=high).contains(&is), "{is} outside {low}..={high}");
    }
    let couples = shared.iter().filter(|(number, count)| !number.is_empty() && **count == 2).count();
    assert!(couples > 400, "{couples}");
}

/// Unit, day, object and leader of a row, as the import compares them.
fn key(record: &VisitRecord) -> (String, String, String, String) {
    let digits = |text: &str| -> Vec<u32> {
        text.split(['年', '月', '日', '/', '.', '-']).filter_map(|part| part.parse().ok()).collect()
    };
    let object = match record.cell(V::Citizen) {
        "" => name_key(record.cell(V::Name)),
        number => number.to_owned(),
    };
    let day = format!("{:?}", digits(record.cell(V::VisitedOn)));
    (record.cell(V::Unit).to_owned(), day, object, record.cell(V::LeaderName).to_owned())
}

fn all_distinct(spec: &Spec) {
    let mut seen = HashSet::new();
    for (index, record) in visits(spec).enumerate() {
        assert!(seen.insert(key(&record)), "row {index}: {:?}", key(&record));
    }
    assert_eq!(seen.len(), spec.visits);
}

#[test]
fn no_two_visits_have_unit_day_object_and_leader_in_common() {
    for (people, visits, seed) in [(4000, 6500, 1), (50, 20_000, 2), (0, 300, 3), (3, 2000, 4), (5, 10, 5)] {
        all_distinct(&shizhu(people, visits, seed));
    }
}

#[test]
fn a_county_without_townships_or_organs_is_no_trouble() {
    let mut spec = shizhu(200, 400, 9);
    spec.departments.clear();
    spec.troops.clear();
    spec.institutions.clear();
    for place in &mut spec.townships {
        place.villages.clear();
    }
    all_distinct(&spec);
    spec.townships.clear();
    assert_eq!(visits(&spec).count(), 0);
    assert_eq!(roster(&spec).count(), 200);
}

/// Every cell is understood by the words of the import; persons named without number are the only ones of that
/// name in their township.
#[test]
fn every_visit_can_be_read() {
    let spec = shizhu(4000, 6500, 1);
    let template = crate::campaign::read(crate::campaign::builtin()[0].1).expect("the template is right");
    let known: HashMap<String, RosterRecord> =
        roster(&spec).map(|record| (record.cell(R::Citizen).to_owned(), record)).collect();
    let mut names: HashMap<(String, String), usize> = HashMap::new();
    for record in known.values() {
        *names.entry((record.cell(R::Township).to_owned(), name_key(record.cell(R::Name)))).or_default() += 1;
    }
    let township_of = |unit: &str| {
        let fits = |place: &&super::Place| place.name == unit || place.villages.iter().any(|it| it == unit);
        spec.townships.iter().find(fits).map(|place| place.name.clone())
    };
    for record in visits(&spec) {
        let unit = record.cell(V::Unit);
        let township = township_of(unit);
        assert!(township.is_some() || unit == spec.office || spec.departments.iter().any(|it| it == unit));
        assert!(Method::parse(record.cell(V::Method)).is_some());
        let category = record.cell(V::Category);
        let understood = domain::visit::Category::parse(category, &template);
        assert!(category.is_empty() || understood.is_some(), "{category}");
        let (goods, issues) = parse_goods(record.cell(V::Goods));
        assert!(issues.is_empty() && goods.is_empty() == record.cell(V::Goods).is_empty());
        if let Some(person) = known.get(record.cell(V::Citizen)) {
            assert_eq!(person.cell(R::Name), record.cell(V::Name));
        } else if let Some(township) = township.filter(|_| record.cell(V::Citizen).is_empty()) {
            let count = names.get(&(township, name_key(record.cell(V::Name)))).copied().unwrap_or_default();
            assert!(count <= 1, "{unit} {}", record.cell(V::Name));
        }
    }
}

#[test]
fn the_demo_has_late_townships_and_open_names() {
    let spec = shizhu(4000, 6500, 1);
    let mut by_unit: HashMap<String, usize> = HashMap::new();
    let (mut principals, mut deputies) = (HashSet::new(), HashSet::new());
    let (mut seen, mut groups, mut candidates) = (HashSet::new(), 0, 0);
    let known: HashSet<String> = roster(&spec).map(|record| record.cell(R::Citizen).to_owned()).collect();
    for record in visits(&spec) {
        let unit = record.cell(V::Unit).to_owned();
        *by_unit.entry(unit.clone()).or_default() += 1;
        let is_person = !record.cell(V::Category).contains("部队") && record.cell(V::Headcount).len() < 2;
        if is_person && Method::parse(record.cell(V::Method)) == Some(Method::Home) {
            match LeaderKind::parse(record.cell(V::LeaderKind)) {
                Some(LeaderKind::Principal) => principals.insert(unit),
                Some(LeaderKind::Deputy) => deputies.insert(unit),
                _ => false,
            };
        }
        let number = record.cell(V::Citizen);
        groups +=
            usize::from(number.is_empty() && record.cell(V::Headcount).parse::<u32>().is_ok_and(|it| it > 1));
        candidates += usize::from(!number.is_empty() && !known.contains(number));
        if known.contains(number) {
            seen.insert(number.to_owned());
        }
    }
    let visits_of = |place: &super::Place| by_unit.get(&place.name).copied().unwrap_or_default();
    let silent = spec.townships.iter().filter(|place| visits_of(place) == 0).count();
    let few = spec.townships.iter().filter(|place| (1..=8).contains(&visits_of(place))).count();
    let led = |units: &HashSet<String>| spec.townships.iter().filter(|it| units.contains(&it.name)).count();
    assert_eq!((silent, few), (2, 3));
    assert_eq!((led(&principals), led(&deputies)), (28, 28));
    assert!((50..200).contains(&groups), "{groups}");
    assert!((200..600).contains(&candidates), "{candidates}");
    assert!(seen.len() > 2500 && seen.len() < 3800, "{}", seen.len());
}
