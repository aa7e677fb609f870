//! What a unit may learn from recording a visit: of a person whom another unit keeps it learns nothing, neither name
//! nor status, whatever number it tries (design rule 5). The visit itself is recorded and counts.

use super::lookup::Lookup;
use super::record::Context;
use domain::authority::Scope;
use domain::finding::{RowFinding, Severity};
use domain::unit::UnitTree;
use domain::visit::{Known, Resolved, ResolvedObject, Roster, VisitColumn, VisitRow};

/// Remarks that tell something of the person on the roster.
const TELLING: &[&str] = &["visit.after_death", "visit.to_dead", "visit.to_moved", "visit.grade_unknown"];

/// Whether the caller keeps this person too.
pub(super) fn is_own(scope: &Scope, units: &UnitTree, known: &Known) -> bool {
    scope.covers_person(units, known.township_id, known.village_id)
}

/// A row of a unit that is not the caller's: the same words whether the unit exists or not.
pub(super) fn foreign(row: &VisitRow) -> RowFinding {
    RowFinding {
        sheet: row.sheet,
        row: row.row,
        column: Some(VisitColumn::Unit.title()),
        severity: Severity::Refused,
        code: "visit.foreign",
        message: "走访单位不在本账号的范围内，本行没有登记；请由该单位登记，或联系县双拥办".to_owned(),
    }
}

/// Takes what a row's findings tell of other units' persons out of them.
pub(super) fn draw(
    context: Context<'_>,
    lookup: &Lookup,
    row: &VisitRow,
    resolved: Option<&Resolved<'_>>,
    findings: &mut Vec<RowFinding>,
    from: usize,
) {
    let Context { scope, units, .. } = context;
    if *scope == Scope::County {
        return;
    }
    let meant = match resolved.map(|it| &it.object) {
        Some(ResolvedObject::Person(known)) => Some(*known),
        _ => row.citizen.and_then(|number| lookup.by_number(&number)),
    };
    let is_foreign = meant.is_some_and(|known| !is_own(scope, units, known));
    let township = units.township_of(row.unit).map(|it| it.id);
    let keeps_township = township.is_some_and(|it| scope.covers(units, it));
    let mut fresh = findings.split_off(from);
    fresh.retain(|finding| !(is_foreign && TELLING.contains(&finding.code)));
    for finding in &mut fresh {
        if finding.code == "visit.name_differs" && is_foreign {
            "公民身份号码与所填姓名不一致，请核对号码和姓名".clone_into(&mut finding.message);
        }
        let counts_others = finding.code == "visit.name_elsewhere"
            || (finding.code == "visit.name_ambiguous" && !keeps_township);
        if counts_others {
            finding.message = format!("“{}”未能确定是谁，已列为待确认对象，请补填公民身份号码", row.name);
        }
    }
    findings.append(&mut fresh);
}
