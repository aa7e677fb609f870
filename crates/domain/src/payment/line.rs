//! What becomes of one line, and the sums that must hold at every moment:
//! due = paid + returned + waiting + cancelled, in persons and in fen.

use super::FailureReason;
use crate::money::Fen;
use crate::person::words;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

words! {
    /// Where one line stands.
    LineState {
        /// Without an answer of the bank.
        Waiting = "waiting", "待发";
        /// The bank paid it.
        Paid = "paid", "发放成功";
        /// The bank did not, or took it back.
        Returned = "returned", "退票";
        /// It is not to be paid.
        Cancelled = "cancelled", "已取消";
    }
}

/// What the bank says of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Not paid, or taken back later.
    Failed(FailureReason),
}

/// What the bank says does not go with what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The line was given up, and the bank paid it.
    #[error("这笔已取消，银行结果却是成功")]
    CancelledPaid,
    /// The line was returned and paid again by another, and the bank says now that the first was paid too.
    #[error("这笔已退票并另行补发，银行结果却是成功，可能重复发放")]
    PaidTwice,
    /// The bank says two things of one day.
    #[error("这笔与此前导入的同日结果相反，分不清先后，请向银行要带日期的明细")]
    SameDay,
    /// The word is older than the bank's last word on the first payment, or is that word once more.
    #[error("银行日期早于这个人此前那一笔的退票日期，或流水号与那一笔相同，应是此前批次的结果，请核对批次")]
    OfEarlier,
    /// The first payment failed on the day on which this one is said to have failed.
    #[error("这个人此前那一笔也在同一天退票，分不清是哪一笔的结果，请向银行核实")]
    EarlierOrThis,
    /// The word is newer than the last word on this line, and the bank has a second payment.
    #[error(
        "这笔退票后已另行补发并送银行，而银行日期晚于退票日，应是后一批次的结果，或可能重复发放，请核对批次"
    )]
    OfLater,
    /// The bank never had the line.
    #[error("这笔没有送过银行，应是别的批次的结果，请核对批次")]
    NeverSent,
}

/// What is known of a line beside its state when the bank's word comes. The other lines are those of the same person
/// and item that the bank had: the payment that came back, and the one that pays it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// The day of the bank's word against that of the last word; `None` when there was none.
    pub day: Option<Ordering>,
    /// The same against the last word on lines made before this one; `Less` also when it is that word once more.
    pub earlier: Option<Ordering>,
    /// The bank has a line made after this one.
    pub is_followed: bool,
    /// Another live line pays the same person already.
    pub is_replaced: bool,
}

impl Known {
    /// Why the word is not (or not surely) about a line in this state but about another of the same person. On one
    /// day a payment may fail and the next succeed, so only a second failure is in doubt then. A file that changes
    /// nothing and has such a row is another batch's.
    pub fn other(&self, state: LineState, outcome: Outcome) -> Option<Contradiction> {
        let is_failed = matches!(outcome, Outcome::Failed(_));
        match self.earlier {
            Some(Ordering::Less) => return Some(Contradiction::OfEarlier),
            Some(Ordering::Equal) if is_failed => return Some(Contradiction::EarlierOrThis),
            _ => {}
        }
        if self.is_followed && self.day == Some(Ordering::Greater) {
            return Some(Contradiction::OfLater);
        }
        let is_unsent = state == LineState::Cancelled && self.day.is_none();
        (is_unsent && is_failed).then_some(Contradiction::NeverSent)
    }
}

/// The line's state after the bank's word; `None` when it says what is known or is older than it. A word of the same
/// day that says the opposite is never guessed at, nor is one that may be about another payment of the same person:
/// taking a payment for returned would pay it twice.
pub fn after(state: LineState, outcome: Outcome, known: Known) -> Result<Option<LineState>, Contradiction> {
    let (to, is_known) = match outcome {
        Outcome::Paid => (LineState::Paid, state == LineState::Paid),
        Outcome::Failed(_) => {
            (LineState::Returned, matches!(state, LineState::Returned | LineState::Cancelled))
        }
    };
    match known.other(state, outcome) {
        // A list that says again what came back, with its own day, does no harm.
        Some(Contradiction::OfLater | Contradiction::NeverSent) if is_known => return Ok(None),
        Some(why) => return Err(why),
        None => {}
    }
    if state == LineState::Waiting {
        return Ok(Some(to));
    }
    if is_known || known.day == Some(Ordering::Less) {
        return Ok(None);
    }
    match state {
        LineState::Cancelled => Err(Contradiction::CancelledPaid),
        _ if known.day == Some(Ordering::Equal) => Err(Contradiction::SameDay),
        LineState::Returned if known.is_replaced => Err(Contradiction::PaidTwice),
        _ => Ok(Some(to)),
    }
}

/// Lines and their money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How many lines (笔; one line is one person).
    pub count: i64,
    /// How much, fen.
    pub amount_fen: Fen,
}

impl Tally {
    /// Adds one line.
    pub fn add(&mut self, amount: Fen) {
        self.count += 1;
        self.amount_fen += amount;
    }

    fn plus(self, other: Self) -> Self {
        Self { count: self.count + other.count, amount_fen: self.amount_fen + other.amount_fen }
    }
}

/// The sums of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// All lines.
    pub due: Tally,
    /// Paid.
    pub paid: Tally,
    /// Returned by the bank.
    pub returned: Tally,
    /// Without an answer.
    pub waiting: Tally,
    /// Given up.
    pub cancelled: Tally,
}

impl Totals {
    /// Of lines.
    pub fn of(lines: impl IntoIterator<Item = (LineState, Fen)>) -> Self {
        let mut totals = Self::default();
        for (state, amount) in lines {
            totals.due.add(amount);
            totals.slot(state).add(amount);
        }
        totals
    }

    /// The tally of one state.
    pub fn slot(&mut self, state: LineState) -> &mut Tally {
        match state {
            LineState::Waiting => &mut self.waiting,
            LineState::Paid => &mut self.paid,
            LineState::Returned => &mut self.returned,
            LineState::Cancelled => &mut self.cancelled,
        }
    }

    /// A line went from one state to another.
    pub fn moved(&mut self, from: LineState, to: LineState, amount: Fen) {
        let slot = self.slot(from);
        slot.count -= 1;
        slot.amount_fen = slot.amount_fen - amount;
        self.slot(to).add(amount);
    }

    /// due = paid + returned + waiting + cancelled, and nothing is negative.
    #[must_use]
    pub fn balances(&self) -> bool {
        let parts = [self.paid, self.returned, self.waiting, self.cancelled];
        let sum = parts.iter().fold(Tally::default(), |sum, part| sum.plus(*part));
        sum == self.due && parts.iter().all(|part| part.count >= 0 && part.amount_fen >= Fen::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Outcome = Outcome::Failed(FailureReason::Closed);

    #[test]
    fn the_bank_s_word_as_a_table() {
        use LineState as L;
        const LATER: Option<Ordering> = Some(Ordering::Greater);
        const SAME: Option<Ordering> = Some(Ordering::Equal);
        const OLDER: Option<Ordering> = Some(Ordering::Less);
        for (state, outcome, day, is_replaced, expected) in [
            (L::Waiting, Outcome::Paid, None, false, Ok(Some(L::Paid))),
            (L::Waiting, FAILED, None, false, Ok(Some(L::Returned))),
            (L::Paid, Outcome::Paid, SAME, false, Ok(None)),
            (L::Paid, FAILED, LATER, false, Ok(Some(L::Returned))),
            (L::Paid, FAILED, OLDER, false, Ok(None)),
            (L::Paid, FAILED, SAME, false, Err(Contradiction::SameDay)),
            (L::Returned, FAILED, SAME, true, Ok(None)),
            (L::Returned, Outcome::Paid, LATER, false, Ok(Some(L::Paid))),
            (L::Returned, Outcome::Paid, LATER, true, Err(Contradiction::PaidTwice)),
            (L::Returned, Outcome::Paid, OLDER, true, Ok(None)),
            (L::Returned, Outcome::Paid, SAME, false, Err(Contradiction::SameDay)),
            (L::Cancelled, Outcome::Paid, LATER, false, Err(Contradiction::CancelledPaid)),
            (L::Cancelled, Outcome::Paid, None, false, Err(Contradiction::CancelledPaid)),
            (L::Cancelled, Outcome::Paid, OLDER, false, Ok(None)),
            (L::Cancelled, FAILED, LATER, false, Ok(None)),
            (L::Cancelled, FAILED, None, false, Ok(None)),
        ] {
            let said = after(state, outcome, Known { day, is_replaced, ..Known::default() });
            assert_eq!(said, expected, "{state:?} {outcome:?} {day:?} {is_replaced}");
        }
    }

    #[test]
    fn whose_word_it_is_as_a_table() {
        use LineState as L;
        use Ordering::{Equal, Greater, Less};
        const PAID: Outcome = Outcome::Paid;
        for (state, outcome, day, earlier, is_followed, expected) in [
            // The line pays a returned one again.
            (L::Waiting, FAILED, None, Some(Less), false, Err(Contradiction::OfEarlier)),
            (L::Waiting, PAID, None, Some(Less), false, Err(Contradiction::OfEarlier)),
            (L::Waiting, FAILED, None, Some(Equal), false, Err(Contradiction::EarlierOrThis)),
            (L::Waiting, PAID, None, Some(Equal), false, Ok(Some(L::Paid))),
            (L::Waiting, FAILED, None, Some(Greater), false, Ok(Some(L::Returned))),
            (L::Paid, FAILED, Some(Less), Some(Less), false, Err(Contradiction::OfEarlier)),
            (L::Returned, FAILED, Some(Less), Some(Equal), false, Err(Contradiction::EarlierOrThis)),
            (L::Paid, PAID, Some(Equal), Some(Greater), false, Ok(None)),
            // It came back, and the bank has the one that pays it again.
            (L::Returned, FAILED, Some(Equal), None, true, Ok(None)),
            (L::Returned, PAID, Some(Less), None, true, Ok(None)),
            (L::Returned, FAILED, Some(Greater), None, true, Ok(None)),
            (L::Returned, PAID, Some(Greater), None, true, Err(Contradiction::OfLater)),
            (L::Cancelled, PAID, Some(Greater), None, true, Err(Contradiction::OfLater)),
            (L::Cancelled, FAILED, Some(Greater), None, true, Ok(None)),
        ] {
            let known = Known { day, earlier, is_followed, is_replaced: is_followed };
            assert_eq!(after(state, outcome, known), expected, "{state:?} {outcome:?} {known:?}");
        }
    }

    #[test]
    fn sums_follow_the_lines() {
        let mut totals = Totals::of([(LineState::Waiting, Fen(5_000)), (LineState::Waiting, Fen(7_000))]);
        assert!(totals.balances());
        totals.moved(LineState::Waiting, LineState::Paid, Fen(7_000));
        assert!(totals.balances());
        assert_eq!((totals.paid.count, totals.paid.amount_fen), (1, Fen(7_000)));
        assert_eq!((totals.waiting.count, totals.due.amount_fen), (1, Fen(12_000)));
        totals.paid.add(Fen(1));
        assert!(!totals.balances());
        let mut below = Totals::default();
        below.moved(LineState::Waiting, LineState::Paid, Fen(1));
        assert!(!below.balances());
    }
}
