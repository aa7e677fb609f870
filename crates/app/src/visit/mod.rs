//! Visits (走访慰问): importing, recording one, taking back, exporting.

mod desk;
mod export;
mod gone;
mod import;
mod list;
mod lookup;
mod overspend;
mod put;
mod record;
mod veil;

pub use desk::{Desks, put_many};
pub use export::{Leaving, export};
pub(crate) use export::{count_export, write_export};
pub use import::import;
pub(crate) use import::{Looked, import_rows, look};
pub(crate) use list::Shows;
pub use list::{Shown, Wanted, behind, get, list};
pub use put::{Became, Sent, Taken};

use crate::refold::{self, Change};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::ids::VisitId;
use domain::region::CountyCode;
use serde_json::json;

/// Takes back a visit recorded by mistake; the table follows exactly.
pub async fn withdraw(app: &App, caller: &Caller, county: CountyCode, id: VisitId) -> Result<(), Problem> {
    withdraw_from(app, caller, county, id, None).await
}

/// [`withdraw`], when the visit still has the version that somebody saw.
pub async fn withdraw_from(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: VisitId,
    expected: Option<i64>,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::VisitWithdraw, county).await?;
    let (app, caller) = (app.clone(), caller.clone());
    let db = app.db.clone();
    db.write(county, move |act| {
        Box::pin(async move {
            let units = crate::unit::tree_in(act, county).await?;
            let found = store::visit::by_ids(act, county, &[id]).await?.pop();
            let visit = found.filter(|visit| scope.covers(&units, visit.facts.unit)).ok_or_else(|| {
                Problem::new(Code::NotFound, format!("没有编号为 {id} 的走访，可能已经撤回"))
            })?;
            if expected.is_some_and(|expected| expected != visit.version) {
                let message = "这条走访在您读取之后已被修改，没有撤回；请核对最新内容后再撤回";
                return Err(Problem::new(Code::Changed, message));
            }
            let campaign = crate::campaign::by_id(act, county, visit.campaign).await?;
            store::visit::delete_many(act, county, &[id]).await?;
            crate::confirmation::undo_by_visit(act, &app, &caller, county, &units, id).await?;
            refold::fold(act, county, &campaign, &[Change::removed(&visit.facts)]).await?;
            let facts = &visit.facts;
            let before = json!({
                "object": domain::mask::name(&visit.object_name),
                "visited_on": facts.visited_on,
                "method": facts.method,
                "row": facts.row,
                "money_fen": facts.money_fen,
                "goods_fen": facts.goods_fen,
            });
            let detail = json!({ "campaign": campaign.code, "before": before, "after": null });
            act.audit(app.entry(&caller, "visit.withdraw", "visit", &id.to_string(), detail)).await?;
            Ok(())
        })
    })
    .await
}
