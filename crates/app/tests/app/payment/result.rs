//! The bank's answers: repeated, late, contradicting, of another batch. Either all of a file is taken in or nothing.

use super::{BatchState, Code, Desk, HEADS, Op, both, payee, refused, row};
use app::payment::{self, Handed};
use domain::payment::{LineState, ResultKind};

async fn sent(play: &super::Play, people: u32) -> (Desk<'_>, String) {
    let people: Vec<_> = (1..=people).map(|n| payee(n, "黄水镇")).collect();
    let desk = Desk::open(play, &people).await;
    let code = desk.prepare().await.batch.code;
    desk.send(&code).await;
    (desk, code)
}

#[tokio::test]
async fn the_same_answer_twice_changes_nothing() {
    both(async |play| {
        let (desk, code) = sent(play, 2).await;
        let text = format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-26"));
        desk.settle(&code, &text).await.unwrap();
        let before = play.sizes().await;
        let again = desk.settle(&code, &text).await.unwrap().settled.unwrap();
        assert!(again.is_repeated);
        assert_eq!(play.sizes().await, before);
        // The same row in another file is known.
        let more = format!("{text}{}", row(2, "安二", "成功", "", "2024-07-26"));
        let did = desk.settle(&code, &more).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.unchanged), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_comes_back_later_opens_the_batch_again() {
    both(async |play| {
        let (desk, code) = sent(play, 1).await;
        let paid = format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-26"));
        desk.settle(&code, &paid).await.unwrap();
        desk.act(&desk.maker, &code, Op::Close).await.unwrap();
        let back = format!("{HEADS}{}", row(1, "安一", "失败", "账户已销户", "2024-07-29"));
        let settled = desk.settle(&code, &back).await.unwrap();
        assert_eq!(settled.batch.batch.state, BatchState::Settled);
        let line = &desk.of(&code).await[0];
        assert_eq!((line.state, line.reason), (LineState::Returned, Some("closed")));
        // The first word again in another file is older than what is known.
        let older = format!("{paid}\n");
        let did = desk.settle(&code, &older).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.unchanged), (0, 1));
        let open = payment::returned(&play.app, &desk.maker, play.county).await.unwrap();
        assert_eq!((open[0].reason, open[0].count, open[0].amount_fen), ("closed", 1, 5_000));
    })
    .await;
}

#[tokio::test]
async fn whatever_is_in_doubt_refuses_the_whole_file() {
    both(async |play| {
        let (desk, code) = sent(play, 3).await;
        let good = row(1, "安一", "成功", "", "2024-07-26");
        let other = "9917000000000099999,某,50.00,成功,,2024-07-26\n";
        for (what, rows) in [
            ("money paid to nobody of the batch", format!("{good}{other}")),
            ("another batch", other.to_owned()),
            ("another amount", good.replace("50.00", "60.00")),
            ("the same line twice", format!("{good}{good}")),
        ] {
            let before = play.sizes().await;
            let problem = refused(desk.settle(&code, &format!("{HEADS}{rows}")).await);
            assert_eq!(problem.code, Code::ResultRefused, "{what}: {problem}");
            assert_eq!(play.sizes().await, before, "{what}");
            assert!(desk.of(&code).await.iter().all(|line| line.state == LineState::Waiting), "{what}");
        }
        desk.settle(&code, &format!("{HEADS}{good}")).await.unwrap();
        let against = format!(
            "{HEADS}{}{}",
            row(1, "安一", "失败", "冻结", "2024-07-26"),
            row(2, "安二", "成功", "", "2024-07-26")
        );
        let problem = refused(desk.settle(&code, &against).await);
        assert!(problem.message.contains("分不清先后"), "{}", problem.message);
        let states = [desk.line(&code, "安一").await.state, desk.line(&code, "安二").await.state];
        assert_eq!(states, [LineState::Paid, LineState::Waiting]);
    })
    .await;
}

#[tokio::test]
async fn a_line_that_was_paid_again_cannot_be_paid_by_the_first_too() {
    both(async |play| {
        let (desk, code) = sent(play, 1).await;
        let failed = format!("{HEADS}{}", row(1, "安一", "失败", "账号不存在", "2024-07-26"));
        desk.settle(&code, &failed).await.unwrap();
        let again = desk.act(&desk.maker, &code, Op::Repay).await.unwrap().batch.batch.code;
        let late = format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-28"));
        let problem = refused(desk.settle(&code, &late).await);
        assert!(problem.message.contains("可能重复发放"), "{}", problem.message);
        // Given up, the second makes room for the bank's late word.
        desk.act(&desk.maker, &again, Op::Cancel { reason: "银行更正".to_owned() }).await.unwrap();
        let settled = desk.settle(&code, &late).await.unwrap();
        assert_eq!(settled.batch.batch.totals.paid.count, 1);
    })
    .await;
}

#[tokio::test]
async fn a_statement_holds_movements_of_others_and_a_bank_may_refuse_the_whole_file() {
    both(async |play| {
        let (desk, code) = sent(play, 2).await;
        let text = "交易日期,对方账号,对方户名,借方发生额,贷方发生额,摘要,交易流水号\n\
            2024-07-26,9917000000000000001,安一,50.00,,代发,K1\n\
            2024-07-26,9917000000000088888,某公司,900.00,,货款,K2\n";
        let handed = Handed::new("流水.csv", text.as_bytes().to_vec(), Some(ResultKind::Statement), None);
        let did = payment::settle_preview(&play.app, &desk.maker, play.county, &code, handed.clone()).await;
        assert_eq!(did.unwrap().paid, 1);
        let did = desk.act(&desk.maker, &code, Op::Settle(handed)).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.unmatched.len()), (1, 1));
        assert_eq!(desk.line(&code, "安一").await.serial.as_deref(), Some("K1"));
        let late = Op::BankRefused { reason: "日期不符".to_owned() };
        assert_eq!(refused(desk.act(&desk.maker, &code, late).await).code, Code::PaymentRefused);
    })
    .await;
    both(async |play| {
        let (desk, code) = sent(play, 2).await;
        let all = Op::BankRefused { reason: "处理日期不是当天".to_owned() };
        let settled = desk.act(&desk.maker, &code, all).await.unwrap().batch;
        assert_eq!((settled.batch.state, settled.batch.totals.returned.count), (BatchState::Settled, 2));
        let again = desk.act(&desk.maker, &code, Op::Repay).await.unwrap().batch;
        assert_eq!(again.batch.totals.due.count, 2);
    })
    .await;
}
