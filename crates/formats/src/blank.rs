//! Empty forms for imports: the columns that the importer knows, with their official titles, and a sheet that says how
//! to fill them.

use crate::document::{WriteError, book};
use domain::sheet::Column;
use jiff::civil::Date;
use rust_xlsxwriter::{DataValidation, Format};

/// Rows that are prepared for typing.
const ROWS: u32 = 5_000;

/// How wide the words are that a column takes, in digits.
const WIDE: u32 = 70;
/// How high a line is, in points.
const LINE: f64 = 16.5;

/// What stands beside a column: an example, and words among which is chosen.
#[derive(Debug, Clone, Default)]
pub struct Hint {
    /// The column's title.
    pub title: &'static str,
    /// How a value looks.
    pub example: String,
    /// The values it takes; empty where anything does.
    pub choices: Vec<&'static str>,
}

/// A workbook with a sheet to fill and a sheet of explanations. Cells are text, so that long numbers stay whole.
///
/// # Errors
/// When the workbook cannot be written.
pub fn write(name: &str, columns: &[Column], hints: &[Hint], on: Date) -> Result<Vec<u8>, WriteError> {
    let mut workbook = book::workbook(name, on)?;
    let text = book::plain().set_num_format("@");
    let head = book::head();
    let must = head.clone().set_font_color("B42318");
    let hint = |title: &str| hints.iter().find(|it| it.title == title);
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    for (place, column) in (0_u16..).zip(columns) {
        let signs = u16::try_from(column.title.chars().count()).unwrap_or(40);
        let width = f64::from(signs) * 2.2 + 4.0;
        sheet.set_column_width(place, width.max(12.0))?;
        sheet.set_column_format(place, &text)?;
        sheet.write_string_with_format(
            0,
            place,
            column.title,
            if column.required { &must } else { &head },
        )?;
        let choices = hint(column.title).map(|it| it.choices.clone()).unwrap_or_default();
        // Excel takes 255 characters of choices in a cell's own list.
        if !choices.is_empty() && choices.iter().map(|it| it.chars().count() + 1).sum::<usize>() <= 255 {
            sheet.add_data_validation(1, place, ROWS, place, &list(&choices)?)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book::print_wide(sheet, None);
    let sheet = workbook.add_worksheet();
    sheet.set_name("填写说明")?;
    book::print_wide(sheet, None);
    for (place, (title, width)) in
        (0_u16..).zip([("列", 20.0), ("必填", 8.0), ("示例", 28.0), ("可填的内容", f64::from(WIDE))])
    {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(0, place, title, &head)?;
    }
    let cell: Format = book::bordered();
    for (row, column) in (1_u32..).zip(columns) {
        let hint = hint(column.title);
        let example = hint.map_or("", |it| it.example.as_str());
        let choices = hint.map(|it| it.choices.join("、")).unwrap_or_default();
        sheet.write_string_with_format(row, 0, column.title, &cell)?;
        sheet.write_string_with_format(row, 1, if column.required { "必填" } else { "" }, &cell)?;
        sheet.write_string_with_format(row, 2, example, &cell)?;
        // A character of Chinese is two wide; nobody else makes the row high enough for words that wrap.
        let signs = u32::try_from(choices.chars().count()).unwrap_or_default();
        let lines = (signs * 2).div_ceil(WIDE - 2).max(1);
        sheet.set_row_height(row, LINE * f64::from(lines))?;
        sheet.write_string_with_format(row, 3, choices, &cell)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn list(choices: &[&str]) -> Result<DataValidation, WriteError> {
    // Another word may be typed: the importer knows many and says which it does not.
    let validation = DataValidation::new().allow_list_strings(choices)?;
    Ok(validation.set_error_style(rust_xlsxwriter::DataValidationErrorStyle::Information))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Reader, Xlsx};

    #[test]
    fn a_form_is_read_by_the_importer_and_says_what_it_takes() {
        let columns = [
            Column { title: "姓名", synonyms: &[], required: true },
            Column { title: "走访方式", synonyms: &[], required: false },
        ];
        let hints = [Hint {
            title: "走访方式",
            example: "登门看望".to_owned(),
            choices: vec!["登门看望", "电话问候"],
        }];
        let bytes = write("走访记录", &columns, &hints, jiff::civil::date(2024, 7, 1)).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let mut cells = |name: &str| -> Vec<String> {
            let range = book.worksheet_range(name).unwrap();
            range.rows().flatten().map(ToString::to_string).collect()
        };
        assert_eq!(cells("走访记录"), ["姓名", "走访方式"]);
        assert!(cells("填写说明").contains(&"登门看望、电话问候".to_owned()));
    }
}
