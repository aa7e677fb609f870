//! One county from the rule to the last fen.

use super::{BatchState, Code, Desk, HEADS, Op, WantedLines, both, export, number, payee, refused, row};
use app::payment;
use domain::payment::LineState;

#[tokio::test]
async fn from_the_rule_to_the_banks_answer_and_the_second_try() {
    both(async |play| {
        let people = [
            payee(1, "黄水镇"),
            payee(2, "黄水镇"),
            payee(3, "沙子镇"),
            payee(4, "沙子镇").with("状态", "死亡").with("死亡（停发）日期", "2024-05-01"),
            payee(5, "沙子镇").with("享受定期抚恤补助", "否"),
            payee(6, "沙子镇").with("状态", "待确认"),
        ];
        let desk = Desk::open(play, &people).await;
        let preview = desk.preview().await;
        assert_eq!(
            (preview.count, preview.amount_fen, preview.capital.as_str()),
            (4, 20_000, "人民币贰佰元整")
        );
        let refused_by: Vec<(&str, i64)> = preview.refused.iter().map(|it| (it.0.code(), it.2)).collect();
        assert_eq!(refused_by, [("no_allowance", 1), ("dead", 1)]);
        let before = play.sizes().await;
        let _ = desk.preview().await;
        assert_eq!(play.sizes().await, before, "a preview writes nothing");

        let made = desk.prepare().await;
        let code = made.batch.code.clone();
        assert_eq!((code.as_str(), made.batch.state), ("bayi-2024-01", BatchState::Draft));
        let checks: Vec<(&str, &str, i64)> =
            made.checks.iter().map(|it| (it.check, it.weight, it.count)).collect();
        assert_eq!(checks, [("unconfirmed", "warning", 1)]);
        // A warning passes only with a reason.
        let problem = refused(desk.act(&desk.checker, &code, Op::Check).await);
        assert_eq!(problem.code, Code::PaymentBlocked);
        desk.pass_all(&made).await;
        let sent = desk.send(&code).await;
        assert_eq!((sent.batch.state, sent.files.len()), (BatchState::Sent, 1));
        assert_eq!((sent.files[0].count, sent.files[0].sum_fen), (4, 20_000));
        let file = payment::download(&play.app, &desk.maker, play.county, &code, 1).await.unwrap();
        assert_eq!(file.sm3, sent.files[0].sm3);

        let text = format!(
            "{HEADS}{}{}{}",
            row(1, "安一", "成功", "", "2024-07-26"),
            row(2, "安二", "失败", "户名不符", "2024-07-26"),
            row(3, "安三", "成功", "", "2024-07-26"),
        );
        let settled = desk.settle(&code, &text).await.unwrap();
        let did = settled.settled.unwrap();
        assert_eq!((did.paid, did.returned, did.unmatched.len()), (2, 1, 0));
        assert_eq!(settled.batch.batch.state, BatchState::PartlySettled);
        let late = format!("{HEADS}{}", row(6, "安六", "成功", "", "2024-07-27"));
        let settled = desk.settle(&code, &late).await.unwrap();
        assert_eq!(settled.batch.batch.state, BatchState::Settled);
        let totals = settled.batch.batch.totals;
        assert_eq!((totals.paid.count, totals.returned.count, totals.waiting.count), (3, 1, 0));

        // The township sees its own return with what to do, corrects the account, and the maker pays again.
        let problem = refused(desk.act(&desk.maker, &code, Op::Close).await);
        assert_eq!(problem.code, Code::PaymentRefused);
        let again = desk.act(&desk.maker, &code, Op::Repay).await.unwrap().batch;
        assert_eq!((again.batch.parent.as_deref(), again.batch.totals.due.count), (Some(code.as_str()), 1));
        let second = again.batch.code.clone();
        desk.send(&second).await;
        let paid = format!("{HEADS}{}", row(2, "安二", "成功", "", "2024-08-02"));
        desk.settle(&second, &paid).await.unwrap();
        for batch in [&code, &second] {
            let closed = desk.act(&desk.maker, batch, Op::Close).await.unwrap();
            assert_eq!(closed.batch.batch.state, BatchState::Closed);
        }
        // Everybody has the money; nobody is paid again.
        let problem =
            refused(payment::prepare(&play.app, &desk.maker, play.county, &Desk::wanted(), None).await);
        assert_eq!(problem.code, Code::PaymentRefused);
        assert!(problem.message.contains("本活动本项目已在发放4人"), "{}", problem.message);
    })
    .await;
}

#[tokio::test]
async fn who_dies_after_the_approval_is_left_out_and_told() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "黄水镇")]).await;
        let code = desk.prepare().await.batch.code;
        desk.act(&desk.checker, &code, Op::Check).await.unwrap();
        desk.act(&desk.approver, &code, Op::Approve).await.unwrap();
        play.roster(&[payee(2, "黄水镇").with("状态", "死亡").with("死亡（停发）日期", "2024-07-25")]).await;
        let exported = desk.act(&desk.maker, &code, export()).await.unwrap();
        assert_eq!(exported.blocked.len(), 1);
        assert_eq!((exported.blocked[0].name.as_str(), exported.blocked[0].status), ("安*", "死亡"));
        let detail = exported.batch;
        assert_eq!((detail.files[0].count, detail.batch.totals.cancelled.count), (1, 1));
        let states = [desk.line(&code, "安一").await.state, desk.line(&code, "安二").await.state];
        assert_eq!(states, [LineState::Waiting, LineState::Cancelled]);
        // The file can be fetched as it was, and written anew for another day while the bank has none.
        let first = payment::download(&play.app, &desk.maker, play.county, &code, 1).await.unwrap();
        desk.act(&desk.maker, &code, export()).await.unwrap();
        let second = payment::download(&play.app, &desk.maker, play.county, &code, 1).await.unwrap();
        assert_eq!(first.bytes, second.bytes);
    })
    .await;
}

#[tokio::test]
async fn who_dies_between_check_and_approval_stops_the_approval() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "黄水镇")]).await;
        let code = desk.prepare().await.batch.code;
        desk.act(&desk.checker, &code, Op::Check).await.unwrap();
        play.roster(&[payee(2, "黄水镇").with("状态", "死亡").with("死亡（停发）日期", "2024-07-25")]).await;
        let problem = refused(desk.act(&desk.approver, &code, Op::Approve).await);
        assert_eq!(problem.code, Code::PaymentBlocked);
        let reopen = Op::Reopen { reason: "复核后有人去世".to_owned() };
        let opened = desk.act(&desk.approver, &code, reopen).await.unwrap().batch;
        assert_eq!((opened.batch.state, opened.batch.version), (BatchState::Draft, 2));
        let problem = refused(desk.act(&desk.checker, &code, Op::Check).await);
        assert_eq!(problem.code, Code::PaymentBlocked, "the dead block");
        let dead = desk.line(&code, "安二").await.id;
        let out = Op::CancelLines { lines: vec![dead], reason: "已去世".to_owned() };
        desk.act(&desk.maker, &code, out).await.unwrap();
        let sent = desk.send(&code).await;
        assert_eq!(sent.files[0].count, 1);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_batch_gives_everybody_free_again() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "黄水镇")]).await;
        let code = desk.prepare().await.batch.code;
        let problem =
            refused(payment::prepare(&play.app, &desk.maker, play.county, &Desk::wanted(), None).await);
        assert_eq!(problem.code, Code::PaymentRefused);
        let cancel = Op::Cancel { reason: "金额有误".to_owned() };
        let gone = desk.act(&desk.maker, &code, cancel).await.unwrap().batch;
        assert_eq!((gone.batch.state, gone.batch.totals.cancelled.count), (BatchState::Cancelled, 2));
        let again = desk.prepare().await;
        assert_eq!((again.batch.code.as_str(), again.batch.totals.due.count), ("bayi-2024-02", 2));
    })
    .await;
}

#[tokio::test]
async fn a_changed_account_is_found_and_taken_over() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "黄水镇").with("银行账号", "")]).await;
        let made = desk.prepare().await;
        let code = made.batch.code.clone();
        let checks: Vec<&str> = made.checks.iter().map(|it| it.check).collect();
        assert_eq!(checks, ["account_missing"]);
        let person: domain::ids::PersonId = desk.line(&code, "安二").await.person.parse().unwrap();
        let correction = payment::Correction {
            account: Some("9917 0000 0000 0000 077".to_owned()),
            reason: "存折复印件".to_owned(),
            ..payment::Correction::default()
        };
        let clerk = desk.clerk("黄水镇").await;
        payment::correct(&play.app, &clerk, play.county, person, correction.clone()).await.unwrap();
        let stranger = desk.clerk("沙子镇").await;
        let problem = refused(payment::correct(&play.app, &stranger, play.county, person, correction).await);
        assert_eq!(problem.code, Code::NotFound);
        let checked = desk.act(&desk.maker, &code, Op::Recheck).await.unwrap().batch;
        assert_eq!(
            checked.checks.iter().map(|it| it.check).collect::<Vec<_>>(),
            ["account_missing", "account_changed"]
        );
        let fresh = desk.act(&desk.maker, &code, Op::Refresh).await.unwrap().batch;
        assert!(fresh.checks.is_empty(), "{:?}", fresh.checks);
        assert_eq!(desk.line(&code, "安二").await.account, "***************0077");
        let history = app::person::history(&play.app, &play.caller, play.county, person).await.unwrap();
        assert_eq!(history[0].field, "account");
        // A rare name: the bank's spelling goes into the file.
        payment::spell(&play.app, &clerk, play.county, person, "安貳", "存折上的写法").await.unwrap();
        let fresh = desk.act(&desk.maker, &code, Op::Refresh).await.unwrap().batch;
        assert!(fresh.checks.is_empty(), "{:?}", fresh.checks);
        let line = desk.line(&code, "安二").await;
        assert_eq!((line.payee.as_str(), line.has_spelling), ("安貳", true));
    })
    .await;
}

#[tokio::test]
async fn a_list_of_others_is_compared_by_number_alone() {
    both(async |play| {
        let desk = Desk::open(play, &[payee(1, "黄水镇"), payee(2, "黄水镇")]).await;
        let list = format!("姓名,身份证号\n某,{}\n某,{}\n某,1\n", number(2).reveal(), number(50).reveal());
        let done = payment::compare(
            &play.app,
            &desk.maker,
            play.county,
            "funeral",
            "县殡仪馆 2024年6月",
            ("殡葬.csv", list.into_bytes()),
        )
        .await
        .unwrap();
        assert_eq!((done.entries, done.unreadable.as_slice()), (2, [4].as_slice()));
        let made = desk.prepare().await;
        let code = made.batch.code.clone();
        assert_eq!(
            made.checks.iter().map(|it| (it.check, it.weight)).collect::<Vec<_>>(),
            [("listed_dead", "blocking")]
        );
        let listed = WantedLines {
            batch: Some(code.clone()),
            check: Some("listed_dead".to_owned()),
            ..WantedLines::default()
        };
        let lines = desk.lines(&desk.maker, listed).await;
        assert_eq!((lines.len(), lines[0].findings[0].detail.as_str()), (1, "县殡仪馆 2024年6月"));
        let problem = refused(desk.act(&desk.checker, &code, Op::Check).await);
        assert_eq!(problem.code, Code::PaymentBlocked);
        let lists = payment::comparisons(&play.app, &desk.maker, play.county).await.unwrap();
        let id = lists[0].id.parse().unwrap();
        payment::remove_comparison(&play.app, &desk.maker, play.county, id).await.unwrap();
        desk.act(&desk.checker, &code, Op::Check).await.unwrap();
    })
    .await;
}
