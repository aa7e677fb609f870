//! Funds and goods over HTTP: handed down, used, signed for, given back; what has no signature; papers of a batch.

use super::inside::{Browser, Inside, Reply, both, page};
use axum::body::Body;
use axum::http::{Method, header};
use domain::authority::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const C: &str = "/api/v1/counties/500240";
const CAMPAIGN: &str = "/api/v1/counties/500240/campaigns/bayi-2024";

async fn put(browser: &Browser, inside: &Inside, path: &str, body: &Value) -> Reply {
    let request = page(Method::PUT, path).header(header::COOKIE, &browser.cookie);
    inside.send(request, Body::from(body.to_string())).await
}

fn entry(kind: &str, unit: &str, quantity: i64) -> Value {
    json!({ "campaign": "bayi-2024", "unit": unit, "kind": kind, "quantity": quantity, "on": "2024-07-10" })
}

#[tokio::test]
async fn who_spends_more_than_was_handed_down_is_told_and_not_stopped() {
    both(async |inside| {
        inside
            .roster(&[
                (1, "张一", "老复员军人", "西沱镇", "西山村"),
                (2, "张二", "老复员军人", "西沱镇", "西山村"),
            ])
            .await;
        let office = inside.account("office", Role::CountyOffice, None).await;
        let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
        let persons = office.get(inside, &format!("{C}/persons")).await.json();
        let visit = |place: usize, unit: &str, fen: i64| {
            json!({ "campaign": "bayi-2024", "unit": unit, "visited_on": "2024-07-12", "method": "home",
                "person": persons["items"][place]["id"], "money_fen": fen, "money_source": "county" })
        };
        let send = async |id: Uuid, body: &Value, version: Option<i64>| {
            let mut request =
                page(Method::PUT, &format!("{C}/visits/{id}")).header(header::COOKIE, &clerk.cookie);
            if let Some(version) = version {
                request = request.header(header::IF_MATCH, format!("\"{version}\""));
            }
            let reply = inside.send(request, Body::from(body.to_string())).await;
            assert!(reply.status < 300, "{}", String::from_utf8_lossy(&reply.body));
            reply.json()["findings"].clone()
        };
        let [first, second] = [(); 2].map(|()| inside.app.id::<Uuid>());
        // Nothing is said where no money is handed down at all.
        assert_eq!(send(first, &visit(0, "西沱镇", 30_000), None).await, json!([]));
        let id = inside.app.id::<Uuid>();
        let made =
            put(&office, inside, &format!("{C}/ledger/{id}"), &entry("allot", "西沱镇", 100_000)).await;
        assert_eq!(made.status, 204, "{}", String::from_utf8_lossy(&made.body));
        // A village spends its township's money.
        let findings = send(second, &visit(1, "西山村", 80_000), None).await;
        assert_eq!(
            (&findings[0]["code"], &findings[1]),
            (&json!("visit.overspent"), &Value::Null),
            "{findings}"
        );
        let said = findings[0]["message"].as_str().unwrap();
        assert!(said.contains("西沱镇") && said.contains("超支 100.00 元"), "{said}");
        // Whoever sees the village alone is told, and not by how much.
        let village = inside.account("village", Role::VillageStation, Some("西山村")).await;
        let more = json!({ "campaign": "bayi-2024", "unit": "西山村", "visited_on": "2024-07-13", "method": "home",
            "person": persons["items"][1]["id"], "money_fen": 100, "money_source": "county" });
        let third = inside.app.id::<Uuid>();
        let reply = put(&village, inside, &format!("{C}/visits/{third}"), &more).await;
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let said = reply.json()["findings"][0]["message"].as_str().unwrap().to_owned();
        assert!(said.contains("已经用完；") && !said.contains("超支"), "{said}");
        // A change takes the place of what was recorded.
        assert_eq!(send(second, &visit(1, "西山村", 69_900), Some(1)).await, json!([]));
        let findings = send(second, &visit(1, "西山村", 69_901), Some(2)).await;
        assert!(findings[0]["message"].as_str().unwrap().contains("超支 0.01 元"), "{findings}");
    })
    .await;
}

#[tokio::test]
async fn funds_and_goods_balance_at_every_moment() {
    both(async |inside| {
        inside.roster(&[(1, "张一", "老复员军人", "西沱镇", "西山村")]).await;
        let office = inside.account("office", Role::CountyOffice, None).await;
        let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
        let other = inside.account("other", Role::UnitClerk, Some("黄水镇")).await;
        let keep = async |who: &Browser, body: Value| {
            let id = inside.app.id::<Uuid>();
            (id, put(who, inside, &format!("{C}/ledger/{id}"), &body).await)
        };
        let mut allot = entry("allot", "西沱镇", 100_000);
        allot["heads"] = json!(20);
        allot["standard_fen"] = json!(4_000);
        let (_, refused) = keep(&office, allot.clone()).await;
        let refused = refused.is_problem(409, "ledger.refused");
        assert!(refused["detail"].as_str().unwrap().contains("800.00"), "{refused}");
        allot["standard_fen"] = json!(5_000);
        let (id, made) = keep(&office, allot.clone()).await;
        assert_eq!(made.status, 204, "{}", String::from_utf8_lossy(&made.body));
        assert_eq!(put(&office, inside, &format!("{C}/ledger/{id}"), &allot).await.status, 204, "harmless again");
        allot["quantity"] = json!(100_001);
        allot["heads"] = Value::Null;
        put(&office, inside, &format!("{C}/ledger/{id}"), &allot).await.is_problem(409, "record.conflict");
        // A township does not hand down, and nobody acts for another.
        keep(&clerk, entry("allot", "西沱镇", 1)).await.1.is_problem(403, "authority.forbidden");
        assert_eq!(keep(&other, entry("sign", "西沱镇", 1)).await.1.status, 404);
        // A visit of the township uses 300 yuan with goods that nobody signed for.
        let person = office.get(inside, &format!("{C}/persons?search=张一")).await.json()["items"][0]["id"].clone();
        let visit = json!({
            "campaign": "bayi-2024", "unit": "西沱镇", "visited_on": "2024-07-12", "method": "home", "person": person,
            "money_fen": 30_000, "money_source": "county", "goods": [{ "name": "大米", "quantity": 1, "unit": "袋" }],
            "goods_fen": 6_000,
        });
        let reply = put(&clerk, inside, &format!("{C}/visits/{}", inside.app.id::<Uuid>()), &visit).await;
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let (_, more) = keep(&clerk, entry("give_back", "西沱镇", 70_001)).await;
        assert!(more.is_problem(409, "ledger.refused")["detail"].as_str().unwrap().contains("退回"));
        let mut draw = entry("draw", "西沱镇", 20_000);
        keep(&clerk, draw.clone()).await.1.is_problem(409, "ledger.refused");
        draw["person_name"] = json!("马平");
        let (drawn, made) = keep(&clerk, draw).await;
        assert_eq!(made.status, 204);
        let mut back = entry("hand_back", "西沱镇", 5_000);
        back["draw"] = json!(drawn);
        assert_eq!(keep(&clerk, back).await.1.status, 204);
        let view = clerk.get(inside, &format!("{CAMPAIGN}/ledger")).await.json();
        let line = &view["lines"][0];
        let figures = ["allotted", "used", "signed", "given_back", "missing", "left", "in_hand"].map(|key| line[key].as_i64().unwrap());
        assert_eq!(figures, [100_000, 30_000, 0, 0, 0, 70_000, 15_000], "{view}");
        assert!(other.get(inside, &format!("{CAMPAIGN}/ledger")).await.json()["lines"].as_array().unwrap().is_empty());
        let cancel = async |who: &Browser, id: Uuid, reason: &str| {
            who.post(inside, &format!("{C}/ledger/{id}/cancel"), json!({ "reason": reason })).await
        };
        cancel(&clerk, drawn, "写错了").await.is_problem(409, "ledger.refused");
        cancel(&office, id, "").await.is_problem(409, "ledger.refused");
        // Goods: bought, handed down, signed for.
        let goods = |kind: &str, quantity: i64| {
            let mut body = entry(kind, "西沱镇", quantity);
            body["item"] = json!("食用油");
            body["measure"] = json!("桶");
            body
        };
        keep(&office, goods("allot", 5)).await.1.is_problem(409, "ledger.refused");
        for (who, body) in [(&office, goods("buy", 10)), (&office, goods("allot", 5)), (&clerk, goods("sign", 3))] {
            assert_eq!(keep(who, body).await.1.status, 204);
        }
        let stock = office.get(inside, &format!("{CAMPAIGN}/ledger")).await.json()["stock"][0].clone();
        assert_eq!((&stock["in_stock"], &stock["bought"]), (&json!(5), &json!(10)));
        let unsigned = clerk.get(inside, &format!("{CAMPAIGN}/ledger/unsigned?names=full")).await.json();
        assert_eq!((&unsigned["items"][0]["name"], &unsigned["items"][0]["goods"]), (&json!("张一"), &json!("大米1袋")));
        let beside = office.get(inside, &format!("{CAMPAIGN}/reconciliation?names=full")).await.json();
        assert_eq!((&beside["visited"], &beside["paid"], &beside["visited_fen"]), (&json!(1), &json!(0), &json!(30_000)));
        assert!(beside["differences"].as_array().unwrap().iter().any(|it| it["kind"] == "goods_unsigned" && it["name"] == "张一"));
        for format in ["xlsx", "docx", "pdf"] {
            let file = office.get(inside, &format!("{CAMPAIGN}/ledger/paper?format={format}")).await;
            assert!(file.status == 200 && (file.body.starts_with(b"PK") || file.body.starts_with(b"%PDF")), "{format}");
        }
    })
    .await;
}
