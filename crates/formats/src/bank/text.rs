//! Text files: delimited or of fixed length, in the bank's encoding.

use super::layout::{Encoding, Field, FileKind, LineEnd};
use super::name::{encode, is_torn};
use super::write::{BankError, Entry, Part, padded};
use std::borrow::Cow;

/// The bytes of one file.
pub(super) fn write(part: &Part<'_>, entries: &[Entry<'_>]) -> Result<Vec<u8>, BankError> {
    let layout = part.layout;
    let mut out = Vec::with_capacity(entries.len() * 80 + 200);
    if !layout.header.is_empty() {
        line(part, &mut out, 0, &layout.header, |field| part.of_file(field))?;
    }
    if layout.has_heads {
        line(part, &mut out, 0, &layout.columns, |field| Cow::Borrowed(&field.head))?;
    }
    for (index, entry) in entries.iter().enumerate() {
        let shown = |field| part.of_line(field, entry, index + 1);
        line(part, &mut out, entry.number, &layout.columns, shown)?;
    }
    if !layout.trailer.is_empty() {
        line(part, &mut out, 0, &layout.trailer, |field| part.of_file(field))?;
    }
    if !layout.ends_last_line {
        out.truncate(out.len() - end(part).len());
    }
    Ok(out)
}

const fn end(part: &Part<'_>) -> &'static [u8] {
    match part.layout.line_end {
        LineEnd::Lf => b"\n",
        LineEnd::CrLf => b"\r\n",
    }
}

/// Adds one line with its end. `number` names it in a refusal; 0 is the header or trailer.
fn line<'s>(
    part: &Part<'_>,
    out: &mut Vec<u8>,
    number: i64,
    fields: &'s [Field],
    shown: impl Fn(&'s Field) -> Cow<'s, str>,
) -> Result<(), BankError> {
    let layout = part.layout;
    let from = out.len();
    for (index, field) in fields.iter().enumerate() {
        let text = shown(field);
        if layout.kind == FileKind::Delimited {
            if index > 0 {
                out.push(u8::try_from(u32::from(layout.separator)).unwrap_or(b'|'));
            }
            if !text.is_ascii() && is_torn(layout.encoding, layout.separator, &text)
                || text.contains([layout.separator, '\n', '\r'])
            {
                return Err(BankError::Separator(number, field.head.clone()));
            }
        }
        let bytes = encode(layout.encoding, &text)
            .ok_or_else(|| BankError::Encoding(number, field.head.clone(), encoding_name(layout.encoding)))?;
        let most = if layout.kind == FileKind::Fixed { field.width } else { field.max_bytes };
        if most > 0 && bytes.len() > usize::from(most) {
            return Err(BankError::Long(number, field.head.clone(), most));
        }
        if layout.kind == FileKind::Fixed {
            out.extend_from_slice(&padded(field, bytes.into_owned()));
        } else {
            out.extend_from_slice(&bytes);
        }
    }
    if layout.line_bytes > 0 && out.len() - from > usize::from(layout.line_bytes) {
        return Err(BankError::LineLong(number, layout.line_bytes));
    }
    out.extend_from_slice(end(part));
    Ok(())
}

const fn encoding_name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gbk => "GBK",
        Encoding::Gb18030 => "GB18030",
        Encoding::Utf8 => "UTF-8",
    }
}
