//! Single visits recorded at once, one caller each.

use super::play::{CAMPAIGN, Call, Play, account, both, call, number, sent, someone};
use app::page::Asked;
use app::visit::{Became, Desks, Sent, Wanted};
use app::{Caller, Code};
use domain::authority::Role;
use domain::ids::VisitId;
use domain::money::Fen;
use domain::sheet::Cell;
use domain::visit::VisitColumn;
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

#[tokio::test]
async fn visits_are_found_by_name_and_pinyin_and_names_hidden_from_whoever_may_not_see_them() {
    both(async |play| {
        begin(play).await;
        let group =
            call(H, 20, "座谈交流").named("光荣院").with("对象类别", "优抚医院、光荣院").with("人数", "12");
        let visits = [visit(12, 20, "10"), visit(21, 20, "20"), visit(3, 20, "30"), group];
        let visits = visits.iter().map(|it| sent(play.app.id(), it)).collect();
        for taken in play.sent(visits).await {
            taken.unwrap();
        }
        let found = async |who: &Caller, typed: &str| {
            let wanted = Wanted {
                campaign: CAMPAIGN.to_owned(),
                search: Some(typed.to_owned()),
                full_names: true,
                ..Wanted::default()
            };
            let page =
                app::visit::list(&play.app, who, play.county, &wanted, &Asked::default()).await.unwrap();
            page.items.into_iter().map(|shown| shown.visit.object_name).collect::<Vec<_>>()
        };
        // A township does not learn the letters of another's person from its own record.
        let clerk = account(play, 3, Role::UnitClerk, Some(play.units().await.find("沙子镇").unwrap().id));
        let foreign = sent(play.app.id(), &call("沙子镇", 20, "登门看望").to(150));
        let taken =
            app::visit::put_many(&play.app, &clerk, play.county, CAMPAIGN, vec![foreign]).await.unwrap();
        assert_eq!(taken[0].as_ref().unwrap().shown.visit.object_name, "安***");
        assert_eq!(found(&clerk, "").await, ["安***"]);
        assert_eq!(found(&clerk, "ayw").await, Vec::<String>::new());
        for (typed, expected) in [
            ("", vec!["安***", "安一二", "安二一", "安三", "县光荣院"]),
            ("一", vec!["安一二", "安二一"]),
            (" 光荣", vec!["县光荣院"]),
            ("AYE", vec!["安一二"]),
            ("an er", vec!["安二一"]),
            ("没有", vec![]),
            ("%", vec![]),
        ] {
            let mut names = found(&play.caller, typed).await;
            names.sort();
            let mut expected = expected;
            expected.sort_unstable();
            assert_eq!(names, expected, "{typed:?}");
        }
        let viewer = Caller { hides_names: true, ..account(play, 9, Role::CountyOffice, None) };
        assert_eq!(found(&viewer, "光荣").await, ["县光荣院"]);
        assert_eq!(found(&viewer, "安三").await, ["安*"]);
        // One record and the records behind a figure: in full only if asked for, and for whoever may see it.
        let mut tx = play.app.db.read().await.unwrap();
        let index = play.app.sealer.citizen_index(&number(3));
        let person = store::person::numbers(&mut tx, play.county).await.unwrap()[&index];
        drop(tx);
        let (app, county) = (&play.app, play.county);
        for (who, full, name) in
            [(&play.caller, true, "安三"), (&play.caller, false, "安*"), (&viewer, true, "安*")]
        {
            let shown = app::person::get(app, who, county, person, full).await.unwrap();
            assert_eq!(shown.masked.name, name);
            let wanted = Wanted { campaign: CAMPAIGN.to_owned(), person: Some(person), ..Wanted::default() };
            let page = app::visit::list(app, &play.caller, county, &wanted, &Asked::default()).await.unwrap();
            let one = app::visit::get(app, who, county, page.items[0].visit.id, full).await.unwrap();
            assert_eq!(one.visit.object_name, name);
            let cell = (CAMPAIGN, page.items[0].row.0.as_str(), None);
            let behind = app::visit::behind(app, who, county, cell, full, &Asked::default()).await.unwrap();
            assert!(behind.items.iter().any(|it| it.visit.object_name == name), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_that_keeps_whom_the_visit_went_to_needs_no_name_and_moves_no_figure() {
    both(async |play| {
        begin(play).await;
        let department = play.department().await.name;
        let calls = [
            call(H, 20, "座谈交流").named("某训练分队").with("对象类别", "驻石部队"),
            call(H, 20, "登门看望").named("外来人").with("对象类别", "烈士遗属"),
            call(H, 20, "登门看望").to(300).named("另一人").with("对象类别", "老复员军人"),
            call(H, 20, "登门看望").to(1),
            call(H, 20, "座谈交流").named("老兵代表").with("人数", "12"),
            call(&department, 20, "登门看望").to(2).with("对象类别", "本单位退役军人"),
        ];
        let ids: Vec<VisitId> = calls.iter().map(|_| play.app.id()).collect();
        let first: Vec<Sent> = ids.iter().zip(&calls).map(|(id, call)| sent(*id, call)).collect();
        let before: Vec<_> = play.sent(first).await.into_iter().map(|it| it.unwrap().shown).collect();
        // Somebody says that the stranger is nobody of the roster; then somebody of this name comes onto it.
        let mut stranger = someone(299, "残疾军人", H).with("伤残等级", "6级");
        stranger.name = "外来人".to_owned();
        play.roster(&[stranger]).await;
        let table = play.table(None).await;
        let change = |at: usize, category: &str| {
            let unit = if at == 5 { department.as_str() } else { H };
            let method = if [0, 4].contains(&at) { "座谈交流" } else { "登门看望" };
            let mut call =
                call(unit, 20, method).named("外**").with("对象类别", category).with("备注", "已核对");
            if at == 4 {
                call = call.with("人数", "12");
            }
            Sent { keeps_object: true, expected: Some(1), ..sent(ids[at], &call) }
        };
        let categories: Vec<String> =
            before.iter().map(|it| it.category.clone().unwrap_or_default()).collect();
        assert_eq!(categories, ["驻军部队", "烈士遗属", "老复员军人", "", "", "本单位退役军人"]);
        let changes = (0..ids.len()).map(|at| change(at, &categories[at])).collect();
        for (was, now) in before.iter().zip(play.sent(changes).await) {
            let now = now.unwrap();
            let (was, shown) = (&was.visit, &now.shown.visit);
            assert_eq!((now.became, shown.version), (Became::Changed, 2), "{}", was.object_name);
            assert_eq!(shown.facts, was.facts, "{}", was.object_name);
            assert_eq!((&shown.category, &shown.object_name), (&was.category, &was.object_name));
            assert_eq!(now.shown.note.as_deref(), Some("已核对"));
        }
        assert_eq!(play.table(None).await, table);
        play.verified("changes that keep the object").await;
        // Sent again as it stands, nothing is written.
        let same =
            (0..ids.len()).map(|at| Sent { expected: Some(2), ..change(at, &categories[at]) }).collect();
        for now in play.sent(same).await {
            assert_eq!(now.unwrap().became, Became::Unchanged);
        }
        // Another category is taken; a visit that is not there has nobody to keep; a hidden name is no name.
        let moved = Sent { expected: Some(2), ..change(1, "老复员军人") };
        let moved = play.sent(vec![moved]).await.remove(0).unwrap().shown;
        assert_eq!(moved.category.as_deref(), Some("老复员军人"));
        assert_eq!(moved.visit.facts.object, before[1].visit.facts.object);
        let mut alone = Sent { expected: Some(2), ..change(4, "") };
        alone.typed.cells[VisitColumn::Headcount as usize] = Cell::Text("1".to_owned());
        let refused = play.sent(vec![alone]).await.remove(0).unwrap_err();
        assert!(refused.message.contains("2 人以上"), "{refused}");
        let nobody = Sent { id: play.app.id(), expected: None, ..change(0, "驻石部队") };
        assert_eq!(play.sent(vec![nobody]).await[0].as_ref().unwrap_err().code, Code::NotFound);
        let hidden = sent(play.app.id(), &call(H, 20, "登门看望").named("外**"));
        let refused = play.sent(vec![hidden]).await.remove(0).unwrap_err();
        assert!(refused.message.contains("遮盖"), "{refused}");
        play.verified("another category").await;
    })
    .await;
}
