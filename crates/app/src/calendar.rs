//! The county's working-day calendar: the State Council's notices and what the county adds.

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::calendar::{self, Calendar};
use domain::region::CountyCode;
use serde_json::json;
use store::Tx;

/// The calendar of a county.
pub async fn of(app: &App, caller: &Caller, county: CountyCode) -> Result<Calendar, Problem> {
    app.permit(caller, Permission::CalendarRead, county).await?;
    let mut tx = app.db.read().await?;
    in_county(&mut tx, county).await
}

/// The calendar for an act that has been permitted.
pub(crate) async fn in_county(tx: &mut Tx, county: CountyCode) -> Result<Calendar, Problem> {
    let text = store::calendar::lines(tx, county).await?;
    let entries = calendar::parse(&text).map_err(|errors| lines(&errors))?;
    Ok(Calendar::national().with(entries))
}

/// Takes a county's own days (`2027-01-01 休 元旦` a line); a bad line refuses the file. Returns how many days.
pub async fn import(app: &App, caller: &Caller, county: CountyCode, text: &str) -> Result<usize, Problem> {
    app.permit(caller, Permission::CalendarChange, county).await?;
    crate::guard::check_text(app, caller, county, &[("放假安排", text)]).await?;
    let entries = calendar::parse(text).map_err(|errors| lines(&errors))?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                store::calendar::put(act, county, &entries).await?;
                let detail = json!({ "days": entries.len() });
                act.audit(inner.entry(&caller, "calendar.import", "county", county.as_str(), detail)).await?;
                Ok(entries.len())
            })
        })
        .await
}

fn lines(errors: &[calendar::LineError]) -> Problem {
    let all = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("；");
    Problem::new(Code::FileRefused, format!("{all}；没有导入"))
}
