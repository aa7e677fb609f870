//! Files that are refused as a whole: one Chinese sentence with what to do, exit 1, nothing written.

use super::kit::{Folder, citizen, csv, shizhu};
use super::workbook::{Cell, Sheet, write};
use serde_json::Value;
use std::fs::File;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const LOCKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../formats/tests/golden");

fn workbook() -> Vec<u8> {
    let text = |words: &[&str]| words.iter().map(|word| Cell::Text((*word).to_owned())).collect();
    let rows = vec![
        (
            1,
            text(&[
                "姓名",
                "公民身份号码",
                "优抚类别",
                "乡镇",
                "走访日期",
                "走访单位",
                "对象姓名",
                "走访方式",
            ]),
        ),
        (2, text(&["张一", &citizen(1), "老复员军人", "西沱镇", "2024-07-20", "西沱镇", "张一", "登门看望"])),
    ];
    write(&[Sheet { name: "表", rows, hidden: &[] }])
}

/// 256 MB of blanks in a cell, packed into a quarter of a megabyte.
fn bomb() -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(Cursor::new(workbook())).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..parts.len() {
        let mut part = parts.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        out.start_file(&name, SimpleFileOptions::default()).unwrap();
        if name.ends_with("sheet1.xml") {
            out.write_all(b"<worksheet><sheetData><row><c t='str'><v>").unwrap();
            let blanks = vec![b' '; 1 << 20];
            (0..256).for_each(|_| out.write_all(&blanks).unwrap());
            out.write_all(b"</v></c></row></sheetData></worksheet>").unwrap();
        } else {
            std::io::copy(&mut part, &mut out).unwrap();
        }
    }
    out.finish().unwrap().into_inner()
}

/// What must not change: persons, visits, candidates.
fn state(county: &Folder) -> [Value; 3] {
    [
        county.json(&["roster", "imports"]),
        county.json(&["statistics", "--campaign", "bayi-2024"]),
        county.json(&["candidate", "list"]),
    ]
}

fn refused(county: &Folder, file: &str, reason: &str) {
    for args in [&["roster", "import", file][..], &["visit", "import", file, "--campaign", "bayi-2024"]] {
        let problem = county.refused(args, "file.refused");
        assert_eq!(problem["details"]["reason"], reason, "{args:?}: {problem}");
        let sentence = problem["detail"].as_str().unwrap();
        assert_eq!(sentence.matches('。').count(), 1, "{sentence}");
        assert!(sentence.ends_with('。') && sentence.contains("请"), "{sentence}");
        assert!(!sentence.contains("os error"), "{sentence}");
        let ran = county.run(args);
        assert!(ran.err.lines().next().unwrap().contains(sentence), "{}", ran.err);
    }
}

#[test]
fn files_that_cannot_be_read_are_refused_in_one_sentence_and_leave_no_trace() {
    let county = shizhu();
    let before = state(&county);
    for name in ["locked.xlsx", "locked.xls", "locked.ods"] {
        refused(&county, &format!("{LOCKED}/{name}"), "file.encrypted");
    }
    for (name, bytes, reason) in [
        ("炸弹.xlsx", bomb(), "file.zip_bomb"),
        (
            "其实是网页.xls",
            b"<html><table><tr><td>x</td></tr></table></html>".to_vec(),
            "file.not_what_its_name_says",
        ),
        ("其实是文档.xlsx", b"%PDF-1.7\n".to_vec(), "file.not_what_its_name_says"),
        ("其实是照片.csv", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "file.not_what_its_name_says"),
        ("空.xlsx", Vec::new(), "file.empty"),
        ("空行.csv", b"\n\n,,\n".to_vec(), "file.empty"),
        ("没有表头.csv", "甲,乙\n1,2\n".into(), "file.no_header"),
        ("缺一列.csv", "姓名,走访日期\n张一,2024-07-20\n".into(), "file.no_header"),
        ("存到一半.xlsx", workbook()[..700].to_vec(), "file.unreadable"),
    ] {
        let file = county.write(name, bytes);
        refused(&county, &file, reason);
    }
    File::create(county.path("大.xlsx")).unwrap().set_len(2 << 30).unwrap();
    refused(&county, "大.xlsx", "file.too_large");
    std::fs::create_dir(county.path("文件夹.xlsx")).unwrap();
    refused(&county, "文件夹.xlsx", "file.io");
    refused(&county, "没有.xlsx", "file.io");
    refused(&county, "缺一列.csv/里面.csv", "file.io");
    assert_eq!(state(&county), before);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let county = shizhu();
    let row = format!("张一,{},老复员军人,西沱镇", citizen(1));
    let file = county.write("名册.csv", csv("姓名,公民身份号码,优抚类别,乡镇", &[&row]));
    std::fs::set_permissions(county.path(&file), std::fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(county.path(&file)).is_ok() {
        // The administrator of the machine reads everything; then the import succeeds as well.
        county.ok(&["roster", "import", &file]);
    } else {
        refused(&county, &file, "file.io");
    }
}

#[test]
fn templates_and_calendars_that_are_none_are_refused_too() {
    let county = shizhu();
    std::fs::create_dir(county.path("文件夹")).unwrap();
    File::create(county.path("大")).unwrap().set_len(2 << 30).unwrap();
    let binary = county.write("二进制", b"\xff\xd8\xff\xe0");
    for (file, words) in [("文件夹", "是一个文件夹"), ("大", "超过 1 MB"), (&binary, "不是 UTF-8 文本")]
    {
        for args in [
            &["campaign", "edit", "bayi-2024", "--template", file][..],
            &["campaign", "create", "--template", file, "--year", "2025"],
            &["calendar", "import", file],
        ] {
            let problem = county.refused(args, "file.refused");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{args:?}: {problem}");
        }
    }
    county.refused(&["calendar", "import", "没有"], "file.refused");
    county.refused(&["campaign", "edit", "bayi-2024", "--template", "没有"], "template.unknown");
}
