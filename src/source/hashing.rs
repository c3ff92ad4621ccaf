//! Holds a blob to the digest that its name promises, while it is read.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::archive::walk::Visit;
use crate::oci::images::{digest_of, hex};

/// A blob on its way. One that is not named by its digest is not hashed.
pub struct Hashing<R> {
    inner: R,
    hash: Option<(String, Sha256)>,
    /// Whether reading failed, which who read was told.
    failed: bool,
}

impl<R: Read> Hashing<R> {
    /// The blob at `path`.
    pub fn new(path: &str, inner: R) -> Self {
        Self { inner, hash: digest_of(path).map(|expected| (expected, Sha256::new())), failed: false }
    }

    /// Reads what is left, and tells if the digest is not the promised one.
    pub fn verify(mut self, visit: &mut dyn Visit) {
        if self.hash.is_none() || self.failed {
            return;
        }
        // A registry can break off after the end of the archive, too.
        if let Err(e) = io::copy(&mut self, &mut io::sink()) {
            return visit.unread("", format!("{e}; its digest was not checked"));
        }
        if let Some((expected, hash)) = self.hash.take() {
            let found = hex(&hash.finalize());
            if found != expected {
                visit.unread(
                    "",
                    format!("its digest is {found}: the content was changed, and was read as it stands"),
                );
            }
        }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n =
            self.inner.read(buf).inspect_err(|e| self.failed |= e.kind() != io::ErrorKind::Interrupted)?;
        if let Some((_, hash)) = &mut self.hash {
            hash.update(&buf[..n]);
        }
        Ok(n)
    }
}
