//! The bank's answer: read, matched line by line, and taken in as a whole or not at all.

use super::act::{Done, go, open};
use super::judge::{Judged, judge};
use super::others::Others;
use super::prepare::corrupt;
use super::{human, load, sm3_hex};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::ids::CampaignId;
use domain::mask;
use domain::money::Fen;
use domain::payment::{Act as Word, BatchState, Human, LineState, Open, ResultKind};
use domain::region::CountyCode;
use formats::bank::Layout;
use formats::bank::result::{Results, read};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use store::Act;
use store::payment::batch::BatchRow;
use store::payment::line::Change;
use store::payment::result::{ResultRow, UnmatchedRow};
use uuid::Uuid;

/// A file of the bank as it was handed in.
#[derive(Debug, Clone)]
pub struct Handed {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// SM3 of the bytes.
    pub sm3: String,
    /// What kind of list it is; `None` when it says so itself.
    pub kind: Option<ResultKind>,
    /// The bank's day for rows that name none; the file's own, else the batch's 发放日.
    pub date: Option<Date>,
}

impl Handed {
    /// Takes a file.
    #[must_use]
    pub fn new(name: &str, bytes: Vec<u8>, kind: Option<ResultKind>, date: Option<Date>) -> Self {
        Self { name: name.to_owned(), sm3: sm3_hex(&bytes), bytes: Arc::new(bytes), kind, date }
    }
}

/// A row that matches no line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stranger {
    /// The row the user sees.
    pub row: u32,
    /// Code of why.
    pub why: &'static str,
    /// In words.
    pub why_label: &'static str,
    /// Name as the bank has it, masked.
    pub name: String,
    /// How much, fen.
    pub amount_fen: Option<i64>,
    /// Whether the bank says it paid.
    pub is_paid: bool,
    /// The bank's words.
    pub text: String,
}

/// What an answer of the bank did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// The answer's id; `None` in a preview.
    pub id: Option<String>,
    /// Code of its kind.
    pub kind: &'static str,
    /// Rows that say something of a payment.
    pub rows: usize,
    /// Lines that are paid by it.
    pub paid: usize,
    /// Lines that came back by it.
    pub returned: usize,
    /// Rows that say what was known, or less.
    pub unchanged: usize,
    /// Rows without a result yet.
    pub pending: usize,
    /// Rows that match no line.
    pub unmatched: Vec<Stranger>,
    /// The same file was taken in before.
    pub is_repeated: bool,
}

/// What a file would do; nothing is written.
pub async fn settle_preview(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
    handed: Handed,
) -> Result<Settled, Problem> {
    app.permit(caller, Permission::PaymentSettle, county).await?;
    human(caller)?;
    let mut tx = app.db.read().await?;
    let batch = load(&mut tx, county, batch).await?;
    may_settle(&batch)?;
    if let Some(known) = store::payment::result::by_sm3(&mut tx, county, &batch.id, &handed.sm3).await? {
        return Ok(repeated(&known));
    }
    let results = results(&batch, &handed)?;
    let lines = store::payment::line::of_batch(&mut tx, county, &batch.id).await?;
    let others = Others::load(&mut tx, county, &batch, &lines, &handed, &results).await?;
    Ok(judge(app, &batch, results, &lines, &others)?.settled)
}

fn may_settle(batch: &BatchRow) -> Result<(), Problem> {
    let state = batch.state()?;
    if state.is_past_sending() {
        return Ok(());
    }
    let message = format!("批次现为“{}”，还没有送银行，不能导入结果", state.label());
    Err(Problem::new(Code::PaymentRefused, message))
}

fn repeated(known: &ResultRow) -> Settled {
    let number = |it: i64| usize::try_from(it).unwrap_or_default();
    Settled {
        id: Some(known.id.clone()),
        kind: ResultKind::from_code(&known.kind).map_or("", ResultKind::code),
        rows: number(known.rows),
        unchanged: number(known.rows),
        pending: number(known.pending),
        is_repeated: true,
        ..Settled::default()
    }
}

/// Reads the file by the layout with which the batch was exported.
fn results(batch: &BatchRow, handed: &Handed) -> Result<Results, Problem> {
    let layout: Layout = batch
        .layout_json
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| corrupt("layout_json", &batch.id))?;
    read(&layout, &handed.name, &handed.bytes, handed.kind).map_err(|error| match error {
        formats::bank::result::ResultError::Sheet(error) => error.into(),
        error => Problem::new(Code::ResultRefused, error.to_string()),
    })
}

pub(super) fn campaign_of(batch: &BatchRow) -> Result<CampaignId, Problem> {
    batch.campaign_id.parse().map_err(|_| corrupt("campaign_id", &batch.id))
}

/// Takes a file in.
pub(super) async fn settle(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    who: &Human,
    batch: &mut BatchRow,
    handed: Handed,
) -> Result<Done, Problem> {
    may_settle(batch)?;
    let county = act.county();
    if let Some(known) = store::payment::result::by_sm3(act, county, &batch.id, &handed.sm3).await? {
        return Ok(Done { settled: Some(repeated(&known)), is_nothing: true, ..Done::default() });
    }
    let results = results(batch, &handed)?;
    let lines = store::payment::line::of_batch(act, county, &batch.id).await?;
    let others = Others::load(act, county, batch, &lines, &handed, &results).await?;
    let mut judged = judge(app, batch, results, &lines, &others)?;
    let id = app.id::<Uuid>().to_string();
    for change in &mut judged.changes {
        change.result_id = Some(id.clone());
    }
    write(act, batch, &judged).await?;
    // An answer in which nothing is of this batch leaves it at the bank.
    if !judged.changes.is_empty() || (batch.state()? == BatchState::Sent && judged.settled.pending > 0) {
        let open = open(act, batch).await?;
        go(batch, Word::Settle, who, open)?;
    }
    judged.settled.id = Some(id.clone());
    keep(act, app, caller, batch, &handed, &judged.settled).await?;
    let settled = judged.settled;
    let note = format!(
        "{}：成功{}笔，退票{}笔，未变{}笔，未匹配{}行",
        handed.name,
        settled.paid,
        settled.returned,
        settled.unchanged,
        settled.unmatched.len()
    );
    let detail = json!({
        "result": id, "sm3": handed.sm3, "paid": settled.paid, "returned": settled.returned,
        "unchanged": settled.unchanged, "unmatched": settled.unmatched.len(), "totals": batch.totals(),
    });
    Ok(Done { note, detail, settled: Some(settled), ..Done::default() })
}

/// Lines, claims and sums as the rows say.
async fn write(act: &mut Act, batch: &mut BatchRow, judged: &Judged) -> Result<(), Problem> {
    let county = act.county();
    store::payment::line::apply(act, county, &judged.changes).await?;
    let campaign = campaign_of(batch)?;
    let pairs = |all: &'_ [(String, String)]| -> Vec<(String, String)> { all.to_vec() };
    let (give, take) = (pairs(&judged.give), pairs(&judged.take));
    let give: Vec<(&str, &str)> = give.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let take: Vec<(&str, &str)> = take.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    store::payment::claim::release(act, county, campaign, &batch.item, &give).await?;
    store::payment::claim::take(act, county, campaign, &batch.item, &batch.id, &take).await?;
    batch.set_totals(&judged.totals);
    Ok(())
}

/// Keeps what was handed in, and the rows that match nothing.
async fn keep(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    batch: &BatchRow,
    handed: &Handed,
    settled: &Settled,
) -> Result<(), Problem> {
    let county = act.county();
    let number = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    let id = settled.id.clone().unwrap_or_default();
    let row = ResultRow {
        id: id.clone(),
        kind: settled.kind.to_owned(),
        file_name: handed.name.clone(),
        sm3: handed.sm3.clone(),
        rows: number(settled.rows),
        paid: number(settled.paid),
        returned: number(settled.returned),
        unchanged: number(settled.unchanged),
        pending: number(settled.pending),
        unmatched: number(settled.unmatched.len()),
        by_actor: caller.actor.clone(),
        at_ms: app.now_ms(),
    };
    store::payment::result::add(act, county, &batch.id, &row).await?;
    // Of a statement, what is not ours stays with the bank.
    if settled.kind == ResultKind::Statement.code() {
        return Ok(());
    }
    let strangers: Vec<UnmatchedRow> = settled
        .unmatched
        .iter()
        .map(|it| UnmatchedRow {
            row: i64::from(it.row),
            why: it.why.to_owned(),
            name: it.name.clone(),
            amount_fen: it.amount_fen,
            outcome: if it.is_paid { "paid" } else { "failed" }.to_owned(),
            bank_text: it.text.clone(),
        })
        .collect();
    Ok(store::payment::result::add_unmatched(act, county, &id, &strangers).await?)
}

/// The bank refused the whole file: all its lines came back.
pub(super) async fn refuse_all(
    act: &mut Act,
    app: &App,
    who: &Human,
    batch: &mut BatchRow,
    reason: &str,
) -> Result<Done, Problem> {
    let county = act.county();
    if batch.state()? != BatchState::Sent || batch.paid_count + batch.returned_count > 0 {
        let message = "只有已送银行、还没有任何结果的批次，才能登记整批退回";
        return Err(Problem::new(Code::PaymentRefused, message));
    }
    let lines = store::payment::line::of_batch(act, county, &batch.id).await?;
    let today = app.today().to_string();
    let mut totals = batch.totals();
    let (mut changes, mut give): (Vec<Change>, Vec<(&str, &str)>) = (Vec::new(), Vec::new());
    for line in lines.iter().filter(|line| line.state == LineState::Waiting.code()) {
        totals.moved(LineState::Waiting, LineState::Returned, Fen(line.amount_fen));
        give.push((&line.citizen_index, &line.id));
        changes.push(Change {
            id: line.id.clone(),
            state: LineState::Returned.code(),
            reason: Some(domain::payment::FailureReason::of_text(reason).code()),
            bank_text: Some(mask::numbers(reason)),
            bank_date: Some(today.clone()),
            ..Change::default()
        });
    }
    store::payment::line::apply(act, county, &changes).await?;
    let campaign = campaign_of(batch)?;
    store::payment::claim::release(act, county, campaign, &batch.item, &give).await?;
    batch.set_totals(&totals);
    go(batch, Word::Settle, who, Open { waiting: 0, returned: 0 })?;
    let note = format!("银行整批退回{}笔：{reason}", changes.len());
    Ok(Done { note, detail: json!({ "returned": changes.len() }), ..Done::default() })
}
