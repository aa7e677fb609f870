//! What the imports of roster and visits have in common: where a file comes from, their answer, and undoing one as a
//! whole. Imports that wait for their confirmation stand in `plan`.

pub mod blank;
pub mod plan;

use crate::refold::{self, Change};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::finding::{Counts, Finding, RowFinding, Severity};
use domain::ids::ImportId;
use domain::mask;
use domain::region::CountyCode;
use domain::sheet::{Column, RawRow};
use domain::unit::UnitTree;
use formats::document::Taken;
use formats::sheet::{FindingCell, Limits, Read, SheetError, write_findings as mark_findings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::mem::replace;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use store::person::{IdentityRecord, PersonRecord};
use store::{Act, ContentIndex};

/// What an import did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The import's id; `None` for a dry run and when nothing changed.
    pub import: Option<String>,
    /// The numbers; they always balance.
    pub counts: Counts,
    /// Remarks on the file, in the file's order.
    pub findings: Vec<Finding>,
    /// Field changes the plan makes (roster only).
    pub changes: Vec<PlannedChange>,
    /// Persons on the roster who are not in this file, masked; they stay (roster only).
    pub not_in_file: Vec<String>,
    /// Where the columns were found, for the findings file.
    pub read: Option<Arc<Read>>,
}

/// One field that a row changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// Row in the file.
    pub row: u32,
    /// The person, masked.
    pub name: String,
    /// The column's title.
    pub field: String,
    /// What is stored; protected values masked.
    pub before: String,
    /// What the file says; protected values masked.
    pub after: String,
}

impl Outcome {
    /// The JSON contract of both imports.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "read": self.counts.read,
            "added": self.counts.added,
            "changed": self.counts.changed,
            "unchanged": self.counts.unchanged,
            "refused": self.counts.refused,
            "findings": self.findings,
            "import": self.import,
            "changes": self.changes,
            "not_in_file": self.not_in_file,
        })
    }

    /// How many findings of one severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Row findings with sheet names, preceded by the notes on skipped sheets, in the file's order.
pub(crate) fn findings(read: &Read, mut rows: Vec<RowFinding>) -> Vec<Finding> {
    rows.sort_by_key(|finding| (finding.sheet, finding.row));
    let notes = read.notes.iter().map(|note| Finding {
        sheet: note.sheet.clone(),
        row: None,
        column: None,
        severity: Severity::Note,
        code: "file.note".to_owned(),
        message: note.message.clone(),
    });
    let of_rows = rows.into_iter().map(|finding| Finding {
        sheet: read.sheets.get(usize::from(finding.sheet)).cloned().unwrap_or_default(),
        row: Some(finding.row),
        column: finding.column.map(str::to_owned),
        severity: finding.severity,
        code: finding.code.to_owned(),
        message: finding.message,
    });
    let beside = read.beside.iter().map(|found| Finding {
        sheet: String::new(),
        row: None,
        column: None,
        severity: Severity::Warning,
        code: crate::guard::WARNING.to_owned(),
        message: format!("{}：{}", found.place, found.rule.explanation()),
    });
    notes.chain(beside).chain(of_rows).collect()
}

impl From<SheetError> for Problem {
    fn from(error: SheetError) -> Self {
        if let SheetError::Marked(found) = &error {
            return crate::guard::refusal(found);
        }
        Self::new(Code::FileRefused, error.to_string()).with(json!({ "reason": error.code() }))
    }
}

/// Where a file to be imported lies.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// On disk.
    File(PathBuf),
    /// In memory, under the name that the user knows it by.
    Bytes { name: String, bytes: Arc<[u8]> },
}

impl Source {
    /// The file's name without folders.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => {
                path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Self::Bytes { name, .. } => name.clone(),
        }
    }

    /// Reads its rows.
    pub(crate) fn read(
        &self,
        columns: &[Column],
        one_of: &[&[usize]],
        take: &mut dyn FnMut(RawRow) -> ControlFlow<()>,
    ) -> Result<Read, SheetError> {
        let limits = Limits::default();
        match self {
            Self::File(path) => formats::sheet::read(path, columns, one_of, &limits, take),
            Self::Bytes { name, bytes } => {
                formats::sheet::read_bytes(name, bytes, columns, one_of, &limits, take)
            }
        }
    }
}

/// A keyed hash over all that an import would write and say: equal ones are the same import.
pub(crate) struct Digest(ContentIndex);

impl Digest {
    pub(crate) fn new(app: &App, county: CountyCode, counts: Counts, findings: &[RowFinding]) -> Self {
        let mut digest = Self(app.sealer.content_index(county));
        let counts = [counts.read, counts.added, counts.changed, counts.unchanged, counts.refused];
        digest.add(&counts.map(|it| it.to_string()).each_ref().map(String::as_str));
        for it in findings {
            let place = format!("{}/{}", it.sheet, it.row);
            digest.add(&[&place, it.column.unwrap_or_default(), it.severity.label(), it.code, &it.message]);
        }
        digest
    }

    /// Adds words, each with its length before it.
    pub(crate) fn add(&mut self, words: &[&str]) {
        for word in words {
            self.0.update(&(word.len() as u64).to_be_bytes());
            self.0.update(word.as_bytes());
        }
    }

    pub(crate) fn finish(self) -> String {
        self.0.finish()
    }
}

/// Rows that are handed over at once, and how many such batches may wait.
const BATCH: usize = 500;
const AHEAD: usize = 8;

/// Reads a file on a thread of its own, so that its rows are checked while the next ones are read.
pub(crate) fn read_ahead(
    read: impl FnOnce(&mut dyn FnMut(RawRow) -> ControlFlow<()>) -> Result<Read, SheetError> + Send,
    take: &mut dyn FnMut(RawRow) -> ControlFlow<()>,
) -> Result<Read, Problem> {
    std::thread::scope(|scope| {
        let (send, rows) = sync_channel::<Vec<RawRow>>(AHEAD);
        let reading = scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let read = read(&mut |row| {
                batch.push(row);
                let is_wanted =
                    batch.len() < BATCH || send.send(replace(&mut batch, Vec::with_capacity(BATCH))).is_ok();
                if is_wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            // Nobody waits for the rest when the taker broke off.
            let _ = send.send(batch);
            Ok::<_, SheetError>(read)
        });
        // Leaving the loop early drops the channel, and the reader breaks off at its next batch.
        let _ = rows.into_iter().flatten().try_for_each(take);
        Ok(reading.join().map_err(|_| crate::interrupted())??)
    })
}

/// Hands rows over as if they had been read from a file of one sheet.
pub(crate) fn feed(rows: Vec<RawRow>, name: &str, take: &mut dyn FnMut(RawRow) -> ControlFlow<()>) -> Read {
    let count = rows.len() as u64;
    for row in rows {
        if take(row).is_break() {
            break;
        }
    }
    let mut read = Read::default();
    read.sheets.push(name.to_owned());
    read.rows = count;
    read
}

/// All imports, newest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
) -> Result<Vec<store::import::Import>, Problem> {
    let scope = app.permit(caller, Permission::ImportRead, county).await?;
    let mut tx = app.db.read().await?;
    let imports = store::import::list(&mut tx, county).await?;
    if scope == Scope::County {
        return Ok(imports);
    }
    let units = crate::unit::tree_in(&mut tx, county).await?;
    Ok(imports.into_iter().filter(|it| is_within(it, &scope, &units)).collect())
}

/// Whether an import stands under a unit of the caller; the county's own stands under none.
fn is_within(import: &store::import::Import, scope: &Scope, units: &UnitTree) -> bool {
    match import.unit_id.as_deref().and_then(|id| id.parse().ok()) {
        Some(unit) => scope.covers(units, unit),
        None => *scope == Scope::County,
    }
}

/// Writes a copy of the user's file with the bad cells coloured and a column 错误原因.
pub fn write_findings(outcome: &Outcome, source: &Path, taken: &Taken, out: &Path) -> Result<(), Problem> {
    let read = outcome.read.as_deref().ok_or_else(|| Problem::new(Code::Output, "没有读过文件"))?;
    Ok(mark_findings(source, &finding_cells(outcome), read, taken, out)?)
}

/// The findings that belong to a row.
fn finding_cells(outcome: &Outcome) -> Vec<FindingCell> {
    let of_rows = outcome.findings.iter().filter_map(|finding| {
        Some(FindingCell {
            sheet: finding.sheet.clone(),
            row: finding.row?,
            column: finding.column.clone(),
            severity: finding.severity,
            message: finding.message.clone(),
        })
    });
    of_rows.collect()
}

/// Undoes an import as a whole: added records go, changed ones become what they were, figures follow. Refused, with
/// the names, when a row was touched since. Returns how many records were put back.
pub async fn undo(app: &App, caller: &Caller, county: CountyCode, id: ImportId) -> Result<usize, Problem> {
    let scope = app.permit(caller, Permission::ImportUndo, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let text = id.to_string();
                let units = crate::unit::tree_in(act, county).await?;
                let import = store::import::list(act, county)
                    .await?
                    .into_iter()
                    .find(|import| import.id == text && is_within(import, &scope, &units))
                    .ok_or_else(|| Problem::new(Code::NotFound, format!("没有编号为 {id} 的导入")))?;
                if import.undone_at_ms.is_some() {
                    return Err(Problem::new(Code::UndoRefused, "这次导入已经撤销过"));
                }
                let count = match import.kind.as_str() {
                    "visit" => undo_visits(act, county, id).await?,
                    _ => undo_roster(act, county, id).await?,
                };
                store::import::set_undone(act, county, id, inner.now_ms()).await?;
                let detail = json!({ "kind": import.kind, "records": count });
                act.audit(inner.entry(&caller, "import.undo", "import", &text, detail)).await?;
                Ok(count)
            })
        })
        .await
}

async fn undo_visits(act: &mut Act, county: CountyCode, id: ImportId) -> Result<usize, Problem> {
    let visits = store::visit::by_import(act, county, id).await?;
    let Some(first) = visits.first() else { return Ok(0) };
    let campaign = crate::campaign::by_id(act, county, first.campaign).await?;
    let ids: Vec<_> = visits.iter().map(|visit| visit.id).collect();
    store::visit::delete_many(act, county, &ids).await?;
    let changes: Vec<Change> = visits.iter().map(|visit| Change::removed(&visit.facts)).collect();
    refold::fold(act, county, &campaign, &changes).await?;
    store::candidate::forget_unvisited(act, county, id).await?;
    Ok(visits.len())
}

#[derive(serde::Deserialize)]
struct Snapshot {
    person: PersonRecord,
    identities: Vec<IdentityRecord>,
}

async fn undo_roster(act: &mut Act, county: CountyCode, id: ImportId) -> Result<usize, Problem> {
    let mut snapshots = Vec::new();
    for change in store::import::snapshots(act, county, id).await? {
        let text = change.before_sealed.unwrap_or_default();
        let snapshot: Snapshot = serde_json::from_str(&text)
            .map_err(|_| Problem::new(Code::Storage, "原来的记录读不出来，没有撤销"))?;
        snapshots.push(snapshot);
    }
    let added = store::import::added_persons(act, county, id).await?;
    let touched = touched(act, county, &snapshots, &added).await?;
    if !touched.is_empty() {
        let names = touched.join("、");
        return Err(Problem::new(
            Code::UndoRefused,
            format!("导入之后又有改动或走访的 {} 人：{names}；请先处理这些记录，没有撤销", touched.len()),
        ));
    }
    let changed: Vec<uuid::Uuid> =
        snapshots.iter().filter_map(|it| uuid::Uuid::parse_str(&it.person.id).ok()).collect();
    let mut persons = Vec::with_capacity(snapshots.len());
    let mut identities = Vec::new();
    for snapshot in snapshots {
        // The version still counts up: the record did change again.
        persons.push(PersonRecord { version: snapshot.person.version + 2, ..snapshot.person });
        identities.extend(snapshot.identities);
    }
    store::person::replace_many(act, county, &persons, &identities).await?;
    store::person::delete_many(act, county, &added).await?;
    let units = crate::unit::tree_in(act, county).await?;
    refold::persons_changed(act, county, &units, &changed).await?;
    Ok(changed.len() + added.len())
}

/// Names (masked) of persons changed or visited since the import.
async fn touched(
    act: &mut Act,
    county: CountyCode,
    snapshots: &[Snapshot],
    added: &[String],
) -> Result<Vec<String>, Problem> {
    let ids: Vec<String> =
        snapshots.iter().map(|it| it.person.id.clone()).chain(added.iter().cloned()).collect();
    let expected: std::collections::HashMap<&str, i64> =
        snapshots.iter().map(|it| (it.person.id.as_str(), it.person.version + 1)).collect();
    let referred: std::collections::HashSet<String> =
        store::import::referred(act, county, added).await?.into_iter().collect();
    let mut names = Vec::new();
    for (record, _) in store::person::by_ids(act, county, &ids).await? {
        let version = expected.get(record.id.as_str()).copied().unwrap_or(1);
        if record.version != version || referred.contains(&record.id) || record.merged_into.is_some() {
            names.push(mask::name(&record.name));
        }
    }
    Ok(names)
}
