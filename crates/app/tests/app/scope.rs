//! What a unit can see of others by any way but the front door: imports, visits, figures, lists, ids.

use super::authority::{caller, form};
use super::play::{CAMPAIGN, Play, bayi, both, call, calls, sent, someone, someones};
use app::visit::Became;
use app::{Caller, Code};
use domain::authority::Role;
use domain::finding::Severity;
use domain::ids::{ImportId, VisitId};
use uuid::Uuid;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn begin(play: &Play) -> (Caller, Caller) {
    play.begin().await;
    let units = play.units().await;
    let of = |name: &str| Some(units.find(name).unwrap().id);
    (caller(play, Role::UnitClerk, of(H)), caller(play, Role::UnitClerk, of(S)))
}

#[tokio::test]
async fn a_clerk_imports_only_for_the_own_township_and_learns_nothing_of_others() {
    both(async |play| {
        let (clerk, other) = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let theirs =
            someone(1, "烈士遗属", S).with("联系电话", "20012345678").with("死亡（停发）日期", "2024-07-01");
        play.roster(&[theirs.with("状态", "死亡"), someone(2, "烈士遗属", S)]).await;
        // The same number under the clerk's own township, a row of another township, and a row of the own.
        let rows = [someone(1, "老复员军人", H), someone(3, "老复员军人", S), someone(4, "老复员军人", H)];
        let path = play.file("名册.csv", someones(&rows).as_bytes());
        for is_dry in [true, false] {
            let done = app::roster::import(app, &clerk, county, &path, is_dry).await.unwrap();
            assert_eq!((done.counts.added, done.counts.refused, done.counts.changed), (1, 2, 0));
            // Of the refused rows nothing but that; the last row is the clerk's own.
            let codes: Vec<&str> =
                done.findings.iter().filter(|it| it.row < Some(4)).map(|it| it.code.as_str()).collect();
            assert_eq!(codes, ["roster.taken", "roster.foreign"], "{:?}", done.findings);
            assert!(done.not_in_file.is_empty(), "{:?}", done.not_in_file);
            assert!(done.changes.is_empty());
            let text = format!("{:?}", done.findings);
            assert!(!text.contains(S) && !text.contains('安'), "{text}");
        }
        // Each sees and undoes the own imports only; the county sees all.
        assert_eq!(app::import::list(app, &clerk, county).await.unwrap().len(), 1);
        assert!(app::import::list(app, &other, county).await.unwrap().is_empty());
        let all = app::import::list(app, &play.caller, county).await.unwrap();
        assert_eq!(all.len(), 2);
        let id: ImportId = app::import::list(app, &clerk, county).await.unwrap()[0].id.parse().unwrap();
        let unknown = app::import::undo(app, &other, county, ImportId(Uuid::nil())).await.unwrap_err();
        let foreign = app::import::undo(app, &other, county, id).await.unwrap_err();
        assert_eq!(foreign.code, Code::NotFound);
        assert_eq!(
            foreign.message.replace(&id.to_string(), ""),
            unknown.message.replace(&Uuid::nil().to_string(), "")
        );
        assert_eq!(app::import::undo(app, &clerk, county, id).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_visit_tells_nothing_of_another_units_person() {
    both(async |play| {
        let (clerk, _) = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let dead = someone(1, "烈士遗属", S).with("状态", "死亡").with("死亡（停发）日期", "2024-07-01");
        play.roster(&[dead, someone(2, "烈士遗属", S), someone(3, "烈士遗属", H)]).await;
        let rows = [
            call(H, 20, "登门看望").to(1),
            call(H, 20, "登门看望").to(2).named("别人"),
            call(H, 20, "登门看望").named("安二"),
            call(S, 20, "登门看望").to(3),
            call(H, 20, "登门看望").to(3),
        ];
        let path = play.file("走访.csv", calls(&rows).as_bytes());
        let done = app::visit::import(app, &clerk, county, CAMPAIGN, &path, false).await.unwrap();
        assert_eq!((done.counts.added, done.counts.refused), (3, 2), "{:#?}", done.findings);
        let text = format!("{:?}", done.findings);
        assert!(!text.contains("死亡") && !text.contains("县名册") && !text.contains("安*"), "{text}");
        let foreign = done.findings.iter().find(|it| it.code == "visit.foreign").unwrap();
        assert_eq!((foreign.row, foreign.severity), (Some(5), Severity::Refused));
        // The record counts in the county, under the name that was typed or a masked one.
        let campaign = app::campaign::get(app, &play.caller, county, CAMPAIGN).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let stored =
            store::visit::page(&mut tx, county, campaign.id, &store::visit::Within::default(), None, 10)
                .await
                .unwrap();
        let mut names: Vec<&str> = stored.iter().map(|it| it.object_name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["安*", "安三", "安二"]);
        drop(tx);
        play.verified("a clerk's import").await;
        assert_eq!(play.row("martyr_survivor").await.persons, 2);
    })
    .await;
}

#[tokio::test]
async fn an_id_of_another_units_visit_is_taken_without_content() {
    both(async |play| {
        let (clerk, other) = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let id: VisitId = app.id();
        let put = async |who: &Caller, unit: &str, leader: &str| {
            let visit = sent(id, &form(unit, "外来人", leader));
            app::visit::put_many(app, who, county, CAMPAIGN, vec![visit]).await.unwrap().remove(0)
        };
        assert_eq!(put(&other, S, "甲").await.unwrap().became, Became::Added);
        let taken = put(&clerk, H, "乙").await.unwrap_err();
        assert_eq!(taken.code, Code::NotFound);
        assert!(!taken.message.contains(S) && taken.details.is_null(), "{taken}");
        let foreign = app::visit::withdraw(app, &clerk, county, id).await.unwrap_err();
        assert_eq!(foreign.code, Code::NotFound);
        assert_eq!(play.table(None).await.total.visits, 1);
    })
    .await;
}

#[tokio::test]
async fn figures_names_and_lists_end_at_the_scope() {
    both(async |play| {
        let (clerk, _) = begin(play).await;
        let (app, county) = (&play.app, play.county);
        play.roster(&[someone(1, "老复员军人", H), someone(2, "老复员军人", S)]).await;
        play.visits(&[call(H, 20, "登门看望").named("外来甲"), call(S, 20, "登门看望").named("外来乙")])
            .await;
        // Without a unit the clerk means the own one.
        let table = app::statistics::table(app, &clerk, county, CAMPAIGN, None).await.unwrap();
        assert_eq!((table.unit.name.as_str(), table.total.visits), (H, 1));
        let coverage = app::coverage::of(app, &clerk, county, CAMPAIGN, None).await.unwrap();
        let key = coverage.obligations.iter().find(|it| it.key == "key_person_visit").unwrap();
        assert_eq!((key.required, key.open.len(), key.open[0].name.as_str()), (1, 1, "安一"));
        let viewer = caller(play, Role::Viewer, None);
        let seen = app::coverage::of(app, &viewer, county, CAMPAIGN, None).await.unwrap();
        let key = seen.obligations.iter().find(|it| it.key == "key_person_visit").unwrap();
        assert_eq!(key.required, 2);
        assert!(key.open.iter().all(|it| it.name == "安*"), "{:?}", key.open);
        let names: Vec<String> =
            app::candidate::list(app, &clerk, county).await.unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["外来甲"]);
        let tree = app::unit::tree(app, &clerk, county).await.unwrap();
        assert!(tree.find(H).is_ok() && tree.find(S).is_err());
        assert_eq!(tree.all().iter().filter(|it| it.parent_id == Some(tree.root().id)).count(), 1);
        // A foreign unit and one that is not there are one answer.
        let foreign = app::statistics::table(app, &clerk, county, CAMPAIGN, Some(S)).await.unwrap_err();
        let unknown = app::statistics::table(app, &clerk, county, CAMPAIGN, Some("丙镇")).await.unwrap_err();
        assert_eq!((foreign.code, foreign.message.replace(S, "丙镇")), (unknown.code, unknown.message));
        // Another county is answered like one that is not there, with every permission of this one.
        let office = caller(play, Role::CountyOffice, None);
        let elsewhere = app::campaign::list(app, &office, "500101".parse().unwrap()).await.unwrap_err();
        assert_eq!(elsewhere.code, Code::CountyMissing);
        assert!(app::county::list(app, &office).await.unwrap().iter().all(|it| it.code == "500240"));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_written_down_once_a_minute() {
    both(async |play| {
        let (clerk, other) = begin(play).await;
        let before = play.acts().await.len();
        for _ in 0..5 {
            for who in [&clerk, &other] {
                let refused = app::campaign::create(&play.app, who, play.county, bayi(), 2025, None).await;
                assert_eq!(refused.unwrap_err().code, Code::Forbidden);
            }
        }
        let later = play.later(120_000);
        let refused =
            app::campaign::create(&later, &clerk, play.county, bayi(), 2025, None).await.unwrap_err();
        assert_eq!(refused.details["permission"], "campaign.change");
        let acts = play.acts().await;
        let written = acts[before..].iter().filter(|act| *act == "authority.refuse").count();
        assert_eq!((written, acts.len() - before), (2 + 1, 2 + 1), "both callers, and one again later");
    })
    .await;
}
