//! An image in a registry, as the reader of images wants it: an OCI layout whose blobs come over the network.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::client::{Client, LARGEST_MANIFEST};
use super::error::Error;
use super::name::Name;
use super::referrers;
use crate::finding::Referrer;
use crate::oci::images::{blob_path, digest, digest_of, hex};
use crate::oci::store::{Listing, Store};

/// How deep an index may stand in an index; the reader of images stops there, too.
const NESTING: usize = 8;
/// Manifests of one image: those of large indexes have 30.
const MANIFESTS: usize = 1_000;
/// Documents that are fetched beside each other.
const ABREAST: usize = 4;
/// Bytes of configurations and statements that are fetched ahead; what is beyond is fetched when it is read.
const AHEAD: u64 = 64 << 20;

/// The name under which the reader of images finds what was asked for.
const TOP: &str = "index.json";

/// A blob that a manifest names.
struct Blob {
    digest: String,
    size: Option<u64>,
    /// It belongs to a referrer, and is read as a file.
    loose: bool,
    /// Whether it is held to its digest here. Who reads layers and configurations does that.
    checked: bool,
}

/// An image in a registry. Its documents are there, its layers are fetched as they are read.
pub struct Image {
    client: Arc<Client>,
    /// Digest of what the reference named when it was resolved.
    pub digest: String,
    documents: BTreeMap<String, Vec<u8>>,
    blobs: HashMap<String, Blob>,
    /// Documents that could not be fetched, and why.
    failed: HashMap<String, String>,
    referrers: Vec<Referrer>,
    unread: Vec<(String, String)>,
}

impl Image {
    /// Resolves the name and fetches the image's documents.
    pub(super) fn read(client: Arc<Client>, name: &Name) -> Result<Self, Error> {
        let asked = match &name.digest {
            Some(digest) => digest.clone(),
            None => client.digest_of_tag(name.tag())?,
        };
        let top = client.manifest(&asked)?;
        let parsed: Value = serde_json::from_slice(&top).unwrap_or_default();
        // The digest of schema 1 leaves out the signature that comes with it, so it can't be checked here.
        let own = parsed["schemaVersion"] == 1;
        let digest = if own { digest(&top) } else { asked };
        let (documents, blobs, failed) = (BTreeMap::new(), HashMap::new(), HashMap::new());
        let (referrers, unread) = (Vec::new(), Vec::new());
        let mut image = Self { client, digest: digest.clone(), documents, blobs, failed, referrers, unread };
        let mut subjects = vec![digest.clone()];
        let known = image.walk(&digest, top, &mut subjects);
        image.fetch_ahead();
        image.add_referrers(&subjects, &known);
        let index = json!({"schemaVersion": 2, "manifests": [{"digest": digest}]});
        image.documents.insert(TOP.to_owned(), index.to_string().into_bytes());
        Ok(image)
    }

    /// Fetches all manifests, level by level, and notes the blobs that they name. The digests are given back;
    /// those of images are added to `subjects`.
    fn walk(&mut self, top: &str, bytes: Vec<u8>, subjects: &mut Vec<String>) -> HashSet<String> {
        let mut seen = HashSet::from([top.to_owned()]);
        let mut level = vec![(top.to_owned(), Ok::<_, Error>(bytes))];
        for _ in 0..=NESTING {
            let mut below = Vec::new();
            for (digest, fetched) in level {
                let Some(path) = blob_path(&digest) else { continue };
                match fetched {
                    Err(e) => drop(self.failed.insert(path, e.to_string())),
                    Ok(bytes) => {
                        below.extend(self.manifest(&digest, &bytes, subjects));
                        self.documents.insert(path, bytes);
                    }
                }
            }
            below.retain(|digest| seen.len() < MANIFESTS && seen.insert(digest.clone()));
            if below.is_empty() {
                break;
            }
            level = abreast(&below, |digest| self.client.manifest(digest));
        }
        seen
    }

    /// Takes note of what a manifest names; the manifests that it names are given back.
    fn manifest(&mut self, digest: &str, bytes: &[u8], subjects: &mut Vec<String>) -> Vec<String> {
        let manifest: Value = serde_json::from_slice(bytes).unwrap_or_default();
        if let Some(entries) = manifest["manifests"].as_array() {
            return entries.iter().filter_map(|e| e["digest"].as_str()).map(str::to_owned).collect();
        }
        let layers = manifest["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let statement = layers.iter().any(is_statement);
        if !statement && subjects.iter().all(|s| s != digest) {
            subjects.push(digest.to_owned());
        }
        for descriptor in layers.iter().chain([&manifest["config"]]) {
            self.note(descriptor, false);
        }
        Vec::new()
    }

    fn note(&mut self, descriptor: &Value, loose: bool) {
        let Some(digest) = descriptor["digest"].as_str() else { return };
        let Some(path) = blob_path(digest) else { return };
        if self.blobs.contains_key(&path) {
            return;
        }
        let media_type = descriptor["mediaType"].as_str().unwrap_or_default();
        let elsewhere = media_type.contains("foreign")
            || media_type.contains("nondistributable")
            || descriptor["urls"].as_array().is_some_and(|urls| !urls.is_empty());
        // `urls` are never asked: whoever wrote the manifest chose them. Some registries keep such layers, though.
        if elsewhere && !self.client.has(digest) {
            return;
        }
        let checked = loose || is_statement(descriptor);
        let blob = Blob { digest: digest.to_owned(), size: descriptor["size"].as_u64(), loose, checked };
        self.blobs.insert(path, blob);
    }

    /// Configurations and statements: many small documents, which would otherwise be waited for one by one.
    fn fetch_ahead(&mut self) {
        let mut wanted = Vec::new();
        let mut left = AHEAD;
        for manifest in self.documents.values() {
            let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
            let layers = manifest["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
            let small = layers.iter().filter(|l| is_statement(l)).chain([&manifest["config"]]);
            for descriptor in small {
                let size = descriptor["size"].as_u64().unwrap_or(LARGEST_MANIFEST);
                let Some(digest) = descriptor["digest"].as_str() else { continue };
                if size <= LARGEST_MANIFEST && size <= left && wanted.iter().all(|w| w != digest) {
                    left -= size;
                    wanted.push(digest.to_owned());
                }
            }
        }
        let fetched = abreast(&wanted, |digest| self.client.document(digest));
        for (digest, result) in fetched {
            let Some(path) = blob_path(&digest) else { continue };
            match result {
                Ok(bytes) => {
                    if self.blobs.get(&path).is_some_and(|blob| blob.checked) {
                        self.verify(&path, &bytes);
                    }
                    self.documents.insert(path, bytes);
                }
                Err(e) => drop(self.failed.insert(path, e.to_string())),
            }
        }
    }

    fn add_referrers(&mut self, subjects: &[String], known: &HashSet<String>) {
        let found = referrers::find(&self.client, subjects, known);
        for (digest, bytes) in found.manifests {
            let manifest: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let lists = ["layers", "blobs"].into_iter().filter_map(|key| manifest[key].as_array());
            for descriptor in lists.flatten().chain([&manifest["config"]]) {
                self.note(descriptor, true);
            }
            if let Some(path) = blob_path(&digest) {
                self.verify(&path, &bytes);
                self.documents.insert(path, bytes);
            }
        }
        self.referrers = found.referrers;
        self.unread.extend(found.problems);
    }

    /// The reader of images holds manifests and configurations to their digests; the rest is held to them here.
    fn verify(&mut self, path: &str, bytes: &[u8]) {
        if let Some(changed) = digest_of(path).and_then(|expected| changed(&expected, &digest(bytes))) {
            self.unread.push((path.to_owned(), changed));
        }
    }
}

impl Store for Image {
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        if let Some(document) = self.documents.get(path) {
            return Ok(Box::new(document.as_slice()));
        }
        if let Some(reason) = self.failed.get(path) {
            return Err(io::Error::other(reason.clone()));
        }
        let blob = self.blobs.get(path).ok_or(io::ErrorKind::NotFound)?;
        let stream = self.client.blob(&blob.digest, blob.size)?;
        Ok(if blob.checked { Box::new(Verified::new(path, stream)) } else { Box::new(stream) })
    }

    fn size(&self, path: &str) -> Option<u64> {
        self.documents.get(path).map(|d| d.len() as u64).or_else(|| {
            let blob = self.blobs.get(path)?;
            Some(blob.size.unwrap_or_default())
        })
    }

    fn list(&self) -> Listing {
        let loose = self.blobs.iter().filter(|(_, blob)| blob.loose).map(|(path, _)| path.clone());
        let mut paths: Vec<String> = self.documents.keys().cloned().chain(loose).collect();
        paths.sort();
        paths.dedup();
        let mut unread = self.unread.clone();
        let other = |path: &&String| digest_of(path).is_none();
        for path in self.blobs.keys().chain(self.documents.keys().filter(|p| *p != TOP)).filter(other) {
            let reason = "its digest is not of sha256, and was not checked".to_owned();
            unread.push((path.clone(), reason));
        }
        unread.sort();
        unread.dedup();
        Listing { paths, unread }
    }

    fn referrers(&self) -> &[Referrer] {
        &self.referrers
    }
}

fn is_statement(descriptor: &Value) -> bool {
    descriptor["mediaType"].as_str().is_some_and(|t| t.contains("in-toto"))
}

fn changed(expected: &str, found: &str) -> Option<String> {
    (expected != found)
        .then(|| format!("its digest is {found}: the content was changed, and was read as it stands"))
}

/// Fetches by digest, a few beside each other; the order stays.
fn abreast(
    digests: &[String],
    fetch: impl Fn(&str) -> Result<Vec<u8>, Error> + Sync,
) -> Vec<(String, Result<Vec<u8>, Error>)> {
    let next = AtomicUsize::new(0);
    let fetched = Mutex::new(Vec::with_capacity(digests.len()));
    std::thread::scope(|scope| {
        for _ in 0..ABREAST.min(digests.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(digest) = digests.get(at) else { return };
                    let result = fetch(digest);
                    fetched.lock().unwrap_or_else(PoisonError::into_inner).push((at, digest.clone(), result));
                }
            });
        }
    });
    let mut fetched = fetched.into_inner().unwrap_or_else(PoisonError::into_inner);
    fetched.sort_by_key(|(at, ..)| *at);
    fetched.into_iter().map(|(_, digest, result)| (digest, result)).collect()
}

/// A blob that ends with an error when its digest is not the promised one.
struct Verified<R> {
    inner: R,
    hash: Option<(String, Sha256)>,
}

impl<R: Read> Verified<R> {
    fn new(path: &str, inner: R) -> Self {
        Self { inner, hash: digest_of(path).map(|expected| (expected, Sha256::new())) }
    }
}

impl<R: Read> Read for Verified<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        if let Some((_, hash)) = &mut self.hash {
            hash.update(&buf[..n]);
        }
        if n == 0
            && !buf.is_empty()
            && let Some((expected, hash)) = self.hash.take()
            && let Some(reason) = changed(&expected, &hex(&hash.finalize()))
        {
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(n)
    }
}
