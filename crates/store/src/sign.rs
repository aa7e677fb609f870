//! The key that signs the heads of audit chains: SM2 (GB/T 32918.2) over SM3, with the usual identity of its signer.
//! It lies beside the deployment's key, never in the database, so that whoever holds the database alone cannot sign.

use crate::StoreError;
use crate::audit::{hex, unhex};
use crate::key::{self, FileKeys};
use domain::region::CountyCode;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm3::{Digest, Sm3};
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// The identity that GM/T 0009 gives a signer who has none of his own.
const IDENTITY: &str = "1234567812345678";

/// Keeps the signing key and the public keys of all signing keys there were: files, later a device.
pub trait SigningKeys: Send + Sync {
    /// The secret key, or `None` when there is none yet.
    fn secret(&self) -> Result<Option<[u8; 32]>, StoreError>;
    /// Keeps a new secret key. One that exists is never overwritten.
    fn create_secret(&self, secret: &[u8; 32]) -> Result<(), StoreError>;
    /// Public keys, as hexadecimal digits of their uncompressed points.
    fn public_keys(&self) -> Result<Vec<String>, StoreError>;
    /// Keeps one more.
    fn add_public_key(&self, id: &str, key: &str) -> Result<(), StoreError>;
    /// Where they are kept, for people.
    fn signing_place(&self) -> String;
}

/// Signs heads, and checks signatures. Cheap to clone.
#[derive(Clone)]
pub struct Signer(Arc<Keys>);

struct Keys {
    key: SigningKey,
    id: String,
    known: Vec<VerifyingKey>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.0.id)
    }
}

impl Signer {
    /// A signer with this secret; `None` when it is no number that can be one.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Option<Self> {
        let key = SigningKey::from_slice(IDENTITY, secret).ok()?;
        let id = key_id(key.verifying_key());
        Some(Self(Arc::new(Keys { known: vec![key.verifying_key().clone()], key, id })))
    }

    /// Opens the key of a house, making it when there is none (`fill` gives random bytes of the operating system).
    /// Signatures of earlier keys are recognised by the public keys that were kept.
    pub fn open(keys: &dyn SigningKeys, mut fill: impl FnMut(&mut [u8])) -> Result<Self, StoreError> {
        let damaged = || {
            let place = keys.signing_place();
            StoreError::Key(format!("签名密钥文件 {place} 已损坏，请用备份的密钥文件替换"))
        };
        if keys.secret()?.is_none() {
            let mut secret = [0; 32];
            fill(&mut secret);
            // One in 2³² draws is no key; a source of chance that gives nothing else is broken.
            if Self::new(&secret).is_none() {
                fill(&mut secret);
            }
            keys.create_secret(&secret)?;
        }
        let secret = keys.secret()?.ok_or_else(damaged)?;
        let signer = Self::new(&secret).ok_or_else(damaged)?;
        let known = keys.public_keys()?;
        let own = signer.public_key();
        if !known.contains(&own) {
            keys.add_public_key(signer.key_id(), &own)?;
        }
        Ok(signer.knowing(&known))
    }

    /// The same, recognising these public keys as well.
    #[must_use]
    pub fn knowing(&self, public_keys: &[String]) -> Self {
        let mut known = self.0.known.clone();
        let more = public_keys.iter().filter_map(|it| unhex::<65>(it));
        known.extend(more.filter_map(|it| VerifyingKey::from_sec1_bytes(IDENTITY, &it).ok()));
        Self(Arc::new(Keys { key: self.0.key.clone(), id: self.0.id.clone(), known }))
    }

    /// The name of the key: the beginning of the SM3 of its public key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.0.id
    }

    /// The public key, as hexadecimal digits of its uncompressed point.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex(&self.0.key.verifying_key().to_sec1_bytes())
    }

    /// Signs, as 128 hexadecimal digits.
    #[must_use]
    pub fn sign(&self, message: &str) -> String {
        let signature: Signature = self.0.key.sign(message.as_bytes());
        hex(&signature.to_bytes())
    }

    /// Whether one of the known keys signed this.
    #[must_use]
    pub fn is_signed(&self, message: &str, signature: &str) -> bool {
        let signature = unhex::<64>(signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|it| self.0.known.iter().any(|key| key.verify(message.as_bytes(), &it).is_ok()))
    }
}

fn key_id(key: &VerifyingKey) -> String {
    hex(&Sm3::digest(key.to_sec1_bytes())[..8])
}

/// What is signed of a chain's head.
#[must_use]
pub fn head_message(county: CountyCode, seq: i64, hash: &str, at_ms: i64) -> String {
    format!("shuangyong audit head 1\n{county}\n{seq}\n{hash}\n{at_ms}\n")
}

const SECRET: &str = "signing.key";
const PUBLIC: &str = "signing.pub";

impl FileKeys {
    fn signing_file(&self, name: &str) -> PathBuf {
        self.file().with_file_name(name)
    }
}

impl SigningKeys for FileKeys {
    fn secret(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let file = self.signing_file(SECRET);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(key::failed(&file, &error)),
        };
        key::warn_if_open(&file);
        let damaged =
            || StoreError::Key(format!("签名密钥文件 {} 已损坏，请用备份的密钥文件替换", file.display()));
        unhex(text.trim()).map(Some).ok_or_else(damaged)
    }

    fn create_secret(&self, secret: &[u8; 32]) -> Result<(), StoreError> {
        key::create_file(&self.signing_file(SECRET), &hex(secret))
    }

    fn public_keys(&self) -> Result<Vec<String>, StoreError> {
        let file = self.signing_file(PUBLIC);
        match fs::read_to_string(&file) {
            Ok(text) => Ok(text
                .lines()
                .filter_map(|line| line.split_whitespace().nth(1))
                .map(str::to_owned)
                .collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(key::failed(&file, &error)),
        }
    }

    fn add_public_key(&self, id: &str, public: &str) -> Result<(), StoreError> {
        let file = self.signing_file(PUBLIC);
        let mut open = fs::OpenOptions::new();
        let written = open.create(true).append(true).open(&file).and_then(|mut it| {
            it.write_all(format!("{id} {public}\n").as_bytes())?;
            it.sync_all()
        });
        written.map_err(|error| key::failed(&file, &error))
    }

    fn signing_place(&self) -> String {
        self.signing_file(SECRET).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32918.5-2017, A.2: a key pair on the recommended curve.
    const SECRET_A: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    const PUBLIC_A: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                            ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    /// The signature of “message digest” there, made with another random number than ours.
    const SIGNATURE_A: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
                               b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    #[test]
    fn the_standard_s_example_is_recognised() {
        let signer = Signer::new(&unhex(SECRET_A).unwrap()).unwrap();
        assert_eq!(signer.public_key(), PUBLIC_A);
        assert!(signer.is_signed("message digest", SIGNATURE_A));
        assert!(!signer.is_signed("message digesT", SIGNATURE_A));
        let own = signer.sign("message digest");
        assert!(signer.is_signed("message digest", &own));
        assert_eq!(own, signer.sign("message digest"), "no chance is needed to sign");
    }

    #[test]
    fn another_key_is_recognised_only_when_its_public_key_is_kept() {
        let (old, new) = (Signer::new(&[1; 32]).unwrap(), Signer::new(&[2; 32]).unwrap());
        let signed = old.sign("x");
        assert!(!new.is_signed("x", &signed));
        assert!(new.knowing(&[old.public_key()]).is_signed("x", &signed));
        assert!(!new.knowing(&["00".to_owned()]).is_signed("x", &signed));
        assert!(Signer::new(&[0; 32]).is_none());
    }

    #[test]
    fn a_house_makes_its_key_once() {
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeys::in_folder(&folder.path().join("keys"));
        let first = Signer::open(&keys, |bytes| bytes.fill(3)).unwrap();
        let again = Signer::open(&keys, |bytes| bytes.fill(4)).unwrap();
        assert_eq!(first.key_id(), again.key_id());
        let signed = first.sign("x");
        // A lost key is made anew; what the old one signed is still recognised.
        fs::remove_file(folder.path().join("keys/signing.key")).unwrap();
        let new = Signer::open(&keys, |bytes| bytes.fill(5)).unwrap();
        assert_ne!(new.key_id(), first.key_id());
        assert!(new.is_signed("x", &signed));
        fs::write(folder.path().join("keys/signing.key"), "nonsense").unwrap();
        assert!(Signer::open(&keys, |bytes| bytes.fill(5)).unwrap_err().to_string().contains("已损坏"));
    }
}
