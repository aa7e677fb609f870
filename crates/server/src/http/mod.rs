//! The first page and the read-only API behind it. It answers on this machine only.

mod assets;
mod county;
#[allow(dead_code, reason = "the route stands behind a session; the page of this machine has none")]
mod events;

use app::{App, Caller, Code, Problem};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::region::CountyCode;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpListener;

/// Every URL of the server.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/", get(assets::page))
        .route("/assets/{name}", get(assets::asset))
        .route("/health", get(|| async { "ok" }))
        .route("/api/v1/counties", get(county::counties))
        .route("/api/v1/counties/{county}/units", get(county::units))
        .route("/api/v1/counties/{county}/campaigns", get(county::campaigns))
        .route("/api/v1/counties/{county}/campaigns/{campaign}/statistics", get(county::statistics))
        .route("/api/v1/counties/{county}/campaigns/{campaign}/coverage", get(county::coverage))
        .fallback(|| async { Refusal(Problem::new(Code::NotFound, "没有这个地址")) })
        .layer(middleware::from_fn(guard))
        .with_state(app)
}

/// Opens the listener; only addresses of this machine are taken.
pub async fn listen(address: &str) -> Result<TcpListener, Problem> {
    let parsed: SocketAddr = address.parse().map_err(|_| {
        Problem::new(Code::BadRequest, format!("监听地址“{address}”无法理解，应如 127.0.0.1:8080"))
    })?;
    if !parsed.ip().is_loopback() {
        return Err(Problem::new(
            Code::BadRequest,
            format!("目前没有账号和权限，只能监听本机（127.0.0.1），不能监听 {}", parsed.ip()),
        ));
    }
    TcpListener::bind(parsed).await.map_err(|error| {
        Problem::new(
            Code::Output,
            format!("地址 {address} 不能使用（{error}），可换一个端口，如 --listen 127.0.0.1:8081"),
        )
    })
}

/// Serves until the process is told to stop; requests under way are finished.
pub async fn serve(app: App, listener: TcpListener) -> Result<(), Problem> {
    axum::serve(listener, routes(app))
        .with_graceful_shutdown(stopped())
        .await
        .map_err(|error| Problem::new(Code::Output, format!("网页服务中断：{error}")))
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .expect("a signal handler can be installed");
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

/// Answers only requests that name this machine (so that a foreign page cannot read through the browser), and puts
/// the security headers on every answer.
async fn guard(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_this_machine(host) {
        return Refusal(Problem::new(Code::Forbidden, "本页只能在本机用 127.0.0.1 或 localhost 打开"))
            .into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Who asks: the local page, which sees no names.
fn caller(county: CountyCode) -> Caller {
    Caller::local_viewer(county)
}

/// A problem as `application/problem+json`.
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = self.0.json().to_string();
        (status, [(header::CONTENT_TYPE, "application/problem+json; charset=utf-8")], body).into_response()
    }
}

type AppState = State<App>;

#[cfg(test)]
mod tests {
    #[test]
    fn only_this_machine_is_answered() {
        for (host, ours) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("localhost:9", true),
            ("[::1]:8080", true),
            ("example.org", false),
            ("127.0.0.1.example.org:80", false),
            ("", false),
        ] {
            assert_eq!(super::is_this_machine(host), ours, "{host}");
        }
    }
}
