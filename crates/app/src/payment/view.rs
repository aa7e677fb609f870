//! Batches as they are shown.

use super::load;
use super::plan::Group;
use super::review::CheckCount;
use crate::page::{Asked, Page};
use crate::{App, Caller, Problem};
use domain::authority::{Permission, Scope};
use domain::money::Fen;
use domain::payment::{BatchState, Refusal, Totals};
use domain::person::PersonClass;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use serde::Serialize;
use std::collections::BTreeMap;
use store::Tx;
use store::payment::batch::{BatchRow, Step};
use store::payment::result::{FileRow, ResultRow};

/// A batch in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchView {
    /// Identity.
    pub id: String,
    /// Code that people use.
    pub code: String,
    /// Code of the campaign.
    pub campaign: String,
    /// Key of the item.
    pub item: String,
    /// The item in words.
    pub item_label: String,
    /// Code of the state.
    pub state: BatchState,
    /// The state in words.
    pub state_label: &'static str,
    /// Version of the list.
    pub version: i64,
    /// 基准日
    pub base_date: String,
    /// The bank's day.
    pub pay_date: Option<String>,
    /// Key of the bank's layout.
    pub layout: String,
    /// Code of the batch whose returns it pays again.
    pub parent: Option<String>,
    /// SM3 of the approved list.
    pub list_sm3: Option<String>,
    /// The sums; they always balance.
    pub totals: Totals,
    /// What is due, in big characters.
    pub capital: String,
    /// When it was made, ms UTC.
    pub created_at_ms: i64,
    /// When it was last changed, ms UTC.
    pub changed_at_ms: i64,
}

/// A step of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepView {
    /// Code of the act.
    pub act: String,
    /// In words.
    pub label: &'static str,
    /// Version of the list.
    pub version: i64,
    /// Who.
    pub by: String,
    /// Whether it was the caller, with whatever account.
    pub is_own: bool,
    /// Reason, or what came of it.
    pub detail: String,
    /// When, ms UTC.
    pub at_ms: i64,
}

/// A batch with everything about it but its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The batch.
    pub batch: BatchView,
    /// What was done, in order.
    pub steps: Vec<StepView>,
    /// Findings by check.
    pub checks: Vec<CheckCount>,
    /// The bank's files.
    pub files: Vec<FileRow>,
    /// The bank's answers.
    pub results: Vec<ResultRow>,
    /// Lines by township, then by class.
    pub by_township: Vec<Group>,
    /// Lines by class.
    pub by_class: Vec<Group>,
    /// Persons without a line by reason: code, words, how many.
    pub refused: Vec<(Refusal, &'static str, i64)>,
    /// Lines that came back and wait to be paid again or given up.
    pub open_returns: i64,
}

/// The words of steps.
const STEPS: &[(&str, &str)] = &[
    ("prepare", "编制"),
    ("repay", "补发"),
    ("recheck", "重新检查"),
    ("pass", "放行提醒"),
    ("refresh", "按名册更新"),
    ("cancel_lines", "剔除或取消"),
    ("check", "复核"),
    ("approve", "审批"),
    ("reopen", "退回修改"),
    ("export", "导出代发文件"),
    ("send", "送银行"),
    ("settle", "导入结果"),
    ("close", "归档"),
    ("cancel", "取消"),
];

fn view(batch: &BatchRow, campaign: &str, parent: Option<String>) -> Result<BatchView, Problem> {
    let (state, totals) = (batch.state()?, batch.totals());
    let rule = super::prepare::rule(batch)?;
    Ok(BatchView {
        id: batch.id.clone(),
        code: batch.code.clone(),
        campaign: campaign.to_owned(),
        item: batch.item.clone(),
        item_label: rule.label,
        state,
        state_label: state.label(),
        version: batch.version,
        base_date: batch.base_date.clone(),
        pay_date: batch.pay_date.clone(),
        layout: batch.layout_key.clone(),
        parent,
        list_sm3: batch.list_sm3.clone(),
        capital: totals.due.amount_fen.capital(),
        totals,
        created_at_ms: batch.created_at_ms,
        changed_at_ms: batch.changed_at_ms,
    })
}

async fn shown(tx: &mut Tx, county: CountyCode, batch: &BatchRow) -> Result<BatchView, Problem> {
    let campaign =
        batch.campaign_id.parse().map_err(|_| super::prepare::corrupt("campaign_id", &batch.id))?;
    let campaign = crate::campaign::by_id(tx, county, campaign).await?;
    let parent = match &batch.parent_id {
        Some(id) => store::payment::batch::get(tx, county, id).await?.map(|it| it.code),
        None => None,
    };
    view(batch, &campaign.code, parent)
}

/// Batches, newest first; of one campaign when it is named.
pub async fn batches(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: Option<&str>,
    asked: &Asked,
) -> Result<Page<BatchView>, Problem> {
    app.permit(caller, Permission::PaymentRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<(i64, String)> = asked.after(app, county, "payment_batch")?;
    let mut tx = app.db.read().await?;
    let campaign = match campaign {
        Some(code) => Some(crate::campaign::find(&mut tx, county, code).await?.id),
        None => None,
    };
    let rows = store::payment::batch::list(&mut tx, county, campaign, after.as_ref(), limit + 1).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in &rows {
        views.push(shown(&mut tx, county, row).await?);
    }
    Page::cut(app, (county, "payment_batch"), views, limit, |view| (view.created_at_ms, view.id.clone()), Ok)
}

/// One batch. A township sees the sums of its own lines by township and class.
pub async fn batch(app: &App, caller: &Caller, county: CountyCode, word: &str) -> Result<Detail, Problem> {
    let scope = app.permit(caller, Permission::PaymentRead, county).await?;
    let mut tx = app.db.read().await?;
    let batch = load(&mut tx, county, word).await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let own = super::human(caller).ok();
    let steps = store::payment::batch::steps(&mut tx, county, &batch.id).await?;
    let groups = store::payment::line::groups(&mut tx, county, &batch.id).await?;
    let (by_township, by_class) = grouped(groups, &scope, &units);
    let is_county = scope == Scope::County;
    let refused: BTreeMap<Refusal, i64> = serde_json::from_str(&batch.refused_json).unwrap_or_default();
    Ok(Detail {
        checks: super::review::counts(&mut tx, county, &batch.id).await?,
        files: if is_county {
            store::payment::result::files(&mut tx, county, &batch.id).await?
        } else {
            Vec::new()
        },
        results: if is_county {
            store::payment::result::list(&mut tx, county, &batch.id).await?
        } else {
            Vec::new()
        },
        open_returns: store::payment::line::open_returns(&mut tx, county, &batch.id).await?,
        steps: steps.into_iter().map(|step| step_view(step, own.as_ref().map(|it| it.0.as_str()))).collect(),
        batch: shown(&mut tx, county, &batch).await?,
        refused: refused.into_iter().map(|(it, count)| (it, it.label(), count)).collect(),
        by_township,
        by_class,
    })
}

fn step_view(step: Step, own: Option<&str>) -> StepView {
    StepView {
        label: STEPS.iter().find(|it| it.0 == step.act).map_or("", |it| it.1),
        is_own: own == Some(step.human.as_str()),
        act: step.act,
        version: step.version,
        by: step.by_actor,
        detail: step.detail,
        at_ms: step.at_ms,
    }
}

/// The lines of the caller's townships together.
fn grouped(
    groups: Vec<(String, String, String, i64, i64)>,
    scope: &Scope,
    units: &UnitTree,
) -> (Vec<Group>, Vec<Group>) {
    let (mut by_township, mut by_class) = (BTreeMap::new(), BTreeMap::new());
    for (township, class, _, count, fen) in groups {
        let Some(unit) = township.parse().ok().and_then(|id| units.get(id)) else { continue };
        if !scope.covers(units, unit.id) {
            continue;
        }
        let class = PersonClass::from_code(&class).map_or("", PersonClass::label);
        for (map, key, label) in [
            (&mut by_township, unit.code.clone(), unit.name.clone()),
            (&mut by_class, class.to_owned(), class.to_owned()),
        ] {
            let slot = map.entry(key).or_insert((label, 0, Fen::ZERO));
            (slot.1, slot.2) = (slot.1 + count, slot.2 + Fen(fen));
        }
    }
    let list = |map: BTreeMap<String, (String, i64, Fen)>| {
        map.into_iter()
            .map(|(key, (label, count, fen))| Group { key, label, count, amount_fen: fen.0 })
            .collect()
    };
    (list(by_township), list(by_class))
}
