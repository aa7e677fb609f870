//! Every permission × every role × an own and a foreign unit, through the functions themselves, compared with the
//! matrix; and what a unit can see of others by any other way.

use super::play::{CAMPAIGN, Call, Play, bayi, both, call, calls, number, sent, someone, someones};
use app::job::Whose;
use app::visit::Became;
use app::{Caller, Code, Principal, Problem};
use domain::authority::{Grant, Permission, Reach, Role, reach};
use domain::finding::Severity;
use domain::ids::{CandidateId, ImportId, UnitId, VisitId};
use uuid::Uuid;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// Done, or refused for what was asked and not for who asked.
    Through,
    /// No permission.
    Forbidden,
    /// Permitted, but the unit or record is answered like one that is not there.
    Unknown,
}

impl Came {
    fn of<T>(result: Result<T, Problem>) -> Self {
        match result {
            Ok(_) => Self::Through,
            Err(problem) => match problem.code {
                Code::Forbidden => Self::Forbidden,
                Code::UnitUnknown | Code::NotFound => Self::Unknown,
                _ => Self::Through,
            },
        }
    }

    fn row(is_taken: bool) -> Self {
        if is_taken { Self::Through } else { Self::Unknown }
    }
}

/// One unit with what stands under it.
struct Place {
    unit: UnitId,
    code: String,
    candidate: CandidateId,
    visit: VisitId,
}

struct World<'p> {
    play: &'p Play,
}

fn caller(play: &Play, role: Role, unit: Option<UnitId>) -> Caller {
    let principal = Principal {
        account: Uuid::from_u128(role as u128 + 1),
        session: None,
        staff: None,
        county: play.county,
        grants: vec![Grant { role, unit }],
        only: None,
        pending: None,
    };
    let unit = unit.map(|it| it.to_string()).unwrap_or_default();
    Caller::account(format!("account:{}-{unit}", role.code()), principal, None, None)
}

/// A visit to somebody who is not on the roster.
fn form(unit: &str, name: &str, leader: &str) -> Call {
    call(unit, 20, "登门看望").named(name).with("带队领导", leader)
}

impl World<'_> {
    /// A visit and a candidate of this unit, made by the machine's own user.
    async fn place(&self, unit: UnitId, n: u32) -> Place {
        let play = self.play;
        let units = play.units().await;
        let id: VisitId = play.app.id();
        let code = units.get(unit).unwrap().code.clone();
        let visit = form(&code, &format!("外来人{n}"), &format!("带队{n}"));
        play.sent(vec![sent(id, &visit)]).await.pop().unwrap().unwrap();
        let all = app::candidate::list(&play.app, &play.caller, play.county).await.unwrap();
        let candidate = all.iter().find(|it| it.name == format!("外来人{n}")).unwrap();
        Place { unit, code, candidate: candidate.id.parse().unwrap(), visit: id }
    }

    /// Calls what the permission opens, on the unit where there is one. `None`: no function of its own yet.
    async fn call(&self, who: &Caller, permission: Permission, place: &Place) -> Option<Came> {
        use Permission as P;
        let (app, county, unit) = (&self.play.app, self.play.county, Some(place.code.as_str()));
        Some(match permission {
            P::UnitRead => Came::of(app::unit::tree(app, who, county).await),
            P::UnitChange => Came::of(app::unit::alias(app, who, county, H, "").await),
            P::CampaignRead => Came::of(app::campaign::get(app, who, county, CAMPAIGN).await),
            P::CampaignChange => Came::of(app::campaign::edit(app, who, county, CAMPAIGN, "x").await),
            P::RosterImport => self.roster_import(who, place).await,
            P::PersonMerge => {
                self.through_to_nobody(app::person::merge(app, who, county, number(1), number(1)).await)
            }
            P::ImportRead => Came::of(app::import::list(app, who, county).await),
            P::CandidateRead => match app::candidate::list(app, who, county).await {
                Ok(all) => Came::row(all.iter().any(|it| it.id == place.candidate.to_string())),
                Err(problem) => Came::of(Err::<(), _>(problem)),
            },
            P::CandidateConfirm => self.confirm(who, place).await,
            P::VisitRecord => self.record(who, place).await,
            P::VisitImport => self.visit_import(who, place).await,
            P::VisitWithdraw => Came::of(app::visit::withdraw(app, who, county, place.visit).await),
            P::VisitExport => {
                let out = self.play.folder.path().join("走访.xlsx");
                Came::of(app::visit::export(app, who, county, CAMPAIGN, unit, &out).await)
            }
            P::StatisticsRead => Came::of(app::statistics::table(app, who, county, CAMPAIGN, unit).await),
            P::StatisticsVerify => Came::of(app::statistics::verify(app, who, county, CAMPAIGN).await),
            P::TableSubmit => {
                Came::of(app::submission::withdraw(app, who, county, (CAMPAIGN, &place.code), 1).await)
            }
            P::TableReview => {
                Came::of(app::submission::accept(app, who, county, (CAMPAIGN, &place.code), 1).await)
            }
            P::ChaseSend => {
                let wanted = app::chase::Wanted { units: vec![place.code.clone()], ..Default::default() };
                Came::of(app::chase::send(app, who, county, CAMPAIGN, wanted).await)
            }
            P::CoverageRead => Came::of(app::coverage::of(app, who, county, CAMPAIGN, unit).await),
            P::CalendarRead => Came::of(app::calendar::of(app, who, county).await),
            P::CalendarChange => Came::of(app::calendar::import(app, who, county, "x").await),
            P::JobRead => Came::of(app::job::list(app, who, county, Whose::Own, None, 1).await),
            P::OperationsRead => Came::of(app::job::list(app, who, county, Whose::All, None, 1).await),
            P::JobChange => self.through_to_nobody(app::job::cancel(app, who, county, app.id()).await),
            P::NoticeRead => Came::of(app::notification::unread(app, who, county).await),
            P::NoticeLog => Came::of(app::notification::log(app, who, county, None, 1).await),
            P::AccountRead => Came::of(app::account::list(app, who, county).await),
            P::AccountChange => {
                let nobody = app::account::set_disabled(app, who, county, "nobody", true).await;
                self.through_to_nobody(nobody)
            }
            P::GrantChange => {
                let nobody = app::account::grant(app, who, county, "nobody", Role::Viewer, None).await;
                self.through_to_nobody(nobody)
            }
            P::SessionRead => {
                self.through_to_nobody(app::account::sessions(app, who, county, "nobody").await)
            }
            P::SessionEnd => {
                self.through_to_nobody(app::account::end_sessions(app, who, county, "nobody").await)
            }
            P::TokenChange => Came::of(app::account::tokens(app, who, county).await),
            P::AuditVerify => Came::of(app::audit::verify(app, who, county).await),
            P::AuditRead => {
                Came::of(app::audit::list(app, who, county, &app::audit::Filter::default(), None, 1).await)
            }
            P::AuditExport => {
                let (out, kind) = (self.play.folder.path().join("日志.csv"), app::audit::Kind::Csv);
                let all = app::audit::Filter::default();
                Came::of(app::audit::export(app, who, county, &all, kind, &out).await)
            }
            P::CountyInit => {
                Came::of(app::county::init(app, who, &formats::division::county("500240").unwrap()).await)
            }
            // Asked by the functions of others or by no function of this crate.
            _ => return None,
        })
    }

    /// `nobody` is not found, and that is as far as a permitted caller gets.
    #[expect(clippy::unused_self, reason = "reads like the other calls")]
    fn through_to_nobody<T>(&self, result: Result<T, Problem>) -> Came {
        match Came::of(result) {
            Came::Unknown => Came::Through,
            came => came,
        }
    }

    async fn roster_import(&self, who: &Caller, place: &Place) -> Came {
        let units = self.play.units().await;
        let township = units.township_of(place.unit).map_or_else(|| H.to_owned(), |it| it.name.clone());
        let path = self.play.file("名册.csv", someones(&[someone(77, "烈士遗属", &township)]).as_bytes());
        match app::roster::import(&self.play.app, who, self.play.county, &path, true).await {
            Ok(plan) => Came::row(plan.counts.refused == 0),
            Err(problem) => Came::of(Err::<(), _>(problem)),
        }
    }

    async fn visit_import(&self, who: &Caller, place: &Place) -> Came {
        let path =
            self.play.file("走访.csv", calls(&[call(&place.code, 21, "登门看望").named("某")]).as_bytes());
        match app::visit::import(&self.play.app, who, self.play.county, CAMPAIGN, &path, true).await {
            Ok(plan) => Came::row(plan.counts.refused == 0),
            Err(problem) => Came::of(Err::<(), _>(problem)),
        }
    }

    async fn record(&self, who: &Caller, place: &Place) -> Came {
        let id: VisitId = self.play.app.id();
        let visit = sent(id, &form(&place.code, "外来人", &format!("带队{id}")));
        let (app, county) = (&self.play.app, self.play.county);
        match app::visit::put_many(app, who, county, CAMPAIGN, vec![visit]).await {
            Ok(mut answers) => Came::of(answers.remove(0)),
            Err(problem) => Came::of(Err::<(), _>(problem)),
        }
    }

    /// Nobody has the number: a permitted caller who may know the candidate hears of the number, others of no
    /// candidate.
    async fn confirm(&self, who: &Caller, place: &Place) -> Came {
        let (app, county) = (&self.play.app, self.play.county);
        match app::candidate::confirm(app, who, county, place.candidate, number(99)).await {
            Err(problem) if problem.message.contains("公民身份号码") => Came::Through,
            other => Came::of(other),
        }
    }
}

/// Acts and reads that are of the whole county or of the caller, whatever unit one has in mind.
fn has_no_unit(permission: Permission) -> bool {
    use Permission as P;
    let is_own = matches!(permission, P::JobRead | P::JobChange | P::NoticeRead);
    is_own || matches!(permission, P::UnitRead | P::CampaignRead | P::CalendarRead | P::ImportRead)
}

#[tokio::test]
async fn every_permission_role_and_unit_is_as_the_matrix_says() {
    both(async |play| {
        play.begin().await;
        app::unit::add(&play.app, &play.caller, play.county, "驻石某部", "troop", None).await.unwrap();
        let world = World { play };
        let (village, other) = (play.village(H, 0).await.id, play.village(S, 0).await.id);
        let units = play.units().await;
        let of = |name: &str| units.find(name).unwrap().id;
        let mut walked = 0;
        let mut n = 0;
        for role in Role::ALL {
            let (own, foreign) = match role {
                Role::VillageStation => (Some(village), other),
                Role::TroopLiaison => (Some(of("驻石某部")), of(S)),
                Role::UnitClerk | Role::UnitLeader | Role::Viewer => (Some(of(H)), of(S)),
                _ => (None, of(S)),
            };
            let who = caller(play, *role, own);
            let place = async |unit, n| world.place(unit, n).await;
            let mut mine = place(own.unwrap_or_else(|| of(H)), n).await;
            let mut theirs = place(foreign, n + 1).await;
            n += 2;
            for permission in Permission::ALL {
                // The only call that uses its record up.
                if *permission == Permission::VisitWithdraw {
                    mine = place(own.unwrap_or_else(|| of(H)), n).await;
                    theirs = place(foreign, n + 1).await;
                    n += 2;
                }
                let reached = reach(*role, *permission);
                let expect = |is_own: bool| match reached {
                    None => Came::Forbidden,
                    Some(Reach::County) => Came::Through,
                    Some(_) if is_own || has_no_unit(*permission) => Came::Through,
                    Some(_) => Came::Unknown,
                };
                let may = who.permit(*permission, play.county).is_ok();
                assert_eq!(may, reached.is_some(), "{role:?} {permission:?}");
                for (place, is_own) in [(&theirs, false), (&mine, true)] {
                    if let Some(came) = world.call(&who, *permission, place).await {
                        assert_eq!(came, expect(is_own), "{role:?} {permission:?}, own: {is_own}");
                        walked += 1;
                    }
                }
            }
        }
        assert!(walked > 12 * 25 * 2, "{walked}");
    })
    .await;
}

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
        let stored = store::visit::page(&mut tx, county, campaign.id, None, None, 10).await.unwrap();
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
