//! The digests of a file in the forms that package databases write them, and the key that stands for a path with a
//! digest.

use std::hash::{DefaultHasher, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The digests of a file's content. What is compared is their text, so that no record has to be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// MD5 in hexadecimal: dpkg.
    md5: String,
    /// SHA-1 in base64: apk.
    sha1: String,
    /// SHA-256 in the URL alphabet of base64, not padded: wheels.
    sha256: String,
}

impl Digests {
    /// Those of a whole file.
    pub fn of(content: &[u8]) -> Self {
        let md5 = Md5::digest(content);
        Self {
            md5: md5.iter().map(|byte| format!("{byte:02x}")).collect(),
            sha1: STANDARD.encode(Sha1::digest(content)),
            sha256: URL_SAFE_NO_PAD.encode(Sha256::digest(content)),
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> [&str; 3] {
        [&self.md5, &self.sha1, &self.sha256]
    }
}

/// Directories that a merged `/usr` took over: packages record `bin/ls` for what an image has as `usr/bin/ls`, and
/// the other way round.
const MERGED: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Stands for "a file at this path of this target has this digest": 8 bytes for each of an image's 100,000 files.
pub(super) fn key(target: usize, path: &str, digest: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_usize(target);
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        if part != "usr" || !parts.peek().is_some_and(|next| MERGED.contains(next)) {
            hasher.write(part.as_bytes());
            hasher.write_u8(b'/');
        }
    }
    hasher.write(digest.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_as_the_databases_write_them() {
        // RFC 1321 and FIPS 180-4, "abc".
        assert_eq!(
            Digests::of(b"abc").all(),
            [
                "900150983cd24fb0d6963f7d28e17f72",
                "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
                "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
            ]
        );
    }

    #[test]
    fn a_merged_usr_is_the_same_place() {
        assert_eq!(key(0, "bin/ls", "d"), key(0, "usr/bin/ls", "d"));
        assert_eq!(key(0, "a/rootfs/usr/lib/x", "d"), key(0, "a/rootfs/lib/x", "d"));
        assert_ne!(key(0, "share/x", "d"), key(0, "usr/share/x", "d"));
        assert_ne!(key(0, "bin/ls", "d"), key(1, "bin/ls", "d"));
        assert_ne!(key(0, "bin/ls", "d"), key(0, "bin/ls", "e"));
    }
}
