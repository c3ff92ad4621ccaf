//! Where a value stands: a path, and what is known of the image, layer or manifest round it.

use serde::Serialize;

use crate::span::Region;

/// What became of a file of a layer in the layers above it. All three are still in the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A container sees it.
    Live,
    /// A later layer has another file at this path.
    Overwritten,
    /// A later layer removed it: a whiteout, an opaque directory (image-spec, layer.md, "Whiteouts").
    Deleted,
}

/// The image that a place belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ImageId {
    /// Digest of its manifest; of its config where the archive has no manifest (docker save).
    pub digest: String,
    /// `os/architecture[/variant]`.
    pub platform: String,
}

/// The layer that a file came with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Layer {
    /// Position in the manifest, from 0.
    pub index: usize,
    /// Digest of the blob as stored.
    pub digest: String,
    /// Digest of the uncompressed tar (image-spec, config.md, `rootfs.diff_ids`).
    pub diff_id: String,
    /// The instruction that made it, from the config's history.
    pub created_by: String,
    /// What became of the file.
    pub state: State,
}

/// The field of a structured document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Document {
    /// Position in the file, from 0.
    pub index: usize,
    /// `kind` of the object.
    pub kind: String,
    /// `metadata.name` of the object.
    pub name: String,
    /// Route to the field: `spec.template.spec.containers[0].env[2].value`.
    pub field: String,
}

/// One place of one value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Path of the file (nested ones joined by `!`), or a name such as `config:Env[TOKEN]`.
    pub path: String,
    /// Lines and columns, where the place has lines.
    pub region: Option<Region>,
    /// The image, for a place in an image.
    pub image: Option<ImageId>,
    /// The layer, for a file of an image.
    pub layer: Option<Layer>,
    /// The manifest's field, for a place in a manifest.
    pub document: Option<Document>,
    /// The git commit or object that holds the file.
    pub commit: Option<String>,
    /// The package that brought the file.
    pub package: Option<String>,
    /// The line, with every value that was found on it masked.
    pub excerpt: String,
}

impl Location {
    /// A place that is known by its path alone.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            region: None,
            image: None,
            layer: None,
            document: None,
            commit: None,
            package: None,
            excerpt: String::new(),
        }
    }
}

/// A path as text: what is not UTF-8, and control characters, are written as `\xNN`, so that a hostile name can
/// neither vanish nor draw on a terminal.
pub fn printable_path(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                let mut utf8 = [0; 4];
                escape(c.encode_utf8(&mut utf8).as_bytes(), &mut text);
            } else {
                text.push(c);
            }
        }
        escape(chunk.invalid(), &mut text);
    }
    text
}

fn escape(bytes: &[u8], text: &mut String) {
    use std::fmt::Write;
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(text, "\\x{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_utf8_is_escaped() {
        assert_eq!(printable_path(b"caf\xe9/\x1b[31m.env"), "caf\\xe9/\\x1b[31m.env");
    }
}
