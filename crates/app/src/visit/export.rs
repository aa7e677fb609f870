//! Exporting visits to a workbook: one row per record, numbers masked.

use crate::authority::unit_in;
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use serde_json::json;
use std::path::Path;

/// How many visits are read at once.
const PAGE: usize = 5_000;

/// Writes all visits of a unit (the county when none is named) to an xlsx file and returns how many.
pub async fn export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    unit: Option<&str>,
    output: &Path,
) -> Result<u64, Problem> {
    let scope = app.permit(caller, Permission::VisitExport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let campaign = crate::campaign::read(app, county, campaign).await?;
    let scope = unit_in(&units, &scope, unit)?.id;
    let mut book = formats::visit::Book::new(&campaign, &app.taken(caller)).map_err(failed)?;
    let mut tx = app.db.read().await?;
    let mut after = None;
    let mut count = 0;
    loop {
        let page =
            store::visit::page(&mut tx, county, campaign.id, Some(scope), after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.received_at_ms, last.id));
        for visit in &page {
            count += 1;
            let unit = units.full_name(visit.facts.unit);
            book.add(&unit, &visit.facts, &visit.object_name, visit.headcount).map_err(failed)?;
        }
        if page.len() < PAGE {
            break;
        }
    }
    let bytes = book.finish().map_err(failed)?;
    crate::audit::note(
        app,
        caller,
        county,
        "visit.export",
        ("campaign", &campaign.code),
        json!({ "unit": units.get(scope).map(|unit| &unit.code), "rows": count }),
    )
    .await?;
    std::fs::write(output, bytes)
        .map_err(|error| Problem::new(Code::Output, format!("“{}”写不出去：{error}", output.display())))?;
    Ok(count)
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(Code::Output, format!("文件未能生成：{error}"))
}
