//! The guard over many rows at once: a refused row does not stop the others.

use super::{NAMED, REFUSED, WARNING};
use crate::{App, Caller, Problem};
use domain::finding::{RowFinding, Severity};
use domain::region::CountyCode;
use domain::secrecy::{self, Rule, Verdict};
use domain::sheet::Column;
use domain::visit::{VisitColumn, VisitRow};
use formats::sheet::{Read, Secret};
use serde_json::{Value, json};
use std::borrow::Cow;
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

/// Looks at visits that were not read from a file: which of them are refused, and what the audit keeps of that.
/// Findings of both kinds are added.
pub(crate) fn hold_visits(rows: &[VisitRow], findings: &mut Vec<RowFinding>) -> (HashSet<usize>, Value) {
    let mut held = HashSet::new();
    let mut places = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let mut of_row = Vec::new();
        for (column, text) in texts(row) {
            if !secrecy::may_hold(&text) {
                continue;
            }
            for hit in secrecy::scan(&text) {
                of_row.push(finding(hit.rule, (row.sheet, row.row), Some(column.title())));
                if hit.verdict() == Verdict::Refuse {
                    held.insert(place);
                    places.push(json!({ "rule": hit.rule.key, "row": row.row, "field": column.title() }));
                }
            }
        }
        of_row.retain(|it| !held.contains(&place) || it.severity == Severity::Refused);
        findings.append(&mut of_row);
    }
    places.truncate(NAMED);
    let detail = json!({ "count": held.len(), "places": places });
    (held, detail)
}

/// The text that a visit stores.
fn texts(row: &VisitRow) -> impl Iterator<Item = (VisitColumn, Cow<'_, str>)> {
    let goods: Vec<&str> = row.goods.iter().flat_map(|it| [it.name.as_str(), it.unit.as_str()]).collect();
    [
        (VisitColumn::LeaderName, Cow::Borrowed(row.leader_name.as_str())),
        (VisitColumn::LeaderTitle, Cow::Borrowed(row.leader_title.as_str())),
        (VisitColumn::Name, Cow::Borrowed(row.name.as_str())),
        (VisitColumn::Goods, Cow::Owned(goods.join("、"))),
        (VisitColumn::Note, Cow::Borrowed(row.note.as_str())),
    ]
    .into_iter()
}
