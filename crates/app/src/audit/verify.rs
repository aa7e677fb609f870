//! Verifying the chain: what it proves, and in plain words what it cannot.

use super::moment;
use crate::{App, Caller, Code, Problem, blocking};
use domain::authority::Permission;
use domain::region::CountyCode;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use store::audit::{Evidence, Report};
use store::heads::{self, Heads};

/// Where the heads come from that the chain is held against.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Against {
    /// The file beside the data folder: on the same machine as the database, as a rule.
    Own,
    /// A file that someone kept elsewhere.
    Kept,
}

/// Recomputes the chain and holds it against its checkpoints and the heads beside the data folder; a broken one is a
/// problem that says where. A whole one is signed.
pub async fn verify(app: &App, caller: &Caller, county: CountyCode) -> Result<Value, Problem> {
    app.permit(caller, Permission::AuditVerify, county).await?;
    let own = app.trail.heads.own().to_owned();
    let file = own.exists().then_some(own);
    run(app, county, file, Against::Own).await
}

/// The same against a file of heads that was kept elsewhere.
pub async fn verify_against(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    file: &Path,
) -> Result<Value, Problem> {
    app.permit(caller, Permission::AuditVerify, county).await?;
    run(app, county, Some(file.to_owned()), Against::Kept).await
}

async fn run(
    app: &App,
    county: CountyCode,
    file: Option<PathBuf>,
    against: Against,
) -> Result<Value, Problem> {
    let outside = match file {
        None => None,
        Some(file) => {
            let path = file.clone();
            let heads = blocking(move || {
                heads::read(&path, county).map_err(|error| Problem::new(Code::FileRefused, error.to_string()))
            })
            .await?;
            if against == Against::Kept && heads.lines.is_empty() {
                return Err(no_heads(county, &file, &heads));
            }
            (!heads.lines.is_empty()).then_some((file, heads))
        }
    };
    let mut tx = app.db.read().await?;
    let checkpoints = store::audit::checkpoints(&mut tx, county).await?;
    let last = checkpoints.last().cloned();
    let lines = outside.as_ref().map(|(_, heads)| heads.lines.clone()).unwrap_or_default();
    let evidence = Evidence { checkpoints, heads: lines };
    let report = store::audit::verify_with(&mut tx, county, evidence, Some(app.trail.signer.clone())).await?;
    drop(tx);
    if !report.is_whole() {
        return Err(broken(&report));
    }
    if last.as_ref().is_none_or(|last| last.seq < report.head_seq) {
        super::checkpoint::sign(app, county, report.head_seq, &report.head_hash).await?;
    }
    Ok(json!({
        "rows": report.rows,
        "whole": true,
        "head": report.head_hash,
        "proved": proved(&report, outside.as_ref()),
        "not_proved": not_proved(&report, outside.as_ref(), against),
        "checkpoints": {
            "count": report.checkpoints,
            "last_seq": last.as_ref().map(|it| it.seq),
            "last_at_ms": last.as_ref().map(|it| it.at_ms),
            "key_id": last.as_ref().map(|it| &it.key_id),
        },
        "heads": outside.as_ref().map(|(file, _)| json!({ "file": file.display().to_string(), "count": report.heads })),
    }))
}

fn broken(report: &Report) -> Problem {
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    let more = if report.more > 0 { format!("；另有 {} 处", report.more) } else { String::new() };
    let message = format!("共 {} 条日志，发现异常：{}{more}", report.rows, faults.join("；"));
    Problem::new(Code::AuditBroken, message).with(json!(faults))
}

fn no_heads(county: CountyCode, file: &Path, heads: &Heads) -> Problem {
    let others = if heads.others > 0 {
        format!("其中 {} 行属于别的县，请换用本县的链头文件", heads.others)
    } else {
        "请指明 heads.log 或它的副本".to_owned()
    };
    let message = format!("“{}”中没有县 {county} 的链头：{others}", file.display());
    Problem::new(Code::FileRefused, message)
}

fn proved(report: &Report, outside: Option<&(PathBuf, Heads)>) -> Vec<String> {
    if report.rows == 0 {
        return vec!["还没有日志".to_owned()];
    }
    let mut all = vec![format!(
        "第 1 至 {} 条一条接一条，与县记录的链尾相符：没有改动、删除、调换或插入",
        report.head_seq
    )];
    if report.checkpoints > 0 {
        all.push(format!("{} 个检查点的签名有效，都在链上", report.checkpoints));
    }
    if let (Some((file, _)), true) = (outside, report.heads > 0) {
        all.push(format!("链头文件“{}”中的 {} 个链头签名有效，都在链上", file.display(), report.heads));
    }
    if let Some((seq, at_ms)) = report.vouched {
        all.push(format!("第 {seq} 条及以前的记录，自 {} 签名以来没有改写或截掉", moment(at_ms)));
    }
    all
}

fn not_proved(report: &Report, outside: Option<&(PathBuf, Heads)>, against: Against) -> Vec<String> {
    let mut all = Vec::new();
    let vouched = report.vouched.map_or(0, |(seq, _)| seq);
    match (outside, against) {
        (None, _) => all.push(format!(
            "没有与数据库以外的链头核对：能改写数据库的人若截掉或重写第 {vouched} 条以后的记录，\
             或连同其后的检查点一起删去，本次看不出来；请用 --head 指明另存的链头文件（heads.log）"
        )),
        (Some((file, _)), Against::Own) => all.push(format!(
            "只与本机的链头文件“{}”核对：能同时改写数据库和这个文件的人若截掉或重写第 {vouched} 条以后的记录，\
             本次看不出来；请用 --head 指明另存在别处的链头文件",
            file.display()
        )),
        (Some(_), Against::Kept) => {
            let last = report.vouched_outside.map_or(0, |(seq, _)| seq);
            if last < report.head_seq {
                all.push(format!(
                    "第 {} 至 {} 条晚于链头文件中最后一个链头：若有人截掉或重写这几条，本次看不出来",
                    last + 1,
                    report.head_seq
                ));
            }
        }
    }
    if let Some((_, heads)) = outside.filter(|(_, heads)| !heads.unreadable.is_empty()) {
        let lines: Vec<String> = heads.unreadable.iter().take(10).map(ToString::to_string).collect();
        all.push(format!("链头文件第 {} 行读不出来，没有用来核对", lines.join("、")));
    }
    all
}
