//! Payments to cards: a batch is prepared, looked through, approved, exported, sent, settled and filed, each step one
//! act by a person whom the rules allow.

mod act;
mod beside;
mod correct;
mod export;
mod facts;
mod judge;
mod layout;
mod lines;
mod others;
mod paper;
mod plan;
mod prepare;
mod returns;
mod review;
mod settle;
mod twins;
mod view;

pub use act::{Answer, Blocked, Key, Op, act};
pub use beside::{Compared, compare, comparisons, remove_comparison};
pub use correct::{Correction, correct, spell};
pub use export::{Download, download};
pub use layout::{LayoutView, layouts, save_layout};
pub use lines::{FindingView, LineView, RefusedView, WantedLines, lines, refusals};
pub use paper::{Kind as PaperKind, NoticeSent, notice, paper, put_notice, voucher};
pub use plan::{Group, Preview};
pub use prepare::{Prepared, Wanted, prepare, preview};
pub use returns::{Returned, returned};
pub use review::CheckCount;
pub use settle::{Handed, Settled, Stranger, settle_preview};
pub use twins::{Twin, find_twins, twins};
pub use view::{BatchView, Detail, StepView, batch, batches};

use crate::{Caller, Code, Problem, Who};
use domain::payment::Human;
use domain::region::CountyCode;
use store::Tx;
use store::payment::batch::BatchRow;

/// The human who acts: separation compares humans. The machine's own user and tokens are none (decision 030).
pub(crate) fn human(caller: &Caller) -> Result<Human, Problem> {
    let message = match &caller.who {
        Who::Machine => "发放要分清是谁办的：请用 --as 用户名 写明代哪位财务人员办理",
        Who::Account(principal) => match principal.staff {
            Some(staff) => return Ok(Human(staff.to_string())),
            None => "接口令牌不能办理发放，请由财务人员登录办理",
        },
    };
    Err(Problem::new(Code::PaymentRefused, message))
}

/// A batch by code or id.
pub(crate) async fn load(tx: &mut Tx, county: CountyCode, word: &str) -> Result<BatchRow, Problem> {
    store::payment::batch::get(tx, county, word)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound, format!("没有发放批次“{word}”")))
}

impl From<domain::payment::Refused> for Problem {
    fn from(refused: domain::payment::Refused) -> Self {
        Self::new(Code::PaymentRefused, refused.to_string())
    }
}

/// SM3 of text as hexadecimal.
pub(crate) fn sm3_hex(bytes: &[u8]) -> String {
    use sm3::Digest;
    use std::fmt::Write;
    sm3::Sm3::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
