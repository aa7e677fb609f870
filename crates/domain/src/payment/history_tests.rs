//! Random histories of the book against the bank: 10,000 in a test, as many as wanted by `xtask long`.

use super::BatchState;
use super::book::Book;
use super::reference::{HUMANS, Reference, Step};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Histories in a test; `SHUANGYONG_HISTORIES` asks for more of them.
fn histories() -> u32 {
    std::env::var("SHUANGYONG_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

#[test]
fn any_history_of_payments_balances_and_pays_nobody_twice() {
    let config = Config { cases: histories(), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let reached: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    runner
        .run(&prop::collection::vec(any::<u64>(), 40..90), |seeds| {
            history(&seeds, &mut reached.borrow_mut());
            Ok(())
        })
        .expect("every history holds");
    // A walk that never gets anywhere proves nothing.
    let reached = reached.into_inner();
    for what in ["settled", "closed", "repaid", "came back", "refused settle", "cancelled", "partly_settled"]
    {
        assert!(reached.get(what).is_some_and(|times| *times > 50), "{what}: {reached:?}");
    }
}

fn history(seeds: &[u64], reached: &mut BTreeMap<&'static str, u32>) {
    let (mut book, mut reference) = (Book::new(HUMANS), Reference::default());
    for seed in seeds {
        let step = reference.draw(*seed);
        reference.before(&step);
        let is_done = book.apply(&step, &reference.files);
        let view = book.view();
        reference.after(&step, is_done, &view);
        let mut count = |what| *reached.entry(what).or_insert(0) += 1;
        match step {
            Step::Settle { file, .. } if !is_done && file < reference.files.len() => count("refused settle"),
            Step::ComesBack { .. } => count("came back"),
            Step::Repay { .. } if is_done => count("repaid"),
            Step::Settle { batch, .. } | Step::Close { batch, .. } | Step::Cancel { batch, .. }
                if is_done =>
            {
                let state = view.batches.get(batch).map_or(BatchState::Draft, |batch| batch.state);
                count(state.code());
            }
            _ => {}
        }
    }
}
