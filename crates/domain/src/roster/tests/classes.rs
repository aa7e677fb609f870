use super::*;
use crate::person::{DisabilityNature, Identity, PersonClass as P};
use crate::roster::{RosterColumn as C, codes};

fn plain(class: P) -> Identity {
    Identity { class, grade: None, nature: None }
}

fn soldier(grade: u8, nature: Option<DisabilityNature>) -> Identity {
    Identity { class: P::DisabledSoldier, grade: Some(grade), nature }
}

#[test]
fn cells_with_one_or_several_classes() {
    let war = Some(DisabilityNature::Combat);
    let table: &[(&str, &[Identity])] = &[
        ("在乡老复员军人", &[plain(P::OldDemobilised)]),
        ("在乡复员军人", &[plain(P::OldDemobilised)]),
        ("带病回乡退伍军人", &[plain(P::ReturnedIll)]),
        ("农村籍老义务兵", &[plain(P::RuralVeteran60)]),
        ("６０周岁以上农村籍退役士兵", &[plain(P::RuralVeteran60)]),
        ("部分烈士子女", &[plain(P::MartyrChild)]),
        ("部分烈士（含错杀被平反人员）子女", &[plain(P::MartyrChild)]),
        ("病故军人家属", &[plain(P::IllnessDeathSurvivor)]),
        ("烈属", &[plain(P::MartyrSurvivor)]),
        ("参战退役人员", &[plain(P::CombatVeteran)]),
        ("参试退役人员", &[plain(P::TestVeteran)]),
        ("参战、参试", &[plain(P::CombatVeteran), plain(P::TestVeteran)]),
        ("军休干部/自主择业", &[plain(P::RetiredCadre)]),
        ("立功受奖/功臣模范", &[plain(P::Merit)]),
        ("烈士遗属、带病回乡退役军人", &[plain(P::MartyrSurvivor), plain(P::ReturnedIll)]),
        ("带病回乡退役军人，烈士遗属", &[plain(P::MartyrSurvivor), plain(P::ReturnedIll)]),
        ("烈士遗属;参战退役军人", &[plain(P::MartyrSurvivor), plain(P::CombatVeteran)]),
        ("烈士遗属 参战退役军人", &[plain(P::MartyrSurvivor), plain(P::CombatVeteran)]),
        ("烈士遗属/参战退役军人", &[plain(P::MartyrSurvivor), plain(P::CombatVeteran)]),
        ("烈士遗属、参战/参试人员", &[plain(P::MartyrSurvivor), plain(P::CombatVeteran)]),
        ("老复员 军人", &[plain(P::OldDemobilised)]),
        ("烈属、烈士遗属", &[plain(P::MartyrSurvivor)]),
        ("、烈属、", &[plain(P::MartyrSurvivor)]),
        ("一级残疾军人", &[soldier(1, None)]),
        ("残疾军人（三级）", &[soldier(3, None)]),
        ("残疾军人十级", &[soldier(10, None)]),
        ("因战三级残疾军人", &[soldier(3, war)]),
        ("三级因战伤残军人", &[soldier(3, war)]),
        ("革命伤残军人（因战、三级）", &[soldier(3, war)]),
        ("残疾军人、三级、参战人员", &[soldier(3, None), plain(P::CombatVeteran)]),
        ("三属（烈属）", &[plain(P::MartyrSurvivor)]),
        ("老复员军人（抗美援朝）", &[plain(P::OldDemobilised)]),
    ];
    for (text, identities) in table {
        let mut sorted = identities.to_vec();
        sorted.sort_unstable();
        assert_eq!(taken(&[(C::Class, text)]).identities, sorted, "{text}");
    }
}

#[test]
fn words_that_are_no_class_are_refused_with_advice() {
    for (text, advice) in [
        ("", "为空"),
        ("神仙", "不是已知类别"),
        ("老复原军人", "是否为“老复员军人”"),
        ("三属", "烈士遗属、因公牺牲军人遗属或病故军人遗属"),
        ("伤残人员", "伤残人民警察"),
        ("优抚对象", "具体类别"),
        ("烈士遗属、神仙", "“神仙”"),
        ("、", "不是已知类别"),
        ("三级", "不是已知类别"),
        ("老复员军人(", "“老复员军人(”"),
    ] {
        let (row, findings) = check(&raw(2, &[(C::Class, text)]));
        let [finding] = findings.as_slice() else { panic!("{text}: {findings:?}") };
        let code = if text.is_empty() { codes::CLASS_MISSING } else { codes::CLASS_UNKNOWN };
        assert_eq!((finding.severity, finding.code), (Severity::Refused, code), "{text}");
        assert!(row.is_err() && finding.message.contains(advice), "{text}: {}", finding.message);
    }
}

#[test]
fn assumptions_and_odd_combinations_are_noted() {
    let assumed: &[&str] = &[codes::CLASS_ASSUMED];
    let odd: &[&str] = &[codes::CLASS_COMBINATION];
    for (text, expected) in [
        ("参战/参试退役人员", assumed),
        ("两参人员", assumed),
        ("老复员军人（抗美援朝）", assumed),
        ("老复员军人、60周岁以上农村籍退役士兵", odd),
        ("带病回乡退伍军人、农村籍老义务兵", odd),
        ("烈士遗属、烈士老年子女", odd),
        ("病故军人遗属、部分烈士子女", odd),
        ("参战退役军人、参试退役军人", &[]),
        ("烈士遗属、老复员军人", &[]),
    ] {
        let (row, findings) = check(&raw(2, &[(C::Class, text)]));
        let codes: Vec<&str> = findings.iter().map(|it| it.code).collect();
        assert_eq!(codes, expected, "{text}");
        assert!(row.is_ok() && findings.iter().all(|it| it.severity == Severity::Note), "{text}");
    }
}

#[test]
fn the_column_wins_over_the_class() {
    let row = taken(&[(C::Class, "三级残疾军人"), (C::Grade, "四级"), (C::Nature, "因病")]);
    assert_eq!(row.identities, [soldier(4, Some(DisabilityNature::Illness))]);
    let row = taken(&[(C::Class, "三级残疾军人、伤残人民警察"), (C::Grade, "四级")]);
    let police = Identity { class: P::DisabledPolice, grade: Some(4), nature: None };
    assert_eq!(row.identities, [soldier(3, None), police]);
}
