//! The write door: grouping, savepoints, callers that go away, panics, unaudited acts.

use store::testing::{NOW_MS, Scratch, both};
use store::{Act, AuditEntry, Db, StoreError, on};

use domain::region::CountyCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

pub fn entry(object: &str) -> AuditEntry<'static> {
    AuditEntry {
        at_ms: NOW_MS,
        actor: "os:安",
        origin: "cli",
        address: "",
        request_id: "",
        act: "test.act",
        object_kind: "test",
        object_id: object.to_owned(),
        outcome: "done",
        detail: serde_json::json!({ "n": 1 }),
    }
}

async fn add_day(act: &mut Act, day: &str) -> Result<(), StoreError> {
    const ADD: &str = "INSERT INTO holiday (county_code, on_date, kind, name) VALUES ($1, $2, '休', '')";
    let county = act.county();
    on!(act, c => sqlx::query(ADD).bind(county.as_str()).bind(day).execute(c).await.map(drop))?;
    Ok(())
}

async fn days(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<(String,)> =
        on!(&mut tx, c => sqlx::query_as("SELECT on_date FROM holiday ORDER BY on_date").fetch_all(c).await)
            .unwrap();
    rows.into_iter().map(|(day,)| day).collect()
}

async fn record(db: &Db, county: CountyCode, day: &'static str) -> Result<(), StoreError> {
    db.write(county, move |act| {
        Box::pin(async move {
            add_day(act, day).await?;
            act.audit(entry(day)).await
        })
    })
    .await
}

async fn whole(scratch: &Scratch, county: CountyCode, rows: i64) {
    let mut tx = scratch.db.read().await.unwrap();
    let report = store::audit::verify(&mut tx, county).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    assert_eq!((report.rows, report.head_seq), (rows, rows));
}

/// Holds the door until notified, so that what comes after waits together.
fn hold(db: &Db, county: CountyCode) -> (Arc<Notify>, tokio::task::JoinHandle<Result<(), StoreError>>) {
    let (gate, db) = (Arc::new(Notify::new()), db.clone());
    let waiting = Arc::clone(&gate);
    let held = tokio::spawn(async move {
        db.write(county, move |act| {
            Box::pin(async move {
                waiting.notified().await;
                act.nothing_written();
                Ok(())
            })
        })
        .await
    });
    (gate, held)
}

#[tokio::test]
async fn acts_that_wait_share_a_transaction_and_fail_alone() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let (gate, held) = hold(db, county);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let taken = async {
            let result: Result<(), StoreError> = db
                .write(county, |act| {
                    Box::pin(async move {
                        add_day(act, "2027-01-02").await?;
                        act.audit(entry("taken")).await?;
                        // The same day again: PostgreSQL breaks the transaction off up to the savepoint.
                        add_day(act, "2027-01-02").await
                    })
                })
                .await;
            result
        };
        let before = db.statements();
        let release = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            gate.notify_one();
        };
        let (first, second, third, ()) =
            tokio::join!(record(db, county, "2027-01-01"), taken, record(db, county, "2027-01-03"), release);
        held.await.unwrap().unwrap();
        first.unwrap();
        third.unwrap();
        assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
        assert_eq!(days(db).await, ["2027-01-01", "2027-01-03"]);
        // One lock and one head for three acts: 1 + 3 × (savepoint, release) + rollback + 4 inserts + 3 audits + 1.
        let statements = db.statements() - before;
        assert!(statements <= 20, "{statements} statements");
        whole(scratch, county, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_its_act() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let db = scratch.db.clone();
        let (gate, held) = hold(&db, county);
        let caller = tokio::spawn({
            let db = db.clone();
            async move { record(&db, county, "2027-01-01").await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        gate.notify_one();
        held.await.unwrap().unwrap();
        // Whoever comes next stands behind it.
        record(&db, county, "2027-01-02").await.unwrap();
        assert_eq!(days(&db).await, ["2027-01-01", "2027-01-02"]);
        whole(scratch, county, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_panic_fails_its_act_only_and_the_door_lives_on() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let broken: Result<(), StoreError> = db
            .write(county, |act| {
                Box::pin(async move {
                    add_day(act, "2027-01-01").await?;
                    act.audit(entry("broken")).await?;
                    panic!("an act breaks off (this text belongs to the test)");
                })
            })
            .await;
        assert!(matches!(broken, Err(StoreError::Panicked)), "{broken:?}");
        let at_once: Result<(), StoreError> =
            db.write(county, |_| panic!("before its future (this text belongs to the test)")).await;
        assert!(matches!(at_once, Err(StoreError::Panicked)), "{at_once:?}");
        record(db, county, "2027-01-02").await.unwrap();
        assert_eq!(days(db).await, ["2027-01-02"]);
        whole(scratch, county, 1).await;
    })
    .await;
}

#[tokio::test]
async fn an_act_without_audit_row_is_taken_back() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let silent: Result<(), StoreError> =
            db.write(county, |act| Box::pin(async move { add_day(act, "2027-01-01").await })).await;
        assert!(matches!(silent, Err(StoreError::Unaudited)), "{silent:?}");
        // An error that the act swallows breaks the transaction on PostgreSQL; it must not pass for a success.
        let swallowed: Result<(), StoreError> = db
            .write(county, |act| {
                Box::pin(async move {
                    add_day(act, "2027-01-03").await?;
                    act.audit(entry("swallowed")).await?;
                    let _ = add_day(act, "2027-01-03").await;
                    Ok(())
                })
            })
            .await;
        let mut expected = vec!["2027-01-02"];
        if swallowed.is_ok() {
            expected.push("2027-01-03");
        }
        record(db, county, "2027-01-02").await.unwrap();
        assert_eq!(days(db).await, expected);
        whole(scratch, county, i64::try_from(expected.len()).unwrap()).await;
    })
    .await;
}

#[tokio::test]
async fn a_county_is_founded_once_and_needed_by_every_act() {
    both(async |scratch| {
        let county: CountyCode = "500240".parse().unwrap();
        let early = record(&scratch.db, county, "2027-01-01").await;
        assert!(matches!(early, Err(StoreError::NoCounty(code)) if code == county), "{early:?}");
        let new = store::NewCounty {
            code: county,
            name: "石柱土家族自治县".to_owned(),
            place: "石".to_owned(),
            created_at_ms: NOW_MS,
        };
        let failed: Result<(), StoreError> =
            scratch.db.found_county(new.clone(), |_| Box::pin(async { Err(StoreError::Busy) })).await;
        assert!(matches!(failed, Err(StoreError::Busy)));
        assert!(store::county::list(&mut scratch.db.read().await.unwrap()).await.unwrap().is_empty());
        scratch.shizhu().await;
        let again: Result<(), StoreError> = scratch
            .db
            .found_county(new, |act| {
                Box::pin(async move {
                    act.nothing_written();
                    Ok(())
                })
            })
            .await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
        record(&scratch.db, county, "2027-01-01").await.unwrap();
        let known = store::county::list(&mut scratch.db.read().await.unwrap()).await.unwrap();
        assert_eq!((known.len(), known[0].place.as_str(), known[0].audit_seq), (1, "石", 1));
    })
    .await;
}

#[tokio::test]
async fn two_processes_write_one_county_in_turn() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let other = Db::open(&scratch.target, NOW_MS).await.unwrap();
        let days: Vec<&'static str> =
            vec!["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05", "2027-01-06"];
        let acts = days.iter().enumerate().map(|(index, day)| {
            let db = if index % 2 == 0 { scratch.db.clone() } else { other.clone() };
            async move { record(&db, county, day).await }
        });
        for result in futures::future::join_all(acts).await {
            result.unwrap();
        }
        other.close().await;
        whole(scratch, county, 6).await;
    })
    .await;
}

#[tokio::test]
async fn a_read_sees_one_state_and_nothing_unfinished() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        record(&scratch.db, county, "2027-01-01").await.unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        const COUNT: &str = "SELECT COUNT(*) FROM holiday";
        let (before,): (i64,) = on!(&mut tx, c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
        record(&scratch.db, county, "2027-01-02").await.unwrap();
        let (after,): (i64,) = on!(&mut tx, c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
        assert_eq!((before, after), (1, 1));
        const WRITE: &str = "DELETE FROM holiday";
        assert!(on!(&mut tx, c => sqlx::query(WRITE).execute(c).await.map(drop)).is_err());
    })
    .await;
}
