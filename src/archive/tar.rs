//! tar as a stream: ustar, PAX (POSIX.1-2001), GNU and v7, with bounded headers.
//!
//! Headers are parsed by the `tar` crate. Its iterator is not used, since that reads a PAX or GNU name header of any
//! size into memory, and does not tell offsets, which the index of a docker archive needs.
//! Sparse files are read as they are stored: holes hold no secrets.

use std::io::{self, BufReader, Read, Seek};

use tar::{EntryType, Header, PaxExtensions};

use super::limits;

const BLOCK: usize = 512;
/// Longest PAX header that is read: names, and extended attributes of up to 64 KiB each.
const LONGEST_HEADER: u64 = 1 << 20;

/// Passing over bytes; a file can seek.
pub trait Skip: Read {
    /// Passes over `n` bytes, or fails where there are fewer.
    fn skip(&mut self, n: u64) -> io::Result<()>;
}

impl<R: Read + Seek> Skip for BufReader<R> {
    fn skip(&mut self, n: u64) -> io::Result<()> {
        self.seek_relative(n.cast_signed())
    }
}

/// A stream that can only be read.
pub struct Stream<R>(pub R);

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl<R: Read> Skip for Stream<R> {
    fn skip(&mut self, n: u64) -> io::Result<()> {
        let passed = io::copy(&mut self.0.by_ref().take(n), &mut io::sink())?;
        if passed < n { Err(cut_short()) } else { Ok(()) }
    }
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file with content.
    File,
    /// A directory.
    Directory,
    /// A symbolic or hard link; its content stands elsewhere.
    Link,
    /// A device, a pipe: no content.
    Special,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its path as stored, of any bytes.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Length of its content as stored.
    pub size: u64,
    /// Where its content begins in the archive.
    pub offset: u64,
    /// Where a link leads, as stored.
    pub target: Vec<u8>,
    /// Extended attributes (`SCHILY.xattr.NAME`) and comments of its PAX header.
    pub attributes: Vec<(String, Vec<u8>)>,
}

/// Reads members in turn; between two calls of [`Reader::next_entry`] it reads the content of the member at hand.
pub struct Reader<R> {
    inner: R,
    offset: u64,
    left: u64,
    padding: u64,
    members: u64,
}

/// What a PAX or GNU header says of the member that follows.
#[derive(Default)]
struct Override {
    path: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    attributes: Vec<(String, Vec<u8>)>,
}

impl<R: Skip> Reader<R> {
    /// Reads a tar from its beginning.
    pub fn new(inner: R) -> Self {
        Self { inner, offset: 0, left: 0, padding: 0, members: 0 }
    }

    /// The next member; none at the end of the archive.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        let mut over = Override::default();
        loop {
            self.pass_over()?;
            let Some(block) = self.block()? else { return Ok(None) };
            let header = Header::from_byte_slice(&block);
            verify(header, &block)?;
            let size = header.entry_size().map_err(|_| invalid("a member's size is not a number"))?;
            let kind = header.entry_type();
            self.open(if has_content(kind) { over.size.unwrap_or(size) } else { 0 });
            match kind {
                EntryType::XHeader => over.read_pax(&self.small_content()?),
                EntryType::XGlobalHeader => {
                    self.small_content()?;
                }
                EntryType::GNULongName => over.path = Some(until_nul(&self.small_content()?)),
                EntryType::GNULongLink => over.target = Some(until_nul(&self.small_content()?)),
                _ => {
                    if kind == EntryType::GNUSparse {
                        self.pass_over_sparse_map(&block)?;
                    }
                    return self.entry(header, kind, over).map(Some);
                }
            }
        }
    }

    fn entry(&mut self, header: &Header, kind: EntryType, over: Override) -> io::Result<Entry> {
        self.members += 1;
        if self.members > limits::MEMBERS {
            return Err(invalid("more than 10,000,000 members"));
        }
        let path = over.path.unwrap_or_else(|| header.path_bytes().into_owned());
        if path.len() > limits::PATH {
            return Err(invalid("a member's path is longer than 16 KiB"));
        }
        let kind = match kind {
            EntryType::Directory => Kind::Directory,
            EntryType::Link | EntryType::Symlink => Kind::Link,
            EntryType::Block | EntryType::Char | EntryType::Fifo => Kind::Special,
            // v7 tar marks a directory by its name alone.
            _ if path.ends_with(b"/") && self.left == 0 => Kind::Directory,
            _ => Kind::File,
        };
        let target = over.target.or_else(|| header.link_name_bytes().map(Into::into)).unwrap_or_default();
        Ok(Entry { path, kind, size: self.left, offset: self.offset, target, attributes: over.attributes })
    }

    /// Sets out on a content of this size.
    fn open(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64) - size;
    }

    fn pass_over(&mut self) -> io::Result<()> {
        let n = self.left + self.padding;
        if n > 0 {
            self.inner.skip(n)?;
            self.offset += n;
        }
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// The next header block; none at the end, be it marked by a zero block or not.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let (mut block, mut len) = ([0; BLOCK], 0);
        while len < BLOCK {
            match self.inner.read(&mut block[len..]) {
                Ok(0) if len == 0 => return Ok(None),
                Ok(0) => return Err(cut_short()),
                Ok(n) => len += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.offset += BLOCK as u64;
        Ok((block != [0; BLOCK]).then_some(block))
    }

    fn small_content(&mut self) -> io::Result<Vec<u8>> {
        if self.left > LONGEST_HEADER {
            return Err(invalid("a member's extended header is larger than 1 MiB"));
        }
        let mut content = Vec::with_capacity(self.left as usize);
        let expected = self.left;
        self.read_to_end(&mut content)?;
        if (content.len() as u64) < expected { Err(cut_short()) } else { Ok(content) }
    }

    /// The map of an old GNU sparse file goes on in blocks that its size does not count.
    fn pass_over_sparse_map(&mut self, header: &[u8; BLOCK]) -> io::Result<()> {
        let mut goes_on = header[482] != 0;
        while goes_on {
            let Some(block) = self.block()? else { return Err(cut_short()) };
            goes_on = block[504] != 0;
        }
        Ok(())
    }

    /// What follows the archive's end, which a reader of files never sees.
    pub fn into_rest(self) -> R {
        self.inner
    }
}

impl<R: Skip> Read for Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let want = buf.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if want == 0 {
            return Ok(0);
        }
        let n = self.inner.read(&mut buf[..want])?;
        if n == 0 {
            return Err(cut_short());
        }
        self.left -= n as u64;
        self.offset += n as u64;
        Ok(n)
    }
}

impl Override {
    fn read_pax(&mut self, records: &[u8]) {
        for record in PaxExtensions::new(records).flatten() {
            match (record.key(), record.value_bytes()) {
                (Ok("path" | "GNU.sparse.name"), value) => self.path = Some(value.to_vec()),
                (Ok("linkpath"), value) => self.target = Some(value.to_vec()),
                (Ok("size"), value) => {
                    self.size = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
                }
                (Ok(key), value) if key == "comment" || key.starts_with("SCHILY.xattr.") => {
                    self.attributes.push((key.to_owned(), value.to_vec()));
                }
                _ => {}
            }
        }
    }
}

/// Links and devices have no content, whatever their header says; directories neither.
fn has_content(kind: EntryType) -> bool {
    !matches!(
        kind,
        EntryType::Link
            | EntryType::Symlink
            | EntryType::Char
            | EntryType::Block
            | EntryType::Fifo
            | EntryType::Directory
    )
}

fn verify(header: &Header, block: &[u8; BLOCK]) -> io::Result<()> {
    let sum: u32 = block[..148].iter().chain(&block[156..]).map(|b| u32::from(*b)).sum::<u32>() + 8 * 32;
    match header.cksum() {
        Ok(expected) if expected == sum => Ok(()),
        _ => Err(invalid("a member's header has a wrong checksum")),
    }
}

fn until_nul(name: &[u8]) -> Vec<u8> {
    name.split(|b| *b == 0).next().unwrap_or_default().to_vec()
}

fn cut_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the tar is cut short")
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not a sound tar: {what}"))
}
