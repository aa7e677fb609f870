//! The bytes of `data/divisions.bin`, written by `xtask division`.
//!
//! ```text
//! "SYDIV001" · u32 packed length of the head · u32 its length as text · head · one frame per province
//! ```
//! Numbers are little-endian; the head and every frame are zstd frames of UTF-8 lines, so that a county costs
//! one province, not the country.
//!
//! Head, in the order of the codes: `P⇥11⇥北京市⇥packed⇥text` (a province and the two lengths of its frame),
//! `C⇥1101⇥市辖区` (a city), `A⇥110101⇥东城区` (a county).
//!
//! Frame: `=110101` opens a county, `+东华门街道` a township, any other line is a village. The code of a
//! township or village is that of the line before it on its level plus one, counted from 000 in each parent;
//! where it is not, the distance and a tab stand before the name (`199⇥名称`).

use super::{Township, TownshipKind, Village, VillageKind, short};
use std::collections::HashMap;
use std::sync::OnceLock;

static PACK: &[u8] = include_bytes!("../../data/divisions.bin");

const MAGIC: &[u8] = b"SYDIV001";

/// Why reading may rely on the bytes: they are compiled in, and the tests read them to the end.
const SOUND: &str = "the embedded division pack is sound";

/// The upper levels of the country.
pub struct Head {
    pub provinces: Vec<Province>,
    /// By four digits, placeholders too.
    pub cities: HashMap<String, String>,
    /// In the order of the codes.
    pub counties: Vec<(String, String)>,
}

/// A province and where its frame lies.
pub struct Province {
    /// Two digits.
    pub code: String,
    pub name: String,
    frame: &'static [u8],
    text_len: usize,
}

/// The head, read once.
pub fn head() -> &'static Head {
    static HEAD: OnceLock<Head> = OnceLock::new();
    HEAD.get_or_init(read_head)
}

fn read_head() -> Head {
    let rest = PACK.strip_prefix(MAGIC).expect(SOUND);
    let (packed_len, rest) = length(rest);
    let (text_len, rest) = length(rest);
    let (packed, mut frames) = rest.split_at(packed_len);
    let mut head = Head { provinces: Vec::new(), cities: HashMap::new(), counties: Vec::new() };
    for line in unpack(packed, text_len).lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["P", code, name, packed, text] => {
                let (frame, after) = frames.split_at(packed.parse().expect(SOUND));
                frames = after;
                let text_len = text.parse().expect(SOUND);
                head.provinces.push(Province { code: code.into(), name: name.into(), frame, text_len });
            }
            ["C", code, name] => {
                head.cities.insert(code.into(), name.into());
            }
            ["A", code, name] => head.counties.push((code.into(), name.into())),
            _ => unreachable!("{SOUND}"),
        }
    }
    head
}

fn length(bytes: &[u8]) -> (usize, &[u8]) {
    let (number, rest) = bytes.split_first_chunk::<4>().expect(SOUND);
    (u32::from_le_bytes(*number) as usize, rest)
}

fn unpack(frame: &[u8], text_len: usize) -> String {
    String::from_utf8(zstd::bulk::decompress(frame, text_len).expect(SOUND)).expect(SOUND)
}

impl Province {
    /// The lines of the frame; [`counties`] takes them apart.
    pub fn text(&self) -> String {
        unpack(self.frame, self.text_len)
    }
}

/// The counties of a province's text: the six digits and the lines below them.
pub fn counties(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('=').skip(1).map(|block| block.split_once('\n').expect(SOUND))
}

/// The townships in a county's lines. `above` are the names of province, city and county, which some village
/// names repeat.
pub fn townships(county: &str, lines: &str, above: &[&str]) -> Vec<Township> {
    let mut before = 0;
    lines.split('+').skip(1).map(|block| township(county, &mut before, block, above)).collect()
}

fn township(county: &str, before: &mut u32, block: &str, above: &[&str]) -> Township {
    let mut lines = block.lines();
    let name = numbered(lines.next().expect(SOUND), before);
    let prefix = format!("{county}{before:03}");
    let mut above = above.to_vec();
    above.push(name);
    let mut number = 0;
    let listed: Vec<(String, &str, VillageKind)> = lines
        .map(|line| {
            let name = numbered(line, &mut number);
            (format!("{prefix}{number:03}"), name, VillageKind::of(number))
        })
        .collect();
    let named: Vec<(&str, VillageKind)> = listed.iter().map(|(_, name, kind)| (*name, *kind)).collect();
    let short_names = short::short_names(&named, &above);
    let villages = listed
        .into_iter()
        .zip(short_names)
        .map(|((code, name, kind), short_name)| Village { code, name: name.to_owned(), short_name, kind })
        .collect();
    Township {
        code: format!("{prefix}000"),
        name: name.to_owned(),
        kind: TownshipKind::of(*before),
        villages,
    }
}

/// Moves `number` on by the distance written before the name (1 when none is) and gives the name.
fn numbered<'a>(line: &'a str, number: &mut u32) -> &'a str {
    let (distance, name) = line
        .split_once('\t')
        .map_or((1, line), |(distance, name)| (distance.parse::<u32>().expect(SOUND), name));
    *number += distance;
    name
}
