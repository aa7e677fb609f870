//! The short names of villages: what a clerk writes and says (`星光村`, `红星社区`) instead of the committee's
//! full name in the national list (`星光村民委员会`, `红星社区居委会`).

use super::VillageKind;
use std::collections::HashMap;

/// Endings of a residents' committee; the last two are rare or slips of the national list.
const RESIDENTS: &[&str] = &["居民委员会", "居委会", "居民管理委员会", "居民委会"];

/// Endings of a villagers' committee, in pastures a herders'; the last two are slips of the national list.
const VILLAGERS: &[&str] = &["村民委员会", "村委会", "牧民委员会", "牧委会", "村民民委员会", "村民委会"];

/// What may stand before a bare `委员会` (`第一街委员会`, `巴彦嘎查委员会`).
const BARE: &[char] = &['村', '街', '查', '区', '道'];

/// One short name for each village of a township, all different and none empty. `above` are the names of
/// province, city, county and township, which a short name does not repeat.
///
/// Where two villages would be called the same, both take the next longer form: first the committee's name
/// with what it repeats, then the full name.
pub fn short_names(villages: &[(&str, VillageKind)], above: &[&str]) -> Vec<String> {
    let form = |index: usize, length: u8| {
        let (name, kind) = villages[index];
        match (kind, length) {
            (VillageKind::Pseudo, _) | (_, 2..) => name.to_owned(),
            (_, 1) => without_committee(name).unwrap_or(name.to_owned()),
            (_, _) => without_committee(without_above(name, above))
                .or_else(|| without_committee(name))
                .unwrap_or_else(|| name.to_owned()),
        }
    };
    let mut lengths = vec![0; villages.len()];
    loop {
        let names: Vec<String> = lengths.iter().enumerate().map(|(at, length)| form(at, *length)).collect();
        let mut uses: HashMap<&str, u32> = HashMap::new();
        for name in &names {
            *uses.entry(name).or_default() += 1;
        }
        let mut settled = true;
        for (name, length) in names.iter().zip(&mut lengths) {
            if uses[name.as_str()] > 1 && *length < 2 {
                *length += 1;
                settled = false;
            }
        }
        if settled {
            return names;
        }
    }
}

/// The name behind the names of the units above it, taken off in their order.
fn without_above<'a>(name: &'a str, above: &[&str]) -> &'a str {
    above.iter().fold(name, |rest, unit| rest.strip_prefix(unit).unwrap_or(rest))
}

/// The place a committee serves; `None` when its name has nothing else in it.
fn without_committee(name: &str) -> Option<String> {
    let (place, ending) = if let Some(place) = strip_any(name, RESIDENTS) {
        (place, if place.ends_with("社区") { "" } else { "社区" })
    } else if let Some(place) = strip_any(name, VILLAGERS) {
        let complete = ["村", "社区", "嘎查"].iter().any(|end| place.ends_with(end));
        (place, if complete { "" } else { "村" })
    } else {
        let bare = name.strip_suffix("委员会").or_else(|| name.strip_suffix("委会"));
        (bare.filter(|place| place.ends_with(BARE)).unwrap_or(name), "")
    };
    let only_words = matches!(place, "" | "村" | "社区" | "居民" | "村民" | "虚拟社区");
    (!only_words).then(|| format!("{place}{ending}"))
}

fn strip_any<'a>(name: &'a str, endings: &[&str]) -> Option<&'a str> {
    endings.iter().find_map(|ending| name.strip_suffix(ending))
}
