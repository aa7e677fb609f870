//! Refusals and failed sign-ins. The first of a kind is a row at once; repeated ones are counted in memory and become
//! one row when their window closes, so that nobody fills the disk. The windows grow from a minute to an hour while it
//! goes on. Counts that are in memory when the machine loses its power are lost; the first row is not.

use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::PoisonError;
use store::{AuditEntry, StoreError};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Kinds of refusal that may begin in a county in an hour; what comes after is counted together.
const BEGINNINGS: usize = 60;
/// Kinds that are counted at once over all counties.
const KINDS: usize = 4_096;
/// Things that a counting row names.
const NAMED: usize = 5;
/// The longest name of a thing that is written down.
const LONGEST: usize = 64;

/// Which refusals are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    county: CountyCode,
    actor: String,
    address: String,
    act: &'static str,
    object_kind: &'static str,
    /// The permission; empty where there is none.
    code: &'static str,
}

/// Refusals of a kind since its last row.
#[derive(Debug)]
struct Counting {
    origin: &'static str,
    since_ms: i64,
    last_ms: i64,
    until_ms: i64,
    window_ms: i64,
    count: u64,
    objects: Vec<String>,
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    kind: Kind,
    origin: &'static str,
    request: String,
    object: String,
    detail: Value,
}

/// All refusals that are being counted.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    open: HashMap<Kind, Counting>,
    /// Since when in this hour, and how many kinds began.
    begun: HashMap<CountyCode, (i64, usize)>,
}

impl Counting {
    fn new(origin: &'static str, now_ms: i64) -> Self {
        Self {
            origin,
            since_ms: now_ms,
            last_ms: now_ms,
            until_ms: now_ms + MINUTE_MS,
            window_ms: MINUTE_MS,
            count: 0,
            objects: Vec::new(),
        }
    }

    fn add(&mut self, object: String, now_ms: i64) {
        self.count += 1;
        self.last_ms = now_ms;
        if self.objects.len() < NAMED && !object.is_empty() && !self.objects.contains(&object) {
            self.objects.push(object);
        }
    }

    /// Ends the window: its row, and the next one twice as long. `None` when nothing came in it.
    fn end(&mut self, kind: &Kind, now_ms: i64) -> Option<Row> {
        if self.count == 0 {
            return None;
        }
        let detail = json!({
            "count": self.count,
            "from_ms": self.since_ms,
            "to_ms": self.last_ms,
            "objects": self.objects,
        });
        self.window_ms = (self.window_ms * 2).min(HOUR_MS);
        self.since_ms = now_ms;
        self.until_ms = now_ms + self.window_ms;
        self.count = 0;
        self.objects.clear();
        let (request, object) = (String::new(), String::new());
        Some(Row { kind: kind.clone(), origin: self.origin, request, object, detail })
    }
}

impl Refusals {
    /// Counts one refusal, and gives the rows that are to be written now.
    fn count(
        &mut self,
        kind: Kind,
        origin: &'static str,
        request: &str,
        object: &str,
        now_ms: i64,
    ) -> Vec<Row> {
        let kind = self.admitted(kind, now_ms);
        let object: String = object.chars().take(LONGEST).collect();
        let mut rows = Vec::new();
        if let Some(counting) = self.open.get_mut(&kind) {
            if now_ms < counting.until_ms {
                counting.add(object, now_ms);
                return rows;
            }
            if let Some(row) = counting.end(&kind, now_ms) {
                rows.push(row);
                counting.add(object, now_ms);
                return rows;
            }
        }
        self.open.insert(kind.clone(), Counting::new(origin, now_ms));
        let detail = json!({ "count": 1, "object": object });
        rows.push(Row { kind, origin, request: request.to_owned(), object, detail });
        rows
    }

    /// The kind itself, or, when too many began lately, the one that stands for all others of the county: names that
    /// an attacker makes up must not become rows.
    fn admitted(&mut self, kind: Kind, now_ms: i64) -> Kind {
        if self.open.contains_key(&kind) {
            return kind;
        }
        let begun = self.begun.entry(kind.county).or_insert((now_ms, 0));
        if now_ms - begun.0 >= HOUR_MS {
            *begun = (now_ms, 0);
        }
        if begun.1 < BEGINNINGS && self.open.len() < KINDS {
            begun.1 += 1;
            return kind;
        }
        Kind { actor: "*".to_owned(), address: String::new(), object_kind: "many", code: "", ..kind }
    }

    /// Ends the windows that are over (`all`: every one) and gives their rows. A kind that did not go on is forgotten.
    fn close(&mut self, now_ms: i64, all: bool) -> Vec<Row> {
        let mut rows = Vec::new();
        self.open.retain(|kind, counting| {
            if now_ms < counting.until_ms && !all {
                return true;
            }
            let row = counting.end(kind, now_ms);
            let goes_on = row.is_some() && !all;
            rows.extend(row);
            goes_on
        });
        rows
    }

    /// Forgets what could not be written down, so that it is not counted as if it had been.
    fn forget(&mut self, kind: &Kind) {
        self.open.remove(kind);
        if !self.open.keys().any(|it| it.county == kind.county) {
            self.begun.remove(&kind.county);
        }
    }
}

/// Writes down that someone may not do this.
pub async fn refused(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    permission: Permission,
    object: &str,
) -> Result<(), Problem> {
    // Somebody of another county has no business in this trail: it would tell that the county is there.
    if matches!(&caller.who, crate::Who::Account(it) if it.county != county) {
        return Ok(());
    }
    let what = ("authority.refuse", "permission", permission.code());
    count(app, caller, county, what, object).await
}

/// Writes down that an act failed which matters even so: a sign-in with a wrong password. The thing is named by an
/// id or masked, never by what somebody typed.
pub async fn failed(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    act: &'static str,
    object: (&'static str, &str),
) -> Result<(), Problem> {
    count(app, caller, county, (act, object.0, ""), object.1).await
}

async fn count(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (act, object_kind, code): (&'static str, &'static str, &'static str),
    object: &str,
) -> Result<(), Problem> {
    let kind = Kind {
        county,
        actor: caller.actor.clone(),
        address: caller.address.clone().unwrap_or_default(),
        act,
        object_kind,
        code,
    };
    let request = caller.request.as_deref().unwrap_or_default();
    let rows = lock(app).count(kind, caller.origin, request, object, app.now_ms());
    write(app, county, rows).await
}

fn lock(app: &App) -> std::sync::MutexGuard<'_, Refusals> {
    app.trail.refusals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the rows of windows that are over, or of all when the program ends.
pub async fn close_refusals(app: &App, all: bool) -> Result<(), Problem> {
    let rows = lock(app).close(app.now_ms(), all);
    let mut counties: Vec<CountyCode> = rows.iter().map(|row| row.kind.county).collect();
    counties.sort_unstable();
    counties.dedup();
    for county in counties {
        let rows = rows.iter().filter(|row| row.kind.county == county).cloned().collect();
        write(app, county, rows).await?;
    }
    Ok(())
}

async fn write(app: &App, county: CountyCode, rows: Vec<Row>) -> Result<(), Problem> {
    if rows.is_empty() {
        return Ok(());
    }
    let kinds: Vec<Kind> = rows.iter().map(|row| row.kind.clone()).collect();
    let at_ms = app.now_ms();
    let written: Result<(), StoreError> = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                for row in rows {
                    let kind = &row.kind;
                    let object = if kind.code.is_empty() { row.object } else { kind.code.to_owned() };
                    act.audit(AuditEntry {
                        at_ms,
                        actor: &kind.actor,
                        origin: row.origin,
                        address: &kind.address,
                        request_id: &row.request,
                        act: kind.act,
                        object_kind: kind.object_kind,
                        object_id: object,
                        outcome: "refused",
                        detail: row.detail,
                    })
                    .await?;
                }
                Ok(())
            })
        })
        .await;
    if let Err(error) = written {
        let mut refusals = lock(app);
        for kind in &kinds {
            refusals.forget(kind);
        }
        // A county that is not there has no trail.
        return if matches!(error, StoreError::NoCounty(_)) { Ok(()) } else { Err(error.into()) };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(actor: &str) -> Kind {
        Kind {
            county: "500240".parse().unwrap(),
            actor: actor.to_owned(),
            address: "192.0.2.1".to_owned(),
            act: "authority.refuse",
            object_kind: "permission",
            code: "visit.write",
        }
    }

    fn counted(rows: &[Row]) -> u64 {
        rows.iter().map(|row| row.detail["count"].as_u64().unwrap()).sum()
    }

    #[test]
    fn a_day_of_refusals_is_a_handful_of_rows_and_none_is_lost() {
        let mut refusals = Refusals::default();
        let mut rows = Vec::new();
        // One a second for a day.
        for second in 0..86_400 {
            rows.extend(refusals.count(
                kind("account:白"),
                "http",
                "r",
                &format!("o{}", second % 9),
                second * 1_000,
            ));
        }
        rows.extend(refusals.close(86_400_000, true));
        assert!(rows.len() < 40, "{} rows", rows.len());
        assert_eq!(counted(&rows), 86_400);
        assert!(refusals.open.is_empty());
        assert!(rows[1].detail["objects"].as_array().unwrap().len() <= NAMED);
    }

    #[test]
    fn made_up_names_are_counted_together() {
        let mut refusals = Refusals::default();
        let mut rows = Vec::new();
        for number in 0..50_000 {
            rows.extend(refusals.count(kind(&format!("typed:{number}")), "http", "", "", number * 10));
            assert!(refusals.open.len() <= BEGINNINGS + 1);
        }
        rows.extend(refusals.close(500_000, true));
        assert!(rows.len() < BEGINNINGS + 20, "{} rows", rows.len());
        assert_eq!(counted(&rows), 50_000);
        assert!(rows.iter().any(|row| row.kind.actor == "*"));
    }

    #[test]
    fn one_that_ends_is_forgotten_and_begins_anew() {
        let mut refusals = Refusals::default();
        assert_eq!(refusals.count(kind("a"), "http", "r1", "x", 0).len(), 1);
        assert!(refusals.close(MINUTE_MS - 1, false).is_empty());
        assert!(refusals.close(MINUTE_MS, false).is_empty() && refusals.open.is_empty());
        let again = refusals.count(kind("a"), "http", "r2", "x", 2 * MINUTE_MS);
        assert_eq!((again.len(), again[0].request.as_str(), counted(&again)), (1, "r2", 1));
    }

    #[test]
    fn memory_is_bounded_over_all_counties() {
        let mut refusals = Refusals::default();
        for number in 0..60_000_i64 {
            let county = format!("{:06}", 100_000 + number % 100).parse().unwrap();
            refusals.count(Kind { county, ..kind(&format!("typed:{number}")) }, "http", "", "", number);
        }
        assert!(refusals.open.len() <= KINDS + 100);
        // A county that turns out not to be there leaves nothing.
        for kind in refusals.open.keys().cloned().collect::<Vec<_>>() {
            refusals.forget(&kind);
        }
        assert!(refusals.open.is_empty() && refusals.begun.is_empty());
    }
}
