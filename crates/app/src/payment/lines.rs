//! Lines in pages, masked, with what was found in them.

use super::load;
use crate::authority::{shows_name, unit_in};
use crate::page::{Asked, Page};
use crate::within::{units_below, units_of};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::mask;
use domain::payment::{Check, FailureReason, LineState, Refusal};
use domain::person::PersonClass;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use serde::Serialize;
use std::collections::HashMap;
use store::payment::finding::FindingRow;
use store::payment::line::{Filter, LineRow};

/// Which lines are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedLines {
    /// Of this batch (code or id).
    pub batch: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// With this reason.
    pub reason: Option<String>,
    /// With a finding of this check.
    pub check: Option<String>,
    /// Of a township or village.
    pub unit: Option<String>,
    /// Of a person.
    pub person: Option<String>,
    /// Only what came back and is neither paid again nor given up.
    pub is_open_return: bool,
    /// Names in full, where the caller may see them.
    pub full_names: bool,
}

/// A remark on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// Code of the check.
    pub check: String,
    /// In words.
    pub label: &'static str,
    /// Code of the weight.
    pub weight: String,
    /// What exactly.
    pub detail: String,
    /// What is to be done.
    pub advice: &'static str,
    /// With which reason it passes.
    pub pass_reason: Option<String>,
    /// Who let it pass.
    pub passed_by: Option<String>,
}

/// A line as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// Identity.
    pub id: String,
    /// Code of its batch.
    pub batch: String,
    /// Number in the batch.
    pub seq: i64,
    /// Whom it pays.
    pub person: String,
    /// Name; masked unless it was asked for in full and may be seen.
    pub name: String,
    /// Name for the bank, likewise.
    pub payee: String,
    /// Whether the name for the bank was given by hand.
    pub has_spelling: bool,
    /// The class in words.
    pub class: &'static str,
    /// Township: code and name.
    pub township: (String, String),
    /// Village: code and name.
    pub village: Option<(String, String)>,
    /// How much, fen.
    pub amount_fen: i64,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 账号, masked.
    pub account: String,
    /// Where it stands.
    pub state: LineState,
    /// In words.
    pub state_label: &'static str,
    /// Code of why it came back.
    pub reason: Option<&'static str>,
    /// In words.
    pub reason_label: Option<&'static str>,
    /// What is to be done.
    pub advice: Option<&'static str>,
    /// The bank's words.
    pub bank_text: Option<String>,
    /// The bank's day.
    pub bank_date: Option<String>,
    /// The bank's number.
    pub serial: Option<String>,
    /// Why it was given up.
    pub note: Option<String>,
    /// The returned line it pays again.
    pub repays: Option<String>,
    /// The line that pays it again.
    pub repaid_by: Option<String>,
    /// What was found in it.
    pub findings: Vec<FindingView>,
}

/// One page of the lines that the caller may see.
pub async fn lines(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &WantedLines,
    asked: &Asked,
) -> Result<Page<LineView>, Problem> {
    let scope = app.permit(caller, Permission::PaymentRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<(String, i64, String)> = asked.after(app, county, "payment_line")?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let mut codes: HashMap<String, String> = HashMap::new();
    let batch = match &wanted.batch {
        Some(word) => {
            let batch = load(&mut tx, county, word).await?;
            codes.insert(batch.id.clone(), batch.code);
            Some(batch.id)
        }
        None => None,
    };
    let filter = filter(wanted, batch, &scope, &units)?;
    let rows = store::payment::line::list(&mut tx, county, &filter, after.as_ref(), limit + 1).await?;
    for row in &rows {
        if !codes.contains_key(&row.batch_id)
            && let Some(batch) = store::payment::batch::get(&mut tx, county, &row.batch_id).await?
        {
            codes.insert(batch.id, batch.code);
        }
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let found = store::payment::finding::of_lines(&mut tx, county, &ids).await?;
    let names = if wanted.full_names { caller.names(county) } else { None };
    let show = Show { app, county, units: &units, names: names.as_ref(), codes: &codes };
    Page::cut(
        app,
        (county, "payment_line"),
        rows,
        limit,
        |row| (row.batch_id.clone(), row.seq, row.id.clone()),
        |row| show.line(&row, &found),
    )
}

fn filter(
    wanted: &WantedLines,
    batch: Option<String>,
    scope: &Scope,
    units: &UnitTree,
) -> Result<Filter, Problem> {
    let known = |word: &Option<String>, is: fn(&str) -> bool, what: &str| match word {
        Some(word) if !is(word) => Err(Problem::new(Code::BadRequest, format!("{what}“{word}”不认识"))),
        _ => Ok(()),
    };
    known(&wanted.state, |it| LineState::from_code(it).is_some(), "状态")?;
    known(&wanted.reason, |it| FailureReason::from_code(it).is_some(), "退票原因")?;
    known(&wanted.check, |it| Check::from_code(it).is_some(), "检查")?;
    let within = match &wanted.unit {
        Some(word) => Some(units_below(scope, units, unit_in(units, scope, Some(word))?.id)),
        None => units_of(scope, units),
    };
    Ok(Filter {
        batch,
        state: wanted.state.clone(),
        reason: wanted.reason.clone(),
        units: within.map(|ids| ids.iter().map(ToString::to_string).collect()),
        check: wanted.check.clone(),
        is_open_return: wanted.is_open_return,
        person: wanted.person.clone(),
    })
}

struct Show<'a> {
    app: &'a App,
    county: CountyCode,
    units: &'a UnitTree,
    names: Option<&'a Scope>,
    codes: &'a HashMap<String, String>,
}

impl Show<'_> {
    fn unit(&self, id: &str) -> Option<(String, String)> {
        let unit = self.units.get(id.parse().ok()?)?;
        Some((unit.code.clone(), unit.name.clone()))
    }

    fn line(&self, row: &LineRow, found: &[FindingRow]) -> Result<LineView, Problem> {
        let state = row.state()?;
        let home = row.village_id.as_ref().unwrap_or(&row.township_id).parse().ok();
        let is_shown = home.is_some_and(|home| shows_name(self.names, self.units, home));
        let name = |name: &str| if is_shown { name.to_owned() } else { mask::name(name) };
        let reason = row.reason.as_deref().and_then(FailureReason::from_code);
        Ok(LineView {
            batch: self.codes.get(&row.batch_id).cloned().unwrap_or_default(),
            seq: row.seq,
            person: row.person_id.clone(),
            name: name(&row.name),
            payee: name(&row.payee),
            has_spelling: row.has_spelling == 1,
            class: PersonClass::from_code(&row.class).map_or("", PersonClass::label),
            township: self.unit(&row.township_id).unwrap_or_default(),
            village: row.village_id.as_deref().and_then(|id| self.unit(id)),
            amount_fen: row.amount_fen,
            bank_name: row.bank_name.clone(),
            account: mask::account(&row.account(&self.app.sealer, self.county)?),
            state,
            state_label: state.label(),
            reason: reason.map(FailureReason::code),
            reason_label: reason.map(FailureReason::label),
            advice: reason.map(FailureReason::advice),
            bank_text: row.bank_text.clone(),
            bank_date: row.bank_date.clone(),
            serial: row.serial.clone(),
            note: row.note.clone(),
            repays: row.repays_id.clone(),
            repaid_by: row.repaid_by_id.clone(),
            findings: found.iter().filter(|it| it.line_id.as_ref() == Some(&row.id)).map(finding).collect(),
            id: row.id.clone(),
        })
    }
}

fn finding(row: &FindingRow) -> FindingView {
    let check = Check::from_code(&row.check_code);
    FindingView {
        check: row.check_code.clone(),
        label: check.map_or("", Check::label),
        weight: row.weight.clone(),
        detail: row.detail.clone(),
        advice: check.map_or("", Check::advice),
        pass_reason: row.pass_reason.clone(),
        passed_by: row.passed_by.clone(),
    }
}

/// A person without a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedView {
    /// Who.
    pub person: String,
    /// Name, masked.
    pub name: String,
    /// Township or village: code and name.
    pub unit: (String, String),
    /// Code of why.
    pub reason: String,
    /// In words.
    pub reason_label: &'static str,
}

/// Persons whom the rule refused by name when a batch was made.
pub async fn refusals(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
    asked: &Asked,
) -> Result<Page<RefusedView>, Problem> {
    let scope = app.permit(caller, Permission::PaymentRead, county).await?;
    let limit = asked.limit()?;
    let after: Option<String> = asked.after(app, county, "payment_refusal")?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let batch = load(&mut tx, county, batch).await?;
    let mut rows = Vec::new();
    let mut from = after.unwrap_or_default();
    // Those of other units are passed over until the page is full.
    loop {
        let some = store::payment::refusals(&mut tx, county, &batch.id, &from, 500).await?;
        let is_last = some.len() < 500;
        from = some.last().map(|row| row.person_id.clone()).unwrap_or_default();
        rows.extend(some.into_iter().filter(|row| {
            let home = row.village_id.as_ref().unwrap_or(&row.township_id).parse();
            home.is_ok_and(|home| scope.covers(&units, home))
        }));
        if is_last || rows.len() > limit {
            break;
        }
    }
    Page::cut(
        app,
        (county, "payment_refusal"),
        rows,
        limit,
        |row| row.person_id.clone(),
        |row| {
            let home = row.village_id.as_ref().unwrap_or(&row.township_id);
            let unit = home.parse().ok().and_then(|id| units.get(id));
            Ok(RefusedView {
                name: mask::name(&row.name),
                unit: unit.map(|unit| (unit.code.clone(), unit.name.clone())).unwrap_or_default(),
                reason_label: Refusal::from_code(&row.reason).map_or("", Refusal::label),
                reason: row.reason,
                person: row.person_id,
            })
        },
    )
}
