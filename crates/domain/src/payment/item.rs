//! One payment item of a campaign: whom it pays and how much. Rules are data of the template, with examples that the
//! template itself proves.

use super::{Check, Weight};
use crate::money::Fen;
use crate::person::{Identity, PersonClass, PersonStatus, words};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What a payment item is.
    ItemKind {
        /// Sympathy money.
        Gift = "gift", "慰问金";
        /// Goods paid in money.
        Goods = "goods", "慰问品折款";
        /// Help once, in a hardship.
        Help = "help", "一次性补助";
    }
}

/// One payment item of the campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Stable key.
    pub key: String,
    /// Label for people.
    pub label: String,
    /// What it is.
    #[serde(default = "gift")]
    pub kind: ItemKind,
    /// Amount per person in fen.
    pub amount_fen: Fen,
    /// Whether only receivers of periodic allowances are paid (N18).
    #[serde(default)]
    pub periodic_allowance: bool,
    /// Only these classes; all when empty.
    #[serde(default)]
    pub classes: Vec<PersonClass>,
    /// Other amounts for some persons; the first that fits, else `amount_fen`.
    #[serde(rename = "amount", default, skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<ClassAmount>,
    /// 基准日 as month-day: whose status on that day counts. The first day of the campaign when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_date: Option<String>,
    /// What one person may get at most, fen; 0 is no limit.
    #[serde(default)]
    pub cap_fen: Fen,
    /// What the item may cost together, fen; 0 is no limit.
    #[serde(default)]
    pub budget_fen: Fen,
    /// 摘要 that the bank prints into the passbook; the label when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Checks that weigh otherwise here than usually.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<Check, Weight>,
    /// Persons and what they get, by which the reader of templates tries the rule.
    #[serde(rename = "example", default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

fn gift() -> ItemKind {
    ItemKind::Gift
}

/// Another amount for those who fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassAmount {
    /// Any of these classes.
    pub classes: Vec<PersonClass>,
    /// Lowest and highest disability grade.
    #[serde(default)]
    pub grades: Option<(u8, u8)>,
    /// How much, fen.
    pub amount_fen: Fen,
}

/// A person and what the rule must say of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Classes of the person; with `grade` for disabled ones.
    pub classes: Vec<PersonClass>,
    /// Disability grade of all these classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<u8>,
    /// Whether a periodic allowance is received.
    #[serde(default)]
    pub allowance: bool,
    /// Status on the roster.
    #[serde(default = "normal")]
    pub status: PersonStatus,
    /// What the person gets, fen; 0 when refused.
    pub expect_fen: Fen,
}

fn normal() -> PersonStatus {
    PersonStatus::Normal
}

words! {
    /// Why a person gets no line.
    Refusal {
        /// No periodic allowance.
        NoAllowance = "no_allowance", "不享受定期抚恤补助";
        /// None of the paid classes.
        Class = "class", "类别不在发放范围";
        /// Dead.
        Dead = "dead", "已死亡";
        /// Dead after the base date: what the heirs get is another payment.
        DeadAfterBase = "dead_after_base", "基准日后死亡";
        /// Moved away.
        Moved = "moved", "已迁出";
        /// Suspended.
        Suspended = "suspended", "待遇暂停";
        /// Stopped.
        Stopped = "stopped", "待遇停发";
        /// The record is empty.
        Erased = "erased", "个人信息已删除";
        /// There is a live line for the same number.
        Claimed = "claimed", "本活动本项目已在发放";
        /// A payment came back and waits to be paid again from its line.
        Returned = "returned", "有退票待补发，请从退票补发";
        /// The rule gives nothing.
        Nothing = "nothing", "规则金额为零";
    }
}

impl ClassAmount {
    fn fits(&self, identity: &Identity) -> bool {
        let in_grades = |(low, high): (u8, u8)| identity.grade.is_some_and(|it| (low..=high).contains(&it));
        self.classes.contains(&identity.class) && self.grades.is_none_or(in_grades)
    }
}

impl Refusal {
    /// Whether the person is simply not meant: counted, but not listed by name.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::NoAllowance | Self::Class | Self::Erased | Self::Nothing)
    }
}

/// What the rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// Classes with grade.
    pub identities: &'a [Identity],
    /// Whether a periodic allowance is received.
    pub allowance: bool,
    /// Status on the roster.
    pub status: PersonStatus,
    /// Since when.
    pub stopped_on: Option<Date>,
}

/// What the rule says of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entitled {
    /// They are paid.
    Line {
        /// How much, fen.
        amount_fen: Fen,
        /// By which class.
        class: PersonClass,
    },
    /// They are not.
    Refused(Refusal),
}

impl Payment {
    /// The base date in a campaign that begins on this day.
    #[must_use]
    pub fn base(&self, begins: Date) -> Date {
        let of_year = |text: &String| format!("{:04}-{text}", begins.year()).parse().ok();
        self.base_date.as_ref().and_then(of_year).unwrap_or(begins)
    }

    /// 摘要.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.summary.as_deref().unwrap_or(&self.label)
    }

    /// How a check weighs for this item.
    #[must_use]
    pub fn weight(&self, check: Check) -> Weight {
        self.checks.get(&check).copied().unwrap_or(check.usual())
    }

    /// What the rule says of a person on the base date. Whoever died is never paid, whenever that was.
    #[must_use]
    pub fn entitle(&self, person: Recipient<'_>, base: Date) -> Entitled {
        if let Some(refusal) = self.refused(person, base) {
            return Entitled::Refused(refusal);
        }
        let Some((amount_fen, class)) = self.amount(person.identities) else {
            return Entitled::Refused(Refusal::Class);
        };
        if amount_fen <= Fen::ZERO {
            return Entitled::Refused(Refusal::Nothing);
        }
        Entitled::Line { amount_fen, class }
    }

    fn refused(&self, person: Recipient<'_>, base: Date) -> Option<Refusal> {
        if person.status == PersonStatus::Erased {
            return Some(Refusal::Erased);
        }
        if self.periodic_allowance && !person.allowance {
            return Some(Refusal::NoAllowance);
        }
        if self.amount(person.identities).is_none() {
            return Some(Refusal::Class);
        }
        let is_after_base = person.stopped_on.is_some_and(|day| day > base);
        let refusal = match person.status {
            PersonStatus::Dead if is_after_base => Refusal::DeadAfterBase,
            PersonStatus::Dead => Refusal::Dead,
            _ if is_after_base => return None,
            PersonStatus::Moved => Refusal::Moved,
            PersonStatus::Suspended => Refusal::Suspended,
            PersonStatus::Stopped => Refusal::Stopped,
            _ => return None,
        };
        Some(refusal)
    }

    /// Amount and deciding class; `None` when no identity is paid.
    fn amount(&self, identities: &[Identity]) -> Option<(Fen, PersonClass)> {
        let is_paid = |class: &PersonClass| self.classes.is_empty() || self.classes.contains(class);
        let mut paid: Vec<&Identity> = identities.iter().filter(|it| is_paid(&it.class)).collect();
        paid.sort_unstable();
        let special = self.amounts.iter().find_map(|amount| {
            let one = paid.iter().find(|it| amount.fits(it))?;
            Some((amount.amount_fen, one.class))
        });
        special.or_else(|| paid.first().map(|it| (self.amount_fen, it.class)))
    }

    /// The first example that the rule does not fulfil, by its place from 0, with what it says instead (fen).
    #[must_use]
    pub fn broken_example(&self) -> Option<(usize, Fen)> {
        let base = Date::constant(2024, 7, 1);
        self.examples.iter().enumerate().find_map(|(place, example)| {
            let identities: Vec<Identity> = example
                .classes
                .iter()
                .map(|class| Identity {
                    class: *class,
                    grade: example.grade.filter(|_| class.has_grade()),
                    nature: None,
                })
                .collect();
            let person = Recipient {
                identities: &identities,
                allowance: example.allowance,
                status: example.status,
                stopped_on: None,
            };
            let says = match self.entitle(person, base) {
                Entitled::Line { amount_fen, .. } => amount_fen,
                Entitled::Refused(_) => Fen::ZERO,
            };
            (says != example.expect_fen).then_some((place, says))
        })
    }
}
