//! Measures what the store promises: `cargo run --release -p store --example speed [ROWS]`. PostgreSQL is measured
//! when `SHUANGYONG_TEST_PG` names a server.
#![expect(clippy::unwrap_used, reason = "a measurement that fails tells so by panic")]

use domain::region::CountyCode;
use serde::Serialize;
use std::time::{Duration, Instant};
use store::testing::{NOW_MS, Scratch};
use store::{AuditEntry, MasterKey, Place, Sealer, StoreError, bulk};
use uuid::Uuid;

const PERSON: &[&str] = &[
    "county_code",
    "id",
    "name",
    "name_key",
    "name_word",
    "citizen_sealed",
    "citizen_index",
    "citizen_last4_index",
    "birth",
    "sex",
    "ethnicity",
    "township_id",
    "village_id",
    "household",
    "certificate",
    "address_sealed",
    "phone_sealed",
    "allowance",
    "bank_name",
    "account_sealed",
    "account_index",
    "account_name",
    "status",
    "hardship",
    "version",
    "received_at_ms",
];

/// A person as wide as a real one; the indexes stand in random order as blind indexes do.
#[derive(Clone)]
struct Person {
    county: CountyCode,
    number: u64,
}

impl Serialize for Person {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const SEALED: &str = "v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let mixed = self.number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let unit = Uuid::from_u128(1);
        let head = (
            self.county,
            Uuid::from_u128((0x0190_c1a2 << 96) + u128::from(self.number)),
            "马千里",
            "ma qian li",
            "马千里",
            SEALED,
            format!("{mixed:022x}"),
            format!("{:011x}", mixed % 10_000),
            "1950-01-01",
            "男",
            "土家族",
            unit,
            unit,
        );
        let tail = (
            self.number.to_string(),
            "渝军抚00001",
            SEALED,
            SEALED,
            self.number.is_multiple_of(2),
            "重庆农村商业银行",
            SEALED,
            format!("{:022x}", mixed.rotate_left(20)),
            "马千里",
            "normal",
            "",
            1,
            NOW_MS,
        );
        Joined(head, tail).serialize(serializer)
    }
}

/// Two tuples as one array: serde knows tuples of up to sixteen.
struct Joined<A, B>(A, B);

impl<A: Serialize, B: Serialize> Serialize for Joined<A, B> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde_json::Value::Array;
        let all = [serde_json::to_value(&self.0), serde_json::to_value(&self.1)].map(Result::unwrap);
        let all: Vec<_> =
            all.into_iter().flat_map(|it| if let Array(list) = it { list } else { vec![] }).collect();
        all.serialize(serializer)
    }
}

/// Wall clock and, on Linux, the processor time of this process: a shared machine is judged by the latter.
struct Watch {
    start: Instant,
    cpu: Duration,
}

impl Watch {
    fn start() -> Self {
        Self { start: Instant::now(), cpu: cpu() }
    }

    fn say(&self, what: &str, count: u64) {
        let (wall, cpu) = (self.start.elapsed(), cpu().saturating_sub(self.cpu));
        let rate = |took: Duration| u128::from(count) * 1_000_000 / took.as_micros().max(1);
        println!("{what}: {} /s, {} per second of own processor time", rate(wall), rate(cpu));
    }
}

/// User and system time in clock ticks of 10 ms.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

async fn persons(scratch: &Scratch, county: CountyCode, rows: u64) {
    let unit = domain::unit::Unit {
        id: Uuid::from_u128(1).into(),
        code: county.to_string(),
        kind: domain::unit::UnitKind::County,
        name: String::new(),
        short_name: String::new(),
        parent_id: None,
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    };
    let persons: Vec<Person> = (0..rows).map(|number| Person { county, number }).collect();
    let watch = Watch::start();
    let done: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                store::unit::add_many(act, county, &[unit]).await?;
                let watch = Watch::start();
                bulk::insert(act, "person", PERSON, &persons).await?;
                act.nothing_written();
                watch.say("  persons, 26 columns, all indexes and keys", rows);
                Ok(())
            })
        })
        .await;
    done.unwrap();
    watch.say("  the same with COMMIT", rows);
}

fn entry(number: u64) -> AuditEntry<'static> {
    AuditEntry {
        at_ms: NOW_MS,
        actor: "os:clerk",
        origin: "http",
        act: "visit.record",
        object_kind: "visit",
        object_id: Uuid::from_u128(number.into()).to_string(),
        outcome: "done",
        detail: serde_json::json!({ "campaign": "bayi-2024", "unit": "500240101000", "money_fen": 50_000 }),
    }
}

async fn audits(scratch: &Scratch, county: CountyCode, rows: u64) {
    let watch = Watch::start();
    let done: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                for number in 0..rows {
                    act.audit(entry(number)).await?;
                }
                Ok(())
            })
        })
        .await;
    done.unwrap();
    watch.say("  audit rows, one statement each", rows);
    let watch = Watch::start();
    let report = store::audit::verify(&mut scratch.db.read().await.unwrap(), county).await.unwrap();
    assert!(report.is_whole());
    watch.say("  audit rows verified", rows);
}

async fn acts(scratch: &Scratch, county: CountyCode, count: u64) {
    let watch = Watch::start();
    let all = (0..count).map(|number| {
        scratch.db.write(county, move |act| {
            Box::pin(async move {
                act.audit(entry(number)).await?;
                Ok::<_, StoreError>(())
            })
        })
    });
    for result in futures::future::join_all(all).await {
        result.unwrap();
    }
    watch.say("  acts with one audit row each, waiting together", count);
}

fn seals(count: u64) {
    let sealer = Sealer::new(&MasterKey::new([7; 32]));
    let county = "500240".parse().unwrap();
    let place =
        |row: u64| Place { county, table: "person", row: Uuid::from_u128(row.into()), field: "phone_sealed" };
    let watch = Watch::start();
    let length: usize = (0..count).map(|row| sealer.seal(place(row), "12345678901234567890").len()).sum();
    watch.say("fields of 20 bytes sealed", count);
    assert!(length > 0);
}

#[tokio::main]
async fn main() {
    let rows = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    seals(rows * 5);
    let mut all = vec![Scratch::sqlite().await];
    if std::env::var_os("SHUANGYONG_TEST_PG").is_some() {
        all.push(Scratch::postgres().await);
    }
    for scratch in all {
        println!("{:?}", scratch.db.backend());
        let county = scratch.shizhu().await;
        persons(&scratch, county, rows).await;
        audits(&scratch, county, rows).await;
        acts(&scratch, county, rows / 20).await;
        scratch.remove().await;
    }
}
