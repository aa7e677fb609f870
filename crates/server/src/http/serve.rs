//! The listener and its connections: one task each, limits on their heads, and an end that lets requests finish.

use super::guard::Peer;
use super::state::{Server, Shared};
use crate::config::Settings;
use app::{App, Code, Problem};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Opens the listener.
pub async fn listen(settings: &Settings) -> Result<TcpListener, Problem> {
    let address = settings.address()?;
    TcpListener::bind(address).await.map_err(|error| {
        Problem::new(
            Code::Output,
            format!("地址 {address} 不能使用（{error}），可换一个端口，如 --listen 127.0.0.1:8081"),
        )
    })
}

/// A server that hears the signals that stop it and has not begun to answer: whoever is told its address now may
/// stop it at once.
pub struct Ready {
    server: Shared,
    listener: TcpListener,
    stop: Stop,
}

/// Gets everything ready to serve.
pub fn ready(app: App, settings: Settings, listener: TcpListener) -> Result<Ready, Problem> {
    let stop =
        Stop::hear().map_err(|error| Problem::new(Code::Output, format!("不能接收停止信号：{error}")))?;
    Ok(Ready { server: Server::new(app, settings), listener, stop })
}

/// Serves until the process is told to stop; requests under way are finished.
pub async fn serve(ready: Ready) {
    let Ready { server, listener, mut stop } = ready;
    let router = super::router(&server);
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.heard() => break,
        };
        let (stream, peer) = match stream {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, or a client that went away: others must not wait for ever.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer));
            router.clone().oneshot(request)
        });
        let connection = builder(&server).serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off is no event of ours.
            let _ = connection.await;
        });
    }
    drop(listener);
    server.stopping.send_replace(true);
    let patience = Duration::from_secs(server.settings.limits.stop_seconds);
    if tokio::time::timeout(patience, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

fn builder(server: &Shared) -> hyper::server::conn::http1::Builder {
    let limits = &server.settings.limits;
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds))
        .max_buf_size(limits.header_bytes.max(8 * 1024));
    builder
}

/// The signals that stop the server, heard from the moment this is made.
#[cfg(unix)]
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn hear() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn heard(&mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }
}

#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    fn hear() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn heard(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
