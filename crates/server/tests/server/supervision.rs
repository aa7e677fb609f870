//! Names still open, quotas, ranking, comparisons and the board over HTTP.

use super::inside::{Inside, machine};
use domain::authority::Role;
use serde_json::{Value, json};

const CAMPAIGN: &str = "/api/v1/counties/500240/campaigns/bayi-2024";

async fn county() -> Inside {
    let inside = Inside::shizhu().await;
    inside
        .roster(&[
            (1, "张一", "老复员军人", "西沱镇", "西山村"),
            (3, "张二", "烈士遗属", "西沱镇", "西山村"),
            (5, "李三", "老复员军人", "西沱镇", "玉石村"),
            (7, "单小红", "参战退役军人", "万安街道", "灯盏村"),
        ])
        .await;
    inside
}

#[tokio::test]
async fn open_names_come_in_pages_and_are_masked() {
    let inside = county().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let mut names = Vec::new();
    let mut path = format!("{CAMPAIGN}/coverage/open?limit=2");
    loop {
        let page = office.get(&inside, &path).await.json();
        names.extend(page["items"].as_array().unwrap().iter().map(|it| it["name"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{CAMPAIGN}/coverage/open?limit=2&cursor={}", next.replace('+', "%2B"));
    }
    let mut sorted: Vec<String> = names.iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    sorted.sort();
    assert_eq!(sorted, ["张*", "张*", "李*"]);
    let full =
        office.get(&inside, &format!("{CAMPAIGN}/coverage/open?names=full&obligation=universal_visit")).await;
    assert_eq!(full.json()["items"].as_array().unwrap().len(), 4);
    assert!(String::from_utf8_lossy(&full.body).contains("单小红"));
    for bad in ["state=x", "names=x", "obligation=unit_active", "limit=0", "cursor=x", "other=1"] {
        office.get(&inside, &format!("{CAMPAIGN}/coverage/open?{bad}")).await.is_problem(400, "request.bad");
    }
    let places = office.get(&inside, &format!("{CAMPAIGN}/coverage/places?unit=西沱镇")).await.json();
    assert_eq!(places["items"][0]["share"], json!({ "done": 0, "required": 3, "percent": "0.0%" }));
    assert_eq!(places["items"][1]["above"], places["items"][0]["unit"]["code"]);
    let leaders = office.get(&inside, &format!("{CAMPAIGN}/coverage/leaders")).await.json();
    assert_eq!(
        (leaders["items"].as_array().unwrap().len(), &leaders["items"][0]["is_met"]),
        (33, &json!(false))
    );
}

#[tokio::test]
async fn the_ranking_is_shown_and_taken_out() {
    let inside = county().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    let ranking = office.get(&inside, &format!("{CAMPAIGN}/ranking")).await.json();
    let last = &ranking["townships"][32];
    assert_eq!(
        (&last["unit"]["name"], &last["rank"], &last["points"]),
        (&json!("西沱镇"), &json!(33), &json!(0))
    );
    assert_eq!(last["reasons"][0]["words"], "0/3 人（0.0%）");
    let own = clerk.get(&inside, &format!("{CAMPAIGN}/ranking")).await.json();
    assert_eq!((&own["among"], own["townships"].as_array().unwrap().len()), (&json!(33), 1));
    let csv = office.get(&inside, &format!("{CAMPAIGN}/ranking?format=csv")).await;
    assert!(String::from_utf8_lossy(&csv.body).lines().nth(1).unwrap().starts_with("名次,单位代码"));
    let xlsx = office.get(&inside, &format!("{CAMPAIGN}/ranking?format=xlsx")).await;
    assert!(xlsx.body.starts_with(b"PK") && xlsx.header("content-disposition").contains("2024-07-20.xlsx"));
    office.get(&inside, &format!("{CAMPAIGN}/ranking?format=doc")).await.is_problem(400, "request.bad");
    let viewer = inside.account("viewer", Role::Viewer, None).await;
    viewer
        .get(&inside, &format!("{CAMPAIGN}/ranking?format=csv"))
        .await
        .is_problem(403, "authority.forbidden");
    let (county, filter) = ("500240".parse().unwrap(), app::audit::Filter::default());
    let trail = app::audit::list(&inside.app, &machine(), county, &filter, None, 50).await.unwrap();
    assert_eq!(trail.rows.iter().filter(|row| row.act == "ranking.export").count(), 2);
}

#[tokio::test]
async fn figures_stand_beside_each_other() {
    let inside = county().await;
    let office = inside.account("office", Role::CountyOffice, None).await;
    let progress = office.get(&inside, &format!("{CAMPAIGN}/statistics/progress")).await.json();
    assert_eq!(progress["county"]["key"]["required"], 3);
    assert_eq!(progress["townships"].as_array().unwrap().len(), 33);
    let comparison =
        office.get(&inside, &format!("{CAMPAIGN}/statistics/comparison?unit=西沱镇")).await.json();
    assert_eq!((&comparison["with"], &comparison["total"]["last"]), (&Value::Null, &Value::Null));
    office
        .get(&inside, &format!("{CAMPAIGN}/statistics/comparison?with=bayi-1999"))
        .await
        .is_problem(404, "campaign.unknown");
    let why = office.get(&inside, &format!("{CAMPAIGN}/statistics/cells/disabled_1_4/why")).await.json();
    assert_eq!(why["takes"][0], "计入：名册上优抚类别为残疾军人的人，伤残等级 1 至 4 级");
    assert_eq!((&why["template"], &why["template_version"]), (&json!("bayi"), &json!(1)));
    assert_eq!(why["figures"]["money_by_source"]["county"], 0);
    office
        .get(&inside, &format!("{CAMPAIGN}/statistics/cells/x/why"))
        .await
        .is_problem(404, "record.not_found");
}

#[tokio::test]
async fn the_board_is_for_the_room_and_names_nobody() {
    let inside = county().await;
    // The screen on the machine itself needs no account; a unit's clerk does not see the county.
    let reply = inside.get(&format!("{CAMPAIGN}/board")).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(reply.status, 200, "{text}");
    assert!(!text.contains('张') && !text.contains("小红"), "{text}");
    let board = reply.json();
    assert_eq!(
        (board["by_day"].as_array().unwrap().len(), board["townships"].as_array().unwrap().len()),
        (30, 33)
    );
    assert_eq!((&board["submitted"]["percent"], &board["key"]["required"]), (&json!("0.0%"), &json!(3)));
    let clerk = inside.account("clerk", Role::UnitClerk, Some("西沱镇")).await;
    clerk.get(&inside, &format!("{CAMPAIGN}/board")).await.is_problem(404, "unit.unknown");
}
