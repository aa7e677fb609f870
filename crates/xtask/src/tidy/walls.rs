//! The direction of crate dependencies: `server -> app -> {store, formats} -> domain`, never the other way.

use super::{Finding, Source};

/// Each crate and what of ours it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("formats", &["domain"]),
    ("pdf", &["domain", "formats"]),
    ("store", &["domain"]),
    ("app", &["domain", "formats", "store"]),
    ("server", &["domain", "formats", "pdf", "store", "app"]),
    ("xtask", &["domain", "formats", "pdf", "store", "app"]),
];

pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    let Some(name) = source
        .path
        .strip_prefix("crates/")
        .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        .filter(|it| !it.contains('/'))
    else {
        return;
    };
    let mut report = |line: usize, message: String| {
        findings.push(Finding { path: source.path.clone(), line, message });
    };
    let Some((_, may_use)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        report(
            1,
            format!("crate {name} has no place in the order: add it to crates/xtask/src/tidy/walls.rs"),
        );
        return;
    };
    for (line, dependency) in dependencies(&source.text) {
        let is_ours = MAY_USE.iter().any(|(known, _)| *known == dependency);
        // A crate names itself to switch on a feature for its own tests.
        if is_ours && dependency != name && !may_use.contains(&dependency.as_str()) {
            let allowed = if may_use.is_empty() { "none of ours".to_owned() } else { may_use.join(", ") };
            report(
                line,
                format!(
                    "{name} must not use {dependency} (it may use {allowed}): move the code to the lower crate"
                ),
            );
        }
    }
}

/// Names in `[dependencies]`, `[dev-dependencies]`, `[build-dependencies]`, also for one target, with their lines.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut is_in_list = false;
    for (index, raw) in manifest.lines().enumerate() {
        let line = raw.split('#').next().unwrap_or_default().trim();
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_in_list = section.ends_with("dependencies");
            if let Some((_, name)) =
                section.rsplit_once('.').filter(|(head, _)| head.ends_with("dependencies"))
            {
                found.push((index + 1, name.trim_matches('"').to_owned()));
            }
        } else if let (true, Some((key, _))) = (is_in_list, line.split_once('=')) {
            let name = key.trim().split('.').next().unwrap_or_default();
            found.push((index + 1, name.trim_matches('"').to_owned()));
        }
    }
    found
}
