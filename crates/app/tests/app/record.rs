//! Single visits recorded at once, one caller each.

use super::play::{CAMPAIGN, Call, Play, both, call, sent, someone};
use app::Code;
use app::page::Asked;
use app::visit::{Became, Desks, Sent, Wanted};
use domain::ids::VisitId;
use domain::money::Fen;
use serde_json::json;

const H: &str = "黄水镇";

/// A visit by the township to a person of the roster.
fn visit(n: u32, day: u32, yuan: &str) -> Call {
    call(H, day, "登门看望").to(n).money(yuan, "本单位")
}

async fn begin(play: &Play) {
    play.begin().await;
    let people: Vec<_> = (1..=200).map(|n| someone(n, "老复员军人", H)).collect();
    assert_eq!(play.roster(&people).await.counts.added, 200);
}

#[tokio::test]
async fn sixty_four_at_once_are_each_answered() {
    both(async |play| {
        begin(play).await;
        let desks = Desks::default();
        let mut waiting = Vec::new();
        for n in 1..=64 {
            let (desks, app, who, county) =
                (desks.clone(), play.app.clone(), play.caller.clone(), play.county);
            let sent = sent(play.app.id(), &visit(n, 20, "10"));
            let id = sent.id;
            waiting
                .push((id, tokio::spawn(async move { desks.put(&app, who, county, CAMPAIGN, sent).await })));
        }
        for (id, answer) in waiting {
            let taken = answer.await.unwrap().unwrap();
            assert_eq!((taken.became, taken.shown.visit.id), (Became::Added, id));
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
        begin(play).await;
        let ids: Vec<VisitId> = (0..5).map(|_| play.app.id()).collect();
        let first = sent(ids[0], &visit(1, 20, "10"));
        for became in [Became::Added, Became::Unchanged] {
            assert_eq!(play.sent(vec![first.clone()]).await[0].as_ref().unwrap().became, became);
        }
        // Another phone sends the same visit with another amount, and the same one, together with a right one.
        let others = vec![
            sent(ids[1], &visit(1, 20, "11")),
            sent(ids[2], &visit(1, 20, "10")),
            sent(ids[3], &visit(2, 20, "10")),
        ];
        let answers = play.sent(others).await;
        let refused = answers[0].as_ref().unwrap_err();
        assert_eq!(refused.code, Code::VisitRefused);
        assert!(refused.message.contains("10") && refused.message.contains("11"), "{refused}");
        let known = answers[1].as_ref().unwrap_err();
        assert_eq!((known.code, &known.details), (Code::Conflict, &json!({ "id": ids[0] })));
        assert_eq!(answers[2].as_ref().unwrap().became, Became::Added);
        // An id twice: in one batch refused as a whole, from two callers the second finds the first.
        let twice = vec![sent(ids[4], &visit(3, 20, "10")), sent(ids[4], &visit(3, 20, "10"))];
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let whole = app::visit::put_many(app, caller, county, CAMPAIGN, twice.clone()).await.unwrap_err();
        assert_eq!(whole.code, Code::BadRequest);
        let desks = Desks::default();
        let put = |sent: Sent| desks.put(app, caller.clone(), county, CAMPAIGN, sent);
        let (one, other) = tokio::join!(put(twice[0].clone()), put(twice[1].clone()));
        let mut became = [one.unwrap().became, other.unwrap().became];
        became.sort_by_key(|it| *it == Became::Unchanged);
        assert_eq!(became, [Became::Added, Became::Unchanged]);
        assert_eq!(play.table(None).await.total.visits, 3);
        play.verified("repetitions").await;
    })
    .await;
}

#[tokio::test]
async fn statements_do_not_grow_with_the_visits() {
    both(async |play| {
        begin(play).await;
        let mut counted = Vec::new();
        for (day, persons) in [(20, 1), (21, 1), (22, 200)] {
            let visits = (1..=persons).map(|n| sent(play.app.id(), &visit(n, day, "10"))).collect();
            let before = play.app.db.statements();
            assert!(play.sent(visits).await.iter().all(Result::is_ok));
            counted.push(play.app.db.statements() - before);
        }
        assert!(counted[2] <= counted[0], "{counted:?}");
        assert!(counted[1] <= 60, "{counted:?}");
        play.verified("many in one act").await;
    })
    .await;
}

#[tokio::test]
async fn pages_go_from_the_first_or_from_the_last() {
    both(async |play| {
        begin(play).await;
        let visits = (1..=5).map(|n| sent(play.app.id(), &visit(n, 20, "10"))).collect();
        assert!(play.sent(visits).await.iter().all(Result::is_ok));
        let pages = async |newest_first: bool| {
            let wanted = Wanted { campaign: CAMPAIGN.to_owned(), newest_first, ..Wanted::default() };
            let mut asked = Asked { cursor: None, limit: Some(2) };
            let (mut ids, mut pages) = (Vec::new(), 0);
            loop {
                let page =
                    app::visit::list(&play.app, &play.caller, play.county, &wanted, &asked).await.unwrap();
                pages += 1;
                ids.extend(page.items.iter().map(|shown| (shown.visit.received_at_ms, shown.visit.id)));
                asked.cursor = page.next;
                if asked.cursor.is_none() {
                    return (ids, pages);
                }
            }
        };
        let (mut ids, count) = pages(false).await;
        assert_eq!((ids.len(), count, ids.is_sorted()), (5, 3, true));
        ids.reverse();
        assert_eq!(pages(true).await, (ids, 3));
    })
    .await;
}
