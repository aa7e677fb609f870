//! What one does with the own account: password, second factor, sessions.

use super::sign_in::{attempt, recovery_index, went_well};
use super::view::SessionView;
use super::{IDLE_MS, by_id, near_words, own, password, random_token, totp, totp_place};
use crate::{App, Caller, Code, Pending, Problem};
use domain::authority::Permission;
use domain::mask::Secret;
use serde_json::{Value, json};
use std::pin::Pin;
use store::Act;
use store::account::Account;
use uuid::Uuid;

/// How many recovery codes are handed out.
const RECOVERY: usize = 10;

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Me {
    /// The account with its roles.
    pub account: super::AccountView,
    /// What must be done before anything else.
    pub pending: Option<Pending>,
    /// The session.
    pub session: Uuid,
}

/// The own account.
pub async fn me(app: &App, caller: &Caller) -> Result<Me, Problem> {
    let principal = own(caller)?;
    app.permit(caller, Permission::OwnAccount, principal.county).await?;
    let mut tx = app.db.read().await?;
    let account = by_id(&mut tx, principal.county, principal.account).await?;
    let units = crate::unit::tree_in(&mut tx, principal.county).await?;
    let account = super::view::shown(&account, &principal.grants, &units);
    Ok(Me { account, pending: principal.pending, session: principal.session.unwrap_or_default() })
}

/// Changes the own password. All other sessions end and this one gets a new token, which is the answer.
pub async fn change_password(
    app: &App,
    caller: &Caller,
    old: &Secret,
    new: &Secret,
) -> Result<Secret, Problem> {
    let principal = own(caller)?;
    let county = principal.county;
    app.permit(caller, Permission::OwnAccount, county).await?;
    let (account, near) = {
        let mut tx = app.db.read().await?;
        let account = by_id(&mut tx, county, principal.account).await?;
        let near = near_words(&mut tx, &account).await?;
        (account, near)
    };
    // Whoever took over a session may not guess the password without end.
    attempt(app, Some(county), &account.login, caller.address.as_deref()).await?;
    if !password::is(Some(&account.password_hash), old).await? {
        return Err(Problem::new(Code::SignInRefused, "现用密码不正确，没有修改"));
    }
    went_well(app, Some(county), &account.login, caller.address.as_deref()).await?;
    if old.reveal() == new.reveal() {
        return Err(Problem::new(Code::PasswordWeak, "新密码与现用密码相同，没有修改"));
    }
    password::check(new, &near)?;
    let hash = password::hash(app, new).await?;
    change(app, caller, "account.password", move |act, app, now| {
        Box::pin(async move {
            if now.password_hash != account.password_hash {
                return Err(Problem::new(Code::Conflict, "密码刚刚被改过，请重新登录"));
            }
            store::account::set_password(act, now.id, &hash, app.now_ms(), None).await?;
            Ok(Value::Null)
        })
    })
    .await
}

/// What an authenticator app needs; shown once, in force when a code has proved it.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Base32, for typing.
    pub secret: Secret,
    /// For a QR code.
    pub uri: Secret,
}

/// Begins to enrol a second factor.
pub async fn enrol(app: &App, caller: &Caller) -> Result<Enrolment, Problem> {
    let principal = own(caller)?;
    let county = principal.county;
    app.permit(caller, Permission::OwnAccount, county).await?;
    let mut bytes = [0; totp::SECRET];
    app.chance.fill(&mut bytes);
    let secret = totp::base32(&bytes);
    let (inner, caller, id, text) = (app.clone(), caller.clone(), principal.account, secret.clone());
    let uri = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let account = by_id(act, county, id).await?;
                if account.totp_since_ms.is_some() {
                    return Err(Problem::new(
                        Code::Conflict,
                        "已绑定验证器；要更换，请安全管理员先解除原来的绑定",
                    ));
                }
                let sealed = inner.sealer.seal(totp_place(&account), &text);
                store::account::set_totp(act, id, Some(&sealed)).await?;
                let place = store::county::get(act, county).await?.map(|it| it.name).unwrap_or_default();
                act.audit(inner.entry(&caller, "account.enrol", "account", &account.login, Value::Null))
                    .await?;
                Ok::<_, Problem>(totp::uri(&account.login, &place, &text))
            })
        })
        .await?;
    Ok(Enrolment { secret: Secret::new(secret), uri: Secret::new(uri) })
}

/// A second factor that is in force from now on.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The session's new token.
    pub token: Secret,
    /// Each opens once when the authenticator is lost; shown once.
    pub recovery: Vec<Secret>,
}

/// Proves the second factor by a code, which puts it in force and hands out recovery codes; proving it again hands
/// out new ones.
pub async fn confirm_second_factor(app: &App, caller: &Caller, code: &Secret) -> Result<Confirmed, Problem> {
    let principal = own(caller)?;
    app.permit(caller, Permission::OwnAccount, principal.county).await?;
    let account = principal.account;
    let recovery: Vec<String> = (0..RECOVERY).map(|_| password::random(app, 12)).collect();
    let hashes: Vec<String> = recovery.iter().map(|code| recovery_index(app, account, code)).collect();
    let code = code.clone();
    let token = change(app, caller, "account.second_factor", move |act, app, account| {
        Box::pin(async move {
            let wrong = || Problem::new(Code::SignInRefused, "验证码不正确或已用过，请等下一个验证码再试");
            let Some(sealed) = &account.totp_sealed else {
                return Err(Problem::new(Code::Conflict, "还没有开始绑定验证器"));
            };
            let secret = app.sealer.open_text(totp_place(&account), sealed)?;
            let secret = totp::from_base32(&secret).ok_or_else(wrong)?;
            let now_ms = app.now_ms();
            let step = totp::step_of(&secret, code.reveal(), now_ms).ok_or_else(wrong)?;
            if !store::account::use_step(act, account.id, step, now_ms).await? {
                return Err(wrong());
            }
            store::account::put_recovery(act, account.id, &hashes).await?;
            Ok(json!({ "recovery_codes": hashes.len() }))
        })
    })
    .await?;
    Ok(Confirmed { token, recovery: recovery.into_iter().map(Secret::new).collect() })
}

type Changing<'a> = Pin<Box<dyn Future<Output = Result<Value, Problem>> + Send + 'a>>;

/// Changes what proves who somebody is: all other sessions end, this one gets a new token.
async fn change<F>(app: &App, caller: &Caller, act_name: &'static str, what: F) -> Result<Secret, Problem>
where
    F: for<'a> FnOnce(&'a mut Act, &'a App, Account) -> Changing<'a> + Send + 'static,
{
    let principal = own(caller)?;
    let (county, id, session) = (principal.county, principal.account, principal.session.unwrap_or_default());
    let token = random_token(app);
    let token_hash = app.sealer.token_index("session", token.reveal());
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let account = by_id(act, county, id).await?;
                let login = account.login.clone();
                let detail = what(act, &inner, account).await?;
                let ended = store::account::session::end_all(act, id, Some(session)).await?;
                store::account::session::rotate(act, session, &token_hash).await?;
                let detail = json!({ "ended_sessions": ended, "with": detail });
                act.audit(inner.entry(&caller, act_name, "account", &login, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(token)
}

/// The own sessions that are open, newest first.
pub async fn own_sessions(app: &App, caller: &Caller) -> Result<Vec<SessionView>, Problem> {
    let principal = own(caller)?;
    app.permit(caller, Permission::OwnAccount, principal.county).await?;
    let mut tx = app.db.read().await?;
    let since_ms = app.now_ms() - IDLE_MS;
    let sessions = store::account::session::list(&mut tx, principal.account, since_ms).await?;
    let current = principal.session.unwrap_or_default().to_string();
    Ok(sessions.into_iter().map(|it| SessionView::of(it, &current)).collect())
}

/// Ends one of the own sessions.
pub async fn end_own_session(app: &App, caller: &Caller, session: Uuid) -> Result<(), Problem> {
    let principal = own(caller)?;
    let (county, account) = (principal.county, principal.account);
    app.permit(caller, Permission::OwnAccount, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::account::session::end(act, account, session).await? {
                    return Err(Problem::new(Code::NotFound, "没有这个会话，可能已经结束"));
                }
                let login = by_id(act, county, account).await?.login;
                let detail = json!({ "session": session });
                act.audit(inner.entry(&caller, "account.end_session", "account", &login, detail)).await?;
                Ok(())
            })
        })
        .await
}
