//! The bytes of a row that are hashed. Their form has a number that each row carries, so that a later form can cover
//! more columns and rows written before still verify.

use domain::region::CountyCode;
use sm3::{Digest, Sm3};

/// The form in which rows are written now.
pub(super) const VERSION: i64 = 2;

/// All columns but the county and the hash.
#[derive(Clone, Copy)]
pub(super) struct Fields<'r> {
    pub(super) seq: i64,
    pub(super) at_ms: i64,
    pub(super) version: i64,
    pub(super) actor: &'r str,
    pub(super) origin: &'r str,
    pub(super) address: &'r str,
    pub(super) request_id: &'r str,
    pub(super) act: &'r str,
    pub(super) object_kind: &'r str,
    pub(super) object_id: &'r str,
    pub(super) outcome: &'r str,
    pub(super) detail_json: &'r str,
    pub(super) previous_hash: &'r str,
}

impl Fields<'_> {
    /// A row of which only the number could be read.
    pub(super) const fn unreadable(seq: i64) -> Self {
        Self {
            seq,
            at_ms: 0,
            version: 0,
            actor: "",
            origin: "",
            address: "",
            request_id: "",
            act: "",
            object_kind: "",
            object_id: "",
            outcome: "",
            detail_json: "",
            previous_hash: "",
        }
    }
}

/// Adds the canonical bytes to `bytes`: each text with its length before it, each number as eight bytes, so that no
/// two rows have the same bytes. They end in the number and the time (see [`renumber`]).
///
/// Form 1 begins with the length of the county's code, which is 6; form 2 with its own number. False when the row
/// cannot be of its form: an unknown one, or form 1 with a column that it does not cover.
pub(super) fn write(county: CountyCode, row: &Fields<'_>, bytes: &mut Vec<u8>) -> bool {
    let later: &[&str] = match row.version {
        1 if row.address.is_empty() && row.request_id.is_empty() => &[],
        2 => {
            bytes.extend_from_slice(&row.version.to_be_bytes());
            &[row.address, row.request_id]
        }
        _ => return false,
    };
    let mut text = |text: &str| {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    };
    text(county.as_str());
    text(row.actor);
    text(row.origin);
    text(row.act);
    text(row.object_kind);
    text(row.object_id);
    text(row.outcome);
    text(row.detail_json);
    text(row.previous_hash);
    for it in later {
        text(it);
    }
    bytes.extend_from_slice(&row.seq.to_be_bytes());
    bytes.extend_from_slice(&row.at_ms.to_be_bytes());
    true
}

/// Puts another number into bytes that [`write()`] made.
pub(super) fn renumber(bytes: &mut [u8], seq: i64) {
    if let Some(at) = bytes.len().checked_sub(16) {
        bytes[at..at + 8].copy_from_slice(&seq.to_be_bytes());
    }
}

/// SM3 over the canonical bytes.
pub(super) fn digest(county: CountyCode, row: &Fields<'_>) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(384);
    write(county, row, &mut bytes);
    hash(&bytes)
}

/// SM3.
pub(super) fn hash(bytes: &[u8]) -> [u8; 32] {
    Sm3::digest(bytes).into()
}
