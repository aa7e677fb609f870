//! Persons and visits over HTTP: masked, paged, found, revealed, recorded twice, changed at the same time.

use super::inside::{Browser, Inside, Reply, both};
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const C: &str = "/api/v1/counties/500240";

/// Persons of two townships.
async fn county() -> Inside {
    let inside = Inside::shizhu().await;
    people(&inside).await;
    inside
}

async fn people(inside: &Inside) {
    inside
        .roster(&[
            (1, "张一", "老复员军人", "西沱镇", "西山村"),
            (3, "张二", "烈士遗属", "西沱镇", "西山村"),
            (5, "李三", "老复员军人", "西沱镇", "玉石村"),
            (7, "单小红", "参战退役军人", "万安街道", "灯盏村"),
            (9, "张四", "烈士遗属", "万安街道", "灯盏村"),
        ])
        .await;
}

fn id(inside: &Inside) -> String {
    inside.app.id::<Uuid>().to_string()
}

fn visit(name: &str, yuan: i64) -> Value {
    json!({
        "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": "2024-07-20", "method": "home",
        "name": name, "money_fen": yuan * 100, "money_source": "own", "note": "家中老宅",
        "goods": [{ "name": "大米", "quantity": 1, "unit": "袋" }], "help": { "medical": 1 },
    })
}

async fn put(browser: &Browser, inside: &Inside, id: &str, body: &Value, version: Option<&str>) -> Reply {
    let mut request = super::inside::page(Method::PUT, &format!("{C}/visits/{id}"));
    request = request.header(header::COOKIE, &browser.cookie);
    if let Some(version) = version {
        request = request.header(header::IF_MATCH, version);
    }
    inside.send(request, Body::from(body.to_string())).await
}

#[tokio::test]
async fn persons_are_masked_paged_and_found() {
    both(async |inside| {
        people(inside).await;
        let office = inside.account("office", Role::CountyOffice, None).await;
        let names = |reply: &Reply| -> Vec<String> {
            let items = reply.json()["items"].as_array().unwrap().clone();
            items.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
        };
        let all = office.get(inside, &format!("{C}/persons")).await;
        assert_eq!(names(&all), ["李*", "单**", "张*", "张*", "张*"], "by pinyin: li, shan, zhang");
        let text = String::from_utf8_lossy(&all.body).into_owned();
        assert!(text.contains("500240********") && !text.contains("18880203"), "{text}");
        let full = office.get(inside, &format!("{C}/persons?names=full&unit=西沱镇&sort=received")).await;
        assert_eq!(names(&full), ["张一", "张二", "李三"]);
        let last_four = super::kit::citizen(5)[14..].to_owned();
        for (search, found) in [
            ("张".to_owned(), 3),
            ("张一".to_owned(), 1),
            ("zh".to_owned(), 3),
            ("sxh".to_owned(), 1),
            ("shan xiao".to_owned(), 1),
            (last_four, 1),
            (super::kit::citizen(7), 1),
            ("没有".to_owned(), 0),
        ] {
            let reply = office.get(inside, &format!("{C}/persons?search={search}")).await;
            assert_eq!(names(&reply).len(), found, "{search}");
            // What is looked for need not stand in an address.
            let body = json!({ "search": search });
            let reply = office.post(inside, &format!("{C}/persons/search"), body.clone()).await;
            assert_eq!(names(&reply).len(), found, "{search}");
            let count = office.post(inside, &format!("{C}/persons/count"), body).await.json();
            assert_eq!(count["count"], found, "{search}");
            let body = json!({ "search": search, "year": 2024, "all": true });
            let reply = office.post(inside, &format!("{C}/confirmations/search"), body).await.json();
            assert_eq!(reply["items"].as_array().unwrap().len(), found, "{search}");
        }
        let filtered = office.get(inside, &format!("{C}/persons?class=martyr_survivor&status=normal")).await;
        assert_eq!(names(&filtered).len(), 2, "{}", String::from_utf8_lossy(&filtered.body));
        let count = office.get(inside, &format!("{C}/persons/count?search=张")).await.json();
        assert_eq!(count, json!({ "count": 3, "is_more": false }));
        for bad in ["class=nobody", "limit=0", "limit=101", "cursor=abc", "search=a", "other=1", "sort=x"] {
            office.get(inside, &format!("{C}/persons?{bad}")).await.is_problem(400, "request.bad");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_neither_repeat_nor_miss_while_others_insert() {
    let inside = county().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let mut seen = Vec::new();
    let mut path = format!("{C}/persons?limit=2&names=full");
    let mut statements = Vec::new();
    loop {
        let before = inside.app.db.statements();
        let page = office.get(&inside, &path).await.json();
        statements.push(inside.app.db.statements() - before);
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["name"].clone()));
        if seen.len() == 2 {
            // Two come in before and behind the place where the page ended.
            inside
                .roster(&[(11, "安五", "老复员军人", "黄水镇", ""), (13, "周六", "老复员军人", "黄水镇", "")])
                .await;
        }
        let Some(next) = page["next"].as_str() else { break };
        let office_only = next.to_owned();
        assert!(!office_only.contains("zhang") && !office_only.contains("shan"), "a cursor tells nothing");
        path = format!("{C}/persons?limit=2&names=full&cursor={}", next.replace('+', "%2B"));
    }
    assert_eq!(seen, ["李三", "单小红", "张二", "张四", "张一", "周六"]);
    assert!(statements.iter().all(|count| *count <= 6), "{statements:?}");
    let before = inside.app.db.statements();
    office.get(&inside, &format!("{C}/persons?limit=100")).await;
    assert!(inside.app.db.statements() - before <= 6, "statements do not grow with the page");
}

#[tokio::test]
async fn a_value_in_full_needs_a_reason_and_few_are_given_in_an_hour() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let list = clerk.get(&inside, &format!("{C}/persons?search=张一")).await.json();
    let person = list["items"][0]["id"].as_str().unwrap().to_owned();
    let detail = clerk.get(&inside, &format!("{C}/persons/{person}")).await;
    assert_eq!(detail.header("etag"), "\"1\"");
    let body = detail.json();
    assert_eq!(body["phone"], "200****0001");
    assert!(body["account"].as_str().unwrap().starts_with("***"), "{body}");
    assert!(body["has_note"] == true && body.get("note").is_none());
    let reveal = format!("{C}/persons/{person}/reveal");
    let ask = |field: &str, reason: &str| json!({ "field": field, "reason": reason });
    clerk.post(&inside, &reveal, ask("phone", "看")).await.is_problem(400, "request.bad");
    clerk.post(&inside, &reveal, ask("password", "核对银行卡")).await.is_problem(400, "request.bad");
    let full = clerk.post(&inside, &reveal, ask("phone", "电话通知慰问时间")).await;
    assert_eq!(full.json(), json!({ "field": "phone", "value": "20012340001" }));
    for _ in 1..app::person::REVEALS_PER_HOUR {
        assert_eq!(clerk.post(&inside, &reveal, ask("citizen", "核对身份信息")).await.status, 200);
    }
    let refused = clerk.post(&inside, &reveal, ask("citizen", "核对身份信息")).await;
    refused.is_problem(429, "person.reveal_limit");
    let trail = app::audit::Filter { outcome: Some("refused".to_owned()), ..app::audit::Filter::default() };
    let county = "500240".parse().unwrap();
    let found =
        app::audit::list(&inside.app, &super::inside::machine(), county, &trail, None, 9).await.unwrap();
    assert_eq!((found.rows[0].act.as_str(), found.rows[0].object_kind.as_str()), ("person.reveal", "person"));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 3_000);
    inside.clock.turn(61 * 60 * 1000);
    let clerk = Browser {
        cookie: super::inside::cookie(&inside.sign_in("clerk", super::inside::PASSWORD, None).await),
    };
    assert_eq!(clerk.post(&inside, &reveal, ask("citizen", "核对身份信息")).await.status, 200);
}

#[tokio::test]
async fn a_guessed_id_of_another_unit_answers_without_content() {
    let inside = county().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let stranger = inside.account("stranger", Role::UnitClerk, Some("万安街道")).await;
    let visit_id = id(&inside);
    assert_eq!(put(&office, &inside, &visit_id, &visit("张一", 100), None).await.status, 201);
    let candidate = id(&inside);
    assert_eq!(put(&office, &inside, &candidate, &visit("外来人", 100), None).await.status, 201);
    let list = office.get(&inside, &format!("{C}/persons?search=张一")).await.json();
    let person = list["items"][0]["id"].as_str().unwrap().to_owned();
    let candidates = office.get(&inside, &format!("{C}/candidates")).await.json();
    let candidate = candidates["items"][0]["id"].as_str().unwrap().to_owned();
    let nobody = id(&inside);
    let reason = json!({ "field": "name", "reason": "核对身份信息" });
    let own = stranger.get(&inside, &format!("{C}/persons?search=单小红")).await.json();
    let own = json!({ "person": own["items"][0]["id"] });
    for (method, path, real, body) in [
        (Method::GET, "persons/{id}", &person, Value::Null),
        (Method::GET, "persons/{id}/history", &person, Value::Null),
        (Method::POST, "persons/{id}/reveal", &person, reason),
        (Method::GET, "visits/{id}", &visit_id, Value::Null),
        (Method::DELETE, "visits/{id}", &visit_id, Value::Null),
        (Method::PUT, "visits/{id}", &visit_id, visit("张一", 100)),
        (Method::POST, "candidates/{id}/confirm", &candidate, own),
    ] {
        let foreign = stranger
            .send(&inside, method.clone(), &format!("{C}/{}", path.replace("{id}", real)), &body)
            .await;
        let none = stranger
            .send(&inside, method.clone(), &format!("{C}/{}", path.replace("{id}", &nobody)), &body)
            .await;
        assert_eq!(foreign.status, 404, "{method} {path}: {}", String::from_utf8_lossy(&foreign.body));
        assert_eq!(foreign.status, none.status, "{method} {path}");
        let (foreign, none) = (foreign.json(), none.json());
        assert_eq!(foreign["code"], none["code"], "{method} {path}");
        assert!(!foreign.to_string().contains('张'), "{foreign}");
    }
    for list in ["persons", "candidates", "visits?campaign=bayi-2024", "imports"] {
        let text = stranger.get(&inside, &format!("{C}/{list}")).await.json().to_string();
        assert!(
            !text.contains("西沱") && !text.contains(&person) && !text.contains(&visit_id),
            "{list}: {text}"
        );
    }
    let count = stranger.get(&inside, &format!("{C}/persons/count")).await.json();
    assert_eq!(count["count"], 2);
    stranger.get(&inside, "/api/v1/counties/110101/persons").await.is_problem(404, "county.missing");
}

#[tokio::test]
async fn a_visit_sent_again_is_harmless_and_a_lost_update_is_refused_with_the_copy() {
    both(async |inside| {
        people(inside).await;
        let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
        let visit_id = id(inside);
        let first = put(&clerk, inside, &visit_id, &visit("张一", 100), None).await;
        assert_eq!(
            (first.status, first.header("etag")),
            (201, "\"1\""),
            "{}",
            String::from_utf8_lossy(&first.body)
        );
        let body = first.json();
        assert_eq!(body["became"], "added");
        assert_eq!(body["visit"]["object"]["kind"], "person");
        assert_eq!(body["visit"]["object"]["name"], "张*");
        assert_eq!(body["visit"]["money_fen"], 10_000);
        assert_eq!(body["visit"]["goods"][0]["name"], "大米");
        let again = put(&clerk, inside, &visit_id, &visit("张一", 100), None).await;
        assert_eq!((again.status, &again.json()["became"]), (200, &json!("unchanged")));
        // Somebody else changed it meanwhile.
        put(&clerk, inside, &visit_id, &visit("张一", 200), None)
            .await
            .is_problem(428, "record.version_required");
        let changed = put(&clerk, inside, &visit_id, &visit("张一", 200), Some("\"1\"")).await;
        assert_eq!(
            (changed.status, changed.header("etag")),
            (200, "\"2\""),
            "{}",
            String::from_utf8_lossy(&changed.body)
        );
        let lost = put(&clerk, inside, &visit_id, &visit("张一", 300), Some("\"1\"")).await;
        let problem = lost.is_problem(412, "record.changed");
        assert_eq!(problem["details"]["current"]["money_fen"], 20_000);
        assert_eq!(problem["details"]["current"]["version"], 2);
        // The table follows each change and nothing is counted twice.
        let table = clerk.get(inside, &format!("{C}/campaigns/bayi-2024/statistics")).await.json();
        assert_eq!((&table["total"]["visits"], &table["total"]["money_fen"]), (&json!(1), &json!(20_000)));
        let row = changed.json()["visit"]["row"]["key"].as_str().unwrap().to_owned();
        let behind =
            clerk.get(inside, &format!("{C}/campaigns/bayi-2024/statistics/cells/{row}/visits")).await.json();
        assert_eq!(behind["items"][0]["id"], visit_id.as_str());
        // The same visit under another id is one.
        let other = put(&clerk, inside, &id(inside), &visit("张一", 200), None).await;
        assert_eq!(other.is_problem(409, "record.conflict")["details"]["id"], visit_id.as_str());
        put(&clerk, inside, "01900000-0000-4000-8000-000000000000", &visit("张一", 1), None)
            .await
            .is_problem(400, "request.bad");
        let mut foreign = visit("张一", 100);
        foreign["unit"] = json!("万安街道");
        put(&clerk, inside, &id(inside), &foreign, None).await.is_problem(404, "unit.unknown");
        let mut wrong = visit("张一", 100);
        wrong["visited_on"] = json!("2024-13-01");
        let problem = put(&clerk, inside, &id(inside), &wrong, None).await.is_problem(422, "visit.refused");
        assert_eq!(problem["details"]["findings"][0]["code"], "visit.date");
        let withdraw = |tag: Option<&str>| {
            let mut request = super::inside::page(Method::DELETE, &format!("{C}/visits/{visit_id}"));
            request = request.header(header::COOKIE, &clerk.cookie);
            if let Some(tag) = tag {
                request = request.header(header::IF_MATCH, tag);
            }
            inside.send(request, Body::empty())
        };
        withdraw(None).await.is_problem(428, "record.version_required");
        let problem = withdraw(Some("\"1\"")).await.is_problem(412, "record.changed");
        assert_eq!(problem["details"]["current"]["version"], 2);
        assert_eq!(withdraw(Some("\"2\"")).await.status, 204);
        clerk.get(inside, &format!("{C}/visits/{visit_id}")).await.is_problem(404, "record.not_found");
        app::statistics::verify(
            &inside.app,
            &super::inside::machine(),
            "500240".parse().unwrap(),
            "bayi-2024",
        )
        .await
        .map(|differences| assert!(differences.is_empty(), "{differences:?}"))
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn many_visits_have_each_its_answer_and_a_person_is_picked_by_id() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let list = clerk.get(&inside, &format!("{C}/persons?search=李三")).await.json();
    let mut picked = visit("", 50);
    picked["person"] = list["items"][0]["id"].clone();
    let mut wrong = visit("张二", 100);
    wrong["method"] = json!("home");
    wrong["money_fen"] = json!(-1);
    let ids = [id(&inside), id(&inside), id(&inside)];
    let body = json!({ "visits": [
        { "id": ids[0], "visit": visit("张一", 100) },
        { "id": ids[1], "visit": wrong },
        { "id": ids[2], "visit": picked },
    ]});
    let reply = clerk.post(&inside, &format!("{C}/visits/bulk"), body).await;
    let items = reply.json()["items"].clone();
    assert_eq!(items[0]["answer"]["became"], "added", "{items}");
    assert_eq!(items[1]["problem"]["code"], "visit.refused");
    assert_eq!(items[2]["answer"]["visit"]["object"]["id"], list["items"][0]["id"]);
    let mut page = clerk.get(&inside, &format!("{C}/visits?campaign=bayi-2024&limit=1")).await.json();
    assert_eq!(page["items"][0]["id"], ids[0].as_str());
    let next = page["next"].as_str().unwrap().to_owned();
    page = clerk.get(&inside, &format!("{C}/visits?campaign=bayi-2024&limit=1&cursor={next}")).await.json();
    assert_eq!((&page["items"][0]["id"], &page["next"]), (&json!(ids[2]), &Value::Null));

    let newest = format!("{C}/visits?campaign=bayi-2024&limit=1&order=newest");
    page = clerk.get(&inside, &newest).await.json();
    assert_eq!(page["items"][0]["id"], ids[2].as_str());
    let next = page["next"].as_str().unwrap().to_owned();
    page = clerk.get(&inside, &format!("{newest}&cursor={next}")).await.json();
    assert_eq!((&page["items"][0]["id"], &page["next"]), (&json!(ids[0]), &Value::Null));
    let refused = clerk.get(&inside, &format!("{C}/visits?campaign=bayi-2024&order=name")).await;
    assert_eq!(refused.status, 400);

    let search = async |typed: &str| {
        let body = json!({ "campaign": "bayi-2024", "search": typed, "names": "full" });
        let page = clerk.post(&inside, &format!("{C}/visits/search"), body).await.json();
        let names = page["items"].as_array().unwrap().iter().map(|it| it["object"]["name"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(search("张").await, ["张一"]);
    assert_eq!(search("ls").await, ["李三"], "by the first letters of the pinyin");
    assert_eq!(search("").await.len(), 2);
    let row = clerk.get(&inside, &format!("{C}/visits/{}", ids[0])).await.json()["row"]["key"].clone();
    let row = row.as_str().unwrap();
    let behind = format!("{C}/campaigns/bayi-2024/statistics/cells/{row}/visits");
    for (query, name) in [("", "张*"), ("?names=full", "张一")] {
        let page = clerk.get(&inside, &format!("{behind}{query}")).await.json();
        assert_eq!(page["items"][0]["object"]["name"], name, "{page}");
        let one = clerk.get(&inside, &format!("{C}/visits/{}{query}", ids[0])).await.json();
        assert_eq!(one["object"]["name"], name, "{one}");
    }
    let path = format!("{C}/persons/{}", list["items"][0]["id"].as_str().unwrap());
    for (query, name) in [("", "李*"), ("?names=full", "李三")] {
        assert_eq!(clerk.get(&inside, &format!("{path}{query}")).await.json()["name"], name);
    }
}

#[tokio::test]
async fn an_export_never_holds_a_formula() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let mut body = visit("张一", 100);
    body["leader_name"] = json!("=HYPERLINK(\"http://example.org\",\"x\")");
    body["leader_title"] = json!("+1");
    assert_eq!(put(&clerk, &inside, &id(&inside), &body, None).await.status, 201);
    let file = clerk.get(&inside, &format!("{C}/visits/export?campaign=bayi-2024")).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-disposition").contains("attachment"));
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(file.body)).unwrap();
    let mut text = String::new();
    for place in 0..book.len() {
        let mut part = book.by_index(place).unwrap();
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
    }
    assert!(text.contains("HYPERLINK") && !text.contains("<f>"), "text stays text");
    assert!(text.contains("account:clerk"), "who took it stands on the sheet");
}

#[tokio::test]
async fn lists_leave_at_once_or_by_a_job() {
    let inside = county().await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    for path in ["persons/export?names=full&format=csv", "visits/export?campaign=bayi-2024&format=csv"] {
        let file = clerk.get(&inside, &format!("{C}/{path}")).await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8", "{path}");
        let text = String::from_utf8(file.body.clone()).unwrap();
        assert!(text.lines().next().unwrap().contains("由 account:clerk 于"), "{text}");
        assert_eq!(text.contains("李三"), path.starts_with("persons"), "{text}");
        assert!(!text.contains("单小红"), "{text}");
    }
    clerk.get(&inside, &format!("{C}/persons/export?format=pdf")).await.is_problem(400, "request.bad");
    clerk.get(&inside, &format!("{C}/persons/export?search=x")).await.is_problem(400, "request.bad");
    let started = clerk.post(&inside, &format!("{C}/persons/export"), json!({ "format": "csv" })).await;
    assert_eq!(started.status, 202, "{}", String::from_utf8_lossy(&started.body));
    let job = started.json();
    assert_eq!((&job["kind"], &job["state"]), (&json!("export.roster"), &json!("queued")));
    let table = clerk.get(&inside, &format!("{C}/campaigns/bayi-2024/statistics?format=csv")).await;
    let text = String::from_utf8(table.body).unwrap();
    assert!(text.lines().last().unwrap().starts_with("合计,"), "figures for programs name nobody: {text}");
}

#[tokio::test]
async fn a_campaign_is_edited_from_what_was_read() {
    let inside = Inside::shizhu().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let path = format!("{C}/campaigns/bayi-2024");
    let read = office.get(&inside, &path).await;
    let tag = read.header("etag").to_owned();
    let text = include_str!("../../../../campaigns/bayi.toml").replacen("version = 1", "version = 2", 1);
    let edit = |tag: Option<String>, text: String| {
        let mut request = super::inside::page(Method::PUT, &format!("{path}/template"));
        request = request.header(header::COOKIE, &office.cookie);
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        (request, json!({ "template": text }).to_string())
    };
    let (request, body) = edit(None, text.clone());
    inside.send(request, body).await.is_problem(428, "record.version_required");
    let (request, body) = edit(Some(tag.clone()), text.clone());
    let changed = inside.send(request, body).await;
    assert_eq!(changed.status, 200, "{}", String::from_utf8_lossy(&changed.body));
    assert_ne!(changed.header("etag"), tag);
    let (request, body) = edit(Some(tag), text);
    let problem = inside.send(request, body).await.is_problem(412, "record.changed");
    assert_eq!(problem["details"]["current"]["etag"], changed.header("etag").trim_matches('"'));
}
