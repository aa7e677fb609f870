//! Photos and attachments over HTTP: taken in pieces, given out in parts, and only to whoever may see the visit.

use super::inside::{Browser, Inside, Reply, page};
use axum::body::Body;
use axum::http::{HeaderValue, Method, header};
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

/// A form of these parts.
fn form(parts: &[(&str, &str)]) -> String {
    let part = |(name, text): &(&str, &str)| {
        format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    parts.iter().map(part).collect::<String>() + "--line--\r\n"
}

async fn send_form(browser: &Browser, inside: &Inside, body: String) -> Reply {
    let mut request = page(Method::POST, &format!("{C}/files")).header(header::COOKIE, &browser.cookie);
    let kind = HeaderValue::from_static("multipart/form-data; boundary=line");
    request.headers_mut().unwrap().insert(header::CONTENT_TYPE, kind);
    inside.send(request, Body::from(body)).await
}

async fn visit(browser: &Browser, inside: &Inside) -> String {
    let visit = inside.app.id::<Uuid>().to_string();
    let body = json!({ "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": "2024-07-20",
        "method": "home", "name": "张一", "category": "其他" });
    let put = browser.put(inside, &format!("{C}/visits/{visit}"), body).await;
    assert_eq!(put.status, 201, "{}", String::from_utf8_lossy(&put.body));
    visit
}

#[tokio::test]
async fn a_small_file_comes_as_one_form_and_again_without_harm() {
    let inside = Inside::shizhu().await;
    let own = inside.account("own", Role::UnitClerk, Some("西沱镇")).await;
    let other = inside.account("other", Role::UnitClerk, Some("黄水镇")).await;
    let visit = visit(&own, &inside).await;
    let file = inside.app.id::<Uuid>().to_string();
    let about = |total: usize| {
        json!({ "id": file, "kind": "attachment", "owner_kind": "visit", "owner": visit, "name": "说明.txt",
            "caption": "", "total": total })
        .to_string()
    };
    let (right, wrong) = (about(10), about(11));
    let whole = form(&[("about", &right), ("content", "0123456789")]);
    for (body, said) in [
        (form(&[("about", &wrong), ("content", "0123456789")]), "文件应有 11 字节，收到 10 字节"),
        (form(&[("about", &right)]), "表单缺少“content”"),
        (form(&[("content", "x")]), "表单缺少“about”"),
        (form(&[("about", "{"), ("content", "x")]), "不是完整的 JSON"),
        (form(&[("about", &right), ("about", &right)]), "写了两次"),
        (form(&[("about", &right), ("more", "x")]), "只有 about 和 content"),
        (whole[..whole.len() - 12].to_owned(), "没有收全"),
    ] {
        let problem = send_form(&own, &inside, body).await.is_problem(400, "request.bad");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{said}: {problem}");
    }
    let large = "x".repeat(6 << 20);
    let large = form(&[("about", &about(6 << 20)), ("content", &large)]);
    send_form(&own, &inside, large).await.is_problem(413, "request.too_large");
    assert_eq!(send_form(&other, &inside, whole.clone()).await.status, 404, "the visit is not theirs");
    for _ in 0..2 {
        let taken = send_form(&own, &inside, whole.clone()).await;
        assert_eq!(taken.status, 201, "{}", String::from_utf8_lossy(&taken.body));
    }
    let listed = format!("{C}/files?owner_kind=visit&owner={visit}");
    assert_eq!(own.get(&inside, &listed).await.json()["items"].as_array().unwrap().len(), 1);
    let content = own.get(&inside, &format!("{C}/files/{file}/content")).await;
    assert_eq!(content.body.as_slice(), b"0123456789");
    let otherwise = form(&[("about", &right), ("content", "9876543210")]);
    send_form(&own, &inside, otherwise).await.is_problem(409, "record.conflict");
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
    let visit = visit(&own, &inside).await;

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
