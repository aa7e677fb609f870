//! Who acts, and whether they may: the one place that permits (design rule 5). Every act asks first, before anything
//! is loaded, compared or revealed.

use crate::{App, Code, Problem};
use domain::authority::{Grant, Permission, Scope};
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::unit::{Unit, UnitTree};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Who acts, and from where.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Name for the audit: `os:clerk`, `account:zhang`, `token:exchange`.
    pub actor: String,
    /// `cli` or `http`.
    pub origin: &'static str,
    /// Where the request came from, as the door saw it.
    pub address: Option<String>,
    /// The request's id, which ties log lines and audit rows together.
    pub request: Option<String>,
    /// What the caller may do.
    pub who: Who,
    /// The caller asks for names masked even where they may be seen.
    pub hides_names: bool,
}

/// What stands behind a caller.
#[derive(Debug, Clone)]
pub enum Who {
    /// The operating-system user on the machine itself, who holds the database and its key anyway: may do everything,
    /// and is audited by name (decision 008).
    Machine,
    /// An account, by its session or token.
    Account(Principal),
}

/// An account as an act sees it.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The account, or the token.
    pub account: Uuid,
    /// The session, when it is one.
    pub session: Option<Uuid>,
    /// The human behind it; separation compares humans. `None` for a token.
    pub staff: Option<Uuid>,
    /// The one county of the account.
    pub county: CountyCode,
    /// Roles with their units.
    pub grants: Vec<Grant>,
    /// Only these permissions of the role count: tokens.
    pub only: Option<BTreeSet<Permission>>,
    /// What must be done before anything else.
    pub pending: Option<Pending>,
}

/// What an account must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// Change a one-time password.
    Password,
    /// Enrol the second factor that a role asks for.
    SecondFactor,
}

impl Pending {
    pub(crate) fn of(must_change: bool, must_enrol: bool) -> Option<Self> {
        if must_change { Some(Self::Password) } else { must_enrol.then_some(Self::SecondFactor) }
    }

    fn problem(self) -> Problem {
        let message = match self {
            Self::Password => "请先把一次性密码改成自己的密码",
            Self::SecondFactor => "本账号的角色要求第二因素，请先绑定验证器",
        };
        Problem::new(Code::AccountPending, message).with(serde_json::json!({ "pending": self }))
    }
}

impl Caller {
    /// The operating-system user of this machine.
    #[must_use]
    pub fn machine(user: &str) -> Self {
        Self {
            actor: format!("os:{user}"),
            origin: "cli",
            address: None,
            request: None,
            who: Who::Machine,
            hides_names: false,
        }
    }

    /// The program itself, in work that nobody asked for.
    #[must_use]
    pub fn system() -> Self {
        Self { actor: "system".to_owned(), origin: "job", hides_names: true, ..Self::machine("") }
    }

    /// An account or token that came through HTTP.
    #[must_use]
    pub fn account(
        actor: String,
        principal: Principal,
        address: Option<String>,
        request: Option<String>,
    ) -> Self {
        Self { actor, origin: "http", address, request, who: Who::Account(principal), hides_names: false }
    }

    /// Somebody at the machine's own page, who sees figures and no names.
    #[must_use]
    pub fn local_viewer(county: CountyCode) -> Self {
        let grants = vec![Grant { role: domain::authority::Role::Viewer, unit: None }];
        let principal = Principal {
            account: Uuid::nil(),
            session: None,
            staff: None,
            county,
            grants,
            only: None,
            pending: None,
        };
        Self::account("page".to_owned(), principal, None, None)
    }

    /// Which units the caller may reach for this; another county is answered like one that is not there.
    pub fn permit(&self, permission: Permission, county: CountyCode) -> Result<Scope, Problem> {
        let principal = match &self.who {
            Who::Machine => return Ok(Scope::County),
            Who::Account(principal) => principal,
        };
        if principal.county != county {
            return Err(Problem::new(Code::CountyMissing, format!("没有县 {county} 的数据")));
        }
        if let Some(pending) = principal.pending.filter(|_| permission != Permission::OwnAccount) {
            return Err(pending.problem());
        }
        let is_left_out = principal.only.as_ref().is_some_and(|only| !only.contains(&permission));
        Scope::of(&principal.grants, permission).filter(|_| !is_left_out).ok_or_else(|| {
            Problem::new(
                Code::Forbidden,
                format!("本账号没有“{}”的权限，需要时请联系管理员授权", permission.label()),
            )
            .with(serde_json::json!({ "permission": permission.code() }))
        })
    }

    /// Where names may be shown in full: nowhere, or in these units.
    #[must_use]
    pub fn names(&self, county: CountyCode) -> Option<Scope> {
        if self.hides_names { None } else { self.permit(Permission::NameRead, county).ok() }
    }

    /// The human behind the caller, when there is one to compare.
    #[must_use]
    pub fn staff(&self) -> Option<Uuid> {
        match &self.who {
            Who::Machine => None,
            Who::Account(principal) => principal.staff,
        }
    }
}

impl App {
    /// Permits, or refuses and writes the refusal down. The first line of every act.
    pub async fn permit(
        &self,
        caller: &Caller,
        permission: Permission,
        county: CountyCode,
    ) -> Result<Scope, Problem> {
        match caller.permit(permission, county) {
            Ok(scope) => Ok(scope),
            // What is yet to be set up, and another county, is no attempt at something.
            Err(problem) if problem.code != Code::Forbidden => Err(problem),
            Err(problem) => {
                crate::audit::refused(self, caller, county, permission, "").await?;
                Err(problem)
            }
        }
    }
}

/// The named unit, or the scope's own; one outside the scope is answered like one that does not exist.
pub(crate) fn unit_in<'t>(
    units: &'t UnitTree,
    scope: &Scope,
    named: Option<&str>,
) -> Result<&'t Unit, Problem> {
    Ok(scope.unit(units, named)?)
}

/// Whether a name of this unit may be shown in full.
pub(crate) fn shows_name(names: Option<&Scope>, units: &UnitTree, unit: UnitId) -> bool {
    names.is_some_and(|scope| scope.covers(units, unit))
}
