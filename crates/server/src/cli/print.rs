//! What the command line prints: answers to stdout, everything else to stderr.

use app::Problem;
use app::import::Outcome;
use domain::finding::Severity;
use std::io::Write;
use std::path::Path;

/// How many lines of a long list a terminal shows; the whole list is in JSON and in the findings file.
const SHOWN: usize = 40;

/// A problem on stderr: a sentence for people, with its code.
pub fn problem(problem: &Problem) {
    let (_, _, title) = problem.code.entry();
    eprintln!("{title}：{}", problem.message);
    eprintln!("{}", problem.json());
}

/// Bytes to stdout or to a file.
pub fn bytes(bytes: &[u8], output: Option<&Path>) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::new(app::Code::Output, format!("写不出去：{error}"));
    match output {
        None => std::io::stdout().lock().write_all(bytes).map_err(failed),
        Some(path) => {
            std::fs::write(path, bytes).map_err(|error| {
                Problem::new(app::Code::Output, format!("“{}”写不出去：{error}", path.display()))
            })?;
            eprintln!("已写出 {}", path.display());
            Ok(())
        }
    }
}

/// What the secrecy guard warns of in text that was taken; on stderr, the answer stays what it is.
pub fn warnings(warnings: &[app::guard::Warning]) {
    for warning in warnings {
        eprintln!("[提醒] {}", warning.message);
    }
}

/// One JSON document on stdout.
pub fn json(value: &serde_json::Value) {
    println!("{value:#}");
}

/// An import in words.
pub fn outcome(outcome: &Outcome, dry_run: bool) {
    let counts = &outcome.counts;
    if dry_run {
        println!("以下是计划，尚未写入。");
    }
    println!(
        "共读 {} 行：新增 {}，变更 {}，未变 {}，拒绝 {}。",
        counts.read, counts.added, counts.changed, counts.unchanged, counts.refused
    );
    println!("提醒 {} 条，说明 {} 条。", outcome.count(Severity::Warning), outcome.count(Severity::Note));
    for finding in outcome.findings.iter().take(SHOWN) {
        let place = match (finding.row, &finding.column) {
            (Some(row), Some(column)) => format!("{} 第{row}行 {column}", finding.sheet),
            (Some(row), None) => format!("{} 第{row}行", finding.sheet),
            (None, _) => finding.sheet.clone(),
        };
        println!("  [{}] {place}：{}", finding.severity.label(), finding.message);
    }
    more(outcome.findings.len(), "条，可用 --findings 写出标注文件或 --format json 查看全部");
    for change in outcome.changes.iter().take(SHOWN) {
        println!(
            "  [变更] 第{}行 {} {}：{} → {}",
            change.row,
            change.name,
            change.field,
            shown(&change.before),
            shown(&change.after)
        );
    }
    more(outcome.changes.len(), "处变更");
    if !outcome.not_in_file.is_empty() {
        println!(
            "名册上有、本文件没有的 {} 人（保留不动）：{}",
            outcome.not_in_file.len(),
            list(&outcome.not_in_file)
        );
    }
    if let Some(import) = &outcome.import {
        println!("导入编号 {import}（需要时可撤销）");
    }
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "（空）" } else { text }
}

fn more(total: usize, what: &str) {
    if total > SHOWN {
        println!("  …… 还有 {} {what}", total - SHOWN);
    }
}

fn list(names: &[String]) -> String {
    let head = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("、");
    if names.len() > SHOWN { format!("{head}……") } else { head }
}
