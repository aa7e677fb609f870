//! Campaigns: made from a template, read by their code, changed with every visit re-folded.

use crate::notification::{Text, notify};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::Permission;
use domain::campaign::{Campaign, Template};
use domain::ids::CampaignId;
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use domain::unit::UnitKind;
use jiff::civil::Date;
use serde_json::json;
use std::sync::Arc;
use store::Tx;

fn template(text: &str) -> Result<Template, Problem> {
    formats::campaign::read(text).map_err(|error| {
        Problem::new(Code::TemplateBad, error.to_string())
            .with(json!({ "line": error.line, "key": error.key, "reason": error.reason }))
    })
}

/// The deadline that the template fixes for a year, when it does.
pub fn fixed_deadline(text: &str, year: i16) -> Result<Option<Date>, Problem> {
    Ok(template(text)?.deadlines.get(&year.to_string()).copied())
}

/// Makes a campaign `<template>-<year>` from a template and issues it to the townships.
pub async fn create(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    text: &str,
    year: i16,
    deadline: Option<Date>,
) -> Result<Arc<Campaign>, Problem> {
    app.permit(caller, Permission::CampaignChange, county).await?;
    guard::check_text(app, caller, county, &[("活动模板", text)]).await?;
    let template = template(text)?;
    let deadline =
        deadline.or_else(|| template.deadlines.get(&year.to_string()).copied()).ok_or_else(|| {
            Problem::new(
                Code::CampaignDeadline,
                format!("{year} 年的报送截止日期没有定，请用 --deadline 写明，如 --deadline {year}-08-12"),
            )
        })?;
    let period = template
        .period
        .days(year)
        .ok_or_else(|| Problem::new(Code::BadRequest, format!("{year} 不是可用的年份")))?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let place = store::county::get(act, county).await?.map(|it| it.place).unwrap_or_default();
                let code = format!("{}-{year}", template.key);
                if store::campaign::get(act, county, &code).await?.is_some() {
                    return Err(Problem::new(
                        Code::CampaignExists,
                        format!("活动 {code} 已经建立，没有改动"),
                    ));
                }
                let campaign = Campaign {
                    id: inner.id(),
                    code,
                    year,
                    heading: template.heading(year, &place),
                    deadline,
                    period,
                    is_open: true,
                    template,
                };
                store::campaign::add(act, county, &campaign, None, inner.now_ms()).await?;
                let units = crate::unit::tree_in(act, county).await?;
                let townships: Vec<_> = units
                    .all()
                    .iter()
                    .filter(|unit| unit.kind == UnitKind::Township && unit.valid_to.is_none())
                    .map(|unit| unit.id)
                    .collect();
                store::campaign::issue(act, county, campaign.id, &townships, inner.now_ms()).await?;
                let text = Text {
                    title: format!("{}年{}已下发", campaign.year, campaign.template.name),
                    body: format!("报送截止日期 {}，请签收并安排走访", campaign.deadline),
                    link: format!("/campaigns/{}", campaign.code),
                };
                let to = townships.into_iter().map(Recipient::Unit);
                notify(&inner, act, &caller, NotificationKind::CampaignIssued, text, to).await?;
                let detail = json!({ "code": campaign.code, "deadline": campaign.deadline });
                act.audit(inner.entry(&caller, "campaign.create", "campaign", &campaign.code, detail))
                    .await?;
                Ok(Arc::new(campaign))
            })
        })
        .await
}

/// All campaigns, newest first.
pub async fn list(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Arc<Campaign>>, Problem> {
    app.permit(caller, Permission::CampaignRead, county).await?;
    let mut tx = app.db.read().await?;
    Ok(store::reference::get(&mut tx, county).await?.campaigns.clone())
}

/// A campaign by its code.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    code: &str,
) -> Result<Arc<Campaign>, Problem> {
    app.permit(caller, Permission::CampaignRead, county).await?;
    read(app, county, code).await
}

/// A campaign for an act that has been permitted.
pub(crate) async fn read(app: &App, county: CountyCode, code: &str) -> Result<Arc<Campaign>, Problem> {
    let mut tx = app.db.read().await?;
    find(&mut tx, county, code).await
}

pub(crate) async fn find(tx: &mut Tx, county: CountyCode, code: &str) -> Result<Arc<Campaign>, Problem> {
    let reference = store::reference::get(tx, county).await?;
    if let Some(campaign) = reference.campaign(code.trim()) {
        return Ok(Arc::clone(campaign));
    }
    let codes = reference.campaigns.iter().map(|it| it.code.as_str()).collect::<Vec<_>>().join("、");
    let hint = if codes.is_empty() { "还没有建立活动".to_owned() } else { format!("已有 {codes}") };
    Err(Problem::new(Code::CampaignUnknown, format!("没有活动“{code}”，{hint}")))
}

pub(crate) async fn by_id(tx: &mut Tx, county: CountyCode, id: CampaignId) -> Result<Arc<Campaign>, Problem> {
    let reference = store::reference::get(tx, county).await?;
    reference.campaign_by_id(id).cloned().ok_or_else(|| Problem::new(Code::CampaignUnknown, "活动已不存在"))
}

/// A tag that differs whenever a campaign does; whoever changes one says from which it starts.
#[must_use]
pub fn tag(campaign: &Campaign) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (&campaign.code, &campaign.heading, campaign.deadline, campaign.is_open).hash(&mut hasher);
    serde_json::to_string(&campaign.template).expect("a template is plain data").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What another template would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Visits that would count in another row.
    pub moved: usize,
    /// The heading as it would be.
    pub heading: String,
    /// Version of the template that stands.
    pub version_now: u32,
    /// Version of the other.
    pub version: u32,
}

/// Tries a template: it is read, every visit is counted by it, and everything is put back.
pub async fn try_template(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    code: &str,
    text: &str,
) -> Result<Tried, Problem> {
    app.permit(caller, Permission::CampaignChange, county).await?;
    let template = template(text)?;
    let code = code.to_owned();
    let (tell, told) = tokio::sync::oneshot::channel();
    let tried: Result<(), Problem> = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let mut campaign = (*find(act, county, &code).await?).clone();
                let place = store::county::get(act, county).await?.map(|it| it.place).unwrap_or_default();
                let version_now = campaign.template.version;
                campaign.heading = template.heading(campaign.year, &place);
                campaign.period = template.period.days(campaign.year).unwrap_or(campaign.period);
                campaign.template = template;
                let units = crate::unit::tree_in(act, county).await?;
                let moved = crate::statistics::rebuild(act, county, &campaign, &units).await?;
                let version = campaign.template.version;
                let _ = tell.send(Tried { moved, heading: campaign.heading, version_now, version });
                // An act that ends in a refusal leaves nothing behind.
                Err(Problem::new(Code::Conflict, "只是试算"))
            })
        })
        .await;
    match (told.await, tried) {
        (Ok(tried), _) => Ok(tried),
        (Err(_), Err(problem)) => Err(problem),
        (Err(_), Ok(())) => Err(Problem::new(Code::Storage, "试算没有做完")),
    }
}

/// Replaces a campaign's template; every visit is counted anew by it. Returns how many visits moved.
pub async fn edit(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    code: &str,
    text: &str,
) -> Result<usize, Problem> {
    edit_from(app, caller, county, code, text, None).await
}

/// [`edit`], when the campaign still is what its tag says.
pub async fn edit_from(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    code: &str,
    text: &str,
    expected: Option<&str>,
) -> Result<usize, Problem> {
    app.permit(caller, Permission::CampaignChange, county).await?;
    guard::check_text(app, caller, county, &[("活动模板", text)]).await?;
    let template = template(text)?;
    let (inner, caller, code) = (app.clone(), caller.clone(), code.to_owned());
    let expected = expected.map(str::to_owned);
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let mut campaign = (*find(act, county, &code).await?).clone();
                if !campaign.is_open {
                    return Err(Problem::new(Code::Conflict, format!("活动 {code} 已经结束，不能再换模板")));
                }
                if expected.is_some_and(|expected| expected != tag(&campaign)) {
                    let message = format!("活动 {code} 在您读取之后已被修改，没有改动；请核对最新内容后再改");
                    return Err(Problem::new(Code::Changed, message));
                }
                let place = store::county::get(act, county).await?.map(|it| it.place).unwrap_or_default();
                let before = (campaign.template.version, campaign.heading.clone());
                campaign.heading = template.heading(campaign.year, &place);
                campaign.period = template.period.days(campaign.year).unwrap_or(campaign.period);
                campaign.template = template;
                store::campaign::update(act, county, &campaign).await?;
                let units = crate::unit::tree_in(act, county).await?;
                let moved = crate::statistics::rebuild(act, county, &campaign, &units).await?;
                let detail = json!({
                    "before": { "version": before.0, "heading": before.1 },
                    "after": { "version": campaign.template.version, "heading": campaign.heading },
                    "moved": moved,
                });
                act.audit(inner.entry(&caller, "campaign.edit", "campaign", &campaign.code, detail)).await?;
                Ok(moved)
            })
        })
        .await
}
