//! Roster, visits and candidates on the command line.

pub mod args;

use super::args::{Place, TextOrJson};
use super::print;
use app::import::Outcome;
use app::{Code, Problem};
use args::{CandidateAction, ImportArgs, RosterAction, VisitAction};
use domain::citizen::CitizenId;
use formats::document::Taken;
use serde_json::json;

/// `shuangyong roster …`
pub async fn roster(place: &Place, action: RosterAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        RosterAction::Template(to) => {
            print::bytes(&app::import::blank::roster(&app, &caller, county).await?, Some(&to.output))
        }
        RosterAction::Import { import } => {
            let outcome = app::roster::import(&app, &caller, county, &import.file, import.dry_run).await?;
            finish(&import, &outcome, &app.taken(&caller))
        }
        RosterAction::Imports { format } => {
            let imports = app::import::list(&app, &caller, county).await?;
            match format {
                TextOrJson::Json => print::json(&json!({ "items": imports })),
                TextOrJson::Text => {
                    for import in &imports {
                        let state = if import.undone_at_ms.is_some() { "（已撤销）" } else { "" };
                        println!(
                            "{}  {}  新增 {} 变更 {} 拒绝 {}{state}",
                            import.id, import.file_name, import.added, import.changed, import.refused
                        );
                    }
                }
            }
            Ok(())
        }
        RosterAction::Undo { import } => undo(&app, &caller, county, &import).await,
        RosterAction::Merge { keep, drop } => {
            app::person::merge(&app, &caller, county, number(&keep)?, number(&drop)?).await?;
            println!("已合并，走访和统计随之归并。");
            Ok(())
        }
    }
}

/// `shuangyong visit …`
pub async fn visit(place: &Place, action: VisitAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        VisitAction::Template(to) => {
            print::bytes(&app::import::blank::visits(&app, &caller, county).await?, Some(&to.output))
        }
        VisitAction::Import { import, campaign } => {
            let outcome =
                app::visit::import(&app, &caller, county, &campaign, &import.file, import.dry_run).await?;
            finish(&import, &outcome, &app.taken(&caller))
        }
        VisitAction::Export { campaign, unit, output } => {
            let rows = app::visit::export(&app, &caller, county, &campaign, unit.as_deref(), &output).await?;
            eprintln!("已写出 {} 条走访：{}", rows, output.display());
            Ok(())
        }
        VisitAction::Withdraw { visit } => {
            let id = visit.parse().map_err(|_| not_an_id(&visit))?;
            app::visit::withdraw(&app, &caller, county, id).await?;
            println!("已撤回，统计随之更正。");
            Ok(())
        }
        VisitAction::Undo { import } => undo(&app, &caller, county, &import).await,
    }
}

/// `shuangyong candidate …`
pub async fn candidate(place: &Place, action: CandidateAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        CandidateAction::List { format } => {
            let items = app::candidate::list(&app, &caller, county).await?;
            match format {
                TextOrJson::Json => print::json(&json!({ "items": items })),
                TextOrJson::Text => {
                    println!("待确认 {} 人", items.len());
                    for item in &items {
                        println!("  {}  {}  {}", item.id, item.name, item.unit);
                    }
                }
            }
            Ok(())
        }
        CandidateAction::Confirm { candidate, person } => {
            let id = candidate.parse().map_err(|_| not_an_id(&candidate))?;
            app::candidate::confirm(&app, &caller, county, id, number(&person)?).await?;
            println!("已确认，其走访和统计随之归类。");
            Ok(())
        }
    }
}

async fn undo(
    app: &app::App,
    caller: &app::Caller,
    county: domain::region::CountyCode,
    import: &str,
) -> Result<(), Problem> {
    let id = import.parse().map_err(|_| not_an_id(import))?;
    let undone = app::import::undo(app, caller, county, id).await?;
    println!("已撤销：{undone} 条记录恢复原状。");
    Ok(())
}

fn finish(import: &ImportArgs, outcome: &Outcome, taken: &Taken) -> Result<(), Problem> {
    if let Some(path) = &import.findings {
        app::import::write_findings(outcome, &import.file, taken, path)?;
        eprintln!("问题已标注在 {}", path.display());
    }
    match import.format {
        TextOrJson::Json => print::json(&outcome.json()),
        TextOrJson::Text => print::outcome(outcome, import.dry_run),
    }
    Ok(())
}

pub(super) fn number(text: &str) -> Result<CitizenId, Problem> {
    CitizenId::parse(text)
        .map(|(id, _)| id)
        .map_err(|error| Problem::new(Code::BadRequest, error.to_string()))
}

fn not_an_id(text: &str) -> Problem {
    Problem::new(Code::BadRequest, format!("“{text}”不是编号，请从列表中复制"))
}
