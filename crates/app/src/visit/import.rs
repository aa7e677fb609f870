//! Importing a file of visits: a plan first, then one transaction.

use super::record::{self, Context, Recorded, VisitPlan};
use crate::import::{self, Outcome};
use crate::{App, Caller, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::campaign::Campaign;
use domain::finding::{Counts, RowFinding};
use domain::ids::ImportId;
use domain::region::CountyCode;
use domain::sheet::RawRow;
use domain::unit::UnitTree;
use domain::visit::{COLUMNS, Checker, ONE_OF, Rules, VisitRow};
use formats::sheet::{Limits, Read};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use store::import::NewImport;

/// A file that was read and checked, before it meets the records.
struct Checked {
    read: Arc<Read>,
    rows: Vec<VisitRow>,
    refused: u64,
    findings: Vec<RowFinding>,
}

/// Imports visits; with `dry_run` only says what it would do.
pub async fn import(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    file: &Path,
    dry_run: bool,
) -> Result<Outcome, Problem> {
    let scope = app.permit(caller, Permission::VisitImport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let campaign = crate::campaign::read(app, county, campaign).await?;
    let checked = {
        let (path, units, campaign) = (file.to_owned(), units.clone(), campaign.clone());
        crate::blocking(move || {
            let read = |take: &mut dyn FnMut(RawRow) -> ControlFlow<()>| {
                let one_of: Vec<usize> = ONE_OF.iter().map(|column| *column as usize).collect();
                formats::sheet::read(&path, COLUMNS, &[&one_of], &Limits::default(), take)
            };
            check(&units, &campaign, |take| import::read_ahead(read, take))
        })
        .await
    };
    let checked = guard::written_down(app, caller, county, "import", checked).await?;
    if dry_run {
        guard::note_rows(app, caller, county, &checked.read).await?;
        let mut tx = app.db.read().await?;
        let context = Context {
            app,
            county,
            units: &units,
            campaign: &campaign,
            import: None,
            actor: &caller.actor,
            scope: &scope,
        };
        let mut findings = checked.findings.clone();
        let plan = record::plan(&mut tx, context, &checked.rows, &mut findings).await?;
        return Ok(outcome(&checked, &plan, findings, None));
    }
    write(app, caller, county, (scope, campaign), import::file_name(file), checked).await
}

/// Imports rows that were made here instead of read from a file.
pub(crate) async fn import_rows(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &Arc<Campaign>,
    rows: Vec<RawRow>,
    name: &str,
) -> Result<Outcome, Problem> {
    let scope = app.permit(caller, Permission::VisitImport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let checked = check(&units, campaign, |take| Ok(import::feed(rows, name, take)))?;
    write(app, caller, county, (scope, Arc::clone(campaign)), name.to_owned(), checked).await
}

fn check(
    units: &UnitTree,
    campaign: &Campaign,
    read: impl FnOnce(&mut dyn FnMut(RawRow) -> ControlFlow<()>) -> Result<Read, Problem>,
) -> Result<Checked, Problem> {
    let mut checker = Checker::new(Rules { units, campaign });
    let (mut rows, mut refused, mut findings) = (Vec::new(), 0, Vec::new());
    let read = read(&mut |raw| {
        match checker.check(&raw, &mut findings) {
            Some(row) => rows.push(row),
            None => refused += 1,
        }
        ControlFlow::Continue(())
    })?;
    guard::hold_rows(&read, COLUMNS, &mut findings);
    Ok(Checked { read: Arc::new(read), rows, refused, findings })
}

async fn write(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (scope, campaign): (Scope, Arc<Campaign>),
    file_name: String,
    checked: Checked,
) -> Result<Outcome, Problem> {
    let import: ImportId = app.id();
    let new = NewImport {
        id: import,
        kind: "visit",
        campaign: Some(campaign.id),
        file_name,
        actor: caller.actor.clone(),
        unit: scope.home(),
        at_ms: app.now_ms(),
        counts: Counts::default(),
    };
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let app = &inner;
                // Campaign and units may have changed since the file was read.
                let units = crate::unit::tree_in(act, county).await?;
                let campaign = crate::campaign::by_id(act, county, campaign.id).await?;
                let context = Context {
                    app,
                    county,
                    units: &units,
                    campaign: &campaign,
                    import: Some(import),
                    actor: &caller.actor,
                    scope: &scope,
                };
                let mut findings = checked.findings.clone();
                let plan = record::plan(act, context, &checked.rows, &mut findings).await?;
                let added = !plan.visits.is_empty();
                let outcome = outcome(&checked, &plan, findings, added.then_some(import));
                if added {
                    store::import::add(act, county, &NewImport { counts: outcome.counts, ..new }).await?;
                }
                record::save(act, context, &plan).await?;
                let (id, counts) = (import.to_string(), outcome.counts);
                crate::notification::import_finished(app, act, &caller, "走访", &id, counts).await?;
                let detail = json!({ "campaign": campaign.code, "counts": counts });
                act.audit(app.entry(&caller, "visit.import", "import", &id, detail)).await?;
                if let Some(marked) = guard::rows_refused(&checked.read) {
                    act.audit(guard::entry(app, &caller, ("import", &id), marked)).await?;
                }
                Ok(outcome)
            })
        })
        .await
}

fn outcome(
    checked: &Checked,
    plan: &VisitPlan,
    findings: Vec<RowFinding>,
    import: Option<ImportId>,
) -> Outcome {
    let mut counts = Counts { refused: checked.refused, ..Counts::default() };
    for recorded in &plan.recorded {
        match recorded {
            Recorded::Added(_) => counts.added += 1,
            Recorded::Unchanged(_) => counts.unchanged += 1,
            Recorded::Refused => counts.refused += 1,
        }
    }
    counts.read = checked.refused + checked.rows.len() as u64;
    Outcome {
        import: import.map(|id| id.to_string()),
        counts,
        findings: import::findings(&checked.read, findings),
        read: Some(Arc::clone(&checked.read)),
        ..Outcome::default()
    }
}
