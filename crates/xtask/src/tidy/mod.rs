//! The rules of the house that no compiler checks. Every finding says where and what to do.

mod lex;
mod promises;
mod rules;
#[cfg(test)]
mod tests;
mod walls;

use crate::Outcome;
use lex::Lexed;
use std::fmt;
use std::path::{Path, PathBuf};

pub const HELP: &str = "检查代码规矩：文件与函数长度、crate 依赖方向、SQL 的位置、审计表只增不改等\n\
                        check file and function lengths, crate directions, where SQL stands, …";

/// Folders that hold nothing of ours.
const SKIPPED_FOLDERS: &[&str] =
    &[".git", "target", "node_modules", "dist", "data", "data.keys", "demo", "out", "corpus"];

/// Files whose text is looked at; scripts at the root have no extension.
const TEXT_EXTENSIONS: &[&str] =
    &["rs", "toml", "sql", "sh", "ts", "vue", "mjs", "js", "css", "html", "json", "md", "txt", "yml", "yaml"];
const SCRIPTS: &[&str] = &["run", "test", ".ci/run"];

/// One file of the project.
pub struct Source {
    /// Relative to the workspace, with `/`.
    path: String,
    text: String,
    /// Rust code and its string literals apart from each other; `None` for other files.
    rust: Option<Lexed>,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let is_rust = extension(path) == "rs";
        Self { path: path.to_owned(), text: text.to_owned(), rust: is_rust.then(|| Lexed::new(text)) }
    }

    /// `rs`, `sql` …; scripts without one are shell.
    fn extension(&self) -> &str {
        if SCRIPTS.contains(&self.path.as_str()) { "sh" } else { extension(&self.path) }
    }

    fn is_under(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The checks themselves quote what they forbid.
    fn is_tidy_itself(&self) -> bool {
        self.is_under("crates/xtask/src/tidy")
    }
}

fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(|it| it.to_str()).unwrap_or_default()
}

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

pub fn run(_arguments: &[String]) -> Outcome {
    let root = workspace_root();
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let mut findings = check(&sources);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    let pairs = rules::dialect_pairs(&sources);
    println!("tidy: {} files, {} dialect pairs, {} findings", sources.len(), pairs, findings.len());
    if findings.is_empty() {
        Ok(())
    } else {
        Err(format!("{} 处需要修改 to mend", findings.len()).into())
    }
}

fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = promises::check(sources);
    for source in sources {
        for rule in rules::ALL {
            rule(source, &mut findings);
        }
        walls::check(source, &mut findings);
    }
    findings
}

/// The folder with `Cargo.lock`, from wherever cargo runs the chore.
fn workspace_root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    own.ancestors().find(|folder| folder.join("Cargo.lock").exists()).map_or(own.clone(), Path::to_path_buf)
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Outcome {
    for item in std::fs::read_dir(folder)? {
        let item = item?;
        let (kind, name) = (item.file_type()?, item.file_name());
        let name = name.to_string_lossy();
        let path = item.path();
        if kind.is_dir() {
            // `data` at the root is the program's; `crates/*/data` are lists that we ship.
            let is_skipped = SKIPPED_FOLDERS.contains(&name.as_ref());
            if !is_skipped || (name == "data" && folder != root) {
                collect(root, &path, sources)?;
            }
        } else if kind.is_file() {
            let relative = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            if TEXT_EXTENSIONS.contains(&extension(&relative)) || SCRIPTS.contains(&relative.as_str()) {
                // A file that is no UTF-8 is a fixture, not text of ours.
                if let Ok(text) = std::fs::read_to_string(&path) {
                    sources.push(Source::new(&relative, &text));
                }
            }
        }
    }
    Ok(())
}
