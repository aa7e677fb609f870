//! CSV in the encodings and with the separators of clerks' programs.

use crate::common::{lines, notes, refusal, roster};
use encoding_rs::GB18030;

const TEXT: &str = "花名册,,\r\n\r\n姓名,公民身份号码,乡镇（街道）,备注\r\n张三,=\"500240189002020016\",河嘴乡,\"第一行\r\n第二行\"\r\n𠮷某,\t500240189003030021,㛃镇,\"说\"\"好\"\"\"\r\n,, ,\r\n";

const ROWS: [&str; 2] = [
    "0 4 “张三”|“500240189002020016”|“河嘴乡”||||“第一行\r\n第二行”",
    "0 6 “𠮷某”|“\t500240189003030021”|“㛃镇”||||“说\"好\"”",
];

#[test]
fn every_encoding_reads_alike() {
    let utf16 = |swap: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(TEXT.encode_utf16());
        units.flat_map(|unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let bom = [&b"\xef\xbb\xbf"[..], TEXT.as_bytes()].concat();
    let (gb, _, lossy) = GB18030.encode(TEXT);
    assert!(!lossy);
    for bytes in [TEXT.as_bytes(), &bom, &gb, &utf16(false), &utf16(true)] {
        let (read, rows) = roster("名册.csv", bytes).unwrap();
        assert_eq!(lines(&rows), ROWS);
        assert_eq!((read.sheets, read.notes.len()), (vec!["名册.csv".to_owned()], 0));
    }
}

#[test]
fn every_separator_reads_alike() {
    for separator in ["\t", ";", "|"] {
        let text =
            "姓名,身份证号,备注\n张三,1,\"a,b\"\n".replace(",\"a,b\"", ",a、b").replace(',', separator);
        assert_eq!(
            lines(&roster("a.txt", text.as_bytes()).unwrap().1),
            ["0 2 “张三”|“1”|||||“a、b”"],
            "{separator:?}"
        );
    }
    let hint = "sep=;\r\n姓名;身份证号;备注\r\n张三;1;a,b,c,d,e\r\n";
    assert_eq!(lines(&roster("a.csv", hint.as_bytes()).unwrap().1), ["0 3 “张三”|“1”|||||“a,b,c,d,e”"]);
}

#[test]
fn a_stray_quote_costs_no_other_row() {
    let text = "姓名,身份证号,备注\n张三,1,\"五好\n李四,2,\n";
    let (read, rows) = roster("a.csv", text.as_bytes()).unwrap();
    assert_eq!(lines(&rows), ["0 2 “张三”|“1”|||||“\"五好”", "0 3 “李四”|“2”|||||"]);
    assert_eq!(notes(&read), ["a.csv：第 2 行的双引号没有成对，已按原样读取，请核对。"]);
}

#[test]
fn undecodable_bytes_are_told() {
    let mut bytes = GB18030.encode("姓名,身份证号\n张三,1\n李四,2\n").0.into_owned();
    bytes.extend_from_slice(b"\xff\xff,3\n");
    let (read, rows) = roster("a.csv", &bytes).unwrap();
    assert_eq!(rows.len(), 3);
    assert!(read.notes[0].message.contains("无法识别的字符"));
}

#[test]
fn text_under_the_name_of_a_workbook_is_read_with_a_note() {
    for name in ["a.xls", "a.xlsx", "a.ods"] {
        let (read, rows) = roster(name, "姓名\t身份证号\n张三\t1\n".as_bytes()).unwrap();
        assert_eq!(rows.len(), 1);
        assert!(read.notes[0].sheet.is_empty() && read.notes[0].message.contains("内容其实是文本（CSV）"));
    }
}

#[test]
fn files_without_a_table() {
    assert_eq!(refusal("a.csv", b""), "file.empty");
    assert_eq!(refusal("a.csv", b"\n , ,\n\xef\xbb\xbf\n"), "file.empty");
    assert_eq!(refusal("a.csv", b" ,\r\n\r\n"), "file.empty");
    assert_eq!(refusal("a.csv", "姓名,电话\n张三,1\n".as_bytes()), "file.no_header");
    assert_eq!(refusal("a.csv", "今天天气很好。".as_bytes()), "file.no_header");
}
