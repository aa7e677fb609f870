//! 人员变动: death, moves and suspensions. Whoever is near the person reports, the county decides; only then the roster
//! changes (domain.md B).

use crate::ids::UnitId;
use crate::person::{PersonStatus, words};
use crate::roster::Person;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// What befell a person.
    ChangeKind {
        /// Death.
        Death = "death", "死亡";
        /// Moved out of the county.
        MoveOut = "move_out", "迁出";
        /// Moved to another township or village of the county.
        MoveWithin = "move_within", "县内迁移";
        /// Came back into the county.
        MoveIn = "move_in", "迁入";
        /// Allowances rest for a while.
        Suspend = "suspend", "暂停";
        /// They begin again.
        Resume = "resume", "恢复";
    }
}

words! {
    /// How far a reported change has come.
    ChangeState {
        /// Waits for the county.
        Pending = "pending", "待审核";
        /// The county agreed: the roster says so.
        Confirmed = "confirmed", "已确认";
        /// The county did not agree.
        Refused = "refused", "已退回";
        /// Whoever reported it took it back.
        Withdrawn = "withdrawn", "已撤回";
    }
}

impl ChangeKind {
    /// Whether a file must prove it.
    #[must_use]
    pub const fn needs_proof(self) -> bool {
        matches!(self, Self::Death | Self::MoveOut | Self::MoveWithin | Self::MoveIn)
    }

    /// Whether it leads to a unit of the county.
    #[must_use]
    pub const fn leads_to_unit(self) -> bool {
        matches!(self, Self::MoveWithin | Self::MoveIn)
    }
}

/// Why a change cannot be reported or confirmed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The day has not come yet.
    #[error("变动日期 {0} 晚于今天，请核对")]
    Future(Date),
    /// The day lies before the birth.
    #[error("变动日期 {0} 早于出生日期，请核对")]
    BeforeBirth(Date),
    /// A change that does not follow from what the roster says.
    #[error("该人员现为“{}”，不能报“{}”，请核对", .status.label(), .kind.label())]
    Status {
        /// As the roster says.
        status: PersonStatus,
        /// What was reported.
        kind: ChangeKind,
    },
    /// A move within the county without its goal, or to where the person is already.
    #[error("{}要写明迁往的乡镇（街道）和村（社区），且与现在的不同", .0.label())]
    Target(ChangeKind),
}

/// Where a move leads within the county.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// 乡镇（街道）
    pub township: UnitId,
    /// 村（社区）
    pub village: Option<UnitId>,
}

/// The record after a change; the same rule is asked when it is reported and when it is confirmed.
pub fn apply(
    kind: ChangeKind,
    day: Date,
    target: Option<Target>,
    person: &Person,
    today: Date,
) -> Result<Person, ChangeError> {
    use PersonStatus as S;
    if day > today {
        return Err(ChangeError::Future(day));
    }
    if day < person.citizen.birth() {
        return Err(ChangeError::BeforeBirth(day));
    }
    let status = person.status;
    let fits = match kind {
        ChangeKind::Death => !matches!(status, S::Dead | S::Erased),
        ChangeKind::MoveOut | ChangeKind::MoveWithin => !matches!(status, S::Dead | S::Moved | S::Erased),
        ChangeKind::MoveIn => status == S::Moved,
        ChangeKind::Suspend => matches!(status, S::Normal | S::Unconfirmed | S::New),
        ChangeKind::Resume => matches!(status, S::Suspended | S::Stopped),
    };
    if !fits {
        return Err(ChangeError::Status { status, kind });
    }
    let mut after = person.clone();
    if kind.leads_to_unit() {
        let target = target.ok_or(ChangeError::Target(kind))?;
        let is_same = (person.township_id, person.village_id) == (target.township, target.village);
        if is_same && kind == ChangeKind::MoveWithin {
            return Err(ChangeError::Target(kind));
        }
        (after.township_id, after.village_id) = (target.township, target.village);
    }
    match kind {
        ChangeKind::Death => ended(&mut after, S::Dead, day),
        ChangeKind::MoveOut => ended(&mut after, S::Moved, day),
        ChangeKind::MoveWithin => {}
        ChangeKind::Suspend => (after.status, after.stopped_on) = (S::Suspended, Some(day)),
        ChangeKind::MoveIn | ChangeKind::Resume => (after.status, after.stopped_on) = (S::Normal, None),
    }
    Ok(after)
}

/// Whoever is dead or gone receives nothing any more.
fn ended(person: &mut Person, status: PersonStatus, day: Date) {
    (person.status, person.stopped_on, person.allowance) = (status, Some(day), false);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::citizen::{CitizenId, Sex};
    use crate::person::{Identity, PersonClass};
    use jiff::civil::date;
    use uuid::Uuid;

    const TODAY: Date = date(1960, 8, 1);

    fn unit(number: u128) -> UnitId {
        UnitId(Uuid::from_u128(number))
    }

    fn person(status: PersonStatus) -> Person {
        Person {
            name: "张三".to_owned(),
            citizen: CitizenId::complete("51232518900102001").unwrap(),
            sex: Sex::Male,
            ethnicity: None,
            township_id: unit(2),
            village_id: Some(unit(21)),
            household: None,
            certificate: None,
            address: None,
            phone: None,
            allowance: true,
            bank_name: None,
            account: None,
            account_name: None,
            status,
            stopped_on: None,
            hardship: Vec::new(),
            hardship_text: None,
            note: None,
            identities: vec![Identity { class: PersonClass::OldDemobilised, grade: None, nature: None }],
        }
    }

    fn after(kind: ChangeKind, target: Option<Target>, status: PersonStatus) -> Result<Person, ChangeError> {
        apply(kind, date(1960, 7, 1), target, &person(status), TODAY)
    }

    #[test]
    fn each_change_does_what_its_name_says_and_nothing_else() {
        use PersonStatus as S;
        let day = Some(date(1960, 7, 1));
        let there = Some(Target { township: unit(3), village: None });
        for (kind, target, from, to, stopped_on, allowance) in [
            (ChangeKind::Death, None, S::Normal, S::Dead, day, false),
            (ChangeKind::MoveOut, None, S::Suspended, S::Moved, day, false),
            (ChangeKind::MoveWithin, there, S::New, S::New, None, true),
            (ChangeKind::MoveIn, there, S::Moved, S::Normal, None, true),
            (ChangeKind::Suspend, None, S::Normal, S::Suspended, day, true),
            (ChangeKind::Resume, None, S::Suspended, S::Normal, None, true),
        ] {
            let place = target.map_or((unit(2), Some(unit(21))), |it| (it.township, it.village));
            let wanted = Person {
                status: to,
                stopped_on,
                allowance,
                township_id: place.0,
                village_id: place.1,
                ..person(from)
            };
            assert_eq!(after(kind, target, from), Ok(wanted), "{kind:?}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        use PersonStatus as S;
        for (kind, status) in [
            (ChangeKind::Death, S::Dead),
            (ChangeKind::MoveOut, S::Dead),
            (ChangeKind::MoveWithin, S::Moved),
            (ChangeKind::MoveIn, S::Normal),
            (ChangeKind::Suspend, S::Suspended),
            (ChangeKind::Resume, S::Normal),
        ] {
            assert_eq!(after(kind, None, status), Err(ChangeError::Status { status, kind }));
        }
        let same = Target { township: unit(2), village: Some(unit(21)) };
        for target in [None, Some(same)] {
            assert_eq!(
                after(ChangeKind::MoveWithin, target, S::Normal),
                Err(ChangeError::Target(ChangeKind::MoveWithin))
            );
        }
        let at = |day| apply(ChangeKind::Death, day, None, &person(S::Normal), TODAY);
        assert_eq!(at(date(1960, 8, 2)), Err(ChangeError::Future(date(1960, 8, 2))));
        assert_eq!(at(date(1890, 1, 1)), Err(ChangeError::BeforeBirth(date(1890, 1, 1))));
    }
}
