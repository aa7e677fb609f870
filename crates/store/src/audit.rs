//! The audit: rows are only ever added, each carries the SM3 of itself and of the row before (design rule 7).

use crate::tx::Tx;
use crate::{StoreError, on};
use domain::region::CountyCode;
use sm3::{Digest, Sm3};
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
    /// What, a stable word: `roster.import`.
    pub act: &'static str,
    /// Kind of the thing: `import`, `visit`.
    pub object_kind: &'static str,
    /// Its id.
    pub object_id: String,
    /// `done`, `refused` …
    pub outcome: &'static str,
    /// Counts and hashes; never personal data in clear.
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
    /// Who.
    pub actor: String,
    /// From where.
    pub origin: String,
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

const ADD: &str = "INSERT INTO audit (county_code, seq, at_ms, actor, origin, act, object_kind, object_id, outcome, \
                   detail_json, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

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
        actor: entry.actor.to_owned(),
        origin: entry.origin.to_owned(),
        act: entry.act.to_owned(),
        object_kind: entry.object_kind.to_owned(),
        object_id: entry.object_id,
        outcome: entry.outcome.to_owned(),
        detail_json: entry.detail.to_string(),
        previous_hash: head.hash.clone(),
        hash: String::new(),
    };
    row.hash = row.expected_hash(county);
    on!(tx, c => sqlx::query(ADD)
        .bind(county.as_str())
        .bind(row.seq)
        .bind(row.at_ms)
        .bind(row.actor.as_str())
        .bind(row.origin.as_str())
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

impl AuditRow {
    /// SM3 over the canonical bytes of all columns but the hash: each text with its length before it, each number
    /// as eight bytes, so that no two rows have the same bytes.
    fn expected_hash(&self, county: CountyCode) -> String {
        hex(&self.digest(county, self.seq))
    }

    fn digest(&self, county: CountyCode, seq: i64) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(320);
        let mut text = |text: &str| {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        };
        text(county.as_str());
        text(&self.actor);
        text(&self.origin);
        text(&self.act);
        text(&self.object_kind);
        text(&self.object_id);
        text(&self.outcome);
        text(&self.detail_json);
        text(&self.previous_hash);
        bytes.extend_from_slice(&seq.to_be_bytes());
        bytes.extend_from_slice(&self.at_ms.to_be_bytes());
        Sm3::digest(&bytes).into()
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

const AFTER: &str = "SELECT seq, at_ms, actor, origin, act, object_kind, object_id, outcome, detail_json, \
                     previous_hash, hash FROM audit WHERE county_code = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// Rows behind `seq`, oldest first.
pub async fn list_after(
    tx: &mut Tx,
    county: CountyCode,
    seq: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(AFTER).bind(county.as_str()).bind(seq).bind(limit).fetch_all(c).await)?)
}

const BEFORE: &str = "SELECT seq, at_ms, actor, origin, act, object_kind, object_id, outcome, detail_json, \
                      previous_hash, hash FROM audit WHERE county_code = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";

/// Rows before `seq` (`i64::MAX` for the end), newest first.
pub async fn list_before(
    tx: &mut Tx,
    county: CountyCode,
    seq: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BEFORE).bind(county.as_str()).bind(seq).bind(limit).fetch_all(c).await)?)
}

/// What was found in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Rows looked at.
    pub rows: i64,
    /// Number of the last row as the county's row has it.
    pub head_seq: i64,
    /// Its hash as the county's row has it.
    pub head_hash: String,
    /// What is wrong, in the order of the chain; at most [`FAULTS`].
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether the chain is whole.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// The most faults a report lists.
pub const FAULTS: usize = 20;

/// A place where a chain was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The row's columns do not give its hash.
    #[error("第 {0} 条被改动")]
    Changed(i64),
    /// Rows are missing, from and to.
    #[error("第 {0} 至 {1} 条被删除")]
    Removed(i64, i64),
    /// A row stands under the number of another, its own number comes second.
    #[error("第 {0} 条被调换，原为第 {1} 条")]
    Moved(i64, i64),
    /// The row is right in itself but does not follow the row before it: one of both was put in later.
    #[error("第 {0} 条与前一条不衔接，前一条或本条是后来插入或重写的")]
    Unlinked(i64),
    /// Rows behind the head that the county knows.
    #[error("第 {0} 条是后来追加的")]
    Added(i64),
    /// The county's head does not match the last row.
    #[error("链尾与县记录不符（第 {0} 条），末尾的记录被重写")]
    Head(i64),
}

const CHUNK: i64 = 5_000;

/// Recomputes a county's chain in pieces and says what does not fit.
pub async fn verify(tx: &mut Tx, county: CountyCode) -> Result<Report, StoreError> {
    let known = crate::county::get(tx, county).await?.ok_or(StoreError::NoCounty(county))?;
    let mut chain = Chain { county, rows: 0, last: Head { seq: 0, hash: String::new() }, faults: Vec::new() };
    loop {
        let rows = list_after(tx, county, chain.last.seq, CHUNK).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            chain.follow(row, known.audit_seq);
        }
        // Lets other work run between pieces.
        tokio::task::yield_now().await;
    }
    chain.close(known.audit_seq, &known.audit_hash);
    let Chain { rows, faults, .. } = chain;
    Ok(Report { rows, head_seq: known.audit_seq, head_hash: known.audit_hash, faults })
}

struct Chain {
    county: CountyCode,
    rows: i64,
    last: Head,
    faults: Vec<Fault>,
}

impl Chain {
    fn follow(&mut self, row: &AuditRow, head_seq: i64) {
        self.rows += 1;
        let follows = row.seq == self.last.seq + 1;
        if !follows {
            self.fault(Fault::Removed(self.last.seq + 1, row.seq - 1));
        }
        if row.seq > head_seq {
            self.fault(Fault::Added(row.seq));
        } else if row.hash != row.expected_hash(self.county) {
            let own = self.own_number(row);
            self.fault(own.map_or(Fault::Changed(row.seq), |own| Fault::Moved(row.seq, own)));
        } else if follows && row.previous_hash != self.last.hash {
            self.fault(Fault::Unlinked(row.seq));
        }
        self.last = Head { seq: row.seq, hash: row.hash.clone() };
    }

    /// The number under which a row's hash is right, when it was moved not too far.
    fn own_number(&self, row: &AuditRow) -> Option<i64> {
        const FAR: i64 = 1_000;
        if self.faults.len() >= FAULTS {
            return None;
        }
        ((row.seq - FAR).max(1)..=row.seq + FAR).find(|seq| hex(&row.digest(self.county, *seq)) == row.hash)
    }

    fn close(&mut self, head_seq: i64, head_hash: &str) {
        if self.last.seq < head_seq {
            self.fault(Fault::Removed(self.last.seq + 1, head_seq));
        } else if self.last.seq == head_seq && self.last.hash != head_hash {
            self.fault(Fault::Head(head_seq));
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS {
            self.faults.push(fault);
        }
    }
}
