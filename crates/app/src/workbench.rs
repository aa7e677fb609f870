//! 工作台: what is due for the caller, with lamp and words, and counters that open their lists. Every number is counted
//! within the caller's scope; each counter is one statement at most.

mod count;

use crate::submission::of_units;
use crate::{App, Caller, Problem};
use domain::authority::{Permission, Scope};
use domain::calendar::{Calendar, Lamp, Remaining};
use domain::campaign::Campaign;
use domain::region::CountyCode;
use domain::submission::{Standing, SubmissionState};
use domain::unit::{Unit, UnitTree};
use domain::workbench::DueKind;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::submission::Submission;

/// Where a number or a task leads: a list of the application, and how it is filtered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// `submissions`, `submission`, `coverage`, `candidates`, `notifications`, `workbench`.
    pub list: &'static str,
    /// Query parameters of that list.
    pub filter: BTreeMap<&'static str, String>,
}

impl Link {
    fn to<const N: usize>(list: &'static str, filter: [(&'static str, &str); N]) -> Self {
        Self { list, filter: filter.into_iter().map(|(key, value)| (key, value.to_owned())).collect() }
    }
}

/// One thing to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What it is.
    pub kind: DueKind,
    /// In one line.
    pub title: String,
    /// The campaign's code.
    pub campaign: String,
    /// Code and name of the unit, where it is about one.
    pub unit: Option<(String, String)>,
    /// How many tables or units, where it is about several.
    pub count: Option<usize>,
    /// Last day.
    pub due_on: Date,
    /// Working days left, 0 on the last day, negative when it has passed.
    pub days: i64,
    /// Green, yellow (three working days or fewer) or red.
    pub lamp: Lamp,
    /// `剩3天`, `今天截止`, `超期2天`.
    pub words: String,
    /// What the county said when it returned the table.
    pub remark: Option<String>,
    /// Where it is done.
    pub link: Link,
}

/// A number with its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// `todo`, `due_soon`, `overdue`, `submitted`, `candidates`, `key_open`, `unread`.
    pub key: &'static str,
    /// For people.
    pub label: &'static str,
    /// The number.
    pub value: i64,
    /// Of how many, where it is a part.
    pub of: Option<i64>,
    /// The list behind it.
    pub link: Link,
}

/// An open campaign as the caller's units stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Running {
    /// The campaign's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Last day.
    pub deadline: Date,
    /// Working days left, negative when it has passed.
    pub days: i64,
    /// The lamp of the deadline; green once every table lies with the county.
    pub lamp: Lamp,
    /// The deadline in words; `已报送` once every table lies with the county.
    pub words: String,
    /// Units within the scope whose table lies with the county.
    pub submitted: usize,
    /// Units within the scope that must submit.
    pub obliged: usize,
    /// The campaign of which the counters speak.
    pub is_current: bool,
}

/// The workbench of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Workbench {
    /// Today in the county.
    pub today: Date,
    /// Whether people are at work today.
    pub is_working_day: bool,
    /// Whether the year's holidays are known; if not, only weekends count as off.
    pub is_calendar_known: bool,
    /// What is due, the most urgent first.
    pub due: Vec<Due>,
    /// Numbers.
    pub counters: Vec<Counter>,
    /// Open campaigns, the nearest deadline first.
    pub campaigns: Vec<Running>,
}

/// What everything on the workbench is decided from.
struct Desk<'a> {
    app: &'a App,
    caller: &'a Caller,
    county: CountyCode,
    units: Arc<UnitTree>,
    calendar: Calendar,
    today: Date,
}

impl Desk<'_> {
    /// What the caller reaches for a permission; asking is no attempt at anything.
    fn scope(&self, permission: Permission) -> Option<Scope> {
        self.caller.permit(permission, self.county).ok()
    }

    fn remaining(&self, due_on: Date) -> Remaining {
        self.calendar.remaining(self.today, due_on, &[])
    }

    fn due(&self, kind: DueKind, campaign: &Campaign, due_on: Date, link: Link) -> Due {
        let remaining = self.remaining(due_on);
        let name = format!("{}年{}", campaign.year, campaign.template.name);
        Due {
            kind,
            title: match kind {
                DueKind::SubmitTable => format!("报送{name}统计表"),
                DueKind::ReturnedTable => format!("{name}统计表被退回，改正后重新报送"),
                DueKind::ReviewTables => format!("审核{name}统计表"),
                DueKind::MissingTables => format!("催办{name}统计表"),
            },
            campaign: campaign.code.clone(),
            unit: None,
            count: None,
            due_on,
            days: remaining.days(),
            lamp: remaining.lamp(),
            words: remaining.to_string(),
            remark: None,
            link,
        }
    }

    /// What one campaign asks of the caller.
    fn of_campaign(
        &self,
        campaign: &Campaign,
        all: &[(&Unit, Option<Submission>)],
    ) -> Result<Vec<Due>, Problem> {
        let mut due = Vec::new();
        if let Some(scope) = self.scope(Permission::TableSubmit) {
            let own = all.iter().filter(|(unit, _)| {
                scope.covers(&self.units, unit.id)
                    && crate::submission::is_own(self.caller, &self.units, unit)
            });
            for (unit, last) in own.filter(|_| !self.is_machine()) {
                due.extend(self.of_unit(campaign, unit, last.as_ref())?);
            }
        }
        due.extend(self.to_review(campaign, all));
        due.extend(self.missing(campaign, all));
        Ok(due)
    }

    /// The machine's own user may submit for every unit and has none of its own.
    fn is_machine(&self) -> bool {
        matches!(self.caller.who, crate::Who::Machine)
    }

    fn of_unit(
        &self,
        campaign: &Campaign,
        unit: &Unit,
        last: Option<&Submission>,
    ) -> Result<Option<Due>, Problem> {
        let kind = match Standing::of(last.map(|it| it.state)) {
            Standing::Missing => DueKind::SubmitTable,
            Standing::Returned => DueKind::ReturnedTable,
            Standing::Submitted | Standing::Accepted => return Ok(None),
        };
        let link = Link::to("submission", [("campaign", &campaign.code), ("unit", &unit.code)]);
        let version = last.cloned().map(|row| crate::submission::Version::of(self.app, self.county, row));
        let remark = version.transpose()?.and_then(|it| it.remark);
        let named = Some((unit.code.clone(), self.units.full_name(unit.id)));
        Ok(Some(Due { unit: named, remark, ..self.due(kind, campaign, campaign.deadline, link) }))
    }

    /// Tables that wait for the county: due on the last day, one that came later on the day it came, or on the first
    /// working day after it.
    fn to_review(&self, campaign: &Campaign, all: &[(&Unit, Option<Submission>)]) -> Option<Due> {
        let scope = self.scope(Permission::TableReview)?;
        let waiting: Vec<&Submission> = all
            .iter()
            .filter(|(unit, _)| scope.covers(&self.units, unit.id))
            .filter_map(|(_, last)| last.as_ref().filter(|it| it.state == SubmissionState::Submitted))
            .collect();
        let came = waiting.iter().map(|it| crate::day_of(it.submitted_at_ms)).min()?;
        let is_off = came > campaign.deadline && !self.calendar.is_working_day(came);
        let first = self.calendar.add_working_days(came, i64::from(is_off));
        let link = Link::to("submissions", [("campaign", &campaign.code), ("standing", "submitted")]);
        let due = self.due(DueKind::ReviewTables, campaign, first.max(campaign.deadline), link);
        Some(Due { count: Some(waiting.len()), ..due })
    }

    fn missing(&self, campaign: &Campaign, all: &[(&Unit, Option<Submission>)]) -> Option<Due> {
        let scope = self.scope(Permission::ChaseSend)?;
        let missing = all
            .iter()
            .filter(|(unit, last)| {
                scope.covers(&self.units, unit.id)
                    && Standing::of(last.as_ref().map(|it| it.state)) == Standing::Missing
            })
            .count();
        let link = Link::to("submissions", [("campaign", &campaign.code), ("standing", "missing")]);
        (missing > 0).then(|| Due {
            count: Some(missing),
            ..self.due(DueKind::MissingTables, campaign, campaign.deadline, link)
        })
    }
}

/// The caller's workbench. Its counters speak of one campaign: the open one whose deadline comes next, else the one
/// that ended last; or the named one.
pub async fn of(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: Option<&str>,
) -> Result<Workbench, Problem> {
    app.permit(caller, Permission::NoticeRead, county).await?;
    let mut tx = app.db.read().await?;
    let reference = store::reference::get(&mut tx, county).await?;
    let desk = Desk {
        app,
        caller,
        county,
        units: crate::unit::tree_of(&reference, county)?,
        calendar: crate::calendar::in_county(&mut tx, county).await?,
        today: app.today(),
    };
    let mut open: Vec<Arc<Campaign>> = Vec::new();
    let reads = desk.scope(Permission::StatisticsRead);
    if desk.scope(Permission::CampaignRead).is_some() {
        open.extend(reference.campaigns.iter().filter(|it| it.is_open).cloned());
    }
    open.sort_by(|a, b| (a.deadline, &a.code).cmp(&(b.deadline, &b.code)));
    let current = match campaign {
        Some(code) => {
            let found = open.iter().find(|it| it.code == code.trim()).cloned();
            Some(match found {
                Some(found) => found,
                None => crate::campaign::find(&mut tx, county, code).await?,
            })
        }
        None => open.iter().find(|it| it.deadline >= desk.today).or(open.last()).cloned(),
    };
    let (mut due, mut campaigns) = (Vec::new(), Vec::new());
    for campaign in &open {
        // The table of a unit is a figure: whoever does not read figures has no task with it.
        let Some(scope) = &reads else { break };
        let all = of_units(&mut tx, county, campaign, &desk.units, scope).await?;
        due.extend(desk.of_campaign(campaign, &all)?);
        campaigns.push(running(&desk, campaign, &all, current.as_deref()));
    }
    due.sort_by(|a, b| (a.days, a.kind, &a.campaign, &a.unit).cmp(&(b.days, b.kind, &b.campaign, &b.unit)));
    let counters = count::counters(&desk, &mut tx, &due, &campaigns, current.as_deref()).await?;
    Ok(Workbench {
        today: desk.today,
        is_working_day: desk.calendar.is_working_day(desk.today),
        is_calendar_known: desk.calendar.is_known(desk.today.year()),
        due,
        counters,
        campaigns,
    })
}

fn running(
    desk: &Desk<'_>,
    campaign: &Campaign,
    all: &[(&Unit, Option<Submission>)],
    current: Option<&Campaign>,
) -> Running {
    let remaining = desk.remaining(campaign.deadline);
    let lies_there = |last: &Option<Submission>| !Standing::of(last.as_ref().map(|it| it.state)).is_open();
    let submitted = all.iter().filter(|(_, last)| lies_there(last)).count();
    let is_done = submitted == all.len() && submitted > 0;
    Running {
        code: campaign.code.clone(),
        name: format!("{}年{}", campaign.year, campaign.template.name),
        deadline: campaign.deadline,
        days: remaining.days(),
        lamp: if is_done { Lamp::Green } else { remaining.lamp() },
        words: if is_done { "已报送".to_owned() } else { remaining.to_string() },
        submitted,
        obliged: all.len(),
        is_current: current.is_some_and(|it| it.id == campaign.id),
    }
}
