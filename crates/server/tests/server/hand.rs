//! The roster by hand over HTTP: forms, duplicates, candidates, the yearly confirmation, changes of status.

use super::inside::{Browser, Inside, Reply, both, page};
use super::kit::citizen;
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const C: &str = "/api/v1/counties/500240";

async fn people(inside: &Inside) {
    inside
        .roster(&[
            (1, "张一", "老复员军人", "西沱镇", "西山村"),
            (3, "张二", "烈士遗属", "西沱镇", "西山村"),
            (5, "李三", "老复员军人", "万安街道", "灯盏村"),
        ])
        .await;
}

fn id(inside: &Inside) -> String {
    inside.app.id::<Uuid>().to_string()
}

async fn put(browser: &Browser, inside: &Inside, path: &str, body: &Value, version: Option<&str>) -> Reply {
    let mut request = page(Method::PUT, &format!("{C}/{path}")).header(header::COOKIE, &browser.cookie);
    if let Some(version) = version {
        request = request.header(header::IF_MATCH, version);
    }
    inside.send(request, Body::from(body.to_string())).await
}

async fn person(browser: &Browser, inside: &Inside, name: &str) -> String {
    let list = browser.get(inside, &format!("{C}/persons?search={name}")).await.json();
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_is_written_by_hand() {
    both(async |inside| {
        people(inside).await;
        let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
        let new = json!({
            "name": "赵四", "citizen": citizen(11), "township": "西沱镇", "village": "西山村",
            "identities": [{ "class": "disabled_soldier", "grade": 6, "nature": "combat" }],
            "phone": "20012340099", "allowance": true,
        });
        let check = json!({ "person": { "name": "", "citizen": "123" } });
        let looked = clerk.post(inside, &format!("{C}/persons/check"), check).await.json();
        assert_eq!(looked["can_save"], false);
        let fields: Vec<&str> =
            looked["findings"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["name", "citizen", "class", "township"], "{looked}");
        let path = format!("persons/{}", id(inside));
        let added = put(&clerk, inside, &path, &new, None).await;
        assert_eq!(
            (added.status, added.header("etag")),
            (201, "\"1\""),
            "{}",
            String::from_utf8_lossy(&added.body)
        );
        let body = added.json();
        assert_eq!((&body["became"], &body["person"]["phone"]), (&json!("added"), &json!("200****0099")));
        assert_eq!(body["person"]["birth"], "1888-02-03");
        assert_eq!(put(&clerk, inside, &path, &new, None).await.json()["became"], "unchanged");
        let change = json!({ "phone": "" });
        let current =
            put(&clerk, inside, &path, &change, None).await.is_problem(428, "record.version_required");
        assert_eq!(current["details"]["current"]["version"], 1);
        put(&clerk, inside, &path, &change, Some("\"7\"")).await.is_problem(412, "record.changed");
        let changed = put(&clerk, inside, &path, &change, Some("\"1\"")).await;
        assert_eq!((changed.status, &changed.json()["person"]["phone"]), (200, &Value::Null));
        for (body, status, code) in [
            (json!({ "identities": [{ "class": "nobody" }] }), 400, "request.bad"),
            (json!({ "other": 1 }), 400, "request.bad"),
            (json!({ "citizen": "12" }), 422, "person.refused"),
            (json!({ "account_name": "张二" }), 409, "person.doubtful"),
        ] {
            put(&clerk, inside, &path, &body, Some("\"2\"")).await.is_problem(status, code);
        }
        let accepted = json!({ "account_name": "张二", "accept_warnings": true });
        assert_eq!(put(&clerk, inside, &path, &accepted, Some("\"2\"")).await.status, 200);
        let history = clerk.get(inside, &format!("{C}/{path}/history")).await.json();
        let first = &history["items"][0];
        assert_eq!((&first["source"], &first["label"]), (&json!("hand"), &json!("户名")), "{history}");
        let visits = clerk.get(inside, &format!("{C}/{path}/visits")).await.json();
        assert_eq!(visits, json!({ "items": [], "elsewhere": 0 }));
        let difficulties = clerk.get(inside, &format!("{C}/{path}/difficulties")).await.json();
        assert_eq!(difficulties, json!({ "marks": [], "has_text": false, "items": [] }));
        // What another unit guesses tells nothing.
        let stranger = inside.account("stranger", Role::UnitClerk, Some("万安街道")).await;
        let mine = json!({ "name": "赵四", "township": "万安街道" });
        let foreign =
            put(&stranger, inside, &path, &mine, Some("\"3\"")).await.is_problem(404, "record.not_found");
        let none = put(&stranger, inside, &format!("persons/{}", id(inside)), &mine, Some("\"3\"")).await;
        assert_eq!(foreign["detail"], none.is_problem(404, "record.not_found")["detail"]);
        for path in ["visits", "difficulties"] {
            let url = format!("{C}/{}/{path}", path_of(&body));
            stranger.get(inside, &url).await.is_problem(404, "record.not_found");
        }
    })
    .await;
}

fn path_of(body: &Value) -> String {
    format!("persons/{}", body["person"]["id"].as_str().unwrap())
}

#[tokio::test]
async fn duplicates_stand_side_by_side_until_somebody_decides() {
    let inside = Inside::shizhu().await;
    people(&inside).await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let twin = json!({
        "name": "张一", "citizen": citizen(21), "township": "西沱镇", "village": "西山村",
        "identities": [{ "class": "old_demobilised" }], "accept_warnings": true,
    });
    assert_eq!(put(&office, &inside, &format!("persons/{}", id(&inside)), &twin, None).await.status, 201);
    let page = office.get(&inside, &format!("{C}/duplicates?reason=name_birth")).await.json();
    let pair = &page["items"][0];
    assert_eq!(pair["reasons"], json!(["name_birth"]));
    assert!(pair["same_village"] == true && pair["first"]["name"] == "张*", "{pair}");
    assert!(pair["differing"].to_string().contains("citizen"));
    let count = office.get(&inside, &format!("{C}/duplicates/count?unit=西沱镇")).await.json();
    assert_eq!(count["count"], 1, "{count}");
    let (first, second) = (&pair["first"]["id"], &pair["second"]["id"]);
    let apart = json!({ "first": second, "second": first, "reason": "叔侄同名" });
    assert_eq!(office.post(&inside, &format!("{C}/duplicates/apart"), apart).await.status, 204);
    let page = office.get(&inside, &format!("{C}/duplicates")).await.json();
    assert_eq!(page["items"], json!([]));
    let kept = office.get(&inside, &format!("{C}/duplicates/apart")).await.json();
    assert_eq!(kept["items"][0]["reason"], "叔侄同名");
    let again =
        format!("{C}/duplicates/apart?first={}&second={}", first.as_str().unwrap(), second.as_str().unwrap());
    assert_eq!(office.send(&inside, Method::DELETE, &again, &Value::Null).await.status, 204);
    office.get(&inside, &format!("{C}/duplicates?reason=x")).await.is_problem(400, "request.bad");
}

#[tokio::test]
async fn candidates_say_who_they_may_be() {
    let inside = Inside::shizhu().await;
    people(&inside).await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let visit = json!({
        "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": "2024-07-20", "method": "home", "name": "外来人",
    });
    assert_eq!(put(&clerk, &inside, &format!("visits/{}", id(&inside)), &visit, None).await.status, 201);
    let page = clerk.get(&inside, &format!("{C}/candidates")).await.json();
    let one = &page["items"][0];
    assert_eq!((&one["visits"], &one["matches"]), (&json!(1), &json!([])), "{page}");
    assert_eq!(one["name"], "外**");
    let path = format!("{C}/candidates/{}", one["id"].as_str().unwrap());
    clerk
        .post(&inside, &format!("{path}/apart"), json!({ "reason": "" }))
        .await
        .is_problem(400, "request.bad");
    let done = clerk.post(&inside, &format!("{path}/apart"), json!({ "reason": "邻县人员" })).await;
    assert_eq!(done.status, 204);
    let apart = clerk.get(&inside, &format!("{C}/candidates?status=apart")).await.json();
    assert_eq!(apart["items"][0]["reason"], "邻县人员");
    assert_eq!(clerk.post(&inside, &format!("{path}/reopen"), Value::Null).await.status, 204);
    clerk.get(&inside, &format!("{C}/candidates?status=x")).await.is_problem(400, "request.bad");
}

#[tokio::test]
async fn a_year_is_confirmed_one_by_one_and_many_at_once() {
    both(async |inside| {
        people(inside).await;
        let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
        let (one, two) = (person(&clerk, inside, "张一").await, person(&clerk, inside, "张二").await);
        let path = format!("confirmations/2024/{one}");
        let face = json!({ "means": "face", "confirmed_on": "2024-07-01" });
        let done = put(&clerk, inside, &path, &face, None).await;
        assert_eq!(
            (done.status, done.header("etag")),
            (201, "\"1\""),
            "{}",
            String::from_utf8_lossy(&done.body)
        );
        let video = json!({ "means": "video", "confirmed_on": "2024-07-02", "remark": "视频通话确认" });
        let problem =
            put(&clerk, inside, &path, &video, None).await.is_problem(428, "record.version_required");
        assert_eq!(problem["details"]["current"]["means"], "face");
        assert_eq!(put(&clerk, inside, &path, &video, Some("\"1\"")).await.json()["became"], "changed");
        let shown = clerk.get(inside, &format!("{C}/{path}")).await.json();
        assert_eq!((&shown["remark"], &shown["version"]), (&json!("视频通话确认"), &json!(2)));
        let bulk = json!({ "year": 2024, "confirmations": [
            { "person": two, "confirmation": { "means": "home_visit", "confirmed_on": "2024-07-03" } },
            { "person": id(inside), "confirmation": face },
        ] });
        let answers = clerk.post(inside, &format!("{C}/confirmations/bulk"), bulk).await.json();
        assert_eq!(answers["items"][0]["became"], "added", "{answers}");
        assert_eq!(answers["items"][1]["problem"]["code"], "record.not_found");
        let list =
            clerk.get(inside, &format!("{C}/confirmations?year=2024&all=true&state=confirmed")).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        assert_eq!(list["items"][0]["confirmation"]["remark"], Value::Null);
        let counts = clerk.get(inside, &format!("{C}/confirmations/counts?year=2024&all=true")).await.json();
        assert_eq!((&counts["persons"], &counts["confirmed"]), (&json!(2), &json!(2)), "{counts}");
        let detail = clerk.get(inside, &format!("{C}/persons/{one}")).await.json();
        assert_eq!(detail["confirmations"][0]["means"], "video");
        let undo = clerk.send(inside, Method::DELETE, &format!("{C}/{path}"), &Value::Null).await;
        assert_eq!(undo.status, 204);
        clerk.get(inside, &format!("{C}/{path}")).await.is_problem(404, "record.not_found");
        for bad in ["year=99", "year=2024&state=x", "year=2024&class=x", "state=open"] {
            clerk.get(inside, &format!("{C}/confirmations?{bad}")).await.is_problem(400, "request.bad");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_status_goes_from_the_village_to_the_county() {
    let inside = Inside::shizhu().await;
    people(&inside).await;
    let station = inside.account("station", Role::VillageStation, Some("西山村")).await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let finance = inside.account("finance", Role::FinanceMaker, None).await;
    let one = person(&station, &inside, "张一").await;
    let path = format!("status-changes/{}", id(&inside));
    let suspend =
        json!({ "person": one, "kind": "suspend", "happened_on": "2024-07-01", "reason": "外出务工失联" });
    let death = json!({ "person": one, "kind": "death", "happened_on": "2024-07-01", "reason": "病故" });
    let refused = put(&station, &inside, &path, &death, None).await.is_problem(422, "status.refused");
    assert!(refused["detail"].as_str().unwrap().contains("证明"), "{refused}");
    let reported = put(&station, &inside, &path, &suspend, None).await;
    assert_eq!(reported.status, 201, "{}", String::from_utf8_lossy(&reported.body));
    assert_eq!(put(&station, &inside, &path, &suspend, None).await.status, 200);
    let waiting = office.get(&inside, &format!("{C}/status-changes?state=pending")).await.json();
    assert_eq!(
        (&waiting["items"][0]["kind_label"], &waiting["items"][0]["reason"]),
        (&json!("暂停"), &Value::Null)
    );
    let decide = format!("{C}/{path}/decide");
    let yes = json!({ "confirm": true });
    finance.post(&inside, &decide, yes.clone()).await.is_problem(403, "authority.forbidden");
    let seen = finance.get(&inside, &format!("{C}/{path}")).await.json();
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("pending"), &json!("外出务工失联")));
    let done = office.post(&inside, &decide, yes.clone()).await.json();
    assert_eq!(done["state_label"], "已确认");
    office.post(&inside, &decide, yes).await.is_problem(409, "record.conflict");
    let detail = office.get(&inside, &format!("{C}/persons/{one}")).await.json();
    assert_eq!((&detail["status"], &detail["stopped_on"]), (&json!("suspended"), &json!("2024-07-01")));
    let told = station.get(&inside, &format!("{C}/notifications")).await.json();
    assert!(told.to_string().contains("status_decided"), "{told}");
    let counts = station.get(&inside, &format!("{C}/status-changes/counts")).await.json();
    assert_eq!(counts["items"][1], json!({ "state": "confirmed", "label": "已确认", "count": 1 }));
    let late = station.post(&inside, &format!("{C}/{path}/withdraw"), Value::Null).await;
    late.is_problem(409, "record.conflict");
}
