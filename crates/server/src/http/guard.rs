//! What stands before every handler: the request's number, the log line, the counters, the rule that only this
//! machine is answered, and the security headers.

use super::problem::Refusal;
use super::state::{Server, Shared};
use app::Code;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Where the caller is written for the log once known.
#[derive(Debug, Clone, Default)]
pub struct LogName(pub Arc<OnceLock<String>>);

/// The number of a request, also of what is logged about it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers, counts and logs a request. The line holds the template of the URL, never its values.
pub async fn watch(State(server): State<Shared>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let running = server.metrics.begin();
    let id = request_id(&server, request.headers());
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = &value {
        // Whatever is written about the request carries its number.
        request.headers_mut().insert(REQUEST_ID, value.clone());
    }
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let name = LogName::default();
    request.extensions_mut().insert(name.clone());
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    server.metrics.answered(method.as_str(), &route, status, took);
    drop(running);
    let account = name.0.get().map_or("-", String::as_str);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "access", %method, route, status, ms, request_id = id, account, "answered");
    if let Some(value) = value {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The number a proxy gave, when it is one; else a new one.
fn request_id(server: &Server, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|it| it.to_str().ok()).filter(|it| is_well_formed(it));
    given.map_or_else(|| server.app.id::<uuid::Uuid>().simple().to_string(), str::to_owned)
}

fn is_well_formed(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Puts the security headers on every answer, and answers only requests that name this machine while others are not
/// allowed (so that a foreign page cannot read through the browser).
pub async fn shield(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let refused = !server.settings.server.allow_remote && !is_this_machine(host(&request));
    let mut response = if refused {
        Refusal::new(Code::Forbidden, "本服务只能在本机用 127.0.0.1 或 localhost 打开").into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            // Component libraries set styles on elements; scripts never come from anywhere but our own files.
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if server.settings.server.behind_tls {
        let value = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().entry(header::STRICT_TRANSPORT_SECURITY).or_insert(value);
    }
    response
}

/// The host that a request names.
pub fn host(request: &Request) -> &str {
    request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// Whether a host is this machine's own name or address.
pub fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The client's address: the peer's, or the last one that a trusted proxy has not put there itself.
pub fn client(server: &Server, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted =
        |address: IpAddr| server.settings.server.trusted_proxies.iter().any(|it| it.contains(address));
    if !trusted(peer) {
        return peer;
    }
    let named: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut last = peer;
    for word in named.into_iter().rev() {
        let Ok(address) = word.trim().parse::<IpAddr>() else { break };
        last = address;
        if !trusted(address) {
            break;
        }
    }
    last
}

/// Whether the request comes from this machine itself, not through a proxy on it.
pub fn is_local(server: &Server, peer: IpAddr, headers: &HeaderMap) -> bool {
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    peer.is_loopback() && !forwarded && server.settings.server.trusted_proxies.is_empty()
}

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

    #[test]
    fn a_foreign_number_is_kept_only_when_it_is_one() {
        for (id, kept) in
            [("0123456789abcdef", true), ("short", false), ("with\"quote", false), ("中文", false)]
        {
            assert_eq!(super::is_well_formed(id), kept, "{id}");
        }
    }
}
