//! The matrix is total, keeps the three administrators apart from the county's business, and reaches what it says.

use super::*;
use crate::ids::UnitId;
use crate::unit::{Unit, UnitKind, UnitTree};
use uuid::Uuid;

#[test]
fn every_permission_has_its_row_in_order() {
    for (place, permission) in Permission::ALL.iter().enumerate() {
        assert_eq!(MATRIX[place].0, *permission);
        assert_eq!(*permission as usize, place);
    }
    for (place, role) in Role::ALL.iter().enumerate() {
        assert_eq!(*role as usize, place);
    }
}

#[test]
fn administrators_and_business_hold_nothing_of_each_other() {
    for role in Role::ALL {
        for permission in Permission::ALL {
            let holds = reach(*role, *permission).is_some();
            match permission.side() {
                Side::Business => assert!(!holds || !role.is_administrator(), "{role:?} {permission:?}"),
                Side::Administration => assert!(!holds || role.is_administrator(), "{role:?} {permission:?}"),
                Side::Common => assert!(holds, "{role:?} {permission:?}"),
                Side::Machine => assert!(!holds, "{role:?} {permission:?}"),
            }
        }
    }
    let held = |permission: &&Permission| Role::ALL.iter().any(|role| reach(*role, **permission).is_some());
    let nobody: Vec<_> = Permission::ALL.iter().filter(|it| !held(it)).collect();
    assert_eq!(nobody, [&Permission::CountyInit]);
}

#[test]
fn what_the_brief_roles_may_not() {
    for permission in [Permission::RosterRead, Permission::NameRead, Permission::PersonReveal] {
        assert_eq!(reach(Role::TroopLiaison, permission), None);
        assert_eq!(reach(Role::Viewer, permission), None);
    }
    assert_eq!(reach(Role::Viewer, Permission::StatisticsRead), Some(Reach::Subtree));
    for permission in Permission::ALL {
        let village = reach(Role::VillageStation, *permission);
        assert!(matches!(village, None | Some(Reach::Own)), "{permission:?}");
    }
}

#[test]
fn separation_compares_roles_of_one_human() {
    use Role::*;
    assert_eq!(separate(FinanceMaker, FinanceChecker), Err(Separation::Payment));
    assert_eq!(separate(FinanceApprover, FinanceMaker), Err(Separation::Payment));
    assert_eq!(separate(SystemAdministrator, AuditAdministrator), Err(Separation::Administrators));
    assert_eq!(separate(SecurityAdministrator, Viewer), Err(Separation::Administration));
    assert_eq!(separate(CountyOffice, AuditAdministrator), Err(Separation::Administration));
    assert_eq!(separate(FinanceMaker, AuditAdministrator), Err(Separation::Administration));
    assert_eq!(separate(CountyOffice, FinanceMaker), Ok(()));
    assert_eq!(separate(UnitClerk, UnitClerk), Ok(()));
    assert_eq!(separate(UnitClerk, UnitLeader), Ok(()));
}

fn unit(n: u128, kind: UnitKind, name: &str, parent: Option<u128>) -> Unit {
    Unit {
        id: UnitId(Uuid::from_u128(n)),
        code: n.to_string(),
        kind,
        name: name.to_owned(),
        short_name: name.to_owned(),
        parent_id: parent.map(|it| UnitId(Uuid::from_u128(it))),
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    }
}

/// A county with two townships, a village in each of the same name, and a department.
fn tree() -> UnitTree {
    UnitTree::new(vec![
        unit(1, UnitKind::County, "县", None),
        unit(10, UnitKind::Township, "甲镇", Some(1)),
        unit(11, UnitKind::Village, "星光村", Some(10)),
        unit(12, UnitKind::Village, "月光村", Some(10)),
        unit(20, UnitKind::Township, "乙镇", Some(1)),
        unit(21, UnitKind::Village, "星光村", Some(20)),
        unit(30, UnitKind::Department, "教育局", Some(1)),
    ])
    .unwrap()
}

fn id(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn scope(role: Role, unit: Option<u128>, permission: Permission) -> Option<Scope> {
    Scope::of(&[Grant { role, unit: unit.map(id) }], permission)
}

#[test]
fn a_scope_covers_its_units_and_no_others() {
    let units = tree();
    let covered = |scope: &Scope| -> Vec<u128> {
        units
            .all()
            .iter()
            .map(|it| it.id)
            .filter(|it| scope.covers(&units, *it))
            .map(|it| it.0.as_u128())
            .collect()
    };
    let clerk = scope(Role::UnitClerk, Some(10), Permission::VisitRecord).unwrap();
    assert_eq!(covered(&clerk), [10, 11, 12]);
    let station = scope(Role::VillageStation, Some(11), Permission::VisitRecord).unwrap();
    assert_eq!(covered(&station), [11]);
    assert_eq!(covered(&scope(Role::VillageStation, Some(10), Permission::VisitRecord).unwrap()), [10]);
    assert_eq!(covered(&Scope::County).len(), 7);
    let leader = scope(Role::Viewer, Some(1), Permission::StatisticsRead).unwrap();
    assert_eq!(covered(&leader).len(), 7);
    assert_eq!(scope(Role::CountyOffice, None, Permission::VisitRead), Some(Scope::County));
    assert_eq!(scope(Role::UnitClerk, Some(10), Permission::UnitChange), None);
    assert!(!Scope::County.covers(&units, id(99)));
    let two = Scope::of(
        &[
            Grant { role: Role::UnitClerk, unit: Some(id(30)) },
            Grant { role: Role::VillageStation, unit: Some(id(21)) },
        ],
        Permission::VisitRecord,
    );
    assert_eq!(covered(&two.unwrap()), [21, 30]);
    assert!(clerk.covers_person(&units, id(10), None) && clerk.covers_person(&units, id(10), Some(id(11))));
    assert!(!clerk.covers_person(&units, id(20), None) && !clerk.covers_person(&units, id(20), Some(id(21))));
    assert!(!station.covers_person(&units, id(10), None), "a person whose village is not known");
    assert!(station.covers_person(&units, id(10), Some(id(11))));
    assert!(!station.covers_person(&units, id(10), Some(id(12))));
}

#[test]
fn a_foreign_unit_is_answered_like_one_that_is_not_there() {
    let units = tree();
    let clerk = scope(Role::UnitClerk, Some(10), Permission::StatisticsRead).unwrap();
    assert_eq!(clerk.unit(&units, None).unwrap().id, id(10));
    assert_eq!(clerk.unit(&units, Some("月光村")).unwrap().id, id(12));
    // Both townships have a village of this name; the clerk reaches one, and learns of no other.
    assert_eq!(clerk.unit(&units, Some("星光村")).unwrap().id, id(11));
    let foreign = clerk.unit(&units, Some("乙镇")).unwrap_err().to_string();
    let unknown = clerk.unit(&units, Some("丙镇")).unwrap_err().to_string();
    assert_eq!(foreign.replace("乙镇", "丙镇"), unknown);
    assert!(clerk.unit(&units, Some("县")).is_err());
    assert!(Scope::County.unit(&units, Some("星光村")).is_err(), "two of them");
    let narrow: Vec<u128> = clerk.narrow(tree().into()).all().iter().map(|it| it.id.0.as_u128()).collect();
    assert_eq!(narrow, [1, 10, 11, 12]);
}
