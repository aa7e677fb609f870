//! The parts of the container beside the text: content types, relations, styles, page numbers, properties.

use super::xml::Xml;
use crate::document::{Document, Face, PageFoot, WriteError};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Namespace of the text.
pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// Namespace of relations.
pub(super) const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// Relation of the page number in the middle.
pub(super) const FOOT_COUNTED: &str = "rId3";
/// Relation of the page number on odd pages.
pub(super) const FOOT_ODD: &str = "rId4";
/// Relation of the page number on even pages.
pub(super) const FOOT_EVEN: &str = "rId5";
/// Relation of the foot without a page number, which is there when it names who took the document.
pub(super) const FOOT_TAKEN: &str = "rId6";

const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The whole container; every entry carries the same old date, so that equal documents are equal bytes.
pub(super) fn zip(document: &Document, body: &[u8]) -> Result<Vec<u8>, WriteError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let taken = document.taken.as_deref();
    let mut parts = vec![
        ("[Content_Types].xml", content_types(taken.is_some())),
        ("_rels/.rels", root_relations()),
        ("docProps/core.xml", properties(document)),
        ("word/document.xml", body.to_vec()),
        ("word/_rels/document.xml.rels", relations(taken.is_some())),
        ("word/styles.xml", styles()),
        ("word/settings.xml", settings(document)),
        ("word/footer1.xml", footer("center", ["第 ", " 页，共 ", " 页"], 18, taken)),
        ("word/footer2.xml", footer("right", ["— ", " —", ""], 28, taken)),
        ("word/footer3.xml", footer("left", ["— ", " —", ""], 28, taken)),
    ];
    if taken.is_some() {
        parts.push(("word/footer4.xml", footer("center", ["", "", ""], 18, taken)));
    }
    for (name, bytes) in parts {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn content_types(is_taken: bool) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("Types", &[("xmlns", &format!("{PACKAGE}/content-types"))]);
    let relations = "application/vnd.openxmlformats-package.relationships+xml";
    xml.empty("Default", &[("Extension", "rels"), ("ContentType", relations)]);
    xml.empty("Default", &[("Extension", "xml"), ("ContentType", "application/xml")]);
    for (part, kind) in [
        ("/word/document.xml", format!("{WORD}.document.main+xml")),
        ("/word/styles.xml", format!("{WORD}.styles+xml")),
        ("/word/settings.xml", format!("{WORD}.settings+xml")),
        ("/word/footer1.xml", format!("{WORD}.footer+xml")),
        ("/word/footer2.xml", format!("{WORD}.footer+xml")),
        ("/word/footer3.xml", format!("{WORD}.footer+xml")),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml".to_owned()),
    ] {
        xml.empty("Override", &[("PartName", part), ("ContentType", &kind)]);
    }
    if is_taken {
        let kind = format!("{WORD}.footer+xml");
        xml.empty("Override", &[("PartName", "/word/footer4.xml"), ("ContentType", &kind)]);
    }
    xml.close("Types");
    xml.finish()
}

fn root_relations() -> Vec<u8> {
    let core = format!("{PACKAGE}/relationships/metadata/core-properties");
    relation_part(&[
        ("rId1", &format!("{RELATIONS}/officeDocument"), "word/document.xml"),
        ("rId2", &core, "docProps/core.xml"),
    ])
}

fn relations(is_taken: bool) -> Vec<u8> {
    let footer = format!("{RELATIONS}/footer");
    let (styles, settings) = (format!("{RELATIONS}/styles"), format!("{RELATIONS}/settings"));
    let mut all = vec![
        ("rId1", styles.as_str(), "styles.xml"),
        ("rId2", &settings, "settings.xml"),
        (FOOT_COUNTED, &footer, "footer1.xml"),
        (FOOT_ODD, &footer, "footer2.xml"),
        (FOOT_EVEN, &footer, "footer3.xml"),
    ];
    if is_taken {
        all.push((FOOT_TAKEN, &footer, "footer4.xml"));
    }
    relation_part(&all)
}

fn relation_part(relations: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("Relationships", &[("xmlns", &format!("{PACKAGE}/relationships"))]);
    for (id, kind, target) in relations {
        xml.empty("Relationship", &[("Id", id), ("Type", kind), ("Target", target)]);
    }
    xml.close("Relationships");
    xml.finish()
}

fn properties(document: &Document) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open(
        "cp:coreProperties",
        &[
            ("xmlns:cp", &format!("{PACKAGE}/metadata/core-properties")),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:dcterms", "http://purl.org/dc/terms/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ],
    );
    xml.leaf("dc:title", &[], &document.title);
    xml.leaf("dc:creator", &[], "双拥通");
    let created = format!("{}T00:00:00Z", document.date);
    xml.leaf("dcterms:created", &[("xsi:type", "dcterms:W3CDTF")], &created);
    xml.close("cp:coreProperties");
    xml.finish()
}

fn styles() -> Vec<u8> {
    let font = Face::Body.font();
    let mut xml = Xml::new();
    xml.open("w:styles", &[("xmlns:w", MAIN)]);
    xml.open("w:docDefaults", &[]);
    xml.open("w:rPrDefault", &[]);
    xml.open("w:rPr", &[]);
    xml.empty("w:rFonts", &[("w:ascii", font), ("w:hAnsi", font), ("w:eastAsia", font), ("w:cs", font)]);
    xml.empty("w:sz", &[("w:val", "32")]);
    xml.empty("w:szCs", &[("w:val", "32")]);
    xml.empty("w:lang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN")]);
    xml.close("w:rPr");
    xml.close("w:rPrDefault");
    xml.empty("w:pPrDefault", &[]);
    xml.close("w:docDefaults");
    xml.open("w:style", &[("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", "Normal")]);
    xml.empty("w:name", &[("w:val", "Normal")]);
    xml.empty("w:qFormat", &[]);
    xml.close("w:style");
    xml.close("w:styles");
    xml.finish()
}

/// Odd and even pages differ only where official page numbers stand on the outer side.
fn settings(document: &Document) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:settings", &[("xmlns:w", MAIN)]);
    if document.sections.iter().any(|section| section.page.foot == PageFoot::Official) {
        xml.empty("w:evenAndOddHeaders", &[]);
    }
    xml.empty("w:characterSpacingControl", &[("w:val", "compressPunctuation")]);
    // Without it Word lays the page out as its edition of 2007 did.
    xml.open("w:compat", &[]);
    let office = "http://schemas.microsoft.com/office/word";
    xml.empty("w:compatSetting", &[("w:name", "compatibilityMode"), ("w:uri", office), ("w:val", "15")]);
    xml.close("w:compat");
    xml.close("w:settings");
    xml.finish()
}

/// A page number between words, one character in from the edge; a third word brings the number of pages. Who took the
/// document stands behind the number when that is in the middle, else in a line below.
fn footer(align: &str, words: [&str; 3], half_points: u16, taken: Option<&str>) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:ftr", &[("xmlns:w", MAIN)]);
    let behind = taken.filter(|_| align == "center");
    numbered(&mut xml, align, words, half_points, behind);
    if let (Some(taken), None) = (taken, behind) {
        numbered(&mut xml, "center", ["", "", ""], 18, Some(taken));
    }
    xml.close("w:ftr");
    xml.finish()
}

/// A line of a footer; without words there is no number.
fn numbered(xml: &mut Xml, align: &str, words: [&str; 3], half_points: u16, behind: Option<&str>) {
    let size = half_points.to_string();
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    if align != "center" {
        let character = (half_points * 10).to_string();
        xml.empty("w:ind", &[(if align == "left" { "w:left" } else { "w:right" }, &character)]);
    }
    xml.empty("w:jc", &[("w:val", align)]);
    xml.close("w:pPr");
    if !words[0].is_empty() {
        piece(xml, &size, Some(words[0]), None);
        piece(xml, &size, None, Some("PAGE"));
        piece(xml, &size, Some(words[1]), None);
    }
    if !words[2].is_empty() {
        piece(xml, &size, None, Some("NUMPAGES"));
        piece(xml, &size, Some(words[2]), None);
    }
    if let Some(behind) = behind {
        let gap = if words[0].is_empty() { "" } else { "　　" };
        piece(xml, &size, Some(&format!("{gap}{behind}")), None);
    }
    xml.close("w:p");
}

fn piece(xml: &mut Xml, size: &str, text: Option<&str>, field: Option<&str>) {
    let font = Face::Song.font();
    if let Some(field) = field {
        xml.open("w:fldSimple", &[("w:instr", field)]);
    }
    xml.open("w:r", &[]);
    xml.open("w:rPr", &[]);
    xml.empty("w:rFonts", &[("w:ascii", font), ("w:hAnsi", font), ("w:eastAsia", font)]);
    xml.empty("w:sz", &[("w:val", size)]);
    xml.empty("w:szCs", &[("w:val", size)]);
    xml.close("w:rPr");
    xml.leaf("w:t", &[("xml:space", "preserve")], text.unwrap_or("1"));
    xml.close("w:r");
    if field.is_some() {
        xml.close("w:fldSimple");
    }
}
