//! The units that a caller's grants reach for one permission.

use super::{Permission, Reach, Role, reach};
use crate::ids::UnitId;
use crate::unit::{Unit, UnitError, UnitTree};
use std::sync::Arc;

/// A role held for a unit; `None` is the whole county.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Which role.
    pub role: Role,
    /// For which unit.
    pub unit: Option<UnitId>,
}

/// A unit within a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Root {
    /// The unit.
    pub unit: UnitId,
    /// Whether the units below it belong to the scope.
    pub with_below: bool,
}

/// Which units a caller may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of the county.
    County,
    /// These, and where a root says so the units below.
    Units(Vec<Root>),
}

impl Scope {
    /// What grants together reach for a permission; `None` when no role has it.
    #[must_use]
    pub fn of(grants: &[Grant], permission: Permission) -> Option<Self> {
        let mut roots: Vec<Root> = Vec::new();
        for grant in grants {
            let with_below = match (reach(grant.role, permission), grant.unit) {
                (None, _) => continue,
                (Some(Reach::County), _) | (Some(_), None) => return Some(Self::County),
                (Some(Reach::Subtree), _) => true,
                (Some(Reach::Own), _) => false,
            };
            let Some(unit) = grant.unit else { continue };
            match roots.iter_mut().find(|root| root.unit == unit) {
                Some(root) => root.with_below |= with_below,
                None => roots.push(Root { unit, with_below }),
            }
        }
        (!roots.is_empty()).then_some(Self::Units(roots))
    }

    /// Whether a unit lies within.
    #[must_use]
    pub fn covers(&self, units: &UnitTree, unit: UnitId) -> bool {
        match self {
            Self::County => units.get(unit).is_some(),
            Self::Units(roots) => {
                let above = units.scopes(unit);
                roots.iter().any(|root| {
                    root.unit == unit
                        || (root.with_below && above.contains(&root.unit))
                        // A grant for the county's own unit reaches all of it.
                        || root.unit == units.root().id
                })
            }
        }
    }

    /// Whether a person of this township and village lies within: a township's scope takes all of its persons, a
    /// village's only those known to live there.
    #[must_use]
    pub fn covers_person(&self, units: &UnitTree, township: UnitId, village: Option<UnitId>) -> bool {
        self.covers(units, village.unwrap_or(township))
    }

    /// The unit that is meant: the named one, else the whole scope's one root. A unit outside the scope is answered
    /// like one that does not exist.
    pub fn unit<'t>(&self, units: &'t UnitTree, named: Option<&str>) -> Result<&'t Unit, UnitError> {
        match (named, self) {
            (Some(word), _) => units.find_among(word, |unit| self.covers(units, unit.id)),
            (None, Self::County) => Ok(units.root()),
            (None, Self::Units(roots)) => {
                let mut known = roots.iter().filter_map(|root| units.get(root.unit));
                match (known.next(), known.next()) {
                    (Some(only), None) => Ok(only),
                    (None, _) => Err(UnitError::Unknown(String::new())),
                    (Some(_), Some(_)) => Err(UnitError::Ambiguous {
                        text: "本账号".to_owned(),
                        candidates: roots.iter().map(|root| units.full_name(root.unit)).collect(),
                    }),
                }
            }
        }
    }

    /// The tree with only the units of this scope and those above them.
    #[must_use]
    pub fn narrow(&self, units: Arc<UnitTree>) -> Arc<UnitTree> {
        if *self == Self::County {
            return units;
        }
        Arc::new(units.only(|unit| self.covers(&units, unit.id)))
    }

    /// The unit under which what the caller makes is kept: the first root; `None` for the county.
    #[must_use]
    pub fn home(&self) -> Option<UnitId> {
        match self {
            Self::County => None,
            Self::Units(roots) => roots.first().map(|root| root.unit),
        }
    }
}
