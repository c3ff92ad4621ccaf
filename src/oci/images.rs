//! Which images a store holds: from `index.json` (OCI image-layout) or `manifest.json` (docker save) to layers.
//!
//! Every platform of an index is followed, attestation manifests too. What can't be read is a problem with its
//! place, and the rest is still there.

use std::collections::HashSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::config;
use super::store::{Store, document};

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
    /// Blobs that were read as documents, or belong to an image.
    pub known: HashSet<String>,
    /// Places that could not be read, and why.
    pub problems: Vec<(String, String)>,
}

/// Whether a store with these paths is an image.
pub fn is_image(has: impl Fn(&str) -> bool) -> bool {
    has("manifest.json") || (has("index.json") && has("oci-layout"))
}

/// Reads the image documents of a store. `reference` picks the entry of an index with that name
/// (`org.opencontainers.image.ref.name`), `platforms` those platforms; without them all are read.
pub fn read(store: &dyn Store, reference: Option<&str>, platforms: &[String]) -> Images {
    let mut reading = Reading { store, platforms, found: Images::default(), seen: HashSet::new() };
    for name in ["oci-layout", "repositories", "index.json", "manifest.json"] {
        reading.found.known.insert(name.to_owned());
    }
    if store.size("index.json").is_some() {
        reading.top(reference);
    } else {
        reading.docker_archive();
    }
    if reading.found.images.is_empty() && reading.found.problems.is_empty() {
        reading.problem("index.json", "no image is in it".to_owned());
    }
    reading.found
}

struct Reading<'s> {
    store: &'s dyn Store,
    platforms: &'s [String],
    found: Images,
    seen: HashSet<String>,
}

impl Reading<'_> {
    fn problem(&mut self, path: &str, reason: String) {
        self.found.problems.push((path.to_owned(), reason));
    }

    /// A JSON document; what hinders is told.
    fn json(&mut self, path: &str) -> Option<Value> {
        self.found.known.insert(path.to_owned());
        let read = document(self.store, path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => "the image names it and it is missing".to_owned(),
            _ => e.to_string(),
        });
        let parsed = read.and_then(|bytes| {
            if let Some(expected) = digest_of(path)
                && expected != digest(&bytes)
            {
                return Err(format!("its digest is {}: the content was changed", digest(&bytes)));
            }
            serde_json::from_slice(&bytes).map_err(|e| format!("not JSON: {e}"))
        });
        parsed.map_err(|reason| self.problem(path, reason)).ok()
    }

    fn top(&mut self, reference: Option<&str>) {
        let Some(index) = self.json("index.json") else { return };
        self.found.texts.extend(config::pairs(&index["annotations"], "annotation"));
        let mut any = false;
        for descriptor in index["manifests"].as_array().into_iter().flatten() {
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
            self.problem(&path, "image manifest schema 1 is not read; push the image again".to_owned());
        } else {
            self.manifest(&manifest, digest, &path, about);
        }
    }

    fn manifest(&mut self, manifest: &Value, digest: &str, path: &str, about: &str) {
        let layers = manifest["layers"].as_array().cloned().unwrap_or_default();
        if layers.iter().any(|l| l["mediaType"].as_str().is_some_and(|t| t.contains("in-toto"))) {
            return self.statements(&layers, about);
        }
        let Some(config_path) = manifest["config"]["digest"].as_str().and_then(blob_path) else {
            return self.problem(path, "the manifest names no config".to_owned());
        };
        let config = self.json(&config_path).unwrap_or(Value::Null);
        let platform = config::platform(&config);
        if !self.wants(&platform) {
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
        if media_type.ends_with("+encrypted") {
            self.problem(
                path,
                format!("the layer is encrypted ({media_type}); decrypt the image and scan that"),
            );
        } else if !there && (media_type.contains("foreign") || media_type.contains("nondistributable")) {
            self.problem(path, format!("a foreign layer ({media_type}) is not stored with the image"));
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
        let Some(list) = self.json("manifest.json") else { return };
        for entry in list.as_array().into_iter().flatten() {
            let Some(config_path) = entry["Config"].as_str() else {
                self.problem("manifest.json", "an entry names no config".to_owned());
                continue;
            };
            let config = self.json(config_path).unwrap_or(Value::Null);
            let platform = config::platform(&config);
            if !self.wants(&platform) {
                continue;
            }
            let name = config_path.rsplit('/').next().unwrap_or(config_path).trim_end_matches(".json");
            let digest = format!("sha256:{name}");
            self.found.digest.get_or_insert_with(|| digest.clone());
            let (diff_ids, instructions) = (config::diff_ids(&config), config::instructions(&config));
            let mut layers = Vec::new();
            for (i, path) in entry["Layers"].as_array().into_iter().flatten().enumerate() {
                let Some(path) = path.as_str() else { continue };
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

/// `sha256:hex` to the path of its blob (image-layout, "Blobs").
fn blob_path(digest: &str) -> Option<String> {
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
