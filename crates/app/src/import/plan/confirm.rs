//! Confirming: planned again from the kept bytes within the act, and written when that is what was shown.

use super::{Dry, Looked, Shown, Source, Waiting, find, keep_outcome, kept_outcome, shown, source};
use crate::import::Outcome;
use crate::notification::{Text, notify};
use crate::{App, Caller, Code, Problem};
use domain::authority::Scope;
use domain::ids::PlanId;
use domain::notification::NotificationKind;
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use store::plan::Plan;

/// Differences that are told one by one.
const TOLD: usize = 20;

/// Writes a plan, once; confirming again answers the same. `seen` is the tag of what the caller saw, when they say.
pub async fn confirm(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PlanId,
    seen: Option<&str>,
) -> Result<Shown, Problem> {
    let (scope, plan) = find(app, caller, county, id).await?;
    if plan.written_at_ms.is_some() {
        return shown(app, county, plan).await;
    }
    let Some(digest) = plan.digest.clone() else {
        return Err(Problem::new(Code::Conflict, "文件还在检查，请等检查完成、看过计划之后再确认"));
    };
    if seen.is_some_and(|seen| seen != digest) {
        return Err(Problem::new(
            Code::Changed,
            "计划在您查看之后已经更新，没有导入；请核对最新的计划再确认",
        )
        .with(json!({ "etag": digest })));
    }
    let (name, bytes) = source(app, county, &plan).await?;
    let look = || {
        let source = Source::Bytes { name: name.clone(), bytes: Arc::clone(&bytes) };
        Looked::at(app, caller, county, plan.campaign.as_deref(), source)
    };
    let waiting = Waiting { id, digest };
    match look().await?.write(app, caller, county, name.clone(), waiting).await {
        Ok(_) => {}
        Err(problem) if problem.code == Code::Changed => {
            let before = match plan.outcome {
                Some(file) => kept_outcome(app, county, file).await?,
                None => Outcome::default(),
            };
            let now = look().await?.plan(app, caller, county).await?;
            let problem = changed(&before, &now);
            replace(app, caller, county, (&scope, &plan), now, None).await?;
            return Err(problem);
        }
        // Another request was quicker.
        Err(problem) if problem.code == Code::Conflict => {}
        Err(problem) => return Err(problem),
    }
    let (_, plan) = find(app, caller, county, id).await?;
    if plan.written_at_ms.is_none() {
        return Err(Problem::new(Code::Conflict, "导入没有写入，请重试"));
    }
    shown(app, county, plan).await
}

/// Puts a new outcome in the place of the old one.
pub(super) async fn replace(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (scope, plan): (&Scope, &Plan),
    dry: Dry,
    told: Option<Text>,
) -> Result<(), Problem> {
    let file = keep_outcome(app, caller, county, (scope, plan.id), &dry.outcome).await?;
    let (inner, caller, id, old) = (app.clone(), caller.clone(), plan.id, plan.outcome);
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::plan::put_outcome(act, county, id, file, &dry.digest).await? {
                    return Err(Problem::new(Code::Conflict, "这个导入计划已经写入或放弃"));
                }
                if let Some(old) = old {
                    store::file::release(act, county, old, inner.now_ms()).await?;
                }
                if let Some(text) = told {
                    notify(&inner, act, &caller, NotificationKind::PlanReady, text, caller.recipient())
                        .await?;
                }
                let detail = json!({ "counts": dry.outcome.counts });
                let id = id.to_string();
                act.audit(inner.entry(&caller, "import.plan", "import_plan", &id, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// What came and what went between two lists.
fn apart<'l, T: Serialize>(before: &'l [T], now: &'l [T]) -> Value {
    let words = |list: &[T]| -> HashSet<String> { list.iter().map(|it| json!(it).to_string()).collect() };
    let (known, fresh) = (words(before), words(now));
    let only = |list: &'l [T], other: &HashSet<String>| -> Vec<Value> {
        list.iter().map(|it| json!(it)).filter(|it| !other.contains(&it.to_string())).take(TOLD).collect()
    };
    json!({ "gone": only(before, &fresh), "new": only(now, &known) })
}

/// The refusal with the differences between what was shown and what would be written now.
fn changed(before: &Outcome, now: &Dry) -> Problem {
    let (old, new) = (before.counts, now.outcome.counts);
    let mut words = Vec::new();
    for (what, old, new) in [
        ("新增", old.added, new.added),
        ("变更", old.changed, new.changed),
        ("未变", old.unchanged, new.unchanged),
        ("拒绝", old.refused, new.refused),
    ] {
        if old != new {
            words.push(format!("{what}由 {old} 变为 {new}"));
        }
    }
    let said = if words.is_empty() { "个别行的处理不同".to_owned() } else { words.join("，") };
    let message = format!("计划做出之后数据有了变动（{said}），没有导入；计划已经更新，请核对后再确认");
    Problem::new(Code::Changed, message).with(json!({
        "etag": now.digest,
        "counts": { "shown": old, "now": new },
        "findings": apart(&before.findings, &now.outcome.findings),
        "changes": apart(&before.changes, &now.outcome.changes),
    }))
}
