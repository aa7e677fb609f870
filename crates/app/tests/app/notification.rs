//! Who is told what, who sees it, and the log of it.

use super::play::{CAMPAIGN, Play, account, both, someone};
use app::notification::Text;
use app::{Caller, Code, Problem};
use domain::authority::Role;
use domain::ids::UnitId;
use domain::notification::{NotificationKind, Recipient};
use store::notification::Asked;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn unit(play: &Play, name: &str) -> UnitId {
    play.units().await.find(name).unwrap().id
}

async fn titles(play: &Play, caller: &Caller) -> Vec<String> {
    let list = app::notification::list(&play.app, caller, play.county, &Asked::default(), 50).await.unwrap();
    list.into_iter().map(|it| it.title).collect()
}

async fn unread(play: &Play, caller: &Caller) -> Vec<(String, i64)> {
    let counts = app::notification::unread(&play.app, caller, play.county).await.unwrap();
    counts.into_iter().map(|it| (it.label.to_owned(), it.count)).collect()
}

async fn chase(play: &Play, to: Vec<Recipient>) {
    let (app, caller) = (play.app.clone(), account(play, 1, Role::CountyOffice, None));
    let told: Result<_, Problem> = play
        .app
        .db
        .write(play.county, move |act| {
            Box::pin(async move {
                act.nothing_written();
                let text = Text { title: "请报送".to_owned(), body: String::new(), link: String::new() };
                app::notification::notify(&app, act, &caller, NotificationKind::Chase, text, to).await
            })
        })
        .await;
    told.unwrap();
}

#[tokio::test]
async fn a_campaign_is_told_to_each_unit_and_the_office_sees_who_knows() {
    both(async |play| {
        play.begin().await;
        let office = account(play, 1, Role::CountyOffice, None);
        let (h, s) = (unit(play, H).await, unit(play, S).await);
        let clerk = account(play, 2, Role::UnitClerk, Some(h));
        let colleague = account(play, 3, Role::UnitClerk, Some(h));
        let elsewhere = account(play, 4, Role::UnitClerk, Some(s));
        let leader = account(play, 5, Role::Viewer, Some(h));
        assert_eq!(titles(play, &clerk).await.len(), 1);
        assert_eq!(unread(play, &clerk).await, [("活动下发".to_owned(), 1)]);
        assert!(titles(play, &leader).await.is_empty(), "who looks on does not see in the unit's stead");
        assert!(titles(play, &office).await.is_empty());
        let link =
            app::notification::list(&play.app, &clerk, play.county, &Asked::default(), 50).await.unwrap();
        assert_eq!((link[0].link.as_str(), link[0].is_of_unit), (&*format!("/campaigns/{CAMPAIGN}"), true));
        // One clerk of the unit sees it for both; the other unit's is its own.
        assert_eq!(app::notification::see(&play.app, &clerk, play.county, None).await.unwrap(), 1);
        assert_eq!(play.acts().await.last().map(String::as_str), Some("notification.see"));
        assert_eq!(app::notification::see(&play.app, &colleague, play.county, None).await.unwrap(), 0);
        assert!(unread(play, &colleague).await.is_empty());
        assert_eq!(unread(play, &elsewhere).await.len(), 1);
        let log = app::notification::log(&play.app, &office, play.county, None, 9).await.unwrap();
        assert_eq!((log.len(), log[0].told, log[0].seen), (1, 33, 1));
        let sending = log[0].id.parse().unwrap();
        let told = app::notification::told(&play.app, &office, play.county, sending).await.unwrap();
        let seen: Vec<_> = told.iter().filter(|it| it.seen_at_ms.is_some()).collect();
        assert_eq!((told.len(), seen.len()), (33, 1));
        assert!(seen[0].recipient.contains(H) && seen[0].is_unit, "{seen:?}");
        assert_eq!(seen[0].seen_by.as_deref(), Some(clerk.actor.as_str()));
        let refused = app::notification::log(&play.app, &clerk, play.county, None, 9).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn nobody_reads_or_marks_what_was_told_to_another() {
    both(async |play| {
        play.begin().await;
        let (h, s) = (unit(play, H).await, unit(play, S).await);
        let mine = account(play, 2, Role::UnitClerk, Some(h));
        let others = [
            account(play, 3, Role::UnitClerk, Some(s)),
            account(play, 4, Role::CountyOffice, None),
            account(play, 5, Role::SystemAdministrator, None),
        ];
        for caller in [&mine].into_iter().chain(&others) {
            app::notification::see(&play.app, caller, play.county, None).await.unwrap();
        }
        chase(play, vec![Recipient::Account(mine.owner()), Recipient::Unit(h)]).await;
        let own = app::notification::list(&play.app, &mine, play.county, &Asked::default(), 2).await.unwrap();
        for other in &others {
            assert!(unread(play, other).await.is_empty());
            assert!(!titles(play, other).await.contains(&"请报送".to_owned()));
            for it in &own {
                let id = it.id.parse().unwrap();
                assert_eq!(app::notification::see(&play.app, other, play.county, Some(id)).await.unwrap(), 0);
            }
        }
        let mut abroad = mine.clone();
        if let app::Who::Account(principal) = &mut abroad.who {
            principal.county = "500101".parse().unwrap();
        }
        assert!(
            app::notification::list(&play.app, &abroad, play.county, &Asked::default(), 9).await.is_err()
        );
        assert_eq!(unread(play, &mine).await, [("催办".to_owned(), 2)]);
    })
    .await;
}

#[tokio::test]
async fn whoever_starts_an_import_is_told_how_it_ended() {
    both(async |play| {
        play.begin().await;
        let caller = account(play, 2, Role::CountyOffice, None);
        let file = play.file("名册.csv", super::play::someones(&[someone(1, "老复员军人", H)]).as_bytes());
        app::roster::import(&play.app, &caller, play.county, &file, false).await.unwrap();
        let told =
            app::notification::list(&play.app, &caller, play.county, &Asked::default(), 9).await.unwrap();
        assert_eq!((told.len(), told[0].kind_label), (1, "导入完成"));
        assert_eq!(told[0].body, "读取 1 行：新增 1，变更 0，未变 0，拒绝 0");
        // The operating-system user has no account to be told.
        play.roster_file(&file).await.unwrap();
        let log = app::notification::log(&play.app, &play.caller, play.county, None, 9).await.unwrap();
        assert_eq!(log.len(), 2, "{log:?}");
    })
    .await;
}

#[tokio::test]
async fn a_list_and_a_count_take_one_statement_each_however_much_there_is() {
    both(async |play| {
        play.begin().await;
        let h = unit(play, H).await;
        let caller = account(play, 2, Role::UnitClerk, Some(h));
        for _ in 0..30 {
            chase(play, vec![Recipient::Unit(h)]).await;
        }
        let db = &play.app.db;
        let before = db.statements();
        assert_eq!(titles(play, &caller).await.len(), 31);
        assert_eq!(db.statements() - before, 1);
        assert_eq!(unread(play, &caller).await.iter().map(|it| it.1).sum::<i64>(), 31);
        assert_eq!(db.statements() - before, 2);
    })
    .await;
}
