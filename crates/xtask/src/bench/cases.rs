//! What is measured. Each case runs alone in its process and says its figures.

use super::measure::{Figures, Watch, micros, percentile, sync_us};
use super::world::{self, CAMPAIGN};
use super::{PEOPLE, VISITS, phases};
use app::App;
use app::visit::{Became, Desks, Sent};
use domain::sheet::{Cell, RawRow};
use domain::visit::{Checker, Rules};
use formats::synthetic;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

type Measured = Result<Figures, Box<dyn std::error::Error>>;

/// Callers that record visits at once.
const AT_ONCE: usize = 64;
/// Calls of which the median is said.
const CALLS: usize = 200;

/// Runs one case on a runtime like the program's.
pub fn run(name: &str, folder: &Path, size: usize) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        match name {
            "prepare-roster" => roster_files(folder, size),
            "prepare-county" => load(&folder.join("county"), PEOPLE, size).await,
            "prepare-large" => load(&folder.join("large"), PEOPLE, size).await,
            "prepare-record" => load(&folder.join("record"), size, 0).await,
            "prepare-http" => super::http::prepare(folder).await,
            "roster-xlsx" => roster(folder, "roster.xlsx").await,
            "roster-csv" => roster(folder, "roster.csv").await,
            "phases-xlsx" => phases::run(folder, "roster.xlsx").await,
            "phases-csv" => phases::run(folder, "roster.csv").await,
            "export" => export(folder).await,
            "table" => table(&folder.join("county")).await,
            "table-large" => table(&folder.join("large")).await,
            "coverage" => coverage(&folder.join("county")).await,
            "coverage-large" => coverage(&folder.join("large")).await,
            "prepare-audit" => fill_audit(&folder.join("audit"), size).await,
            "audit-verify" => verify_audit(&folder.join("audit")).await,
            "payment" => super::payment::run(folder, size).await,
            "record" => record(&folder.join("record"), size).await,
            "disk" => {
                Ok(Figures { wall_us: sync_us(folder, size)?, note: "p50".to_owned(), ..Figures::default() })
            }
            _ => Err("no such case".into()),
        }
    })
}

fn roster_files(folder: &Path, people: usize) -> Measured {
    let watch = Watch::start();
    let spec = world::spec(&world::county()?, people, 0);
    let file = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    synthetic::write_xlsx(file("roster.xlsx")?, synthetic::roster(&spec))?;
    synthetic::write_csv(file("roster.csv")?, synthetic::roster(&spec))?;
    Ok(watch.stop(format!("{people} persons")))
}

async fn load(data: &Path, people: usize, visits: usize) -> Measured {
    let app = world::open(data, 1).await?;
    let county = world::county()?;
    let watch = Watch::start();
    let loaded =
        app::synthetic::load(&app, &world::caller(), &county, &world::spec(&county, people, visits)).await?;
    let figures = watch.stop(format!("{} persons, {} visits", loaded.people, loaded.visits));
    app.db.close().await;
    Ok(figures)
}

async fn roster(folder: &Path, file: &str) -> Measured {
    let app = world::open(&folder.join(file).with_extension(format!("{file}.data")), 2).await?;
    app::county::init(&app, &world::caller(), &world::county()?).await?;
    let watch = Watch::start();
    let outcome =
        app::roster::import(&app, &world::caller(), world::code(), &folder.join(file), false).await?;
    let counts = outcome.counts;
    let figures = watch.stop(format!("{} added, {} refused", counts.added, counts.refused));
    app.db.close().await;
    Ok(figures)
}

async fn export(folder: &Path) -> Measured {
    let app = world::open(&folder.join("county"), 3).await?;
    let watch = Watch::start();
    let output = folder.join("visits.xlsx");
    let rows = app::visit::export(&app, &world::caller(), world::code(), CAMPAIGN, None, &output).await?;
    let figures = watch.stop(if rows == VISITS as u64 { String::new() } else { format!("{rows} rows") });
    app.db.close().await;
    Ok(figures)
}

async fn table(data: &Path) -> Measured {
    let app = world::open(data, 4).await?;
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let start = Instant::now();
        app::statistics::table(&app, &world::caller(), world::code(), CAMPAIGN, None).await?;
        took.push(micros(start.elapsed()));
    }
    Ok(calls(took))
}

async fn coverage(data: &Path) -> Measured {
    let app = world::open(data, 5).await?;
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let start = Instant::now();
        app::coverage::of(&app, &world::caller(), world::code(), CAMPAIGN, None).await?;
        took.push(micros(start.elapsed()));
    }
    Ok(calls(took))
}

fn calls(mut took: Vec<u64>) -> Figures {
    let high = percentile(&mut took, 95);
    let note = format!("median of {CALLS}, p95 {}.{:02} ms", high / 1000, high % 1000 / 10);
    Figures { wall_us: percentile(&mut took, 50), note, ..Figures::default() }
}

/// A chain of so many rows, as acts leave them: many acts, a few of them long.
async fn fill_audit(data: &Path, rows: usize) -> Measured {
    const AT_ONCE: usize = 5_000;
    let app = world::open(data, 7).await?;
    app::county::init(&app, &world::caller(), &world::county()?).await?;
    let watch = Watch::start();
    for first in (1..rows).step_by(AT_ONCE) {
        let (count, at_ms) = (AT_ONCE.min(rows - first), app.now_ms());
        let added: Result<(), store::StoreError> = app
            .db
            .write(world::code(), move |act| {
                Box::pin(async move {
                    for number in first..first + count {
                        act.audit(audit_entry(number, at_ms)).await?;
                    }
                    Ok(())
                })
            })
            .await;
        added?;
    }
    let figures = watch.stop(format!("{rows} rows"));
    app.db.close().await;
    Ok(figures)
}

fn audit_entry(number: usize, at_ms: i64) -> store::AuditEntry<'static> {
    store::AuditEntry {
        at_ms,
        actor: "account:bench",
        origin: "http",
        address: "192.0.2.17",
        request_id: "01a20a70-ed82-7000-b09f-76ba8a4fd24f",
        act: "visit.record",
        object_kind: "visit",
        object_id: format!("01a20a70-ed82-7000-b09f-{number:012x}"),
        outcome: "done",
        detail: serde_json::json!({ "campaign": CAMPAIGN, "added": 1, "rows": 1 }),
    }
}

async fn verify_audit(data: &Path) -> Measured {
    let app = world::open(data, 8).await?;
    let watch = Watch::start();
    let report = app::audit::verify(&app, &world::caller(), world::code()).await?;
    let figures = watch.stop(format!("{} rows", report["rows"]));
    app.db.close().await;
    Ok(figures)
}

async fn record(data: &Path, visits: usize) -> Measured {
    let app = world::open(data, 6).await?;
    let rows = sent_visits(&app, visits).await?;
    let desks = Desks::default();
    let total = rows.len() as u64;
    let queue = Arc::new(Mutex::new(rows));
    let before = app.db.statements();
    let watch = Watch::start();
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| tokio::spawn(one_caller(app.clone(), desks.clone(), Arc::clone(&queue))))
        .collect();
    let mut added = 0;
    for worker in workers {
        added += worker.await??;
    }
    let mut figures = watch.stop("");
    let statements = (app.db.statements() - before) * 100 / total.max(1);
    figures.note = format!(
        "{}/s, {added} of {total} added, {}.{:02} statements a visit, fdatasync p50 {} µs",
        total * 1_000_000 / figures.wall_us.max(1),
        statements / 100,
        statements % 100,
        sync_us(data, 200)?
    );
    app.db.close().await;
    Ok(figures)
}

/// Records one visit after the other, each when the one before is durable.
async fn one_caller(app: App, desks: Desks, queue: Arc<Mutex<Vec<Sent>>>) -> Result<u64, app::Problem> {
    let mut added = 0;
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(sent) = next else { return Ok(added) };
        // A visit that the rules refuse is answered, not recorded.
        let answer = desks.put(&app, world::caller(), world::code(), CAMPAIGN, sent).await;
        added += u64::from(answer.is_ok_and(|it| it.became == Became::Added));
    }
}

/// Generated visits as forms send them: their cells, and goods and help taken apart.
async fn sent_visits(app: &App, visits: usize) -> Result<Vec<Sent>, Box<dyn std::error::Error>> {
    let units = app::unit::tree(app, &world::caller(), world::code()).await?;
    let campaign = app::campaign::get(app, &world::caller(), world::code(), CAMPAIGN).await?;
    let mut checker = Checker::new(Rules { units: &units, campaign: &campaign });
    let spec = world::spec(&world::county()?, PEOPLE, visits);
    let mut findings = Vec::new();
    let raw = |row: u32, cells: synthetic::VisitRecord| {
        let cell = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
        RawRow { sheet: 0, row, cells: cells.0.into_iter().map(cell).collect() }
    };
    let rows = (3..).zip(synthetic::visits(&spec)).map(|(row, it)| raw(row, it));
    let mut sent: Vec<Sent> = rows
        .filter_map(|typed| {
            let row = checker.check(&typed, &mut findings)?;
            let (goods, help) = (row.goods, row.help);
            Some(Sent {
                id: app.id(),
                typed,
                goods,
                help,
                person: None,
                keeps_object: false,
                expected: None,
                confirms: false,
            })
        })
        .collect();
    sent.reverse();
    Ok(sent)
}
