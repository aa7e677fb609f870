//! Payments through their acts, on both databases.

mod history;
mod people;
mod result;
mod story;

use super::play::{CAMPAIGN, Play, Someone, account, both, number, someone};
use app::payment::{self, Answer, Detail, Handed, LineView, Op, Preview, Wanted, WantedLines};
use app::{Caller, Code, Problem, page};
use domain::authority::Role;
use domain::payment::BatchState;
use std::collections::BTreeMap;

/// The three people of the chain.
pub struct Desk<'p> {
    pub play: &'p Play,
    pub maker: Caller,
    pub checker: Caller,
    pub approver: Caller,
}

/// Somebody who receives an allowance on a card.
pub fn payee(n: u32, township: &str) -> Someone {
    someone(n, "老复员军人", township)
        .with("享受定期抚恤补助", "是")
        .with("开户银行", "某农商行")
        .with("银行账号", &card(n))
}

pub fn card(n: u32) -> String {
    format!("99170000000000{n:05}")
}

impl<'p> Desk<'p> {
    pub fn new(play: &'p Play) -> Self {
        Self {
            play,
            maker: account(play, 1, Role::FinanceMaker, None),
            checker: account(play, 2, Role::FinanceChecker, None),
            approver: account(play, 3, Role::FinanceApprover, None),
        }
    }

    pub async fn open(play: &'p Play, people: &[Someone]) -> Self {
        play.begin().await;
        play.roster(people).await;
        Self::new(play)
    }

    pub fn wanted() -> Wanted {
        Wanted { campaign: CAMPAIGN.to_owned(), ..Wanted::default() }
    }

    pub async fn preview(&self) -> Preview {
        payment::preview(&self.play.app, &self.maker, self.play.county, &Self::wanted()).await.unwrap()
    }

    pub async fn prepare(&self) -> Detail {
        let wanted = Self::wanted();
        let made = payment::prepare(&self.play.app, &self.maker, self.play.county, &wanted, None).await;
        made.unwrap().batch
    }

    pub async fn act(&self, who: &Caller, batch: &str, op: Op) -> Result<Answer, Problem> {
        Box::pin(payment::act(&self.play.app, who, self.play.county, batch, op, None)).await
    }

    /// Checked, approved, exported and sent.
    pub async fn send(&self, batch: &str) -> Detail {
        self.act(&self.checker, batch, Op::Check).await.unwrap();
        self.act(&self.approver, batch, Op::Approve).await.unwrap();
        self.act(&self.maker, batch, export()).await.unwrap();
        self.act(&self.maker, batch, Op::Send).await.unwrap().batch
    }

    pub async fn settle(&self, batch: &str, text: &str) -> Result<Answer, Problem> {
        let handed = Handed::new("结果.csv", text.as_bytes().to_vec(), None, None);
        self.act(&self.maker, batch, Op::Settle(handed)).await
    }

    pub async fn lines(&self, who: &Caller, wanted: WantedLines) -> Vec<LineView> {
        let asked = page::Asked { cursor: None, limit: Some(100) };
        let page = payment::lines(&self.play.app, who, self.play.county, &wanted, &asked).await;
        page.unwrap().items
    }

    pub async fn of(&self, batch: &str) -> Vec<LineView> {
        let batch = Some(batch.to_owned());
        self.lines(&self.maker, WantedLines { batch, full_names: true, ..WantedLines::default() }).await
    }

    /// The line of somebody.
    pub async fn line(&self, batch: &str, name: &str) -> LineView {
        self.of(batch).await.into_iter().find(|it| it.name == name).unwrap()
    }

    /// Lets every warning of a batch pass.
    pub async fn pass_all(&self, batch: &Detail) {
        for check in batch.checks.iter().filter(|it| it.weight == "warning") {
            let op =
                Op::Pass { check: check.check.to_owned(), lines: None, reason: "已核实本人".to_owned() };
            self.act(&self.maker, &batch.batch.code, op).await.unwrap();
        }
    }
}

pub fn export() -> Op {
    Op::Export { layout: None, constants: BTreeMap::new(), date: None }
}

pub const HEADS: &str = "账号,户名,金额,处理结果,失败原因,交易日期\n";

/// One row of the bank's answer.
pub fn row(n: u32, name: &str, word: &str, why: &str, day: &str) -> String {
    format!("{},{name},50.00,{word},{why},{day}\n", card(n))
}

pub fn refused<T: std::fmt::Debug>(result: Result<T, Problem>) -> Problem {
    result.unwrap_err()
}
