//! `shuangyong payment …`: the whole chain on the machine, each step in the name of somebody (decision 030).

pub mod args;
mod show;

use super::args::{Place, TextOrJson};
use super::print;
use app::payment::{self as pay, Answer, Correction, Handed, Key, Op, Wanted, WantedLines};
use app::{App, Caller, Code, Problem, page};
use args::{As, PaymentAction, PrepareArgs, Step};
use domain::payment::ResultKind;
use domain::region::CountyCode;
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Runs the command.
pub async fn run(place: &Place, action: PaymentAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    let desk = Desk { app, county, machine: caller };
    match action {
        PaymentAction::Prepare(asked) => desk.prepare(asked).await,
        PaymentAction::Check { step, passes, only } => desk.check(step, &passes, only).await,
        PaymentAction::Approve { step } => desk.step(&step, Op::Approve).await,
        PaymentAction::Reopen { step, reason } => desk.step(&step, Op::Reopen { reason }).await,
        PaymentAction::Refresh { step } => desk.step(&step, Op::Refresh).await,
        PaymentAction::Export { step, layout, constants, date, output } => {
            desk.export(&step, layout, &constants, date.as_deref(), &output).await
        }
        PaymentAction::Send { step } => desk.step(&step, Op::Send).await,
        PaymentAction::Settle { step, file, kind, date, refused, dry_run } => {
            let op = match (file, refused) {
                (_, Some(reason)) => Op::BankRefused { reason },
                (Some(file), None) => Op::Settle(handed(&file, kind.as_deref(), date.as_deref())?),
                (None, None) => return Err(bad("请写明结果文件，或用 --refused 登记银行整批退回")),
            };
            desk.settle(&step, op, dry_run).await
        }
        PaymentAction::Repay { step } => desk.step(&step, Op::Repay).await,
        PaymentAction::Cancel { step, reason, lines } => desk.cancel(&step, reason, &lines).await,
        PaymentAction::Close { step } => desk.step(&step, Op::Close).await,
        PaymentAction::Status { batch, campaign, lines, format } => {
            desk.status(batch.as_deref(), campaign.as_deref(), lines, format).await
        }
        PaymentAction::Correct { person, account, bank, name, spelling, reason, who } => {
            let correction =
                Correction { account, bank_name: bank, account_name: name, reason, ..Correction::default() };
            desk.correct(&person, correction, spelling.as_deref(), &who).await
        }
        PaymentAction::Compare { file, kind, source, remove, who, format } => {
            desk.compare(file.as_deref(), (&kind, &source), remove.as_deref(), (&who, format)).await
        }
        PaymentAction::Layout { show, save, who, format } => {
            desk.layout(show.as_deref(), save.as_deref(), (&who, format)).await
        }
    }
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::new(Code::BadRequest, message)
}

fn day(text: Option<&str>) -> Result<Option<Date>, Problem> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| bad(format!("“{text}”不是日期，应如 2024-07-26")))
}

fn key(text: Option<&str>) -> Result<Option<Key>, Problem> {
    text.map(Key::new).transpose()
}

fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    std::fs::read(file)
        .map_err(|error| Problem::new(Code::FileRefused, format!("“{}”读不出来：{error}", file.display())))
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn handed(file: &Path, kind: Option<&str>, date: Option<&str>) -> Result<Handed, Problem> {
    let kind = match kind {
        None => None,
        Some(code) => Some(ResultKind::from_code(code).ok_or_else(|| {
            let all: Vec<&str> = ResultKind::ALL.iter().map(|it| it.code()).collect();
            bad(format!("没有“{code}”这种结果文件，可写 {}", all.join("、")))
        })?),
    };
    Ok(Handed::new(&file_name(file), read(file)?, kind, day(date)?))
}

/// `name=value`
fn pair(text: &str) -> Result<(&str, &str), Problem> {
    text.split_once('=').ok_or_else(|| bad(format!("“{text}”应写成 名称=内容")))
}

struct Desk {
    app: App,
    county: CountyCode,
    machine: Caller,
}

impl Desk {
    /// The caller for a step: the account that is named, else the machine's own user, who is refused where a human is
    /// needed.
    async fn who(&self, named: &As) -> Result<Caller, Problem> {
        match &named.login {
            Some(login) => app::account::stand_in(&self.app, &self.machine, self.county, login).await,
            None => Ok(self.machine.clone()),
        }
    }

    async fn act(&self, step: &Step, op: Op) -> Result<Answer, Problem> {
        let who = self.who(&step.who).await?;
        let key = key(step.key.as_deref())?;
        Box::pin(pay::act(&self.app, &who, self.county, &step.batch, op, key)).await
    }

    async fn step(&self, step: &Step, op: Op) -> Result<(), Problem> {
        let answer = self.act(step, op).await?;
        show::answer(&answer, step.format);
        Ok(())
    }

    async fn prepare(&self, asked: PrepareArgs) -> Result<(), Problem> {
        let who = self.who(&asked.who).await?;
        let wanted = Wanted {
            campaign: asked.campaign,
            item: asked.item,
            base: day(asked.base.as_deref())?,
            layout: asked.layout,
        };
        if asked.dry_run {
            let preview = pay::preview(&self.app, &who, self.county, &wanted).await?;
            show::preview(&preview, asked.format);
            return Ok(());
        }
        let key = key(asked.key.as_deref())?;
        let made = pay::prepare(&self.app, &who, self.county, &wanted, key).await?;
        match asked.format {
            TextOrJson::Json => {
                print::json(&json!({ "batch": made.batch, "preview": made.preview }));
            }
            TextOrJson::Text => {
                if let Some(preview) = &made.preview {
                    show::preview(preview, TextOrJson::Text);
                }
                show::detail(&made.batch);
            }
        }
        Ok(())
    }

    async fn check(&self, step: Step, passes: &[String], only: bool) -> Result<(), Problem> {
        let last = if only { Op::Recheck } else { Op::Check };
        for pass in passes {
            let (check, reason) = pair(pass)?;
            let op = Op::Pass { check: check.to_owned(), lines: None, reason: reason.to_owned() };
            let alone = Step { key: None, ..step.clone() };
            self.act(&alone, op).await?;
        }
        self.step(&step, last).await
    }

    async fn export(
        &self,
        step: &Step,
        layout: Option<String>,
        constants: &[String],
        date: Option<&str>,
        output: &Path,
    ) -> Result<(), Problem> {
        let mut set = BTreeMap::new();
        for constant in constants {
            let (name, value) = pair(constant)?;
            set.insert(name.to_owned(), value.to_owned());
        }
        let op = Op::Export { layout, constants: set, date: day(date)? };
        let answer = self.act(step, op).await?;
        let failed = |error: std::io::Error| {
            Problem::new(Code::Output, format!("“{}”写不出去：{error}", output.display()))
        };
        std::fs::create_dir_all(output).map_err(failed)?;
        let who = self.who(&step.who).await?;
        for file in &answer.batch.files {
            let given =
                pay::download(&self.app, &who, self.county, &answer.batch.batch.id, file.part).await?;
            print::bytes(&given.bytes, Some(&output.join(&given.name)))?;
        }
        show::answer(&answer, step.format);
        Ok(())
    }

    async fn settle(&self, step: &Step, op: Op, dry_run: bool) -> Result<(), Problem> {
        let Op::Settle(handed) = &op else { return self.step(step, op).await };
        if !dry_run {
            return self.step(step, op).await;
        }
        let who = self.who(&step.who).await?;
        let would = pay::settle_preview(&self.app, &who, self.county, &step.batch, handed.clone()).await?;
        match step.format {
            TextOrJson::Json => print::json(&json!(would)),
            TextOrJson::Text => show::settled(&would, true),
        }
        Ok(())
    }

    async fn cancel(&self, step: &Step, reason: String, lines: &[i64]) -> Result<(), Problem> {
        if lines.is_empty() {
            return self.step(step, Op::Cancel { reason }).await;
        }
        let mut ids = Vec::new();
        for line in self.lines(&step.batch).await? {
            if lines.contains(&line.seq) {
                ids.push(line.id);
            }
        }
        if ids.len() != lines.len() {
            return Err(bad(format!("批次 {} 里没有其中一些序号", step.batch)));
        }
        self.step(step, Op::CancelLines { lines: ids, reason }).await
    }

    async fn lines(&self, batch: &str) -> Result<Vec<pay::LineView>, Problem> {
        let wanted = WantedLines { batch: Some(batch.to_owned()), ..WantedLines::default() };
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let asked = page::Asked { cursor, limit: Some(100) };
            let page = pay::lines(&self.app, &self.machine, self.county, &wanted, &asked).await?;
            all.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
    }

    async fn status(
        &self,
        batch: Option<&str>,
        campaign: Option<&str>,
        with_lines: bool,
        format: TextOrJson,
    ) -> Result<(), Problem> {
        let (app, county, who) = (&self.app, self.county, &self.machine);
        if let Some(batch) = batch {
            let detail = pay::batch(app, who, county, batch).await?;
            let lines = if with_lines { self.lines(batch).await? } else { Vec::new() };
            match format {
                TextOrJson::Json => print::json(&json!({ "batch": detail, "lines": lines })),
                TextOrJson::Text => {
                    show::detail(&detail);
                    show::lines(&lines);
                }
            }
            return Ok(());
        }
        let asked = page::Asked { cursor: None, limit: Some(100) };
        let page = pay::batches(app, who, county, campaign, &asked).await?;
        let returns = pay::returned(app, who, county).await?;
        match format {
            TextOrJson::Json => print::json(&json!({ "items": page.items, "returns": returns })),
            TextOrJson::Text => show::list(&page.items, &returns),
        }
        Ok(())
    }

    async fn correct(
        &self,
        person: &str,
        correction: Correction,
        spelling: Option<&str>,
        named: &As,
    ) -> Result<(), Problem> {
        let number = super::record::number(person)?;
        let who = self.who(named).await?;
        let wanted = app::person::Wanted {
            search: Some(number.reveal().to_owned()),
            ..app::person::Wanted::default()
        };
        let asked = page::Asked::default();
        let found = app::person::list(&self.app, &who, self.county, &wanted, &asked).await?;
        let person = found
            .items
            .first()
            .ok_or_else(|| Problem::new(Code::NotFound, format!("名册上没有公民身份号码为 {number} 的人")))?;
        let reason = correction.reason.clone();
        let has_account = correction.account.is_some()
            || correction.bank_name.is_some()
            || correction.account_name.is_some();
        if has_account {
            pay::correct(&self.app, &who, self.county, person.id, correction).await?;
        }
        if let Some(spelling) = spelling {
            pay::spell(&self.app, &who, self.county, person.id, spelling, &reason).await?;
        }
        println!(
            "已更正。草拟的批次用 shuangyong payment refresh 更新，退票用 shuangyong payment repay 补发。"
        );
        Ok(())
    }

    async fn compare(
        &self,
        file: Option<&Path>,
        (kind, source): (&str, &str),
        remove: Option<&str>,
        (named, format): (&As, TextOrJson),
    ) -> Result<(), Problem> {
        let who = self.who(named).await?;
        if let Some(id) = remove {
            let id = id.parse().map_err(|_| bad(format!("“{id}”不是编号，请从列表中复制")))?;
            pay::remove_comparison(&self.app, &who, self.county, id).await?;
            println!("已删除。");
            return Ok(());
        }
        if let Some(file) = file {
            let (name, bytes) = (file_name(file), read(file)?);
            let done = pay::compare(&self.app, &who, self.county, kind, source, (&name, bytes)).await?;
            match format {
                TextOrJson::Json => print::json(&json!(done)),
                TextOrJson::Text => println!(
                    "读到 {} 人，{} 行没有读出号码。草拟的批次请重新检查。",
                    done.entries,
                    done.unreadable.len()
                ),
            }
            return Ok(());
        }
        let all = pay::comparisons(&self.app, &who, self.county).await?;
        match format {
            TextOrJson::Json => print::json(&json!({ "items": all })),
            TextOrJson::Text => {
                for it in &all {
                    println!("{}  {}  {}  {} 人", it.id, it.kind, it.source, it.entries);
                }
            }
        }
        Ok(())
    }

    async fn layout(
        &self,
        show: Option<&str>,
        save: Option<&Path>,
        (named, format): (&As, TextOrJson),
    ) -> Result<(), Problem> {
        let who = self.who(named).await?;
        if let Some(file) = save {
            let text = String::from_utf8(read(file)?).map_err(|_| bad("格式文件应为 UTF-8 编码"))?;
            let saved = pay::save_layout(&self.app, &who, self.county, &text).await?;
            println!("已保存代发格式 {}（{}），版本 {}。", saved.key, saved.name, saved.version);
            return Ok(());
        }
        let all = pay::layouts(&self.app, &who, self.county).await?;
        if let Some(key) = show {
            let layout = all.iter().find(|it| it.key == key);
            let layout =
                layout.ok_or_else(|| Problem::new(Code::NotFound, format!("没有代发格式“{key}”")))?;
            return print::bytes(layout.text.as_bytes(), None);
        }
        match format {
            TextOrJson::Json => print::json(&json!({ "items": all })),
            TextOrJson::Text => {
                for it in &all {
                    let own = if it.is_own { "（本县）" } else { "" };
                    println!("{}  {}{own}  {}", it.key, it.name, it.note);
                }
            }
        }
        Ok(())
    }
}
