//! The audit trail: one row per act, chained; here it is noted, verified and exported.

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use serde_json::{Value, json};

/// Writes down an act that changes nothing else: an export or a reveal.
pub async fn note(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    act_name: &'static str,
    object: (&'static str, &str),
    detail: Value,
) -> Result<(), Problem> {
    let (inner, caller, kind, id) = (app.clone(), caller.clone(), object.0, object.1.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                act.audit(inner.entry(&caller, act_name, kind, &id, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await
}

/// How many of the latest rows are looked at for the same refusal.
const RECENT: i64 = 64;
const MINUTE_MS: i64 = 60_000;

/// Writes down that somebody was refused; the same refusal again within a minute adds no row, so that nobody fills
/// the disk with it. A county that is not there has no trail.
pub async fn refused(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    permission: Permission,
    object: &str,
) -> Result<(), Problem> {
    let known = {
        let mut tx = app.db.read().await?;
        store::county::get(&mut tx, county).await?
    };
    if known.is_none() || matches!(&caller.who, crate::Who::Account(it) if it.county != county) {
        return Ok(());
    }
    let (inner, caller, object) = (app.clone(), caller.clone(), object.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let entry = store::AuditEntry {
                    outcome: "refused",
                    ..inner.entry(
                        &caller,
                        "authority.refuse",
                        "permission",
                        permission.code(),
                        json!({ "object": object }),
                    )
                };
                let head = store::county::get(act, county).await?.map_or(0, |it| it.audit_seq);
                let recent = store::audit::list_after(act, county, head - RECENT, RECENT).await?;
                let is_known = recent.iter().any(|row| {
                    row.act == entry.act
                        && row.actor == entry.actor
                        && row.object_id == entry.object_id
                        && row.at_ms / MINUTE_MS == entry.at_ms / MINUTE_MS
                });
                if is_known {
                    act.nothing_written();
                } else {
                    act.audit(entry).await?;
                }
                Ok::<_, Problem>(())
            })
        })
        .await
}

/// Recomputes the chain; a broken one is a problem that says where.
pub async fn verify(app: &App, caller: &Caller, county: CountyCode) -> Result<Value, Problem> {
    app.permit(caller, Permission::AuditVerify, county).await?;
    let mut tx = app.db.read().await?;
    let report = store::audit::verify(&mut tx, county).await?;
    if report.is_whole() {
        return Ok(json!({ "rows": report.rows, "whole": true, "head": report.head_hash }));
    }
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    let message = format!("共 {} 条日志，发现异常：{}", report.rows, faults.join("；"));
    Err(Problem::new(Code::AuditBroken, message).with(json!(faults)))
}

/// How many audit rows are read at once.
const PAGE: i64 = 10_000;

/// All audit rows as CSV; the export is itself written down.
pub async fn export(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<u8>, Problem> {
    app.permit(caller, Permission::AuditExport, county).await?;
    note(app, caller, county, "audit.export", ("county", county.as_str()), Value::Null).await?;
    let mut tx = app.db.read().await?;
    let mut table = formats::csv::Table::new(&[
        "序号",
        "时间（毫秒）",
        "操作者",
        "来源",
        "操作",
        "对象类型",
        "对象",
        "结果",
        "详情",
        "摘要",
    ]);
    let mut after = 0;
    loop {
        let rows = store::audit::list_after(&mut tx, county, after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(table.finish()) };
        after = last.seq;
        for row in &rows {
            let (seq, at_ms) = (row.seq.to_string(), row.at_ms.to_string());
            table.add(&[
                &seq,
                &at_ms,
                &row.actor,
                &row.origin,
                &row.act,
                &row.object_kind,
                &row.object_id,
                &row.outcome,
                &row.detail_json,
                &row.hash,
            ]);
        }
    }
}
