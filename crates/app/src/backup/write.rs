//! The thread that writes the archive: pieces come in by a channel, so that compressing and encrypting on one core
//! does not hold up reading on the other, and no table is ever whole in memory.

use super::{DIGESTS, Digest, Digests, FILES, KEYS, MANIFEST, Manifest, TABLE, unreadable};
use crate::Problem;
use formats::archive::{RANDOM, Writer};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use store::backup::KeyFile;
use tokio::sync::mpsc::Receiver;

/// What is written next.
pub(super) enum Piece {
    /// The first entry.
    Manifest(Box<Manifest>),
    /// Lines of a table.
    Block { table: String, lines: Vec<u8> },
    /// The keys.
    Keys(Vec<KeyFile>),
    /// Everything below this folder.
    Files(PathBuf),
    /// All was handed over; these are the digests of the tables.
    Done(BTreeMap<String, Digest>),
}

/// Writes what comes; `None` when the last piece never came.
pub(super) fn write(
    path: &Path,
    passphrase: &str,
    random: &[u8; RANDOM],
    mut pieces: Receiver<Piece>,
) -> Result<Option<Digests>, Problem> {
    let file = create(path).map_err(|error| unreadable(path, &error))?;
    let mut archive = Writer::new(BufWriter::with_capacity(1 << 18, file), passphrase, random)?;
    let mut digests = Digests::default();
    let mut blocks: BTreeMap<String, u32> = BTreeMap::new();
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Manifest(manifest) => archive.add(MANIFEST, &json(&manifest))?,
            Piece::Block { table, lines } => {
                let number = blocks.entry(table.clone()).or_default();
                *number += 1;
                archive.add(&format!("{TABLE}{table}/{number:06}"), &lines)?;
            }
            Piece::Keys(keys) => {
                for key in keys {
                    archive.add(&format!("{KEYS}{}", key.name), &key.bytes)?;
                    digests.keys.push(key.name);
                }
            }
            Piece::Files(folder) => add_files(&mut archive, &folder, "", &mut digests)?,
            Piece::Done(tables) => {
                digests.tables = tables;
                archive.add(DIGESTS, &json(&digests))?;
                let file = archive.finish()?;
                let file = file.into_inner().map_err(|error| unreadable(path, error.error()))?;
                file.sync_all().map_err(|error| unreadable(path, &error))?;
                return Ok(Some(digests));
            }
        }
    }
    Ok(None)
}

/// A file that only its owner may read, although it is encrypted.
fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Adds stored files as they are: they are encrypted already. A file that is still being written has another ending
/// and is known to no record yet.
fn add_files<W: std::io::Write>(
    archive: &mut Writer<W>,
    folder: &Path,
    prefix: &str,
    digests: &mut Digests,
) -> Result<(), Problem> {
    let failed = |error: std::io::Error| unreadable(folder, &error);
    let mut entries = fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            add_files(archive, &path, &format!("{name}/"), digests)?;
        } else if kind.is_file() && !is_unfinished(&name) {
            let file = match File::open(&path) {
                Ok(file) => file,
                // Gone since the folder was listed: deleted by a record that went before the backup began.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(&path, &error)),
            };
            let length = file.metadata().map_err(|error| unreadable(&path, &error))?.len();
            archive.add_stream(&format!("{FILES}{name}"), length, file)?;
            digests.files += 1;
            digests.file_bytes += length;
        }
    }
    Ok(())
}

fn is_unfinished(name: &str) -> bool {
    name.contains('#') || Path::new(name).extension().is_some_and(|it| it == "part" || it == "tmp")
}

fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain values become JSON")
}
