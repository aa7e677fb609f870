//! 催办: the office asks units for their table. The people of each unit are told in the app; who was told, and who has
//! seen it, is kept.

mod read;

pub use read::{Asking, Told, log, told};

use crate::submission::of_units;
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Role, Scope};
use domain::campaign::Campaign;
use domain::chase::{PAUSE_MS, sentence};
use domain::ids::{NotificationId, UnitId};
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use domain::submission::Standing;
use domain::unit::{Unit, UnitTree};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::chase::NewChase;
use store::notification::NewSending;
use store::{Act, Tx};

/// Characters of a text.
const TEXT_CHARS: usize = 300;
/// Units in one go.
const MOST: usize = 500;

/// Whom to ask, and how.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Units: code, name or alias.
    pub units: Vec<String>,
    /// What to say; a sentence with the days left when nothing is written.
    pub text: Option<String>,
    /// Ask again, even those who were asked within the hour.
    pub again: bool,
}

/// How often a unit was asked, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chased {
    /// How often.
    pub times: i64,
    /// When last, ms UTC.
    pub last_at_ms: i64,
    /// How many people were told then.
    pub told: i64,
    /// How many of them have seen it.
    pub seen: i64,
    /// `催办 2 次，最近 11-26 10:05，已阅 1/2`.
    pub words: String,
}

impl From<&store::chase::Chased> for Chased {
    fn from(it: &store::chase::Chased) -> Self {
        let last = crate::audit::moment(it.last_at_ms);
        Self {
            times: it.times,
            last_at_ms: it.last_at_ms,
            told: it.told,
            seen: it.seen,
            words: domain::chase::words(it.times, &last, it.told, it.seen),
        }
    }
}

/// What became of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Code of the unit.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many people were told.
    pub told: usize,
    /// Whether anybody has an account there; without one the message waits for the first.
    pub has_account: bool,
    /// The table lies with the county already: nobody was told.
    pub is_done: bool,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Identity of the sending; `None` when nobody was to be asked.
    pub id: Option<String>,
    /// What was said.
    pub text: String,
    /// Unit by unit, in the order of their codes.
    pub units: Vec<Outcome>,
}

/// Asks units for their table.
pub async fn send(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    wanted: Wanted,
) -> Result<Sent, Problem> {
    let scope = app.permit(caller, Permission::ChaseSend, county).await?;
    if wanted.units.is_empty() || wanted.units.len() > MOST {
        return Err(Problem::new(Code::BadRequest, format!("一次应催办 1 至 {MOST} 个单位")));
    }
    let text = wanted.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(text) = &text {
        if text.chars().count() > TEXT_CHARS {
            return Err(Problem::new(Code::BadRequest, format!("催办内容不能超过 {TEXT_CHARS} 字")));
        }
        guard::check_text(app, caller, county, &[("催办内容", text)]).await?;
    }
    let (inner, caller, campaign) = (app.clone(), caller.clone(), campaign.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let campaign = crate::campaign::find(act, county, &campaign).await?;
                if !campaign.is_open {
                    let message = format!("活动 {} 已经结束，不再催办", campaign.code);
                    return Err(Problem::new(Code::Conflict, message));
                }
                let asked = chosen(act, &units, &scope, &campaign, &wanted.units).await?;
                let open: Vec<&Unit> =
                    asked.iter().filter(|(_, standing)| standing.is_open()).map(|(unit, _)| *unit).collect();
                if !wanted.again {
                    not_just_now(&inner, act, &campaign, &open).await?;
                }
                let table = format!("{}年{}统计表", campaign.year, campaign.template.name);
                let body = if let Some(text) = text {
                    text
                } else {
                    let calendar = crate::calendar::in_county(act, county).await?;
                    sentence(
                        &table,
                        campaign.deadline,
                        calendar.remaining(inner.today(), campaign.deadline, &[]),
                    )
                };
                let new = Text { title: format!("催办：{table}"), body };
                tell(&inner, act, &caller, (&campaign, &asked), new).await
            })
        })
        .await
}

/// What is said.
struct Text {
    title: String,
    body: String,
}

/// The named units, each once, by code; one that has not got the campaign is refused.
async fn chosen<'u>(
    act: &mut Act,
    units: &'u UnitTree,
    scope: &Scope,
    campaign: &Campaign,
    words: &[String],
) -> Result<Vec<(&'u Unit, Standing)>, Problem> {
    let county = act.county();
    let all = of_units(act, county, campaign, units, scope).await?;
    let mut chosen = BTreeMap::new();
    for word in words {
        let unit = scope.unit(units, Some(word))?;
        let (unit, last) = all.iter().find(|(it, _)| it.id == unit.id).ok_or_else(|| {
            let message = format!("活动 {} 没有下发给{}，不用催办", campaign.code, unit.name);
            Problem::new(Code::BadRequest, message)
        })?;
        chosen.insert(&unit.code, (*unit, Standing::of(last.as_ref().map(|it| it.state))));
    }
    Ok(chosen.into_values().collect())
}

/// Refuses when one of the units was asked within the hour.
async fn not_just_now(app: &App, act: &mut Act, campaign: &Campaign, open: &[&Unit]) -> Result<(), Problem> {
    let (county, since) = (act.county(), app.now_ms() - PAUSE_MS);
    let before = store::chase::of_campaign(act, county, campaign.id).await?;
    let recent: Vec<_> = open
        .iter()
        .filter_map(|unit| {
            let last = before.iter().find(|it| it.unit == unit.id && it.last_at_ms > since)?;
            Some((*unit, last.last_at_ms))
        })
        .collect();
    let Some((first, at_ms)) = recent.first() else { return Ok(()) };
    let others = if recent.len() > 1 { format!("等 {} 个单位", recent.len()) } else { String::new() };
    let message = format!(
        "{}{others}一小时内催办过（{}），没有发送；确要再催，请确认再次催办",
        first.name,
        crate::audit::moment(*at_ms)
    );
    let list: Vec<_> = recent
        .iter()
        .map(|(unit, at_ms)| json!({ "code": unit.code, "name": unit.name, "at_ms": at_ms }))
        .collect();
    Err(Problem::new(Code::ChaseAgain, message).with(json!({ "units": list })))
}

/// Who hears for a unit: its clerks and leaders.
pub(crate) async fn people(
    tx: &mut Tx,
    county: CountyCode,
) -> Result<BTreeMap<UnitId, BTreeSet<Recipient>>, Problem> {
    let mut people: BTreeMap<UnitId, BTreeSet<Recipient>> = BTreeMap::new();
    for (account, unit) in store::account::holders(tx, county, &[Role::UnitClerk, Role::UnitLeader]).await? {
        let Some(unit) = unit else { continue };
        people.entry(unit).or_default().insert(Recipient::Account(account.to_string()));
    }
    Ok(people)
}

/// Tells the people of the units that are open, and writes down who was told for which.
async fn tell(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    (campaign, asked): (&Campaign, &[(&Unit, Standing)]),
    Text { title, body }: Text,
) -> Result<Sent, Problem> {
    let county = act.county();
    let people = people(act, county).await?;
    let (mut rows, mut chases, mut outcomes) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (unit, standing) in asked {
        let own = people.get(&unit.id).cloned().unwrap_or_default();
        let is_done = !standing.is_open();
        let told = if is_done { 0 } else { own.len() };
        outcomes.push(Outcome {
            code: unit.code.clone(),
            name: unit.name.clone(),
            told,
            has_account: !own.is_empty(),
            is_done,
        });
        if is_done {
            continue;
        }
        let mut once = |recipient| *rows.entry(recipient).or_insert_with(|| app.id::<NotificationId>());
        let told: Vec<NotificationId> = own.into_iter().map(&mut once).collect();
        if told.is_empty() {
            once(Recipient::Unit(unit.id));
        }
        chases.push(NewChase { id: app.id(), unit: unit.id, told });
    }
    if chases.is_empty() {
        act.nothing_written();
        return Ok(Sent { id: None, text: body, units: outcomes });
    }
    let sending = NewSending {
        id: app.id(),
        kind: NotificationKind::Chase,
        title,
        body,
        link: format!("/campaigns/{}/submissions", campaign.code),
        created_by: caller.actor.clone(),
        created_at_ms: app.now_ms(),
    };
    let recipients: Vec<_> = rows.into_iter().map(|(recipient, id)| (id, recipient)).collect();
    store::notification::send(act, &sending, &recipients).await?;
    store::chase::add(act, county, campaign.id, (sending.id, sending.created_at_ms), &chases).await?;
    let detail = json!({ "sending": sending.id, "units": chases.len(), "told": recipients.len() });
    act.audit(app.entry(caller, "chase.send", "campaign", &campaign.code, detail)).await?;
    Ok(Sent { id: Some(sending.id.to_string()), text: sending.body, units: outcomes })
}
