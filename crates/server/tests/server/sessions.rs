//! Signing in: fixation, foreign sites, guessing, the second factor, sessions and tokens.

use super::inside::{Browser, Inside, PASSWORD, cookie, page};
use axum::body::Body;
use axum::http::{Method, Request};
use domain::authority::Role;
use serde_json::{Value, json};

const UNITS: &str = "/api/v1/counties/500240/units/500240";

#[tokio::test]
async fn a_session_is_new_at_every_step_and_ends_when_it_is_told() {
    let inside = Inside::shizhu().await;
    let browser = inside.account("clerk", Role::UnitClerk, Some("黄水镇")).await;
    let me = browser.get(&inside, "/api/v1/session").await.json();
    assert_eq!((&me["login"], &me["pending"]), (&json!("clerk"), &Value::Null));
    assert_eq!(me["roles"][0]["unit_name"], "黄水镇");
    let permissions = me["permissions"].as_array().unwrap();
    assert!(permissions.contains(&json!("visit.record")) && !permissions.contains(&json!("audit.read")));
    // A cookie that somebody planted before is not taken over.
    let planted = "shuangyong=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let body = json!({ "login": "clerk", "password": PASSWORD }).to_string();
    let reply = inside.send(page(Method::POST, "/api/v1/sessions").header("cookie", planted), body).await;
    assert_eq!(reply.status, 201);
    let set = reply.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    assert!(!set.contains("clerk"), "no personal data");
    let second = Browser { cookie: cookie(&reply) };
    assert_ne!(second.cookie, planted);
    let planted = Browser { cookie: planted.to_owned() };
    planted.get(&inside, "/api/v1/session").await.is_problem(401, "session.ended");
    // Two sessions; the first ends the second.
    let list = browser.get(&inside, "/api/v1/sessions").await.json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|it| it["is_current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/sessions/{other}");
    assert_eq!(browser.send(&inside, Method::DELETE, &path, &Value::Null).await.status, 204);
    second.get(&inside, "/api/v1/session").await.is_problem(401, "session.ended");
    // A new password ends what was there before it.
    let body = json!({ "old": PASSWORD, "new": "otters under a Paper moon 9" });
    let reply = browser.put(&inside, "/api/v1/session/password", body).await;
    assert_eq!(reply.status, 204);
    browser.get(&inside, "/api/v1/session").await.is_problem(401, "session.ended");
    let browser = Browser { cookie: cookie(&reply) };
    assert_eq!(browser.get(&inside, "/api/v1/session").await.status, 200);
    // Thirty minutes without use.
    inside.clock.turn(31 * 60 * 1000);
    browser.get(&inside, "/api/v1/session").await.is_problem(401, "session.ended");
}

#[tokio::test]
async fn another_site_cannot_act_through_the_browser() {
    let inside = Inside::shizhu().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let rename = |more: &[(&str, &str)], ours: bool| {
        let mut request = Request::patch(UNITS).header("content-type", "application/json");
        request = request.header("cookie", &office.cookie);
        if ours {
            request = request.header("x-shuangyong", "1");
        }
        more.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    let body = || json!({ "name": "改名县" }).to_string();
    for (more, ours) in [
        (&[][..], false),
        (&[("origin", "https://example.org")][..], true),
        (&[("origin", "null")][..], true),
        (&[("sec-fetch-site", "cross-site")][..], true),
        (&[("sec-fetch-site", "same-site")][..], true),
    ] {
        let reply = inside.send(rename(more, ours), body()).await;
        reply.is_problem(403, "request.cross_site");
    }
    // Nor can it sign somebody in under another name.
    let plain = Request::post("/api/v1/sessions").header("content-type", "application/json");
    let shown = json!({ "login": "office", "password": PASSWORD }).to_string();
    inside.send(plain, shown).await.is_problem(403, "request.cross_site");
    let own = rename(&[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")], true);
    assert_eq!(inside.send(own, body()).await.status, 204);
}

#[tokio::test]
async fn guessing_costs_more_and_more_time() {
    let inside = Inside::shizhu().await;
    inside.account("clerk", Role::UnitClerk, Some("黄水镇")).await;
    let mut waits = 0;
    for _ in 0..8 {
        let reply = inside.sign_in("clerk", "wrong password", None).await;
        if reply.status == 429 {
            assert!(reply.header("retry-after").parse::<u64>().unwrap() >= 1);
            waits += 1;
        } else {
            reply.is_problem(401, "sign_in.refused");
        }
    }
    assert!(waits >= 1);
    // The right password waits too, and opens afterwards.
    assert_eq!(inside.sign_in("clerk", PASSWORD, None).await.status, 429);
    inside.clock.turn(20 * 60 * 1000);
    assert_eq!(inside.sign_in("clerk", PASSWORD, None).await.status, 201);
    // An unknown login is answered like a wrong password.
    inside.sign_in("nobody", PASSWORD, None).await.is_problem(401, "sign_in.refused");
}

#[tokio::test]
async fn a_token_works_within_its_part_and_needs_no_header() {
    let inside = Inside::shizhu().await;
    let security = inside.account("security", Role::SecurityAdministrator, None).await;
    let body =
        json!({ "name": "交换平台", "role": "county_office", "permissions": ["unit.change"], "days": 30 });
    let made = security.post(&inside, "/api/v1/counties/500240/tokens", body).await;
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let (id, token) = (made.json()["id"].clone(), made.json()["token"].as_str().unwrap().to_owned());
    let bearer = |request: axum::http::request::Builder| {
        request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json")
    };
    let named = json!({ "name": "石柱县" }).to_string();
    assert_eq!(inside.send(bearer(Request::patch(UNITS)), named).await.status, 204);
    let reply = inside.send(bearer(Request::get("/api/v1/counties/500240/persons")), Body::empty()).await;
    reply.is_problem(403, "authority.forbidden");
    let list = security.get(&inside, "/api/v1/counties/500240/tokens").await;
    assert!(!String::from_utf8_lossy(&list.body).contains(&token), "shown once");
    let path = format!("/api/v1/counties/500240/tokens/{}", id.as_str().unwrap());
    assert_eq!(security.send(&inside, Method::DELETE, &path, &Value::Null).await.status, 204);
    let reply = inside.send(bearer(Request::get(UNITS)), Body::empty()).await;
    reply.is_problem(401, "session.ended");
}

#[tokio::test]
async fn messages_are_read_seen_and_told_to_nobody_else() {
    let inside = Inside::shizhu().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("黄水镇")).await;
    let other = inside.account("other", Role::UnitClerk, Some("西沱镇")).await;
    let county = "/api/v1/counties/500240";
    let unread = clerk.get(&inside, &format!("{county}/notifications/unread")).await;
    let before = unread.json()["items"].as_array().unwrap().len();
    let list = clerk.get(&inside, &format!("{county}/notifications?unread=true&limit=100")).await;
    assert_eq!(list.status, 200);
    let items = list.json()["items"].as_array().unwrap().clone();
    assert!(!items.is_empty() && before > 0, "the campaign was told to the townships");
    assert_eq!(clerk.get(&inside, &format!("{county}/notifications?kind=none")).await.status, 400);
    for item in &items {
        let path = format!("{county}/notifications/{}/see", item["id"].as_str().unwrap());
        let theirs = other.send(&inside, Method::POST, &path, &Value::Null).await;
        assert_eq!(theirs.json()["seen"], 0, "another's message is none");
        let mine = clerk.send(&inside, Method::POST, &path, &Value::Null).await;
        assert_eq!(mine.json()["seen"], 1);
    }
    let unread = clerk.get(&inside, &format!("{county}/notifications/unread")).await;
    assert_eq!(unread.json()["items"], Value::Array(Vec::new()));
    let stream = clerk.get(&inside, &format!("{county}/events")).await;
    assert_eq!((stream.status, stream.header("content-type")), (200, "text/event-stream"));
    assert_eq!(clerk.get(&inside, &format!("{county}/jobs")).await.json()["items"], Value::Array(Vec::new()));
}
