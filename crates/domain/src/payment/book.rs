//! The payments of a county in memory: the same decisions as the store's, without its tables. The random tests try
//! both against [`reference`](super::reference).

use super::batch::{Act, BatchState, Human, Open, People, next};
use super::line::{Known, LineState, Outcome, Totals, after};
use super::reference::{BankFile, BatchView, LineView, Step, View};
use crate::money::Fen;
use std::collections::{BTreeMap, BTreeSet};

/// How many items the book pays.
pub const ITEMS: usize = 2;

/// What one person gets of an item, fen.
#[must_use]
pub fn amount(item: usize, human: usize) -> Fen {
    Fen(5_000 + 100 * i64::try_from(item * 50 + human).unwrap_or_default())
}

#[derive(Debug, Clone)]
struct Line {
    batch: usize,
    human: usize,
    state: LineState,
    day: Option<i64>,
    repays: Option<usize>,
    repaid_by: Option<usize>,
}

#[derive(Debug, Clone)]
struct Batch {
    item: usize,
    state: BatchState,
    people: People,
    totals: Totals,
}

/// All batches of a county.
#[derive(Debug, Clone, Default)]
pub struct Book {
    humans: usize,
    batches: Vec<Batch>,
    lines: Vec<Line>,
    claims: BTreeMap<(usize, usize), usize>,
    dead: BTreeSet<usize>,
}

/// Somebody of the office.
#[must_use]
pub fn clerk(number: usize) -> Human {
    Human(format!("clerk {number}"))
}

impl Book {
    /// A book that pays so many people.
    #[must_use]
    pub fn new(humans: usize) -> Self {
        Self { humans, ..Self::default() }
    }

    /// Does a step; whether it was done. A step that is refused changes nothing.
    pub fn apply(&mut self, step: &Step, files: &[BankFile]) -> bool {
        let before = self.clone();
        let is_done = self.take(step, files).is_some();
        if !is_done {
            *self = before;
        }
        is_done
    }

    fn take(&mut self, step: &Step, files: &[BankFile]) -> Option<()> {
        match *step {
            Step::Prepare { who, item } => self.prepare(who, item),
            Step::Repay { who, batch } => self.repay(who, batch),
            Step::CancelLine { who, line } => self.cancel_line(who, line),
            Step::Check { who, batch } => {
                self.all_alive(batch)?;
                self.go(batch, Act::Check, who)?;
                self.batches[batch].people.checker = Some(clerk(who));
                Some(())
            }
            Step::Approve { who, batch } => {
                self.all_alive(batch)?;
                self.go(batch, Act::Approve, who)?;
                self.batches[batch].people.approver = Some(clerk(who));
                Some(())
            }
            Step::Reopen { who, batch } => {
                self.go(batch, Act::Reopen, who)?;
                let people = &mut self.batches[batch].people;
                (people.checker, people.approver) = (None, None);
                Some(())
            }
            Step::Export { who, batch } => self.export(who, batch),
            Step::Send { who, batch } => self.go(batch, Act::Send, who),
            Step::Cancel { who, batch } => self.cancel(who, batch),
            Step::Close { who, batch } => self.go(batch, Act::Close, who),
            Step::Settle { who, file, batch } => self.settle(who, batch, files.get(file)?),
            Step::Die { human } => self.dead.insert(human).then_some(()),
            Step::Decide { .. } | Step::ComesBack { .. } | Step::Write { .. } => Some(()),
        }
    }

    fn open(&self, batch: usize) -> Open {
        let mut open = Open::default();
        for line in self.lines.iter().filter(|line| line.batch == batch) {
            open.waiting += i64::from(line.state == LineState::Waiting);
            open.returned += i64::from(line.state == LineState::Returned && line.repaid_by.is_none());
        }
        open
    }

    fn go(&mut self, batch: usize, act: Act, who: usize) -> Option<()> {
        let open = self.open(batch);
        let batch = self.batches.get_mut(batch)?;
        batch.state = next(batch.state, act, &clerk(who), &batch.people, open).ok()?;
        Some(())
    }

    fn all_alive(&self, batch: usize) -> Option<()> {
        let mut waiting = self.of(batch).filter(|line| line.state == LineState::Waiting).peekable();
        waiting.peek()?;
        waiting.all(|line| !self.dead.contains(&line.human)).then_some(())
    }

    fn of(&self, batch: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.batch == batch)
    }

    fn prepare(&mut self, who: usize, item: usize) -> Option<()> {
        let is_free = |human: &usize| {
            !self.dead.contains(human)
                && !self.claims.contains_key(&(item, *human))
                // What came back is paid again from its line, not anew.
                && !self.lines.iter().any(|line| {
                    line.human == *human && line.state == LineState::Returned
                        && line.repaid_by.is_none() && self.batches[line.batch].item == item
                })
        };
        let free: Vec<usize> = (0..self.humans).filter(is_free).collect();
        if free.is_empty() || item >= ITEMS {
            return None;
        }
        let lines = free.into_iter().map(|human| (human, None)).collect();
        self.begin(who, item, lines);
        Some(())
    }

    fn repay(&mut self, who: usize, batch: usize) -> Option<()> {
        let item = self.batches.get(batch)?.item;
        let returned: Vec<(usize, Option<usize>)> = self
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| {
                let is_open = line.state == LineState::Returned && line.repaid_by.is_none();
                line.batch == batch && is_open && !self.dead.contains(&line.human)
            })
            .filter(|(_, line)| !self.claims.contains_key(&(item, line.human)))
            .map(|(place, line)| (line.human, Some(place)))
            .collect();
        if returned.is_empty() {
            return None;
        }
        self.begin(who, item, returned);
        Some(())
    }

    fn begin(&mut self, who: usize, item: usize, lines: Vec<(usize, Option<usize>)>) {
        let batch = self.batches.len();
        for (human, repays) in lines {
            let place = self.lines.len();
            if let Some(returned) = repays {
                self.lines[returned].repaid_by = Some(place);
            }
            self.claims.insert((item, human), place);
            let state = LineState::Waiting;
            self.lines.push(Line { batch, human, state, day: None, repays, repaid_by: None });
        }
        let totals = Totals::of(self.of(batch).map(|line| (line.state, amount(item, line.human))));
        let people = People { makers: vec![clerk(who)], ..People::default() };
        self.batches.push(Batch { item, state: BatchState::Draft, people, totals });
    }

    /// Moves a line, its money and its claim.
    fn move_line(&mut self, place: usize, to: LineState) -> Option<()> {
        let line = self.lines[place].clone();
        let item = self.batches[line.batch].item;
        self.batches[line.batch].totals.moved(line.state, to, amount(item, line.human));
        self.lines[place].state = to;
        let key = (item, line.human);
        let is_taken_back = line.state == LineState::Returned && to == LineState::Paid;
        if is_taken_back && self.claims.insert(key, place).is_some() {
            return None;
        }
        let is_released = matches!(to, LineState::Returned | LineState::Cancelled);
        if is_released && self.claims.get(&key) == Some(&place) {
            self.claims.remove(&key);
        }
        if to == LineState::Cancelled
            && let Some(returned) = line.repays
        {
            self.lines[returned].repaid_by = None;
        }
        Some(())
    }

    fn cancel_line(&mut self, who: usize, place: usize) -> Option<()> {
        let line = self.lines.get(place)?.clone();
        let state = self.batches[line.batch].state;
        match line.state {
            LineState::Waiting => {
                self.go(line.batch, Act::Change, who)?;
                let people = &mut self.batches[line.batch].people;
                if !people.makers.contains(&clerk(who)) {
                    people.makers.push(clerk(who));
                }
            }
            LineState::Returned if state.is_at_bank() && line.repaid_by.is_none() => {}
            _ => return None,
        }
        self.move_line(place, LineState::Cancelled)
    }

    fn export(&mut self, who: usize, batch: usize) -> Option<()> {
        self.go(batch, Act::Export, who)?;
        let blocked: Vec<usize> = (0..self.lines.len())
            .filter(|place| {
                let line = &self.lines[*place];
                line.batch == batch && line.state == LineState::Waiting && self.dead.contains(&line.human)
            })
            .collect();
        for place in blocked {
            self.move_line(place, LineState::Cancelled)?;
        }
        (self.open(batch).waiting > 0).then_some(())
    }

    fn cancel(&mut self, who: usize, batch: usize) -> Option<()> {
        self.go(batch, Act::Cancel, who)?;
        for place in 0..self.lines.len() {
            if self.lines[place].batch == batch && self.lines[place].state == LineState::Waiting {
                self.move_line(place, LineState::Cancelled)?;
            }
        }
        Some(())
    }

    /// The bank's file names persons and sums, not lines: which line of the batch is meant is for the book to say.
    fn settle(&mut self, who: usize, batch: usize, file: &BankFile) -> Option<()> {
        let state = self.batches.get(batch)?.state;
        let (mut changes, mut matched, mut is_other) = (0, 0, false);
        for row in &file.rows {
            let of = self.lines.get(row.line)?;
            let (item, human) = (self.batches[of.batch].item, of.human);
            let is_here = |line: &Line| line.batch == batch && line.human == human;
            let Some(place) =
                self.lines.iter().position(is_here).filter(|_| self.batches[batch].item == item)
            else {
                // Money paid to nobody of the batch.
                if row.outcome == Outcome::Paid {
                    return None;
                }
                continue;
            };
            matched += 1;
            let (state, known) = (self.lines[place].state, self.known(place, row.day));
            is_other |= known.other(state, row.outcome).is_some();
            if let Some(to) = after(state, row.outcome, known).ok()? {
                self.move_line(place, to)?;
                self.lines[place].day = Some(row.day);
                changes += 1;
            }
        }
        if matched == 0 || (changes == 0 && is_other) {
            return None;
        }
        if changes > 0 || !matches!(state, BatchState::Settled | BatchState::Closed) {
            self.go(batch, Act::Settle, who)?;
        }
        Some(())
    }

    /// What is known of a line when the bank's word of a day comes.
    fn known(&self, place: usize, day: i64) -> Known {
        let line = &self.lines[place];
        let item = self.batches[line.batch].item;
        let mut known = Known {
            day: line.day.map(|last| day.cmp(&last)),
            is_replaced: line.repaid_by.is_some() || self.claims.contains_key(&(item, line.human)),
            ..Known::default()
        };
        let mut last = None;
        for other in self.lines.iter().filter(|it| it.human == line.human && it.batch != line.batch) {
            let batch = &self.batches[other.batch];
            if batch.item == item && batch.state.is_past_sending() {
                if other.batch < line.batch {
                    last = last.max(other.day);
                } else {
                    known.is_followed |= other.day.is_some() || other.state == LineState::Waiting;
                }
            }
        }
        known.earlier = last.map(|last| day.cmp(&last));
        known
    }

    /// What can be seen of the book.
    #[must_use]
    pub fn view(&self) -> View {
        let batches = self.batches.iter().map(|batch| BatchView {
            state: batch.state,
            people: batch.people.clone(),
            totals: batch.totals,
        });
        let lines = self.lines.iter().enumerate().map(|(place, line)| {
            let item = self.batches[line.batch].item;
            LineView {
                batch: line.batch,
                item,
                human: line.human,
                amount_fen: amount(item, line.human),
                state: line.state,
                has_claim: self.claims.get(&(item, line.human)) == Some(&place),
                repays: line.repays,
                repaid_by: line.repaid_by,
            }
        });
        View { batches: batches.collect(), lines: lines.collect() }
    }
}
