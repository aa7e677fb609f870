//! The secrecy guard (N23; design rule 14): the one place where text and files are held against the rules of
//! `domain::secrecy` before anything is stored. A refusal is written down by rule and place, never with the text.

mod rows;

pub(crate) use rows::{hold_rows, hold_sent, note_rows, refuse_marked, rows_refused, visits_refused};

use crate::{App, Caller, Code, Problem};
use domain::region::CountyCode;
use domain::secrecy::{self, Verdict};
use formats::secrecy::Found;
use formats::sheet::{Limits, SheetError};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use store::AuditEntry;

/// The code of warnings, in answers and findings.
pub const WARNING: &str = "secrecy.warning";
/// The code of refusals: of the problem, of findings and of the audit's act.
pub const REFUSED: &str = "secrecy.refused";

/// How many places of one refusal are named; more are counted.
const NAMED: usize = 20;

/// A remark on text that is stored all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Always [`WARNING`].
    pub code: &'static str,
    /// The rule's key.
    pub rule: &'static str,
    /// The field, or the place in a file.
    pub field: String,
    /// What was found, why it matters, what to do.
    pub message: String,
}

/// The content of a file that is to be looked at.
#[derive(Debug, Clone)]
pub enum Source {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// On disk.
    File(PathBuf),
}

/// Holds text fields against the rules: `fields` are the names a user knows them by, with their text. Refused when a
/// classification mark stands in one; the refusal is written down. Call it before the act begins to write.
pub async fn check_text(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    fields: &[(&str, &str)],
) -> Result<Vec<Warning>, Problem> {
    let found: Vec<Found> = fields.iter().flat_map(|(field, text)| found_in(field, text)).collect();
    settle(app, caller, county, "text", &found).await
}

/// The warnings of text that was taken, for the answer of the act that took it.
#[must_use]
pub fn warnings(fields: &[(&str, &str)]) -> Vec<Warning> {
    let found = fields.iter().flat_map(|(field, text)| found_in(field, text));
    found.filter(|found| found.verdict() == Verdict::Warn).map(|found| warning(&found)).collect()
}

/// Holds a file against the rules: its name as the user has it, and the text inside. Files whose content cannot be
/// looked at because they are locked or damaged are refused as well (`file.refused`).
pub async fn check_file(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    name: &str,
    source: Source,
) -> Result<Vec<Warning>, Problem> {
    let name = name.to_owned();
    let found = crate::blocking(move || {
        let limits = Limits::default();
        let found = match source {
            Source::Bytes(bytes) => formats::secrecy::scan_bytes(&name, &bytes, &limits),
            Source::File(path) => formats::secrecy::scan_path(&name, &path, &limits),
        };
        found.map_err(unseen)
    })
    .await?;
    settle(app, caller, county, "file", &found).await
}

/// As [`check_file`], for bytes that lie elsewhere; only what is looked at is read.
pub(crate) async fn check_reader(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    name: &str,
    mut reader: Box<dyn formats::file::ReadSeek + Send>,
) -> Result<Vec<Warning>, Problem> {
    let name = name.to_owned();
    let found = crate::blocking(move || {
        formats::secrecy::scan_reader(&name, &mut reader, &Limits::default()).map_err(unseen)
    })
    .await?;
    settle(app, caller, county, "file", &found).await
}

/// A file whose content cannot be looked at. The sentences of the sheet reader speak of tables; this may be any file.
fn unseen(error: SheetError) -> Problem {
    let sentence = match &error {
        SheetError::Encrypted => {
            "文件已加密，无法检查其中的内容，没有接收；请取消打开密码（或解除文档加密）后重新上传"
        }
        SheetError::Unreadable(_) | SheetError::ZipBomb => {
            "文件已损坏或异常，无法检查其中的内容，没有接收；请在原来的程序中打开，另存一份后重新上传"
        }
        _ => return error.into(),
    };
    Problem::new(Code::FileRefused, sentence).with(json!({ "reason": error.code() }))
}

fn found_in<'f>(field: &'f str, text: &str) -> impl Iterator<Item = Found> + use<'f> {
    let hits = if secrecy::may_hold(text) { secrecy::scan(text) } else { Vec::new() };
    hits.into_iter().map(move |hit| Found { rule: hit.rule, place: field.to_owned() })
}

fn warning(found: &Found) -> Warning {
    Warning {
        code: WARNING,
        rule: found.rule.key,
        field: found.place.clone(),
        message: format!("{}：{}", found.place, found.rule.explanation()),
    }
}

/// Refuses, and writes that down, when anything found is refused; else gives the warnings.
pub(crate) async fn settle(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    kind: &'static str,
    found: &[Found],
) -> Result<Vec<Warning>, Problem> {
    if found.iter().all(|found| found.verdict() == Verdict::Warn) {
        return Ok(found.iter().map(warning).collect());
    }
    written_down(app, caller, county, kind, Err(refusal(found))).await
}

/// The refusal of what was found: its rules and places.
pub(crate) fn refusal(found: &[Found]) -> Problem {
    let refused: Vec<&Found> = found.iter().filter(|found| found.verdict() == Verdict::Refuse).collect();
    let places: Vec<Value> = refused
        .iter()
        .take(NAMED)
        .map(|found| json!({ "rule": found.rule.key, "field": found.place }))
        .collect();
    let message =
        refused.first().map_or_else(String::new, |it| format!("{}：{}", it.place, it.rule.explanation()));
    Problem::new(Code::SecrecyRefused, message).with(json!({ "count": refused.len(), "places": places }))
}

/// Writes a refusal down before it is answered; any other result passes.
pub(crate) async fn written_down<T>(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    kind: &'static str,
    result: Result<T, Problem>,
) -> Result<T, Problem> {
    if let Err(problem) = &result
        && problem.code == Code::SecrecyRefused
    {
        write_down(app, caller, county, kind, problem.details.clone()).await?;
    }
    result
}

/// An audit row of its own: what is refused writes nothing else.
pub(crate) async fn write_down(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    kind: &'static str,
    detail: Value,
) -> Result<(), Problem> {
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                act.audit(entry(&inner, &caller, (kind, ""), detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await
}

/// The audit row of a refusal of a part of what an act brought.
pub(crate) fn entry<'c>(
    app: &App,
    caller: &'c Caller,
    (kind, id): (&'static str, &str),
    detail: Value,
) -> AuditEntry<'c> {
    AuditEntry { outcome: "refused", ..app.entry(caller, REFUSED, kind, id, detail) }
}
