//! Reading the trail, and taking it out: the taking is itself written down.

use super::{Filter, Found, Kind, moment};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::Permission;
use domain::region::CountyCode;
use formats::listing::{Heads, Listing, ListingError};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use store::audit::{AuditRow, Order, find};

/// Rows of a page, at most.
const LIMIT: i64 = 500;
/// Windows that one call looks into, so that a rare thing is seldom answered by an empty page.
const WINDOWS: usize = 5;

/// Rows that fit, newest first; `cursor` is what the page before gave as `next`. A page may hold fewer rows than
/// asked for, even none, while there is a `next`: then what is asked for is rare and the search goes on there.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    filter: &Filter,
    cursor: Option<i64>,
    limit: usize,
) -> Result<Found, Problem> {
    app.permit(caller, Permission::AuditRead, county).await?;
    let limit = i64::try_from(limit).unwrap_or(LIMIT).clamp(1, LIMIT);
    let mut tx = app.db.read().await?;
    let mut page = Found { rows: Vec::new(), next: cursor };
    for _ in 0..WINDOWS {
        let left = limit - i64::try_from(page.rows.len()).unwrap_or(limit);
        let found = find(&mut tx, county, filter, Order::Newest, page.next, left).await?;
        page.rows.extend(found.rows);
        page.next = found.next;
        if page.next.is_none() || i64::try_from(page.rows.len()).unwrap_or(limit) >= limit {
            break;
        }
    }
    Ok(page)
}

/// How many rows an export reads at once.
const PAGE: i64 = 5_000;

const HEADS: Heads = &[
    ("序号", 10.0),
    ("时间", 20.0),
    ("时间（毫秒）", 16.0),
    ("操作者", 20.0),
    ("来源", 8.0),
    ("地址", 16.0),
    ("请求", 20.0),
    ("操作", 20.0),
    ("对象类型", 12.0),
    ("对象", 38.0),
    ("结果", 10.0),
    ("详情", 60.0),
    ("摘要", 20.0),
];

/// Writes the rows that fit to a file, oldest first, and gives how many. Who took them and when stands above them, and
/// in the trail.
pub async fn export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    filter: &Filter,
    kind: Kind,
    output: &Path,
) -> Result<u64, Problem> {
    app.permit(caller, Permission::AuditExport, county).await?;
    // What is looked for is written down with the export.
    let asked: Vec<(&str, &str)> = words(filter).into_iter().map(|text| ("筛选条件", text)).collect();
    guard::check_text(app, caller, county, &asked).await?;
    let taken = app.taken(caller);
    let mut listing =
        Listing::create(output, kind, "操作日志", &taken, HEADS).map_err(|error| failed(output, &error))?;
    let detail = json!({ "filter": described(filter), "format": format!("{kind:?}").to_lowercase() });
    super::note(app, caller, county, "audit.export", ("county", county.as_str()), detail).await?;
    let mut tx = app.db.read().await?;
    let (mut count, mut cursor) = (0, None);
    loop {
        let found = find(&mut tx, county, filter, Order::Oldest, cursor, PAGE).await?;
        for row in &found.rows {
            add(&mut listing, row).map_err(|error| failed(output, &error))?;
            count += 1;
        }
        cursor = found.next;
        if cursor.is_none() {
            break;
        }
    }
    listing.finish().map_err(|error| failed(output, &error))?;
    Ok(count)
}

fn add(listing: &mut Listing<File>, row: &AuditRow) -> Result<(), ListingError> {
    let (seq, at_ms) = (row.seq.to_string(), row.at_ms.to_string());
    listing.add(&[
        &seq,
        &moment(row.at_ms),
        &at_ms,
        &row.actor,
        &row.origin,
        &row.address,
        &row.request_id,
        &row.act,
        &row.object_kind,
        &row.object_id,
        &row.outcome,
        &row.detail_json,
        &row.hash,
    ])
}

/// The words of a filter.
fn words(filter: &Filter) -> Vec<&str> {
    let all =
        [&filter.actor, &filter.act, &filter.object_kind, &filter.object_id, &filter.outcome, &filter.text];
    all.into_iter().flatten().map(String::as_str).collect()
}

/// What was asked for, without what was not.
fn described(filter: &Filter) -> Value {
    let all = json!({
        "from_ms": filter.from_ms,
        "to_ms": filter.to_ms,
        "actor": filter.actor,
        "act": filter.act,
        "object_kind": filter.object_kind,
        "object_id": filter.object_id,
        "outcome": filter.outcome,
        "text": filter.text,
    });
    let Value::Object(mut all) = all else { return Value::Null };
    all.retain(|_, value| !value.is_null());
    Value::Object(all)
}

fn failed(output: &Path, error: &ListingError) -> Problem {
    Problem::new(Code::Output, format!("“{}”写不出去：{error}", output.display()))
}
