//! The web application as it is served: pages, files, and what is neither.

use super::inside::{Inside, Reply, page};
use axum::body::Body;
use axum::http::Method;
use server::config::Settings;
use store::testing::Scratch;

const INDEX: &str = "<!doctype html><title>双拥通</title>";

/// A server whose application is this folder.
async fn with_pages() -> (Inside, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    for (name, text) in [("index.html", INDEX), ("icon.svg", "<svg/>"), ("assets/a-1.js", "export {}")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut settings = Settings::default();
    settings.server.web_dir = folder.path().to_str().unwrap().to_owned();
    (Inside::with(settings, Scratch::sqlite().await), folder)
}

fn is_index(reply: &Reply) -> bool {
    reply.status == 200 && reply.body == INDEX.as_bytes() && reply.header("cache-control") == "no-cache"
}

#[tokio::test]
async fn an_address_of_the_application_is_its_page_and_a_missing_file_is_none() {
    let (inside, folder) = with_pages().await;
    for path in ["/", "/statistics?unit=500240105000", "/roster/people", "/login"] {
        assert!(is_index(&inside.get(path).await), "{path}");
    }
    let script = inside.get("/assets/a-1.js").await;
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(inside.get("/icon.svg").await.header("content-type"), "image/svg+xml");
    let tag = script.header("etag").to_owned();
    let again = page(Method::GET, "/assets/a-1.js").header("if-none-match", tag);
    assert_eq!(inside.send(again, Body::empty()).await.status, 304);
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    let outside = "/assets/../../secret";
    for path in ["/assets/a-0.js", "/nothing.png", "/api", "/api/v1/nothing", "/help", "/help/x", outside] {
        inside.get(path).await.is_problem(404, "record.not_found");
    }
    let sent = inside.send(page(Method::POST, "/statistics"), Body::empty()).await;
    sent.is_problem(404, "record.not_found");
}

#[tokio::test]
async fn scripts_come_from_our_own_files_only() {
    let (inside, _folder) = with_pages().await;
    let policy = inside.get("/").await.header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("script-src"), "{policy}");
    assert_eq!(policy.matches("unsafe").count(), 1, "{policy}");
    assert!(policy.contains("style-src 'self' 'unsafe-inline'"), "{policy}");
}

#[tokio::test]
async fn the_entry_names_the_counties_and_nothing_else() {
    let inside = Inside::shizhu().await;
    let entry = inside.get("/api/v1/entry").await.json();
    let expected = serde_json::json!({
        "counties": [{ "code": "500240", "name": "石柱土家族自治县" }], "figures_are_open": true,
    });
    assert_eq!(entry, expected);
    let proxied = page(Method::GET, "/api/v1/entry").header("x-forwarded-for", "10.0.0.9");
    assert_eq!(inside.send(proxied, Body::empty()).await.json()["figures_are_open"], false);
}
