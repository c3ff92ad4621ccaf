//! tar as a stream: ustar, PAX (POSIX.1-2001), GNU and v7, with bounded headers.
//!
//! Headers are parsed by the `tar` crate. Its iterator is not used, since that reads a PAX or GNU name header of any
//! size into memory, and does not tell offsets, which the index of a docker archive needs.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Seek};

use tar::{EntryType, Header};

use super::limits;
use super::pax::{Override, number};
use super::sparse::{Map, Span};

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
    /// A symbolic link; what it leads to stands elsewhere, or nowhere.
    SymbolicLink,
    /// One more name of a file that stands elsewhere in the archive, or below it.
    HardLink,
    /// A device, a pipe: no content.
    Special,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its path as stored, of any bytes; cut at [`limits::PATH`].
    pub path: Vec<u8>,
    /// Whether it was cut.
    pub path_cut: bool,
    /// Whether holes were left out of what is stored.
    pub sparse: bool,
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
    /// What was read to be looked at, and is still to be given.
    pending: VecDeque<u8>,
    /// What is left of a sparse file; empty for other files.
    spans: VecDeque<Span>,
}

/// The tar itself is not sound, whatever it is read from.
#[derive(Debug, thiserror::Error)]
#[error("not a sound tar: {0}")]
struct Unsound(String);

/// Whether an error of a [`Reader`] is of the tar, so that what follows can still be read as it stands.
pub fn is_unsound(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Unsound>())
}

impl<R: Skip> Reader<R> {
    /// Reads a tar from its beginning.
    pub fn new(inner: R) -> Self {
        let (pending, spans) = (VecDeque::new(), VecDeque::new());
        Self { inner, offset: 0, left: 0, padding: 0, members: 0, pending, spans }
    }

    /// The next member; none at the end of the archive.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        let mut over = Override::default();
        loop {
            self.pass_over()?;
            let Some(block) = self.block()? else { return Ok(None) };
            let header = Header::from_byte_slice(&block);
            if !checksum_holds(header, &block) {
                self.pending.extend(block);
                return Err(unsound("a member's header has a wrong checksum"));
            }
            let size = header.entry_size().map_err(|_| unsound("a member's size is not a number"))?;
            let kind = header.entry_type();
            match kind {
                EntryType::XHeader => over.read(&self.small_content(size)?),
                // Says what holds for all members, of which nothing is needed here but its comment.
                EntryType::XGlobalHeader => drop(self.small_content(size)?),
                EntryType::GNULongName => over.path = Some(until_nul(&self.small_content(size)?)),
                EntryType::GNULongLink => over.target = Some(until_nul(&self.small_content(size)?)),
                _ => {
                    self.open(if has_content(kind) { over.size.unwrap_or(size) } else { 0 });
                    return self.entry(header, kind, over).map(Some);
                }
            }
        }
    }

    fn entry(&mut self, header: &Header, kind: EntryType, mut over: Override) -> io::Result<Entry> {
        self.members += 1;
        limits::member(self.members)?;
        let mut path = over.take_path().unwrap_or_else(|| header.path_bytes().into_owned());
        let path_cut = path.len() > limits::PATH;
        path.truncate(limits::PATH);
        let stored = self.left;
        self.read_sparse_map(header, kind, &mut over)?;
        let kind = match kind {
            EntryType::Directory => Kind::Directory,
            EntryType::Symlink => Kind::SymbolicLink,
            EntryType::Link => Kind::HardLink,
            EntryType::Block | EntryType::Char | EntryType::Fifo => Kind::Special,
            // v7 tar marks a directory by its name alone.
            _ if path.ends_with(b"/") && stored == 0 => Kind::Directory,
            _ => Kind::File,
        };
        let target = over.target.or_else(|| header.link_name_bytes().map(Into::into)).unwrap_or_default();
        Ok(Entry {
            path,
            path_cut,
            sparse: !self.spans.is_empty(),
            kind,
            size: self.left + self.pending.len() as u64,
            offset: self.offset - self.pending.len() as u64,
            target,
            attributes: over.attributes,
        })
    }

    /// The map of a sparse file: in its header, in blocks after that, in a PAX header or before its content.
    fn read_sparse_map(&mut self, header: &Header, kind: EntryType, over: &mut Override) -> io::Result<()> {
        if let (EntryType::GNUSparse, Some(gnu)) = (kind, header.as_gnu()) {
            over.map.add_gnu(&gnu.sparse);
            over.map.end = gnu.real_size().ok();
            let mut goes_on = gnu.is_extended();
            while goes_on {
                let Some(block) = self.block()? else { return Err(cut_short()) };
                goes_on = over.map.add_gnu_block(&block);
            }
        } else if over.map_in_content {
            let end = over.map.end;
            match self.map_in_content()? {
                Some(map) => over.map = map,
                None => return Ok(()),
            }
            over.map.end = end;
        }
        self.spans = over.map.spans(self.left).unwrap_or_default();
        Ok(())
    }

    /// Numbers, a line each: how many parts there are, then offset and length of each, filled up to a block. What
    /// turns out to be no map is content.
    fn map_in_content(&mut self) -> io::Result<Option<Map>> {
        let (mut text, mut lines) = (Vec::new(), 0);
        loop {
            if self.left < BLOCK as u64 || text.len() as u64 >= LONGEST_HEADER {
                break;
            }
            let read = text.len();
            text.resize(read + BLOCK, 0);
            self.read_exact(&mut text[read..])?;
            if text[read..].iter().any(|b| !b.is_ascii_digit() && !matches!(b, b'\n' | 0)) {
                break;
            }
            lines += memchr::memchr_iter(b'\n', &text[read..]).count();
            let mut numbers = text.split(|b| *b == b'\n').map(number);
            let count = numbers.next().flatten().and_then(|n| usize::try_from(n).ok());
            if lines > 0 && count.is_none_or(|count| lines > count.saturating_mul(2)) {
                let numbers: Option<Vec<u64>> = numbers.take(2 * count.unwrap_or(0)).collect();
                let Some(numbers) = numbers else { break };
                let mut map = Map::default();
                numbers.chunks_exact(2).for_each(|part| map.add(part[0], part[1]));
                return Ok(Some(map));
            }
        }
        self.pending.extend(text);
        Ok(None)
    }

    /// Sets out on a content of this size.
    fn open(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64) - size;
    }

    fn pass_over(&mut self) -> io::Result<()> {
        self.pending.clear();
        self.spans.clear();
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

    fn small_content(&mut self, size: u64) -> io::Result<Vec<u8>> {
        self.open(size);
        if size > LONGEST_HEADER {
            return Err(unsound("a member's extended header is larger than 1 MiB"));
        }
        let mut content = vec![0; size as usize];
        self.read_exact(&mut content)?;
        Ok(content)
    }

    /// What follows the archive's end or its fault, which a reader of files never sees.
    pub fn into_rest(self) -> impl Read {
        io::Cursor::new(Vec::from(self.pending)).chain(self.inner)
    }
}

impl<R: Skip> Read for Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.pending.is_empty() {
            return self.pending.read(buf);
        }
        let room = u64::try_from(buf.len()).unwrap_or(u64::MAX);
        let want = match self.spans.front() {
            Some(Span::Hole(size)) => {
                let n = room.min(*size) as usize;
                buf[..n].fill(0);
                self.pass_span(n as u64);
                return Ok(n);
            }
            Some(Span::Stored(size)) => room.min(*size).min(self.left) as usize,
            None => room.min(self.left) as usize,
        };
        if want == 0 {
            return Ok(0);
        }
        let n = self.inner.read(&mut buf[..want])?;
        if n == 0 {
            return Err(cut_short());
        }
        self.left -= n as u64;
        self.offset += n as u64;
        self.pass_span(n as u64);
        Ok(n)
    }
}

impl<R> Reader<R> {
    fn pass_span(&mut self, read: u64) {
        if let Some(Span::Hole(left) | Span::Stored(left)) = self.spans.front_mut() {
            *left -= read;
            if *left == 0 {
                self.spans.pop_front();
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

fn checksum_holds(header: &Header, block: &[u8; BLOCK]) -> bool {
    let sum: u32 = block[..148].iter().chain(&block[156..]).map(|b| u32::from(*b)).sum::<u32>() + 8 * 32;
    header.cksum().is_ok_and(|expected| expected == sum)
}

fn until_nul(name: &[u8]) -> Vec<u8> {
    name.split(|b| *b == 0).next().unwrap_or_default().to_vec()
}

fn cut_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the tar is cut short")
}

fn unsound(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Unsound(what.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(path: &[u8], kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path);
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        header
    }

    fn member(path: &[u8], kind: EntryType, content: &[u8]) -> Vec<u8> {
        let mut bytes = header(path, kind, content.len() as u64).as_bytes().to_vec();
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    fn files(tar: &[u8]) -> Vec<(Entry, Vec<u8>)> {
        let mut reader = Reader::new(Stream(tar));
        let mut files = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let mut content = Vec::new();
            reader.read_to_end(&mut content).unwrap();
            files.push((entry, content));
        }
        files
    }

    #[test]
    fn more_members_than_the_limit_are_refused() {
        let tar = member(b"a", EntryType::Regular, b"");
        let mut reader = Reader::new(Stream(tar.as_slice()));
        reader.members = limits::MEMBERS;
        let error = reader.next_entry().unwrap_err();
        assert!(error.to_string().contains("more than 10000000 members"), "{error}");
    }

    #[test]
    fn a_path_beyond_the_limit_is_cut_and_its_content_is_read() {
        let mut tar = member(b"././@LongLink", EntryType::GNULongName, &[b'p'; limits::PATH + 1]);
        tar.extend(member(b"p", EntryType::Regular, b"content"));
        let files = files(&tar);
        assert_eq!((files[0].0.path.len(), files[0].0.path_cut), (limits::PATH, true));
        assert_eq!(files[0].1, b"content");
    }

    #[test]
    fn a_fault_keeps_what_follows_it() {
        let mut tar = member(b"a", EntryType::Regular, b"");
        tar.extend([b'x'; 600]);
        let mut reader = Reader::new(Stream(tar.as_slice()));
        assert!(reader.next_entry().unwrap().is_some());
        assert!(is_unsound(&reader.next_entry().unwrap_err()));
        let mut rest = Vec::new();
        reader.into_rest().read_to_end(&mut rest).unwrap();
        assert_eq!(rest, [b'x'; 600]);
    }

    #[test]
    fn a_header_that_is_too_large_is_refused() {
        let tar = header(b"p", EntryType::XHeader, LONGEST_HEADER + 1);
        let error = Reader::new(Stream(tar.as_bytes().as_slice())).next_entry().unwrap_err();
        assert!(is_unsound(&error) && error.to_string().contains("larger than 1 MiB"), "{error}");
    }

    #[test]
    fn what_only_claims_to_be_a_sparse_map_is_content() {
        let pax = b"22 GNU.sparse.major=1\n";
        for content in [&[b'x'; 700][..], b"5\n0\n1\n", &[b'7'; 2000]] {
            let mut tar = member(b"p", EntryType::XHeader, pax);
            tar.extend(member(b"f", EntryType::Regular, content));
            tar.extend(member(b"next", EntryType::Regular, b"next"));
            let files = files(&tar);
            assert_eq!((files[0].1.as_slice(), files[0].0.size), (content, content.len() as u64));
            assert_eq!(files[1].1, b"next");
        }
    }
}
