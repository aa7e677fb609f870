//! Figures follow the roster, the units and the template in the same act, and stay true to the records.

use super::play::{Play, Someone, bayi, both, call, number, row, someone};
use app::Code;
use domain::ids::ImportId;
use domain::money::Fen;
use jiff::civil::date;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn begin(play: &Play) -> Vec<Someone> {
    play.begin().await;
    let village = play.village(H, 0).await;
    let people = vec![
        someone(1, "残疾军人", H).with("伤残等级", "7").with("村（社区）", &village.name),
        someone(2, "老复员军人", H).with("户号", "H2"),
        someone(3, "烈士遗属", S),
        someone(4, "烈士遗属", S),
    ];
    play.roster(&people).await;
    let outcome = play
        .visits(&[
            call(H, 20, "登门看望").to(1).money("100", "本单位"),
            call(&village.code, 21, "电话问候").to(1),
            call(H, 20, "登门看望").to(2).money("200", "县级下拨"),
            call(S, 22, "登门看望").to(3),
            call(S, 22, "发慰问信").named("外来人"),
        ])
        .await;
    assert_eq!(outcome.counts.added, 5, "{:#?}", outcome.findings);
    play.verified("the start").await;
    people
}

fn import(outcome: &app::import::Outcome) -> ImportId {
    outcome.import.as_deref().unwrap().parse().unwrap()
}

/// Persons and households of a row of the county's table.
async fn figures(play: &Play, key: &str) -> (i64, i64) {
    let line = play.row(key).await;
    (line.persons, line.households)
}

#[tokio::test]
async fn the_roster_moves_figures() {
    both(async |play| {
        let mut people = begin(play).await;
        assert_eq!(figures(play, "disabled_7_10").await, (1, 1));
        assert_eq!(play.coverage("key_person_visit").await.required, 3);
        people[0] = people[0].clone().with("伤残等级", "5");
        let graded = play.roster(&people).await;
        assert_eq!((graded.counts.changed, graded.counts.unchanged), (1, 3));
        play.verified("a better grade").await;
        assert_eq!(
            (figures(play, "disabled_7_10").await, figures(play, "disabled_5_6").await),
            ((0, 0), (1, 1))
        );
        assert_eq!(play.row("disabled_5_6").await.money_fen, Fen(10_000));
        assert_eq!(play.coverage("key_person_visit").await.required, 4);

        people[0] = people[0].clone().with("户号", "H2");
        play.roster(&people).await;
        play.verified("another household").await;
        assert_eq!(play.table(None).await.total.households, 3);

        people[2] = people[2].clone().with("状态", "死亡").with("死亡（停发）日期", "2024-08-01");
        play.roster(&people).await;
        play.verified("a death").await;
        let key = play.coverage("key_person_visit").await;
        assert_eq!((key.required, key.done), (3, 2), "the dead need no visit");
        assert_eq!(figures(play, "martyr_survivor").await, (1, 1), "the visit stays");

        let refused =
            app::import::undo(&play.app, &play.caller, play.county, import(&graded)).await.unwrap_err();
        assert_eq!(refused.code, Code::UndoRefused);
        assert!(refused.message.contains('安') && !refused.message.contains("安一"), "{}", refused.message);
        assert_eq!(figures(play, "disabled_5_6").await.0, 1);
    })
    .await;
}

#[tokio::test]
async fn an_import_is_undone_as_a_whole() {
    both(async |play| {
        let mut people = begin(play).await;
        let before = play.table(None).await;
        people[0] = people[0].clone().with("伤残等级", "5").with("户号", "H2");
        people.push(someone(5, "烈士遗属", S));
        let changed = play.roster(&people).await;
        assert_ne!(play.table(None).await, before);
        let count = app::import::undo(&play.app, &play.caller, play.county, import(&changed)).await.unwrap();
        assert_eq!(count, 2);
        play.verified("the roster was put back").await;
        assert_eq!(play.table(None).await, before);
        let twice =
            app::import::undo(&play.app, &play.caller, play.county, import(&changed)).await.unwrap_err();
        assert_eq!(twice.code, Code::UndoRefused);

        let visits =
            play.visits(&[call(S, 23, "登门看望").to(4), call(S, 23, "座谈交流").named("另一人")]).await;
        assert_eq!(figures(play, "martyr_survivor").await, (2, 2));
        app::import::undo(&play.app, &play.caller, play.county, import(&visits)).await.unwrap();
        play.verified("the visits were taken back").await;
        assert_eq!(play.table(None).await, before);
        let candidates = app::candidate::list(&play.app, &play.caller, play.county).await.unwrap();
        assert_eq!(candidates.len(), 1, "{candidates:?}");

        // Someone new whom another entry was merged into cannot go.
        let new = play.roster(&[someone(6, "烈士遗属", S)]).await;
        app::person::merge(&play.app, &play.caller, play.county, number(6), number(4)).await.unwrap();
        let refused =
            app::import::undo(&play.app, &play.caller, play.county, import(&new)).await.unwrap_err();
        assert_eq!(refused.code, Code::UndoRefused, "{}", refused.message);
    })
    .await;
}

#[tokio::test]
async fn candidates_and_double_entries_become_one_person() {
    both(async |play| {
        let people = begin(play).await;
        assert_eq!(figures(play, "other").await, (1, 1));
        let candidates = app::candidate::list(&play.app, &play.caller, play.county).await.unwrap();
        let id = candidates[0].id.parse().unwrap();
        app::candidate::confirm(&play.app, &play.caller, play.county, id, number(4)).await.unwrap();
        play.verified("a candidate was confirmed").await;
        assert_eq!((figures(play, "other").await.0, figures(play, "martyr_survivor").await.0), (0, 2));
        let again =
            app::candidate::confirm(&play.app, &play.caller, play.county, id, number(3)).await.unwrap_err();
        assert_eq!(again.code, Code::Conflict);
        // The same row sent again still finds the record; another visit to the same name finds the person.
        let same = play
            .visits(&[call(S, 22, "发慰问信").named("外来人"), call(S, 25, "电话问候").named("外来人")])
            .await;
        assert_eq!((same.counts.unchanged, same.counts.added), (1, 1));
        play.verified("the confirmed one is visited again").await;
        assert_eq!(figures(play, "martyr_survivor").await.0, 2);

        app::person::merge(&play.app, &play.caller, play.county, number(3), number(4)).await.unwrap();
        play.verified("two entries were merged").await;
        assert_eq!(figures(play, "martyr_survivor").await, (1, 1));
        assert_eq!(play.row("martyr_survivor").await.person_times, 3);
        assert_eq!(play.coverage("key_person_visit").await.required, 2);
        // The dropped number finds the kept person, in visits and in the roster's next file.
        play.visits(&[call(S, 27, "登门看望").to(4)]).await;
        assert_eq!(figures(play, "martyr_survivor").await.0, 1);
        let roster = play.roster(&people).await;
        assert_eq!((roster.counts.unchanged, roster.counts.read), (4, 4), "{:#?}", roster.findings);
        assert!(roster.findings.iter().any(|it| it.code == "roster.merged" && it.row == Some(5)));
        play.verified("the roster was sent again").await;
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_withdrawn() {
    both(async |play| {
        begin(play).await;
        let mut tx = play.app.db.read().await.unwrap();
        let campaign =
            app::campaign::get(&play.app, &play.caller, play.county, super::play::CAMPAIGN).await.unwrap();
        let all = store::visit::page(
            &mut tx,
            play.county,
            campaign.id,
            &store::visit::Within::default(),
            None,
            100,
        )
        .await
        .unwrap();
        drop(tx);
        let mut left = all.len() as i64;
        for visit in all {
            app::visit::withdraw(&play.app, &play.caller, play.county, visit.id).await.unwrap();
            play.verified("a visit was withdrawn").await;
            left -= 1;
            assert_eq!(play.table(None).await.total.visits, left);
            let gone =
                app::visit::withdraw(&play.app, &play.caller, play.county, visit.id).await.unwrap_err();
            assert_eq!(gone.code, Code::NotFound);
        }
        let total = play.table(None).await.total;
        assert_eq!((total.persons, total.households, total.total_fen), (0, 0, Fen(0)));
    })
    .await;
}

#[tokio::test]
async fn units_change_and_keep_their_figures() {
    both(async |play| {
        begin(play).await;
        let (app, caller, county, on) = (&play.app, &play.caller, play.county, date(2024, 8, 1));
        app::unit::rename(app, caller, county, H, "黄水新镇", on).await.unwrap();
        play.verified("a new name").await;
        let old_name = play.table(Some(H)).await;
        assert_eq!((old_name.unit.name.as_str(), old_name.total.visits), ("黄水新镇", 3));

        let village = play.village(H, 0).await;
        let before = play.table(None).await;
        let made =
            app::unit::split(app, caller, county, H, "月亮镇", &[village.name.clone()], on).await.unwrap();
        play.verified("a split").await;
        assert_eq!(play.table(None).await.total, before.total);
        assert_eq!(play.table(Some(&made.code)).await.total.visits, 1, "the village's visit went with it");
        assert_eq!(play.table(Some(H)).await.total.visits, 2);
        assert_eq!(play.coverage("unit_active").await.required, 34, "the new township is awaited too");

        app::unit::merge(app, caller, county, S, H, on).await.unwrap();
        play.verified("a merger").await;
        assert_eq!(play.table(None).await.total, before.total);
        let merged = play.table(Some(S)).await;
        assert_eq!((merged.unit.name.as_str(), merged.total.visits), ("黄水新镇", 4));
        assert_eq!(row(&merged, "martyr_survivor").persons, 1);
        let active = play.coverage("unit_active").await;
        assert_eq!((active.required, active.done), (33, 2));
        // The file of the township that is no more, sent again, counts nothing twice.
        let again = play
            .visits(&[
                call(S, 22, "登门看望").to(3),
                call(S, 22, "发慰问信").named("外来人"),
                call(S, 24, "电话问候").named("外来人"),
            ])
            .await;
        assert_eq!((again.counts.unchanged, again.counts.added), (2, 1), "{:#?}", again.findings);
        play.verified("the growing file after the merger").await;
        assert_eq!(figures(play, "other").await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_import_before_a_merger_is_not_undone_into_a_unit_that_ended() {
    both(async |play| {
        let mut people = begin(play).await;
        people[3] = people[3].clone().with("户号", "H4");
        let changed = play.roster(&people).await;
        app::unit::merge(&play.app, &play.caller, play.county, S, H, date(2024, 8, 1)).await.unwrap();
        let refused =
            app::import::undo(&play.app, &play.caller, play.county, import(&changed)).await.unwrap_err();
        assert_eq!(refused.code, Code::UndoRefused);
        play.verified("a refused undo").await;
    })
    .await;
}

#[tokio::test]
async fn the_template_is_edited() {
    both(async |play| {
        let mut people = begin(play).await;
        people[1] = people[1].clone().with("优抚类别", "老复员军人、参战退役军人");
        play.roster(&people).await;
        let edit = async |text: &str| {
            app::campaign::edit(&play.app, &play.caller, play.county, super::play::CAMPAIGN, text)
                .await
                .unwrap()
        };
        // 参战 before 老复员: whoever has both moves.
        let reordered = reordered(bayi(), "combat_veteran", "old_demobilised");
        assert_eq!(edit(&reordered).await, 1);
        play.verified("other order of rows").await;
        assert_eq!(
            (figures(play, "old_demobilised").await.0, figures(play, "combat_veteran").await.0),
            (0, 1)
        );
        assert_eq!(play.row("combat_veteran").await.money_fen, Fen(20_000));

        let off = bayi().replace(
            "key = \"combat_veteran\"\n",
            "key = \"combat_veteran\"\nenabled = false\ninstead = \"other\"\n",
        );
        edit(&off).await;
        play.verified("a row was switched off").await;
        assert_eq!(figures(play, "old_demobilised").await.0, 1);
        assert!(play.table(None).await.rows.iter().all(|line| line.key != "combat_veteran"));
        edit(bayi()).await;
        play.verified("the template as it was").await;
    })
    .await;
}

/// The template with one row moved before another.
pub fn reordered(text: &str, row: &str, before: &str) -> String {
    let start = |key: &str, text: &str| {
        let at = text.find(&format!("key = \"{key}\"")).unwrap();
        text[..at].rfind("[[row]]").unwrap()
    };
    let from = start(row, text);
    let end = text[from + 1..].find("[[").unwrap() + from + 1;
    let block = text[from..end].to_owned();
    let rest = format!("{}{}", &text[..from], &text[end..]);
    let to = start(before, &rest);
    format!("{}{block}{}", &rest[..to], &rest[to..])
}
