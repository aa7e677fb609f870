//! Gathers what the checks look at, for drafts and for lines that stand already.

use super::plan::{Draft, Frame};
use crate::{App, Problem};
use domain::bank::{AccountDoubt, BankAccount};
use domain::money::Fen;
use domain::payment::check::{Found, Limits, LineFacts, ListKind, look as look_at};
use domain::payment::{Check, Payment};
use domain::region::CountyCode;
use domain::text::squeeze;
use formats::bank::Layout;
use jiff::civil::Date;
use std::collections::HashMap;
use store::Tx;
use store::payment::facts::Payee;
use store::payment::line::LineRow;

/// What others say of the humans of a batch.
pub(crate) struct Sources {
    /// Number → kind of list and its source.
    listed: HashMap<String, Vec<(ListKind, String)>>,
    /// Number → labels of other items with a claim.
    others: HashMap<String, Vec<String>>,
    /// Number → names of other counties.
    counties: HashMap<String, Vec<String>>,
    /// What live lines of other batches of the item cost.
    spent_fen: Fen,
}

impl Sources {
    pub(crate) async fn load(
        tx: &mut Tx,
        county: CountyCode,
        frame: &Frame,
        payees: &[Payee],
        drafts: &[Draft],
    ) -> Result<Self, Problem> {
        let numbers: Vec<&str> =
            drafts.iter().map(|draft| payees[draft.payee].citizen_index.as_str()).collect();
        Self::of(tx, county, frame, &numbers, "").await
    }

    /// For these numbers; `but` is a batch whose own lines do not count as spent.
    pub(crate) async fn of(
        tx: &mut Tx,
        county: CountyCode,
        frame: &Frame,
        numbers: &[&str],
        but: &str,
    ) -> Result<Self, Problem> {
        let mut listed: HashMap<String, Vec<(ListKind, String)>> = HashMap::new();
        for (number, kind, source) in store::payment::beside::listed(tx, county, numbers).await? {
            if let Some(kind) = ListKind::from_code(&kind) {
                let all = listed.entry(number).or_default();
                // The newest list of a kind speaks.
                all.retain(|it| it.0 != kind);
                all.push((kind, source));
            }
        }
        let mut others: HashMap<String, Vec<String>> = HashMap::new();
        for (item, number, _) in store::payment::claim::of_campaign(tx, county, frame.campaign.id).await? {
            if item != frame.item.key {
                let label = frame.campaign.template.payments.iter().find(|it| it.key == item);
                let label = label.map_or(item.clone(), |it| it.label.clone());
                others.entry(number).or_default().push(label);
            }
        }
        let mut counties: HashMap<String, Vec<String>> = HashMap::new();
        for (number, other) in store::payment::beside::twins(tx, county).await? {
            counties.entry(number).or_default().push(county_name(&other));
        }
        let spent_fen =
            store::payment::batch::spent(tx, county, frame.campaign.id, &frame.item.key, but).await?;
        Ok(Self { listed, others, counties, spent_fen })
    }
}

/// A county's name by its code, as the national codes have it.
pub(crate) fn county_name(code: &str) -> String {
    formats::division::county(code).map_or_else(|_| code.to_owned(), |it| it.name)
}

/// The name under which the bank knows a person, and whether it was given by hand.
pub(crate) fn payee_name(payee: &Payee) -> (String, bool) {
    if let Some(spelling) = &payee.spelling {
        return (spelling.clone(), true);
    }
    let name = payee.account_name.as_deref().filter(|it| !it.trim().is_empty()).unwrap_or(&payee.name);
    (squeeze(name).into_owned(), false)
}

/// The accounts of persons in clear, in their order; the work is shared between the cores.
pub(crate) fn accounts(
    app: &App,
    county: CountyCode,
    payees: &[&Payee],
) -> Result<Vec<Option<BankAccount>>, Problem> {
    let open = |payee: &&Payee| -> Result<Option<BankAccount>, Problem> {
        let Some(sealed) = &payee.account_sealed else { return Ok(None) };
        let (key, field) = (payee.key_sealed.as_deref(), ("account", sealed.as_str()));
        Ok(BankAccount::new(&store::person::open_field((&app.sealer, county), payee.id, key, field)?))
    };
    shared(payees, open)
}

/// Runs work over a list on two threads when it is long.
pub(crate) fn shared<I: Sync, O: Send>(
    list: &[I],
    work: impl Fn(&I) -> Result<O, Problem> + Sync,
) -> Result<Vec<O>, Problem> {
    const LONG: usize = 2_000;
    if list.len() < LONG {
        return list.iter().map(work).collect();
    }
    let (first, second) = list.split_at(list.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| second.iter().map(&work).collect::<Result<Vec<O>, Problem>>());
        let mut all = first.iter().map(&work).collect::<Result<Vec<O>, Problem>>()?;
        all.extend(other.join().map_err(|_| crate::interrupted())??);
        Ok(all)
    })
}

/// Whether the person was still entitled on the base date.
fn is_after(stopped_on: Option<Date>, base: Date) -> bool {
    stopped_on.is_some_and(|day| day > base)
}

/// The findings of drafts.
pub(crate) fn look(
    app: &App,
    county: CountyCode,
    frame: &Frame,
    payees: &[Payee],
    drafts: &[Draft],
    sources: &Sources,
) -> Result<Vec<Found>, Problem> {
    let of: Vec<&Payee> = drafts.iter().map(|draft| &payees[draft.payee]).collect();
    let accounts = accounts(app, county, &of)?;
    let names: Vec<(String, bool)> = of.iter().map(|payee| payee_name(payee)).collect();
    let facts: Vec<LineFacts<'_>> = drafts
        .iter()
        .enumerate()
        .map(|(place, draft)| {
            let payee = of[place];
            let doubt = accounts[place].as_ref().and_then(BankAccount::doubt);
            let name = (names[place].0.as_str(), names[place].1);
            let account = payee.account_index.as_deref().unwrap_or_default();
            one(frame, sources, payee, name, (account, doubt, false), draft.amount_fen)
        })
        .collect();
    Ok(weigh(&frame.item, &facts, sources))
}

/// The findings of lines that stand, against the roster as it is now.
pub(crate) fn look_again(
    app: &App,
    county: CountyCode,
    frame: &Frame,
    lines: &[LineRow],
    payees: &HashMap<String, Payee>,
    sources: &Sources,
) -> Result<Vec<Found>, Problem> {
    let open = |line: &LineRow| -> Result<Option<AccountDoubt>, Problem> {
        let account = line.account(&app.sealer, county)?;
        Ok(BankAccount::new(&account).as_ref().and_then(BankAccount::doubt))
    };
    let doubts = shared(lines, open)?;
    let facts: Vec<LineFacts<'_>> = lines
        .iter()
        .zip(doubts)
        .filter_map(|(line, doubt)| {
            let payee = payees.get(&line.person_id)?;
            let name = (line.payee.as_str(), line.has_spelling == 1);
            let account = line.account_index.as_deref().unwrap_or_default();
            let changed = payee.account_index.as_deref().unwrap_or_default() != account
                || payee_name(payee).0 != line.payee;
            Some(one(frame, sources, payee, name, (account, doubt, changed), line.amount()))
        })
        .collect();
    Ok(weigh(&frame.item, &facts, sources))
}

fn one<'a>(
    frame: &Frame,
    sources: &'a Sources,
    payee: &'a Payee,
    (name, has_spelling): (&'a str, bool),
    (account, doubt, account_changed): (&'a str, Option<AccountDoubt>, bool),
    amount_fen: Fen,
) -> LineFacts<'a> {
    let number = payee.citizen_index.as_str();
    let texts = |map: &'a HashMap<String, Vec<String>>| -> Vec<&'a str> {
        map.get(number).map(|all| all.iter().map(String::as_str).collect()).unwrap_or_default()
    };
    let listed = sources.listed.get(number);
    LineFacts {
        name: &payee.name,
        payee: name,
        has_spelling,
        birth: &payee.birth,
        account,
        doubt,
        payee_fault: fault(&frame.layout, name),
        status: payee.status,
        is_after_base: is_after(payee.stopped_on, frame.base),
        account_changed,
        listed: listed.map(|all| all.iter().map(|it| (it.0, it.1.as_str())).collect()).unwrap_or_default(),
        other_items: texts(&sources.others),
        other_counties: texts(&sources.counties),
        amount_fen,
    }
}

fn fault(layout: &Layout, name: &str) -> Option<Check> {
    formats::bank::fault(layout, name)
}

fn weigh(item: &Payment, facts: &[LineFacts<'_>], sources: &Sources) -> Vec<Found> {
    let limits = Limits { cap_fen: item.cap_fen, budget_fen: item.budget_fen, spent_fen: sources.spent_fen };
    look_at(facts, limits, |check| item.weight(check))
}
