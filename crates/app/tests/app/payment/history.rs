//! Random histories through the acts and the tables, against the same tiny ledger as the book in memory.

use super::{CAMPAIGN, Desk, Handed, Op, Play, account, card, export, payee};
use app::payment::{self, Wanted};
use app::{Caller, Code, Problem, Who};
use domain::authority::{Grant, Role};
use domain::ids::CampaignId;
use domain::money::Fen;
use domain::payment::reference::{BatchView, CLERKS, HUMANS, LineView, Reference, Step, View};
use domain::payment::{LineState, Outcome};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use store::testing::{Scratch, with_postgres};

/// Histories in a test; `SHUANGYONG_HISTORIES` asks for more of them, or for some (`2100..2120`).
fn histories(usual: u64) -> Range<u64> {
    let Ok(text) = std::env::var("SHUANGYONG_HISTORIES") else { return 0..usual };
    let (from, to) = text.split_once("..").unwrap_or(("0", &text));
    from.parse().unwrap()..to.parse().unwrap()
}

/// So many histories share a database: each has a campaign of its own, and a year ends at 9999.
const PORTION: u64 = 300;

fn portions(histories: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = histories.end;
    histories.step_by(usize::try_from(PORTION).unwrap()).map(move |from| from..end.min(from + PORTION))
}

#[tokio::test]
async fn any_history_of_payments_holds_in_sqlite() {
    for some in portions(histories(300)) {
        let (scratch, until) = (Scratch::sqlite().await, some.end);
        walk(&scratch, some).await;
        scratch.remove().await;
        eprintln!("{until} histories hold");
    }
}

#[tokio::test]
async fn any_history_of_payments_holds_in_postgres() {
    if with_postgres() {
        for some in portions(histories(100)) {
            let (scratch, until) = (Scratch::postgres().await, some.end);
            walk(&scratch, some).await;
            scratch.remove().await;
            eprintln!("{until} histories hold");
        }
    }
}

const SECOND: &str = "\n[[payment]]\nkey = \"goods\"\nlabel = \"慰问品折款\"\nkind = \"goods\"\namount_fen = 3000\n\
    periodic_allowance = true\nchecks = { other_item = \"off\" }\n\n# ---- 任务";
const ITEMS: [&str; 2] = ["bayi_gift", "goods"];
const FIRST_YEAR: i16 = 2100;
const TOWNSHIP: &str = "黄水镇";

async fn walk(scratch: &Scratch, histories: Range<u64>) {
    let first = histories.start;
    let play = Play::new(scratch);
    let people: Vec<_> = (0..HUMANS).map(|human| payee(of(human), TOWNSHIP)).collect();
    let desk = Desk::open(&play, &people).await;
    let template = super::super::play::bayi().replacen("\n# ---- 任务", SECOND, 1);
    // Being paid for both items is no surprise here.
    let summary = "summary = \"八一慰问金\"\n";
    let template = template.replacen(summary, &format!("{summary}checks = {{ other_item = \"off\" }}\n"), 1);
    let mut reached: HashMap<&'static str, u32> = HashMap::new();
    let mut game = Game::new(&desk).await;
    for number in histories {
        // A campaign of its own for each history: nobody was paid in it.
        let year = FIRST_YEAR + i16::try_from(number - first).unwrap();
        let deadline = Some(date(year, 8, 12));
        let made = app::campaign::create(&play.app, &play.caller, play.county, &template, year, deadline);
        game.begin(&made.await.unwrap().code, year).await;
        let mut reference = Reference::default();
        for step in 0..45 {
            let step = reference.draw(number * 1_000 + step);
            reference.before(&step);
            let is_done = game.take(&step, &reference).await;
            // What was refused changes nothing; that is looked at now and then.
            if is_done || game.refused.is_multiple_of(5) {
                game.seen = game.view().await;
            }
            game.refused += u32::from(!is_done);
            reference.after(&step, is_done, &game.seen);
        }
        for batch in &game.seen.batches {
            *reached.entry(batch.state.code()).or_insert(0) += 1;
        }
    }
    assert!(reached.contains_key("settled") && reached.contains_key("cancelled"), "{reached:?}");
    assert_eq!(CAMPAIGN, "bayi-2024", "the usual campaign stays out of it");
}

fn of(human: usize) -> u32 {
    u32::try_from(human).unwrap() + 1
}

struct Game<'d> {
    desk: &'d Desk<'d>,
    clerks: Vec<Caller>,
    campaign: String,
    id: CampaignId,
    humans: HashMap<String, usize>,
    dead: Vec<usize>,
    /// The bank's first day.
    first_day: Date,
    seen: View,
    refused: u32,
}

impl<'d> Game<'d> {
    async fn new(desk: &'d Desk<'d>) -> Self {
        // Every clerk has every role, so that the rule alone tells them apart.
        let roles = [Role::FinanceMaker, Role::FinanceChecker, Role::FinanceApprover];
        let clerk = |number: usize| {
            let mut caller = account(desk.play, 100 + number as u128, Role::FinanceMaker, None);
            if let Who::Account(principal) = &mut caller.who {
                principal.grants = roles.map(|role| Grant { role, unit: None }).to_vec();
            }
            caller
        };
        let (play, mut humans) = (desk.play, HashMap::new());
        let mut tx = play.app.db.read().await.unwrap();
        for payee in store::payment::facts::payees(&mut tx, play.county).await.unwrap() {
            let human = (0..HUMANS).find(|it| payee.citizen_index == index(play, of(*it))).unwrap();
            humans.insert(payee.id.to_string(), human);
        }
        Self {
            desk,
            clerks: (0..CLERKS).map(clerk).collect(),
            campaign: String::new(),
            id: CampaignId(uuid::Uuid::nil()),
            humans,
            dead: Vec::new(),
            first_day: date(FIRST_YEAR, 7, 26),
            seen: View::default(),
            refused: 0,
        }
    }

    async fn begin(&mut self, campaign: &str, year: i16) {
        let play = self.desk.play;
        self.first_day = date(year, 7, 26);
        self.id = app::campaign::get(&play.app, &play.caller, play.county, campaign).await.unwrap().id;
        campaign.clone_into(&mut self.campaign);
        self.seen = View::default();
        let dead = std::mem::take(&mut self.dead);
        let alive: Vec<_> = dead.into_iter().map(|human| payee(of(human), TOWNSHIP)).collect();
        if !alive.is_empty() {
            let alive: Vec<_> = alive.into_iter().map(|it| it.with("状态", "正常")).collect();
            self.desk.play.roster(&alive).await;
        }
    }

    async fn batches(&self) -> Vec<store::payment::batch::BatchRow> {
        let play = self.desk.play;
        let mut tx = play.app.db.read().await.unwrap();
        let mut rows =
            store::payment::batch::list(&mut tx, play.county, Some(self.id), None, 1_000).await.unwrap();
        rows.reverse();
        rows
    }

    async fn all_lines(&self) -> Vec<(usize, store::payment::line::LineRow)> {
        let play = self.desk.play;
        let mut all = Vec::new();
        let batches = self.batches().await;
        let mut tx = play.app.db.read().await.unwrap();
        for (place, batch) in batches.iter().enumerate() {
            let lines = store::payment::line::of_batch(&mut tx, play.county, &batch.id).await.unwrap();
            all.extend(lines.into_iter().map(|line| (place, line)));
        }
        all
    }

    async fn act(&self, who: usize, batch: usize, op: Op) -> bool {
        let batches = self.batches().await;
        let Some(batch) = batches.get(batch) else { return false };
        done(&self.desk.act(&self.clerks[who], &batch.id, op).await)
    }

    async fn take(&mut self, step: &Step, reference: &Reference) -> bool {
        let reason = || "随机".to_owned();
        match *step {
            Step::Prepare { who, item } => {
                let play = self.desk.play;
                let item = Some(ITEMS[item].to_owned());
                let wanted = Wanted { campaign: self.campaign.clone(), item, ..Wanted::default() };
                done(&payment::prepare(&play.app, &self.clerks[who], play.county, &wanted, None).await)
            }
            Step::Repay { who, batch } => self.act(who, batch, Op::Repay).await,
            Step::CancelLine { who, line } => {
                let lines = self.all_lines().await;
                let Some((batch, line)) = lines.get(line) else { return false };
                let op = Op::CancelLines { lines: vec![line.id.clone()], reason: reason() };
                self.act(who, *batch, op).await
            }
            Step::Check { who, batch } => self.act(who, batch, Op::Check).await,
            Step::Approve { who, batch } => self.act(who, batch, Op::Approve).await,
            Step::Reopen { who, batch } => self.act(who, batch, Op::Reopen { reason: reason() }).await,
            Step::Export { who, batch } => self.act(who, batch, export()).await,
            Step::Send { who, batch } => self.act(who, batch, Op::Send).await,
            Step::Cancel { who, batch } => self.act(who, batch, Op::Cancel { reason: reason() }).await,
            Step::Close { who, batch } => self.act(who, batch, Op::Close).await,
            Step::Settle { who, file, batch } => {
                let Some(file) = reference.files.get(file) else { return false };
                let lines = self.all_lines().await;
                let mut text = "账号,户名,金额,处理结果,失败原因,交易日期\n".to_owned();
                for row in &file.rows {
                    let line = &lines[row.line].1;
                    let human = self.humans[&line.person_id];
                    let word = if row.outcome == Outcome::Paid { "成功" } else { "失败" };
                    let day = self.first_day.checked_add(row.day.days()).unwrap();
                    let (card, yuan) = (card(of(human)), Fen(line.amount_fen).yuan());
                    writeln!(text, "{card},{},{yuan},{word},已销户,{day}", line.payee).unwrap();
                }
                let handed = Handed::new("结果.csv", text.into_bytes(), None, None);
                self.act(who, batch, Op::Settle(handed)).await
            }
            Step::Die { human } => {
                if self.dead.contains(&human) {
                    return false;
                }
                self.dead.push(human);
                let dead = payee(of(human), TOWNSHIP).with("状态", "死亡");
                self.desk.play.roster(&[dead.with("死亡（停发）日期", "2024-01-05")]).await;
                true
            }
            Step::Decide { .. } | Step::ComesBack { .. } | Step::Write { .. } => true,
        }
    }

    async fn view(&self) -> View {
        let play = self.desk.play;
        let claims = {
            let mut tx = play.app.db.read().await.unwrap();
            store::payment::claim::of_campaign(&mut tx, play.county, self.id).await.unwrap()
        };
        let batches = self.batches().await;
        let lines = self.all_lines().await;
        let place: HashMap<&str, usize> =
            lines.iter().enumerate().map(|(at, (_, line))| (line.id.as_str(), at)).collect();
        let of_line = |id: &Option<String>| id.as_deref().map(|id| place[id]);
        View {
            lines: lines
                .iter()
                .map(|(batch, line)| LineView {
                    batch: *batch,
                    item: ITEMS.iter().position(|it| *it == batches[*batch].item).unwrap(),
                    human: self.humans[&line.person_id],
                    amount_fen: Fen(line.amount_fen),
                    state: LineState::from_code(&line.state).unwrap(),
                    has_claim: claims.iter().any(|it| it.2 == line.id),
                    repays: of_line(&line.repays_id),
                    repaid_by: of_line(&line.repaid_by_id),
                })
                .collect(),
            batches: batches
                .iter()
                .map(|batch| BatchView {
                    state: batch.state().unwrap(),
                    people: batch.people(),
                    totals: batch.totals(),
                })
                .collect(),
        }
    }
}

/// Refusals are part of the game; a failure of the store is not.
fn done<T>(result: &Result<T, Problem>) -> bool {
    match result {
        Ok(_) => true,
        Err(problem) => {
            let is_fair = matches!(
                problem.code,
                Code::PaymentRefused | Code::PaymentBlocked | Code::ResultRefused | Code::NotFound
            );
            assert!(is_fair, "{problem}");
            false
        }
    }
}

fn index(play: &Play, n: u32) -> String {
    play.app.sealer.citizen_index(&super::number(n))
}
