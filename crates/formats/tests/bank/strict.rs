//! A reader that behaves like the bank's own program (domain.md C): lines of at most 1,023 bytes, the last lost when
//! it has no end, fields cut at every separator byte, the whole file refused when day, unit, count or sum differ.

use super::{ORDER, layout, one, three};
use formats::bank::Entry;

#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Unit,
    Day,
    Sum,
    Count,
    Fields,
}

/// As `fgets` with room for 1,024 bytes: what has no line end at the end of the file is lost.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let most = rest.len().min(1_023);
        match rest[..most].iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                lines.push(&rest[..at]);
                rest = &rest[at + 1..];
            }
            None if most < rest.len() => {
                lines.push(&rest[..most]);
                rest = &rest[most..];
            }
            None => break,
        }
    }
    lines
}

/// Fields without blanks around them, each cut to 99 bytes; a program of 8 fields takes no ninth.
fn fields(line: &[u8]) -> Result<Vec<String>, Refused> {
    let parts: Vec<&[u8]> = line.split(|byte| *byte == b'|').collect();
    if parts.len() != 8 {
        return Err(Refused::Fields);
    }
    Ok(parts
        .into_iter()
        .map(|part| String::from_utf8_lossy(&part[..part.len().min(99)]).trim().to_owned())
        .collect())
}

/// As `atof`: digits and one point, whatever follows is dropped. In fen.
fn fen(text: &str) -> i64 {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (whole, rest) = text[..end].split_once('.').unwrap_or((&text[..end], ""));
    let rest: String = rest.chars().chain("00".chars()).take(2).collect();
    whole.parse::<i64>().unwrap_or(0) * 100 + rest.parse::<i64>().unwrap_or(0)
}

/// Reads a file on a day for a unit; how many lines it took.
fn take(bytes: &[u8], unit: &str, day: &str) -> Result<usize, Refused> {
    let lines = lines(bytes);
    let head = fields(lines.first().copied().unwrap_or_default())?;
    if head[3].get(..4) != Some(unit) {
        return Err(Refused::Unit);
    }
    if head[2] != day {
        return Err(Refused::Day);
    }
    let (mut count, mut sum) = (0, 0);
    for line in &lines[1..] {
        let line = fields(line)?;
        if line[0].is_empty() && line[1].is_empty() {
            continue;
        }
        sum += fen(&line[2]);
        count += 1;
    }
    if sum != fen(&head[7]) {
        return Err(Refused::Sum);
    }
    if Ok(count) != head[6].parse() {
        return Err(Refused::Count);
    }
    Ok(count)
}

fn ours() -> Vec<u8> {
    one(&layout("rural_text"), &three("买买提·艾力")).bytes
}

#[test]
fn the_bank_s_program_takes_our_file() {
    assert_eq!(take(&ours(), "0012", "20240726"), Ok(3));
    let names: Vec<String> = (0..2_000).map(|n| format!("安{n}")).collect();
    let many: Vec<Entry<'_>> = names
        .iter()
        .zip(1..)
        .map(|(name, number)| Entry { number, name, ..three("安三").remove(0) })
        .collect();
    let file = formats::bank::write(&layout("rural_text"), &ORDER, &many).unwrap().remove(0);
    assert_eq!(take(&file.bytes, "0012", "20240726"), Ok(2_000));
}

#[test]
fn ten_damaged_files_are_refused() {
    let good = ours();
    let text = |old: &str, new: &str| {
        // GBK bytes as Latin-1, so that no byte is lost.
        let latin: String = good.iter().map(|byte| char::from(*byte)).collect();
        assert!(latin.contains(old), "{old}");
        latin.replacen(old, new, 1).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>()
    };
    let torn = {
        // A writer that did not look: 弢 in GBK ends in the separator.
        text(&in_gbk("安一"), &in_gbk("安弢"))
    };
    let without_end = good[..good.len() - 1].to_vec();
    let half = good[..good.len() - 40].to_vec();
    let second = good.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let headless = good[second..].to_vec();
    let long = text("|0012|1|", &format!("|{}|1|", "0012".repeat(300)));
    for (what, bytes, expected) in [
        ("yesterday", text("20240726", "20240725"), Refused::Day),
        ("another unit", text("|0012|||", "|0013|||"), Refused::Unit),
        ("a wrong sum", text("170.05", "170.06"), Refused::Sum),
        ("a wrong count", text("|3|", "|4|"), Refused::Count),
        ("an amount with a separator", text("|50.00|", "|5,0.00|"), Refused::Sum),
        ("a last line without its end", without_end, Refused::Sum),
        ("half a file", half, Refused::Sum),
        ("no header", headless, Refused::Unit),
        ("a trailing separator", text("|1\n", "|1|\n"), Refused::Fields),
        ("a torn name", torn, Refused::Fields),
        ("a line too long", long, Refused::Fields),
        ("no lines", good[..second].to_vec(), Refused::Sum),
    ] {
        assert_eq!(take(&bytes, "0012", "20240726"), Err(expected), "{what}");
    }
}

/// GBK by the two bytes of its table, without our writer; each byte as a Latin-1 character.
fn in_gbk(name: &str) -> String {
    let table = [('安', [0xb0, 0xb2]), ('一', [0xd2, 0xbb]), ('弢', [0x8f, 0x7c])];
    name.chars().flat_map(|c| table.iter().find(|it| it.0 == c).unwrap().1).map(char::from).collect()
}
