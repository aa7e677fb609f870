//! Payments under kill -9: at a random moment of prepare, approve, export or settle the program ends; afterwards the
//! batch is in one legal state, its sums balance, no line is lost or there twice, and the step can be taken again.

use super::{Chance, County, number_behind};
use crate::Outcome;
use domain::citizen::CitizenId;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const BATCH: &str = "bayi-2024-01";
/// Who does what, in order; the first word is the step.
const STEPS: [(&str, &[&str]); 6] = [
    ("prepare", &["--campaign", super::CAMPAIGN, "--as", "jingban"]),
    ("check", &[BATCH, "--as", "fuhe"]),
    ("approve", &[BATCH, "--as", "shenpi"]),
    ("export", &[BATCH, "--as", "jingban", "--date", "2024-07-26", "--output", "bank"]),
    ("send", &[BATCH, "--as", "jingban"]),
    ("settle", &[BATCH, "结果.csv", "--as", "jingban"]),
];
/// The steps during which the program is killed.
const KILLED: [&str; 4] = ["prepare", "approve", "export", "settle"];
/// A batch's state after each step.
const AFTER: [&str; 6] = ["draft", "checked", "approved", "exported", "sent", "settled"];

/// People with accounts, born before 1900, and the bank's answer: every tenth comes back.
fn people(county: &County, count: u32) -> Outcome {
    let mut roster = "姓名,公民身份号码,优抚类别,乡镇,享受定期抚恤补助,开户银行,银行账号\n".to_owned();
    let mut answer = "账号,户名,金额,处理结果,失败原因,交易日期\n".to_owned();
    for serial in 1..=count {
        let born = 18_800_101 + u64::from(serial / 900) * 10_000;
        let first = format!("500240{born}{:03}", serial % 900 + 1);
        let number = CitizenId::complete(&first).ok_or("not a number")?;
        let name = format!("安{}", word(serial));
        let account = format!("99170000000000{serial:05}");
        writeln!(roster, "{name},{},老复员军人,黄水镇,是,某农商行,{account}", number.reveal())?;
        let outcome = if serial % 10 == 0 { "失败,账户已销户" } else { "成功," };
        writeln!(answer, "{account},{name},50.00,{outcome},2024-07-26")?;
    }
    std::fs::write(county.folder.join("名册.csv"), roster)?;
    std::fs::write(county.folder.join("结果.csv"), answer)?;
    Ok(())
}

/// 12 -> 一二
fn word(number: u32) -> String {
    let digits: Vec<char> = "零一二三四五六七八九".chars().collect();
    number.to_string().bytes().map(|digit| digits[usize::from(digit - b'0')]).collect()
}

fn copy(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Kills `times` steps of payments of `count` persons, each in a county of its own.
pub(super) fn run(start: &County, chance: &mut Chance, times: u64, count: u32) -> Outcome {
    people(start, count)?;
    start.ok(&["roster", "import", "名册.csv"])?;
    for (login, role) in
        [("jingban", "finance_maker"), ("fuhe", "finance_checker"), ("shenpi", "finance_approver")]
    {
        start.ok(&["account", "create", login, "--name", login, "--role", role])?;
    }
    let rounds = start.folder.with_extension("rounds");
    let mut cut_short = 0;
    for time in 1..=times {
        let county = County { program: start.program.clone(), folder: rounds.clone() };
        copy(&start.folder, &county.folder)?;
        let killed = *chance.pick(&KILLED);
        cut_short += u64::from(round(&county, chance, (killed, count), time)?);
        std::fs::remove_dir_all(&county.folder)?;
    }
    if cut_short == 0 {
        return Err("no step was cut short: nothing was tried".into());
    }
    println!(
        "{cut_short} of {times} steps were cut short; every batch was in one legal state and ended as it should"
    );
    Ok(())
}

fn round(
    county: &County,
    chance: &mut Chance,
    (killed, count): (&str, u32),
    time: u64,
) -> Result<bool, Box<dyn std::error::Error>> {
    let mut was_cut = false;
    for (place, (step, arguments)) in STEPS.iter().enumerate() {
        let all = [&["payment", step], *arguments].concat();
        if *step == killed {
            // About as long as the program needs to start and do a little.
            let start = Instant::now();
            county.ok(&["payment", "status"])?;
            let most = u64::try_from(start.elapsed().as_millis())? * 3 / 2;
            let moment = Duration::from_millis(chance.below(most));
            let mut child = county.begin(&all)?;
            std::thread::sleep(moment);
            child.kill()?;
            was_cut = !child.wait()?.success();
            let state = state(county)?;
            let before = if place == 0 { "" } else { AFTER[place - 1] };
            if state != before && state != AFTER[place] {
                let folder = county.folder.display();
                return Err(format!("after a killed {step} the batch is “{state}”; look at {folder}").into());
            }
            balanced(county, &state, count)?;
            println!(
                "{time}: {step} for {} ms: {}",
                moment.as_millis(),
                if state.is_empty() { "no batch" } else { &state }
            );
            if state == AFTER[place] && *step != "settle" {
                continue;
            }
        }
        county.ok(&all)?;
        balanced(county, &state(county)?, count)?;
    }
    county.whole()?;
    let end = county.ok(&["payment", "status", BATCH, "--format", "json"])?;
    let (paid, returned) = (sum(&end, "paid"), sum(&end, "returned"));
    let back = u64::from(count / 10);
    if (paid, returned) != (Some(u64::from(count) - back), Some(back)) {
        return Err(format!("paid {paid:?}, returned {returned:?} of {count}").into());
    }
    Ok(was_cut)
}

/// The state of the one batch; empty when there is none.
fn state(county: &County) -> Result<String, Box<dyn std::error::Error>> {
    let list = county.ok(&["payment", "status", "--campaign", super::CAMPAIGN, "--format", "json"])?;
    let Some((_, rest)) = list.split_once("\"state\": \"") else { return Ok(String::new()) };
    if rest.contains("\"state\": \"") {
        return Err(format!("there is more than one batch: {list}").into());
    }
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

/// How many lines stand under one of the totals.
fn sum(batch: &str, which: &str) -> Option<u64> {
    let totals = batch.split_once("\"totals\": {")?.1;
    number_behind(totals.split_once(&format!("\"{which}\": {{"))?.1, "\"count\": ")
}

/// Due = paid + returned + waiting + cancelled, each person has one line, and none is lost.
fn balanced(county: &County, state: &str, count: u32) -> Outcome {
    if state.is_empty() {
        return Ok(());
    }
    let batch = county.ok(&["payment", "status", BATCH, "--lines", "--format", "json"])?;
    let part = |which| sum(&batch, which).ok_or_else(|| format!("no sum {which}: {batch}"));
    let parts = part("paid")? + part("returned")? + part("waiting")? + part("cancelled")?;
    let lines = u64::try_from(batch.matches("\"seq\": ").count())?;
    if part("due")? != parts || parts != u64::from(count) || lines != u64::from(count) {
        return Err(format!("due {}, parts {parts}, lines {lines} of {count}", part("due")?).into());
    }
    Ok(())
}
