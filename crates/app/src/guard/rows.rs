//! The guard over many rows at once: a refused row does not stop the others.

use super::{NAMED, REFUSED, WARNING};
use crate::visit::Sent;
use crate::{App, Caller, Code, Problem};
use domain::finding::{RowFinding, Severity};
use domain::region::CountyCode;
use domain::secrecy::{self, Rule, Verdict};
use domain::sheet::{Cell, Column};
use domain::visit::{COLUMNS, VisitColumn};
use formats::secrecy::Found;
use formats::sheet::{Read, Secret};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Puts the guard's findings in the place of all others on rows that it refused, and adds its warnings on the rest.
pub(crate) fn hold_rows(read: &Read, columns: &[Column], findings: &mut Vec<RowFinding>) {
    let refused: HashSet<(u16, u32)> = refused(read).map(|secret| (secret.sheet, secret.row)).collect();
    if !refused.is_empty() {
        findings.retain(|finding| !refused.contains(&(finding.sheet, finding.row)));
    }
    for secret in &read.secrets {
        if secret.rule.verdict == Verdict::Warn && refused.contains(&(secret.sheet, secret.row)) {
            continue;
        }
        let column = secret.column.and_then(|column| columns.get(column)).map(|column| column.title);
        findings.push(finding(secret.rule, (secret.sheet, secret.row), column));
    }
}

fn refused(read: &Read) -> impl Iterator<Item = &Secret> {
    read.secrets.iter().filter(|secret| secret.rule.verdict == Verdict::Refuse)
}

fn finding(rule: &Rule, (sheet, row): (u16, u32), column: Option<&'static str>) -> RowFinding {
    let (severity, code) = match rule.verdict {
        Verdict::Refuse => (Severity::Refused, REFUSED),
        Verdict::Warn => (Severity::Warning, WARNING),
    };
    RowFinding { sheet, row, column, severity, code, message: rule.explanation() }
}

/// What the audit keeps of the rows that were refused; `None` when there are none.
pub(crate) fn rows_refused(read: &Read) -> Option<Value> {
    let places: Vec<Value> = refused(read)
        .take(NAMED)
        .map(|secret| {
            let field = secret.column.and_then(|column| read.titles.get(column));
            json!({ "rule": secret.rule.key, "sheet": u32::from(secret.sheet) + 1, "row": secret.row, "field": field })
        })
        .collect();
    (!places.is_empty()).then(|| json!({ "count": refused(read).count(), "places": places }))
}

/// Refuses a file as a whole when a row of it is marked, and writes that down: it would be kept.
pub(crate) async fn refuse_marked(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    read: &Read,
) -> Result<(), Problem> {
    let (Some(detail), Some(first)) = (rows_refused(read), refused(read).next()) else { return Ok(()) };
    let sheet = u32::from(first.sheet) + 1;
    let message = format!(
        "第{sheet}张工作表第 {} 行：{}；整个文件没有接收，删去这样的行之后再上传",
        first.row,
        first.rule.explanation()
    );
    let problem = Problem::new(Code::SecrecyRefused, message).with(detail);
    super::written_down(app, caller, county, "import", Err(problem)).await
}

/// Writes refused rows down where nothing else is written.
pub(crate) async fn note_rows(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    read: &Read,
) -> Result<(), Problem> {
    match rows_refused(read) {
        Some(detail) => super::write_down(app, caller, county, "import", detail).await,
        None => Ok(()),
    }
}

/// Looks at a visit that was not read from a file, every cell of it, before anything is said of it. The refusal, when
/// one is marked; else its warnings are added as findings of this row.
pub(crate) fn hold_sent(sent: &Sent, row: u32, findings: &mut Vec<RowFinding>) -> Option<Problem> {
    let mut hits = Vec::new();
    for (title, text) in texts(sent).filter(|(_, text)| secrecy::may_hold(text)) {
        hits.extend(secrecy::scan(text).into_iter().map(|hit| (title, hit.rule)));
    }
    if hits.iter().any(|(_, rule)| rule.verdict == Verdict::Refuse) {
        let found: Vec<Found> =
            hits.into_iter().map(|(title, rule)| Found { rule, place: title.to_owned() }).collect();
        return Some(super::refusal(&found));
    }
    findings.extend(hits.into_iter().map(|(title, rule)| finding(rule, (0, row), Some(title))));
    None
}

/// The text of a visit as it was sent, by the titles of its columns.
fn texts(sent: &Sent) -> impl Iterator<Item = (&'static str, &str)> {
    let typed = COLUMNS.iter().zip(&sent.typed.cells).filter_map(|(column, cell)| match cell {
        Cell::Text(text) => Some((column.title, text.as_str())),
        _ => None,
    });
    let goods = sent.goods.iter().flat_map(|it| [it.name.as_str(), it.unit.as_str()]);
    typed.chain(goods.map(|text| (VisitColumn::Goods.title(), text)))
}

/// What the audit keeps of visits that were refused.
pub(crate) fn visits_refused(refusals: &[&Problem]) -> Value {
    let places = refusals.iter().filter_map(|it| it.details["places"].as_array()).flatten();
    let places: Vec<Value> = places.take(NAMED).cloned().collect();
    json!({ "count": refusals.len(), "places": places })
}
