//! Forms: what is typed is kept or refused, never dropped; a change touches only what the form names.

use super::{TODAY, county, id, number};
use crate::finding::Severity;
use crate::person::{DisabilityNature, Hardship, Identity, PersonClass, PersonStatus};
use crate::roster::RosterColumn as C;
use crate::roster::hand::{Filled, Form, fill};
use crate::roster::{Person, codes};
use std::collections::BTreeMap;

fn identity(class: PersonClass, grade: Option<u8>, nature: Option<DisabilityNature>) -> Identity {
    Identity { class, grade, nature }
}

fn form(cells: &[(C, &str)]) -> Form {
    let cells: BTreeMap<C, String> =
        cells.iter().map(|(column, text)| (*column, (*text).to_owned())).collect();
    Form { cells, ..Form::default() }
}

fn new(cells: &[(C, &str)]) -> Form {
    let own = number("512325", 1);
    let mut form = form(&[(C::Name, "张三"), (C::Citizen, &own), (C::Township, "黄水镇")]);
    form.identities = Some(vec![
        identity(PersonClass::DisabledSoldier, Some(6), Some(DisabilityNature::Combat)),
        identity(PersonClass::MartyrSurvivor, None, None),
    ]);
    for (column, text) in cells {
        form.cells.insert(*column, (*text).to_owned());
    }
    form
}

fn filled(form: &Form, stored: Option<&Person>) -> Filled {
    fill(form, stored, &county(), TODAY)
}

fn made(cells: &[(C, &str)]) -> Person {
    let filled = filled(&new(cells), None);
    assert!(filled.person.is_some(), "{:?}", filled.findings);
    filled.person.unwrap()
}

fn said(filled: &Filled) -> Vec<(C, Severity, &'static str)> {
    filled.findings.iter().map(|it| (it.column, it.severity, it.code)).collect()
}

#[test]
fn a_new_person_is_what_the_form_says() {
    let mut form =
        new(&[(C::Village, "星光村"), (C::Phone, "20012345678"), (C::Allowance, "是"), (C::Note, "  ")]);
    form.hardship = Some(vec![Hardship::Other, Hardship::LaidOff, Hardship::Other]);
    form.hardship_text = Some("房屋漏雨".to_owned());
    let person = filled(&form, None).person.unwrap();
    assert_eq!((person.township_id, person.village_id), (id(2), Some(id(21))));
    assert_eq!(
        person.identities,
        [
            identity(PersonClass::MartyrSurvivor, None, None),
            identity(PersonClass::DisabledSoldier, Some(6), Some(DisabilityNature::Combat)),
        ]
    );
    assert_eq!(person.hardship, [Hardship::LaidOff, Hardship::Other]);
    assert_eq!(person.hardship_text.as_deref(), Some("房屋漏雨"));
    assert!(person.allowance && person.note.is_none() && person.status == PersonStatus::Normal);
}

#[test]
fn what_a_file_leaves_out_a_form_refuses() {
    for (cells, column, code) in [
        (&[(C::Name, "")][..], C::Name, codes::NAME_MISSING),
        (&[(C::Citizen, "123")], C::Citizen, codes::CITIZEN_LENGTH),
        (&[(C::Township, "无此镇")], C::Township, codes::TOWNSHIP_UNKNOWN),
        (&[(C::Village, "江家槽社区")], C::Village, codes::VILLAGE_ELSEWHERE),
        (&[(C::Village, "无此村")], C::Village, codes::VILLAGE_UNKNOWN),
        (&[(C::Sex, "某")], C::Sex, codes::SEX_UNKNOWN),
        (&[(C::Status, "某")], C::Status, codes::STATUS_UNKNOWN),
        (&[(C::Allowance, "某")], C::Allowance, codes::ALLOWANCE_UNKNOWN),
        (&[(C::StoppedOn, "某")], C::StoppedOn, codes::STOPPED_ON_UNREADABLE),
        (&[(C::StoppedOn, "1880-01-01"), (C::Status, "死亡")], C::StoppedOn, codes::STOPPED_ON_IMPOSSIBLE),
    ] {
        let filled = filled(&new(cells), None);
        assert!(filled.person.is_none(), "{cells:?}");
        assert!(
            said(&filled).contains(&(column, Severity::Refused, code)),
            "{cells:?}: {:?}",
            filled.findings
        );
        for finding in &filled.findings {
            let text = &finding.message;
            assert!(!text.contains("导入") && !text.contains("按表") && !text.contains("忽略"), "{text}");
        }
    }
    let long = "长".repeat(501);
    let filled_long = filled(&new(&[(C::Note, &long)]), None);
    assert_eq!(said(&filled_long), [(C::Note, Severity::Refused, codes::TOO_LONG)]);
}

#[test]
fn classes_and_their_grades_belong_together() {
    let with = |identities: Vec<Identity>| filled(&Form { identities: Some(identities), ..new(&[]) }, None);
    let refused = |filled: &Filled, code| said(filled).contains(&(C::Class, Severity::Refused, code));
    assert!(refused(&with(vec![]), codes::CLASS_MISSING));
    assert!(refused(&with(vec![identity(PersonClass::DisabledSoldier, None, None)]), codes::GRADE_MISSING));
    assert!(refused(
        &with(vec![identity(PersonClass::DisabledSoldier, Some(11), None)]),
        codes::GRADE_UNKNOWN
    ));
    assert!(refused(&with(vec![identity(PersonClass::Merit, Some(3), None)]), codes::GRADE_WITHOUT_CLASS));
    let twice = vec![identity(PersonClass::Merit, None, None), identity(PersonClass::Merit, None, None)];
    assert!(refused(&with(twice), codes::CLASS_REPEATED));
}

#[test]
fn a_change_touches_only_what_the_form_names() {
    let before = made(&[
        (C::Village, "星光村"),
        (C::Phone, "20012345678"),
        (C::Household, "0012"),
        (C::Account, "99123456789012345"),
        (C::AccountName, "李四"),
    ]);
    let phone = filled(&form(&[(C::Phone, "20087654321")]), Some(&before));
    // The doubtful account was there before: nobody is asked again.
    assert!(!phone.is_doubtful(), "{:?}", phone.findings);
    assert!(phone.findings.iter().any(|it| it.code == codes::ACCOUNT_NAME_DIFFERS && it.is_known));
    assert_eq!(phone.person.unwrap(), Person { phone: Some("20087654321".to_owned()), ..before.clone() });
    let cleared = filled(&form(&[(C::Household, ""), (C::Village, "")]), Some(&before)).person.unwrap();
    assert_eq!(cleared, Person { household: None, village_id: None, ..before.clone() });
    let moved = filled(&form(&[(C::Township, "西沱镇")]), Some(&before)).person.unwrap();
    assert_eq!((moved.township_id, moved.village_id), (id(3), None), "no village of another township");
    let dead = filled(&form(&[(C::Status, "死亡"), (C::StoppedOn, "1960-07-01")]), Some(&before));
    assert_eq!(dead.person.unwrap().status, PersonStatus::Dead);
    let nothing = filled(&Form::default(), Some(&before));
    assert_eq!(nothing.person, Some(before));
}

#[test]
fn a_corrected_number_asks_whether_it_is_meant() {
    let before = made(&[]);
    let other = number("512325", 3);
    let changed = filled(&form(&[(C::Citizen, &other)]), Some(&before));
    assert!(changed.is_doubtful());
    assert!(said(&changed).contains(&(C::Citizen, Severity::Warning, codes::CITIZEN_CHANGED)));
    assert_eq!(changed.person.unwrap().citizen.reveal(), other);
}

#[test]
fn no_word_of_a_file_is_left_in_what_a_form_says() {
    let before = made(&[]);
    let forms = [
        form(&[(C::Sex, "女"), (C::Allowance, "是"), (C::Status, "迁出"), (C::AccountName, "李四")]),
        form(&[(C::Status, "待确认"), (C::StoppedOn, "1960-07-01"), (C::Account, "123")]),
        form(&[(C::Village, "双坝"), (C::Citizen, "6.2E+17")]),
    ];
    for form in forms {
        let filled = filled(&form, Some(&before));
        assert!(!filled.findings.is_empty());
        for finding in filled.findings {
            assert!(
                !finding.message.contains("导入") && !finding.message.contains("按表"),
                "{}",
                finding.message
            );
        }
    }
}
