//! Text as it is compared: what shows nothing is left out, other forms of a character are one, so that a mark set
//! with spaces, over two lines, in full width or with another star is still the mark.

use crate::text::{half_width_char, is_blank};

/// What stands between a character and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing that shows.
    None,
    /// Blanks.
    Blank,
    /// A line break.
    Line,
}

/// One character that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The character, folded.
    pub c: char,
    /// Its byte in the text.
    pub at: usize,
    /// What stands before it.
    pub gap: Gap,
}

/// All characters that show.
pub(super) fn glyphs(text: &str) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(text.len() / 3 + 1);
    let mut gap = Gap::Line;
    for (at, c) in text.char_indices() {
        // Nearly all of the text.
        let is_common = matches!(c, '\u{4e00}'..='\u{9fff}');
        if !is_common && is_line_break(c) {
            gap = Gap::Line;
        } else if !is_common && is_hidden(c) {
            if c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}') {
                gap = gap.max(Gap::Blank);
            }
        } else {
            out.push(Glyph { c: fold(c), at, gap });
            gap = Gap::None;
        }
    }
    out
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Shows nothing, or only changes the look of its neighbour.
fn is_hidden(c: char) -> bool {
    is_blank(c)
        || matches!(
            c,
            '\u{300}'..='\u{36f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180b}'..='\u{180f}'
                | '\u{20d0}'..='\u{20ff}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e01ef}'
        )
}

/// The form that is compared. True stars are `★`; what is typed for want of one is `*`.
fn fold(c: char) -> char {
    match c {
        '⭐' | '🌟' | '✪' | '✫' | '✬' | '✭' | '✮' | '✯' | '✦' => '★',
        '☆' | '✩' | '✰' | '⋆' | '∗' | '﹡' | '✱' | '✲' | '✳' | '✴' | '✶' | '＊' | '⁎' => {
            '*'
        }
        '機' => '机',
        '絕' | '絶' => '绝',
        '祕' | '㊙' => '秘',
        '宻' => '密',
        '內' => '内',
        '隊' => '队',
        '團' => '团',
        '師' => '师',
        '軍' => '军',
        '戰' => '战',
        '區' => '区',
        '級' => '级',
        '資' => '资',
        '⼯' => '工',
        '東' => '东',
        '裝' => '装',
        '⼀' => '一',
        '⼆' => '二',
        '⼋' => '八',
        '⼗' => '十',
        _ => half_width_char(c),
    }
}
