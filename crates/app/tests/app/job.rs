//! Jobs under their workers: told, tried again, taken over, given back, cancelled.

use super::play::{Play, account, both};
use app::job::{Done, Handler, Handlers, Settings, Whose, Work, run};
use app::{App, Caller, Code, Problem};
use domain::authority::Role;
use domain::ids::JobId;
use domain::job::JobKind;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;
use store::notification::Asked;
use store::testing::NOW_MS;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A clock that stands until it is set.
struct Standing(AtomicI64);

impl app::Clock for Standing {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct Yard {
    app: App,
    clock: Arc<Standing>,
    caller: Caller,
}

impl Yard {
    async fn new(play: &Play) -> Self {
        play.begin().await;
        let clock = Arc::new(Standing(AtomicI64::new(NOW_MS)));
        let app = App { clock: clock.clone(), ..play.app.clone() };
        Self { app, clock, caller: account(play, 1, Role::CountyOffice, None) }
    }

    fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    async fn start(&self, play: &Play) -> JobId {
        let (app, caller) = (self.app.clone(), self.caller.clone());
        let started: Result<JobId, Problem> = self
            .app
            .db
            .write(play.county, move |act| {
                Box::pin(async move {
                    act.nothing_written();
                    app::job::enqueue(&app, act, &caller, JobKind::ExportVisits, json!({ "n": 1 }), None)
                        .await
                })
            })
            .await;
        started.unwrap()
    }

    async fn get(&self, play: &Play, id: JobId) -> app::job::Job {
        app::job::get(&self.app, &self.caller, play.county, id).await.unwrap()
    }

    /// Waits until a job is in a state.
    async fn until(&self, play: &Play, id: JobId, state: &str) -> app::job::Job {
        for _ in 0..2_000 {
            let job = self.get(play, id).await;
            if job.state == state {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the job is not {state}: {:?}", self.get(play, id).await);
    }
}

/// Lets the product's own workers do a job of this caller's, to its good end.
pub async fn finish(play: &Play, caller: &Caller, job: JobId) -> app::job::Job {
    let (stop, stopping) = watch::channel(false);
    let workers = tokio::spawn(run(play.app.clone(), Handlers::all(), quick(), stopping));
    let mut now = app::job::get(&play.app, caller, play.county, job).await.unwrap();
    for _ in 0..6_000 {
        if matches!(now.state.as_str(), "done" | "failed" | "cancelled") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        now = app::job::get(&play.app, caller, play.county, job).await.unwrap();
    }
    stop.send_replace(true);
    workers.await.unwrap();
    assert_eq!(now.state, "done", "{now:?}");
    now
}

fn quick() -> Settings {
    Settings {
        workers: 1,
        poll: Duration::from_millis(20),
        beat: Duration::from_millis(20),
        report: Duration::from_millis(10),
        ..Settings::default()
    }
}

/// Workers that run until they are told to stop.
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    fn start<F>(app: &App, settings: Settings, handler: impl Fn(Work) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Done, Problem>> + Send + 'static,
    {
        let handlers = Handlers::new(vec![Handler::new(JobKind::ExportVisits, handler)]);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(app::job::run(app.clone(), handlers, settings, stopped));
        Self { stop, task }
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

fn broken() -> Problem {
    Problem::new(Code::Storage, "磁盘暂时不能写")
}

#[tokio::test]
async fn a_job_runs_and_its_owner_alone_sees_how_it_went() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let id = yard.start(play).await;
        let queued = yard.get(play, id).await;
        assert_eq!((queued.state.as_str(), queued.state_label, queued.attempts), ("queued", "等待", 0));
        let running = Running::start(&yard.app, quick(), |work| async move {
            assert_eq!(work.payload::<serde_json::Value>()?, json!({ "n": 1 }));
            work.progress(3, 7, "正在导出");
            tokio::time::sleep(Duration::from_millis(60)).await;
            work.progress(7, 7, "就要好了");
            Ok(Done { message: "导出完成，共 7 条".to_owned(), result: json!({ "rows": 7 }) })
        });
        let done = yard.until(play, id, "done").await;
        running.stop().await;
        assert_eq!((done.message.as_str(), done.result), ("导出完成，共 7 条", Some(json!({ "rows": 7 }))));
        assert_eq!((done.progress_done, done.progress_total, done.attempts), (7, 7, 1));
        assert_eq!(done.finished_at_ms, Some(NOW_MS));
        let other = account(play, 2, Role::CountyOffice, None);
        let refused = app::job::get(&yard.app, &other, play.county, id).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound);
        let refused = app::job::cancel(&yard.app, &other, play.county, id).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound);
        let list = async |caller: &Caller, whose| {
            let jobs = app::job::list(&yard.app, caller, play.county, whose, None, 9).await?;
            Ok::<_, Problem>(jobs.len())
        };
        assert_eq!(list(&yard.caller, Whose::Own).await.unwrap(), 1);
        assert_eq!(list(&other, Whose::Own).await.unwrap(), 0);
        assert_eq!(list(&other, Whose::All).await.unwrap_err().code, Code::Forbidden);
        let system = account(play, 3, Role::SystemAdministrator, None);
        assert_eq!(list(&system, Whose::All).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_and_its_owner_hears_of_the_end() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let id = yard.start(play).await;
        let running = Running::start(&yard.app, quick(), |_| async { Err(broken()) });
        for (attempt, seconds) in [(1, 10), (2, 40), (3, 160), (4, 640)] {
            let job = yard.until(play, id, "queued").await;
            let job = if job.attempts == attempt { job } else { again(&yard, play, id, attempt).await };
            assert_eq!(job.message, format!("磁盘暂时不能写；{seconds} 秒后自动重试"));
            yard.pass(seconds * 1_000 - 1);
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(yard.get(play, id).await.attempts, attempt, "not before its time");
            yard.pass(1);
        }
        let failed = yard.until(play, id, "failed").await;
        running.stop().await;
        assert_eq!((failed.attempts, failed.message.as_str()), (5, "磁盘暂时不能写"));
        assert_eq!(failed.result.unwrap()["code"], "storage.failed");
        let told = app::notification::list(&yard.app, &yard.caller, play.county, &Asked::default(), 9).await;
        let told = told.unwrap();
        assert_eq!((told.len(), told[0].kind.as_str()), (1, "job_failed"));
        assert_eq!(told[0].link, format!("/jobs/{id}"));
        assert_eq!(play.acts().await.last().map(String::as_str), Some("job.fail"));
        let queued = app::job::again(&yard.app, &yard.caller, play.county, id).await.unwrap();
        assert_eq!((queued.state.as_str(), queued.attempts), ("queued", 0));
        let twice = app::job::again(&yard.app, &yard.caller, play.county, id).await.unwrap_err();
        assert_eq!(twice.code, Code::Conflict);
    })
    .await;
}

async fn again(yard: &Yard, play: &Play, id: JobId, attempt: i64) -> app::job::Job {
    for _ in 0..2_000 {
        let job = yard.get(play, id).await;
        if job.attempts == attempt && job.state == "queued" {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("attempt {attempt} does not come: {:?}", yard.get(play, id).await);
}

#[tokio::test]
async fn a_request_that_is_wrong_is_not_tried_again_and_a_panic_is() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let wrong = yard.start(play).await;
        let running = Running::start(&yard.app, quick(), |_| async {
            Err(Problem::new(Code::UnitUnknown, "没有这个单位"))
        });
        assert_eq!(yard.until(play, wrong, "failed").await.attempts, 1);
        running.stop().await;
        let panicking = yard.start(play).await;
        let times = Arc::new(AtomicU32::new(0));
        let running = Running::start(&yard.app, quick(), move |_| {
            let first = times.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                assert!(!first, "a handler breaks off (this text belongs to the test)");
                Ok(Done::with_message("好"))
            }
        });
        again(&yard, play, panicking, 1).await;
        yard.pass(10_000);
        assert_eq!(yard.until(play, panicking, "done").await.attempts, 2);
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_killed_workers_job_is_taken_over_and_ends_when_it_kills_each_time() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let (taken, deadly) = (yard.start(play).await, yard.start(play).await);
        let db = &yard.app.db;
        let kinds = [JobKind::ExportVisits];
        // A process that is killed neither beats nor says how its jobs ended.
        for _ in 0..2 {
            store::job::claim(db, "killed", &kinds, yard.app.now_ms()).await.unwrap().unwrap();
        }
        let running = Running::start(&yard.app, quick(), |_| async { Ok(Done::with_message("好")) });
        yard.pass(120_000);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(yard.get(play, taken).await.state, "running", "two minutes are not over");
        yard.pass(1);
        let done = yard.until(play, taken, "done").await;
        assert_eq!(done.attempts, 2);
        yard.until(play, deadly, "done").await;
        running.stop().await;
        let deadly = yard.start(play).await;
        for _ in 0..5 {
            let job = store::job::claim(db, "killed", &kinds, yard.app.now_ms()).await.unwrap().unwrap();
            yard.pass(120_001);
            let keeper =
                Running::start(&yard.app, Settings { workers: 0, ..quick() }, |_| async { Err(broken()) });
            yard.until(play, deadly, if job.attempts < 5 { "queued" } else { "failed" }).await;
            keeper.stop().await;
        }
        let failed = yard.get(play, deadly).await;
        assert!(failed.message.contains("中断了 5 次"), "{}", failed.message);
    })
    .await;
}

#[tokio::test]
async fn a_stop_lets_a_short_job_end_and_gives_a_long_one_back() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let short = yard.start(play).await;
        let running = Running::start(&yard.app, quick(), |work| async move {
            while !work.is_stopping() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(Done::with_message("赶在停止前完成"))
        });
        yard.until(play, short, "running").await;
        running.stop().await;
        assert_eq!(yard.get(play, short).await.state, "done");
        let long = yard.start(play).await;
        let settings = Settings { grace: Duration::from_millis(50), ..quick() };
        let running = Running::start(&yard.app, settings, |_| std::future::pending());
        yard.until(play, long, "running").await;
        running.stop().await;
        let back = yard.get(play, long).await;
        assert_eq!((back.state.as_str(), back.attempts), ("queued", 0), "it costs no attempt");
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_job_frees_its_worker() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let first = yard.start(play).await;
        let times = AtomicU32::new(0);
        let running = Running::start(&yard.app, quick(), move |_| {
            let first = times.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if first {
                    std::future::pending::<()>().await;
                }
                Ok(Done::with_message("好"))
            }
        });
        yard.until(play, first, "running").await;
        let second = yard.start(play).await;
        let cancelled = app::job::cancel(&yard.app, &yard.caller, play.county, first).await.unwrap();
        assert_eq!((cancelled.state.as_str(), cancelled.message.as_str()), ("cancelled", "已取消"));
        yard.until(play, second, "done").await;
        assert_eq!(yard.get(play, first).await.state, "cancelled");
        assert!(app::job::cancel(&yard.app, &yard.caller, play.county, second).await.is_err());
        running.stop().await;
        assert!(play.acts().await.contains(&"job.cancel".to_owned()));
    })
    .await;
}

const PURGES: &str = "SELECT COUNT(*) FROM job WHERE kind = 'job.purge' AND state = 'done'";

#[tokio::test]
async fn periodic_jobs_come_once_a_turn_however_many_servers_there_are() {
    both(async |play| {
        let yard = Yard::new(play).await;
        let old = yard.start(play).await;
        app::job::cancel(&yard.app, &yard.caller, play.county, old).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let servers: Vec<_> = (0..3)
            .map(|_| tokio::spawn(app::job::run(yard.app.clone(), Handlers::all(), quick(), stopped.clone())))
            .collect();
        let ended = async || {
            let mut tx = yard.app.db.read().await.unwrap();
            let (count,): (i64,) =
                store::on!(&mut tx, c => sqlx::query_as(PURGES).fetch_one(c).await).unwrap();
            count
        };
        for turn in 1..=2 {
            for _ in 0..1_000 {
                if ended().await == turn {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(ended().await, turn);
            yard.get(play, old).await;
            yard.pass(24 * 3_600_000);
        }
        yard.pass(29 * 24 * 3_600_000);
        for _ in 0..1_000 {
            if app::job::get(&yard.app, &yard.caller, play.county, old).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let gone = app::job::get(&yard.app, &yard.caller, play.county, old).await;
        assert_eq!(gone.unwrap_err().code, Code::NotFound, "thirty days are over");
        stop.send_replace(true);
        for server in servers {
            server.await.unwrap();
        }
    })
    .await;
}
