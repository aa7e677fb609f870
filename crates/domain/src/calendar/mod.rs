//! Working days: the State Council's holidays and make-up working days (调休), and what a county adds to them.
//!
//! Every time limit, reminder and lamp counts with this calendar. A year whose notice is not known has its
//! weekends only, and [`Calendar::is_known`] says so, so that a page can say it too.

mod entries;
mod limit;
#[cfg(test)]
mod tests;

pub use entries::{DayKind, Entry, LineError, LineFault, parse};
pub use limit::{Lamp, Pause, Remaining};

use jiff::civil::{Date, Weekday, date};
use std::collections::BTreeMap;

const NATIONAL: &str = include_str!("../../data/holidays.txt");

/// Which days are worked. Days without an entry follow the week: Saturday and Sunday are off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    days: BTreeMap<Date, Entry>,
}

impl Calendar {
    /// The calendar of the State Council's notices, 2023–2026 (`data/holidays.txt` names each of them).
    #[must_use]
    pub fn national() -> Self {
        Self::default().with(parse(NATIONAL).expect("the shipped list of holidays is well formed"))
    }

    /// The calendar with more entries; for a day named twice the later entry holds.
    #[must_use]
    pub fn with(mut self, entries: impl IntoIterator<Item = Entry>) -> Self {
        self.days.extend(entries.into_iter().map(|entry| (entry.date, entry)));
        self
    }

    /// Whether the year's notice is in the calendar: both its New Year's Day and its National Day are listed,
    /// which every notice does and a county's single local holiday does not.
    #[must_use]
    pub fn is_known(&self, year: i16) -> bool {
        let is_listed_off = |day: Date| self.entry(day).is_some_and(|entry| entry.kind == DayKind::Off);
        (Date::MIN.year()..=Date::MAX.year()).contains(&year)
            && is_listed_off(date(year, 1, 1))
            && is_listed_off(date(year, 10, 1))
    }

    /// What is written about a day, if anything: why it is off, or which holiday it makes up for.
    #[must_use]
    pub fn entry(&self, day: Date) -> Option<&Entry> {
        self.days.get(&day)
    }

    /// What is written about the days of a year, in their order.
    pub fn of_year(&self, year: i16) -> impl Iterator<Item = &Entry> {
        self.days.values().filter(move |entry| entry.date.year() == year)
    }

    /// Whether people are at work on this day.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.entry(day) {
            Some(entry) => entry.kind == DayKind::Work,
            None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The `n`-th working day after `day` (before it when `n` is negative); `day` itself for 0, worked or not.
    /// Stops at the ends of the calendar (the years -9999 and 9999).
    #[must_use]
    pub fn add_working_days(&self, day: Date, n: i64) -> Date {
        move_days(day, n, |day| self.is_working_day(day))
    }

    /// Working days from `from` to `to`: those after `from` up to and with `to`; negative when `to` is earlier.
    /// It undoes [`Self::add_working_days`].
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> i64 {
        count_days(from, to, |day| self.is_working_day(day))
    }
}

/// Steps day by day until `n` days that count have been reached.
fn move_days(from: Date, n: i64, counts: impl Fn(Date) -> bool) -> Date {
    let mut day = from;
    let mut missing = n.unsigned_abs();
    while missing > 0 {
        let Ok(next) = (if n > 0 { day.tomorrow() } else { day.yesterday() }) else { return day };
        day = next;
        missing -= u64::from(counts(day));
    }
    day
}

/// Days that count on the way from `from` to `to`, without `from` and with `to`; negative on the way back.
fn count_days(from: Date, to: Date, counts: impl Fn(Date) -> bool) -> i64 {
    let mut day = from;
    let mut count = 0;
    while day < to {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        count += i64::from(counts(day));
    }
    while day > to {
        let Ok(next) = day.yesterday() else { break };
        day = next;
        count -= i64::from(counts(day));
    }
    count
}
