//! Every permission × every role × an own and a foreign unit, through the functions themselves, compared with the
//! matrix.

use super::play::{CAMPAIGN, Call, Play, both, call, calls, number, sent, someone, someones};
use app::export::{Kind, Request, What};
use app::file::NewFile;
use app::job::Whose;
use app::payment::Op;
use app::person::{Field, Wanted};
use app::{Caller, Code, Principal, Problem};
use domain::authority::{Grant, Permission, Reach, Role, reach};
use domain::file::{FileKind, OwnerKind};
use domain::ids::{CandidateId, FileId, ImportId, PersonId, UnitId, VisitId};
use domain::ledger::EntryKind;
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
    /// An attachment of the visit.
    file: FileId,
    /// Nobody where the unit has no persons.
    person: PersonId,
}

struct World<'p> {
    play: &'p Play,
}

pub fn caller(play: &Play, role: Role, unit: Option<UnitId>) -> Caller {
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
pub fn form(unit: &str, name: &str, leader: &str) -> Call {
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
        let file = self.attach(&play.caller, id).await.unwrap();
        let person = self.someone(unit, n).await;
        Place { unit, code, candidate: candidate.id.parse().unwrap(), visit: id, file, person }
    }

    /// Somebody on the roster of this unit.
    async fn someone(&self, unit: UnitId, n: u32) -> PersonId {
        let (play, units) = (self.play, self.play.units().await);
        let Some(township) = units.township_of(unit) else { return PersonId(Uuid::nil()) };
        let village = if township.id == unit { "" } else { units.get(unit).unwrap().name.as_str() };
        let person = someone(200 + n, "老复员军人", &township.name).with("村（社区）", village);
        let number = number(200 + n);
        play.roster(&[person]).await;
        let wanted = Wanted { search: Some(number.reveal().to_owned()), ..Wanted::default() };
        let asked = app::page::Asked::default();
        app::person::list(&play.app, &play.caller, play.county, &wanted, &asked).await.unwrap().items[0].id
    }

    /// Attaches a text to a visit.
    async fn attach(&self, who: &Caller, visit: VisitId) -> Result<FileId, Problem> {
        let new = NewFile {
            id: self.play.app.id(),
            kind: FileKind::Attachment,
            owner_kind: OwnerKind::Visit,
            owner: visit.0,
            unit: None,
            name: "说明.txt".to_owned(),
            caption: String::new(),
            is_internal: false,
            external_reviewed: false,
        };
        let bytes = visit.to_string().into_bytes();
        Ok(app::file::add(&self.play.app, who, self.play.county, new, bytes).await?.file.id)
    }

    /// Persons and visits: read, revealed, taken out, and what hangs on them.
    async fn call_records(&self, who: &Caller, permission: Permission, place: &Place) -> Option<Came> {
        use Permission as P;
        let (app, county, unit) = (&self.play.app, self.play.county, Some(place.code.clone()));
        Some(match permission {
            P::RosterRead => {
                let (wanted, asked) = (Wanted { unit, ..Wanted::default() }, app::page::Asked::default());
                Came::of(app::person::list(app, who, county, &wanted, &asked).await)
            }
            P::RosterExport => {
                let (class, grade, status, hardship, full_names) = (None, None, None, None, false);
                let what = What::Roster { unit, class, grade, status, hardship, allowance: None, full_names };
                Came::of(app::export::now(app, who, county, &Request { what, kind: Kind::Csv }).await)
            }
            P::PersonReveal => {
                let field = Field::Phone;
                Came::of(app::person::reveal(app, who, county, place.person, field, "核对身份信息").await)
            }
            P::PersonErase => {
                let nobody = app::erasure::erase(app, who, county, number(99), "本人申请", true).await;
                self.through_to_nobody(nobody)
            }
            P::ImportUndo => {
                self.through_to_nobody(app::import::undo(app, who, county, ImportId(Uuid::nil())).await)
            }
            P::VisitRead => Came::of(app::visit::get(app, who, county, place.visit, false).await),
            P::StatisticsExport => {
                let table = self.play.table(None).await;
                Came::of(app::statistics::exported(app, who, county, &table, "csv").await)
            }
            P::CoverageExport => {
                let all = app::coverage::of(app, &self.play.caller, county, CAMPAIGN, None).await.unwrap();
                Came::of(app::coverage::exported(app, who, county, &all, "csv").await)
            }
            P::FileRead => Came::of(app::file::get(app, who, county, place.file).await),
            P::FileUpload => Came::of(self.attach(who, place.visit).await),
            P::BackupMake => {
                let (out, passphrase) = (self.play.folder.path().join("a.sybk"), String::new());
                let asked = app::backup::Asked { out, passphrase, keys: Vec::new(), files: None };
                Came::of(app::backup::make(app, who, asked).await)
            }
            // Asked by the functions of others or by no function of this crate.
            _ => return None,
        })
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
            other if is_of_people(other) => self.roster(who, other, place).await,
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
            P::PaymentRead => {
                let wanted = app::payment::WantedLines {
                    unit: Some(place.code.clone()),
                    ..app::payment::WantedLines::default()
                };
                let asked = app::page::Asked::default();
                Came::of(app::payment::lines(app, who, county, &wanted, &asked).await)
            }
            P::PaymentReview => self.step(who, Op::Recheck).await,
            P::PaymentCheck => self.step(who, Op::Check).await,
            P::PaymentApprove => self.step(who, Op::Approve).await,
            P::PaymentReopen => self.step(who, Op::Reopen { reason: "有误".to_owned() }).await,
            P::PaymentCancel => self.step(who, Op::Cancel { reason: "有误".to_owned() }).await,
            P::PaymentExport => self.step(who, Op::Send).await,
            P::PaymentSettle => self.step(who, Op::Close).await,
            P::PaymentPrepare => self.step(who, Op::Repay).await,
            P::PaymentSetting => Came::of(app::payment::comparisons(app, who, county).await),
            P::CountyInit => {
                Came::of(app::county::init(app, who, &formats::division::county("500240").unwrap()).await)
            }
            other => return self.call_records(who, other, place).await,
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

    /// What concerns persons on the roster.
    async fn roster(&self, who: &Caller, permission: Permission, place: &Place) -> Came {
        use Permission as P;
        let (app, county, unit) = (&self.play.app, self.play.county, Some(place.code.as_str()));
        match permission {
            P::PersonChange => {
                let form = super::hand::new(78, "外来客", &self.township(place).await);
                match app::person::check(app, who, county, None, &form).await {
                    Ok(looked) => Came::row(looked.can_save),
                    Err(problem) => Came::of(Err::<(), _>(problem)),
                }
            }
            P::ConfirmationRead => {
                Came::of(app::confirmation::counts(app, who, county, 2024, (unit, true)).await)
            }
            P::ConfirmationChange => {
                self.through_to_nobody(app::confirmation::undo(app, who, county, 2024, app.id()).await)
            }
            P::StatusChangeRead => {
                let wanted =
                    app::status_change::Wanted { unit: unit.map(str::to_owned), ..Default::default() };
                let asked = app::page::Asked::default();
                Came::of(app::status_change::list(app, who, county, &wanted, &asked).await)
            }
            P::PersonMerge => {
                self.through_to_nobody(app::person::merge(app, who, county, number(1), number(1)).await)
            }
            P::LedgerRead => Came::of(app::ledger::view(app, who, county, CAMPAIGN, unit).await),
            P::LedgerAllot | P::LedgerUse => {
                let kind = if permission == P::LedgerAllot { EntryKind::Allot } else { EntryKind::Sign };
                Came::of(app::ledger::put(app, who, county, ledger_entry(app, kind, &place.code)).await)
            }
            P::VisitPlanRead => {
                Came::of(app::arrangement::list(app, who, county, CAMPAIGN, (unit, false)).await)
            }
            P::VisitPlanChange => {
                self.through_to_nobody(app::arrangement::delete(app, who, county, app.id()).await)
            }
            P::StatusChangeReport => {
                self.through_to_nobody(app::status_change::withdraw(app, who, county, app.id()).await)
            }
            _ => {
                self.through_to_nobody(app::status_change::decide(app, who, county, app.id(), true, "").await)
            }
        }
    }

    /// A step of a batch that is not there.
    async fn step(&self, who: &Caller, op: Op) -> Came {
        let (app, county) = (&self.play.app, self.play.county);
        self.through_to_nobody(Box::pin(app::payment::act(app, who, county, "nobody", op, None)).await)
    }

    /// The township of a place; of another kind of unit 黄水镇.
    async fn township(&self, place: &Place) -> String {
        let units = self.play.units().await;
        units.township_of(place.unit).map_or_else(|| H.to_owned(), |it| it.name.clone())
    }

    async fn roster_import(&self, who: &Caller, place: &Place) -> Came {
        let township = self.township(place).await;
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

/// What concerns persons on the roster, visits to them and what they are given.
fn is_of_people(permission: Permission) -> bool {
    use Permission as P;
    matches!(
        permission,
        P::PersonMerge
            | P::PersonChange
            | P::ConfirmationRead
            | P::ConfirmationChange
            | P::StatusChangeRead
            | P::StatusChangeReport
            | P::StatusChangeDecide
            | P::VisitPlanRead
            | P::VisitPlanChange
            | P::LedgerRead
            | P::LedgerAllot
            | P::LedgerUse
    )
}

/// An entry that nobody could keep: its day has not come.
fn ledger_entry(app: &app::App, kind: EntryKind, unit: &str) -> app::ledger::Sent {
    app::ledger::Sent {
        id: app.id(),
        campaign: CAMPAIGN.to_owned(),
        unit: unit.to_owned(),
        kind,
        item: String::new(),
        quantity: 1,
        measure: String::new(),
        value_fen: 0,
        heads: None,
        standard_fen: None,
        draw: None,
        person_name: String::new(),
        voucher: String::new(),
        on: app.today(),
        note: String::new(),
        file: None,
    }
}

/// Acts and reads that are of the whole county or of the caller, whatever unit one has in mind; and those that name
/// nobody here (whose persons they reach is shown where they are).
fn has_no_unit(permission: Permission) -> bool {
    use Permission as P;
    if matches!(permission, P::ConfirmationChange | P::StatusChangeReport | P::VisitPlanChange) {
        return true;
    }
    let is_own = matches!(permission, P::JobRead | P::JobChange | P::NoticeRead);
    // A file of figures is written down for who could read them.
    let is_noted = matches!(permission, P::StatisticsExport | P::CoverageExport | P::ImportUndo);
    is_own
        || is_noted
        || matches!(permission, P::UnitRead | P::CampaignRead | P::CalendarRead | P::ImportRead)
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
                // The only call that uses its record up stands between these two.
                if matches!(permission, Permission::VisitWithdraw | Permission::VisitExport) {
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
        assert!(walked > 12 * 40 * 2, "{walked}");
    })
    .await;
}
