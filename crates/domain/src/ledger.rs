//! 经费和慰问品台账: what the bureau hands down to units, in money and in goods, and what became of it. Entries are
//! never changed; a wrong one is cancelled. At every moment, for each unit and thing:
//!
//! - allotted = used + signed for + given back + missing + left;
//! - drawn in cash = signed for from it + handed back + in hand;
//! - bought = in stock + allotted − given back (goods).
//!
//! Used are the visits that a unit paid from 县级下拨: they come from the visits themselves, never from here.
//!
//! Source: N19 (funds allotted to townships), N18; auditors' findings on goods without a signature.

use crate::ids::UnitId;
use crate::person::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What an entry says.
    EntryKind {
        /// Goods bought by the county.
        Buy = "buy", "购入";
        /// Handed down to a unit.
        Allot = "allot", "下拨";
        /// Given back to the county.
        GiveBack = "give_back", "退回";
        /// Signed for on a list, without a visit's record of its own.
        Sign = "sign", "签领";
        /// Missing, with the reason.
        Lose = "lose", "缺失";
        /// Cash drawn by somebody for a round of visits.
        Draw = "draw", "领出现金";
        /// Cash of a draw, signed for at visits (their records count as use).
        CashSigned = "cash_signed", "现金签领";
        /// Cash of a draw handed back.
        HandBack = "hand_back", "交回现金";
    }
}

impl EntryKind {
    /// Whether it belongs to an earlier draw.
    #[must_use]
    pub const fn is_of_draw(self) -> bool {
        matches!(self, Self::CashSigned | Self::HandBack)
    }

    /// Whether only the county writes it.
    #[must_use]
    pub const fn is_countys(self) -> bool {
        matches!(self, Self::Buy | Self::Allot)
    }
}

/// Money in fen, or pieces of a thing by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// Money.
    Money,
    /// Goods, by name.
    Goods(String),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose; of a purchase whoever bought.
    pub unit: UnitId,
    /// Of what.
    pub thing: Thing,
    /// What it says.
    pub kind: EntryKind,
    /// Fen or pieces, above zero.
    pub quantity: i64,
    /// The draw it belongs to.
    pub draw: Option<String>,
    /// Identity, for draws.
    pub id: String,
}

/// How a unit stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Handed down.
    pub allotted: i64,
    /// Visits paid from it (money only).
    pub used: i64,
    /// Signed for on lists.
    pub signed: i64,
    /// Given back.
    pub given_back: i64,
    /// Missing.
    pub missing: i64,
    /// Cash drawn.
    pub drawn: i64,
    /// Of it signed for.
    pub cash_signed: i64,
    /// Of it handed back.
    pub handed_back: i64,
}

impl Standing {
    /// What is left and not out as cash.
    #[must_use]
    pub const fn free(&self) -> i64 {
        let in_hand = self.in_hand();
        self.left() - if in_hand > 0 { in_hand } else { 0 }
    }

    /// Whether anything but visits has taken from it.
    const fn is_drawn_on(&self) -> bool {
        self.signed + self.given_back + self.missing + self.drawn > 0
    }

    /// What is left; below zero it was overspent.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.allotted - self.used - self.signed - self.given_back - self.missing
    }

    /// Cash that somebody still has.
    #[must_use]
    pub const fn in_hand(&self) -> i64 {
        self.drawn - self.cash_signed - self.handed_back
    }
}

/// How the county stands with one kind of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stock {
    /// Bought.
    pub bought: i64,
    /// Handed down to units.
    pub allotted: i64,
    /// Given back by them.
    pub given_back: i64,
}

impl Stock {
    /// What the county has.
    #[must_use]
    pub const fn in_stock(&self) -> i64 {
        self.bought - self.allotted + self.given_back
    }
}

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Nothing, or less.
    #[error("数量应大于零")]
    Quantity,
    /// Cash is money.
    #[error("领出、签领、交回现金只用于慰问金")]
    NotMoney,
    /// Money is not bought.
    #[error("慰问金没有购入，请登记下拨")]
    NotGoods,
    /// More than the county has.
    #[error("库存只有 {0}，不够下拨")]
    Stock(i64),
    /// More than is left.
    #[error("只剩 {left}，不够{}", .kind.label())]
    Left {
        /// What is left.
        left: i64,
        /// For what.
        kind: EntryKind,
    },
    /// More than is in hand.
    #[error("这一笔现金手上只有 {left}，不够{}", .kind.label())]
    InHand {
        /// What is in hand.
        left: i64,
        /// For what.
        kind: EntryKind,
    },
    /// The draw is not there.
    #[error("没有这一笔领出的现金")]
    NoDraw,
    /// Something hangs on it.
    #[error("后面已有依据它的登记，请先撤销后面的")]
    Needed,
}

/// All entries of a campaign, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By unit and thing.
    pub units: BTreeMap<(UnitId, Thing), Standing>,
    /// By thing.
    pub stock: BTreeMap<Thing, Stock>,
    /// Cash in hand by draw.
    pub draws: BTreeMap<String, i64>,
}

impl Ledger {
    /// A ledger that knows what visits used: money of 县级下拨 by unit.
    #[must_use]
    pub fn of_use(used: &[(UnitId, i64)]) -> Self {
        let mut ledger = Self::default();
        for (unit, fen) in used {
            ledger.units.entry((*unit, Thing::Money)).or_default().used += fen;
        }
        ledger
    }

    /// Adds an entry that was kept.
    pub fn add(&mut self, entry: &Entry) {
        self.count(entry, entry.quantity);
    }

    fn count(&mut self, entry: &Entry, quantity: i64) {
        let standing = self.units.entry((entry.unit, entry.thing.clone())).or_default();
        let stock = self.stock.entry(entry.thing.clone()).or_default();
        match entry.kind {
            EntryKind::Buy => stock.bought += quantity,
            EntryKind::Allot => {
                standing.allotted += quantity;
                stock.allotted += quantity;
            }
            EntryKind::GiveBack => {
                standing.given_back += quantity;
                stock.given_back += quantity;
            }
            EntryKind::Sign => standing.signed += quantity,
            EntryKind::Lose => standing.missing += quantity,
            EntryKind::Draw => {
                standing.drawn += quantity;
                *self.draws.entry(entry.id.clone()).or_default() += quantity;
            }
            EntryKind::CashSigned => standing.cash_signed += quantity,
            EntryKind::HandBack => standing.handed_back += quantity,
        }
        if entry.kind.is_of_draw()
            && let Some(draw) = &entry.draw
        {
            *self.draws.entry(draw.clone()).or_default() -= quantity;
        }
    }

    /// Whether an entry may be added.
    pub fn check(&self, entry: &Entry) -> Result<(), LedgerError> {
        let is_money = entry.thing == Thing::Money;
        let standing = self.units.get(&(entry.unit, entry.thing.clone())).copied().unwrap_or_default();
        let stock = self.stock.get(&entry.thing).copied().unwrap_or_default();
        let is_cash = entry.kind == EntryKind::Draw || entry.kind.is_of_draw();
        if entry.quantity <= 0 {
            return Err(LedgerError::Quantity);
        }
        if is_cash && !is_money {
            return Err(LedgerError::NotMoney);
        }
        if is_money && entry.kind == EntryKind::Buy {
            return Err(LedgerError::NotGoods);
        }
        match entry.kind {
            EntryKind::Allot if !is_money && entry.quantity > stock.in_stock() => {
                Err(LedgerError::Stock(stock.in_stock()))
            }
            EntryKind::GiveBack | EntryKind::Sign | EntryKind::Lose | EntryKind::Draw
                if entry.quantity > standing.free() =>
            {
                Err(LedgerError::Left { left: standing.free(), kind: entry.kind })
            }
            kind if kind.is_of_draw() => {
                let draw =
                    entry.draw.as_ref().and_then(|id| self.draws.get(id)).ok_or(LedgerError::NoDraw)?;
                if entry.quantity > *draw { Err(LedgerError::InHand { left: *draw, kind }) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// Whether an entry may be taken out: nothing that follows may be without ground then.
    pub fn check_without(&self, entry: &Entry) -> Result<(), LedgerError> {
        let mut after = self.clone();
        after.count(entry, -entry.quantity);
        let key = (entry.unit, entry.thing.clone());
        let standing = after.units.get(&key).copied().unwrap_or_default();
        let stock = after.stock.get(&entry.thing).copied().unwrap_or_default();
        let is_short = match entry.kind {
            EntryKind::Buy => stock.in_stock() < 0,
            // Visits alone may overspend; nothing else may be left without ground.
            EntryKind::Allot | EntryKind::CashSigned | EntryKind::HandBack => {
                standing.is_drawn_on() && standing.free() < 0
            }
            EntryKind::GiveBack => entry.thing != Thing::Money && stock.in_stock() < 0,
            EntryKind::Draw => self.draws.get(&entry.id).is_some_and(|rest| *rest != entry.quantity),
            _ => false,
        };
        if is_short { Err(LedgerError::Needed) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn entry(kind: EntryKind, thing: &Thing, quantity: i64, id: &str, draw: Option<&str>) -> Entry {
        let unit = UnitId(Uuid::from_u128(7));
        Entry { unit, thing: thing.clone(), kind, quantity, draw: draw.map(str::to_owned), id: id.to_owned() }
    }

    #[test]
    fn money_goes_down_is_used_and_comes_back() {
        let unit = UnitId(Uuid::from_u128(7));
        let mut ledger = Ledger::of_use(&[(unit, 30_000)]);
        let money = Thing::Money;
        ledger.add(&entry(EntryKind::Allot, &money, 100_000, "a", None));
        for (refused, why) in [
            (
                entry(EntryKind::GiveBack, &money, 70_001, "x", None),
                LedgerError::Left { left: 70_000, kind: EntryKind::GiveBack },
            ),
            (entry(EntryKind::Sign, &money, 0, "x", None), LedgerError::Quantity),
            (entry(EntryKind::Buy, &money, 1, "x", None), LedgerError::NotGoods),
            (entry(EntryKind::HandBack, &money, 1, "x", Some("no")), LedgerError::NoDraw),
            (entry(EntryKind::Draw, &Thing::Goods("米".into()), 1, "x", None), LedgerError::NotMoney),
        ] {
            assert_eq!(ledger.check(&refused), Err(why));
        }
        ledger.add(&entry(EntryKind::Draw, &money, 50_000, "d", None));
        assert_eq!(
            ledger.check(&entry(EntryKind::GiveBack, &money, 20_001, "x", None)),
            Err(LedgerError::Left { left: 20_000, kind: EntryKind::GiveBack }),
            "what is out as cash cannot be given back"
        );
        assert_eq!(
            ledger.check(&entry(EntryKind::HandBack, &money, 50_001, "x", Some("d"))),
            Err(LedgerError::InHand { left: 50_000, kind: EntryKind::HandBack })
        );
        ledger.add(&entry(EntryKind::CashSigned, &money, 30_000, "s", Some("d")));
        ledger.add(&entry(EntryKind::HandBack, &money, 20_000, "h", Some("d")));
        let standing = ledger.units[&(unit, Thing::Money)];
        assert_eq!((standing.left(), standing.in_hand(), ledger.draws["d"]), (70_000, 0, 0));
        assert_eq!(
            ledger.check_without(&entry(EntryKind::Draw, &money, 50_000, "d", None)),
            Err(LedgerError::Needed)
        );
    }

    #[test]
    fn goods_are_bought_before_they_go_down() {
        let rice = Thing::Goods("大米".to_owned());
        let mut ledger = Ledger::default();
        assert_eq!(ledger.check(&entry(EntryKind::Allot, &rice, 1, "x", None)), Err(LedgerError::Stock(0)));
        ledger.add(&entry(EntryKind::Buy, &rice, 100, "b", None));
        ledger.add(&entry(EntryKind::Allot, &rice, 60, "a", None));
        ledger.add(&entry(EntryKind::Sign, &rice, 40, "s", None));
        ledger.add(&entry(EntryKind::GiveBack, &rice, 15, "g", None));
        ledger.add(&entry(EntryKind::Lose, &rice, 5, "l", None));
        let standing = ledger.units[&(UnitId(Uuid::from_u128(7)), rice.clone())];
        assert_eq!((standing.left(), ledger.stock[&rice].in_stock()), (0, 55));
        assert_eq!(
            ledger.check_without(&entry(EntryKind::Buy, &rice, 100, "b", None)),
            Err(LedgerError::Needed)
        );
        assert_eq!(
            ledger.check_without(&entry(EntryKind::Allot, &rice, 60, "a", None)),
            Err(LedgerError::Needed)
        );
        assert_eq!(ledger.check_without(&entry(EntryKind::Lose, &rice, 5, "l", None)), Ok(()));
    }

    proptest! {
        /// Whatever is asked in whatever order: nothing is ever below zero but what visits overspent.
        #[test]
        fn no_history_makes_something_of_nothing(acts in prop::collection::vec((0_usize..10, 0_u128..3, 0_usize..2, 1_i64..200), 0..80)) {
            let mut ledger = Ledger::default();
            let mut kept: Vec<Entry> = Vec::new();
            for (place, (act, unit, thing, quantity)) in acts.into_iter().enumerate() {
                let unit = UnitId(Uuid::from_u128(unit));
                if let Some(kind) = EntryKind::ALL.get(act).copied() {
                    let thing = if thing == 0 { Thing::Money } else { Thing::Goods("油".to_owned()) };
                    let draw = kept.iter().rev().find(|it| it.kind == EntryKind::Draw && it.unit == unit).map(|it| it.id.clone());
                    let entry = Entry { unit, thing, kind, quantity, draw: draw.filter(|_| kind.is_of_draw()), id: place.to_string() };
                    if ledger.check(&entry).is_ok() {
                        ledger.add(&entry);
                        kept.push(entry);
                    }
                } else if !kept.is_empty() {
                    // An entry is cancelled, as it is done: the rest is folded anew.
                    let at = usize::try_from(quantity).unwrap() % kept.len();
                    if ledger.check_without(&kept[at]).is_ok() {
                        kept.remove(at);
                        ledger = Ledger::default();
                        for entry in &kept {
                            ledger.add(entry);
                        }
                    }
                }
                for standing in ledger.units.values() {
                    prop_assert!(standing.free() >= 0 && standing.in_hand() >= 0, "{:?}", standing);
                    prop_assert_eq!(standing.drawn, standing.cash_signed + standing.handed_back + standing.in_hand());
                    prop_assert_eq!(standing.allotted, standing.used + standing.signed + standing.given_back + standing.missing + standing.left());
                }
                for (thing, stock) in &ledger.stock {
                    prop_assert!(*thing == Thing::Money || stock.in_stock() >= 0);
                }
            }
        }
    }
}
