//! What the server does beside answering: background jobs.

use app::App;
use app::job::{Handlers, Settings, run};
use tokio::sync::watch;

/// Does background jobs for as long as `serving` takes; then those under way end or are given back.
pub async fn beside<T>(app: &App, serving: impl Future<Output = T>) -> T {
    let (stop, stopping) = watch::channel(false);
    let jobs = tokio::spawn(run(app.clone(), Handlers::all(), Settings::default(), stopping));
    let served = serving.await;
    stop.send_replace(true);
    if jobs.await.is_err() {
        tracing::error!("the workers of background jobs broke off");
    }
    served
}
