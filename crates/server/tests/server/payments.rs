//! Payments on the command line and over HTTP: the same chain by three people.

use super::inside::{Browser, Inside, url};
use super::kit::{Folder, citizen, csv, shizhu};
use axum::body::Body;
use axum::http::{Method, Request};
use domain::authority::Role;
use serde_json::{Value, json};

const HEAD: &str = "姓名,公民身份号码,优抚类别,乡镇,享受定期抚恤补助,开户银行,银行账号";

fn people() -> String {
    let row = |serial: u32, name: &str| {
        format!("{name},{},老复员军人,黄水镇,是,某农商行,99170000000000{serial:05}", citizen(serial))
    };
    csv(HEAD, &[&row(1, "安一"), &row(2, "安二")])
}

/// A county with two people on the roster and the three of the chain.
fn county() -> Folder {
    let folder = shizhu();
    folder.write("名册.csv", people());
    folder.ok(&["roster", "import", "名册.csv"]);
    for (login, role) in
        [("jingban", "finance_maker"), ("fuhe", "finance_checker"), ("shenpi", "finance_approver")]
    {
        folder.ok(&["account", "create", login, "--name", login, "--role", role]);
    }
    folder
}

#[test]
fn the_chain_on_the_command_line_takes_three_people() {
    let county = county();
    let would = county.json(&["payment", "prepare", "--campaign", "bayi-2024", "--dry-run"]);
    assert_eq!((&would["count"], &would["amount_fen"]), (&json!(2), &json!(10_000)));
    let prepare = ["payment", "prepare", "--campaign", "bayi-2024"];
    county.refused(&prepare, "payment.refused");
    let made = county.json(&[&prepare[..], &["--as", "jingban"]].concat());
    let code = made["batch"]["batch"]["code"].as_str().unwrap().to_owned();
    assert_eq!(code, "bayi-2024-01");
    county.refused(&["payment", "check", &code, "--as", "jingban"], "authority.forbidden");
    county.refused(&["payment", "check", &code, "--as", "nobody"], "record.not_found");
    county.ok(&["payment", "check", &code, "--as", "fuhe"]);
    county.ok(&["payment", "approve", &code, "--as", "shenpi"]);
    county.refused(&["payment", "approve", &code, "--as", "shenpi"], "payment.refused");
    county.ok(&["payment", "export", &code, "--as", "jingban", "--date", "2024-07-26", "--output", "bank"]);
    assert!(county.path("bank/bayi-2024-01_代发_20240726_1.xlsx").exists());
    county.ok(&["payment", "send", &code, "--as", "jingban"]);
    let result = "账号,户名,金额,处理结果,失败原因,交易日期\n\
        9917000000000000001,安一,50.00,成功,,2024-07-26\n\
        9917000000000000002,安二,50.00,失败,账户已销户,2024-07-26\n";
    county.write("结果.csv", result);
    let settle = ["payment", "settle", &code, "结果.csv", "--as", "jingban"];
    let would = county.json(&[&settle[..], &["--dry-run"]].concat());
    assert_eq!((&would["paid"], &would["returned"]), (&json!(1), &json!(1)));
    let did = county.json(&settle);
    assert_eq!(did["batch"]["batch"]["state"], "settled");
    let again = county.json(&settle);
    assert_eq!(again["settled"]["is_repeated"], true);
    county.ok(&[
        "payment",
        "correct",
        "--person",
        &citizen(2),
        "--account",
        "9917000000000000077",
        "--reason",
        "存折复印件",
        "--as",
        "jingban",
    ]);
    let repaid = county.json(&["payment", "repay", &code, "--as", "jingban"]);
    assert_eq!(repaid["batch"]["batch"]["parent"], "bayi-2024-01");
    let status = county.json(&["payment", "status", "--campaign", "bayi-2024"]);
    assert_eq!(status["items"].as_array().unwrap().len(), 2);
    let lines = county.json(&["payment", "status", &code, "--lines"]);
    let masked: Vec<&str> =
        lines["lines"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(masked, ["安*", "安*"]);
    assert!(county.ok(&["payment", "status"]).contains("bayi-2024-02"));
    // The trail names both, and the account hears of it.
    let trail = county.ok(&["audit", "export", "--output", "日志.csv"]);
    let _ = trail;
    let text = String::from_utf8(county.read("日志.csv")).unwrap();
    assert!(text.contains(" as shenpi"), "who typed, and in whose name");
    assert!(!text.contains("9917000000000000001"), "no account in the trail");
}

#[test]
fn layouts_and_lists_on_the_command_line() {
    let county = county();
    let layouts = county.json(&["payment", "layout"]);
    let keys: Vec<&str> =
        layouts["items"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["icbc_xlsx", "plain_fixed", "plain_xlsx", "rural_text"]);
    let text = county.ok(&["payment", "layout", "--show", "rural_text"]);
    county.write("本县.toml", text.replace("unit_no = \"\"", "unit_no = \"0012\""));
    county.refused(&["payment", "layout", "--save", "本县.toml", "--as", "fuhe"], "authority.forbidden");
    county.ok(&["payment", "layout", "--save", "本县.toml", "--as", "jingban"]);
    county.write("坏.toml", "format = 1\n");
    county.refused(&["payment", "layout", "--save", "坏.toml", "--as", "jingban"], "template.bad");
    county.write("殡葬.csv", format!("身份证号\n{}\n", citizen(2)));
    let compare = ["payment", "compare", "殡葬.csv", "--source", "县殡仪馆 2024年6月", "--as", "jingban"];
    assert_eq!(county.json(&compare)["entries"], 1);
    let made = county.json(&[
        "payment",
        "prepare",
        "--campaign",
        "bayi-2024",
        "--layout",
        "rural_text",
        "--as",
        "jingban",
    ]);
    assert_eq!(made["batch"]["checks"][0]["check"], "listed_dead");
    let code = made["batch"]["batch"]["code"].as_str().unwrap();
    county.refused(&["payment", "check", code, "--as", "fuhe"], "payment.blocked");
    let lines = county.json(&["payment", "status", code, "--lines"]);
    let listed = lines["lines"].as_array().unwrap().iter().find(|it| it["findings"][0].is_object()).unwrap();
    let seq = listed["seq"].to_string();
    county.ok(&["payment", "cancel", code, "--line", &seq, "--reason", "已去世", "--as", "jingban"]);
    county.ok(&["payment", "check", code, "--as", "fuhe"]);
    county.ok(&["payment", "approve", code, "--as", "shenpi"]);
    county.ok(&["payment", "export", code, "--date", "2024-07-26", "--output", "bank", "--as", "jingban"]);
    let file = county.read("bank/代发0012_20240726_1.txt");
    assert!(file.starts_with(b"||20240726|0012|||1|50.00\n"), "{}", String::from_utf8_lossy(&file));
}

const COUNTY: &str = "/api/v1/counties/500240";

struct Chain {
    maker: Browser,
    checker: Browser,
    approver: Browser,
}

async fn step(inside: &Inside, who: &Browser, batch: &str, act: &str, body: &Value) -> super::inside::Reply {
    who.send(inside, Method::POST, &format!("{COUNTY}/payments/{batch}/{act}"), body).await
}

#[tokio::test]
async fn the_chain_over_http() {
    super::inside::both(async |inside| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("名册.csv");
        std::fs::write(&file, people()).unwrap();
        let county = "500240".parse().unwrap();
        app::roster::import(&inside.app, &super::inside::machine(), county, &file, false).await.unwrap();
        let chain = Chain {
            maker: inside.account("jingban", Role::FinanceMaker, None).await,
            checker: inside.account("fuhe", Role::FinanceChecker, None).await,
            approver: inside.account("shenpi", Role::FinanceApprover, None).await,
        };
        let wanted = json!({ "campaign": "bayi-2024" });
        let preview =
            chain.maker.send(inside, Method::POST, &format!("{COUNTY}/payments/preview"), &wanted).await;
        assert_eq!(preview.json()["capital"], "人民币壹佰元整");
        let made = chain.maker.send(inside, Method::POST, &format!("{COUNTY}/payments"), &wanted).await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        let code = made.json()["batch"]["code"].as_str().unwrap().to_owned();
        let nothing = Value::Null;
        assert_eq!(step(inside, &chain.checker, &code, "check", &nothing).await.status, 200);
        assert_eq!(step(inside, &chain.approver, &code, "approve", &nothing).await.status, 200);
        let exported = step(inside, &chain.maker, &code, "export", &json!({ "date": "2024-07-26" })).await;
        let files = exported.json()["detail"]["files"].clone();
        assert_eq!((&files[0]["count"], &files[0]["amount_fen"]), (&json!(2), &json!(10_000)));
        let file = chain.maker.get(inside, &format!("{COUNTY}/payments/{code}/files/1")).await;
        assert!(file.body.starts_with(b"PK") && file.header("content-disposition").contains("filename*"));
        assert_eq!(chain.checker.get(inside, &format!("{COUNTY}/payments/{code}/files/1")).await.status, 403);
        assert_eq!(step(inside, &chain.maker, &code, "send", &nothing).await.status, 200);

        let result = "账号,户名,金额,处理结果\n9917000000000000001,安一,50.00,成功\n";
        let path = format!("{COUNTY}/payments/{code}/results?name=结果.csv");
        let mut did = Vec::new();
        for _ in 0..2 {
            let request = Request::post(url(&path))
                .header("cookie", &chain.maker.cookie)
                .header("x-shuangyong", "1")
                .header("origin", "http://127.0.0.1:8080");
            let reply = inside.send(request, Body::from(result)).await;
            assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
            did.push(reply.json());
        }
        assert_eq!(
            (&did[0]["settled"]["paid"], &did[1]["settled"]["is_repeated"]),
            (&json!(1), &json!(true))
        );
        assert_eq!(did[0]["detail"]["batch"]["state"], "partly_settled");
        let lines = chain.maker.get(inside, &format!("{COUNTY}/payment-lines?batch={code}&state=paid")).await;
        let lines = lines.json();
        assert_eq!(lines["items"][0]["name"], "安*");
        assert_eq!(lines["items"][0]["account"], "***************0001");
        assert_eq!(lines["items"].as_array().unwrap().len(), 1);
        let bad = chain.maker.get(inside, &format!("{COUNTY}/payment-lines?state=perhaps")).await;
        bad.is_problem(400, "request.bad");
    })
    .await;
}
