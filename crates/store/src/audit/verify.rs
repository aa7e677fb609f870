//! Recomputing a chain: one task reads pages, another hashes them.

use super::evidence::{Evidence, Source, Witness};
use super::fault::{Fault, Faults, Report};
use super::{Head, form, unhex};
use crate::sign::Signer;
use crate::tx::Tx;
use crate::{StoreError, dialect, on};
use domain::region::CountyCode;
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Rows in a page: 4 MB of canonical bytes.
const PAGE: i64 = 10_000;
/// Pages that wait to be hashed.
const WAITING: usize = 2;

/// Recomputes a county's chain and says what does not fit in itself.
pub async fn verify(tx: &mut Tx, county: CountyCode) -> Result<Report, StoreError> {
    verify_with(tx, county, Evidence::default(), None).await
}

/// The same, held against signed heads; without a signer they are left out.
pub async fn verify_with(
    tx: &mut Tx,
    county: CountyCode,
    evidence: Evidence,
    signer: Option<Signer>,
) -> Result<Report, StoreError> {
    run(tx, county, Head { seq: 0, hash: String::new() }, move || evidence.believe(county, signer.as_ref()))
        .await
}

/// Recomputes what stands behind a row whose hash is known.
pub async fn verify_after(
    tx: &mut Tx,
    county: CountyCode,
    seq: i64,
    hash: &str,
) -> Result<Report, StoreError> {
    run(tx, county, Head { seq, hash: hash.to_owned() }, Default::default).await
}

async fn run(
    tx: &mut Tx,
    county: CountyCode,
    from: Head,
    believe: impl FnOnce() -> (Vec<Witness>, Vec<Fault>) + Send + 'static,
) -> Result<Report, StoreError> {
    let known = crate::county::get(tx, county).await?.ok_or(StoreError::NoCounty(county))?;
    let known = Head { seq: known.audit_seq, hash: known.audit_hash };
    let (pages, mut waiting) = mpsc::channel::<Page>(WAITING);
    // Numbers below 1 do not exist: a row with one was put in.
    let mut after = if from.seq == 0 { i64::MIN } else { from.seq };
    let hashing = spawn_blocking(move || {
        let (witnesses, forged) = believe();
        let mut chain = Chain::new(known, &from, witnesses);
        while let Some(mut page) = waiting.blocking_recv() {
            page.follow(&mut chain);
        }
        chain.close(forged)
    });
    loop {
        let page = Page::read(tx, county, after).await?;
        let Some(last) = page.items.last() else { break };
        after = last.seq;
        if pages.send(page).await.is_err() {
            break;
        }
    }
    drop(pages);
    hashing.await.map_err(|_| StoreError::Panicked)
}

/// What a row is made of, in the order of [`PAGE_OF`].
const COLUMNS: [&str; 14] = [
    "seq",
    "at_ms",
    "version",
    "actor",
    "origin",
    "address",
    "request_id",
    "act",
    "object_kind",
    "object_id",
    "outcome",
    "detail_json",
    "previous_hash",
    "hash",
];
const PAGE_OF: &str = "SELECT * FROM (SELECT CAST(seq AS TEXT) AS seq, CAST(at_ms AS TEXT) AS at_ms, \
    CAST(version AS TEXT) AS version, actor, origin, address, request_id, act, object_kind, object_id, outcome, \
    detail_json, previous_hash, hash FROM audit WHERE county_code = $1 AND seq > $2 ORDER BY audit.seq LIMIT $3) AS page";

const HASH_AT: &str = "SELECT hash FROM audit WHERE county_code = $1 AND seq = $2";

/// The hash that a row carries.
pub async fn hash_at(tx: &mut Tx, county: CountyCode, seq: i64) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        on!(tx, c => sqlx::query_as(HASH_AT).bind(county.as_str()).bind(seq).fetch_optional(c).await)?;
    Ok(row.map(|(hash,)| hash))
}

/// Rows as they are hashed: their canonical bytes one behind the other.
#[derive(Default)]
pub(super) struct Page {
    items: Vec<Item>,
    bytes: Vec<u8>,
}

/// One row of a page.
struct Item {
    seq: i64,
    /// Where its bytes begin and end; empty when the row cannot be of its form.
    bytes: std::ops::Range<usize>,
    previous: Link,
    hash: Link,
}

/// A hash as it is written in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Nothing: before the first row.
    Start,
    Hash([u8; 32]),
    /// Anything else.
    Bad,
}

impl Link {
    fn read(text: &str) -> Self {
        if text.is_empty() { Self::Start } else { unhex(text).map_or(Self::Bad, Self::Hash) }
    }
}

impl Page {
    async fn read(tx: &mut Tx, county: CountyCode, after: i64) -> Result<Self, StoreError> {
        let sql = dialect::run(tx, &COLUMNS, PAGE_OF);
        let (rows,): (Option<Vec<u8>>,) = on!(tx, c => {
            let asked = sqlx::query_as(AssertSqlSafe(sql)).bind(county.as_str()).bind(after).bind(PAGE);
            asked.fetch_one(c).await
        })?;
        let mut page = Self::default();
        let mut rest = rows.as_deref().unwrap_or_default();
        while !rest.is_empty() {
            rest = page.take(county, rest).ok_or_else(|| {
                let at = format!("{after}+{}", page.items.len());
                StoreError::Corrupt { table: "audit", column: "seq", id: at }
            })?;
        }
        Ok(page)
    }

    /// Takes the first row of a run of them (`dialect::run`) and says what follows it. None when its number cannot
    /// be read; a text that someone made unreadable is a changed row, not the end of the verification.
    fn take<'r>(&mut self, county: CountyCode, run: &'r [u8]) -> Option<&'r [u8]> {
        let line = run.iter().position(|it| *it == b'\n')?;
        let mut lengths = std::str::from_utf8(&run[..line]).ok()?.split_terminator(',');
        let mut rest = &run[line + 1..];
        let mut columns = [&[][..]; COLUMNS.len()];
        for column in &mut columns {
            (*column, rest) = rest.split_at_checked(lengths.next()?.parse().ok()?)?;
        }
        let seq = std::str::from_utf8(columns[0]).ok()?.parse().ok()?;
        match Self::fields(seq, &columns) {
            Some((fields, hash)) => self.push(county, &fields, hash, true),
            None => self.push(county, &form::Fields::unreadable(seq), "", false),
        }
        Some(rest)
    }

    fn fields<'r>(seq: i64, columns: &[&'r [u8]; COLUMNS.len()]) -> Option<(form::Fields<'r>, &'r str)> {
        let mut texts = [""; COLUMNS.len()];
        for (text, bytes) in texts.iter_mut().zip(columns) {
            *text = std::str::from_utf8(bytes).ok()?;
        }
        let [
            _,
            at_ms,
            version,
            actor,
            origin,
            address,
            request_id,
            act,
            object_kind,
            object_id,
            outcome,
            detail_json,
            previous_hash,
            hash,
        ] = texts;
        let fields = form::Fields {
            seq,
            at_ms: at_ms.parse().ok()?,
            version: version.parse().ok()?,
            actor,
            origin,
            address,
            request_id,
            act,
            object_kind,
            object_id,
            outcome,
            detail_json,
            previous_hash,
        };
        Some((fields, hash))
    }

    pub(super) fn push(&mut self, county: CountyCode, fields: &form::Fields<'_>, hash: &str, is_text: bool) {
        let start = self.bytes.len();
        if !(is_text && form::write(county, fields, &mut self.bytes)) {
            self.bytes.truncate(start);
        }
        self.items.push(Item {
            seq: fields.seq,
            bytes: start..self.bytes.len(),
            previous: Link::read(fields.previous_hash),
            hash: Link::read(hash),
        });
    }

    pub(super) fn follow(&mut self, chain: &mut Chain) {
        for item in &self.items {
            chain.follow(item, &mut self.bytes[item.bytes.clone()]);
        }
    }
}

/// A chain as far as it was followed.
pub(super) struct Chain {
    known: Head,
    rows: i64,
    last: (i64, Link),
    witnesses: std::vec::IntoIter<Witness>,
    next: Option<Witness>,
    /// Up to this row a signed head has been heard, for or against.
    heard: i64,
    report: Report,
    faults: Faults,
}

impl Chain {
    /// A chain that goes on behind `from`; the witnesses are in its order.
    pub(super) fn new(known: Head, from: &Head, witnesses: Vec<Witness>) -> Self {
        let mut witnesses = witnesses.into_iter();
        let report = Report {
            rows: 0,
            head_seq: known.seq,
            head_hash: known.hash.clone(),
            faults: Vec::new(),
            more: 0,
            checkpoints: 0,
            heads: 0,
            vouched: None,
            vouched_outside: None,
        };
        Self {
            known,
            rows: 0,
            last: (from.seq, Link::read(&from.hash)),
            next: witnesses.next(),
            witnesses,
            heard: from.seq,
            report,
            faults: Faults::default(),
        }
    }

    fn follow(&mut self, item: &Item, bytes: &mut [u8]) {
        self.rows += 1;
        let seq = item.seq;
        if seq < 1 {
            self.faults.add(Fault::Added(seq));
            return;
        }
        let follows = seq == self.last.0 + 1;
        if !follows {
            self.faults.add(Fault::Removed(self.last.0 + 1, seq - 1));
        }
        let fault = if seq > self.known.seq {
            Some(Fault::Added(seq))
        } else if bytes.is_empty() || Link::Hash(form::hash(bytes)) != item.hash {
            let own = self.own_number(item, bytes);
            Some(own.map_or(Fault::Changed(seq), |own| Fault::Moved(seq, own)))
        } else if follows && (item.previous != self.last.1 || item.previous == Link::Bad) {
            Some(Fault::Unlinked(seq))
        } else {
            None
        };
        if let Some(fault) = fault {
            self.faults.add(fault);
        }
        self.hear(seq, item.hash, fault.is_some());
        self.last = (seq, item.hash);
    }

    /// What signed heads say of this row; one that is faulty in itself needs no witness.
    fn hear(&mut self, seq: i64, hash: Link, is_faulty: bool) {
        while let Some(witness) = self.next.filter(|it| it.seq <= seq) {
            self.next = self.witnesses.next();
            if witness.seq < seq || is_faulty {
                continue;
            }
            if witness.hash.is_some_and(|it| Link::Hash(it) == hash) {
                let vouched = Some((seq, witness.at_ms));
                self.report.vouched = vouched;
                if witness.source == Source::HeadFile {
                    self.report.heads += 1;
                    self.report.vouched_outside = vouched;
                } else {
                    self.report.checkpoints += 1;
                }
            } else if self.heard < seq {
                self.faults.add(Fault::Rewritten(self.heard + 1, seq, witness.source));
            }
            self.heard = seq;
        }
    }

    /// The number under which a row's hash is right, when it was moved not too far.
    fn own_number(&self, item: &Item, bytes: &mut [u8]) -> Option<i64> {
        const FAR: i64 = 1_000;
        if bytes.is_empty() {
            return None;
        }
        let mut is_own = |seq: &i64| {
            form::renumber(bytes, *seq);
            Link::Hash(form::hash(bytes)) == item.hash
        };
        // All rows behind an inserted one stand as far off as the first.
        let near = self.faults.shift().map(|by| item.seq - by).filter(|seq| is_own(seq));
        if near.is_some() || self.faults.is_full() {
            return near;
        }
        ((item.seq - FAR).max(1)..=item.seq + FAR).find(is_own)
    }

    /// Looks at the end, and adds what was wrong with the witnesses themselves.
    pub(super) fn close(mut self, forged: Vec<Fault>) -> Report {
        let (seq, hash) = self.last;
        if seq < self.known.seq {
            self.faults.add(Fault::Removed(seq + 1, self.known.seq));
        } else if seq == self.known.seq && hash != Link::read(&self.known.hash) {
            self.faults.add(Fault::Head(seq));
        }
        // The furthest one, and of two the one from outside.
        let end = seq.max(self.known.seq);
        if let Some(beyond) = self.next.into_iter().chain(self.witnesses).last().filter(|it| it.seq > end) {
            self.faults.add(Fault::Truncated(end + 1, beyond.seq, beyond.source));
        }
        for fault in forged {
            self.faults.add(fault);
        }
        Report { rows: self.rows, faults: self.faults.kept, more: self.faults.more, ..self.report }
    }
}
