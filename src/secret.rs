//! A credential's value, and what may be told of it.
//!
//! In: the bytes that a rule matched. Out: a redacted form, a length, a keyed fingerprint. The value itself
//! leaves only through [`Secret::reveal`], which nothing but `--reveal` and the comparison of values may call.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Key of a fingerprint where the organisation has set none: fingerprints are then comparable everywhere, and a
/// value that is weak enough to be guessed can be confirmed by whoever has the report.
const PUBLIC_KEY: &[u8] = b"unbake public fingerprint key v1";

/// A matched value. `Debug` and `Display` never show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret {
    bytes: Box<[u8]>,
    public_prefix: u8,
}

impl Secret {
    /// Takes the value; `public_prefix` is how many of its first bytes are the provider's mark (`ghp_`) and tell
    /// nothing. It is cut where it would reach beyond a quarter of the value or outside ASCII.
    pub fn new(bytes: &[u8], public_prefix: usize) -> Self {
        let printable = bytes.iter().take_while(|b| b.is_ascii_graphic()).count();
        let prefix = public_prefix.min(printable).min(bytes.len() / 4).min(24);
        Self { bytes: bytes.into(), public_prefix: prefix as u8 }
    }

    /// The value itself.
    pub fn reveal(&self) -> &[u8] {
        &self.bytes
    }

    /// Length of the value in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the value has no bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The provider's mark and an ellipsis: `ghp_…`, or `…` alone.
    pub fn redacted(&self) -> String {
        let prefix = String::from_utf8_lossy(&self.bytes[..usize::from(self.public_prefix)]);
        format!("{prefix}…")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.bytes.len())
    }
}

/// 64 bits that stand for a value under a rule, the same on every machine that has the same key. Written as 16
/// hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a fingerprint: 16 hexadecimal digits");
        let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        digits.then(|| u64::from_str_radix(text, 16).ok()).flatten().map(Self).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

/// Makes fingerprints: HMAC-SHA256 (RFC 2104) under the organisation's key, cut to its first 64 bits.
#[derive(Clone)]
pub struct Fingerprinter {
    key: Vec<u8>,
}

impl Fingerprinter {
    /// `key` is `UNBAKE_FINGERPRINT_KEY`; without one the public key is used.
    pub fn new(key: Option<&str>) -> Self {
        Self { key: key.map_or(PUBLIC_KEY, str::as_bytes).to_vec() }
    }

    /// Fingerprint of a value that can't be guessed.
    pub fn of_value(&self, rule: &str, secret: &Secret) -> Fingerprint {
        self.mac(&[b"value", rule.as_bytes(), secret.reveal()])
    }

    /// Fingerprint of a value weak enough to be guessed: made from the place, so that the report does not
    /// confirm a guess.
    pub fn of_place(&self, rule: &str, place: &str) -> Fingerprint {
        self.mac(&[b"place", rule.as_bytes(), place.as_bytes()])
    }

    /// Tells two keys apart: `public`, or 64 bits made with the organisation's key, from which it can't be had.
    pub fn key_id(&self) -> String {
        if self.key == PUBLIC_KEY { "public".to_owned() } else { self.mac(&[b"key"]).to_string() }
    }

    fn mac(&self, parts: &[&[u8]]) -> Fingerprint {
        // HMAC takes a key of any length, so this can't fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return Fingerprint(0) };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let digest = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Fingerprint(u64::from_be_bytes(first))
    }
}

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprinter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neither Debug nor the redacted form may show what follows the provider's mark.
    #[test]
    fn debug_and_redacted_form_hide_the_value() {
        let secret = Secret::new(b"ghp_thisIsOurOwnInventedValue", 4);
        assert_eq!(format!("{secret:?}"), "Secret(29 bytes)");
        assert_eq!(secret.redacted(), "ghp_…");
    }

    /// A short value has no room for a public prefix.
    #[test]
    fn a_short_value_shows_at_most_a_quarter() {
        assert_eq!(Secret::new(b"hunter2", 4).redacted(), "h…");
    }

    #[test]
    fn a_fingerprint_is_read_as_it_is_written() {
        let written = Fingerprint(0x0123_4567_89ab_cdef);
        assert_eq!(written.to_string().parse(), Ok(written));
        for wrong in ["", "123", "+123456789abcdef", "0123456789abcdef0"] {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_told_apart_and_not_told() {
        let (ours, theirs) = (Fingerprinter::new(Some("our key")), Fingerprinter::new(Some("their key")));
        assert_eq!(Fingerprinter::new(None).key_id(), "public");
        assert_eq!(ours.key_id(), Fingerprinter::new(Some("our key")).key_id());
        assert_ne!(ours.key_id(), theirs.key_id());
    }

    /// The key and the rule are part of the fingerprint, and parts can't be shifted into each other.
    #[test]
    fn fingerprints_depend_on_key_rule_and_value() {
        let ours = Fingerprinter::new(Some("our key"));
        let value = Secret::new(b"invented", 0);
        assert_eq!(ours.of_value("a", &value), ours.of_value("a", &value));
        assert_ne!(ours.of_value("a", &value), Fingerprinter::new(None).of_value("a", &value));
        assert_ne!(ours.of_value("a", &value), ours.of_value("b", &value));
        assert_ne!(ours.of_value("ai", &Secret::new(b"nvented", 0)), ours.of_value("a", &value));
    }
}
