use super::*;
use crate::document::{Block, Document, Face, Page, Points, Run, Section};
use encoding_rs::GB18030;
use rust_xlsxwriter::{DocProperties, Note, Shape, Workbook};
use std::io::Write as _;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MARK: &str = "机密★10年";

fn found(name: &str, bytes: &[u8]) -> Vec<(&'static str, String)> {
    let found = scan_bytes(name, bytes, &Limits::default()).unwrap();
    found.into_iter().map(|it| (it.rule.key, it.place)).collect()
}

/// What is refused, and where.
fn marked(name: &str, bytes: &[u8]) -> Vec<String> {
    found(name, bytes)
        .into_iter()
        .filter(|(key, _)| key.starts_with("classification"))
        .map(|(_, place)| place)
        .collect()
}

fn sheet(make: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    make(&mut book);
    book.save_to_buffer().unwrap()
}

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(parts: &[(&str, &str)]) -> Vec<u8> {
    let plain = ("word/document.xml", "<w:document><w:body><w:p/></w:body></w:document>");
    let all: Vec<(&str, &[u8])> =
        [plain].iter().chain(parts).map(|(name, text)| (*name, text.as_bytes())).collect();
    zip(&all[usize::from(parts.iter().any(|(name, _)| *name == plain.0))..])
}

#[test]
fn names_are_looked_at() {
    assert_eq!(marked("机密★10年 名册.xlsx", &sheet(|_| {})), ["文件名"]);
    assert_eq!(marked("保密工作.txt", b"x"), [""; 0]);
    assert_eq!(scan_name("秘 密★.docx").len(), 1);
    assert_eq!(marked("机密★.png", b"\x89PNG\r\n\x1a\n\0\0\0\0"), ["文件名"]);
}

#[test]
fn plain_text_of_any_encoding() {
    let text = format!("关于某事的说明\n{}{MARK}\n完", "正文，".repeat(50_000));
    let gb = GB18030.encode(&text).0;
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes(), &gb, &wide] {
        assert_eq!(marked("说明.txt", bytes), ["正文"]);
    }
    assert_eq!(marked("说明.txt", "保守国家秘密，人人有责".as_bytes()), [""; 0]);
    assert_eq!(
        found("说明.csv", "姓名,备注\n甲,工作秘密\n".as_bytes()),
        [("work_secret", "正文".to_owned())]
    );
}

#[test]
fn a_mark_is_found_where_pieces_meet() {
    for before in 0..40 {
        let text = format!("{}{MARK}", "字".repeat((64 << 10) / 3 - 20 + before));
        assert_eq!(marked("长.txt", text.as_bytes()), ["正文"], "{before}");
    }
}

#[test]
fn every_corner_of_a_workbook() {
    let cell = sheet(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "名册").unwrap();
        sheet.write(9000, 3, format!("据{MARK}的通知")).unwrap();
    });
    assert_eq!(marked("名册.xlsx", &cell), ["单元格"]);
    let alone = sheet(|book| {
        let sheet = book.add_worksheet();
        for row in 0..100 {
            sheet.write(row, 0, format!("第{row}行")).unwrap();
        }
        sheet.write(200, 2, "密级：机密").unwrap();
    });
    assert_eq!(marked("名册.xlsx", &alone), ["单元格"]);
    let inline = sheet(|book| {
        let sheet = book.add_worksheet_with_constant_memory().unwrap();
        sheet.write(3, 0, MARK).unwrap();
    });
    assert_eq!(marked("名册.xlsx", &inline), ["单元格或页眉页脚"]);
    let header = sheet(|book| {
        book.add_worksheet().set_header(format!("&C&\"黑体\"{MARK}"));
    });
    assert_eq!(marked("名册.xlsx", &header), ["单元格或页眉页脚"]);
    let property = sheet(|book| {
        book.set_properties(&DocProperties::new().set_subject(MARK));
    });
    assert_eq!(marked("名册.xlsx", &property), ["文档属性"]);
    let custom = sheet(|book| {
        book.set_properties(&DocProperties::new().set_custom_property("密级", "机密"));
    });
    assert_eq!(marked("名册.xlsx", &custom), ["文档属性"]);
    let note = sheet(|book| {
        book.add_worksheet().insert_note(1, 1, &Note::new(MARK)).unwrap();
    });
    assert_eq!(marked("名册.xlsx", &note), ["批注"]);
    let shape = sheet(|book| {
        book.add_worksheet().insert_shape(1, 1, &Shape::textbox().set_text(MARK)).unwrap();
    });
    assert_eq!(marked("名册.xlsx", &shape), ["图形中的文字"]);
    let name = sheet(|book| {
        book.add_worksheet().set_name(MARK).unwrap();
    });
    // The names of sheets stand in the properties too, which come first in the package.
    let places = marked("名册.xlsx", &name);
    assert!(["工作表名称", "文档属性"].contains(&places[0].as_str()), "{places:?}");
    let clean = sheet(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "保守国家秘密").unwrap();
        sheet.write(1, 0, 31_121).unwrap();
        sheet.write(1, 1, "部队").unwrap();
        sheet.set_header("&C统计表");
    });
    assert_eq!(found("名册.xlsx", &clean), []);
}

#[test]
fn a_word_document_with_its_headers_and_watermark() {
    let run =
        |text: &str| format!("<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let split = format!("<w:p>{}\n{}<w:proofErr/>{}</w:p>", run("机"), run("密"), run("★ 10年"));
    let document = |body: &str| format!("<w:document><w:body>{body}</w:body></w:document>");
    assert_eq!(marked("通知.docx", &docx(&[("word/document.xml", &document(&split))])), ["正文"]);
    let line = format!("<w:p>{}</w:p><w:p>{}</w:p>", run("机密"), run("关于某事的通知"));
    assert_eq!(marked("通知.docx", &docx(&[("word/document.xml", &document(&line))])), ["正文"]);
    let two = format!("<w:p>{}</w:p><w:p>{}</w:p>", run("保守国家秘密"), run("机密性要求"));
    assert_eq!(found("通知.docx", &docx(&[("word/document.xml", &document(&two))])), []);
    for (part, place) in
        [("word/header1.xml", "页眉页脚"), ("word/comments.xml", "批注"), ("docProps/core.xml", "文档属性")]
    {
        assert_eq!(
            marked("通知.docx", &docx(&[(part, &format!("<a><w:p>{}</w:p></a>", run(MARK)))])),
            [place]
        );
    }
    let watermark = format!("<w:hdr><w:p><v:textpath style=\"x\" string=\"{MARK}\"/></w:p></w:hdr>");
    assert_eq!(marked("通知.docx", &docx(&[("word/header2.xml", &watermark)])), ["页眉页脚"]);
    let entities = document(&format!("<w:p>{}</w:p>", run("&#26426;&#23494;&#9733;")));
    assert_eq!(marked("通知.docx", &docx(&[("word/document.xml", &entities)])), ["正文"]);
}

#[test]
fn our_own_papers_are_clean() {
    let document = Document {
        title: "走访慰问统计表".to_owned(),
        date: jiff::civil::date(2024, 8, 12),
        taken: None,
        sections: vec![Section {
            page: Page::official(),
            blocks: vec![Block::text(Run::new("八一期间走访慰问情况", Face::Body, Points::SIZE_3))],
        }],
    };
    assert_eq!(found("报告.docx", &crate::document::docx::write(&document).unwrap()), []);
}

#[test]
fn opendocument_and_presentations() {
    let odt = |content: &str, styles: &str| {
        zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", content.as_bytes()),
            ("styles.xml", styles.as_bytes()),
        ])
    };
    let line = "<office:text><text:p>机<text:s/>密<text:span>★</text:span></text:p></office:text>";
    assert_eq!(marked("报告.odt", &odt(line, "<s/>")), ["正文"]);
    let footer = format!("<style:footer><text:p>{MARK}</text:p></style:footer>");
    assert_eq!(marked("报告.odt", &odt("<a/>", &footer)), ["页眉页脚"]);
    let slide = "<p:sld><a:p><a:r><a:t>机密</a:t></a:r><a:r><a:t>★</a:t></a:r></a:p></p:sld>";
    assert_eq!(marked("汇报.pptx", &zip(&[("ppt/slides/slide1.xml", slide.as_bytes())])), ["幻灯片"]);
    let locked =
        zip(&[("content.xml", b"\x01\x02"), ("META-INF/manifest.xml", b"<m><encryption-data/></m>")]);
    let error = scan_bytes("锁.odt", &locked, &Limits::default()).unwrap_err();
    assert_eq!(error.code(), "file.encrypted");
}

#[test]
fn documents_inside_documents() {
    let inner = sheet(|book| {
        book.add_worksheet().write(0, 0, MARK).unwrap();
    });
    let outer = zip(&[("word/document.xml", b"<a/>"), ("word/embeddings/Sheet1.xlsx", &inner)]);
    assert_eq!(marked("通知.docx", &outer), ["单元格"]);
    let archive = zip(&[("材料/通知.docx", &outer), ("说明.txt", b"x")]);
    assert_eq!(marked("材料.zip", &archive), ["单元格"]);
    let named = zip(&[("材料/机密★.txt", b"x")]);
    assert_eq!(marked("材料.zip", &named), ["内嵌文件名"]);
}

#[test]
fn old_binary_files() {
    let clean = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/roster.xls")).unwrap();
    assert_eq!(marked("名册.xls", &clean), [""; 0]);
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let (old, new) = (wide("公民身份号码"), wide("机密★十年。"));
    let at = memchr::memmem::find(&clean, &old).expect("the head stands in the file");
    let mut bytes = clean;
    bytes[at..at + new.len()].copy_from_slice(&new);
    assert_eq!(marked("名册.xls", &bytes), ["正文"]);
    assert_eq!(marked("报告.doc", &bytes), ["正文"]);
    // Not even a whole compound file.
    let mut torn = bytes[..512].to_vec();
    torn.extend([0, 0, 1]);
    torn.extend(&new);
    assert_eq!(marked("残.doc", &torn), ["正文"]);
    let mut old_code = bytes[..512].to_vec();
    old_code.extend(GB18030.encode("\u{1}机密★长期").0.iter());
    assert_eq!(marked("残.doc", &old_code), ["正文"]);
}

#[test]
fn what_can_be_seen_of_a_pdf() {
    let wide: String = MARK.encode_utf16().fold(String::from("FEFF"), |hex, unit| format!("{hex}{unit:04X}"));
    let title = format!("%PDF-1.4\n1 0 obj<</Title <{wide}>>>endobj\n");
    assert_eq!(marked("通知.pdf", title.as_bytes()), ["文档属性或文字"]);
    let octal: String = MARK
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .fold(String::from("\\376\\377"), |text, byte| format!("{text}\\{byte:03o}"));
    assert_eq!(marked("通知.pdf", format!("%PDF-1.4\n<</Subject({octal})>>").as_bytes()), ["文档属性或文字"]);
    let packet = format!("%PDF-1.7\nstream\n<x:xmpmeta><rdf:li>{MARK}</rdf:li></x:xmpmeta>\nendstream");
    assert!(marked("通知.pdf", packet.as_bytes()).contains(&"文档属性".to_owned()));
    let drawn = format!("%PDF-1.4\nstream\nBT <{}> Tj ET\nendstream", &wide[4..]);
    assert_eq!(marked("通知.pdf", drawn.as_bytes()), ["文字"]);
    assert_eq!(marked("通知.pdf", b"%PDF-1.4\n(Hello (inner) \\) world)<</A 1>>"), [""; 0]);
    let locked = format!("%PDF-1.4\n({octal})trailer<</Encrypt 5 0 R>>");
    assert_eq!(marked("锁.pdf", locked.as_bytes()), [""; 0], "strings of an encrypted pdf are no text");
}

#[test]
fn rich_text() {
    let by_page: String =
        GB18030.encode(MARK).0.iter().fold(String::new(), |text, byte| format!("{text}\\'{byte:02x}"));
    assert_eq!(marked("稿.rtf", format!("{{\\rtf1\\ansi {by_page}\\par}}").as_bytes()), ["正文"]);
    let by_number: String = MARK
        .encode_utf16()
        .fold(String::new(), |text, unit| format!("{text}\\u{}?", i32::from(unit.cast_signed())));
    assert_eq!(marked("稿.rtf", format!("{{\\rtf1\\ansi\\uc1 {by_number}\\par}}").as_bytes()), ["正文"]);
}

#[test]
fn bounds_hold() {
    let bomb = zip(&[("word/document.xml", &vec![b' '; 1 << 20])]);
    let tight = Limits { max_unpacked_bytes: 1 << 19, ..Limits::default() };
    assert_eq!(scan_bytes("炸.docx", &bomb, &tight).unwrap_err().code(), "file.zip_bomb");
    let small = Limits { max_file_bytes: 10, ..Limits::default() };
    assert_eq!(scan_bytes("大.txt", &[b'x'; 11], &small).unwrap_err().code(), "file.too_large");
    assert_eq!(scan_bytes("空.txt", b"", &small).unwrap_err().code(), "file.empty");
    assert_eq!(
        scan_bytes("锁.docx", b"%TSD-Header-###%", &Limits::default()).unwrap_err().code(),
        "file.encrypted"
    );
}

mod random {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 1..2000), kind in 0_usize..6) {
            let heads: [&[u8]; 6] = [
                b"", b"%PDF-1.4\n", b"{\\rtf1 ", b"PK\x03\x04",
                &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], b"<html>",
            ];
            let bytes = [heads[kind], &bytes].concat();
            let _ = scan_bytes("任意", &bytes, &Limits::default());
        }
    }
}
