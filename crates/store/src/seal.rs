//! Protected columns: SM4-GCM (GB/T 32907, RFC 8998) for what is stored, HMAC-SM3 (GB/T 32905) for what is looked up.
//!
//! The nonce is the keyed hash of place and plaintext (as SIV does): it repeats only when the same text is sealed for
//! the same field of the same row, and then the whole sealed text is the same. No counter, no chance, nothing to
//! restore wrongly; and an unchanged value is seen by comparing sealed texts.

use crate::StoreError;
use crate::key::MasterKey;
use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::bank::BankAccount;
use domain::citizen::CitizenId;
use domain::region::CountyCode;
use hmac::{Hmac, Mac};
use sm3::Sm3;
use sm4::Sm4;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

type Gcm = AesGcm<Sm4, U12>;
type Keyed = Hmac<Sm3>;

/// Version of key and form; the head of every text sealed under the deployment's key.
const VERSION: &str = "v1.";
/// The same of a text sealed under a row's own key.
const OWN_VERSION: &str = "p1.";
const NONCE: usize = 12;
const TAG: usize = 16;

/// The field that a sealed text belongs to; it opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whose.
    pub county: CountyCode,
    /// Table.
    pub table: &'static str,
    /// Id of the row.
    pub row: Uuid,
    /// Column.
    pub field: &'static str,
}

impl Place {
    /// Unambiguous bytes: the county has six, the row sixteen, and no table has a stroke in its name.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend_from_slice(self.county.as_str().as_bytes());
        bytes.extend_from_slice(self.row.as_bytes());
        bytes.extend_from_slice(self.table.as_bytes());
        bytes.push(b'|');
        bytes.extend_from_slice(self.field.as_bytes());
        bytes
    }
}

impl Place {
    /// The same in thirty bytes, for the nonce: a phone number then fits into one block of SM3. Table and column
    /// are words of the program, so a short hash tells them apart (FNV-1a; the tests try all of them).
    fn head(&self) -> [u8; 30] {
        let words = self.table.bytes().chain([b'|']).chain(self.field.bytes());
        let hash = words.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut head = [0; 30];
        head[..6].copy_from_slice(self.county.as_str().as_bytes());
        head[6..22].copy_from_slice(self.row.as_bytes());
        head[22..].copy_from_slice(&hash.to_be_bytes());
        head
    }
}

/// Seals, opens and indexes protected values. Cheap to clone.
#[derive(Clone)]
pub struct Sealer(Arc<Keys>);

struct Keys {
    field: Gcm,
    nonce: Keyed,
    citizen: Keyed,
    account: Keyed,
    last4: Keyed,
    phone: Keyed,
    short: Keyed,
    visit: Keyed,
    token: Keyed,
    content: Keyed,
    check: Keyed,
}

/// The key of one row's protected columns. It stands wrapped beside them; whoever destroys it makes every copy of these
/// columns unreadable that has not the key beside it.
pub struct OwnKey {
    key: Box<Gcm>,
    wrapped: String,
}

impl OwnKey {
    /// As its column holds it.
    #[must_use]
    pub fn wrapped(&self) -> &str {
        &self.wrapped
    }
}

impl fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnKey(…)")
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// Derives all keys from the deployment's.
    pub fn new(key: &MasterKey) -> Self {
        let root = keyed(key.bytes());
        let derive = |label: &str| -> [u8; 32] {
            let mut mac = root.clone();
            mac.update(b"shuangyong 1 ");
            mac.update(label.as_bytes());
            mac.finalize().into_bytes().into()
        };
        let of = |label: &str| keyed(&derive(label));
        let field = Gcm::new_from_slice(&derive("field")[..16]).expect("an SM4 key has 16 bytes");
        Self(Arc::new(Keys {
            field,
            nonce: of("nonce"),
            citizen: of("citizen index"),
            account: of("account index"),
            last4: of("last4 index"),
            phone: of("phone index"),
            short: of("short index"),
            visit: of("visit key"),
            token: of("token index"),
            content: of("content index"),
            check: of("check"),
        }))
    }

    /// Tells this key from others without telling anything else.
    pub(crate) fn check_value(&self) -> String {
        index::<16>(&self.0.check, &[b"key check"])
    }

    /// Seals a text for one field: `v1.` and base64 of nonce, ciphertext and tag.
    pub fn seal(&self, place: Place, text: &str) -> String {
        self.seal_under(&self.0.field, VERSION, place, text)
    }

    fn seal_under(&self, key: &Gcm, version: &str, place: Place, text: &str) -> String {
        let mut mac = self.0.nonce.clone();
        mac.update(&place.head());
        mac.update(text.as_bytes());
        let nonce = mac.finalize().into_bytes();
        let place = place.bytes();
        let mut sealed = Vec::with_capacity(NONCE + text.len() + TAG);
        sealed.extend_from_slice(&nonce[..NONCE]);
        sealed.extend_from_slice(text.as_bytes());
        let (nonce, buffer) = sealed.split_at_mut(NONCE);
        let nonce: [u8; NONCE] = (&*nonce).try_into().expect("split at its length");
        let tag = key
            .encrypt_inout_detached(&nonce.into(), &place, InOutBuf::from(buffer))
            .expect("a field is far below the 64 GiB of GCM");
        sealed.extend_from_slice(&tag);
        let mut out = String::with_capacity(version.len() + (sealed.len() * 4).div_ceil(3));
        out.push_str(version);
        URL_SAFE_NO_PAD.encode_string(&sealed, &mut out);
        out
    }

    /// Opens what [`Sealer::seal`] gave for the same place.
    pub fn open_text(&self, place: Place, sealed: &str) -> Result<String, StoreError> {
        let body = sealed.strip_prefix(VERSION);
        body.and_then(|body| open_under(&self.0.field, place, body)).ok_or_else(|| corrupt(place))
    }

    /// A row's own key made of random bytes, wrapped for its column.
    pub fn new_key(&self, place: Place, random: [u8; 16]) -> OwnKey {
        let wrapped = self.seal(place, &URL_SAFE_NO_PAD.encode(random));
        OwnKey { key: Box::new(Gcm::new_from_slice(&random).expect("an SM4 key has 16 bytes")), wrapped }
    }

    /// A row's own key from its column.
    pub fn unwrap_key(&self, place: Place, wrapped: &str) -> Result<OwnKey, StoreError> {
        let text = self.open_text(place, wrapped)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| corrupt(place))?;
        let key = Gcm::new_from_slice(&bytes).map_err(|_| corrupt(place))?;
        Ok(OwnKey { key: Box::new(key), wrapped: wrapped.to_owned() })
    }

    /// Seals a text under a row's own key: `p1.` and the same as [`Sealer::seal`].
    pub fn seal_own(&self, key: &OwnKey, place: Place, text: &str) -> String {
        self.seal_under(&key.key, OWN_VERSION, place, text)
    }

    /// Opens what [`Sealer::seal_own`] gave, and what was sealed before the row had a key.
    pub fn open_own(&self, key: Option<&OwnKey>, place: Place, sealed: &str) -> Result<String, StoreError> {
        let Some(body) = sealed.strip_prefix(OWN_VERSION) else { return self.open_text(place, sealed) };
        key.and_then(|key| open_under(&key.key, place, body)).ok_or_else(|| corrupt(place))
    }

    /// Finds a person by number in the whole deployment.
    pub fn citizen_index(&self, number: &CitizenId) -> String {
        index::<16>(&self.0.citizen, &[number.reveal().as_bytes()])
    }

    /// Finds a bank account in the whole deployment.
    pub fn account_index(&self, account: &BankAccount) -> String {
        index::<16>(&self.0.account, &[account.reveal().as_bytes()])
    }

    /// Finds persons of one county by the last four characters of their number.
    pub fn last4_index(&self, county: CountyCode, last4: &str) -> String {
        index::<8>(&self.0.last4, &[county.as_str().as_bytes(), last4.to_ascii_uppercase().as_bytes()])
    }

    /// Finds persons of one county by their telephone number; `None` when it has no digits.
    pub fn phone_index(&self, county: CountyCode, phone: &str) -> Option<String> {
        let digits: String = domain::text::half_width(phone).chars().filter(char::is_ascii_digit).collect();
        (!digits.is_empty())
            .then(|| index::<16>(&self.0.phone, &[county.as_str().as_bytes(), b"|", digits.as_bytes()]))
    }

    /// Finds persons of one county by the number as a card of 15 digits had it: without the century.
    pub fn short_index(&self, county: CountyCode, number: &CitizenId) -> String {
        index::<16>(&self.0.short, &[county.as_str().as_bytes(), b"|", number.short().as_bytes()])
    }

    /// Finds what somebody showed again without keeping it: a session, a token, a recovery code.
    pub fn token_index(&self, kind: &str, shown: &str) -> String {
        index::<32>(&self.0.token, &[kind.as_bytes(), b"|", shown.as_bytes()])
    }

    /// Finds a visit again by what tells it from others; the text may hold a plain number.
    pub fn visit_index(&self, key: &str) -> String {
        index::<16>(&self.0.visit, &[key.as_bytes()])
    }
}

impl Sealer {
    /// Begins the index of a file's bytes in a county: equal bytes are found, and nobody without the key can tell
    /// whether a county has a certain file.
    pub fn content_index(&self, county: CountyCode) -> ContentIndex {
        let mut mac = self.0.content.clone();
        mac.update(county.as_str().as_bytes());
        ContentIndex(mac)
    }
}

/// The index of a file's bytes, which come in pieces.
pub struct ContentIndex(Keyed);

impl ContentIndex {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The index of all bytes.
    pub fn finish(self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0.finalize().into_bytes()[..24])
    }
}

fn corrupt(place: Place) -> StoreError {
    StoreError::Corrupt { table: place.table, column: place.field, id: place.row.to_string() }
}

fn open_under(key: &Gcm, place: Place, body: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
    let length = bytes.len().checked_sub(NONCE + TAG)?;
    let nonce: [u8; NONCE] = bytes[..NONCE].try_into().ok()?;
    let tag: [u8; TAG] = bytes[NONCE + length..].try_into().ok()?;
    let mut text = bytes[NONCE..NONCE + length].to_vec();
    let buffer = InOutBuf::from(text.as_mut_slice());
    key.decrypt_inout_detached(&nonce.into(), &place.bytes(), buffer, &tag.into()).ok()?;
    String::from_utf8(text).ok()
}

fn keyed(key: &[u8]) -> Keyed {
    <Keyed as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// The first `N` bytes of the keyed hash, as base64.
fn index<const N: usize>(key: &Keyed, parts: &[&[u8]]) -> String {
    let mut mac = key.clone();
    for part in parts {
        mac.update(part);
    }
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..N])
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
