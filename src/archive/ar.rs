//! ar archives: Debian packages, static libraries. Format: ar(5), with GNU and BSD long names.
//!
//! Read by hand: sixty bytes a member, and the crates for it read a name table of any size into memory.

use std::io::{self, Read};

use super::limits;
use super::walk::Walk;
use crate::place::printable_path;

const HEADER: usize = 60;

/// Visits the members.
pub(super) fn walk(walk: &mut Walk<'_>, path: &str, content: &mut dyn Read) -> io::Result<()> {
    io::copy(&mut content.take(8), &mut io::sink())?;
    let mut names = Vec::new();
    let (mut header, mut members) = ([0; HEADER], 0);
    while read_header(content, &mut header)? {
        members += 1;
        limits::member(members)?;
        let size: u64 = field(&header[48..58])
            .parse()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a sound ar: a size is no number"))?;
        let mut member = content.take(size);
        let mut name = field(&header[..16]).to_owned();
        if name == "//" {
            member.by_ref().take(limits::PATH as u64 * 64).read_to_end(&mut names)?;
        } else if name != "/" && name != "/SYM64/" {
            name = long_name(&name, &names, &mut member)?;
            walk.enter(&format!("{path}!{name}"), &mut member);
        }
        io::copy(&mut member, &mut io::sink())?;
        if member.limit() > 0 {
            return Err(cut_short(&format!(" within {name}")));
        }
        if size % 2 == 1 {
            io::copy(&mut content.take(1), &mut io::sink())?;
        }
    }
    Ok(())
}

/// Whether there was one more header.
fn read_header(content: &mut dyn Read, header: &mut [u8; HEADER]) -> io::Result<bool> {
    let mut len = 0;
    while len < HEADER {
        match content.read(&mut header[len..])? {
            0 if len == 0 => return Ok(false),
            0 => return Err(cut_short("")),
            n => len += n,
        }
    }
    Ok(true)
}

fn cut_short(place: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("the ar archive is cut short{place}"))
}

/// A name of the GNU table (`/17`), one before the content (`#1/20`, BSD), or a short one (`control.tar.xz/`).
fn long_name(name: &str, names: &[u8], member: &mut impl Read) -> io::Result<String> {
    if let Some(len) = name.strip_prefix("#1/").and_then(|n| n.parse::<u64>().ok()) {
        let mut long = Vec::new();
        member.take(len.min(limits::PATH as u64)).read_to_end(&mut long)?;
        long.retain(|b| *b != 0);
        return Ok(printable_path(&long));
    }
    if let Some(at) = name.strip_prefix('/').and_then(|n| n.parse::<usize>().ok()) {
        let rest = names.get(at..).unwrap_or_default();
        let long = rest.split(|b| matches!(b, b'\n' | 0)).next().unwrap_or_default();
        return Ok(printable_path(long.strip_suffix(b"/").unwrap_or(long)));
    }
    Ok(printable_path(name.trim_end_matches('/').as_bytes()))
}

fn field(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default().trim_end()
}
