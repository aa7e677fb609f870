//! 对象类别: what users write for the kind of object, and the row of the table it stands for.

use crate::campaign::{ObjectKind, Row, Template};
use crate::person::{Identity, PersonClass, parse_grade};
use crate::unit::word_key;

/// 对象类别 as it was understood against a campaign's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Troops, troops in training or an institution: it decides what the object is.
    Object(ObjectKind),
    /// 本单位退役军人 (N21).
    OwnUnit,
    /// A row of the template, by its place, written as its label or one of its other words.
    Row(usize),
    /// A class of persons.
    Class(PersonClass),
    /// Disabled soldiers of these grades.
    Graded(u8, u8),
    /// Beneficiaries in general; they count in the last row.
    Generic,
}

/// What clerks write for objects that are not persons, and for their own veterans.
const OBJECT_WORDS: &[(&str, ObjectKind)] = &[
    ("驻军部队", ObjectKind::Troop),
    ("驻军", ObjectKind::Troop),
    ("驻石部队", ObjectKind::Troop),
    ("驻县部队", ObjectKind::Troop),
    ("驻地部队", ObjectKind::Troop),
    ("驻区部队", ObjectKind::Troop),
    ("驻市部队", ObjectKind::Troop),
    ("部队", ObjectKind::Troop),
    ("部队官兵", ObjectKind::Troop),
    ("训练部队", ObjectKind::TrainingTroop),
    ("演习部队", ObjectKind::TrainingTroop),
    ("驻训部队", ObjectKind::TrainingTroop),
    ("训练演习部队", ObjectKind::TrainingTroop),
    ("训练/演习部队", ObjectKind::TrainingTroop),
    ("训练、演习部队", ObjectKind::TrainingTroop),
    ("训练(演习)部队", ObjectKind::TrainingTroop),
    ("优抚事业单位", ObjectKind::Institution),
    ("优抚单位", ObjectKind::Institution),
    ("光荣院", ObjectKind::Institution),
    ("军休所", ObjectKind::Institution),
    ("军供站", ObjectKind::Institution),
    ("优抚医院", ObjectKind::Institution),
    ("烈士陵园", ObjectKind::Institution),
    ("烈士纪念设施", ObjectKind::Institution),
    ("本单位退役军人", ObjectKind::OwnUnitVeteran),
    ("本单位退伍军人", ObjectKind::OwnUnitVeteran),
    ("本单位退役军人(部门)", ObjectKind::OwnUnitVeteran),
    ("本单位军转干部", ObjectKind::OwnUnitVeteran),
    ("单位退役军人", ObjectKind::OwnUnitVeteran),
];

/// Words for beneficiaries without saying which: they count in the last row.
const GENERIC_WORDS: &[&str] = &[
    "优抚对象",
    "重点优抚对象",
    "一般优抚对象",
    "其他优抚对象",
    "其它优抚对象",
    "困难优抚对象",
    "优抚人员",
    "三属",
    "烈军属",
    "遗属",
    "军人遗属",
    "伤残人员",
    "两参人员",
    "参战参试人员",
    "参战参试退役军人",
    "其他",
    "其它",
    "其他人员",
    "其他对象",
];

impl Category {
    /// Reads the cell; `None` when the word is unknown. Several words separated by 、 stand for the one whose row
    /// comes first in the template; one unknown word among them makes the cell unknown.
    #[must_use]
    pub fn parse(text: &str, template: &Template) -> Option<Self> {
        let key = word_key(text);
        if key.is_empty() {
            return None;
        }
        if let Some(one) = Self::parse_word(&key, template) {
            return Some(one);
        }
        let parts: Vec<Self> = key
            .split(['、', ',', ';', '/', '+'])
            .filter(|part| !part.is_empty())
            .map(|part| Self::parse_word(part, template))
            .collect::<Option<_>>()?;
        parts.into_iter().min_by_key(|part| template.ordinal(&part.row(template).key))
    }

    fn parse_word(key: &str, template: &Template) -> Option<Self> {
        let says = |row: &Row| {
            word_key(&row.label) == key || row.key == key || row.also.iter().any(|word| word_key(word) == key)
        };
        if let Some(index) = template.rows.iter().position(says) {
            return Some(Self::of_row(index, template));
        }
        if let Some((_, kind)) = OBJECT_WORDS.iter().find(|(word, _)| *word == key) {
            return Some(Self::of_object(*kind));
        }
        if let Some(class) = PersonClass::parse(key) {
            let same = |row: &Row| PersonClass::parse(&word_key(&row.label)) == Some(class);
            let index = template.rows.iter().position(same);
            return Some(index.map_or(Self::Class(class), |index| Self::of_row(index, template)));
        }
        if let Some((low, high)) = grades(key) {
            return Some(Self::Graded(low, high));
        }
        GENERIC_WORDS.contains(&key).then_some(Self::Generic)
    }

    fn of_row(index: usize, template: &Template) -> Self {
        match template.rows[index].object {
            Some(kind) => Self::of_object(kind),
            None if index + 1 == template.rows.len() => Self::Generic,
            None => Self::Row(index),
        }
    }

    fn of_object(kind: ObjectKind) -> Self {
        if kind == ObjectKind::OwnUnitVeteran { Self::OwnUnit } else { Self::Object(kind) }
    }

    /// The row it stands for; the last one when no row takes it, and another one's when that row is off.
    #[must_use]
    pub fn row<'t>(&self, template: &'t Template) -> &'t Row {
        let found = match self {
            Self::Object(kind) => template.row_of_object(*kind),
            Self::OwnUnit => template.row_of_object(ObjectKind::OwnUnitVeteran),
            Self::Row(index) => template.rows.get(*index).map(|row| template.enabled_or_instead(row)),
            Self::Class(class) => {
                template.row_of_person(&[Identity { class: *class, grade: None, nature: None }], &[])
            }
            Self::Graded(low, high) => graded_row(template, *low, *high),
            Self::Generic => None,
        };
        found.unwrap_or_else(|| template.other())
    }

    /// Disabled soldiers whose grade the words do not settle: they count in the last row, with a warning.
    #[must_use]
    pub fn lacks_grade(&self, template: &Template) -> bool {
        match self {
            Self::Class(PersonClass::DisabledSoldier) => {
                self.row(template).key == template.other().key
                    && template.rows.iter().any(|row| row.matches.iter().any(|it| it.grades.is_some()))
            }
            Self::Graded(low, high) => graded_row(template, *low, *high).is_none(),
            _ => false,
        }
    }

    /// The word in the database. Rows go by key, so that a template whose rows moved reads it back.
    #[must_use]
    pub fn code(&self, template: &Template) -> String {
        match self {
            Self::Object(kind) => format!("object:{}", object_code(*kind)),
            Self::OwnUnit => "own_unit".to_owned(),
            Self::Row(index) => format!("row:{}", template.rows.get(*index).map_or("", |row| &row.key)),
            Self::Class(class) => format!("class:{}", class.code()),
            Self::Graded(low, high) => format!("graded:{low}-{high}"),
            Self::Generic => "generic".to_owned(),
        }
    }

    /// Reads the word back; `None` when the template no longer has the row.
    #[must_use]
    pub fn from_code(code: &str, template: &Template) -> Option<Self> {
        let (head, rest) = code.split_once(':').unwrap_or((code, ""));
        match head {
            "object" => {
                OBJECT_CODES.iter().find(|(word, _)| *word == rest).map(|(_, kind)| Self::Object(*kind))
            }
            "own_unit" => Some(Self::OwnUnit),
            "row" => template.ordinal(rest).map(Self::Row),
            "class" => PersonClass::from_code(rest).map(Self::Class),
            "graded" => {
                let (low, high) = rest.split_once('-')?;
                Some(Self::Graded(low.parse().ok()?, high.parse().ok()?))
            }
            "generic" => Some(Self::Generic),
            _ => None,
        }
    }

    /// The word for people.
    #[must_use]
    pub fn label(&self, template: &Template) -> String {
        match self {
            Self::Object(kind) => object_label(*kind).to_owned(),
            Self::OwnUnit => object_label(ObjectKind::OwnUnitVeteran).to_owned(),
            Self::Row(index) => template.rows.get(*index).map_or_else(String::new, |row| row.label.clone()),
            Self::Class(class) => class.label().to_owned(),
            Self::Graded(low, high) if low == high => format!("{low}级残疾军人"),
            Self::Graded(low, high) => format!("{low}至{high}级残疾军人"),
            Self::Generic => template.other().label.clone(),
        }
    }
}

const OBJECT_CODES: &[(&str, ObjectKind)] = &[
    ("troop", ObjectKind::Troop),
    ("training_troop", ObjectKind::TrainingTroop),
    ("institution", ObjectKind::Institution),
];

fn object_code(kind: ObjectKind) -> &'static str {
    OBJECT_CODES.iter().find(|(_, it)| *it == kind).map_or("own_unit_veteran", |(code, _)| code)
}

/// 驻军部队 / 训练部队 / 优抚事业单位 / 本单位退役军人.
#[must_use]
pub fn object_label(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Troop => "驻军部队",
        ObjectKind::TrainingTroop => "训练部队",
        ObjectKind::Institution => "优抚事业单位",
        ObjectKind::OwnUnitVeteran => "本单位退役军人",
    }
}

/// The first row for disabled soldiers that takes all these grades.
fn graded_row(template: &Template, low: u8, high: u8) -> Option<&Row> {
    let takes = |row: &&Row| {
        row.matches.iter().any(|it| {
            it.classes.contains(&PersonClass::DisabledSoldier)
                && it.grades.is_some_and(|(from, to)| from <= low && high <= to)
        })
    };
    template.rows.iter().find(takes).map(|row| template.enabled_or_instead(row))
}

/// `一至四级残疾军人`, `5-6级伤残军人`, `残疾军人(三级)`, `三级残疾`.
fn grades(key: &str) -> Option<(u8, u8)> {
    let word =
        ["残疾军人", "伤残军人", "残废军人", "残疾", "伤残"].into_iter().find(|word| key.contains(word))?;
    let rest = key.replacen(word, "", 1);
    let core = rest.trim_matches(|c| matches!(c, '(' | ')' | '[' | ']' | '的')).trim_end_matches('级');
    let mut ends = core.splitn(2, ['至', '到', '-', '—', '–', '~', '～']);
    let low = parse_grade(ends.next()?.trim_matches('—'))?;
    let high = ends.next().map_or(Some(low), |end| parse_grade(end.trim_matches('—')))?;
    (low <= high).then_some((low, high))
}
