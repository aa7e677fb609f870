//! What a client may take: time for a whole request, time between two pieces of a body, requests at once.

use super::problem::Refusal;
use super::state::Shared;
use app::Code;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// The next piece of a body did not come in time.
#[derive(Debug)]
struct Slow;

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl Error for Slow {}

/// Whether slowness is at the bottom of an error.
pub fn is_slow(error: &(dyn Error + 'static)) -> bool {
    let mut current = Some(error);
    while let Some(error) = current {
        if error.is::<Slow>() {
            return true;
        }
        current = error.source();
    }
    false
}

/// A body whose pieces must come within a time of each other.
struct Patient {
    inner: Body,
    wait: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl http_body::Body for Patient {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            let next = Instant::now() + self.wait;
            self.sleep.as_mut().reset(next);
            return Poll::Ready(frame.map(|it| it.map_err(axum::BoxError::from)));
        }
        match self.sleep.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(Box::new(Slow)))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.inner.size_hint()
    }
}

/// Keeps a request within the limits of the settings.
pub async fn keep(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let limits = &server.settings.limits;
    let Ok(_place) = server.places.try_acquire() else {
        return busy("同时办理的请求太多，请稍后重试");
    };
    let wait = Duration::from_secs(limits.body_seconds);
    let request = request.map(|inner| Body::new(Patient { inner, wait, sleep: Box::pin(sleep(wait)) }));
    match tokio::time::timeout(Duration::from_secs(limits.request_seconds), next.run(request)).await {
        Ok(response) => response,
        Err(_) => busy("办理时间过长，已中断；没有写完的操作会整体撤销或整体完成，请查看后重试"),
    }
}

fn busy(message: &str) -> Response {
    let problem = app::Problem::new(Code::Busy, message);
    Refusal(problem.with(serde_json::json!({ "retry_after_s": 5 }))).into_response()
}
