//! Jobs: claimed once, fenced, taken over, told in order.

use super::door::entry;
use domain::ids::JobId;
use domain::job::{JobKind, JobState};
use domain::region::CountyCode;
use serde_json::json;
use std::collections::BTreeSet;
use store::job::{self, Job, NewJob, Standing};
use store::testing::{NOW_MS, Scratch, both};
use store::{Db, StoreError};
use uuid::Uuid;

const KINDS: &[JobKind] = &[JobKind::ExportVisits];

fn new(number: u128, county: CountyCode) -> NewJob {
    NewJob {
        id: JobId(Uuid::from_u128(number)),
        kind: JobKind::ExportVisits,
        county: Some(county),
        unique_key: None,
        payload: json!({ "number": number }),
        run_after_ms: NOW_MS,
        max_attempts: 3,
        created_by: "os:安".to_owned(),
        created_at_ms: NOW_MS,
    }
}

async fn add(db: &Db, jobs: Vec<NewJob>) -> Vec<JobId> {
    let county = jobs[0].county.unwrap();
    let added: Result<Vec<JobId>, StoreError> = db
        .write(county, move |act| {
            Box::pin(async move {
                let mut ids = Vec::new();
                for job in &jobs {
                    ids.push(job::add(act, job).await?);
                }
                act.audit(entry("jobs")).await?;
                Ok(ids)
            })
        })
        .await;
    added.unwrap()
}

async fn claim(db: &Db, worker: &str, now_ms: i64) -> Option<Job> {
    job::claim(db, worker, KINDS, now_ms).await.unwrap()
}

async fn get(db: &Db, county: CountyCode, number: u128) -> Job {
    let mut tx = db.read().await.unwrap();
    job::get(&mut tx, county, JobId(Uuid::from_u128(number))).await.unwrap().unwrap()
}

fn standing(job: &Job, state: JobState, done: i64) -> Standing {
    Standing {
        state,
        run_after_ms: job.run_after_ms,
        attempts: job.attempts,
        progress: (done, 10),
        message: String::new(),
        result: None,
    }
}

async fn cancel(db: &Db, county: CountyCode, number: u128) -> bool {
    let cancelled: Result<bool, StoreError> = db
        .write(county, move |act| {
            Box::pin(async move {
                let id = JobId(Uuid::from_u128(number));
                let cancelled = job::cancel(act, id, "已取消", NOW_MS).await?;
                act.audit(entry("cancel")).await?;
                Ok(cancelled)
            })
        })
        .await;
    cancelled.unwrap()
}

#[tokio::test]
async fn five_hundred_jobs_are_claimed_once_by_four_workers() {
    both(async |scratch: &Scratch| {
        let county = scratch.shizhu().await;
        add(&scratch.db, (1..=500).map(|number| new(number, county)).collect()).await;
        // Two servers with two workers each.
        let other = Db::open(&scratch.target, NOW_MS).await.unwrap();
        let workers =
            [&scratch.db, &other, &scratch.db, &other].into_iter().enumerate().map(|(place, db)| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    while let Some(job) = claim(&db, &format!("worker {place}"), NOW_MS).await {
                        let done = standing(&job, JobState::Done, 10);
                        assert!(job::put(&db, &job.claim(), &done, NOW_MS).await.unwrap());
                        mine.push(job);
                    }
                    mine
                })
            });
        let mut claimed = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            claimed.extend(worker.await.unwrap());
        }
        let ids: BTreeSet<&str> = claimed.iter().map(|job| job.id.as_str()).collect();
        assert_eq!((claimed.len(), ids.len()), (500, 500));
        assert!(claimed.iter().all(|job| job.attempts == 1));
        // Each end has its own number, so that no owner misses one.
        let mut tx = scratch.db.read().await.unwrap();
        let changed = job::changed(&mut tx, county, "os:安", 0, 1_000).await.unwrap();
        let seqs: BTreeSet<i64> = changed.iter().map(|job| job.change_seq).collect();
        assert_eq!((changed.len(), seqs.len(), seqs.last()), (500, 500, Some(&500)));
        drop(tx);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_job_is_found_and_its_old_worker_may_not_write() {
    both(async |scratch: &Scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        add(db, vec![new(1, county)]).await;
        let first = claim(db, "a", NOW_MS).await.unwrap();
        assert!(job::beat(db, &first.claim(), NOW_MS + 1_000).await.unwrap());
        assert_eq!(job::lost(db, NOW_MS + 1_000).await.unwrap(), []);
        let lost = job::lost(db, NOW_MS + 1_001).await.unwrap();
        assert_eq!(lost.iter().map(|job| job.claimed_by.as_deref()).collect::<Vec<_>>(), [Some("a")]);
        let back = Standing { run_after_ms: NOW_MS + 5_000, ..standing(&lost[0], JobState::Queued, 0) };
        assert!(job::put(db, &lost[0].claim(), &back, NOW_MS + 2_000).await.unwrap());
        assert!(!job::put(db, &lost[0].claim(), &back, NOW_MS + 2_000).await.unwrap(), "given back twice");
        assert_eq!(claim(db, "b", NOW_MS + 4_999).await, None, "not before its time");
        assert_eq!(job::due(db, KINDS).await.unwrap(), Some(NOW_MS + 5_000));
        let second = claim(db, "b", NOW_MS + 5_000).await.unwrap();
        assert_eq!((second.attempts, second.id.as_str()), (2, first.id.as_str()));
        assert!(!job::beat(db, &first.claim(), NOW_MS + 5_000).await.unwrap());
        let end = standing(&first, JobState::Done, 10);
        assert!(!job::put(db, &first.claim(), &end, NOW_MS + 5_000).await.unwrap());
        assert_eq!(get(db, county, 1).await.state, "running");
        assert!(cancel(db, county, 1).await);
        assert!(!job::beat(db, &second.claim(), NOW_MS + 5_001).await.unwrap(), "cancelled under its worker");
        assert!(!cancel(db, county, 1).await, "it is over");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_once_and_a_periodic_job_runs_alone() {
    both(async |scratch: &Scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let keyed = |number| NewJob { unique_key: Some("photo 1".to_owned()), ..new(number, county) };
        let ids = add(db, vec![keyed(1), keyed(2), new(3, county)]).await;
        assert_eq!(ids[0], ids[1]);
        let periodic = |number, key: &str| NewJob {
            kind: JobKind::JobPurge,
            county: None,
            unique_key: Some(key.to_owned()),
            ..new(number, county)
        };
        let add = async |number, key: &str| job::add_periodic(db, &periodic(number, key)).await.unwrap();
        let take = async || job::claim(db, "a", &[JobKind::JobPurge], NOW_MS).await.unwrap();
        assert!(add(4, "purge 1").await);
        assert!(add(5, "purge 1").await, "the job of this turn is there");
        assert!(!add(6, "purge 2").await, "one is under way");
        let job = take().await.unwrap();
        assert!(!add(6, "purge 2").await, "one is under way");
        assert_eq!(take().await, None);
        assert!(job::put(db, &job.claim(), &standing(&job, JobState::Done, 0), NOW_MS).await.unwrap());
        assert!(add(7, "purge 1").await);
        assert_eq!(take().await, None, "that turn is over");
        assert!(add(8, "purge 2").await);
        assert!(take().await.is_some());
        assert_eq!(job::purge(db, NOW_MS).await.unwrap(), 0);
        assert_eq!(job::purge(db, NOW_MS + 1).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_act_that_fails_leaves_no_job_and_other_counties_see_none() {
    both(async |scratch: &Scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let job = new(1, county);
        let failed: Result<(), StoreError> = db
            .write(county, move |act| {
                Box::pin(async move {
                    job::add(act, &job).await?;
                    Err(StoreError::Busy)
                })
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(claim(db, "a", NOW_MS).await, None);
        add(db, vec![new(2, county), new(3, county)]).await;
        let other: CountyCode = "500101".parse().unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(job::get(&mut tx, other, JobId(Uuid::from_u128(2))).await.unwrap(), None);
        let before = db.statements();
        let first = job::list(&mut tx, county, Some("os:安"), None, 1).await.unwrap();
        let last = (first[0].created_at_ms, first[0].id.parse().unwrap());
        let second = job::list(&mut tx, county, None, Some(last), 10).await.unwrap();
        assert_eq!(db.statements() - before, 2);
        let number = |job: &Job| job.id.parse::<JobId>().unwrap().0.as_u128();
        assert_eq!((number(&first[0]), second.iter().map(number).collect::<Vec<_>>()), (3, vec![2]));
        assert!(job::list(&mut tx, county, Some("os:白"), None, 9).await.unwrap().is_empty());
        assert!(job::list(&mut tx, other, None, None, 9).await.unwrap().is_empty());
    })
    .await;
}
