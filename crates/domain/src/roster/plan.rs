//! What an import would do: add, change field by field, leave, and who is not in the file.

use super::{Person, RosterColumn, RosterRow};
use crate::finding::Counts;
use crate::ids::{PersonId, UnitId};
use crate::mask;
use crate::person::{Identity, PersonStatus};
use crate::unit::UnitTree;
use std::collections::HashSet;
use std::fmt;

/// One field that takes a new value.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The column's code, e.g. `village`.
    pub field: &'static str,
    /// The column's title.
    pub title: &'static str,
    /// What is stored, as people read it; empty when nothing was known.
    pub before: String,
    /// What the row says.
    pub after: String,
    /// Whether both texts are to be sealed when stored and masked when shown.
    pub is_protected: bool,
}

impl fmt::Debug for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| if self.is_protected { mask::account(text) } else { text.to_owned() };
        write!(f, "{}: {} -> {}", self.field, shown(&self.before), shown(&self.after))
    }
}

/// What becomes of one row that passed the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A new person.
    Add(RosterRow),
    /// A known person takes new values.
    Change {
        /// Who.
        person: PersonId,
        /// Each field that differs, in the order of the columns.
        fields: Vec<FieldChange>,
        /// The record afterwards.
        merged: Person,
    },
    /// The roster says the same already.
    Unchanged(PersonId),
}

impl Step {
    /// Decides on a row; `stored` is the person with the row's number, when there is one.
    #[must_use]
    pub fn decide(stored: Option<(PersonId, &Person)>, row: RosterRow, units: &UnitTree) -> Self {
        let Some((person, stored)) = stored else { return Self::Add(row) };
        if is_unchanged(stored, &row) {
            return Self::Unchanged(person);
        }
        let merged = apply(stored, &row);
        Self::Change { person, fields: differences(stored, &merged, units), merged }
    }
}

/// The whole import before anything is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Rows by what becomes of them.
    pub counts: Counts,
    /// The steps that write something, in the order of the file.
    pub steps: Vec<Step>,
    /// Persons on the roster whom no row names. They stay as they are.
    pub not_in_file: Vec<PersonId>,
    named: HashSet<PersonId>,
}

impl Plan {
    /// Takes the decision on one row.
    pub fn take(&mut self, step: Step) {
        self.counts.read += 1;
        match &step {
            Step::Add(_) => self.counts.added += 1,
            Step::Change { person, .. } => {
                self.counts.changed += 1;
                self.named.insert(*person);
            }
            Step::Unchanged(person) => {
                self.counts.unchanged += 1;
                self.named.insert(*person);
                return;
            }
        }
        self.steps.push(step);
    }

    /// Counts a refused row. A person whom it names is in the file, although the row was not taken.
    pub fn refuse(&mut self, person: Option<PersonId>) {
        self.counts.read += 1;
        self.counts.refused += 1;
        self.named.extend(person);
    }

    /// Lists who of the roster is not in the file, once all rows are in; an empty file leaves out nobody.
    pub fn finish(&mut self, roster: impl IntoIterator<Item = PersonId>) {
        if self.counts.read == 0 {
            return;
        }
        self.not_in_file = roster.into_iter().filter(|person| !self.named.contains(person)).collect();
    }
}

/// A new person from a row: 正常 and without allowance unless the row says otherwise.
#[must_use]
pub fn create(row: &RosterRow) -> Person {
    Person {
        name: row.name.clone(),
        citizen: row.citizen,
        sex: row.sex.unwrap_or_else(|| row.citizen.sex()),
        ethnicity: row.ethnicity.clone(),
        township_id: row.township_id,
        village_id: row.village_id,
        household: row.household.clone(),
        certificate: row.certificate.clone(),
        address: row.address.clone(),
        phone: row.phone.clone(),
        allowance: row.allowance.unwrap_or(false),
        bank_name: row.bank_name.clone(),
        account: row.account.clone(),
        account_name: row.account_name.clone(),
        status: row.status.unwrap_or(PersonStatus::Normal),
        stopped_on: row.stopped_on,
        hardship: row.hardship.clone().unwrap_or_default(),
        hardship_text: row.hardship_text.clone(),
        note: row.note.clone(),
        identities: row.identities.clone(),
    }
}

/// The stored record with what the row says. The number stays: it is how the person was found.
#[must_use]
pub fn apply(stored: &Person, row: &RosterRow) -> Person {
    let (hardship, hardship_text) = match &row.hardship {
        Some(marks) => (marks.clone(), row.hardship_text.clone()),
        None => (stored.hardship.clone(), stored.hardship_text.clone()),
    };
    Person {
        name: row.name.clone(),
        citizen: stored.citizen,
        sex: row.sex.unwrap_or(stored.sex),
        ethnicity: newer(stored.ethnicity.as_ref(), row.ethnicity.as_ref()),
        township_id: row.township_id,
        village_id: village(stored, row),
        household: newer(stored.household.as_ref(), row.household.as_ref()),
        certificate: newer(stored.certificate.as_ref(), row.certificate.as_ref()),
        address: newer(stored.address.as_ref(), row.address.as_ref()),
        phone: newer(stored.phone.as_ref(), row.phone.as_ref()),
        allowance: row.allowance.unwrap_or(stored.allowance),
        bank_name: newer(stored.bank_name.as_ref(), row.bank_name.as_ref()),
        account: newer(stored.account.as_ref(), row.account.as_ref()),
        account_name: newer(stored.account_name.as_ref(), row.account_name.as_ref()),
        status: row.status.unwrap_or(stored.status),
        stopped_on: row.stopped_on.or(stored.stopped_on),
        hardship,
        hardship_text,
        note: newer(stored.note.as_ref(), row.note.as_ref()),
        identities: row.identities.iter().map(|identity| known_better(identity, stored)).collect(),
    }
}

/// The fields a row would change, in the order of the columns; empty when the roster says the same.
#[must_use]
pub fn compare(stored: &Person, row: &RosterRow, units: &UnitTree) -> Vec<FieldChange> {
    if is_unchanged(stored, row) { Vec::new() } else { differences(stored, &apply(stored, row), units) }
}

/// Whether `apply` would change nothing; without building the record, as most rows of a re-import are the same.
fn is_unchanged(stored: &Person, row: &RosterRow) -> bool {
    stored.name == row.name
        && says(row.sex.as_ref(), &stored.sex)
        && agrees(stored.ethnicity.as_ref(), row.ethnicity.as_ref())
        && stored.township_id == row.township_id
        && stored.village_id == village(stored, row)
        && agrees(stored.household.as_ref(), row.household.as_ref())
        && agrees(stored.certificate.as_ref(), row.certificate.as_ref())
        && agrees(stored.address.as_ref(), row.address.as_ref())
        && agrees(stored.phone.as_ref(), row.phone.as_ref())
        && says(row.allowance.as_ref(), &stored.allowance)
        && agrees(stored.bank_name.as_ref(), row.bank_name.as_ref())
        && agrees(stored.account.as_ref(), row.account.as_ref())
        && agrees(stored.account_name.as_ref(), row.account_name.as_ref())
        && says(row.status.as_ref(), &stored.status)
        && agrees(stored.stopped_on.as_ref(), row.stopped_on.as_ref())
        && row
            .hardship
            .as_ref()
            .is_none_or(|marks| *marks == stored.hardship && row.hardship_text == stored.hardship_text)
        && agrees(stored.note.as_ref(), row.note.as_ref())
        && stored.identities.len() == row.identities.len()
        && row.identities.iter().zip(&stored.identities).all(|(new, old)| {
            new.class == old.class
                && new.grade.is_none_or(|grade| Some(grade) == old.grade)
                && new.nature.is_none_or(|nature| Some(nature) == old.nature)
        })
}

fn says<T: PartialEq>(row: Option<&T>, stored: &T) -> bool {
    row.is_none_or(|value| value == stored)
}

fn agrees<T: PartialEq>(stored: Option<&T>, row: Option<&T>) -> bool {
    row.is_none() || row == stored
}

fn newer<T: Clone>(stored: Option<&T>, row: Option<&T>) -> Option<T> {
    row.or(stored).cloned()
}

/// A stored village stays only within its township.
fn village(stored: &Person, row: &RosterRow) -> Option<UnitId> {
    row.village_id.or(if stored.township_id == row.township_id { stored.village_id } else { None })
}

/// An empty grade or nature keeps the stored one of the same class.
fn known_better(identity: &Identity, stored: &Person) -> Identity {
    let old = stored.identities.iter().find(|old| old.class == identity.class);
    Identity {
        class: identity.class,
        grade: identity.grade.or(old.and_then(|old| old.grade)),
        nature: identity.nature.or(old.and_then(|old| old.nature)),
    }
}

/// The fields in which two records of one person differ, in the order of the columns.
#[must_use]
pub fn differences(before: &Person, after: &Person, units: &UnitTree) -> Vec<FieldChange> {
    RosterColumn::ALL
        .iter()
        .filter(|column| differs(**column, before, after))
        .map(|column| FieldChange {
            field: column.code(),
            title: column.label(),
            before: before.text(*column, units),
            after: after.text(*column, units),
            is_protected: column.is_protected()
                || (*column == RosterColumn::Hardship
                    && (before.hardship_text.is_some() || after.hardship_text.is_some())),
        })
        // A grade that goes over to another class reads the same; the class says what changed.
        .filter(|change| change.is_protected || change.before != change.after)
        .collect()
}

fn differs(column: RosterColumn, a: &Person, b: &Person) -> bool {
    use RosterColumn as C;
    let identities = |differ: fn(&Identity, &Identity) -> bool| {
        a.identities.len() != b.identities.len()
            || a.identities.iter().zip(&b.identities).any(|(old, new)| differ(old, new))
    };
    match column {
        C::Name => a.name != b.name,
        C::Citizen => a.citizen != b.citizen,
        C::Sex => a.sex != b.sex,
        C::Ethnicity => a.ethnicity != b.ethnicity,
        C::Class => identities(|old, new| old.class != new.class),
        C::Grade => graded(a, |it| it.grade) != graded(b, |it| it.grade),
        C::Nature => graded(a, |it| it.nature) != graded(b, |it| it.nature),
        C::Certificate => a.certificate != b.certificate,
        C::Household => a.household != b.household,
        C::Township => a.township_id != b.township_id,
        C::Village => a.village_id != b.village_id,
        C::Address => a.address != b.address,
        C::Phone => a.phone != b.phone,
        C::Allowance => a.allowance != b.allowance,
        C::BankName => a.bank_name != b.bank_name,
        C::Account => a.account != b.account,
        C::AccountName => a.account_name != b.account_name,
        C::Status => a.status != b.status,
        C::StoppedOn => a.stopped_on != b.stopped_on,
        C::Hardship => a.hardship != b.hardship || a.hardship_text != b.hardship_text,
        C::Note => a.note != b.note,
    }
}

/// A part of the identities that only some of them have, with the class it belongs to.
fn graded<T>(person: &Person, part: fn(&Identity) -> Option<T>) -> Vec<(crate::person::PersonClass, T)> {
    person.identities.iter().filter_map(|it| part(it).map(|value| (it.class, value))).collect()
}
