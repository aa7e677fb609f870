//! Reads .xlsx: relations, workbook, styles and shared strings; the cells of each sheet are streamed.

mod cells;
mod strings;
mod styles;

use super::package::Package;
use super::sink::{Next, Sink};
use super::xml::{Token, Xml};
use super::{Limits, SheetError};
use crate::secrecy;
pub(super) use strings::Strings;
pub(super) use styles::Styles;

/// A sheet of the workbook.
struct Sheet {
    name: String,
    hidden: bool,
    path: Option<String>,
}

/// What the cells of a sheet refer to.
struct Workbook {
    strings: Strings,
    styles: Styles,
    is_1904: bool,
}

/// One line of a `.rels` part.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

pub(super) fn read(package: &mut Package, limits: &Limits, sink: &mut dyn Sink) -> Result<(), SheetError> {
    let path = workbook_path(package)?;
    let relations = relations(package, &path)?;
    let of_kind =
        |kind: &str| relations.iter().find(|it| it.kind.ends_with(kind)).map(|it| it.target.clone());
    let (sheets, is_1904) = sheets(package, &path, &relations)?;
    sink.sheets(sheets.iter().map(|sheet| (sheet.name.clone(), sheet.hidden)).collect());

    let strings = of_kind("/sharedStrings").unwrap_or_else(|| "xl/sharedStrings.xml".to_owned());
    let strings = match package.part(&strings)? {
        Some(part) => Strings::read(Xml::new(part), limits.max_text_bytes)?,
        None => Strings::default(),
    };
    let styles = of_kind("/styles").unwrap_or_else(|| "xl/styles.xml".to_owned());
    let styles = match package.part(&styles)? {
        Some(part) => Styles::read(Xml::new(part))?,
        None => Styles::default(),
    };
    let workbook = Workbook { strings, styles, is_1904 };

    for (place, sheet) in sheets.iter().enumerate() {
        let Some(path) = sheet.path.as_deref().filter(|path| package.has(path)) else { continue };
        let place = u16::try_from(place).map_err(|_| SheetError::unreadable("工作表太多"))?;
        sink.begin(place)?;
        let (merges, printed) = cells::behind(package.required(path)?)?;
        sink.found(secrecy::in_texts("页眉页脚", &printed))?;
        for merge in merges {
            sink.merge(merge);
        }
        let stopped = cells::read(Xml::new(package.required(path)?), &workbook, sink)? == Next::Stop;
        if sink.end()? == Next::Stop || stopped {
            break;
        }
    }
    Ok(())
}

fn workbook_path(package: &mut Package) -> Result<String, SheetError> {
    let found = relations(package, "")?.into_iter().find(|it| it.kind.ends_with("/officeDocument"));
    Ok(found.map_or_else(|| "xl/workbook.xml".to_owned(), |it| it.target))
}

/// The relations of a part (of the package when `of` is empty), targets resolved to full paths.
fn relations(package: &mut Package, of: &str) -> Result<Vec<Relation>, SheetError> {
    let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
    let Some(part) = package.part(&format!("{folder}/_rels/{name}.rels"))? else { return Ok(Vec::new()) };
    let mut xml = Xml::new(part);
    let mut out = Vec::new();
    loop {
        match xml.next()? {
            Token::Start { name: b"Relationship", attributes, .. } => {
                let target = attributes.text("Target").unwrap_or_default();
                let target = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
                out.push(Relation {
                    id: attributes.text("Id").unwrap_or_default(),
                    kind: attributes.text("Type").unwrap_or_default(),
                    target,
                });
            }
            Token::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// The sheets in order, and whether dates count from 1904.
fn sheets(
    package: &mut Package,
    path: &str,
    relations: &[Relation],
) -> Result<(Vec<Sheet>, bool), SheetError> {
    let mut xml = Xml::new(package.required(path)?);
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Token::Start { name: b"workbookPr", attributes, .. } => {
                // An extension's element of the same name has no such attribute.
                is_1904 |= matches!(attributes.get("date1904"), Some(b"1" | b"true"));
            }
            Token::Start { name: b"sheet", attributes, .. } => {
                // `r:id`; `sheetId` is another name.
                let id = attributes.text("id").unwrap_or_default();
                let relation = relations.iter().find(|it| it.id == id);
                sheets.push(Sheet {
                    name: attributes.text("name").unwrap_or_default(),
                    hidden: matches!(attributes.get("state"), Some(b"hidden" | b"veryHidden")),
                    path: relation.filter(|it| it.kind.ends_with("/worksheet")).map(|it| it.target.clone()),
                });
            }
            Token::Eof => return Ok((sheets, is_1904)),
            _ => {}
        }
    }
}
