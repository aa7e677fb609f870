//! Streams of events: taken up again without loss or repetition, to their reader alone, ended in time.

use super::play::{Play, account, both};
use app::event::{Event, Frame, Happening, Pace, Position, StillMay, after, begin, follow};
use app::notification::{Reader, Text};
use app::{Caller, Problem};
use domain::authority::Role;
use domain::ids::JobId;
use domain::job::{JobKind, JobState};
use domain::notification::{NotificationKind, Recipient};
use futures::FutureExt;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::job::Standing;
use tokio::sync::{mpsc, watch};

async fn tell(play: &Play, to: Vec<Recipient>) {
    let (app, caller) = (play.app.clone(), play.caller.clone());
    let told: Result<_, Problem> = play
        .app
        .db
        .write(play.county, move |act| {
            Box::pin(async move {
                act.nothing_written();
                let text = Text { title: "请报送".to_owned(), body: String::new(), link: String::new() };
                app::notification::notify(&app, act, &caller, NotificationKind::Chase, text, to).await
            })
        })
        .await;
    told.unwrap();
}

async fn start(play: &Play, caller: &Caller) -> JobId {
    let (app, caller) = (play.app.clone(), caller.clone());
    let started: Result<JobId, Problem> = play
        .app
        .db
        .write(play.county, move |act| {
            Box::pin(async move {
                act.nothing_written();
                app::job::enqueue(&app, act, &caller, JobKind::ExportVisits, json!({}), None).await
            })
        })
        .await;
    started.unwrap()
}

/// One step of a job: it is claimed, goes on or ends.
async fn step(play: &Play, ends: bool) {
    let (db, now_ms) = (&play.app.db, play.app.now_ms());
    let Some(job) = store::job::claim(db, "test", &[JobKind::ExportVisits], now_ms).await.unwrap() else {
        return;
    };
    for (done, state) in [(1, JobState::Running), (2, if ends { JobState::Done } else { JobState::Queued })] {
        let standing = Standing {
            state,
            run_after_ms: now_ms,
            attempts: job.attempts,
            progress: (done, 2),
            message: String::new(),
            result: None,
        };
        assert!(store::job::put(db, &job.claim(), &standing, now_ms).await.unwrap());
    }
}

/// A small generator, so that a failing run can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A browser: what it was told, and the id of the last event it took.
#[derive(Default)]
struct Browser {
    last: Option<String>,
    told: Vec<Position>,
    states: BTreeMap<String, String>,
    repeated: BTreeSet<String>,
}

impl Browser {
    fn take(&mut self, event: &Event) {
        let state = match &event.happening {
            Happening::Hello => {
                self.last = Some(event.position.to_string());
                return;
            }
            Happening::Reset => panic!("no position is of another database"),
            Happening::Notification(it) => (it.id.clone(), format!("seen {}", it.is_seen)),
            Happening::Job(job) => (job.id.clone(), format!("{} {}", job.state, job.progress_done)),
        };
        self.last = Some(event.position.to_string());
        self.told.push(event.position);
        let key = format!("{} {}", state.0, event.position);
        assert!(self.repeated.insert(key), "told twice: {event:?}");
        self.states.insert(state.0, state.1);
    }

    /// Connects, takes some events and goes away; whether it took all there were.
    async fn connect(&mut self, play: &Play, reader: &Reader, dice: &mut Dice) -> bool {
        let (mut position, first) = begin(&play.app, reader, self.last.as_deref()).await.unwrap();
        if let Some(event) = first {
            self.take(&event);
        }
        let mut left = dice.below(6);
        loop {
            let page = i64::try_from(1 + dice.below(4)).unwrap();
            let events = after(&play.app, reader, position, page).await.unwrap();
            let Some(end) = events.last() else { return true };
            position = end.position;
            for event in &events {
                if left == 0 {
                    return false;
                }
                left -= 1;
                self.take(event);
            }
        }
    }
}

/// What the lists say of everything the reader may see.
async fn truth(play: &Play, caller: &Caller) -> BTreeMap<String, String> {
    let asked = store::notification::Asked::default();
    let notifications = app::notification::list(&play.app, caller, play.county, &asked, 1_000).await.unwrap();
    let jobs =
        app::job::list(&play.app, caller, play.county, app::job::Whose::Own, None, 1_000).await.unwrap();
    let notifications = notifications.into_iter().map(|it| (it.id, format!("seen {}", it.is_seen)));
    // A job that nobody has begun yet was never told.
    let jobs = jobs.into_iter().filter(|job| job.progress_done > 0);
    notifications.chain(jobs.map(|job| (job.id, format!("{} {}", job.state, job.progress_done)))).collect()
}

#[tokio::test]
async fn events_are_taken_up_again_without_loss_or_repetition() {
    both(async |play| {
        play.begin().await;
        let units: Vec<_> = play.units().await.all().iter().take(3).map(|unit| unit.id).collect();
        for seed in 0..6 {
            let mut dice = Dice(seed);
            let base = 100 + u128::from(seed) * 10;
            let readers = [
                account(play, base, Role::UnitClerk, Some(units[0])),
                account(play, base + 1, Role::UnitClerk, Some(units[1])),
            ];
            let mut browsers = [Browser::default(), Browser::default()];
            for (browser, caller) in browsers.iter_mut().zip(&readers) {
                // What is there already is read from the lists.
                browser.states = truth(play, caller).await;
                browser.connect(play, &caller.reader(play.county).unwrap(), &mut dice).await;
            }
            for _ in 0..40 {
                let who = &readers[usize::try_from(dice.below(2)).unwrap()];
                match dice.below(6) {
                    0 => tell(play, vec![Recipient::Account(who.owner())]).await,
                    1 => tell(play, units.iter().copied().map(Recipient::Unit).collect()).await,
                    2 => {
                        app::notification::see(&play.app, who, play.county, None).await.unwrap();
                    }
                    3 => {
                        start(play, who).await;
                    }
                    _ => step(play, dice.below(2) == 0).await,
                }
                let place = usize::try_from(dice.below(2)).unwrap();
                let reader = readers[place].reader(play.county).unwrap();
                browsers[place].connect(play, &reader, &mut dice).await;
            }
            for (browser, caller) in browsers.iter_mut().zip(&readers) {
                let reader = caller.reader(play.county).unwrap();
                while !browser.connect(play, &reader, &mut dice).await {}
                assert!(browser.told.is_sorted_by_key(|it| it.notification), "seed {seed}");
                assert!(browser.told.is_sorted_by_key(|it| it.job), "seed {seed}");
                assert_eq!(browser.states, truth(play, caller).await, "seed {seed}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_position_of_another_database_means_to_read_everything_anew() {
    both(async |play| {
        play.begin().await;
        let reader = account(play, 1, Role::CountyOffice, None).reader(play.county).unwrap();
        for last in ["7-0", "0-7", "nonsense", ""] {
            let (position, first) = begin(&play.app, &reader, Some(last)).await.unwrap();
            assert_eq!(position, Position::default());
            assert_eq!(first.map(|event| event.happening), Some(Happening::Reset), "{last}");
        }
        assert_eq!(begin(&play.app, &reader, Some("0-0")).await.unwrap().1, None);
    })
    .await;
}

fn quick() -> Pace {
    Pace { gather: Duration::from_millis(5), look: Duration::from_hours(1), ..Pace::default() }
}

fn always() -> StillMay {
    Box::new(|| std::future::ready(true).boxed())
}

async fn frame(frames: &mut mpsc::Receiver<Frame>) -> Option<Frame> {
    tokio::time::timeout(Duration::from_secs(20), frames.recv()).await.expect("a frame or an end comes")
}

async fn name(frames: &mut mpsc::Receiver<Frame>) -> &'static str {
    match frame(frames).await {
        Some(Frame::Event(event)) => event.name(),
        Some(Frame::Beat) => "beat",
        None => "end",
    }
}

#[tokio::test]
async fn a_stream_tells_at_once_beats_and_ends_with_the_server() {
    both(async |play| {
        play.begin().await;
        let (caller, other) =
            (account(play, 1, Role::CountyOffice, None), account(play, 2, Role::CountyOffice, None));
        let reader = caller.reader(play.county).unwrap();
        let (stop, stopped) = watch::channel(false);
        let pace = Pace { beat: Duration::from_millis(300), ..quick() };
        let mut frames = follow(play.app.clone(), reader, None, pace, always(), stopped);
        assert_eq!(name(&mut frames).await, "hello");
        tell(play, vec![Recipient::Account(other.owner())]).await;
        start(play, &other).await;
        step(play, true).await;
        assert_eq!(name(&mut frames).await, "beat", "nothing of another's");
        tell(play, vec![Recipient::Account(caller.owner())]).await;
        let told = loop {
            match frame(&mut frames).await {
                Some(Frame::Event(event)) => break event,
                Some(Frame::Beat) => {}
                None => panic!("the stream ended"),
            }
        };
        assert_eq!((told.name(), told.json()["title"].as_str()), ("notification", Some("请报送")));
        stop.send_replace(true);
        let mut last = "beat";
        while last == "beat" {
            last = name(&mut frames).await;
        }
        assert_eq!(last, "end");
    })
    .await;
}

#[tokio::test]
async fn another_servers_changes_are_found_by_looking() {
    both(async |play| {
        play.begin().await;
        let caller = account(play, 1, Role::CountyOffice, None);
        let (_stop, stopped) = watch::channel(false);
        let pace = Pace { look: Duration::from_millis(20), ..quick() };
        let reader = caller.reader(play.county).unwrap();
        let mut frames = follow(play.app.clone(), reader, None, pace, always(), stopped);
        assert_eq!(name(&mut frames).await, "hello");
        let db = store::Db::open(&play.target, store::testing::NOW_MS).await.unwrap();
        let elsewhere = app::App { db, ..play.app.clone() };
        let (app, told) = (elsewhere.clone(), caller.clone());
        let sent: Result<_, Problem> = elsewhere
            .db
            .write(play.county, move |act| {
                Box::pin(async move {
                    act.nothing_written();
                    let text =
                        Text { title: "请报送".to_owned(), body: String::new(), link: String::new() };
                    let to = told.recipient();
                    app::notification::notify(&app, act, &told, NotificationKind::Chase, text, to).await
                })
            })
            .await;
        sent.unwrap();
        assert_eq!(name(&mut frames).await, "notification");
        elsewhere.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_slow_reader_is_let_go_and_an_ended_session_hears_no_more() {
    both(async |play| {
        play.begin().await;
        let caller = account(play, 1, Role::CountyOffice, None);
        let reader = caller.reader(play.county).unwrap();
        let (_stop, stopped) = watch::channel(false);
        let slow = Pace { waiting: 1, patience: Duration::from_millis(50), ..quick() };
        // That it is gone is seen by what it holds: to read a frame would make room for the next.
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let may: StillMay = Box::new(move || {
            let _ = &held;
            std::future::ready(true).boxed()
        });
        let mut frames = follow(play.app.clone(), reader.clone(), None, slow, may, stopped.clone());
        // It begins where the county stands then: what is told before is not told to it.
        assert_eq!(name(&mut frames).await, "hello");
        for _ in 0..4 {
            tell(play, vec![Recipient::Account(caller.owner())]).await;
        }
        let gone = async {
            while Arc::strong_count(&alive) > 1 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), gone).await.expect("it was let go");
        assert_eq!(name(&mut frames).await, "notification");
        assert_eq!(frame(&mut frames).await, None, "it was let go");
        // It comes back with the position it has and misses nothing.
        let mut frames = follow(
            play.app.clone(),
            reader.clone(),
            Some("0-0".to_owned()),
            quick(),
            always(),
            stopped.clone(),
        );
        for _ in 0..4 {
            assert_eq!(name(&mut frames).await, "notification");
        }
        let stands = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&stands);
        let still_may: StillMay = Box::new(move || std::future::ready(asked.load(Ordering::SeqCst)).boxed());
        let pace = Pace { check: Duration::from_millis(20), ..quick() };
        let mut frames = follow(play.app.clone(), reader, None, pace, still_may, stopped);
        assert_eq!(name(&mut frames).await, "hello");
        stands.store(false, Ordering::SeqCst);
        assert_eq!(frame(&mut frames).await, None, "the session is over");
    })
    .await;
}
