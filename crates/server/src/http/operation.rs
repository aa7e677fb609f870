//! For whoever runs the server: whether it lives, what it counts, what it offers.

use super::problem::Refusal;
use super::state::Shared;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// `GET /health`
pub async fn health(State(server): State<Shared>) -> Result<&'static str, Refusal> {
    app::county::list(&server.app, &app::Caller::machine("health")).await?;
    Ok("ok")
}

/// `GET /metrics`
pub async fn metrics(State(server): State<Shared>) -> Response {
    let text = server.metrics.text(server.app.db.statements());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let document = super::openapi::document(&super::routes::all());
    document.to_pretty_json().expect("the document is plain data")
});

/// `GET /api/v1/openapi.json`
pub async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}
