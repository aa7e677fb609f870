//! One step of a batch: permit, load, ask the rule, do it, compare the sums, write step and audit — all or nothing.

use super::settle::{Handed, Settled};
use super::view::{Detail, batch as shown};
use super::{human, load};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::payment::{Act as Word, BatchState, Human, LineState, Open, next};
use domain::person::PersonStatus;
use domain::region::CountyCode;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Act;
use store::payment::batch::{BatchRow, Step};
use uuid::Uuid;

/// What is done with a batch.
#[derive(Debug, Clone)]
pub enum Op {
    /// Runs the checks anew.
    Recheck,
    /// Lets the warnings of a check pass with a reason: of all lines or of some.
    Pass {
        /** Code of the check. */
        check: String,
        /** Which lines. */
        lines: Option<Vec<String>>,
        /** Why. */
        reason: String,
    },
    /// Takes names and accounts of a draft from the roster as it is now.
    Refresh,
    /// Takes lines out of a draft, or gives up what came back.
    CancelLines {
        /** Which. */
        lines: Vec<String>,
        /** Why. */
        reason: String,
    },
    /// Looks it through.
    Check,
    /// Approves it.
    Approve,
    /// Gives it back to be changed.
    Reopen {
        /** Why. */
        reason: String,
    },
    /// Writes the bank's files.
    Export {
        /** Key of the layout; the batch's when left out. */
        layout: Option<String>,
        /** Constants in place of the layout's. */
        constants: BTreeMap<String, String>,
        /** The bank's day; today when left out. */
        date: Option<Date>,
    },
    /// Hands them to the bank.
    Send,
    /// Takes the bank's answer in.
    Settle(Handed),
    /// The bank refused the whole file.
    BankRefused {
        /** The bank's words. */
        reason: String,
    },
    /// Pays again what came back: a new batch.
    Repay,
    /// Files it.
    Close,
    /// Gives it up.
    Cancel {
        /** Why. */
        reason: String,
    },
}

impl Op {
    fn permission(&self) -> Permission {
        match self {
            Self::Recheck | Self::Pass { .. } => Permission::PaymentReview,
            Self::Refresh | Self::CancelLines { .. } | Self::Repay => Permission::PaymentPrepare,
            Self::Check => Permission::PaymentCheck,
            Self::Approve => Permission::PaymentApprove,
            Self::Reopen { .. } => Permission::PaymentReopen,
            Self::Export { .. } | Self::Send => Permission::PaymentExport,
            Self::Settle(_) | Self::BankRefused { .. } | Self::Close => Permission::PaymentSettle,
            Self::Cancel { .. } => Permission::PaymentCancel,
        }
    }

    /// The word in steps and audit.
    fn word(&self) -> (&'static str, &'static str) {
        match self {
            Self::Recheck => ("recheck", "payment.recheck"),
            Self::Pass { .. } => ("pass", "payment.pass"),
            Self::Refresh => ("refresh", "payment.refresh"),
            Self::CancelLines { .. } => ("cancel_lines", "payment.cancel_lines"),
            Self::Check => ("check", "payment.check"),
            Self::Approve => ("approve", "payment.approve"),
            Self::Reopen { .. } => ("reopen", "payment.reopen"),
            Self::Export { .. } => ("export", "payment.export"),
            Self::Send => ("send", "payment.send"),
            Self::Settle(_) | Self::BankRefused { .. } => ("settle", "payment.settle"),
            Self::Repay => ("repay", "payment.repay"),
            Self::Close => ("close", "payment.close"),
            Self::Cancel { .. } => ("cancel", "payment.cancel"),
        }
    }

    /// What tells this request from another under the same key.
    fn request(&self, batch: &str) -> String {
        let handed = match self {
            Self::Settle(handed) => handed.sm3.clone(),
            other => format!("{other:?}"),
        };
        format!("{batch} {handed}")
    }
}

/// A key that the client made: the same step under it is done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Takes 8 to 100 visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, Problem> {
        if (8..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Problem::new(Code::BadRequest, "幂等键应为 8 至 100 个可见的英文字符"))
    }

    /// The batch of the same step that was done under the key before. The key with another request is refused.
    pub(super) async fn repeated(
        key: Option<&Self>,
        act: &mut Act,
        word: &str,
        request: &str,
    ) -> Result<Option<String>, Problem> {
        let Some(key) = key else { return Ok(None) };
        let county = act.county();
        let Some((known, sm3, batch)) = store::payment::key(act, county, &key.0).await? else {
            return Ok(None);
        };
        if known != word || sm3 != super::sm3_hex(request.as_bytes()) {
            let message = "这个幂等键已用于另一个操作，请换一个";
            return Err(Problem::new(Code::Conflict, message));
        }
        act.nothing_written();
        Ok(Some(batch))
    }

    pub(super) async fn remember(
        key: Option<&Self>,
        act: &mut Act,
        word: &str,
        request: &str,
        batch: &str,
        at_ms: i64,
    ) -> Result<(), Problem> {
        let Some(key) = key else { return Ok(()) };
        let county = act.county();
        let sm3 = super::sm3_hex(request.as_bytes());
        Ok(store::payment::add_key(act, county, (&key.0, word, &sm3), batch, at_ms).await?)
    }
}

/// A line that was taken out of the file because the person is not to be paid any more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Blocked {
    /// Number of the line.
    pub seq: i64,
    /// Name, masked.
    pub name: String,
    /// The status.
    pub status: &'static str,
}

/// What a step came to.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The batch as it is now; after a repayment the new one.
    pub batch: Detail,
    /// Lines that an export left out.
    pub blocked: Vec<Blocked>,
    /// What an answer of the bank did.
    pub settled: Option<Settled>,
}

/// What an operation leaves behind.
#[derive(Default)]
pub(super) struct Done {
    /// In words, for the list of steps.
    pub note: String,
    /// As data, for the audit.
    pub detail: Value,
    pub blocked: Vec<Blocked>,
    pub settled: Option<Settled>,
    /// The batch that is shown instead.
    pub other: Option<String>,
    /// Nothing was changed: no step, no audit.
    pub is_nothing: bool,
}

/// Does one step.
pub async fn act(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
    op: Op,
    key: Option<Key>,
) -> Result<Answer, Problem> {
    app.permit(caller, op.permission(), county).await?;
    let who = human(caller)?;
    if let Op::Reopen { reason }
    | Op::Cancel { reason }
    | Op::CancelLines { reason, .. }
    | Op::Pass { reason, .. }
    | Op::BankRefused { reason } = &op
    {
        reason_of(app, caller, county, reason).await?;
    }
    let (inner, by, word) = (app.clone(), caller.clone(), batch.to_owned());
    let (id, done) = app
        .db
        .write(county, move |act| Box::pin(async move { step(act, &inner, &by, &who, &word, op, key).await }))
        .await?;
    let batch = shown(app, caller, county, &id).await?;
    Ok(Answer { batch, blocked: done.blocked, settled: done.settled })
}

/// A reason that says something and carries no secrets.
async fn reason_of(app: &App, caller: &Caller, county: CountyCode, reason: &str) -> Result<(), Problem> {
    if !(2..=200).contains(&reason.trim().chars().count()) {
        return Err(Problem::new(Code::BadRequest, "请写明理由（2 至 200 个字）"));
    }
    crate::guard::check_text(app, caller, county, &[("理由", reason)]).await.map(drop)
}

async fn step(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    who: &Human,
    word: &str,
    op: Op,
    key: Option<Key>,
) -> Result<(String, Done), Problem> {
    let county = act.county();
    let mut batch = load(act, county, word).await?;
    let ((name, audit), request) = (op.word(), op.request(&batch.id));
    if let Some(id) = Key::repeated(key.as_ref(), act, name, &request).await? {
        return Ok((id, Done::default()));
    }
    let done = perform(act, app, caller, who, &mut batch, op).await?;
    if done.is_nothing {
        act.nothing_written();
        return Ok((batch.id, done));
    }
    let now_ms = app.now_ms();
    batch.changed_at_ms = now_ms;
    balanced(act, &batch).await?;
    store::payment::batch::update(act, county, &batch).await?;
    let step = Step {
        id: app.id::<Uuid>().to_string(),
        act: name.to_owned(),
        version: batch.version,
        human: who.0.clone(),
        by_actor: caller.actor.clone(),
        detail: done.note.clone(),
        at_ms: now_ms,
    };
    store::payment::batch::add_step(act, county, &batch.id, &step).await?;
    let id = done.other.clone().unwrap_or_else(|| batch.id.clone());
    Key::remember(key.as_ref(), act, name, &request, &id, now_ms).await?;
    let detail = json!({
        "batch": batch.code, "state": batch.state, "version": batch.version, "human": who.0,
        "note": done.note, "more": done.detail,
    });
    super::correct::told(app, act, caller, &batch.code, name).await?;
    act.audit(app.entry(caller, audit, "payment_batch", &batch.id, detail)).await?;
    Ok((id, done))
}

/// The kept sums are those of the lines, and balance: else nothing of the step stays.
async fn balanced(act: &mut Act, batch: &BatchRow) -> Result<(), Problem> {
    let county = act.county();
    let (kept, real) = (batch.totals(), store::payment::batch::totals(act, county, &batch.id).await?);
    if kept == real && kept.balances() {
        return Ok(());
    }
    tracing::error!(batch = %batch.code, "the sums of a batch do not balance");
    let message = format!("批次 {} 的应发与成功、退票、待发、取消之和不等，操作已整体撤销", batch.code);
    Err(Problem::new(Code::PaymentUnbalanced, message).with(json!({ "kept": kept, "lines": real })))
}

/// Asks the rule and moves the batch on.
pub(super) fn go(batch: &mut BatchRow, word: Word, who: &Human, open: Open) -> Result<BatchState, Problem> {
    let state = next(batch.state()?, word, who, &batch.people(), open)?;
    state.code().clone_into(&mut batch.state);
    Ok(state)
}

/// Lines that keep a batch from its end.
pub(super) async fn open(act: &mut Act, batch: &BatchRow) -> Result<Open, Problem> {
    let county = act.county();
    let returned = store::payment::line::open_returns(act, county, &batch.id).await?;
    Ok(Open { waiting: batch.waiting_count, returned })
}

async fn perform(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    who: &Human,
    batch: &mut BatchRow,
    op: Op,
) -> Result<Done, Problem> {
    match op {
        Op::Recheck => super::review::recheck(act, app, batch).await,
        Op::Pass { check, lines, reason } => {
            super::review::pass(act, app, caller, batch, (&check, lines.as_deref(), reason.trim())).await
        }
        Op::Refresh => super::review::refresh(act, app, who, batch).await,
        Op::CancelLines { lines, reason } => {
            super::returns::cancel_lines(act, who, batch, &lines, reason.trim()).await
        }
        Op::Check => super::review::check(act, app, who, batch).await,
        Op::Approve => super::review::approve(act, who, batch).await,
        Op::Reopen { reason } => {
            go(batch, Word::Reopen, who, Open::default())?;
            batch.version += 1;
            (batch.checker, batch.approver, batch.list_sm3) = (None, None, None);
            Ok(Done { note: reason.trim().to_owned(), ..Done::default() })
        }
        Op::Export { layout, constants, date } => {
            super::export::export(act, app, who, batch, (layout, &constants, date)).await
        }
        Op::Send => {
            go(batch, Word::Send, who, Open::default())?;
            Ok(Done { note: sums(batch), ..Done::default() })
        }
        Op::Settle(handed) => super::settle::settle(act, app, caller, who, batch, handed).await,
        Op::BankRefused { reason } => super::settle::refuse_all(act, app, who, batch, reason.trim()).await,
        Op::Repay => {
            if !batch.state()?.is_at_bank() {
                let message = "只有银行已有结果的批次才能补发";
                return Err(Problem::new(Code::PaymentRefused, message));
            }
            let id = super::prepare::repay(act, app, caller, who, batch).await?;
            let county = act.county();
            let made = load(act, county, &id).await?;
            let note = format!("补发批次 {}，{}笔", made.code, made.due_count);
            Ok(Done { note, detail: json!({ "made": made.code }), other: Some(id), ..Done::default() })
        }
        Op::Close => {
            let open = open(act, batch).await?;
            go(batch, Word::Close, who, open)?;
            Ok(Done { note: sums(batch), ..Done::default() })
        }
        Op::Cancel { reason } => cancel(act, who, batch, reason.trim()).await,
    }
}

/// Gives a batch up: its waiting lines, their claims, and what they would have paid again.
async fn cancel(act: &mut Act, who: &Human, batch: &mut BatchRow, reason: &str) -> Result<Done, Problem> {
    go(batch, Word::Cancel, who, Open::default())?;
    let county = act.county();
    let lines = store::payment::line::of_batch(act, county, &batch.id).await?;
    let mut totals = batch.totals();
    let mut again: Vec<(&str, Option<&str>)> = Vec::new();
    for line in lines.iter().filter(|line| line.state == LineState::Waiting.code()) {
        totals.moved(LineState::Waiting, LineState::Cancelled, line.amount());
        again.extend(line.repays_id.as_deref().map(|id| (id, None)));
    }
    store::payment::line::cancel_waiting(act, county, &batch.id, reason).await?;
    store::payment::claim::release_batch(act, county, &batch.id).await?;
    store::payment::line::set_repaid(act, county, &again).await?;
    batch.set_totals(&totals);
    Ok(Done { note: reason.to_owned(), ..Done::default() })
}

/// `3笔，150元` of what waits.
pub(super) fn sums(batch: &BatchRow) -> String {
    let totals = batch.totals();
    format!("{}笔，{}元", totals.due.count, totals.due.amount_fen.yuan_short())
}

/// Whether a person is not to be paid: dead whenever that was, others unless they were entitled on the base date.
pub(super) fn is_held_back(status: PersonStatus, stopped_on: Option<Date>, base: Date) -> bool {
    match status {
        PersonStatus::Normal | PersonStatus::New | PersonStatus::Unconfirmed => false,
        PersonStatus::Dead | PersonStatus::Erased => true,
        _ => stopped_on.is_none_or(|day| day <= base),
    }
}
