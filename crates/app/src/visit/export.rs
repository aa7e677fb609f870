//! Exporting visits to a workbook: one row per record, numbers masked.

use crate::authority::unit_in;
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::campaign::Campaign;
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use formats::document::Taken;
use formats::visit::Book;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use store::visit::StoredVisit;
use tokio::sync::mpsc::Receiver;

/// How many visits are read at once.
const PAGE: usize = 5_000;
/// Pages that may wait to be written.
const AHEAD: usize = 2;

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
    let taken = app.taken(caller);
    let (pages, waiting) = tokio::sync::mpsc::channel(AHEAD);
    let writing = {
        let (campaign, units) = (Arc::clone(&campaign), Arc::clone(&units));
        tokio::task::spawn_blocking(move || book(&campaign, &units, &taken, waiting))
    };
    let mut tx = app.db.read().await?;
    let mut after = None;
    let mut count = 0;
    loop {
        let page =
            store::visit::page(&mut tx, county, campaign.id, Some(scope), after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.received_at_ms, last.id));
        count += page.len() as u64;
        let is_last = page.len() < PAGE;
        // Nobody takes a page any more when the writing failed: its answer below says why.
        if pages.send(page).await.is_err() || is_last {
            break;
        }
    }
    drop(pages);
    let bytes = writing.await.map_err(|_| crate::interrupted())??;
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

/// Writes the pages into a workbook while the next ones are read.
fn book(
    campaign: &Campaign,
    units: &UnitTree,
    taken: &Taken,
    mut pages: Receiver<Vec<StoredVisit>>,
) -> Result<Vec<u8>, Problem> {
    let mut book = Book::new(campaign, taken).map_err(failed)?;
    let mut names: HashMap<UnitId, String> = HashMap::new();
    while let Some(page) = pages.blocking_recv() {
        for visit in &page {
            let unit = visit.facts.unit;
            let name = names.entry(unit).or_insert_with(|| units.full_name(unit));
            book.add(name, &visit.facts, &visit.object_name, visit.headcount).map_err(failed)?;
        }
    }
    book.finish().map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(Code::Output, format!("文件未能生成：{error}"))
}
