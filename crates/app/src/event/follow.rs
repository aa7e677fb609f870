//! One reader's stream: told of changes in this process at once, of those of other servers by looking. A reader that
//! does not take what is sent is let go; it comes back with its position.

use super::{Event, after, begin, head};
use crate::job::stopped;
use crate::notification::Reader;
use crate::{App, Problem};
use futures::future::BoxFuture;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// An event.
    Event(Box<Event>),
    /// A sign of life.
    Beat,
}

/// The times of a stream.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often to look for what other servers wrote.
    pub look: Duration,
    /// How long to gather changes before they are told.
    pub gather: Duration,
    /// How often to send a sign of life.
    pub beat: Duration,
    /// How often to ask whether the reader still may read.
    pub check: Duration,
    /// How long a stream lasts; then the reader comes back and is asked for its rights anew.
    pub lasting: Duration,
    /// How long a reader may leave a frame untaken.
    pub patience: Duration,
    /// How many frames may wait.
    pub waiting: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(2),
            gather: Duration::from_millis(250),
            beat: Duration::from_secs(15),
            check: Duration::from_secs(30),
            lasting: Duration::from_mins(10),
            patience: Duration::from_secs(20),
            waiting: 32,
        }
    }
}

/// Says whether the reader's session still stands. Asking must not prolong it.
pub type StillMay = Box<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// Follows what happens for a reader from the position `last` on. The stream ends when the reader goes away or is too
/// slow, when its session ends, when its time is over, and when the server stops.
pub fn follow(
    app: App,
    reader: Reader,
    last: Option<String>,
    pace: Pace,
    still_may: StillMay,
    stop: watch::Receiver<bool>,
) -> mpsc::Receiver<Frame> {
    let (sender, frames) = mpsc::channel(pace.waiting);
    let stream = Stream { app, reader, pace, sender };
    tokio::spawn(async move {
        if let Err(problem) = stream.run(last, still_may, stop).await {
            tracing::warn!(%problem, "a stream of events ended");
        }
    });
    frames
}

/// Events read at once.
const PAGE: i64 = 100;

struct Stream {
    app: App,
    reader: Reader,
    pace: Pace,
    sender: mpsc::Sender<Frame>,
}

impl Stream {
    async fn run(
        self,
        last: Option<String>,
        still_may: StillMay,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), Problem> {
        let mut bell = self.app.db.bell();
        let (mut position, first) = begin(&self.app, &self.reader, last.as_deref()).await?;
        if let Some(event) = first
            && !self.send(Frame::Event(Box::new(event))).await
        {
            return Ok(());
        }
        let [mut look, mut beat, mut check] =
            [self.pace.look, self.pace.beat, self.pace.check].map(|every| {
                let mut ticks = interval(every);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                ticks.reset();
                ticks
            });
        let over = sleep(self.pace.lasting);
        tokio::pin!(over);
        loop {
            bell.borrow_and_update();
            if head(&self.app, &self.reader).await? != position {
                loop {
                    let events = after(&self.app, &self.reader, position, PAGE).await?;
                    let Some(end) = events.last() else { break };
                    position = end.position;
                    for event in events {
                        if !self.send(Frame::Event(Box::new(event))).await {
                            return Ok(());
                        }
                    }
                }
            }
            tokio::select! {
                _ = bell.changed() => sleep(self.pace.gather).await,
                _ = look.tick() => {}
                _ = beat.tick() => if !self.send(Frame::Beat).await { return Ok(()) },
                _ = check.tick() => if !still_may().await { return Ok(()) },
                () = stopped(&mut stop) => return Ok(()),
                () = &mut over => return Ok(()),
                () = self.sender.closed() => return Ok(()),
            }
        }
    }

    /// Whether the reader takes it in time.
    async fn send(&self, frame: Frame) -> bool {
        matches!(timeout(self.pace.patience, self.sender.send(frame)).await, Ok(Ok(())))
    }
}
