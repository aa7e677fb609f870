//! The roster by hand: added, changed from a version, counted anew; entries that look alike, and who decides on them.

use super::play::{CAMPAIGN, Play, account, both, call, number, row, someone};
use app::page::Asked;
use app::person::{Became, Saved, Sent, Wanted};
use app::{Caller, Code, Problem};
use domain::authority::Role;
use domain::ids::PersonId;
use domain::person::{Hardship, Identity, PersonClass, PersonStatus};
use domain::roster::RosterColumn as C;
use domain::roster::hand::Form;
use store::apart::Pair;
use store::person::alike::By;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

pub fn form(cells: &[(C, &str)]) -> Form {
    let cells = cells.iter().map(|(column, text)| (*column, (*text).to_owned())).collect();
    Form { cells, ..Form::default() }
}

pub fn new(n: u32, name: &str, township: &str) -> Form {
    let mut form = form(&[(C::Name, name), (C::Citizen, number(n).reveal()), (C::Township, township)]);
    form.identities = Some(vec![identity(PersonClass::OldDemobilised)]);
    form
}

fn identity(class: PersonClass) -> Identity {
    Identity { class, grade: None, nature: None }
}

impl Play {
    pub async fn put(
        &self,
        caller: &Caller,
        id: PersonId,
        form: Form,
        expected: Option<i64>,
    ) -> Result<Saved, Problem> {
        let sent = Sent { id, form, expected, accepts_warnings: false };
        app::person::put(&self.app, caller, self.county, sent).await
    }

    /// A person by number.
    pub async fn person(&self, n: u32) -> PersonId {
        let wanted = Wanted { search: Some(number(n).reveal().to_owned()), ..Wanted::default() };
        let page = app::person::list(&self.app, &self.caller, self.county, &wanted, &Asked::default()).await;
        page.unwrap().items[0].id
    }
}

fn codes(problem: &Problem) -> Vec<String> {
    let all = problem.details["findings"].as_array().unwrap();
    all.iter()
        .map(|it| format!("{} {}", it["field"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_person_is_added_and_changed_from_a_version() {
    both(async |play| {
        play.begin().await;
        let (app, county) = (&play.app, play.county);
        let clerk = account(play, 1, Role::UnitClerk, Some(play.units().await.find(H).unwrap().id));
        let id: PersonId = app.id();
        let mut first = new(1, "安一", H);
        first.cells.insert(C::Phone, "20012345678".to_owned());
        first.cells.insert(C::Note, "家中老宅".to_owned());
        let saved = play.put(&clerk, id, first.clone(), None).await.unwrap();
        assert_eq!((saved.became, saved.detail.version), (Became::Added, 1));
        assert_eq!(saved.detail.masked.phone.as_deref(), Some("200****5678"));
        let again = play.put(&clerk, id, first, None).await.unwrap();
        assert_eq!(again.became, Became::Unchanged, "sent again it is harmless");
        let change = form(&[(C::Phone, ""), (C::Household, "0012")]);
        let nameless = play.put(&clerk, id, change.clone(), None).await.unwrap_err();
        assert_eq!(nameless.code, Code::VersionRequired);
        let saved = play.put(&clerk, id, change, Some(1)).await.unwrap();
        assert_eq!((saved.became, saved.detail.version), (Became::Changed, 2));
        assert_eq!(saved.detail.masked.phone, None);
        let stale = play.put(&clerk, id, form(&[(C::Household, "0013")]), Some(1)).await.unwrap_err();
        assert_eq!(stale.code, Code::Changed);
        let history = app::person::history(app, &clerk, county, id).await.unwrap();
        let told: Vec<(&str, &str)> =
            history.iter().map(|it| (it.field.as_str(), it.source.as_str())).collect();
        assert_eq!(
            told,
            [("phone", "person.change"), ("household", "person.change"), ("name", "person.add")]
        );
        assert!(history.iter().all(|it| it.by == "account:1" && it.import.is_none()));
        assert_eq!(history[0].before.as_deref(), Some("200****5678"));
        let acts = play.acts().await;
        assert_eq!(acts[acts.len() - 2..], ["person.add".to_owned(), "person.change".to_owned()]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field_and_nothing_is_written() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "烈士遗属", S)]).await;
        let clerk = account(play, 1, Role::UnitClerk, Some(play.units().await.find(H).unwrap().id));
        let sizes = play.sizes().await;
        for (form, code) in [
            (form(&[(C::Name, "安三")]), "citizen roster.citizen_missing"),
            (new(1, "安三", H), "citizen roster.citizen_known"),
            // Another unit's person: taken, and nothing more is said.
            (new(2, "安三", H), "citizen roster.taken"),
            (new(3, "安三", S), "township roster.foreign"),
        ] {
            let refused = play.put(&clerk, play.app.id(), form, None).await.unwrap_err();
            assert_eq!(refused.code, Code::PersonRefused, "{code}");
            assert!(codes(&refused).contains(&code.to_owned()), "{code}: {:?}", codes(&refused));
            assert!(!refused.message.contains("安二") && !refused.details.to_string().contains(S));
        }
        // A name and day of birth that are known ask whether it is meant so.
        let mut twin = new(3, "安一", H);
        let born = number(1).reveal().to_owned();
        let other = domain::citizen::CitizenId::complete(&format!("{}777", &born[..14])).unwrap();
        twin.cells.insert(C::Citizen, other.reveal().to_owned());
        let id: PersonId = play.app.id();
        let doubtful = play.put(&clerk, id, twin.clone(), None).await.unwrap_err();
        assert_eq!(
            (doubtful.code, codes(&doubtful)),
            (
                Code::PersonDoubtful,
                vec!["name roster.twin".to_owned(), "citizen roster.age_over_110".to_owned()]
            )
        );
        let looked = app::person::check(&play.app, &clerk, play.county, None, &twin).await.unwrap();
        assert!(looked.can_save && looked.needs_acceptance);
        assert_eq!(play.sizes().await, sizes, "nothing was written");
        // What the secrecy guard refuses is written down and nothing else.
        let mut marked = new(5, "安五", H);
        marked.cells.insert(C::Note, "机密★10年".to_owned());
        let refused = play.put(&clerk, play.app.id(), marked.clone(), None).await.unwrap_err();
        assert_eq!(refused.code, Code::SecrecyRefused);
        let looked = app::person::check(&play.app, &clerk, play.county, None, &marked).await.unwrap();
        assert!(!looked.can_save && looked.remarks.iter().any(|it| it.field == "note"));
        let sent = Sent { id, form: twin, expected: None, accepts_warnings: true };
        let saved = app::person::put(&play.app, &clerk, play.county, sent).await.unwrap();
        assert_eq!(saved.became, Became::Added);
        // The other's clerk finds nobody under this id.
        let stranger = account(play, 2, Role::UnitClerk, Some(play.units().await.find(S).unwrap().id));
        let taken = play.put(&stranger, id, new(9, "安九", S), None).await.unwrap_err();
        assert_eq!(taken.code, Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_change_by_hand_moves_the_figures_of_open_campaigns() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        play.visits(&[call(H, 20, "登门看望").to(1)]).await;
        assert_eq!(play.row("old_demobilised").await.persons, 1);
        let id = play.person(1).await;
        let mut change =
            Form { identities: Some(vec![identity(PersonClass::MartyrSurvivor)]), ..Form::default() };
        change.hardship = Some(vec![Hardship::GraveIllness]);
        change.hardship_text = Some("手术后休养".to_owned());
        play.put(&play.caller, id, change, Some(1)).await.unwrap();
        let table = play.table(None).await;
        assert_eq!((row(&table, "old_demobilised").persons, row(&table, "martyr_survivor").persons), (0, 1));
        play.verified("a change by hand").await;
        let visits = app::person::visits(&play.app, &play.caller, play.county, id).await.unwrap();
        assert_eq!((visits.items.len(), visits.elsewhere), (1, 0));
        assert_eq!(visits.items[0].campaign, CAMPAIGN);
        let clerk = account(play, 1, Role::UnitClerk, Some(play.units().await.find(H).unwrap().id));
        let difficulties = app::person::difficulties(&play.app, &clerk, play.county, id).await.unwrap();
        assert_eq!(difficulties.marks, [Hardship::GraveIllness]);
        assert!(difficulties.has_text && difficulties.helped.is_empty());
        // An import that brought the person cannot be undone any more: the change would be lost.
        let import = app::import::list(&play.app, &play.caller, play.county).await.unwrap();
        let roster = import.iter().find(|it| it.kind == "roster").unwrap();
        let undo = app::import::undo(&play.app, &play.caller, play.county, roster.id.parse().unwrap()).await;
        assert_eq!(undo.unwrap_err().code, Code::UndoRefused);
    })
    .await;
}

/// The same name and day of birth under two numbers, one account and one telephone twice.
async fn doubles(play: &Play) {
    play.begin().await;
    let born = number(1).reveal().to_owned();
    let twin = domain::citizen::CitizenId::complete(&format!("{}777", &born[..14])).unwrap();
    let mut other = someone(2, "老复员军人", H);
    "安一".clone_into(&mut other.name);
    twin.reveal().clone_into(&mut other.number);
    play.roster(&[
        someone(1, "老复员军人", H),
        other,
        someone(3, "烈士遗属", H).with("银行账号", "99123456789012345"),
        someone(4, "烈士遗属", S).with("银行账号", "99123456789012345").with("联系电话", "20012345678"),
        someone(6, "烈士遗属", S).with("联系电话", "200 1234 5678"),
    ])
    .await;
}

async fn pairs(play: &Play, caller: &Caller) -> Vec<Vec<By>> {
    let asked = Asked { cursor: None, limit: Some(50) };
    let page = app::person::duplicates(&play.app, caller, play.county, (None, None), &asked).await.unwrap();
    page.items.into_iter().map(|it| it.common).collect()
}

#[tokio::test]
async fn entries_that_look_alike_are_told_once() {
    both(async |play| {
        doubles(play).await;
        let (app, county) = (&play.app, play.county);
        assert_eq!(
            pairs(play, &play.caller).await,
            [vec![By::NameAndBirth], vec![By::Account], vec![By::Phone]]
        );
        let (count, by) = app::person::duplicates_count(app, &play.caller, county, None).await.unwrap();
        assert_eq!((count, by[1], by[2]), (3, (By::NameAndBirth, 1), (By::Account, 1)));
        // One by one they are the same.
        let mut asked = Asked { cursor: None, limit: Some(1) };
        let mut turned = Vec::new();
        loop {
            let page =
                app::person::duplicates(app, &play.caller, county, (None, None), &asked).await.unwrap();
            turned.extend(page.items.iter().map(|it| it.common.clone()));
            let Some(next) = page.next else { break };
            asked.cursor = Some(next);
        }
        assert_eq!(turned, pairs(play, &play.caller).await);
        // A clerk sees pairs of the own persons alone.
        let clerk = account(play, 1, Role::UnitClerk, Some(play.units().await.find(S).unwrap().id));
        assert_eq!(pairs(play, &clerk).await, [vec![By::Phone]]);
        let page =
            app::person::duplicates(app, &play.caller, county, (Some(By::Account), None), &Asked::default())
                .await
                .unwrap();
        let one = &page.items[0];
        let pair = Pair::of(one.first.id, one.second.id);
        assert!(one.differing.iter().any(|(field, _)| *field == "township"), "{:?}", one.differing);
        let refused = app::person::keep_apart(app, &clerk, county, pair, None).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
        app::person::keep_apart(app, &play.caller, county, pair, Some("母女共用一卡")).await.unwrap();
        app::person::keep_apart(app, &play.caller, county, pair, None).await.unwrap();
        assert_eq!(pairs(play, &play.caller).await, [vec![By::NameAndBirth], vec![By::Phone]]);
        let kept = app::person::kept_apart(app, &play.caller, county).await.unwrap();
        assert_eq!(kept[0].reason.as_deref(), Some("母女共用一卡"));
        app::person::ask_again(app, &play.caller, county, pair).await.unwrap();
        assert_eq!(pairs(play, &play.caller).await.len(), 3);
        let none = app::person::ask_again(app, &play.caller, county, pair).await.unwrap_err();
        assert_eq!(none.code, Code::NotFound);
        // Merged, a pair is gone.
        let page = app::person::duplicates(
            app,
            &play.caller,
            county,
            (Some(By::NameAndBirth), None),
            &Asked::default(),
        )
        .await
        .unwrap();
        let (keep, drop) = (page.items[0].first.id, page.items[0].second.id);
        app::person::merge(app, &play.caller, county, keep, drop).await.unwrap();
        assert_eq!(pairs(play, &play.caller).await, [vec![By::Account], vec![By::Phone]]);
    })
    .await;
}

#[tokio::test]
async fn a_candidate_is_shown_with_whom_they_may_be_and_may_be_nobody() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "烈士遗属", S)]).await;
        let (app, county) = (&play.app, play.county);
        play.visits(&[call(H, 20, "登门看望").named("外来人"), call(H, 21, "登门看望").named("外来人")])
            .await;
        let all = async |status: &str| {
            app::candidate::cases(app, &play.caller, county, (status, false), &Asked::default())
                .await
                .unwrap()
                .items
        };
        let open = all("open").await;
        assert_eq!((open.len(), open[0].visits.0, open[0].likely.len()), (1, 2, 0));
        let id = open[0].id.parse().unwrap();
        // Once somebody of this name is on the roster, they are shown beside.
        play.put(&play.caller, app.id(), new(7, "外来人", H), None).await.unwrap();
        let open = all("open").await;
        assert_eq!((open[0].likely.len(), open[0].likely[0].is_near), (1, true));
        assert!(open[0].likely[0].person.name.contains('*'));
        let empty = app::candidate::keep_apart(app, &play.caller, county, id, " ").await.unwrap_err();
        assert_eq!(empty.code, Code::BadRequest);
        app::candidate::keep_apart(app, &play.caller, county, id, "邻县来访人员").await.unwrap();
        assert!(all("open").await.is_empty());
        assert_eq!(all("apart").await[0].reason.as_deref(), Some("邻县来访人员"));
        app::candidate::reopen(app, &play.caller, county, id).await.unwrap();
        assert_eq!(all("open").await[0].visits.0, 2);
        // Whoever is nobody on the roster stays so when they are visited again.
        play.visits(&[call(H, 20, "登门看望").named("外来客")]).await;
        let guest = all("open").await[1].id.parse().unwrap();
        app::candidate::keep_apart(app, &play.caller, county, guest, "邻县来访人员").await.unwrap();
        play.visits(&[call(H, 22, "登门看望").named("外来客")]).await;
        assert_eq!((all("open").await.len(), all("apart").await[0].visits.0), (1, 2));
        play.verified("a candidate was kept apart").await;
    })
    .await;
}

#[tokio::test]
async fn a_status_is_set_by_whoever_confirms_changes_and_reported_by_others() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "烈士遗属", H), someone(2, "烈士遗属", H)]).await;
        let clerk = account(play, 2, Role::UnitClerk, Some(play.units().await.find(H).unwrap().id));
        let office = account(play, 1, Role::CountyOffice, None);
        let id = play.person(1).await;
        let dead = || form(&[(C::Status, "死亡"), (C::StoppedOn, "2024-07-01"), (C::Note, "来电")]);
        let refused = play.put(&clerk, id, dead(), Some(1)).await.unwrap_err();
        assert!(codes(&refused).contains(&"status roster.status_reported".to_owned()), "{refused}");
        assert_eq!(
            play.put(&clerk, id, form(&[(C::Note, "来电")]), Some(1)).await.unwrap().became,
            Became::Changed
        );
        // By a file of the township the rest of the row is taken, and the status stays.
        let row = someone(1, "烈士遗属", H).with("状态", "死亡").with("死亡（停发）日期", "2024-07-01");
        let csv = super::play::someones(&[row.with("民族", "土家族"), someone(2, "烈士遗属", H)]);
        let file = play.file("名册.csv", csv.as_bytes());
        let done = app::roster::import(&play.app, &clerk, play.county, &file, false).await.unwrap();
        assert_eq!((done.counts.changed, done.counts.refused), (1, 0));
        let said: Vec<_> = done.findings.iter().filter(|it| it.code == "roster.status_reported").collect();
        assert_eq!((said.len(), said[0].row), (1, Some(2)), "{:?}", done.findings);
        let it = app::person::get(&play.app, &clerk, play.county, id, false).await.unwrap().masked;
        assert_eq!((it.status, it.ethnicity.as_deref()), (PersonStatus::Normal, Some("土家族")));
        let saved = play.put(&office, id, dead(), Some(3)).await.unwrap();
        assert_eq!(saved.detail.masked.status, PersonStatus::Dead);
        // The same status again is no change.
        assert_eq!(play.put(&clerk, id, dead(), Some(4)).await.unwrap().became, Became::Unchanged);
        play.verified("a status by hand").await;
    })
    .await;
}
