//! A document as OOXML (docx) that Word, WPS and LibreOffice open clean: children in the order of the schema, sizes
//! as whole numbers, the same bytes for the same document.

mod blocks;
mod package;
mod table;
mod xml;

#[cfg(test)]
mod order;

use super::{Document, Page, PageFoot, Section, WriteError};
use xml::Xml;

/// The document as a docx file.
pub fn write(document: &Document) -> Result<Vec<u8>, WriteError> {
    package::zip(document, &body(document))
}

/// `word/document.xml`.
fn body(document: &Document) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:document", &[("xmlns:w", package::MAIN), ("xmlns:r", package::RELATIONS)]);
    xml.open("w:body", &[]);
    let last = document.sections.len().saturating_sub(1);
    for (index, section) in document.sections.iter().enumerate() {
        for block in &section.blocks {
            blocks::block(&mut xml, block, section.page.text_width());
        }
        if index < last {
            // All sections but the last end in the properties of a paragraph.
            xml.open("w:p", &[]);
            xml.open("w:pPr", &[]);
            xml.empty(
                "w:spacing",
                &[("w:before", "0"), ("w:after", "0"), ("w:line", "20"), ("w:lineRule", "exact")],
            );
            section_properties(&mut xml, section, document.taken.is_some());
            xml.close("w:pPr");
            xml.close("w:p");
        } else {
            section_properties(&mut xml, section, document.taken.is_some());
        }
    }
    xml.close("w:body");
    xml.close("w:document");
    xml.finish()
}

fn section_properties(xml: &mut Xml, section: &Section, is_taken: bool) {
    let Page { is_landscape, top, right, bottom, left, foot } = section.page;
    xml.open("w:sectPr", &[]);
    match foot {
        PageFoot::None if is_taken => {
            xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", package::FOOT_TAKEN)]);
            xml.empty("w:footerReference", &[("w:type", "even"), ("r:id", package::FOOT_TAKEN)]);
        }
        PageFoot::None => {}
        PageFoot::Counted => {
            xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", package::FOOT_COUNTED)]);
            xml.empty("w:footerReference", &[("w:type", "even"), ("r:id", package::FOOT_COUNTED)]);
        }
        PageFoot::Official => {
            xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", package::FOOT_ODD)]);
            xml.empty("w:footerReference", &[("w:type", "even"), ("r:id", package::FOOT_EVEN)]);
        }
    }
    xml.empty("w:type", &[("w:val", "nextPage")]);
    let (width, height) = section.page.sheet();
    let (width, height) = (width.twips().to_string(), height.twips().to_string());
    let mut size = vec![("w:w", width.as_str()), ("w:h", height.as_str())];
    if is_landscape {
        size.push(("w:orient", "landscape"));
    }
    xml.empty("w:pgSz", &size);
    // The page number stands 7 mm below the text of an official page; elsewhere close to the edge.
    let foot_at = if foot == PageFoot::Official { bottom.twips() - 680 } else { 340 };
    let margins = [top, right, bottom, left].map(|length| length.twips().to_string());
    xml.empty(
        "w:pgMar",
        &[
            ("w:top", &margins[0]),
            ("w:right", &margins[1]),
            ("w:bottom", &margins[2]),
            ("w:left", &margins[3]),
            ("w:header", "400"),
            ("w:footer", &foot_at.to_string()),
            ("w:gutter", "0"),
        ],
    );
    xml.close("w:sectPr");
}
