//! The second factor: codes of six digits that change every 30 seconds (RFC 6238 over RFC 4226, SHA-1, as every
//! authenticator app has them).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Milliseconds of one step.
const STEP_MS: i64 = 30_000;
/// Steps that a clock may be early or late.
const DRIFT: i64 = 1;
/// Bytes of a secret (RFC 4226 §4: 160 bits).
pub(crate) const SECRET: usize = 20;

/// The step at a moment.
fn step_at(now_ms: i64) -> i64 {
    now_ms.div_euclid(STEP_MS)
}

/// The code of a step (RFC 4226 §5.3).
fn code(secret: &[u8], step: i64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let word = u32::from_be_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]);
    (word & 0x7fff_ffff) % 1_000_000
}

/// The step whose code was typed, when it is a code of now.
pub(crate) fn step_of(secret: &[u8], typed: &str, now_ms: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let typed: u32 = digits.parse().ok()?;
    let now = step_at(now_ms);
    (now - DRIFT..=now + DRIFT).find(|step| code(secret, *step) == typed)
}

/// The code that an app shows now, for tests of sign-in.
#[must_use]
pub fn code_at(secret_base32: &str, now_ms: i64) -> Option<String> {
    Some(format!("{:06}", code(&from_base32(secret_base32)?, step_at(now_ms))))
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 without padding, as authenticator apps take it.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut bits, mut width) = (0_u32, 0);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        width += 8;
        while width >= 5 {
            width -= 5;
            text.push(char::from(BASE32[(bits >> width) as usize & 31]));
        }
    }
    if width > 0 {
        text.push(char::from(BASE32[(bits << (5 - width)) as usize & 31]));
    }
    text
}

pub(crate) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut width) = (0_u32, 0);
    for character in text.bytes() {
        let value = BASE32.iter().position(|known| *known == character.to_ascii_uppercase())?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        width += 5;
        if width >= 8 {
            width -= 8;
            bytes.push(u8::try_from((bits >> width) & 255).ok()?);
        }
    }
    Some(bytes)
}

/// What an authenticator app reads from a QR code.
pub(crate) fn uri(login: &str, place: &str, secret: &str) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect::<String>()
    };
    let issuer = encode(&format!("双拥通 {place}"));
    format!(
        "otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
        encode(login)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1; its codes have eight digits, ours are their last six.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let now_ms = seconds * 1000;
            assert_eq!(code_at(&base32(secret), now_ms).unwrap(), code[2..], "{seconds}");
            assert_eq!(step_of(secret, &code[2..], now_ms), Some(seconds / 30));
        }
    }

    #[test]
    fn a_clock_may_be_a_step_off_and_no_more() {
        let secret = b"12345678901234567890";
        let shown = code_at(&base32(secret), 3_000_000).unwrap();
        let step = Some(100);
        assert_eq!(step_of(secret, &shown, 3_000_000 - STEP_MS), step);
        assert_eq!(step_of(secret, &shown, 3_000_000 + STEP_MS), step);
        assert_eq!(step_of(secret, &shown, 3_000_000 + 2 * STEP_MS), None);
        assert_eq!(step_of(secret, &format!("{} {}", &shown[..3], &shown[3..]), 3_000_000), step);
        for wrong in ["", "12345", "1234567", "12345x", "１２３４５６"] {
            assert_eq!(step_of(secret, wrong, 3_000_000), None, "{wrong}");
        }
    }

    /// RFC 4648 §10, without padding.
    #[test]
    fn base32_goes_there_and_back() {
        for (plain, coded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), coded);
            assert_eq!(from_base32(coded).unwrap(), plain.as_bytes());
        }
        assert_eq!(from_base32("1"), None);
    }

    #[test]
    fn an_app_reads_the_uri() {
        let uri = uri("zhang", "石柱", "MZXW6");
        assert!(
            uri.starts_with("otpauth://totp/%E5%8F%8C") && uri.contains(":zhang?secret=MZXW6&issuer="),
            "{uri}"
        );
        assert!(uri.is_ascii());
    }
}
