//! Who sent a request: the session of a browser, the token of a machine, or the page on this machine itself. What
//! the table says of a route is asked here, before its body is read; the act behind it asks again.

use super::guard::{self, LogName, Peer};
use super::problem::Refusal;
use super::state::{Server, Shared};
use super::table::Access;
use app::account::Use;
use app::{App, Caller, Code, Problem, Who};
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::region::CountyCode;
use std::net::IpAddr;

/// The header that a page must send with every request that changes something: no foreign form can.
pub const CSRF_HEADER: &str = "x-shuangyong";

/// What a route needs, beside the server.
#[derive(Clone)]
pub struct Gate {
    pub server: Shared,
    pub access: Access,
}

/// Lets in whoever may use the route.
pub async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(refusal) = admit(&gate, &mut parts).await {
        let mut response = refusal.into_response();
        if response.status() == axum::http::StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        return response;
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn admit(gate: &Gate, parts: &mut Parts) -> Result<(), Refusal> {
    let server = &gate.server;
    if parts.uri.path().contains("%00") || parts.uri.query().is_some_and(|it| it.contains("%00")) {
        return Err(Refusal::new(Code::BadRequest, "地址含有空字符（NUL），请删除后重试"));
    }
    let address = address(server, parts);
    let bearer = bearer(&parts.headers);
    if bearer.is_none() {
        same_origin(parts)?;
    }
    if gate.access == Access::Machine && !is_here(server, parts) {
        return Err(Refusal::new(Code::Forbidden, "这个地址只在本机上可用"));
    }
    let Some(permission) = gate.access.permission() else { return Ok(()) };
    let shown = match (bearer, cookie(server, &parts.headers)) {
        (Some(token), _) => Shown::Token(token.to_owned()),
        (None, Some(session)) => Shown::Session(session),
        (None, None) if is_page(gate, parts) => Shown::Page,
        (None, None) => return Err(Refusal::new(Code::SessionEnded, "请先登录")),
    };
    let mut caller = shown.caller(&server.app, gate.access.used()).await?;
    caller.address = address.map(|it| it.to_string());
    caller.request = parts.headers.get(guard::REQUEST_ID).and_then(|it| it.to_str().ok()).map(str::to_owned);
    if let Some(name) = parts.extensions.get::<LogName>() {
        let _ = name.0.set(log_name(&caller));
    }
    let county = match named_county(parts, server).await? {
        Some(county) => Some(county),
        None => own_county(&caller),
    };
    if let Some(county) = county {
        server.app.permit(&caller, permission, county).await?;
    }
    parts.extensions.insert(caller);
    parts.extensions.insert(shown);
    Ok(())
}

/// What was shown to be let in.
#[derive(Clone)]
pub enum Shown {
    /// A machine's token.
    Token(String),
    /// A browser's session.
    Session(String),
    /// Nothing: the page on this machine.
    Page,
}

impl Shown {
    /// Who stands behind it now.
    pub async fn caller(&self, app: &App, used: Use) -> Result<Caller, Problem> {
        match self {
            Self::Token(token) => app::account::token(app, token).await,
            Self::Session(session) => app::account::session(app, session, used).await,
            Self::Page => Ok(page()),
        }
    }
}

/// The log names accounts by id, not by the name that people sign in with.
fn log_name(caller: &Caller) -> String {
    match &caller.who {
        Who::Machine => "page".to_owned(),
        Who::Account(principal) => principal.account.to_string(),
    }
}

fn own_county(caller: &Caller) -> Option<CountyCode> {
    match &caller.who {
        Who::Machine => None,
        Who::Account(principal) => Some(principal.county),
    }
}

/// The page on this machine, which sees figures and no names.
fn page() -> Caller {
    let machine = Caller::machine("page");
    Caller { actor: "page".to_owned(), origin: "http", hides_names: true, ..machine }
}

/// Whether the page on this machine may read the route without signing in.
fn is_page(gate: &Gate, parts: &Parts) -> bool {
    let Access::Figures(_) = gate.access else { return false };
    parts.method == Method::GET && shows_figures(&gate.server, parts)
}

/// Whether figures are shown to this browser without an account: only on the machine itself, and only while the
/// server answers nobody else.
pub fn shows_figures(server: &Server, parts: &Parts) -> bool {
    !server.settings.server.allow_remote && is_here(server, parts)
}

/// Whether the request comes from this machine and names it.
fn is_here(server: &Server, parts: &Parts) -> bool {
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    guard::is_this_machine(host) && peer.is_some_and(|peer| guard::is_local(server, peer, &parts.headers))
}

/// The client's address as the settings let it be believed.
pub fn address(server: &Server, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<Peer>()?.0.ip();
    Some(guard::client(server, peer, &parts.headers))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (kind, token) = text.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The name of the session's cookie; browsers bind a `__Host-` cookie to this host and to TLS.
pub fn cookie_name(server: &Server) -> &'static str {
    if server.settings.server.behind_tls { "__Host-shuangyong" } else { "shuangyong" }
}

/// The session that a browser sent.
fn cookie(server: &Server, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(server);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// A request that changes something comes from the page itself: it carries our header, and whatever the browser says
/// of its origin is this host.
fn same_origin(parts: &Parts) -> Result<(), Refusal> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
    let host = text("host").unwrap_or_default();
    let foreign_origin = text("origin").is_some_and(|origin| origin.split("://").nth(1) != Some(host));
    let foreign_site = text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
    if text(CSRF_HEADER) == Some("1") && !foreign_origin && !foreign_site {
        return Ok(());
    }
    Err(Refusal::new(Code::CrossSite, "请求不是由本系统的页面发出（缺少请求头 X-Shuangyong: 1，或来源不同）"))
}

/// The county in the path; one that is no code or not there is not there.
async fn named_county(parts: &mut Parts, server: &Shared) -> Result<Option<CountyCode>, Refusal> {
    let Ok(values) = RawPathParams::from_request_parts(parts, server).await else { return Ok(None) };
    let Some((_, text)) = values.iter().find(|(name, _)| *name == "county") else { return Ok(None) };
    Ok(Some(super::county::code(text)?))
}

/// What a handler works with: the application, the caller whom the gate let in, and the county of the path.
pub struct Seat {
    pub server: Shared,
    pub app: App,
    pub caller: Caller,
    /// The county of the path; on a path without one, the caller's own.
    pub county: CountyCode,
    /// What was shown to be let in: a stream asks again whether it still holds.
    pub shown: Shown,
}

impl FromRequestParts<Shared> for Seat {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Refusal> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let caller = caller.ok_or_else(|| Refusal::new(Code::SessionEnded, "请先登录"))?;
        let county = match named_county(parts, server).await? {
            Some(county) => county,
            None => own_county(&caller)
                .ok_or_else(|| Refusal::new(Code::Forbidden, "本机页面只能查看各县的统计"))?,
        };
        let shown = parts.extensions.get::<Shown>().cloned().unwrap_or(Shown::Page);
        Ok(Self { server: server.clone(), app: server.app.clone(), caller, county, shown })
    }
}

/// The caller alone, for routes without a county.
pub struct Visitor(pub Caller);

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Refusal> {
        let caller = parts.extensions.get::<Caller>().cloned();
        Ok(Self(caller.ok_or_else(|| Refusal::new(Code::SessionEnded, "请先登录"))?))
    }
}
