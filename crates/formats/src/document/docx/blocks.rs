//! Paragraphs and runs. The order of children is the schema's (CT_PPr, CT_RPr); `order` checks it.

use super::{table, xml::Xml};
use crate::document::{Align, Block, Ink, Length, Paragraph, Points, Rule, Run};

/// One block; `width` is the width between the margins.
pub(super) fn block(xml: &mut Xml, block: &Block, width: Length) {
    match block {
        Block::Heading { level, paragraph: shape } => paragraph(xml, shape, Some(*level)),
        Block::Paragraph { paragraph: shape } => paragraph(xml, shape, None),
        Block::Spread { parts } => spread(xml, parts, width),
        Block::Table { table: grid } => table::table(xml, grid),
        Block::Rule { rule: line } => rule(xml, *line),
        Block::Spacer { height } => spacer(xml, *height),
        Block::PageBreak => {
            xml.open("w:p", &[]);
            xml.open("w:r", &[]);
            xml.empty("w:br", &[("w:type", "page")]);
            xml.close("w:r");
            xml.close("w:p");
        }
    }
}

/// A paragraph; with a level it is a heading of the file's outline.
pub(super) fn paragraph(xml: &mut Xml, paragraph: &Paragraph, level: Option<u8>) {
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    if paragraph.keep_with_next || level.is_some() {
        xml.empty("w:keepNext", &[]);
    }
    let (line, rule) = pitch(paragraph.pitch);
    let below = paragraph.below.twips().to_string();
    xml.empty(
        "w:spacing",
        &[("w:before", "0"), ("w:after", &below), ("w:line", &line), ("w:lineRule", rule)],
    );
    indent(xml, paragraph);
    xml.empty("w:jc", &[("w:val", align(paragraph.align))]);
    if let Some(level) = level {
        let level = level.clamp(1, 9) - 1;
        xml.empty("w:outlineLvl", &[("w:val", &level.to_string())]);
    }
    xml.close("w:pPr");
    for piece in &paragraph.runs {
        run(xml, piece);
    }
    xml.close("w:p");
}

fn pitch(pitch: Option<Points>) -> (String, &'static str) {
    match pitch {
        Some(pitch) => (pitch.twips().to_string(), "exact"),
        None => ("240".to_owned(), "auto"),
    }
}

/// Indents in characters, and in twips for readers that do not know characters.
fn indent(xml: &mut Xml, paragraph: &Paragraph) {
    if (paragraph.first_indent, paragraph.left_indent, paragraph.right_indent) == (0, 0, 0) {
        return;
    }
    let size = paragraph.runs.first().map_or(Points::SIZE_3, |run| run.size);
    let twips = |characters: u16| (i32::from(characters) * i32::from(size.twips()) / 100).to_string();
    let characters =
        [paragraph.left_indent, paragraph.right_indent, paragraph.first_indent].map(|each| each.to_string());
    xml.empty(
        "w:ind",
        &[
            ("w:leftChars", &characters[0]),
            ("w:left", &twips(paragraph.left_indent)),
            ("w:rightChars", &characters[1]),
            ("w:right", &twips(paragraph.right_indent)),
            ("w:firstLineChars", &characters[2]),
            ("w:firstLine", &twips(paragraph.first_indent)),
        ],
    );
}

/// A run; `\n` breaks the line.
pub(super) fn run(xml: &mut Xml, run: &Run) {
    xml.open("w:r", &[]);
    run_properties(xml, run);
    for (index, line) in run.text.split('\n').enumerate() {
        if index > 0 {
            xml.empty("w:br", &[]);
        }
        xml.leaf("w:t", &[("xml:space", "preserve")], line);
    }
    xml.close("w:r");
}

/// Faces for all scripts: figures and Latin letters stand in the face of the text around them.
fn run_properties(xml: &mut Xml, run: &Run) {
    let font = run.face.font();
    let size = run.size.half_points().to_string();
    xml.open("w:rPr", &[]);
    xml.empty("w:rFonts", &[("w:ascii", font), ("w:hAnsi", font), ("w:eastAsia", font), ("w:cs", font)]);
    if run.bold {
        xml.empty("w:b", &[]);
        xml.empty("w:bCs", &[]);
    }
    if run.ink != Ink::Black {
        xml.empty("w:color", &[("w:val", run.ink.hex())]);
    }
    xml.empty("w:sz", &[("w:val", &size)]);
    xml.empty("w:szCs", &[("w:val", &size)]);
    xml.close("w:rPr");
}

/// Parts of a line held by tab stops in the middle and at the right edge.
fn spread(xml: &mut Xml, parts: &[Vec<Run>], width: Length) {
    let steps = i32::try_from(parts.len().max(2) - 1).unwrap_or(1);
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    xml.empty("w:keepNext", &[]);
    xml.open("w:tabs", &[]);
    for step in 1..=steps {
        let position = Length(width.0 * step / steps).twips().to_string();
        let kind = if step == steps { "right" } else { "center" };
        xml.empty("w:tab", &[("w:val", kind), ("w:pos", &position)]);
    }
    xml.close("w:tabs");
    let size = parts.iter().flatten().map(|run| run.size).max().unwrap_or(Points::SIZE_5);
    let line = (size.twips() * 4 / 3).to_string();
    xml.empty(
        "w:spacing",
        &[("w:before", "0"), ("w:after", "60"), ("w:line", &line), ("w:lineRule", "exact")],
    );
    xml.close("w:pPr");
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            xml.open("w:r", &[]);
            xml.empty("w:tab", &[]);
            xml.close("w:r");
        }
        for piece in part {
            run(xml, piece);
        }
    }
    xml.close("w:p");
}

/// A line below an empty paragraph of almost no height.
fn rule(xml: &mut Xml, rule: Rule) {
    // Borders are counted in eighths of a point: 1 mm = 22.68 eighths.
    let eighths = (rule.weight.0 * 2268 / 10_000).max(2).to_string();
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    xml.open("w:pBdr", &[]);
    let ink = rule.ink.hex();
    xml.empty("w:bottom", &[("w:val", "single"), ("w:sz", &eighths), ("w:space", "0"), ("w:color", ink)]);
    xml.close("w:pBdr");
    xml.empty("w:spacing", &[("w:before", "0"), ("w:after", "0"), ("w:line", "20"), ("w:lineRule", "exact")]);
    xml.close("w:pPr");
    xml.close("w:p");
}

fn spacer(xml: &mut Xml, height: Length) {
    let height = height.twips().max(20).to_string();
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    xml.empty(
        "w:spacing",
        &[("w:before", "0"), ("w:after", "0"), ("w:line", &height), ("w:lineRule", "exact")],
    );
    xml.close("w:pPr");
    xml.close("w:p");
}

/// As OOXML calls it.
pub(super) fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
        Align::Justify => "both",
    }
}
