//! The audit trail: one row per act, chained. Here acts that change nothing else are noted, refusals counted, heads
//! signed, and the chain verified, read and exported.

mod checkpoint;
mod reader;
mod refusal;
mod verify;

pub use checkpoint::{DAY_MS, ROWS, checkpoint, checkpoint_when_due, counties, write_heads};
pub use formats::listing::Kind;
pub use reader::{export, list};
pub use refusal::{close_refusals, failed, refused};
pub use store::audit::{AuditRow, Filter, Found};
pub use verify::{verify, verify_against};

use crate::{App, Caller, Problem};
use domain::region::CountyCode;
use jiff::civil::Date;
use refusal::Refusals;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use store::{HeadFiles, Signer};

/// What the audit needs beside the database: who signs its heads, where they are kept outside, and the refusals that
/// are being counted. Cheap to clone.
#[derive(Clone)]
pub struct Trail {
    signer: Signer,
    heads: HeadFiles,
    refusals: Arc<Mutex<Refusals>>,
}

impl Trail {
    /// A trail whose heads are signed by this signer and written to these files.
    #[must_use]
    pub fn new(signer: Signer, heads: HeadFiles) -> Self {
        Self { signer, heads, refusals: Arc::default() }
    }

    /// The files of heads.
    #[must_use]
    pub fn heads(&self) -> &HeadFiles {
        &self.heads
    }
}

/// Writes down an act that changes nothing else: an export or a reveal.
pub async fn note(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    act_name: &'static str,
    object: (&'static str, &str),
    detail: Value,
) -> Result<(), Problem> {
    let (inner, caller, kind, id) = (app.clone(), caller.clone(), object.0, object.1.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                act.audit(inner.entry(&caller, act_name, kind, &id, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await
}

/// Details without numbers of persons, accounts and telephones: the last guard, should an act hand one over in clear.
pub(crate) fn masked(detail: Value) -> Value {
    match detail {
        Value::String(text) => Value::String(domain::mask::numbers(&text)),
        Value::Array(all) => Value::Array(all.into_iter().map(masked).collect()),
        Value::Object(all) => {
            Value::Object(all.into_iter().map(|(key, value)| (key, masked(value))).collect())
        }
        other => other,
    }
}

/// The county's time before UTC, all year.
const SHANGHAI_MS: i64 = 8 * 3600 * 1000;

/// When a day begins in the county, ms UTC.
#[must_use]
pub fn day_starts(day: Date) -> i64 {
    let at = jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0));
    at.map_or(0, |at| at.as_millisecond() - SHANGHAI_MS)
}

/// When the day after it begins.
#[must_use]
pub fn day_ends(day: Date) -> i64 {
    day_starts(day) + DAY_MS
}

/// A moment as people in the county read it: `2024-07-20 10:00:00`.
#[must_use]
pub fn moment(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms.saturating_add(SHANGHAI_MS))
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let at = jiff::tz::Offset::UTC.to_datetime(at);
    format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_do_not_reach_the_details() {
        let detail =
            serde_json::json!({ "a": ["电话20012345678"], "b": { "c": "11010519491231002X" }, "n": 7 });
        let masked = super::masked(detail);
        assert_eq!(
            masked,
            serde_json::json!({ "a": ["电话20012345678"], "b": { "c": "110105********002X" }, "n": 7 })
        );
        assert_eq!(super::masked("10012345678".into()), "100****5678");
    }

    #[test]
    fn moments_are_the_county_s() {
        assert_eq!(super::moment(1_721_440_800_000), "2024-07-20 10:00:00");
        assert_eq!(super::moment(-1), "1970-01-01 07:59:59");
        let day = jiff::civil::date(2024, 7, 20);
        assert_eq!(super::moment(super::day_starts(day)), "2024-07-20 00:00:00");
        assert_eq!(super::moment(super::day_ends(day) - 1), "2024-07-20 23:59:59");
    }
}
