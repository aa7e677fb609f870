//! Why a figure of the table is as it is: the rule of its row in words, from the template that counted it.

use crate::campaign::{CountUnit, ObjectKind, PersonMatch, Row, Template};
use serde::Serialize;

/// The rule behind a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Place of the row among those that are printed, from 1.
    pub place: usize,
    /// In what the row counts: 人, 户, 个.
    pub count_unit: &'static str,
    /// Whom the row takes, a sentence each.
    pub takes: Vec<String>,
    /// How the figure under 走访慰问人数 is counted, a sentence each.
    pub counts: Vec<String>,
}

/// The rule behind a printed row; `None` when the template prints no such row.
#[must_use]
pub fn why(template: &Template, key: &str) -> Option<Why> {
    let place = template.printed_rows().position(|row| row.key == key)?;
    let row = template.rows.iter().find(|row| row.key == key)?;
    Some(Why {
        place: place + 1,
        count_unit: row.unit.label(),
        takes: takes(template, row),
        counts: counts(row.unit),
    })
}

fn takes(template: &Template, row: &Row) -> Vec<String> {
    let mut all = Vec::new();
    let own = rule(row);
    if !own.is_empty() {
        all.push(format!("计入：{own}"));
    }
    for off in template.rows.iter().filter(|it| !it.enabled && template.enabled_or_instead(it).key == row.key)
    {
        let rule = rule(off);
        let rule = if rule.is_empty() { String::new() } else { format!("（{rule}）") };
        all.push(format!("类别“{}”停用，其对象{rule}也计入本类", off.label));
    }
    if !row.also.is_empty() {
        let words = row.also.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>().join("、");
        all.push(format!("不在名册、对象类别写作{words}的，计入本类"));
    }
    if template.other().key == row.key {
        all.push("前面各类都不符合的，计入本类".to_owned());
    } else {
        all.push("按表中次序，第一个符合的类别计入；一人有几种身份只计一次".to_owned());
    }
    all
}

/// Whom a row takes by its own conditions; empty when it has none.
fn rule(row: &Row) -> String {
    let mut parts: Vec<String> = row.object.map(object).into_iter().map(str::to_owned).collect();
    parts.extend(row.matches.iter().map(person));
    parts.join("；或者")
}

fn object(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Troop => "驻军部队（只用代称）",
        ObjectKind::TrainingTroop => "来县训练、演习的部队（只用代称）",
        ObjectKind::Institution => "优抚事业单位",
        ObjectKind::OwnUnitVeteran => "部门、团体走访的本单位退役军人",
    }
}

fn person(it: &PersonMatch) -> String {
    let classes = it.classes.iter().map(|class| class.label()).collect::<Vec<_>>().join("、");
    let grades = match it.grades {
        None => String::new(),
        Some((low, high)) if low == high => format!("，伤残等级 {low} 级"),
        Some((low, high)) => format!("，伤残等级 {low} 至 {high} 级"),
    };
    let hardship = match it.hardship {
        None => "",
        Some(true) => "，且有特殊困难",
        Some(false) => "，且没有特殊困难",
    };
    format!("名册上优抚类别为{classes}的人{grades}{hardship}")
}

fn counts(unit: CountUnit) -> Vec<String> {
    let first = match unit {
        CountUnit::Person => "人数：名册上的人和待确认人员每人计一次，走访几次也是一人；团体按填写的人数计",
        CountUnit::Household => "户数：按户号，没有户号的一人为一户，走访几次也是一户",
        CountUnit::Object => "个数：部队、单位按名称，走访几次也是一个",
    };
    let rest = "金额、慰问品和解决困难件数按每次走访相加；万元由合计一次折算、四舍五入";
    vec![first.to_owned(), rest.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Caps, Period};
    use crate::money::Fen;
    use crate::person::PersonClass;

    fn row(key: &str, unit: CountUnit) -> Row {
        Row {
            key: key.to_owned(),
            label: format!("类别{key}"),
            unit,
            enabled: true,
            instead: None,
            object: None,
            matches: Vec::new(),
            also: Vec::new(),
        }
    }

    fn template() -> Template {
        let mut troop = row("troop", CountUnit::Object);
        troop.object = Some(ObjectKind::Troop);
        troop.also = vec!["部队".to_owned()];
        let mut training = row("training", CountUnit::Object);
        (training.object, training.enabled) = (Some(ObjectKind::TrainingTroop), false);
        training.instead = Some("troop".to_owned());
        let mut disabled = row("disabled", CountUnit::Person);
        let of = |classes: &[PersonClass], grades, hardship| PersonMatch {
            classes: classes.to_vec(),
            grades,
            hardship,
        };
        disabled.matches = vec![
            of(&[PersonClass::DisabledSoldier, PersonClass::DisabledPolice], Some((1, 4)), None),
            of(&[PersonClass::MartyrSurvivor], None, Some(true)),
            of(&[PersonClass::DisabledSoldier], Some((5, 5)), Some(false)),
        ];
        Template {
            format: 1,
            key: "x".to_owned(),
            version: 1,
            name: String::new(),
            title: String::new(),
            period: Period { from: "07-01".to_owned(), to: "08-31".to_owned(), from_year: 0 },
            deadlines: std::collections::BTreeMap::new(),
            rows: vec![troop, training, disabled, row("other", CountUnit::Household)],
            columns: Vec::new(),
            tasks: Vec::new(),
            obligations: Vec::new(),
            payments: Vec::new(),
            caps: Caps { money_per_person_fen: Fen::ZERO, goods_per_person_fen: Fen::ZERO },
            report_sections: Vec::new(),
        }
    }

    #[test]
    fn a_rule_is_told_in_the_words_of_its_template() {
        let template = template();
        let takes = |key: &str| why(&template, key).unwrap().takes;
        let in_order = "按表中次序，第一个符合的类别计入；一人有几种身份只计一次".to_owned();
        assert_eq!(
            takes("troop"),
            [
                "计入：驻军部队（只用代称）".to_owned(),
                "类别“类别training”停用，其对象（来县训练、演习的部队（只用代称））也计入本类".to_owned(),
                "不在名册、对象类别写作“部队”的，计入本类".to_owned(),
                in_order.clone(),
            ]
        );
        let disabled = "计入：名册上优抚类别为残疾军人、伤残人民警察的人，伤残等级 1 至 4 级；或者\
                        名册上优抚类别为烈士遗属的人，且有特殊困难；或者\
                        名册上优抚类别为残疾军人的人，伤残等级 5 级，且没有特殊困难";
        assert_eq!(takes("disabled"), [disabled.to_owned(), in_order]);
        assert_eq!(takes("other"), ["前面各类都不符合的，计入本类"]);
    }

    #[test]
    fn places_are_those_of_the_printed_table() {
        let template = template();
        let place = |key: &str| why(&template, key).map(|it| (it.place, it.count_unit));
        assert_eq!(place("disabled"), Some((2, "人")));
        assert_eq!(place("other"), Some((3, "户")));
        assert_eq!((place("training"), place("no-such-row")), (None, None));
        assert!(why(&template, "troop").unwrap().counts[0].starts_with("个数"));
    }
}
