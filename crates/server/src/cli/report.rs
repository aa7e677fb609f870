//! Statistics and coverage on the command line.

use super::args::{CoverageArgs, CoverageFormat, Place, StatisticsArgs, TableFormat};
use super::print;
use crate::output::{self, CoverageFile, TableFile};
use app::{Code, Problem};
use serde_json::json;

/// `shuangyong statistics`
pub async fn statistics(place: &Place, asked: StatisticsArgs) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    if asked.verify {
        let differences = app::statistics::verify(&app, &caller, county, &asked.campaign).await?;
        if differences.is_empty() {
            eprintln!("由全部走访记录重新计算，与保存的统计数完全一致。");
        } else {
            return Err(Problem::new(Code::FiguresDiffer, format!("有 {} 处不一致", differences.len()))
                .with(json!(differences)));
        }
    }
    let kind = match asked.format {
        TableFormat::Text => TableFile::Text,
        TableFormat::Json => TableFile::Json,
        TableFormat::Csv => TableFile::Csv,
        TableFormat::Xlsx => TableFile::Xlsx,
        TableFormat::Docx => TableFile::Docx,
        TableFormat::Pdf => TableFile::Pdf,
    };
    let table = app::statistics::table(&app, &caller, county, &asked.campaign, asked.unit.as_deref()).await?;
    let bytes = output::table(&table, kind, &app.taken(&caller))?;
    if asked.output.is_some() || !matches!(kind, TableFile::Text | TableFile::Json) {
        app::statistics::exported(&app, &caller, county, &table, &format!("{kind:?}").to_lowercase()).await?;
    }
    print::bytes(&bytes, asked.output.as_deref())
}

/// `shuangyong coverage`
pub async fn coverage(place: &Place, asked: CoverageArgs) -> Result<(), Problem> {
    let (app, county, mut caller) = super::county(place).await?;
    caller.hides_names = asked.masked;
    let kind = match asked.format {
        CoverageFormat::Text => CoverageFile::Text,
        CoverageFormat::Json => CoverageFile::Json,
        CoverageFormat::Csv => CoverageFile::Csv,
        CoverageFormat::Xlsx => CoverageFile::Xlsx,
    };
    let coverage = app::coverage::of(&app, &caller, county, &asked.campaign, asked.unit.as_deref()).await?;
    let bytes = output::coverage(&coverage, kind, &app.taken(&caller))?;
    app::coverage::exported(&app, &caller, county, &coverage, &format!("{kind:?}").to_lowercase()).await?;
    print::bytes(&bytes, asked.output.as_deref())
}
