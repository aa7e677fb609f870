//! 经费和慰问品台账: entries kept and cancelled; how units stand; what has no signature; three ways side by side.

mod beside;
mod view;

pub use beside::{Difference, Kind as DifferenceKind, Reconciled, reconcile};
pub use view::{EntryView, Line, StockLine, Unsigned, View, paper, unsigned, view};

use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::ids::{CampaignId, FileId, LedgerEntryId, UnitId, VisitId};
use domain::ledger::{Entry, EntryKind, Ledger, LedgerError, Standing, Thing};
use domain::money::Fen;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use jiff::civil::Date;
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use store::Tx;
use store::ledger::EntryRow;

/// An entry as it is sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Made by whoever sends it.
    pub id: LedgerEntryId,
    /// Code of the campaign.
    pub campaign: String,
    /// Whose: code, name or alias.
    pub unit: String,
    /// What it says.
    pub kind: EntryKind,
    /// Name of the goods; empty for money.
    pub item: String,
    /// Fen or pieces.
    pub quantity: i64,
    /// The word for one piece.
    pub measure: String,
    /// Worth of goods, fen.
    pub value_fen: i64,
    /// For how many persons, 人.
    pub heads: Option<i64>,
    /// How much for each, fen.
    pub standard_fen: Option<i64>,
    /// The draw it belongs to.
    pub draw: Option<LedgerEntryId>,
    /// Who drew, who signed.
    pub person_name: String,
    /// Number of the voucher.
    pub voucher: String,
    /// The day.
    pub on: Date,
    /// Anything else.
    pub note: String,
    /// The signed list or voucher.
    pub file: Option<FileId>,
}

/// The longest text, in characters.
const LONGEST: usize = 200;

fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::LedgerRefused, message)
}

fn permission(kind: EntryKind) -> Permission {
    if kind.is_countys() { Permission::LedgerAllot } else { Permission::LedgerUse }
}

/// Keeps an entry. Sending the same again writes nothing and is `false`.
pub async fn put(app: &App, caller: &Caller, county: CountyCode, sent: Sent) -> Result<bool, Problem> {
    let scope = app.permit(caller, permission(sent.kind), county).await?;
    fits(app, &sent)?;
    let texts = [
        ("名称", &sent.item),
        ("经手人", &sent.person_name),
        ("凭证号", &sent.voucher),
        ("备注", &sent.note),
    ];
    guard::check_text(app, caller, county, &texts.map(|(name, text)| (name, text.as_str()))).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let campaign = crate::campaign::find(act, county, &sent.campaign).await?;
                let unit = crate::authority::unit_in(&units, &scope, Some(&sent.unit))?.id;
                let row = row(&inner, &caller, campaign.id, unit, &sent);
                if let Some(known) = store::ledger::get(act, county, sent.id).await? {
                    let same =
                        EntryRow { by_actor: row.by_actor.clone(), at_ms: row.at_ms, ..known.clone() } == row;
                    if same {
                        act.nothing_written();
                        return Ok(false);
                    }
                    return Err(Problem::new(Code::Conflict, "这个编号的登记已有不同内容，请换一个编号"));
                }
                let (ledger, _) = folded(act, county, campaign.id, &units).await?;
                let entry = entry(&row).ok_or_else(|| refused("登记的内容读不出来"))?;
                ledger.check(&entry).map_err(|error| refused(words(&error, &row)))?;
                store::ledger::add(act, county, &row).await?;
                let detail = json!({
                    "unit": row.unit_id, "kind": row.kind, "item": row.item, "quantity": row.quantity,
                    "on": row.on_date, "voucher": row.voucher,
                });
                act.audit(inner.entry(&caller, "ledger.put", "ledger_entry", &row.id, detail)).await?;
                Ok(true)
            })
        })
        .await
}

/// The error as the user counts: money in yuan, goods with their word.
fn words(error: &LedgerError, row: &EntryRow) -> String {
    let amount = |left: i64| {
        if row.item.is_empty() {
            format!("{} 元", Fen(left).yuan())
        } else {
            format!("{left} {}", row.measure)
        }
    };
    match error {
        LedgerError::Stock(left) => format!("库存的{}只有 {}，不够下拨", row.item, amount(*left)),
        LedgerError::Left { left, kind } => format!("只剩 {}，不够{}", amount(*left), kind.label()),
        LedgerError::InHand { left, kind } => {
            format!("这一笔现金手上只有 {}，不够{}", amount(*left), kind.label())
        }
        other => other.to_string(),
    }
}

fn fits(app: &App, sent: &Sent) -> Result<(), Problem> {
    if sent.on > app.today() {
        return Err(refused("日期晚于今天，请核对"));
    }
    for (name, text) in
        [("名称", &sent.item), ("经手人", &sent.person_name), ("凭证号", &sent.voucher), ("备注", &sent.note)]
    {
        if text.chars().count() > LONGEST {
            return Err(refused(format!("{name}超过 {LONGEST} 个字，请缩短")));
        }
    }
    let by_heads = sent.heads.zip(sent.standard_fen).map(|(heads, fen)| heads.saturating_mul(fen));
    if by_heads.is_some_and(|sum| sum != sent.quantity) && sent.item.is_empty() {
        let (sum, wanted) = (Fen(by_heads.unwrap_or_default()).yuan(), Fen(sent.quantity).yuan());
        return Err(refused(format!("人数乘标准是 {sum} 元，与金额 {wanted} 元不符")));
    }
    if matches!(sent.kind, EntryKind::Lose) && sent.note.trim().is_empty() {
        return Err(refused("缺失要写明原因"));
    }
    if matches!(sent.kind, EntryKind::Draw) && sent.person_name.trim().is_empty() {
        return Err(refused("领出现金要写明领款人"));
    }
    Ok(())
}

fn row(app: &App, caller: &Caller, campaign: CampaignId, unit: UnitId, sent: &Sent) -> EntryRow {
    let clean = |text: &str| domain::text::trim(text).to_owned();
    let item = clean(&sent.item);
    EntryRow {
        id: sent.id.to_string(),
        campaign_id: campaign.to_string(),
        unit_id: unit.to_string(),
        kind: sent.kind.code().to_owned(),
        measure: if item.is_empty() { "元".to_owned() } else { clean(&sent.measure) },
        item,
        quantity: sent.quantity,
        value_fen: sent.value_fen,
        heads: sent.heads,
        standard_fen: sent.standard_fen,
        draw_id: sent.draw.map(|id| id.to_string()),
        person_name: clean(&sent.person_name),
        voucher: clean(&sent.voucher),
        on_date: sent.on.to_string(),
        note: clean(&sent.note),
        file_id: sent.file.map(|id| id.to_string()),
        by_actor: caller.actor.clone(),
        at_ms: app.now_ms(),
        cancelled_by: None,
        cancelled_at_ms: None,
        cancel_reason: None,
    }
}

/// An entry of a row that counts.
fn entry(row: &EntryRow) -> Option<Entry> {
    Some(Entry {
        unit: row.unit_id.parse().ok()?,
        thing: if row.item.is_empty() { Thing::Money } else { Thing::Goods(row.item.clone()) },
        kind: EntryKind::from_code(&row.kind)?,
        quantity: row.quantity,
        draw: row.draw_id.clone(),
        id: row.id.clone(),
    })
}

/// The ledger of a campaign with its entries. What a village's visits used is its township's.
async fn folded(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: &UnitTree,
) -> Result<(Ledger, Vec<EntryRow>), Problem> {
    let used = store::ledger::used(tx, county, campaign).await?;
    let used: Vec<(UnitId, i64)> =
        used.into_iter().map(|(unit, fen)| (units.township_of(unit).map_or(unit, |it| it.id), fen)).collect();
    let mut ledger = Ledger::of_use(&used);
    let rows = store::ledger::list(tx, county, campaign).await?;
    for entry in rows.iter().filter(|row| row.cancelled_at_ms.is_none()).filter_map(entry) {
        ledger.add(&entry);
    }
    Ok((ledger, rows))
}

/// What these townships have left of 县级下拨, fen, as if the visits `without` were not there; empty when the campaign
/// hands no money down.
pub(crate) async fn money_left(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: &UnitTree,
    of: &HashSet<UnitId>,
    without: Option<&HashSet<VisitId>>,
) -> Result<BTreeMap<UnitId, i64>, Problem> {
    let rows = store::ledger::list(tx, county, campaign).await?;
    let entries: Vec<Entry> = rows
        .iter()
        .filter(|row| row.cancelled_at_ms.is_none())
        .filter_map(entry)
        .filter(|it| it.thing == Thing::Money)
        .collect();
    if !entries.iter().any(|it| it.kind == EntryKind::Allot) {
        return Ok(BTreeMap::new());
    }
    let township = |unit: UnitId| units.township_of(unit).map_or(unit, |it| it.id);
    let below: Vec<UnitId> =
        units.all().iter().map(|unit| unit.id).filter(|id| of.contains(&township(*id))).collect();
    let without: Vec<VisitId> = without.into_iter().flatten().copied().collect();
    let used = store::ledger::used_by(tx, county, campaign, &below, &without).await?;
    let used: Vec<(UnitId, i64)> = used.into_iter().map(|(unit, fen)| (township(unit), fen)).collect();
    let mut ledger = Ledger::of_use(&used);
    for entry in &entries {
        ledger.add(entry);
    }
    let left = |unit: &UnitId| ledger.units.get(&(*unit, Thing::Money)).map_or(0, Standing::left);
    Ok(of.iter().map(|unit| (*unit, left(unit))).collect())
}

/// Cancels an entry, as long as nothing hangs on it.
pub async fn cancel(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: LedgerEntryId,
    reason: &str,
) -> Result<(), Problem> {
    app.permit(caller, Permission::LedgerRead, county).await?;
    let reason = domain::text::trim(reason).to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST {
        return Err(refused(format!("撤销要写明理由，至多 {LONGEST} 个字")));
    }
    guard::check_text(app, caller, county, &[("理由", &reason)]).await?;
    let missing = || Problem::new(Code::NotFound, "没有这条登记，或不在您的权限范围内");
    let found = {
        let mut tx = app.db.read().await?;
        store::ledger::get(&mut tx, county, id).await?.ok_or_else(missing)?
    };
    let kind = EntryKind::from_code(&found.kind).ok_or_else(missing)?;
    let scope: Scope = app.permit(caller, permission(kind), county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let row = store::ledger::get(act, county, id).await?.ok_or_else(missing)?;
                let unit: UnitId = row.unit_id.parse().map_err(|_| missing())?;
                if !scope.covers(&units, unit) {
                    return Err(missing());
                }
                if row.cancelled_at_ms.is_some() {
                    act.nothing_written();
                    return Ok(());
                }
                let campaign = row.campaign_id.parse().map_err(|_| missing())?;
                let (ledger, _) = folded(act, county, campaign, &units).await?;
                let entry = entry(&row).ok_or_else(missing)?;
                ledger.check_without(&entry).map_err(|error| refused(words(&error, &row)))?;
                store::ledger::cancel(act, county, id, (&caller.actor, inner.now_ms(), &reason)).await?;
                let detail = json!({ "unit": row.unit_id, "kind": row.kind, "quantity": row.quantity });
                act.audit(inner.entry(&caller, "ledger.cancel", "ledger_entry", &row.id, detail)).await?;
                Ok(())
            })
        })
        .await
}
