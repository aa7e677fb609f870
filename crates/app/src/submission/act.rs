//! The four acts: submit, accept, return, withdraw. Each stands in one transaction with its audit row and with what is
//! told to the other side.

use super::Version;
use super::frozen::freeze;
use crate::notification::{Text, notify};
use crate::{App, Caller, Code, Problem, Who, guard};
use domain::authority::{Permission, Role, Scope};
use domain::campaign::Campaign;
use domain::ids::SubmissionId;
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use domain::statistics::{TableUnit, lay_out};
use domain::submission::{Before, SubmissionAct, SubmissionState, late_days, next};
use domain::unit::{Unit, UnitKind, UnitTree};
use serde_json::json;
use std::sync::Arc;
use store::Act;
use store::submission::{Decision, NewSubmission, Submission};

/// Characters of a remark.
const REMARK_CHARS: usize = 500;

fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::SubmissionRefused, message)
}

/// Whether a caller who may submit at all submits for this unit: whoever works for it, the machine's own user for all.
/// The office of the county submits the county's table and its own, never that of a unit.
pub(crate) fn is_own(caller: &Caller, units: &UnitTree, unit: &Unit) -> bool {
    let Who::Account(principal) = &caller.who else { return true };
    let with_unit: Vec<_> = principal.grants.iter().copied().filter(|it| it.unit.is_some()).collect();
    matches!(unit.kind, UnitKind::County | UnitKind::Office)
        || Scope::of(&with_unit, Permission::TableSubmit).is_some_and(|it| it.covers(units, unit.id))
}

/// Where an act takes place.
struct Stage {
    units: Arc<UnitTree>,
    campaign: Arc<Campaign>,
    unit: Unit,
    versions: Vec<Submission>,
}

impl Stage {
    /// Units, campaign, the unit within the scope, its versions so far.
    async fn set(act: &mut Act, scope: &Scope, campaign: &str, unit: &str) -> Result<Self, Problem> {
        let county = act.county();
        let units = crate::unit::tree_in(act, county).await?;
        let campaign = crate::campaign::find(act, county, campaign).await?;
        let unit = scope.unit(&units, Some(unit))?.clone();
        let versions = store::submission::of_unit(act, county, campaign.id, unit.id).await?;
        Ok(Self { units, campaign, unit, versions })
    }

    fn last(&self) -> Option<&Submission> {
        self.versions.last()
    }

    /// The state to which an act leads; the refusal names unit and table.
    fn next(&self, act: SubmissionAct) -> Result<SubmissionState, Problem> {
        let last = self.last().map(|it| it.state);
        next(last, act)
            .map_err(|why| refused(format!("{}的统计表{why}，没有{}", self.unit.name, act.label())))
    }

    fn object(&self, version: i64) -> String {
        format!("{}/{}/{version}", self.campaign.code, self.unit.code)
    }

    fn link(&self) -> String {
        format!("/campaigns/{}/submissions/{}", self.campaign.code, self.unit.code)
    }

    fn what(&self) -> String {
        format!("{}年{}统计表", self.campaign.year, self.campaign.template.name)
    }
}

/// Submits a unit's table as the next version: what the records say now is frozen. `expected` is the SM3 of the table
/// that the caller has looked at; another table is not submitted unseen.
pub async fn submit(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (campaign, unit): (&str, &str),
    expected: Option<&str>,
) -> Result<Version, Problem> {
    let scope = app.permit(caller, Permission::TableSubmit, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    let (campaign, unit, expected) = (campaign.to_owned(), unit.to_owned(), expected.map(str::to_owned));
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let stage = Stage::set(act, &scope, &campaign, &unit).await?;
                let state = stage.next(SubmissionAct::Submit)?;
                may_submit(act, &caller, &stage).await?;
                let new = make(&inner, act, &caller, &stage, state).await?;
                if expected.is_some_and(|expected| expected != new.submission.sm3_hex) {
                    let message = "统计表在您查看之后有变动，没有报送；请核对最新的数字后再报";
                    return Err(Problem::new(Code::Changed, message));
                }
                store::submission::add(act, county, stage.campaign.id, &new).await?;
                let row = new.submission;
                let late = if row.late_days > 0 {
                    format!("，迟报 {} 天", row.late_days)
                } else {
                    String::new()
                };
                let body = format!("{}第 {} 版{late}，请审核", stage.what(), row.version);
                tell_office(&inner, act, &caller, &stage, ("已报送统计表", body)).await?;
                let detail = json!({
                    "version": row.version, "sm3": row.sm3_hex, "late_days": row.late_days,
                    "template_version": row.template_version,
                });
                let object = stage.object(row.version);
                act.audit(inner.entry(&caller, "submission.submit", "submission", &object, detail)).await?;
                Version::of(&inner, county, row)
            })
        })
        .await
}

async fn may_submit(act: &mut Act, caller: &Caller, stage: &Stage) -> Result<(), Problem> {
    let (unit, county) = (&stage.unit, act.county());
    if !is_own(caller, &stage.units, unit) {
        let message =
            format!("{}的统计表由该单位自己报送；没有账号的，请先为其建立账号，或者催办", unit.name);
        return Err(refused(message));
    }
    if !stage.campaign.is_open {
        return Err(refused(format!("活动 {} 已经结束，不再接收报送", stage.campaign.code)));
    }
    let issued = store::campaign::issued(act, county, stage.campaign.id).await?;
    if unit.kind != UnitKind::County && issued.iter().all(|issue| issue.unit != unit.id) {
        return Err(refused(format!("活动 {} 没有下发给{}，不用报送", stage.campaign.code, unit.name)));
    }
    Ok(())
}

/// The next version as it will be stored.
async fn make(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    stage: &Stage,
    state: SubmissionState,
) -> Result<NewSubmission, Problem> {
    let (county, campaign, unit) = (act.county(), &stage.campaign, &stage.unit);
    let kept = store::cell::read(act, county, campaign.id, unit.id).await?;
    let named = TableUnit { code: unit.code.clone(), name: stage.units.full_name(unit.id) };
    let sealed = freeze(campaign, lay_out(campaign, named, &kept));
    let calendar = crate::calendar::in_county(act, county).await?;
    let now_ms = app.now_ms();
    let before = stage.last().map(|it| Before { state: it.state, late_days: it.late_days });
    let submission = Submission {
        id: app.id(),
        unit: unit.id,
        version: stage.last().map_or(0, |it| it.version) + 1,
        state,
        template_version: i64::from(campaign.template.version),
        deadline: campaign.deadline.to_string(),
        late_days: late_days(&calendar, campaign.deadline, crate::day_of(now_ms), before),
        sm3_hex: sealed.sm3_hex,
        submitted_at_ms: now_ms,
        submitted_by: caller.actor.clone(),
        decided_at_ms: None,
        decided_by: None,
        remark_sealed: None,
    };
    Ok(NewSubmission { submission, table_json: sealed.text })
}

/// Tells everybody in the county's office.
async fn tell_office(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    stage: &Stage,
    (what, body): (&str, String),
) -> Result<(), Problem> {
    let county = act.county();
    let holders = store::account::holders(act, county, &[Role::CountyOffice]).await?;
    let to = holders.into_iter().map(|(account, _)| Recipient::Account(account.to_string()));
    let text = Text { title: format!("{}{what}", stage.unit.name), body, link: stage.link() };
    notify(app, act, caller, NotificationKind::TableSubmitted, text, to).await?;
    Ok(())
}

/// Accepts the version that the county has looked at.
pub async fn accept(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    of: (&str, &str),
    version: i64,
) -> Result<Version, Problem> {
    review(app, caller, county, of, (version, SubmissionAct::Accept, None)).await
}

/// Returns a version with a remark that says what is to be put right.
pub async fn hand_back(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    of: (&str, &str),
    (version, remark): (i64, &str),
) -> Result<Version, Problem> {
    app.permit(caller, Permission::TableReview, county).await?;
    let remark = remark.trim();
    if remark.is_empty() || remark.chars().count() > REMARK_CHARS {
        let message = format!("退回要写明意见（1 至 {REMARK_CHARS} 字），让单位知道改什么");
        return Err(Problem::new(Code::BadRequest, message));
    }
    guard::check_text(app, caller, county, &[("退回意见", remark)]).await?;
    review(app, caller, county, of, (version, SubmissionAct::Return, Some(remark.to_owned()))).await
}

async fn review(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (campaign, unit): (&str, &str),
    (version, what, remark): (i64, SubmissionAct, Option<String>),
) -> Result<Version, Problem> {
    let scope = app.permit(caller, Permission::TableReview, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    let (campaign, unit) = (campaign.to_owned(), unit.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let stage = Stage::set(act, &scope, &campaign, &unit).await?;
                if stage.unit.kind == UnitKind::County {
                    return Err(refused("县的统计表由上级接收，这里不能接收或退回"));
                }
                let row = decide(&inner, act, &caller, &stage, (version, what, remark.as_deref())).await?;
                let title = match what {
                    SubmissionAct::Accept => format!("{}已接收", stage.what()),
                    _ => format!("{}被退回", stage.what()),
                };
                // The remark stays with the table: messages hold no text that may name people.
                let body = match what {
                    SubmissionAct::Accept => format!("第 {version} 版已由县双拥办接收"),
                    _ => format!("第 {version} 版由县双拥办退回，请查看退回意见，改正后重新报送"),
                };
                let text = Text { title, body, link: stage.link() };
                let to = [Recipient::Unit(stage.unit.id)];
                notify(&inner, act, &caller, NotificationKind::TableReviewed, text, to).await?;
                Version::of(&inner, county, row)
            })
        })
        .await
}

/// Takes a version back before it is accepted.
pub async fn withdraw(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (campaign, unit): (&str, &str),
    version: i64,
) -> Result<Version, Problem> {
    let scope = app.permit(caller, Permission::TableSubmit, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    let (campaign, unit) = (campaign.to_owned(), unit.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let stage = Stage::set(act, &scope, &campaign, &unit).await?;
                stage.next(SubmissionAct::Withdraw)?;
                may_submit(act, &caller, &stage).await?;
                let what = (version, SubmissionAct::Withdraw, None);
                let row = decide(&inner, act, &caller, &stage, what).await?;
                let body = format!("{}第 {version} 版已由单位撤回，不用审核", stage.what());
                tell_office(&inner, act, &caller, &stage, ("撤回了统计表", body)).await?;
                Version::of(&inner, county, row)
            })
        })
        .await
}

/// Changes the last version, when it is the one that was looked at, and writes it down.
async fn decide(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    stage: &Stage,
    (version, what, remark): (i64, SubmissionAct, Option<&str>),
) -> Result<Submission, Problem> {
    let county = act.county();
    let state = stage.next(what)?;
    let last = stage.last().filter(|it| it.version == version).ok_or_else(|| {
        let now = stage.last().map_or(0, |it| it.version);
        let message =
            format!("{}最新报送的是第 {now} 版，不是第 {version} 版；请刷新后再办", stage.unit.name);
        Problem::new(Code::Changed, message)
    })?;
    let id: SubmissionId = last.id;
    let remark_sealed = remark.map(|text| app.seal(county, "submission", id.0, "remark", text));
    let at_ms = app.now_ms();
    let decision = Decision { state, at_ms, by: &caller.actor, remark_sealed: remark_sealed.clone() };
    store::submission::decide(act, county, id, &decision).await?;
    let name = match what {
        SubmissionAct::Accept => "submission.accept",
        SubmissionAct::Return => "submission.return",
        _ => "submission.withdraw",
    };
    let detail = json!({
        "version": version, "sm3": last.sm3_hex, "before": last.state.code(), "after": state.code(),
        "has_remark": remark.is_some(),
    });
    act.audit(app.entry(caller, name, "submission", &stage.object(version), detail)).await?;
    Ok(Submission {
        state,
        decided_at_ms: Some(at_ms),
        decided_by: Some(caller.actor.clone()),
        remark_sealed,
        ..last.clone()
    })
}
