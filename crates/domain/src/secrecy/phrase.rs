//! Marks, lines and phrases in folded text. Every look forward or back has a bound, so that a text of any kind costs
//! time in proportion to its length.

use super::fold::{Gap, Glyph};

/// Characters that may be put between those of a mark to hide it.
const MOST_SEPARATORS: usize = 3;
/// Lines at the head of a document in which a level may stand alone (份号, 密级, 紧急程度, 发文机关 …).
const HEAD_LINES: usize = 12;
/// A line with a level alone is not longer.
const LONGEST_LINE: usize = 40;

/// Where a level with its star begins.
pub(super) fn mark(glyphs: &[Glyph], levels: &[&str]) -> Option<usize> {
    (0..glyphs.len()).find(|at| levels.iter().any(|level| is_mark(glyphs, *at, level)))
}

fn is_mark(glyphs: &[Glyph], at: usize, level: &str) -> bool {
    let Some(behind) = spread(glyphs, at, level) else { return false };
    let mut next = behind;
    // 机密级★, “机密”★, （机密）★
    while glyphs.get(next).is_some_and(|glyph| next - behind < MOST_SEPARATORS && is_loose(glyph.c)) {
        next += 1;
    }
    match glyphs.get(next).map(|glyph| glyph.c) {
        Some('★') => true,
        // Stars typed for want of the right one also stand for footnotes: they need a term, or a line of their own.
        Some('*') => {
            let rest = glyphs.get(next + 1..).unwrap_or_default();
            is_term(rest) || (glyphs[at].gap == Gap::Line && ends_line(rest))
        }
        _ => false,
    }
}

/// Matches a word whose characters may be set apart by blanks, line breaks and a few separators; where it ends.
fn spread(glyphs: &[Glyph], at: usize, word: &str) -> Option<usize> {
    let mut place = at;
    for (number, wanted) in word.chars().enumerate() {
        let from = place;
        while number > 0
            && place - from < MOST_SEPARATORS
            && glyphs.get(place).is_some_and(|it| is_separator(it.c))
        {
            place += 1;
        }
        if glyphs.get(place)?.c != wanted {
            return None;
        }
        place += 1;
    }
    Some(place)
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | '·' | '•' | '・' | '-' | '—' | '–' | '_' | '~' | '|' | '/' | '\\' | '\'' | '"' | '`' | '^'
    )
}

fn is_loose(c: char) -> bool {
    is_separator(c)
        || matches!(
            c,
            '级' | '件'
                | ':'
                | ')'
                | ']'
                | '】'
                | '〕'
                | '》'
                | '”'
                | '’'
                | '」'
                | '』'
                | '>'
                | '<'
                | '['
                | '('
        )
}

/// A term behind a star: `10年`, `三十年`, `6个月`, `20301231`, `2030年`, `解密时间`, `长期`.
fn is_term(rest: &[Glyph]) -> bool {
    let number = rest.iter().take(9).take_while(|glyph| is_numeral(glyph.c)).count();
    let word = |at: usize, word: &str| word.chars().zip(rest.iter().skip(at)).all(|(c, glyph)| c == glyph.c);
    let unit =
        |at: usize| rest.get(at).is_some_and(|glyph| matches!(glyph.c, '年' | '月' | '日' | '天' | '个'));
    (number > 0 && unit(number)) || number >= 6 || (rest.len() >= 2 && (word(0, "解密") || word(0, "长期")))
}

fn ends_line(rest: &[Glyph]) -> bool {
    rest.first().is_none_or(|glyph| glyph.gap == Gap::Line)
}

/// Digits of any writing.
pub(super) fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || is_chinese_digit(c) || matches!(c, '十' | '百' | '拾' | '佰')
}

/// 〇 to 九, and the forms of cheques.
pub(super) fn is_chinese_digit(c: char) -> bool {
    "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖".contains(c)
}

/// Where a line begins that holds a level and nothing else but what GB/T 9704 puts beside it.
pub(super) fn level_line(glyphs: &[Glyph], levels: &[&str]) -> Option<usize> {
    let mut start = 0;
    for _ in 0..HEAD_LINES {
        let rest = glyphs.get(start..).filter(|rest| !rest.is_empty())?;
        let length =
            rest.iter().skip(1).position(|glyph| glyph.gap == Gap::Line).map_or(rest.len(), |at| at + 1);
        if length <= LONGEST_LINE && is_level_line(&rest[..length], levels) {
            return Some(start);
        }
        start += length;
    }
    None
}

fn is_level_line(line: &[Glyph], levels: &[&str]) -> bool {
    // Words that stand before or behind the level.
    const BESIDE: &[&str] = &[
        "密级", "份号", "编号", "和", "保密", "期限", "等级", "紧急", "程度", "特急", "特提", "加急", "平急",
        "急件", "级", "件", "文件", "长期", "年", "个月", "No", "本页", "本表", "本文",
    ];
    let text: String = line.iter().map(|glyph| glyph.c).filter(|c| is_chinese_or_word(*c)).collect();
    let Some((before, behind)) = levels.iter().find_map(|level| text.split_once(level)) else { return false };
    let is_beside = |mut text: &str| {
        loop {
            text = text.trim_start_matches(is_numeral);
            match BESIDE.iter().find_map(|word| text.strip_prefix(word)) {
                Some(rest) => text = rest,
                None => return text.is_empty(),
            }
        }
    };
    is_beside(before) && is_beside(behind)
}

fn is_chinese_or_word(c: char) -> bool {
    crate::text::is_chinese(c) || c.is_alphanumeric()
}

/// Where a phrase begins. It may be letter-spaced, but not with one gap only, which is where two words meet.
pub(super) fn phrase(glyphs: &[Glyph], words: &[&str], not_before: &[char]) -> Option<usize> {
    let is_at = |at: usize, word: &str| {
        let mut gaps = [0_usize; 2];
        let mut end = at;
        for (number, c) in word.chars().enumerate() {
            let Some(glyph) = glyphs.get(at + number).filter(|glyph| glyph.c == c) else { return false };
            if number > 0 {
                gaps[usize::from(glyph.gap > Gap::None)] += 1;
            }
            end = at + number + 1;
        }
        let next = glyphs.get(end).filter(|glyph| glyph.gap == Gap::None);
        (gaps[0] == 0 || gaps[1] == 0) && next.is_none_or(|glyph| !not_before.contains(&glyph.c))
    };
    (0..glyphs.len()).find(|at| words.iter().any(|word| is_at(*at, word)))
}
