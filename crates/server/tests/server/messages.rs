//! The calendar, messages in pages, and how many streams one account has open.

use super::inside::{Inside, machine, page};
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::{Value, json};
use server::config::Settings;
use store::testing::Scratch;

const C: &str = "/api/v1/counties/500240";

#[tokio::test]
async fn the_calendar_is_read_by_year_and_added_to() {
    let inside = Inside::shizhu().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let national = clerk.get(&inside, &format!("{C}/calendar?year=2024")).await.json();
    assert_eq!(national["is_known"], true);
    let day = json!({ "date": "2024-10-01", "is_worked": false, "name": "国庆节" });
    assert!(national["days"].as_array().unwrap().contains(&day), "{national}");
    let text = json!({ "text": "2029-01-01 休 元旦\n2029-01-07 班 元旦\n" });
    clerk.post(&inside, &format!("{C}/calendar"), text.clone()).await.is_problem(403, "authority.forbidden");
    assert_eq!(office.post(&inside, &format!("{C}/calendar"), text).await.json(), json!({ "days": 2 }));
    let own = clerk.get(&inside, &format!("{C}/calendar?year=2029")).await.json();
    assert_eq!((&own["is_known"], own["days"].as_array().unwrap().len()), (&json!(false), 2));
    assert_eq!(own["days"][1], json!({ "date": "2029-01-07", "is_worked": true, "name": "元旦" }));
    let bad = json!({ "text": "2029-13-01 休 无此日" });
    office.post(&inside, &format!("{C}/calendar"), bad).await.is_problem(422, "file.refused");
}

#[tokio::test]
async fn messages_come_in_pages() {
    let inside = Inside::shizhu().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let template = include_str!("../../../../campaigns/bayi.toml");
    for year in 2025..2029 {
        let (county, day) = ("500240".parse().unwrap(), format!("{year}-08-12").parse().unwrap());
        app::campaign::create(&inside.app, &machine(), county, template, year, Some(day)).await.unwrap();
    }
    let (mut path, mut seen) = (format!("{C}/notifications?limit=2"), Vec::new());
    loop {
        let page = clerk.get(&inside, &path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["title"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{C}/notifications?limit=2&cursor={}", next.replace('+', "%2B"));
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
    let mut years: Vec<String> =
        seen.iter().map(|it| it.as_str().unwrap().chars().take(4).collect()).collect();
    years.dedup();
    assert_eq!(years.len(), 5, "each once: {seen:?}");
    clerk.get(&inside, &format!("{C}/notifications?cursor=abc")).await.is_problem(400, "request.bad");
}

#[tokio::test]
async fn an_account_has_so_many_streams_and_no_more() {
    let mut settings = Settings::default();
    settings.limits.account_streams = 2;
    let inside = Inside::with(settings, Scratch::sqlite().await);
    inside.init("500240").await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let other = inside.account("other", Role::UnitClerk, Some("西沱镇")).await;
    let stream = || {
        let request = page(Method::GET, &format!("{C}/events")).header(header::COOKIE, &clerk.cookie);
        inside.open(request, Body::empty())
    };
    let (first, second) = (stream().await, stream().await);
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (200, 200));
    let refused = clerk.get(&inside, &format!("{C}/events")).await;
    refused.is_problem(429, "request.too_many");
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(other.get(&inside, &format!("{C}/events")).await.status, 200);
    drop(first);
    assert_eq!(stream().await.status().as_u16(), 200, "one that is closed makes room");
    assert_eq!(clerk.send(&inside, Method::DELETE, "/api/v1/session", &Value::Null).await.status, 204);
}
