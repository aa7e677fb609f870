//! The yearly confirmation and reported changes of status: who may, what the roster says afterwards, what is undone.

use super::hand::{form, new};
use super::play::{Play, account, both, call, number, sent, someone};
use app::confirmation::{Became, Sent as Confirmed, Wanted};
use app::page::Asked;
use app::status_change::Sent;
use app::{Caller, Code, Problem};
use domain::authority::Role;
use domain::confirmation::Means;
use domain::file::{FileKind, OwnerKind};
use domain::ids::{FileId, PersonId, StatusChangeId, VisitId};
use domain::person::PersonStatus;
use domain::roster::RosterColumn as C;
use domain::status_change::{ChangeKind, ChangeState};
use jiff::civil::{Date, date};

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn clerk(play: &Play, n: u128, unit: &str) -> Caller {
    account(play, n, Role::UnitClerk, Some(play.units().await.find(unit).unwrap().id))
}

fn confirmed(person: PersonId, means: Means, day: Date) -> Confirmed {
    Confirmed { person, means, confirmed_on: day, files: Vec::new(), remark: String::new(), expected: None }
}

async fn put(play: &Play, caller: &Caller, sent: Confirmed) -> Result<Became, Problem> {
    let all = app::confirmation::put_many(&play.app, caller, play.county, 2024, vec![sent]).await;
    all.unwrap().remove(0)
}

/// Three receivers and one who is none; the second is 待确认 on the roster.
async fn people(play: &Play) {
    play.begin().await;
    let receiver = |n, unit| someone(n, "老复员军人", unit).with("享受定期抚恤补助", "是");
    play.roster(&[
        receiver(1, H),
        receiver(2, H).with("状态", "待确认"),
        receiver(3, S),
        someone(4, "烈士遗属", H),
    ])
    .await;
}

async fn status(play: &Play, id: PersonId) -> PersonStatus {
    app::person::get(&play.app, &play.caller, play.county, id, false).await.unwrap().masked.status
}

#[tokio::test]
async fn a_year_is_confirmed_person_by_person_and_taken_back() {
    both(async |play| {
        people(play).await;
        let (app, county, day) = (&play.app, play.county, date(2024, 7, 10));
        let own = clerk(play, 1, H).await;
        let (one, two, foreign) = (play.person(1).await, play.person(2).await, play.person(3).await);
        let all = vec![
            confirmed(one, Means::Face, day),
            confirmed(two, Means::Video, day),
            confirmed(foreign, Means::Face, day),
            confirmed(one, Means::Face, day),
        ];
        let answers = app::confirmation::put_many(app, &own, county, 2024, all).await.unwrap();
        let codes: Vec<Option<Code>> =
            answers.iter().map(|it| it.as_ref().err().map(|problem| problem.code)).collect();
        assert_eq!(codes, [None, None, Some(Code::NotFound), Some(Code::BadRequest)]);
        // Who is confirmed is no longer 待确认, and the history says by what.
        assert_eq!(status(play, two).await, PersonStatus::Normal);
        let history = app::person::history(app, &own, county, two).await.unwrap();
        assert_eq!((history[0].field.as_str(), history[0].source.as_str()), ("status", "confirmation.put"));
        assert_eq!(put(play, &own, confirmed(one, Means::Face, day)).await.unwrap(), Became::Unchanged);
        let other = put(play, &own, confirmed(one, Means::Video, day)).await.unwrap_err();
        assert_eq!(other.code, Code::VersionRequired);
        let change = Confirmed { expected: Some(1), ..confirmed(one, Means::Video, day) };
        assert_eq!(put(play, &own, change.clone()).await.unwrap(), Became::Changed);
        let stale = Confirmed { means: Means::Face, ..change };
        assert_eq!(put(play, &own, stale).await.unwrap_err().code, Code::Changed);
        for wrong in [
            confirmed(one, Means::Proof, day),
            confirmed(one, Means::Face, date(2024, 7, 21)),
            confirmed(one, Means::Face, date(2022, 7, 1)),
        ] {
            assert_eq!(put(play, &own, wrong).await.unwrap_err().code, Code::StatusRefused);
        }
        let counts = app::confirmation::counts(app, &play.caller, county, 2024, (None, false)).await.unwrap();
        assert_eq!((counts.persons, counts.confirmed, counts.units.len()), (3, 2, 2));
        assert_eq!(counts.by_means.iter().map(|it| it.1).collect::<Vec<_>>(), [0, 2, 0, 0]);
        let everyone = app::confirmation::counts(app, &own, county, 2024, (None, true)).await.unwrap();
        assert_eq!((everyone.persons, everyone.confirmed), (3, 2), "the clerk's own township");
        let listed = async |confirmed, everyone| {
            let wanted = Wanted { year: 2024, confirmed, everyone, ..Wanted::default() };
            let page = app::confirmation::list(app, &own, county, &wanted, &Asked::default()).await.unwrap();
            page.items.iter().map(|it| it.person.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(Some(true), false).await.len(), 2);
        assert!(listed(Some(false), false).await.is_empty());
        assert_eq!(listed(Some(false), true).await, [play.person(4).await]);
        app::confirmation::undo(app, &own, county, 2024, two).await.unwrap();
        assert_eq!(status(play, two).await, PersonStatus::Unconfirmed);
        let twice = app::confirmation::undo(app, &own, county, 2024, two).await.unwrap_err();
        assert_eq!(twice.code, Code::NotFound);
        let foreign = app::confirmation::undo(app, &own, county, 2024, foreign).await.unwrap_err();
        assert_eq!(foreign.code, Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_home_visit_may_serve_as_confirmation_and_goes_with_it() {
    both(async |play| {
        people(play).await;
        let (app, county) = (&play.app, play.county);
        let own = clerk(play, 1, H).await;
        let person = play.person(1).await;
        let id: VisitId = app.id();
        let visit = app::visit::Sent {
            person: Some(person),
            confirms: true,
            ..sent(id, &call(H, 12, "登门看望").named("（名册）"))
        };
        let by_letter = app::visit::Sent {
            person: Some(person),
            confirms: true,
            ..sent(app.id(), &call(H, 12, "发慰问信").named("（名册）"))
        };
        let stranger = app::visit::Sent {
            confirms: true,
            ..sent(app.id(), &call(H, 12, "登门看望").named("外来人"))
        };
        let campaign = super::play::CAMPAIGN;
        let all = vec![visit.clone(), by_letter, stranger];
        let answers = app::visit::put_many(app, &own, county, campaign, all).await.unwrap();
        let codes: Vec<Option<Code>> =
            answers.iter().map(|it| it.as_ref().err().map(|problem| problem.code)).collect();
        assert_eq!(codes, [None, Some(Code::StatusRefused), Some(Code::StatusRefused)]);
        let found = app::confirmation::get(app, &own, county, 2024, person).await.unwrap().unwrap();
        assert_eq!((found.means, found.confirmed_on.as_str()), (Means::HomeVisit, "2024-07-12"));
        assert_eq!(found.visit.as_deref(), Some(id.to_string().as_str()));
        // Sent again nothing is written.
        let acts = play.acts().await.len();
        app::visit::put_many(app, &own, county, campaign, vec![visit]).await.unwrap().remove(0).unwrap();
        assert_eq!(play.acts().await.len(), acts);
        app::visit::withdraw(app, &own, county, id).await.unwrap();
        assert!(app::confirmation::get(app, &own, county, 2024, person).await.unwrap().is_none());
        play.verified("a visit that served was taken back").await;
    })
    .await;
}

/// A proof that belongs to a person.
async fn proof(play: &Play, caller: &Caller, person: PersonId) -> FileId {
    let new = app::file::NewFile {
        id: play.app.id(),
        kind: FileKind::Attachment,
        owner_kind: OwnerKind::Person,
        owner: person.0,
        unit: None,
        name: "证明.txt".to_owned(),
        caption: String::new(),
        is_internal: false,
        external_reviewed: false,
    };
    let bytes = format!("证明 {person}").into_bytes();
    app::file::add(&play.app, caller, play.county, new, bytes).await.unwrap().file.id
}

fn change(play: &Play, person: PersonId, kind: ChangeKind, files: Vec<FileId>) -> Sent {
    Sent {
        id: play.app.id(),
        person,
        kind,
        happened_on: date(2024, 7, 1),
        target_township: None,
        target_village: None,
        target_text: String::new(),
        reason: "家属告知".to_owned(),
        files,
    }
}

async fn report(play: &Play, caller: &Caller, sent: Sent) -> Result<StatusChangeId, Problem> {
    let id = sent.id;
    app::status_change::report(&play.app, caller, play.county, sent).await.map(|_| id)
}

#[tokio::test]
async fn a_death_is_reported_below_and_changes_the_roster_when_the_county_agrees() {
    both(async |play| {
        people(play).await;
        let (app, county) = (&play.app, play.county);
        play.visits(&[call(H, 20, "登门看望").to(1)]).await;
        let village = play.village(H, 0).await;
        let station = account(play, 5, Role::VillageStation, Some(village.id));
        let (own, office) = (clerk(play, 1, H).await, account(play, 9, Role::CountyOffice, None));
        let person = play.person(1).await;
        let without = report(play, &own, change(play, person, ChangeKind::Death, vec![])).await.unwrap_err();
        assert_eq!(without.code, Code::StatusRefused, "{}", without.message);
        // Another's proof is no proof.
        let wrong = proof(play, &play.caller, play.person(2).await).await;
        let refused =
            report(play, &own, change(play, person, ChangeKind::Death, vec![wrong])).await.unwrap_err();
        assert_eq!(refused.code, Code::StatusRefused);
        let file = proof(play, &own, person).await;
        let sent = change(play, person, ChangeKind::Death, vec![file]);
        // The village does not know the person: the roster has no village.
        let foreign = report(play, &station, sent.clone()).await.unwrap_err();
        assert_eq!(foreign.code, Code::NotFound);
        let id = report(play, &own, sent.clone()).await.unwrap();
        assert_eq!(report(play, &own, sent).await.unwrap(), id, "sent again it is harmless");
        let second = report(play, &own, change(play, person, ChangeKind::Suspend, vec![])).await.unwrap_err();
        assert_eq!(second.code, Code::Conflict);
        assert_eq!(status(play, person).await, PersonStatus::Normal, "not before the county agrees");
        let own_word = app::status_change::decide(app, &own, county, id, true, "").await.unwrap_err();
        assert_eq!(own_word.code, Code::Forbidden);
        app::status_change::decide(app, &office, county, id, true, "").await.unwrap();
        let after = app::person::get(app, &play.caller, county, person, false).await.unwrap().masked;
        assert_eq!(
            (after.status, after.stopped_on, after.allowance),
            (PersonStatus::Dead, Some(date(2024, 7, 1)), false)
        );
        let history = app::person::history(app, &own, county, person).await.unwrap();
        assert!(history.iter().all(|it| it.source == "status_change.confirm"), "{history:?}");
        play.verified("a death was confirmed").await;
        let twice = app::status_change::decide(app, &office, county, id, true, "").await.unwrap_err();
        assert_eq!(twice.code, Code::Conflict);
        let told = app::notification::unread(app, &own, county).await.unwrap();
        assert!(told.iter().any(|it| it.kind == "status_decided"), "{told:?}");
        let dead = put(play, &own, confirmed(person, Means::Face, date(2024, 7, 10))).await.unwrap_err();
        assert_eq!(dead.code, Code::StatusRefused);
    })
    .await;
}

#[tokio::test]
async fn moves_suspensions_and_what_is_returned_or_taken_back() {
    both(async |play| {
        people(play).await;
        let (app, county) = (&play.app, play.county);
        let (own, office) = (clerk(play, 1, H).await, account(play, 9, Role::CountyOffice, None));
        let person = play.person(2).await;
        let id = report(play, &own, change(play, person, ChangeKind::Suspend, vec![])).await.unwrap();
        let mute = app::status_change::decide(app, &office, county, id, false, " ").await.unwrap_err();
        assert_eq!(mute.code, Code::StatusRefused);
        app::status_change::decide(app, &office, county, id, false, "材料不全").await.unwrap();
        assert_eq!(status(play, person).await, PersonStatus::Unconfirmed);
        let shown = app::status_change::get(app, &own, county, id, false).await.unwrap();
        assert_eq!((shown.state, shown.decision.as_deref()), (ChangeState::Refused, Some("材料不全")));
        let id = report(play, &own, change(play, person, ChangeKind::Suspend, vec![])).await.unwrap();
        app::status_change::withdraw(app, &own, county, id).await.unwrap();
        let late = app::status_change::decide(app, &office, county, id, true, "").await.unwrap_err();
        assert_eq!(late.code, Code::Conflict);
        let file = proof(play, &own, person).await;
        let nowhere = change(play, person, ChangeKind::MoveWithin, vec![file]);
        assert_eq!(report(play, &own, nowhere.clone()).await.unwrap_err().code, Code::StatusRefused);
        let village = play.village(S, 0).await;
        let moves = Sent {
            target_township: Some(S.to_owned()),
            target_village: Some(village.code.clone()),
            ..nowhere
        };
        let id = report(play, &own, moves).await.unwrap();
        app::status_change::decide(app, &office, county, id, true, "").await.unwrap();
        let moved = app::person::get(app, &play.caller, county, person, false).await.unwrap();
        assert_eq!(moved.village.unwrap().0, village.code);
        // The person is now another's, the report stays where it was made.
        assert_eq!(
            app::person::get(app, &own, county, person, false).await.unwrap_err().code,
            Code::NotFound
        );
        let counts = app::status_change::counts(app, &own, county).await.unwrap();
        let of = |state| counts.iter().find(|it| it.0 == state).unwrap().1;
        assert_eq!(
            (of(ChangeState::Pending), of(ChangeState::Confirmed), of(ChangeState::Refused)),
            (0, 1, 1)
        );
        let page = app::status_change::list(
            app,
            &clerk(play, 3, S).await,
            county,
            &app::status_change::Wanted::default(),
            &Asked::default(),
        )
        .await
        .unwrap();
        assert!(page.items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_erased_person_leaves_no_words_behind() {
    both(async |play| {
        people(play).await;
        let (app, county) = (&play.app, play.county);
        let person = play.person(2).await;
        put(
            play,
            &play.caller,
            Confirmed {
                remark: "家中无人应门".to_owned(),
                ..confirmed(person, Means::Proof, date(2024, 7, 1))
            },
        )
        .await
        .unwrap();
        let id = report(play, &play.caller, change(play, person, ChangeKind::Suspend, vec![])).await.unwrap();
        app::erasure::erase(app, &play.caller, county, number(2), "本人申请", true).await.unwrap();
        let shown = app::status_change::get(app, &play.caller, county, id, true).await.unwrap();
        assert!(shown.person.is_none() && shown.reason.is_none(), "{shown:?}");
        let mut tx = app.db.read().await.unwrap();
        let left = store::confirmation::of_person(&mut tx, county, person).await.unwrap();
        assert!(left.len() == 1 && left[0].remark_sealed.is_none());
        drop(tx);
        let gone = play.put(&play.caller, person, form(&[(C::Note, "x")]), Some(1)).await.unwrap_err();
        assert_eq!(gone.code, Code::NotFound);
        let back = play.put(&play.caller, app.id(), new(2, "安二", H), None).await.unwrap_err();
        assert_eq!(back.code, Code::PersonRefused, "an erased number does not come back");
    })
    .await;
}
