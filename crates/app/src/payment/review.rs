//! The checks of a draft, the second and the third person.

use super::act::{Done, go, is_held_back, sums};
use super::facts::{Sources, accounts, look_again, payee_name};
use super::plan::{Frame, frame};
use super::prepare::{corrupt, rule};
use crate::{App, Caller, Code, Problem};
use domain::payment::check::Found;
use domain::payment::{Act as Word, BatchState, Check, Human, LineState, Open, Weight};
use domain::person::PersonStatus;
use domain::region::CountyCode;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use store::payment::batch::BatchRow;
use store::payment::facts::Payee;
use store::payment::finding::FindingRow;
use store::payment::line::{LineRow, account_place};
use store::{Act, Tx};
use uuid::Uuid;

/// How many findings a check has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckCount {
    /// Code.
    pub check: &'static str,
    /// In words.
    pub label: &'static str,
    /// Code of the weight.
    pub weight: &'static str,
    /// What is to be done.
    pub advice: &'static str,
    /// Findings.
    pub count: i64,
    /// Findings without a reason yet.
    pub open: i64,
}

fn count(check: Check, weight: Weight, count: i64, open: i64) -> CheckCount {
    CheckCount {
        check: check.code(),
        label: check.label(),
        weight: weight.code(),
        advice: check.advice(),
        count,
        open,
    }
}

/// Findings by check, the blocking ones first.
pub(crate) fn counts_of(found: &[Found]) -> Vec<CheckCount> {
    let mut counts: BTreeMap<(Weight, Check), i64> = BTreeMap::new();
    for it in found {
        *counts.entry((it.weight, it.check)).or_insert(0) += 1;
    }
    counts.into_iter().map(|((weight, check), number)| count(check, weight, number, number)).collect()
}

/// The counts that stand in the table.
pub(crate) async fn counts(tx: &mut Tx, county: CountyCode, batch: &str) -> Result<Vec<CheckCount>, Problem> {
    let rows = store::payment::finding::counts(tx, county, batch).await?;
    let mut counts: Vec<(Weight, CheckCount)> = rows
        .into_iter()
        .filter_map(|(check, weight, number, open)| {
            let (check, weight) = (Check::from_code(&check)?, Weight::from_code(&weight)?);
            Some((weight, count(check, weight, number, open)))
        })
        .collect();
    counts.sort_by_key(|(weight, it)| (*weight, it.check));
    Ok(counts.into_iter().map(|it| it.1).collect())
}

/// Findings as rows; `ids` are the lines in the order of their places.
pub(crate) fn rows(app: &App, found: &[Found], ids: &[&str]) -> Vec<FindingRow> {
    found
        .iter()
        .map(|it| FindingRow {
            id: app.id::<Uuid>().to_string(),
            line_id: it.line.and_then(|place| ids.get(place)).map(|id| (*id).to_owned()),
            check_code: it.check.code().to_owned(),
            weight: it.weight.code().to_owned(),
            detail: it.detail.clone(),
            pass_reason: None,
            passed_by: None,
            passed_at_ms: None,
        })
        .collect()
}

/// The frame of a batch that stands, with its rule as it was.
pub(super) async fn frame_of(act: &mut Act, batch: &BatchRow) -> Result<Frame, Problem> {
    let county = act.county();
    let campaign = batch.campaign_id.parse().map_err(|_| corrupt("campaign_id", &batch.id))?;
    let campaign = crate::campaign::by_id(act, county, campaign).await?;
    let base: Date = batch.base_date.parse().map_err(|_| corrupt("base_date", &batch.id))?;
    let item = rule(batch)?;
    let chosen = (Some(base), Some(batch.layout_key.as_str()));
    // The item may have left the template since: then the frame is made by hand.
    let units = crate::unit::tree_in(act, county).await?;
    let layout = super::layout::find(act, county, &batch.layout_key).await?;
    match frame(act, county, &campaign.code, Some(&batch.item), chosen).await {
        Ok(frame) => Ok(Frame { item, ..frame }),
        Err(_) => Ok(Frame { campaign, units, item, base, layout }),
    }
}

fn must_be_draft(batch: &BatchRow) -> Result<(), Problem> {
    if batch.state()? == BatchState::Draft {
        return Ok(());
    }
    let state = batch.state()?.label();
    Err(Problem::new(
        Code::PaymentRefused,
        format!("批次现为“{state}”，只有草拟的批次能检查和放行；需要时请先退回"),
    ))
}

/// Runs the checks against the roster and lists as they are now; reasons that were given stay with equal findings.
async fn run(act: &mut Act, app: &App, batch: &BatchRow) -> Result<Vec<CheckCount>, Problem> {
    let county = act.county();
    let frame = frame_of(act, batch).await?;
    let lines: Vec<LineRow> = store::payment::line::of_batch(act, county, &batch.id)
        .await?
        .into_iter()
        .filter(|line| line.state == LineState::Waiting.code())
        .collect();
    let persons: Vec<String> = lines.iter().map(|line| line.person_id.clone()).collect();
    let payees: HashMap<String, Payee> = store::payment::facts::payees_by_ids(act, county, &persons)
        .await?
        .into_iter()
        .map(|payee| (payee.id.to_string(), payee))
        .collect();
    let numbers: Vec<&str> = lines.iter().map(|line| line.citizen_index.as_str()).collect();
    let sources = Sources::of(act, county, &frame, &numbers, &batch.id).await?;
    let found = look_again(app, county, &frame, &lines, &payees, &sources)?;
    let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    let mut fresh = rows(app, &found, &ids);
    let known = store::payment::finding::all(act, county, &batch.id).await?;
    let reasons: HashMap<(&Option<String>, &str, &str), &FindingRow> = known
        .iter()
        .filter(|it| it.pass_reason.is_some())
        .map(|it| ((&it.line_id, it.check_code.as_str(), it.detail.as_str()), it))
        .collect();
    for row in fresh.iter_mut().filter(|row| row.weight == Weight::Warning.code()) {
        if let Some(known) = reasons.get(&(&row.line_id, row.check_code.as_str(), row.detail.as_str())) {
            row.pass_reason.clone_from(&known.pass_reason);
            row.passed_by.clone_from(&known.passed_by);
            row.passed_at_ms = known.passed_at_ms;
        }
    }
    store::payment::finding::replace(act, county, &batch.id, &fresh).await?;
    counts(act, county, &batch.id).await
}

fn said(counts: &[CheckCount]) -> String {
    if counts.is_empty() {
        return "没有发现问题".to_owned();
    }
    counts.iter().map(|it| format!("{}{}", it.label, it.count)).collect::<Vec<_>>().join("，")
}

pub(super) async fn recheck(act: &mut Act, app: &App, batch: &BatchRow) -> Result<Done, Problem> {
    must_be_draft(batch)?;
    let counts = run(act, app, batch).await?;
    Ok(Done { note: said(&counts), detail: json!({ "checks": counts }), ..Done::default() })
}

/// Lets warnings pass with a reason.
pub(super) async fn pass(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    batch: &BatchRow,
    (check, lines, reason): (&str, Option<&[String]>, &str),
) -> Result<Done, Problem> {
    must_be_draft(batch)?;
    let known = Check::from_code(check).ok_or_else(|| {
        let all: Vec<&str> = Check::ALL.iter().map(|it| it.code()).collect();
        Problem::new(Code::BadRequest, format!("没有“{check}”这项检查，可写 {}", all.join("、")))
    })?;
    let county = act.county();
    let what = (reason, caller.actor.as_str(), app.now_ms());
    let passed = store::payment::finding::pass(act, county, &batch.id, check, lines, what).await?;
    if passed == 0 {
        let message = format!("“{}”没有可以放行的提醒；阻断的问题要改正或剔除", known.label());
        return Err(Problem::new(Code::PaymentRefused, message));
    }
    let note = format!("{}{passed}处放行：{reason}", known.label());
    Ok(Done { note, detail: json!({ "check": check, "passed": passed }), ..Done::default() })
}

/// Takes names and accounts of a draft from the roster as it is now.
pub(super) async fn refresh(
    act: &mut Act,
    app: &App,
    who: &Human,
    batch: &mut BatchRow,
) -> Result<Done, Problem> {
    go(batch, Word::Change, who, Open::default())?;
    add_maker(batch, who);
    let county = act.county();
    let lines = store::payment::line::of_batch(act, county, &batch.id).await?;
    let waiting: Vec<&LineRow> =
        lines.iter().filter(|line| line.state == LineState::Waiting.code()).collect();
    let persons: Vec<String> = waiting.iter().map(|line| line.person_id.clone()).collect();
    let payees: HashMap<String, Payee> = store::payment::facts::payees_by_ids(act, county, &persons)
        .await?
        .into_iter()
        .map(|payee| (payee.id.to_string(), payee))
        .collect();
    let mut changed: Vec<(&LineRow, &Payee)> = Vec::new();
    for line in waiting {
        let Some(payee) = payees.get(&line.person_id) else { continue };
        let (name, has_spelling) = payee_name(payee);
        let is_same = payee.account_index == line.account_index
            && name == line.payee
            && i64::from(has_spelling) == line.has_spelling
            && payee.bank_name == line.bank_name;
        if !is_same {
            changed.push((line, payee));
        }
    }
    let of: Vec<&Payee> = changed.iter().map(|it| it.1).collect();
    let accounts = accounts(app, county, &of)?;
    let mut fresh = Vec::with_capacity(changed.len());
    for ((line, payee), account) in changed.iter().zip(accounts) {
        let (name, has_spelling) = payee_name(payee);
        let place = account_place(county, line.uuid()?);
        fresh.push(store::payment::line::Payout {
            id: line.id.clone(),
            payee: name,
            has_spelling,
            bank_name: payee.bank_name.clone(),
            account_sealed: account.as_ref().map(|it| app.sealer.seal(place, it.reveal())),
            account_index: payee.account_index.clone(),
        });
    }
    store::payment::line::put_payouts(act, county, &fresh).await?;
    let counts = run(act, app, batch).await?;
    let note = format!("按名册更新{}笔；{}", fresh.len(), said(&counts));
    Ok(Done { note, detail: json!({ "changed": fresh.len(), "checks": counts }), ..Done::default() })
}

pub(super) fn add_maker(batch: &mut BatchRow, who: &Human) {
    let mut people = batch.people();
    if !people.makers.contains(who) {
        people.makers.push(who.clone());
        batch.set_people(&people);
    }
}

/// The second person: the checks run anew, nothing blocks, every warning has its reason.
pub(super) async fn check(
    act: &mut Act,
    app: &App,
    who: &Human,
    batch: &mut BatchRow,
) -> Result<Done, Problem> {
    go(batch, Word::Check, who, Open::default())?;
    if batch.waiting_count == 0 {
        return Err(Problem::new(Code::PaymentRefused, "批次里没有要发的笔"));
    }
    let counts = run(act, app, batch).await?;
    let blocking: Vec<&CheckCount> =
        counts.iter().filter(|it| it.weight == Weight::Blocking.code()).collect();
    let open: Vec<&CheckCount> = counts.iter().filter(|it| it.open > 0).collect();
    if !blocking.is_empty() || !open.is_empty() {
        let words = |all: &[&CheckCount]| {
            all.iter().map(|it| format!("{}{}处", it.label, it.open)).collect::<Vec<_>>().join("、")
        };
        let message = if blocking.is_empty() {
            format!("还有提醒没有说明理由：{}；请逐项放行后再复核", words(&open))
        } else {
            format!("有必须改正的问题：{}；请改正或剔除后再复核", words(&blocking))
        };
        return Err(Problem::new(Code::PaymentBlocked, message).with(json!({ "checks": counts })));
    }
    batch.checker = Some(who.0.clone());
    Ok(Done { note: said(&counts), detail: json!({ "checks": counts }), ..Done::default() })
}

/// The third person: nobody of the list is held back since, and the list is frozen with its SM3.
pub(super) async fn approve(act: &mut Act, who: &Human, batch: &mut BatchRow) -> Result<Done, Problem> {
    go(batch, Word::Approve, who, Open::default())?;
    let held = held_back(act, batch).await?;
    if !held.is_empty() {
        let message = format!("复核之后有{}人死亡、迁出、暂停或停发，请退回修改后重新复核", held.len());
        return Err(Problem::new(Code::PaymentBlocked, message).with(json!({ "count": held.len() })));
    }
    let county = act.county();
    let lines = store::payment::line::of_batch(act, county, &batch.id).await?;
    batch.approver = Some(who.0.clone());
    let sm3 = list_sm3(batch, &lines);
    batch.list_sm3 = Some(sm3.clone());
    let note = format!("{}；清单 SM3 {}", sums(batch), &sm3[..16]);
    Ok(Done { note, detail: json!({ "list_sm3": sm3 }), ..Done::default() })
}

/// Waiting lines whose persons are not to be paid any more, with the status.
pub(super) async fn held_back(
    act: &mut Act,
    batch: &BatchRow,
) -> Result<Vec<(String, PersonStatus)>, Problem> {
    let base: Date = batch.base_date.parse().map_err(|_| corrupt("base_date", &batch.id))?;
    let county = act.county();
    let rows = store::payment::facts::held_back(act, county, &batch.id).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(line, status, stopped_on)| {
            let status = PersonStatus::from_code(&status)?;
            let stopped_on = stopped_on.as_deref().and_then(|day| day.parse().ok());
            is_held_back(status, stopped_on, base).then_some((line, status))
        })
        .collect())
}

/// SM3 over the approved list: batch, item, version, and each line's number, humans' and account's index, name and
/// amount. What was taken out of the draft is not of it; what is given up later is.
pub(super) fn list_sm3(batch: &BatchRow, lines: &[LineRow]) -> String {
    use std::fmt::Write;
    let mut text = format!("{}|{}|{}\n", batch.code, batch.item, batch.version);
    for line in lines.iter().filter(|line| line.cancelled_at.as_deref() != Some("draft")) {
        let account = line.account_index.as_deref().unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{}|{}|{account}|{}|{}",
            line.seq, line.citizen_index, line.payee, line.amount_fen
        );
    }
    super::sm3_hex(text.as_bytes())
}
