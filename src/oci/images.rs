//! Which images a store holds: from `index.json` (OCI image-layout) or `manifest.json` (docker save) to layers.
//!
//! Every platform of an index is followed, attestation manifests too. What can't be read is a problem with its
//! place, and the rest is still there.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::config;
use super::store::{Store, document};
use crate::finding::Referrer;

/// How deep an index may stand in an index.
const NESTING: usize = 8;
/// Layers of one image: Docker allows 127.
const LAYERS: usize = 1_000;

/// A layer as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerBlob {
    /// Path of the blob in the store.
    pub path: String,
    /// Digest of the blob as stored; of its content where the archive names no other (docker save).
    pub digest: String,
    /// Digest of the uncompressed tar.
    pub diff_id: String,
    /// The instruction that made it.
    pub created_by: String,
}

/// An image for one platform.
#[derive(Debug, Clone)]
pub struct Image {
    /// Digest of the manifest, or of the config where there is no manifest.
    pub digest: String,
    /// `os/architecture[/variant]`.
    pub platform: String,
    /// From the lowest up.
    pub layers: Vec<LayerBlob>,
    /// The configuration.
    pub config: Value,
    /// Texts of the manifest itself: annotations.
    pub texts: Vec<config::Text>,
}

/// A statement about an image.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Digest of the image that it is about, as the index says.
    pub about: String,
    /// Path of the blob.
    pub path: String,
}

/// What a store holds.
#[derive(Debug, Default)]
pub struct Images {
    /// Digest of the index or manifest at the top, where there is one.
    pub digest: Option<String>,
    /// Images, in the order of the index.
    pub images: Vec<Image>,
    /// Attestations.
    pub statements: Vec<Statement>,
    /// Texts of the indexes: annotations.
    pub texts: Vec<config::Text>,
    /// Blobs that were understood as documents, or belong to an image.
    pub known: HashSet<String>,
    /// Layers that are there and can't be opened without a key.
    pub encrypted: HashSet<String>,
    /// Places that could not be read, and why.
    pub problems: Vec<(String, String)>,
    /// What refers to the image, where the store knows.
    pub referrers: Vec<Referrer>,
}

/// Whether a store with these paths is an image.
pub fn is_image(has: impl Fn(&str) -> bool) -> bool {
    has("manifest.json") || (has("index.json") && has("oci-layout"))
}

/// Reads the image documents of a store. `reference` picks the entry of an index with that name
/// (`org.opencontainers.image.ref.name`), `platforms` those platforms; without them all are read.
pub fn read(store: &dyn Store, reference: Option<&str>, platforms: &[String]) -> Images {
    let (found, seen, others) = (Images::default(), HashSet::new(), BTreeSet::new());
    let mut reading = Reading { store, platforms, found, seen, others };
    let top = if store.size("index.json").is_some() { "index.json" } else { "manifest.json" };
    if top == "index.json" {
        reading.top(reference);
    }
    // Current engines write both: where one is broken, the other tells the same.
    if reading.found.images.is_empty() && store.size("manifest.json").is_some() {
        reading.docker_archive();
    }
    if reading.found.images.is_empty() && reading.found.problems.is_empty() {
        let reason = match reading.others.is_empty() {
            true => "no image is in it".to_owned(),
            false => {
                let others: Vec<_> = reading.others.iter().map(String::as_str).collect();
                format!("no image for {} is in it, only for {}", platforms.join(", "), others.join(", "))
            }
        };
        reading.problem(top, reason);
    }
    reading.found.referrers = store.referrers().to_vec();
    reading.found
}

struct Reading<'s> {
    store: &'s dyn Store,
    platforms: &'s [String],
    found: Images,
    seen: HashSet<String>,
    /// Platforms that were not asked for.
    others: BTreeSet<String>,
}

impl Reading<'_> {
    fn problem(&mut self, path: &str, reason: String) {
        self.found.problems.push((path.to_owned(), reason));
    }

    /// A JSON document; what hinders is told. One that was changed is read as it stands, as a layer is; one that
    /// is no JSON stays unknown, and so is read as a file.
    fn json(&mut self, path: &str) -> Option<Value> {
        let bytes = document(self.store, path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => "the image names it and it is missing".to_owned(),
            _ => e.to_string(),
        });
        let bytes = bytes.map_err(|reason| self.problem(path, reason)).ok()?;
        if let Some(expected) = digest_of(path)
            && expected != digest(&bytes)
        {
            let found = digest(&bytes);
            self.problem(
                path,
                format!("its digest is {found}: the content was changed, and was read as it stands"),
            );
        }
        match serde_json::from_slice(&bytes) {
            Ok(json) => {
                self.found.known.insert(path.to_owned());
                Some(json)
            }
            Err(e) => {
                self.problem(path, format!("not JSON, and read as text: {e}"));
                None
            }
        }
    }

    fn top(&mut self, reference: Option<&str>) {
        let Some(index) = self.json("index.json") else { return };
        self.found.texts.extend(config::pairs(&index["annotations"], "annotation"));
        let Some(entries) = list(&index, "manifests") else {
            self.found.known.remove("index.json");
            return self.problem("index.json", "it has no list `manifests`; it was read as text".to_owned());
        };
        let mut any = false;
        for descriptor in entries {
            let name = descriptor["annotations"]["org.opencontainers.image.ref.name"].as_str();
            if reference.is_none() || reference == name {
                any = true;
                if self.found.digest.is_none() {
                    self.found.digest = descriptor["digest"].as_str().map(str::to_owned);
                }
                self.descriptor(descriptor, NESTING);
            }
        }
        if let (false, Some(reference)) = (any, reference) {
            self.problem("index.json", format!("no image in it is called `{reference}`"));
        }
    }

    fn descriptor(&mut self, descriptor: &Value, nesting: usize) {
        self.found.texts.extend(config::pairs(&descriptor["annotations"], "annotation"));
        let Some(digest) = descriptor["digest"].as_str() else {
            return self.problem("index.json", "an entry has no digest".to_owned());
        };
        let Some(path) = blob_path(digest) else {
            return self.problem("index.json", format!("`{digest}` is no digest"));
        };
        if nesting == 0 {
            return self.problem(&path, format!("indexes stand more than {NESTING} deep in each other"));
        }
        if !self.seen.insert(path.clone()) {
            return;
        }
        let Some(manifest) = self.json(&path) else { return };
        let about = descriptor["annotations"]["vnd.docker.reference.digest"].as_str().unwrap_or_default();
        if let Some(entries) = manifest["manifests"].as_array() {
            self.found.texts.extend(config::pairs(&manifest["annotations"], "annotation"));
            entries.iter().for_each(|entry| self.descriptor(entry, nesting - 1));
        } else if manifest["schemaVersion"] == 1 || manifest["fsLayers"].is_array() {
            // Its history holds configurations; they are read as text.
            self.found.known.remove(&path);
            self.problem(&path, "an image manifest of schema 1 is read as text only; push the image again with a current tool, and scan that"
                    .to_owned());
        } else {
            self.manifest(&manifest, digest, &path, about);
        }
    }

    fn manifest(&mut self, manifest: &Value, digest: &str, path: &str, about: &str) {
        let Some(layers) = list(manifest, "layers") else {
            self.found.known.remove(path);
            return self.problem(path, "the manifest has no list `layers`; it was read as text".to_owned());
        };
        if layers.iter().any(|l| l["mediaType"].as_str().is_some_and(|t| t.contains("in-toto"))) {
            return self.statements(layers, about);
        }
        let Some(config_path) = manifest["config"]["digest"].as_str().and_then(blob_path) else {
            return self.problem(path, "the manifest names no config".to_owned());
        };
        let config = self.json(&config_path).unwrap_or(Value::Null);
        let platform = config::platform(&config);
        if !self.wants(&platform) {
            self.others.insert(platform);
            return;
        }
        let texts = config::pairs(&manifest["annotations"], "annotation");
        let (diff_ids, instructions) = (config::diff_ids(&config), config::instructions(&config));
        let mut blobs = Vec::new();
        for (i, layer) in layers.iter().take(LAYERS).enumerate() {
            let Some((digest, path)) =
                layer["digest"].as_str().and_then(|digest| Some((digest, blob_path(digest)?)))
            else {
                self.problem(path, format!("layer {i} has no digest"));
                continue;
            };
            self.check_layer(layer, &path);
            blobs.push(LayerBlob {
                path,
                digest: digest.to_owned(),
                diff_id: diff_ids.get(i).cloned().unwrap_or_default(),
                created_by: instructions.get(i).cloned().unwrap_or_default(),
            });
        }
        if layers.len() > LAYERS {
            self.problem(path, format!("more than {LAYERS} layers"));
        }
        self.found.known.extend(blobs.iter().map(|b| b.path.clone()));
        self.found.images.push(Image { digest: digest.to_owned(), platform, layers: blobs, config, texts });
    }

    fn statements(&mut self, layers: &[Value], about: &str) {
        for path in layers.iter().filter_map(|layer| layer["digest"].as_str().and_then(blob_path)) {
            self.found.known.insert(path.clone());
            self.found.statements.push(Statement { about: about.to_owned(), path });
        }
    }

    /// A layer that is not there, or can't be read as it is.
    fn check_layer(&mut self, layer: &Value, path: &str) {
        let media_type = layer["mediaType"].as_str().unwrap_or_default();
        let there = self.store.size(path).is_some();
        let foreign = media_type.contains("foreign") || media_type.contains("nondistributable");
        let elsewhere = foreign || layer["urls"].as_array().is_some_and(|urls| !urls.is_empty());
        if there && media_type.ends_with("+encrypted") {
            self.found.encrypted.insert(path.to_owned());
            self.problem(
                path,
                format!("the layer is encrypted ({media_type}); decrypt the image and scan that"),
            );
        } else if !there && elsewhere {
            let reason = format!(
                "a foreign layer ({media_type}) is not stored with the image; fetch it and scan that"
            );
            self.problem(path, reason);
        } else if !there {
            self.problem(
                path,
                format!("the layer {} is missing", layer["digest"].as_str().unwrap_or_default()),
            );
        }
    }

    fn wants(&self, platform: &str) -> bool {
        self.platforms.is_empty() || self.platforms.iter().any(|p| p == platform)
    }

    /// `manifest.json` of docker save: a list of `{Config, RepoTags, Layers}` with paths in the archive.
    fn docker_archive(&mut self) {
        let Some(manifest) = self.json("manifest.json") else { return };
        let Some(entries) = manifest.as_array() else {
            self.found.known.remove("manifest.json");
            return self.problem("manifest.json", "it is no list of images; it was read as text".to_owned());
        };
        for entry in entries {
            let Some(config_path) = entry["Config"].as_str() else {
                self.problem("manifest.json", "an entry names no config".to_owned());
                continue;
            };
            let config = self.json(config_path).unwrap_or(Value::Null);
            let platform = config::platform(&config);
            if !self.wants(&platform) {
                self.others.insert(platform);
                continue;
            }
            let name = config_path.rsplit('/').next().unwrap_or(config_path).trim_end_matches(".json");
            let digest = format!("sha256:{name}");
            self.found.digest.get_or_insert_with(|| digest.clone());
            let (diff_ids, instructions) = (config::diff_ids(&config), config::instructions(&config));
            let mut layers = Vec::new();
            let paths = list(entry, "Layers");
            if paths.is_none() {
                self.problem("manifest.json", "an entry has no list `Layers`".to_owned());
            }
            for (i, path) in paths.unwrap_or_default().iter().enumerate() {
                let Some(path) = path.as_str() else {
                    self.problem("manifest.json", format!("layer {i} of an entry is no path"));
                    continue;
                };
                if self.store.size(path).is_none() {
                    self.problem(path, "the layer is missing".to_owned());
                }
                let diff_id = diff_ids.get(i).cloned().unwrap_or_default();
                layers.push(LayerBlob {
                    path: self.store.resolved(path),
                    digest: diff_id.clone(),
                    diff_id,
                    created_by: instructions.get(i).cloned().unwrap_or_default(),
                });
            }
            self.found.known.extend(layers.iter().map(|l| l.path.clone()));
            self.found.images.push(Image { digest, platform, layers, config, texts: Vec::new() });
        }
    }
}

/// A list of a document. Programs in Go write one with nothing in it as `null`.
fn list<'v>(object: &'v Value, key: &str) -> Option<&'v [Value]> {
    match object.get(key)? {
        Value::Array(items) => Some(items),
        Value::Null => Some(&[]),
        _ => None,
    }
}

/// `sha256:hex` to the path of its blob (image-layout, "Blobs").
pub fn blob_path(digest: &str) -> Option<String> {
    let (algorithm, hex) = digest.split_once(':')?;
    let sound = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (sound(algorithm) && sound(hex)).then(|| format!("blobs/{algorithm}/{hex}"))
}

/// The digest that a blob's path promises.
pub fn digest_of(path: &str) -> Option<String> {
    path.strip_prefix("blobs/sha256/").filter(|hex| hex.len() == 64).map(|hex| format!("sha256:{hex}"))
}

/// Digest of a content.
pub fn digest(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// `sha256:…` of a finished hash.
pub fn hex(hash: &[u8]) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::from("sha256:"), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
