//! The head of an archive: what it is, and its key wrapped by a passphrase (argon2id, then AES-256-GCM).

use super::ArchiveError;
use aes_gcm::Aes256Gcm;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// Random bytes that one archive needs: salt, nonce of the wrapped key, key.
pub const RANDOM: usize = 16 + 12 + 32;

const NAME: &str = "shuangyong-backup ";
const FORMAT: &str = "1";
/// The head is short; whatever is longer is another kind of file.
const LONGEST: usize = 1_024;

/// The second line of the file.
#[derive(Serialize, Deserialize)]
struct Wrapped {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    cipher: String,
    nonce: String,
    key: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "AES-256-GCM";
/// What guessing a passphrase costs: 64 MiB and three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// What a foreign head may ask of this machine.
const MOST_MEMORY_KIB: u32 = 512 * 1024;
const MOST_PASSES: u32 = 16;

/// A new head and the archive's key.
pub(super) fn new(passphrase: &str, random: &[u8; RANDOM]) -> (Vec<u8>, [u8; 32]) {
    let (salt, rest) = random.split_at(16);
    let (nonce, key) = rest.split_at(12);
    let nonce: [u8; 12] = nonce.try_into().expect("split at its length");
    let key: [u8; 32] = key.try_into().expect("what is left of the bytes");
    let mut wrapped = key.to_vec();
    let own = derive(passphrase, salt, (MEMORY_KIB, PASSES, 1)).expect("our own costs are allowed");
    let tag = cipher(&own)
        .encrypt_inout_detached(&nonce.into(), NAME.as_bytes(), InOutBuf::from(wrapped.as_mut_slice()))
        .expect("a key is short");
    wrapped.extend_from_slice(&tag);
    let line = Wrapped {
        kdf: KDF.to_owned(),
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: 1,
        salt: URL_SAFE_NO_PAD.encode(salt),
        cipher: CIPHER.to_owned(),
        nonce: URL_SAFE_NO_PAD.encode(nonce),
        key: URL_SAFE_NO_PAD.encode(&wrapped),
    };
    let line = serde_json::to_string(&line).expect("plain values become JSON");
    (format!("{NAME}{FORMAT}\n{line}\n").into_bytes(), key)
}

/// Reads a head and opens its key.
pub(super) fn read(file: &mut impl Read, passphrase: &str) -> Result<(Vec<u8>, [u8; 32]), ArchiveError> {
    let mut head = Vec::with_capacity(512);
    let first = line(file, &mut head)?;
    let format = first.strip_prefix(NAME).ok_or(ArchiveError::Foreign)?;
    if format != FORMAT {
        return Err(ArchiveError::Newer(format.to_owned()));
    }
    let second = line(file, &mut head)?;
    let wrapped: Wrapped = serde_json::from_str(&second).map_err(|_| ArchiveError::Passphrase)?;
    let key = unwrap(&wrapped, passphrase).ok_or(ArchiveError::Passphrase)?;
    Ok((head, key))
}

/// One line, byte by byte: what follows the head is not read ahead.
fn line(file: &mut impl Read, head: &mut Vec<u8>) -> Result<String, ArchiveError> {
    let from = head.len();
    let mut byte = [0];
    while head.len() < LONGEST {
        if file.read(&mut byte)? == 0 {
            break;
        }
        head.push(byte[0]);
        if byte[0] == b'\n' {
            return String::from_utf8(head[from..head.len() - 1].to_vec()).map_err(|_| ArchiveError::Foreign);
        }
    }
    Err(if head.starts_with(NAME.as_bytes()) { ArchiveError::Truncated(0) } else { ArchiveError::Foreign })
}

fn unwrap(wrapped: &Wrapped, passphrase: &str) -> Option<[u8; 32]> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let is_bearable = wrapped.memory_kib <= MOST_MEMORY_KIB && wrapped.passes <= MOST_PASSES;
    if wrapped.kdf != KDF || wrapped.cipher != CIPHER || !is_bearable {
        return None;
    }
    let nonce: [u8; 12] = bytes(&wrapped.nonce)?.try_into().ok()?;
    let sealed: [u8; 48] = bytes(&wrapped.key)?.try_into().ok()?;
    let own =
        derive(passphrase, &bytes(&wrapped.salt)?, (wrapped.memory_kib, wrapped.passes, wrapped.lanes))?;
    let mut key: [u8; 32] = sealed[..32].try_into().ok()?;
    let tag: [u8; 16] = sealed[32..].try_into().ok()?;
    cipher(&own)
        .decrypt_inout_detached(
            &nonce.into(),
            NAME.as_bytes(),
            InOutBuf::from(key.as_mut_slice()),
            &tag.into(),
        )
        .ok()?;
    Some(key)
}

fn derive(passphrase: &str, salt: &[u8], (memory, passes, lanes): (u32, u32, u32)) -> Option<[u8; 32]> {
    let params = Params::new(memory, passes, lanes, Some(32)).ok()?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .ok()?;
    Some(key)
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new_from_slice(key).expect("an AES-256 key has 32 bytes")
}
