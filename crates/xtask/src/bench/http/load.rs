//! Drives a server with prepared requests over so many connections at once.

use super::client::Client;
use super::{Prepared, Result, work};
use crate::bench::measure::micros;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What is asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A visit as JSON, durable before the answer.
    Visit,
    /// A visit and a photo of 300 kB.
    Photo,
    /// The first page of 20 persons.
    FirstPage,
    /// Persons by name or pinyin initials.
    Search,
}

impl Work {
    /// As `--only` says it.
    pub const fn case(self) -> &'static str {
        match self {
            Self::Visit => super::NAMES[0],
            Self::Photo => super::NAMES[1],
            Self::FirstPage => super::NAMES[2],
            Self::Search => super::NAMES[3],
        }
    }

    /// As the table says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visit => "HTTP: a visit",
            Self::Photo => "HTTP: a visit with a photo of 300 kB",
            Self::FirstPage => "HTTP: first page of 100,000 persons",
            Self::Search => "HTTP: search among 100,000 persons",
        }
    }
}

/// The requests of one act, sent one after the other on one connection.
pub type Act = Vec<Vec<u8>>;

/// What came of a load.
#[derive(Default)]
pub struct Answered {
    /// Microseconds of each act.
    pub took_us: Vec<u64>,
    /// Acts with an answer other than 2xx.
    pub failures: usize,
    /// The first such answer.
    pub first_failure: String,
}

/// Sends a few requests so that caches and pools are warm.
pub async fn warm(address: &str, work: Work, prepared: &Prepared) -> Result<()> {
    let mut client = Client::open(address).await?;
    for request in work::warming(work, prepared) {
        client.send(&request).await?;
    }
    Ok(())
}

/// Does all acts.
pub async fn drive(address: &str, acts: Vec<Act>, connections: usize) -> Answered {
    let queue = Arc::new(Mutex::new(acts.into_iter()));
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, queue) = (address.to_owned(), Arc::clone(&queue));
            tokio::spawn(async move {
                let mut answered = Answered::default();
                if let Err(error) = connection(&address, &queue, &mut answered).await {
                    answered.failures += 1;
                    answered.first_failure = error.to_string();
                }
                answered
            })
        })
        .collect();
    let mut all = Answered::default();
    for worker in workers {
        let answered = worker.await.unwrap_or_default();
        all.took_us.extend(answered.took_us);
        all.failures += answered.failures;
        if all.first_failure.is_empty() {
            all.first_failure = answered.first_failure;
        }
    }
    all
}

async fn connection(
    address: &str,
    queue: &Mutex<std::vec::IntoIter<Act>>,
    answered: &mut Answered,
) -> std::io::Result<()> {
    let mut client = Client::open(address).await?;
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(act) = next else { return Ok(()) };
        let start = Instant::now();
        let mut is_done = true;
        for request in &act {
            let reply = client.send(request).await?;
            if !(200..300).contains(&reply.status) {
                is_done = false;
                if answered.first_failure.is_empty() {
                    answered.first_failure = format!("{} {}", reply.status, reply.body);
                }
            }
        }
        answered.failures += usize::from(!is_done);
        answered.took_us.push(micros(start.elapsed()));
    }
}
