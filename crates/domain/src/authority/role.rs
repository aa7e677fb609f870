//! Roles, where each may be granted, and which two one human may never hold together.

use crate::person::words;
use crate::unit::UnitKind;
use serde::{Deserialize, Serialize};

words! {
    /// What somebody is trusted with. An account holds roles, each for a unit.
    Role {
        /// The county's double-support office.
        CountyOffice = "county_office", "县双拥办";
        /// Prepares payments.
        FinanceMaker = "finance_maker", "财务经办";
        /// Checks payments.
        FinanceChecker = "finance_checker", "财务复核";
        /// Approves payments.
        FinanceApprover = "finance_approver", "财务审批";
        /// Township, department or organisation: imports, records, reports.
        UnitClerk = "unit_clerk", "单位经办";
        /// Reviews what the unit reports.
        UnitLeader = "unit_leader", "单位负责人";
        /// A village's or community's service station.
        VillageStation = "village_station", "村（社区）服务站";
        /// Speaks for stationed troops.
        TroopLiaison = "troop_liaison", "部队联络员";
        /// Leaders who look at figures.
        Viewer = "viewer", "领导查看";
        /// Accounts and operation.
        SystemAdministrator = "system_administrator", "系统管理员";
        /// Permissions, keys and rules.
        SecurityAdministrator = "security_administrator", "安全管理员";
        /// The audit trail.
        AuditAdministrator = "audit_administrator", "审计管理员";
    }
}

impl Role {
    /// One of the three administrators (三员).
    #[must_use]
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator)
    }

    /// A link of the payment chain.
    #[must_use]
    pub const fn is_payment(self) -> bool {
        matches!(self, Self::FinanceMaker | Self::FinanceChecker | Self::FinanceApprover)
    }

    /// Whether signing in takes a second factor.
    #[must_use]
    pub const fn needs_second_factor(self) -> bool {
        self.is_administrator() || self.is_payment()
    }

    /// Whether the role is held for the whole county, without a unit.
    #[must_use]
    pub const fn is_of_county(self) -> bool {
        matches!(self, Self::CountyOffice) || self.needs_second_factor()
    }

    /// Whether the role can be held for a unit of this kind.
    #[must_use]
    pub const fn fits(self, kind: UnitKind) -> bool {
        match self {
            Self::VillageStation => matches!(kind, UnitKind::Village),
            Self::TroopLiaison => matches!(kind, UnitKind::Troop),
            Self::UnitClerk | Self::UnitLeader => {
                !matches!(kind, UnitKind::County | UnitKind::Village | UnitKind::Troop)
            }
            Self::Viewer => !matches!(kind, UnitKind::Troop),
            _ => matches!(kind, UnitKind::County),
        }
    }
}

/// Why one human may not hold two roles together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Separation {
    /// Maker, checker and approver are different people.
    #[error("经办、复核、审批必须由不同的人担任")]
    Payment,
    /// The three administrators are different people.
    #[error("系统、安全、审计三名管理员必须由不同的人担任")]
    Administrators,
    /// Administrators do no business.
    #[error("管理员不能兼任业务角色")]
    Administration,
}

/// Whether one human may hold both roles in a county; the same role twice (for two units) is no conflict.
pub fn separate(one: Role, other: Role) -> Result<(), Separation> {
    if one == other {
        Ok(())
    } else if one.is_administrator() && other.is_administrator() {
        Err(Separation::Administrators)
    } else if one.is_administrator() || other.is_administrator() {
        Err(Separation::Administration)
    } else if one.is_payment() && other.is_payment() {
        Err(Separation::Payment)
    } else {
        Ok(())
    }
}
