//! Several processes on one database: the page and the command line at once, two imports at once, and a process that
//! is killed in the middle.

use super::http::Server;
use super::kit::{Folder, citizen, counts, csv, shizhu};
use serde_json::Value;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const HEAD: &str = "姓名,公民身份号码,优抚类别,乡镇（街道）";
const VISIT_HEAD: &str = "走访日期,走访单位,对象姓名,公民身份号码,走访方式,慰问金（元）,资金来源";

/// A roster of so many persons, numbered from `first`.
fn roster(county: &Folder, name: &str, first: u32, many: u32) -> String {
    let rows: Vec<String> = (first..first + many)
        .map(|number| format!("测{number},{},老复员军人,西沱镇", citizen(number)))
        .collect();
    county.write(name, csv(HEAD, &rows.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// One visit to each of them, of 100 yuan.
fn visits(county: &Folder, name: &str, first: u32, many: u32) -> String {
    let rows: Vec<String> = (first..first + many)
        .map(|number| format!("2024-07-20,西沱镇,测{number},{},登门看望,100,本单位", citizen(number)))
        .collect();
    county.write(name, csv(VISIT_HEAD, &rows.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// An import at work. Its answer goes to a file: a pipe would hold it up once it is full.
struct Running {
    child: Child,
    answer: PathBuf,
}

fn begin(county: &Folder, args: &[&str]) -> Running {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let answer = county.path(&format!("answer-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let mut command = county.command(args);
    command.stdout(File::create(&answer).unwrap()).stderr(Stdio::null());
    Running { child: command.spawn().unwrap(), answer }
}

/// Waits for an import and gives its answer.
fn end(mut running: Running) -> Value {
    assert!(running.child.wait().unwrap().success());
    serde_json::from_slice(&std::fs::read(running.answer).unwrap()).unwrap()
}

/// Everything kept agrees with the records, and the log with itself.
fn whole(county: &Folder) -> Value {
    let table = county.json(&["statistics", "--campaign", "bayi-2024", "--verify"]);
    assert_eq!(county.json(&["audit", "verify"])["whole"], true);
    table
}

#[test]
fn the_page_runs_while_the_command_line_imports() {
    let county = shizhu();
    let server = Server::start(&county);
    let visits_seen = || {
        let table = server.get("/api/v1/counties/500240/campaigns/bayi-2024/statistics").json();
        table["total"]["visits"].as_u64().unwrap()
    };
    assert_eq!(visits_seen(), 0);
    let people = roster(&county, "名册.csv", 1, 300);
    let mut import = begin(&county, &["roster", "import", &people, "--format", "json"]);
    while import.child.try_wait().unwrap().is_none() {
        assert_eq!(visits_seen(), 0);
    }
    assert_eq!(counts(&end(import)), [300, 300, 0, 0, 0]);
    let calls = visits(&county, "走访.csv", 1, 300);
    let mut import =
        begin(&county, &["visit", "import", &calls, "--campaign", "bayi-2024", "--format", "json"]);
    // A reader sees all of an import or nothing of it.
    while import.child.try_wait().unwrap().is_none() {
        let seen = visits_seen();
        assert!(seen == 0 || seen == 300, "{seen}");
    }
    assert_eq!(visits_seen(), 300);
    assert_eq!(counts(&end(import)), [300, 300, 0, 0, 0]);
    assert_eq!(whole(&county)["total"]["money_fen"], 3_000_000);
    // What the server keeps in memory follows the other process as well.
    county.ok(&["unit", "rename", "西沱镇", "--to", "西沱古镇"]);
    let units = server.get("/api/v1/counties/500240/units").json();
    assert!(units["items"].as_array().unwrap().iter().any(|unit| unit["name"] == "西沱古镇"));
}

#[test]
fn two_imports_at_once_follow_each_other() {
    let county = shizhu();
    // The halves overlap by fifty persons: whoever comes second finds them unchanged.
    let (a, b) = (roster(&county, "甲.csv", 1, 150), roster(&county, "乙.csv", 101, 150));
    let both = [&a, &b].map(|file| begin(&county, &["roster", "import", file, "--format", "json"]));
    let answers = both.map(end);
    let sum = |key: &str| answers.iter().map(|answer| answer[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("read"), sum("added"), sum("unchanged"), sum("refused")), (300, 250, 50, 0));
    let (a, b) = (visits(&county, "甲走访.csv", 1, 150), visits(&county, "乙走访.csv", 101, 150));
    let both = [&a, &b].map(|file| {
        begin(&county, &["visit", "import", file, "--campaign", "bayi-2024", "--format", "json"])
    });
    let answers = both.map(end);
    let sum = |key: &str| answers.iter().map(|answer| answer[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("read"), sum("added"), sum("unchanged"), sum("refused")), (300, 250, 50, 0));
    let table = whole(&county);
    assert_eq!((&table["total"]["visits"], &table["total"]["persons"]), (&250.into(), &250.into()));
}

#[test]
fn what_is_killed_in_the_middle_leaves_nothing_half() {
    let county = shizhu();
    let people = roster(&county, "名册.csv", 1, 400);
    let calls = visits(&county, "走访.csv", 1, 400);
    county.ok(&["roster", "import", &people]);
    // Moments spread over the time of one import; the last is long enough for the whole.
    for moment_ms in [5, 20, 45, 80, 130, 200, 5_000] {
        let mut import = begin(&county, &["visit", "import", &calls, "--campaign", "bayi-2024"]);
        std::thread::sleep(Duration::from_millis(moment_ms));
        import.child.kill().unwrap();
        import.child.wait().unwrap();
        let seen = whole(&county)["total"]["visits"].as_u64().unwrap();
        assert!(seen == 0 || seen == 400, "after {moment_ms} ms: {seen}");
    }
    // What was interrupted is simply done again.
    let again = county.json(&["visit", "import", &calls, "--campaign", "bayi-2024"]);
    let [read, added, _, unchanged, refused] = counts(&again);
    assert_eq!((read, added + unchanged, refused), (400, 400, 0));
    assert_eq!(whole(&county)["total"]["money_fen"], 4_000_000);
}
