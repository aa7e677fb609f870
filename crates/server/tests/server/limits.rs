//! What a request may not do, and what every answer carries.

use super::http::{Server, answer};
use super::inside::Inside;
use super::kit::{Folder, shizhu};
use axum::body::Body;
use axum::http::Request;
use std::io::Write;
use std::net::TcpStream;

#[tokio::test]
async fn what_does_not_exist_is_a_problem_and_a_wrong_method_names_the_right_ones() {
    let inside = Inside::new().await;
    inside.get("/nothing.png").await.is_problem(404, "record.not_found");
    inside.get("/api/v1/nothing").await.is_problem(404, "record.not_found");
    let reply = inside.send(Request::delete("/api/v1/counties"), Body::empty()).await;
    reply.is_problem(405, "request.method");
    assert!(reply.header("allow").contains("GET"), "{:?}", reply.headers);
    inside.get("/assets/..%2f..%2fCargo.toml").await.is_problem(404, "record.not_found");
    inside.get("/assets/../../Cargo.toml").await.is_problem(404, "record.not_found");
}

#[tokio::test]
async fn every_answer_has_a_number_and_the_headers_that_guard_it() {
    let inside = Inside::new().await;
    for path in ["/m/none", "/health", "/api/v1/counties", "/nothing.png"] {
        let reply = inside.get(path).await;
        assert_eq!(reply.header("x-request-id").len(), 32, "{path}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    }
    let given = Request::get("/health").header("x-request-id", "abcdef-0123456789");
    assert_eq!(inside.send(given, Body::empty()).await.header("x-request-id"), "abcdef-0123456789");
    let bad = Request::get("/health").header("x-request-id", "a b");
    assert_ne!(inside.send(bad, Body::empty()).await.header("x-request-id"), "a b");
}

#[tokio::test]
async fn another_host_is_not_answered() {
    let inside = Inside::new().await;
    let foreign = Request::get("/").header("host", "example.org");
    inside.send(foreign, Body::empty()).await.is_problem(403, "authority.forbidden");
}

#[tokio::test]
async fn health_and_metrics_answer() {
    let inside = Inside::new().await;
    assert_eq!(inside.get("/health").await.status, 200);
    inside.get("/api/nothing/with/a/name").await;
    let text = String::from_utf8(inside.get("/metrics").await.body).unwrap();
    assert!(text.contains("shuangyong_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 1"));
    assert!(text.contains("route=\"unknown\",status=\"404\"") && !text.contains("with/a/name"), "{text}");
}

#[test]
fn a_large_head_is_refused_and_a_slow_head_is_cut_off() {
    let county = shizhu();
    let server = Server::start_with(&county, &[("SHUANGYONG_LIMITS_HEADER_SECONDS", "1")]);
    let large = format!("GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n", server.address, "a".repeat(40_000));
    assert_eq!(server.send(large.as_bytes()).status, 431);
    let mut slow = TcpStream::connect(&server.address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut slow, &mut bytes).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("200 OK"));
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn running_requests_are_finished_when_the_server_is_told_to_stop() {
    let county = shizhu();
    let mut server = Server::start(&county);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    // Half a request is under way when the signal comes; an idle connection does not hold the server up.
    write!(stream, "GET /api/v1/counties HTTP/1.1\r\nHost: {}\r\n", server.address).unwrap();
    let idle = TcpStream::connect(&server.address).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let id = server.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(200));
    write!(stream, "Connection: close\r\n\r\n").unwrap();
    assert_eq!(answer(stream).json()["items"][0]["code"], "500240");
    drop(idle);
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn settings_are_checked_and_shown() {
    let folder = Folder::new();
    let out = folder.ok(&["config", "check"]);
    assert!(out.contains("[server]") && out.contains("allow_remote = false"), "{out}");
    folder.write("shuangyong.toml", "[server]\nlisten = \"127.0.0.1:9999\"\n");
    assert!(folder.ok(&["config", "check"]).contains("127.0.0.1:9999"));
    assert!(folder.ok(&["config", "check", "--listen", "127.0.0.1:7777"]).contains("127.0.0.1:7777"));
    folder.write("shuangyong.toml", "[server]\n\nlisen = \"127.0.0.1:9999\"\n");
    let problem = folder.refused(&["config", "check"], "request.bad");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("第 3 行") && detail.contains("lisen"), "{detail}");
    folder.refused(&["config", "check", "--config", "nothing.toml"], "request.bad");
}
