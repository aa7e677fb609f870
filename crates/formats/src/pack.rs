//! Files in one archive with an index: name, size and SM3 of each.

use crate::document::WriteError;
use jiff::civil::Date;
use sm3::{Digest, Sm3};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// An archive of these files behind an index. Equal contents are equal bytes.
///
/// # Errors
/// When the archive cannot be written.
pub fn zip(files: &[(String, Vec<u8>)], on: Date) -> Result<Vec<u8>, WriteError> {
    let mut index = String::from("\u{feff}序号,文件,字节,SM3\r\n");
    for (at, (name, bytes)) in files.iter().enumerate() {
        let _ = write!(index, "{},{name},{},", at + 1, bytes.len());
        for byte in Sm3::digest(bytes) {
            let _ = write!(index, "{byte:02x}");
        }
        index.push_str("\r\n");
    }
    let year = u16::try_from(on.year()).unwrap_or(2000).max(1980);
    let time =
        DateTime::from_date_and_time(year, on.month().unsigned_abs(), on.day().unsigned_abs(), 0, 0, 0)
            .unwrap_or_default();
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(time);
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    out.start_file("目录.csv", options)?;
    out.write_all(index.as_bytes())?;
    for (name, bytes) in files {
        out.start_file(name.as_str(), options)?;
        out.write_all(bytes)?;
    }
    Ok(out.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn an_archive_says_what_is_in_it_and_is_the_same_again() {
        let files =
            [("花名册.xlsx".to_owned(), vec![1, 2, 3]), ("代发文件/a.txt".to_owned(), b"abc".to_vec())];
        let on = jiff::civil::date(2024, 8, 1);
        let bytes = zip(&files, on).unwrap();
        assert_eq!(bytes, zip(&files, on).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut index = String::new();
        archive.by_index(0).unwrap().read_to_string(&mut index).unwrap();
        // SM3 of "abc": GB/T 32905-2016, appendix A.1.
        let sum = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert!(index.contains(&format!("2,代发文件/a.txt,3,{sum}")), "{index}");
        assert_eq!(archive.len(), 3);
    }
}
