//! Who is paid and who is not: the rule over the whole roster, before anything is written.

use super::facts::{self, Sources};
use super::layout;
use crate::{App, Code, Problem};
use domain::campaign::Campaign;
use domain::money::Fen;
use domain::payment::check::Found;
use domain::payment::{Entitled, Payment, Recipient, Refusal};
use domain::person::PersonClass;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use formats::bank::Layout;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use store::Tx;
use store::payment::facts::Payee;

/// What a batch is made for.
pub(crate) struct Frame {
    pub campaign: Arc<Campaign>,
    pub units: Arc<UnitTree>,
    pub item: Payment,
    pub base: Date,
    pub layout: Layout,
}

/// A line that would be made.
pub(crate) struct Draft {
    /// Place among the payees.
    pub payee: usize,
    pub amount_fen: Fen,
    pub class: PersonClass,
    /// Row of the table.
    pub row: String,
    /// The returned line it pays again.
    pub repays: Option<String>,
}

/// A whole batch before it is written.
pub(crate) struct Plan {
    pub frame: Frame,
    pub payees: Vec<Payee>,
    pub drafts: Vec<Draft>,
    pub refused: BTreeMap<Refusal, i64>,
    pub refusals: Vec<(String, Refusal)>,
    pub found: Vec<Found>,
}

/// Some lines together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Code of the class, or of the township.
    pub key: String,
    /// In words.
    pub label: String,
    /// Lines.
    pub count: i64,
    /// Their sum, fen.
    pub amount_fen: i64,
}

/// What a batch would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Code of the campaign.
    pub campaign: String,
    /// Key of the item.
    pub item: String,
    /// The item in words.
    pub item_label: String,
    /// 基准日
    pub base_date: String,
    /// Key of the bank's layout.
    pub layout: String,
    /// Lines.
    pub count: i64,
    /// Their sum, fen.
    pub amount_fen: i64,
    /// Their sum in big characters.
    pub capital: String,
    /// By class.
    pub by_class: Vec<Group>,
    /// By township.
    pub by_township: Vec<Group>,
    /// Persons without a line by reason: code, words, how many.
    pub refused: Vec<(Refusal, &'static str, i64)>,
    /// Findings by check.
    pub checks: Vec<super::CheckCount>,
}

/// Finds campaign, item, day and layout.
pub(crate) async fn frame(
    tx: &mut Tx,
    county: CountyCode,
    campaign: &str,
    item: Option<&str>,
    (base, layout): (Option<Date>, Option<&str>),
) -> Result<Frame, Problem> {
    let units = crate::unit::tree_in(tx, county).await?;
    let campaign = crate::campaign::find(tx, county, campaign).await?;
    let items = &campaign.template.payments;
    let known =
        || items.iter().map(|it| format!("{}（{}）", it.key, it.label)).collect::<Vec<_>>().join("、");
    let item = match (item, items.as_slice()) {
        (_, []) => {
            let message = format!("活动 {} 的模板里没有发放项目", campaign.code);
            return Err(Problem::new(Code::PaymentRefused, message));
        }
        (Some(key), items) => items.iter().find(|it| it.key == key).cloned().ok_or_else(|| {
            let message = format!("活动 {} 没有发放项目“{key}”，可选 {}", campaign.code, known());
            Problem::new(Code::NotFound, message)
        })?,
        (None, [only]) => only.clone(),
        (None, _) => {
            let message = format!("这个活动有几个发放项目，请指明是哪一个：{}", known());
            return Err(Problem::new(Code::BadRequest, message));
        }
    };
    let base = base.unwrap_or_else(|| item.base(campaign.period.0));
    let layout = layout::find(tx, county, layout.unwrap_or(layout::USUAL)).await?;
    Ok(Frame { campaign, units, item, base, layout })
}

/// The rule over everybody.
pub(crate) async fn plan(tx: &mut Tx, app: &App, county: CountyCode, frame: Frame) -> Result<Plan, Problem> {
    let payees = store::payment::facts::payees(tx, county).await?;
    let taken = taken(tx, county, &frame).await?;
    let (mut drafts, mut refusals) = (Vec::new(), Vec::new());
    let mut refused: BTreeMap<Refusal, i64> = BTreeMap::new();
    for (place, payee) in payees.iter().enumerate() {
        let entitled = match frame.item.entitle(recipient(payee), frame.base) {
            Entitled::Line { .. } if taken.claimed.contains(key(payee)) => {
                Entitled::Refused(Refusal::Claimed)
            }
            Entitled::Line { .. } if taken.open.contains(key(payee)) => Entitled::Refused(Refusal::Returned),
            other => other,
        };
        match entitled {
            Entitled::Line { amount_fen, class } => {
                drafts.push(draft(&frame, place, payee, (amount_fen, class), None));
            }
            Entitled::Refused(refusal) => {
                *refused.entry(refusal).or_insert(0) += 1;
                if !refusal.is_outside() {
                    refusals.push((payee.id.to_string(), refusal));
                }
            }
        }
    }
    let sources = Sources::load(tx, county, &frame, &payees, &drafts).await?;
    let found = facts::look(app, county, &frame, &payees, &drafts, &sources)?;
    Ok(Plan { frame, payees, drafts, refused, refusals, found })
}

pub(crate) fn recipient(payee: &Payee) -> Recipient<'_> {
    Recipient {
        identities: &payee.identities,
        allowance: payee.allowance,
        status: payee.status,
        stopped_on: payee.stopped_on,
    }
}

/// A line for a person.
pub(crate) fn draft(
    frame: &Frame,
    place: usize,
    payee: &Payee,
    (amount_fen, class): (Fen, PersonClass),
    repays: Option<String>,
) -> Draft {
    let template = &frame.campaign.template;
    let row = template.row_of_person(&payee.identities, &[]).unwrap_or_else(|| template.other());
    Draft { payee: place, amount_fen, class, row: row.key.clone(), repays }
}

fn key(payee: &Payee) -> &str {
    &payee.citizen_index
}

/// Humans who are being paid, or whose payment came back; a human who was entered twice and merged is found by either
/// number.
struct Taken {
    claimed: HashSet<String>,
    open: HashSet<String>,
}

async fn taken(tx: &mut Tx, county: CountyCode, frame: &Frame) -> Result<Taken, Problem> {
    let claims = store::payment::claim::of_campaign(tx, county, frame.campaign.id).await?;
    let item = &frame.item.key;
    let mut claimed: HashSet<String> = claims.into_iter().filter(|it| it.0 == *item).map(|it| it.1).collect();
    let campaign = frame.campaign.id.to_string();
    let mut open: HashSet<String> =
        store::payment::line::open_humans(tx, county, &campaign, item).await?.into_iter().collect();
    let merged = store::payment::facts::merged(tx, county).await?;
    if !merged.is_empty() {
        let kept: Vec<String> = merged.iter().map(|it| it.1.clone()).collect();
        let kept = store::payment::facts::payees_by_ids(tx, county, &kept).await?;
        let index: HashMap<String, &str> =
            kept.iter().map(|payee| (payee.id.to_string(), payee.citizen_index.as_str())).collect();
        for (number, person) in &merged {
            let Some(kept) = index.get(person) else { continue };
            for set in [&mut claimed, &mut open] {
                if set.contains(number) {
                    set.insert((*kept).to_owned());
                }
            }
        }
    }
    Ok(Taken { claimed, open })
}

impl Plan {
    pub(crate) fn preview(&self) -> Preview {
        let (mut by_class, mut by_township) = (BTreeMap::new(), BTreeMap::new());
        let mut sum = Fen::ZERO;
        for draft in &self.drafts {
            sum += draft.amount_fen;
            let township = self.payees[draft.payee].township_id;
            for slot in
                [by_class.entry(draft.class).or_insert((0, 0)), by_township.entry(township).or_insert((0, 0))]
            {
                *slot = (slot.0 + 1, slot.1 + draft.amount_fen.0);
            }
        }
        let group = |key: &str, label: &str, (count, amount_fen): (i64, i64)| Group {
            key: key.to_owned(),
            label: label.to_owned(),
            count,
            amount_fen,
        };
        let mut townships: Vec<Group> = by_township
            .into_iter()
            .map(|(id, sums)| {
                let unit = self.frame.units.get(id);
                group(unit.map_or("", |it| &it.code), unit.map_or("", |it| &it.name), sums)
            })
            .collect();
        townships.sort_by(|a, b| a.key.cmp(&b.key));
        Preview {
            campaign: self.frame.campaign.code.clone(),
            item: self.frame.item.key.clone(),
            item_label: self.frame.item.label.clone(),
            base_date: self.frame.base.to_string(),
            layout: self.frame.layout.key.clone(),
            count: i64::try_from(self.drafts.len()).unwrap_or(i64::MAX),
            amount_fen: sum.0,
            capital: sum.capital(),
            by_class: by_class
                .into_iter()
                .map(|(class, sums)| group(class.code(), class.label(), sums))
                .collect(),
            by_township: townships,
            refused: self.refused.iter().map(|(it, count)| (*it, it.label(), *count)).collect(),
            checks: super::review::counts_of(&self.found),
        }
    }
}
