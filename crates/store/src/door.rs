//! The write door: the only way to change anything of a county (design rule 6).
//!
//! Each county has a queue and one task that works it off. Acts that wait for the same county share a transaction,
//! each in its own savepoint, and are answered only after COMMIT. An act that fails or panics is taken back alone; a
//! caller that goes away does not stop its act. No act may call the door again: it would wait for itself.

use crate::StoreError;
use crate::audit::{self, AuditEntry, Head};
use crate::county::{self, NewCounty};
use crate::db::{Db, Pools, Purpose};
use crate::tx::{Tx, run};
use domain::region::CountyCode;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// Acts in one transaction, at most.
const BATCH: usize = 64;

/// A write act under way: the transaction, the county and the head of its audit chain.
pub struct Act {
    tx: Tx,
    county: CountyCode,
    head: Option<Head>,
    stored: Option<Head>,
    is_audited: bool,
    rings: bool,
}

impl Act {
    /// The county whose row is locked.
    pub fn county(&self) -> CountyCode {
        self.county
    }

    /// The number of the audit row that [`Act::audit`] will write next; `change` rows point to it.
    pub fn audit_seq(&self) -> i64 {
        self.head.as_ref().map_or(0, |head| head.seq) + 1
    }

    /// Adds a row to the county's audit chain. Every act that writes, exports or reveals ends with one.
    pub async fn audit(&mut self, entry: AuditEntry<'_>) -> Result<(), StoreError> {
        let head = self.head.as_ref().ok_or(StoreError::NoCounty(self.county))?;
        let next = audit::append(&mut self.tx, self.county, head, entry).await?;
        self.head = Some(next);
        self.is_audited = true;
        Ok(())
    }

    /// Says that what was written is about the trail itself: a checkpoint of it is no row in it.
    pub(crate) fn about_the_trail(&mut self) {
        self.is_audited = true;
    }

    /// Wakes whoever waits for jobs and notifications, once the act is lasting.
    pub(crate) fn ring(&mut self) {
        self.rings = true;
    }

    /// Says that the act found everything as it should be and wrote nothing (a repeated upload): no audit row then.
    pub fn nothing_written(&mut self) {
        self.is_audited = true;
    }
}

impl Deref for Act {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Act {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

/// The queues of all counties.
pub(crate) struct Door {
    pools: Pools,
    queues: Mutex<HashMap<CountyCode, UnboundedSender<Box<dyn Job>>>>,
}

impl Door {
    pub(crate) fn new(pools: Pools) -> Self {
        Self { pools, queues: Mutex::default() }
    }

    fn queue(&self, county: CountyCode, job: Box<dyn Job>) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match queues.get(&county) {
            Some(queue) => match queue.send(job) {
                Ok(()) => return,
                Err(back) => back.0,
            },
            None => job,
        };
        let (queue, jobs) = unbounded_channel();
        // The receiver is in our hands: this cannot fail.
        let _ = queue.send(job);
        queues.insert(county, queue);
        tokio::spawn(work(self.pools.clone(), county, jobs));
    }
}

impl Db {
    /// Runs a write act of a county: `db.write(county, move |act| Box::pin(async move { … })).await`.
    ///
    /// What the act wrote is lasting when this returns `Ok`; when it returns `Err` nothing of it is left.
    pub async fn write<T, E, F>(&self, county: CountyCode, act: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a mut Act) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.hand_in(county, None, act).await
    }

    /// Runs the first act of a county, which sets it up. A county that exists is a [`StoreError::Conflict`].
    pub async fn found_county<T, E, F>(&self, county: NewCounty, act: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a mut Act) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.hand_in(county.code, Some(county), act).await
    }

    async fn hand_in<T, E, F>(&self, county: CountyCode, founding: Option<NewCounty>, act: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a mut Act) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.door.queue(county, Box::new(Waiting { founding, act: Some(act), result: None, sender }));
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }
}

/// An act in a queue, whatever it returns.
trait Job: Send {
    fn founding(&mut self) -> Option<NewCounty>;
    /// Runs it; whether it is to be kept.
    fn run<'a>(&'a mut self, act: &'a mut Act) -> BoxFuture<'a, bool>;
    /// Tells the caller; an error of the door stands above what a kept act returned.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Waiting<T, E, F> {
    founding: Option<NewCounty>,
    act: Option<F>,
    result: Option<Result<T, E>>,
    sender: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Waiting<T, E, F>
where
    F: for<'a> FnOnce(&'a mut Act) -> BoxFuture<'a, Result<T, E>> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn founding(&mut self) -> Option<NewCounty> {
        self.founding.take()
    }

    fn run<'a>(&'a mut self, act: &'a mut Act) -> BoxFuture<'a, bool> {
        let Some(run) = self.act.take() else { return futures::future::ready(false).boxed() };
        async move {
            // The closure itself may panic before it makes its future.
            let running = AssertUnwindSafe(async move { run(act).await });
            let result = running.catch_unwind().await.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
            let is_kept = result.is_ok();
            self.result = Some(result);
            is_kept
        }
        .boxed()
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let result = match (outcome, self.result) {
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(StoreError::Closed.into()),
        };
        // A caller that went away hears nothing; the act stands.
        let _ = self.sender.send(result);
    }
}

/// Works off a county's queue until the database is dropped.
async fn work(pools: Pools, county: CountyCode, mut jobs: UnboundedReceiver<Box<dyn Job>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut outcomes = Vec::with_capacity(batch.len());
        let end = transact(&pools, county, &mut batch, &mut outcomes).await;
        for (index, job) in batch.drain(..).enumerate() {
            let outcome = outcomes.get(index).cloned().unwrap_or(Ok(()));
            job.answer(outcome.and_then(|()| end.clone()));
        }
        pools.committed().await;
    }
}

const SAVEPOINT: &str = "SAVEPOINT act";
const RELEASE: &str = "RELEASE SAVEPOINT act";
const ROLLBACK: &str = "ROLLBACK TO SAVEPOINT act";

/// Runs a batch in one transaction. `outcomes` says which acts the door itself refused.
async fn transact(
    pools: &Pools,
    county: CountyCode,
    batch: &mut [Box<dyn Job>],
    outcomes: &mut Vec<Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let mut tx = pools.begin(Purpose::Write).await?;
    let head = county::lock(&mut tx, county).await?;
    let mut act = Act { tx, county, stored: head.clone(), head, is_audited: false, rings: false };
    for job in batch {
        outcomes.push(one(&mut act, job.as_mut()).await?);
    }
    if act.head != act.stored
        && let Some(head) = &act.head
    {
        county::put_head(&mut act.tx, county, head).await?;
    }
    let rings = act.rings;
    act.tx.commit().await?;
    if rings {
        pools.ring();
    }
    Ok(())
}

/// Runs one act in its savepoint. The outer error is of the connection and ends the batch.
async fn one(act: &mut Act, job: &mut dyn Job) -> Result<Result<(), StoreError>, StoreError> {
    run(&mut act.tx, SAVEPOINT).await?;
    let before = (act.head.clone(), act.stored.clone());
    act.is_audited = false;
    let outcome = match enter(act, job.founding()).await {
        Ok(()) => {
            let is_kept = job.run(act).await;
            match (is_kept, act.is_audited) {
                (true, true) => run(&mut act.tx, RELEASE).await.map(|()| true),
                (true, false) => Err(StoreError::Unaudited),
                (false, _) => Ok(false),
            }
        }
        Err(error) => Err(error),
    };
    if !matches!(outcome, Ok(true)) {
        run(&mut act.tx, ROLLBACK).await?;
        run(&mut act.tx, RELEASE).await?;
        (act.head, act.stored) = before;
    }
    Ok(outcome.map(drop))
}

/// Founds the county when the act asks for it; any other act needs one.
async fn enter(act: &mut Act, founding: Option<NewCounty>) -> Result<(), StoreError> {
    match (&act.head, founding) {
        (Some(_), None) => Ok(()),
        (None, None) => Err(StoreError::NoCounty(act.county)),
        (Some(_), Some(_)) => Err(StoreError::Conflict("county.county_code".to_owned())),
        (None, Some(county)) => {
            let head = county::add(&mut act.tx, &county).await?;
            act.stored = Some(head.clone());
            act.head = Some(head);
            Ok(())
        }
    }
}
