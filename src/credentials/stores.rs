//! Key stores: JKS, JCEKS, PKCS#12, BCFKS. What is reported is that one with a private key is there; its password is not
//! guessed.

use super::file::File;
use crate::finding::Confidence;

const RULE: &str = "key-store";

/// `sun.security.provider.JavaKeyStore` and `com.sun.crypto.provider.JceKeyStore`.
const JKS: &[u8] = &[0xfe, 0xed, 0xfe, 0xed];
const JCEKS: &[u8] = &[0xce, 0xce, 0xce, 0xce];

/// Object identifiers in DER, of bags (RFC 7292, 4.2: 1.2.840.113549.1.12.10.1) and of contents (RFC 5652).
const KEY_BAG: &[u8] = &[0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x01];
const SHROUDED_KEY_BAG: &[u8] =
    &[0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02];
const ENCRYPTED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];

/// A key store by its magic number, whatever its ending: `keytool` writes PKCS#12 to `.jks`, too.
pub(super) fn key_store(file: &mut File<'_>) {
    let bytes = file.bytes;
    let confidence = if bytes.starts_with(JKS) || bytes.starts_with(JCEKS) {
        java(bytes).then_some(Confidence::High)
    } else {
        pkcs12(bytes)
    };
    if let Some(confidence) = confidence {
        file.present(RULE, bytes, confidence);
    }
}

/// Bouncy Castle's FIPS store is encrypted as a whole, so what it holds is not to be seen.
pub(super) fn bcfks(file: &mut File<'_>) {
    if is_sequence(file.bytes) && file.bytes.len() > 256 {
        file.present(RULE, file.bytes, Confidence::Low);
    }
}

/// Whether an entry has a private key (tag 1) or a secret one (tag 3); a trust store has certificates (tag 2).
fn java(bytes: &[u8]) -> bool {
    let mut entries = Bytes(bytes.get(4..).unwrap_or_default());
    let (Some(version), Some(count)) = (entries.number(), entries.number()) else { return false };
    for _ in 0..count {
        let Some(tag) = entries.number() else { return false };
        if tag != 2 {
            // After the tag, an alias that is text: else this is no store.
            return matches!(tag, 1 | 3) && entries.text().is_some();
        }
        if entries.trusted(version).is_none() {
            return false;
        }
    }
    false
}

/// Numbers and texts as Java's `DataInput` reads them.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    fn text(&mut self) -> Option<&'b str> {
        let len = self.take(2)?.try_into().ok().map(u16::from_be_bytes)?;
        std::str::from_utf8(self.take(usize::from(len))?).ok()
    }

    /// Skips a trusted certificate: alias, time, type (since version 2), encoding.
    fn trusted(&mut self, version: u32) -> Option<()> {
        self.text()?;
        self.take(8)?;
        if version >= 2 {
            self.text()?;
        }
        let len = self.number()?;
        self.take(len as usize).map(drop)
    }
}

/// A PFX of version 3. Keys are in bags that are encrypted one by one and so can be seen; where all is encrypted, there
/// may be one. Certificates alone, as in Java's own trust store, are none.
fn pkcs12(bytes: &[u8]) -> Option<Confidence> {
    let is_pfx =
        is_sequence(bytes) && bytes.get(..16.min(bytes.len()))?.windows(4).any(|w| w == [2, 1, 3, 0x30]);
    let has = |id: &[u8]| memchr::memmem::find(bytes, id).is_some();
    match is_pfx {
        true if has(SHROUDED_KEY_BAG) || has(KEY_BAG) => Some(Confidence::High),
        true if has(ENCRYPTED_DATA) => Some(Confidence::Low),
        _ => None,
    }
}

/// A DER (or BER) sequence whose length is that of the file.
fn is_sequence(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x80, ..] => true,
        [0x30, 0x82, high, low, rest @ ..] => rest.len() == usize::from(*high) << 8 | usize::from(*low),
        [0x30, 0x83, a, b, c, rest @ ..] => {
            rest.len() == usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c)
        }
        [0x30, 0x81, len, rest @ ..] => rest.len() == usize::from(*len),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> Vec<u8> {
        [&[0, 0, 0, 2, 0, 2][..], b"ca", &[0; 8], &[0, 5], b"X.509", &[0, 0, 0, 3, 1, 2, 3]].concat()
    }

    fn store(magic: &[u8], entries: &[Vec<u8>]) -> Vec<u8> {
        [magic, &[0, 0, 0, 2], &(entries.len() as u32).to_be_bytes(), &entries.concat()].concat()
    }

    #[test]
    fn a_store_of_java_has_a_key_only_if_an_entry_says_so() {
        let key = [&[0, 0, 0, 1, 0, 6][..], b"unbake", &[0; 8], &[0, 0, 0, 1, 9]].concat();
        assert!(java(&store(JKS, &[trusted(), key.clone()])));
        assert!(java(&store(JCEKS, &[key])));
        assert!(!java(&store(JKS, &[trusted(), trusted()])));
        assert!(!java(&store(JKS, &[])));
        assert!(!java(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2]));
    }

    #[test]
    fn a_pfx_tells_its_key_by_the_bag() {
        let pfx = |content: &[u8]| {
            let body = [&[2, 1, 3, 0x30, 0x20][..], content, &[0; 120]].concat();
            [&[0x30, 0x81, body.len() as u8][..], &body].concat()
        };
        assert_eq!(pkcs12(&pfx(SHROUDED_KEY_BAG)), Some(Confidence::High));
        assert_eq!(pkcs12(&pfx(KEY_BAG)), Some(Confidence::High));
        assert_eq!(pkcs12(&pfx(ENCRYPTED_DATA)), Some(Confidence::Low));
        assert_eq!(pkcs12(&pfx(b"certificates")), None);
        assert_eq!(pkcs12(b"text"), None);
    }
}
