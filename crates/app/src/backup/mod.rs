//! One file that holds everything: what every table holds at one moment, the stored files and the keys; and putting it
//! back into an empty place, on SQLite or PostgreSQL, whichever it came from.
//!
//! ```text
//! make:     store ─ rows of one transaction ─> channel ─> archive (a thread of its own)
//! restore:  archive (a thread of its own) ─> channel ─> store ─ one transaction ─ compared, then kept
//! ```
//! The file: `manifest.json`, `table/NAME/000001`…, `keys/NAME`, `files/PATH`, and `digests.json` as the last.

mod make;
mod read;
mod restore;
mod write;

pub use make::{Asked, make};
pub use restore::{Restore, Restored, restore};

use crate::{Code, Problem};
use formats::archive::ArchiveError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use store::backup::{CampaignFacts, CountyFacts, Facts};

/// The form of the entries; a later one is refused.
const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const DIGESTS: &str = "digests.json";
const TABLE: &str = "table/";
const KEYS: &str = "keys/";
const FILES: &str = "files/";

/// Pieces on their way between the database and the archive.
const IN_FLIGHT: usize = 4;

/// The first entry: what the backup holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    program: String,
    made_at_ms: i64,
    #[serde(flatten)]
    facts: Facts,
}

/// The last entry: what was really written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Digests {
    tables: BTreeMap<String, Digest>,
    files: u64,
    file_bytes: u64,
    keys: Vec<String>,
}

/// Number of rows and the SM3 of their lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Digest {
    rows: i64,
    sm3: String,
}

/// Rows being counted and hashed.
#[derive(Default)]
struct Count {
    rows: i64,
    sm3: sm3::Sm3,
}

impl Count {
    fn add(&mut self, lines: &[u8]) {
        self.rows += i64::try_from(memchr::memchr_iter(b'\n', lines).count()).unwrap_or(i64::MAX);
        sm3::Digest::update(&mut self.sm3, lines);
    }

    fn digest(self) -> Digest {
        let mut sm3 = String::with_capacity(64);
        for byte in sm3::Digest::finalize(self.sm3) {
            // Writing to a string cannot fail.
            let _ = write!(sm3, "{byte:02x}");
        }
        Digest { rows: self.rows, sm3 }
    }
}

/// What a backup holds, or what was restored. Its JSON is a contract of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// When the backup was made, ms UTC.
    pub made_at_ms: i64,
    /// The program's version that made it.
    pub program: String,
    /// Number of the last step of its schema.
    pub schema: i64,
    /// Its counties with the heads of their audit chains.
    pub counties: Vec<CountyFacts>,
    /// What the campaigns add up to.
    pub campaigns: Vec<CampaignFacts>,
    /// Rows by table.
    pub tables: BTreeMap<String, i64>,
    /// Stored files.
    pub files: u64,
    /// Bytes of these.
    pub file_bytes: u64,
    /// Key files.
    pub keys: Vec<String>,
}

impl Report {
    fn new(manifest: &Manifest, digests: &Digests) -> Self {
        Self {
            made_at_ms: manifest.made_at_ms,
            program: manifest.program.clone(),
            schema: manifest.facts.schema.last().map_or(0, |step| step.version),
            counties: manifest.facts.counties.clone(),
            campaigns: manifest.facts.sums.clone(),
            tables: digests.tables.iter().map(|(name, digest)| (name.clone(), digest.rows)).collect(),
            files: digests.files,
            file_bytes: digests.file_bytes,
            keys: digests.keys.clone(),
        }
    }

    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.tables.values().sum()
    }
}

/// A reason not to make or restore a backup.
fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::BackupRefused, message)
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        refused(error.to_string())
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    refused(format!("“{}”读写不了：{error}", path.display()))
}

/// The fewest characters of a passphrase.
const PASSPHRASE: usize = 12;

/// A weak passphrase is refused before anything is read: the file holds everything, and whoever has a copy can guess
/// for years.
pub fn check_passphrase(passphrase: &str) -> Result<(), Problem> {
    crate::account::check_strength(passphrase)
        .ok()
        .filter(|()| passphrase.chars().count() >= PASSPHRASE)
        .ok_or_else(|| {
            refused(format!(
                "备份口令太弱：至少 {PASSPHRASE} 个字符，不能容易猜中；建议用几个不相干的词连成一句"
            ))
        })
}

/// Opens a backup and reads it to its end without restoring anything.
pub async fn verify(file: &Path, passphrase: String) -> Result<Report, Problem> {
    let file = file.to_owned();
    crate::blocking(move || {
        let mut manifest = None;
        let digests = read::read(&file, &passphrase, None, |piece| {
            if let read::Piece::Manifest(it) = piece {
                manifest = Some(it);
            }
            Ok(())
        })?;
        manifest.map(|it| Report::new(&it, &digests)).ok_or_else(|| refused("备份中没有清单"))
    })
    .await
}
