//! What goes by once: an engine's export, standard input, a compressed archive.
//!
//! Whether a tar is an image is known when `manifest.json` or `index.json` has gone by, which is last as a rule. So
//! documents are kept, layers are fed as they come under the names of their blobs, and the end tells what they were.

use std::collections::HashMap;
use std::io::{self, Read};

use super::exclusions::Exclusions;
use super::feeder::{Feeder, Origin, Queue};
use super::hashing::Hashing;
use super::layer;
use crate::archive::compression::Compression;
use crate::archive::sniff::{Format, Peeked, sniff};
use crate::archive::tar::{Entry, Kind, Reader, Stream};
use crate::archive::walk::{Visit, walk};
use crate::finding::Skipped;
use crate::oci::overlay::{LayerPaths, normal};
use crate::oci::store::{Kept, LARGEST_DOCUMENT, resolve};
use crate::place::printable_path;

/// Documents of one archive that are kept; images have some ten of a few KB.
const KEPT: usize = 64 << 20;

/// What went by.
#[derive(Default)]
pub struct Passed {
    /// Documents, and the names of what was fed.
    pub kept: Kept,
    /// What each layer does to those below it.
    pub layers: HashMap<String, LayerPaths>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
}

/// Feeds a stream. `name` is the path of what is no archive.
pub fn feed(
    content: &mut dyn Read,
    name: &str,
    target: usize,
    queue: &Queue,
    excluded: &Exclusions,
) -> Passed {
    let mut passed = Passed::default();
    let mut feeder = Feeder::new(queue, Origin { target, layer: None });
    if let Err(e) = feed_any(content, name, target, queue, excluded, &mut feeder, &mut passed) {
        feeder.unread(name, format!("{e}; the rest was not read"));
    }
    passed.skipped.extend(feeder.finish());
    passed
}

fn feed_any(
    content: &mut dyn Read,
    name: &str,
    target: usize,
    queue: &Queue,
    excluded: &Exclusions,
    feeder: &mut Feeder<'_>,
    passed: &mut Passed,
) -> io::Result<()> {
    let peeked = Peeked::new(content)?;
    match sniff(peeked.head()) {
        Some(Format::Compressed(how)) if compressed_tar(how, peeked.head()) => {
            let decoder = how.decoder(peeked)?;
            feed_tar(
                io::BufReader::with_capacity(128 << 10, decoder),
                target,
                queue,
                excluded,
                feeder,
                passed,
            )
        }
        Some(Format::Tar) => {
            feed_tar(io::BufReader::with_capacity(128 << 10, peeked), target, queue, excluded, feeder, passed)
        }
        _ => {
            walk(name, peeked, feeder);
            Ok(())
        }
    }
}

fn compressed_tar(how: Compression, head: &[u8]) -> bool {
    how.decoder(head)
        .and_then(Peeked::new)
        // bzip2 and xz give nothing for half a block: they are opened as files are.
        .is_ok_and(|inner| sniff(inner.head()) == Some(Format::Tar))
}

fn feed_tar(
    content: impl Read,
    target: usize,
    queue: &Queue,
    excluded: &Exclusions,
    feeder: &mut Feeder<'_>,
    passed: &mut Passed,
) -> io::Result<()> {
    let mut reader = Reader::new(Stream(content));
    while let Some(entry) = reader.next_entry()? {
        let path = printable_path(&normal(&entry.path));
        match entry.kind {
            Kind::Directory | Kind::Special => {}
            Kind::Link => {
                let leads_to = resolve(&path, &printable_path(&entry.target));
                passed.kept.links.insert(path, leads_to);
            }
            Kind::File => {
                let content = Peeked::new(&mut reader)?;
                member(&path, &entry, content, target, queue, excluded, feeder, passed)?;
            }
        }
    }
    Ok(())
}

#[expect(
    clippy::too_many_arguments,
    reason = "the stream's state, taken apart so that each part can be borrowed"
)]
fn member(
    path: &str,
    entry: &Entry,
    mut content: Peeked<impl Read>,
    target: usize,
    queue: &Queue,
    excluded: &Exclusions,
    feeder: &mut Feeder<'_>,
    passed: &mut Passed,
) -> io::Result<()> {
    let kept: usize = passed.kept.documents.values().map(Vec::len).sum();
    let document = matches!(content.head().trim_ascii_start().first(), Some(b'{' | b'['));
    if document && entry.size <= LARGEST_DOCUMENT && kept + entry.size as usize <= KEPT {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        passed.kept.documents.insert(path.to_owned(), bytes);
    } else if layer::is_layer(content.head()) {
        let mut own = Feeder::new(queue, Origin { target, layer: Some(path.to_owned()) });
        let mut hashing = Hashing::new(path, content);
        passed.layers.insert(path.to_owned(), layer::feed(&mut hashing, &mut own, excluded));
        hashing.verify(&mut own);
        passed.skipped.extend(own.finish());
        passed.kept.scanned.insert(path.to_owned(), entry.size);
    } else {
        walk(path, content, feeder);
        passed.kept.scanned.insert(path.to_owned(), entry.size);
    }
    Ok(())
}
