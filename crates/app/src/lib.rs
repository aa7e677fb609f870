//! One function per act: permit, load, decide, save, audit (design rule D). The command line, HTTP and later the
//! phone all come through here; nothing else writes.
#![deny(missing_docs)]

pub mod account;
pub mod arrangement;
pub mod audit;
mod authority;
pub mod backup;
pub mod board;
pub mod calendar;
pub mod campaign;
pub mod candidate;
pub mod chase;
pub mod confirmation;
pub mod county;
pub mod coverage;
pub mod erasure;
pub mod event;
pub mod export;
pub mod file;
pub mod guard;
pub mod import;
pub mod job;
pub mod ledger;
pub mod notification;
pub mod operations;
pub mod page;
pub mod payment;
pub mod person;
mod problem;
mod refold;
pub mod roster;
pub mod statistics;
pub mod status_change;
pub mod submission;
pub mod supervision;
pub mod synthetic;
pub mod unit;
pub mod visit;
mod within;
pub mod workbench;

pub use authority::{Caller, Pending, Principal, Who};
pub use problem::{Code, Problem};

use domain::ids::PersonId;
use domain::region::CountyCode;
use jiff::civil::Date;
use std::sync::Arc;
use store::person::PersonRecord;
use store::{Db, Objects, OwnKey, Sealer};
use uuid::Uuid;

/// The time, handed in so that a run can be replayed.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970 in UTC.
    fn now_ms(&self) -> i64;
}

/// Ids and random bytes, handed in so that a run can be replayed.
pub trait Chance: Send + Sync {
    /// A `UUIDv7` for this moment.
    fn uuid(&self, now_ms: i64) -> Uuid;
    /// Random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Everything an act needs beside its input.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Seals and indexes protected columns.
    pub sealer: Sealer,
    /// Signs the audit's heads and counts refusals.
    pub trail: audit::Trail,
    /// The bytes of photos, attachments and by-products.
    pub objects: Objects,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and chance.
    pub chance: Arc<dyn Chance>,
}

impl App {
    /// Milliseconds now.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Today in the county.
    #[must_use]
    pub fn today(&self) -> Date {
        self.local_time().date()
    }

    fn local_time(&self) -> jiff::civil::DateTime {
        local_time(self.now_ms())
    }

    /// Who takes a file out of the system now, as every page of it says.
    #[must_use]
    pub fn taken(&self, caller: &Caller) -> formats::document::Taken {
        formats::document::Taken::new(caller.actor.clone(), self.local_time())
    }

    /// A new identity.
    #[must_use]
    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.chance.uuid(self.now_ms()))
    }

    /// The one county of this database, or the one that is named.
    pub async fn county(&self, caller: &Caller, named: Option<&str>) -> Result<CountyCode, Problem> {
        county::choose(self, caller, named).await
    }
}

impl App {
    /// A row for the audit trail.
    pub(crate) fn entry<'c>(
        &self,
        caller: &'c Caller,
        act: &'static str,
        object_kind: &'static str,
        object_id: &str,
        detail: serde_json::Value,
    ) -> store::AuditEntry<'c> {
        store::AuditEntry {
            at_ms: self.now_ms(),
            actor: &caller.actor,
            origin: caller.origin,
            address: caller.address.as_deref().unwrap_or_default(),
            request_id: caller.request.as_deref().unwrap_or_default(),
            act,
            object_kind,
            object_id: object_id.to_owned(),
            outcome: "done",
            detail: audit::masked(detail),
        }
    }

    /// A key of one's own for a person's protected columns.
    pub(crate) fn new_person_key(&self, county: CountyCode, person: PersonId) -> OwnKey {
        let mut random = [0; 16];
        self.chance.fill(&mut random);
        store::person::new_key(&self.sealer, county, person, random)
    }

    /// The key under which a person is sealed anew: the one there is, else a new one.
    pub(crate) fn person_key(
        &self,
        county: CountyCode,
        person: PersonId,
        record: &PersonRecord,
    ) -> Result<OwnKey, Problem> {
        let known = record.key(&self.sealer, county)?;
        Ok(known.unwrap_or_else(|| self.new_person_key(county, person)))
    }

    /// Seals what was changed of a person under the person's key.
    pub(crate) fn seal_change(
        &self,
        (county, key): (CountyCode, &OwnKey),
        person: PersonId,
        field: &'static str,
        text: &str,
    ) -> String {
        self.sealer.seal_own(key, store::Place { county, table: "change", row: person.0, field }, text)
    }

    /// Seals one protected value.
    pub(crate) fn seal(
        &self,
        county: CountyCode,
        table: &'static str,
        row: Uuid,
        field: &'static str,
        text: &str,
    ) -> String {
        self.sealer.seal(store::Place { county, table, row, field }, text)
    }
}

/// The county's day of a moment (UTC+8 all year, as China has had since 1991).
pub(crate) fn day_of(at_ms: i64) -> Date {
    local_time(at_ms).date()
}

/// UTC+8 all year, as China has had since 1991.
fn local_time(at_ms: i64) -> jiff::civil::DateTime {
    const SHANGHAI_MS: i64 = 8 * 3600 * 1000;
    let at = jiff::Timestamp::from_millisecond(at_ms + SHANGHAI_MS).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    jiff::tz::Offset::UTC.to_datetime(at)
}

/// Runs work that holds a core for long off the threads that answer others.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| interrupted())?
}

/// The same for work that nobody waits for: on a thread of its own that lets all others go first.
pub(crate) async fn unhurried<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    /// The least urgent that the system knows.
    const LAST: i32 = 19;
    let (done, end) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("unhurried".to_owned()).spawn(move || {
        // Where it is not allowed the work is done all the same.
        #[cfg(unix)]
        let _ = rustix::process::nice(LAST);
        // Whoever waited may have gone.
        let _ = done.send(work());
    });
    thread.map_err(|_| interrupted())?;
    end.await.map_err(|_| interrupted())
}

pub(crate) fn interrupted() -> Problem {
    Problem::new(Code::Storage, "处理中断，没有写入，请重试")
}
