//! Long tests of the real program: killed at any moment, and kept busy for hours.

mod pay;

use crate::Outcome;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const HELP: &str = "histories [--pure 1000000] [--sqlite 20000] [--postgres 5000]\n\
    random histories of payments, in memory and on both databases (SHUANGYONG_TEST_PG), against a tiny ledger\n\
    kill --program PATH [--times 5] [--seed 1] [--people 300] [--folder PATH]\n\
    ends the program (kill -9) at random moments of imports and undos; the figures and the log must stay whole\n\
    pay --program PATH [--times 20] [--seed 1] [--people 60] [--folder PATH]\n\
    ends the program at random moments of prepare, approve, export and settle\n\
    soak --program PATH [--minutes 60] [--seed 1] [--people 300] [--folder PATH]\n\
    imports, undoes, edits and exports in random order, and compares after each act";

const CAMPAIGN: &str = "bayi-2024";

pub fn run(arguments: &[String]) -> Outcome {
    let mode = arguments.first().map(String::as_str);
    let number = |name, otherwise| match crate::option(arguments, name) {
        Ok(text) => text.parse::<u64>().map_err(|_| format!("{name}: not a number: {text}")),
        Err(_) => Ok(otherwise),
    };
    if mode == Some("histories") {
        let [pure, sqlite, postgres] =
            [number("--pure", 1_000_000)?, number("--sqlite", 20_000)?, number("--postgres", 5_000)?];
        return histories(pure, sqlite, postgres);
    }
    let program = PathBuf::from(crate::option(arguments, "--program")?).canonicalize()?;
    let folder = crate::option(arguments, "--folder").map_or_else(
        |_| std::env::temp_dir().join(format!("shuangyong-long-{}", std::process::id())),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder)?;
    let mut chance = Chance(number("--seed", 1)?);
    let county = County { program, folder: folder.clone() };
    county.set_up(number("--people", 300)?, chance.0)?;
    match mode {
        Some("kill") => kill(&county, &mut chance, number("--times", 5)?)?,
        Some("pay") => {
            let people = u32::try_from(number("--people", 60)?)?;
            pay::run(&county, &mut chance, number("--times", 20)?, people)?;
        }
        Some("soak") => soak(&county, &mut chance, Duration::from_secs(60 * number("--minutes", 60)?))?,
        _ => return Err(format!("what to do? {HELP}").into()),
    }
    // Kept when something failed, so that it can be looked at.
    Ok(std::fs::remove_dir_all(folder)?)
}

/// Runs the tests of histories with more of them.
fn histories(pure: u64, sqlite: u64, postgres: u64) -> Outcome {
    let app = ["-p", "app", "--test", "app"];
    for (count, package, test) in [
        (pure, &["-p", "domain", "--lib"][..], "any_history_of_payments_balances_and_pays_nobody_twice"),
        (sqlite, &app, "any_history_of_payments_holds_in_sqlite"),
        (postgres, &app, "any_history_of_payments_holds_in_postgres"),
    ] {
        if count == 0 {
            continue;
        }
        let start = Instant::now();
        let status = Command::new("cargo")
            // Three times as quick as the profile of the tests.
            .args(["test", "--profile", "fast"])
            .args(package)
            .args(["--", "--nocapture", test])
            .env("SHUANGYONG_HISTORIES", count.to_string())
            .status()?;
        if !status.success() {
            return Err(format!("{test}: {status}").into());
        }
        println!("{test}: {count} histories hold, {} s", start.elapsed().as_secs());
    }
    Ok(())
}

/// Numbers from a seed (SplitMix64): a run can be repeated, though not to the microsecond.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.below(all.len() as u64);
        &all[usize::try_from(at).unwrap_or_default()]
    }
}

/// A county in a folder, and the program that works on it.
struct County {
    program: PathBuf,
    folder: PathBuf,
}

impl County {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_remove("SHUANGYONG_DATABASE")
            .env("SHUANGYONG_KEYS", self.folder.join("keys"))
            .stdin(Stdio::null());
        command
    }

    fn output(&self, arguments: &[&str]) -> Result<Output, Box<dyn std::error::Error>> {
        Ok(self.command(arguments).output()?)
    }

    /// Runs what must succeed, and gives what it printed.
    fn ok(&self, arguments: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
        let output = self.output(arguments)?;
        let error = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let folder = self.folder.display();
            return Err(format!("{arguments:?} failed in {folder}: {}: {error}", output.status).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn begin(&self, arguments: &[&str]) -> Result<Child, Box<dyn std::error::Error>> {
        Ok(self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }

    fn set_up(&self, people: u64, seed: u64) -> Outcome {
        let (people, visits, seed) = (people.to_string(), (people * 2).to_string(), seed.to_string());
        self.ok(&["init", "--county", "500240"])?;
        self.ok(&["campaign", "create", "--template", "bayi", "--year", "2024"])?;
        let generate = ["generate", "--county", "500240", "--people", &people, "--visits", &visits];
        self.ok(&[&generate[..], &["--seed", &seed, "--output", "."]].concat())?;
        let template = include_str!("../../../campaigns/bayi.toml");
        std::fs::write(self.folder.join("甲.toml"), template)?;
        // With a row more, before all others: every visit is looked at anew when the templates change places.
        let edited = template.replacen("enabled = false\n", "enabled = true\n", 1);
        std::fs::write(self.folder.join("乙.toml"), edited)?;
        Ok(())
    }

    /// The kept figures agree with the records, and the log with itself. Gives the number of visits.
    fn whole(&self) -> Result<u64, Box<dyn std::error::Error>> {
        let table = self.ok(&["statistics", "--campaign", CAMPAIGN, "--verify", "--format", "json"])?;
        let log = self.ok(&["audit", "verify", "--format", "json"])?;
        if !log.contains("\"whole\": true") {
            return Err(format!("the log is not whole: {log}").into());
        }
        let total = table.rsplit_once("\"total\": {").map_or("", |(_, total)| total);
        number_behind(total, "\"visits\": ").ok_or_else(|| "the table names no visits".into())
    }
}

fn number_behind(text: &str, key: &str) -> Option<u64> {
    let rest = text.split_once(key)?.1;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

const ROSTER: &[&str] = &["roster", "import", "名册.xlsx"];
const VISITS: &[&str] = &["visit", "import", "走访.xlsx", "--campaign", CAMPAIGN];

impl County {
    /// The newest import of visits that is not taken back.
    fn import(&self) -> Result<Option<String>, Box<dyn std::error::Error>> {
        let list = self.ok(&["roster", "imports"])?;
        let line = list.lines().find(|line| line.contains("走访.xlsx") && !line.contains("已撤销"));
        Ok(line.and_then(|line| line.split_whitespace().next()).map(str::to_owned))
    }

    /// Either all visits of the file are there or none.
    fn all_or_none(&self, all: u64, after: &str) -> Result<u64, Box<dyn std::error::Error>> {
        let visits = self.whole()?;
        if visits == 0 || visits == all {
            return Ok(visits);
        }
        let folder = self.folder.display();
        Err(format!("{visits} of {all} visits are there after {after}; look at {folder}").into())
    }
}

fn kill(county: &County, chance: &mut Chance, times: u64) -> Outcome {
    // An undisturbed import tells how long one takes, and how many visits are all of them.
    county.ok(ROSTER)?;
    let start = Instant::now();
    county.ok(VISITS)?;
    let took = u64::try_from(start.elapsed().as_millis())?;
    let all = county.whole()?;
    let mut cut_short = 0;
    for time in 1..=times {
        let import = county.import()?;
        let undo = ["visit", "undo", import.as_deref().unwrap_or_default()];
        let act = if import.is_some() { &undo[..] } else { VISITS };
        let moment = Duration::from_millis(chance.below(took + took / 4));
        let mut child = county.begin(act)?;
        std::thread::sleep(moment);
        child.kill()?;
        cut_short += u64::from(!child.wait()?.success());
        let visits = county.all_or_none(all, &format!("{act:?} was killed"))?;
        println!("{time}: visit {} for {} ms: {visits} visits", act[1], moment.as_millis());
    }
    println!("{cut_short} of {times} acts were cut short; nothing was half done");
    Ok(())
}

fn soak(county: &County, chance: &mut Chance, time: Duration) -> Outcome {
    county.ok(ROSTER)?;
    county.ok(VISITS)?;
    let all = county.whole()?;
    let (start, mut acts) = (Instant::now(), 0_u64);
    while start.elapsed() < time {
        let import = county.import()?.unwrap_or_default();
        let undo = ["visit", "undo", &import];
        let again = if import.is_empty() { VISITS } else { &undo };
        let act = *chance.pick(&[
            again,
            VISITS,
            ROSTER,
            &["campaign", "edit", CAMPAIGN, "--template", "甲.toml"],
            &["campaign", "edit", CAMPAIGN, "--template", "乙.toml"],
            &["unit", "alias", "西沱镇", "西沱古镇"],
            &["statistics", "--campaign", CAMPAIGN, "--format", "xlsx", "--output", "表.xlsx"],
            &["visit", "export", "--campaign", CAMPAIGN, "--output", "走访记录.xlsx"],
        ]);
        // An alias that is there already is refused, and that is right.
        if act[0] == "unit" {
            county.output(act)?;
        } else {
            county.ok(act)?;
        }
        county.all_or_none(all, &format!("{act:?}"))?;
        acts += 1;
        if acts.is_multiple_of(50) {
            println!("{acts} acts in {} s", start.elapsed().as_secs());
        }
    }
    println!("{acts} acts; the figures and the log were whole after each");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_follows_its_seed() {
        let draw = |seed| {
            (0..4)
                .map(|_| 0)
                .scan(Chance(seed), |chance, _: u64| Some(chance.below(1000)))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!((0..1000).all(|seed| Chance(seed).below(3) < 3));
    }

    #[test]
    fn numbers_are_read_from_printed_json() {
        assert_eq!(number_behind("{\n  \"visits\": 600,\n", "\"visits\": "), Some(600));
        assert_eq!(number_behind("{}", "\"visits\": "), None);
    }
}
