//! Signing in: the attempt is counted before it is tried, the password is compared beside the threads that answer
//! others, and only then one act opens the session.

use super::{IDLE_MS, LONGEST_MS, TOUCH_MS, login_key, own, password, random_token, totp, totp_place};
use crate::{App, Caller, Code, Pending, Principal, Problem, Who};
use domain::authority::Permission;
use domain::mask::Secret;
use domain::region::CountyCode;
use serde_json::json;
use std::net::IpAddr;
use store::Act;
use store::account::session::NewSession;
use store::account::{Account, throttle};
use uuid::Uuid;

/// What somebody shows to sign in, and where from. The address is what the door trusts.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The county, where one database holds several.
    pub county: Option<CountyCode>,
    /// The login as typed.
    pub login: String,
    /// The password as typed.
    pub password: Secret,
    /// A code of the second factor, or a recovery code.
    pub second: Option<Secret>,
    /// Where from.
    pub address: Option<String>,
    /// The browser's word for itself.
    pub agent: Option<String>,
    /// The request's id.
    pub request: Option<String>,
}

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What the browser keeps; shown once.
    pub token: Secret,
    /// The session's id.
    pub session: Uuid,
    /// The county.
    pub county: CountyCode,
    /// The login.
    pub login: String,
    /// What must be done before anything else.
    pub pending: Option<Pending>,
}

/// Failures that cost nothing yet.
const FREE: i64 = 5;
/// The same for an address: all townships may share one.
const FREE_OF_ADDRESS: i64 = 50;
const SECOND_MS: i64 = 1000;
/// Failures are forgotten after a day.
const FORGET_MS: i64 = 24 * 3600 * SECOND_MS;

fn growing(over: i64, most_s: i64) -> i64 {
    if over <= 0 { 0 } else { (1_i64 << (over - 1).min(20)).min(most_s) * SECOND_MS }
}

/// One second after the sixth failure, twice as long after each further one, up to a quarter of an hour.
fn account_delay(failures: i64) -> i64 {
    growing(failures - FREE, 900)
}

fn address_delay(failures: i64) -> i64 {
    growing(failures - FREE_OF_ADDRESS, 60)
}

fn wrong() -> Problem {
    Problem::new(
        Code::SignInRefused,
        "用户名、密码或验证码不正确，请核对后再试；仍不行，请管理员看账号是否停用、一次性密码是否过期",
    )
}

/// Counts an attempt on a login; a problem says how long to wait.
pub(super) async fn attempt(
    app: &App,
    county: Option<CountyCode>,
    login: &str,
    address: Option<&str>,
) -> Result<i64, Problem> {
    let mut keys: Vec<throttle::Watched> = vec![(account_key(app, county, login), account_delay)];
    keys.extend(address.map(|it| -> throttle::Watched { (address_key(app, it), address_delay) }));
    let now_ms = app.now_ms();
    let standings = throttle::attempt(&app.db, &keys, now_ms, now_ms - FORGET_MS).await?;
    let wait_ms = standings.iter().map(|it| it.wait_until_ms - now_ms).max().unwrap_or(0);
    if wait_ms > 0 {
        let seconds = (wait_ms + SECOND_MS - 1) / SECOND_MS;
        return Err(Problem::new(Code::SignInWait, format!("连续失败次数过多，请在 {seconds} 秒后再试"))
            .with(json!({ "retry_after_s": seconds })));
    }
    Ok(standings.first().map_or(1, |it| it.failures))
}

/// Takes the attempt back after it went well.
pub(super) async fn went_well(
    app: &App,
    county: Option<CountyCode>,
    login: &str,
    address: Option<&str>,
) -> Result<(), Problem> {
    throttle::forget(&app.db, &account_key(app, county, login)).await?;
    if let Some(address) = address {
        throttle::forgive(&app.db, &address_key(app, address)).await?;
    }
    Ok(())
}

fn account_key(app: &App, county: Option<CountyCode>, login: &str) -> String {
    let county = county.map(|it| it.to_string()).unwrap_or_default();
    app.sealer.token_index("throttle account", &format!("{county}/{login}"))
}

fn address_key(app: &App, address: &str) -> String {
    app.sealer.token_index("throttle address", &network(address))
}

/// One home or office has a whole /64 of IPv6: who changes the address within it is still one address.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(long)) => match long.to_ipv4_mapped() {
            Some(short) => short.to_string(),
            None => format!("{:?}", &long.segments()[..4]),
        },
        _ => address.to_owned(),
    }
}

/// Signs in. Wrong name, wrong password, wrong code and a disabled account are one answer.
pub async fn sign_in(app: &App, shown: Credentials) -> Result<SignedIn, Problem> {
    let login = login_key(&shown.login);
    let account = find(app, shown.county, &login).await?;
    let county = account.as_ref().map(|it| it.county).or(shown.county);
    let failures = attempt(app, county, &login, shown.address.as_deref()).await?;
    let is_right = password::is(account.as_ref().map(|it| &it.password_hash), &shown.password).await?;
    let now_ms = app.now_ms();
    let opens = |account: &Account| {
        is_right
            && account.disabled_at_ms.is_none()
            && account.password_until_ms.is_none_or(|until| until > now_ms)
    };
    let Some(account) = account.clone().filter(opens) else {
        failed(app, &shown, account.as_ref(), county, failures).await?;
        return Err(wrong());
    };
    if account.totp_since_ms.is_some() && shown.second.is_none() {
        return Err(Problem::new(
            Code::SecondFactorNeeded,
            "密码正确，还需要验证器上的 6 位验证码或一个恢复码",
        ));
    }
    match open(app, &shown, &account).await {
        Ok(signed_in) => {
            went_well(app, county, &login, shown.address.as_deref()).await?;
            Ok(signed_in)
        }
        Err(problem) => {
            if problem.code == Code::SignInRefused {
                failed(app, &shown, Some(&account), county, failures).await?;
            }
            Err(problem)
        }
    }
}

async fn find(app: &App, county: Option<CountyCode>, login: &str) -> Result<Option<Account>, Problem> {
    let mut tx = app.db.read().await?;
    if let Some(county) = county {
        return Ok(store::account::by_login(&mut tx, county, login).await?);
    }
    let mut all = store::account::by_login_anywhere(&mut tx, login).await?;
    if all.len() > 1 {
        return Err(Problem::new(Code::CountyAmbiguous, "有几个县使用这个用户名，请选择所在的县"));
    }
    Ok(all.pop())
}

fn caller(account: Option<&Account>, shown: &Credentials) -> Caller {
    Caller {
        // What was typed for an unknown login may be a password: it is not kept.
        actor: account.map_or_else(|| "account:?".to_owned(), |it| format!("account:{}", it.login)),
        origin: "http",
        address: shown.address.clone(),
        request: shown.request.clone(),
        who: Who::Machine,
        hides_names: false,
    }
}

/// Writes a failure down in the county's trail: the first, the second, the fourth, the eighth …, so that guessing
/// does not fill the disk and yet shows.
async fn failed(
    app: &App,
    shown: &Credentials,
    account: Option<&Account>,
    county: Option<CountyCode>,
    failures: i64,
) -> Result<(), Problem> {
    if account.is_some() && !u64::try_from(failures).unwrap_or(1).is_power_of_two() {
        return Ok(());
    }
    // A county that was named and is not there has no trail.
    let Some(county) = trail(app, county).await? else { return Ok(()) };
    let (inner, caller) = (app.clone(), caller(account, shown));
    let Some(account) = account else {
        // Logins that somebody makes up are counted together, whatever they are.
        return crate::audit::failed(app, &caller, county, "account.sign_in", ("account", "?")).await;
    };
    let login = account.login.clone();
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let detail = json!({ "failures": failures });
                let entry = inner.entry(&caller, "account.sign_in", "account", &login, detail);
                act.audit(store::AuditEntry { outcome: "refused", ..entry }).await?;
                Ok(())
            })
        })
        .await
}

/// The named county when it is there; the only one when none is named.
async fn trail(app: &App, county: Option<CountyCode>) -> Result<Option<CountyCode>, Problem> {
    let mut tx = app.db.read().await?;
    let counties = store::county::list(&mut tx).await?;
    Ok(match county {
        Some(named) => counties.into_iter().map(|it| it.code).find(|it| *it == named),
        None if counties.len() == 1 => counties.first().map(|it| it.code),
        None => None,
    })
}

/// Opens the session in one act, with the second factor used up in it.
async fn open(app: &App, shown: &Credentials, account: &Account) -> Result<SignedIn, Problem> {
    let token = random_token(app);
    let session = NewSession {
        id: app.id(),
        county: account.county,
        account: account.id,
        token_hash: app.sealer.token_index("session", token.reveal()),
        address: shown.address.clone(),
        agent: shown.agent.as_deref().map(|it| it.chars().take(200).collect()),
        created_at_ms: app.now_ms(),
    };
    let (id, county, login) = (session.id, account.county, account.login.clone());
    let (inner, caller, account) = (app.clone(), caller(Some(account), shown), account.clone());
    let second = shown.second.clone();
    let pending = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let now_ms = inner.now_ms();
                // The account may have changed while the password was compared.
                let now = store::account::by_login(act, county, &account.login).await?;
                let now =
                    now.filter(|it| it.password_hash == account.password_hash && it.disabled_at_ms.is_none());
                let account = now.ok_or_else(wrong)?;
                let with = second_factor(act, &inner, &account, second.as_ref()).await?;
                store::account::session::sweep(act, now_ms - IDLE_MS).await?;
                store::account::session::add(act, &session).await?;
                store::account::set_signed_in(act, account.id, now_ms).await?;
                let held = store::account::grants(act, county).await?;
                let needs =
                    held.iter().any(|it| it.account == account.id && it.grant.role.needs_second_factor());
                let detail = json!({ "second_factor": with, "session": session.id });
                act.audit(inner.entry(&caller, "account.sign_in", "account", &account.login, detail)).await?;
                Ok::<_, Problem>(Pending::of(
                    account.must_change_since_ms.is_some(),
                    needs && account.totp_since_ms.is_none(),
                ))
            })
        })
        .await?;
    Ok(SignedIn { token, session: id, county, login, pending })
}

/// Uses up a code or a recovery code; which it was. An account without a second factor needs none.
async fn second_factor(
    act: &mut Act,
    app: &App,
    account: &Account,
    shown: Option<&Secret>,
) -> Result<Option<&'static str>, Problem> {
    let (Some(sealed), Some(_)) = (&account.totp_sealed, account.totp_since_ms) else { return Ok(None) };
    let shown = shown.ok_or_else(wrong)?;
    let secret = app.sealer.open_text(totp_place(account), sealed)?;
    let secret = totp::from_base32(&secret).ok_or_else(wrong)?;
    let now_ms = app.now_ms();
    if let Some(step) = totp::step_of(&secret, shown.reveal(), now_ms) {
        let is_fresh = store::account::use_step(act, account.id, step, now_ms).await?;
        return if is_fresh { Ok(Some("totp")) } else { Err(wrong()) };
    }
    let hash = recovery_index(app, account.id, shown.reveal());
    if store::account::use_recovery(act, account.id, &hash, now_ms).await? {
        return Ok(Some("recovery"));
    }
    Err(wrong())
}

/// The keyed hash of a recovery code, however it is typed.
pub(super) fn recovery_index(app: &App, account: Uuid, typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    app.sealer.token_index("recovery", &format!("{account}/{plain}"))
}

/// Whether a request counts as use of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Somebody does something.
    Active,
    /// A stream or a poll of the page by itself: does not keep the session alive.
    Watching,
}

/// The caller behind a session's token: one statement. An ended, idle or unknown session is one answer.
pub async fn session(app: &App, token: &str, used: Use) -> Result<Caller, Problem> {
    let ended = || Problem::new(Code::SessionEnded, "登录已失效，请重新登录");
    let live = {
        let mut tx = app.db.glance().await?;
        store::account::session::live(&mut tx, &app.sealer.token_index("session", token)).await?
    };
    let now_ms = app.now_ms();
    let live = live
        .filter(|it| !it.is_disabled)
        .filter(|it| now_ms - it.seen_at_ms <= IDLE_MS && now_ms - it.created_at_ms <= LONGEST_MS)
        .ok_or_else(ended)?;
    if used == Use::Active && now_ms - live.seen_at_ms >= TOUCH_MS {
        let (db, id) = (app.db.clone(), live.session);
        // A long import holds the writer: the request does not wait for this.
        tokio::spawn(async move { store::account::session::touch(&db, id, now_ms).await });
    }
    let needs = live.grants.iter().any(|grant| grant.role.needs_second_factor());
    let principal = Principal {
        account: live.account,
        session: Some(live.session),
        staff: Some(live.staff),
        county: live.county,
        grants: live.grants,
        only: None,
        pending: Pending::of(live.must_change, needs && !live.has_second_factor),
    };
    Ok(Caller::account(format!("account:{}", live.login), principal, None, None))
}

/// Ends the caller's session.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<(), Problem> {
    let principal = own(caller)?;
    let (county, account) = (principal.county, principal.account);
    app.permit(caller, Permission::OwnAccount, county).await?;
    let session = principal.session.unwrap_or_default();
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                store::account::session::end(act, account, session).await?;
                let detail = json!({ "session": session });
                let login = super::keep::login_of(act, county, account).await?;
                act.audit(inner.entry(&caller, "account.sign_out", "account", &login, detail)).await?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv6_is_its_network() {
        assert_eq!(network("2001:db8:1:2::7"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::7"), network("2001:db8:1:3::7"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.7"));
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
    }

    #[test]
    fn delays_grow_and_end_somewhere() {
        let seconds: Vec<i64> = (4..=9).map(|failures| account_delay(failures) / SECOND_MS).collect();
        assert_eq!(seconds, [0, 0, 1, 2, 4, 8]);
        assert_eq!(account_delay(16) / SECOND_MS, 900);
        assert_eq!(account_delay(i64::MAX) / SECOND_MS, 900);
        assert_eq!(address_delay(50), 0);
        assert_eq!(address_delay(51) / SECOND_MS, 1);
        assert_eq!(address_delay(1_000) / SECOND_MS, 60);
    }
}
