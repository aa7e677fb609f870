//! 大屏: what the county has come to, for the leaders' room. Sums and counts only, nobody's name; from cells and from
//! counts that are kept until the county's next act.

use crate::authority::unit_in;
use crate::supervision::Facts;
use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::calendar::Lamp;
use domain::money::Fen;
use domain::region::CountyCode;
use domain::statistics::MoneyBySource;
use domain::submission::Standing;
use domain::supervision::Share;
use domain::unit::Unit;
use domain::visit::Method;
use jiff::civil::Date;
use serde::Serialize;
use store::visit::OfDay;

/// Days of which the board shows visits, today with them.
const DAYS: i64 = 30;

/// A township on the schematic map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Township {
    /// Code and the name people say.
    pub unit: (String, String),
    /// The lamp of its table.
    pub lamp: Lamp,
    /// The lamp in words.
    pub words: String,
    /// Where its table stands.
    pub standing: Standing,
    /// Key persons visited.
    pub key: Option<Share>,
    /// Records.
    pub visits: i64,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Board {
    /// The campaign's code and name.
    pub campaign: (String, String),
    /// The county.
    pub county: String,
    /// Today.
    pub today: Date,
    /// Last day for the table.
    pub deadline: Date,
    /// Working days left, negative when it has passed.
    pub days: i64,
    /// The lamp of the deadline.
    pub lamp: Lamp,
    /// The deadline in words.
    pub words: String,
    /// Tables that lie with the county, of those that must.
    pub submitted: Share,
    /// Tables that it accepted.
    pub accepted: i64,
    /// Key persons visited.
    pub key: Option<Share>,
    /// All persons reached.
    pub universal: Option<Share>,
    /// Records.
    pub visits: i64,
    /// 人次.
    pub person_times: i64,
    /// 慰问金 by source, fen.
    pub money: MoneyBySource,
    /// 慰问品折款, fen.
    pub goods_fen: Fen,
    /// Visits of each of the last thirty days, today with them, the first day first; days without any are there.
    pub by_day: Vec<(Date, i64)>,
    /// Visits of the whole campaign by method, in the notice's order.
    pub by_method: Vec<(Method, i64)>,
    /// Townships, by code.
    pub townships: Vec<Township>,
}

/// The board of a campaign, for whoever reads the county's figures.
pub async fn of(app: &App, caller: &Caller, county: CountyCode, campaign: &str) -> Result<Board, Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let mut tx = app.db.read().await?;
    let facts = Facts::read(app, &mut tx, county, campaign).await?;
    let root = facts.units.root();
    // The figures of the whole county are not those of a unit: whoever reads one unit finds no county here.
    unit_in(&facts.units, &scope, Some(&root.code))?;
    let days = store::visit::by_day(&mut tx, county, facts.campaign.id).await?;
    let sums = facts.sums.get(&root.id).copied().unwrap_or_default();
    let remaining = facts.calendar.remaining(facts.today, facts.campaign.deadline, &[]);
    let (submitted, accepted) = facts.submitted();
    let township = |unit: &Unit| {
        let (_, lamp, words) = facts.look(unit.id);
        Township {
            unit: (unit.code.clone(), unit.short_name.clone()),
            lamp,
            words,
            standing: facts.standing(unit.id).0,
            key: facts.key(Some(unit.id)),
            visits: facts.sums.get(&unit.id).map_or(0, |it| it.visits),
        }
    };
    Ok(Board {
        campaign: (
            facts.campaign.code.clone(),
            format!("{}年{}", facts.campaign.year, facts.campaign.template.name),
        ),
        county: root.name.clone(),
        today: facts.today,
        deadline: facts.campaign.deadline,
        days: remaining.days(),
        lamp: remaining.lamp(),
        words: remaining.to_string(),
        submitted,
        accepted,
        key: facts.key(None),
        universal: facts.universal(None),
        visits: sums.visits,
        person_times: sums.person_times,
        money: sums.money,
        goods_fen: sums.goods_fen,
        by_day: by_day(&days, facts.today),
        by_method: by_method(&days),
        townships: facts.townships().into_iter().map(township).collect(),
    })
}

fn by_day(days: &[OfDay], today: Date) -> Vec<(Date, i64)> {
    let first = today.saturating_sub(jiff::Span::new().days(DAYS - 1));
    let all = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= today);
    all.map(|day| (day, days.iter().filter(|it| it.day == day).map(|it| it.visits).sum())).collect()
}

fn by_method(days: &[OfDay]) -> Vec<(Method, i64)> {
    let of = |method: Method| days.iter().filter(|it| it.method == method).map(|it| it.visits).sum();
    Method::ALL.iter().map(|method| (*method, of(*method))).collect()
}
