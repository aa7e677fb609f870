//! The audit on the command line: verify, read, take out.

use super::args::{AuditAction, AuditFilter, ListingFormat, Place, TextOrJson};
use super::print;
use app::audit::{AuditRow, Filter, Kind};
use app::{App, Caller, Problem};
use domain::region::CountyCode;
use serde_json::{Value, json};
use std::path::Path;

/// `shuangyong audit …`
pub async fn audit(place: &Place, action: AuditAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        AuditAction::Verify { head, format } => verify(&app, &caller, county, head.as_deref(), format).await,
        AuditAction::List { filter, limit, before, format } => {
            let filter = read(&filter)?;
            let page = app::audit::list(&app, &caller, county, &filter, before, limit).await?;
            match format {
                TextOrJson::Json => {
                    let items: Vec<Value> = page.rows.iter().map(described).collect();
                    print::json(&json!({ "items": items, "next": page.next }));
                }
                TextOrJson::Text => {
                    for row in &page.rows {
                        line(row);
                    }
                    if let Some(next) = page.next {
                        eprintln!("还有更早的日志：加 --before {next} 继续");
                    }
                }
            }
            Ok(())
        }
        AuditAction::Export { filter, format, output } => {
            let kind = match format {
                ListingFormat::Csv => Kind::Csv,
                ListingFormat::Xlsx => Kind::Xlsx,
            };
            let rows = app::audit::export(&app, &caller, county, &read(&filter)?, kind, &output).await?;
            eprintln!("已写出 {rows} 条日志：{}", output.display());
            Ok(())
        }
    }
}

async fn verify(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    head: Option<&Path>,
    format: TextOrJson,
) -> Result<(), Problem> {
    let report = match head {
        Some(file) => app::audit::verify_against(app, caller, county, file).await?,
        None => app::audit::verify(app, caller, county).await?,
    };
    match format {
        TextOrJson::Json => print::json(&report),
        TextOrJson::Text => {
            println!("日志链完整：共 {} 条。", report["rows"]);
            for (title, key) in [("已证明", "proved"), ("不能证明", "not_proved")] {
                let sentences = report[key].as_array().map(Vec::as_slice).unwrap_or_default();
                for sentence in sentences.iter().filter_map(Value::as_str) {
                    println!("{title}：{sentence}。");
                }
            }
        }
    }
    Ok(())
}

fn read(asked: &AuditFilter) -> Result<Filter, Problem> {
    Ok(Filter {
        from_ms: asked
            .from
            .as_deref()
            .map(|day| super::manage::date(day).map(app::audit::day_starts))
            .transpose()?,
        to_ms: asked
            .to
            .as_deref()
            .map(|day| super::manage::date(day).map(app::audit::day_ends))
            .transpose()?,
        actor: asked.actor.clone(),
        act: asked.act.clone(),
        object_kind: asked.object_kind.clone(),
        object_id: asked.object.clone(),
        outcome: asked.outcome.clone(),
        text: asked.text.clone(),
    })
}

fn described(row: &AuditRow) -> Value {
    let detail =
        serde_json::from_str(&row.detail_json).unwrap_or_else(|_| Value::String(row.detail_json.clone()));
    json!({
        "seq": row.seq,
        "at_ms": row.at_ms,
        "actor": row.actor,
        "origin": row.origin,
        "address": row.address,
        "request_id": row.request_id,
        "act": row.act,
        "object_kind": row.object_kind,
        "object_id": row.object_id,
        "outcome": row.outcome,
        "detail": detail,
        "hash": row.hash,
    })
}

fn line(row: &AuditRow) {
    let place = if row.address.is_empty() { &row.origin } else { &row.address };
    let detail = if row.detail_json == "null" { "" } else { &row.detail_json };
    println!(
        "{}  {}  {}（{place}）  {}  {} {}  {}  {detail}",
        row.seq,
        app::audit::moment(row.at_ms),
        row.actor,
        row.act,
        row.object_kind,
        row.object_id,
        row.outcome,
    );
}
