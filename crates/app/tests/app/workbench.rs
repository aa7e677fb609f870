//! What is due for whom, in which words, and how many statements it costs.

use super::play::{CAMPAIGN, Play, account, both, call, someone};
use app::Caller;
use app::submission::{hand_back, submit};
use app::workbench::{Workbench, of};
use domain::authority::Role;
use domain::calendar::Lamp;
use domain::workbench::DueKind;

const H: &str = "黄水镇";
const S: &str = "沙子镇";
const DAY_MS: i64 = 24 * 3600 * 1000;

async fn bench(play: &Play, who: &Caller) -> Workbench {
    of(&play.app, who, play.county, None).await.unwrap()
}

/// `todo 1`, `submitted 0/33` …
fn counters(bench: &Workbench) -> Vec<String> {
    let one = |it: &app::workbench::Counter| match it.of {
        Some(of) => format!("{} {}/{of}", it.key, it.value),
        None => format!("{} {}", it.key, it.value),
    };
    bench.counters.iter().map(one).collect()
}

fn due(bench: &Workbench) -> Vec<(DueKind, &str, Lamp, Option<usize>)> {
    bench.due.iter().map(|it| (it.kind, it.words.as_str(), it.lamp, it.count)).collect()
}

async fn begin(play: &Play) -> (Caller, Caller) {
    play.begin().await;
    let people = [
        someone(1, "老复员军人", H),
        someone(2, "烈士遗属", H),
        someone(3, "烈士遗属", S),
        someone(4, "参战退役军人", H),
        someone(5, "残疾军人", S).with("伤残等级", "6级"),
        someone(6, "残疾军人", S).with("伤残等级", "7级"),
        someone(7, "烈士遗属", S).with("状态", "死亡").with("死亡（停发）日期", "2024-07-01"),
    ];
    play.roster(&people).await;
    play.visits(&[
        call(H, 20, "登门看望").to(1),
        call(H, 20, "登门看望").named("外来人").with("对象类别", "老复员军人"),
    ])
    .await;
    let units = play.units().await;
    let office = account(play, 1, Role::CountyOffice, None);
    (office, account(play, 2, Role::UnitClerk, Some(units.find(H).unwrap().id)))
}

#[tokio::test]
async fn each_sees_what_is_due_for_the_own_units() {
    both(async |play| {
        let (office, clerk) = begin(play).await;
        let own = bench(play, &clerk).await;
        assert_eq!(due(&own), [(DueKind::SubmitTable, "剩16天", Lamp::Green, None)]);
        assert_eq!(own.due[0].title, "报送2024年“八一”走访慰问统计表");
        assert_eq!(own.due[0].link.list, "submission");
        let expected = [
            "todo 1",
            "due_soon 0",
            "overdue 0",
            "submitted 0/1",
            "candidates 1",
            "key_open 1/2",
            "unread 1",
        ];
        assert_eq!(counters(&own), expected);
        let all = bench(play, &office).await;
        assert_eq!(due(&all), [(DueKind::MissingTables, "剩16天", Lamp::Green, Some(33))]);
        let expected = [
            "todo 1",
            "due_soon 0",
            "overdue 0",
            "submitted 0/33",
            "candidates 1",
            "key_open 3/4",
            "unread 0",
        ];
        assert_eq!(counters(&all), expected);
        assert_eq!(
            (all.campaigns.len(), all.campaigns[0].is_current, all.is_calendar_known),
            (1, true, true)
        );
        // Of the key persons open, the same number as the coverage names.
        assert_eq!(play.coverage("key_person_visit").await.open.len(), 3);
        // Whoever only looks on has counters without tasks; an administrator has messages alone.
        let viewer = bench(play, &account(play, 9, Role::Viewer, None)).await;
        assert!(viewer.due.is_empty());
        assert_eq!(counters(&viewer)[3..], ["submitted 0/33", "key_open 3/4", "unread 0"]);
        let admin = bench(play, &account(play, 8, Role::SystemAdministrator, None)).await;
        assert_eq!(counters(&admin), ["todo 0", "due_soon 0", "overdue 0", "unread 0"]);
        let liaison = bench(play, &account(play, 7, Role::TroopLiaison, None)).await;
        assert!(liaison.due.is_empty() && liaison.campaigns.is_empty());
        // A village that knows nobody of the roster, and no candidate of the township.
        let village = play.village(H, 0).await.id;
        let station = bench(play, &account(play, 6, Role::VillageStation, Some(village))).await;
        assert_eq!(counters(&station)[3..], ["candidates 0", "key_open 0/0", "unread 0"]);
    })
    .await;
}

#[tokio::test]
async fn lamps_turn_with_the_days_and_with_what_is_done() {
    both(async |play| {
        let (office, clerk) = begin(play).await;
        // Wednesday, three working days before Monday the 12th.
        play.pass(18 * DAY_MS);
        assert_eq!(due(&bench(play, &clerk).await), [(DueKind::SubmitTable, "剩3天", Lamp::Yellow, None)]);
        submit(&play.app, &clerk, play.county, (CAMPAIGN, H), None).await.unwrap();
        assert!(due(&bench(play, &clerk).await).is_empty());
        let all = bench(play, &office).await;
        let missing = (DueKind::MissingTables, "剩3天", Lamp::Yellow, Some(32));
        assert_eq!(due(&all), [(DueKind::ReviewTables, "剩3天", Lamp::Yellow, Some(1)), missing]);
        assert_eq!(counters(&all)[..4], ["todo 2", "due_soon 2", "overdue 0", "submitted 1/33"]);
        hand_back(&play.app, &office, play.county, (CAMPAIGN, H), (1, "核对人数")).await.unwrap();
        play.pass(5 * DAY_MS);
        let own = bench(play, &clerk).await;
        assert_eq!(due(&own), [(DueKind::ReturnedTable, "今天截止", Lamp::Yellow, None)]);
        assert_eq!(own.due[0].remark.as_deref(), Some("核对人数"));
        play.pass(2 * DAY_MS);
        let own = bench(play, &clerk).await;
        assert_eq!(due(&own), [(DueKind::ReturnedTable, "超期2天", Lamp::Red, None)]);
        assert_eq!(counters(&own)[..4], ["todo 1", "due_soon 0", "overdue 1", "submitted 0/1"]);
        // A table that came behind the deadline is to be looked at on the day it came.
        submit(&play.app, &clerk, play.county, (CAMPAIGN, H), None).await.unwrap();
        let all = bench(play, &office).await;
        assert_eq!(due(&all)[1], (DueKind::ReviewTables, "今天截止", Lamp::Yellow, Some(1)));
        // Nothing is left to do for whoever has sent it; the county still waits for the others.
        let own = bench(play, &clerk).await;
        assert_eq!((own.campaigns[0].lamp, own.campaigns[0].words.as_str()), (Lamp::Green, "已报送"));
        assert_eq!((all.campaigns[0].lamp, all.campaigns[0].words.as_str()), (Lamp::Red, "超期2天"));
        // One that comes on a Saturday is to be looked at on Monday.
        hand_back(&play.app, &office, play.county, (CAMPAIGN, H), (2, "再核对")).await.unwrap();
        play.pass(3 * DAY_MS);
        submit(&play.app, &clerk, play.county, (CAMPAIGN, H), None).await.unwrap();
        let all = bench(play, &office).await;
        assert_eq!(due(&all)[1], (DueKind::ReviewTables, "剩1天", Lamp::Yellow, Some(1)));
        assert!(!all.is_working_day);
    })
    .await;
}

#[tokio::test]
async fn a_workbench_costs_the_same_statements_however_much_there_is() {
    both(async |play| {
        let (office, _) = begin(play).await;
        let cost = async || {
            let before = play.app.db.statements();
            bench(play, &office).await;
            play.app.db.statements() - before
        };
        // Begin, units and campaigns, calendar, two of the campaign, candidates, two of the key persons, unread, end.
        let first = cost().await;
        assert!(first <= 10, "{first}");
        let more: Vec<_> = (20..60).map(|n| someone(n, "老复员军人", H)).collect();
        play.roster(&more).await;
        assert_eq!(cost().await, first);
        assert_eq!(cost().await, first - 1, "what was counted is kept until the next act");
    })
    .await;
}
