//! Payments in words.

use super::super::args::TextOrJson;
use super::super::print;
use app::payment::{Answer, BatchView, Detail, LineView, Preview, Returned, Settled};
use domain::money::Fen;
use serde_json::json;

/// How many lines a terminal shows.
const SHOWN: usize = 40;

fn yuan(fen: i64) -> String {
    Fen(fen).yuan_short()
}

/// What a step came to.
pub fn answer(answer: &Answer, format: TextOrJson) {
    if format == TextOrJson::Json {
        print::json(&json!({
            "batch": answer.batch, "blocked": answer.blocked, "settled": answer.settled,
        }));
        return;
    }
    for blocked in &answer.blocked {
        println!("剔除：第 {} 笔 {}（{}）", blocked.seq, blocked.name, blocked.status);
    }
    if let Some(did) = &answer.settled {
        settled(did, false);
    }
    detail(&answer.batch);
}

/// What a batch would be.
pub fn preview(preview: &Preview, format: TextOrJson) {
    if format == TextOrJson::Json {
        print::json(&json!(preview));
        return;
    }
    println!("{}（{}），基准日 {}", preview.item_label, preview.campaign, preview.base_date);
    println!("应发 {} 人，{} 元，{}", preview.count, yuan(preview.amount_fen), preview.capital);
    for group in &preview.by_class {
        println!("  {}  {} 人  {} 元", group.label, group.count, yuan(group.amount_fen));
    }
    for (_, label, count) in &preview.refused {
        println!("  不发：{label} {count} 人");
    }
    checks(&preview.checks);
}

fn checks(all: &[app::payment::CheckCount]) {
    for it in all {
        let weight = if it.weight == "blocking" { "必须改正" } else { "提醒" };
        let open = if it.open < it.count {
            format!("，其中 {} 处已放行", it.count - it.open)
        } else {
            String::new()
        };
        println!("  [{weight}] {}（{}）{} 处{open}：{}", it.label, it.check, it.count, it.advice);
    }
}

/// A batch.
pub fn detail(detail: &Detail) {
    let batch = &detail.batch;
    let totals = &batch.totals;
    println!(
        "批次 {}  {}  {}  第 {} 版  {}",
        batch.code, batch.item_label, batch.state_label, batch.version, batch.capital
    );
    for (label, tally) in [
        ("应发", totals.due),
        ("成功", totals.paid),
        ("退票", totals.returned),
        ("待发", totals.waiting),
        ("取消", totals.cancelled),
    ] {
        println!("  {label} {} 笔 {} 元", tally.count, yuan(tally.amount_fen.0));
    }
    checks(&detail.checks);
    for file in &detail.files {
        println!("  文件 {}  {} 笔 {} 元  SM3 {}", file.name, file.count, yuan(file.sum_fen), file.sm3);
    }
    for step in &detail.steps {
        println!("  {}  {}  {}  {}", app::audit::moment(step.at_ms), step.label, step.by, step.detail);
    }
    if detail.open_returns > 0 {
        println!("  还有 {} 笔退票没有补发或取消", detail.open_returns);
    }
}

/// Lines, masked.
pub fn lines(lines: &[LineView]) {
    for line in lines.iter().take(SHOWN) {
        let why = line.reason_label.or(line.note.as_deref()).unwrap_or_default();
        println!(
            "  {}  {}  {}  {} 元  {}  {}  {why}",
            line.seq,
            line.name,
            line.township.1,
            yuan(line.amount_fen),
            line.account,
            line.state_label
        );
    }
    if lines.len() > SHOWN {
        println!("  …… 还有 {} 笔，可用 --format json 查看全部", lines.len() - SHOWN);
    }
}

/// What an answer of the bank did, or would do.
pub fn settled(did: &Settled, is_dry: bool) {
    if is_dry {
        println!("以下是试导，尚未写入。");
    }
    if did.is_repeated {
        println!("这个文件以前导入过，没有变化。");
    }
    println!(
        "共 {} 行：成功 {}，退票 {}，未变 {}，处理中 {}，对不上 {}。",
        did.rows,
        did.paid,
        did.returned,
        did.unchanged,
        did.pending,
        did.unmatched.len()
    );
    for it in did.unmatched.iter().take(SHOWN) {
        println!("  第 {} 行 {}：{}", it.row, it.name, it.why_label);
    }
}

/// Batches, and what came back.
pub fn list(batches: &[BatchView], returns: &[Returned]) {
    for batch in batches {
        let totals = &batch.totals;
        println!(
            "{}  {}  {}  应发 {} 笔 {} 元  成功 {}  退票 {}  待发 {}  取消 {}",
            batch.code,
            batch.item_label,
            batch.state_label,
            totals.due.count,
            yuan(totals.due.amount_fen.0),
            totals.paid.count,
            totals.returned.count,
            totals.waiting.count,
            totals.cancelled.count
        );
    }
    for it in returns {
        println!("退票待处理：{} {} 笔 {} 元。{}", it.label, it.count, yuan(it.amount_fen), it.advice);
    }
}
