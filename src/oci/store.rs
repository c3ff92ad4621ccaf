//! Where the blobs of an image are kept: a directory, or a tar that can be seeked in.
//!
//! Both are asked by path within the image (`blobs/sha256/…`, `manifest.json`), since that is what docker archives
//! and OCI layouts have in common.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::archive::tar::{Kind, Reader};

/// Largest document that is read: a registry refuses manifests above 4 MiB, provenance can be a little more.
pub const LARGEST_DOCUMENT: u64 = 16 << 20;

/// A place that blobs are read from, by any number of threads.
pub trait Store: Sync {
    /// Reads a blob from its beginning.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;

    /// Length of a blob, if it is there.
    fn size(&self, path: &str) -> Option<u64>;

    /// All blobs, sorted, without links to them.
    fn paths(&self) -> Vec<String>;

    /// The blob that a path names, where the path can be a link.
    fn resolved(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// Reads a document whole.
pub fn document(store: &dyn Store, path: &str) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    store.open(path)?.take(LARGEST_DOCUMENT + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LARGEST_DOCUMENT {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a document of more than 16 MiB"));
    }
    Ok(content)
}

/// An OCI layout or an unpacked docker archive.
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The directory at `root`.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn walk(&self, below: &Path, found: &mut Vec<String>) {
        let Ok(entries) = std::fs::read_dir(self.root.join(below)) else { return };
        for entry in entries.flatten() {
            let path = below.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.walk(&path, found),
                Ok(_) => found.push(path.to_string_lossy().into_owned()),
                Err(_) => {}
            }
        }
    }
}

impl Store for Directory {
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        // A digest of a hostile manifest can't lead out of the layout.
        if Path::new(path).components().any(|c| !matches!(c, std::path::Component::Normal(_))) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads out of the image"));
        }
        Ok(Box::new(File::open(self.root.join(path))?))
    }

    fn size(&self, path: &str) -> Option<u64> {
        std::fs::metadata(self.root.join(path)).ok().filter(std::fs::Metadata::is_file).map(|m| m.len())
    }

    fn paths(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.walk(Path::new(""), &mut found);
        found.sort();
        found
    }
}

/// A docker archive or an OCI archive, by an index of its members.
pub struct Archive {
    file: PathBuf,
    members: HashMap<String, (u64, u64)>,
    links: HashMap<String, String>,
    /// Why the index ends early, if it does.
    pub damage: Option<String>,
}

impl Archive {
    /// Reads the headers of the tar, passing over what is between them.
    pub fn new(file: &Path) -> io::Result<Self> {
        let mut reader = Reader::new(BufReader::new(File::open(file)?));
        let (mut members, mut links) = (HashMap::new(), HashMap::new());
        let length = std::fs::metadata(file)?.len();
        let mut damage = None;
        loop {
            match reader.next_entry() {
                Ok(Some(entry)) => {
                    let path = String::from_utf8_lossy(&super::overlay::normal(&entry.path)).into_owned();
                    match entry.kind {
                        Kind::File => {
                            let there = entry.size.min(length.saturating_sub(entry.offset));
                            if there < entry.size {
                                damage = Some(format!("the archive is cut short within {path}"));
                            }
                            members.insert(path, (entry.offset, there));
                        }
                        Kind::Link => {
                            let target = resolve(&path, &String::from_utf8_lossy(&entry.target));
                            links.insert(path, target);
                        }
                        Kind::Directory | Kind::Special => {}
                    }
                }
                Ok(None) => break,
                Err(e) => {
                    damage.get_or_insert(e.to_string());
                    break;
                }
            }
        }
        Ok(Self { file: file.to_owned(), members, links, damage })
    }
}

/// Where a link of the archive leads: `docker save` of 20.10 stores a layer that stands twice as a link.
pub fn resolve(path: &str, target: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

impl Store for Archive {
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let &(offset, size) = self.members.get(&self.resolved(path)).ok_or(io::ErrorKind::NotFound)?;
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file.take(size)))
    }

    fn size(&self, path: &str) -> Option<u64> {
        self.members.get(&self.resolved(path)).map(|(_, size)| *size)
    }

    fn resolved(&self, path: &str) -> String {
        self.links.get(path).map_or(path, String::as_str).to_owned()
    }

    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.members.keys().cloned().collect();
        paths.sort();
        paths
    }
}

/// Documents that were kept while an archive went by as a stream.
#[derive(Default)]
pub struct Kept {
    /// Content by path.
    pub documents: HashMap<String, Vec<u8>>,
    /// Blobs that were scanned as they went by, with their sizes.
    pub scanned: HashMap<String, u64>,
    /// Links, to where they lead.
    pub links: HashMap<String, String>,
}

impl Store for Kept {
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let content = self.documents.get(&self.resolved(path)).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(content.as_slice()))
    }

    fn size(&self, path: &str) -> Option<u64> {
        let path = self.resolved(path);
        self.documents.get(&path).map(|d| d.len() as u64).or_else(|| self.scanned.get(&path).copied())
    }

    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.documents.keys().chain(self.scanned.keys()).cloned().collect();
        paths.sort();
        paths
    }

    fn resolved(&self, path: &str) -> String {
        self.links.get(path).map_or(path, String::as_str).to_owned()
    }
}
