//! A tiny ledger that knows only what the bank did and what must be true, and tries a book of payments by it: in
//! memory ([`Book`](super::book::Book)) or in a database. It shares no decision with them.

use super::{BatchState, FailureReason, Human, LineState, Outcome, People, Totals};
use crate::money::Fen;
use std::collections::{BTreeMap, BTreeSet};

/// One step of a random history. Batches and lines are named by their place in the order they were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A batch of everybody who is not paid yet.
    Prepare {
        /** Who does it. */
        who: usize,
        /** Which item. */
        item: usize,
    },
    /// A batch of what came back.
    Repay {
        /** Who does it. */
        who: usize,
        /** The batch it came back to. */
        batch: usize,
    },
    /// A line is taken out of a draft, or given up after it came back.
    CancelLine {
        /** Who does it. */
        who: usize,
        /** Which. */
        line: usize,
    },
    /// A second person looks it through.
    Check {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// A third approves it.
    Approve {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// It goes back to be changed.
    Reopen {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// The bank file is written.
    Export {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// The bank gets it.
    Send {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// It is given up.
    Cancel {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// It is filed.
    Close {
        /** Who does it. */
        who: usize,
        /** Which. */
        batch: usize,
    },
    /// A result file is taken in, for this batch.
    Settle {
        /** Who does it. */
        who: usize,
        /** Which file. */
        file: usize,
        /** For which batch. */
        batch: usize,
    },
    /// Somebody dies.
    Die {
        /** Who. */
        human: usize,
    },
    /// The bank pays the lines it has, those in the mask not.
    Decide {
        /** Which. */
        batch: usize,
        /** Which lines fail. */
        fails: u64,
    },
    /// A payment comes back to the bank.
    ComesBack {
        /** Which. */
        line: usize,
    },
    /// The bank writes what it knows of some lines.
    Write {
        /** Which batch. */
        batch: usize,
        /** Which lines. */
        of: u64,
    },
}

/// Numbers from one number (SplitMix64).
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or_default()
    }
}

/// How many clerks there are, and how many people are paid.
pub const CLERKS: usize = 4;
/// How many people are paid.
pub const HUMANS: usize = 5;

impl Reference {
    /// The step that a number stands for now, so that a history is a list of numbers. Two in three go on with what
    /// stands; the others try anything.
    #[must_use]
    pub fn draw(&self, seed: u64) -> Step {
        let mut words = Words(seed);
        let (kind, who, batch) = (words.below(9), words.below(CLERKS), words.below(self.last.batches.len()));
        match self.last.batches.get(batch) {
            Some(view) if kind < 6 => self.forward(&mut words, view.state, (who, batch)),
            None if kind < 6 => Step::Prepare { who, item: words.below(2) },
            _ => Self::anything(&mut words, (who, batch)),
        }
    }

    fn forward(&self, words: &mut Words, state: BatchState, (who, batch): (usize, usize)) -> Step {
        match (state, words.below(12)) {
            (BatchState::Draft, _) => Step::Check { who, batch },
            (BatchState::Checked, _) => Step::Approve { who, batch },
            (BatchState::Approved, _) => Step::Export { who, batch },
            (BatchState::Exported, _) => Step::Send { who, batch },
            (BatchState::Cancelled, _) => Step::Prepare { who, item: words.below(2) },
            (_, 0..=2) => Step::Decide { batch, fails: words.next() & words.next() },
            (_, 3..=5) => Step::Write { batch, of: words.next() | words.next() },
            (BatchState::Settled, 6) => Step::Close { who, batch },
            (BatchState::Settled | BatchState::PartlySettled | BatchState::Closed, 7) => {
                Step::Repay { who, batch }
            }
            (BatchState::Settled | BatchState::Closed, 8) => {
                Step::ComesBack { line: words.below(self.last.lines.len()) }
            }
            _ => {
                // Now and then the file of another batch is taken by mistake.
                let is_any = words.below(5) == 0;
                let of = (0..self.files.len()).filter(|file| is_any || self.files[*file].batch == batch);
                let of: Vec<usize> = of.collect();
                let file = of.get(words.below(of.len())).copied().unwrap_or_default();
                Step::Settle { who, file, batch }
            }
        }
    }

    fn anything(words: &mut Words, (who, batch): (usize, usize)) -> Step {
        let (kind, line, file) = (words.below(16), words.below(12), words.below(8));
        match kind {
            0..=2 => Step::Prepare { who, item: words.below(2) },
            3 => Step::Repay { who, batch },
            4..=5 => Step::CancelLine { who, line },
            6 => Step::Check { who, batch },
            7 => Step::Approve { who, batch },
            8 => Step::Reopen { who, batch },
            9 => Step::Export { who, batch },
            10 => Step::Send { who, batch },
            11 => Step::Cancel { who, batch },
            12 => Step::Close { who, batch },
            13 => Step::Settle { who, file, batch },
            14 => Step::Die { human: line % HUMANS },
            _ => Step::ComesBack { line },
        }
    }
}

/// What the bank wrote of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankRow {
    /// Place of the line.
    pub line: usize,
    /// Paid or not.
    pub outcome: Outcome,
    /// On which day of the history.
    pub day: i64,
}

/// A result file of the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFile {
    /// Of which batch it is.
    pub batch: usize,
    /// Its rows.
    pub rows: Vec<BankRow>,
}

/// A batch as it can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// Where it stands.
    pub state: BatchState,
    /// Who did what.
    pub people: People,
    /// Its kept sums.
    pub totals: Totals,
}

/// A line as it can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineView {
    /// Its batch.
    pub batch: usize,
    /// Its item.
    pub item: usize,
    /// Whom it pays.
    pub human: usize,
    /// How much, fen.
    pub amount_fen: Fen,
    /// Where it stands.
    pub state: LineState,
    /// Whether the claim on the person points to it.
    pub has_claim: bool,
    /// The returned line it pays again.
    pub repays: Option<usize>,
    /// The line that pays it again.
    pub repaid_by: Option<usize>,
}

/// Everything that can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// In the order they were made.
    pub batches: Vec<BatchView>,
    /// In the order they were made.
    pub lines: Vec<LineView>,
}

/// What the bank did, and what was seen before.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// What the bank did with each line it got, in order.
    bank: BTreeMap<usize, Vec<(i64, Outcome)>>,
    sent: BTreeSet<usize>,
    dead: BTreeSet<usize>,
    /// Lines as approved: human and amount, by batch.
    frozen: BTreeMap<usize, Vec<(usize, Fen)>>,
    day: i64,
    last: View,
    /// The files that the bank wrote.
    pub files: Vec<BankFile>,
}

impl Reference {
    /// Lets time pass and the bank work. To be called before the book takes the step.
    pub fn before(&mut self, step: &Step) {
        self.day += 1;
        match *step {
            Step::Decide { batch, fails } if self.sent.contains(&batch) => {
                for place in self.at_bank(batch) {
                    let is_failed = fails >> (place % 64) & 1 == 1;
                    let outcome =
                        if is_failed { Outcome::Failed(FailureReason::Closed) } else { Outcome::Paid };
                    let day = self.day;
                    self.bank.entry(place).or_insert_with(|| vec![(day, outcome)]);
                }
            }
            Step::ComesBack { line } => {
                let day = self.day;
                if let Some(events) = self.bank.get_mut(&line).filter(|it| is_paid(it)) {
                    events.push((day, Outcome::Failed(FailureReason::Closed)));
                }
            }
            Step::Write { batch, of } => {
                // Of a payment that came back the bank writes either word, whichever its file was made for.
                let rows: Vec<BankRow> = self
                    .at_bank(batch)
                    .filter(|place| of >> (place % 64) & 1 == 1)
                    .filter_map(|place| {
                        let events = self.bank.get(&place)?;
                        let at = usize::from(of >> 63 == 1).min(events.len() - 1);
                        let (day, outcome) = events[at];
                        Some(BankRow { line: place, outcome, day })
                    })
                    .collect();
                if !rows.is_empty() {
                    self.files.push(BankFile { batch, rows });
                }
            }
            _ => {}
        }
    }

    /// The lines of a batch that went to the bank.
    fn at_bank(&self, batch: usize) -> impl Iterator<Item = usize> + use<> {
        let sent = self.sent.contains(&batch);
        let of = move |line: &LineView| sent && line.batch == batch;
        let places: Vec<usize> = (0..self.last.lines.len())
            .filter(|place| of(&self.last.lines[*place]))
            .filter(|place| {
                self.bank.contains_key(place) || self.last.lines[*place].state == LineState::Waiting
            })
            .collect();
        places.into_iter()
    }

    /// Looks at the book after a step.
    ///
    /// # Panics
    /// When something is not as it must be: that is what it is for.
    pub fn after(&mut self, step: &Step, is_done: bool, view: &View) {
        if !is_done {
            assert_eq!(&self.last, view, "{step:?} was refused and changed something");
        }
        self.sums(step, view);
        claims(step, view);
        self.never_twice(step);
        if is_done {
            self.order(step, view);
        }
        self.last = view.clone();
    }

    /// due = paid + returned + waiting + cancelled, and the kept sums are those of the lines.
    fn sums(&self, step: &Step, view: &View) {
        for (place, batch) in view.batches.iter().enumerate() {
            let lines = view.lines.iter().filter(|line| line.batch == place);
            let totals = Totals::of(lines.map(|line| (line.state, line.amount_fen)));
            assert_eq!(batch.totals, totals, "{step:?}: sums of batch {place}");
            assert!(batch.totals.balances(), "{step:?}: batch {place} does not balance");
            let is_settled = matches!(batch.state, BatchState::Settled | BatchState::Closed);
            assert!(!is_settled || totals.waiting.count == 0, "{step:?}: batch {place} waits");
        }
        assert!(view.lines.len() >= self.last.lines.len(), "{step:?}: a line is lost");
    }

    /// Whatever the book says: the bank holds no more than one payment for a person and an item.
    fn never_twice(&self, step: &Step) {
        let mut paid = BTreeSet::new();
        for (place, events) in &self.bank {
            let line = &self.last.lines[*place];
            if is_paid(events) {
                let key = (line.item, line.human);
                assert!(paid.insert(key), "{step:?}: the bank paid {key:?} twice");
            }
        }
    }

    /// What must hold for what was just done.
    fn order(&mut self, step: &Step, view: &View) {
        match *step {
            Step::Die { human } => drop(self.dead.insert(human)),
            Step::Approve { batch, .. } => {
                let people = &view.batches[batch].people;
                let (checker, approver) = (people.checker.as_ref(), people.approver.as_ref());
                let of = |human: Option<&Human>| human.expect("an approved batch has both").clone();
                let (checker, approver) = (of(checker), of(approver));
                assert!(checker != approver && !people.makers.is_empty(), "{step:?}: {people:?}");
                assert!(!people.makers.contains(&checker) && !people.makers.contains(&approver));
                self.frozen.insert(batch, list(view, batch));
            }
            Step::Reopen { batch, .. } => drop(self.frozen.remove(&batch)),
            Step::Export { batch, .. } => {
                let waiting = view.lines.iter().filter(|line| line.batch == batch);
                let mut waiting = waiting.filter(|line| line.state == LineState::Waiting);
                assert!(waiting.all(|line| !self.dead.contains(&line.human)), "{step:?}: pays the dead");
            }
            Step::Send { batch, .. } => {
                assert_eq!(self.last.batches[batch].state, BatchState::Exported, "{step:?}");
                assert!(self.sent.insert(batch), "{step:?}: sent twice");
            }
            Step::Settle { batch, file, .. } => {
                assert_eq!(self.files[file].batch, batch, "{step:?}: the result of another batch was taken");
            }
            _ => {}
        }
        for (batch, frozen) in &self.frozen {
            assert_eq!(&list(view, *batch), frozen, "{step:?}: the approved list of {batch} changed");
        }
    }
}

/// A claim stands for each line that may be or was paid, and one line alone for each person and item.
fn claims(step: &Step, view: &View) {
    let mut live = BTreeSet::new();
    for (place, line) in view.lines.iter().enumerate() {
        let is_live = matches!(line.state, LineState::Waiting | LineState::Paid);
        assert_eq!(line.has_claim, is_live, "{step:?}: claim of line {place}");
        if is_live {
            let key = (line.item, line.human);
            assert!(live.insert(key), "{step:?}: {key:?} stands on two live lines");
        }
        if let Some(by) = line.repaid_by {
            assert_eq!(view.lines[by].repays, Some(place), "{step:?}: line {place} and who pays it");
            assert_eq!(line.state, LineState::Returned, "{step:?}: line {place} was paid again");
        }
    }
}

fn is_paid(events: &[(i64, Outcome)]) -> bool {
    events.last().is_some_and(|(_, outcome)| *outcome == Outcome::Paid)
}

fn list(view: &View, batch: usize) -> Vec<(usize, Fen)> {
    view.lines.iter().filter(|line| line.batch == batch).map(|line| (line.human, line.amount_fen)).collect()
}
