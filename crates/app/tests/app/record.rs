//! Many visits recorded at once, one caller each.

use super::play::{CAMPAIGN, Play, both, number, someone};
use app::visit::{Recorded, Recorder};
use domain::finding::Severity;
use domain::ids::VisitId;
use domain::money::Fen;
use domain::visit::{Method, VisitRow};

const H: &str = "黄水镇";

/// A visit by the township to a person of the roster.
async fn visit(play: &Play, n: u32, day: i8, yuan: i64) -> VisitRow {
    VisitRow {
        sheet: 0,
        row: 0,
        visited_on: jiff::civil::date(2024, 7, day),
        unit: play.units().await.find(H).unwrap().id,
        leader_name: String::new(),
        leader_title: String::new(),
        leader_kind: None,
        category: None,
        name: String::new(),
        citizen: Some(number(n)),
        has_number: true,
        method: Method::Home,
        headcount: None,
        money_fen: Fen::from_yuan(yuan),
        money_source: None,
        goods: Vec::new(),
        goods_fen: Fen(0),
        help: Vec::new(),
        note: String::new(),
    }
}

async fn begin(play: &Play) -> Recorder {
    play.begin().await;
    let people: Vec<_> = (1..=200).map(|n| someone(n, "老复员军人", H)).collect();
    assert_eq!(play.roster(&people).await.counts.added, 200);
    let campaign = app::campaign::get(&play.app, &play.caller, play.county, CAMPAIGN).await.unwrap();
    Recorder::start(&play.app, &play.caller, play.county, campaign.id)
}

#[tokio::test]
async fn sixty_four_at_once_are_each_answered() {
    both(async |play| {
        let recorder = begin(play).await;
        let mut waiting = Vec::new();
        for n in 1..=64 {
            let (recorder, row, id) =
                (recorder.clone(), visit(play, n, 20, 10).await, play.app.id::<VisitId>());
            waiting.push((id, tokio::spawn(async move { recorder.record(id, row).await })));
        }
        for (id, answer) in waiting {
            let (recorded, findings) = answer.await.unwrap().unwrap();
            assert_eq!(recorded, Recorded::Added(id));
            assert!(findings.iter().all(|it| it.severity != Severity::Refused), "{findings:?}");
        }
        let total = play.table(None).await.total;
        assert_eq!((total.visits, total.persons, total.money_fen), (64, 64, Fen::from_yuan(640)));
        play.verified("64 at once").await;
        assert!(play.acts().await.iter().filter(|act| *act == "visit.record").count() <= 64);
    })
    .await;
}

#[tokio::test]
async fn the_same_visit_again_is_unchanged_and_a_wrong_one_is_refused_alone() {
    both(async |play| {
        let recorder = begin(play).await;
        let first: VisitId = play.app.id();
        let sent = visit(play, 1, 20, 10).await;
        assert_eq!(recorder.record(first, sent.clone()).await.unwrap().0, Recorded::Added(first));
        assert_eq!(recorder.record(first, sent.clone()).await.unwrap().0, Recorded::Unchanged(first));
        // Another phone sends the same visit with another amount, in one batch with right ones.
        let (other, last): (VisitId, VisitId) = (play.app.id(), play.app.id());
        let (wrong, right) = (visit(play, 1, 20, 11).await, visit(play, 2, 20, 10).await);
        let (refused, added) =
            tokio::join!(recorder.record(other, wrong), recorder.record(last, right.clone()));
        let (recorded, findings) = refused.unwrap();
        assert_eq!(recorded, Recorded::Refused);
        let refusal = findings.iter().find(|it| it.severity == Severity::Refused).unwrap();
        assert!(refusal.message.contains("10") && refusal.message.contains("11"), "{}", refusal.message);
        assert_eq!(added.unwrap().0, Recorded::Added(last));
        // One batch: an id twice, two ids with one key.
        let campaign = app::campaign::get(&play.app, &play.caller, play.county, CAMPAIGN).await.unwrap();
        let ids: Vec<VisitId> = (0..3).map(|_| play.app.id()).collect();
        let sent = vec![
            (ids[0], visit(play, 3, 20, 10).await),
            (ids[0], visit(play, 3, 20, 10).await),
            (ids[1], visit(play, 3, 20, 10).await),
            (ids[2], visit(play, 4, 20, 10).await),
        ];
        let (ids_sent, mut rows): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
        rows.iter_mut().zip(0..).for_each(|(row, place)| row.row = place);
        let (recorded, findings) =
            app::visit::record(&play.app, &play.caller, play.county, campaign.id, ids_sent, rows)
                .await
                .unwrap();
        let expected = [
            Recorded::Added(ids[0]),
            Recorded::Unchanged(ids[0]),
            Recorded::Refused,
            Recorded::Added(ids[2]),
        ];
        assert_eq!(recorded, expected);
        assert!(findings.iter().all(|it| it.severity != Severity::Refused || it.row == 2), "{findings:?}");
        assert_eq!(play.table(None).await.total.visits, 4);
        play.verified("repetitions").await;
    })
    .await;
}

#[tokio::test]
async fn statements_do_not_grow_with_the_visits() {
    both(async |play| {
        begin(play).await;
        let campaign = app::campaign::get(&play.app, &play.caller, play.county, CAMPAIGN).await.unwrap();
        let mut counted = Vec::new();
        for (day, persons) in [(20, 1), (21, 1), (22, 200)] {
            let mut rows = Vec::new();
            for n in 1..=persons {
                rows.push(VisitRow { row: n, ..visit(play, n, day, 10).await });
            }
            let ids = rows.iter().map(|_| play.app.id()).collect();
            let before = play.app.db.statements();
            app::visit::record(&play.app, &play.caller, play.county, campaign.id, ids, rows).await.unwrap();
            counted.push(play.app.db.statements() - before);
        }
        assert!(counted[2] <= counted[0], "{counted:?}");
        assert!(counted[1] <= 60, "{counted:?}");
        play.verified("many in one act").await;
    })
    .await;
}
