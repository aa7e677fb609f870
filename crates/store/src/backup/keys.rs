//! The files of a key folder, to be carried in a backup and put back.

use crate::key::{FileKeys, KeyProvider, fits};
use crate::{StoreError, Tx};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What key files end in: `deployment.key` and, beside it, keys for signing with their public halves.
const ENDINGS: &[&str] = &["key", "pub"];
/// A key file is short; a longer one is none.
const LONGEST: u64 = 64 * 1024;

/// One file of the key folder.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// Its name, without folders.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl FileKeys {
    /// All key files, by name.
    pub fn files(&self) -> Result<Vec<KeyFile>, StoreError> {
        let failed = |error: std::io::Error| self.failed(&error);
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder()).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            let data = fs::metadata(&path).map_err(failed)?;
            if is_key(&path) && data.is_file() && data.len() <= LONGEST {
                let name = entry.file_name().to_string_lossy().into_owned();
                files.push(KeyFile { name, bytes: fs::read(&path).map_err(failed)? });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// Writes key files where they are missing and gives the new ones. One that stands there with another content is
    /// never overwritten: nothing is written then.
    pub fn put_back(&self, files: &[KeyFile]) -> Result<Vec<PathBuf>, StoreError> {
        let folder = self.folder();
        fs::create_dir_all(&folder).map_err(|error| self.failed(&error))?;
        let mut missing = Vec::new();
        for file in files {
            let is_name = !file.name.contains(['/', '\\']) && is_key(Path::new(&file.name));
            if !is_name {
                return Err(StoreError::Key(format!("备份中的密钥文件名“{}”不能使用", file.name)));
            }
            match fs::read(folder.join(&file.name)) {
                Ok(bytes) if bytes == file.bytes => {}
                Ok(_) => {
                    return Err(StoreError::Key(format!(
                        "密钥文件夹 {} 里已有另一个 {}，没有恢复；请先把它移到别处，或用环境变量 SHUANGYONG_KEYS 指明新的文件夹",
                        folder.display(),
                        file.name
                    )));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => missing.push(file),
                Err(error) => return Err(self.failed(&error)),
            }
        }
        let mut written = Vec::new();
        for file in missing {
            let path = folder.join(&file.name);
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let made =
                options.open(&path).and_then(|mut it| it.write_all(&file.bytes).and_then(|()| it.sync_all()));
            written.push(path);
            if let Err(error) = made {
                remove(&written);
                return Err(self.failed(&error));
            }
        }
        Ok(written)
    }

    /// Whether this key opens the database of the transaction.
    pub async fn fits(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        match self.load()? {
            Some(key) => fits(tx, &key).await,
            None => Ok(false),
        }
    }
}

fn is_key(path: &Path) -> bool {
    ENDINGS.iter().any(|ending| path.extension().is_some_and(|it| it == *ending))
}

/// Takes written key files back.
pub fn remove(files: &[PathBuf]) {
    for file in files {
        // What cannot be removed is a key that nothing uses; the reason for going back is the one to tell.
        let _ = fs::remove_file(file);
    }
}
