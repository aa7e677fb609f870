//! Office documents of both families (docx, xlsx, pptx; odt, ods, odp): the text of every part that is XML, with
//! headers and footers, comments, text in drawings, watermarks and properties; documents inside the document too.

use super::gather::Gather;
use crate::sheet::package::Package;
use crate::sheet::xml::{Attributes, Token, Xml, local, unescape};
use crate::sheet::{Input, Limits, SheetError};
use std::io::{Cursor, Read};

/// A document inside a document inside a document is looked at; one more is not.
const DEEPEST: u8 = 2;
/// The size of a document inside another that is looked at.
const LARGEST_INNER: u64 = 64 << 20;
/// Of a part beside the cells, what is looked at.
const LARGEST_BESIDE: u64 = 16 << 20;
/// The text of one cell that is looked at by itself.
const LONGEST_CELL: usize = 400;

pub(super) fn package(
    input: &mut dyn Input,
    limits: &Limits,
    gather: &mut Gather,
    depth: u8,
) -> Result<(), SheetError> {
    let mut package = Package::open_any(input, limits)?;
    for path in package.paths() {
        let Some(kind) = kind(&path) else { continue };
        match kind {
            Kind::Xml(place) => {
                let Some(part) = package.part(&path)? else { continue };
                text(Xml::new(part), place, gather)?;
            }
            Kind::Inner => {
                gather.whole("内嵌文件名", stem(&path));
                let Some(part) = package.part(&path)? else { continue };
                let mut bytes = Vec::new();
                part.take(LARGEST_INNER).read_to_end(&mut bytes)?;
                if depth < DEEPEST {
                    super::content(&mut Cursor::new(bytes), limits, gather, depth + 1)?;
                }
            }
        }
    }
    Ok(())
}

/// The parts of a workbook that are not its cells, as far as each can be read.
pub(super) fn beside_cells(package: &mut Package, gather: &mut Gather) {
    for path in package.paths() {
        let is_cells =
            path.contains("/worksheets/") || path.ends_with("sharedstrings.xml") || path == "content.xml";
        if let (false, Some(Kind::Xml(place))) = (is_cells, kind(&path))
            && let Ok(Some(part)) = package.part(&path)
        {
            let _ = text(Xml::new(part.take(LARGEST_BESIDE)), place, gather);
        }
    }
}

/// What is done with a part.
enum Kind {
    /// Its text is looked at; where that stands, in words for the user.
    Xml(&'static str),
    /// It is a document of its own.
    Inner,
}

fn kind(path: &str) -> Option<Kind> {
    const INNER: &[&str] = &[
        "docx", "docm", "xlsx", "xlsm", "pptx", "doc", "xls", "ppt", "odt", "ods", "odp", "wps", "et", "txt",
        "csv", "rtf", "pdf", "zip",
    ];
    const NO_TEXT: &[&str] = &[
        "xl/styles.xml",
        "word/styles.xml",
        "xl/calcchain.xml",
        "[content_types].xml",
        "word/fonttable.xml",
    ];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    if path.contains("embeddings/") || path.starts_with("object ") {
        return Some(if extension == "xml" { Kind::Xml("内嵌文件") } else { Kind::Inner });
    }
    if INNER.contains(&extension) {
        return Some(Kind::Inner);
    }
    let is_text = matches!(extension, "xml" | "vml" | "xhtml" | "html" | "htm");
    if !is_text || NO_TEXT.contains(&path) || path.contains("/theme/") {
        return None;
    }
    Some(Kind::Xml(place(path)))
}

fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn place(path: &str) -> &'static str {
    const PLACES: &[(&str, &str)] = &[
        ("docprops/", "文档属性"),
        ("meta.xml", "文档属性"),
        ("customxml/", "文档属性"),
        ("comment", "批注"),
        ("word/header", "页眉页脚"),
        ("word/footer", "页眉页脚"),
        ("footnotes", "脚注"),
        ("endnotes", "脚注"),
        ("xl/sharedstrings.xml", "单元格"),
        ("xl/worksheets/", "单元格或页眉页脚"),
        ("xl/workbook.xml", "工作表名称"),
        ("drawing", "图形中的文字"),
        ("charts/", "图表中的文字"),
        ("ppt/notes", "备注页"),
        ("ppt/slidemasters/", "母版"),
        ("ppt/slidelayouts/", "母版"),
        ("ppt/slides/", "幻灯片"),
        ("styles.xml", "页眉页脚"),
    ];
    PLACES.iter().find(|(part, _)| path.contains(part)).map_or("正文", |(_, place)| place)
}

/// Gathers the text of a part. Runs of one paragraph are one text, whatever they are set in.
fn text<R: Read>(mut xml: Xml<R>, place: &str, gather: &mut Gather) -> Result<(), SheetError> {
    gather.begin(place);
    let mut buf = String::new();
    let mut cell: Option<String> = None;
    loop {
        buf.clear();
        match xml.next()? {
            Token::Start { name: b"encryption-data", .. } => return Err(SheetError::Encrypted),
            Token::Start { name, attributes, empty } => {
                if is_cell(name) && !empty {
                    cell = Some(String::new());
                } else if ends_line(name) && empty {
                    gather.push("\n");
                } else if !is_plain(name) {
                    words_of(attributes, place, gather);
                }
                continue;
            }
            Token::End { name } => {
                if is_cell(name)
                    && let Some(cell) = cell.take().filter(|cell| cell.len() <= LONGEST_CELL)
                {
                    gather.whole(place, &cell);
                }
                if ends_line(name) || is_cell(name) {
                    gather.push("\n");
                }
                continue;
            }
            Token::Text(raw) => unescape(raw, &mut buf),
            Token::Raw(raw) => buf.push_str(&String::from_utf8_lossy(raw)),
            Token::Eof => break,
        }
        if buf.chars().all(char::is_whitespace) {
            // How the XML is written, or a blank between two words.
            buf.clear();
            buf.push(' ');
        }
        if let Some(cell) = cell.as_mut().filter(|cell| cell.len() <= LONGEST_CELL) {
            cell.push_str(&buf);
        }
        gather.push(&buf);
    }
    gather.end();
    Ok(())
}

/// A text that stands for itself.
fn is_cell(name: &[u8]) -> bool {
    matches!(name, b"si" | b"is" | b"table-cell" | b"tc" | b"lpwstr" | b"lpstr" | b"oddHeader" | b"oddFooter")
}

fn ends_line(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"h"
            | b"br"
            | b"cr"
            | b"tab"
            | b"line-break"
            | b"c"
            | b"row"
            | b"table-row"
            | b"li"
            | b"td"
            | b"tr"
            | b"div"
            | b"title"
            | b"subject"
            | b"creator"
            | b"keywords"
            | b"description"
            | b"category"
            | b"contentStatus"
            | b"lastModifiedBy"
            | b"user-defined"
            | b"property"
            | b"evenHeader"
            | b"evenFooter"
            | b"firstHeader"
            | b"firstFooter"
    )
}

/// Elements that come by the million and have no words in their attributes.
fn is_plain(name: &[u8]) -> bool {
    matches!(name, b"c" | b"row" | b"v" | b"r" | b"t" | b"p" | b"rPr" | b"pPr" | b"f")
}

/// Names of sheets, alternative texts, the words of a watermark.
fn words_of(attributes: Attributes<'_>, place: &str, gather: &mut Gather) {
    const WORDS: &[&[u8]] =
        &[b"name", b"descr", b"title", b"string", b"alt", b"tooltip", b"display", b"tag", b"string-value"];
    for (name, value) in attributes.iter() {
        // Words of ours are beyond ASCII.
        if value.is_ascii() && !value.contains(&b'&') || !WORDS.contains(&local(name)) {
            continue;
        }
        let mut text = String::new();
        unescape(value, &mut text);
        gather.whole(place, &text);
    }
}
