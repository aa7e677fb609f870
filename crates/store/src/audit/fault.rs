//! What can be wrong with a chain, and where.

use super::evidence::Source;

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
    /// How many more there are.
    pub more: u64,
    /// Checkpoints whose signature is right and whose row is in the chain.
    pub checkpoints: u64,
    /// Heads from outside the database whose signature is right and whose row is in the chain.
    pub heads: u64,
    /// The last row that a signed checkpoint or head vouches for, and when it was signed.
    pub vouched: Option<(i64, i64)>,
    /// The same for heads from outside the database alone.
    pub vouched_outside: Option<(i64, i64)>,
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
    /// Rows from and to stand so many numbers behind their own: others were put in before them (or taken out, when
    /// the third is negative).
    #[error("第 {0} 至 {1} 条的编号被移动 {2} 位，其前有记录被插入或抽走")]
    Shifted(i64, i64, i64),
    /// The row is right in itself but does not follow the row before it: one of both was put in later.
    #[error("第 {0} 条与前一条不衔接，前一条或本条是后来插入或重写的")]
    Unlinked(i64),
    /// Rows behind the head that the county knows.
    #[error("第 {0} 条是后来追加的")]
    Added(i64),
    /// The county's head does not match the last row.
    #[error("链尾与县记录不符（第 {0} 条），末尾的记录被重写")]
    Head(i64),
    /// A signed head says otherwise: one of these rows, from and to, or several, were rewritten since.
    #[error("第 {0} 至 {1} 条中有记录被重写，与{2}不符")]
    Rewritten(i64, i64, Source),
    /// A signed head names a row behind the end of the chain: rows from and to were cut off.
    #[error("第 {0} 至 {1} 条被截掉，{2}写明曾有第 {1} 条")]
    Truncated(i64, i64, Source),
    /// The signature of a checkpoint or head is not of a key of this house.
    #[error("第 {0} 条处的{1}签名不符：它是伪造的，或由本机密钥文件夹里没有公钥（signing.pub）的密钥签名")]
    Signature(i64, Source),
}

/// Faults as they are found; the first [`FAULTS`] are kept, neighbours of one kind as one.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) kept: Vec<Fault>,
    pub(super) more: u64,
}

impl Faults {
    pub(super) fn is_full(&self) -> bool {
        self.kept.len() >= FAULTS
    }

    /// How far the last row stood from its own number.
    pub(super) fn shift(&self) -> Option<i64> {
        match self.kept.last()? {
            Fault::Moved(seq, own) => Some(seq - own),
            Fault::Shifted(_, _, by) => Some(*by),
            _ => None,
        }
    }

    pub(super) fn add(&mut self, fault: Fault) {
        if let (Some(last), Fault::Moved(seq, own)) = (self.kept.last_mut(), fault) {
            let by = seq - own;
            match *last {
                Fault::Moved(before, other) if before + 1 == seq && before - other == by => {
                    *last = Fault::Shifted(before, seq, by);
                    return;
                }
                Fault::Shifted(from, to, shift) if to + 1 == seq && shift == by => {
                    *last = Fault::Shifted(from, seq, by);
                    return;
                }
                _ => {}
            }
        }
        if let (Some(Fault::Rewritten(_, to, _)), Fault::Rewritten(from, end, _)) =
            (self.kept.last_mut(), fault)
            && *to + 1 == from
        {
            *to = end;
            return;
        }
        if self.is_full() {
            self.more += 1;
        } else {
            self.kept.push(fault);
        }
    }
}
