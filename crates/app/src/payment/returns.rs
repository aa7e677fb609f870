//! What came back: the work list by reason, and giving lines up — out of a draft, or after a return.

use super::act::{Done, go};
use super::prepare::corrupt;
use crate::within::units_of;
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::payment::{Act as Word, BatchState, FailureReason, Human, LineState, Open};
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use store::Act;
use store::payment::batch::BatchRow;
use store::payment::line::{Change, LineRow};

/// Open returns of one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Returned {
    /// Code.
    pub reason: &'static str,
    /// In words.
    pub label: &'static str,
    /// What is to be done.
    pub advice: &'static str,
    /// Lines.
    pub count: i64,
    /// Their sum, fen.
    pub amount_fen: i64,
}

/// What is open by reason, within the caller's units.
pub async fn returned(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Returned>, Problem> {
    let scope = app.permit(caller, Permission::PaymentRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let within: Option<Vec<String>> =
        units_of(&scope, &units).map(|ids| ids.iter().map(ToString::to_string).collect());
    let rows = store::payment::line::returns_by_reason(&mut tx, county, within.as_deref()).await?;
    Ok(rows
        .into_iter()
        .map(|(reason, count, amount_fen)| {
            let reason = FailureReason::from_code(&reason).unwrap_or(FailureReason::Other);
            Returned {
                reason: reason.code(),
                label: reason.label(),
                advice: reason.advice(),
                count,
                amount_fen,
            }
        })
        .collect())
}

/// Takes lines out of a draft, or gives up what came back and will not be paid.
pub(super) async fn cancel_lines(
    act: &mut Act,
    who: &Human,
    batch: &mut BatchRow,
    ids: &[String],
    reason: &str,
) -> Result<Done, Problem> {
    let county = act.county();
    let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
    if wanted.is_empty() || wanted.len() > 5_000 {
        return Err(Problem::new(Code::BadRequest, "一次应写 1 至 5000 笔"));
    }
    let ids: Vec<String> = wanted.iter().map(|id| (*id).to_owned()).collect();
    let lines = store::payment::line::by_ids(act, county, &ids).await?;
    let lines: Vec<LineRow> = lines.into_iter().filter(|line| line.batch_id == batch.id).collect();
    if lines.len() != wanted.len() {
        return Err(Problem::new(Code::NotFound, format!("有些笔不在批次 {} 里", batch.code)));
    }
    let is_draft = batch.state()? == BatchState::Draft;
    if is_draft {
        go(batch, Word::Change, who, Open::default())?;
        super::review::add_maker(batch, who);
    }
    let mut totals = batch.totals();
    let (mut changes, mut claims, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for line in &lines {
        let state = line.state()?;
        let stage = stage(batch, line, state, is_draft)?;
        totals.moved(state, LineState::Cancelled, line.amount());
        claims.push((line.citizen_index.as_str(), line.id.as_str()));
        again.extend(line.repays_id.as_deref().map(|returned| (returned, None)));
        changes.push(Change {
            id: line.id.clone(),
            state: LineState::Cancelled.code(),
            reason: line.reason.as_deref().and_then(FailureReason::from_code).map(FailureReason::code),
            cancelled_at: Some(stage),
            note: Some(reason.to_owned()),
            ..Change::default()
        });
    }
    store::payment::line::apply(act, county, &changes).await?;
    let campaign = batch.campaign_id.parse().map_err(|_| corrupt("campaign_id", &batch.id))?;
    store::payment::claim::release(act, county, campaign, &batch.item, &claims).await?;
    store::payment::line::set_repaid(act, county, &again).await?;
    store::payment::finding::forget(act, county, &ids).await?;
    batch.set_totals(&totals);
    let seqs: Vec<i64> = lines.iter().map(|line| line.seq).take(200).collect();
    let note = format!("{}笔：{reason}", lines.len());
    Ok(Done { note, detail: json!({ "lines": seqs, "count": lines.len() }), ..Done::default() })
}

/// At which stage a line may be given up; refused when it may not.
fn stage(
    batch: &BatchRow,
    line: &LineRow,
    state: LineState,
    is_draft: bool,
) -> Result<&'static str, Problem> {
    let refuse = |why: &str| {
        let message = format!("批次 {} 第 {} 笔现为“{}”，{why}", batch.code, line.seq, state.label());
        Err(Problem::new(Code::PaymentRefused, message))
    };
    match state {
        LineState::Waiting if is_draft => Ok("draft"),
        LineState::Waiting => refuse("批次不在草拟状态，不能剔除；送银行前可先退回修改"),
        LineState::Returned if line.repaid_by_id.is_some() => refuse("已另行补发，不能取消"),
        LineState::Returned if batch.state()?.is_at_bank() => Ok("return"),
        LineState::Returned => refuse("批次已归档，不能取消"),
        LineState::Paid | LineState::Cancelled => refuse("不能取消"),
    }
}
