//! Finds the header among the first rows of a sheet and maps its heads to the columns of an import.

use domain::sheet::{Cell, Column};
use domain::text::{half_width, is_blank};
use std::collections::HashMap;

/// A row as it was found: number and cells.
pub(super) type FoundRow = (u32, Vec<(u32, Cell)>);

/// The words of an import, prepared.
pub(super) struct Words<'c> {
    columns: &'c [Column],
    one_of: &'c [&'c [usize]],
    /// By normalised word: the column, and how exact the word is (0 the title itself).
    known: HashMap<String, (usize, u8)>,
}

/// How well one row (or two) serve as header.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidate {
    /// Index of the last header row among the rows looked at.
    pub last: usize,
    /// Per column of the import: place in the sheet.
    pub columns: Vec<Option<u32>>,
    /// Heads that belong to no column.
    pub unknown: Vec<String>,
    /// Heads of a column that was found before.
    pub repeated: Vec<String>,
    /// Heads that would fit but are in 万元.
    pub other_unit: Vec<String>,
    /// Normalised heads by place in the sheet: parent, child, both joined.
    pub heads: HashMap<u32, [String; 3]>,
    /// Titles of what must be there and is not.
    pub missing: Vec<String>,
    /// Columns found.
    pub matched: usize,
}

impl<'c> Words<'c> {
    pub(super) fn new(columns: &'c [Column], one_of: &'c [&'c [usize]]) -> Self {
        let mut known = HashMap::new();
        let mut add = |word: String, column: usize, rank: u8| {
            if !word.is_empty() {
                known.entry(word).or_insert((column, rank));
            }
        };
        for (place, column) in columns.iter().enumerate() {
            add(normal(column.title), place, 0);
        }
        for (place, column) in columns.iter().enumerate() {
            column.synonyms.iter().for_each(|word| add(normal(word), place, 1));
        }
        for (place, column) in columns.iter().enumerate() {
            add(normal(&without_brackets(column.title)), place, 2);
            column.synonyms.iter().for_each(|word| add(normal(&without_brackets(word)), place, 3));
        }
        Self { columns, one_of, known }
    }

    /// The best header among the rows; it is one only when nothing is missing.
    pub(super) fn find(&self, rows: &[FoundRow]) -> Candidate {
        let mut best =
            Candidate { missing: self.missing(&vec![None; self.columns.len()]), ..Candidate::default() };
        for (at, (_, cells)) in rows.iter().enumerate() {
            let single = self.candidate(at, None, cells);
            let double = rows
                .get(at + 1)
                .filter(|(_, child)| child.iter().all(|(_, cell)| may_be_head(cell)))
                .map(|(_, child)| self.candidate(at + 1, Some(cells), child));
            for candidate in std::iter::once(single).chain(double) {
                let rank = |it: &Candidate| (it.missing.is_empty(), it.matched);
                if rank(&candidate) > rank(&best) {
                    best = candidate;
                }
            }
        }
        best
    }

    fn candidate(&self, last: usize, parents: Option<&[(u32, Cell)]>, cells: &[(u32, Cell)]) -> Candidate {
        let mut out = Candidate { last, columns: vec![None; self.columns.len()], ..Candidate::default() };
        let mut ranks = vec![u8::MAX; self.columns.len()];
        let mut claims: Vec<(String, u32, usize)> = Vec::new();
        for head in heads(parents.unwrap_or_default(), cells) {
            match self.column_of(&head) {
                Some((column, rank)) => {
                    if rank < ranks[column] {
                        ranks[column] = rank;
                        out.columns[column] = Some(head.place);
                    }
                    claims.push((head.shown(), head.place, column));
                }
                None if self.is_other_unit(&head) => out.other_unit.push(head.shown()),
                None => out.unknown.push(head.shown()),
            }
            out.heads.insert(head.place, head.normal());
        }
        for (shown, place, column) in claims {
            if out.columns[column] != Some(place) {
                out.repeated.push(shown);
            }
        }
        out.matched = out.columns.iter().flatten().count();
        out.missing = self.missing(&out.columns);
        out
    }

    fn missing(&self, found: &[Option<u32>]) -> Vec<String> {
        let alone =
            self.columns.iter().zip(found).filter(|(column, place)| column.required && place.is_none());
        let mut out: Vec<String> = alone.map(|(column, _)| column.title.to_owned()).collect();
        for group in self.one_of {
            if group.iter().all(|&place| found.get(place).copied().flatten().is_none()) {
                let titles = group.iter().filter_map(|&place| self.columns.get(place));
                out.push(titles.map(|column| column.title).collect::<Vec<_>>().join("或"));
            }
        }
        out
    }

    /// The column a head means, and how exactly it says so.
    fn column_of(&self, head: &Head) -> Option<(usize, u8)> {
        let joined = format!("{}{}", head.parent, head.child);
        let mut tries: Vec<&str> = vec![&joined];
        if !head.parent.is_empty() && !head.child.is_empty() {
            tries.push(&head.child);
        }
        let exact = |text: &str, more: u8| self.known.get(text).map(|&(column, rank)| (column, rank + more));
        let found = tries.iter().find_map(|text| exact(&normal(text), 0));
        let first_line = head.child.lines().next().unwrap_or_default();
        let rest = head.child.get(first_line.len()..).unwrap_or_default();
        found
            .or_else(|| {
                tries
                    .iter()
                    .filter(|text| !names_other_unit(text))
                    .find_map(|text| exact(&normal(&without_brackets(text)), 4))
            })
            .or_else(|| {
                // A head with instructions under it.
                let useful = !rest.is_empty() && !names_other_unit(rest);
                useful.then(|| exact(&normal(&without_brackets(first_line)), 8)).flatten()
            })
    }

    fn is_other_unit(&self, head: &Head) -> bool {
        let joined = format!("{}{}", head.parent, head.child);
        names_other_unit(&joined) && self.known.contains_key(&normal(&without_brackets(&joined)))
    }
}

/// One head: what stands above it, and itself.
struct Head {
    place: u32,
    parent: String,
    child: String,
}

impl Head {
    fn shown(&self) -> String {
        let text = format!("{}{}", self.parent, self.child);
        text.chars().filter(|c| !is_blank(*c)).collect()
    }

    fn normal(&self) -> [String; 3] {
        let (parent, child) = (normal(&self.parent), normal(&self.child));
        let joined = format!("{parent}{child}");
        [parent, child, joined]
    }
}

/// The heads of one line, or of two: a parent goes on to the right over the children below it.
fn heads(parents: &[(u32, Cell)], cells: &[(u32, Cell)]) -> Vec<Head> {
    let text = |cell: &Cell| cell.text().map(std::borrow::Cow::into_owned).unwrap_or_default();
    let by_place =
        |row: &[(u32, Cell)]| row.iter().map(|(at, cell)| (*at, text(cell))).collect::<HashMap<_, _>>();
    let (mut above, mut below) = (by_place(parents), by_place(cells));
    let mut out: Vec<Head> = Vec::new();
    let mut carried = (u32::MAX, String::new());
    let mut places: Vec<u32> = parents.iter().chain(cells).map(|(place, _)| *place).collect();
    places.sort_unstable();
    places.dedup();
    for place in places {
        let child = below.remove(&place).unwrap_or_default();
        let parent = match above.remove(&place) {
            Some(parent) => parent,
            None if carried.0.checked_add(1) == Some(place) => carried.1.clone(),
            None => String::new(),
        };
        if child.is_empty() {
            carried = (u32::MAX, String::new());
            out.push(Head { place, parent: String::new(), child: parent });
        } else {
            carried = (place, parent.clone());
            out.push(Head { place, parent, child });
        }
    }
    out
}

/// A line of data is not the second line of a header: heads are short words.
fn may_be_head(cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) => {
            text.chars().count() <= 24 && text.chars().filter(char::is_ascii_digit).count() < 6
        }
        _ => false,
    }
}

/// A head without what does not matter: blanks, marks of duty, brackets and strokes (their content stays).
pub(super) fn normal(head: &str) -> String {
    half_width(head)
        .chars()
        .filter(|c| !is_blank(*c) && !is_mark(*c) && !opens(*c) && !closes(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        '※' | '*' | '★' | '☆' | '●' | '▲' | '#' | '/' | '\\' | '、' | '-' | '_' | '.' | ':' | ',' | '"'
    )
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '（' | '[' | '【' | '〔' | '「' | '<' | '《' | '{')
}

fn closes(c: char) -> bool {
    matches!(c, ')' | '）' | ']' | '】' | '〕' | '」' | '>' | '》' | '}')
}

/// `慰问金（元）` as `慰问金`.
fn without_brackets(head: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in head.chars() {
        if opens(c) || c == '［' {
            depth += 1;
        } else if closes(c) || c == '］' {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            out.push(c);
        }
    }
    out
}

/// `慰问金（万元）` must not be read as yuan.
fn names_other_unit(head: &str) -> bool {
    ["万", "千元", "百元", "亿"].iter().any(|unit| head.contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { title: "姓名", synonyms: &["对象姓名"], required: true },
        Column { title: "乡镇（街道）", synonyms: &[], required: true },
        Column { title: "慰问金（元）", synonyms: &["金额"], required: false },
        Column { title: "公民身份号码", synonyms: &["身份证号"], required: false },
    ];

    fn row(number: u32, texts: &[&str]) -> FoundRow {
        let cells = (0_u32..).zip(texts).filter(|(_, text)| !text.is_empty());
        (number, cells.map(|(place, text)| (place, Cell::Text((*text).to_owned()))).collect())
    }

    fn places(rows: &[FoundRow]) -> Vec<Option<u32>> {
        Words::new(COLUMNS, &[]).find(rows).columns
    }

    #[test]
    fn one_head_in_many_spellings() {
        for (name, town, money) in [
            ("姓名", "乡镇（街道）", "慰问金（元）"),
            (" 姓　名 ", "乡镇(街道)", "慰问金(元)"),
            ("*姓名", "乡镇街道", "慰问金"),
            ("※姓\n名", "乡镇/街道", "慰问金\n（元）"),
            ("姓名（必填）", "乡镇", "慰问金【元】"),
            ("对象姓名", "乡镇\n（请填全称）", "慰问金\n按户填写"),
            ("姓名：", "乡镇、街道", "金额（元）"),
        ] {
            assert_eq!(
                places(&[row(1, &[name, town, money])]),
                [Some(0), Some(1), Some(2), None],
                "{name} {town}"
            );
        }
    }

    #[test]
    fn ten_thousands_are_not_yuan() {
        let found = Words::new(COLUMNS, &[]).find(&[row(1, &["姓名", "乡镇", "慰问金（万元）"])]);
        assert_eq!(found.columns[2], None);
        assert_eq!(found.other_unit, ["慰问金(万元)"]);
    }

    #[test]
    fn two_lines() {
        let rows = [
            row(1, &["花名册"]),
            row(3, &["姓名", "基本情况", "", "慰问情况"]),
            row(4, &["", "身份证号", "乡镇", "金额"]),
            row(5, &["张三", "", "河嘴乡", "500"]),
        ];
        let found = Words::new(COLUMNS, &[]).find(&rows);
        assert_eq!((found.last, found.columns), (2, vec![Some(0), Some(2), Some(3), Some(1)]));
    }

    #[test]
    fn joined_heads_win_over_the_child_alone() {
        let columns = [
            Column { title: "对象姓名", synonyms: &["姓名"], required: true },
            Column { title: "领导姓名", synonyms: &[], required: true },
        ];
        let rows = [row(1, &["领导", "", "对象", ""]), row(2, &["姓名", "职务", "姓名", "类别"])];
        let found = Words::new(&columns, &[]).find(&rows);
        assert_eq!(found.columns, [Some(2), Some(0)]);
    }

    #[test]
    fn the_title_wins_over_a_synonym_and_repeats_are_told() {
        let found = Words::new(COLUMNS, &[]).find(&[row(1, &["对象姓名", "乡镇", "姓名", "姓名", "序号"])]);
        assert_eq!(found.columns, [Some(2), Some(1), None, None]);
        assert_eq!(
            (found.repeated, found.unknown),
            (vec!["对象姓名".into(), "姓名".into()], vec!["序号".to_owned()])
        );
    }

    #[test]
    fn what_is_missing() {
        let groups: &[&[usize]] = &[&[0, 3]];
        let found = Words::new(COLUMNS, groups).find(&[row(1, &["乡镇", "备注"])]);
        assert_eq!(found.missing, ["姓名", "姓名或公民身份号码"]);
        assert_eq!(Words::new(COLUMNS, &[]).find(&[]).missing, ["姓名", "乡镇（街道）"]);
    }
}
