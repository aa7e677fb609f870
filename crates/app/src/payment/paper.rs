//! 花名册, 签领表, 审批表, 公示 and 汇总表 of a batch, the record of its notice, and everything of it in one voucher pack.

use super::load;
use crate::within::units_of;
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::ids::UnitId;
use domain::mask;
use domain::money::Fen;
use domain::person::PersonClass;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use formats::document::{Align, Taken};
use formats::paper::{Head, Paper, Part, ROW, SIGNED_ROW, head};
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::ledger::NoticeRow;
use store::payment::line::LineRow;

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 花名册, a part for each village.
    Roster,
    /// 签领表, a part for each village, with room to sign.
    Sign,
    /// 审批表: the batch on one page with those who answered for it.
    Approval,
    /// 公示: masked names by township.
    Notice,
    /// 汇总表 by township and class.
    Summary,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Roster, Self::Sign, Self::Approval, Self::Notice, Self::Summary];

    /// Code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Sign => "sign",
            Self::Approval => "approval",
            Self::Notice => "notice",
            Self::Summary => "summary",
        }
    }

    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Roster => "花名册",
            Self::Sign => "签领表",
            Self::Approval => "审批表",
            Self::Notice => "公示",
            Self::Summary => "汇总表",
        }
    }
}

const ROSTER: [Head; 8] = [
    head("序号", 8, Align::Center),
    head("姓名", 16, Align::Left),
    head("身份类别", 34, Align::Left),
    head("户名", 16, Align::Left),
    head("开户行", 34, Align::Left),
    head("账号（末四位）", 26, Align::Left),
    head("金额（元）", 16, Align::Right),
    head("结果", 18, Align::Left),
];
const SIGN: [Head; 7] = [
    head("序号", 8, Align::Center),
    head("姓名", 18, Align::Left),
    head("身份类别", 36, Align::Left),
    head("金额（元）", 16, Align::Right),
    head("签名（按印）", 30, Align::Left),
    head("代领人及关系", 30, Align::Left),
    head("日期", 20, Align::Center),
];
const NOTICE: [Head; 5] = [
    head("序号", 8, Align::Center),
    head("姓名", 20, Align::Left),
    head("村（社区）", 40, Align::Left),
    head("身份类别", 44, Align::Left),
    head("金额（元）", 18, Align::Right),
];
const SUMMARY: [Head; 4] = [
    head("乡镇（街道）", 40, Align::Left),
    head("身份类别", 50, Align::Left),
    head("人数（人）", 22, Align::Right),
    head("金额（元）", 28, Align::Right),
];
const APPROVAL: [Head; 2] = [head("项目", 30, Align::Left), head("内容", 110, Align::Left)];

/// What papers are made of.
struct Facts {
    code: String,
    label: String,
    base_date: String,
    lines: Vec<LineRow>,
    accounts: BTreeMap<String, String>,
    units: Arc<UnitTree>,
    steps: Vec<(String, String, i64)>,
    sm3: Option<String>,
    notice: Option<NoticeRow>,
    taken: Taken,
}

async fn facts(app: &App, caller: &Caller, county: CountyCode, batch: &str) -> Result<Facts, Problem> {
    let scope: Scope = app.permit(caller, Permission::PaymentRead, county).await?;
    let mut tx = app.db.read().await?;
    let row = load(&mut tx, county, batch).await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let within = units_of(&scope, &units);
    let is_in = |line: &LineRow| {
        let home: Option<UnitId> = line.village_id.as_ref().unwrap_or(&line.township_id).parse().ok();
        within.as_ref().is_none_or(|all| home.is_some_and(|home| all.contains(&home)))
    };
    let mut lines = store::payment::line::of_batch(&mut tx, county, &row.id).await?;
    lines.retain(|line| line.state != "cancelled" && is_in(line));
    if lines.is_empty() {
        return Err(Problem::new(Code::NotFound, format!("批次 {} 里没有您可以打印的人", row.code)));
    }
    let mut accounts = BTreeMap::new();
    for line in &lines {
        accounts.insert(line.id.clone(), mask::account(&line.account(&app.sealer, county)?));
    }
    let steps = store::payment::batch::steps(&mut tx, county, &row.id).await?;
    let accounts_known = store::account::list(&mut tx, county).await?;
    Ok(Facts {
        label: super::prepare::rule(&row)?.label,
        notice: store::ledger::notice(&mut tx, county, &row.id).await?,
        code: row.code.clone(),
        base_date: row.base_date.clone(),
        sm3: row.list_sm3.clone(),
        accounts,
        lines,
        units,
        steps: steps.into_iter().map(|it| (it.act, named(it.by_actor, &accounts_known), it.at_ms)).collect(),
        taken: app.taken(caller),
    })
}

/// Who did a step, by name: a paper is read by people who know no logins.
fn named(actor: String, accounts: &[store::account::Account]) -> String {
    let login = actor.strip_prefix("account:");
    let known = login.and_then(|login| accounts.iter().find(|it| it.login == login));
    known.map_or(actor, |it| it.staff_name.clone())
}

impl Facts {
    fn unit(&self, id: &str) -> String {
        let unit = id.parse().ok().and_then(|id: UnitId| self.units.get(id));
        unit.map_or_else(String::new, |unit| unit.name.clone())
    }

    fn place(&self, line: &LineRow) -> String {
        let village = line.village_id.as_deref().map(|id| self.unit(id)).unwrap_or_default();
        format!("{}{village}", self.unit(&line.township_id))
    }

    fn sum(lines: &[&LineRow]) -> String {
        let fen = Fen(lines.iter().map(|line| line.amount_fen).sum());
        format!("合计 {} 人，{} 元，大写：{}", lines.len(), fen.yuan(), fen.capital())
    }

    /// The lines by township or village, in the order of the units' codes, as every list of the county goes.
    fn by(
        &self,
        place: impl Fn(&LineRow) -> &str,
        name: impl Fn(&LineRow) -> String,
    ) -> Vec<(String, Vec<&LineRow>)> {
        let mut all: BTreeMap<String, (String, Vec<&LineRow>)> = BTreeMap::new();
        for line in &self.lines {
            let unit = place(line).parse().ok().and_then(|id: UnitId| self.units.get(id));
            let code = unit.map_or_else(String::new, |unit| unit.code.clone());
            all.entry(code).or_insert_with(|| (name(line), Vec::new())).1.push(line);
        }
        all.into_values().collect()
    }

    fn by_village(&self) -> Vec<(String, Vec<&LineRow>)> {
        self.by(|line| line.village_id.as_ref().unwrap_or(&line.township_id), |line| self.place(line))
    }

    fn by_township(&self) -> Vec<(String, Vec<&LineRow>)> {
        self.by(|line| &line.township_id, |line| self.unit(&line.township_id))
    }

    fn paper(&self, kind: Kind, heads: &[Head], parts: Vec<Part>) -> Paper {
        Paper {
            heading: format!("{}{}", self.label, kind.label()),
            above: vec![format!("批次 {}", self.code), format!("基准日 {}", self.base_date)],
            heads: heads.to_vec(),
            parts,
            is_landscape: kind != Kind::Approval,
            row: if kind == Kind::Sign { SIGNED_ROW } else { ROW },
            taken: self.taken.clone(),
        }
    }

    fn roster(&self) -> Paper {
        let part = |(name, lines): (String, Vec<&LineRow>)| Part {
            below: vec![Self::sum(&lines)],
            rows: (1..).zip(&lines).map(|(at, line): (usize, _)| self.roster_row(at, line)).collect(),
            name,
        };
        let parts = self.by_village().into_iter().map(part).collect();
        self.paper(Kind::Roster, &ROSTER, parts)
    }

    fn roster_row(&self, at: usize, line: &LineRow) -> Vec<String> {
        let state = line.state().map_or("", domain::payment::LineState::label);
        vec![
            at.to_string(),
            line.name.clone(),
            class(line).to_owned(),
            line.payee.clone(),
            line.bank_name.clone().unwrap_or_default(),
            self.accounts.get(&line.id).cloned().unwrap_or_default(),
            Fen(line.amount_fen).yuan(),
            state.to_owned(),
        ]
    }

    fn sign(&self) -> Paper {
        let part = |(name, lines): (String, Vec<&LineRow>)| Part {
            below: vec![
                Self::sum(&lines),
                "发放人：　　　　　　　　村（社区）负责人：　　　　　　　　乡镇（街道）经办人：".to_owned(),
            ],
            rows: (1..)
                .zip(&lines)
                .map(|(at, line): (usize, _)| {
                    let blank = String::new;
                    let amount = Fen(line.amount_fen).yuan();
                    vec![
                        at.to_string(),
                        line.name.clone(),
                        class(line).to_owned(),
                        amount,
                        blank(),
                        blank(),
                        blank(),
                    ]
                })
                .collect(),
            name,
        };
        let parts = self.by_village().into_iter().map(part).collect();
        self.paper(Kind::Sign, &SIGN, parts)
    }

    fn notice(&self) -> Paper {
        let part = |(name, lines): (String, Vec<&LineRow>)| Part {
            below: vec![
                format!("本乡镇（街道）{}", Self::sum(&lines)),
                "对公示内容有异议的，请在公示期内向乡镇（街道）退役军人服务站反映。监督电话：".to_owned(),
            ],
            rows: (1..)
                .zip(&lines)
                .map(|(at, line): (usize, _)| {
                    let village = line.village_id.as_deref().map(|id| self.unit(id)).unwrap_or_default();
                    let amount = Fen(line.amount_fen).yuan();
                    vec![at.to_string(), mask::name(&line.name), village, class(line).to_owned(), amount]
                })
                .collect(),
            name,
        };
        let parts = self.by_township().into_iter().map(part).collect();
        let mut paper = self.paper(Kind::Notice, &NOTICE, parts);
        paper.above = match &self.notice {
            Some(it) => vec![format!("公示期 {} 至 {}", it.from_on, it.to_on), it.place.clone()],
            None => vec!["公示期　　　　年　月　日至　　　　年　月　日".to_owned()],
        };
        paper
    }

    fn summary(&self) -> Paper {
        let mut rows = Vec::new();
        let figures = |lines: &[&LineRow]| {
            let fen: i64 = lines.iter().map(|line| line.amount_fen).sum();
            [lines.len().to_string(), Fen(fen).yuan()]
        };
        for (township, lines) in self.by_township() {
            let mut classes: BTreeMap<&str, Vec<&LineRow>> = BTreeMap::new();
            for line in &lines {
                classes.entry(class(line)).or_default().push(line);
            }
            for (class, lines) in classes {
                rows.push([vec![township.clone(), class.to_owned()], figures(&lines).to_vec()].concat());
            }
            rows.push([vec![township, "小计".to_owned()], figures(&lines).to_vec()].concat());
        }
        let all: Vec<&LineRow> = self.lines.iter().collect();
        rows.push([vec!["合计".to_owned(), String::new()], figures(&all).to_vec()].concat());
        let below = vec![Self::sum(&all), "制表：　　　　　　　　复核：　　　　　　　　审批：".to_owned()];
        self.paper(Kind::Summary, &SUMMARY, vec![Part { name: String::new(), rows, below }])
    }

    fn approval(&self) -> Paper {
        let all: Vec<&LineRow> = self.lines.iter().collect();
        let townships = self.by_township().len();
        let fen = Fen(self.lines.iter().map(|line| line.amount_fen).sum());
        let who = |act: &str| {
            let step = self.steps.iter().rev().find(|(done, _, _)| done == act);
            step.map_or_else(
                || "（还没有办理）".to_owned(),
                |(_, by, at_ms)| format!("{by}　{}", crate::local_time(*at_ms).strftime("%Y-%m-%d %H:%M")),
            )
        };
        let rows = [
            ("发放项目", self.label.clone()),
            ("批次", self.code.clone()),
            ("基准日", self.base_date.clone()),
            ("人数", format!("{} 人，{townships} 个乡镇（街道）", all.len())),
            ("金额", format!("{} 元", fen.yuan())),
            ("金额（大写）", fen.capital()),
            ("清单 SM3", self.sm3.clone().unwrap_or_else(|| "（审批后生成）".to_owned())),
            ("公示", self.notice.as_ref().map_or_else(|| "（没有登记）".to_owned(), notice_words)),
            ("经办", who("prepare")),
            ("复核", who("check")),
            ("审批", who("approve")),
            ("经办部门意见", "\n\n（签章）　　　　年　月　日".to_owned()),
            ("分管领导意见", "\n\n（签章）　　　　年　月　日".to_owned()),
            ("主要领导意见", "\n\n（签章）　　　　年　月　日".to_owned()),
        ];
        let rows = rows.into_iter().map(|(label, value)| vec![label.to_owned(), value]).collect();
        self.paper(Kind::Approval, &APPROVAL, vec![Part { name: String::new(), rows, below: Vec::new() }])
    }
}

fn class(line: &LineRow) -> &'static str {
    PersonClass::from_code(&line.class).map_or("", PersonClass::label)
}

fn notice_words(it: &NoticeRow) -> String {
    let objections =
        if it.objections.is_empty() { "无异议".to_owned() } else { format!("异议：{}", it.objections) };
    format!("{} 至 {}，{}，{objections}{}", it.from_on, it.to_on, it.place, it.outcome)
}

/// A paper of a batch. A township gets its own people; names are full but in the notice, accounts are masked.
pub async fn paper(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
    kind: Kind,
) -> Result<Paper, Problem> {
    let facts = facts(app, caller, county, batch).await?;
    let paper = make(&facts, kind);
    let detail = json!({ "batch": facts.code, "paper": kind.code(), "lines": facts.lines.len() });
    crate::audit::note(app, caller, county, "payment.paper", ("payment_batch", &facts.code), detail).await?;
    Ok(paper)
}

fn make(facts: &Facts, kind: Kind) -> Paper {
    match kind {
        Kind::Roster => facts.roster(),
        Kind::Sign => facts.sign(),
        Kind::Approval => facts.approval(),
        Kind::Notice => facts.notice(),
        Kind::Summary => facts.summary(),
    }
}

/// The papers of a batch with the bank's files, in one archive with an index. For whoever exports to the bank.
pub async fn voucher(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
) -> Result<Vec<u8>, Problem> {
    app.permit(caller, Permission::PaymentExport, county).await?;
    let facts = facts(app, caller, county, batch).await?;
    let failed = |error: String| Problem::new(Code::Output, format!("凭证包未能生成：{error}"));
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for kind in Kind::ALL {
        let paper = make(&facts, kind);
        files.push((
            format!("{}.xlsx", kind.label()),
            paper.xlsx().map_err(|error| failed(error.to_string()))?,
        ));
        if matches!(kind, Kind::Approval | Kind::Summary) {
            let docx = formats::document::docx::write(&paper.document());
            files.push((format!("{}.docx", kind.label()), docx.map_err(|error| failed(error.to_string()))?));
        }
    }
    let (id, known) = {
        let mut tx = app.db.read().await?;
        let row = load(&mut tx, county, batch).await?;
        (row.id.clone(), store::payment::result::files(&mut tx, county, &row.id).await?)
    };
    for it in known {
        let file = super::download(app, caller, county, &id, it.part).await?;
        files.push((format!("代发文件/{}", file.name), file.bytes));
    }
    let bytes = formats::pack::zip(&files, facts.taken.on()).map_err(|error| failed(error.to_string()))?;
    let detail = json!({ "batch": facts.code, "files": files.len() });
    crate::audit::note(app, caller, county, "payment.voucher", ("payment_batch", &facts.code), detail)
        .await?;
    Ok(bytes)
}

/// A notice as it is sent.
#[derive(Debug, Clone)]
pub struct NoticeSent {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Where it hangs.
    pub place: String,
    /// What was objected.
    pub objections: String,
    /// What came of it.
    pub outcome: String,
}

/// The record of the notice of a batch.
pub async fn notice(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
) -> Result<Option<NoticeRow>, Problem> {
    app.permit(caller, Permission::PaymentRead, county).await?;
    let mut tx = app.db.read().await?;
    let row = load(&mut tx, county, batch).await?;
    Ok(store::ledger::notice(&mut tx, county, &row.id).await?)
}

/// Writes down when and where a list was shown, what was objected and what came of it.
pub async fn put_notice(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
    sent: NoticeSent,
) -> Result<NoticeRow, Problem> {
    app.permit(caller, Permission::PaymentPrepare, county).await?;
    if sent.to < sent.from {
        return Err(Problem::new(Code::PaymentRefused, "公示的最后一天早于第一天，请核对"));
    }
    if sent.place.trim().is_empty() {
        return Err(Problem::new(Code::PaymentRefused, "请写明在哪里公示"));
    }
    let texts = [("公示地点", &sent.place), ("异议", &sent.objections), ("处理情况", &sent.outcome)];
    if let Some((name, _)) = texts.iter().find(|(_, text)| text.chars().count() > 500) {
        return Err(Problem::new(Code::PaymentRefused, format!("{name}超过 500 个字，请缩短")));
    }
    guard::check_text(app, caller, county, &texts.map(|(name, text)| (name, text.as_str()))).await?;
    let (inner, caller, batch) = (app.clone(), caller.clone(), batch.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let found = load(act, county, &batch).await?;
                let known = store::ledger::notice(act, county, &found.id).await?;
                let clean = |text: &str| domain::text::trim(text).to_owned();
                let row = NoticeRow {
                    batch_id: found.id.clone(),
                    from_on: sent.from.to_string(),
                    to_on: sent.to.to_string(),
                    place: clean(&sent.place),
                    objections: clean(&sent.objections),
                    outcome: clean(&sent.outcome),
                    by_actor: caller.actor.clone(),
                    at_ms: inner.now_ms(),
                    version: known.as_ref().map_or(1, |it| it.version + 1),
                };
                store::ledger::put_notice(act, county, &row).await?;
                let detail = json!({ "batch": found.code, "from": row.from_on, "to": row.to_on });
                act.audit(inner.entry(&caller, "payment.notice", "payment_batch", &found.id, detail)).await?;
                Ok(row)
            })
        })
        .await
}
