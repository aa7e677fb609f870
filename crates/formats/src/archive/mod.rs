//! The file of a backup: a tar of named entries, compressed with zstd, encrypted in chunks under a key of its own,
//! which is wrapped by a passphrase.
//!
//! ```text
//! "shuangyong-backup 1\n" · one line of JSON (how the key is wrapped) · chunks: length · AES-256-GCM text · tag
//!                                                                        `zstd( tar( entries ) )
//! ```
//! Whoever changes, reorders or cuts the file is found out: each chunk is bound to the head and to its number, and
//! the last one says that it is the last.

mod envelope;
mod head;
#[cfg(test)]
mod tests;

pub use head::RANDOM;

use envelope::{Opening, Sealing};
use std::io::{self, BufReader, Read, Write};
use tar::{Builder, EntryType, Header};

/// Why an archive cannot be written or read; each is one sentence with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Another kind of file.
    #[error("这不是双拥通的备份文件，请检查是否选错了文件")]
    Foreign,
    /// Written by a later version.
    #[error("备份由更新的版本写成（格式 {0}），请用新版本程序打开")]
    Newer(String),
    /// The key does not open.
    #[error("口令不对，打不开备份（口令区分大小写）；如确认口令无误，则是文件开头被改动，请换一份备份")]
    Passphrase,
    /// A chunk does not open.
    #[error("备份文件被改动或已损坏（第 {0} 段），不能使用，请换一份备份")]
    Changed(u64),
    /// The file ends before its last chunk.
    #[error("备份文件不完整（在第 {0} 段之后中断），不能使用，请重新复制或换一份备份")]
    Truncated(u64),
    /// The system refused.
    #[error("备份文件读写出错：{0}")]
    Io(String),
}

impl From<io::Error> for ArchiveError {
    /// Finds our own reason beneath what zstd and tar made of it.
    fn from(error: io::Error) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> =
            error.get_ref().map(|it| it as &(dyn std::error::Error + 'static));
        while let Some(reason) = source {
            if let Some(own) = reason.downcast_ref::<Self>() {
                return own.clone();
            }
            source = match reason.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
                None => reason.source(),
            };
        }
        Self::Io(error.to_string())
    }
}

impl From<ArchiveError> for io::Error {
    fn from(error: ArchiveError) -> Self {
        Self::other(error)
    }
}

/// Of zstd: quick, and small enough for text.
const LEVEL: i32 = 3;

/// Writes an archive.
pub struct Writer<W: Write> {
    tar: Builder<zstd::Encoder<'static, Sealing<W>>>,
}

impl<W: Write> Writer<W> {
    /// Begins an archive that this passphrase opens; `random` must never be used for another one.
    pub fn new(mut out: W, passphrase: &str, random: &[u8; RANDOM]) -> Result<Self, ArchiveError> {
        let (head, key) = head::new(passphrase, random);
        out.write_all(&head)?;
        let sealing = Sealing::new(out, &key, &head);
        Ok(Self { tar: Builder::new(zstd::Encoder::new(sealing, LEVEL)?) })
    }

    /// Adds an entry.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.add_stream(name, bytes.len() as u64, bytes)
    }

    /// Adds an entry of a known length.
    pub fn add_stream(&mut self, name: &str, length: u64, bytes: impl Read) -> Result<(), ArchiveError> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(0);
        let mut counted = Counted { inner: bytes.take(length), count: 0 };
        self.tar.append_data(&mut header, name, &mut counted)?;
        if counted.count == length {
            Ok(())
        } else {
            Err(ArchiveError::Io(format!("{name} 在备份时变短了")))
        }
    }

    /// Ends the archive and gives back what it was written to; not flushed to the disk yet.
    pub fn finish(self) -> Result<W, ArchiveError> {
        Ok(self.tar.into_inner()?.finish()?.finish()?)
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.count += read as u64;
        Ok(read)
    }
}

/// Reads an archive from its beginning to its end.
pub struct Reader<R: Read> {
    tar: tar::Archive<zstd::Decoder<'static, BufReader<Opening<R>>>>,
}

impl<R: Read> Reader<R> {
    /// Opens an archive with its passphrase.
    pub fn open(mut file: R, passphrase: &str) -> Result<Self, ArchiveError> {
        let (head, key) = head::read(&mut file, passphrase)?;
        let opening = Opening::new(file, &key, &head);
        Ok(Self { tar: tar::Archive::new(zstd::Decoder::new(opening)?) })
    }

    /// Hands over every entry with its name and length, then reads to the end of the file: only when this returns
    /// `Ok` is it certain that the file is whole.
    pub fn each<E: From<ArchiveError>>(
        mut self,
        mut take: impl FnMut(&str, u64, &mut dyn Read) -> Result<(), E>,
    ) -> Result<(), E> {
        let of = |error: io::Error| E::from(ArchiveError::from(error));
        for entry in self.tar.entries().map_err(of)? {
            let mut entry = entry.map_err(of)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let length = entry.size();
            take(&name, length, &mut entry)?;
        }
        io::copy(&mut self.tar.into_inner(), &mut io::sink()).map_err(of)?;
        Ok(())
    }
}
