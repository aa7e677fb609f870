//! Who is behind, and by which figures: counts, names page by page, quotas and ranks are what the coverage says.

use super::play::{CAMPAIGN, Play, account, both, call, someone};
use app::audit::Kind;
use app::coverage::{WantedNames, names, places};
use app::page::Asked;
use app::submission::submit;
use app::supervision::{Ranking, export, leaders, progress, ranking};
use app::{Caller, Code};
use domain::authority::Role;
use domain::ids::UnitId;
use domain::supervision::Share;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn unit(play: &Play, name: &str) -> UnitId {
    play.units().await.find(name).unwrap().id
}

/// Persons of two townships with all that makes somebody count or not, and visits by every method.
async fn begin(play: &Play) {
    play.begin().await;
    let (one, two) = (play.village(H, 0).await.name, play.village(H, 1).await.name);
    let mut people: Vec<_> = (1..=8).map(|n| someone(n, "老复员军人", H).with("村（社区）", &one)).collect();
    people.extend([
        someone(11, "烈士遗属", H).with("村（社区）", &two),
        someone(12, "残疾军人", H).with("伤残等级", "6级").with("村（社区）", &two),
        someone(13, "残疾军人", H).with("伤残等级", "7级").with("村（社区）", &two),
        someone(14, "参战退役军人", H).with("特殊困难", "重大疾病"),
        someone(15, "烈士遗属", H).with("状态", "死亡").with("死亡（停发）日期", "2024-07-01"),
        someone(16, "老复员军人、烈士遗属", H),
        someone(21, "烈士遗属", S),
        someone(22, "参战退役军人", S),
    ]);
    play.roster(&people).await;
    play.visits(&[
        call(H, 3, "登门看望").to(1).led("李书记", "主要领导"),
        call(H, 3, "发慰问信").to(2),
        call(H, 4, "电话问候").to(13),
        call(H, 4, "座谈交流").to(16),
        call(S, 5, "登门看望").to(14).led("王副镇长", "分管领导"),
        call(S, 5, "登门看望").named("外来人").with("对象类别", "老复员军人"),
    ])
    .await;
}

async fn all_names(
    play: &Play,
    who: &Caller,
    wanted: &WantedNames,
    limit: usize,
) -> Vec<(String, String, String)> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let asked = Asked { cursor, limit: Some(limit) };
        let page = names(&play.app, who, play.county, CAMPAIGN, wanted, &asked).await.unwrap();
        assert!(page.items.len() <= limit);
        all.extend(page.items.into_iter().map(|it| {
            (
                it.township.1,
                it.village.map(|it| it.1).unwrap_or_default(),
                format!("{} {}", it.name, it.reason),
            )
        }));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn counts_and_pages_are_what_the_coverage_says() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        for key in ["key_person_visit", "universal_visit", "hardship_help"] {
            for unit in [None, Some(H), Some(S)] {
                let whole = app::coverage::of(app, &play.caller, county, CAMPAIGN, unit).await.unwrap();
                let expected = whole.obligations.into_iter().find(|it| it.key == key).unwrap();
                let shares = places(app, &play.caller, county, CAMPAIGN, (unit, Some(key))).await.unwrap();
                let towns = shares.iter().filter(|it| it.above.is_none());
                let (done, required, in_person) = towns.fold((0, 0, 0), |sum, it| {
                    (sum.0 + it.share.done, sum.1 + it.share.required, sum.2 + it.in_person)
                });
                let what = format!("{key} {unit:?}");
                assert_eq!((done, required), (expected.done, expected.required), "{what}");
                assert_eq!(Some(in_person), expected.done_in_person, "{what}");
                for (is_remote, list) in
                    [(false, &expected.open), (true, &expected.only_by_letter_or_telephone)]
                {
                    let wanted = WantedNames {
                        obligation: Some(key.to_owned()),
                        unit: unit.map(str::to_owned),
                        is_remote,
                        full_names: true,
                    };
                    let mut found = all_names(play, &play.caller, &wanted, 2).await;
                    let mut expected: Vec<_> = list
                        .iter()
                        .map(|it| (it.unit.clone(), it.village.clone(), format!("{} {}", it.name, it.reason)))
                        .collect();
                    found.sort();
                    expected.sort();
                    assert_eq!(found, expected, "{what}, remote: {is_remote}");
                }
            }
        }
        let shares = places(app, &play.caller, county, CAMPAIGN, (Some(H), None)).await.unwrap();
        let told: Vec<_> = shares.iter().take(3).map(|it| (it.share.done, it.share.required)).collect();
        assert_eq!(told, [(3, 11), (2, 8), (0, 2)], "the township in front of its villages");
        let bad = places(app, &play.caller, county, CAMPAIGN, (None, Some("unit_active"))).await.unwrap_err();
        assert_eq!(bad.code, Code::BadRequest);
        assert!(bad.message.contains("key_person_visit、universal_visit"), "{bad}");
    })
    .await;
}

#[tokio::test]
async fn names_are_masked_and_of_the_own_units() {
    both(async |play| {
        begin(play).await;
        let clerk = account(play, 2, Role::UnitClerk, Some(unit(play, S).await));
        let masked = all_names(play, &clerk, &WantedNames::default(), 9).await;
        assert_eq!(masked.len(), 1);
        assert_eq!(masked[0].2, "安** 烈士遗属，尚未走访");
        let full = WantedNames { full_names: true, ..WantedNames::default() };
        assert!(all_names(play, &clerk, &full, 9).await[0].2.starts_with("安二一 "));
        // Whoever only looks on sees no name, asked for or not.
        let viewer = account(play, 3, Role::Viewer, None);
        assert!(all_names(play, &viewer, &full, 9).await.iter().all(|it| it.2.starts_with("安*")));
        let station = account(play, 4, Role::VillageStation, Some(play.village(H, 1).await.id));
        let own = all_names(play, &station, &full, 9).await;
        assert_eq!(own.len(), 2, "{own:?}");
        let foreign = WantedNames { unit: Some(H.to_owned()), ..WantedNames::default() };
        let refused = names(&play.app, &clerk, play.county, CAMPAIGN, &foreign, &Asked::default()).await;
        assert_eq!(refused.unwrap_err().code, Code::UnitUnknown);
        let page = async |who: &Caller, limit| {
            let asked = Asked { cursor: None, limit: Some(limit) };
            let before = play.app.db.statements();
            names(&play.app, who, play.county, CAMPAIGN, &full, &asked).await.unwrap();
            play.app.db.statements() - before
        };
        assert_eq!(page(&play.caller, 1).await, page(&play.caller, 100).await);
    })
    .await;
}

fn ranks(all: &Ranking) -> Vec<(usize, &str, i64)> {
    all.townships.iter().take(3).map(|it| (it.rank, it.unit.1.as_str(), it.score.points)).collect()
}

#[tokio::test]
async fn townships_are_ranked_with_reasons_and_a_unit_learns_its_own_place() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        let clerk = account(play, 2, Role::UnitClerk, Some(unit(play, S).await));
        submit(app, &clerk, county, (CAMPAIGN, S), None).await.unwrap();
        let office = account(play, 1, Role::CountyOffice, None);
        let all = ranking(app, &office, county, CAMPAIGN).await.unwrap();
        assert_eq!((all.among, all.townships.len()), (33, 33));
        // 31 townships have nobody to visit: 40 + 20 points, no table, no leader. 沙子镇: 0/1 key, 0/2 of all, the
        // table 20, one leader 10. 黄水镇: 3/11 of 40 and 5/13 of 20 points, one leader.
        assert_eq!(ranks(&all)[0].2, 60);
        assert_eq!((all.townships[0].rank, all.townships[30].rank, all.townships[31].rank), (1, 1, 32));
        let last: Vec<_> =
            all.townships[31..].iter().map(|it| (it.rank, it.unit.1.as_str(), it.score.points)).collect();
        assert_eq!(last, [(32, S, 30), (33, H, 27)]);
        let reasons: Vec<String> =
            all.townships[32].score.reasons.iter().map(|it| format!("{} {}", it.key, it.words)).collect();
        let expected = [
            "key_coverage 3/11 人（27.2%）",
            "universal_coverage 5/13 人（38.4%）",
            "submitted 未报",
            "principal_leader 1/1 户",
            "deputy_leader 0/1 户",
        ];
        assert_eq!(reasons, expected);
        let own = ranking(app, &clerk, county, CAMPAIGN).await.unwrap();
        assert_eq!((own.among, ranks(&own)), (33, vec![(32, S, 30)]));
        let quotas = leaders(app, &office, county, CAMPAIGN).await.unwrap();
        let of = |name: &str| quotas.iter().find(|it| it.unit.1 == name).unwrap();
        assert_eq!(of(H).principal, Some(Share { done: 1, required: 1 }));
        assert_eq!((of(H).is_met, of(S).deputy), (false, Some(Share { done: 1, required: 1 })));
        // The same as the coverage counts.
        let met = quotas.iter().filter(|it| it.principal.is_some_and(|it| it.done >= it.required)).count();
        assert_eq!(met as i64, play.coverage("principal_leader_visit").await.done);
        let path = play.folder.path().join("排名.csv");
        export(app, &office, county, &all, (Kind::Csv, &path)).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 35);
        assert!(text.lines().last().unwrap().starts_with("33,"), "{text}");
        assert_eq!(play.acts().await.last().map(String::as_str), Some("ranking.export"));
        let viewer = account(play, 3, Role::Viewer, None);
        let refused = export(app, &viewer, county, &all, (Kind::Csv, &path)).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn progress_shows_each_what_they_may_know() {
    both(async |play| {
        begin(play).await;
        let (app, county) = (&play.app, play.county);
        play.visits(&[
            call(H, 9, "登门看望").to(3).money("100", "县级下拨"),
            call(S, 9, "登门看望").to(21).money("50", "本单位"),
        ])
        .await;
        let office = account(play, 1, Role::CountyOffice, None);
        let (whole, all) = progress(app, &office, county, CAMPAIGN).await.unwrap();
        let whole = whole.unwrap();
        let sum = play.table(None).await.total;
        assert_eq!((whole.visits, whole.money), (sum.visits, sum.money_by_source));
        assert_eq!(whole.key, Some(Share { done: 5, required: 12 }));
        let own = all.iter().find(|it| it.unit.1 == H).unwrap();
        let table = play.table(Some(H)).await.total;
        assert_eq!(
            (own.visits, own.money, own.person_times),
            (table.visits, table.money_by_source, table.person_times)
        );
        assert_eq!(own.key, Some(Share { done: 4, required: 11 }));
        let clerk = account(play, 2, Role::UnitClerk, Some(unit(play, H).await));
        let (none, mine) = progress(app, &clerk, county, CAMPAIGN).await.unwrap();
        assert_eq!((none, mine.len(), mine[0].unit.1.as_str()), (None, 1, H));
        // Finance reads figures, not who was visited.
        let maker = account(play, 5, Role::FinanceMaker, None);
        let (whole, all) = progress(app, &maker, county, CAMPAIGN).await.unwrap();
        assert_eq!((whole.unwrap().key, all.len(), all.iter().all(|it| it.key.is_none())), (None, 33, true));
    })
    .await;
}
