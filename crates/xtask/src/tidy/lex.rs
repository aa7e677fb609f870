//! Just enough of Rust's lexical grammar to keep code, comments and string literals apart.

use std::ops::Range;

/// A file with its string literals taken out.
pub struct Lexed {
    /// The text with comments and the contents of literals as blanks; lines and columns stay.
    pub code: String,
    /// Each string literal: the line it begins on, from 1, and its content as written.
    pub strings: Vec<(usize, String)>,
    /// Lines, from 1, of items under `#[cfg(test)]` and of functions under `#[test]`.
    pub test_lines: Vec<Range<usize>>,
}

impl Lexed {
    pub fn new(text: &str) -> Self {
        let mut lexer =
            Lexer { chars: text.chars().collect(), at: 0, line: 1, code: String::new(), strings: vec![] };
        lexer.run();
        let test_lines = test_lines(&lexer.code);
        Self { code: lexer.code, strings: lexer.strings, test_lines }
    }

    pub fn is_test(&self, line: usize) -> bool {
        self.test_lines.iter().any(|lines| lines.contains(&line))
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Lexer {
    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            let is_word_start =
                !self.code.ends_with(|before: char| before.is_alphanumeric() || before == '_');
            match c {
                '/' if self.peek(1) == Some('/') => self.blank_while(|lexer| lexer.peek(0) != Some('\n')),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                '\'' => self.quote(),
                'r' | 'b' | 'c' if is_word_start => self.prefixed(),
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self, shown: Option<char>) {
        if let Some(c) = self.peek(0) {
            self.line += usize::from(c == '\n');
            self.code.push(if c == '\n' { '\n' } else { shown.unwrap_or(c) });
            self.at += 1;
        }
    }

    fn keep(&mut self) {
        self.step(None);
    }

    fn blank(&mut self) {
        self.step(Some(' '));
    }

    fn blank_while(&mut self, goes_on: impl Fn(&Self) -> bool) {
        while self.peek(0).is_some() && goes_on(self) {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    /// `"…"` with escapes.
    fn string(&mut self) {
        let line = self.line;
        let mut content = String::new();
        self.keep();
        while let Some(c) = self.peek(0) {
            if c == '"' {
                break;
            }
            let is_escape = c == '\\';
            content.push(c);
            self.blank();
            if let (true, Some(escaped)) = (is_escape, self.peek(0)) {
                content.push(escaped);
                self.blank();
            }
        }
        self.keep();
        self.strings.push((line, content));
    }

    /// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `c"…"`, `b'…'`, else an identifier.
    fn prefixed(&mut self) {
        let mut ahead = 1;
        if self.peek(0) != Some('r') && self.peek(1) == Some('r') {
            ahead = 2;
        }
        let is_raw = self.peek(ahead - 1) == Some('r');
        let rest = self.chars.get(self.at + ahead..).unwrap_or_default();
        let hashes = rest.iter().take_while(|c| is_raw && **c == '#').count();
        if self.peek(ahead + hashes) != Some('"') {
            self.keep();
            return;
        }
        for _ in 0..ahead {
            self.keep();
        }
        if is_raw { self.raw_string(hashes) } else { self.string() }
    }

    fn raw_string(&mut self, hashes: usize) {
        let line = self.line;
        for _ in 0..=hashes {
            self.blank();
        }
        let mut content = String::new();
        while let Some(c) = self.peek(0) {
            if c == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                break;
            }
            content.push(c);
            self.blank();
        }
        for _ in 0..=hashes {
            self.blank();
        }
        self.strings.push((line, content));
    }

    /// A character literal is blanked, a lifetime kept.
    fn quote(&mut self) {
        let end = match (self.peek(1), self.peek(2)) {
            (Some('\\'), _) => (3..12).find(|ahead| self.peek(*ahead) == Some('\'')),
            (Some(_), Some('\'')) => Some(2),
            _ => None,
        };
        match end {
            None => self.keep(),
            Some(end) => (0..=end).for_each(|_| self.blank()),
        }
    }
}

/// The line, from 1, of a byte position.
pub fn line_of(code: &str, at: usize) -> usize {
    1 + code[..at].bytes().filter(|byte| *byte == b'\n').count()
}

/// The end of the block that opens at `open`, behind its closing brace.
pub fn block_end(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    code.len()
}

/// Where the body of an item opens, unless it ends with `;` first.
pub fn body_of(code: &str, from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(at),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn test_lines(code: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for mark in ["#[cfg(test)]", "#[test]", "#[tokio::test"] {
        for (at, _) in code.match_indices(mark) {
            if let Some(open) = body_of(code, at) {
                lines.push(line_of(code, at)..line_of(code, block_end(code, open)) + 1);
            }
        }
    }
    lines
}
