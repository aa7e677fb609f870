//! Every route × every role × own and foreign unit, held against the matrix. A route that the matrix does not name
//! fails here.

use super::inside::{Browser, Inside, Reply, machine, page};
use axum::body::Body;
use domain::authority::{Reach, Role, reach};
use server::http::{Access, Route, Takes};
use std::collections::HashMap;

/// Routes for which nobody is asked who they are; anything else needs a permission of the matrix.
const OPEN: &[&str] = &[
    "page.home",
    "page.asset",
    "operation.health",
    "operation.metrics",
    "operation.document",
    "entry.get",
    "session.sign_in",
];

const OWN: &str = "黄水镇";
const FOREIGN: &str = "西沱镇";

/// Every role, each held by one account for 黄水镇, one of its villages, a troop or the county.
async fn everybody(inside: &Inside) -> Vec<(Role, Browser)> {
    let county = "500240".parse().unwrap();
    app::unit::add(&inside.app, &machine(), county, "青松部", "troop", None).await.unwrap();
    let tree = app::unit::tree(&inside.app, &machine(), county).await.unwrap();
    let village = tree.children(tree.find(OWN).unwrap().id)[0].code.clone();
    let mut all = Vec::new();
    for (place, role) in Role::ALL.iter().enumerate() {
        let unit = match role {
            Role::UnitClerk | Role::UnitLeader | Role::Viewer => Some(OWN),
            Role::VillageStation => Some(village.as_str()),
            Role::TroopLiaison => Some("青松部"),
            _ => None,
        };
        all.push((*role, inside.account(&format!("walker{place}"), *role, unit).await));
    }
    all
}

/// A request to a route, with a body that says nothing: what is asked is only who may.
async fn knock(inside: &Inside, browser: Option<&Browser>, route: &Route, county: &str) -> Reply {
    let id = "01900000-0000-7000-8000-000000000000";
    let path = route
        .path
        .replace("{county}", county)
        .replace("{campaign}", "bayi-2024")
        .replace("{unit}", "nowhere")
        .replace("{login}", "nobody")
        .replace("{role}", "viewer")
        .replace("{row}", "no-such-row")
        .replace("{year}", "2024")
        .replace("{name}", "index.js")
        .replace("{batch}", "no-such-batch")
        .replace("{part}", "1")
        .replace("{id}", id);
    let mut request = page(route.method.clone(), &path);
    if let Some(browser) = browser {
        request = request.header("cookie", &browser.cookie);
    }
    let body = if matches!(route.takes, Takes::Json(_)) { Body::from("{}") } else { Body::empty() };
    inside.send(request, body).await
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_matrix_says() {
    let inside = Inside::shizhu().await;
    let everybody = everybody(&inside).await;
    let mut asked = 0;
    for route in server::http::table() {
        let Some(permission) = route.access.permission() else {
            assert!(OPEN.contains(&route.name), "{}: the matrix does not name this route", route.name);
            continue;
        };
        for (role, browser) in &everybody {
            if route.name == "session.sign_out" {
                continue;
            }
            let reply = knock(&inside, Some(browser), &route, "500240").await;
            let what = format!("{} as {}: {}", route.name, role.code(), String::from_utf8_lossy(&reply.body));
            if reach(*role, permission).is_some() {
                assert!(![401, 403].contains(&reply.status) && reply.status < 500, "{what}");
            } else {
                let problem = reply.is_problem(403, "authority.forbidden");
                assert_eq!(problem["details"]["permission"], permission.code(), "{what}");
            }
            asked += 1;
            if route.path.contains("{county}") {
                let reply = knock(&inside, Some(browser), &route, "500000").await;
                assert_eq!(reply.status, 404, "{what}: another county is not there");
                assert!(!String::from_utf8_lossy(&reply.body).contains("bayi"));
            }
        }
        let reply = knock(&inside, None, &route, "500240").await;
        if matches!(route.access, Access::Figures(_)) {
            assert_eq!(reply.status, 200, "{}: the page on this machine", route.name);
        } else {
            assert_eq!(reply.status, 401, "{}: nobody", route.name);
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
    assert!(asked > 600, "{asked}");
}

/// Paths that name a unit, with the permission behind them.
fn of_unit(unit: &str) -> Vec<(&'static str, String)> {
    let county = "/api/v1/counties/500240";
    let campaign = format!("{county}/campaigns/bayi-2024");
    vec![
        ("unit.get", format!("{county}/units/{unit}")),
        ("statistics.table", format!("{campaign}/statistics?unit={unit}")),
        ("statistics.table", format!("{campaign}/statistics?unit={unit}&format=csv")),
        ("statistics.visits", format!("{campaign}/statistics/cells/other/visits?unit={unit}")),
        ("submission.get", format!("{campaign}/submissions/{unit}")),
        ("statistics.comparison", format!("{campaign}/statistics/comparison?unit={unit}")),
        ("statistics.why", format!("{campaign}/statistics/cells/other/why?unit={unit}")),
        ("coverage.open", format!("{campaign}/coverage/open?unit={unit}")),
        ("coverage.places", format!("{campaign}/coverage/places?unit={unit}")),
        ("coverage.table", format!("{campaign}/coverage?unit={unit}")),
        ("person.list", format!("{county}/persons?unit={unit}")),
        ("person.count", format!("{county}/persons/count?unit={unit}")),
        ("arrangement.list", format!("{campaign}/arrangements?unit={unit}")),
        ("visit.list", format!("{county}/visits?campaign=bayi-2024&unit={unit}")),
        ("visit.export", format!("{county}/visits/export?campaign=bayi-2024&unit={unit}")),
    ]
}

#[tokio::test]
async fn a_foreign_unit_is_answered_like_one_that_is_not_there() {
    let inside = Inside::shizhu().await;
    let everybody = everybody(&inside).await;
    let table: HashMap<&str, Access> =
        server::http::table().into_iter().map(|route| (route.name, route.access)).collect();
    let county = "500240".parse().unwrap();
    let tree = app::unit::tree(&inside.app, &machine(), county).await.unwrap();
    let code = |name: &str| tree.find(name).unwrap().code.clone();
    let (foreign, nowhere) = (code(FOREIGN), "500240999000".to_owned());
    for (role, browser) in &everybody {
        let own = match role {
            Role::VillageStation => tree.children(tree.find(OWN).unwrap().id)[0].code.clone(),
            _ => code(OWN),
        };
        for ((name, own), ((_, foreign), (_, nowhere))) in
            of_unit(&own).into_iter().zip(of_unit(&foreign).into_iter().zip(of_unit(&nowhere)))
        {
            let permission = table[name].permission().unwrap();
            let Some(reach) = reach(*role, permission) else { continue };
            let is_export = own.contains("format=csv");
            let what = format!("{name} as {}", role.code());
            let mine = browser.get(&inside, &own).await;
            let may_export = domain::authority::reach(*role, domain::authority::Permission::StatisticsExport);
            if *role == Role::TroopLiaison {
                // A troop is neither township nor village: all others are foreign to it.
                assert_eq!(mine.status, 404, "{what}");
            } else if is_export && may_export.is_none() {
                assert_eq!(mine.status, 403, "{what}");
            } else if name != "statistics.visits" {
                assert_eq!(mine.status, 200, "{what}: {}", String::from_utf8_lossy(&mine.body));
            }
            let theirs = browser.get(&inside, &foreign).await;
            let none = browser.get(&inside, &nowhere).await;
            assert_eq!(none.status, 404, "{what}");
            if reach != Reach::County {
                assert_eq!(theirs.status, 404, "{what}: {foreign}");
                assert_eq!(theirs.json()["code"], none.json()["code"], "{what}");
            }
        }
    }
}
