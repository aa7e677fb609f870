//! What is known of a chain beside the chain itself: signed checkpoints in the database, signed heads outside it.

use super::checkpoint::Checkpoint;
use super::{Fault, unhex};
use crate::heads::HeadLine;
use crate::sign::{self, Signer};
use domain::region::CountyCode;
use std::collections::HashMap;
use std::fmt;

/// Where a signed head was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// In the database.
    Checkpoint,
    /// In a file outside it.
    HeadFile,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Checkpoint => "检查点",
            Self::HeadFile => "链头文件",
        })
    }
}

/// A signed head: at that time the chain's row `seq` had this hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// The row.
    pub seq: i64,
    /// Its hash; `None` when what is written down is no hash.
    pub hash: Option<[u8; 32]>,
    /// When it was signed.
    pub at_ms: i64,
    /// Where it was kept.
    pub source: Source,
}

/// Checkpoints and heads of one county, still to be believed.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// From the database.
    pub checkpoints: Vec<Checkpoint>,
    /// From a file.
    pub heads: Vec<HeadLine>,
}

impl Evidence {
    /// Those whose signature is right, by number; a fault for each other one. The same head in both places is
    /// checked once.
    pub(super) fn believe(self, county: CountyCode, signer: Option<&Signer>) -> (Vec<Witness>, Vec<Fault>) {
        let Some(signer) = signer else { return Default::default() };
        let (mut witnesses, mut faults) = (Vec::new(), Vec::new());
        let mut known: HashMap<(i64, String, i64, String), bool> = HashMap::new();
        let checkpoints = self
            .checkpoints
            .into_iter()
            .map(|it| (Source::Checkpoint, it.seq, it.hash, it.at_ms, it.signature));
        let heads =
            self.heads.into_iter().map(|it| (Source::HeadFile, it.seq, it.hash, it.at_ms, it.signature));
        for (source, seq, hash, at_ms, signature) in checkpoints.chain(heads) {
            let bytes = unhex(&hash);
            let is_right = *known.entry((seq, hash, at_ms, signature)).or_insert_with_key(|key| {
                signer.is_signed(&sign::head_message(county, key.0, &key.1, key.2), &key.3)
            });
            if is_right {
                witnesses.push(Witness { seq, hash: bytes, at_ms, source });
            } else {
                faults.push(Fault::Signature(seq, source));
            }
        }
        witnesses.sort_by_key(|it| (it.seq, it.source, it.at_ms));
        (witnesses, faults)
    }
}
