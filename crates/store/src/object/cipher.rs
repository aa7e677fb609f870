//! How the bytes of an object are encrypted: AES-256-GCM in frames, so that a part can be read alone and memory
//! stays small (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015).
//!
//! ```text
//! object = version (1) · salt (16) · frame 0 · frame 1 · … · last frame
//! frame  = up to 64 KiB of the file, encrypted · tag (16)
//! nonce  = 0 (7) · number of the frame (4) · whether it is the last (1)
//! ```
//! The number and the mark of the last frame stand in the nonce: frames that were moved, removed or added do not
//! open. The key of an object is derived from the file's data key, the object's name and its salt; so no nonce is
//! used twice under one key even when an object is written again, and an object under another name does not open.

use crate::StoreError;
use aes_gcm::Aes256Gcm;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sm3::Sm3;
use std::fmt;
use std::ops::Range;

/// Bytes of the file in one frame.
pub const FRAME: u64 = 64 << 10;
const TAG: u64 = 16;
const VERSION: u8 = 1;
const SALT: usize = 16;
/// Version and salt.
pub(super) const HEAD: u64 = 1 + SALT as u64;

/// The key of one file; it is stored only sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey([u8; 32]);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl DataKey {
    /// A key of random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As text, to be sealed.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What [`DataKey::reveal`] gave.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

/// How many frames a file of this size has; an empty one has an empty frame.
pub(super) fn frames(size: u64) -> u64 {
    size.div_ceil(FRAME).max(1)
}

/// Bytes of the object that holds a file of this size.
pub(super) fn sealed_size(size: u64) -> u64 {
    HEAD + size + TAG * frames(size)
}

/// Where a frame stands in its object, without the tag's end being looked at: `size` is the file's.
pub(super) fn place(size: u64, frame: u64) -> Range<u64> {
    let start = HEAD + frame * (FRAME + TAG);
    let length = (size - frame * FRAME).min(FRAME) + TAG;
    start..start + length
}

/// Encrypts and decrypts the frames of one object.
pub(super) struct Frames(Aes256Gcm);

impl Frames {
    /// For writing: the head to write first, and the frames' cipher.
    pub(super) fn create(key: &DataKey, name: &str, salt: [u8; SALT]) -> (Vec<u8>, Self) {
        let mut head = vec![VERSION];
        head.extend_from_slice(&salt);
        (head, Self::derive(key, name, salt))
    }

    /// For reading: by the head that stands in the object.
    pub(super) fn open(key: &DataKey, name: &str, head: &[u8]) -> Option<Self> {
        let (version, salt) = head.split_first()?;
        let salt = salt.try_into().ok()?;
        (*version == VERSION).then(|| Self::derive(key, name, salt))
    }

    fn derive(key: &DataKey, name: &str, salt: [u8; SALT]) -> Self {
        let mut mac =
            <Hmac<Sm3> as hmac::KeyInit>::new_from_slice(&key.0).expect("HMAC takes keys of any length");
        mac.update(b"shuangyong object 1 ");
        mac.update(&salt);
        mac.update(name.as_bytes());
        let derived: [u8; 32] = mac.finalize().into_bytes().into();
        Self(Aes256Gcm::new(&derived.into()))
    }

    fn nonce(frame: u64, is_last: bool) -> Result<[u8; 12], StoreError> {
        let number = u32::try_from(frame).map_err(|_| StoreError::ObjectDamaged("too long".to_owned()))?;
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(is_last);
        Ok(nonce)
    }

    /// Encrypts a frame in its place and adds its tag.
    pub(super) fn seal(&self, frame: u64, is_last: bool, buffer: &mut Vec<u8>) -> Result<(), StoreError> {
        let nonce = Self::nonce(frame, is_last)?;
        let tag = self
            .0
            .encrypt_inout_detached(&nonce.into(), &[], InOutBuf::from(buffer.as_mut_slice()))
            .expect("a frame is far below the 64 GiB of GCM");
        buffer.extend_from_slice(&tag);
        Ok(())
    }

    /// Decrypts a frame with its tag in its place; `false` when it is not what was written there.
    pub(super) fn open_frame(&self, frame: u64, is_last: bool, buffer: &mut Vec<u8>) -> bool {
        let Ok(nonce) = Self::nonce(frame, is_last) else { return false };
        let Some(length) = buffer.len().checked_sub(16) else { return false };
        let Ok(tag) = <[u8; 16]>::try_from(&buffer[length..]) else { return false };
        buffer.truncate(length);
        self.0
            .decrypt_inout_detached(&nonce.into(), &[], InOutBuf::from(buffer.as_mut_slice()), &tag.into())
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fit_together() {
        for size in [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 50 << 20] {
            let last = frames(size) - 1;
            assert_eq!(place(size, last).end, sealed_size(size), "{size}");
            assert_eq!(place(size, 0).start, HEAD);
        }
        assert_eq!((frames(0), frames(FRAME), frames(FRAME + 1)), (1, 1, 2));
    }

    #[test]
    fn a_key_is_read_again_and_not_shown() {
        let key = DataKey::new([9; 32]);
        assert_eq!(DataKey::parse(&key.reveal()), Some(key.clone()));
        assert_eq!(DataKey::parse("short"), None);
        assert_eq!(format!("{key:?}"), "DataKey(…)");
    }

    #[test]
    fn key_name_and_salt_all_count() {
        let key = DataKey::new([1; 32]);
        let sealed = |key: &DataKey, name: &str, salt: u8| {
            let (head, frames) = Frames::create(key, name, [salt; SALT]);
            let mut buffer = b"text".to_vec();
            frames.seal(0, true, &mut buffer).unwrap();
            (head, buffer)
        };
        let (head, first) = sealed(&key, "a", 1);
        for (key, name, salt) in
            [(DataKey::new([2; 32]), "a", 1), (key.clone(), "b", 1), (key.clone(), "a", 2)]
        {
            assert_ne!(sealed(&key, name, salt).1, first);
        }
        let frames = Frames::open(&key, "a", &head).unwrap();
        for (frame, is_last, opens) in [(0, true, true), (0, false, false), (1, true, false)] {
            assert_eq!(frames.open_frame(frame, is_last, &mut first.clone()), opens);
        }
        assert!(Frames::open(&key, "a", &[2; 17]).is_none());
        assert!(Frames::open(&key, "a", &head[..16]).is_none());
    }
}
