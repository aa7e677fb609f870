//! Plain text for terminals and spreadsheets: padding by display width, CSV bytes.

use unicode_width::UnicodeWidthStr;

/// Text padded on the right to a display width.
#[must_use]
pub fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", blanks(text, width))
}

/// Text padded on the left to a display width.
#[must_use]
pub fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", blanks(text, width))
}

/// Text in the middle of a display width.
#[must_use]
pub fn centre(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(display_width(text)) / 2))
}

fn blanks(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(display_width(text)))
}

/// Columns on a terminal: Chinese characters take two. Marks whose width differs from terminal to terminal (“ ” … —)
/// count as one; they are kept out of columns that something follows.
#[must_use]
pub fn display_width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Text cut to a display width, with an ellipsis where something was cut.
#[must_use]
pub fn shorten(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        let mut longer = short.clone();
        longer.push(character);
        if display_width(&longer) + 1 > width {
            break;
        }
        short = longer;
    }
    short.push('…');
    short
}

/// Records as CSV with CRLF and the UTF-8 mark that Excel and WPS look for.
#[must_use]
pub fn csv_bytes<const N: usize>(records: &[[String; N]]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    for record in records {
        writer.write_record(record).expect("a record of the same length goes into memory");
    }
    writer.into_inner().expect("memory takes the last record")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_a_terminal() {
        assert_eq!(pad_right("三属", 6), "三属  ");
        assert_eq!(pad_left("1,500", 7), "  1,500");
        assert_eq!(centre("合计", 10), "   合计");
        assert_eq!(shorten("党委书记 甲、镇长 乙", 12), "党委书记 甲…");
        assert_eq!(display_width(&shorten("一二三四五六", 8)), 7);
        assert_eq!(shorten("一二", 4), "一二");
    }
}
