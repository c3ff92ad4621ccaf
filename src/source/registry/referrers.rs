//! What refers to an image: signatures, SBOMs, attestations (distribution-spec, "Listing Referrers").
//!
//! They are read as texts. A referrer can have referrers, and these can form a loop: each digest is looked at once.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use super::client::{Client, is_digest};
use super::error::{Error, Kind};
use crate::finding::Referrer;

/// Referrers that are read of one image.
const MOST: usize = 200;
/// Referrers of referrers: a signature of an attestation of an image.
const DEPTH: usize = 3;
/// Tags under which cosign keeps what has no list.
const COSIGN: [&str; 3] = ["sig", "att", "sbom"];

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// In the order in which they were found.
    pub(super) referrers: Vec<Referrer>,
    /// Their manifests, as far as they could be read.
    pub(super) manifests: Vec<(String, Vec<u8>)>,
    /// Digests, or names of lists, that could not be read.
    pub(super) problems: Vec<(String, String)>,
}

/// Follows what refers to the subjects, and to what refers to them. `known` are the image's own manifests.
pub(super) fn find(client: &Client, subjects: &[String], known: &HashSet<String>) -> Found {
    let mut found = Found::default();
    let mut seen: HashSet<String> = known.clone();
    let mut left: VecDeque<(String, usize)> = subjects.iter().map(|s| (s.clone(), 0)).collect();
    // Whether the registry has the lists; one answer is enough.
    let mut lists = true;
    while let Some((subject, depth)) = left.pop_front() {
        let descriptors = match list(client, &subject, &mut lists) {
            Ok(descriptors) => descriptors,
            // A login that may read the image and not this: nothing is passed over that the registry tells of.
            Err(e) => {
                found.problems.push((subject.clone(), format!("its referrers were not read: {e}")));
                continue;
            }
        };
        for descriptor in descriptors {
            let Some(digest) = descriptor["digest"].as_str().filter(|d| is_digest(d)) else { continue };
            if !seen.insert(digest.to_owned()) {
                continue;
            }
            if found.referrers.len() == MOST || depth == DEPTH {
                let reason = format!("its referrers past the {MOST}th, or {DEPTH} deep, were not read");
                found.problems.push((subject.clone(), reason));
                break;
            }
            match client.manifest(digest) {
                Ok(bytes) => add(&mut found, &subject, digest, &descriptor, bytes),
                Err(e) => found.problems.push((digest.to_owned(), format!("a referrer was not read: {e}"))),
            }
            left.push_back((digest.to_owned(), depth + 1));
        }
    }
    if let Some(top) = subjects.first() {
        cosign(client, top, &mut seen, &mut found);
    }
    found
}

fn add(found: &mut Found, about: &str, digest: &str, descriptor: &Value, bytes: Vec<u8>) {
    let manifest: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let kinds = [&descriptor["artifactType"], &manifest["artifactType"], &manifest["config"]["mediaType"]];
    let kind = kinds.into_iter().find_map(Value::as_str).unwrap_or_default();
    found.referrers.push(Referrer {
        digest: digest.to_owned(),
        artifact_type: kind.chars().filter(|c| c.is_ascii_graphic()).take(200).collect(),
        about: about.to_owned(),
    });
    found.manifests.push((digest.to_owned(), bytes));
}

/// The registry's list, or the tag that stands for it where it has none.
fn list(client: &Client, subject: &str, lists: &mut bool) -> Result<Vec<Value>, Error> {
    if *lists {
        match client.referrers(subject)? {
            Some(descriptors) => return Ok(descriptors),
            None => *lists = false,
        }
    }
    let Some((_, bytes)) = client.tagged(&tag(subject))? else { return Ok(Vec::new()) };
    let index: Value = serde_json::from_slice(&bytes)
        .map_err(|e| Error::new(Kind::Unsound, format!("the tag {} is not JSON: {e}", tag(subject))))?;
    Ok(index["manifests"].as_array().cloned().unwrap_or_default())
}

/// `sha256:ab…` to `sha256-ab…` (distribution-spec, "Referrers Tag Schema").
fn tag(digest: &str) -> String {
    digest.replacen(':', "-", 1).chars().take(128).collect()
}

fn cosign(client: &Client, top: &str, seen: &mut HashSet<String>, found: &mut Found) {
    for suffix in COSIGN {
        match client.tagged(&format!("{}.{suffix}", tag(top))) {
            Ok(Some((digest, bytes))) if seen.insert(digest.clone()) => {
                add(found, top, &digest, &Value::Null, bytes);
            }
            Ok(_) => {}
            Err(e) => found.problems.push((top.to_owned(), format!("its tag .{suffix} was not read: {e}"))),
        }
    }
}
