//! Taking lists out: short ones at once, long ones as a job.

use super::answer::file;
use super::job::Job;
use super::problem::Refusal;
use super::who::Seat;
use app::Code;
use app::export::{self, Kind, Request};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::Response;

/// A job that was started.
pub type Started = (StatusCode, Out<Job>);

/// The kind of file that is asked for; a workbook when nothing is said.
pub fn kind(format: Option<&str>) -> Result<Kind, Refusal> {
    match format {
        None => Ok(Kind::Xlsx),
        Some(word) => Kind::from_ending(word)
            .ok_or_else(|| Refusal::new(Code::BadRequest, format!("没有“{word}”这种格式，可写 xlsx、csv"))),
    }
}

/// A short list.
pub async fn now(seat: &Seat, request: &Request) -> Result<Response, Refusal> {
    let made = export::now(&seat.app, &seat.caller, seat.county, request).await?;
    Ok(file(&made.name, request.kind.media_type(), made.bytes))
}

/// A list of any length, in the background.
pub async fn start(seat: &Seat, request: Request) -> Result<Started, Refusal> {
    let job = export::start(&seat.app, &seat.caller, seat.county, request).await?;
    Ok((StatusCode::ACCEPTED, Out(job.into())))
}
