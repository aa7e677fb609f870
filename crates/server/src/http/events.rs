//! The stream of events, one per browser: it is taken up again with `Last-Event-ID`, and reading it does not prolong a
//! session.

use super::open::Place;
use super::problem::Refusal;
use super::who::{Seat, Shown};
use app::App;
use app::account::Use;
use app::event::{Frame, Pace, StillMay, follow};
use app::notification::Reader;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::{FutureExt, StreamExt, stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(3);

/// The header in which a browser says which event it took last.
const LAST_EVENT_ID: &str = "last-event-id";

/// `GET …/events`
pub async fn follow_all(seat: Seat, headers: HeaderMap) -> Result<Response, Refusal> {
    let reader = seat.caller.reader(seat.county)?;
    let most = seat.server.settings.limits.account_streams;
    let place = seat.server.streams.enter(seat.caller.owner(), most, "页面")?;
    let stop = seat.server.stopping.subscribe();
    let still_may = still_may(seat.app.clone(), seat.shown);
    Ok(answer(seat.app, (reader, place), last_event_id(&headers), still_may, stop))
}

/// Whether the session or token still stands; asking does not keep it alive.
fn still_may(app: App, shown: Shown) -> StillMay {
    Box::new(move || {
        let (app, shown) = (app.clone(), shown.clone());
        async move { shown.caller(&app, Use::Watching).await.is_ok() }.boxed()
    })
}

/// The id of the last event a browser took, when it comes back.
fn last_event_id(headers: &HeaderMap) -> Option<String> {
    headers.get(LAST_EVENT_ID)?.to_str().ok().map(str::to_owned)
}

/// The answer: events for `reader` from `last` on, as long as `still_may` says that the session stands and until the
/// server stops.
fn answer(
    app: App,
    (reader, place): (Reader, Place),
    last: Option<String>,
    still_may: StillMay,
    stop: watch::Receiver<bool>,
) -> Response {
    let frames = follow(app, reader, last, Pace::default(), still_may, stop);
    // The place goes with the stream.
    let rest = stream::unfold((frames, place), |(mut frames, place)| async move {
        let frame = frames.recv().await?;
        Some((sent(frame), (frames, place)))
    });
    let first = Event::default().retry(RETRY).comment("双拥通");
    let mut response = Sse::new(stream::iter([first]).chain(rest).map(Ok::<_, Infallible>)).into_response();
    // A proxy that gathers answers would hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn sent(frame: Frame) -> Event {
    match frame {
        Frame::Beat => Event::default().comment(""),
        Frame::Event(event) => {
            Event::default().id(event.position.to_string()).event(event.name()).data(event.json().to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::event::{Happening, Position};

    #[tokio::test]
    async fn an_event_carries_its_position_and_a_beat_carries_none() {
        let position = Position { notification: 12, job: 345 };
        let event = app::event::Event { position, happening: Happening::Hello };
        let frames = stream::iter([Frame::Beat, Frame::Event(Box::new(event))]);
        let body = Sse::new(frames.map(sent).map(Ok::<_, Infallible>)).into_response().into_body();
        let bytes = axum::body::to_bytes(body, 1_000).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (beat, event) = text.split_once("\n\n").unwrap();
        assert!(beat.starts_with(':') && !beat.contains("id"), "{text}");
        let lines: Vec<&str> = event.trim_end().lines().collect();
        assert_eq!(lines, ["id: 12-345", "event: hello", "data: {}"]);
    }

    #[test]
    fn a_browser_that_comes_back_says_where_it_was() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_event_id(&headers), None);
        headers.insert("Last-Event-ID", HeaderValue::from_static("12-345"));
        assert_eq!(last_event_id(&headers).as_deref(), Some("12-345"));
    }
}
