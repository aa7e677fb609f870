//! LibreOffice as an independent reader. It must be there: a missing reader is a failed test, not a skipped one.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Converts a file and gives the folder with the results. Every call has a profile of its own, so that calls do not
/// wait for each other. LibreOffice now and then ends by a signal while it makes its first profile on a busy machine;
/// it is asked again then, and a file that it cannot read fails all the same.
pub fn convert(folder: &Path, file: &str, bytes: &[u8], filter: &str) -> PathBuf {
    let (input, out) = (folder.join(file), folder.join("out"));
    std::fs::write(&input, bytes).expect("the temporary folder takes a file");
    let mut said = String::new();
    for attempt in 1..=3 {
        let profile = folder.join(format!("profile-{attempt}"));
        let ran = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}", profile.display()))
            .args(["--headless", "--norestore", "--convert-to", filter, "--outdir"])
            .arg(&out)
            .arg(&input)
            .output()
            .expect(
                "soffice (LibreOffice) is needed for this test: apt-get install libreoffice-calc libreoffice-writer",
            );
        if ran.status.success() {
            return out;
        }
        said = String::from_utf8_lossy(&ran.stderr).into_owned();
        if !said.contains("Fatal exception: Signal") {
            break;
        }
    }
    panic!("{said}");
}

/// All sheets of a workbook as shown, by name, as CSV records.
pub fn sheets(bytes: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Comma, quote, UTF-8, cells as shown, every sheet in a file of its own.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1";
    let out = convert(folder.path(), "book.xlsx", bytes, filter);
    let mut sheets: Vec<(String, Vec<Vec<String>>)> = std::fs::read_dir(out)
        .expect("results")
        .map(|entry| {
            let path = entry.expect("a result").path();
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let name = stem.strip_prefix("book-").expect("book-<sheet>").to_owned();
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path).expect("CSV");
            let rows = reader
                .records()
                .map(|record| record.expect("a record").iter().map(str::to_owned).collect())
                .collect();
            (name, rows)
        })
        .collect();
    sheets.sort();
    sheets
}

/// The text of a docx file, a paragraph or cell a line.
pub fn text(bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = convert(folder.path(), "paper.docx", bytes, "txt:Text (encoded):UTF8");
    let text = std::fs::read_to_string(out.join("paper.txt")).expect("a text");
    text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}
