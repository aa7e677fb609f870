//! The API over HTTP beside a small FastAPI + SQLite program (`benches/peer_http.py`), driven by the same load tool in
//! the same run: visits as JSON, visits with a photo, the first page of persons and search among them.

mod client;
mod load;
mod work;

use super::measure::{Figures, Watch, memory_kb, micros, percentile, process_cpu_ms};
use super::report::Line;
use super::world::{self, CAMPAIGN};
use app::account::NewToken;
use domain::authority::{Permission, Role};
use load::{Answered, Work};
use serde::{Deserialize, Serialize};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Persons in the county's roster.
const PERSONS: usize = 100_000;
const LONGEST: Duration = Duration::from_secs(30);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What the load needs to know of the prepared county.
#[derive(Serialize, Deserialize)]
struct Prepared {
    token: String,
    township: String,
    persons: Vec<String>,
}

/// Makes the county, its roster and a token, and writes down what the load needs.
pub async fn prepare(folder: &Path) -> Result<Figures> {
    let data = folder.join("http");
    let app = world::open(&data, 21).await?;
    let county = world::county()?;
    let watch = Watch::start();
    let spec = world::spec(&county, PERSONS, 0);
    app::synthetic::load(&app, &world::caller(), &county, &spec).await?;
    let new = NewToken {
        name: "bench".to_owned(),
        role: Role::CountyOffice,
        unit: None,
        permissions: vec![
            Permission::VisitRecord,
            Permission::VisitRead,
            Permission::RosterRead,
            Permission::NameRead,
            Permission::FileUpload,
            Permission::FileRead,
        ],
        days: 366,
    };
    let now = app::App { clock: world::today(), ..app.clone() };
    let (_, token) = app::account::create_token(&now, &world::caller(), world::code(), new).await?;
    let wanted = app::person::Wanted { by_time: true, ..Default::default() };
    let (mut persons, mut cursor) = (Vec::new(), None);
    while persons.len() < work::VISITS {
        let asked = app::page::Asked { cursor, limit: Some(100) };
        let page = app::person::list(&app, &world::caller(), world::code(), &wanted, &asked).await?;
        persons.extend(page.items.into_iter().map(|it| (it.id.to_string(), it.township.0)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let township = persons.first().map(|(_, unit)| unit.clone()).ok_or("no persons")?;
    let persons = persons.into_iter().map(|(id, _)| id).collect();
    let prepared = Prepared { token: token.reveal().to_owned(), township, persons };
    std::fs::write(folder.join("http.json"), serde_json::to_string(&prepared)?)?;
    let figures = watch.stop(format!("{PERSONS} persons"));
    app.db.close().await;
    Ok(figures)
}

/// One server under load.
struct Side<'a> {
    name: &'static str,
    program: &'a Path,
    arguments: Vec<String>,
    /// A library that makes every sync take longer.
    slow: Option<&'a Path>,
    address: String,
}

/// A server that ends with the measurement.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Side<'_> {
    fn start(&self) -> Result<Running> {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(library) = self.slow {
            command.env("LD_PRELOAD", library);
        }
        let mut child = Running(command.spawn()?);
        let start = Instant::now();
        while !super::program::answers(&self.address) {
            if start.elapsed() > LONGEST || child.0.try_wait()?.is_some() {
                return Err(format!("{} does not answer", self.name).into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(child)
    }
}

fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// What is measured: the work, the mark, connections at once, whether syncs are slowed.
const CASES: &[(Work, &str, usize, bool)] = &[
    (Work::Visit, "≥ 3,000/s, p99 ≤ 20 ms, ≤ 0.3 ms CPU", 64, false),
    (Work::Visit, "≥ 1,500/s", 8, false),
    (Work::Visit, "p50 ≤ 3 ms", 1, false),
    (Work::Visit, "", 64, true),
    (Work::Visit, "", 8, true),
    (Work::Photo, "≥ 500/s, ≤ 150 MB", 64, false),
    (Work::FirstPage, "p99 ≤ 5 ms", 8, false),
    (Work::Search, "p99 ≤ 5 ms", 8, false),
];

/// The names by which `--only` picks single cases.
pub const NAMES: [&str; 4] = ["http-visit", "http-photo", "http-first-page", "http-search"];

/// Runs the wanted cases against the program and, when there is a Python, against the peer.
pub fn run(
    folder: &Path,
    program: &Path,
    python: std::result::Result<&Path, &String>,
    wants: impl Fn(&str) -> bool,
    lines: &mut Vec<Line>,
) -> Result<()> {
    let prepared: Prepared = serde_json::from_str(&std::fs::read_to_string(folder.join("http.json"))?)?;
    let slow = slow_sync(folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    for (turn, (work, mark, connections, is_slow)) in CASES.iter().enumerate() {
        if !wants(work.case()) {
            continue;
        }
        let library = match (is_slow, &slow) {
            (false, _) => None,
            (true, Ok(library)) => Some(library.as_path()),
            (true, Err(reason)) => {
                eprintln!("5 ms more for each sync: not measured, {reason}");
                continue;
            }
        };
        let address = free_address()?;
        let ours = Side {
            name: "shuangyong",
            program,
            arguments: ["serve", "--listen", &address, "--data"]
                .map(str::to_owned)
                .into_iter()
                .chain([folder.join("http").display().to_string()])
                .collect(),
            slow: library,
            address: address.clone(),
        };
        let measured = one(&runtime, &ours, *work, *connections, turn, &prepared)?;
        let mut peers = Vec::new();
        if let Ok(python) = python {
            let address = free_address()?;
            let port = address.rsplit(':').next().unwrap_or_default().to_owned();
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peer_http.py");
            let data = folder.join(format!("peer-http-{turn}"));
            let persons = folder.join("http").display().to_string();
            let arguments = vec![script.display().to_string(), port, data.display().to_string(), persons];
            let peer = Side { name: "FastAPI", program: python, arguments, slow: library, address };
            match one(&runtime, &peer, *work, *connections, turn, &prepared) {
                Ok(figures) => peers.push(("FastAPI".to_owned(), figures)),
                Err(error) => eprintln!("peer: {error}"),
            }
        }
        let slower = if *is_slow { ", 5 ms more for each sync" } else { "" };
        lines.push(Line::new(
            format!("{}, {connections} connections{slower}", work.name()),
            mark,
            measured,
            peers,
        ));
    }
    Ok(())
}

fn one(
    runtime: &tokio::runtime::Runtime,
    side: &Side,
    work: Work,
    connections: usize,
    turn: usize,
    prepared: &Prepared,
) -> Result<Figures> {
    let running = side.start()?;
    let process = running.0.id().to_string();
    let requests = work::requests(work, connections, turn, prepared)?;
    let acts = requests.len();
    // The first answers warm caches and the connection pool; they are not counted.
    runtime.block_on(load::warm(&side.address, work, prepared))?;
    let cpu = process_cpu_ms(&process);
    let start = Instant::now();
    let Answered { mut took_us, failures, first_failure } =
        runtime.block_on(load::drive(&side.address, requests, connections));
    let wall_us = micros(start.elapsed()).max(1);
    let cpu_ms = process_cpu_ms(&process) - cpu;
    let peak_kb = memory_kb(&process, "VmHWM:");
    drop(running);
    if failures > 0 {
        return Err(format!("{}: {failures} of {acts} refused, first {first_failure}", side.name).into());
    }
    let per_second = u64::try_from(acts)? * 1_000_000 / wall_us;
    let ms = |us: u64| format!("{}.{:02} ms", us / 1000, us % 1000 / 10);
    let note = format!(
        "{per_second}/s, p50 {}, p99 {}, CPU {} µs each",
        ms(percentile(&mut took_us, 50)),
        ms(percentile(&mut took_us, 99)),
        cpu_ms * 1000 / u64::try_from(acts)?.max(1),
    );
    Ok(Figures { wall_us: wall_us / u64::try_from(acts)?.max(1), cpu_ms: 0, peak_kb, note })
}

/// Builds the library that adds 5 ms to every sync.
fn slow_sync(folder: &Path) -> std::result::Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/slow_sync.c");
    let library = folder.join("slow_sync.so");
    let made = Command::new("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).output();
    match made {
        Ok(output) if output.status.success() => Ok(library),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(format!("cc: {error}")),
    }
}

/// What the campaign is called in what is sent.
const fn campaign() -> &'static str {
    CAMPAIGN
}
