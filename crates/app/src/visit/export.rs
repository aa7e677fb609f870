//! Visits as files: one row per record, numbers left out.

use crate::authority::unit_in;
use crate::export::{Kind, Made, Progress, Request, What, failed, whole};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::campaign::Campaign;
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use formats::document::Taken;
use formats::visit::{Out, Record};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use store::visit::{StoredVisit, Within};
use tokio::sync::mpsc::Receiver;

/// How many visits are read at once.
const PAGE: usize = 5_000;
/// Pages that may wait to be written.
const AHEAD: usize = 2;

/// Which visits leave.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Leaving {
    /// Campaign code.
    pub campaign: String,
    /// Recorded by this unit or one below it; `None`: everywhere the caller may.
    pub unit: Option<String>,
    /// Of this method (code).
    #[serde(default)]
    pub method: Option<String>,
    /// From this day on.
    #[serde(default)]
    pub from: Option<String>,
    /// Until this day.
    #[serde(default)]
    pub to: Option<String>,
}

/// Writes all visits of a unit (the county when none is named) to a file, by its ending a workbook or CSV, and returns
/// how many.
pub async fn export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    unit: Option<&str>,
    output: &Path,
) -> Result<u64, Problem> {
    let is_csv = output.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"));
    let what = What::Visits(Leaving {
        campaign: campaign.to_owned(),
        unit: unit.map(str::to_owned),
        ..Leaving::default()
    });
    let request = Request { what, kind: if is_csv { Kind::Csv } else { Kind::Xlsx } };
    let made = whole(app, caller, county, &request).await?;
    std::fs::write(output, &made.bytes)
        .map_err(|error| Problem::new(Code::Output, format!("“{}”写不出去：{error}", output.display())))?;
    Ok(made.rows)
}

/// Which visits: of this campaign, of the unit that is meant.
struct Which {
    units: Arc<UnitTree>,
    campaign: Arc<Campaign>,
    unit: UnitId,
    within: Within,
}

async fn which(app: &App, caller: &Caller, county: CountyCode, leaving: &Leaving) -> Result<Which, Problem> {
    let scope = app.permit(caller, Permission::VisitExport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let campaign = crate::campaign::read(app, county, &leaving.campaign).await?;
    let unit = unit_in(&units, &scope, leaving.unit.as_deref())?.id;
    let Leaving { method, from, to, .. } = leaving.clone();
    Ok(Which { units, campaign, unit, within: Within { scope: Some(unit), method, from, to } })
}

/// How many there are; counting stops behind `most`.
pub(crate) async fn count_export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    leaving: &Leaving,
    most: usize,
) -> Result<usize, Problem> {
    let which = which(app, caller, county, leaving).await?;
    let mut tx = app.db.read().await?;
    Ok(store::visit::count(&mut tx, county, which.campaign.id, &which.within, most).await?)
}

/// Makes the file.
pub(crate) async fn write_export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    leaving: &Leaving,
    kind: Kind,
    progress: Progress<'_>,
) -> Result<Made, Problem> {
    let Which { units, campaign, unit, within } = which(app, caller, county, leaving).await?;
    let taken = app.taken(caller);
    let (pages, waiting) = tokio::sync::mpsc::channel(AHEAD);
    let writing = {
        let (campaign, units) = (Arc::clone(&campaign), Arc::clone(&units));
        tokio::task::spawn_blocking(move || write(kind, &campaign, &units, &taken, waiting))
    };
    let mut tx = app.db.read().await?;
    let mut after = None;
    let mut rows = 0;
    loop {
        let page = store::visit::page(&mut tx, county, campaign.id, &within, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.received_at_ms, last.id));
        rows += page.len() as u64;
        let is_last = page.len() < PAGE;
        // Nobody takes a page any more when the writing failed: its answer below says why.
        if pages.send(page).await.is_err() || is_last {
            break;
        }
        progress(rows);
    }
    drop(pages);
    let bytes = writing.await.map_err(|_| crate::interrupted())??;
    let unit = units.get(unit).map(|unit| unit.name.clone()).unwrap_or_default();
    Ok(Made { name: format!("{}{unit}走访记录.{}", campaign.code, kind.ending()), bytes, rows })
}

/// Writes the pages into a file while the next ones are read.
fn write(
    kind: Kind,
    campaign: &Campaign,
    units: &UnitTree,
    taken: &Taken,
    mut pages: Receiver<Vec<StoredVisit>>,
) -> Result<Vec<u8>, Problem> {
    let mut out = Out::new(kind, campaign, taken).map_err(|error| failed(&error))?;
    let mut names: HashMap<UnitId, String> = HashMap::new();
    while let Some(page) = pages.blocking_recv() {
        for visit in &page {
            let unit = names.entry(visit.facts.unit).or_insert_with(|| units.full_name(visit.facts.unit));
            let (facts, name, headcount) = (&visit.facts, visit.object_name.as_str(), visit.headcount);
            out.add(&Record { unit, facts, name, headcount }).map_err(|error| failed(&error))?;
        }
    }
    out.finish().map_err(|error| failed(&error))
}
