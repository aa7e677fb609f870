//! Arrangements on paper: the leaders' plan, and for each village the list of the day in the order of the walk.

use super::read::{Shown, list};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use formats::document::Align;
use formats::paper::{Head, Paper as Sheet, Part, ROW, head};
use serde_json::json;

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 领导走访安排: day, leader, party, households.
    Plan,
    /// 走访清单: a page for each unit, ordered by group.
    DayList,
}

const PLAN: [Head; 8] = [
    head("序号", 8, Align::Center),
    head("日期", 18, Align::Center),
    head("带队领导", 22, Align::Left),
    head("随行", 26, Align::Left),
    head("走访单位", 22, Align::Left),
    head("走访对象", 20, Align::Left),
    head("乡镇、村", 34, Align::Left),
    head("落实情况", 26, Align::Left),
];
const DAY: [Head; 7] = [
    head("序号", 8, Align::Center),
    head("组", 8, Align::Center),
    head("姓名", 16, Align::Left),
    head("身份类别", 38, Align::Left),
    head("日期", 18, Align::Center),
    head("已走访", 30, Align::Left),
    head("备注", 22, Align::Left),
];

/// The paper of a campaign for a unit and those below it, with full names; it is written down who took it.
pub async fn print(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (unit, paper): (Option<&str>, Paper),
) -> Result<Sheet, Problem> {
    app.permit(caller, Permission::VisitExport, county).await?;
    let wanted_leaders = paper == Paper::Plan;
    let mut all = list(app, caller, county, campaign, (unit, true)).await?;
    all.retain(|it| it.leader_name.is_empty() != wanted_leaders || !wanted_leaders);
    if all.is_empty() {
        return Err(Problem::new(Code::NotFound, "还没有可以打印的走访安排"));
    }
    let found = crate::campaign::get(app, caller, county, campaign).await?;
    let rows: usize = all.iter().map(|it| it.lines.len()).sum();
    let name = format!("{}年{}", found.year, found.template.name);
    let sheet = match paper {
        Paper::Plan => plan(&name, &all, app.taken(caller)),
        Paper::DayList => days(&name, &all, app.taken(caller)),
    };
    let detail = json!({ "paper": if wanted_leaders { "plan" } else { "day_list" }, "rows": rows });
    crate::audit::note(app, caller, county, "visit_plan.print", ("campaign", campaign), detail).await?;
    Ok(sheet)
}

fn state(it: &super::Line) -> String {
    it.visited.as_ref().map_or_else(String::new, |visit| {
        let other = if visit.is_as_planned { "" } else { "，非安排的领导" };
        format!("{} {}{}{other}", visit.on, visit.leader, visit.method.label())
    })
}

fn place(person: &crate::person::Summary) -> String {
    format!("{}{}", person.township.1, person.village.as_ref().map_or("", |it| it.1.as_str()))
}

fn classes(person: &crate::person::Summary) -> String {
    person.identities.iter().map(|it| it.class.label()).collect::<Vec<_>>().join("、")
}

fn plan(name: &str, all: &[Shown], taken: formats::document::Taken) -> Sheet {
    let mut rows = Vec::new();
    for it in all {
        for line in &it.lines {
            let Some(person) = &line.person else { continue };
            rows.push(vec![
                (rows.len() + 1).to_string(),
                it.planned_on.clone().unwrap_or_default(),
                format!("{} {}", it.leader_title, it.leader_name).trim().to_owned(),
                it.party.clone(),
                it.unit.1.clone(),
                person.name.clone(),
                place(person),
                state(line),
            ]);
        }
    }
    let done: usize = all.iter().map(|it| it.done).sum();
    let below = vec![format!("共 {} 户（人），已按安排走访 {done}。", rows.len())];
    Sheet {
        heading: format!("{name}领导走访安排表"),
        above: Vec::new(),
        heads: PLAN.to_vec(),
        parts: vec![Part { name: String::new(), rows, below }],
        is_landscape: true,
        row: ROW,
        taken,
    }
}

/// A row of a village's list, with what it is ordered by: group, then name.
type Walk = (u32, String, Vec<String>);

fn days(name: &str, all: &[Shown], taken: formats::document::Taken) -> Sheet {
    let mut parts: Vec<(String, Vec<Walk>)> = Vec::new();
    for it in all {
        for line in &it.lines {
            let Some(person) = &line.person else { continue };
            let place = place(person);
            let row = vec![
                line.group.map_or_else(String::new, |group| format!("{group}组")),
                person.name.clone(),
                classes(person),
                it.planned_on.clone().unwrap_or_default(),
                state(line),
                [it.leader_name.as_str(), it.note.as_str()].join(" ").trim().to_owned(),
            ];
            let entry = (line.group.unwrap_or(u32::MAX), person.name.clone(), row);
            match parts.iter_mut().find(|(name, _)| *name == place) {
                Some((_, rows)) => rows.push(entry),
                None => parts.push((place, vec![entry])),
            }
        }
    }
    parts.sort();
    let part = |(name, mut entries): (String, Vec<Walk>)| {
        entries.sort();
        let rows: Vec<Vec<String>> = entries
            .into_iter()
            .enumerate()
            .map(|(at, (_, _, row))| std::iter::once((at + 1).to_string()).chain(row).collect())
            .collect();
        let below = vec![format!("共 {} 户（人）。", rows.len())];
        Part { name, rows, below }
    };
    Sheet {
        heading: format!("{name}走访清单"),
        above: Vec::new(),
        heads: DAY.to_vec(),
        parts: parts.into_iter().map(part).collect(),
        is_landscape: true,
        row: ROW,
        taken,
    }
}
