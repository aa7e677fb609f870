//! What happened to a person over the years: visits of all campaigns, and the difficulties that were met there.

use super::detail::load;
use crate::visit::{Shown, Shows};
use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::ids::{PersonId, VisitId};
use domain::person::Hardship;
use domain::region::CountyCode;
use domain::visit::HelpKind;
use jiff::civil::Date;

/// Visits to a person.
#[derive(Debug, Clone)]
pub struct Visits {
    /// By units of the caller, the latest first.
    pub items: Vec<Shown>,
    /// How many more there are by other units.
    pub elsewhere: usize,
}

/// A visit at which a difficulty was met.
#[derive(Debug, Clone)]
pub struct Helped {
    /// The visit.
    pub visit: VisitId,
    /// The campaign's code and name.
    pub campaign: (String, String),
    /// The unit: code and name.
    pub unit: (String, String),
    /// The day.
    pub visited_on: Date,
    /// Kinds of help and how many.
    pub help: Vec<(HelpKind, i64)>,
    /// Money, fen.
    pub money_fen: i64,
    /// Goods, fen.
    pub goods_fen: i64,
}

/// A person's difficulties.
#[derive(Debug, Clone)]
pub struct Difficulties {
    /// Marks that are open now.
    pub marks: Vec<Hardship>,
    /// Whether there are words about them.
    pub has_text: bool,
    /// Help that was given at visits, the latest first.
    pub helped: Vec<Helped>,
}

/// The visits to a person in all campaigns.
pub async fn visits(app: &App, caller: &Caller, county: CountyCode, id: PersonId) -> Result<Visits, Problem> {
    let roster = app.permit(caller, Permission::RosterRead, county).await?;
    let scope = app.permit(caller, Permission::VisitRead, county).await?;
    let mut tx = app.db.read().await?;
    let (_, _, units) = load(&mut tx, app, county, &roster, id).await?;
    let mut all = Visits { items: Vec::new(), elsewhere: 0 };
    for campaign in &store::reference::get(&mut tx, county).await?.campaigns {
        let shows = Shows { app, county, units: &units, campaign, names: None };
        for visit in store::visit::by_subjects(&mut tx, county, campaign.id, &[id.0]).await? {
            if scope.covers(&units, visit.facts.unit) {
                all.items.push(shows.show(visit));
            } else {
                all.elsewhere += 1;
            }
        }
    }
    all.items.sort_by_key(|it| std::cmp::Reverse((it.visit.facts.visited_on, it.visit.id)));
    Ok(all)
}

/// A person's marks of hardship, and the help that visits brought.
pub async fn difficulties(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
) -> Result<Difficulties, Problem> {
    let visits = visits(app, caller, county, id).await?;
    let detail = super::get(app, caller, county, id, false).await?;
    let campaigns = {
        let mut tx = app.db.read().await?;
        store::reference::get(&mut tx, county).await?.campaigns.clone()
    };
    let name = |code: &str| {
        let found = campaigns.iter().find(|it| it.code == code);
        found.map(|it| format!("{}年{}", it.year, it.template.name)).unwrap_or_default()
    };
    let helped = visits
        .items
        .into_iter()
        .filter(|it| !it.visit.facts.help.is_empty())
        .map(|it| Helped {
            visit: it.visit.id,
            campaign: (it.campaign.clone(), name(&it.campaign)),
            unit: it.unit,
            visited_on: it.visit.facts.visited_on,
            help: it.visit.facts.help,
            money_fen: it.visit.facts.money_fen.0,
            goods_fen: it.visit.facts.goods_fen.0,
        })
        .collect();
    Ok(Difficulties {
        marks: detail.masked.hardship,
        has_text: detail.masked.hardship_text.is_some(),
        helped,
    })
}
