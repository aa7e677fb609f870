//! A scope as a list of units, for filters.

use domain::authority::Scope;
use domain::ids::UnitId;
use domain::unit::UnitTree;

/// Every unit of a scope, ended ones too; `None` for the whole county.
pub(crate) fn units_of(scope: &Scope, units: &UnitTree) -> Option<Vec<UnitId>> {
    if *scope == Scope::County {
        return None;
    }
    Some(units.all().iter().map(|unit| unit.id).filter(|id| scope.covers(units, *id)).collect())
}

/// A unit of a scope with the units of the scope below it.
pub(crate) fn units_below(scope: &Scope, units: &UnitTree, top: UnitId) -> Vec<UnitId> {
    let below = |id: &UnitId| units.scopes(*id).contains(&top) && scope.covers(units, *id);
    units.all().iter().map(|unit| unit.id).filter(below).collect()
}
