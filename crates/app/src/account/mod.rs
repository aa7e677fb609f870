//! Accounts: made, disabled, given roles; signing in and what one does with the own account. Passwords and tokens
//! leave only in the answer that hands them out once.

mod acting;
mod demo;
mod keep;
mod manage;
mod own;
mod password;
mod sign_in;
mod stand_in;
mod token;
mod totp;
mod view;

pub(crate) use acting::acting;
pub use demo::demonstrate;
pub use keep::{Reset, grant, reset, revoke, set_disabled};
pub use manage::{NewAccount, create, inaugurate};
pub use own::{
    Confirmed, Enrolment, Me, change_password, confirm_second_factor, end_own_session, enrol, me,
    own_sessions,
};
pub use sign_in::{Credentials, SignedIn, Use, session, sign_in, sign_out};
pub use stand_in::stand_in;
pub use token::{NewToken, TokenView, create_token, revoke_token, token, tokens};
pub use totp::code_at;
pub use view::{AccountView, HeldView, SessionView, end_sessions, list, sessions};

use crate::{App, Caller, Code, Principal, Problem, Who};
use domain::mask::Secret;
use domain::region::CountyCode;
use store::Tx;
use store::account::Account;
use uuid::Uuid;

/// A session ends after so long without use.
pub const IDLE_MS: i64 = 30 * 60 * 1000;
/// A session ends after so long whatever happens.
pub const LONGEST_MS: i64 = 12 * 3600 * 1000;
/// A one-time password opens for so long.
pub const ONE_TIME_MS: i64 = 7 * 24 * 3600 * 1000;
/// How late the last use of a session or token may be written down.
const TOUCH_MS: i64 = 60_000;

/// Refuses a passphrase that protects a file and is easily guessed, by the rules for passwords.
pub(crate) fn check_strength(passphrase: &str) -> Result<(), Problem> {
    password::check(&Secret::new(passphrase), &[])
}

/// 256 random bits as text, for a session or a token.
fn random_token(app: &App) -> Secret {
    use std::fmt::Write;
    let mut bytes = [0; 32];
    app.chance.fill(&mut bytes);
    let mut text = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Secret::new(text)
}

/// A login as it is compared: lower case, without blanks around.
fn login_key(typed: &str) -> String {
    typed.trim().chars().take(64).collect::<String>().to_lowercase()
}

/// The account behind a caller who acts on it; tokens and the machine's user have none.
fn own(caller: &Caller) -> Result<&Principal, Problem> {
    match &caller.who {
        Who::Account(principal) if principal.session.is_some() => Ok(principal),
        _ => Err(Problem::new(Code::Forbidden, "只有登录的账号可以这样做")),
    }
}

async fn by_login(tx: &mut Tx, county: CountyCode, login: &str) -> Result<Account, Problem> {
    store::account::by_login(tx, county, &login_key(login))
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound, format!("没有用户名为“{}”的账号", login_key(login))))
}

async fn by_id(tx: &mut Tx, county: CountyCode, id: Uuid) -> Result<Account, Problem> {
    store::account::by_id(tx, county, id)
        .await?
        .filter(|account| account.disabled_at_ms.is_none())
        .ok_or_else(|| Problem::new(Code::SessionEnded, "账号已停用或不存在，请重新登录"))
}

/// Where the secret of an account's second factor is sealed.
fn totp_place(account: &Account) -> store::Place {
    store::Place { county: account.county, table: "account", row: account.id, field: "totp" }
}

/// Words that a password of this account must not be made of: login, names of the human, county and units in pinyin.
async fn near_words(tx: &mut Tx, account: &Account) -> Result<Vec<String>, Problem> {
    let spelled = |name: &str| domain::pinyin::key(name).replace(' ', "").to_lowercase();
    let mut words = vec![account.login.clone(), spelled(&account.staff_name), account.staff_name.clone()];
    if let Ok(units) = crate::unit::tree_in(tx, account.county).await {
        for unit in units.all().iter().filter(|unit| unit.kind != domain::unit::UnitKind::Village) {
            let names = [&unit.name, &unit.short_name].into_iter().chain(&unit.aliases);
            words.extend(names.flat_map(|name| [spelled(name), name.clone()]));
        }
        // 石柱 for 石柱土家族自治县.
        let county: String = units.root().name.chars().take(2).collect();
        words.extend([spelled(&county), county]);
    }
    words.retain(|word| word.chars().count() > 1);
    words.sort();
    words.dedup();
    Ok(words)
}
