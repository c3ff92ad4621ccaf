//! What an archive may make the scan do.
//!
//! A bomb is told by how much it makes of how little: all that is unpacked out of one file, at any depth, counts
//! against what was read of that file.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// How deep archives are opened within archives.
pub const DEPTH: usize = 8;

/// Bytes that a file may unpack to however small it is.
const FREE: u64 = 256 << 20;

/// Bytes that each byte read may become beyond that. Layers of real images make 2 to 5; gzip can make 1,032.
const RATIO: u64 = 250;

/// Longest path that a member may have; Linux has 4,096.
pub const PATH: usize = 16 << 10;

/// Most members of one archive: a layer of a million files is odd, and is read.
pub const MEMBERS: u64 = 10_000_000;

/// What was read of one file, and what was unpacked of it.
#[derive(Debug, Clone, Default)]
pub struct Budget(Rc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    read: Cell<u64>,
    made: Cell<u64>,
}

impl Budget {
    /// Counts what is read of the file itself.
    pub fn source<R: Read>(&self, inner: R) -> Source<R> {
        Source { inner, budget: self.clone() }
    }

    /// Counts what is unpacked, and fails when it is too much.
    pub fn unpacked<R: Read>(&self, inner: R) -> Unpacked<R> {
        Unpacked { inner, budget: self.clone() }
    }
}

/// See [`Budget::source`].
pub struct Source<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.budget.0.read.set(self.budget.0.read.get() + n as u64);
        Ok(n)
    }
}

/// See [`Budget::unpacked`].
pub struct Unpacked<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let counts = &self.budget.0;
        let allowed = FREE + RATIO.saturating_mul(counts.read.get());
        if counts.made.get() > allowed {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("unpacks to more than {RATIO} times its size: a decompression bomb?"),
            ));
        }
        let n = self.inner.read(buf)?;
        counts.made.set(counts.made.get() + n as u64);
        Ok(n)
    }
}
