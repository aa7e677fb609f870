//! 走访安排: whom a unit is to visit in a campaign. With a leader it is a leader's visit (领导走访安排), without one it
//! hands households to a village or department.
//!
//! Source: N03, N04, N06.

use crate::ids::{CampaignId, PersonId, UnitId};
use crate::visit::LeaderKind;
use jiff::civil::Date;

/// The most persons of one arrangement, 人.
pub const MOST: usize = 500;
/// The longest text, in characters.
const LONGEST: usize = 200;

/// Whom a unit is to visit, when, and who leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Who visits.
    pub unit: UnitId,
    /// The day, when it is settled.
    pub planned_on: Option<Date>,
    /// Who leads; empty when it only hands out households.
    pub leader_name: String,
    /// What the leader is.
    pub leader_title: String,
    /// Principal, deputy or other.
    pub leader_kind: Option<LeaderKind>,
    /// Who comes along (随行).
    pub party: String,
    /// Anything else.
    pub note: String,
    /// Whom, in the order of the visits.
    pub persons: Vec<PersonId>,
}

/// Why an arrangement cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArrangementError {
    /// Nobody is to be visited.
    #[error("没有选走访对象，请至少选一人")]
    Nobody,
    /// Too many.
    #[error("一份安排至多 {MOST} 人，请分成几份")]
    TooMany,
    /// Somebody twice.
    #[error("同一个人选了两次，请去掉一次")]
    Twice,
    /// A leader's kind or title without a name.
    #[error("写了领导职务或类别，没有写带队领导姓名")]
    NoLeader,
    /// A leader's visit without a day.
    #[error("领导走访要写日期")]
    NoDay,
    /// A text that is too long.
    #[error("{0}超过 {LONGEST} 个字，请缩短")]
    Long(&'static str),
}

impl Arrangement {
    /// Whether a leader goes.
    #[must_use]
    pub fn is_leaders(&self) -> bool {
        !self.leader_name.is_empty()
    }

    /// Whether it can be kept.
    pub fn check(&self) -> Result<(), ArrangementError> {
        let texts = [
            ("带队领导", &self.leader_name),
            ("领导职务", &self.leader_title),
            ("随行人员", &self.party),
            ("备注", &self.note),
        ];
        if let Some((name, _)) = texts.into_iter().find(|(_, text)| text.chars().count() > LONGEST) {
            return Err(ArrangementError::Long(name));
        }
        if !self.is_leaders() && (self.leader_kind.is_some() || !self.leader_title.is_empty()) {
            return Err(ArrangementError::NoLeader);
        }
        if self.is_leaders() && self.planned_on.is_none() {
            return Err(ArrangementError::NoDay);
        }
        let mut once: Vec<_> = self.persons.clone();
        once.sort_unstable();
        once.dedup();
        match self.persons.len() {
            0 => Err(ArrangementError::Nobody),
            n if n > MOST => Err(ArrangementError::TooMany),
            n if n > once.len() => Err(ArrangementError::Twice),
            _ => Ok(()),
        }
    }
}

/// The group within a village that an address names, for the order of a walk: `清河村3组`, `三社`, `第十二组` are 3, 3
/// and 12.
#[must_use]
pub fn group_of(address: &str) -> Option<u32> {
    let signs: Vec<char> = address.chars().map(narrow).collect();
    let end = signs.iter().rposition(|sign| matches!(sign, '组' | '社'))?;
    let start = signs[..end].iter().rposition(|sign| digit(*sign).is_none()).map_or(0, |at| at + 1);
    number(&signs[start..end])
}

fn narrow(sign: char) -> char {
    match sign {
        '０'..='９' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        _ => sign,
    }
}

fn digit(sign: char) -> Option<u32> {
    match sign {
        '十' => Some(10),
        _ => sign.to_digit(10).or_else(|| {
            let at = "零一二三四五六七八九".chars().position(|it| it == sign)?;
            u32::try_from(at).ok()
        }),
    }
}

fn number(signs: &[char]) -> Option<u32> {
    if signs.is_empty() || signs.len() > 4 {
        return None;
    }
    let Some(ten) = signs.iter().position(|sign| *sign == '十') else {
        return signs.iter().try_fold(0, |sum, sign| Some(sum * 10 + digit(*sign)?));
    };
    let tens = if ten == 0 { 1 } else { digit(signs[ten - 1])? };
    let ones = signs.get(ten + 1).map_or(Some(0), |sign| digit(*sign))?;
    Some(tens * 10 + ones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    fn plan() -> Arrangement {
        Arrangement {
            campaign: CampaignId(Uuid::from_u128(1)),
            unit: UnitId(Uuid::from_u128(2)),
            planned_on: Some(date(1960, 7, 25)),
            leader_name: "马平".to_owned(),
            leader_title: "镇长".to_owned(),
            leader_kind: Some(LeaderKind::Principal),
            party: String::new(),
            note: String::new(),
            persons: vec![PersonId(Uuid::from_u128(3))],
        }
    }

    #[test]
    fn an_arrangement_says_what_it_lacks() {
        assert_eq!(plan().check(), Ok(()));
        let handed = Arrangement {
            planned_on: None,
            leader_name: String::new(),
            leader_title: String::new(),
            leader_kind: None,
            ..plan()
        };
        assert_eq!(handed.check(), Ok(()));
        for (wrong, error) in [
            (Arrangement { persons: vec![], ..plan() }, ArrangementError::Nobody),
            (Arrangement { persons: vec![plan().persons[0]; 2], ..plan() }, ArrangementError::Twice),
            (Arrangement { planned_on: None, ..plan() }, ArrangementError::NoDay),
            (Arrangement { leader_name: String::new(), ..plan() }, ArrangementError::NoLeader),
            (Arrangement { note: "长".repeat(LONGEST + 1), ..plan() }, ArrangementError::Long("备注")),
        ] {
            assert_eq!(wrong.check(), Err(error));
        }
        let many = (0..=MOST).map(|it| PersonId(Uuid::from_u128(it as u128))).collect();
        assert_eq!(Arrangement { persons: many, ..plan() }.check(), Err(ArrangementError::TooMany));
    }

    #[test]
    fn an_address_names_its_group() {
        for (address, group) in [
            ("黄水镇清河村3组12号", Some(3)),
            ("清河村三组", Some(3)),
            ("清河村第十二组", Some(12)),
            ("清河村二十社", Some(20)),
            ("清河村２１组", Some(21)),
            ("十组", Some(10)),
            ("清河村", None),
            ("组", None),
            ("社区居民委员会", None),
            ("12345组", None),
        ] {
            assert_eq!(group_of(address), group, "{address}");
        }
    }
}
