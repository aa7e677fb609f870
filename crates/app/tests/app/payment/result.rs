//! The bank's answers: repeated, late, contradicting, of another batch. Either all of a file is taken in or nothing.

use super::{BatchState, Code, Desk, HEADS, Op, both, payee, refused, row};
use app::payment::{self, Handed, Wanted};
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

/// 安一's payment came back on 26 July, and the bank has the one that pays it again.
async fn paid_again(play: &super::Play) -> (Desk<'_>, String, String, String) {
    let (desk, first) = sent(play, 1).await;
    let failed = format!("{HEADS}{}", row(1, "安一", "失败", "账号不存在", "2024-07-26"));
    desk.settle(&first, &failed).await.unwrap();
    let again = desk.act(&desk.maker, &first, Op::Repay).await.unwrap().batch.batch.code;
    desk.send(&again).await;
    (desk, first, again, failed)
}

#[tokio::test]
async fn the_first_answer_is_not_taken_for_the_payment_that_follows() {
    both(async |play| {
        let (desk, _, again, failed) = paid_again(play).await;
        let older = format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-25"));
        for (what, text, word) in [
            ("the same file", failed.clone(), "分不清是哪一笔"),
            ("saved again", format!("{failed}\n"), "分不清是哪一笔"),
            ("an older word", older, "早于"),
        ] {
            let before = play.sizes().await;
            let problem = refused(desk.settle(&again, &text).await);
            assert!(problem.message.contains(word), "{what}: {}", problem.message);
            assert_eq!(play.sizes().await, before, "{what}");
        }
        assert_eq!(desk.line(&again, "安一").await.state, LineState::Waiting);
        let later = format!("{HEADS}{}", row(1, "安一", "失败", "账号不存在", "2024-07-29"));
        assert_eq!(desk.settle(&again, &later).await.unwrap().settled.unwrap().returned, 1);
    })
    .await;
    both(async |play| {
        let (desk, _, again, _) = paid_again(play).await;
        let same_day = format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-26"));
        assert_eq!(desk.settle(&again, &same_day).await.unwrap().settled.unwrap().paid, 1);
    })
    .await;
}

#[tokio::test]
async fn the_answer_to_the_second_payment_is_not_taken_for_the_first() {
    both(async |play| {
        let (desk, first, ..) = paid_again(play).await;
        for word in ["成功", "失败"] {
            let text = format!("{HEADS}{}", row(1, "安一", word, "", "2024-07-29"));
            let problem = refused(desk.settle(&first, &text).await);
            assert!(problem.message.contains("后一批次"), "{word}: {}", problem.message);
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_day_the_second_answer_is_taken_only_when_somebody_names_it() {
    const LIST: &str = "账号,户名,金额,失败原因\n9917000000000000001,安一,50.00,账号不存在\n";
    let handed = |text: &str, date: Option<&str>| {
        let date = date.map(|day| day.parse().unwrap());
        Op::Settle(Handed::new("失败.csv", text.as_bytes().to_vec(), Some(ResultKind::Failure), date))
    };
    both(async |play| {
        let (desk, first) = sent(play, 1).await;
        desk.act(&desk.maker, &first, handed(LIST, None)).await.unwrap();
        let again = desk.act(&desk.maker, &first, Op::Repay).await.unwrap().batch.batch.code;
        desk.send(&again).await;
        let resaved = format!("{LIST}\n");
        let problem = refused(desk.act(&desk.maker, &again, handed(&resaved, None)).await);
        assert!(problem.message.contains("请填写发放日期"), "{}", problem.message);
        let problem = refused(desk.act(&desk.maker, &again, handed(LIST, Some("2024-08-01"))).await);
        assert!(problem.message.contains(&format!("已作为批次 {first} 的结果导入过")), "{}", problem.message);
        // A success is none of the words that sent the first back.
        let paid = "账号,户名,金额,处理结果\n9917000000000000001,安一,50.00,成功\n";
        let paid = Handed::new("成功.csv", paid.as_bytes().to_vec(), None, None);
        let tried = payment::settle_preview(&play.app, &desk.maker, play.county, &again, paid).await;
        assert_eq!(tried.unwrap().paid, 1);
        let dated =
            LIST.replace("失败原因\n", "失败原因,交易日期\n").replace("不存在\n", "不存在,2024-08-01\n");
        let did = desk.act(&desk.maker, &again, handed(&dated, None)).await.unwrap();
        assert_eq!(did.settled.unwrap().returned, 1);
    })
    .await;
}

/// A list without days, taken in late, does not outrank a return that came before it was taken in.
#[tokio::test]
async fn a_list_without_days_is_of_the_day_of_payment() {
    const LIST: &str = "账号,户名,金额,处理结果\n9917000000000000001,安一,50.00,成功\n";
    const DAY_MS: i64 = 24 * 3600 * 1000;
    both(async |play| {
        let (desk, code) = sent(play, 1).await;
        play.pass(20 * DAY_MS);
        desk.settle(&code, LIST).await.unwrap();
        let back = format!("{HEADS}{}", row(1, "安一", "失败", "已销户", "2024-07-29"));
        assert_eq!(desk.settle(&code, &back).await.unwrap().settled.unwrap().returned, 1);
        // The list once more, saved anew, is older than the return.
        let did = desk.settle(&code, &format!("{LIST}\n")).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.unchanged), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn of_an_account_s_movements_each_payment_gets_its_own() {
    const MOVEMENTS: &str = "交易日期,对方账号,对方户名,借方发生额,贷方发生额,摘要,交易流水号\n\
        2024-07-29,9917000000000000001,安一,50.00,,代发,K3\n\
        2024-07-26,9917000000000000001,安一,,50.00,退汇,K2\n\
        2024-07-26,9917000000000000001,安一,50.00,,代发,K1\n";
    let handed = |text: &str| {
        Op::Settle(Handed::new("流水.csv", text.as_bytes().to_vec(), Some(ResultKind::Statement), None))
    };
    both(async |play| {
        let (desk, first) = sent(play, 1).await;
        let until = MOVEMENTS.replace("2024-07-29,9917000000000000001,安一,50.00,,代发,K3\n", "");
        let did = desk.act(&desk.maker, &first, handed(&until)).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.returned, did.unchanged, did.unmatched.len()), (0, 1, 1, 0));
        let again = desk.act(&desk.maker, &first, Op::Repay).await.unwrap().batch.batch.code;
        desk.send(&again).await;
        // The whole month for both: each takes what is its own.
        // The first payment's movements are not the second's, and leave it at the bank.
        let did = desk.act(&desk.maker, &again, handed(&until)).await.unwrap();
        assert_eq!(did.batch.batch.state, BatchState::Sent);
        let did = did.settled.unwrap();
        assert_eq!((did.paid, did.returned, did.unchanged), (0, 0, 2));
        let did = desk.act(&desk.maker, &again, handed(MOVEMENTS)).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.returned, did.unchanged), (1, 0, 2));
        assert_eq!(desk.line(&again, "安一").await.serial.as_deref(), Some("K3"));
        let did = desk.act(&desk.maker, &first, handed(MOVEMENTS)).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.returned, did.unchanged), (0, 0, 3));
        assert_eq!(desk.line(&first, "安一").await.state, LineState::Returned);
    })
    .await;
}

#[tokio::test]
async fn movements_are_counted_and_the_same_number_is_the_same_word() {
    const HEAD: &str = "交易日期,对方账号,对方户名,借方发生额,贷方发生额,摘要,交易流水号\n";
    let paid = |day: &str, serial: &str| format!("{day},9917000000000000001,安一,50.00,,代发,{serial}\n");
    let back = |day: &str, serial: &str| format!("{day},9917000000000000001,安一,,50.00,退汇,{serial}\n");
    let handed = |rows: &str| {
        let bytes = format!("{HEAD}{rows}").into_bytes();
        Op::Settle(Handed::new("流水.csv", bytes, Some(ResultKind::Statement), None))
    };
    both(async |play| {
        let (desk, code) = sent(play, 1).await;
        let twice = format!("{}{}", paid("2024-07-26", "K1"), paid("2024-07-27", "K2"));
        let problem = refused(desk.act(&desk.maker, &code, handed(&twice)).await);
        assert!(problem.message.contains("不止一次"), "{}", problem.message);
        // The bank tried again by itself on the same day.
        let tried = [paid("2024-07-26", "K1"), back("2024-07-26", "K2"), paid("2024-07-26", "K3")].concat();
        let did = desk.act(&desk.maker, &code, handed(&tried)).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.returned, did.unchanged), (1, 0, 2));
    })
    .await;
    both(async |play| {
        let (desk, code) = sent(play, 1).await;
        desk.settle(&code, &format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-26"))).await.unwrap();
        // The statement shows that the return of that day came after the payment.
        let rows = format!("{}{}", paid("2024-07-26", "K1"), back("2024-07-26", "K2"));
        let did = desk.act(&desk.maker, &code, handed(&rows)).await.unwrap().settled.unwrap();
        assert_eq!((did.paid, did.returned), (0, 1));
    })
    .await;
    both(async |play| {
        let (desk, _, again, _) = paid_again(play).await;
        let heads = HEADS.replace("交易日期", "交易日期,流水号");
        let row = |word: &str| format!("{heads}9917000000000000001,安一,50.00,{word},,2024-07-26,R7\n");
        // Another number is no other payment: the same return has one in each document.
        let problem = refused(desk.settle(&again, &row("失败")).await);
        assert!(problem.message.contains("分不清是哪一笔"), "{}", problem.message);
    })
    .await;
}

/// A file that the bank sent back whole had no answers: nothing is in doubt afterwards.
#[tokio::test]
async fn after_a_whole_file_came_back_a_list_without_days_is_taken() {
    both(async |play| {
        let (desk, first) = sent(play, 1).await;
        let all = Op::BankRefused { reason: "处理日期不是当天".to_owned() };
        desk.act(&desk.maker, &first, all).await.unwrap();
        let again = desk.act(&desk.maker, &first, Op::Repay).await.unwrap().batch.batch.code;
        desk.send(&again).await;
        let list = "账号,户名,金额,失败原因\n9917000000000000001,安一,50.00,账号不存在\n";
        let list = Handed::new("失败.csv", list.as_bytes().to_vec(), Some(ResultKind::Failure), None);
        let did = desk.act(&desk.maker, &again, Op::Settle(list)).await.unwrap().settled.unwrap();
        assert_eq!(did.returned, 1);
    })
    .await;
}

#[tokio::test]
async fn last_year_s_answer_is_no_answer() {
    both(async |play| {
        let (desk, first) = sent(play, 1).await;
        let paid = format!("{HEADS}{}", row(1, "安一", "成功", "", "2024-07-26"));
        desk.settle(&first, &paid).await.unwrap();
        let template = super::super::play::bayi();
        let made = app::campaign::create(
            &play.app,
            &play.caller,
            play.county,
            template,
            2025,
            Some("2025-08-12".parse().unwrap()),
        );
        let wanted = Wanted { campaign: made.await.unwrap().code.clone(), ..Desk::wanted() };
        let made = payment::prepare(&play.app, &desk.maker, play.county, &wanted, None).await.unwrap().batch;
        desk.pass_all(&made).await;
        desk.send(&made.batch.code).await;
        let problem = refused(desk.settle(&made.batch.code, &paid).await);
        assert!(problem.message.contains(&format!("已作为批次 {first} 的结果导入过")), "{}", problem.message);
        assert_eq!(desk.line(&made.batch.code, "安一").await.state, LineState::Waiting);
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
