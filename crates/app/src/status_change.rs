//! 人员变动: a township or village reports death, moves and suspensions with their proof; the county confirms or
//! returns them. Only a confirmed one changes the roster, in the same act.

mod read;

pub use read::{Shown, Wanted, counts, get, list};

use crate::confirmation::{is_of, wrong_file};
use crate::notification::{Text, notify};
use crate::person::write::{self, By, Stored};
use crate::{App, Caller, Code, Problem, Who, guard};
use domain::authority::{Permission, Role, Scope};
use domain::ids::{FileId, PersonId, StatusChangeId, UnitId};
use domain::mask;
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use domain::status_change::{ChangeKind, ChangeState, Target, apply};
use domain::unit::{UnitKind, UnitTree};
use jiff::civil::Date;
use serde_json::json;
use store::Act;
use store::status_change::StatusChange as Row;

/// A change as it is reported.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Made by whoever reports.
    pub id: StatusChangeId,
    /// Who.
    pub person: PersonId,
    /// What.
    pub kind: ChangeKind,
    /// When.
    pub happened_on: Date,
    /// Township to which a move leads: code, name or alias.
    pub target_township: Option<String>,
    /// Village of it.
    pub target_village: Option<String>,
    /// Where it leads outside the county.
    pub target_text: String,
    /// Why.
    pub reason: String,
    /// Files that prove it.
    pub files: Vec<FileId>,
}

/// The longest text, in characters.
const LONGEST: usize = 500;
/// Files at most.
const MOST_FILES: usize = 10;

fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::StatusRefused, message)
}

fn missing() -> Problem {
    Problem::new(Code::NotFound, "没有这条人员变动，或不在您的权限范围内")
}

/// Reports a change. Sending the same again changes nothing and is `false`.
pub async fn report(app: &App, caller: &Caller, county: CountyCode, sent: Sent) -> Result<bool, Problem> {
    let scope = app.permit(caller, Permission::StatusChangeReport, county).await?;
    texts_fit(&sent)?;
    guard::check_text(app, caller, county, &[("原因", &sent.reason), ("去向", &sent.target_text)]).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let stored = write::changeable(act, &inner, county, (&units, &scope), sent.person).await?;
                let target = target(&units, &sent)?;
                apply(sent.kind, sent.happened_on, target, &stored.person, inner.today())
                    .map_err(|error| refused(error.to_string()))?;
                for file in &sent.files {
                    if !is_of(act, county, *file, sent.person).await? {
                        return Err(wrong_file(*file));
                    }
                }
                let row = row(&inner, &caller, county, &sent, &stored, target);
                if let Some(known) = store::status_change::get(act, county, sent.id).await? {
                    return repeated(act, &known, &row);
                }
                no_other(act, county, sent.person).await?;
                store::status_change::put(act, county, &row).await?;
                tell_office(act, &inner, &caller, county, (&units, &stored), sent.kind).await?;
                let detail = json!({
                    "person": sent.person, "kind": sent.kind, "on": sent.happened_on, "files": sent.files.len(),
                });
                let id = sent.id.to_string();
                act.audit(inner.entry(&caller, "status_change.report", "status_change", &id, detail)).await?;
                Ok(true)
            })
        })
        .await
}

fn texts_fit(sent: &Sent) -> Result<(), Problem> {
    if sent.reason.trim().is_empty() {
        return Err(refused("请写明变动的原因和经过"));
    }
    for (name, text) in [("原因", &sent.reason), ("去向", &sent.target_text)] {
        if text.chars().count() > LONGEST {
            return Err(refused(format!("{name}超过 {LONGEST} 个字，请缩短")));
        }
    }
    if sent.kind.needs_proof() && sent.files.is_empty() {
        let message = format!("{}要附证明材料，请先上传到这个人名下", sent.kind.label());
        return Err(refused(message));
    }
    if sent.files.len() > MOST_FILES {
        return Err(refused(format!("至多附 {MOST_FILES} 份材料")));
    }
    Ok(())
}

/// The unit to which a move leads; `None` for other changes.
fn target(units: &UnitTree, sent: &Sent) -> Result<Option<Target>, Problem> {
    if !sent.kind.leads_to_unit() {
        return Ok(None);
    }
    let Some(word) = sent.target_township.as_deref().map(str::trim).filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let township =
        units.find_among(word, |unit| unit.kind == UnitKind::Township && unit.valid_to.is_none())?;
    let village = match sent.target_village.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
        Some(word) => {
            let below = |unit: &domain::unit::Unit| unit.parent_id == Some(township.id);
            Some(units.find_among(word, |unit| unit.kind == UnitKind::Village && below(unit))?.id)
        }
        None => None,
    };
    Ok(Some(Target { township: township.id, village }))
}

fn row(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    sent: &Sent,
    stored: &Stored,
    target: Option<Target>,
) -> Row {
    let seal = |field, text: &str| app.seal(county, "status_change", sent.id.0, field, text.trim());
    let account = match &caller.who {
        Who::Account(principal) => Some(principal.account.to_string()),
        Who::Machine => None,
    };
    let home = stored.person.village_id.unwrap_or(stored.person.township_id);
    let target_unit = target.map(|it| it.village.unwrap_or(it.township).to_string());
    Row {
        id: sent.id.to_string(),
        person_id: sent.person.to_string(),
        unit_id: home.to_string(),
        kind: sent.kind.code().to_owned(),
        happened_on: sent.happened_on.to_string(),
        target_unit_id: target_unit,
        target_sealed: (!sent.target_text.trim().is_empty()).then(|| seal("target", &sent.target_text)),
        reason_sealed: seal("reason", &sent.reason),
        files_json: json!(sent.files).to_string(),
        state: ChangeState::Pending.code().to_owned(),
        by_actor: caller.actor.clone(),
        by_account: account,
        at_ms: app.now_ms(),
        decided_by: None,
        decided_at_ms: None,
        decision_sealed: None,
        version: 1,
    }
}

/// The same report again is harmless; another one needs an id of its own.
fn repeated(act: &mut Act, known: &Row, row: &Row) -> Result<bool, Problem> {
    let of = |row: &Row| {
        let texts = (row.target_unit_id.clone(), row.target_sealed.clone(), row.reason_sealed.clone());
        (row.person_id.clone(), row.kind.clone(), row.happened_on.clone(), texts, row.files_json.clone())
    };
    if of(known) != of(row) {
        return Err(Problem::new(Code::Conflict, "这个编号的人员变动已有不同内容，请换一个编号重新上报"));
    }
    act.nothing_written();
    Ok(false)
}

async fn no_other(act: &mut Act, county: CountyCode, person: PersonId) -> Result<(), Problem> {
    let filter = store::status_change::Filter {
        state: Some(ChangeState::Pending.code().to_owned()),
        person: Some(person),
        ..store::status_change::Filter::default()
    };
    let open = store::status_change::list(act, county, &filter, None, 1).await?;
    match open.first() {
        None => Ok(()),
        Some(open) => {
            let kind = ChangeKind::from_code(&open.kind).map_or("", ChangeKind::label);
            let message = format!("这个人已有一条待审核的变动（{kind}），请等审核完毕，或先撤回那一条");
            Err(Problem::new(Code::Conflict, message).with(json!({ "id": open.id })))
        }
    }
}

/// Tells every account of the county office; the text names nobody.
async fn tell_office(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (units, stored): (&UnitTree, &Stored),
    kind: ChangeKind,
) -> Result<(), Problem> {
    let held = store::account::grants(act, county).await?;
    let office = held
        .into_iter()
        .filter(|it| it.grant.role == Role::CountyOffice)
        .map(|it| Recipient::Account(it.account.to_string()));
    let home = stored.person.village_id.unwrap_or(stored.person.township_id);
    let text = Text {
        title: format!("{}上报人员变动：{}", units.full_name(home), kind.label()),
        body: "请核对证明材料后确认或退回".to_owned(),
        link: "/status-changes?state=pending".to_owned(),
    };
    notify(app, act, caller, NotificationKind::StatusReported, text, office).await?;
    Ok(())
}

/// A change within the scope.
async fn find(
    act: &mut Act,
    county: CountyCode,
    (units, scope): (&UnitTree, &Scope),
    id: StatusChangeId,
) -> Result<Row, Problem> {
    let row = store::status_change::get(act, county, id).await?.ok_or_else(missing)?;
    let unit: Option<UnitId> = row.unit_id.parse().ok();
    if unit.is_some_and(|unit| scope.covers(units, unit)) { Ok(row) } else { Err(missing()) }
}

fn still_pending(row: &Row) -> Result<(), Problem> {
    if row.state == ChangeState::Pending.code() {
        return Ok(());
    }
    let state = ChangeState::from_code(&row.state).map_or("", ChangeState::label);
    Err(Problem::new(Code::Conflict, format!("这条人员变动{state}，不能再处理")))
}

/// Confirms a reported change, by which the roster changes, or returns it with a reason.
pub async fn decide(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: StatusChangeId,
    confirm: bool,
    reason: &str,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::StatusChangeDecide, county).await?;
    let reason = domain::text::trim(reason).to_owned();
    if !confirm && reason.is_empty() {
        return Err(refused("退回要写明理由"));
    }
    if reason.chars().count() > LONGEST {
        return Err(refused(format!("理由超过 {LONGEST} 个字，请缩短")));
    }
    guard::check_text(app, caller, county, &[("理由", &reason)]).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let row = find(act, county, (&units, &scope), id).await?;
                still_pending(&row)?;
                let person: PersonId = row.person_id.parse().map_err(|_| missing())?;
                let stored = write::changeable(act, &inner, county, (&units, &scope), person).await?;
                let mut fields = Vec::new();
                if confirm {
                    let after = after(&units, &row, &stored, inner.today())?;
                    let by = By { caller: &caller, act: "status_change.confirm" };
                    fields = write::replace(act, &inner, county, &units, &stored, &after, by).await?;
                }
                let state = if confirm { ChangeState::Confirmed } else { ChangeState::Refused };
                let sealed = (!reason.is_empty())
                    .then(|| inner.seal(county, "status_change", id.0, "decision", &reason));
                let decided = Row {
                    state: state.code().to_owned(),
                    decided_by: Some(caller.actor.clone()),
                    decided_at_ms: Some(inner.now_ms()),
                    decision_sealed: sealed,
                    version: row.version + 1,
                    ..row.clone()
                };
                store::status_change::put(act, county, &decided).await?;
                tell_reporter(act, &inner, &caller, &row, state).await?;
                let name = if confirm { "status_change.confirm" } else { "status_change.refuse" };
                let detail = json!({
                    "person": person,
                    "kind": row.kind,
                    "fields": fields,
                    "before": { "name": mask::name(&stored.person.name), "state": row.state },
                    "after": { "state": state },
                });
                act.audit(inner.entry(&caller, name, "status_change", &id.to_string(), detail)).await?;
                Ok(())
            })
        })
        .await
}

/// The person after the change: held against what the roster says now.
fn after(
    units: &UnitTree,
    row: &Row,
    stored: &Stored,
    today: Date,
) -> Result<domain::roster::Person, Problem> {
    let bad = || Problem::new(Code::Storage, "人员变动的记录读不出来，没有改动");
    let kind = ChangeKind::from_code(&row.kind).ok_or_else(bad)?;
    let day: Date = row.happened_on.parse().map_err(|_| bad())?;
    let target = match row.target_unit_id.as_deref().and_then(|id| id.parse::<UnitId>().ok()) {
        None => None,
        Some(id) => {
            let unit = units.get(id).ok_or_else(bad)?;
            let township = units.township_of(id).ok_or_else(bad)?.id;
            Some(Target { township, village: (unit.kind == UnitKind::Village).then_some(id) })
        }
    };
    apply(kind, day, target, &stored.person, today).map_err(|error| refused(error.to_string()))
}

async fn tell_reporter(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    row: &Row,
    state: ChangeState,
) -> Result<(), Problem> {
    let kind = ChangeKind::from_code(&row.kind).map_or("", ChangeKind::label);
    let unit = row.unit_id.parse().ok().map(Recipient::Unit);
    let account = row.by_account.clone().map(Recipient::Account);
    let text = Text {
        title: format!("上报的人员变动（{kind}）{}", state.label()),
        body: String::new(),
        link: format!("/status-changes/{}", row.id),
    };
    notify(app, act, caller, NotificationKind::StatusDecided, text, unit.into_iter().chain(account)).await?;
    Ok(())
}

/// Takes back what was reported and is not decided yet.
pub async fn withdraw(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: StatusChangeId,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::StatusChangeReport, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let row = find(act, county, (&units, &scope), id).await?;
                still_pending(&row)?;
                let withdrawn = Row {
                    state: ChangeState::Withdrawn.code().to_owned(),
                    decided_by: Some(caller.actor.clone()),
                    decided_at_ms: Some(inner.now_ms()),
                    version: row.version + 1,
                    ..row.clone()
                };
                store::status_change::put(act, county, &withdrawn).await?;
                let detail = json!({ "person": row.person_id, "kind": row.kind });
                let id = id.to_string();
                act.audit(inner.entry(&caller, "status_change.withdraw", "status_change", &id, detail))
                    .await?;
                Ok(())
            })
        })
        .await
}
