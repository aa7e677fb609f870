//! What all workbooks of the project have in common: faces, borders, widths, and values that are typed from whole
//! numbers.

use super::{Taken, WriteError, printable};
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

/// A4 as spreadsheets number it.
const PAPER_A4: u8 = 9;

/// A workbook with a fixed creation date, so that equal contents are equal bytes.
pub fn workbook(title: &str, date: Date) -> Result<Workbook, WriteError> {
    let year = u16::try_from(date.year()).unwrap_or(2000).max(1900);
    let created = ExcelDateTime::from_ymd(year, date.month().unsigned_abs(), date.day().unsigned_abs())?;
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(printable(title))
            .set_author("双拥通")
            .set_creation_datetime(&created),
    );
    Ok(book)
}

/// The base format: 宋体 11, in the middle between top and bottom.
#[must_use]
pub fn plain() -> Format {
    Format::new().set_font_name("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter)
}

/// A heading over the whole sheet.
#[must_use]
pub fn heading() -> Format {
    plain().set_font_name("方正小标宋简体").set_font_size(18).set_align(FormatAlign::Center)
}

/// A cell with thin borders that wraps its text.
#[must_use]
pub fn bordered() -> Format {
    plain().set_border(FormatBorder::Thin).set_text_wrap()
}

/// A column head.
#[must_use]
pub fn head() -> Format {
    bordered().set_font_name("黑体").set_align(FormatAlign::Center)
}

/// Prints on A4 on its side, one page wide, with page numbers and who took the sheet.
pub fn print_wide(sheet: &mut Worksheet, taken: Option<&Taken>) {
    let taken = taken.map_or_else(String::new, |taken| format!("　　{}", taken.in_footer()));
    sheet
        .set_paper_size(PAPER_A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3)
        .set_print_center_horizontally(true)
        .set_footer(format!("&C第 &P 页，共 &N 页{taken}"));
}

/// Writes text that stays text whatever it begins with.
pub fn text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), WriteError> {
    sheet.write_string_with_format(row, column, printable(text), format)?;
    Ok(())
}

/// Writes text over merged cells; a single cell is not merged.
pub fn merged(
    sheet: &mut Worksheet,
    area: (u32, u16, u32, u16),
    value: &str,
    format: &Format,
) -> Result<(), WriteError> {
    let (top, left, bottom, right) = area;
    if (top, left) == (bottom, right) {
        return text(sheet, top, left, value, format);
    }
    sheet.merge_range(top, left, bottom, right, &printable(value), format)?;
    Ok(())
}

/// Writes a decimal that was typed by whole-number arithmetic; the file holds the nearest double, which spreadsheets
/// show as exactly these digits.
pub fn decimal(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    digits: &str,
    format: &Format,
) -> Result<(), WriteError> {
    match digits.parse::<f64>() {
        Ok(number) => {
            sheet.write_number_with_format(row, column, number, format)?;
            Ok(())
        }
        Err(_) => text(sheet, row, column, digits, format),
    }
}

/// A sheet name that spreadsheets accept: at most 31 characters, none of `[]:*?/\`, different from `taken`.
#[must_use]
pub fn sheet_name(wanted: &str, taken: &[String]) -> String {
    let clean: String = printable(wanted)
        .chars()
        .map(|character| if "[]:*?/\\'\n\t".contains(character) { ' ' } else { character })
        .collect();
    let clean = if clean.trim().is_empty() { "名单" } else { clean.trim() };
    (1..=taken.len() + 1)
        .map(|number| {
            let tail = if number == 1 { String::new() } else { format!("{number}") };
            let name: String = clean.chars().take(31 - tail.len()).collect();
            format!("{name}{tail}")
        })
        .find(|name| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_clean_and_different() {
        assert_eq!(sheet_name("重点/全覆盖", &[]), "重点 全覆盖");
        assert_eq!(sheet_name("名单", &["名单".to_owned()]), "名单2");
        assert_eq!(sheet_name("", &[]), "名单");
        assert_eq!(sheet_name(&"长".repeat(40), &[]).chars().count(), 31);
    }
}
