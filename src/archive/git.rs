//! Git objects: loose ones (zlib of `blob 12\0…`) and packs (gitformat-pack).
//!
//! A pack is read as a stream. An object that is stored as the difference to another is read as what the difference
//! adds: lines that it shares with its base are in the base, which is in the pack too.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::ZlibDecoder;

use super::walk::Walk;

/// Longest difference that is read; the text it adds is a part of it.
const LONGEST_DELTA: u64 = 8 << 20;

/// A loose object: its content without its header.
pub(super) fn walk_object(walk: &mut Walk<'_>, path: &str, content: &mut dyn Read) -> io::Result<()> {
    let budget = walk.budget();
    let mut object = BufReader::new(budget.unpacked(ZlibDecoder::new(BufReader::new(content))));
    let mut header = Vec::new();
    object.by_ref().take(64).read_until(0, &mut header)?;
    let kind = header.split(|b| *b == b' ').next().unwrap_or_default();
    let kind = String::from_utf8_lossy(kind).into_owned();
    walk.enter(&format!("{path}!{kind}"), &mut object);
    Ok(())
}

/// A pack: every object of it.
pub(super) fn walk_pack(walk: &mut Walk<'_>, path: &str, content: &mut dyn Read) -> io::Result<()> {
    let mut content = BufReader::with_capacity(64 << 10, content);
    let mut header = [0; 12];
    content.read_exact(&mut header)?;
    let objects = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
    for number in 0..objects {
        let kind = object_header(&mut content)?;
        let budget = walk.budget();
        let name = match kind {
            1 => "commit",
            2 => "tree",
            3 => "blob",
            4 => "tag",
            _ => "delta",
        };
        let object_path = format!("{path}!{name}-{number}");
        let mut object = budget.unpacked(ZlibDecoder::new(&mut content));
        if name == "delta" {
            let mut delta = Vec::new();
            object.by_ref().take(LONGEST_DELTA).read_to_end(&mut delta)?;
            walk.enter(&object_path, &mut added(&delta).as_slice());
        } else {
            walk.enter(&object_path, &mut object);
        }
        // To the end of the stream, so that the next object's header follows.
        let left = io::copy(&mut object, &mut io::sink())?;
        if left > 0 {
            walk.unread(
                &object_path,
                format!("a difference of more than 8 MiB; its last {left} bytes were not read"),
            );
        }
    }
    // The pack's own checksum.
    io::copy(&mut content, &mut io::sink()).map(drop)
}

/// Reads the type and passes over the size and the base's name.
fn object_header(content: &mut impl Read) -> io::Result<u8> {
    let first = byte(content)?;
    let mut next = first;
    while next & 0x80 != 0 {
        next = byte(content)?;
    }
    let kind = first >> 4 & 7;
    match kind {
        1..=4 => {}
        // OFS_DELTA: the base's distance, as a number of variable length.
        6 => while byte(content)? & 0x80 != 0 {},
        // REF_DELTA: the base's object id.
        7 => content.read_exact(&mut [0; 20])?,
        _ => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a sound git pack: unknown object type",
            ));
        }
    }
    Ok(kind)
}

fn byte(content: &mut impl Read) -> io::Result<u8> {
    let mut one = [0];
    content.read_exact(&mut one)?;
    Ok(one[0])
}

/// The text that a delta brings itself, insertion after insertion.
fn added(delta: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut at = 0;
    // Sizes of the base and of the result.
    for _ in 0..2 {
        at += delta[at..].iter().take_while(|b| **b & 0x80 != 0).count() + 1;
        at = at.min(delta.len());
    }
    while let Some(&op) = delta.get(at) {
        at += 1;
        if op & 0x80 != 0 {
            // A copy from the base: its offset and size take a byte for each bit set.
            at += (op & 0x7f).count_ones() as usize;
        } else {
            let end = (at + usize::from(op)).min(delta.len());
            text.extend_from_slice(&delta[at..end]);
            text.push(b'\n');
            at = end;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_is_read_as_what_it_adds() {
        // Base of 10, result of 14: copy 3 bytes from 0, insert "abcd", copy 7 from 3.
        let delta = [10, 14, 0x91, 0, 3, 4, b'a', b'b', b'c', b'd', 0x91, 3, 7];
        assert_eq!(added(&delta), b"abcd\n");
    }
}
