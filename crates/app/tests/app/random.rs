//! Random histories: after each step the kept figures are what the records say, and the county's persons are those
//! that the visits name.

use super::follow::reordered;
use super::play::{CAMPAIGN, Call, Play, Someone, bayi, call, number, row, someone};
use domain::ids::{CandidateId, ImportId, VisitId};
use domain::visit::VisitedObject;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::HashSet;
use store::testing::Scratch;
use store::visit::StoredVisit;

const CASES: u32 = 24;
const TOWNSHIPS: [&str; 4] = ["黄水镇", "沙子镇", "西沱镇", "马武镇"];
const PEOPLE: u32 = 8;
const CLASSES: [&str; 5] = ["老复员军人", "烈士遗属", "参战退役军人", "退役军人", "老复员军人、参战退役军人"];
const METHODS: [&str; 4] = ["发慰问信", "登门看望", "座谈交流", "电话问候"];

#[derive(Debug, Clone)]
enum Step {
    Visit { unit: usize, whom: u32, day: u32, method: usize, yuan: u32 },
    Withdraw(usize),
    Reclassify { person: u32, class: usize, household: u32, hard: bool },
    Confirm { candidate: usize, person: u32 },
    Merge { keep: u32, drop: u32 },
    Split { township: usize, village: usize },
    Join { from: usize, into: usize },
    Edit(usize),
    Undo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..9_usize, 0..PEOPLE + 5, 1..28_u32, 0..4_usize, 0..500_u32).prop_map(
            |(unit, whom, day, method, yuan)| Step::Visit { unit, whom, day, method, yuan }
        ),
        2 => (0..50_usize).prop_map(Step::Withdraw),
        3 => (1..=PEOPLE, 0..5_usize, 0..4_u32, any::<bool>()).prop_map(
            |(person, class, household, hard)| Step::Reclassify { person, class, household, hard }
        ),
        2 => (0..5_usize, 1..=PEOPLE).prop_map(|(candidate, person)| Step::Confirm { candidate, person }),
        1 => (1..=PEOPLE, 1..=PEOPLE).prop_map(|(keep, drop)| Step::Merge { keep, drop }),
        1 => (0..4_usize, 0..4_usize).prop_map(|(township, village)| Step::Split { township, village }),
        1 => (0..4_usize, 0..4_usize).prop_map(|(from, into)| Step::Join { from, into }),
        1 => (0..4_usize).prop_map(Step::Edit),
        2 => (0..30_usize).prop_map(Step::Undo),
    ]
}

#[test]
fn any_history_keeps_the_figures_true() {
    let config =
        Config { cases: CASES, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let histories = prop::collection::vec(step(), 20..30);
    runner
        .run(&histories, |steps| {
            runtime.block_on(history(steps));
            Ok(())
        })
        .unwrap();
}

async fn history(steps: Vec<Step>) {
    let scratch = Scratch::sqlite().await;
    let play = Play::new(&scratch);
    play.begin().await;
    let mut game = Game { play: &play, people: Vec::new(), split: 0 };
    for n in 1..=PEOPLE {
        let village = play.village(TOWNSHIPS[n as usize % 4], n as usize % 3).await.name;
        let class = CLASSES[n as usize % 5];
        game.people.push(someone(n, class, TOWNSHIPS[n as usize % 4]).with("村（社区）", &village));
    }
    play.roster(&game.people).await;
    for step in steps {
        let said = format!("{step:?}");
        game.take(step).await;
        play.verified(&said).await;
        game.counted(&said).await;
    }
    scratch.remove().await;
}

struct Game<'p> {
    play: &'p Play,
    people: Vec<Someone>,
    split: u32,
}

impl Game<'_> {
    async fn take(&mut self, step: Step) {
        let play = self.play;
        let (app, caller, county, on) = (&play.app, &play.caller, play.county, date(2024, 8, 1));
        match step {
            Step::Visit { unit, whom, day, method, yuan } => {
                let unit = self.unit(unit).await;
                let visit = call(&unit, day, METHODS[method]).money(&yuan.to_string(), "本单位");
                play.visits(&[met(visit, whom)]).await;
            }
            Step::Withdraw(place) => {
                let visits = self.visits().await;
                if let Some(id) = pick(&visits, place).map(|visit| visit.id) {
                    let _: VisitId = id;
                    app::visit::withdraw(app, caller, county, id).await.unwrap();
                }
            }
            Step::Reclassify { person, class, household, hard } => {
                let place = person as usize - 1;
                let mut changed = self.people[place].clone().with("优抚类别", CLASSES[class]);
                changed = changed.with("特殊困难", if hard { "重大疾病" } else { "" });
                if household > 0 {
                    changed = changed.with("户号", &format!("H{household}"));
                }
                self.people[place] = changed.clone();
                play.roster(&[changed]).await;
            }
            Step::Confirm { candidate, person } => {
                let open = app::candidate::list(app, caller, county).await.unwrap();
                if let Some(candidate) = pick(&open, candidate) {
                    let id: CandidateId = candidate.id.parse().unwrap();
                    // Refused when an undo took the person off the roster.
                    if let Err(problem) =
                        app::candidate::confirm(app, caller, county, id, number(person)).await
                    {
                        assert_eq!(problem.code, app::Code::NotFound, "{problem}");
                    }
                }
            }
            // Refused when both are one already.
            Step::Merge { keep, drop } => {
                let _ = app::person::merge(app, caller, county, number(keep), number(drop)).await;
            }
            // Refused when the village went before, or the township ended.
            Step::Split { township, village } => {
                self.split += 1;
                let from = play.units().await.find(TOWNSHIPS[township]).unwrap().clone();
                let villages = play.units().await;
                let villages = villages.children(from.id);
                if let Some(village) = pick(&villages, village) {
                    let (name, new) = ([village.name.clone()], format!("月{}镇", self.split));
                    let _ = app::unit::split(app, caller, county, &from.code, &new, &name, on).await;
                }
            }
            Step::Join { from, into } => {
                let _ = app::unit::merge(app, caller, county, TOWNSHIPS[from], TOWNSHIPS[into], on).await;
            }
            Step::Edit(variant) => {
                let text = match variant {
                    0 => bayi().to_owned(),
                    1 => reordered(bayi(), "combat_veteran", "old_demobilised"),
                    2 => reordered(bayi(), "old_demobilised", "martyr_survivor"),
                    _ => bayi().replace(
                        "key = \"combat_veteran\"\n",
                        "key = \"combat_veteran\"\nenabled = false\ninstead = \"other\"\n",
                    ),
                };
                app::campaign::edit(app, caller, county, CAMPAIGN, &text).await.unwrap();
            }
            // Refused when a row was touched since.
            Step::Undo(place) => {
                let imports = app::import::list(app, caller, county).await.unwrap();
                let id: Option<ImportId> = pick(&imports, place).map(|import| import.id.parse().unwrap());
                if let Some(id) = id {
                    match app::import::undo(app, caller, county, id).await {
                        Ok(_) => {}
                        Err(problem) => assert_eq!(problem.code, app::Code::UndoRefused, "{problem}"),
                    }
                }
            }
        }
    }

    /// Townships by the name they had, villages by code, a department.
    async fn unit(&self, place: usize) -> String {
        match place {
            0..4 => TOWNSHIPS[place].to_owned(),
            4 => self.play.department().await.code,
            _ => {
                let units = self.play.units().await;
                let villages = units.children(units.find(TOWNSHIPS[place % 4]).unwrap().id);
                pick(&villages, place).map_or_else(|| TOWNSHIPS[0].to_owned(), |village| village.code.clone())
            }
        }
    }

    async fn visits(&self) -> Vec<StoredVisit> {
        let campaign =
            app::campaign::get(&self.play.app, &self.play.caller, self.play.county, CAMPAIGN).await.unwrap();
        let mut tx = self.play.app.db.read().await.unwrap();
        store::visit::page(
            &mut tx,
            self.play.county,
            campaign.id,
            &store::visit::Within::default(),
            None,
            1_000,
        )
        .await
        .unwrap()
    }

    /// Counts the visits without the program's fold.
    async fn counted(&self, after: &str) {
        let (mut subjects, mut households, mut objects) = (HashSet::new(), HashSet::new(), HashSet::new());
        let (mut groups, mut times, mut money) = (0, 0, 0);
        let visits = self.visits().await;
        for visit in &visits {
            money += visit.facts.money_fen.0;
            match &visit.facts.object {
                VisitedObject::Group { persons, .. } => {
                    groups += persons;
                    times += persons;
                }
                VisitedObject::Object { name } => {
                    objects.insert(name.clone());
                }
                VisitedObject::Person { id, household } => {
                    subjects.insert(id.0);
                    households.insert(household.clone());
                    times += 1;
                }
                VisitedObject::Candidate { id, household } => {
                    subjects.insert(id.0);
                    households.insert(household.clone());
                    times += 1;
                }
            }
        }
        let table = self.play.table(None).await;
        let total = &table.total;
        assert_eq!(total.persons, subjects.len() as i64 + groups, "persons after {after}");
        assert_eq!(total.households, households.len() as i64, "households after {after}");
        assert_eq!(row(&table, "troop").objects, objects.len() as i64, "objects after {after}");
        let sums = (total.visits, total.person_times, total.money_fen.0);
        assert_eq!(sums, (visits.len() as i64, times, money), "sums after {after}");
    }
}

/// Someone of the roster, a stranger with or without number, a group or troops.
fn met(visit: Call, whom: u32) -> Call {
    match whom.checked_sub(PEOPLE) {
        None => visit.to(whom + 1),
        Some(0 | 1) => visit.named(&format!("外来人{whom}")),
        Some(2) => visit.to(99).named("远客"),
        Some(3) => visit.named("退役军人代表").with("人数", "9"),
        Some(_) => visit.named("驻石某部").with("对象类别", "驻军部队"),
    }
}

fn pick<T>(list: &[T], place: usize) -> Option<&T> {
    list.get(place % list.len().max(1))
}
