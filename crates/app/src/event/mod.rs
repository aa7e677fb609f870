//! Events (事件): what changes for a reader, in an order that can be taken up again. They are read from jobs and
//! notifications themselves, which number their changes (decision 015); nothing is kept beside them.

mod follow;

pub use follow::{Frame, Pace, StillMay, follow};

use crate::notification::{Notification, Reader};
use crate::{App, Problem, job};
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;

/// Up to where a reader has been told: the last change of a notification and of an own job. Written `12-345`, the id
/// of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Last change of a notification.
    pub notification: i64,
    /// Last change of a job.
    pub job: i64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.notification, self.job)
    }
}

/// A text that is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("事件编号的写法有误")]
pub struct BadPosition;

impl FromStr for Position {
    type Err = BadPosition;
    fn from_str(text: &str) -> Result<Self, BadPosition> {
        let number = |text: &str| match text.parse::<i64>() {
            Ok(number) if number >= 0 && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
            _ => Err(BadPosition),
        };
        let (notification, job) = text.split_once('-').ok_or(BadPosition)?;
        Ok(Self { notification: number(notification)?, job: number(job)? })
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// The stream begins here: what there is already is read from the lists.
    Hello,
    /// The position is not of this database (it was restored): everything is read anew.
    Reset,
    /// A notification came, or was seen; as it is now.
    Notification(Box<Notification>),
    /// A job began, went on or ended; as it is now.
    Job(Box<job::Job>),
}

/// One event and the position behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where to go on after it.
    pub position: Position,
    /// What happened.
    pub happening: Happening,
}

impl Event {
    /// The name of the event in the stream.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.happening {
            Happening::Hello => "hello",
            Happening::Reset => "reset",
            Happening::Notification(_) => "notification",
            Happening::Job(_) => "job",
        }
    }

    /// Its data.
    #[must_use]
    pub fn json(&self) -> Value {
        match &self.happening {
            Happening::Hello | Happening::Reset => json!({}),
            Happening::Notification(notification) => json!(notification),
            Happening::Job(job) => json!(job),
        }
    }
}

/// The first event of a stream, when there is one to tell: a reader who comes back with a position just goes on.
pub async fn begin(
    app: &App,
    reader: &Reader,
    last: Option<&str>,
) -> Result<(Position, Option<Event>), Problem> {
    let head = head(app, reader).await?;
    let happening = match last.map(str::parse::<Position>) {
        None => Happening::Hello,
        Some(Ok(at)) if at.notification <= head.notification && at.job <= head.job => return Ok((at, None)),
        Some(_) => Happening::Reset,
    };
    Ok((head, Some(Event { position: head, happening })))
}

/// Up to where there is something to tell.
pub(crate) async fn head(app: &App, reader: &Reader) -> Result<Position, Problem> {
    let mut tx = app.db.read().await?;
    let (notification, job) =
        store::notification::heads(&mut tx, reader.county, &reader.recipients, &reader.owner).await?;
    Ok(Position { notification, job })
}

/// The next events behind a position, at most `limit` of each sort. What changed several times is told once, as it is
/// now; nothing is left out for good, nothing told twice.
pub async fn after(app: &App, reader: &Reader, from: Position, limit: i64) -> Result<Vec<Event>, Problem> {
    let mut tx = app.db.read().await?;
    let (county, mut position) = (reader.county, from);
    let notifications =
        store::notification::changed(&mut tx, county, &reader.recipients, from.notification, limit).await?;
    let jobs = store::job::changed(&mut tx, county, &reader.owner, from.job, limit).await?;
    let mut events = Vec::with_capacity(notifications.len() + jobs.len());
    for row in notifications {
        position.notification = row.change_seq;
        events.push(Event { position, happening: Happening::Notification(Box::new(row.into())) });
    }
    for row in jobs {
        position.job = row.change_seq;
        events.push(Event { position, happening: Happening::Job(Box::new(row.into())) });
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back_and_nonsense_refused() {
        let position = Position { notification: 12, job: i64::MAX };
        assert_eq!(position.to_string().parse(), Ok(position));
        for text in ["", "1", "-", "1-", "-1-2", "1--2", "+1-2", "1-2-3", "a-b", "1-99999999999999999999"] {
            assert_eq!(text.parse::<Position>(), Err(BadPosition), "{text}");
        }
    }
}
