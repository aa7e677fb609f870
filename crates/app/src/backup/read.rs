//! Reading an archive entry by entry, and comparing what it says with what it holds.

use super::{
    Count, DIGESTS, Digest, Digests, FILES, FORMAT, KEYS, MANIFEST, Manifest, TABLE, refused, unreadable,
};
use crate::Problem;
use formats::archive::{ArchiveError, Reader};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Component, Path};
use store::backup::KeyFile;

/// What was read.
pub(super) enum Piece {
    /// The first entry.
    Manifest(Box<Manifest>),
    /// Lines of a table.
    Block {
        /// Which.
        table: String,
        /// A row each.
        lines: Vec<u8>,
    },
    /// A key file.
    Key(KeyFile),
}

/// No entry that is read whole is longer than this.
const LONGEST: u64 = 256 * 1024 * 1024;

/// Reads a backup to its end and hands over what it holds; stored files go into a folder when one is given. `Ok` says
/// that the file is whole, genuine and in accord with its own digests.
pub(super) fn read(
    file: &Path,
    passphrase: &str,
    files: Option<&Path>,
    mut take: impl FnMut(Piece) -> Result<(), Problem>,
) -> Result<Digests, Problem> {
    let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
    let archive = Reader::open(BufReader::with_capacity(1 << 18, opened), passphrase)?;
    let mut reading = Reading { files, found: Digests::default(), counts: BTreeMap::new(), said: None };
    let mut is_first = true;
    archive.each(|name, length, from| {
        if is_first != (name == MANIFEST) {
            return Err(unknown(name));
        }
        is_first = false;
        match reading.entry(name, length, from)? {
            Some(piece) => take(piece),
            None => Ok(()),
        }
    })?;
    reading.finish()
}

struct Reading<'f> {
    files: Option<&'f Path>,
    found: Digests,
    counts: BTreeMap<String, Count>,
    said: Option<Digests>,
}

impl Reading<'_> {
    fn entry(&mut self, name: &str, length: u64, from: &mut dyn Read) -> Result<Option<Piece>, Problem> {
        if name == MANIFEST {
            let manifest: Manifest = parse(name, &whole(name, length, from)?)?;
            if manifest.format > FORMAT {
                return Err(ArchiveError::Newer(manifest.format.to_string()).into());
            }
            self.counts =
                manifest.facts.tables.iter().map(|it| (it.name.clone(), Count::default())).collect();
            Ok(Some(Piece::Manifest(Box::new(manifest))))
        } else if let Some((table, _)) = name.strip_prefix(TABLE).and_then(|rest| rest.split_once('/')) {
            let lines = whole(name, length, from)?;
            self.counts.get_mut(table).ok_or_else(|| unknown(name))?.add(&lines);
            Ok(Some(Piece::Block { table: table.to_owned(), lines }))
        } else if let Some(key) = name.strip_prefix(KEYS) {
            self.found.keys.push(key.to_owned());
            Ok(Some(Piece::Key(KeyFile { name: key.to_owned(), bytes: whole(name, length, from)? })))
        } else if let Some(path) = name.strip_prefix(FILES) {
            self.file(path, length, from)?;
            Ok(None)
        } else if name == DIGESTS {
            self.said = Some(parse(name, &whole(name, length, from)?)?);
            Ok(None)
        } else {
            Err(unknown(name))
        }
    }

    /// A stored file; its name never leads out of the folder.
    fn file(&mut self, path: &str, length: u64, from: &mut dyn Read) -> Result<(), Problem> {
        let relative = Path::new(path);
        if path.is_empty() || !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(unknown(path));
        }
        self.found.files += 1;
        self.found.file_bytes += length;
        let Some(folder) = self.files else {
            std::io::copy(from, &mut std::io::sink()).map_err(ArchiveError::from)?;
            return Ok(());
        };
        let path = folder.join(relative);
        let failed = |error: std::io::Error| unreadable(&path, &error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut file = File::create_new(&path).map_err(failed)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = from.read(&mut buffer).map_err(ArchiveError::from)?;
            if read == 0 {
                return file.sync_all().map_err(failed);
            }
            std::io::Write::write_all(&mut file, &buffer[..read]).map_err(failed)?;
        }
    }

    fn finish(mut self) -> Result<Digests, Problem> {
        let digests = self.counts.into_iter().map(|(name, count)| (name, count.digest()));
        self.found.tables = digests.collect::<BTreeMap<String, Digest>>();
        match self.said {
            Some(said) if said == self.found => Ok(said),
            _ => Err(refused("备份的内容与其清单不符，不能使用，请换一份备份")),
        }
    }
}

fn whole(name: &str, length: u64, from: &mut dyn Read) -> Result<Vec<u8>, Problem> {
    if length > LONGEST {
        return Err(unknown(name));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    from.read_to_end(&mut bytes).map_err(ArchiveError::from)?;
    Ok(bytes)
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|_| unknown(name))
}

fn unknown(name: &str) -> Problem {
    refused(format!("备份中有不认识的内容（{name}），请用做备份时的版本或更新的版本程序打开"))
}
