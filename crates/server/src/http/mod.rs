//! The HTTP door: `routes.rs` is the whole URL table, one file per noun holds its handlers.
//!
//! ```text
//! connection ─ serve ─> guard: watch, shield ─> limit ─> who: gate ─> extract ─> app ─> problem or answer
//! ```

mod account;
mod answer;
mod arrangement;
mod assets;
mod audit;
mod calendar;
mod campaign;
mod candidate;
mod chase;
mod confirmation;
mod county;
mod coverage;
mod dictionary;
mod duplicate;
mod events;
mod export;
mod extract;
mod figure;
mod file;
mod guard;
mod import;
mod job;
mod ledger;
mod limit;
mod metrics;
mod notification;
mod open;
mod openapi;
mod operation;
mod paper;
mod payment;
mod person;
mod person_body;
mod problem;
mod routes;
mod serve;
mod session;
mod state;
mod statistics;
mod status_change;
mod stream;
mod submission;
mod supervision;
mod table;
mod unit;
mod visit;
mod visit_body;
mod who;
mod workbench;

pub use guard::Peer;
pub use serve::{Ready, listen, ready, serve};
pub use state::{Server, Shared};
pub use table::{Access, Route, Takes};

use app::Code;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use problem::Refusal;
use table::Size;

/// Every URL as data, for tests that walk them.
pub fn table() -> Vec<Route> {
    routes::all()
}

/// A form with a file of 4 MiB and what is said of it; larger files come in pieces.
const FORM_BYTES: usize = (4 << 20) + (64 << 10);

/// The router over all routes.
pub fn router(server: &Shared) -> Router {
    let limits = &server.settings.limits;
    let mut router = Router::new();
    for route in routes::all() {
        let most = match route.size {
            Size::Json => limits.json_bytes,
            Size::Upload => limits.upload_bytes,
            // The file and what is said of it.
            Size::Form => FORM_BYTES.min(limits.upload_bytes),
        };
        let gate = who::Gate { server: server.clone(), access: route.access };
        let handler = route
            .handler
            .route_layer(DefaultBodyLimit::max(most))
            .route_layer(from_fn_with_state(gate, who::gate));
        router = router.route(route.path, handler);
    }
    router
        .fallback(assets::other)
        .method_not_allowed_fallback(|| async {
            Refusal::new(Code::Method, "这个地址不接受这种请求方法，可用的方法见 Allow")
        })
        .layer(from_fn_with_state(server.clone(), limit::keep))
        .layer(from_fn_with_state(server.clone(), guard::shield))
        .layer(from_fn_with_state(server.clone(), guard::watch))
        .with_state(server.clone())
}
