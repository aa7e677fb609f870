//! The router asked without a socket: quick, with a clock that the test turns.

use app::account::NewAccount;
use app::audit::Trail;
use app::{App, Caller, Chance, Clock};
use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, header};
use domain::authority::Role;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::config::Settings;
use server::http::{Peer, Server};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::{NOW_MS, Scratch};
use store::{FilesAt, HeadFiles, MasterKey, Objects, Sealer, Signer};
use tower::ServiceExt;

/// A clock that stands until it is turned.
pub struct Hand(AtomicI64);

impl Clock for Hand {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Hand {
    pub fn turn(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

/// A server on its own database.
pub struct Inside {
    pub app: App,
    pub clock: Arc<Hand>,
    router: Router,
    scratch: Scratch,
    /// The heads of the audit, outside the database.
    _heads: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A refusal with this status and code.
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        assert_eq!(self.status, status, "{text}");
        assert!(self.header("content-type").starts_with("application/problem+json"), "{text}");
        let body = self.json();
        assert_eq!(body["code"], code, "{text}");
        assert_eq!(body["status"], status);
        assert!(!body["detail"].as_str().unwrap().is_ascii(), "Chinese: {text}");
        body
    }
}

impl Inside {
    pub async fn new() -> Self {
        Self::with(Settings::default(), Scratch::sqlite().await)
    }

    pub fn with(settings: Settings, scratch: Scratch) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(NOW_MS)));
        let folder = tempfile::tempdir().unwrap();
        let app = App {
            db: scratch.db.clone(),
            sealer: Sealer::new(&MasterKey::new([7; 32])),
            clock: clock.clone(),
            chance: Arc::new(server::System::default()) as Arc<dyn Chance>,
            objects: Objects::open(&FilesAt::Folder(folder.path().join("files")), &[]).unwrap(),
            trail: Trail::new(Signer::new(&[7; 32]).unwrap(), HeadFiles::in_folder(folder.path())),
        };
        let router = server::http::router(&Server::new(app.clone(), settings));
        Self { app, clock, router, scratch, _heads: folder }
    }

    /// 石柱 with the campaign of 2024.
    pub async fn shizhu() -> Self {
        let inside = Self::new().await;
        inside.init("500240").await;
        inside
    }

    pub async fn init(&self, county: &str) {
        let divisions = formats::division::county(county).unwrap();
        let caller = machine();
        app::county::init(&self.app, &caller, &divisions).await.unwrap();
        let template = include_str!("../../../../campaigns/bayi.toml");
        let county = county.parse().unwrap();
        app::campaign::create(&self.app, &caller, county, template, 2024, None).await.unwrap();
    }

    /// Sends a request as a browser on this machine would.
    pub async fn send(&self, request: Builder, body: impl Into<Body>) -> Reply {
        let peer: SocketAddr = "127.0.0.1:40000".parse().unwrap();
        self.send_from(peer, request, body).await
    }

    /// Sends a request and gives the answer before its body is read.
    pub async fn open(&self, request: Builder, body: impl Into<Body>) -> axum::response::Response {
        self.open_from("127.0.0.1:40000".parse().unwrap(), request, body).await
    }

    async fn open_from(
        &self,
        peer: SocketAddr,
        request: Builder,
        body: impl Into<Body>,
    ) -> axum::response::Response {
        let mut request = request.body(body.into()).unwrap();
        request.headers_mut().entry(header::HOST).or_insert("127.0.0.1:8080".parse().unwrap());
        request.extensions_mut().insert(Peer(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send_from(&self, peer: SocketAddr, request: Builder, body: impl Into<Body>) -> Reply {
        let response = self.open_from(peer, request, body).await;
        let (head, mut body) = response.into_parts();
        let kind = head.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let body = if kind.starts_with("text/event-stream") {
            // A stream does not end: what it says first is enough to know that it was opened.
            let first = body.frame().await.unwrap().unwrap();
            first.into_data().unwrap().to_vec()
        } else {
            body.collect().await.unwrap().to_bytes().to_vec()
        };
        Reply { status: head.status.as_u16(), headers: head.headers, body }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(url(path)), Body::empty()).await
    }

    /// Signs in as a browser; the answer with its cookie.
    pub async fn sign_in(&self, login: &str, password: &str, second: Option<&str>) -> Reply {
        let body = json!({ "login": login, "password": password, "second": second });
        self.send(page(Method::POST, "/api/v1/sessions"), body.to_string()).await
    }

    /// Makes an account with this role and does everything that must be done before it can work.
    pub async fn account(&self, login: &str, role: Role, unit: Option<&str>) -> Browser {
        let new = NewAccount {
            login: login.to_owned(),
            name: format!("{}测试", role.label()),
            number: login.to_owned(),
            roles: vec![(role, unit.map(str::to_owned))],
        };
        let county = "500240".parse().unwrap();
        let once = app::account::create(&self.app, &machine(), county, new).await.unwrap();
        let reply = self.sign_in(login, once.reveal(), None).await;
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let mut browser = Browser { cookie: cookie(&reply) };
        let body = json!({ "old": once.reveal(), "new": PASSWORD });
        let reply = browser.send(self, Method::PUT, "/api/v1/session/password", &body).await;
        assert_eq!(reply.status, 204, "{}", String::from_utf8_lossy(&reply.body));
        browser.cookie = cookie(&reply);
        if role.needs_second_factor() {
            let reply = browser.send(self, Method::POST, "/api/v1/session/second-factor", &Value::Null).await;
            let secret = reply.json()["secret"].as_str().unwrap().to_owned();
            let code = app::account::code_at(&secret, self.app.now_ms()).unwrap();
            let body = json!({ "code": code });
            let reply = browser.send(self, Method::PUT, "/api/v1/session/second-factor", &body).await;
            assert_eq!(reply.json()["recovery_codes"].as_array().unwrap().len(), 10);
            browser.cookie = cookie(&reply);
        }
        browser
    }

    /// Imports a roster of people: number, class, township, village.
    pub async fn roster(&self, people: &[(u32, &str, &str, &str, &str)]) {
        let head = "姓名,公民身份号码,优抚类别,乡镇,村,银行账号,联系电话,备注";
        let mut text = format!("{head}\n");
        for (serial, name, class, township, village) in people {
            let number = super::kit::citizen(*serial);
            writeln!(text, "{name},{number},{class},{township},{village},99123456789012345{serial:02},2001234{serial:04},家中老宅")
                .unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("名册.csv");
        std::fs::write(&file, text).unwrap();
        let county = "500240".parse().unwrap();
        let outcome = app::roster::import(&self.app, &machine(), county, &file, false).await.unwrap();
        assert_eq!(outcome.counts.added, people.len() as u64, "{:?}", outcome.findings);
    }
}

/// Plays on SQLite and on PostgreSQL.
pub async fn both(test: impl AsyncFn(&Inside)) {
    let mut scratches = vec![Scratch::sqlite().await];
    if store::testing::with_postgres() {
        scratches.push(Scratch::postgres().await);
    }
    for scratch in scratches {
        let inside = Inside::with(Settings::default(), scratch);
        inside.init("500240").await;
        test(&inside).await;
        inside.scratch.remove().await;
    }
}

/// Good enough for everybody here.
pub const PASSWORD: &str = "lantern-Vermillion 7 otters";

/// The user of the machine, who sets the stage.
pub fn machine() -> Caller {
    Caller::machine("安")
}

/// A path as a browser writes it: Chinese and blanks encoded.
pub fn url(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
    }
    text
}

/// A request as our page sends it.
pub fn page(method: Method, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(url(path))
        .header("x-shuangyong", "1")
        .header(header::CONTENT_TYPE, "application/json")
}

/// The cookie that an answer set, as the browser sends it back.
pub fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// Somebody signed in.
pub struct Browser {
    pub cookie: String,
}

impl Browser {
    pub async fn send(&self, inside: &Inside, method: Method, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        inside.send(page(method, path).header(header::COOKIE, &self.cookie), body).await
    }

    pub async fn get(&self, inside: &Inside, path: &str) -> Reply {
        self.send(inside, Method::GET, path, &Value::Null).await
    }

    pub async fn post(&self, inside: &Inside, path: &str, body: Value) -> Reply {
        self.send(inside, Method::POST, path, &body).await
    }

    pub async fn put(&self, inside: &Inside, path: &str, body: Value) -> Reply {
        self.send(inside, Method::PUT, path, &body).await
    }
}
