//! Heads of audit chains in files outside the database: `DATA.heads/heads.log` beside the data folder, and where the
//! county wants them besides (a share of another machine). Lines are only ever added, each signed:
//! `county seq hash at_ms signature`.

use crate::StoreError;
use crate::db::Target;
use crate::key;
use domain::region::CountyCode;
use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

const FILE: &str = "heads.log";
/// How much of a file's end is searched for the last head of a county: some three hundred lines.
const TAIL: u64 = 64 * 1024;

/// One line: at that time the county's chain ended in this row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadLine {
    /// Whose chain.
    pub county: CountyCode,
    /// The row.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When it was written, ms UTC.
    pub at_ms: i64,
    /// SM2 over [`crate::sign::head_message`].
    pub signature: String,
}

impl fmt::Display for HeadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {} {}", self.county, self.seq, self.hash, self.at_ms, self.signature)
    }
}

impl FromStr for HeadLine {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let mut words = line.split_ascii_whitespace();
        let mut word = || words.next().ok_or(());
        let head = Self {
            county: word()?.parse().map_err(|_| ())?,
            seq: word()?.parse().map_err(|_| ())?,
            hash: word()?.to_owned(),
            at_ms: word()?.parse().map_err(|_| ())?,
            signature: word()?.to_owned(),
        };
        if words.next().is_none() { Ok(head) } else { Err(()) }
    }
}

/// What a file says of one county.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// Its heads, in the order of the file.
    pub lines: Vec<HeadLine>,
    /// Lines of other counties.
    pub others: usize,
    /// Numbers of the lines that are no heads.
    pub unreadable: Vec<usize>,
}

/// Reads a file of heads.
pub fn read(file: &Path, county: CountyCode) -> Result<Heads, StoreError> {
    let text = fs::read(file).map_err(|error| key::failed(file, &error))?;
    let mut heads = Heads::default();
    for (place, line) in String::from_utf8_lossy(&text).lines().enumerate() {
        match line.parse::<HeadLine>() {
            Ok(head) if head.county == county => heads.lines.push(head),
            Ok(_) => heads.others += 1,
            Err(()) if line.trim().is_empty() => {}
            Err(()) => heads.unreadable.push(place + 1),
        }
    }
    Ok(heads)
}

/// The files in which heads are kept.
#[derive(Debug, Clone)]
pub struct HeadFiles {
    own: PathBuf,
    more: Vec<PathBuf>,
}

impl HeadFiles {
    /// The file in this folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { own: folder.join(FILE), more: Vec::new() }
    }

    /// The file that belongs to a database: `DATA.heads/heads.log` beside the data folder.
    #[must_use]
    pub fn beside(target: &Target) -> Self {
        Self::in_folder(&key::folder_beside(target, "heads"))
    }

    /// Keeps them in these folders as well (`SHUANGYONG_HEADS`).
    #[must_use]
    pub fn and(mut self, folders: impl IntoIterator<Item = PathBuf>) -> Self {
        self.more.extend(folders.into_iter().map(|folder| folder.join(FILE)));
        self
    }

    /// The file beside the data.
    #[must_use]
    pub fn own(&self) -> &Path {
        &self.own
    }

    /// Adds lines to every file; lasting when this returns. A place that cannot be reached does not keep the lines
    /// from the others: each failure is given back.
    #[must_use]
    pub fn append(&self, lines: &[HeadLine]) -> Vec<StoreError> {
        let mut text = String::new();
        for line in lines {
            // Writing to memory does not fail.
            let _ = writeln!(text, "{line}");
        }
        let files = std::iter::once(&self.own).chain(&self.more);
        files.filter_map(|file| add(file, &text).err().map(|error| key::failed(file, &error))).collect()
    }

    /// The last head of a county in the file beside the data.
    pub fn last(&self, county: CountyCode) -> Result<Option<HeadLine>, StoreError> {
        match tail(&self.own) {
            Ok(text) => {
                let heads = text.lines().rev().filter_map(|line| line.parse::<HeadLine>().ok());
                Ok(heads.into_iter().find(|head| head.county == county))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(key::failed(&self.own, &error)),
        }
    }
}

fn add(file: &Path, text: &str) -> std::io::Result<()> {
    // The folder of a share that is not mounted is not made: its lines would be hidden once it is.
    if let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    let mut open = OpenOptions::new().read(true).append(true).create(true).open(file)?;
    // A line that a crash cut off must not swallow the next one.
    let is_cut = open.metadata()?.len() > 0 && {
        let mut last = [0];
        open.seek(SeekFrom::End(-1))?;
        open.read_exact(&mut last)?;
        last != *b"\n"
    };
    let text = if is_cut { format!("\n{text}") } else { text.to_owned() };
    open.write_all(text.as_bytes())?;
    open.sync_all()
}

fn tail(file: &Path) -> std::io::Result<String> {
    let mut open = File::open(file)?;
    let length = open.metadata()?.len();
    open.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    open.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(county: &str, seq: i64) -> HeadLine {
        let county = county.parse().unwrap();
        HeadLine { county, seq, hash: "ab".repeat(32), at_ms: 7, signature: "cd".repeat(64) }
    }

    #[test]
    fn lines_are_added_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let files = HeadFiles::in_folder(&folder.path().join("data.heads"));
        let county: CountyCode = "500240".parse().unwrap();
        assert_eq!(files.last(county).unwrap(), None);
        assert!(files.append(&[line("500240", 1), line("500101", 4)]).is_empty());
        assert!(files.append(&[line("500240", 2)]).is_empty());
        assert_eq!(files.last(county).unwrap(), Some(line("500240", 2)));
        // A crash in the middle of a line.
        let mut text = fs::read_to_string(files.own()).unwrap();
        text.push_str("500240 3 ab");
        fs::write(files.own(), text).unwrap();
        assert!(files.append(&[line("500240", 3)]).is_empty());
        let heads = read(files.own(), county).unwrap();
        assert_eq!(heads.lines, [line("500240", 1), line("500240", 2), line("500240", 3)]);
        assert_eq!((heads.others, heads.unreadable), (1, vec![4]));
    }

    #[test]
    fn a_share_that_is_away_does_not_keep_the_line_from_the_own_file() {
        let folder = tempfile::tempdir().unwrap();
        let away = folder.path().join("not/mounted");
        let files = HeadFiles::in_folder(folder.path()).and([away.clone(), folder.path().join("share")]);
        assert_eq!(files.append(&[line("500240", 1)]).len(), 1);
        assert!(!away.exists());
        for file in [files.own(), &folder.path().join("share/heads.log")] {
            assert_eq!(read(file, "500240".parse().unwrap()).unwrap().lines.len(), 1, "{}", file.display());
        }
    }

    #[test]
    fn what_is_no_head_is_not_read_as_one() {
        for text in ["", "500240", "500240 1 ab 7", "500240 x ab 7 cd", "500240 1 ab 7 cd ef"] {
            assert!(text.parse::<HeadLine>().is_err(), "{text}");
        }
    }
}
