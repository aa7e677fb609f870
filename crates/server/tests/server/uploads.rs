//! Imports over HTTP: uploaded, planned, confirmed once, undone; and what is too much.

use super::http::{Server, answer};
use super::inside::{Browser, Inside, page};
use super::kit::{citizen, shizhu};
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::Value;
use server::config::Settings;
use std::io::Write;
use std::net::TcpStream;
use store::testing::Scratch;

const C: &str = "/api/v1/counties/500240";

async fn upload(
    browser: &Browser,
    inside: &Inside,
    path: &str,
    bytes: impl Into<Body>,
) -> super::inside::Reply {
    let request = page(Method::POST, &format!("{C}/{path}"))
        .header(header::COOKIE, &browser.cookie)
        .header(header::CONTENT_TYPE, "application/octet-stream");
    inside.send(request, bytes).await
}

fn roster() -> String {
    format!(
        "姓名,公民身份号码,优抚类别,乡镇,村\n张一,{},老复员军人,西沱镇,西山村\n张二,错,老复员军人,西沱镇,西山村\n",
        citizen(1)
    )
}

#[tokio::test]
async fn a_file_is_planned_confirmed_once_and_undone() {
    let inside = Inside::shizhu().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let other = inside.account("other", Role::CountyOffice, None).await;
    let planned = upload(&office, &inside, "roster/plans?name=a/../名册.csv", roster()).await;
    assert_eq!(planned.status, 201, "{}", String::from_utf8_lossy(&planned.body));
    let plan = planned.json();
    assert_eq!((&plan["read"], &plan["added"], &plan["refused"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!((&plan["file_name"], &plan["is_written"]), (&"名册.csv".into(), &false.into()));
    let path = format!("{C}/roster/plans/{}", plan["id"].as_str().unwrap());
    let count = office.get(&inside, &format!("{C}/persons/count")).await.json();
    assert_eq!(count["count"], 0, "nothing is written before it is confirmed");
    // Nobody else reads or confirms it.
    other.get(&inside, &path).await.is_problem(404, "record.not_found");
    other.post(&inside, &format!("{path}/confirm"), Value::Null).await.is_problem(404, "record.not_found");
    let marked = office.get(&inside, &format!("{path}/findings")).await;
    assert!(marked.status == 200 && marked.body.starts_with(b"PK"));
    // Whoever says what they saw is told when that is no longer the plan; here it is, in the browser's next request.
    let tag = planned.header("etag").to_owned();
    assert_eq!(office.get(&inside, &path).await.header("etag"), tag);
    let confirm = |tag: &str| {
        page(Method::POST, &format!("{path}/confirm"))
            .header(header::COOKIE, &office.cookie)
            .header(header::IF_MATCH, tag)
    };
    let problem = inside.send(confirm("\"other\""), "").await.is_problem(412, "record.changed");
    assert_eq!(problem["details"]["current"]["added"], 1);
    let done = inside.send(confirm(&tag), "").await.json();
    assert_eq!((&done["is_written"], &done["added"]), (&true.into(), &1.into()), "{done}");
    assert_eq!(done["state"], "written");
    let again = office.post(&inside, &format!("{path}/confirm"), Value::Null).await.json();
    assert_eq!(again["import"], done["import"], "confirming again is harmless");
    let imports = office.get(&inside, &format!("{C}/imports")).await.json();
    assert_eq!(imports["items"].as_array().unwrap().len(), 1);
    let undo = format!("{C}/imports/{}/undo", done["import"].as_str().unwrap());
    assert_eq!(office.post(&inside, &undo, Value::Null).await.json()["records"], 1);
    office.post(&inside, &undo, Value::Null).await.is_problem(409, "import.undo_refused");
    let marked = format!("{}李三,{},老复员军人,西沱镇,机密★\n", roster(), citizen(3));
    let refused = upload(&office, &inside, "roster/plans?name=b.csv", marked).await;
    let problem = refused.is_problem(422, "secrecy.refused");
    assert_eq!(problem["details"]["places"][0]["row"], 4);
}

#[tokio::test]
async fn what_is_no_table_or_too_large_is_refused() {
    let mut settings = Settings::default();
    settings.limits.upload_bytes = 2_000;
    settings.limits.json_bytes = 1_024;
    let inside = Inside::with(settings, Scratch::sqlite().await);
    inside.init("500240").await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    upload(&office, &inside, "roster/plans?name=x.xlsx", "no workbook").await.is_problem(422, "file.refused");
    upload(&office, &inside, "roster/plans?name=x.csv", "").await.is_problem(400, "request.bad");
    upload(&office, &inside, "roster/plans?name=..", roster()).await.is_problem(400, "request.bad");
    upload(&office, &inside, "roster/plans?name=x.csv", "a".repeat(3_000))
        .await
        .is_problem(413, "request.too_large");
    upload(&office, &inside, "visit/plans?name=x.csv", "a").await.is_problem(400, "request.bad");
    let large = format!("{{\"login\":\"{}\",\"password\":\"b\"}}", "a".repeat(2_000));
    inside.send(page(Method::POST, "/api/v1/sessions"), large).await.is_problem(413, "request.too_large");
    let form = axum::http::Request::post("/api/v1/sessions")
        .header("x-shuangyong", "1")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    inside.send(form, "login=a").await.is_problem(415, "request.media_type");
    for body in ["{", "[]", "{\"login\":1}", "{}", "nul"] {
        inside.send(page(Method::POST, "/api/v1/sessions"), body).await.is_problem(400, "request.bad");
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let county = shizhu();
    let server = Server::start_with(&county, &[("SHUANGYONG_LIMITS_BODY_SECONDS", "1")]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "POST /api/v1/sessions HTTP/1.1\r\nHost: {}\r\nX-Shuangyong: 1\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\nConnection: close\r\n\r\n{{",
        server.address
    )
    .unwrap();
    let slow = answer(stream);
    assert_eq!((slow.status, &slow.json()["code"]), (408, &Value::from("request.timeout")));
}
