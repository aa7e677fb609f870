//! Text that looks like the true designation of a unit. It cannot be known for certain, so it is only warned of;
//! words of every day that end alike (旅游, 师傅, 团员, 代表团) are left alone.

use super::fold::{Gap, Glyph};
use super::phrase::{is_chinese_digit, is_numeral};

/// The longest number of a unit, in characters.
const LONGEST_NUMBER: usize = 6;
/// How far behind 战区 or 武警 a unit may stand.
const REACH: usize = 16;

/// Kinds of unit and the characters that make another word of them when they follow.
const KINDS: &[(char, &str)] = &[
    ('旅', "游行客店馆途社居费程顺伴"),
    ('师', "范傅生徒资父专德兄姐妹弟母爷大院友级职承表"),
    ('团', "结圆员委队体购支聚建年拜费干课组校县日伙子和中央省市小总区级职工籍史"),
];

/// Arms of service that stand between number and kind, or before the number.
const ARMS: &[&str] = &[
    "合成",
    "装甲",
    "坦克",
    "机步",
    "摩步",
    "机械化步兵",
    "摩托化步兵",
    "步兵",
    "炮兵",
    "炮",
    "高炮",
    "防空",
    "特战",
    "特种作战",
    "特种",
    "陆航",
    "陆军航空兵",
    "航空兵",
    "航空",
    "空中突击",
    "空突",
    "空降兵",
    "空降",
    "两栖",
    "山地",
    "边防",
    "海防",
    "勤务支援",
    "勤务",
    "作战支援",
    "工程防化",
    "工兵",
    "工化",
    "防化",
    "通信",
    "导弹",
    "火箭军",
    "舰艇",
    "驱逐舰",
    "护卫舰",
    "潜艇",
    "陆战",
    "海军陆战",
    "预备役",
    "电子对抗",
    "信息保障",
    "红军",
];

/// Where a designation begins.
pub(super) fn designation(glyphs: &[Glyph]) -> Option<usize> {
    (0..glyphs.len()).find_map(|at| {
        let c = glyphs[at].c;
        if c == '团' && starts(glyphs, at.checked_sub(1), "集团军") {
            return army(glyphs, at - 1);
        }
        if c == '队' && starts(glyphs, at.checked_sub(1), "支队") {
            return detachment(glyphs, at - 1);
        }
        let (_, others) = KINDS.iter().find(|(kind, _)| *kind == c)?;
        let next = glyphs.get(at + 1).filter(|glyph| glyph.gap != Gap::Line);
        if next.is_some_and(|glyph| others.contains(glyph.c)) {
            return None;
        }
        numbered(glyphs, at).or_else(|| of_theatre(glyphs, at))
    })
}

fn starts(glyphs: &[Glyph], at: Option<usize>, word: &str) -> bool {
    at.is_some_and(|at| {
        word.chars().zip(at..).all(|(c, at)| glyphs.get(at).is_some_and(|glyph| glyph.c == c))
    })
}

/// 第×集团军, whatever the number.
fn army(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let start = number(glyphs, at)?;
    Some(ordinal(glyphs, start).unwrap_or(start))
}

/// A number right before the kind or before its arm: 第3旅, 112师, 合成第三旅, 71合成旅.
fn numbered(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let (behind, has_arm) = before_arms(glyphs, at);
    let start = number(glyphs, behind)?;
    let ordinal = ordinal(glyphs, start);
    let first = ordinal.unwrap_or(start);
    // 新疆生产建设兵团第八师 is a place.
    if ends_with(glyphs, first, "兵团") {
        return None;
    }
    let has_arm = has_arm || before_arms(glyphs, first).1;
    (has_arm || ordinal.is_some() || behind - start >= 2).then_some(first)
}

/// 西部战区 … 旅; not 某旅.
fn of_theatre(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let before = glyphs.get(at.checked_sub(1)?)?.c;
    if "某该本各个支名工表问访察讲乐剧青集演艺医律教导厨慰社财兵".contains(before)
    {
        return None;
    }
    let from = at.saturating_sub(REACH);
    let theatre = (from..at).rev().find(|place| starts(glyphs, Some(*place), "战区"))?;
    let is_one_sentence =
        glyphs[theatre + 1..=at].iter().all(|it| it.gap != Gap::Line && !matches!(it.c, '。' | ';' | '；'));
    let is_named =
        ["东部", "南部", "西部", "北部", "中部"].iter().any(|word| ends_with(glyphs, theatre, word));
    (is_one_sentence && is_named).then(|| theatre - 2)
}

/// A numbered 支队 of the armed police and the like; those of the traffic police are no secret.
fn detachment(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let start = number(glyphs, before_arms(glyphs, at).0)?;
    let from = start.saturating_sub(REACH);
    let of = ["武警", "海警", "舰艇", "机动"];
    (from..start).find(|place| of.iter().any(|word| starts(glyphs, Some(*place), word)))
}

/// Where five digits with 部队 begin.
pub(super) fn cover_number(glyphs: &[Glyph]) -> Option<usize> {
    (0..glyphs.len()).find_map(|at| {
        if !starts(glyphs, Some(at), "部队") || glyphs[at].gap == Gap::Line {
            return None;
        }
        let digits = glyphs[..at].iter().rev().take(6).take_while(|glyph| is_digit(glyph.c)).count();
        (digits == 5).then(|| at - 5)
    })
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || is_chinese_digit(c)
}

/// Where the number that ends before a place begins. It stands in one line.
fn number(glyphs: &[Glyph], end: usize) -> Option<usize> {
    let before = glyphs.get(..end)?.iter().rev().take(LONGEST_NUMBER + 1);
    let length = before.take_while(|glyph| is_numeral(glyph.c)).count();
    if length == 0 || length > LONGEST_NUMBER {
        return None;
    }
    let start = end - length;
    let is_one_line = glyphs[start + 1..=end].iter().all(|glyph| glyph.gap != Gap::Line);
    is_one_line.then_some(start)
}

/// Where the 第 before a place stands.
fn ordinal(glyphs: &[Glyph], start: usize) -> Option<usize> {
    start.checked_sub(1).filter(|at| glyphs[*at].c == '第')
}

fn ends_with(glyphs: &[Glyph], end: usize, word: &str) -> bool {
    starts(glyphs, end.checked_sub(word.chars().count()), word)
}

/// Goes back over up to two arms of service; whether there was one.
fn before_arms(glyphs: &[Glyph], end: usize) -> (usize, bool) {
    let mut at = end;
    for _ in 0..2 {
        let longest =
            ARMS.iter().filter(|arm| ends_with(glyphs, at, arm)).map(|arm| arm.chars().count()).max();
        match longest {
            Some(length) => at -= length,
            None => break,
        }
    }
    (at, at < end)
}
