//! Where the blobs of an image are kept: a directory, or a tar that can be seeked in.
//!
//! Both are asked by path within the image (`blobs/sha256/…`, `manifest.json`), since that is what docker archives
//! and OCI layouts have in common.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use super::overlay::normal;
use crate::archive::tar::{Entry, Kind, Reader};
use crate::finding::Referrer;
use crate::place::printable_path;

/// Largest document that is read: a registry refuses manifests above 4 MiB, provenance can be a little more.
pub const LARGEST_DOCUMENT: u64 = 16 << 20;

/// Links that are followed one after the other, as many as Linux follows.
const HOPS: usize = 40;

/// A place that blobs are read from, by any number of threads.
pub trait Store: Sync {
    /// Reads a blob from its beginning.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;

    /// Length of a blob, if it is there.
    fn size(&self, path: &str) -> Option<u64>;

    /// All blobs, without links to them.
    fn list(&self) -> Listing;

    /// The blob that a path names, where the path can be a link.
    fn resolved(&self, path: &str) -> String {
        path.to_owned()
    }

    /// What refers to the image: signatures, SBOMs. A registry knows, a file does not.
    fn referrers(&self) -> &[Referrer] {
        &[]
    }
}

/// What a store holds, sorted.
#[derive(Debug, Default)]
pub struct Listing {
    /// Its blobs and other files.
    pub paths: Vec<String>,
    /// Directories that could not be looked into, and why.
    pub unread: Vec<(String, String)>,
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
    /// Files whose names are not text, by what is shown for them.
    unprintable: OnceLock<HashMap<String, PathBuf>>,
}

impl Directory {
    /// The directory at `root`.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), unprintable: OnceLock::new() }
    }

    /// Regular files only: a link leads to what stands elsewhere, and a pipe would be waited for.
    fn walk(&self, below: &Path, found: &mut Listing, unprintable: &mut HashMap<String, PathBuf>) {
        let entries = match std::fs::read_dir(self.root.join(below)) {
            Ok(entries) => entries,
            Err(e) => {
                let reason = format!("the directory can't be read: {e}");
                return found.unread.push((shown(below), reason));
            }
        };
        for entry in entries.flatten() {
            let path = below.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.walk(&path, found, unprintable),
                Ok(kind) if kind.is_file() => {
                    let name = shown(&path);
                    if path.to_str() != Some(&name) {
                        unprintable.insert(name.clone(), path);
                    }
                    found.paths.push(name);
                }
                Ok(_) => {}
                Err(e) => found.unread.push((shown(&path), e.to_string())),
            }
        }
    }

    /// The file at a path of the image, which is in the directory even after its links were followed.
    fn locate(&self, path: &str) -> io::Result<PathBuf> {
        let out = || io::Error::new(io::ErrorKind::InvalidInput, "the path leads out of the image");
        let path = self.unprintable.get().and_then(|names| names.get(path)).map_or(Path::new(path), |p| p);
        if path.components().any(|c| !matches!(c, Component::Normal(_))) {
            return Err(out());
        }
        let file = self.root.join(path).canonicalize()?;
        if !file.starts_with(self.root.canonicalize()?) {
            return Err(out());
        }
        if !file.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        Ok(file)
    }
}

impl Store for Directory {
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.locate(path)?)?))
    }

    fn size(&self, path: &str) -> Option<u64> {
        std::fs::metadata(self.root.join(path)).ok().filter(std::fs::Metadata::is_file).map(|m| m.len())
    }

    fn list(&self) -> Listing {
        let (mut found, mut unprintable) = (Listing::default(), HashMap::new());
        self.walk(Path::new(""), &mut found, &mut unprintable);
        // Listed twice, it holds the same.
        let _ = self.unprintable.set(unprintable);
        found.paths.sort();
        found.unread.sort();
        found
    }
}

fn shown(path: &Path) -> String {
    printable_path(path.as_os_str().as_encoded_bytes())
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
        let length = std::fs::metadata(file)?.len();
        let (members, links) = (HashMap::new(), HashMap::new());
        let mut archive = Self { file: file.to_owned(), members, links, damage: None };
        loop {
            match reader.next_entry() {
                Ok(Some(entry)) => archive.add(&entry, length),
                Ok(None) => return Ok(archive),
                Err(e) => {
                    archive.damage.get_or_insert(e.to_string());
                    return Ok(archive);
                }
            }
        }
    }

    /// Takes in a member of the archive, which has so many bytes.
    fn add(&mut self, entry: &Entry, length: u64) {
        let path = printable_path(&normal(&entry.path));
        if let Some(target) = leads_to(&path, entry) {
            self.links.insert(path, target);
        } else if entry.kind == Kind::File {
            let there = entry.size.min(length.saturating_sub(entry.offset));
            if there < entry.size {
                self.damage = Some(format!("the archive is cut short within {path}"));
            } else if entry.sparse {
                self.damage =
                    Some(format!("{path} is stored as a sparse file; unpack the archive and scan that"));
            }
            if let Some(earlier) = self.members.insert(path.clone(), (entry.offset, there)) {
                // The later one is what counts; the earlier one is in the archive nevertheless.
                self.members.insert(format!("{path}!(overwritten, at byte {})", earlier.0), earlier);
            }
        }
    }
}

/// Where a link of an archive leads: a symbolic one from its directory, a hard one from the root.
pub fn leads_to(path: &str, entry: &Entry) -> Option<String> {
    match entry.kind {
        Kind::SymbolicLink => Some(resolve(path, &printable_path(&entry.target))),
        Kind::HardLink => Some(printable_path(&normal(&entry.target))),
        Kind::File | Kind::Directory | Kind::Special => None,
    }
}

/// The path that is no link, or the last of so many.
fn follow(links: &HashMap<String, String>, path: &str) -> String {
    let mut path = path;
    for _ in 0..HOPS {
        match links.get(path) {
            Some(next) => path = next,
            None => break,
        }
    }
    path.to_owned()
}

/// Where a symbolic link leads: `docker save` of 20.10 stores a layer that stands twice as a link.
fn resolve(path: &str, target: &str) -> String {
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
        follow(&self.links, path)
    }

    fn list(&self) -> Listing {
        let mut paths: Vec<String> = self.members.keys().cloned().collect();
        paths.sort();
        Listing { paths, unread: Vec::new() }
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
        let path = self.resolved(path);
        match self.documents.get(&path) {
            Some(content) => Ok(Box::new(content.as_slice())),
            None if self.scanned.contains_key(&path) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "not JSON: it was read as a file"))
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn size(&self, path: &str) -> Option<u64> {
        let path = self.resolved(path);
        self.documents.get(&path).map(|d| d.len() as u64).or_else(|| self.scanned.get(&path).copied())
    }

    fn list(&self) -> Listing {
        let mut paths: Vec<String> = self.documents.keys().chain(self.scanned.keys()).cloned().collect();
        paths.sort();
        Listing { paths, unread: Vec::new() }
    }

    fn resolved(&self, path: &str) -> String {
        follow(&self.links, path)
    }
}
