//! The page's files, embedded in the binary.

use super::extract::Path;
use super::problem::Refusal;
use app::Code;
use axum::http::header;
use axum::response::{IntoResponse, Response};

const HOME: &str = include_str!("../../web/index.html");
const ASSETS: &[(&str, &str, &str)] = &[
    ("home.css", "text/css; charset=utf-8", include_str!("../../web/home.css")),
    ("home.js", "text/javascript; charset=utf-8", include_str!("../../web/home.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../web/icon.svg")),
];

/// `GET /`
pub async fn page() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], HOME).into_response()
}

/// `GET /assets/{name}`
pub async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, _, _)| *known == name) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None => Refusal::new(Code::NotFound, "没有这个文件").into_response(),
    }
}
