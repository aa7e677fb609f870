//! The log of chasing: when, by whom, which units, what was said, who has seen it.

use crate::page::{Asked, Page};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::ids::SendingId;
use domain::region::CountyCode;
use serde::Serialize;
pub use store::chase::Asking;

/// One page of the log of a campaign, the newest first.
pub async fn log(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    asked: &Asked,
) -> Result<Page<Asking>, Problem> {
    app.permit(caller, Permission::NoticeLog, county).await?;
    let limit = asked.limit()?;
    let before: Option<(i64, SendingId)> = asked.after(app, county, "chase")?;
    let mut tx = app.db.read().await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let rows = store::chase::log(&mut tx, county, campaign.id, before, limit + 1).await?;
    Page::cut(app, (county, "chase"), rows, limit, |it| (it.created_at_ms, it.id.clone()), Ok)
}

/// One who was told for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Code and name of the unit.
    pub unit: (String, String),
    /// What the account signs in with; `None` for a unit without an account.
    pub login: Option<String>,
    /// The human's name.
    pub name: Option<String>,
    /// When it was seen, ms UTC.
    pub seen_at_ms: Option<i64>,
}

/// Whom one sending asked, in the order of the units' codes; those who have not seen it first.
pub async fn told(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    sending: SendingId,
) -> Result<Vec<Told>, Problem> {
    app.permit(caller, Permission::NoticeLog, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let rows = store::chase::told(&mut tx, county, campaign.id, sending).await?;
    if rows.is_empty() {
        return Err(Problem::new(Code::NotFound, format!("没有编号为 {sending} 的催办")));
    }
    let mut all: Vec<Told> = rows
        .into_iter()
        .map(|row| {
            let unit = row.unit_id.parse().ok().and_then(|id| units.get(id));
            let unit = unit.map_or_else(
                || (row.unit_id.clone(), row.unit_id.clone()),
                |unit| (unit.code.clone(), unit.name.clone()),
            );
            Told { unit, login: row.login, name: row.name, seen_at_ms: row.seen_at_ms }
        })
        .collect();
    all.sort_by(|a, b| a.unit.cmp(&b.unit));
    Ok(all)
}
