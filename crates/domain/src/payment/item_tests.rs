//! Whom a rule pays, as tables.

use super::{Entitled, Example, ItemKind, Payment, Recipient, Refusal};
use crate::money::Fen;
use crate::person::{Identity, PersonClass, PersonStatus};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;

const BASE: Date = Date::constant(2024, 8, 1);

fn rule() -> Payment {
    Payment {
        key: "bayi_gift".to_owned(),
        label: "“八一”慰问金".to_owned(),
        kind: ItemKind::Gift,
        amount_fen: Fen(5_000),
        periodic_allowance: true,
        classes: Vec::new(),
        amounts: Vec::new(),
        base_date: Some("08-01".to_owned()),
        cap_fen: Fen::ZERO,
        budget_fen: Fen::ZERO,
        summary: None,
        checks: BTreeMap::new(),
        examples: Vec::new(),
    }
}

fn identity(class: PersonClass, grade: Option<u8>) -> Identity {
    Identity { class, grade, nature: None }
}

fn says(rule: &Payment, person: Recipient<'_>) -> Result<i64, Refusal> {
    match rule.entitle(person, rule.base(date(2024, 7, 1))) {
        Entitled::Line { amount_fen, .. } => Ok(amount_fen.0),
        Entitled::Refused(refusal) => Err(refusal),
    }
}

#[test]
fn status_and_base_date_decide() {
    let old = [identity(PersonClass::OldDemobilised, None)];
    let (before, after) = (Some(date(2024, 7, 20)), Some(date(2024, 8, 2)));
    for (status, stopped_on, allowance, expected) in [
        (PersonStatus::Normal, None, true, Ok(5_000)),
        (PersonStatus::New, None, true, Ok(5_000)),
        (PersonStatus::Unconfirmed, None, true, Ok(5_000)),
        (PersonStatus::Normal, None, false, Err(Refusal::NoAllowance)),
        (PersonStatus::Dead, before, true, Err(Refusal::Dead)),
        (PersonStatus::Dead, None, true, Err(Refusal::Dead)),
        (PersonStatus::Dead, Some(BASE), true, Err(Refusal::Dead)),
        (PersonStatus::Dead, after, true, Err(Refusal::DeadAfterBase)),
        (PersonStatus::Moved, before, true, Err(Refusal::Moved)),
        (PersonStatus::Moved, after, true, Ok(5_000)),
        (PersonStatus::Suspended, None, true, Err(Refusal::Suspended)),
        (PersonStatus::Stopped, before, true, Err(Refusal::Stopped)),
        (PersonStatus::Stopped, after, true, Ok(5_000)),
        (PersonStatus::Erased, None, true, Err(Refusal::Erased)),
    ] {
        let person = Recipient { identities: &old, allowance, status, stopped_on };
        assert_eq!(says(&rule(), person), expected, "{status:?} {stopped_on:?} {allowance}");
    }
}

#[test]
fn once_per_person_by_the_first_class_that_is_paid() {
    let mut rule = rule();
    rule.classes = vec![PersonClass::CombatVeteran, PersonClass::DisabledSoldier];
    rule.amounts = vec![super::ClassAmount {
        classes: vec![PersonClass::DisabledSoldier],
        grades: Some((1, 4)),
        amount_fen: Fen(20_000),
    }];
    let (combat, hard, light, old) = (
        identity(PersonClass::CombatVeteran, None),
        identity(PersonClass::DisabledSoldier, Some(2)),
        identity(PersonClass::DisabledSoldier, Some(7)),
        identity(PersonClass::OldDemobilised, None),
    );
    for (identities, expected) in [
        (vec![combat.clone()], Ok((5_000, PersonClass::CombatVeteran))),
        (vec![combat.clone(), hard.clone()], Ok((20_000, PersonClass::DisabledSoldier))),
        (vec![light.clone(), combat.clone()], Ok((5_000, PersonClass::DisabledSoldier))),
        (vec![old.clone()], Err(Refusal::Class)),
        (Vec::new(), Err(Refusal::Class)),
    ] {
        let person = Recipient {
            identities: &identities,
            allowance: true,
            status: PersonStatus::Normal,
            stopped_on: None,
        };
        let said = match rule.entitle(person, BASE) {
            Entitled::Line { amount_fen, class } => Ok((amount_fen.0, class)),
            Entitled::Refused(refusal) => Err(refusal),
        };
        assert_eq!(said, expected, "{identities:?}");
    }
}

#[test]
fn a_rule_without_an_amount_pays_nobody() {
    let rule = Payment { amount_fen: Fen::ZERO, ..rule() };
    let old = [identity(PersonClass::OldDemobilised, None)];
    let person =
        Recipient { identities: &old, allowance: true, status: PersonStatus::Normal, stopped_on: None };
    assert_eq!(says(&rule, person), Err(Refusal::Nothing));
}

#[test]
fn examples_prove_the_rule() {
    let example = |status, expect_fen| Example {
        classes: vec![PersonClass::OldDemobilised],
        grade: None,
        allowance: true,
        status,
        expect_fen: Fen(expect_fen),
    };
    let mut rule = rule();
    rule.examples = vec![example(PersonStatus::Normal, 5_000), example(PersonStatus::Dead, 0)];
    assert_eq!(rule.broken_example(), None);
    rule.examples.push(example(PersonStatus::Suspended, 5_000));
    assert_eq!(rule.broken_example(), Some((2, Fen::ZERO)));
    rule.amount_fen = Fen(6_000);
    assert_eq!(rule.broken_example(), Some((0, Fen(6_000))));
}

#[test]
fn the_base_date_is_the_campaign_s_first_day_when_none_is_named() {
    assert_eq!(rule().base(date(2024, 7, 1)), BASE);
    let plain = Payment { base_date: None, ..rule() };
    assert_eq!(plain.base(date(2024, 7, 1)), date(2024, 7, 1));
}
