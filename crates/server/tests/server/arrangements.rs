//! Who is to visit whom over HTTP, the empty forms of imports, a template that is tried, and what administrators see.

use super::inside::{Browser, Inside, Reply, both, page};
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const C: &str = "/api/v1/counties/500240";
const CAMPAIGN: &str = "/api/v1/counties/500240/campaigns/bayi-2024";

async fn send(
    browser: &Browser,
    inside: &Inside,
    method: Method,
    path: &str,
    (body, version): (&Value, Option<&str>),
) -> Reply {
    let mut request = page(method, path).header(header::COOKIE, &browser.cookie);
    if let Some(version) = version {
        request = request.header(header::IF_MATCH, version);
    }
    inside.send(request, Body::from(body.to_string())).await
}

async fn person(browser: &Browser, inside: &Inside, name: &str) -> String {
    let list = browser.get(inside, &format!("{C}/persons?search={name}")).await.json();
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn visit(browser: &Browser, inside: &Inside, person: &str, leader: &str, day: &str) {
    let path = format!("{C}/visits/{}", inside.app.id::<Uuid>());
    let body = json!({
        "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": day, "method": "home", "person": person,
        "leader_name": leader,
    });
    let reply = send(browser, inside, Method::PUT, &path, (&body, None)).await;
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
}

#[tokio::test]
async fn a_plan_is_kept_and_held_against_what_was_done() {
    both(async |inside| {
        inside
            .roster(&[
                (1, "张一", "老复员军人", "西沱镇", "西山村"),
                (3, "张二", "烈士遗属", "西沱镇", "西山村"),
                (5, "李三", "老复员军人", "万安街道", "灯盏村"),
            ])
            .await;
        let office = inside.account("office", Role::CountyOffice, None).await;
        let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
        let village = inside.account("village", Role::VillageStation, Some("西山村")).await;
        let (one, two) = (person(&office, inside, "张一").await, person(&office, inside, "张二").await);
        let foreign = person(&office, inside, "李三").await;
        let path = format!("{C}/arrangements/{}", inside.app.id::<Uuid>());
        let plan = json!({
            "campaign": "bayi-2024", "unit": "西沱镇", "planned_on": "2024-07-25", "leader_name": "马平",
            "leader_title": "镇长", "leader_kind": "principal", "party": "服务站站长", "persons": [one, two],
        });
        let put = async |who: &Browser, body: &Value, version| {
            send(who, inside, Method::PUT, &path, (body, version)).await
        };
        let mut wrong = plan.clone();
        wrong["persons"] = json!([one, foreign]);
        let refused = put(&clerk, &wrong, None).await.is_problem(404, "record.not_found");
        assert!(refused["detail"].as_str().unwrap().contains("第2个"), "{refused}");
        for (field, value) in [
            ("persons", json!([])),
            ("persons", json!([one, one])),
            ("planned_on", json!("25 日")),
            ("leader_kind", json!("king")),
        ] {
            let mut body = plan.clone();
            body[field] = value;
            put(&clerk, &body, None).await.is_problem(400, "request.bad");
        }
        let made = put(&clerk, &plan, None).await;
        assert_eq!(
            (made.status, made.header("etag")),
            (201, "\"1\""),
            "{}",
            String::from_utf8_lossy(&made.body)
        );
        assert_eq!(put(&clerk, &plan, None).await.status, 200, "the same again is harmless");
        let mut changed = plan.clone();
        changed["party"] = json!("");
        put(&clerk, &changed, None).await.is_problem(428, "record.version_required");
        put(&clerk, &changed, Some("\"7\"")).await.is_problem(412, "record.changed");
        assert_eq!(put(&clerk, &changed, Some("\"1\"")).await.header("etag"), "\"2\"");
        visit(&clerk, inside, &one, "马平", "2024-07-25").await;
        visit(&clerk, inside, &two, "冉树", "2024-07-26").await;
        let list = clerk.get(inside, &format!("{CAMPAIGN}/arrangements?names=full")).await.json();
        let it = &list["items"][0];
        assert_eq!((&it["done"], &it["party"]), (&json!(1), &json!("")));
        assert_eq!(it["lines"][0]["person"]["name"], "张一");
        assert_eq!(
            (&it["lines"][0]["visited"]["is_as_planned"], &it["lines"][1]["visited"]["is_as_planned"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(it["lines"][1]["visited"]["leader"], "冉树");
        // Handed to the village: the station sees its own and no other.
        let handed = format!("{C}/arrangements/{}", inside.app.id::<Uuid>());
        let body = json!({ "campaign": "bayi-2024", "unit": "西山村", "persons": [two] });
        assert_eq!(send(&clerk, inside, Method::PUT, &handed, (&body, None)).await.status, 201);
        let own = village.get(inside, &format!("{CAMPAIGN}/arrangements")).await.json();
        assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
        assert_eq!(own["items"][0]["done"], 1, "anybody's visit serves where no leader is planned");
        village.get(inside, &path).await.is_problem(404, "record.not_found");
        send(&village, inside, Method::DELETE, &handed, (&json!({}), None))
            .await
            .is_problem(403, "authority.forbidden");
        for (query, magic) in
            [("", &b"PK"[..]), ("?format=docx", b"PK"), ("?format=pdf&paper=day_list", b"%PDF")]
        {
            let file = office.get(inside, &format!("{CAMPAIGN}/arrangements/paper{query}")).await;
            assert_eq!(file.status, 200, "{query}: {}", String::from_utf8_lossy(&file.body));
            assert!(file.body.starts_with(magic), "{query}");
        }
        office
            .get(inside, &format!("{CAMPAIGN}/arrangements/paper?format=odt"))
            .await
            .is_problem(400, "request.bad");
        // Entries that were one human are one line.
        let merged = office.post(inside, &format!("{C}/persons/{one}/merge"), json!({ "drop": two })).await;
        assert_eq!(merged.status, 204);
        let after = office.get(inside, &path).await.json();
        assert_eq!(after["lines"].as_array().unwrap().len(), 1, "{after}");
        assert_eq!(send(&clerk, inside, Method::DELETE, &path, (&json!({}), None)).await.status, 204);
        clerk.get(inside, &path).await.is_problem(404, "record.not_found");
    })
    .await;
}

#[tokio::test]
async fn a_template_is_tried_without_a_trace_and_comes_back_as_it_went_out() {
    both(async |inside| {
        inside.roster(&[(1, "张一", "老复员军人", "西沱镇", "西山村")]).await;
        let office = inside.account("office", Role::CountyOffice, None).await;
        let one = person(&office, inside, "张一").await;
        visit(&office, inside, &one, "马平", "2024-07-25").await;
        let before = office.get(inside, CAMPAIGN).await;
        let mut template = before.json()["template"].clone();
        let check = async |template: &Value| {
            let body = json!({ "template": template.to_string() });
            office.post(inside, &format!("{CAMPAIGN}/template/check"), body).await
        };
        let same = check(&template).await.json();
        assert_eq!(
            (&same["moved"], &same["version"], &same["version_now"]),
            (&json!(0), &json!(1), &json!(1)),
            "{same}"
        );
        let rows = template["row"].as_array_mut().unwrap();
        let row = rows.iter_mut().find(|row| row["key"] == "old_demobilised").unwrap();
        row["match"][0]["classes"] = json!(["martyr_child"]);
        template["version"] = json!(2);
        let tried = check(&template).await;
        assert_eq!(tried.status, 200, "{}", String::from_utf8_lossy(&tried.body));
        assert_eq!((&tried.json()["moved"], &tried.json()["version"]), (&json!(1), &json!(2)));
        let now = office.get(inside, CAMPAIGN).await;
        assert_eq!(
            (now.header("etag"), now.json()["template"]["version"].clone()),
            (before.header("etag"), json!(1))
        );
        template["row"][0]["unit"] = json!("头");
        check(&template).await.is_problem(422, "template.bad");
    })
    .await;
}

#[tokio::test]
async fn forms_words_and_the_state_are_given_out() {
    both(async |inside| {
        let office = inside.account("office", Role::CountyOffice, None).await;
        let admin = inside.account("admin", Role::SystemAdministrator, None).await;
        for form in ["roster", "visit"] {
            let file = office.get(inside, &format!("{C}/{form}/template")).await;
            assert_eq!(file.status, 200);
            assert!(file.body.starts_with(b"PK"));
            // The empty form is read by the importer: nothing is refused for its heads.
            let query = if form == "visit" { "&campaign=bayi-2024" } else { "" };
            let path = format!("{C}/{form}/plans?name=form.xlsx{query}");
            let request = page(Method::POST, &path)
                .header(header::COOKIE, &office.cookie)
                .header(header::CONTENT_TYPE, "application/octet-stream");
            let plan = inside.send(request, Body::from(file.body.clone())).await;
            assert_eq!(plan.status, 201, "{form}: {}", String::from_utf8_lossy(&plan.body));
        }
        let words = office.get(inside, &format!("{C}/dictionary")).await.json();
        let classes = &words["items"][0];
        assert_eq!(classes["key"], "class");
        assert!(
            classes["words"].as_array().unwrap().iter().any(|it| it["also"]
                .as_array()
                .unwrap()
                .iter()
                .any(|word| word == "烈属"))
        );
        app::audit::verify(&inside.app, &super::inside::machine(), "500240".parse().unwrap()).await.unwrap();
        let state = admin.get(inside, &format!("{C}/operations")).await.json();
        assert!(state["audit_seq"].as_i64().unwrap() > 0, "{state}");
        let last = state["last"].as_array().unwrap();
        assert!(last.iter().any(|it| it["act"] == "audit.checkpoint"), "{state}");
        assert!(state["schema"].as_i64().unwrap() >= 18);
    })
    .await;
}
