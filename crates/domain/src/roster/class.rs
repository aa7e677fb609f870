//! Reads the cell 优抚类别: several classes, old names, and grades or natures written into the class.

use crate::person::{DisabilityNature, PersonClass, parse_grade};
use crate::unit::word_key;
use std::sync::Arc;

/// One class of the cell with what was written into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) class: PersonClass,
    pub(super) grade: Option<u8>,
    pub(super) nature: Option<DisabilityNature>,
}

/// The whole cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClassCell {
    /// All its classes, in the order written, each once.
    Known {
        classes: Arc<[Written]>,
        /// What was assumed to read it, as a sentence.
        assumed: Option<String>,
    },
    /// A word that is no class, with the advice that belongs to it.
    Unknown { word: String, advice: String },
}

/// What is written beside the name of a class: `因战三级`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Qualifiers {
    /// Some text with 级, even when it is no single grade (一至四级).
    pub(super) has_grade: bool,
    pub(super) grade: Option<u8>,
    pub(super) nature: Option<DisabilityNature>,
}

/// Words that stand for several classes and so cannot be counted.
const TOO_WIDE: &[(&str, &str)] = &[
    ("三属", "烈士遗属、因公牺牲军人遗属或病故军人遗属"),
    ("三属人员", "烈士遗属、因公牺牲军人遗属或病故军人遗属"),
    ("三属对象", "烈士遗属、因公牺牲军人遗属或病故军人遗属"),
    ("遗属", "烈士遗属、因公牺牲军人遗属或病故军人遗属"),
    ("烈军属", "烈士遗属或现役军人家属"),
    ("烈属军属", "烈士遗属或现役军人家属"),
    ("伤残人员", "残疾军人、伤残人民警察、伤残预备役人员、伤残民兵民工或其他因公伤残人员"),
    ("残疾人员", "残疾军人、伤残人民警察、伤残预备役人员、伤残民兵民工或其他因公伤残人员"),
    ("优抚对象", "具体类别，如残疾军人、烈士遗属、老复员军人、带病回乡退役军人"),
    ("重点优抚对象", "具体类别，如残疾军人、烈士遗属、老复员军人"),
];

/// Names that cover 参战 and 参试 alike.
const COMBAT_OR_TEST: &[&str] = &[
    "参战/参试退役人员",
    "参战/参试退役军人",
    "参战/参试人员",
    "参战/参试",
    "参战参试退役人员",
    "参战参试退役军人",
    "参战参试人员",
    "参战参试",
    "参战(参试)退役人员",
    "参战(参试)退役军人",
    "参战(参试)人员",
    "参战涉核退役人员",
    "参战涉核人员",
    "两参人员",
    "两参退役人员",
    "两参退役军人",
    "两参",
];

impl ClassCell {
    /// Reads a cell that is not empty.
    pub(super) fn read(text: &str) -> Self {
        let mut classes = Vec::new();
        let mut assumed = None;
        if let Some(one) = read_one(&word_key(text), &mut assumed) {
            return Self::Known { classes: Arc::new([one]), assumed };
        }
        for piece in pieces(text) {
            if let Err(word) = read_piece(piece, &mut classes, &mut assumed) {
                return Self::Unknown { advice: advice(&word), word };
            }
        }
        if classes.is_empty() {
            return Self::Unknown { word: word_key(text), advice: advice("") };
        }
        let mut seen = Vec::new();
        classes.retain(|it: &Written| {
            let is_new = !seen.contains(&it.class);
            seen.push(it.class);
            is_new
        });
        Self::Known { classes: classes.into(), assumed }
    }
}

/// One piece between 、: a class, a grade for the class before it, or several classes between / or blanks.
fn read_piece(piece: &str, classes: &mut Vec<Written>, assumed: &mut Option<String>) -> Result<(), String> {
    let key = word_key(piece);
    if take_word(&key, classes, assumed) {
        return Ok(());
    }
    for part in split(piece, |c| matches!(c, '/' | '／') || c.is_whitespace()) {
        if !take_word(&word_key(part), classes, assumed) {
            return Err(key);
        }
    }
    Ok(())
}

fn take_word(key: &str, classes: &mut Vec<Written>, assumed: &mut Option<String>) -> bool {
    if key.is_empty() {
        return true;
    }
    if let Some(one) = read_one(key, assumed) {
        classes.push(one);
        return true;
    }
    let (rest, said) = qualifiers(key);
    match classes.last_mut() {
        Some(last) if rest.is_empty() && last.class.has_grade() => {
            last.grade = last.grade.or(said.grade);
            last.nature = last.nature.or(said.nature);
            true
        }
        _ => false,
    }
}

/// One class: by its name, with grade and nature around it, or with a remark in brackets behind it.
fn read_one(key: &str, assumed: &mut Option<String>) -> Option<Written> {
    if let Some(class) = PersonClass::parse(key) {
        return Some(Written { class, grade: None, nature: None });
    }
    if COMBAT_OR_TEST.contains(&key) {
        *assumed =
            Some(format!("“{key}”未写明参战还是参试，已按参战退役军人导入；如为参试，请改写后重新导入"));
        return Some(Written { class: PersonClass::CombatVeteran, grade: None, nature: None });
    }
    let (rest, said) = qualifiers(key);
    if let Some(class) = PersonClass::parse(&rest).filter(|class| class.has_grade()) {
        return Some(Written { class, grade: said.grade, nature: said.nature });
    }
    let (before, inside) = bracket(key)?;
    if TOO_WIDE.iter().any(|(word, _)| *word == before) {
        return read_one(inside, assumed);
    }
    let one = read_one(before, assumed)?;
    if assumed.is_none() {
        *assumed = Some(format!("“{key}”按“{}”导入，括号内的文字未保存", one.class.label()));
    }
    Some(one)
}

fn advice(word: &str) -> String {
    if let Some((_, classes)) = TOO_WIDE.iter().find(|(wide, _)| *wide == word) {
        return format!("包含多个类别，请写明{classes}");
    }
    match PersonClass::nearest(word) {
        Some(near) => format!("不是已知类别，是否为“{near}”？请改正后重新导入"),
        None => "不是已知类别，请按优抚对象类别名称填写，多个类别用“、”分隔".to_owned(),
    }
}

/// Name and remark of `名称(说明)`.
fn bracket(key: &str) -> Option<(&str, &str)> {
    let (before, behind) = key.strip_suffix(')')?.split_once('(')?;
    (!before.is_empty()).then_some((before, behind))
}

/// The words of a cell that holds several: between 、 or whatever clerks use for it, outside brackets.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    split(text, |c| matches!(c, '、' | ',' | ';' | '\n' | '|' | '+' | '&' | '，' | '；'))
}

/// Splits outside brackets.
fn split(text: &str, is_mark: impl Fn(char) -> bool) -> Vec<&str> {
    let mut depth = 0_i32;
    text.split(move |c: char| {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth -= 1,
            _ => {}
        }
        depth <= 0 && is_mark(c)
    })
    .filter(|piece| !piece.trim().is_empty())
    .collect()
}

/// Takes grade and nature from both ends of a half-width word without blanks; brackets and commas between them
/// fall away.
pub(super) fn qualifiers(key: &str) -> (String, Qualifiers) {
    let mut rest: String = key
        .chars()
        .filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | ',' | '、' | ';'))
        .collect();
    let mut said = Qualifiers::default();
    while take_nature(&mut rest, &mut said) || take_grade(&mut rest, &mut said) {}
    (rest, said)
}

fn take_nature(rest: &mut String, said: &mut Qualifiers) -> bool {
    for nature in DisabilityNature::ALL {
        let word = nature.label();
        let left = rest.strip_prefix(word).or_else(|| rest.strip_suffix(word)).map(str::to_owned);
        if let Some(left) = left {
            said.nature = said.nature.or(Some(*nature));
            *rest = left;
            return true;
        }
    }
    false
}

fn take_grade(rest: &mut String, said: &mut Qualifiers) -> bool {
    let is_numeral =
        |c: char| c.is_ascii_digit() || "一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾至到-~—".contains(c);
    let (range, left) = match rest.strip_suffix('级') {
        Some(before) => {
            let kept = before.trim_end_matches(is_numeral);
            (before[kept.len()..].to_owned(), kept.to_owned())
        }
        None => match rest.split_once('级') {
            Some((before, behind)) if before.chars().all(is_numeral) => {
                (before.to_owned(), behind.to_owned())
            }
            _ => return false,
        },
    };
    if range.is_empty() {
        return false;
    }
    said.has_grade = true;
    said.grade = said.grade.or_else(|| parse_grade(&range));
    *rest = left;
    true
}

/// Classes that normally exclude each other, with the reason people know.
const EXCLUSIVE: &[(PersonClass, PersonClass)] = &[
    // Joined before 1954-10-31 against after it (domain.md B: FY, NY, DB).
    (PersonClass::OldDemobilised, PersonClass::RuralVeteran60),
    (PersonClass::OldDemobilised, PersonClass::ReturnedIll),
    // Only without any other benefit (NY), without a grade (DB), without a survivor's pension (LZ).
    (PersonClass::ReturnedIll, PersonClass::RuralVeteran60),
    (PersonClass::CombatVeteran, PersonClass::RuralVeteran60),
    (PersonClass::TestVeteran, PersonClass::RuralVeteran60),
    (PersonClass::DisabledSoldier, PersonClass::RuralVeteran60),
    (PersonClass::DisabledSoldier, PersonClass::ReturnedIll),
    (PersonClass::MartyrSurvivor, PersonClass::MartyrChild),
    (PersonClass::DutyDeathSurvivor, PersonClass::MartyrChild),
    (PersonClass::IllnessDeathSurvivor, PersonClass::MartyrChild),
];

/// The pairs of these classes that normally exclude each other.
pub(super) fn exclusive(classes: &[PersonClass]) -> impl Iterator<Item = (PersonClass, PersonClass)> {
    EXCLUSIVE.iter().copied().filter(|(a, b)| classes.contains(a) && classes.contains(b))
}
