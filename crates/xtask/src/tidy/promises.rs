//! `docs/notice.md` says which test shows each duty: the test must be there, or the duty is shown by nothing.

use super::{Finding, Source};

const PAGE: &str = "docs/notice.md";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(page) = sources.iter().find(|source| source.path == PAGE) else { return Vec::new() };
    let is_there = |name: &str| {
        let function = format!("fn {name}(");
        sources.iter().any(|source| source.rust.is_some() && source.text.contains(&function))
    };
    let mut findings = Vec::new();
    for (index, line) in page.text.lines().enumerate().filter(|(_, line)| line.starts_with("| N")) {
        for name in promised(line).filter(|name| !is_there(name)) {
            findings.push(Finding {
                path: PAGE.to_owned(),
                line: index + 1,
                message: format!("没有测试 there is no test `{name}`"),
            });
        }
    }
    findings
}

/// The names of tests in the last column: `crate: module::name`, or several as `module::{a, b}`.
fn promised(line: &str) -> impl Iterator<Item = &str> {
    let cell = line.trim().trim_end_matches('|').rsplit(" | ").next().unwrap_or_default();
    cell.split('`').skip(1).step_by(2).flat_map(|item| {
        let last = item.rsplit_once("::").map_or(item, |(_, last)| last);
        let last = last.rsplit_once(": ").map_or(last, |(_, last)| last);
        last.trim_matches(['{', '}']).split(',').map(str::trim).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let page = "| no. | duty |\n| N01 | a `b` | c | `x: y::one`, `x: z::{one, two}`, `x: three` |\n| N02 | a | b | – |\n";
        let sources =
            [Source::new(PAGE, page), Source::new("crates/x/src/y.rs", "fn one() {}\nfn three() {}\n")];
        let found: Vec<String> = check(&sources).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["docs/notice.md:2: 没有测试 there is no test `two`"]);
        assert_eq!(check(&sources[1..]), []);
    }
}
