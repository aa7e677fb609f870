//! 督查: leaders' quotas, the ranking of townships with what makes it, and progress by township for charts. All of it
//! comes from cells and counts; no list of persons is read.

mod export;

pub use export::export;

use crate::coverage::{sum, tallies};
use crate::submission::{look, of_units};
use crate::{App, Caller, Problem};
use domain::authority::{Permission, Scope};
use domain::calendar::{Calendar, Lamp};
use domain::campaign::{Campaign, ObligationKind};
use domain::ids::UnitId;
use domain::money::Fen;
use domain::region::CountyCode;
use domain::statistics::MoneyBySource;
use domain::submission::Standing;
use domain::supervision::{Figures, Score, Share, ranks, score};
use domain::unit::{Unit, UnitKind, UnitTree};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use store::Tx;
use store::cell::ScopeSums;
use store::coverage::Tally;
use store::submission::Submission;

/// What is known of a campaign's townships, read once: five statements and two counts.
pub(crate) struct Facts {
    pub(crate) units: Arc<UnitTree>,
    pub(crate) campaign: Arc<Campaign>,
    pub(crate) calendar: Calendar,
    pub(crate) today: jiff::civil::Date,
    pub(crate) sums: HashMap<UnitId, ScopeSums>,
    key: Option<Arc<Vec<Tally>>>,
    universal: Option<Arc<Vec<Tally>>>,
    last: HashMap<UnitId, Option<Submission>>,
}

impl Facts {
    pub(crate) async fn read(
        app: &App,
        tx: &mut Tx,
        county: CountyCode,
        campaign: &str,
    ) -> Result<Self, Problem> {
        let facts = Self::of_units_alone(app, tx, county, campaign).await?;
        let (root, campaign) = (facts.units.root().id, Arc::clone(&facts.campaign));
        Ok(Self {
            key: tallies(tx, county, &campaign, root, ObligationKind::KeyPersonVisit).await?,
            universal: tallies(tx, county, &campaign, root, ObligationKind::UniversalVisit).await?,
            ..facts
        })
    }

    /// The same without counting persons.
    async fn of_units_alone(
        app: &App,
        tx: &mut Tx,
        county: CountyCode,
        campaign: &str,
    ) -> Result<Self, Problem> {
        let units = crate::unit::tree_in(tx, county).await?;
        let campaign = crate::campaign::find(tx, county, campaign).await?;
        let calendar = crate::calendar::in_county(tx, county).await?;
        let last = of_units(tx, county, &campaign, &units, &Scope::County).await?;
        let last = last.into_iter().map(|(unit, last)| (unit.id, last)).collect();
        Ok(Self {
            calendar,
            today: app.today(),
            sums: store::cell::by_scope(tx, county, campaign.id).await?,
            key: None,
            universal: None,
            last,
            units,
            campaign,
        })
    }

    /// Townships in force that got the campaign, by code.
    pub(crate) fn townships(&self) -> Vec<&Unit> {
        let children = self.units.children(self.units.root().id);
        let issued = |it: &&Unit| it.kind == UnitKind::Township && self.last.contains_key(&it.id);
        children.into_iter().filter(issued).collect()
    }

    /// Key persons of a township or village; of the county when none is named.
    pub(crate) fn key(&self, unit: Option<UnitId>) -> Option<Share> {
        share(self.key.as_ref(), unit)
    }

    /// All persons of a township or village; of the county when none is named.
    pub(crate) fn universal(&self, unit: Option<UnitId>) -> Option<Share> {
        share(self.universal.as_ref(), unit)
    }

    /// Household visits led in a township, of those the campaign asks for.
    fn led(&self, unit: UnitId, kind: ObligationKind) -> Option<Share> {
        let obligation = self.campaign.template.obligations.iter().find(|it| it.kind == kind)?;
        let sums = self.sums.get(&unit).copied().unwrap_or_default();
        let done = if kind == ObligationKind::PrincipalLeaderVisit { sums.principal } else { sums.deputy };
        Some(Share { done, required: i64::from(obligation.at_least) })
    }

    /// Standing and lateness of a unit's table.
    pub(crate) fn standing(&self, unit: UnitId) -> (Standing, i64) {
        let last = self.last.get(&unit).and_then(Option::as_ref);
        (Standing::of(last.map(|it| it.state)), last.map_or(0, |it| it.late_days))
    }

    /// Days, lamp and words of a unit's table.
    pub(crate) fn look(&self, unit: UnitId) -> (i64, Lamp, String) {
        let (standing, late_days) = self.standing(unit);
        let remaining = self.calendar.remaining(self.today, self.campaign.deadline, &[]);
        look(standing, late_days, remaining)
    }

    /// How many units must submit, and how many tables lie with the county, and how many of these it accepted.
    pub(crate) fn submitted(&self) -> (Share, i64) {
        let (mut share, mut accepted) = (Share::default(), 0);
        for unit in self.last.keys() {
            let (standing, _) = self.standing(*unit);
            share.required += 1;
            share.done += i64::from(!standing.is_open());
            accepted += i64::from(standing == Standing::Accepted);
        }
        (share, accepted)
    }

    fn figures(&self, unit: UnitId) -> Figures {
        let (standing, late_days) = self.standing(unit);
        Figures {
            standing,
            late_days,
            key: self.key(Some(unit)),
            universal: self.universal(Some(unit)),
            principal: self.led(unit, ObligationKind::PrincipalLeaderVisit),
            deputy: self.led(unit, ObligationKind::DeputyLeaderVisit),
        }
    }
}

fn share(tallies: Option<&Arc<Vec<Tally>>>, unit: Option<UnitId>) -> Option<Share> {
    let fits = |it: &&Tally| unit.is_none_or(|unit| it.township == unit || it.village == Some(unit));
    tallies.map(|all| sum(all.iter().filter(fits)).0)
}

/// The household visits that the leaders of a township led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quota {
    /// Code and name.
    pub unit: (String, String),
    /// Led by the principal leader, of those asked for; `None` when the campaign asks for none.
    pub principal: Option<Share>,
    /// Led by the leader in charge.
    pub deputy: Option<Share>,
    /// Whether all that is asked for is done.
    pub is_met: bool,
}

/// Leaders' quotas of the townships that the caller reaches, by code.
pub async fn leaders(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
) -> Result<Vec<Quota>, Problem> {
    let scope = app.permit(caller, Permission::CoverageRead, county).await?;
    let mut tx = app.db.read().await?;
    let facts = Facts::of_units_alone(app, &mut tx, county, campaign).await?;
    let quota = |unit: &Unit| {
        let principal = facts.led(unit.id, ObligationKind::PrincipalLeaderVisit);
        let deputy = facts.led(unit.id, ObligationKind::DeputyLeaderVisit);
        let is_met = [principal, deputy].into_iter().flatten().all(|it| it.done >= it.required);
        Quota { unit: (unit.code.clone(), unit.name.clone()), principal, deputy, is_met }
    };
    let ours = |unit: &&Unit| scope.covers(&facts.units, unit.id);
    Ok(facts.townships().into_iter().filter(ours).map(quota).collect())
}

/// A township in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// 1 is first; equal points share a rank.
    pub rank: usize,
    /// Code and name.
    pub unit: (String, String),
    /// Its points and what makes them.
    pub score: Score,
}

/// The ranking of all townships, as far as the caller reaches: the first one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ranking {
    /// The campaign's code.
    pub campaign: String,
    /// Among how many townships.
    pub among: usize,
    /// The townships that the caller reaches.
    pub townships: Vec<Ranked>,
}

/// Ranks all townships; a caller who reaches some of them learns their place among all.
pub async fn ranking(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
) -> Result<Ranking, Problem> {
    let scope = app.permit(caller, Permission::CoverageRead, county).await?;
    let mut tx = app.db.read().await?;
    let facts = Facts::read(app, &mut tx, county, campaign).await?;
    let all: Vec<(&Unit, Score)> =
        facts.townships().into_iter().map(|unit| (unit, score(&facts.figures(unit.id)))).collect();
    let points: Vec<i64> = all.iter().map(|(_, score)| score.points).collect();
    let mut townships: Vec<Ranked> = all
        .iter()
        .zip(ranks(&points))
        .filter(|((unit, _), _)| scope.covers(&facts.units, unit.id))
        .map(|((unit, score), rank)| Ranked {
            rank,
            unit: (unit.code.clone(), unit.name.clone()),
            score: score.clone(),
        })
        .collect();
    townships.sort_by(|a, b| (a.rank, &a.unit).cmp(&(b.rank, &b.unit)));
    Ok(Ranking { campaign: facts.campaign.code.clone(), among: all.len(), townships })
}

/// What one township, or the whole, has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Code and name.
    pub unit: (String, String),
    /// Key persons visited; `None` when the caller may not know, or the campaign has no such obligation.
    pub key: Option<Share>,
    /// All persons reached; likewise.
    pub universal: Option<Share>,
    /// Records.
    pub visits: i64,
    /// 人次.
    pub person_times: i64,
    /// 慰问金 by source, fen.
    pub money: MoneyBySource,
    /// 慰问品折款, fen.
    pub goods_fen: Fen,
    /// Where its table stands; `None` for the whole.
    pub standing: Option<Standing>,
    /// The lamp of its table.
    pub lamp: Lamp,
    /// The lamp in words.
    pub words: String,
}

/// Progress of the townships that the caller reaches, and of the county when the caller reaches all of it.
pub async fn progress(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
) -> Result<(Option<Progress>, Vec<Progress>), Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let may_know = caller.permit(Permission::CoverageRead, county).ok();
    let mut tx = app.db.read().await?;
    let facts = Facts::read(app, &mut tx, county, campaign).await?;
    let knows = |unit: UnitId| may_know.as_ref().is_some_and(|it| it.covers(&facts.units, unit));
    let one = |unit: &Unit| {
        let sums = facts.sums.get(&unit.id).copied().unwrap_or_default();
        let is_whole = unit.kind == UnitKind::County;
        let of = (!is_whole).then_some(unit.id);
        let (_, lamp, words) = facts.look(unit.id);
        Progress {
            unit: (unit.code.clone(), unit.name.clone()),
            key: facts.key(of).filter(|_| knows(unit.id)),
            universal: facts.universal(of).filter(|_| knows(unit.id)),
            visits: sums.visits,
            person_times: sums.person_times,
            money: sums.money,
            goods_fen: sums.goods_fen,
            standing: (!is_whole).then(|| facts.standing(unit.id).0),
            lamp,
            words,
        }
    };
    let ours = |unit: &&Unit| scope.covers(&facts.units, unit.id);
    let whole = (scope == Scope::County).then(|| one(facts.units.root()));
    Ok((whole, facts.townships().into_iter().filter(ours).map(one).collect()))
}
