//! The secrecy guard (N23; design rule 14): text that carries classification marks is refused before it is stored,
//! text that looks like work secrets or a unit's true designation is warned of. The rules are the table [`RULES`].
//!
//! A [`Hit`] says which rule and where; it never carries the text, so that neither answers nor logs can spread it.

mod designation;
mod fold;
mod phrase;
mod rules;

pub use rules::{RULES, Rule, rule};

use fold::Glyph;
use serde::{Deserialize, Serialize};

/// What follows when a rule finds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The text is not stored.
    Refuse,
    /// The text is stored; a person should look.
    Warn,
}

impl Verdict {
    /// 拒收 / 提醒.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Refuse => "拒收",
            Self::Warn => "提醒",
        }
    }
}

/// Where in a text something was found, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Line.
    pub line: u32,
    /// Character in the line.
    pub column: u32,
}

/// One thing that was found: the rule and the place, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which rule.
    pub rule: &'static Rule,
    /// Where it begins.
    pub place: Place,
}

impl Hit {
    /// Whether the text is refused or only warned of.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.rule.verdict
    }

    /// What was found, why it may not stay, and what to do.
    #[must_use]
    pub fn explanation(&self) -> String {
        self.rule.explanation()
    }
}

/// Looks through a whole text (a field, a cell, the start of a document): the first hit of each rule, refusals
/// first.
#[must_use]
pub fn scan(text: &str) -> Vec<Hit> {
    find(text, true)
}

/// As [`scan`], for a text that goes on from an earlier part: a level alone in a line is a mark at the head of a
/// document only.
#[must_use]
pub fn scan_rest(text: &str) -> Vec<Hit> {
    find(text, false)
}

/// Whether a text is refused.
#[must_use]
pub fn is_refused(text: &str) -> bool {
    signs(text) & SECRET != 0 && scan(text).iter().any(|hit| hit.verdict() == Verdict::Refuse)
}

/// Whether any rule can find anything at all. Most text can be let through by its bytes alone: every rule needs one
/// of a few characters, whatever else stands between them.
#[must_use]
pub fn may_hold(text: &str) -> bool {
    signs(text) != 0
}

/// 密 stands in the text.
const SECRET: u8 = 1;
/// 内
const INNER: u8 = 2;
/// 旅, 师, 团 or 队
const UNIT: u8 = 4;

/// Which of the characters that rules need stand in a text. It walks from character to character by their first
/// bytes: an import asks this of every cell.
fn signs(text: &str) -> u8 {
    let bytes = text.as_bytes();
    let mut found = 0;
    if bytes.is_ascii() {
        return found;
    }
    let mut at = 0;
    while let Some(&[first, second, third]) = bytes.get(at..at + 3) {
        at += match first {
            ..0x80 => 1,
            0x80..0xe0 => 2,
            0xf0.. => 4,
            _ => {
                // Few characters end like those looked for.
                if LAST_BYTE[usize::from(third)] {
                    found |= sign([first, second, third]);
                }
                3
            }
        };
    }
    found
}

/// The last bytes of the characters of [`sign`].
const LAST_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = [0x86, 0xbb, 0x85, 0xa7, 0x88, 0xab, 0xa2, 0x98, 0x9f, 0x8a];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at]] = true;
        at += 1;
    }
    table
};

fn sign(character: [u8; 3]) -> u8 {
    match character {
        // 密, 宻
        [0xe5, 0xaf, 0x86] | [0xe5, 0xae, 0xbb] => SECRET,
        // 内, 內
        [0xe5, 0x86, 0x85] | [0xe5, 0x85, 0xa7] => INNER,
        // 旅, 师, 師, 团, 團, 队, 隊
        [0xe6, 0x97, 0x85]
        | [0xe5, 0xb8, 0x88 | 0xab]
        | [0xe5, 0x9b, 0xa2]
        | [0xe5, 0x9c, 0x98]
        | [0xe9, 0x98, 0x9f]
        | [0xe9, 0x9a, 0x8a] => UNIT,
        _ => 0,
    }
}

/// What a rule looks for; the words are data of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// A level followed by the star.
    Mark(&'static [&'static str]),
    /// A level that is all of a line at the head.
    Line(&'static [&'static str]),
    /// Words; not where one of the others follows.
    Phrase { words: &'static [&'static str], not_before: &'static [char] },
    /// A number with 集团军, 旅, 师, 团, 支队.
    Designation,
    /// Five digits with 部队.
    CoverNumber,
}

fn find(text: &str, is_head: bool) -> Vec<Hit> {
    let signs = signs(text);
    let mut hits = Vec::new();
    if signs == 0 {
        return hits;
    }
    let glyphs = fold::glyphs(text);
    for rule in RULES.iter().filter(|rule| signs & rule.needs() != 0) {
        // One refusal says enough: a mark alone in its line is not told twice.
        if rule.verdict == Verdict::Refuse && !hits.is_empty() {
            continue;
        }
        let at = match rule.look {
            Look::Mark(levels) => phrase::mark(&glyphs, levels),
            Look::Line(levels) if is_head => phrase::level_line(&glyphs, levels),
            Look::Line(_) => None,
            Look::Phrase { words, not_before } => phrase::phrase(&glyphs, words, not_before),
            Look::Designation => designation::designation(&glyphs),
            Look::CoverNumber => designation::cover_number(&glyphs),
        };
        if let Some(glyph) = at.and_then(|at| glyphs.get(at)) {
            hits.push(Hit { rule, place: place(text, glyph) });
        }
    }
    hits.sort_by_key(Hit::verdict);
    hits
}

fn place(text: &str, glyph: &Glyph) -> Place {
    let before = text.get(..glyph.at).unwrap_or_default();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Place {
        line: count(before.bytes().filter(|byte| *byte == b'\n').count()),
        column: count(before[start..].chars().count()),
    }
}

#[cfg(test)]
mod tests;
