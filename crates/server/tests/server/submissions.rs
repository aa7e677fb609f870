//! Tables that units submit, and the workbench, over HTTP.

use super::inside::{Inside, machine};
use axum::http::Method;
use domain::authority::Role;
use serde_json::{Value, json};

const C: &str = "/api/v1/counties/500240";
const CAMPAIGN: &str = "/api/v1/counties/500240/campaigns/bayi-2024";

async fn visit(inside: &Inside, name: &str) {
    let login = format!("c{}", inside.app.db.statements());
    let clerk = inside.account(&login, Role::UnitClerk, Some("西沱镇")).await;
    let id: uuid::Uuid = inside.app.id();
    let body = json!({
        "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": "2024-07-20", "method": "home",
        "name": name, "money_fen": 10_000, "money_source": "own",
    });
    let reply = clerk.send(inside, Method::PUT, &format!("{C}/visits/{id}"), &body).await;
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
}

async fn county() -> Inside {
    let inside = Inside::shizhu().await;
    inside
        .roster(&[(1, "张一", "老复员军人", "西沱镇", "西山村"), (3, "张二", "烈士遗属", "西沱镇", "西山村")])
        .await;
    visit(&inside, "张一").await;
    inside
}

#[tokio::test]
async fn a_table_goes_to_the_county_and_back() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let own = format!("{CAMPAIGN}/submissions/西沱镇");
    let before = clerk.get(&inside, &own).await.json();
    assert_eq!((&before["standing"], &before["submitted"]), (&json!("missing"), &Value::Null));
    assert_eq!(before["may"], json!(["submit"]));
    let sm3 = before["live_sm3"].as_str().unwrap().to_owned();
    clerk.post(&inside, &own, json!({ "sm3": "0" })).await.is_problem(412, "record.changed");
    let reply = clerk.post(&inside, &own, json!({ "sm3": sm3 })).await;
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    assert_eq!((&reply.json()["version"], &reply.json()["sm3"]), (&json!(1), &json!(sm3)));
    clerk.post(&inside, &own, json!({})).await.is_problem(409, "submission.refused");
    visit(&inside, "张二").await;
    let shown = office.get(&inside, &own).await.json();
    assert_eq!(
        (&shown["submitted"]["total"]["persons"], &shown["live"]["total"]["persons"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(shown["may"], json!(["accept", "return"]));
    let money = shown["differences"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["row"] == "total" && it["column"] == "money_fen");
    assert_eq!(money.unwrap()["change"], 10_000);
    // The frozen figures as a file, whatever the records say now.
    let reply = office.get(&inside, &format!("{own}?format=csv")).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!((reply.status, text.contains("烈士遗属")), (200, true), "{text}");
    assert!(reply.header("content-disposition").contains("%EF%BC%88%E7%AC%AC1%E7%89%88"), "（第1版");
    for (format, magic) in [("xlsx", "PK"), ("pdf", "%PDF")] {
        let reply = office.get(&inside, &format!("{own}?version=1&format={format}")).await;
        assert!(reply.body.starts_with(magic.as_bytes()), "{format}");
    }
    let body = json!({ "version": 1, "remark": "核对人数" });
    let reply = office.post(&inside, &format!("{own}/return"), body).await.json();
    assert_eq!((&reply["state"], &reply["remark"]), (&json!("returned"), &json!("核对人数")));
    clerk.post(&inside, &own, json!({})).await;
    let reply = office.post(&inside, &format!("{own}/accept"), json!({ "version": 2 })).await.json();
    assert_eq!(reply["state_label"], "已收");
    clerk
        .post(&inside, &format!("{own}/withdraw"), json!({ "version": 2 }))
        .await
        .is_problem(409, "submission.refused");
    let list = office.get(&inside, &format!("{CAMPAIGN}/submissions?standing=accepted")).await.json();
    assert_eq!(
        (&list["obliged"], &list["accepted"], &list["units"][0]["unit"]["name"]),
        (&json!(33), &json!(1), &json!("西沱镇"))
    );
    office.get(&inside, &format!("{CAMPAIGN}/submissions?standing=x")).await.is_problem(400, "request.bad");
    let (county, all) = ("500240".parse().unwrap(), app::audit::Filter::default());
    let trail = app::audit::list(&inside.app, &machine(), county, &all, None, 50).await.unwrap();
    let acts: Vec<String> = trail.rows.into_iter().map(|row| row.act).collect();
    for act in ["submit", "accept", "return", "export"] {
        assert!(acts.contains(&format!("submission.{act}")), "{act}: {acts:?}");
    }
}

#[tokio::test]
async fn the_workbench_says_what_is_due_and_where() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let bench = clerk.get(&inside, &format!("{C}/workbench")).await.json();
    assert_eq!(
        (&bench["today"], &bench["is_working_day"]),
        (&json!("2024-07-20"), &json!(false)),
        "a Saturday"
    );
    let due = &bench["due"][0];
    assert_eq!(
        (&due["kind"], &due["words"], &due["lamp"]),
        (&json!("submit_table"), &json!("剩16天"), &json!("green"))
    );
    assert_eq!(due["link"]["filter"]["campaign"], "bayi-2024");
    let key_open = bench["counters"].as_array().unwrap().iter().find(|it| it["key"] == "key_open").unwrap();
    assert_eq!((&key_open["value"], &key_open["of"]), (&json!(1), &json!(2)));
    clerk.get(&inside, &format!("{C}/workbench?campaign=x")).await.is_problem(404, "campaign.unknown");
    // What the link opens is there.
    let filter = &due["link"]["filter"];
    let path = format!("{CAMPAIGN}/submissions/{}", filter["unit"].as_str().unwrap());
    assert_eq!(clerk.get(&inside, &path).await.json()["unit"]["name"], "西沱镇");
}

#[tokio::test]
async fn the_office_asks_and_the_list_says_so() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let chases = format!("{CAMPAIGN}/chases");
    let body = json!({ "units": ["西沱镇", "黄水镇"] });
    let reply = office.post(&inside, &chases, body.clone()).await;
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    let sent = reply.json();
    let told: Vec<_> = sent["units"].as_array().unwrap().iter().map(|it| &it["told"]).collect();
    // The clerk who signs in here, and the one who recorded the visit.
    assert!(told.contains(&&json!(2)) && told.contains(&&json!(0)), "{sent}");
    let again = office.post(&inside, &chases, body).await.is_problem(409, "chase.again");
    assert_eq!(again["details"]["units"].as_array().unwrap().len(), 2);
    let body = json!({ "units": ["西沱镇"], "text": "请今天报", "again": true });
    assert_eq!(office.post(&inside, &chases, body).await.status, 201);
    assert_eq!(clerk.post(&inside, &format!("{C}/notifications/see"), json!({})).await.status, 200);
    let list = office.get(&inside, &format!("{CAMPAIGN}/submissions")).await.json();
    let unit = list["units"].as_array().unwrap().iter().find(|it| it["unit"]["name"] == "西沱镇").unwrap();
    assert_eq!(unit["chase"]["words"], "催办 2 次，最近 07-20 10:00，已阅 1/2");
    let log = office.get(&inside, &chases).await.json();
    assert_eq!((&log["items"][0]["text"], &log["items"][0]["seen"]), (&json!("请今天报"), &json!(1)));
    let id = log["items"][0]["id"].as_str().unwrap();
    let told = office.get(&inside, &format!("{chases}/{id}")).await.json();
    assert_eq!(told["items"].as_array().unwrap().len(), 2);
    assert!(
        told["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["login"] == "clerk" && !it["seen_at_ms"].is_null())
    );
}
