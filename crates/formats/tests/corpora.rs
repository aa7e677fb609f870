//! The saved corpora of the fuzz targets, replayed, and the same readers on what chance makes of them.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../fuzz/targets.rs"]
mod targets;

use proptest::prelude::*;
use std::path::PathBuf;

type Target = fn(&[u8]);

const TARGETS: &[(&str, Target)] = &[
    ("sheet_bytes", targets::sheet_bytes),
    ("csv_cells", targets::csv_cells),
    ("template_text", targets::template_text),
    ("goods_text", targets::goods_text),
    ("cell_words", targets::cell_words),
    ("division_words", targets::division_words),
];

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("corpus").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the corpus is committed").map(|it| it.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn every_target_has_a_corpus_and_stands_it() {
    for (name, target) in TARGETS {
        let files = corpus(name);
        assert!(files.len() >= 10, "{name}: {} files", files.len());
        for bytes in &files {
            target(bytes);
        }
    }
    let mut bins: Vec<String> = std::fs::read_dir(fuzz().join("fuzz_targets"))
        .unwrap()
        .map(|it| it.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    bins.sort_unstable();
    names.sort_unstable();
    assert_eq!(bins, names, "a fuzz target without its line here is not replayed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Two pieces of the corpus put together, with a few bytes changed: a poor man's fuzzer, in every run.
    #[test]
    fn damaged_text(
        which in 1..TARGETS.len(),
        pick in any::<(prop::sample::Index, prop::sample::Index)>(),
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 0..4),
    ) {
        let (name, target) = TARGETS[which];
        let files = corpus(name);
        let piece = |pick: prop::sample::Index, cut: prop::sample::Index| {
            let chars: Vec<char> = String::from_utf8_lossy(&files[pick.index(files.len())]).chars().collect();
            chars[..cut.index(chars.len() + 1)].to_vec()
        };
        let mut chars = [piece(pick.0, cut.0), piece(pick.1, cut.1)].concat();
        for (at, with) in hits {
            if !chars.is_empty() {
                let at = at.index(chars.len());
                chars[at] = with;
            }
        }
        target(chars.into_iter().collect::<String>().as_bytes());
    }
}
