//! What a stream is, by its first bytes.

use std::io::{self, Read};

use super::compression::Compression;

/// How many bytes tell: a tar header.
pub const HEAD: usize = 512;

/// The containers that are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One compressed stream.
    Compressed(Compression),
    /// POSIX ustar, PAX, GNU or v7 tar.
    Tar,
    /// zip, jar, war, whl, apk of Android.
    Zip,
    /// ar: Debian packages, static libraries.
    Ar,
    /// A pack of git objects.
    GitPack,
    /// A loose git object, compressed with zlib.
    GitObject,
}

/// The container that begins like this, if it is one.
pub fn sniff(head: &[u8]) -> Option<Format> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Format::Zip),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => Some(Format::Ar),
        [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, ..] => Some(Format::GitPack),
        _ if is_git_object(head) => Some(Format::GitObject),
        _ if is_tar(head) => Some(Format::Tar),
        _ => Compression::of(head).map(Format::Compressed),
    }
}

/// A header whose checksum holds; v7 tar has no other mark. An all-zero block is an empty tar or nothing at all.
fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<HEAD>() else { return false };
    // The checksum is eight octal digits, so most files are refused by one byte.
    if !matches!(block[148], b'0'..=b'7' | b' ') || block[0] == 0 {
        return false;
    }
    let header = tar::Header::from_byte_slice(block);
    let sum: u32 = block[..148].iter().chain(&block[156..]).map(|b| u32::from(*b)).sum::<u32>() + 8 * 32;
    header.cksum().is_ok_and(|expected| expected == sum)
}

/// zlib with one of its usual headers, around `blob 12\0…` (gitformat-loose, gitglossary "object").
fn is_git_object(head: &[u8]) -> bool {
    if !matches!(head, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]) {
        return false;
    }
    let mut start = [0; 8];
    let read = flate2::read::ZlibDecoder::new(head).read(&mut start).unwrap_or(0);
    [&b"blob "[..], b"tree ", b"commit ", b"tag "].iter().any(|kind| start[..read].starts_with(kind))
}

/// A reader whose first bytes were looked at and are read again.
pub struct Peeked<R> {
    head: [u8; HEAD],
    len: usize,
    at: usize,
    inner: R,
}

impl<R: Read> Peeked<R> {
    /// Reads the first bytes.
    pub fn new(mut inner: R) -> io::Result<Self> {
        let (mut head, mut len) = ([0; HEAD], 0);
        while len < HEAD {
            match inner.read(&mut head[len..]) {
                Ok(0) => break,
                Ok(n) => len += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // What came before the fault is still to be read; the fault comes again after it.
                Err(e) if len == 0 => return Err(e),
                Err(_) => break,
            }
        }
        Ok(Self { head, len, at: 0, inner })
    }

    /// The first bytes; fewer than [`HEAD`] only when there are no more.
    pub fn head(&self) -> &[u8] {
        &self.head[..self.len]
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.len {
            return self.inner.read(buf);
        }
        let n = buf.len().min(self.len - self.at);
        buf[..n].copy_from_slice(&self.head[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
