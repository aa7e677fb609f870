//! A problem as `application/problem+json` (RFC 9457).

use app::{Code, Problem};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The media type of every refusal.
pub const MEDIA_TYPE: &str = "application/problem+json; charset=utf-8";

/// What a handler answers when it does not do what was asked.
#[derive(Debug)]
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Problem::new(code, message))
    }

    /// What is not there, or not for the caller: both answer the same.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "没有这条记录，或不在您的权限范围内")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = self.0.json();
        body["type"] = "about:blank".into();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body.to_string()).into_response();
        if let Some(seconds) = self.0.details["retry_after_s"].as_u64() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
