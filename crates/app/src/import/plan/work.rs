//! Planning a large file in the background.

use super::confirm::replace;
use super::{Looked, Source, find, get, source};
use crate::Problem;
use crate::job::{Done, Work};
use crate::notification::Text;
use domain::finding::Counts;
use domain::ids::PlanId;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Payload {
    plan: PlanId,
}

/// Plans the file, and tells its owner.
pub(crate) async fn run(work: Work) -> Result<Done, Problem> {
    let (app, county, asked) = (&work.app, work.county()?, work.payload::<Payload>()?);
    let caller = work.owner().await?;
    let (scope, plan) = find(app, &caller, county, asked.plan).await?;
    if plan.digest.is_none() {
        work.progress(0, 2, "正在读取文件");
        let (name, bytes) = source(app, county, &plan).await?;
        let source = Source::Bytes { name, bytes };
        let looked = Looked::at(app, &caller, county, plan.campaign.as_deref(), source).await?;
        work.progress(1, 2, format!("已读 {} 行，正在与现有数据核对", looked.read().rows));
        let dry = looked.plan(app, &caller, county).await?;
        let text = Text {
            title: "导入文件检查完毕".to_owned(),
            body: sentence(dry.outcome.counts),
            link: format!("/{}/plans/{}", plan.kind(), plan.id),
        };
        replace(app, &caller, county, (&scope, &plan), dry, Some(text)).await?;
    }
    let counts = get(app, &caller, county, plan.id).await?.outcome.counts;
    let result = json!({ "plan": plan.id, "kind": plan.kind(), "counts": counts });
    Ok(Done { message: sentence(counts), result })
}

fn sentence(counts: Counts) -> String {
    format!(
        "读取 {} 行：可新增 {}，可变更 {}，未变 {}，拒绝 {}；确认之后才写入",
        counts.read, counts.added, counts.changed, counts.unchanged, counts.refused
    )
}
