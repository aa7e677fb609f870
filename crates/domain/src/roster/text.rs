//! A stored record as the columns of the file would show it.

use super::{Person, RosterColumn};
use crate::person::{DisabilityNature, Hardship, Identity};
use crate::unit::UnitTree;

const NUMERALS: [&str; 11] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

impl Person {
    /// What stands in a column for this person; empty when nothing is known. It is not masked.
    #[must_use]
    pub fn text(&self, column: RosterColumn, units: &UnitTree) -> String {
        use RosterColumn as C;
        let unit = |id| units.get(id).map_or("", |unit| unit.name.as_str()).to_owned();
        let plain = |text: &Option<String>| text.clone().unwrap_or_default();
        match column {
            C::Name => self.name.clone(),
            C::Citizen => self.citizen.reveal().to_owned(),
            C::Sex => self.sex.label().to_owned(),
            C::Ethnicity => plain(&self.ethnicity),
            C::Class => joined(self.identities.iter().map(|it| it.class.label())),
            C::Grade => joined(self.identities.iter().filter_map(Identity::grade_label)),
            C::Nature => {
                joined(self.identities.iter().filter_map(|it| it.nature.map(DisabilityNature::label)))
            }
            C::Certificate => plain(&self.certificate),
            C::Household => plain(&self.household),
            C::Township => unit(self.township_id),
            C::Village => self.village_id.map(unit).unwrap_or_default(),
            C::Address => plain(&self.address),
            C::Phone => plain(&self.phone),
            C::Allowance => if self.allowance { "是" } else { "否" }.to_owned(),
            C::BankName => plain(&self.bank_name),
            C::Account => self.account.as_ref().map_or("", |it| it.reveal()).to_owned(),
            C::AccountName => plain(&self.account_name),
            C::Status => self.status.label().to_owned(),
            C::StoppedOn => self.stopped_on.map(|day| day.to_string()).unwrap_or_default(),
            C::Hardship => hardship(&self.hardship, self.hardship_text.as_deref()),
            C::Note => plain(&self.note),
        }
    }
}

impl Identity {
    /// `三级`; `None` without a grade.
    #[must_use]
    pub fn grade_label(&self) -> Option<String> {
        self.grade.map(|grade| match NUMERALS.get(usize::from(grade)) {
            Some(numeral) => format!("{numeral}级"),
            None => format!("{grade}级"),
        })
    }
}

/// The cell as it can be imported again: the text when there is one (it holds the words), else the words.
fn hardship(marks: &[Hardship], text: Option<&str>) -> String {
    text.map_or_else(|| joined(marks.iter().map(|mark| mark.label())), str::to_owned)
}

fn joined<T: AsRef<str>>(words: impl Iterator<Item = T>) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push('、');
        }
        text.push_str(word.as_ref());
    }
    text
}
