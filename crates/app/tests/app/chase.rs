//! The office asks units for their table: who is told, who has seen it, and nobody twice within the hour.

use super::play::{CAMPAIGN, Play, account, both};
use app::account::NewAccount;
use app::chase::{Sent, Wanted, log, send, told};
use app::page::Asked;
use app::submission::{list, submit};
use app::{Caller, Code, Problem, Who};
use domain::authority::Role;
use domain::ids::UnitId;

const H: &str = "黄水镇";
const S: &str = "沙子镇";
const X: &str = "西沱镇";
const HOUR_MS: i64 = 3_600_000;

async fn unit(play: &Play, name: &str) -> UnitId {
    play.units().await.find(name).unwrap().id
}

/// An account that is in the database, and its caller.
async fn person(play: &Play, login: &str, roles: &[(Role, &str)]) -> Caller {
    let new = NewAccount {
        login: login.to_owned(),
        name: format!("人{login}"),
        number: String::new(),
        roles: roles.iter().map(|(role, unit)| (*role, Some((*unit).to_owned()))).collect(),
    };
    app::account::create(&play.app, &play.caller, play.county, new).await.unwrap();
    let mut tx = play.app.db.read().await.unwrap();
    let stored = store::account::by_login(&mut tx, play.county, login).await.unwrap().unwrap();
    let mut caller = account(play, stored.id.as_u128(), roles[0].0, Some(unit(play, roles[0].1).await));
    caller.actor = format!("account:{login}");
    caller
}

struct People {
    office: Caller,
    clerk: Caller,
    both: Caller,
}

/// 黄水镇 has a clerk and a leader, who also is a clerk of 沙子镇; 西沱镇 has only somebody who looks on.
async fn begin(play: &Play) -> People {
    play.begin().await;
    let clerk = person(play, "jiajia", &[(Role::UnitClerk, H)]).await;
    let mut both = person(play, "yiyi", &[(Role::UnitLeader, H), (Role::UnitClerk, S)]).await;
    if let Who::Account(principal) = &mut both.who {
        let role = Role::UnitClerk;
        principal.grants.push(domain::authority::Grant { role, unit: Some(unit(play, S).await) });
    }
    person(play, "bingbing", &[(Role::Viewer, X)]).await;
    person(play, "dingding", &[(Role::UnitClerk, H)]).await;
    app::account::set_disabled(&play.app, &play.caller, play.county, "dingding", true).await.unwrap();
    People { office: account(play, 1, Role::CountyOffice, None), clerk, both }
}

async fn chase(play: &Play, who: &Caller, units: &[&str], again: bool) -> Result<Sent, Problem> {
    let units = units.iter().map(|it| (*it).to_owned()).collect();
    send(&play.app, who, play.county, CAMPAIGN, Wanted { units, text: None, again }).await
}

async fn words(play: &Play, who: &Caller, name: &str) -> Option<String> {
    let all = list(&play.app, who, play.county, CAMPAIGN, None).await.unwrap();
    all.units.into_iter().find(|it| it.name == name).unwrap().chase.map(|it| it.words)
}

fn outcomes(sent: &Sent) -> Vec<(&str, usize, bool, bool)> {
    sent.units.iter().map(|it| (it.name.as_str(), it.told, it.has_account, it.is_done)).collect()
}

#[tokio::test]
async fn people_of_each_unit_are_told_and_the_list_says_who_has_seen_it() {
    both(async |play| {
        let People { office, clerk, both } = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let sent = chase(play, &office, &[S, H, X, "黄水镇"], false).await.unwrap();
        assert_eq!(sent.text, "2024年“八一”走访慰问统计表应于 2024-08-12 前报送（剩16天），请尽快报送。");
        let mut told_of = outcomes(&sent);
        told_of.sort_unstable();
        let mut expected = [(H, 2, true, false), (S, 1, true, false), (X, 0, false, false)];
        expected.sort_unstable();
        assert_eq!(told_of, expected);
        assert_eq!(words(play, &office, H).await.as_deref(), Some("催办 1 次，最近 07-20 10:00，已阅 0/2"));
        assert_eq!(words(play, &office, X).await.as_deref(), Some("催办 1 次，最近 07-20 10:00，没有账号"));
        assert_eq!(words(play, &office, "悦崃镇").await, None);
        let listed = list(app, &office, county, CAMPAIGN, None).await.unwrap();
        for (name, hears) in [(H, true), (S, true), (X, false)] {
            assert_eq!(listed.units.iter().find(|it| it.name == name).unwrap().has_account, hears, "{name}");
        }
        // One person of two units is told once, and has seen it for both.
        let asked = app::notification::Asked {
            kind: Some(domain::notification::NotificationKind::Chase),
            ..Default::default()
        };
        let got = app::notification::list(app, &both, county, &asked, 9).await.unwrap();
        assert_eq!((got.len(), got[0].link.as_str()), (1, "/campaigns/bayi-2024/submissions"));
        app::notification::see(app, &both, county, None).await.unwrap();
        assert_eq!(words(play, &clerk, H).await.as_deref(), Some("催办 1 次，最近 07-20 10:00，已阅 1/2"));
        assert_eq!(words(play, &office, S).await.as_deref(), Some("催办 1 次，最近 07-20 10:00，已阅 1/1"));
        // The log: who asked whom, and who has seen it.
        let page = log(app, &office, county, CAMPAIGN, &Asked::default()).await.unwrap();
        let entry = &page.items[0];
        assert_eq!((entry.units, entry.told, entry.seen, entry.created_by.as_str()), (3, 2, 1, "account:1"));
        let all = told(app, &office, county, CAMPAIGN, entry.id.parse().unwrap()).await.unwrap();
        let mut people: Vec<_> =
            all.iter().map(|it| (it.unit.1.as_str(), it.login.as_deref(), it.seen_at_ms.is_some())).collect();
        people.sort_unstable();
        let mut expected =
            [(H, Some("jiajia"), false), (H, Some("yiyi"), true), (S, Some("yiyi"), true), (X, None, false)];
        expected.sort_unstable();
        assert_eq!(people, expected);
        assert_eq!(play.acts().await.iter().filter(|it| *it == "chase.send").count(), 1);
        // Only the office asks and reads the log.
        assert_eq!(chase(play, &clerk, &[S], false).await.unwrap_err().code, Code::Forbidden);
        let refused = log(app, &clerk, county, CAMPAIGN, &Asked::default()).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
        assert_eq!(told(app, &office, county, CAMPAIGN, app.id()).await.unwrap_err().code, Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_twice_within_the_hour_by_mistake() {
    both(async |play| {
        let People { office, .. } = begin(play).await;
        chase(play, &office, &[H], false).await.unwrap();
        let refused = chase(play, &office, &[H, S], false).await.unwrap_err();
        assert_eq!(refused.code, Code::ChaseAgain);
        assert!(refused.message.starts_with("黄水镇一小时内催办过（2024-07-20 10:00"), "{refused}");
        assert_eq!(refused.details["units"].as_array().unwrap().len(), 1);
        assert_eq!(words(play, &office, S).await, None, "nothing was sent");
        chase(play, &office, &[H, S], true).await.unwrap();
        assert!(words(play, &office, H).await.unwrap().starts_with("催办 2 次"));
        play.pass(HOUR_MS);
        chase(play, &office, &[H], false).await.unwrap();
        assert!(words(play, &office, H).await.unwrap().starts_with("催办 3 次，最近 07-20 11:00"));
        let page = log(&play.app, &office, play.county, CAMPAIGN, &Asked { cursor: None, limit: Some(2) });
        let page = page.await.unwrap();
        assert_eq!(page.items.iter().map(|it| it.units).collect::<Vec<_>>(), [1, 2]);
        let rest = Asked { cursor: page.next, limit: Some(2) };
        let rest = log(&play.app, &office, play.county, CAMPAIGN, &rest).await.unwrap();
        assert_eq!((rest.items.len(), rest.next), (1, None));
    })
    .await;
}

#[tokio::test]
async fn who_has_submitted_is_left_alone_and_nonsense_is_refused() {
    both(async |play| {
        let People { office, clerk, .. } = begin(play).await;
        let (app, county) = (&play.app, play.county);
        submit(app, &clerk, county, (CAMPAIGN, H), None).await.unwrap();
        let sent = chase(play, &office, &[H], false).await.unwrap();
        assert_eq!((sent.id.as_deref(), outcomes(&sent)), (None, vec![(H, 0, true, true)]));
        assert_eq!(words(play, &office, H).await, None);
        let department = play.department().await.code;
        let village = play.village(H, 0).await.code;
        for (units, code) in [
            (vec![], Code::BadRequest),
            (vec!["没有这个单位"], Code::UnitUnknown),
            (vec![department.as_str()], Code::BadRequest),
            (vec![S, village.as_str()], Code::BadRequest),
        ] {
            assert_eq!(chase(play, &office, &units, false).await.unwrap_err().code, code, "{units:?}");
        }
        for (text, code) in
            [("长".repeat(301), Code::BadRequest), ("机密★10年".to_owned(), Code::SecrecyRefused)]
        {
            let wanted = Wanted { units: vec![S.to_owned()], text: Some(text), again: false };
            assert_eq!(send(app, &office, county, CAMPAIGN, wanted).await.unwrap_err().code, code);
        }
        let wanted =
            Wanted { units: vec![S.to_owned()], text: Some("  请今天报  ".to_owned()), again: false };
        assert_eq!(send(app, &office, county, CAMPAIGN, wanted).await.unwrap().text, "请今天报");
    })
    .await;
}

#[tokio::test]
async fn one_unit_and_all_of_them_cost_the_same_statements() {
    both(async |play| {
        let People { office, .. } = begin(play).await;
        let all = list(&play.app, &office, play.county, CAMPAIGN, None).await.unwrap();
        let all: Vec<&str> = all.units.iter().map(|it| it.code.as_str()).collect();
        let cost = async |units: &[&str]| {
            let before = play.app.db.statements();
            chase(play, &office, units, true).await.unwrap();
            play.app.db.statements() - before
        };
        assert_eq!(cost(&[S]).await, cost(&all).await);
        let before = play.app.db.statements();
        list(&play.app, &office, play.county, CAMPAIGN, None).await.unwrap();
        assert!(play.app.db.statements() - before <= 7);
    })
    .await;
}
