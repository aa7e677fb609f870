//! Rules on single files.

use super::lex::{block_end, body_of, line_of};
use super::{Finding, Source};

/// A rule looks at one file and says what it found.
type Rule = fn(&Source, &mut Vec<Finding>);

pub const ALL: &[Rule] =
    &[file_length, function_length, sql_only_in_store, audit_is_append_only, no_machine_paths, no_leftovers];

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

fn report(findings: &mut Vec<Finding>, source: &Source, line: usize, message: String) {
    findings.push(Finding { path: source.path.clone(), line, message });
}

fn is_generated(source: &Source) -> bool {
    source.is_under("crates/store/migrations")
        || source.text.lines().take(5).any(|line| line.contains("@generated"))
}

/// Whole files of tests: `tests/…` of a crate, `tests.rs`, `e2e/`.
fn is_test_file(source: &Source) -> bool {
    source.path.contains("/tests/") || source.path.ends_with("/tests.rs") || source.is_under("e2e")
}

pub fn file_length(source: &Source, findings: &mut Vec<Finding>) {
    let is_code = matches!(source.extension(), "rs" | "ts" | "vue" | "sh" | "mjs" | "js");
    let lines = source.text.lines().count();
    if is_code && lines > FILE_LINES && !is_generated(source) {
        let message =
            format!("{lines} lines, the wall is {FILE_LINES}: split the file by what it talks about");
        report(findings, source, FILE_LINES + 1, message);
    }
}

pub fn function_length(source: &Source, findings: &mut Vec<Finding>) {
    let Some(rust) = source.rust.as_ref().filter(|_| !is_test_file(source) && !is_generated(source)) else {
        return;
    };
    let code = &rust.code;
    for (at, _) in code.match_indices("fn ") {
        let is_word = !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let name: String =
            code[at + 3..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(open) = body_of(code, at).filter(|_| is_word && !name.is_empty()) else { continue };
        let first = line_of(code, at);
        let lines = line_of(code, block_end(code, open)) - first + 1;
        if lines > FUNCTION_LINES && !rust.is_test(first) {
            let message = format!(
                "function {name} has {lines} lines, the wall is {FUNCTION_LINES}: give its steps names"
            );
            report(findings, source, first, message);
        }
    }
}

/// Words that begin a statement, and a word that must follow somewhere, so that prose is not taken for SQL.
const STATEMENTS: &[(&str, &str)] = &[
    ("select ", " from "),
    ("insert into ", ""),
    ("insert or ", " into "),
    ("replace into ", ""),
    ("update ", " set "),
    ("delete from ", ""),
    ("create table ", ""),
    ("create index ", ""),
    ("create unique index ", ""),
    ("create temp table ", ""),
    ("alter table ", ""),
    ("drop table ", ""),
    ("truncate ", ""),
    ("with ", " as ("),
    ("pragma ", ""),
    ("begin immediate", ""),
    ("savepoint ", ""),
];

fn words(text: &str) -> String {
    let text = text.replace("\\n", " ").replace('\\', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn is_sql(literal: &str) -> bool {
    let statement = words(literal);
    let begins = |head: &str| statement.starts_with(head);
    // An upper-case head needs no second word: `SELECT 1`.
    let head = literal.split_whitespace().next().unwrap_or_default();
    let is_shouted =
        matches!(head, "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "CREATE" | "ALTER" | "DROP" | "TRUNCATE");
    is_shouted || STATEMENTS.iter().any(|(head, later)| begins(head) && statement.contains(later))
}

pub fn sql_only_in_store(source: &Source, findings: &mut Vec<Finding>) {
    // Tests look into the tables to see what an act left there.
    if source.is_under("crates/store") || source.is_tidy_itself() || is_test_file(source) {
        return;
    }
    for (line, literal) in source.rust.iter().flat_map(|rust| &rust.strings) {
        if is_sql(literal) {
            let message = "SQL outside crates/store: make it a function of the store".to_owned();
            report(findings, source, *line, message);
        }
    }
}

const AUDIT_CHANGES: &[&str] = &[
    "update audit",
    "delete from audit",
    "truncate audit",
    "truncate table audit",
    "drop table audit",
    "replace into audit",
];

/// A test that shows how tampering is found says so in the line above: `// tidy: tampers`.
const TAMPERS: &str = "tidy: tampers";

pub fn audit_is_append_only(source: &Source, findings: &mut Vec<Finding>) {
    if source.is_tidy_itself() || source.extension() == "md" {
        return;
    }
    let lines: Vec<&str> = source.text.lines().collect();
    let statements: Vec<(usize, String)> = match &source.rust {
        Some(rust) => rust.strings.clone(),
        None => sql_statements(&source.text),
    };
    for (line, statement) in statements {
        let text = words(&statement.replace(['"', '`'], ""));
        let changes = AUDIT_CHANGES.iter().any(|change| text.contains(change))
            || (text.contains("insert into audit") && text.contains("do update"));
        let is_test = is_test_file(source) || source.rust.as_ref().is_some_and(|rust| rust.is_test(line));
        let near = lines.iter().skip(line.saturating_sub(4)).take(4);
        if changes && !(is_test && near.into_iter().any(|it| it.contains(TAMPERS))) {
            let message = "changes or removes audit rows: the audit only grows; write a new row".to_owned();
            report(findings, source, line, message);
        }
    }
}

/// The statements of an SQL file (of any other file: its lines), with the line on which each begins.
fn sql_statements(text: &str) -> Vec<(usize, String)> {
    let mut statements = vec![(1, String::new())];
    for (index, line) in text.lines().enumerate() {
        for (part_no, part) in line.split("--").next().unwrap_or_default().split(';').enumerate() {
            if part_no > 0 || statements.last().is_some_and(|(_, it)| it.trim().is_empty()) {
                statements.push((index + 1, String::new()));
            }
            if let Some((_, statement)) = statements.last_mut() {
                statement.push_str(part);
                statement.push(' ');
            }
        }
    }
    statements
}

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &["/work/", "/root/", "/home/", "/Users/", ":\\Users\\"];

pub fn no_machine_paths(source: &Source, findings: &mut Vec<Finding>) {
    if source.is_tidy_itself() {
        return;
    }
    for (index, line) in source.text.lines().enumerate() {
        let has_path = MACHINE_PATHS.iter().any(|path| {
            line.match_indices(path).any(|(at, _)| {
                let is_middle = line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}*)/".contains(c));
                let goes_on =
                    line[at + path.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
                (path.starts_with(':') || !is_middle) && goes_on
            })
        });
        let is_lock = source.path.ends_with("package-lock.json");
        if has_path {
            let message =
                "a path of one machine: take it from the environment or make it relative".to_owned();
            report(findings, source, index + 1, message);
        } else if is_lock && line.contains("\"resolved\": \"http") {
            let message =
                "the lock file names a registry: set omit-lockfile-registry-resolved=true in .npmrc"
                    .to_owned();
            report(findings, source, index + 1, message);
        }
    }
}

/// What is left over from unfinished work, by kind of file; the second word tells what to do.
const LEFTOVERS: &[(&[&str], &str, &str)] = &[
    (&["rs"], "todo!", "finish it or return a Problem"),
    (&["rs"], "unimplemented!", "finish it or return a Problem"),
    (&["rs"], "#[ignore", "mend the test or remove it"),
    (&["ts", "mjs", "js", "vue"], ".only(", "let all tests run"),
];

pub fn no_leftovers(source: &Source, findings: &mut Vec<Finding>) {
    if source.is_tidy_itself() || matches!(source.extension(), "md" | "json" | "txt") {
        return;
    }
    let code = source.rust.as_ref().map_or(source.text.as_str(), |rust| rust.code.as_str());
    for (index, line) in code.lines().enumerate() {
        for (extensions, mark, advice) in LEFTOVERS {
            if extensions.contains(&source.extension()) && line.contains(mark) {
                report(findings, source, index + 1, format!("{mark} is left over: {advice}"));
            }
        }
    }
    for (index, line) in source.text.lines().enumerate() {
        for mark in ["TODO", "FIXME"] {
            let is_word = line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == mark);
            if is_word {
                report(findings, source, index + 1, format!("{mark} is left over: do it or file an issue"));
            }
        }
    }
}

/// How many true differences between the two databases there are: the constants and functions that `dialect.rs`
/// gives out; `pub const fn pick` only chooses between the halves of a pair.
pub fn dialect_pairs(sources: &[Source]) -> usize {
    let dialect = sources.iter().find(|source| source.path == "crates/store/src/dialect.rs");
    let code = dialect.and_then(|source| source.rust.as_ref()).map_or("", |rust| rust.code.as_str());
    let is_pair = |line: &&str| {
        let item = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")).unwrap_or_default();
        (item.starts_with("const ") || item.starts_with("fn ")) && !item.starts_with("const fn ")
    };
    code.lines().filter(is_pair).count()
}
