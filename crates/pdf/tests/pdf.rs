//! The PDF of the statistics table, read back by poppler.

#[path = "../../formats/tests/documents/sample.rs"]
mod sample;

use formats::document::{
    Align, Block, Cell, Column, Document, Face, Ink, Length, Page, Paragraph, Points, Row, Rule, Run,
    Section, Table,
};
use formats::statistics::{PrintContext, document};
use jiff::civil::date;
use std::process::Command;

/// A tool of poppler on a PDF; it must be there.
fn poppler(tool: &str, options: &[&str], bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, bytes).expect("the temporary folder takes a file");
    let mut command = Command::new(tool);
    command.args(options).arg(&file);
    if tool == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().expect("poppler is needed for this test: apt-get install poppler-utils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn one_line(text: &str) -> String {
    let run = Run::new(text, Face::Title, Points::SIZE_2).bold();
    let document = Document {
        title: "样张".to_owned(),
        date: date(2024, 8, 12),
        taken: None,
        sections: vec![Section {
            page: Page::official(),
            blocks: vec![Block::Paragraph { paragraph: Paragraph::of(run).body() }],
        }],
    };
    poppler("pdftotext", &[], &pdf::render(&document).expect("a PDF"))
}

#[test]
fn the_form_stands_on_two_pages_with_all_its_figures() {
    for table in [sample::township(), sample::county()] {
        let printed = document(&table, &PrintContext::new(date(2024, 8, 2)));
        let bytes = pdf::render(&printed).expect("a PDF");
        let info = poppler("pdfinfo", &[], &bytes);
        assert!(info.contains(&format!("Title:           {}", table.heading)), "{info}");
        assert!(info.contains("Fri Aug  2 "), "the day on the paper is the file's: {info}");
        if table.unit.name == "西沱镇" {
            assert!(info.contains("Pages:           2"), "{info}");
        }
        let text: String = poppler("pdftotext", &["-layout"], &bytes);
        assert!(text.contains(&table.heading), "{text}");
        assert!(text.contains("填报日期：2024年8月2日") && text.contains("附表：走访慰问情况明细"), "{text}");
        // A cell of two lines spreads its row over neighbouring lines of the text.
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| line.trim_start().starts_with("合计 ")).expect("a total");
        let total = lines[at.saturating_sub(2)..(at + 3).min(lines.len())].join("\n");
        assert!(total.contains(&table.total.total_wan()), "{total}");
        assert_eq!(bytes, pdf::render(&printed).expect("a PDF"), "the same bytes again");
    }
}

#[test]
fn text_of_people_is_never_source() {
    let text = one_line("#panic() $x$ *a* @b <c> `d` \\ // /* #read(\"/etc/hosts\")");
    assert!(text.contains("#panic() $x$ *a* @b <c> `d`"), "{text}");
    assert!(text.contains("#read("), "{text}");
}

#[test]
fn rare_characters_are_printed_or_shown_as_a_box() {
    // In the bold subset, only in the regular one, in Extension A, and in no embedded font at all.
    let text = one_line("张 㛃 䶮 喆 𬭊 ꀀ");
    for character in ["张", "㛃", "䶮", "喆"] {
        assert!(text.contains(character), "{character} in {text}");
    }
}

#[test]
fn a_folder_with_own_fonts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("damaged.ttf"), b"not a font").expect("a file");
    let printer = pdf::Printer::with_fonts(folder.path()).expect("a damaged font is passed over");
    let printed = document(&sample::township(), &PrintContext::new(date(2024, 8, 2)));
    assert_eq!(printer.render(&printed).expect("a PDF"), pdf::render(&printed).expect("a PDF"));
    assert!(pdf::Printer::with_fonts(&folder.path().join("missing")).is_err());
}

#[test]
fn every_kind_of_block_on_an_official_page() {
    let run = |text: &str| Run::new(text, Face::Body, Points::SIZE_3);
    let cell = |text: &str| Cell::body(text, Points::SIZE_5);
    let row = |cells: Vec<Cell>| Row { cells, height: Length::mm(8) };
    let red = Run { ink: Ink::Red, ..Run::new("石柱县双拥办", Face::Title, Points(400)) };
    let mut body = Paragraph::of(run("现就做好“八一”期间有关事项通知如下。")).body();
    body.pitch = Some(Points(290));
    let table = Table {
        columns: vec![Column { width: Length::mm(40), align: Align::Left }; 3],
        head: vec![
            row(vec![cell("甲").over(1, 2), cell("乙").over(2, 1)]),
            row(vec![cell("丙"), cell("丁")]),
        ],
        rows: vec![
            row(vec![cell("高").over(1, 2), cell("二"), cell("三")]),
            row(vec![cell("宽").over(2, 1)]),
        ],
    };
    let blocks = vec![
        Block::Paragraph { paragraph: Paragraph::of(red).centred() },
        Block::Rule { rule: Rule { weight: Length(70), ink: Ink::Red } },
        Block::Spacer { height: Length::mm(10) },
        Block::title("关于做好双拥工作的通知", Points::SIZE_2),
        Block::Paragraph { paragraph: body },
        Block::Table { table },
        Block::Spread {
            parts: vec![vec![run("填表人：")], vec![run("审核人：")], vec![run("联系电话：")]]
        },
        Block::PageBreak,
        Block::text(run("附件")),
    ];
    let document = Document {
        title: "通知".to_owned(),
        date: date(2024, 7, 9),
        taken: Some("由 os:安 于 2024-07-09 09:30 导出".to_owned()),
        sections: vec![
            Section { page: Page::official(), blocks: blocks.clone() },
            Section { page: Page::wide_table(), blocks },
        ],
    };
    let bytes = pdf::render(&document).expect("a PDF");
    let sizes = poppler("pdfinfo", &["-l", "4"], &bytes);
    assert!(sizes.contains("Page    2 size:  595.276 x 841.89 pts (A4)"), "{sizes}");
    assert!(sizes.contains("Page    4 size:  841.89 x 595.276 pts (A4)"), "{sizes}");
    let text = poppler("pdftotext", &["-layout"], &bytes);
    let text = text.replace(' ', "");
    for words in ["石柱县双拥办", "关于做好双拥工作的通知", "审核人：", "—1—", "—2—", "第4页，共4页"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(text.matches("由os:安于2024-07-0909:30导出").count(), 4, "on every page: {text}");
}
