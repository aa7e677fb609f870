//! Keeping a county: units, candidates, undo, audit, calendar, test data.

use super::kit::{Folder, citizen, csv, row, same, shizhu};
use super::visit::{import, roster};
use serde_json::Value;

fn unit_names(county: &Folder) -> String {
    county.ok(&["unit", "list"])
}

fn table(county: &Folder) -> Value {
    county.json(&["statistics", "--campaign", "bayi-2024", "--verify"])
}

#[test]
fn units_change_and_keep_their_history() {
    let county = shizhu();
    roster(&county);
    import(&county, &["2024-07-20,西山村,,,,,张一,,登门看望,,100,本单位,,,,"], &[]);
    county.ok(&["unit", "rename", "西沱镇", "--to", "西沱新镇", "--on", "2024-07-21"]);
    for word in ["西沱新镇", "西沱镇"] {
        let table = county.json(&["statistics", "--campaign", "bayi-2024", "--unit", word]);
        assert_eq!(table["total"]["visits"], 1, "{word}");
    }
    let made = ["unit", "split", "西沱新镇", "--new", "西山镇", "--village", "西山村", "--on", "2024-07-22"];
    assert!(county.ok(&made).contains("西山镇"));
    table(&county);
    county.ok(&["unit", "merge", "西山镇", "--into", "西沱新镇", "--on", "2024-07-23"]);
    let table = table(&county);
    assert_eq!(table["total"]["visits"], 1);
    assert!(unit_names(&county).contains("不再使用"));
    county.ok(&["unit", "add", "驻石某部", "--kind", "troop"]);
    county.refused(&["unit", "merge", "没有的镇", "--into", "西沱新镇"], "unit.unknown");
}

#[test]
fn a_candidate_is_confirmed_and_the_figures_follow() {
    let county = shizhu();
    roster(&county);
    import(&county, &["2024-07-20,西沱镇,,,,立功受奖/功臣模范,新来的,,登门看望,,100,本单位,,,,"], &[]);
    assert_eq!(row(&table(&county), "merit")["persons"], 1);
    let list = county.json(&["candidate", "list"]);
    let id = list["items"][0]["id"].as_str().unwrap();
    county.ok(&["candidate", "confirm", id, "--person", &citizen(1)]);
    let table = table(&county);
    assert_eq!(row(&table, "merit")["persons"], 0);
    assert_eq!(row(&table, "old_demobilised")["persons"], 1);
    assert!(county.json(&["candidate", "list"])["items"].as_array().unwrap().is_empty());
    assert_eq!(
        county.problem(&["candidate", "confirm", "x", "--person", &citizen(1)])["code"],
        "request.bad"
    );
}

#[test]
fn imports_are_undone_as_a_whole() {
    let county = shizhu();
    let row = format!("张一,{},老复员军人,西沱镇", citizen(1));
    let file = county.write("a.csv", csv("姓名,公民身份号码,优抚类别,乡镇", &[&row]));
    let roster = county.json(&["roster", "import", &file]);
    let visits = import(&county, &["2024-07-20,西沱镇,,,,,张一,,登门看望,,100,本单位,,,,"], &[]);
    assert_eq!(table(&county)["total"]["visits"], 1);
    county.ok(&["visit", "undo", visits["import"].as_str().unwrap()]);
    assert_eq!(table(&county)["total"]["visits"], 0);
    county.ok(&["roster", "undo", roster["import"].as_str().unwrap()]);
    assert_eq!(county.json(&["coverage", "--campaign", "bayi-2024"])["obligations"][0]["required"], 0);
    let items = county.json(&["roster", "imports"]);
    assert!(items["items"].as_array().unwrap().iter().all(|it| !it["undone_at_ms"].is_null()));
    let unknown = "01a20a70-ed82-7000-b09f-76ba8a4fd24f";
    county.refused(&["roster", "undo", unknown], "record.not_found");
    county.refused(&["visit", "withdraw", unknown], "record.not_found");
}

#[test]
fn the_audit_chain_is_whole_and_can_be_taken_out() {
    let county = shizhu();
    roster(&county);
    let report = county.json(&["audit", "verify"]);
    assert_eq!(report["whole"], true);
    assert!(report["proved"].as_array().unwrap().len() >= 3, "{report}");
    assert!(report["not_proved"][0].as_str().unwrap().contains("--head"), "{report}");
    county.ok(&["audit", "export", "-o", "日志.csv"]);
    let text = String::from_utf8(county.read("日志.csv")).unwrap();
    let rows = report["rows"].as_u64().unwrap();
    assert!(text.lines().count() as u64 > rows, "{text}");
    assert!(!text.contains(&citizen(1)));
    assert_eq!(county.json(&["audit", "verify"])["whole"], true);
}

#[test]
fn heads_are_written_outside_the_database_and_held_against_it() {
    let county = shizhu();
    roster(&county);
    // One line for each command that wrote: init, campaign, roster.
    let heads = String::from_utf8(county.read("data.heads/heads.log")).unwrap();
    assert_eq!(heads.lines().count(), 3, "{heads}");
    assert!(heads.lines().all(|line| line.starts_with("500240 ") && line.split(' ').count() == 5));
    county.ok(&["unit", "list"]);
    assert_eq!(county.read("data.heads/heads.log"), heads.as_bytes(), "nothing was written, nothing is told");
    county.write("kept.log", &heads);
    let report = county.json(&["audit", "verify", "--head", "kept.log"]);
    assert_eq!((&report["heads"]["count"], &report["not_proved"]), (&3.into(), &Value::Array(Vec::new())));
    let text = county.ok(&["audit", "verify", "--head", "kept.log"]);
    assert!(text.contains("日志链完整") && text.contains("已证明：链头文件“kept.log”"), "{text}");
    assert!(text.contains("没有改写或截掉"), "{text}");

    let other = county.write("other.log", heads.replace("500240 ", "500101 "));
    county.refused(&["audit", "verify", "--head", &other], "file.refused");
    county.refused(&["audit", "verify", "--head", "没有.log"], "file.refused");
    let forged = county.write("forged.log", heads.replacen("500240 2 ", "500240 1 ", 1));
    let problem = county.refused(&["audit", "verify", "--head", &forged], "audit.broken");
    assert!(problem["detail"].as_str().unwrap().contains("签名不符"), "{problem}");
}

#[test]
fn a_database_put_back_to_an_earlier_day_is_found_by_its_heads() {
    let county = shizhu();
    std::fs::create_dir(county.path("earlier")).unwrap();
    for name in ["shuangyong.sqlite", "shuangyong.sqlite-wal"] {
        let _ = std::fs::copy(county.path("data").join(name), county.path("earlier").join(name));
    }
    roster(&county);
    assert_eq!(county.json(&["audit", "verify"])["whole"], true);
    for name in ["shuangyong.sqlite", "shuangyong.sqlite-wal", "shuangyong.sqlite-shm"] {
        let _ = std::fs::remove_file(county.path("data").join(name));
        let _ = std::fs::copy(county.path("earlier").join(name), county.path("data").join(name));
    }
    let problem = county.refused(&["audit", "verify"], "audit.broken");
    assert!(problem["detail"].as_str().unwrap().contains("被截掉，链头文件写明曾有第 4 条"), "{problem}");
}

#[test]
fn the_trail_is_read_and_taken_out_by_what_is_asked() {
    let county = shizhu();
    roster(&county);
    let all = county.json(&["audit", "list"]);
    let acts: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|it| it["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["roster.import", "campaign.create", "account.inaugurate", "county.init"]);
    assert!(all["next"].is_null());
    let page = county.json(&["audit", "list", "--limit", "1"]);
    assert_eq!(page["next"], 4);
    let page = county.json(&["audit", "list", "--limit", "1", "--before", "4", "--act", "c"]);
    assert_eq!(page["items"][0]["act"], "campaign.create");
    for (asked, found) in [
        (["--act", "county."], 1),
        (["--object", "bayi-2024"], 1),
        (["--outcome", "refused"], 0),
        (["--actor", "os:没有这个人"], 0),
        (["--text", "deadline"], 1),
        (["--from", "2100-01-01"], 0),
        (["--to", "2020-01-01"], 0),
    ] {
        let page = county.json(&[&["audit", "list"], &asked[..]].concat());
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{asked:?}");
    }
    assert!(county.ok(&["audit", "list", "--act", "county."]).contains("county.init  county 500240  done"));
    county.ok(&["audit", "export", "--act", "county.", "--format", "xlsx", "-o", "日志.xlsx"]);
    assert!(county.read("日志.xlsx").starts_with(b"PK"));
    county.refused(&["audit", "list", "--from", "某日"], "request.bad");
    assert_eq!(county.json(&["audit", "list", "--act", "audit."])["items"][0]["detail"]["format"], "xlsx");
}

#[test]
fn the_calendar_knows_holidays_and_what_a_county_adds() {
    let county = shizhu();
    assert!(county.ok(&["calendar", "show", "2024-10-01"]).contains("非工作日"));
    assert!(county.ok(&["calendar", "show", "2024-09-30", "--add", "3"]).contains("2024-10-10"));
    assert!(county.ok(&["calendar", "show", "2024-08-01"]).contains("2024-08-01 工作日"));
    let file = county.write("放假.txt", "2024-08-01 休 县庆\n");
    county.ok(&["calendar", "import", &file]);
    assert!(county.ok(&["calendar", "show", "2024-08-01"]).contains("非工作日"));
    county.refused(&["calendar", "import", "没有.txt"], "file.refused");
    county.refused(&["calendar", "show", "某日"], "request.bad");
}

#[test]
fn tables_are_brought_up_to_date() {
    let folder = Folder::new();
    folder.ok(&["db", "migrate"]);
    folder.ok(&["db", "migrate"]);
    folder.ok(&["init", "--county", "500240"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = Folder::new();
    let make = |seed: &str, to: &str| {
        let args =
            ["generate", "--county", "500240", "--people", "60", "--visits", "90", "--seed", seed, "-o", to];
        folder.ok(&args);
    };
    make("7", "a");
    make("7", "b");
    make("8", "c");
    let mut files = 0;
    let mut differ = 0;
    for entry in std::fs::read_dir(folder.path("a")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(same(&folder.path("a").join(&name), &folder.path("b").join(&name)), "{}", name.display());
        differ += u32::from(!same(&folder.path("a").join(&name), &folder.path("c").join(&name)));
        files += 1;
    }
    assert!(files >= 2 && differ > 0);
}

#[test]
fn the_demo_prints_and_writes_once() {
    let folder = Folder::new();
    let out = folder.ok(&["demo", "--once", "-o", "文件"]);
    assert!(out.contains("统计表") && out.contains("重点优抚对象全覆盖走访慰问"), "{out}");
    for name in [
        "统计表.txt",
        "统计表.json",
        "统计表.csv",
        "统计表.xlsx",
        "统计表.docx",
        "统计表.pdf",
        "覆盖情况.csv",
        "覆盖情况.json",
        "覆盖情况.xlsx",
        "走访记录.xlsx",
    ] {
        assert!(!folder.read(&format!("文件/{name}")).is_empty(), "{name}");
    }
}

#[test]
fn a_table_is_submitted_and_reviewed_on_the_command_line() {
    let county = shizhu();
    roster(&county);
    import(&county, &["2024-07-20,西沱镇,,,,,张一,,登门看望,,100,本单位,,,,"], &[]);
    let of = ["--campaign", "bayi-2024", "--unit", "西沱镇"];
    let submission = |word: &'static str| [&["submission", word][..], &of].concat();
    assert!(county.ok(&submission("submit")).starts_with("已报送第 1 版"));
    county.refused(&submission("submit"), "submission.refused");
    let back = [&submission("return")[..], &["--remark", "核对人数"]].concat();
    assert_eq!(county.ok(&back), "已退回第 1 版。\n");
    county.ok(&submission("submit"));
    assert_eq!(county.ok(&submission("accept")), "已接收第 2 版。\n");
    let text = county.ok(&["submission", "list", "--campaign", "bayi-2024"]);
    assert!(text.starts_with("应报 33 个单位（截止 2024-08-12，"), "{text}");
    assert!(text.lines().any(|line| line.contains("西沱镇  已收") && line.ends_with("第 2 版")), "{text}");
    let list = county.json(&["submission", "list", "--campaign", "bayi-2024"]);
    assert_eq!((&list["missing"], &list["accepted"]), (&Value::from(32), &Value::from(1)));
    let never = ["submission", "accept", "--campaign", "bayi-2024", "--unit", "黄水镇"];
    county.refused(&never, "submission.refused");
}
