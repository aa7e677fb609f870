//! Accounts and sessions as they are shown: never a hash, never a secret.

use super::{IDLE_MS, by_login};
use crate::{App, Caller, Problem};
use domain::authority::{Grant, Permission, Role};
use domain::region::CountyCode;
use domain::unit::UnitTree;
use serde::Serialize;
use serde_json::json;
use store::account::Account;

/// A role with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldView {
    /// The role.
    pub role: Role,
    /// Its Chinese name.
    pub label: &'static str,
    /// The unit's code.
    pub unit: String,
    /// The unit's name.
    pub unit_name: String,
}

/// An account as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Identity.
    pub id: String,
    /// What is typed to sign in.
    pub login: String,
    /// The human's name.
    pub name: String,
    /// Roles.
    pub roles: Vec<HeldView>,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// A second factor is in force.
    pub has_second_factor: bool,
    /// Disabled.
    pub is_disabled: bool,
    /// Last sign-in, ms UTC.
    pub signed_in_at_ms: Option<i64>,
    /// Made, ms UTC.
    pub created_at_ms: i64,
}

pub(super) fn shown(account: &Account, grants: &[Grant], units: &UnitTree) -> AccountView {
    let roles = grants.iter().map(|grant| {
        let unit = grant.unit.map_or_else(|| Some(units.root()), |id| units.get(id));
        HeldView {
            role: grant.role,
            label: grant.role.label(),
            unit: unit.map(|it| it.code.clone()).unwrap_or_default(),
            unit_name: unit.map(|it| units.full_name(it.id)).unwrap_or_default(),
        }
    });
    AccountView {
        id: account.id.to_string(),
        login: account.login.clone(),
        name: account.staff_name.clone(),
        roles: roles.collect(),
        must_change: account.must_change_since_ms.is_some(),
        has_second_factor: account.totp_since_ms.is_some(),
        is_disabled: account.disabled_at_ms.is_some(),
        signed_in_at_ms: account.signed_in_at_ms,
        created_at_ms: account.created_at_ms,
    }
}

/// All accounts of a county, by login.
pub async fn list(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<AccountView>, Problem> {
    app.permit(caller, Permission::AccountRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let held = store::account::grants(&mut tx, county).await?;
    let accounts = store::account::list(&mut tx, county).await?;
    Ok(accounts
        .iter()
        .map(|account| {
            let of = |it: &&store::account::Held| it.account == account.id;
            let grants: Vec<Grant> = held.iter().filter(of).map(|it| it.grant).collect();
            shown(account, &grants, &units)
        })
        .collect())
}

/// A session as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Identity.
    pub id: String,
    /// Where from.
    pub address: Option<String>,
    /// The browser's word for itself.
    pub agent: Option<String>,
    /// Opened, ms UTC.
    pub created_at_ms: i64,
    /// Last used, ms UTC.
    pub seen_at_ms: i64,
    /// The one that asks.
    pub is_current: bool,
}

impl SessionView {
    pub(super) fn of(session: store::account::session::Session, current: &str) -> Self {
        Self {
            is_current: session.id == current,
            id: session.id,
            address: session.address,
            agent: session.agent,
            created_at_ms: session.created_at_ms,
            seen_at_ms: session.seen_at_ms,
        }
    }
}

/// The open sessions of somebody's account, newest first.
pub async fn sessions(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
) -> Result<Vec<SessionView>, Problem> {
    app.permit(caller, Permission::SessionRead, county).await?;
    let mut tx = app.db.read().await?;
    let account = by_login(&mut tx, county, login).await?;
    let sessions = store::account::session::list(&mut tx, account.id, app.now_ms() - IDLE_MS).await?;
    Ok(sessions.into_iter().map(|it| SessionView::of(it, "")).collect())
}

/// Ends all sessions of somebody's account; how many there were.
pub async fn end_sessions(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
) -> Result<u64, Problem> {
    app.permit(caller, Permission::SessionEnd, county).await?;
    let (inner, caller, login) = (app.clone(), caller.clone(), login.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let account = by_login(act, county, &login).await?;
                let ended = store::account::session::end_all(act, account.id, None).await?;
                let detail = json!({ "ended_sessions": ended });
                act.audit(inner.entry(&caller, "account.end_sessions", "account", &account.login, detail))
                    .await?;
                Ok(ended)
            })
        })
        .await
}
