//! Payments to bank cards (打卡发放, N18): who is entitled, what is checked, in which order and by which people a
//! batch goes its way, and what the bank's answer does to each line.
//!
//! ```text
//! rule + persons ─> entitle ─> lines, refusals      batch: draft ─> checked ─> approved ─> exported ─> sent
//! lines ─> check ─> blocking, warnings                        ─> partly settled ─> settled ─> closed; cancelled
//! bank's rows ─> matching ─> line: waiting ─> paid | returned ─> repaid by another line, or cancelled
//! ```

pub mod batch;
pub mod book;
pub mod check;
#[cfg(test)]
mod history_tests;
mod item;
#[cfg(test)]
mod item_tests;
pub mod line;
pub mod matching;
#[cfg(test)]
mod matching_tests;
mod reason;
pub mod reference;
pub mod result;

pub use batch::{Act, BatchState, Human, Open, People, Refused, next};
pub use check::{Check, Weight};
pub use item::{ClassAmount, Entitled, Example, ItemKind, Payment, Recipient, Refusal};
pub use line::{Contradiction, Known, LineState, Outcome, Tally, Totals, after};
pub use reason::FailureReason;
pub use result::{ResultColumn, ResultKind};
