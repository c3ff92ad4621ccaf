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

/// Bytes that a layer may unpack to however small it is, and the archives in it all together.
const FREE_WHOLE: u64 = 4 << 30;

/// Bytes that each byte read may become beyond that. Layers of real images make 2 to 5; gzip can make 1,032.
const RATIO: u64 = 250;

/// Longest path that a member may have; Linux has 4,096.
pub const PATH: usize = 16 << 10;

/// What is said of a member whose path is longer.
pub const PATH_CUT: &str = "its path is longer than 16 KiB and was cut; its content was read as it stands";

/// Most members of one archive: a layer of a million files is odd, and is read.
pub const MEMBERS: u64 = 10_000_000;

/// Refuses the `number`th member of an archive if that is too many.
pub(super) fn member(number: u64) -> io::Result<()> {
    if number > MEMBERS {
        let reason = format!("more than {MEMBERS} members in one archive; the rest of it was not read");
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    Ok(())
}

/// What was read of something, and what was unpacked of it.
#[derive(Debug, Clone)]
pub struct Budget(Rc<Counts>);

#[derive(Debug)]
struct Counts {
    free: u64,
    read: Cell<u64>,
    made: Cell<u64>,
    /// Of all that this is a part of: a thousand small bombs are a large one.
    whole: Option<Budget>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(FREE_WHOLE, None)
    }
}

impl Budget {
    /// For a file that is a part of what this budget is for.
    pub fn of_file(&self) -> Self {
        Self::new(FREE, Some(self.clone()))
    }

    fn new(free: u64, whole: Option<Self>) -> Self {
        Self(Rc::new(Counts { free, read: Cell::new(0), made: Cell::new(0), whole }))
    }

    /// Counts what is read of the thing itself.
    pub fn source<R: Read>(&self, inner: R) -> Source<R> {
        Source { inner, budget: self.clone() }
    }

    /// Counts what is unpacked, and fails when it is too much.
    pub fn unpacked<R: Read>(&self, inner: R) -> Unpacked<R> {
        Unpacked { inner, budget: self.clone() }
    }

    fn add_read(&self, n: u64) {
        self.0.read.set(self.0.read.get() + n);
        if let Some(whole) = &self.0.whole {
            whole.add_read(n);
        }
    }

    fn add_made(&self, n: u64) {
        self.0.made.set(self.0.made.get() + n);
        if let Some(whole) = &self.0.whole {
            whole.add_made(n);
        }
    }

    fn is_spent(&self) -> bool {
        let Counts { free, read, made, whole } = &*self.0;
        made.get() > free + RATIO.saturating_mul(read.get()) || whole.as_ref().is_some_and(Self::is_spent)
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
        self.budget.add_read(n as u64);
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
        if self.budget.is_spent() {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("unpacks to more than {RATIO} times its size: a decompression bomb?"),
            ));
        }
        let n = self.inner.read(buf)?;
        self.budget.add_made(n as u64);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(budget: &Budget, read: u64, made: u64) -> io::Result<u64> {
        io::copy(&mut budget.source(io::repeat(0).take(read)), &mut io::sink())?;
        io::copy(&mut budget.unpacked(io::repeat(0).take(made)), &mut io::sink())
    }

    #[test]
    fn what_is_free_and_the_ratio_end() {
        let budget = || Budget::new(1 << 20, None);
        assert_eq!(unpack(&budget(), 0, 1 << 20).unwrap(), 1 << 20);
        assert_eq!(unpack(&budget(), 1 << 20, 200 << 20).unwrap(), 200 << 20);
        let error = unpack(&budget(), 1000, 2 << 20).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(error.to_string().contains("more than 250 times its size"), "{error}");
    }

    #[test]
    fn many_small_bombs_are_a_large_one() {
        let whole = Budget::new(8 << 20, None);
        let files = (0..16).map(|_| unpack(&whole.of_file(), 100, 1 << 20));
        let spent = files.filter(Result::is_err).count();
        assert!((7..=8).contains(&spent), "{spent} of 16 refused");
    }

    #[test]
    fn members_are_counted() {
        assert!(member(MEMBERS).is_ok());
        assert!(member(MEMBERS + 1).is_err());
    }
}
