//! Photos and attachments over HTTP: taken in pieces, given out in parts, and only to whoever may see the visit.

use super::inside::{Browser, Inside, Reply, page};
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const C: &str = "/api/v1/counties/500240";

async fn piece(browser: &Browser, inside: &Inside, file: &str, offset: usize, bytes: &str) -> Reply {
    let request = page(Method::PUT, &format!("{C}/uploads/{file}?offset={offset}"))
        .header(header::COOKIE, &browser.cookie)
        .header(header::CONTENT_TYPE, "application/octet-stream");
    inside.send(request, Body::from(bytes.to_owned())).await
}

async fn part(browser: &Browser, inside: &Inside, file: &str, range: &str) -> Reply {
    let request = page(Method::GET, &format!("{C}/files/{file}/content"))
        .header(header::COOKIE, &browser.cookie)
        .header(header::RANGE, range);
    inside.send(request, Body::empty()).await
}

/// Uploads a text in one piece and says what finishing answered.
async fn attach(browser: &Browser, inside: &Inside, visit: &str, text: &str) -> (String, Reply) {
    let file = inside.app.id::<Uuid>().to_string();
    let new = json!({ "id": file, "kind": "attachment", "owner_kind": "visit", "owner": visit,
        "name": "说明.txt", "total": text.len() });
    let begun = browser.post(inside, &format!("{C}/uploads"), new).await;
    assert_eq!(begun.status, 201, "{}", String::from_utf8_lossy(&begun.body));
    assert_eq!(piece(browser, inside, &file, 0, text).await.json()["received"], text.len());
    assert_eq!(piece(browser, inside, &file, 0, text).await.status, 200, "the same piece again is harmless");
    let finished = browser.post(inside, &format!("{C}/uploads/{file}/finish"), Value::Null).await;
    (file, finished)
}

#[tokio::test]
async fn an_attachment_is_taken_given_in_parts_and_kept_from_others() {
    let inside = Inside::shizhu().await;
    let own = inside.account("own", Role::UnitClerk, Some("西沱镇")).await;
    let other = inside.account("other", Role::UnitClerk, Some("黄水镇")).await;
    let visit = inside.app.id::<Uuid>().to_string();
    let body = json!({ "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": "2024-07-20",
        "method": "home", "name": "张一", "category": "其他" });
    let put = own.put(&inside, &format!("{C}/visits/{visit}"), body).await;
    assert_eq!(put.status, 201, "{}", String::from_utf8_lossy(&put.body));

    let (file, finished) = attach(&own, &inside, &visit, "0123456789").await;
    assert_eq!(finished.status, 200, "{}", String::from_utf8_lossy(&finished.body));
    let listed = format!("{C}/files?owner_kind=visit&owner={visit}");
    assert_eq!(own.get(&inside, &listed).await.json()["items"].as_array().unwrap().len(), 1);
    let whole = own.get(&inside, &format!("{C}/files/{file}/content")).await;
    assert_eq!((whole.status, whole.body.as_slice()), (200, b"0123456789".as_slice()));
    assert!(whole.header("content-type").starts_with("text/plain"));
    let some = part(&own, &inside, &file, "bytes=3-5").await;
    assert_eq!((some.status, some.body.as_slice()), (206, b"345".as_slice()));
    assert_eq!(some.header("content-range"), "bytes 3-5/10");
    part(&own, &inside, &file, "bytes=10-").await.is_problem(416, "request.range");

    assert_eq!(other.get(&inside, &listed).await.json()["items"], Value::Array(Vec::new()));
    for path in ["", "/content", "/thumbnail"] {
        let theirs = other.get(&inside, &format!("{C}/files/{file}{path}")).await;
        assert_eq!(theirs.status, 404, "{path}");
        assert!(!String::from_utf8_lossy(&theirs.body).contains("说明"), "{path}");
    }

    let (_, refused) = attach(&own, &inside, &visit, "机密★10年\n行动安排").await;
    let problem = refused.is_problem(422, "secrecy.refused");
    assert!(!problem.to_string().contains("行动安排"), "{problem}");
    assert_eq!(own.get(&inside, &listed).await.json()["items"].as_array().unwrap().len(), 1);
    let gone = own.send(&inside, Method::DELETE, &format!("{C}/files/{file}"), &Value::Null).await;
    assert_eq!(gone.status, 204);
    assert_eq!(own.get(&inside, &listed).await.json()["items"], Value::Array(Vec::new()));
}
