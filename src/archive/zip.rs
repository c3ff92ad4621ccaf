//! zip as a stream: member after member by their local headers (APPNOTE.TXT 4.3.7).
//!
//! The `zip` crate needs to seek, that is to hold the whole archive, and its stream reader refuses members with a
//! data descriptor, which is how the JDK writes every jar. So the headers are read here, and the members are
//! inflated by the crates for it.

use std::io::{self, BufRead, BufReader, Read};

use super::compression::Compression;
use super::limits;
use super::walk::Walk;
use crate::place::printable_path;

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
/// What is passed over to find the next member: padding, a data descriptor.
const LONGEST_GAP: usize = 64 << 10;
/// Sizes stand after the content: general purpose bit 3.
const DESCRIPTOR: u16 = 1 << 3;
const ENCRYPTED: u16 = 1;

/// A local header.
struct Member {
    name: String,
    /// Whether the name was too long.
    name_cut: bool,
    flags: u16,
    method: u16,
    compressed: u64,
}

/// Visits the members.
pub(super) fn walk(walk: &mut Walk<'_>, path: &str, content: &mut dyn Read) -> io::Result<()> {
    let mut content = BufReader::with_capacity(64 << 10, content);
    let mut members = 0;
    while next_header(&mut content)? {
        members += 1;
        limits::member(members)?;
        let member = read_header(&mut content)?;
        let member_path = format!("{path}!{}", member.name);
        if member.name_cut {
            walk.unread(&member_path, limits::PATH_CUT.to_owned());
        }
        if member.flags & ENCRYPTED != 0 {
            walk.unread(&member_path, "it is encrypted with a password; unpack it and scan that".to_owned());
            pass_over(&mut content, &member)?;
        } else if member.name.ends_with('/') {
            pass_over(&mut content, &member)?;
        } else {
            read_member(walk, &member_path, &member, &mut content)?;
        }
    }
    Ok(())
}

/// Gets to the next local header and over its mark; false at the directory or the end.
fn next_header(content: &mut impl BufRead) -> io::Result<bool> {
    let mut last = [0; 4];
    for passed in 0..LONGEST_GAP {
        let Some(&byte) = content.fill_buf()?.first() else {
            return if passed == 0 { Err(cut_short()) } else { Ok(false) };
        };
        content.consume(1);
        last.rotate_left(1);
        last[3] = byte;
        match last {
            LOCAL_HEADER => return Ok(true),
            // The central directory, or the end of an empty archive.
            [b'P', b'K', 1, 2] | [b'P', b'K', 5, 6] | [b'P', b'K', 6, 6] => {
                io::copy(content, &mut io::sink())?;
                return Ok(false);
            }
            _ => {}
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "not a sound zip: no member and no directory follows"))
}

fn read_header(content: &mut impl Read) -> io::Result<Member> {
    let mut fixed = [0; 26];
    content.read_exact(&mut fixed)?;
    let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 2)) << 16;
    let mut name = vec![0; short(22).into()];
    content.read_exact(&mut name)?;
    let mut extra = vec![0; short(24).into()];
    content.read_exact(&mut extra)?;
    let compressed = match long(14) {
        0xffff_ffff => zip64_compressed(&extra).unwrap_or(0xffff_ffff),
        size => size,
    };
    let name_cut = name.len() > limits::PATH;
    name.truncate(limits::PATH);
    Ok(Member { name: printable_path(&name), name_cut, flags: short(2), method: short(4), compressed })
}

/// Compressed size of the zip64 field: tag 1, length, uncompressed size, compressed size.
fn zip64_compressed(extra: &[u8]) -> Option<u64> {
    let mut rest = extra;
    loop {
        let (head, tail) = rest.split_first_chunk::<4>()?;
        let len = usize::from(u16::from_le_bytes([head[2], head[3]]));
        if head[..2] == [1, 0] {
            return tail.get(8..16)?.try_into().ok().map(u64::from_le_bytes);
        }
        rest = tail.get(len..)?;
    }
}

fn read_member(
    walk: &mut Walk<'_>,
    path: &str,
    member: &Member,
    content: &mut impl BufRead,
) -> io::Result<()> {
    let budget = walk.budget();
    let open_ended = member.flags & DESCRIPTOR != 0 && member.compressed == 0;
    let size = if open_ended { u64::MAX } else { member.compressed };
    match member.method {
        0 if !open_ended => {
            let mut stored = content.take(size);
            walk.enter(path, &mut stored);
            end(walk, path, stored)
        }
        8 => {
            let mut compressed = content.take(size);
            let mut inflated = budget.unpacked(flate2::bufread::DeflateDecoder::new(&mut compressed));
            walk.enter(path, &mut inflated);
            let ended = drain(&mut inflated);
            // Where the size is known, a damaged member does not end the walk.
            if open_ended { ended } else { end(walk, path, compressed) }
        }
        method if !open_ended => {
            let mut compressed = content.take(size);
            let how = match method {
                12 => Some(Compression::Bzip2),
                93 => Some(Compression::Zstd),
                95 => Some(Compression::Xz),
                _ => None,
            };
            match how {
                Some(how) => walk.enter(path, &mut budget.unpacked(how.decoder(&mut compressed)?)),
                None => walk.unread(path, format!("zip compression method {method} is not known")),
            }
            end(walk, path, compressed)
        }
        method => {
            walk.unread(
                path,
                format!("zip member of method {method} with no size; what follows is not read"),
            );
            drain(content)
        }
    }
}

/// Passes over what is left of a member; tells if the archive ends before the member does.
fn end(walk: &mut Walk<'_>, path: &str, mut content: io::Take<&mut impl BufRead>) -> io::Result<()> {
    drain(&mut content)?;
    if content.limit() > 0 {
        walk.unread(path, cut_short().to_string());
    }
    Ok(())
}

fn pass_over(content: &mut impl BufRead, member: &Member) -> io::Result<()> {
    drain(&mut content.take(member.compressed))
}

fn drain(content: &mut impl Read) -> io::Result<()> {
    io::copy(content, &mut io::sink()).map(drop)
}

fn cut_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the zip is cut short")
}
