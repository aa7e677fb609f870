//! Making a batch: looked at first, then written in one act with its claims, lines and findings. A supplementary
//! batch pays again what came back, line by line.

use super::facts::{accounts, payee_name, shared};
use super::plan::{Draft, Plan, Preview, draft, frame, plan};
use super::view::Detail;
use super::{Key, human};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::bank::BankAccount;
use domain::money::Fen;
use domain::payment::{BatchState, Human, LineState, Payment, Refusal, Totals};
use domain::person::PersonClass;
use domain::region::CountyCode;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use store::Act;
use store::payment::batch::{BatchRow, Step};
use store::payment::facts::Payee;
use store::payment::line::{LineRow, account_place};
use uuid::Uuid;

/// What batch is wanted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Wanted {
    /// Code of the campaign.
    pub campaign: String,
    /// Key of the item; the only one when left out.
    pub item: Option<String>,
    /// 基准日; the rule's when left out.
    pub base: Option<Date>,
    /// Key of the bank's layout.
    pub layout: Option<String>,
}

/// A batch that was made.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The batch.
    pub batch: Detail,
    /// What the rule said; `None` when the same request was done before.
    pub preview: Option<Preview>,
}

/// What a batch would be; nothing is written.
pub async fn preview(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
) -> Result<Preview, Problem> {
    app.permit(caller, Permission::PaymentPrepare, county).await?;
    let mut tx = app.db.read().await?;
    let chosen = (wanted.base, wanted.layout.as_deref());
    let frame = frame(&mut tx, county, &wanted.campaign, wanted.item.as_deref(), chosen).await?;
    Ok(plan(&mut tx, app, county, frame).await?.preview())
}

/// Makes a batch of everybody whom the rule pays and who is not being paid yet.
pub async fn prepare(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    key: Option<Key>,
) -> Result<Prepared, Problem> {
    app.permit(caller, Permission::PaymentPrepare, county).await?;
    let who = human(caller)?;
    let request = json!(wanted).to_string();
    let (inner, by, wanted) = (app.clone(), caller.clone(), wanted.clone());
    let (id, preview) = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                if let Some(id) = Key::repeated(key.as_ref(), act, "prepare", &request).await? {
                    return Ok((id, None));
                }
                let chosen = (wanted.base, wanted.layout.as_deref());
                let frame = frame(act, county, &wanted.campaign, wanted.item.as_deref(), chosen).await?;
                if !frame.campaign.is_open {
                    let message = format!("活动 {} 已经结束，不能再编制发放批次", frame.campaign.code);
                    return Err(Problem::new(Code::PaymentRefused, message));
                }
                let plan = plan(act, &inner, county, frame).await?;
                let preview = plan.preview();
                if plan.drafts.is_empty() {
                    return Err(nobody(&preview));
                }
                let made = write(act, &inner, &by, &who, plan, None).await?;
                Key::remember(key.as_ref(), act, "prepare", &request, &made, inner.now_ms()).await?;
                Ok::<_, Problem>((made, Some(preview)))
            })
        })
        .await?;
    let batch = super::view::batch(app, caller, county, &id).await?;
    Ok(Prepared { batch, preview })
}

fn nobody(preview: &Preview) -> Problem {
    let why: Vec<String> =
        preview.refused.iter().map(|(_, label, count)| format!("{label}{count}人")).collect();
    let message = format!("没有要发的人，没有建立批次：{}", why.join("，"));
    Problem::new(Code::PaymentRefused, message).with(json!({ "refused": preview.refused }))
}

/// Makes a supplementary batch of what came back to a batch: in place of each open return a new line.
pub(super) async fn repay(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    who: &Human,
    parent: &BatchRow,
) -> Result<String, Problem> {
    let county = act.county();
    let returned: Vec<LineRow> = store::payment::line::of_batch(act, county, &parent.id)
        .await?
        .into_iter()
        .filter(|line| line.state == LineState::Returned.code() && line.repaid_by_id.is_none())
        .collect();
    let ids: Vec<String> = returned.iter().map(|line| line.person_id.clone()).collect();
    let payees = store::payment::facts::payees_by_ids(act, county, &ids).await?;
    let campaign = parent.campaign_id.parse().map_err(|_| corrupt("campaign_id", &parent.id))?;
    let campaign = crate::campaign::by_id(act, county, campaign).await?;
    let base: Date = parent.base_date.parse().map_err(|_| corrupt("base_date", &parent.id))?;
    let chosen = (Some(base), Some(parent.layout_key.as_str()));
    let mut frame = frame(act, county, &campaign.code, Some(&parent.item), chosen).await?;
    // The rule as it was when the first batch was made: what is due does not change with the template.
    frame.item = rule(parent)?;
    let numbers: Vec<&str> = returned.iter().map(|line| line.citizen_index.as_str()).collect();
    let claimed: HashMap<String, String> =
        store::payment::claim::among(act, county, frame.campaign.id, &parent.item, &numbers)
            .await?
            .into_iter()
            .collect();
    let place: HashMap<String, usize> =
        payees.iter().enumerate().map(|(place, payee)| (payee.id.to_string(), place)).collect();
    let (mut drafts, mut refused) = (Vec::new(), BTreeMap::new());
    for line in &returned {
        let Some(at) = place.get(&line.person_id) else { continue };
        let payee = &payees[*at];
        if claimed.contains_key(&line.citizen_index) {
            *refused.entry(Refusal::Claimed).or_insert(0) += 1;
        } else if super::act::is_held_back(payee.status, payee.stopped_on, base) {
            *refused.entry(Refusal::Dead).or_insert(0) += 1;
        } else {
            let class = PersonClass::from_code(&line.class).unwrap_or(PersonClass::Veteran);
            let mut made = draft(&frame, *at, payee, (line.amount(), class), Some(line.id.clone()));
            made.row.clone_from(&line.row);
            drafts.push(made);
        }
    }
    if drafts.is_empty() {
        let message = format!("批次 {} 没有可以补发的退票；已死亡、迁出、停发的请取消原笔", parent.code);
        return Err(Problem::new(Code::PaymentRefused, message));
    }
    let sources = super::facts::Sources::load(act, county, &frame, &payees, &drafts).await?;
    let found = super::facts::look(app, county, &frame, &payees, &drafts, &sources)?;
    let plan = Plan { frame, payees, drafts, refused, refusals: Vec::new(), found };
    write(act, app, caller, who, plan, Some(parent.id.clone())).await
}

/// The rule as it was when a batch was made.
pub(super) fn rule(batch: &BatchRow) -> Result<Payment, Problem> {
    serde_json::from_str(&batch.rule_json).map_err(|_| corrupt("rule_json", &batch.id))
}

pub(super) fn corrupt(column: &'static str, id: &str) -> Problem {
    store::StoreError::Corrupt { table: "payment_batch", column, id: id.to_owned() }.into()
}

/// Writes a planned batch: claims, lines, findings, refusals, the first step, the audit.
async fn write(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    who: &Human,
    plan: Plan,
    parent: Option<String>,
) -> Result<String, Problem> {
    let county = act.county();
    let (id, now_ms): (Uuid, i64) = (app.id(), app.now_ms());
    let id = id.to_string();
    let number = store::payment::batch::count(act, county, plan.frame.campaign.id).await? + 1;
    let lines = lines(app, county, &plan, &id)?;
    let totals = Totals::of(lines.iter().map(|line| (LineState::Waiting, Fen(line.amount_fen))));
    let mut batch = row(&plan, &id, number, parent, now_ms)?;
    batch.makers.clone_from(&who.0);
    batch.set_totals(&totals);
    store::payment::batch::add(act, county, &batch).await?;
    store::payment::line::add_many(act, county, &lines).await?;
    let claims: Vec<(&str, &str)> =
        lines.iter().map(|line| (line.citizen_index.as_str(), line.id.as_str())).collect();
    let campaign = plan.frame.campaign.id;
    store::payment::claim::take(act, county, campaign, &batch.item, &id, &claims).await?;
    let repaid: Vec<(&str, Option<&str>)> =
        lines.iter().filter_map(|line| Some((line.repays_id.as_deref()?, Some(line.id.as_str())))).collect();
    store::payment::line::set_repaid(act, county, &repaid).await?;
    let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    let findings = super::review::rows(app, &plan.found, &ids);
    store::payment::finding::replace(act, county, &id, &findings).await?;
    let refusals: Vec<(String, &'static str)> =
        plan.refusals.iter().map(|(person, why)| (person.clone(), why.code())).collect();
    store::payment::add_refusals(act, county, &id, &refusals).await?;
    let (word, audit) =
        if batch.parent_id.is_some() { ("repay", "payment.repay") } else { ("prepare", "payment.prepare") };
    let (due, checks) = (totals.due, super::review::counts_of(&plan.found));
    let step = Step {
        id: app.id::<Uuid>().to_string(),
        act: word.to_owned(),
        version: 1,
        human: who.0.clone(),
        by_actor: caller.actor.clone(),
        detail: format!("{}笔，{}元", due.count, due.amount_fen.yuan_short()),
        at_ms: now_ms,
    };
    store::payment::batch::add_step(act, county, &id, &step).await?;
    let detail = json!({
        "batch": batch.code, "item": batch.item, "count": due.count, "amount_fen": due.amount_fen,
        "base": batch.base_date, "refused": plan.refused, "checks": checks, "human": who.0,
    });
    act.audit(app.entry(caller, audit, "payment_batch", &id, detail)).await?;
    Ok(id)
}

fn row(
    plan: &Plan,
    id: &str,
    number: i64,
    parent_id: Option<String>,
    now_ms: i64,
) -> Result<BatchRow, Problem> {
    let frame = &plan.frame;
    let json = |what: Result<String, _>| what.map_err(|_: serde_json::Error| crate::interrupted());
    Ok(BatchRow {
        id: id.to_owned(),
        campaign_id: frame.campaign.id.to_string(),
        item: frame.item.key.clone(),
        code: format!("{}-{number:02}", frame.campaign.code),
        parent_id,
        state: BatchState::Draft.code().to_owned(),
        version: 1,
        base_date: frame.base.to_string(),
        rule_json: json(serde_json::to_string(&frame.item))?,
        refused_json: json(serde_json::to_string(&plan.refused))?,
        layout_key: frame.layout.key.clone(),
        layout_json: None,
        pay_date: None,
        makers: String::new(),
        checker: None,
        approver: None,
        list_sm3: None,
        due_count: 0,
        due_fen: 0,
        paid_count: 0,
        paid_fen: 0,
        returned_count: 0,
        returned_fen: 0,
        waiting_count: 0,
        waiting_fen: 0,
        cancelled_count: 0,
        cancelled_fen: 0,
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
    })
}

/// The lines with their accounts sealed anew for the line that they belong to.
fn lines(app: &App, county: CountyCode, plan: &Plan, batch: &str) -> Result<Vec<LineRow>, Problem> {
    let of: Vec<&Payee> = plan.drafts.iter().map(|draft| &plan.payees[draft.payee]).collect();
    let accounts = accounts(app, county, &of)?;
    let ids: Vec<Uuid> = plan.drafts.iter().map(|_| app.id()).collect();
    let places: Vec<usize> = (0..of.len()).collect();
    shared(&places, |place| {
        let (draft, payee, id) = (&plan.drafts[*place], of[*place], ids[*place]);
        Ok(line(app, county, draft, payee, (id, batch, *place), accounts[*place].as_ref()))
    })
}

fn line(
    app: &App,
    county: CountyCode,
    draft: &Draft,
    payee: &Payee,
    (id, batch, place): (Uuid, &str, usize),
    account: Option<&BankAccount>,
) -> LineRow {
    let (name, has_spelling) = payee_name(payee);
    LineRow {
        id: id.to_string(),
        batch_id: batch.to_owned(),
        seq: i64::try_from(place + 1).unwrap_or(i64::MAX),
        person_id: payee.id.to_string(),
        citizen_index: payee.citizen_index.clone(),
        name: payee.name.clone(),
        payee: name,
        has_spelling: i64::from(has_spelling),
        class: draft.class.code().to_owned(),
        row: draft.row.clone(),
        township_id: payee.township_id.to_string(),
        village_id: payee.village_id.map(|it| it.to_string()),
        amount_fen: draft.amount_fen.0,
        bank_name: payee.bank_name.clone(),
        account_sealed: account.map(|it| app.sealer.seal(account_place(county, id), it.reveal())),
        account_index: payee.account_index.clone(),
        state: LineState::Waiting.code().to_owned(),
        reason: None,
        bank_text: None,
        bank_date: None,
        serial: None,
        result_id: None,
        cancelled_at: None,
        note: None,
        repays_id: draft.repays.clone(),
        repaid_by_id: None,
    }
}
