//! Accounts on the command line of the machine itself.

use super::kit::{Folder, shizhu};
use serde_json::Value;

#[test]
fn init_hands_out_three_one_time_passwords_once() {
    let folder = Folder::new();
    let made: Value =
        serde_json::from_str(&folder.ok(&["init", "--county", "500240", "--format", "json"])).unwrap();
    assert_eq!(made["townships"], 33);
    let administrators = made["administrators"].as_array().unwrap();
    assert_eq!(administrators.len(), 3);
    let list = folder.json(&["account", "list"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    for it in administrators {
        let one_time = it["one_time_password"].as_str().unwrap();
        assert!(one_time.len() >= 16 && !list.to_string().contains(one_time));
        let account = list["items"].as_array().unwrap().iter().find(|known| known["login"] == it["login"]);
        let account = account.unwrap();
        assert_eq!(
            (&account["must_change"], &account["roles"][0]["role"]),
            (&Value::Bool(true), &it["role"])
        );
    }
    // A second county of the database has administrators of its own.
    let other: Value =
        serde_json::from_str(&folder.ok(&["init", "--county", "500101", "--format", "json"])).unwrap();
    assert_eq!(other["administrators"].as_array().unwrap().len(), 3);
    assert_ne!(other["administrators"][0]["one_time_password"], administrators[0]["one_time_password"]);
    folder.refused(&["account", "list"], "county.ambiguous");
    assert_eq!(
        folder.json(&["account", "list", "--in-county", "500101"])["items"].as_array().unwrap().len(),
        3
    );
}

#[test]
fn accounts_are_made_given_roles_and_disabled() {
    let county = shizhu();
    let made = county.json(&[
        "account",
        "create",
        "huang",
        "--name",
        "黄某",
        "--role",
        "unit_clerk",
        "--unit",
        "黄水镇",
    ]);
    assert_eq!(made["login"], "huang");
    county.refused(&["account", "create", "huang", "--name", "另一人"], "account.refused");
    county.refused(&["account", "create", "Huang Shui", "--name", "某"], "request.bad");
    county.refused(&["account", "grant", "huang", "--role", "boss"], "request.bad");
    county.refused(&["account", "grant", "huang", "--role", "audit_administrator"], "account.refused");
    county
        .refused(&["account", "grant", "huang", "--role", "unit_clerk", "--unit", "火星镇"], "unit.unknown");
    county.ok(&["account", "grant", "huang", "--role", "unit_leader", "--unit", "沙子镇"]);
    county.ok(&["account", "revoke", "huang", "--role", "unit_clerk", "--unit", "黄水镇"]);
    let reset = county.ok(&["account", "reset", "huang"]);
    assert!(reset.contains("huang") && !reset.contains(made["one_time_password"].as_str().unwrap()));
    county.ok(&["account", "reset", "huang", "--second-factor"]);
    county.ok(&["account", "disable", "huang"]);
    let list = county.json(&["account", "list"]);
    let huang = list["items"].as_array().unwrap().iter().find(|it| it["login"] == "huang").unwrap();
    assert_eq!((&huang["is_disabled"], &huang["name"]), (&Value::Bool(true), &Value::from("黄某")));
    assert_eq!(huang["roles"].as_array().unwrap().len(), 1);
    county.ok(&["account", "enable", "huang"]);
    assert!(county.json(&["account", "sessions", "huang"])["items"].as_array().unwrap().is_empty());
    county.ok(&["account", "sessions", "huang", "--end"]);
    county.refused(&["account", "sessions", "nobody"], "record.not_found");
    assert_eq!(county.json(&["audit", "verify"])["whole"], true);
}

#[test]
fn a_token_is_printed_once() {
    let county = shizhu();
    let create = ["account", "token", "create", "--name", "数据交换", "--role", "viewer"];
    let token = county.ok(&[&create[..], &["--permission", "statistics.read"]].concat());
    assert!(token.starts_with("sy_") && token.trim().len() > 60, "{token}");
    county.refused(&[&create[..], &["--permission", "roster.read"]].concat(), "request.bad");
    county.refused(&[&create[..], &["--permission", "nonsense"]].concat(), "request.bad");
    let list = county.json(&["account", "token", "list"]);
    assert_eq!(list["items"][0]["permissions"][0], "statistics.read");
    assert!(!list.to_string().contains(token.trim()));
    let id = list["items"][0]["id"].as_str().unwrap();
    county.ok(&["account", "token", "revoke", id]);
    county.refused(&["account", "token", "revoke", id], "record.not_found");
}
