//! Importing a roster: read and check the file, plan against the roster, then one transaction.

mod plan;
mod save;

use crate::import::plan::{Dry, Waiting};
use crate::import::{Digest, Outcome, Source};
use crate::{App, Caller, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::citizen::CitizenId;
use domain::finding::{RowFinding, Severity};
use domain::ids::ImportId;
use domain::region::CountyCode;
use domain::roster::{COLUMNS, Checker, RosterColumn, RosterRow, SeenRows, Step, codes};
use domain::sheet::RawRow;
use domain::unit::UnitTree;
use formats::sheet::Read;
use jiff::civil::Date;
use plan::Planned;
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use store::import::NewImport;

/// A file that was read and checked by itself, before it meets the roster.
pub(crate) struct Checked {
    read: Arc<Read>,
    rows: Vec<RosterRow>,
    /// One per refused row; the number when it was readable.
    refused: Vec<Option<CitizenId>>,
    findings: Vec<RowFinding>,
}

/// The same with what was permitted to whoever brought it.
pub(crate) struct Looked {
    units: Arc<UnitTree>,
    scope: Scope,
    /// Whether the caller confirms changes of persons, and so may set a status by a file.
    decides: bool,
    checked: Checked,
}

/// Imports a roster; with `dry_run` only says what it would do.
pub async fn import(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    file: &Path,
    dry_run: bool,
) -> Result<Outcome, Problem> {
    let source = Source::File(file.to_owned());
    let name = source.name();
    let looked = look(app, caller, county, source).await?;
    if dry_run {
        guard::note_rows(app, caller, county, looked.read()).await?;
        return Ok(looked.plan(app, county).await?.outcome);
    }
    looked.write(app, caller, county, name, None).await
}

/// Reads a file and checks it by itself.
pub(crate) async fn look(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    source: Source,
) -> Result<Looked, Problem> {
    let scope = app.permit(caller, Permission::RosterImport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let checked = {
        let (units, today, scope) = (units.clone(), app.today(), scope.clone());
        crate::blocking(move || {
            let read = |take: &mut dyn FnMut(RawRow) -> ControlFlow<()>| source.read(COLUMNS, &[], take);
            check(&units, today, &scope, |take| crate::import::read_ahead(read, take))
        })
        .await
    };
    let checked = guard::written_down(app, caller, county, "import", checked).await?;
    let decides = decides(caller, county);
    Ok(Looked { units, scope, decides, checked })
}

/// Imports rows that were made here instead of read from a file.
pub(crate) async fn import_rows(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    rows: Vec<RawRow>,
    name: &str,
) -> Result<Outcome, Problem> {
    let scope = app.permit(caller, Permission::RosterImport, county).await?;
    let units = crate::unit::all(app, county).await?;
    let checked = check(&units, app.today(), &scope, |take| Ok(crate::import::feed(rows, name, take)))?;
    let decides = decides(caller, county);
    Looked { units, scope, decides, checked }.write(app, caller, county, name.to_owned(), None).await
}

fn decides(caller: &Caller, county: CountyCode) -> bool {
    caller.permit(Permission::StatusChangeDecide, county).is_ok()
}

impl Looked {
    /// What was read.
    pub(crate) fn read(&self) -> &Arc<Read> {
        &self.checked.read
    }

    /// What it would do; reads only.
    pub(crate) async fn plan(self, app: &App, county: CountyCode) -> Result<Dry, Problem> {
        let mut tx = app.db.read().await?;
        let ground = (&*self.units, &self.scope, self.decides);
        let planned = plan::plan(&mut tx, app, county, ground, self.checked).await?;
        Ok(Dry { outcome: planned.outcome(None), digest: digest(app, county, &planned) })
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
        let Self { units, scope, decides, checked } = self;
        let import: ImportId = app.id();
        let new = NewImport {
            id: import,
            kind: "roster",
            campaign: None,
            file_name,
            actor: caller.actor.clone(),
            unit: scope.home(),
            at_ms: app.now_ms(),
            counts: domain::finding::Counts::default(),
        };
        let (inner, caller) = (app.clone(), caller.clone());
        app.db
            .write(county, move |act| {
                Box::pin(async move {
                    let marked = guard::rows_refused(&checked.read);
                    let planned = plan::plan(act, &inner, county, (&units, &scope, decides), checked).await?;
                    if let Some(waiting) = &waiting {
                        waiting.hold(act, &digest(&inner, county, &planned)).await?;
                    }
                    let counts = planned.plan.counts;
                    let wrote = counts.added + counts.changed > 0;
                    let outcome = planned.outcome(wrote.then_some(import));
                    if wrote {
                        store::import::add(act, county, &NewImport { counts, ..new }).await?;
                        save::save(act, &inner, county, &units, import, planned).await?;
                    }
                    if let Some(waiting) = &waiting {
                        waiting.written(act, wrote.then_some(import), inner.now_ms()).await?;
                    }
                    let id = import.to_string();
                    crate::notification::import_finished(&inner, act, &caller, "名册", &id, counts).await?;
                    let detail = json!({ "counts": counts });
                    act.audit(inner.entry(&caller, "roster.import", "import", &id, detail)).await?;
                    if let Some(marked) = marked {
                        act.audit(guard::entry(&inner, &caller, ("import", &id), marked)).await?;
                    }
                    Ok(outcome)
                })
            })
            .await
    }
}

/// A keyed hash over all that a plan would write and say.
fn digest(app: &App, county: CountyCode, planned: &Planned) -> String {
    let mut digest = Digest::new(app, county, planned.plan.counts, &planned.findings);
    for step in &planned.plan.steps {
        match step {
            Step::Add(row) => digest.add(&["add", &row.sheet.to_string(), &row.row.to_string()]),
            Step::Change { person, fields, .. } => {
                digest.add(&["change", &person.to_string()]);
                for it in fields {
                    digest.add(&[it.field, &it.before, &it.after]);
                }
            }
            // Leaves no step.
            Step::Unchanged(_) => {}
        }
    }
    digest.finish()
}

/// Checks every row that `read` hands over.
fn check(
    units: &UnitTree,
    today: Date,
    scope: &Scope,
    read: impl FnOnce(&mut dyn FnMut(RawRow) -> ControlFlow<()>) -> Result<Read, Problem>,
) -> Result<Checked, Problem> {
    let mut checker = Checker::new(units, today);
    let mut seen = SeenRows::new();
    let (mut rows, mut refused, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let read = read(&mut |raw| {
        let from = findings.len();
        match checker.check(&raw, &mut findings) {
            Err(row) => refused.push(row.citizen),
            Ok(row) if !scope.covers_person(units, row.township_id, row.village_id) => {
                findings.truncate(from);
                findings.push(foreign(&row));
                refused.push(None);
            }
            Ok(row) => match seen.admit(&row) {
                None => rows.push(row),
                Some(duplicate) => {
                    // A refused row says why it was refused and nothing else.
                    findings.truncate(from);
                    findings.push(duplicate);
                    refused.push(Some(row.citizen));
                }
            },
        }
        ControlFlow::Continue(())
    })?;
    guard::hold_rows(&read, COLUMNS, &mut findings);
    Ok(Checked { read: Arc::new(read), rows, refused, findings })
}

/// A row of a township or village that is not the caller's.
fn foreign(row: &RosterRow) -> RowFinding {
    RowFinding {
        sheet: row.sheet,
        row: row.row,
        column: Some(RosterColumn::Township.label()),
        severity: Severity::Refused,
        code: codes::FOREIGN,
        message:
            "所属乡镇（街道）或村（社区）不在本账号的范围内，本行没有导入；请由该单位导入，或联系县双拥办"
                .to_owned(),
    }
}
