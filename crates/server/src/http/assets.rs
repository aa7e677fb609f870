//! The web application: its files, embedded by `build.rs` or read from a folder (`--web-dir`), and the rule by which
//! an address of the application gets `index.html` while a missing file stays missing (decision 022).

use super::problem::Refusal;
use super::state::{Server, Shared};
use app::Code;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

include!(concat!(env!("OUT_DIR"), "/web.rs"));

/// What a browser shows when the program was built without the application.
const MISSING: &str = "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>双拥通</title></head>\
<body><h1>程序里还没有网页</h1><p>这个程序构建时没有 web/dist。请用 ./run 启动（它会先构建网页），或执行：</p>\
<pre>npm --prefix web ci\nnpm --prefix web run build\ncargo build -p server</pre>\
<p>也可以不重新构建程序：加参数 --web-dir web/dist。命令行和接口不受影响。</p></body></html>\n";

/// A file as it is sent.
#[derive(Debug)]
struct Asset {
    plain: Bytes,
    /// Packed once, when first asked for.
    gzip: OnceLock<Option<Bytes>>,
    tag: String,
}

impl Asset {
    fn new(plain: Bytes) -> Self {
        let mut hasher = DefaultHasher::new();
        plain.hash(&mut hasher);
        Self { plain, gzip: OnceLock::new(), tag: format!("W/\"{:016x}\"", hasher.finish()) }
    }

    /// The packed bytes, where packing makes it smaller.
    fn packed(&self, name: &str) -> Option<&Bytes> {
        let pack =
            || is_text(name).then(|| gzip(&self.plain)).flatten().filter(|it| it.len() < self.plain.len());
        self.gzip.get_or_init(pack).as_ref()
    }
}

/// The embedded files.
static EMBEDDED: LazyLock<HashMap<&'static str, Arc<Asset>>> = LazyLock::new(|| {
    let asset = |bytes: &'static [u8]| Arc::new(Asset::new(Bytes::from_static(bytes)));
    FILES.iter().map(|(name, bytes)| (*name, asset(bytes))).collect()
});

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

async fn find(server: &Server, name: &str) -> Option<Arc<Asset>> {
    let folder = &server.settings.server.web_dir;
    if folder.is_empty() {
        return EMBEDDED.get(name).cloned();
    }
    let relative = Path::new(name);
    let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_inside || name.is_empty() {
        return None;
    }
    let bytes = tokio::fs::read(PathBuf::from(folder).join(relative)).await.ok()?;
    Some(Arc::new(Asset::new(Bytes::from(bytes))))
}

/// `GET /`
pub async fn page(State(server): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(asset) = find(&server, "index.html").await {
        return send("index.html", &asset, &headers);
    }
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, kind, MISSING).into_response()
}

/// `GET /assets/{name}`
pub async fn asset(State(server): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    match find(&server, name).await {
        Some(asset) => send(name, &asset, &headers),
        // Never a page: a tab from before an upgrade must notice that its parts are gone.
        None => Refusal::new(Code::NotFound, "没有这个文件，页面可能已经更新，请刷新").into_response(),
    }
}

/// Any other address: a file of the application, one of its pages, or nothing.
pub async fn other(State(server): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let is_read = matches!(method, Method::GET | Method::HEAD);
    if is_read && path.contains('.') {
        let name = path.trim_start_matches('/');
        if let Some(asset) = find(&server, name).await {
            return send(name, &asset, &headers);
        }
    } else if is_read && let Some(page) = help(path) {
        if let Some(asset) = find(&server, &page).await {
            return send(&page, &asset, &headers);
        }
    } else if is_read && is_page(path) {
        return page(State(server), headers).await;
    }
    Refusal::new(Code::NotFound, "没有这个地址").into_response()
}

/// The file of a page of the guide: `/help` is its index, `/help/photos` the page on photos.
fn help(path: &str) -> Option<String> {
    match path.trim_end_matches('/').strip_prefix("/help")? {
        "" => Some("help/index.html".to_owned()),
        rest => rest.strip_prefix('/').map(|name| format!("help/{name}.html")),
    }
}

/// What belongs to others, now or later, is no page of the application.
fn is_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    !["api", "assets", "help", "health", "metrics", "m"].contains(&first) && !path.contains('%')
}

fn send(name: &str, asset: &Asset, headers: &HeaderMap) -> Response {
    let text =
        |name: header::HeaderName| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let lasting =
        if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut sent = HeaderMap::new();
    sent.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasting));
    sent.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        sent.insert(header::ETAG, tag);
    }
    if text(header::IF_NONE_MATCH).split(',').any(|tag| tag.trim() == asset.tag) {
        return (StatusCode::NOT_MODIFIED, sent).into_response();
    }
    sent.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    let takes_gzip = text(header::ACCEPT_ENCODING).split(',').any(|it| it.trim().starts_with("gzip"));
    let bytes = match asset.packed(name) {
        Some(small) if takes_gzip => {
            sent.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            small
        }
        _ => &asset.plain,
    };
    (sent, Body::from(bytes.clone())).into_response()
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_text(name: &str) -> bool {
    matches!(extension(name), "html" | "js" | "css" | "svg" | "json" | "webmanifest" | "txt")
}

fn kind(name: &str) -> &'static str {
    match extension(name) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_the_application_has_no_page_for_is_not_answered_with_one() {
        for path in ["/statistics", "/", "/persons/1", "/login"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/api/v1/nothing", "/assets/x", "/help", "/help/office", "/m/", "/a%2f..", "/api"] {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn a_text_is_packed_and_known_again() {
        let text = "双拥".repeat(400);
        let asset = Asset::new(Bytes::from(text.clone()));
        let small = asset.packed("assets/a.js").unwrap();
        let mut back = String::new();
        flate2::read::GzDecoder::new(&small[..]).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        assert!(Asset::new(asset.plain.clone()).packed("icon.png").is_none());
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip;q=0.8"));
        let answer = send("assets/a.js", &asset, &headers);
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let tag = answer.headers()[header::ETAG].clone();
        headers.insert(header::IF_NONE_MATCH, tag.clone());
        assert_eq!(send("assets/a.js", &asset, &headers).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            send("index.html", &asset, &HeaderMap::new()).headers()[header::CACHE_CONTROL],
            "no-cache"
        );
        assert_ne!(Asset::new(Bytes::from_static(b"other")).tag.as_bytes(), tag.as_bytes());
    }
}
