//! How clerks write a place: behind the county's name, with its township before it, with the ending of its office,
//! with a group behind it.

use super::{Unit, UnitKind, UnitTree, word_key};
use crate::ids::UnitId;

/// What was found for a village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// This village of the township.
    Found(UnitId),
    /// This village, although the text says 村 for a 社区 or the other way round.
    Assumed(UnitId),
    /// Several villages of the township answer to it.
    Several(Vec<UnitId>),
    /// Only villages of other townships answer to it.
    Elsewhere(Vec<UnitId>),
    /// Nothing answers to it.
    Unknown,
}

/// How names of townships end.
pub(crate) const TOWNSHIP_ENDS: [&str; 3] = ["镇", "乡", "街道"];
const VILLAGE_ENDS: [&str; 3] = ["村民委员会", "村委会", "村"];
const COMMUNITY_ENDS: [&str; 6] =
    ["社区居民委员会", "社区居委会", "社区委员会", "居民委员会", "居委会", "社区"];

/// The key itself, and what stands in it behind the county's name (石柱县黄水镇 -> 黄水镇).
pub(crate) fn with_and_without_county<'k>(units: &UnitTree, key: &'k str) -> Vec<&'k str> {
    let county: String = units.root().name.chars().take(2).collect();
    let behind = key
        .char_indices()
        .filter(|(_, c)| matches!(c, '县' | '区' | '市' | '旗'))
        .map(|(at, c)| key.split_at(at + c.len_utf8()))
        .filter_map(|(before, behind)| before.contains(&county).then_some(behind));
    std::iter::once(key).chain(behind).filter(|word| !word.is_empty()).collect()
}

/// Units that answer to a text in which more than their own name stands: the county before it, township and village
/// in one word (西沱镇西山村), the office behind it (西山村委会). A village of exactly this ending comes before one of the
/// other.
pub(super) fn written_out<'a>(units: &'a UnitTree, typed: &str) -> Vec<&'a Unit> {
    let key = word_key(typed);
    let words = with_and_without_county(units, &key);
    for word in words.iter().skip(1) {
        let hits = units.hits(word, |unit| unit.kind != UnitKind::Village);
        if !hits.is_empty() {
            return hits;
        }
    }
    let (mut exact, mut assumed) = (Vec::new(), Vec::new());
    for township in units.children(units.root().id).into_iter().filter(|it| it.kind == UnitKind::Township) {
        for village in words.iter().flat_map(|word| behind_township(township, word)) {
            match of_township(units, township.id, village) {
                Some(Place::Found(id)) => exact.push(id),
                Some(Place::Several(ids)) => exact.extend(ids),
                Some(Place::Assumed(id)) => assumed.push(id),
                Some(Place::Elsewhere(_) | Place::Unknown) | None => {}
            }
        }
    }
    let mut hits = if exact.is_empty() { assumed } else { exact };
    if hits.is_empty() {
        hits = words.iter().flat_map(|word| everywhere(units, &same_kind(word))).collect();
    }
    hits.sort_unstable();
    hits.dedup();
    hits.into_iter().filter_map(|id| units.get(id)).collect()
}

/// The village of a township as typed.
pub(crate) fn village(units: &UnitTree, township: UnitId, typed: &str) -> Place {
    let key = word_key(typed);
    let mut words = vec![key.as_str()];
    if let Some(unit) = units.get(township) {
        words.extend(key.split_once(unit.name.as_str()).map(|(_, behind)| behind));
        let all = with_and_without_county(units, &key);
        words.extend(all.into_iter().flat_map(|word| behind_township(unit, word)));
    }
    if let Some(unit) = words.iter().find_map(|word| units.village(township, word)) {
        return Place::Found(unit.id);
    }
    let found = words.iter().find_map(|word| of_township(units, township, word));
    found.unwrap_or_else(|| {
        let word = without_group(words.get(1).unwrap_or(&words[0]));
        let mut all = spellings(split_end(word).0);
        all.push(word.to_owned());
        let mut elsewhere = everywhere(units, &all);
        if elsewhere.is_empty() {
            elsewhere = written_out(units, typed)
                .into_iter()
                .filter(|unit| unit.kind == UnitKind::Village)
                .map(|unit| unit.id)
                .collect();
        }
        if elsewhere.is_empty() { Place::Unknown } else { Place::Elsewhere(elsewhere) }
    })
}

/// All villages of the county that a word may mean.
pub(crate) fn villages_like(units: &UnitTree, typed: &str) -> Vec<UnitId> {
    everywhere(units, &spellings(&word_key(typed)))
}

/// What stands behind any name of this township.
fn behind_township<'k>(township: &Unit, word: &'k str) -> Vec<&'k str> {
    let core = TOWNSHIP_ENDS.iter().find_map(|end| township.name.strip_suffix(end));
    let names = [township.name.as_str(), township.short_name.as_str()].into_iter().chain(core);
    let names = names.chain(township.aliases.iter().map(String::as_str)).map(word_key);
    let mut behind: Vec<&str> = names
        .filter(|name| name.chars().count() > 1)
        .filter_map(|name| word.strip_prefix(name.as_str()))
        .filter(|rest| !rest.is_empty())
        .collect();
    behind.sort_unstable();
    behind.dedup();
    behind
}

/// The village of this township that a word means; `None` when it has none of this name.
fn of_township(units: &UnitTree, township: UnitId, word: &str) -> Option<Place> {
    if let Some(unit) = units.village(township, word) {
        return Some(Place::Found(unit.id));
    }
    let word = without_group(word);
    let (core, ends) = split_end(word);
    let all = spellings(core);
    let (near, far) = if ends.is_none() { (all, Vec::new()) } else { (same_kind(word), all) };
    for (words, is_far) in [(&near, false), (&far, true)] {
        let mut hits: Vec<UnitId> =
            words.iter().filter_map(|word| units.village(township, word)).map(|unit| unit.id).collect();
        hits.sort_unstable();
        hits.dedup();
        match hits.as_slice() {
            [] => {}
            [one] if is_far && is_converted(units, *one, ends) => return Some(Place::Assumed(*one)),
            [one] => return Some(Place::Found(*one)),
            _ => return Some(Place::Several(hits)),
        }
    }
    None
}

fn everywhere(units: &UnitTree, words: &[String]) -> Vec<UnitId> {
    let mut hits: Vec<UnitId> =
        words.iter().flat_map(|word| units.villages_anywhere(word)).map(|unit| unit.id).collect();
    hits.sort_unstable();
    hits.dedup();
    hits
}

/// Whether the text says 村 for what is a 社区, or the other way round.
fn is_converted(units: &UnitTree, village: UnitId, ends: Option<&'static [&'static str]>) -> bool {
    let name = units.get(village).map_or("", |unit| unit.name.as_str());
    let is_community = COMMUNITY_ENDS.iter().any(|end| name.ends_with(end));
    ends.is_some_and(|ends| is_community != (ends == COMMUNITY_ENDS))
}

/// 星光社区居委会 -> 星光 and the ends of its kind.
fn split_end(word: &str) -> (&str, Option<&'static [&'static str]>) {
    for ends in [&COMMUNITY_ENDS[..], &VILLAGE_ENDS[..]] {
        for end in ends {
            if let Some(core) = word.strip_suffix(end).filter(|core| !core.is_empty()) {
                return (core, Some(ends));
            }
        }
    }
    (word, None)
}

/// All forms of a village or community of this name, by the ending the word has; none when it has no ending.
fn same_kind(word: &str) -> Vec<String> {
    let (core, ends) = split_end(word);
    ends.into_iter().flatten().map(|end| format!("{core}{end}")).collect()
}

/// All forms a village of this name can have.
fn spellings(word: &str) -> Vec<String> {
    let (core, _) = split_end(word);
    let mut all = vec![core.to_owned()];
    all.extend(VILLAGE_ENDS.iter().chain(&COMMUNITY_ENDS).map(|end| format!("{core}{end}")));
    if core != word {
        all.push(word.to_owned());
    }
    all
}

/// 星光村3组 -> 星光村.
fn without_group(word: &str) -> &str {
    if !word.ends_with(['组', '队', '社']) {
        return word;
    }
    let after = |mark: &str| word.rfind(mark).map(|at| at + mark.len());
    match after("社区").max(after("村")) {
        Some(end) => &word[..end],
        None => word,
    }
}
