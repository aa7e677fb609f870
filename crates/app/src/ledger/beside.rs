//! Three ways side by side: who was visited, who was paid by card, who signed for goods; the differences by name.

use crate::within::{units_below, units_of};
use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::ids::UnitId;
use domain::mask;
use domain::region::CountyCode;
use std::collections::BTreeMap;
use store::ledger::PersonFact;

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Paid by card and not visited in the campaign.
    PaidNotVisited,
    /// Visited, receives periodic allowances, and not paid.
    VisitedNotPaid,
    /// The bank gave the money back and it was not paid again.
    Returned,
    /// Goods without a signature or a photo of the list.
    GoodsUnsigned,
    /// Paid although the roster says dead, moved or stopped now.
    PaidAndGone,
}

impl Kind {
    /// All, in order.
    pub const ALL: [Self; 5] =
        [Self::PaidAndGone, Self::Returned, Self::GoodsUnsigned, Self::PaidNotVisited, Self::VisitedNotPaid];

    /// Code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PaidNotVisited => "paid_not_visited",
            Self::VisitedNotPaid => "visited_not_paid",
            Self::Returned => "returned",
            Self::GoodsUnsigned => "goods_unsigned",
            Self::PaidAndGone => "paid_and_gone",
        }
    }

    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::PaidNotVisited => "已打卡、没有走访记录",
            Self::VisitedNotPaid => "已走访、享受定期补助、没有打卡",
            Self::Returned => "退票还没有补发",
            Self::GoodsUnsigned => "慰问品没有签领表或照片",
            Self::PaidAndGone => "已打卡、现为死亡迁出停发",
        }
    }
}

/// One name that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub kind: Kind,
    /// Who, by the roster; a visit's object may be nobody there.
    pub person: Option<String>,
    /// Name, masked where it must be.
    pub name: String,
    /// Code and name of the township, village or visiting unit.
    pub unit: (String, String),
    /// Fen of what it is about; zero for none.
    pub amount_fen: i64,
}

/// The three ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// Persons visited, 人.
    pub visited: i64,
    /// Persons paid by card, 人.
    pub paid: i64,
    /// Their money, fen.
    pub paid_fen: i64,
    /// Money at visits, fen.
    pub visited_fen: i64,
    /// Worth of goods at visits, fen.
    pub goods_fen: i64,
    /// Names that do not fit, by kind.
    pub differences: Vec<Difference>,
    /// How many there are of each kind, also those beyond the list.
    pub counts: BTreeMap<Kind, usize>,
}

/// Names of each kind at most.
const MOST: usize = 1_000;

/// Holds the visits, payments and goods of a campaign against each other.
pub async fn reconcile(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (unit, full_names): (Option<&str>, bool),
) -> Result<Reconciled, Problem> {
    let scope = app.permit(caller, Permission::LedgerRead, county).await?;
    let unsigned = super::unsigned(app, caller, county, campaign, (unit, full_names)).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let found = crate::campaign::find(&mut tx, county, campaign).await?;
    let within = match unit {
        None => units_of(&scope, &units),
        Some(word) => {
            let top = crate::authority::unit_in(&units, &scope, Some(word))?;
            Some(units_below(&scope, &units, top.id))
        }
    };
    let is_in = |unit: UnitId| within.as_ref().is_none_or(|all| all.contains(&unit));
    let facts = store::ledger::facts(&mut tx, county, found.id).await?;
    let names = if full_names { caller.names(county) } else { None };
    let mut all: BTreeMap<Kind, Vec<Difference>> = BTreeMap::new();
    let (mut visited, mut paid, mut paid_fen) = (0, 0, 0);
    for fact in &facts.persons {
        let Ok(home) = fact.home.parse::<UnitId>() else { continue };
        if !is_in(home) {
            continue;
        }
        visited += i64::from(fact.visits > 0);
        paid += i64::from(fact.paid_fen > 0);
        paid_fen += fact.paid_fen;
        let shows = crate::authority::shows_name(names.as_ref(), &units, home);
        let difference = |kind, amount_fen| Difference {
            kind,
            person: Some(fact.person.clone()),
            name: if shows { fact.name.clone() } else { mask::name(&fact.name) },
            unit: units.get(home).map(|it| (it.code.clone(), units.full_name(home))).unwrap_or_default(),
            amount_fen,
        };
        for (kind, amount_fen) in misfits(fact) {
            all.entry(kind).or_default().push(difference(kind, amount_fen));
        }
    }
    for it in unsigned {
        all.entry(Kind::GoodsUnsigned).or_default().push(Difference {
            kind: Kind::GoodsUnsigned,
            person: None,
            name: it.name,
            unit: it.unit,
            amount_fen: it.goods_fen,
        });
    }
    let sums = facts.sums.iter().filter(|(unit, _, _)| unit.parse().is_ok_and(is_in));
    let (visited_fen, goods_fen) = sums.fold((0, 0), |sum, it| (sum.0 + it.1, sum.1 + it.2));
    let counts = all.iter().map(|(kind, names)| (*kind, names.len())).collect();
    let differences = Kind::ALL
        .into_iter()
        .flat_map(|kind| all.remove(&kind).unwrap_or_default().into_iter().take(MOST))
        .collect();
    Ok(Reconciled { visited, paid, paid_fen, visited_fen, goods_fen, differences, counts })
}

/// What does not fit with one person, and the fen it is about.
fn misfits(fact: &PersonFact) -> Vec<(Kind, i64)> {
    let is_paid = fact.paid_fen > 0;
    let mut all = Vec::new();
    if is_paid && fact.visits == 0 {
        all.push((Kind::PaidNotVisited, fact.paid_fen));
    }
    if !is_paid && fact.visits > 0 && fact.is_receiver && fact.returned_fen == 0 {
        all.push((Kind::VisitedNotPaid, 0));
    }
    if fact.returned_fen > 0 {
        all.push((Kind::Returned, fact.returned_fen));
    }
    if is_paid && fact.is_gone {
        all.push((Kind::PaidAndGone, fact.paid_fen));
    }
    all
}
