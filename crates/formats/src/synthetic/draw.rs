//! Chance that can be repeated: every record draws from a stream of its own.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What is drawn for; each has its own streams.
#[derive(Debug, Clone, Copy)]
pub(super) enum Realm {
    /// Where a person lives.
    Home,
    /// Everything else of a person.
    Person,
    /// How a person's row is written.
    Record,
    /// Whether a person is left without a visit.
    Neglect,
    /// How a person is visited: habits that hold for all visits to them.
    Habit,
    /// One visit.
    Visit,
    /// Leaders of a unit.
    Leader,
    /// The county as a whole.
    County,
}

/// The seed, from which all streams come.
#[derive(Debug, Clone)]
pub(super) struct Source(ChaCha8Rng);

/// One stream.
pub(super) struct Draw(ChaCha8Rng);

impl Source {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The stream of one record.
    pub(super) fn draw(&self, realm: Realm, index: u64) -> Draw {
        let mut stream = self.0.clone();
        stream.set_stream((realm as u64) << 56 | index);
        Draw(stream)
    }
}

impl Draw {
    /// A number below `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let scaled = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or_default()
    }

    /// A place in a list of `length` members.
    pub(super) fn place(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).unwrap_or(u32::MAX)) as usize
    }

    /// True in so many of a thousand cases.
    pub(super) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One member of a list that is not empty.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.place(list.len())]
    }

    /// One member of a list with weights that is not empty.
    pub(super) fn weighted<T: Copy>(&mut self, list: &[(u32, T)]) -> T {
        let mut left = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, member) in list {
            if left < *weight {
                return *member;
            }
            left -= weight;
        }
        list[0].1
    }
}
