//! `shuangyong generate`: synthetic data as files or directly into a database.

use super::args::{GenerateArgs, Place};
use app::{Code, Problem};
use formats::synthetic::Spec;

/// Runs the command.
pub async fn run(place: &Place, asked: GenerateArgs) -> Result<(), Problem> {
    let divisions = formats::division::county(&asked.county)
        .map_err(|error| Problem::new(Code::CountyUnknown, error.to_string()))?;
    let spec = app::synthetic::spec(&divisions, asked.people, asked.visits, asked.seed, asked.year);
    if asked.load { load(place, &divisions, &spec).await } else { write(&spec, &asked.output) }
}

fn write(spec: &Spec, folder: &std::path::Path) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        Problem::new(Code::Output, format!("“{}”写不出去：{error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, bytes) in app::synthetic::files(spec)? {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(failed)?;
        println!("{}", path.display());
    }
    Ok(())
}

async fn load(place: &Place, divisions: &formats::division::County, spec: &Spec) -> Result<(), Problem> {
    let app = super::open_or_create(place).await?;
    let loaded = app::synthetic::load(&app, &super::caller(), divisions, spec).await?;
    println!("已装入 {} 人、{} 条走访，活动 {}", loaded.people, loaded.visits, loaded.campaign);
    Ok(())
}
