//! Giving and taking roles, disabling, resetting: the system administrator keeps accounts, the security administrator
//! gives roles, and neither can do the other's half alone.

use super::manage::{give, refused, resolve};
use super::{ONE_TIME_MS, by_login, password};
use crate::{App, Caller, Code, Problem, Who};
use domain::authority::{Permission, Role};
use domain::mask::Secret;
use domain::region::CountyCode;
use serde_json::json;
use store::Act;
use store::account::Account;
use uuid::Uuid;

/// Nobody changes the own roles or disables the own account.
fn not_own(caller: &Caller, account: &Account) -> Result<(), Problem> {
    match &caller.who {
        Who::Account(principal) if principal.account == account.id => {
            Err(refused("不能变更本人账号的权限或状态，请由另一名管理员办理"))
        }
        _ => Ok(()),
    }
}

/// Gives a role for a unit.
pub async fn grant(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
    role: Role,
    unit: Option<&str>,
) -> Result<(), Problem> {
    change_grant(app, caller, county, login, role, unit, true).await
}

/// Takes a role for a unit away; sessions lose it with their next request.
pub async fn revoke(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
    role: Role,
    unit: Option<&str>,
) -> Result<(), Problem> {
    change_grant(app, caller, county, login, role, unit, false).await
}

async fn change_grant(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
    role: Role,
    unit: Option<&str>,
    is_given: bool,
) -> Result<(), Problem> {
    app.permit(caller, Permission::GrantChange, county).await?;
    let (inner, caller, login, unit) =
        (app.clone(), caller.clone(), login.to_owned(), unit.map(str::to_owned));
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let account = by_login(act, county, &login).await?;
                not_own(&caller, &account)?;
                let grant = resolve(&units, role, unit.as_deref())?;
                let has_changed = if is_given {
                    give(act, &inner, &account, grant, &caller.actor).await?
                } else {
                    store::account::take(act, account.id, grant).await?
                };
                if !has_changed {
                    let word = if is_given { "已有" } else { "没有" };
                    return Err(Problem::new(
                        Code::Conflict,
                        format!("账号 {} {word}角色“{}”，没有改动", account.login, role.label()),
                    ));
                }
                let act_name = if is_given { "account.grant" } else { "account.revoke" };
                let unit = grant.unit.and_then(|id| units.get(id)).map(|unit| unit.code.clone());
                let detail = json!({ "role": role.code(), "unit": unit });
                act.audit(inner.entry(&caller, act_name, "account", &account.login, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// Disables an account, which ends its sessions, or enables it again.
pub async fn set_disabled(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
    is_disabled: bool,
) -> Result<(), Problem> {
    app.permit(caller, Permission::AccountChange, county).await?;
    let (inner, caller, login) = (app.clone(), caller.clone(), login.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let account = by_login(act, county, &login).await?;
                not_own(&caller, &account)?;
                if account.disabled_at_ms.is_some() == is_disabled {
                    return Err(Problem::new(Code::Conflict, "账号已是这个状态，没有改动"));
                }
                store::account::set_disabled(act, account.id, is_disabled.then(|| inner.now_ms())).await?;
                store::account::session::end_all(act, account.id, None).await?;
                let act_name = if is_disabled { "account.disable" } else { "account.enable" };
                let detail = serde_json::Value::Null;
                act.audit(inner.entry(&caller, act_name, "account", &account.login, detail)).await?;
                Ok(())
            })
        })
        .await
}

/// Gives a new one-time password and ends all sessions. Taking a lost second factor away as well needs the security
/// administrator's permission beside the system administrator's: neither gets into a foreign account alone.
pub async fn reset(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    login: &str,
    what: Reset,
) -> Result<Option<Secret>, Problem> {
    let permission = match what {
        Reset::Password => Permission::AccountChange,
        Reset::SecondFactor => Permission::GrantChange,
    };
    app.permit(caller, permission, county).await?;
    let one_time = password::one_time(app);
    let hash = match what {
        Reset::Password => Some(password::hash(app, &one_time).await?),
        Reset::SecondFactor => None,
    };
    let is_password = hash.is_some();
    let (inner, caller, login) = (app.clone(), caller.clone(), login.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let account = by_login(act, county, &login).await?;
                not_own(&caller, &account)?;
                let now_ms = inner.now_ms();
                let act_name = if let Some(hash) = &hash {
                    let until = Some(now_ms + ONE_TIME_MS);
                    store::account::set_password(act, account.id, hash, now_ms, until).await?;
                    "account.reset"
                } else {
                    store::account::set_totp(act, account.id, None).await?;
                    store::account::put_recovery(act, account.id, &[]).await?;
                    "account.reset_second_factor"
                };
                store::account::session::end_all(act, account.id, None).await?;
                let detail = serde_json::Value::Null;
                act.audit(inner.entry(&caller, act_name, "account", &account.login, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(is_password.then_some(one_time))
}

/// What of an account is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// The password.
    Password,
    /// The second factor.
    SecondFactor,
}

/// The account of an id in a county, for what stands under accounts.
pub(super) async fn login_of(act: &mut Act, county: CountyCode, id: Uuid) -> Result<String, Problem> {
    Ok(super::by_id(act, county, id).await?.login)
}
