//! The one reader that turns a clerk's file (.xlsx .xls .ods .csv) into rows for any import, and the writer that
//! gives the same sheet back with its findings.
//!
//! Rows are streamed; memory does not grow with the file, only with what the caller keeps. Content beats the file
//! name, bounds beat what a file says of itself.

mod csv;
pub(crate) mod decode;
mod error;
mod findings;
mod header;
mod ods;
pub(crate) mod package;
mod sink;
pub(crate) mod sniff;
mod table;
pub(crate) mod xls;
mod xlsx;
pub(crate) mod xml;

pub use error::SheetError;
pub use findings::{FindingCell, findings_workbook, write_findings};
pub(crate) use package::check_part_count;
pub(crate) use sniff::{Content, content};

use crate::secrecy::{self, Found};
use domain::secrecy::Rule;
use domain::sheet::{Column, RawRow};
use sink::Sink;
use std::fs::File;
use std::io::{self, Cursor, Read as _, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::SystemTime;

/// What is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file; a larger one is refused before it is opened.
    pub max_file_bytes: u64,
    /// Size of a workbook when unpacked.
    pub max_unpacked_bytes: u64,
    /// Text of a workbook that has to be in memory (its shared strings).
    pub max_text_bytes: usize,
    /// Rows with a value, over all sheets.
    pub max_rows: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 200 << 20,
            max_unpacked_bytes: 2 << 30,
            max_text_bytes: 256 << 20,
            max_rows: 1_048_576,
        }
    }
}

/// A remark on a sheet, e.g. that it was skipped because it has no such header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetNote {
    /// Sheet name as the user sees it; empty when the whole file is meant.
    pub sheet: String,
    /// Chinese sentence.
    pub message: String,
}

/// Where the columns were found in one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetMapping {
    /// Place of the sheet in [`Read::sheets`].
    pub sheet: u16,
    /// Row number of the header's last line, as the user sees it.
    pub header_row: u32,
    /// Place in the sheet, from 0, per column asked for.
    pub columns: Vec<Option<u32>>,
    /// Heads of the sheet that belong to no column.
    pub unknown: Vec<String>,
    /// Columns of the sheet that hold any value.
    pub width: u32,
}

/// What the secrecy guard found in a row. A row with a refusal was handed over without any content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Which rule.
    pub rule: &'static Rule,
    /// Place of the sheet in [`Read::sheets`].
    pub sheet: u16,
    /// The row number the user sees.
    pub row: u32,
    /// The column of those asked for; `None` for another column of the sheet.
    pub column: Option<usize>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// All sheets of the file by name, in its order; for CSV the file's name.
    pub sheets: Vec<String>,
    /// Remarks on the file and its sheets.
    pub notes: Vec<SheetNote>,
    /// The sheets that were read.
    pub mapping: Vec<SheetMapping>,
    /// Rows handed over.
    pub rows: u64,
    /// Titles of the columns asked for, in their order.
    pub titles: Vec<String>,
    /// What the secrecy guard found in rows, in their order.
    pub secrets: Vec<Secret>,
    /// What it found beside the rows and only warns of; a refusal there refuses the file.
    pub beside: Vec<Found>,
    /// The separator of a CSV file.
    pub(crate) delimiter: Option<u8>,
}

/// Reads the rows of all sheets that have the columns' header.
///
/// `one_of` names groups of columns of which at least one must be there. Rows are handed over in the file's order;
/// `Break` stops. When it fails, rows may have been handed over before: the caller throws them away.
pub fn read(
    path: &Path,
    columns: &[Column],
    one_of: &[&[usize]],
    limits: &Limits,
    on_row: &mut dyn FnMut(RawRow) -> ControlFlow<()>,
) -> Result<Read, SheetError> {
    let mut file = open(path, limits)?;
    let before = state(&file)?;
    let mut table = table::Table::new(columns, one_of, limits, on_row);
    let outcome = run(&file_name(path), &mut file, limits, &mut table).and_then(|()| table.finish());
    // Half of a file that is still being saved may look whole, or broken.
    if state(&file)? == before { outcome } else { Err(SheetError::Changing) }
}

/// As [`read`], for an upload: `name` is the file's name as the user has it.
pub fn read_bytes(
    name: &str,
    bytes: &[u8],
    columns: &[Column],
    one_of: &[&[usize]],
    limits: &Limits,
    on_row: &mut dyn FnMut(RawRow) -> ControlFlow<()>,
) -> Result<Read, SheetError> {
    check_size(bytes.len() as u64, limits)?;
    let mut table = table::Table::new(columns, one_of, limits, on_row);
    run(name, &mut Cursor::new(bytes), limits, &mut table)?;
    table.finish()
}

/// What a reader needs of its input.
pub(crate) trait Input: io::Read + Seek {}
impl<T: io::Read + Seek> Input for T {}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(crate) fn open(path: &Path, limits: &Limits) -> Result<File, SheetError> {
    let meta = path.metadata()?;
    if meta.is_dir() {
        return Err(SheetError::Io(io::ErrorKind::IsADirectory.into()));
    }
    check_size(meta.len(), limits)?;
    Ok(File::open(path)?)
}

/// What changes when another program writes to the file.
fn state(file: &File) -> Result<(u64, Option<SystemTime>), SheetError> {
    let meta = file.metadata()?;
    Ok((meta.len(), meta.modified().ok()))
}

pub(crate) fn check_size(size: u64, limits: &Limits) -> Result<(), SheetError> {
    if size == 0 {
        return Err(SheetError::Empty);
    }
    if size > limits.max_file_bytes {
        return Err(SheetError::TooLarge { megabytes: size >> 20, limit: limits.max_file_bytes >> 20 });
    }
    Ok(())
}

/// Looks at the content and hands it to its reader.
fn run(name: &str, input: &mut dyn Input, limits: &Limits, sink: &mut dyn Sink) -> Result<(), SheetError> {
    let mut head = Vec::with_capacity(4096);
    (&mut *input).take(4096).read_to_end(&mut head)?;
    input.seek(SeekFrom::Start(0))?;
    let extension =
        name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let is = |known: &[&str]| known.contains(&extension.as_str());
    let differs =
        |real: &'static str| format!("文件名以 .{extension} 结尾，内容其实是{real}，已按内容读取。");
    sink.found(secrecy::scan_name(name))?;
    match content(&head) {
        Content::Zip => {
            let mut package = package::Package::open(input, limits)?;
            sink.found(secrecy::beside_cells(&mut package))?;
            let ods = package.is_ods();
            if ods && !is(&["ods", "ots", "et"]) {
                sink.note(differs(" ods 表格"));
            } else if !ods && !is(&["xlsx", "xlsm", "xltx", "et"]) {
                sink.note(differs(" xlsx 表格"));
            }
            if ods { ods::read(&mut package, sink) } else { xlsx::read(&mut package, limits, sink) }
        }
        Content::Ole => {
            if !is(&["xls", "xlt", "et"]) {
                sink.note(differs("旧版 xls 表格"));
            }
            xls::read(input, limits, sink)
        }
        Content::Text => {
            if is(&["xlsx", "xls", "ods", "xlsm", "et"]) {
                sink.note(differs("文本（CSV）"));
            }
            csv::read(name, input, sink)
        }
        Content::Locked => Err(SheetError::Encrypted),
        Content::Other(real) => Err(SheetError::NotWhatItsNameSays { name: name.to_owned(), real }),
    }
}
