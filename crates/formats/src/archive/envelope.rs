//! Chunks under AES-256-GCM. A chunk's nonce is its number and whether it is the last; the key is of this file alone,
//! so no nonce is ever used twice.

use super::ArchiveError;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use sm3::{Digest, Sm3};
use std::io::{self, Read, Write};

/// Clear bytes in a chunk, at most.
pub(super) const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const FINAL: u32 = 1 << 31;

/// What both ends share: the cipher, the head's hash and the number of the next chunk.
struct Chunks {
    cipher: Aes256Gcm,
    bound_to: [u8; 32],
    next: u64,
}

impl Chunks {
    fn new(key: &[u8; 32], head: &[u8]) -> Self {
        let cipher = Aes256Gcm::new_from_slice(key).expect("an AES-256 key has 32 bytes");
        Self { cipher, bound_to: Sm3::digest(head).into(), next: 0 }
    }

    fn nonce(&mut self, is_last: bool) -> Nonce<aes_gcm::aead::consts::U12> {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(is_last);
        self.next += 1;
        nonce.into()
    }
}

/// Encrypts what is written.
pub(super) struct Sealing<W: Write> {
    out: W,
    chunks: Chunks,
    buffer: Vec<u8>,
}

impl<W: Write> Sealing<W> {
    pub(super) fn new(out: W, key: &[u8; 32], head: &[u8]) -> Self {
        Self { out, chunks: Chunks::new(key, head), buffer: Vec::with_capacity(CHUNK + TAG) }
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let nonce = self.chunks.nonce(is_last);
        let length = u32::try_from(self.buffer.len()).expect("a chunk is small");
        let tag = self
            .chunks
            .cipher
            .encrypt_inout_detached(&nonce, &self.chunks.bound_to, InOutBuf::from(self.buffer.as_mut_slice()))
            .map_err(|_| io::Error::other("AES-GCM"))?;
        let frame = if is_last { length | FINAL } else { length };
        self.out.write_all(&frame.to_be_bytes())?;
        self.out.write_all(&self.buffer)?;
        self.out.write_all(&tag)?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes the last chunk, which may be empty.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() == CHUNK {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Nothing leaves before a chunk is full: a short chunk in the middle would say how the data were flushed.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decrypts what is read; no byte is given out before its chunk was found genuine.
pub(super) struct Opening<R: Read> {
    file: R,
    chunks: Chunks,
    buffer: Vec<u8>,
    given: usize,
    is_done: bool,
}

impl<R: Read> Opening<R> {
    pub(super) fn new(file: R, key: &[u8; 32], head: &[u8]) -> Self {
        Self { file, chunks: Chunks::new(key, head), buffer: Vec::new(), given: 0, is_done: false }
    }

    fn open(&mut self) -> io::Result<()> {
        let number = self.chunks.next + 1;
        let cut = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::from(ArchiveError::Truncated(number - 1)),
            _ => error,
        };
        let mut frame = [0; 4];
        self.file.read_exact(&mut frame).map_err(cut)?;
        let frame = u32::from_be_bytes(frame);
        let (length, is_last) = ((frame & !FINAL) as usize, frame & FINAL != 0);
        if length > CHUNK {
            return Err(ArchiveError::Changed(number).into());
        }
        self.buffer.resize(length, 0);
        self.given = 0;
        self.file.read_exact(&mut self.buffer).map_err(cut)?;
        let mut tag = [0; TAG];
        self.file.read_exact(&mut tag).map_err(cut)?;
        let nonce = self.chunks.nonce(is_last);
        let text = InOutBuf::from(self.buffer.as_mut_slice());
        let opened =
            self.chunks.cipher.decrypt_inout_detached(&nonce, &self.chunks.bound_to, text, &tag.into());
        if opened.is_err() {
            self.buffer.clear();
            return Err(ArchiveError::Changed(number).into());
        }
        if is_last {
            self.is_done = true;
            if self.file.read(&mut [0])? > 0 {
                self.buffer.clear();
                return Err(ArchiveError::Changed(number + 1).into());
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.buffer.len() {
            if self.is_done {
                return Ok(0);
            }
            self.open()?;
        }
        let taken = into.len().min(self.buffer.len() - self.given);
        into[..taken].copy_from_slice(&self.buffer[self.given..self.given + taken]);
        self.given += taken;
        Ok(taken)
    }
}
