//! Accounts from the first one-time password to the last session, on both databases.

use super::play::{Play, both};
use app::account::{
    self, Credentials, IDLE_MS, LONGEST_MS, NewAccount, NewToken, ONE_TIME_MS, Reset, SignedIn, Use,
};
use app::{App, Caller, Code, Pending, Problem, Who};
use domain::authority::{Permission, Role};
use domain::mask::Secret;
use store::on;

const PASSWORD: &str = "xianhe-luopan-qingtai-muyu";
const OTHER: &str = "k7mq-29xd-vbtw-h4ep";
const H: &str = "黄水镇";

fn shown(login: &str, password: &str, second: Option<&str>) -> Credentials {
    Credentials {
        county: None,
        login: login.to_owned(),
        password: Secret::new(password),
        second: second.map(Secret::new),
        address: Some("192.0.2.7".to_owned()),
        agent: Some("浏览器".to_owned()),
        request: None,
    }
}

async fn sign_in(app: &App, login: &str, password: &str, second: Option<&str>) -> Result<SignedIn, Problem> {
    account::sign_in(app, shown(login, password, second)).await
}

async fn begin(play: &Play) {
    let county = formats::division::county("500240").unwrap();
    app::county::init(&play.app, &play.caller, &county).await.unwrap();
}

async fn create(
    play: &Play,
    login: &str,
    name: &str,
    role: Role,
    unit: Option<&str>,
) -> Result<Secret, Problem> {
    let new = NewAccount {
        login: login.to_owned(),
        name: name.to_owned(),
        number: String::new(),
        roles: vec![(role, unit.map(str::to_owned))],
    };
    account::create(&play.app, &play.caller, play.county, new).await
}

/// A clerk with a password of their own, signed in.
async fn clerk(play: &Play, login: &str) -> (Caller, Secret) {
    let one_time = create(play, login, login, Role::UnitClerk, Some(H)).await.unwrap();
    let first = sign_in(&play.app, login, one_time.reveal(), None).await.unwrap();
    assert_eq!(first.pending, Some(Pending::Password));
    let caller = account::session(&play.app, first.token.reveal(), Use::Active).await.unwrap();
    let token =
        account::change_password(&play.app, &caller, &one_time, &Secret::new(PASSWORD)).await.unwrap();
    (account::session(&play.app, token.reveal(), Use::Active).await.unwrap(), token)
}

fn code<T>(result: Result<T, Problem>) -> Code {
    result.err().expect("refused").code
}

#[tokio::test]
async fn the_three_administrators_begin_with_one_time_passwords() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        let first = account::inaugurate(app, &play.caller, county).await.unwrap();
        let roles: Vec<Role> = first.iter().map(|(role, _, _)| *role).collect();
        assert_eq!(roles, [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator]);
        let mut passwords: Vec<&str> = first.iter().map(|(_, _, one_time)| one_time.reveal()).collect();
        passwords.sort_unstable();
        passwords.dedup();
        assert!(passwords.len() == 3 && passwords.iter().all(|it| it.len() >= 16), "{passwords:?}");
        assert_eq!(code(account::inaugurate(app, &play.caller, county).await), Code::AccountRefused);
        // Nothing but the own account until the password is changed and a second factor enrolled.
        let (_, login, one_time) = &first[0];
        let signed_in = sign_in(app, login, one_time.reveal(), None).await.unwrap();
        let caller = account::session(app, signed_in.token.reveal(), Use::Active).await.unwrap();
        assert_eq!(code(account::list(app, &caller, county).await), Code::AccountPending);
        let token = account::change_password(app, &caller, one_time, &Secret::new(PASSWORD)).await.unwrap();
        let caller = account::session(app, token.reveal(), Use::Active).await.unwrap();
        assert_eq!(account::me(app, &caller).await.unwrap().pending, Some(Pending::SecondFactor));
        assert_eq!(code(account::list(app, &caller, county).await), Code::AccountPending);
        let enrolment = account::enrol(app, &caller).await.unwrap();
        assert!(enrolment.uri.reveal().contains(enrolment.secret.reveal()));
        let now = account::code_at(enrolment.secret.reveal(), app.now_ms()).unwrap();
        assert_eq!(
            code(account::confirm_second_factor(app, &caller, &Secret::new("000000")).await),
            Code::SignInRefused
        );
        let confirmed = account::confirm_second_factor(app, &caller, &Secret::new(now)).await.unwrap();
        assert_eq!(confirmed.recovery.len(), 10);
        let caller = account::session(app, confirmed.token.reveal(), Use::Active).await.unwrap();
        assert_eq!(account::list(app, &caller, county).await.unwrap().len(), 3);
        // An administrator sees no business, whatever the second factor.
        assert_eq!(code(app::import::list(app, &caller, county).await), Code::Forbidden);
        // The token that began to enrol opens nothing any more.
        assert_eq!(code(account::session(app, token.reveal(), Use::Active).await), Code::SessionEnded);
    })
    .await;
}

#[tokio::test]
async fn a_request_costs_one_statement() {
    both(async |play| {
        begin(play).await;
        let (_, token) = clerk(play, "zhang").await;
        let before = play.app.db.statements();
        let caller = account::session(&play.app, token.reveal(), Use::Active).await.unwrap();
        caller.permit(Permission::VisitRecord, play.county).unwrap();
        assert_eq!(play.app.db.statements() - before, 1);
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_opens_once_and_a_recovery_code_once() {
    both(async |play| {
        begin(play).await;
        let (caller, _) = clerk(play, "zhang").await;
        let app = &play.app;
        let enrolment = account::enrol(app, &caller).await.unwrap();
        let now = account::code_at(enrolment.secret.reveal(), app.now_ms()).unwrap();
        let confirmed =
            account::confirm_second_factor(app, &caller, &Secret::new(now.clone())).await.unwrap();
        assert_eq!(code(sign_in(app, "zhang", PASSWORD, None).await), Code::SecondFactorNeeded);
        // The code that enrolled was used.
        assert_eq!(code(sign_in(app, "zhang", PASSWORD, Some(&now)).await), Code::SignInRefused);
        let later = play.later(60_000);
        let next = account::code_at(enrolment.secret.reveal(), later.now_ms()).unwrap();
        assert!(sign_in(&later, "zhang", PASSWORD, Some(&next)).await.is_ok());
        assert_eq!(code(sign_in(&later, "zhang", PASSWORD, Some(&next)).await), Code::SignInRefused);
        let recovery = confirmed.recovery[3].reveal().to_uppercase();
        assert!(sign_in(&later, "zhang", PASSWORD, Some(&recovery)).await.is_ok());
        assert_eq!(code(sign_in(&later, "zhang", PASSWORD, Some(&recovery)).await), Code::SignInRefused);
        // Enrolling anew takes the security administrator; a lost factor does not lock out for ever.
        assert_eq!(code(account::enrol(app, &caller).await), Code::Conflict);
        account::reset(app, &play.caller, play.county, "zhang", Reset::SecondFactor).await.unwrap();
        assert!(sign_in(&later, "zhang", PASSWORD, None).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn guessing_grows_slow_and_is_counted_not_kept() {
    both(async |play| {
        begin(play).await;
        clerk(play, "zhang").await;
        let app = &play.app;
        let before = play.acts().await.len();
        for _ in 0..6 {
            assert_eq!(code(sign_in(app, "Zhang ", "wrong-password", None).await), Code::SignInRefused);
        }
        // Even the right password waits now, and the attempt does not lengthen the wait.
        let wait = sign_in(app, "zhang", PASSWORD, None).await.unwrap_err();
        assert_eq!((wait.code, wait.status()), (Code::SignInWait, 429));
        assert_eq!(wait.details["retry_after_s"], 1);
        assert!(sign_in(&play.later(5_000), "zhang", PASSWORD, None).await.is_ok());
        sign_in(app, "zhang", PASSWORD, None).await.expect("a sign-in ends the count");
        let acts = play.acts().await;
        assert_eq!(acts[before..].iter().filter(|act| *act == "account.sign_in").count(), 3 + 2);
        // An unknown login is answered and slowed alike; what was typed is kept nowhere.
        for _ in 0..6 {
            assert_eq!(code(sign_in(app, "mimaxiecuole", "x", None).await), Code::SignInRefused);
        }
        assert_eq!(code(sign_in(app, "mimaxiecuole", "x", None).await), Code::SignInWait);
        let mut tx = play.app.db.read().await.unwrap();
        let rows = store::audit::list_after(&mut tx, play.county, 0, 1_000).await.unwrap();
        assert!(rows.iter().all(|row| !format!("{row:?}").contains("mimaxiecuole")));
        let (kept,): (i64,) = on!(&mut tx, c => sqlx::query_as(
            "SELECT COUNT(*) FROM sign_in_throttle WHERE key LIKE '%mima%' OR key LIKE '%192%'"
        ).fetch_one(c).await)
        .unwrap();
        assert_eq!(kept, 0);
    })
    .await;
}

#[tokio::test]
async fn attempts_at_the_same_time_count_each() {
    both(async |play| {
        begin(play).await;
        clerk(play, "zhang").await;
        let guesses = (0..12).map(|n| {
            let app = play.app.clone();
            tokio::spawn(async move { sign_in(&app, "zhang", &format!("guess-number-{n}"), None).await })
        });
        let mut tried = 0;
        for guess in guesses.collect::<Vec<_>>() {
            tried += usize::from(code(guess.await.unwrap()) == Code::SignInRefused);
        }
        assert_eq!(tried, 6, "five are free, the sixth makes the others wait");
    })
    .await;
}

#[tokio::test]
async fn sessions_end_by_themselves_by_hand_and_with_the_password() {
    both(async |play| {
        begin(play).await;
        let (caller, token) = clerk(play, "zhang").await;
        let (app, county) = (&play.app, play.county);
        let token = token.reveal();
        // Idle: use keeps it alive, watching does not.
        let used = play.later(IDLE_MS - 10_000);
        account::session(&used, token, Use::Watching).await.unwrap();
        let idle = play.later(IDLE_MS + 60_000);
        assert_eq!(code(account::session(&idle, token, Use::Active).await), Code::SessionEnded);
        let mut at = 0;
        while at + IDLE_MS - 60_000 < LONGEST_MS {
            at += IDLE_MS - 60_000;
            account::session(&play.later(at), token, Use::Active).await.unwrap();
            settled(play, play.later(at).now_ms()).await;
        }
        let longest = play.later(LONGEST_MS + 60_000);
        assert_eq!(code(account::session(&longest, token, Use::Active).await), Code::SessionEnded);

        // Another browser; both are listed, either ends the other.
        let now = play.later(at);
        let other = sign_in(&now, "zhang", PASSWORD, None).await.unwrap();
        assert_ne!(other.token.reveal(), token);
        let listed = account::own_sessions(&now, &caller).await.unwrap();
        assert_eq!((listed.len(), listed.iter().filter(|it| it.is_current).count()), (2, 1));
        account::end_own_session(&now, &caller, other.session).await.unwrap();
        assert_eq!(code(account::end_own_session(&now, &caller, other.session).await), Code::NotFound);
        assert_eq!(code(account::session(&now, other.token.reveal(), Use::Active).await), Code::SessionEnded);

        // A changed password ends the others and gives this one another token.
        let other = sign_in(&now, "zhang", PASSWORD, None).await.unwrap();
        let fresh = account::change_password(&now, &caller, &Secret::new(PASSWORD), &Secret::new(OTHER))
            .await
            .unwrap();
        for old in [token, other.token.reveal()] {
            assert_eq!(code(account::session(&now, old, Use::Active).await), Code::SessionEnded);
        }
        let caller = account::session(&now, fresh.reveal(), Use::Active).await.unwrap();
        assert_eq!(code(sign_in(&now, "zhang", PASSWORD, None).await), Code::SignInRefused);
        account::sign_out(&now, &caller).await.unwrap();
        assert_eq!(code(account::session(&now, fresh.reveal(), Use::Active).await), Code::SessionEnded);

        // Disabling ends everything at once, and the account opens no more.
        let last = sign_in(&now, "zhang", OTHER, None).await.unwrap();
        account::set_disabled(&now, &play.caller, county, "zhang", true).await.unwrap();
        assert_eq!(code(account::session(&now, last.token.reveal(), Use::Active).await), Code::SessionEnded);
        assert_eq!(code(sign_in(&now, "zhang", OTHER, None).await), Code::SignInRefused);
        account::set_disabled(app, &play.caller, county, "zhang", false).await.unwrap();
        assert!(sign_in(&now, "zhang", OTHER, None).await.is_ok());
    })
    .await;
}

/// Waits until the use of the session, which is written beside the request, is written.
async fn settled(play: &Play, until_ms: i64) {
    for _ in 0..500 {
        let mut tx = play.app.db.read().await.unwrap();
        let (seen,): (i64,) = on!(&mut tx, c => sqlx::query_as(
            "SELECT COALESCE(MAX(seen_at_ms), 0) FROM session"
        ).fetch_one(c).await)
        .unwrap();
        if seen + 60_000 > until_ms {
            return;
        }
        drop(tx);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the session's use was not written");
}

#[tokio::test]
async fn passwords_are_refused_when_weak_old_or_expired() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        let one_time = create(play, "zhangsan", "张三", Role::UnitClerk, Some(H)).await.unwrap();
        let signed_in = sign_in(app, "zhangsan", one_time.reveal(), None).await.unwrap();
        let caller = account::session(app, signed_in.token.reveal(), Use::Active).await.unwrap();
        for weak in ["", "1234567890", "Huangshui@2024", "zhangsan19900101", "shizhu888888", "石柱黄水镇2024"]
        {
            let changed = account::change_password(app, &caller, &one_time, &Secret::new(weak)).await;
            assert_eq!(code(changed), Code::PasswordWeak, "{weak}");
        }
        let same = account::change_password(app, &caller, &one_time, &one_time).await;
        assert_eq!(code(same), Code::PasswordWeak);
        let wrong = account::change_password(app, &caller, &Secret::new("x"), &Secret::new(OTHER)).await;
        assert_eq!(code(wrong), Code::SignInRefused);
        // A one-time password that lay about too long opens nothing; a reset gives another.
        let late = play.later(ONE_TIME_MS + 60_000);
        assert_eq!(code(sign_in(&late, "zhangsan", one_time.reveal(), None).await), Code::SignInRefused);
        let reset = account::reset(&late, &play.caller, county, "zhangsan", Reset::Password).await.unwrap();
        let reset = reset.unwrap();
        assert_ne!(reset.reveal(), one_time.reveal());
        assert_eq!(
            sign_in(&late, "zhangsan", reset.reveal(), None).await.unwrap().pending,
            Some(Pending::Password)
        );
    })
    .await;
}

#[tokio::test]
async fn one_human_holds_one_link_of_the_chain_and_administrators_no_business() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        create(play, "maker", "王经办", Role::FinanceMaker, None).await.unwrap();
        create(play, "clerk", "李经办", Role::UnitClerk, Some(H)).await.unwrap();
        // The same human with another login.
        let again = create(play, "checker", "王经办", Role::FinanceChecker, None).await;
        assert_eq!(code(again), Code::AccountRefused);
        assert_eq!(
            code(create(play, "maker2", "王经办", Role::FinanceMaker, None).await),
            Code::AccountRefused
        );
        create(play, "checker", "赵复核", Role::FinanceChecker, None).await.unwrap();
        let grant = async |login: &str, role, unit: Option<&str>| {
            account::grant(app, &play.caller, county, login, role, unit).await
        };
        assert_eq!(code(grant("maker", Role::FinanceApprover, None).await), Code::AccountRefused);
        assert_eq!(code(grant("clerk", Role::AuditAdministrator, None).await), Code::AccountRefused);
        grant("clerk", Role::UnitClerk, Some("沙子镇")).await.unwrap();
        assert_eq!(code(grant("clerk", Role::UnitClerk, Some("沙子镇")).await), Code::Conflict);
        grant("clerk", Role::FinanceMaker, None).await.unwrap();
        account::revoke(app, &play.caller, county, "clerk", Role::FinanceMaker, None).await.unwrap();
        grant("clerk", Role::FinanceApprover, None).await.unwrap();
        // Roles stand where they belong.
        for (role, unit) in [
            (Role::VillageStation, Some(H)),
            (Role::UnitClerk, None),
            (Role::TroopLiaison, Some(H)),
            (Role::CountyOffice, Some(H)),
        ] {
            assert_eq!(code(grant("clerk", role, unit).await), Code::AccountRefused, "{role:?}");
        }
        assert_eq!(code(grant("nobody", Role::Viewer, None).await), Code::NotFound);
        let views = account::list(app, &play.caller, county).await.unwrap();
        let clerk = views.iter().find(|it| it.login == "clerk").unwrap();
        let held: Vec<(&str, &str)> =
            clerk.roles.iter().map(|it| (it.label, it.unit_name.as_str())).collect();
        assert_eq!(held.len(), 3, "{held:?}");
        assert!(held.contains(&("单位经办", H)) && held.contains(&("单位经办", "沙子镇")));
        for bad in ["", "ab", "张三", "1abc", "a b c", &"a".repeat(33)] {
            assert_eq!(code(create(play, bad, "某", Role::Viewer, None).await), Code::BadRequest, "{bad}");
        }
        assert_eq!(code(create(play, "maker", "另一人", Role::Viewer, None).await), Code::AccountRefused);
    })
    .await;
}

/// An administrator who is through with the password and the second factor.
async fn administrator(play: &Play, role: Role) -> Caller {
    let login = role.code().replace('_', "");
    let one_time = create(play, &login, role.label(), role, None).await.unwrap();
    let signed_in = sign_in(&play.app, &login, one_time.reveal(), None).await.unwrap();
    let mut caller = account::session(&play.app, signed_in.token.reveal(), Use::Active).await.unwrap();
    if let Who::Account(principal) = &mut caller.who {
        principal.pending = None;
    }
    caller
}

#[tokio::test]
async fn no_administrator_gets_into_a_foreign_account_alone() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        let system = administrator(play, Role::SystemAdministrator).await;
        let security = administrator(play, Role::SecurityAdministrator).await;
        let new = |roles| NewAccount {
            login: "zhang".to_owned(),
            name: "张".to_owned(),
            number: String::new(),
            roles,
        };
        let with_role = account::create(app, &system, county, new(vec![(Role::CountyOffice, None)])).await;
        assert_eq!(code(with_role), Code::Forbidden);
        assert_eq!(code(account::create(app, &security, county, new(Vec::new())).await), Code::Forbidden);
        account::create(app, &system, county, new(Vec::new())).await.unwrap();
        let granted = account::grant(app, &system, county, "zhang", Role::CountyOffice, None).await;
        assert_eq!(code(granted), Code::Forbidden);
        account::grant(app, &security, county, "zhang", Role::CountyOffice, None).await.unwrap();
        let second = account::reset(app, &system, county, "zhang", Reset::SecondFactor).await;
        assert_eq!(code(second), Code::Forbidden);
        let first = account::reset(app, &security, county, "zhang", Reset::Password).await;
        assert_eq!(code(first), Code::Forbidden);
        // Nor does one change the own.
        let own = account::set_disabled(app, &system, county, "systemadministrator", true).await;
        assert_eq!(code(own), Code::AccountRefused);
        let own = account::grant(app, &security, county, "securityadministrator", Role::Viewer, None).await;
        assert_eq!(code(own), Code::AccountRefused);
    })
    .await;
}

#[tokio::test]
async fn a_token_opens_its_part_until_it_ends() {
    both(async |play| {
        play.begin().await;
        let (app, county) = (&play.app, play.county);
        let new = |permissions: &[Permission]| NewToken {
            name: "数据交换".to_owned(),
            role: Role::UnitClerk,
            unit: Some(H.to_owned()),
            permissions: permissions.to_vec(),
            days: 30,
        };
        for permission in [Permission::UnitChange, Permission::OwnAccount, Permission::PersonReveal] {
            let made = account::create_token(app, &play.caller, county, new(&[permission])).await;
            assert_eq!(code(made), Code::BadRequest, "{permission:?}");
        }
        for (role, days) in [(Role::FinanceMaker, 30), (Role::AuditAdministrator, 30), (Role::UnitClerk, 400)]
        {
            let bad = NewToken { role, days, ..new(&[Permission::StatisticsRead]) };
            assert_eq!(code(account::create_token(app, &play.caller, county, bad).await), Code::BadRequest);
        }
        let (id, secret) =
            account::create_token(app, &play.caller, county, new(&[Permission::StatisticsRead]))
                .await
                .unwrap();
        let machine = account::token(app, secret.reveal()).await.unwrap();
        assert_eq!(machine.actor, "token:数据交换");
        let campaign = super::play::CAMPAIGN;
        let table = app::statistics::table(app, &machine, county, campaign, None).await.unwrap();
        assert_eq!(table.unit.name, H);
        assert_eq!(
            code(app::statistics::table(app, &machine, county, campaign, Some("沙子镇")).await),
            Code::UnitUnknown
        );
        assert_eq!(code(app::coverage::of(app, &machine, county, campaign, None).await), Code::Forbidden);
        assert_eq!(code(account::me(app, &machine).await), Code::Forbidden);
        for wrong in ["", "sy_", &secret.reveal()[..20], &secret.reveal().to_uppercase()] {
            assert_eq!(code(account::token(app, wrong).await), Code::SessionEnded);
        }
        let late = play.later(31 * 24 * 3600 * 1000);
        assert_eq!(code(account::token(&late, secret.reveal()).await), Code::SessionEnded);
        let listed = account::tokens(app, &play.caller, county).await.unwrap();
        assert!(listed.len() == 1 && !format!("{listed:?}").contains(secret.reveal()));
        account::revoke_token(app, &play.caller, county, id).await.unwrap();
        assert_eq!(code(account::token(app, secret.reveal()).await), Code::SessionEnded);
        assert_eq!(code(account::revoke_token(app, &play.caller, county, id).await), Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn secrets_stand_nowhere_in_clear_and_each_act_is_written_down_once() {
    both(async |play| {
        begin(play).await;
        let before = play.acts().await.len();
        let (caller, token) = clerk(play, "zhang").await;
        let app = &play.app;
        let enrolment = account::enrol(app, &caller).await.unwrap();
        let now = account::code_at(enrolment.secret.reveal(), app.now_ms()).unwrap();
        let confirmed = account::confirm_second_factor(app, &caller, &Secret::new(now)).await.unwrap();
        let new = NewToken {
            name: "交换".to_owned(),
            role: Role::Viewer,
            unit: None,
            permissions: vec![Permission::StatisticsRead],
            days: 1,
        };
        let (_, api) = account::create_token(app, &play.caller, play.county, new).await.unwrap();
        let caller = account::session(app, confirmed.token.reveal(), Use::Active).await.unwrap();
        account::sign_out(app, &caller).await.unwrap();
        assert_eq!(
            play.acts().await[before..],
            [
                "account.create",
                "account.sign_in",
                "account.password",
                "account.enrol",
                "account.second_factor",
                "token.create",
                "account.sign_out"
            ]
        );
        let mut secrets = vec![PASSWORD, token.reveal(), enrolment.secret.reveal(), api.reveal()];
        secrets.extend(confirmed.recovery.iter().map(Secret::reveal));
        let mut tx = app.db.read().await.unwrap();
        let mut text = String::new();
        for table in ["account", "session", "api_token", "recovery_code", "audit"] {
            let columns = store::tables::Table::named(table).text.join(", '|', ");
            let sql = sqlx::AssertSqlSafe(format!("SELECT CONCAT({columns}) FROM {table}"));
            let rows: Vec<(String,)> = on!(&mut tx, c => sqlx::query_as(sql).fetch_all(c).await).unwrap();
            text.extend(rows.into_iter().map(|(row,)| row));
        }
        assert!(text.contains("$argon2id$") && text.contains("zhang"));
        for secret in secrets {
            assert!(!text.contains(secret), "{secret}");
        }
    })
    .await;
}
