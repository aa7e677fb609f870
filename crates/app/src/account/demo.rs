//! One account per role for the demonstration county: made anew with each start, with passwords of that start.

use super::manage::{NewAccount, add, give};
use super::password;
use crate::{App, Caller, Problem};
use domain::authority::{Grant, Permission, Role};
use domain::mask::Secret;
use domain::region::CountyCode;
use domain::unit::{UnitKind, UnitTree};
use serde_json::json;

/// A role, where it stands, and its login.
const DEMO: &[(Role, &str)] = &[
    (Role::CountyOffice, "office"),
    (Role::FinanceMaker, "maker"),
    (Role::FinanceChecker, "checker"),
    (Role::FinanceApprover, "approver"),
    (Role::UnitClerk, "clerk"),
    (Role::UnitLeader, "leader"),
    (Role::VillageStation, "village"),
    (Role::TroopLiaison, "troop"),
    (Role::Viewer, "viewer"),
    (Role::SystemAdministrator, "sysadmin"),
    (Role::SecurityAdministrator, "secadmin"),
    (Role::AuditAdministrator, "auditadmin"),
];

/// Makes the accounts, or gives those that are there new passwords. Not for a county with real people: these
/// passwords are printed and need not be changed.
pub async fn demonstrate(
    app: &App,
    caller: &Caller,
    county: CountyCode,
) -> Result<Vec<(Role, &'static str, Secret)>, Problem> {
    app.permit(caller, Permission::CountyInit, county).await?;
    let mut made = Vec::with_capacity(DEMO.len());
    let mut hashed = Vec::with_capacity(DEMO.len());
    for (role, login) in DEMO {
        let secret = password::one_time(app);
        hashed.push(password::hash(app, &secret).await?);
        made.push((*role, *login, secret));
    }
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                for ((role, login), hash) in DEMO.iter().zip(hashed) {
                    let new = NewAccount {
                        login: (*login).to_owned(),
                        name: format!("演示{}", role.label()),
                        number: String::new(),
                        roles: Vec::new(),
                    };
                    let known = store::account::by_login(act, county, login).await?;
                    let account = match known {
                        Some(account) => account,
                        None => add(act, &inner, county, &new, hash.clone()).await?,
                    };
                    store::account::set_password(act, account.id, &hash, inner.now_ms(), None).await?;
                    if let Some(grant) = place(&units, *role) {
                        give(act, &inner, &account, grant, &caller.actor).await?;
                    }
                }
                let detail = json!({ "accounts": DEMO.len() });
                act.audit(inner.entry(&caller, "account.demonstrate", "county", county.as_str(), detail))
                    .await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(made)
}

/// The first unit by code where the role can stand; the county for roles of the county and viewers.
fn place(units: &UnitTree, role: Role) -> Option<Grant> {
    if role.fits(UnitKind::County) {
        return Some(Grant { role, unit: None });
    }
    let kind = match role {
        Role::VillageStation => UnitKind::Village,
        Role::TroopLiaison => UnitKind::Troop,
        _ => UnitKind::Township,
    };
    let fits = units.all().iter().filter(|unit| unit.kind == kind && unit.valid_to.is_none());
    fits.min_by(|a, b| a.code.cmp(&b.code)).map(|unit| Grant { role, unit: Some(unit.id) })
}
