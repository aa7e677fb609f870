//! The API as a file: a change that breaks it shows here.

use super::inside::Inside;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn the_document_is_the_kept_one() {
    let inside = Inside::new().await;
    let now = String::from_utf8(inside.get("/api/v1/openapi.json").await.body).unwrap();
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/openapi.json");
    if std::env::var_os("SHUANGYONG_TEST_WRITE").is_some() {
        std::fs::write(&file, format!("{now}\n")).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    for (line, (now, then)) in now.lines().zip(kept.lines()).enumerate() {
        assert_eq!(now, then, "line {} of openapi.json", line + 1);
    }
    assert_eq!(now.lines().count(), kept.lines().count());
}

#[tokio::test]
async fn the_document_is_openapi_and_holds_every_route() {
    let inside = Inside::new().await;
    let document = inside.get("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let text = document.to_string();
    let mut names = BTreeSet::new();
    let mut schemas = BTreeMap::new();
    for route in server::http::table() {
        assert!(!route.summary.is_empty() && route.name.contains('.'), "{}", route.path);
        assert!(names.insert(route.name), "{} twice", route.name);
        for (name, schema) in route.schemas {
            let known = schemas.entry(name.clone()).or_insert_with(|| schema.clone());
            assert!(*known == schema, "two types are called {name}");
        }
        if route.path.starts_with("/api/") {
            let method = route.method.as_str().to_lowercase();
            let operation = &document["paths"][route.path][method.as_str()];
            assert_eq!(operation["operationId"], route.name, "{} {}", method, route.path);
            assert!(operation["responses"]["default"].is_object());
        }
    }
    // Every reference leads somewhere.
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name} is referred to and missing");
    }
}
