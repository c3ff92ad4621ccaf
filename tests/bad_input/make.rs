//! Makes tars and images, sound ones and others.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tar::{EntryType, Header};
use tempfile::TempDir;
use unbake::oci::images::digest;

/// A line with an invented token, whose checksum holds.
pub(crate) const PLANTED: &[u8] = b"GITHUB_TOKEN=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\n";

/// Another one, for a place whose value is shown only where no image has the same.
pub(crate) const PLANTED_TOO: &[u8] = b"GITHUB_TOKEN=ghp_unbakeInventedExampleValue00020fU4bb\n";

pub(crate) const OCI_TAR: &str = "application/vnd.oci.image.layer.v1.tar";
pub(crate) const OCI_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A tar under way. Paths are written as they are given, which the `tar` crate's builder refuses to do.
#[derive(Default)]
pub(crate) struct Tar(pub(crate) Vec<u8>);

impl Tar {
    pub(crate) fn file(self, path: &[u8], content: &[u8]) -> Self {
        self.member(path, EntryType::Regular, b"", content)
    }

    pub(crate) fn link(self, path: &[u8], kind: EntryType, target: &[u8]) -> Self {
        self.member(path, kind, target, b"")
    }

    pub(crate) fn member(self, path: &[u8], kind: EntryType, target: &[u8], content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path);
        header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target);
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        self.raw(header, content)
    }

    pub(crate) fn raw(mut self, mut header: Header, content: &[u8]) -> Self {
        header.set_cksum();
        self.0.extend(header.as_bytes());
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// Records of a PAX header for the next member.
    pub(crate) fn pax(self, records: &[(&str, &str)]) -> Self {
        let mut content = Vec::new();
        for (key, value) in records {
            let rest = format!(" {key}={value}\n");
            // The length counts its own digits; none here has more than two.
            let length = rest.len() + if rest.len() + 2 < 100 { 2 } else { 3 };
            content.extend(format!("{length}{rest}").bytes());
        }
        self.member(b"PaxHeaders/x", EntryType::XHeader, b"", &content)
    }

    /// With its end mark.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

/// A layer with one file, `app/.env`, which has the token.
pub(crate) fn planted() -> Vec<u8> {
    Tar::default().file(b"app/.env", PLANTED).end()
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that don't compress, the same each time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// An OCI layout in a directory of its own.
pub(crate) struct Layout {
    dir: TempDir,
    manifests: Vec<Value>,
}

impl Layout {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        std::fs::create_dir_all(dir.path().join("blobs/sha256")).unwrap();
        std::fs::write(dir.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self { dir, manifests: Vec::new() }
    }

    /// A layout with one image of layers, each with its media type.
    pub(crate) fn of(layers: &[(&str, Vec<u8>)]) -> Self {
        let mut layout = Self::new();
        let descriptors: Vec<Value> =
            layers.iter().map(|(media_type, bytes)| layout.descriptor(media_type, bytes)).collect();
        layout.image(&descriptors);
        layout.finish()
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) -> PathBuf {
        let path = self.root().join(path);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Stores a blob, and gives its descriptor.
    pub(crate) fn descriptor(&self, media_type: &str, content: &[u8]) -> Value {
        let digest = digest(content);
        self.write(&blob(&digest), content);
        json!({"mediaType": media_type, "digest": digest, "size": content.len()})
    }

    /// An image of these layers; gives the descriptor of its config.
    pub(crate) fn image(&mut self, layers: &[Value]) -> Value {
        let history: Vec<Value> =
            (0..layers.len()).map(|n| json!({"created_by": format!("COPY {n}")})).collect();
        let config = json!({
            "os": "linux", "architecture": "amd64", "config": {"Env": [env()]}, "history": history,
            "rootfs": {"type": "layers", "diff_ids": []},
        });
        let config =
            self.descriptor("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
        self.manifest(&json!({"schemaVersion": 2, "config": config, "layers": layers}));
        config
    }

    /// A manifest, which the index names.
    pub(crate) fn manifest(&mut self, manifest: &Value) -> String {
        let descriptor = self.descriptor(MANIFEST, manifest.to_string().as_bytes());
        let digest = descriptor["digest"].as_str().unwrap().to_owned();
        self.manifests.push(descriptor);
        digest
    }

    /// Writes the index.
    pub(crate) fn finish(self) -> Self {
        let index = json!({"schemaVersion": 2, "manifests": self.manifests}).to_string();
        self.write("index.json", index.as_bytes());
        self
    }

    /// The only manifest's path.
    pub(crate) fn manifest_path(&self) -> String {
        blob(self.manifests[0]["digest"].as_str().unwrap())
    }
}

/// `Env` of each image: a place that is no layer, with the token.
fn env() -> &'static str {
    std::str::from_utf8(PLANTED).unwrap().trim_end()
}

/// Path of a blob.
pub(crate) fn blob(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}

/// A directory with files in it.
pub(crate) fn tree(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (path, content) in files {
        std::fs::write(dir.path().join(path), content).unwrap();
    }
    dir
}
