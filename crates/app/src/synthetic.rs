//! Synthetic data as import files or directly in a database, through the very acts that real files go through.

use crate::{App, Caller, Code, Problem};
use domain::campaign::Campaign;
use domain::ledger::EntryKind;
use domain::region::CountyCode;
use domain::sheet::{Cell, RawRow};
use formats::division;
use formats::synthetic::{self, Spec};
use std::sync::Arc;

/// Visits imported at once.
const CHUNK: usize = 20_000;

/// What was loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Persons on the roster.
    pub people: u64,
    /// Visits.
    pub visits: u64,
    /// The campaign's code.
    pub campaign: String,
}

/// What to generate for a county.
#[must_use]
pub fn spec(county: &division::County, people: usize, visits: usize, seed: u64, year: i16) -> Spec {
    Spec::of_county(county, people, visits, seed, year)
}

/// Roster and visits as xlsx and csv files, ready to be imported.
pub fn files(spec: &Spec) -> Result<Vec<(&'static str, Vec<u8>)>, Problem> {
    let failed = |error: synthetic::WriteError| Problem::new(Code::Output, format!("文件未能生成：{error}"));
    let mut files = Vec::new();
    for (name, xlsx) in [("名册.xlsx", true), ("名册.csv", false)] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let rows = synthetic::roster(spec);
        if xlsx { synthetic::write_xlsx(&mut bytes, rows) } else { synthetic::write_csv(&mut bytes, rows) }
            .map_err(failed)?;
        files.push((name, bytes.into_inner()));
    }
    for (name, xlsx) in [("走访.xlsx", true), ("走访.csv", false)] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let rows = synthetic::visits(spec);
        if xlsx { synthetic::write_xlsx(&mut bytes, rows) } else { synthetic::write_csv(&mut bytes, rows) }
            .map_err(failed)?;
        files.push((name, bytes.into_inner()));
    }
    Ok(files)
}

/// Sets the county and the campaign up when they are not there, then loads everything.
pub async fn load(
    app: &App,
    caller: &Caller,
    county: &division::County,
    spec: &Spec,
) -> Result<Loaded, Problem> {
    let code: CountyCode = county
        .code
        .parse()
        .map_err(|_| Problem::new(Code::CountyUnknown, format!("县级代码“{}”有误", county.code)))?;
    match crate::county::init(app, caller, county).await {
        Err(problem) if problem.code != Code::CountyExists => return Err(problem),
        _ => {}
    }
    let units = crate::unit::tree(app, caller, code).await?;
    for alias in spec.troops.iter().filter(|alias| units.find(alias).is_err()) {
        crate::unit::add(app, caller, code, alias, "troop", None).await?;
    }
    let campaign = campaign(app, caller, code, spec.year).await?;
    let roster: Vec<RawRow> = (3..).zip(synthetic::roster(spec)).map(|(row, it)| raw(row, it.0)).collect();
    let people = crate::roster::import_rows(app, caller, code, roster, synthetic::TITLE).await?.counts.added;
    let mut visits = 0;
    let mut rows = (3..).zip(synthetic::visits(spec)).map(|(row, it)| raw(row, it.0)).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<RawRow> = rows.by_ref().take(CHUNK).collect();
        let outcome =
            crate::visit::import_rows(app, caller, code, &campaign, chunk, synthetic::TITLE).await?;
        visits += outcome.counts.added;
    }
    Ok(Loaded { people, visits, campaign: campaign.code.clone() })
}

/// Hands down to every unit what its visits spent of the county's money, and something more: a ledger that begins with
/// everybody overspent explains nothing.
pub async fn allot(app: &App, caller: &Caller, county: CountyCode, campaign: &str) -> Result<(), Problem> {
    const STANDARD: i64 = 10_000;
    let view = crate::ledger::view(app, caller, county, campaign, None).await?;
    let on = crate::campaign::get(app, caller, county, campaign).await?.period.0;
    let short = view.lines.iter().filter(|line| line.item.is_empty() && line.standing.free() < 0);
    for (number, line) in (1..).zip(short) {
        let heads = -line.standing.free() * 6 / 5 / STANDARD + 1;
        let sent = crate::ledger::Sent {
            id: app.id(),
            campaign: campaign.to_owned(),
            unit: line.unit.0.clone(),
            kind: EntryKind::Allot,
            item: String::new(),
            quantity: heads * STANDARD,
            measure: String::new(),
            value_fen: 0,
            heads: Some(heads),
            standard_fen: Some(STANDARD),
            draw: None,
            person_name: String::new(),
            voucher: format!("拨{number:03}"),
            on,
            note: String::new(),
            file: None,
        };
        crate::ledger::put(app, caller, county, sent).await?;
    }
    Ok(())
}

async fn campaign(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    year: i16,
) -> Result<Arc<Campaign>, Problem> {
    let (_, text) = formats::campaign::builtin()[0];
    let deadline = deadline_of(year);
    match crate::campaign::create(app, caller, county, text, year, deadline).await {
        Err(problem) if problem.code == Code::CampaignExists => {
            crate::campaign::get(app, caller, county, &format!("bayi-{year}")).await
        }
        made => made,
    }
}

/// Synthetic campaigns of every year end on 12 August, as the notice's own does.
fn deadline_of(year: i16) -> Option<jiff::civil::Date> {
    jiff::civil::Date::new(year, 8, 12).ok()
}

fn raw<const N: usize>(row: u32, cells: [String; N]) -> RawRow {
    let cells =
        cells.into_iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text(text) }).collect();
    RawRow { sheet: 0, row, cells }
}
