//! Paying so many people: prepared with all checks, approved, written for the bank, settled by its answer.

use super::measure::{Figures, Watch, micros};
use super::world::{self, CAMPAIGN};

use app::payment::{self, Handed, Op, Wanted};
use app::{App, Caller, Principal};
use domain::authority::{Grant, Role};
use domain::citizen::CitizenId;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;
use uuid::Uuid;

type Measured = Result<Figures, Box<dyn std::error::Error>>;

/// Somebody of the chain.
fn of(number: u128, role: Role) -> Caller {
    let principal = Principal {
        account: Uuid::from_u128(number),
        session: None,
        staff: Some(Uuid::from_u128(number)),
        county: world::code(),
        grants: vec![Grant { role, unit: None }],
        only: None,
        pending: None,
    };
    Caller::account(format!("account:{number}"), principal, None, None)
}

/// The roster and the bank's answer: every hundredth comes back.
fn files(folder: &Path, people: usize) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let towns = ["黄水镇", "西沱镇", "沙子镇", "临溪镇", "悦崃镇"];
    let mut roster =
        "\u{feff}姓名,公民身份号码,优抚类别,乡镇（街道）,享受定期抚恤补助,开户银行,银行账号\n".to_owned();
    let mut answer = "账号,户名,金额,处理结果,失败原因,交易日期\n".to_owned();
    for serial in 0..people {
        let (year, day, rest) = (1880 + serial / 27_000 % 20, serial / 900 % 28 + 1, serial % 900 + 1);
        let month = serial / 25_200 % 12 + 1;
        let first = format!("{}{year}{month:02}{day:02}{rest:03}", 500_240);
        let number = CitizenId::complete(&first).ok_or("not a number")?;
        let name = format!("安{}", word(serial));
        let account = format!("99170000000{serial:08}");
        let town = towns[serial % towns.len()];
        writeln!(roster, "{name},{},老复员军人,{town},是,某农商行,{account}", number.reveal())?;
        let outcome = if serial % 100 == 0 { "失败,账户已销户" } else { "成功," };
        writeln!(answer, "{account},{name},50.00,{outcome},2024-08-12")?;
    }
    std::fs::write(folder.join("payees.csv"), roster)?;
    Ok(answer.into_bytes())
}

fn word(number: usize) -> String {
    let digits: Vec<char> = "零一二三四五六七八九".chars().collect();
    number.to_string().bytes().map(|digit| digits[usize::from(digit - b'0')]).collect()
}

/// One batch of `people` lines through its life; wall time is the preparation's, the rest stands beside it.
pub async fn run(folder: &Path, people: usize) -> Measured {
    let data = folder.join(format!("pay-{people}"));
    std::fs::create_dir_all(&data)?;
    let answer = files(&data, people)?;
    let app: App = world::open(&data, 9).await?;
    app::county::init(&app, &world::caller(), &world::county()?).await?;
    let template =
        formats::campaign::builtin().iter().find(|(key, _)| *key == "bayi").ok_or("no template")?.1;
    app::campaign::create(&app, &world::caller(), world::code(), template, world::YEAR, None).await?;
    app::roster::import(&app, &world::caller(), world::code(), &data.join("payees.csv"), false).await?;
    let [maker, checker, approver] =
        [(1, Role::FinanceMaker), (2, Role::FinanceChecker), (3, Role::FinanceApprover)]
            .map(|(n, role)| of(n, role));
    let wanted = Wanted { campaign: CAMPAIGN.to_owned(), ..Wanted::default() };
    let watch = Watch::start();
    let made = payment::prepare(&app, &maker, world::code(), &wanted, None).await?;
    let mut figures = watch.stop("");
    let batch = made.batch.batch.id;
    let lines = made.batch.batch.totals.due.count;
    for check in &made.batch.checks {
        let op = Op::Pass { check: check.check.to_owned(), lines: None, reason: "测速".to_owned() };
        payment::act(&app, &maker, world::code(), &batch, op, None).await?;
    }
    payment::act(&app, &checker, world::code(), &batch, Op::Check, None).await?;
    let mut took = Vec::new();
    let handed = Handed::new("结果.csv", answer, None, None);
    let constants = BTreeMap::from([("unit_no".to_owned(), "990001".to_owned())]);
    let export = |layout: &str| Op::Export {
        layout: Some(layout.to_owned()),
        constants: constants.clone(),
        date: None,
    };
    for (name, who, op) in [
        ("approve", &approver, Op::Approve),
        ("workbook", &maker, export("plain_xlsx")),
        ("file", &maker, export("rural_text")),
        ("send", &maker, Op::Send),
        ("settle", &maker, Op::Settle(handed)),
    ] {
        let start = Instant::now();
        payment::act(&app, who, world::code(), &batch, op, None).await?;
        let spent = micros(start.elapsed());
        took.push(format!("{name} {}.{} ms", spent / 1000, spent % 1000 / 100));
    }
    figures.note = format!("{lines} lines; {}", took.join(", "));
    app.db.close().await;
    Ok(figures)
}
