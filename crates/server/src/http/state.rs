//! What all requests share.

use super::metrics::Metrics;
use super::open::Open;
use crate::config::Settings;
use app::App;
use app::visit::Desks;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// The server: the app, its settings and what it counts.
pub struct Server {
    pub app: App,
    pub settings: Settings,
    pub metrics: Metrics,
    /// Where single visits come together.
    pub desks: Desks,
    /// Streams of events, by account.
    pub streams: Open,
    /// Lists that are being taken in, by account: each is in memory.
    pub imports: Open,
    /// One permit for each request that may run at once.
    pub places: Semaphore,
    /// Turns true when the server is told to stop: streams end then.
    pub stopping: watch::Sender<bool>,
}

/// As handlers get it.
pub type Shared = Arc<Server>;

impl Server {
    /// A server over an app.
    pub fn new(app: App, settings: Settings) -> Shared {
        Arc::new(Self {
            places: Semaphore::new(settings.limits.concurrent_requests),
            stopping: watch::Sender::new(false),
            metrics: Metrics::default(),
            desks: Desks::default(),
            streams: Open::default(),
            imports: Open::default(),
            settings,
            app,
        })
    }
}
