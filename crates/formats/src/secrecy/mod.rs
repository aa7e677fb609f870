//! The text inside files, held against the rules of `domain::secrecy` before a file is kept. What is found is told by
//! rule and place; the text itself never leaves here.
//!
//! Looked at: txt, csv and other text in any encoding; docx, xlsx, pptx, odt, ods, odp with headers, footers,
//! comments, drawings, watermarks and properties; documents inside these and inside zip archives, two deep; doc, xls,
//! ppt by runs of text; rtf; of pdf the metadata and the strings that are not compressed. Not looked at: pictures,
//! compressed text of a pdf, xlsb.

mod binary;
mod gather;
mod office;
#[cfg(test)]
mod tests;

use crate::sheet::decode::{self, Utf8};
use crate::sheet::package::Package;
use crate::sheet::sniff::{self, Content};
use crate::sheet::{Input, Limits, SheetError, check_size, open};
use domain::secrecy::{Rule, Verdict};
use gather::Gather;
use std::io::{Cursor, Read as _, SeekFrom};
use std::path::Path;

/// One thing that was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which rule.
    pub rule: &'static Rule,
    /// Where, in words for the user: 文件名, 正文, 页眉页脚 …
    pub place: String,
}

impl Found {
    /// Whether the file is refused or only warned of.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.rule.verdict
    }
}

/// Looks through an upload: its name and the text inside.
pub fn scan_bytes(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Found>, SheetError> {
    check_size(bytes.len() as u64, limits)?;
    scan(name, &mut Cursor::new(bytes), limits)
}

/// As [`scan_bytes`], for a file on disk; `name` is its name as the user has it.
pub fn scan_path(name: &str, path: &Path, limits: &Limits) -> Result<Vec<Found>, SheetError> {
    scan(name, &mut open(path, limits)?, limits)
}

/// As [`scan_bytes`], for bytes that lie elsewhere; only what is looked at is read.
pub fn scan_reader<R: std::io::Read + std::io::Seek>(
    name: &str,
    input: &mut R,
    limits: &Limits,
) -> Result<Vec<Found>, SheetError> {
    input.seek(SeekFrom::Start(0))?;
    scan(name, input, limits)
}

/// Looks at the name of a file alone.
#[must_use]
pub fn scan_name(name: &str) -> Vec<Found> {
    let mut gather = Gather::default();
    gather.name(name);
    gather.finish()
}

/// What stands in a workbook beside its cells: properties, comments, drawings, names of sheets. A part that cannot be
/// read is no reason not to read the table.
pub(crate) fn beside_cells(package: &mut Package) -> Vec<Found> {
    let mut gather = Gather::default();
    office::beside_cells(package, &mut gather);
    gather.finish()
}

/// What stands in texts of one place.
pub(crate) fn in_texts(place: &str, texts: &[String]) -> Vec<Found> {
    let mut gather = Gather::default();
    for text in texts {
        gather.whole(place, text);
    }
    gather.finish()
}

/// What stands in bytes of an unknown kind.
pub(crate) fn in_bytes(place: &str, bytes: &[u8]) -> Vec<Found> {
    let mut gather = Gather::default();
    binary::runs(bytes, place, &mut gather);
    gather.finish()
}

fn scan(name: &str, input: &mut dyn Input, limits: &Limits) -> Result<Vec<Found>, SheetError> {
    let mut gather = Gather::default();
    gather.name(name);
    content(input, limits, &mut gather, 0)?;
    Ok(gather.finish())
}

/// By what the file is, not by what its name says. `depth` counts documents inside documents.
fn content(input: &mut dyn Input, limits: &Limits, gather: &mut Gather, depth: u8) -> Result<(), SheetError> {
    let mut head = Vec::with_capacity(4096);
    (&mut *input).take(4096).read_to_end(&mut head)?;
    input.seek(SeekFrom::Start(0))?;
    match sniff::content(&head) {
        Content::Zip => office::package(input, limits, gather, depth),
        Content::Ole => binary::ole(input, gather),
        Content::Locked => Err(SheetError::Encrypted),
        Content::Text => plain(input, gather),
        Content::Other(_) if head.starts_with(b"%PDF") => binary::pdf(input, gather),
        Content::Other(_) if head.starts_with(b"{\\rtf") => binary::rtf(input, gather),
        // Web pages and XML are read as they stand, tags and all.
        Content::Other(_)
            if !head.contains(&0) && std::str::from_utf8(&head[..head.len().min(64)]).is_ok() =>
        {
            plain(input, gather)
        }
        // Pictures and the like: only the name can be looked at.
        Content::Other(_) => Ok(()),
    }
}

fn plain(input: &mut dyn Input, gather: &mut Gather) -> Result<(), SheetError> {
    let writing = decode::detect(input)?;
    input.seek(SeekFrom::Start(0))?;
    Ok(gather.stream("正文", Utf8::new(input, writing.encoding))?)
}
