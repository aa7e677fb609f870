//! Making accounts, each with a one-time password, and the rule that keeps duties with different humans.

use super::{ONE_TIME_MS, login_key, password};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Grant, Permission, Role, separate};
use domain::mask::Secret;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use serde_json::json;
use store::Act;
use store::account::{Account, Staff};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub login: String,
    /// The human's name.
    pub name: String,
    /// Work number, where two people have one name; else empty.
    pub number: String,
    /// Roles, each with the unit's name or code; `None` for roles of the county.
    pub roles: Vec<(Role, Option<String>)>,
}

pub(super) fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::AccountRefused, message)
}

fn check(new: &NewAccount) -> Result<(), Problem> {
    let login = &new.login;
    let fits = login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && (3..=32).contains(&login.len());
    if !fits {
        return Err(Problem::new(
            Code::BadRequest,
            format!("用户名“{login}”不能使用：应为 3 到 32 个小写字母、数字或 . _ -，以字母开头"),
        ));
    }
    if new.name.is_empty() || new.name.chars().count() > 40 || new.number.chars().count() > 40 {
        return Err(Problem::new(Code::BadRequest, "请填写使用人姓名（不超过 40 字）"));
    }
    Ok(())
}

/// Makes an account with a one-time password, which is handed out here and nowhere else.
pub async fn create(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewAccount,
) -> Result<Secret, Problem> {
    app.permit(caller, Permission::AccountChange, county).await?;
    if !new.roles.is_empty() {
        app.permit(caller, Permission::GrantChange, county).await?;
    }
    let new = NewAccount {
        login: login_key(&new.login),
        name: new.name.trim().to_owned(),
        number: new.number.trim().to_owned(),
        ..new
    };
    check(&new)?;
    guard::check_text(app, caller, county, &[("使用人姓名", &new.name), ("工号", &new.number)]).await?;
    let one_time = password::one_time(app);
    let hash = password::hash(app, &one_time).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let account = add(act, &inner, county, &new, hash).await?;
                let mut roles = Vec::new();
                for (role, unit) in &new.roles {
                    let grant = resolve(&units, *role, unit.as_deref())?;
                    give(act, &inner, &account, grant, &caller.actor).await?;
                    roles.push(role.code());
                }
                let detail = json!({ "name": new.name, "roles": roles });
                act.audit(inner.entry(&caller, "account.create", "account", &account.login, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(one_time)
}

pub(super) async fn add(
    act: &mut Act,
    app: &App,
    county: CountyCode,
    new: &NewAccount,
    hash: Secret,
) -> Result<Account, Problem> {
    if store::account::by_login(act, county, &new.login).await?.is_some() {
        return Err(refused(format!("用户名“{}”已被使用，没有建立", new.login)));
    }
    let now_ms = app.now_ms();
    let human = Staff { id: app.id(), name: new.name.clone(), number: new.number.clone() };
    let account = Account {
        id: app.id(),
        county,
        login: new.login.clone(),
        staff: store::account::staff(act, county, &human, now_ms).await?,
        staff_name: new.name.clone(),
        password_hash: hash,
        password_at_ms: now_ms,
        password_until_ms: Some(now_ms + ONE_TIME_MS),
        must_change_since_ms: Some(now_ms),
        totp_sealed: None,
        totp_since_ms: None,
        totp_step: 0,
        signed_in_at_ms: None,
        disabled_at_ms: None,
        created_at_ms: now_ms,
    };
    store::account::add(act, &account).await?;
    Ok(account)
}

/// The three administrators of a county that has no account yet (三员), each with a one-time password.
pub async fn inaugurate(
    app: &App,
    caller: &Caller,
    county: CountyCode,
) -> Result<Vec<(Role, String, Secret)>, Problem> {
    const FIRST: [(Role, &str); 3] = [
        (Role::SystemAdministrator, "sysadmin"),
        (Role::SecurityAdministrator, "secadmin"),
        (Role::AuditAdministrator, "auditadmin"),
    ];
    app.permit(caller, Permission::CountyInit, county).await?;
    let mut made = Vec::with_capacity(FIRST.len());
    let mut hashed = Vec::with_capacity(FIRST.len());
    for (role, login) in FIRST {
        let one_time = password::one_time(app);
        hashed.push(password::hash(app, &one_time).await?);
        made.push((role, login.to_owned(), one_time));
    }
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::account::list(act, county).await?.is_empty() {
                    return Err(refused("这个县已经有账号，没有再建管理员"));
                }
                for ((role, login), hash) in FIRST.into_iter().zip(hashed) {
                    let new = NewAccount {
                        login: login.to_owned(),
                        name: role.label().to_owned(),
                        number: login.to_owned(),
                        roles: Vec::new(),
                    };
                    let account = add(act, &inner, county, &new, hash).await?;
                    give(act, &inner, &account, Grant { role, unit: None }, &caller.actor).await?;
                }
                let detail = json!({ "accounts": FIRST.map(|(_, login)| login) });
                act.audit(inner.entry(&caller, "account.inaugurate", "county", county.as_str(), detail))
                    .await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(made)
}

/// The grant that a role and a unit's name mean.
pub(super) fn resolve(units: &UnitTree, role: Role, unit: Option<&str>) -> Result<Grant, Problem> {
    let unit = match unit {
        None => units.root(),
        Some(word) => units.find(word)?,
    };
    if !role.fits(unit.kind) || unit.valid_to.is_some() {
        return Err(refused(format!(
            "“{}”不能在{}（{}）担任，请写明合适的单位",
            role.label(),
            units.full_name(unit.id),
            unit.kind.label()
        )));
    }
    Ok(Grant { role, unit: (unit.id != units.root().id).then_some(unit.id) })
}

/// Gives a role after comparing it with all that the same human holds in the county.
pub(super) async fn give(
    act: &mut Act,
    app: &App,
    account: &Account,
    grant: Grant,
    by: &str,
) -> Result<bool, Problem> {
    for held in store::account::grants(act, account.county).await? {
        if held.staff == account.staff
            && let Err(reason) = separate(held.grant.role, grant.role)
        {
            return Err(refused(format!(
                "{}已担任“{}”，不能再担任“{}”：{reason}",
                account.staff_name,
                held.grant.role.label(),
                grant.role.label()
            )));
        }
        // One human holds a link of the payment chain with one account.
        if held.staff == account.staff
            && held.account != account.id
            && held.grant == grant
            && grant.role.is_payment()
        {
            return Err(refused(format!("{}已用另一个账号担任“{}”", account.staff_name, grant.role.label())));
        }
    }
    Ok(store::account::give(act, account.county, account.id, grant, by, app.now_ms()).await?)
}
