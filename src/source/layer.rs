//! A layer: a tar, compressed or not, whatever its media type says.

use std::io::{self, Read};

use super::exclusions::{self, Exclusions};
use super::feeder::Feeder;
use crate::archive::compression::Compression;
use crate::archive::sniff::{Format, Peeked, sniff};
use crate::archive::tar::{Kind, Reader, Stream};
use crate::archive::walk::{SkipZeros, Visit, walk};
use crate::oci::overlay::{LayerPaths, normal};
use crate::place::printable_path;

/// Bytes of the uncompressed layer that are read at once; larger files go past this buffer.
const BUFFER: usize = 128 << 10;

/// Feeds every file of a layer, and tells what the layer does to those below it.
pub fn feed(blob: impl Read, feeder: &mut Feeder<'_>, excluded: &Exclusions) -> LayerPaths {
    let mut paths = LayerPaths::default();
    let mut last = String::new();
    if let Err(e) = feed_blob(blob, feeder, excluded, &mut paths, &mut last) {
        let after = if last.is_empty() { String::new() } else { format!("after {last}: ") };
        feeder.unread("", format!("{after}{e}; the rest of the layer was not read"));
    }
    paths
}

fn feed_blob(
    blob: impl Read,
    feeder: &mut Feeder<'_>,
    excluded: &Exclusions,
    paths: &mut LayerPaths,
    last: &mut String,
) -> io::Result<()> {
    let peeked = Peeked::new(blob)?;
    match sniff(peeked.head()) {
        Some(Format::Compressed(how)) => {
            // A layer's own size is what the image says it is: its bombs are files within it.
            let decoder = how.decoder(peeked)?;
            feed_tar(io::BufReader::with_capacity(BUFFER, decoder), feeder, excluded, paths, last)
        }
        _ => feed_tar(io::BufReader::with_capacity(BUFFER, peeked), feeder, excluded, paths, last),
    }
}

fn feed_tar(
    content: impl Read,
    feeder: &mut Feeder<'_>,
    excluded: &Exclusions,
    paths: &mut LayerPaths,
    last: &mut String,
) -> io::Result<()> {
    let mut reader = Reader::new(Stream(content));
    while let Some(entry) = reader.next_entry()? {
        let shown = printable_path(&normal(&entry.path));
        paths.add(shown.as_bytes(), entry.kind == Kind::Directory);
        if shown.split('/').any(|part| part == "..") {
            feeder.unread(
                &shown,
                "its path leads out of the image; its content was read as it stands".to_owned(),
            );
        }
        for (name, value) in &entry.attributes {
            feeder.file(&format!("{shown}#{name}"), &mut value.as_slice())?;
        }
        if entry.kind == Kind::File {
            if let Some(excluder) = excluded.excluder(&shown) {
                feeder.skipped.push(exclusions::excluded(&shown, entry.size, excluder));
            } else {
                walk(&shown, &mut reader, feeder);
            }
        }
        *last = shown;
    }
    let mut rest = Peeked::new(SkipZeros { inner: reader.into_rest(), done: false })?;
    if rest.head().is_empty() { Ok(()) } else { feeder.file("(after the end)", &mut rest) }
}

/// Whether bytes that begin like this can be a layer.
pub fn is_layer(head: &[u8]) -> bool {
    match sniff(head) {
        Some(Format::Tar) => true,
        Some(Format::Compressed(how)) => {
            matches!(how, Compression::Gzip | Compression::Zstd) && inner_is_tar(how, head)
        }
        _ => false,
    }
}

/// The first bytes of what is compressed, as far as the head gives them.
fn inner_is_tar(how: Compression, head: &[u8]) -> bool {
    let Ok(decoder) = how.decoder(head) else { return false };
    // A head of 512 bytes holds a tar header in nearly every layer; one that does not is a file.
    Peeked::new(decoder).is_ok_and(|inner| sniff(inner.head()) == Some(Format::Tar))
}
