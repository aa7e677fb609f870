//! Children of properties stand in the order of the schema: Word refuses or repairs files where they do not.

use super::super::{
    Align, Block, Cell, Column, Document, Face, Ink, Length, Page, Paragraph, Points, Row, Rule, Run,
    Section, Table,
};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Order of children by ECMA-376, of the elements that this writer knows.
const ORDER: [(&str, &[&str]); 12] = [
    ("w:rPr", &["w:rFonts", "w:b", "w:bCs", "w:color", "w:sz", "w:szCs", "w:lang"]),
    ("w:pPr", &["w:keepNext", "w:pBdr", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:sectPr"]),
    ("w:tcPr", &["w:tcW", "w:gridSpan", "w:vMerge", "w:vAlign"]),
    ("w:trPr", &["w:cantSplit", "w:trHeight", "w:tblHeader"]),
    ("w:tblPr", &["w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblCellMar"]),
    ("w:tblBorders", &["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"]),
    ("w:tblCellMar", &["w:top", "w:left", "w:bottom", "w:right"]),
    ("w:tbl", &["w:tblPr", "w:tblGrid", "w:tr"]),
    ("w:tr", &["w:trPr", "w:tc"]),
    ("w:tc", &["w:tcPr", "w:p"]),
    ("w:sectPr", &["w:footerReference", "w:type", "w:pgSz", "w:pgMar"]),
    ("w:r", &["w:rPr", "w:t", "w:br", "w:tab"]),
];

fn check(xml: &[u8]) {
    let mut reader = Reader::from_reader(xml);
    let mut open: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).expect("well-formed") {
            Event::Start(start) => {
                let name = start.name().0.to_owned();
                open.last_mut().unwrap().1.push(name.clone());
                open.push((name, Vec::new()));
            }
            Event::Empty(start) => {
                open.last_mut().unwrap().1.push(start.name().0.to_owned());
            }
            Event::End(_) => {
                let (name, children) = open.pop().unwrap();
                in_order(&name, &children);
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    assert_eq!(open.len(), 1, "every element is closed");
}

fn in_order(name: &str, children: &[String]) {
    let Some((_, order)) = ORDER.iter().find(|(element, _)| *element == name) else { return };
    let places: Vec<usize> = children
        .iter()
        .map(|child| {
            order.iter().position(|known| known == child).unwrap_or_else(|| panic!("{child} in {name}"))
        })
        .collect();
    // Text and line breaks alternate in a run; only its properties must come first.
    let is_sorted =
        if name == "w:r" { places.iter().skip(1).all(|place| *place > 0) } else { places.is_sorted() };
    assert!(is_sorted, "{name}: {children:?}");
    if name == "w:tc" {
        assert_eq!(children.last().map(String::as_str), Some("w:p"), "a cell ends with a paragraph");
    }
}

/// A document with every kind of block.
fn every_block() -> Document {
    let run = |text: &str| Run::new(text, Face::Body, Points::SIZE_3);
    let red = Run { ink: Ink::Red, ..run("红头").bold() };
    let cell = |text: &str| Cell::body(text, Points::SIZE_5);
    let row = |cells: Vec<Cell>| Row { cells, height: Length::mm(6) };
    let mut body = Paragraph::of(run("正文\n第二行 <&> \u{1}")).body();
    body.keep_with_next = true;
    body.pitch = Some(Points(290));
    let table = Table {
        columns: vec![Column { width: Length::mm(30), align: Align::Left }; 3],
        head: vec![
            row(vec![cell("甲").over(1, 2), cell("乙").over(2, 1)]),
            row(vec![cell("丙"), cell("丁")]),
        ],
        rows: vec![row(vec![cell("1"), cell("2").aligned(Align::Right), cell("3")])],
    };
    let blocks = vec![
        Block::title("标题", Points::SIZE_2),
        Block::text(red),
        Block::Rule { rule: Rule { weight: Length(35), ink: Ink::Red } },
        Block::Paragraph { paragraph: body },
        Block::Spread { parts: vec![vec![run("左")], vec![run("中")], vec![run("右")]] },
        Block::Table { table },
        Block::Spacer { height: Length::mm(5) },
        Block::PageBreak,
    ];
    let section = |page| Section { page, blocks: blocks.clone() };
    Document {
        title: "样张".to_owned(),
        date: jiff::civil::date(2024, 8, 12),
        taken: Some("由 甲&乙 于 2024-08-12 09:30 导出".to_owned()),
        sections: vec![section(Page::official()), section(Page::wide_table())],
    }
}

#[test]
fn children_stand_in_the_schemas_order() {
    let document = every_block();
    check(&super::body(&document));
    let bytes = super::write(&document).expect("writes");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    for index in 0..zip.len() {
        let mut part = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_index(index).expect("a part"), &mut part).expect("readable");
        check(&part);
    }
}

#[test]
fn user_text_is_a_value_and_bytes_are_the_same_again() {
    let document = every_block();
    let xml = String::from_utf8(super::body(&document)).expect("UTF-8");
    assert!(xml.contains("第二行 &lt;&amp;&gt; </w:t>"), "{xml}");
    assert_eq!(super::write(&document).expect("writes"), super::write(&document).expect("writes"));
}
