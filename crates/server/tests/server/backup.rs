//! `backup` and `restore` as an administrator types them.

use super::kit::{Folder, citizen, csv, shizhu};
use super::visit::{import, roster};

const PASSPHRASE: &str = "青山 石柱 铅笔 第十七页";

fn lived() -> Folder {
    let county = shizhu();
    roster(&county);
    import(&county, &["2024-07-20,西沱镇,,,,,张一,,登门看望,,100,本单位,,,,"], &[]);
    county.write("口令.txt", format!("{PASSPHRASE}\n"));
    county
}

#[test]
fn a_county_moves_to_another_machine() {
    let county = lived();
    let made = county.json(&["backup", "一.sybk", "--passphrase-file", "口令.txt"]);
    assert_eq!(made["campaigns"][0]["money_fen"], 10_000);
    let checked = county.json(&["backup", "--verify", "一.sybk", "--passphrase-file", "口令.txt"]);
    assert_eq!(checked, made);
    let other = Folder::new();
    other.write("一.sybk", county.read("一.sybk"));
    other.write("口令.txt", PASSPHRASE);
    let out = other.ok(&["restore", "一.sybk", "--passphrase-file", "口令.txt"]);
    assert!(out.contains("已恢复") && out.contains("慰问金 100 元"), "{out}");
    let table = ["statistics", "--campaign", "bayi-2024", "--verify"];
    assert_eq!(other.json(&table), county.json(&table));
    assert_eq!(other.json(&["audit", "verify"])["whole"], true);
    let row = format!("张一,{},老复员军人,西沱镇", citizen(1));
    let file = other.write("a.csv", csv("姓名,公民身份号码,优抚类别,乡镇", &[&row]));
    assert_eq!(other.json(&["roster", "import", &file, "--dry-run"])["added"], 0);
    let sealed = county.read("一.sybk");
    for secret in [citizen(1).as_str(), "张一", "西沱镇"] {
        assert!(!sealed.windows(secret.len()).any(|it| it == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn mistakes_are_told_in_one_sentence() {
    let county = lived();
    county.ok(&["backup", "一.sybk", "--passphrase-file", "口令.txt"]);
    let again = ["backup", "一.sybk", "--passphrase-file", "口令.txt"];
    county.refused(&again, "backup.refused");
    county.refused(&["backup", "二.sybk"], "request.bad");
    county.write("弱.txt", "12345678");
    county.refused(&["backup", "二.sybk", "--passphrase-file", "弱.txt"], "backup.refused");
    county.refused(&["restore", "一.sybk", "--passphrase-file", "口令.txt"], "backup.refused");
    county.refused(&["backup", "--verify", "一.sybk", "--passphrase-file", "弱.txt"], "backup.refused");
    assert_eq!(county.run(&["backup"]).code, Some(2));
    let mut command = county.command(&["backup", "三.sybk"]);
    let output = command.env("SHUANGYONG_BACKUP_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert!(output.status.success());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(county.path("三.sybk")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may not read a backup");
    }
}
