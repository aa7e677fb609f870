//! Where the deployment's key comes from. By default a file beside the data folder, never in it: whoever copies the
//! data alone reads no identity number.

use crate::audit::{hex, unhex};
use crate::db::Target;
use crate::seal::Sealer;
use crate::{Db, StoreError, Tx, setting};
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The key from which all others are derived.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A key of these bytes, which must be random.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Keeps the deployment's key: a file, later a device.
pub trait KeyProvider: Send + Sync {
    /// The key, or `None` when there is none yet.
    fn load(&self) -> Result<Option<MasterKey>, StoreError>;
    /// Keeps a new key. A key that exists is never overwritten.
    fn create(&self, key: &MasterKey) -> Result<(), StoreError>;
    /// Where it is kept, for people.
    fn place(&self) -> String;
}

/// The key in a file that only its owner may read.
#[derive(Debug, Clone)]
pub struct FileKeys {
    file: PathBuf,
}

const FILE: &str = "deployment.key";

impl FileKeys {
    /// The key file in this folder (`SHUANGYONG_KEYS`).
    pub fn in_folder(folder: &Path) -> Self {
        Self { file: folder.join(FILE) }
    }

    /// The key file that belongs to a database: `DATA.keys/deployment.key` beside the data folder.
    pub fn beside(target: &Target) -> Self {
        Self::in_folder(&folder_beside(target, "keys"))
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The folder in which the key stands, with others.
    pub(crate) fn folder(&self) -> PathBuf {
        match self.file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => folder.to_owned(),
            None => PathBuf::from("."),
        }
    }

    pub(crate) fn failed(&self, error: &std::io::Error) -> StoreError {
        failed(&self.file, error)
    }
}

/// The folder `DATA.WHAT` beside the data folder.
pub(crate) fn folder_beside(target: &Target, what: &str) -> PathBuf {
    let data = match target {
        Target::Dir(dir) => dir.clone(),
        Target::File(file) => file.clone(),
        Target::Pg(_) => PathBuf::from("shuangyong"),
    };
    // `.` and `/` have no name to which anything could be added.
    match (data.file_name(), data.parent()) {
        (Some(name), Some(parent)) => {
            let mut name = name.to_owned();
            name.push(".");
            name.push(what);
            parent.join(name)
        }
        _ => data.join(what),
    }
}

pub(crate) fn failed(file: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io { path: file.display().to_string(), reason: error.to_string() }
}

/// Writes a key that only its owner may read, unless there is one: another process was first, and its key counts.
pub(crate) fn create_file(file: &Path, digits: &str) -> Result<(), StoreError> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| failed(file, &error))?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = match options.open(file) {
        Ok(open) => open,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(failed(file, &error)),
    };
    let text = format!("{digits}\n");
    open.write_all(text.as_bytes()).and_then(|()| open.sync_all()).map_err(|error| failed(file, &error))
}

impl KeyProvider for FileKeys {
    fn load(&self) -> Result<Option<MasterKey>, StoreError> {
        let text = match fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        warn_if_open(&self.file);
        let key = parse(text.trim()).ok_or_else(|| {
            StoreError::Key(format!("密钥文件 {} 已损坏，请用备份的密钥文件替换", self.place()))
        })?;
        Ok(Some(key))
    }

    fn create(&self, key: &MasterKey) -> Result<(), StoreError> {
        create_file(&self.file, &hex(key.bytes()))
    }

    fn place(&self) -> String {
        self.file.display().to_string()
    }
}

/// 64 hexadecimal digits, in capitals as well.
fn parse(text: &str) -> Option<MasterKey> {
    unhex(&text.to_ascii_lowercase()).map(MasterKey)
}

#[cfg(unix)]
pub(crate) fn warn_if_open(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let is_open = fs::metadata(file).is_ok_and(|it| it.permissions().mode() & 0o077 != 0);
    if is_open {
        tracing::warn!(file = %file.display(), "the key file can be read by others: chmod 600");
    }
}

#[cfg(not(unix))]
pub(crate) fn warn_if_open(_: &Path) {}

/// The setting that tells whether a key belongs to the database.
const CHECK: &str = "key_check";

impl Sealer {
    /// Opens the keys of a database. A new database gets a new key (`fill` gives random bytes of the operating
    /// system); one with sealed values refuses a missing or another key.
    pub async fn open(
        db: &Db,
        keys: &dyn KeyProvider,
        fill: impl FnOnce(&mut [u8]) + Send,
    ) -> Result<Self, StoreError> {
        let known = {
            let mut tx = db.read().await?;
            setting::get(&mut tx, CHECK).await?
        };
        let key = match (keys.load()?, &known) {
            (Some(key), _) => key,
            (None, Some(_)) => {
                return Err(StoreError::Key(format!(
                    "找不到密钥文件 {0}，而数据库中已有加密内容。请把备份的密钥文件放回 {0}，或用环境变量 SHUANGYONG_KEYS 指明它所在的文件夹；没有它，身份证号、账号等内容无法还原",
                    keys.place()
                )));
            }
            (None, None) => {
                let mut bytes = [0; 32];
                fill(&mut bytes);
                keys.create(&MasterKey::new(bytes))?;
                keys.load()?.ok_or_else(|| StoreError::Key(format!("密钥文件 {} 没有写成", keys.place())))?
            }
        };
        let sealer = Self::new(&key);
        let own = sealer.check_value();
        let known = match known {
            Some(known) => known,
            None => first_check(db, &own).await?,
        };
        if known == own {
            Ok(sealer)
        } else {
            Err(StoreError::Key(format!(
                "密钥文件 {} 不是这个数据库的密钥，请换回建库时的密钥文件（或用环境变量 SHUANGYONG_KEYS 指明它所在的文件夹）",
                keys.place()
            )))
        }
    }
}

/// Whether a key belongs to the database of this transaction.
pub(crate) async fn fits(tx: &mut Tx, key: &MasterKey) -> Result<bool, StoreError> {
    let known = setting::get(tx, CHECK).await?;
    Ok(known.is_none_or(|known| known == Sealer::new(key).check_value()))
}

/// Binds the database to a key, unless another process was first.
async fn first_check(db: &Db, own: &str) -> Result<String, StoreError> {
    let mut tx = db.control().await?;
    setting::add(&mut tx, CHECK, own).await?;
    let kept = setting::get(&mut tx, CHECK).await?.unwrap_or_default();
    tx.commit().await?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_beside_the_data_folder() {
        for (target, file) in [
            (Target::Dir("data".into()), "data.keys/deployment.key"),
            (Target::Dir("some/data/".into()), "some/data.keys/deployment.key"),
            (Target::Dir(".".into()), "./keys/deployment.key"),
            (Target::File("a.sqlite".into()), "a.sqlite.keys/deployment.key"),
            (Target::Pg("postgres://x".into()), "shuangyong.keys/deployment.key"),
        ] {
            assert_eq!(FileKeys::beside(&target).place(), file);
        }
    }

    #[test]
    fn a_damaged_key_is_no_key() {
        assert_eq!(parse(&hex(&[7; 32])), Some(MasterKey([7; 32])));
        for text in ["", "00", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(parse(text), None);
        }
    }
}
