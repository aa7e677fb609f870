//! The audit: rows are only ever added, each carries the SM3 of itself and of the row before (design rule 7).
//!
//! ```text
//! Act::audit ─> append ─> form: canonical bytes ─> SM3      find: the reader
//! verify: pages ─> Chain ─> faults      evidence: checkpoints and heads, signed      checkpoint: the table of them
//! ```

mod checkpoint;
mod evidence;
mod fault;
mod find;
mod form;
#[cfg(test)]
mod tests;
mod verify;

pub use checkpoint::{Checkpoint, add_checkpoint, checkpoints, last_checkpoint};
pub use evidence::{Evidence, Source, Witness};
pub use fault::{FAULTS, Fault, Report};
pub use find::{Filter, Found, Order, WINDOW, find};
pub use verify::{hash_at, verify, verify_after, verify_with};

use crate::tx::Tx;
use crate::{StoreError, on};
use domain::region::CountyCode;
use sqlx::FromRow;

/// What an act has to say of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry<'e> {
    /// When, ms UTC.
    pub at_ms: i64,
    /// Who, e.g. `os:clerk`.
    pub actor: &'e str,
    /// From where: `cli`, `http`.
    pub origin: &'e str,
    /// The network address it came from; empty on the machine itself.
    pub address: &'e str,
    /// The request it belongs to, as the logs name it; empty when there is none.
    pub request_id: &'e str,
    /// What, a stable word: `roster.import`.
    pub act: &'static str,
    /// Kind of the thing: `import`, `visit`.
    pub object_kind: &'static str,
    /// Its id.
    pub object_id: String,
    /// `done`, `refused` …
    pub outcome: &'static str,
    /// Counts, hashes, `before` and `after` masked; never personal data in clear.
    pub detail: serde_json::Value,
}

/// The end of a county's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: String,
}

/// One row of the chain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditRow {
    /// Number in the county, from 1 without gaps.
    pub seq: i64,
    /// When, ms UTC.
    pub at_ms: i64,
    /// The form of the bytes that were hashed.
    pub version: i64,
    /// Who.
    pub actor: String,
    /// From where.
    pub origin: String,
    /// Network address; empty on the machine itself.
    pub address: String,
    /// The request, as the logs name it.
    pub request_id: String,
    /// What.
    pub act: String,
    /// Kind of the thing.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// How it ended.
    pub outcome: String,
    /// Details as JSON text.
    pub detail_json: String,
    /// Hash of the row before; empty for the first.
    pub previous_hash: String,
    /// SM3 over all columns before.
    pub hash: String,
}

impl AuditRow {
    fn fields(&self) -> form::Fields<'_> {
        form::Fields {
            seq: self.seq,
            at_ms: self.at_ms,
            version: self.version,
            actor: &self.actor,
            origin: &self.origin,
            address: &self.address,
            request_id: &self.request_id,
            act: &self.act,
            object_kind: &self.object_kind,
            object_id: &self.object_id,
            outcome: &self.outcome,
            detail_json: &self.detail_json,
            previous_hash: &self.previous_hash,
        }
    }
}

/// The columns of a row, in the order of [`AuditRow`].
const COLUMNS: &str = "seq, at_ms, version, actor, origin, address, request_id, act, object_kind, object_id, \
                       outcome, detail_json, previous_hash, hash";

const ADD: &str = "INSERT INTO audit (county_code, seq, at_ms, version, actor, origin, address, request_id, act, \
                   object_kind, object_id, outcome, detail_json, previous_hash, hash) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Adds one row behind `head` and gives the new head.
pub(crate) async fn append(
    tx: &mut Tx,
    county: CountyCode,
    head: &Head,
    entry: AuditEntry<'_>,
) -> Result<Head, StoreError> {
    let mut row = AuditRow {
        seq: head.seq + 1,
        at_ms: entry.at_ms,
        version: form::VERSION,
        actor: entry.actor.to_owned(),
        origin: entry.origin.to_owned(),
        address: entry.address.to_owned(),
        request_id: entry.request_id.to_owned(),
        act: entry.act.to_owned(),
        object_kind: entry.object_kind.to_owned(),
        object_id: entry.object_id,
        outcome: entry.outcome.to_owned(),
        detail_json: entry.detail.to_string(),
        previous_hash: head.hash.clone(),
        hash: String::new(),
    };
    row.hash = hex(&form::digest(county, &row.fields()));
    on!(tx, c => sqlx::query(ADD)
        .bind(county.as_str())
        .bind(row.seq)
        .bind(row.at_ms)
        .bind(row.version)
        .bind(row.actor.as_str())
        .bind(row.origin.as_str())
        .bind(row.address.as_str())
        .bind(row.request_id.as_str())
        .bind(row.act.as_str())
        .bind(row.object_kind.as_str())
        .bind(row.object_id.as_str())
        .bind(row.outcome.as_str())
        .bind(row.detail_json.as_str())
        .bind(row.previous_hash.as_str())
        .bind(row.hash.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(Head { seq: row.seq, hash: row.hash })
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

/// The bytes behind lower-case hexadecimal digits; `None` for anything else.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(bytes)
}

const AFTER: &str = "SELECT seq, at_ms, version, actor, origin, address, request_id, act, object_kind, object_id, \
                     outcome, detail_json, previous_hash, hash FROM audit WHERE county_code = $1 AND seq > $2 \
                     ORDER BY seq LIMIT $3";

/// Rows behind `seq`, oldest first.
pub async fn list_after(
    tx: &mut Tx,
    county: CountyCode,
    seq: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(AFTER).bind(county.as_str()).bind(seq).bind(limit).fetch_all(c).await)?)
}

const BEFORE: &str = "SELECT seq, at_ms, version, actor, origin, address, request_id, act, object_kind, object_id, \
                      outcome, detail_json, previous_hash, hash FROM audit WHERE county_code = $1 AND seq < $2 \
                      ORDER BY seq DESC LIMIT $3";

/// Rows before `seq` (`i64::MAX` for the end), newest first.
pub async fn list_before(
    tx: &mut Tx,
    county: CountyCode,
    seq: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BEFORE).bind(county.as_str()).bind(seq).bind(limit).fetch_all(c).await)?)
}

/// Numbers rows and computes their hashes anew from this place on: what someone can do who holds the database and
/// knows the program. For tests of what is found then.
#[cfg(any(test, feature = "testing"))]
pub fn forge(county: CountyCode, rows: &mut [AuditRow], from: usize) {
    for place in from..rows.len() {
        rows[place].seq = i64::try_from(place).unwrap_or(i64::MAX - 1) + 1;
        rows[place].previous_hash =
            place.checked_sub(1).map_or(String::new(), |before| rows[before].hash.clone());
        rows[place].hash = hex(&form::digest(county, &rows[place].fields()));
    }
}
