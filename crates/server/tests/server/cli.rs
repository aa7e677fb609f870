//! How the program answers: exit codes, problems, help, places.

use super::kit::{Folder, shizhu};
use std::fmt::Write as _;

#[test]
fn a_county_is_set_up_once() {
    let folder = Folder::new();
    let out = folder.ok(&["init", "--county", "500240"]);
    assert!(out.contains("33 个乡镇") && out.contains("242 个村"), "{out}");
    assert!(["sysadmin", "secadmin", "auditadmin"].iter().all(|login| out.contains(login)), "{out}");
    let units = folder.json(&["unit", "list"]);
    folder.refused(&["init", "--county", "500240"], "county.exists");
    assert_eq!(folder.json(&["unit", "list"]), units);
    folder.refused(&["init", "--county", "999999"], "county.unknown");
}

#[test]
fn a_campaign_prints_its_code_and_asks_for_an_unknown_deadline() {
    let county = shizhu();
    county.refused(&["campaign", "create", "--template", "bayi", "--year", "2024"], "campaign.exists");
    county.refused(&["campaign", "create", "--template", "bayi", "--year", "2025"], "campaign.deadline");
    let made = ["campaign", "create", "--template", "bayi", "--year", "2025", "--deadline", "2025-08-11"];
    assert_eq!(county.ok(&made), "bayi-2025\n");
    let spring =
        ["campaign", "create", "--template", "chunjie", "--year", "2025", "--deadline", "2025年1月20日"];
    assert_eq!(county.ok(&spring), "chunjie-2025\n");
    let list = county.json(&["campaign", "list"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let shown = county.json(&["campaign", "show", "bayi-2024"]);
    assert_eq!(shown["deadline"], "2024-08-12");
}

#[test]
fn what_is_unknown_is_a_problem_and_what_is_mistyped_is_usage() {
    let county = shizhu();
    county.refused(&["statistics", "--campaign", "bayi-1999"], "campaign.unknown");
    county.refused(&["campaign", "show", "bayi-1999"], "campaign.unknown");
    county.refused(&["statistics", "--campaign", "bayi-2024", "--unit", "火星镇"], "unit.unknown");
    county.refused(&["coverage", "--campaign", "bayi-2024", "--unit", "火星镇"], "unit.unknown");
    county.refused(&["campaign", "create", "--template", "没有", "--year", "2024"], "template.unknown");
    county.refused(&["roster", "undo", "不是编号"], "request.bad");
    let none = Folder::new();
    none.refused(&["campaign", "list"], "county.missing");
    for args in [
        &[][..],
        &["statistics"],
        &["nothing"],
        &["statistics", "--campaign", "bayi-2024", "--format", "doc"],
        &["init", "--county", "500240", "--data", "a", "--database", "postgres://b"],
    ] {
        assert_eq!(county.run(args).code, Some(2), "{args:?}");
    }
}

#[test]
fn a_bad_template_is_refused_with_line_key_and_reason() {
    let county = shizhu();
    let text = include_str!("../../../../campaigns/bayi.toml");
    let bad = text.replacen("unit = \"人\"", "unit = \"头\"", 1);
    let line = bad.lines().position(|line| line == "unit = \"头\"").unwrap() + 1;
    let file = county.write("坏.toml", bad);
    let problem =
        county.refused(&["campaign", "create", "--template", &file, "--year", "2024"], "template.bad");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("{line}行")) || detail.contains(&format!("{line} 行")), "{detail}");
    assert!(detail.contains("unit") && detail.contains("头"), "{detail}");
}

#[test]
fn the_data_folder_may_stand_anywhere() {
    let folder = Folder::new();
    folder.ok(&["--data", "县", "init", "--county", "500240"]);
    folder.ok(&["campaign", "--data", "县", "create", "--template", "bayi", "--year", "2024"]);
    let after = folder.json(&["campaign", "list", "--data", "县"]);
    assert_eq!(after["items"][0]["code"], "bayi-2024");
    assert!(!folder.path("data").exists());
}

#[test]
fn a_unit_answers_to_code_name_short_name_and_alias() {
    let county = shizhu();
    county.ok(&["unit", "alias", "西沱镇", "西沱古镇"]);
    for word in ["500240101000", "西沱镇", "西沱古镇"] {
        let table = county.json(&["statistics", "--campaign", "bayi-2024", "--unit", word]);
        assert_eq!(table["unit"]["code"], "500240101000", "{word}");
    }
    for word in ["县教育局", "教育局"] {
        let table = county.json(&["statistics", "--campaign", "bayi-2024", "--unit", word]);
        assert_eq!(table["unit"]["name"], "县教育局", "{word}");
    }
}

#[test]
fn json_is_one_document_and_nothing_else() {
    let county = shizhu();
    for args in [
        &["campaign", "list"][..],
        &["campaign", "show", "bayi-2024"],
        &["roster", "imports"],
        &["candidate", "list"],
        &["unit", "list"],
        &["statistics", "--campaign", "bayi-2024"],
        &["coverage", "--campaign", "bayi-2024"],
        &["audit", "verify"],
        &["account", "list"],
    ] {
        assert!(county.json(args).is_object(), "{args:?}");
    }
}

const COMMANDS: &[&str] = &[
    "",
    "demo",
    "init",
    "serve",
    "campaign",
    "campaign create",
    "campaign list",
    "campaign show",
    "campaign edit",
    "roster",
    "roster import",
    "roster imports",
    "roster undo",
    "roster merge",
    "visit",
    "visit import",
    "visit export",
    "visit withdraw",
    "visit undo",
    "candidate",
    "candidate list",
    "candidate confirm",
    "unit",
    "unit list",
    "unit add",
    "unit rename",
    "unit alias",
    "unit merge",
    "unit split",
    "statistics",
    "coverage",
    "audit",
    "audit verify",
    "audit list",
    "audit export",
    "db",
    "db migrate",
    "person",
    "person erase",
    "person readmit",
    "erasure",
    "erasure export",
    "backup",
    "restore",
    "calendar",
    "calendar show",
    "calendar import",
    "account",
    "account list",
    "account create",
    "account grant",
    "account revoke",
    "account reset",
    "account disable",
    "account enable",
    "account sessions",
    "account token",
    "account token create",
    "account token list",
    "account token revoke",
    "generate",
    "secrecy",
    "secrecy rules",
];

/// What clap would write by itself.
const ENGLISH: &[&str] = &[
    "Usage",
    "Options",
    "OPTIONS",
    "Commands",
    "COMMAND",
    "Arguments",
    "Print",
    "[default",
    "[env",
    "[possible",
    "[aliases",
    "error:",
    "tip:",
    "<FILE>",
    "help'",
];

#[test]
fn what_was_mistyped_is_said_in_chinese() {
    let folder = Folder::new();
    for (args, sentence) in [
        (&["nothing"][..], "没有“nothing”这个命令"),
        (&["statistics"], "缺少 --campaign <代码>"),
        (&["campaign"], "用法：shuangyong campaign [选项] <命令>"),
        (&["campaign", "list", "--format", "doc"], "--format <格式> 不能写“doc”，可写 text、json"),
        (&["init", "--country", "500240"], "没有“--country”这个选项"),
        (&[], "用法：shuangyong [选项] <命令>"),
    ] {
        let ran = folder.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.contains(sentence) && ran.err.contains("用法："), "{args:?}: {}", ran.err);
        for english in ENGLISH {
            assert!(!ran.err.contains(english), "{args:?}: {english} in {}", ran.err);
        }
    }
}

/// The help is part of the contract. `SHUANGYONG_TEST_WRITE=1` writes it anew.
#[test]
fn the_help_is_the_one_on_file() {
    let folder = Folder::new();
    let mut help = String::new();
    for command in COMMANDS {
        let mut args: Vec<&str> = command.split_whitespace().collect();
        args.push("--help");
        let text = folder.ok(&args);
        for english in ENGLISH {
            assert!(!text.contains(english), "{command}: {english} in {text}");
        }
        writeln!(help, "$ shuangyong {}\n{text}", args.join(" ")).unwrap();
    }
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/help.txt");
    if std::env::var_os("SHUANGYONG_TEST_WRITE").is_some() {
        std::fs::write(&file, &help).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    for (line, (now, then)) in help.lines().zip(kept.lines()).enumerate() {
        assert_eq!(now, then, "line {} of help.txt", line + 1);
    }
    assert_eq!(help.lines().count(), kept.lines().count());
}
