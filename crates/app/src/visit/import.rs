//! Importing a file of visits: a plan first, then one transaction.

use super::record::{self, Context, Recorded, VisitPlan};
use crate::import::plan::{Dry, Waiting};
use crate::import::{self, Digest, Outcome, Source};
use crate::{App, Caller, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::campaign::Campaign;
use domain::finding::{Counts, RowFinding};
use domain::ids::ImportId;
use domain::region::CountyCode;
use domain::sheet::RawRow;
use domain::unit::UnitTree;
use domain::visit::{COLUMNS, Checker, ONE_OF, Rules, VisitRow, VisitedObject};
use formats::sheet::Read;
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

/// The same with what was permitted to whoever brought it.
pub(crate) struct Looked {
    scope: Scope,
    campaign: Arc<Campaign>,
    checked: Checked,
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
    let source = Source::File(file.to_owned());
    let name = source.name();
    let looked = look(app, caller, county, campaign, source).await?;
    if dry_run {
        guard::note_rows(app, caller, county, looked.read()).await?;
        return Ok(looked.plan(app, caller, county).await?.outcome);
    }
    looked.write(app, caller, county, name, None).await
}

/// Reads a file and checks it by itself.
pub(crate) async fn look(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    source: Source,
) -> Result<Looked, Problem> {
    let scope = app.permit(caller, Permission::VisitImport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let campaign = crate::campaign::read(app, county, campaign).await?;
    let checked = {
        let campaign = campaign.clone();
        crate::blocking(move || {
            let read = |take: &mut dyn FnMut(RawRow) -> ControlFlow<()>| {
                let one_of: Vec<usize> = ONE_OF.iter().map(|column| *column as usize).collect();
                source.read(COLUMNS, &[&one_of], take)
            };
            check(&units, &campaign, |take| import::read_ahead(read, take))
        })
        .await
    };
    let checked = guard::written_down(app, caller, county, "import", checked).await?;
    Ok(Looked { scope, campaign, checked })
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
    let looked = Looked { scope, campaign: Arc::clone(campaign), checked };
    looked.write(app, caller, county, name.to_owned(), None).await
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

impl Looked {
    /// What was read.
    pub(crate) fn read(&self) -> &Arc<Read> {
        &self.checked.read
    }

    /// What it would do; reads only.
    pub(crate) async fn plan(self, app: &App, caller: &Caller, county: CountyCode) -> Result<Dry, Problem> {
        let mut tx = app.db.read().await?;
        let units = crate::unit::tree_in(&mut tx, county).await?;
        let context = Context {
            app,
            county,
            units: &units,
            campaign: &self.campaign,
            import: None,
            actor: &caller.actor,
            scope: &self.scope,
        };
        let mut findings = self.checked.findings.clone();
        let plan = record::plan(&mut tx, context, &self.checked.rows, &mut findings).await?;
        let (outcome, digest) = outcome(app, county, &self.checked, &plan, findings, None);
        Ok(Dry { outcome, digest })
    }

    /// Writes it, in one act; of a plan that waits only what was shown.
    pub(crate) async fn write(
        self,
        app: &App,
        caller: &Caller,
        county: CountyCode,
        file_name: String,
        waiting: Option<Waiting>,
    ) -> Result<Outcome, Problem> {
        let Self { scope, campaign, checked } = self;
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
                    let added = (!plan.visits.is_empty()).then_some(import);
                    let (outcome, digest) = outcome(app, county, &checked, &plan, findings, added);
                    if let Some(waiting) = &waiting {
                        waiting.hold(act, &digest).await?;
                        waiting.written(act, added, app.now_ms()).await?;
                    }
                    if added.is_some() {
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
}

/// What is told of a plan, and a keyed hash over all that it would write and say.
fn outcome(
    app: &App,
    county: CountyCode,
    checked: &Checked,
    plan: &VisitPlan,
    findings: Vec<RowFinding>,
    import: Option<ImportId>,
) -> (Outcome, String) {
    let mut counts = Counts { refused: checked.refused, ..Counts::default() };
    for recorded in &plan.recorded {
        match recorded {
            Recorded::Added(_) => counts.added += 1,
            Recorded::Unchanged(_) => counts.unchanged += 1,
            Recorded::Refused => counts.refused += 1,
        }
    }
    counts.read = checked.refused + checked.rows.len() as u64;
    let digest = digest(Digest::new(app, county, counts, &findings), plan);
    let outcome = Outcome {
        import: import.map(|id| id.to_string()),
        counts,
        findings: import::findings(&checked.read, findings),
        read: Some(Arc::clone(&checked.read)),
        ..Outcome::default()
    };
    (outcome, digest)
}

/// Of new visits: which row, whom it means and where it counts. Ids that are made anew each time are left out.
fn digest(mut digest: Digest, plan: &VisitPlan) -> String {
    for visit in &plan.visits {
        let whom = match &visit.facts.object {
            VisitedObject::Candidate { id, .. } if plan.candidates.iter().any(|it| it.id == *id) => {
                "new".to_owned()
            }
            VisitedObject::Candidate { id, .. } => id.to_string(),
            VisitedObject::Person { id, .. } => id.to_string(),
            VisitedObject::Group { name, .. } | VisitedObject::Object { name } => name.clone(),
        };
        digest.add(&[&visit.typed_key, &whom, &visit.facts.own_row, &visit.facts.row]);
    }
    for recorded in &plan.recorded {
        if let Recorded::Unchanged(id) = recorded {
            digest.add(&["known", &id.to_string()]);
        }
    }
    digest.finish()
}
