//! Files that are refused as a whole: one code, one sentence, and quickly.

use crate::common::{COLUMNS, golden, refusal, refusal_within, roster};
use crate::workbook::{Parts, plain, zip};
use formats::sheet::{Limits, SheetError, read};
use std::fs::File;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

fn good() -> Vec<u8> {
    Parts::new(&plain(&[&["姓名", "身份证号"], &["张三", "1"]]), "").zip()
}

fn refusal_of_path(path: &Path) -> &'static str {
    let limits = Limits::default();
    read(path, COLUMNS, &[], &limits, &mut |_| ControlFlow::Continue(())).expect_err("refused").code()
}

/// A compound file with one named entry, enough for a program to see what is in it.
fn ole(entry: &str) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(&OLE);
    let mut directory: Vec<u8> = entry.encode_utf16().flat_map(u16::to_le_bytes).collect();
    directory.resize(2048, 0);
    bytes.extend(directory);
    bytes
}

#[test]
fn encrypted_files() {
    // Saved with a password by LibreOffice (xls, ods) and as Excel does it (xlsx, ECMA-376 agile).
    for name in ["locked.xlsx", "locked.xls", "locked.ods"] {
        let (_, bytes) = golden(name);
        for name in [name, "名册.xlsx", "名册.xls", "名册.csv"] {
            assert_eq!(refusal(name, &bytes), "file.encrypted", "{name}");
        }
    }
    assert_eq!(refusal("a.xlsx", &ole("EncryptedPackage")), "file.encrypted");
    // A password in the old format: the record behind the first one says so.
    let (_, mut xls) = golden("roster.xls");
    let bof = xls.windows(8).position(|bytes| bytes == [9, 8, 16, 0, 0, 6, 5, 0]).unwrap();
    xls[bof + 20..bof + 22].copy_from_slice(&[0x2f, 0]);
    assert_eq!(refusal("a.xls", &xls), "file.encrypted");
    // A locked package: bit 0 of the flags, in both headers.
    let mut package = good();
    let headers: Vec<usize> =
        (0..package.len() - 4).filter(|at| &package[*at..at + 4] == b"PK\x03\x04").collect();
    let directory: Vec<usize> =
        (0..package.len() - 4).filter(|at| &package[*at..at + 4] == b"PK\x01\x02").collect();
    for at in headers {
        package[at + 6] |= 1;
    }
    for at in directory {
        package[at + 8] |= 1;
    }
    assert_eq!(refusal("a.xlsx", &package), "file.encrypted");
    let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let ods = zip(&[("META-INF/manifest.xml", manifest), ("content.xml", b"\x00\x01")]);
    assert_eq!(refusal("a.ods", &ods), "file.encrypted");
    assert_eq!(refusal("a.xlsx", b"%TSD-Header-###%\x00\x01\x02"), "file.encrypted");
}

#[test]
fn what_is_not_what_its_name_says() {
    let html =
        "<html><head><meta charset='utf-8'></head><table><tr><td>姓名</td></tr></table></html>".as_bytes();
    let xml = b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>";
    let word = zip(&[("_rels/.rels", b"<R/>"), ("word/document.xml", b"<w/>")]);
    let other = zip(&[("photo.jpg", b"x")]);
    let xlsb = zip(&[("_rels/.rels", b"<R/>"), ("xl/workbook.bin", b"x")]);
    for bytes in [
        html,
        xml,
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"Rar!\x1a\x07",
        b"\x00\x01\x02\x03",
        &word,
        &other,
        &xlsb,
        &ole("WordDocument"),
    ] {
        assert_eq!(refusal("名册.xls", bytes), "file.not_what_its_name_says");
    }
    // What can be read is read, with a note.
    for name in ["a.xls", "a.csv", "a.ods", "a"] {
        let (read, rows) = roster(name, &good()).unwrap();
        assert!(rows.len() == 1 && read.notes[0].message.contains("内容其实是 xlsx 表格"), "{name}");
    }
}

#[test]
fn broken_files() {
    let bytes = good();
    for length in [4, 100, bytes.len() / 2, bytes.len() - 10] {
        assert_eq!(refusal("a.xlsx", &bytes[..length]), "file.unreadable");
    }
    assert_eq!(refusal("a.xls", &ole("Workbook")), "file.unreadable");
    assert_eq!(refusal("a.xls", &OLE), "file.unreadable");
    let (_, xls) = golden("roster.xls");
    assert_eq!(refusal("a.xls", &xls[..xls.len() / 2]), "file.unreadable");
    // A directory whose chain of sectors leads back to itself.
    let (_, mut circle) = golden("roster.xls");
    let number = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let (table, directory) = (number(&circle, 76), number(&circle, 48));
    let at = (table + 1) * 512 + directory * 4;
    circle[at..at + 4].copy_from_slice(&u32::try_from(directory).unwrap().to_le_bytes());
    assert!(roster("a.xls", &circle).is_ok_and(|(_, rows)| rows.len() == 5));
    // Dimensions without end are not believed.
    let (_, mut wide) = golden("roster.xls");
    let at = wide.windows(4).position(|bytes| bytes == [0, 2, 14, 0]).unwrap();
    wide[at + 4..at + 16].fill(0xff);
    assert!(roster("a.xls", &wide).is_ok_and(|(_, rows)| rows.len() == 5));
    let mut parts = Parts::new("<row><c r='A1' t='s'><v>7</v></c></row>", "");
    assert_eq!(refusal("a.xlsx", &parts.zip()), "file.unreadable");
    parts.sheet = "<worksheet><sheetData><row><c t='str'><v>姓名".to_owned();
    assert_eq!(refusal("a.xlsx", &parts.zip()), "file.unreadable");
}

#[test]
fn zip_bombs() {
    // A gigabyte of blanks inside one cell: the token is bounded.
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("_rels/.rels", "<R><Relationship Id='a' Type='x/officeDocument' Target='xl/workbook.xml'/></R>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<R><Relationship Id='a' Type='x/worksheet' Target='sheet1.xml'/></R>",
        ),
        ("xl/workbook.xml", "<workbook><sheets><sheet name='a' r:id='a'/></sheets></workbook>"),
    ] {
        bomb.start_file(name, SimpleFileOptions::default()).unwrap();
        bomb.write_all(text.as_bytes()).unwrap();
    }
    bomb.start_file("xl/sheet1.xml", SimpleFileOptions::default()).unwrap();
    bomb.write_all(b"<worksheet><sheetData><row><c t='str'><v>").unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..64 {
        bomb.write_all(&blanks).unwrap();
    }
    bomb.write_all(b"</v></c></row></sheetData></worksheet>").unwrap();
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 100_000);
    assert_eq!(refusal("a.xlsx", &bomb), "file.zip_bomb");
    // By what the parts claim.
    let limits = Limits { max_unpacked_bytes: 32 << 20, ..Limits::default() };
    assert_eq!(refusal_within("a.xlsx", &bomb, &limits), "file.zip_bomb");
    // A part that claims to be small (the size stands at 24 in the directory, at 22 in the local header).
    let mut liar = bomb.clone();
    let real = u32::try_from((64 << 20) + 41 + 38).unwrap().to_le_bytes();
    let places: Vec<usize> = (0..liar.len() - 4).filter(|at| liar[*at..at + 4] == real).collect();
    assert!(!places.is_empty());
    for at in places {
        liar[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let code = refusal_within("a.xlsx", &liar, &limits);
    assert!(["file.zip_bomb", "file.unreadable"].contains(&code), "{code}");
    // Text that has to be in memory.
    let mut parts = Parts::new(&plain(&[&["姓名", "身份证号"]]), "");
    parts.strings = format!("<sst>{}</sst>", "<si><t>0123456789</t></si>".repeat(100_000));
    let limits = Limits { max_text_bytes: 100_000, ..Limits::default() };
    assert_eq!(refusal_within("a.xlsx", &parts.zip(), &limits), "file.zip_bomb");
    // One long text referred to again and again.
    let cells = format!("<row>{}</row>", "<c t='s'><v>0</v></c>".repeat(16_000));
    let mut parts = Parts::new(&cells.repeat(20), "");
    parts.strings = format!("<sst><si><t>{}</t></si></sst>", "长".repeat(30_000));
    assert_eq!(refusal("a.xlsx", &parts.zip()), "file.zip_bomb");
    // A directory without end.
    let mut end = b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff".to_vec();
    end.resize(22, 0);
    assert_eq!(refusal("a.xlsx", &end), "file.zip_bomb");
}

#[test]
fn files_too_large_are_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("大.xlsx");
    File::create(&path).unwrap().set_len(2 << 30).unwrap();
    let error =
        read(&path, COLUMNS, &[], &Limits::default(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.code(), "file.too_large");
    assert!(error.to_string().contains("2048 MB"), "{error}");
    let limits = Limits { max_file_bytes: 10, ..Limits::default() };
    assert_eq!(refusal_within("a.xlsx", &good(), &limits), "file.too_large");
}

#[test]
fn files_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refusal_of_path(&folder.path().join("无.xlsx")), "file.io");
    assert_eq!(refusal_of_path(folder.path()), "file.io");
    let inside = folder.path().join("名册.csv");
    std::fs::write(&inside, "姓名,身份证号\n").unwrap();
    assert_eq!(refusal_of_path(&inside.join("里面.csv")), "file.io");
    let empty = folder.path().join("空.xlsx");
    File::create(&empty).unwrap();
    assert_eq!(refusal_of_path(&empty), "file.empty");
}

#[test]
fn workbooks_without_the_columns() {
    let attempt =
        |rows: &[&[&str]]| roster("a.xlsx", &Parts::new(&plain(rows), "").zip()).unwrap_err().to_string();
    let error = attempt(&[&["姓名", "电话"], &["张三", "1"]]);
    assert!(error.starts_with("工作表“表一”的表头缺少“公民身份号码”；"), "{error}");
    let error = attempt(&[&["甲", "乙"]]);
    assert!(error.starts_with("没有找到表头；") && error.contains("“姓名”、“公民身份号码”"), "{error}");
    assert_eq!(refusal("a.xlsx", &Parts::new("", "").zip()), "file.empty");
}

#[test]
fn files_that_are_still_being_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("名册.csv", "姓名,身份证号\n张三,1\n李四,2\n".as_bytes().to_vec()),
        ("名册.xlsx", good()),
        ("名册.xls", golden("roster.xls").1),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        let mut rows = 0;
        let error = read(&path, COLUMNS, &[], &Limits::default(), &mut |_| {
            rows += 1;
            File::options().append(true).open(&path).unwrap().write_all(b"x").unwrap();
            ControlFlow::Continue(())
        });
        assert!(rows > 0);
        assert_eq!(error.unwrap_err().code(), "file.changing", "{name}");
    }
}

#[test]
fn what_the_system_refuses_is_said_in_chinese() {
    use std::io::{Error, ErrorKind};
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::NotADirectory,
        ErrorKind::PermissionDenied,
        ErrorKind::IsADirectory,
        ErrorKind::StorageFull,
        ErrorKind::ReadOnlyFilesystem,
        ErrorKind::TimedOut,
    ];
    // Number 5 is “input/output error”.
    for error in kinds.map(Error::from).into_iter().chain([Error::from_raw_os_error(5)]) {
        let sentence = SheetError::Io(error).to_string();
        assert!(sentence.contains("请") && sentence.ends_with('。'), "{sentence}");
        assert!(!sentence.chars().any(|c| c.is_ascii_alphabetic()), "{sentence}");
    }
}
