//! The ranking as a file.

use super::Ranking;
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use formats::document::Taken;
use formats::listing::{Heads, Kind, Listing, ListingError};
use serde_json::json;
use std::path::Path;

const HEADS: Heads = &[
    ("名次", 8.0),
    ("单位代码", 16.0),
    ("单位", 24.0),
    ("得分", 8.0),
    ("满分", 8.0),
    ("重点对象走访", 24.0),
    ("普遍走访", 24.0),
    ("报送统计表", 20.0),
    ("主要领导入户", 16.0),
    ("分管领导入户", 16.0),
];

/// The reasons in the order of their columns.
const REASONS: [&str; 5] =
    ["key_coverage", "universal_coverage", "submitted", "principal_leader", "deputy_leader"];

/// Writes a ranking as a file, and writes that down.
pub async fn export(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    ranking: &Ranking,
    (kind, path): (Kind, &Path),
) -> Result<(), Problem> {
    app.permit(caller, Permission::CoverageExport, county).await?;
    write(ranking, kind, path, &app.taken(caller))
        .map_err(|error| Problem::new(Code::Output, format!("文件未能生成：{error}")))?;
    let detail = json!({ "format": kind.ending(), "townships": ranking.townships.len() });
    crate::audit::note(app, caller, county, "ranking.export", ("campaign", &ranking.campaign), detail).await
}

fn write(ranking: &Ranking, kind: Kind, path: &Path, taken: &Taken) -> Result<(), ListingError> {
    let heading = format!("{} 各乡镇（街道）进度排名", ranking.campaign);
    let mut listing = Listing::create(path, kind, &heading, taken, HEADS)?;
    for it in &ranking.townships {
        let words = |key: &str| {
            let found = it.score.reasons.iter().find(|reason| reason.key == key);
            found.map_or_else(String::new, |reason| format!("{}（{}分）", reason.words, reason.points))
        };
        let [rank, points, of] = [it.rank.to_string(), it.score.points.to_string(), it.score.of.to_string()];
        let reasons = REASONS.map(words);
        let mut cells = vec![rank.as_str(), &it.unit.0, &it.unit.1, &points, &of];
        cells.extend(reasons.iter().map(String::as_str));
        listing.add(&cells)?;
    }
    listing.finish()?;
    Ok(())
}
