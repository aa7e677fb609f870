//! The life of a batch, and the people it takes: maker, checker and approver are different humans, whatever accounts
//! they use.

use crate::person::words;
use serde::{Deserialize, Serialize};
use std::fmt;

words! {
    /// Where a batch stands.
    BatchState {
        /// Being made.
        Draft = "draft", "草拟";
        /// Looked through by a second person.
        Checked = "checked", "已复核";
        /// Approved by a third; the list is frozen.
        Approved = "approved", "已审批";
        /// The bank file was written.
        Exported = "exported", "已导出";
        /// Handed to the bank.
        Sent = "sent", "已送银行";
        /// The bank has answered for some.
        PartlySettled = "partly_settled", "部分有结果";
        /// The bank has answered for all.
        Settled = "settled", "全部有结果";
        /// Filed.
        Closed = "closed", "已归档";
        /// Given up before it went to the bank.
        Cancelled = "cancelled", "已取消";
    }
}

impl BatchState {
    /// Whether nothing can happen to it any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }

    /// Whether the bank may have it: from now on only the bank's answer moves money.
    #[must_use]
    pub const fn is_at_bank(self) -> bool {
        matches!(self, Self::Sent | Self::PartlySettled | Self::Settled)
    }

    /// Whether it was handed to the bank at some time.
    #[must_use]
    pub const fn is_past_sending(self) -> bool {
        self.is_at_bank() || matches!(self, Self::Closed)
    }
}

words! {
    /// What is done with a batch.
    Act {
        /// Changing the draft: a line taken out, a warning passed, a spelling given.
        Change = "change", "修改";
        /// Looking it through.
        Check = "check", "复核";
        /// Approving it.
        Approve = "approve", "审批";
        /// Giving it back to be changed; a new version begins.
        Reopen = "reopen", "退回修改";
        /// Writing the bank file.
        Export = "export", "导出";
        /// Handing it to the bank.
        Send = "send", "送银行";
        /// Taking the bank's answer in.
        Settle = "settle", "导入结果";
        /// Filing it.
        Close = "close", "归档";
        /// Giving it up.
        Cancel = "cancel", "取消";
    }
}

/// A human as separation compares them: an opaque word, the same for all their accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Human(pub String);

impl fmt::Display for Human {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who did what to this version of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// Everybody who made or changed it.
    pub makers: Vec<Human>,
    /// Who looked it through.
    pub checker: Option<Human>,
    /// Who approved it.
    pub approver: Option<Human>,
}

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not in this state.
    #[error("批次现为“{}”，不能{}", .0.label(), .1.label())]
    Order(BatchState, Act),
    /// The same human made it.
    #[error("复核人不能是经办人本人（同一人的其他账号也不行），请换一人复核")]
    CheckerIsMaker,
    /// The same human made or looked it through.
    #[error("审批人不能是经办人或复核人本人（同一人的其他账号也不行），请换一人审批")]
    ApproverIsOther,
    /// The bank has not answered for all lines.
    #[error("还有 {0} 笔没有银行结果，不能归档")]
    Waiting(i64),
    /// Some came back and nothing was done about them.
    #[error("还有 {0} 笔退票没有补发或取消，不能归档")]
    Returned(i64),
    /// The bank has the file.
    #[error("批次已送银行，不能取消；请以银行结果为准")]
    AtBank,
}

/// How many lines keep a batch from its end, after the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Open {
    /// Lines without an answer of the bank.
    pub waiting: i64,
    /// Lines that came back and are neither paid by another line nor given up.
    pub returned: i64,
}

/// Whether a human may do this now, and where the batch stands then.
pub fn next(
    state: BatchState,
    act: Act,
    human: &Human,
    people: &People,
    open: Open,
) -> Result<BatchState, Refused> {
    use BatchState as S;
    match (act, state) {
        (Act::Change, S::Draft) | (Act::Reopen, S::Checked | S::Approved) => Ok(S::Draft),
        (Act::Check, S::Draft) if people.makers.contains(human) => Err(Refused::CheckerIsMaker),
        (Act::Check, S::Draft) => Ok(S::Checked),
        (Act::Approve, S::Checked) => {
            let is_other = people.makers.contains(human) || people.checker.as_ref() == Some(human);
            if is_other { Err(Refused::ApproverIsOther) } else { Ok(S::Approved) }
        }
        // The bank's day must be the day of processing: a file is written anew as long as the bank has none.
        (Act::Export, S::Approved | S::Exported) => Ok(S::Exported),
        (Act::Send, S::Exported) => Ok(S::Sent),
        // A payment that comes back after the batch was filed opens it again.
        (Act::Settle, S::Sent | S::PartlySettled | S::Settled | S::Closed) => {
            Ok(if open.waiting == 0 { S::Settled } else { S::PartlySettled })
        }
        (Act::Close, S::Settled | S::PartlySettled) if open.waiting > 0 => {
            Err(Refused::Waiting(open.waiting))
        }
        (Act::Close, S::Settled) if open.returned > 0 => Err(Refused::Returned(open.returned)),
        (Act::Close, S::Settled) => Ok(S::Closed),
        (Act::Cancel, S::Draft | S::Checked | S::Approved | S::Exported) => Ok(S::Cancelled),
        (Act::Cancel, state) if state.is_at_bank() => Err(Refused::AtBank),
        (act, state) => Err(Refused::Order(state, act)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn human(name: &str) -> Human {
        Human(name.to_owned())
    }

    fn people() -> People {
        People { makers: vec![human("a"), human("b")], checker: Some(human("c")), approver: None }
    }

    #[test]
    fn only_one_order_is_possible() {
        use Act as A;
        use BatchState as S;
        let allowed = [
            (S::Draft, A::Change, S::Draft),
            (S::Draft, A::Check, S::Checked),
            (S::Draft, A::Cancel, S::Cancelled),
            (S::Checked, A::Approve, S::Approved),
            (S::Checked, A::Reopen, S::Draft),
            (S::Checked, A::Cancel, S::Cancelled),
            (S::Approved, A::Export, S::Exported),
            (S::Approved, A::Reopen, S::Draft),
            (S::Approved, A::Cancel, S::Cancelled),
            (S::Exported, A::Export, S::Exported),
            (S::Exported, A::Send, S::Sent),
            (S::Exported, A::Cancel, S::Cancelled),
            (S::Sent, A::Settle, S::Settled),
            (S::PartlySettled, A::Settle, S::Settled),
            (S::Settled, A::Settle, S::Settled),
            (S::Closed, A::Settle, S::Settled),
            (S::Settled, A::Close, S::Closed),
        ];
        for state in BatchState::ALL {
            for act in Act::ALL {
                let expected = allowed.iter().find(|it| it.0 == *state && it.1 == *act).map(|it| it.2);
                let said = next(*state, *act, &human("z"), &people(), Open::default());
                assert_eq!(said.ok(), expected, "{state:?} {act:?}");
            }
        }
    }

    #[test]
    fn nobody_looks_through_or_approves_the_own_work() {
        for (state, act, who, expected) in [
            (BatchState::Draft, Act::Check, "a", Err(Refused::CheckerIsMaker)),
            (BatchState::Draft, Act::Check, "b", Err(Refused::CheckerIsMaker)),
            (BatchState::Draft, Act::Check, "c", Ok(BatchState::Checked)),
            (BatchState::Checked, Act::Approve, "a", Err(Refused::ApproverIsOther)),
            (BatchState::Checked, Act::Approve, "c", Err(Refused::ApproverIsOther)),
            (BatchState::Checked, Act::Approve, "d", Ok(BatchState::Approved)),
        ] {
            assert_eq!(next(state, act, &human(who), &people(), Open::default()), expected, "{act:?} {who}");
        }
    }

    #[test]
    fn waiting_lines_keep_a_batch_open() {
        let waiting = Open { waiting: 3, returned: 1 };
        let said = |state, act, open| next(state, act, &human("z"), &people(), open);
        assert_eq!(said(BatchState::Sent, Act::Settle, waiting), Ok(BatchState::PartlySettled));
        assert_eq!(said(BatchState::PartlySettled, Act::Close, waiting), Err(Refused::Waiting(3)));
        assert_eq!(said(BatchState::Sent, Act::Cancel, waiting), Err(Refused::AtBank));
        let returned = Open { waiting: 0, returned: 1 };
        assert_eq!(said(BatchState::Settled, Act::Close, returned), Err(Refused::Returned(1)));
    }
}
