//! Time limits in working days: pauses that do not count, and what a lamp says.

use super::{Calendar, count_days, move_days};
use crate::person::words;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Days that do not count towards a limit (waiting for papers, for an answer of a troop …), both ends with them.
/// A pause that still runs is passed with today as its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pause {
    /// First day that does not count.
    pub from: Date,
    /// Last day that does not count.
    pub to: Date,
}

impl Pause {
    fn covers(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// How far a limit is away, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remaining {
    /// Working days that follow today, the last one with them.
    Left(i64),
    /// No working day follows today before the limit ends.
    Today,
    /// Working days since the limit ended; at least 1, also on the weekend right after it.
    Overdue(i64),
}

words! {
    /// What a lamp shows of a limit.
    Lamp {
        /// There is time.
        Green = "green", "绿";
        /// At most three working days are left.
        Yellow = "yellow", "黄";
        /// The limit has passed.
        Red = "red", "红";
    }
}

/// A limit that is nearer than this many working days, or as near, is yellow.
const SOON: i64 = 3;

impl Remaining {
    /// The lamp of a limit.
    #[must_use]
    pub fn lamp(self) -> Lamp {
        match self {
            Self::Left(days) if days > SOON => Lamp::Green,
            Self::Left(_) | Self::Today => Lamp::Yellow,
            Self::Overdue(_) => Lamp::Red,
        }
    }

    /// Working days left, 0 on the last day, negative when the limit has passed.
    #[must_use]
    pub fn days(self) -> i64 {
        match self {
            Self::Left(days) => days,
            Self::Today => 0,
            Self::Overdue(days) => -days,
        }
    }
}

impl fmt::Display for Remaining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left(days) => write!(f, "剩{days}天"),
            Self::Today => f.write_str("今天截止"),
            Self::Overdue(days) => write!(f, "超期{days}天"),
        }
    }
}

impl Calendar {
    /// The deadline moved back by its pauses: every paused working day up to the deadline is given again after it.
    /// Pauses lie within the running limit; days in two pauses are given once.
    #[must_use]
    pub fn due(&self, deadline: Date, pauses: &[Pause]) -> Date {
        let Some(first) = pauses.iter().map(|pause| pause.from).min() else { return deadline };
        let Ok(before) = first.yesterday() else { return deadline };
        let is_paused = |day: Date| pauses.iter().any(|pause| pause.covers(day));
        let paused = count_days(before, deadline, |day| self.is_working_day(day) && is_paused(day));
        move_days(deadline, paused.max(0), |day| self.is_working_day(day) && !is_paused(day))
    }

    /// How many working days are left until the deadline, pauses not counted.
    #[must_use]
    pub fn remaining(&self, today: Date, deadline: Date, pauses: &[Pause]) -> Remaining {
        let due = self.due(deadline, pauses);
        let is_paused = |day: Date| pauses.iter().any(|pause| pause.covers(day));
        let counts = |day: Date| self.is_working_day(day) && !is_paused(day);
        if today > due {
            return Remaining::Overdue(count_days(due, today, counts).max(1));
        }
        match count_days(today, due, counts) {
            0 => Remaining::Today,
            left => Remaining::Left(left),
        }
    }
}
