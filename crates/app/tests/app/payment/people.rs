//! Who may do what: three different humans whatever accounts they have, and what a township sees.

use super::{BatchState, Code, Desk, Op, WantedLines, account, both, export, payee, refused};
use app::payment::{self, Key};
use app::{Caller, Principal, Who};
use domain::authority::{Grant, Role};
use uuid::Uuid;

/// The same human with another account and role.
fn also(caller: &Caller, number: u128, role: Role) -> Caller {
    let Who::Account(principal) = &caller.who else { panic!("an account") };
    let principal = Principal {
        account: Uuid::from_u128(number),
        grants: vec![Grant { role, unit: None }],
        ..principal.clone()
    };
    Caller::account(format!("account:{number}"), principal, None, None)
}

impl Desk<'_> {
    pub async fn clerk(&self, township: &str) -> Caller {
        let unit = self.play.units().await.find(township).unwrap().id;
        account(self.play, 50 + unit.0.as_u128() % 1_000, Role::UnitClerk, Some(unit))
    }
}

#[tokio::test]
async fn three_different_humans_whatever_accounts_they_use() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇")]).await;
        let code = desk.prepare().await.batch.code;
        let problem = refused(desk.act(&desk.maker, &code, Op::Check).await);
        assert_eq!(problem.code, Code::Forbidden, "a maker has no such permission");
        let problem = refused(desk.act(&also(&desk.maker, 90, Role::FinanceChecker), &code, Op::Check).await);
        assert_eq!(problem.code, Code::PaymentRefused);
        assert!(problem.message.contains("不能是经办人本人"), "{}", problem.message);
        desk.act(&desk.checker, &code, Op::Check).await.unwrap();
        for other in [&desk.maker, &desk.checker] {
            let same = also(other, 91, Role::FinanceApprover);
            let problem = refused(desk.act(&same, &code, Op::Approve).await);
            assert!(problem.message.contains("不能是经办人或复核人本人"), "{}", problem.message);
        }
        // Neither the machine's own user nor a token is a human.
        let problem = refused(desk.act(&play.caller, &code, Op::Approve).await);
        assert!(problem.message.contains("--as"), "{}", problem.message);
        let mut token = desk.approver.clone();
        if let Who::Account(principal) = &mut token.who {
            principal.staff = None;
        }
        assert_eq!(refused(desk.act(&token, &code, Op::Approve).await).code, Code::PaymentRefused);
        desk.act(&desk.approver, &code, Op::Approve).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_changed_the_draft_is_a_maker() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "黄水镇")]).await;
        let code = desk.prepare().await.batch.code;
        let other = account(play, 9, Role::FinanceMaker, None);
        let line = desk.of(&code).await[1].id.clone();
        let out = Op::CancelLines { lines: vec![line], reason: "本人放弃".to_owned() };
        desk.act(&other, &code, out).await.unwrap();
        let same = also(&other, 92, Role::FinanceChecker);
        assert_eq!(refused(desk.act(&same, &code, Op::Check).await).code, Code::PaymentRefused);
        desk.act(&desk.checker, &code, Op::Check).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_same_step_twice_is_harmless_and_of_two_at_once_one_wins() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇")]).await;
        let key = Key::new("prepare-0001").unwrap();
        let (app, county) = (&play.app, play.county);
        let first = payment::prepare(app, &desk.maker, county, &Desk::wanted(), Some(key.clone())).await;
        let first = first.unwrap();
        let again = payment::prepare(app, &desk.maker, county, &Desk::wanted(), Some(key.clone())).await;
        let again = again.unwrap();
        assert_eq!((first.batch.batch.id, again.preview), (again.batch.batch.id, None));
        let code = first.batch.batch.code;
        let other = payment::act(app, &desk.checker, county, &code, Op::Check, Some(key)).await;
        assert_eq!(refused(other).code, Code::Conflict, "a key belongs to one request");
        desk.act(&desk.checker, &code, Op::Check).await.unwrap();
        let second = account(play, 8, Role::FinanceApprover, None);
        let (one, two) =
            tokio::join!(desk.act(&desk.approver, &code, Op::Approve), desk.act(&second, &code, Op::Approve));
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|it| **it).count(), 1);
        let key = Key::new("export-0001").unwrap();
        for _ in 0..2 {
            let done = payment::act(app, &desk.maker, county, &code, export(), Some(key.clone())).await;
            assert_eq!(done.unwrap().batch.batch.state, BatchState::Exported);
        }
        let acts = play.acts().await;
        assert_eq!(acts.iter().filter(|act| *act == "payment.export").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_township_sees_its_own_lines_and_no_file() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "沙子镇")]).await;
        let code = desk.prepare().await.batch.code;
        desk.send(&code).await;
        let clerk = desk.clerk("黄水镇").await;
        let mine = WantedLines { batch: Some(code.clone()), full_names: true, ..WantedLines::default() };
        let lines = desk.lines(&clerk, mine.clone()).await;
        assert_eq!(lines.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["安一"]);
        assert_eq!(lines[0].account, "***************0001");
        let seen = payment::batch(&play.app, &clerk, play.county, &code).await.unwrap();
        assert_eq!((seen.files.len(), seen.by_township.len()), (0, 1));
        let masked = WantedLines { full_names: false, ..mine };
        assert_eq!(desk.lines(&clerk, masked).await[0].name, "安*");
        let refused_file = payment::download(&play.app, &clerk, play.county, &code, 1).await;
        assert_eq!(refused(refused_file).code, Code::Forbidden);
        let foreign = WantedLines { unit: Some("沙子镇".to_owned()), ..WantedLines::default() };
        let asked = app::page::Asked::default();
        let foreign = payment::lines(&play.app, &clerk, play.county, &foreign, &asked).await;
        assert_eq!(refused(foreign).code, Code::UnitUnknown);
    })
    .await;
}
