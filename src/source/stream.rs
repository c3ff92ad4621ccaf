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
use crate::archive::limits::{self, Budget};
use crate::archive::links::Members;
use crate::archive::sniff::{Format, Peeked, sniff};
use crate::archive::tar::{Entry, Kind, Reader, Stream, is_unsound};
use crate::archive::walk::{Visit, walk};
use crate::finding::Skipped;
use crate::oci::overlay::{LayerPaths, normal};
use crate::oci::store::{Kept, LARGEST_DOCUMENT, leads_to};
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
    /// Whether not a single byte came.
    pub empty: bool,
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
    passed.empty = peeked.head().is_empty();
    match sniff(peeked.head()) {
        Some(Format::Compressed(how)) if compressed_tar(how, peeked.head()) => {
            let budget = Budget::default();
            let decoder = budget.unpacked(how.decoder(budget.source(peeked))?);
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
    let mut members = Members::default();
    loop {
        let entry = match reader.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(e) => {
                if is_unsound(&e) {
                    layer::feed_rest("(after the fault)", reader.into_rest(), feeder)?;
                }
                return Err(e);
            }
        };
        let path = printable_path(&normal(&entry.path));
        if entry.path_cut {
            feeder.unread(&path, limits::PATH_CUT.to_owned());
        }
        for (name, value) in &entry.attributes {
            feeder.file(&format!("{path}#{name}"), &mut value.as_slice())?;
        }
        if entry.kind != Kind::Directory {
            members.add(&entry.path, (entry.kind == Kind::HardLink).then_some(&entry.target));
        }
        if let Some(target) = leads_to(&path, &entry) {
            passed.kept.links.insert(path, target);
        } else if entry.kind == Kind::File {
            let content = Peeked::new(&mut reader)?;
            member(&path, &entry, content, target, queue, excluded, feeder, passed)?;
        }
    }
    for (link, reason) in members.finish().reasons("in this archive") {
        feeder.unread(&link, reason);
    }
    layer::feed_rest("(after the end)", reader.into_rest(), feeder)
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
        if let Some(earlier) = passed.kept.documents.insert(path.to_owned(), bytes) {
            // The later one is what counts; the earlier one is in the archive nevertheless.
            walk(&format!("{path}!(overwritten)"), earlier.as_slice(), feeder);
        }
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
