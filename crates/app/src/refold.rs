//! Keeps the table true to the records: adds, takes back and moves visits between cells, and follows the roster
//! while a campaign is open (design §5). Always in the caller's transaction.

use crate::Problem;
use domain::campaign::Campaign;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use domain::visit::{Category, Known, VisitFacts, VisitedObject, rows_of};
use std::collections::HashMap;
use std::sync::Arc;
use store::visit::StoredVisit;
use store::{Act, Tx};
use uuid::Uuid;

/// One visit as it was and as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    pub before: Option<VisitFacts>,
    pub after: Option<VisitFacts>,
}

impl Change {
    pub(crate) fn added(facts: &VisitFacts) -> Self {
        Self { before: None, after: Some(facts.clone()) }
    }

    pub(crate) fn removed(facts: &VisitFacts) -> Self {
        Self { before: Some(facts.clone()), after: None }
    }
}

/// Folds changes into the kept cells of their campaign.
pub(crate) async fn fold(
    tx: &mut Tx,
    county: CountyCode,
    campaign: &Campaign,
    changes: &[Change],
) -> Result<(), Problem> {
    let all: Vec<&VisitFacts> = changes.iter().flat_map(|it| it.before.iter().chain(&it.after)).collect();
    if all.is_empty() {
        return Ok(());
    }
    let before = store::cell::load(tx, county, campaign.id, &all).await?;
    let mut after = before.clone();
    for change in changes {
        if let Some(facts) = &change.before {
            after.apply(&campaign.template, facts, -1);
        }
        if let Some(facts) = &change.after {
            after.apply(&campaign.template, facts, 1);
        }
    }
    store::cell::save(tx, county, campaign.id, &before, &after).await?;
    Ok(())
}

/// Recomputes rows, scopes and household of these visits with what the roster and the units say now; writes and
/// folds only those that moved. Returns how many moved.
pub(crate) async fn reconsider(
    act: &mut Act,
    county: CountyCode,
    campaign: &Campaign,
    units: &UnitTree,
    visits: Vec<StoredVisit>,
) -> Result<usize, Problem> {
    let persons: Vec<Uuid> = visits
        .iter()
        .filter_map(|visit| match &visit.facts.object {
            VisitedObject::Person { id, .. } => Some(id.0),
            _ => None,
        })
        .collect();
    let known: HashMap<Uuid, Known> = store::person::known_by_ids(act, county, &persons)
        .await?
        .into_iter()
        .map(|it| (it.id.0, it))
        .collect();
    let mut moved = Vec::new();
    let mut changes = Vec::new();
    for mut visit in visits {
        let before = visit.facts.clone();
        update(&mut visit, campaign, units, &known);
        if visit.facts != before {
            changes.push(Change { before: Some(before), after: Some(visit.facts.clone()) });
            moved.push(visit);
        }
    }
    store::visit::update_places(act, county, &moved).await?;
    fold(act, county, campaign, &changes).await?;
    Ok(moved.len())
}

fn update(visit: &mut StoredVisit, campaign: &Campaign, units: &UnitTree, known: &HashMap<Uuid, Known>) {
    let template = &campaign.template;
    let Some(unit) = units.get(visit.facts.unit) else { return };
    let person = match &mut visit.facts.object {
        VisitedObject::Person { id, household } => {
            known.get(&id.0).inspect(|it| household.clone_from(&it.household))
        }
        _ => None,
    };
    let category = Category::from_code(&visit.category, template);
    let rows = rows_of(
        template,
        unit,
        category,
        person.map(|known| (known.identities.as_slice(), known.hardship.as_slice())),
    );
    visit.facts.own_row.clone_from(&rows.own.key);
    visit.facts.row.clone_from(&rows.above.key);
    visit.facts.above = units.scopes(visit.facts.unit).split_off(1);
}

/// After persons changed (class, grade, hardship, household, status): their visits in every open campaign.
pub(crate) async fn persons_changed(
    act: &mut Act,
    county: CountyCode,
    units: &UnitTree,
    persons: &[Uuid],
) -> Result<usize, Problem> {
    let mut moved = 0;
    for campaign in open_campaigns(act, county).await? {
        let visits = store::visit::by_subjects(act, county, campaign.id, persons).await?;
        moved += reconsider(act, county, &campaign, units, visits).await?;
    }
    Ok(moved)
}

/// Campaigns that follow the roster.
pub(crate) async fn open_campaigns(tx: &mut Tx, county: CountyCode) -> Result<Vec<Arc<Campaign>>, Problem> {
    let reference = store::reference::get(tx, county).await?;
    Ok(reference.campaigns.iter().filter(|campaign| campaign.is_open).cloned().collect())
}
