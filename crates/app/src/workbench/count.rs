//! The counters of the workbench.

use super::{Counter, Desk, Due, Link, Running};
use crate::Problem;
use crate::coverage::{sum, tallies};
use domain::authority::Permission;
use domain::calendar::Lamp;
use domain::campaign::{Campaign, ObligationKind};
use store::Tx;

/// All counters that the caller's permissions open.
pub(super) async fn counters(
    desk: &Desk<'_>,
    tx: &mut Tx,
    due: &[Due],
    campaigns: &[Running],
    current: Option<&Campaign>,
) -> Result<Vec<Counter>, Problem> {
    let lamp = |lamp: Lamp| number(due.iter().filter(|it| it.lamp == lamp).count());
    let own = |lamp: &str| Link::to("workbench", [("lamp", lamp)]);
    let mut all = vec![
        counter("todo", "待办", number(due.len()), None, Link::to("workbench", [])),
        counter("due_soon", "将到期", lamp(Lamp::Yellow), None, own("yellow")),
        counter("overdue", "超期", lamp(Lamp::Red), None, own("red")),
    ];
    if let Some(running) = campaigns.iter().find(|it| it.is_current).filter(|it| it.obliged > 0) {
        let (submitted, obliged) = (number(running.submitted), number(running.obliged));
        let link = Link::to("submissions", [("campaign", &running.code)]);
        all.push(counter("submitted", "已报单位", submitted, Some(obliged), link));
    }
    all.extend(candidates(desk, tx).await?);
    if let Some(campaign) = current {
        all.extend(key_open(desk, tx, campaign).await?);
    }
    let reader = desk.caller.reader(desk.county)?;
    let unread = store::notification::unread(tx, desk.county, &reader.recipients).await?;
    let unread = unread.into_iter().map(|(_, count)| count).sum();
    all.push(counter("unread", "未读消息", unread, None, Link::to("notifications", [("unread", "true")])));
    Ok(all)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counter(key: &'static str, label: &'static str, value: i64, of: Option<i64>, link: Link) -> Counter {
    Counter { key, label, value, of, link }
}

async fn candidates(desk: &Desk<'_>, tx: &mut Tx) -> Result<Option<Counter>, Problem> {
    let Some(scope) = desk.scope(Permission::CandidateRead) else { return Ok(None) };
    let open = store::candidate::open_by_unit(tx, desk.county).await?;
    let ours = open.into_iter().filter(|(unit, _)| scope.covers(&desk.units, *unit));
    let count = ours.map(|(_, count)| count).sum();
    Ok(Some(counter("candidates", "待确认人员", count, None, Link::to("candidates", []))))
}

/// Key persons of the scope whom nobody has visited.
async fn key_open(desk: &Desk<'_>, tx: &mut Tx, campaign: &Campaign) -> Result<Option<Counter>, Problem> {
    let Some(scope) = desk.scope(Permission::CoverageRead) else { return Ok(None) };
    let (root, kind) = (desk.units.root().id, ObligationKind::KeyPersonVisit);
    let Some(all) = tallies(tx, desk.county, campaign, root, kind).await? else { return Ok(None) };
    let ours = all.iter().filter(|it| scope.covers_person(&desk.units, it.township, it.village));
    let (share, _) = sum(ours);
    let link = Link::to("coverage", [("campaign", &campaign.code), ("obligation", "key_person_visit")]);
    Ok(Some(counter("key_open", "重点对象未走访", share.open(), Some(share.required), link)))
}
