//! The workers: each claims a job, lets its handler run beside a heartbeat, and writes down how it ended.

use super::handlers::{Handler, Handlers};
use super::work::{Done, Progress, Work};
use super::{end, periodic};
use crate::{App, Code, Problem};
use domain::job::{JobKind, JobState, retry_delay_ms};
use std::collections::HashMap;
use std::time::Duration;
use store::job::{Job, Standing};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

/// How the workers behave.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Jobs at the same time in this process.
    pub workers: usize,
    /// How often to look for work that other processes added.
    pub poll: Duration,
    /// How often a worker shows that it lives.
    pub beat: Duration,
    /// After how long without a heartbeat a worker is taken for lost.
    pub lost_after_ms: i64,
    /// How often progress is written down, at most.
    pub report: Duration,
    /// How long a job may go on when the server is told to stop.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: 2,
            poll: Duration::from_secs(2),
            beat: Duration::from_secs(15),
            lost_after_ms: 120_000,
            report: Duration::from_millis(500),
            grace: Duration::from_secs(20),
        }
    }
}

/// Runs jobs until told to stop; then those under way end, or are given back after the grace. A sender that is gone
/// means stop, too.
pub async fn run(app: App, handlers: Handlers, settings: Settings, stop: watch::Receiver<bool>) {
    let process = app.id::<uuid::Uuid>();
    let mut tasks = JoinSet::new();
    for place in 0..settings.workers {
        let worker = Worker {
            name: format!("{process}/{place}"),
            app: app.clone(),
            handlers: handlers.clone(),
            settings: settings.clone(),
            stop: stop.clone(),
        };
        tasks.spawn(worker.work());
    }
    tasks.spawn(keep(app, handlers, settings, stop));
    tasks.join_all().await;
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Waits until the server is told to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error says that nobody is left to tell.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Sees to periodic jobs and lost workers.
async fn keep(app: App, handlers: Handlers, settings: Settings, mut stop: watch::Receiver<bool>) {
    let mut turns = HashMap::new();
    loop {
        let kept = async {
            periodic::add(&app, &handlers, &mut turns).await?;
            periodic::take_back(&app, &settings).await
        };
        if let Err(problem) = kept.await {
            tracing::warn!(%problem, "periodic jobs could not be seen to");
        }
        tokio::select! {
            () = sleep(settings.poll) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

struct Worker {
    name: String,
    app: App,
    handlers: Handlers,
    settings: Settings,
    stop: watch::Receiver<bool>,
}

/// How the handler came to its end.
enum End {
    Ended(Result<Result<Done, Problem>, JoinError>),
    /// The job is no longer this worker's.
    TakenAway,
    /// The server stops and the grace is over.
    GivenBack,
}

impl Worker {
    async fn work(mut self) {
        let kinds = self.handlers.kinds();
        let mut bell = self.app.db.bell();
        while !is_stopped(&self.stop) {
            bell.borrow_and_update();
            match self.claim(&kinds).await {
                Ok(Some(job)) => self.one(job).await,
                idle => {
                    if let Err(problem) = idle {
                        tracing::warn!(%problem, "no job could be claimed");
                    }
                    tokio::select! {
                        _ = bell.changed() => {}
                        () = sleep(self.settings.poll) => {}
                        () = stopped(&mut self.stop) => {}
                    }
                }
            }
        }
    }

    async fn claim(&self, kinds: &[JobKind]) -> Result<Option<Job>, Problem> {
        let now_ms = self.app.now_ms();
        match store::job::due(&self.app.db, kinds).await? {
            Some(due_ms) if due_ms <= now_ms => {
                Ok(store::job::claim(&self.app.db, &self.name, kinds, now_ms).await?)
            }
            _ => Ok(None),
        }
    }

    async fn one(&mut self, job: Job) {
        let Some(handler) = self.handlers.of(&job.kind).cloned() else { return };
        let (report, mut progress) = watch::channel(Progress::default());
        if job.county_code.is_some() {
            // The owner sees that it has begun.
            progress.mark_changed();
        }
        let end = self.watch(&job, &handler, report, &mut progress).await;
        let done = progress.borrow().clone();
        let standing = match end {
            End::TakenAway => return,
            End::GivenBack => {
                Standing { attempts: job.attempts - 1, ..self.waiting(&job, 0, "等待重新开始") }
            }
            End::Ended(Ok(Ok(end))) => Standing {
                state: JobState::Done,
                progress: (done.total.max(done.done), done.total),
                result: (!end.result.is_null()).then_some(end.result),
                ..self.waiting(&job, 0, &end.message)
            },
            End::Ended(Ok(Err(problem))) => self.failed(&job, &problem),
            End::Ended(Err(_)) => self.failed(&job, &Problem::new(Code::Storage, "程序错误：处理中断")),
        };
        for _ in 0..5 {
            match end::end(&self.app, &job, &standing).await {
                Ok(()) => return,
                Err(problem) => {
                    tracing::warn!(%problem, job.id = %job.id, "the end of a job could not be written");
                }
            }
            sleep(self.settings.report).await;
        }
        // The heart stands still now: another worker takes it up.
    }

    /// Lets the handler run; meanwhile the heart beats and progress is written down.
    async fn watch(
        &mut self,
        job: &Job,
        handler: &Handler,
        report: watch::Sender<Progress>,
        progress: &mut watch::Receiver<Progress>,
    ) -> End {
        let work = Work { app: self.app.clone(), job: job.clone(), report, stop: self.stop.clone() };
        let mut task = AbortOnDrop(tokio::spawn(handler.run(work)));
        let mut beat = interval(self.settings.beat);
        let mut report = interval(self.settings.report);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        report.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut until: Option<Instant> = None;
        loop {
            let over = async {
                match until {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            let is_ours = tokio::select! {
                ended = &mut task.0 => return End::Ended(ended),
                () = over => return End::GivenBack,
                () = stopped(&mut self.stop), if until.is_none() => {
                    until = Some(Instant::now() + self.settings.grace);
                    Ok(true)
                }
                _ = beat.tick() => store::job::beat(&self.app.db, &job.claim(), self.app.now_ms()).await,
                _ = report.tick(), if progress.has_changed().unwrap_or(false) => {
                    let now = progress.borrow_and_update().clone();
                    let standing = Standing {
                        state: JobState::Running,
                        progress: (now.done, now.total),
                        ..self.waiting(job, 0, &now.message)
                    };
                    store::job::put(&self.app.db, &job.claim(), &standing, self.app.now_ms()).await
                }
            };
            match is_ours {
                Ok(true) => {}
                Ok(false) => return End::TakenAway,
                // The next beat may come through; if none does, the worker is taken for lost and finds that out.
                Err(error) => tracing::warn!(%error, job.id = %job.id, "a heartbeat failed"),
            }
        }
    }

    fn waiting(&self, job: &Job, delay_ms: i64, message: &str) -> Standing {
        Standing {
            state: JobState::Queued,
            run_after_ms: self.app.now_ms() + delay_ms,
            attempts: job.attempts,
            progress: (0, 0),
            message: message.to_owned(),
            result: None,
        }
    }

    /// What is wrong with the request stays wrong; what is wrong with the machine may pass.
    fn failed(&self, job: &Job, problem: &Problem) -> Standing {
        tracing::warn!(job.id = %job.id, job.kind = %job.kind, code = ?problem.code, "a job failed");
        if problem.status() < 500 || job.attempts >= job.max_attempts {
            let result = Some(problem.json());
            return Standing { state: JobState::Failed, result, ..self.waiting(job, 0, &problem.message) };
        }
        let delay_ms = retry_delay_ms(job.attempts);
        let message = format!("{}；{} 秒后自动重试", problem.message, delay_ms / 1_000);
        self.waiting(job, delay_ms, &message)
    }
}

/// A handler does not outlive its watch.
struct AbortOnDrop(JoinHandle<Result<Done, Problem>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
