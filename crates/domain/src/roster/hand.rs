//! One person written by hand: what a form says is held against the same rules as a row of a file. A file keeps what it
//! cannot read out of the record and goes on; a form says so and waits, for nothing that was typed may be lost.

use super::{Checker, Person, RosterColumn as C, RosterRow, codes, plan};
use crate::finding::{RowFinding, Severity};
use crate::person::{Hardship, Identity};
use crate::sheet::{Cell, RawRow};
use crate::unit::UnitTree;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody typed. A field that is left out stays as it is stored; an empty one is cleared.
#[derive(Clone, Default)]
pub struct Form {
    /// By column, as typed: all but classes and hardship.
    pub cells: BTreeMap<C, String>,
    /// 优抚类别 with grade and nature.
    pub identities: Option<Vec<Identity>>,
    /// 特殊困难
    pub hardship: Option<Vec<Hardship>>,
    /// 特殊困难 in words.
    pub hardship_text: Option<String>,
}

/// A remark on one field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFinding {
    /// Which.
    pub column: C,
    /// Refused, warning or note.
    pub severity: Severity,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the record as it is stored has this remark already: nobody needs to accept it again.
    pub is_known: bool,
}

/// What became of a form.
#[derive(Debug)]
pub struct Filled {
    /// The record afterwards; `None` when something is refused.
    pub person: Option<Person>,
    /// Remarks in the order of the columns.
    pub findings: Vec<FieldFinding>,
}

impl Filled {
    /// Whether somebody has to say that it is meant so.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.findings.iter().any(|it| it.severity == Severity::Warning && !it.is_known)
    }
}

/// The longest name, and the longest other text, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST_TEXT: usize = 500;

/// What a file warns of and leaves out: a form refuses it.
const LEFT_OUT: &[&str] = &[
    codes::SEX_UNKNOWN,
    codes::GRADE_UNKNOWN,
    codes::GRADE_WITHOUT_CLASS,
    codes::NATURE_UNKNOWN,
    codes::VILLAGE_UNKNOWN,
    codes::VILLAGE_ELSEWHERE,
    codes::ALLOWANCE_UNKNOWN,
    codes::STATUS_UNKNOWN,
    codes::STOPPED_ON_UNREADABLE,
    codes::STOPPED_ON_IMPOSSIBLE,
    codes::HARDSHIP_UNKNOWN,
    codes::PHONE_DAMAGED,
    codes::NUMBER_DAMAGED,
];

/// Holds a form against the rules. `stored` is the record that is changed; a new person has none.
#[must_use]
pub fn fill(form: &Form, stored: Option<&Person>, units: &UnitTree, today: Date) -> Filled {
    let mut findings = too_long(form);
    findings.extend(wrong_classes(form));
    let (row, found) = check(&raw(form, stored, units), units, today);
    findings.extend(found);
    if let Some(stored) = stored {
        let untouched = raw(&Form::default(), Some(stored), units);
        let known: BTreeSet<(C, &str)> =
            check(&untouched, units, today).1.into_iter().map(|it| (it.column, it.code)).collect();
        for finding in &mut findings {
            finding.is_known = known.contains(&(finding.column, finding.code));
        }
    }
    let person = row.filter(|_| findings.iter().all(|it| it.severity != Severity::Refused));
    let person = person.map(|row| settle(form, stored, &row));
    if let (Some(person), Some(stored)) = (&person, stored)
        && person.citizen != stored.citizen
    {
        let message = "公民身份号码与原来的不同：只用于更正录错的号码；如是另一个人，请新增".to_owned();
        findings.push(finding(C::Citizen, Severity::Warning, codes::CITIZEN_CHANGED, message));
    }
    findings.sort_by_key(|it| it.column);
    Filled { person, findings }
}

fn finding(column: C, severity: Severity, code: &'static str, message: String) -> FieldFinding {
    FieldFinding { column, severity, code, message, is_known: false }
}

fn check(raw: &RawRow, units: &UnitTree, today: Date) -> (Option<RosterRow>, Vec<FieldFinding>) {
    let mut findings = Vec::new();
    let row = Checker::new(units, today).check(raw, &mut findings).ok();
    (row, findings.iter().filter_map(of_form).collect())
}

/// A remark of the row as one of the form.
fn of_form(found: &RowFinding) -> Option<FieldFinding> {
    let column = C::ALL.iter().copied().find(|column| Some(column.label()) == found.column)?;
    // Classes come with their grade and nature: there is one field for the three.
    let column = if matches!(column, C::Grade | C::Nature) { C::Class } else { column };
    let severity = if LEFT_OUT.contains(&found.code) { Severity::Refused } else { found.severity };
    Some(finding(column, severity, found.code, said(&found.message)))
}

/// What the rules say of a file, as it is said of a form; longer words stand before those they hold.
const WORDS: &[(&str, &str)] = &[
    ("，未导入；", "；"),
    ("；本行未导入", ""),
    ("后重新导入", ""),
    ("；已按表导入，", "，"),
    ("，已按表导入；", "；"),
    ("；已不填村导入，", "；"),
    ("，已不填村导入；", "；"),
    ("，已忽略；", "；"),
    ("，未标记；", "；"),
    ("；已导入", ""),
    ("，已导入；", "；"),
    ("，已按两个类别导入，", "，"),
    ("；已按伤残等级列导入，", "，"),
    ("；已按伤残性质列导入，", "，"),
    ("已按", "按"),
    ("导入", "保存"),
];

fn said(message: &str) -> String {
    WORDS.iter().fold(message.to_owned(), |text, (of_file, of_form)| text.replace(of_file, of_form))
}

fn too_long(form: &Form) -> Vec<FieldFinding> {
    let texts = form.cells.iter().map(|(column, text)| (*column, text.as_str()));
    let words = form.hardship_text.as_deref().map(|text| (C::Hardship, text));
    texts
        .chain(words)
        .filter_map(|(column, text)| {
            let most = if column == C::Name { LONGEST_NAME } else { LONGEST_TEXT };
            let message = format!("{}超过 {most} 个字，请缩短", column.label());
            let is_long = text.chars().count() > most;
            is_long.then(|| finding(column, Severity::Refused, codes::TOO_LONG, message))
        })
        .collect()
}

fn wrong_classes(form: &Form) -> Vec<FieldFinding> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for it in form.identities.iter().flatten() {
        let label = it.class.label();
        if !it.class.has_grade() && (it.grade.is_some() || it.nature.is_some()) {
            let message = format!("{label}没有伤残等级和伤残性质，请去掉或改选类别");
            found.push(finding(C::Class, Severity::Refused, codes::GRADE_WITHOUT_CLASS, message));
        }
        if it.grade.is_some_and(|grade| !(1..=10).contains(&grade)) {
            let message = format!("{label}的伤残等级应为 1 至 10 级");
            found.push(finding(C::Class, Severity::Refused, codes::GRADE_UNKNOWN, message));
        }
        if !seen.insert(it.class) {
            let message = format!("{label}填了两次，请去掉一次");
            found.push(finding(C::Class, Severity::Refused, codes::CLASS_REPEATED, message));
        }
    }
    found
}

/// The form over the stored record as a row of a file has it.
fn raw(form: &Form, stored: Option<&Person>, units: &UnitTree) -> RawRow {
    let moves = form.cells.contains_key(&C::Township);
    let text = |column: C| match (form.cells.get(&column), stored) {
        (Some(typed), _) => typed.clone(),
        // The village of another township is not taken along.
        (None, Some(_)) if column == C::Village && moves => String::new(),
        (None, Some(stored)) => stored.text(column, units),
        (None, None) => String::new(),
    };
    let identities = form.identities.as_deref().or(stored.map(|it| it.identities.as_slice()));
    let cells = C::ALL
        .iter()
        .map(|column| {
            let text = match column {
                C::Class => classes(identities.unwrap_or_default()),
                // Both stand in the class; marks of hardship are taken from the form as they are.
                C::Grade | C::Nature | C::Hardship => String::new(),
                column => text(*column),
            };
            if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
        })
        .collect();
    RawRow { sheet: 0, row: 1, cells }
}

/// `因战六级残疾军人、烈士遗属`
fn classes(identities: &[Identity]) -> String {
    let one = |it: &Identity| {
        let graded = it.class.has_grade();
        let nature = it.nature.filter(|_| graded).map_or("", |nature| nature.label());
        let grade = it.grade.filter(|_| graded).map(|grade| format!("{grade}级")).unwrap_or_default();
        format!("{nature}{grade}{}", it.class.label())
    };
    identities.iter().map(one).collect::<Vec<_>>().join("、")
}

/// The record afterwards: what the form names from the row, everything else as it was.
fn settle(form: &Form, stored: Option<&Person>, row: &RosterRow) -> Person {
    let mut made = plan::create(row);
    made.identities = form.identities.clone().or(stored.map(|it| it.identities.clone())).unwrap_or_default();
    made.identities.sort_unstable();
    made.hardship = form.hardship.clone().or(stored.map(|it| it.hardship.clone())).unwrap_or_default();
    made.hardship.sort_unstable();
    made.hardship.dedup();
    let typed = form.hardship_text.as_deref().map(crate::text::trim).map(str::to_owned);
    let words = typed.or_else(|| stored.and_then(|it| it.hardship_text.clone()));
    // Words about a hardship that is no longer there are no longer kept.
    made.hardship_text = words.filter(|text| !text.is_empty() && !made.hardship.is_empty());
    let Some(stored) = stored else { return made };
    let keeps = |column: C| !form.cells.contains_key(&column);
    if keeps(C::Name) {
        made.name.clone_from(&stored.name);
    }
    if keeps(C::Citizen) {
        made.citizen = stored.citizen;
    }
    if keeps(C::Sex) {
        made.sex = stored.sex;
    }
    if keeps(C::Township) {
        made.township_id = stored.township_id;
        if keeps(C::Village) {
            made.village_id = stored.village_id;
        }
    }
    if keeps(C::Account) {
        made.account.clone_from(&stored.account);
    }
    if keeps(C::Allowance) {
        made.allowance = stored.allowance;
    }
    if keeps(C::Status) {
        made.status = stored.status;
    }
    if keeps(C::StoppedOn) {
        made.stopped_on = stored.stopped_on;
    }
    for (column, made, stored) in [
        (C::Ethnicity, &mut made.ethnicity, &stored.ethnicity),
        (C::Certificate, &mut made.certificate, &stored.certificate),
        (C::Household, &mut made.household, &stored.household),
        (C::Address, &mut made.address, &stored.address),
        (C::Phone, &mut made.phone, &stored.phone),
        (C::BankName, &mut made.bank_name, &stored.bank_name),
        (C::AccountName, &mut made.account_name, &stored.account_name),
        (C::Note, &mut made.note, &stored.note),
    ] {
        if keeps(column) {
            made.clone_from(stored);
        }
    }
    made
}
