//! Measures the marks of docs/performance.md and prints one table: ours, the peer on the same files in the same run, the mark.
//!
//! Every case runs in a process of its own (`bench --case NAME`), so that its peak memory and CPU seconds are its own.
//! Nothing here decides anything: figures are printed, never asserted.

mod cases;
mod http;
mod measure;
mod payment;
mod peers;
mod phases;
mod program;
mod report;
mod world;

use crate::{Outcome, option};
use measure::Figures;
use report::Line;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What `xtask help` prints.
pub const HELP: &str = "\
速度和内存的对照表 speed and memory beside a Python script on the same files; docs/performance.md
--large N      大活动的走访条数 visits of the large campaign (1000000; 0 leaves it out)
--only A,B     只测这些 only these: roster-xlsx,roster-csv,phases-xlsx,
               phases-csv,export,table,table-large,coverage,record,audit-verify,
               disk,payment,server,http (http-visit,http-photo,
               http-first-page,http-search)
--python PATH  benches/setup.sh 打印的 python; without it benches/setup.sh is run, and without pip ours stand alone
--server PATH  shuangyong 程序：量空闲内存、冷启动和 HTTP measure idle memory, cold start and HTTP too
--folder DIR   测试文件放在哪里 where test files go (a temporary folder, removed afterwards)";

/// Persons of the large roster.
const ROSTER: usize = 100_000;
/// Persons and visits of a county.
const PEOPLE: usize = 4_000;
const VISITS: usize = 50_000;
/// Visits recorded one by one.
const RECORDED: usize = 20_000;
/// Rows of the audit chain that is verified.
const AUDIT: usize = 1_000_000;
/// Visits of the large campaign unless `--large` says otherwise.
const LARGE: usize = 1_000_000;

/// Runs everything, or in a child process one case.
pub fn run(arguments: &[String]) -> Outcome {
    if let Ok(name) = option(arguments, "--case") {
        let size = option(arguments, "--size").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        let figures = cases::run(name, Path::new(option(arguments, "--folder")?), size)?;
        println!("{}", serde_json::to_string(&figures)?);
        return Ok(());
    }
    let temporary;
    let folder = if let Ok(folder) = option(arguments, "--folder") {
        std::fs::create_dir_all(folder)?;
        PathBuf::from(folder)
    } else {
        temporary = tempfile::tempdir()?;
        temporary.path().to_owned()
    };
    let bench = Bench {
        folder,
        only: option(arguments, "--only").map(|text| text.split(',').map(str::to_owned).collect()).ok(),
        large: option(arguments, "--large").ok().map_or(Ok(LARGE), str::parse)?,
        python: peers::python(option(arguments, "--python").ok()),
        server: option(arguments, "--server").ok().map(PathBuf::from),
    };
    report::head(&bench.python)?;
    let lines = bench.lines()?;
    report::table(&lines);
    Ok(())
}

/// What is asked for.
struct Bench {
    folder: PathBuf,
    only: Option<Vec<String>>,
    large: usize,
    python: Result<PathBuf, String>,
    server: Option<PathBuf>,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|it| it == name))
    }

    fn lines(&self) -> Result<Vec<Line>, Box<dyn std::error::Error>> {
        let mut lines = Vec::new();
        self.rosters(&mut lines)?;
        self.county(&mut lines)?;
        if self.large > 0 && self.wants("table-large") {
            self.prepare("prepare-large", self.large)?;
            let ours = self.case("table-large", self.large)?;
            let peers = self.peer(&["table"], "large/shuangyong.sqlite");
            lines.push(Line::new(format!("county table over {} visits", self.large), "≤ 2 ms", ours, peers));
            let ours = self.case("coverage-large", self.large)?;
            lines.push(Line::new(format!("coverage over {} visits", self.large), "≤ 20 ms", ours, vec![]));
        }
        if self.wants("record") {
            self.prepare("prepare-record", PEOPLE)?;
            let ours = self.case("record", RECORDED)?;
            let what = format!("{RECORDED} visits recorded one act each, 64 at once");
            lines.push(Line::new(what, "≥ 3,000/s", ours, vec![]));
        }
        if self.wants("audit-verify") {
            self.prepare("prepare-audit", AUDIT)?;
            let ours = self.case("audit-verify", AUDIT)?;
            lines.push(Line::new(format!("audit verify over {AUDIT} rows"), "≤ 5 s", ours, vec![]));
        }
        if self.wants("payment") {
            for (people, mark) in
                [(3_000, "prepare ≤ 0.15 s"), (ROSTER, "≤ 4 s; approve 1 s, file 0.5 s, settle 3 s")]
            {
                let ours = self.case("payment", people)?;
                lines.push(Line::new(
                    format!("a batch of {people} lines prepared with all checks"),
                    mark,
                    ours,
                    vec![],
                ));
            }
        }
        if self.wants("disk") {
            let ours = self.case("disk", 200)?;
            lines.push(Line::new("fdatasync of 4 KiB on this disk", "", ours, vec![]));
        }
        if let (Some(server), true) = (&self.server, self.wants("server")) {
            let (start, idle) = program::measure(server, &self.folder.join("server"))?;
            lines.push(Line::new("cold start until /health answers", "≤ 0.15 s", start, vec![]));
            lines.push(Line::new("server after 2 s of idling", "≤ 40 MB", idle, vec![]));
        }
        let is_wanted = |name: &str| self.wants("http") || self.wants(name);
        if let Some(server) = self.server.as_ref().filter(|_| http::NAMES.into_iter().any(is_wanted)) {
            self.prepare("prepare-http", 0)?;
            http::run(&self.folder, server, self.python.as_deref(), is_wanted, &mut lines)?;
        }
        Ok(lines)
    }

    fn rosters(&self, lines: &mut Vec<Line>) -> Outcome {
        if ["roster-xlsx", "roster-csv", "phases-xlsx", "phases-csv"].iter().any(|name| self.wants(name)) {
            self.prepare("prepare-roster", ROSTER)?;
        }
        for (case, file, mark) in
            [("roster-xlsx", "roster.xlsx", "≤ 1.5 s, ≤ 150 MB"), ("roster-csv", "roster.csv", "≤ 1.0 s")]
        {
            if self.wants(case) {
                let ours = self.case(case, ROSTER)?;
                let peers = self.peer(&["pandas", "openpyxl"], file);
                let kind = file.rsplit('.').next().unwrap_or_default();
                lines.push(Line::new(format!("roster of {ROSTER} rows from {kind}"), mark, ours, peers));
            }
        }
        for (case, kind) in [("phases-xlsx", "xlsx"), ("phases-csv", "csv")] {
            if self.wants(case) {
                let steps = self.case(case, ROSTER)?;
                lines.push(Line::new(
                    format!("the steps from {kind}, one after the other"),
                    "",
                    steps,
                    vec![],
                ));
            }
        }
        Ok(())
    }

    fn county(&self, lines: &mut Vec<Line>) -> Outcome {
        let (export, table, coverage) = (self.wants("export"), self.wants("table"), self.wants("coverage"));
        if export || table || coverage {
            self.prepare("prepare-county", VISITS)?;
        }
        if export {
            let ours = self.case("export", VISITS)?;
            let peers = self.peer(&["export-openpyxl", "export-xlsxwriter"], "county/shuangyong.sqlite");
            lines.push(Line::new(
                format!("export of {VISITS} visits to xlsx"),
                "≤ 0.6 s, ≤ 60 MB",
                ours,
                peers,
            ));
        }
        if table {
            let ours = self.case("table", VISITS)?;
            let peers = self.peer(&["table"], "county/shuangyong.sqlite");
            lines.push(Line::new(format!("county table over {VISITS} visits"), "≤ 2 ms", ours, peers));
        }
        if coverage {
            let ours = self.case("coverage", VISITS)?;
            lines.push(Line::new(format!("coverage of {PEOPLE} persons"), "≤ 20 ms", ours, vec![]));
        }
        Ok(())
    }

    fn prepare(&self, case: &str, size: usize) -> Outcome {
        let done = self.case(case, size)?;
        eprintln!("{case}: {}", done.said());
        Ok(())
    }

    /// Runs one of our cases in a process of its own.
    fn case(&self, name: &str, size: usize) -> Result<Figures, Box<dyn std::error::Error>> {
        let mut child = Command::new(std::env::current_exe()?);
        child.args(["bench", "--case", name, "--size", &size.to_string(), "--folder"]).arg(&self.folder);
        measure::child(child.stderr(Stdio::inherit())).map_err(|error| format!("{name}: {error}").into())
    }

    /// Runs the peers on a file, when there is a Python.
    fn peer(&self, names: &[&str], file: &str) -> Vec<(String, Figures)> {
        let Ok(python) = &self.python else { return Vec::new() };
        names.iter().filter_map(|name| peers::run(python, name, &self.folder.join(file))).collect()
    }
}
