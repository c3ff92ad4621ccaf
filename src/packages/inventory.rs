//! What the package databases of a scan say, gathered while their pieces go by.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::database::{Database, Kind, recognise};
use super::digests::key;
use super::provenance::Package;
use super::{apk, dpkg, modules, python};
use crate::source::feeder::{Origin, Piece};
use crate::span::Position;

/// Bytes of databases larger than a piece that one inventory keeps until all is read. That of a full desktop has 5 MB.
const KEPT: usize = 16 << 20;
/// Files that one inventory remembers, of 16 bytes each. An image of 2 GB has 80,000.
const RECORDS: usize = 2 << 20;

/// A package of dpkg in one layer's database: a later layer can have another one of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct DebKey {
    pub(super) origin: Arc<Origin>,
    pub(super) prefix: Box<str>,
    /// `NAME`, `NAME:ARCHITECTURE`, or the name of its file in `status.d`.
    pub(super) name: Box<str>,
}

/// Whose file a record is of.
#[derive(Debug)]
pub(super) enum Owner {
    /// Its `md5sums` does not tell; `status` does.
    Deb(DebKey),
    /// A Python package, and the key of its `.dist-info`.
    Python(u64, Package),
    /// One that the record itself tells.
    Known(Package),
}

/// A piece of a file, and where it begins.
type Part = (Position, Vec<u8>);

/// What the databases that one scanner saw say.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Key of a path with a digest, and the owner; of an archive also without, for its members.
    pub(super) records: Vec<(u64, u32)>,
    pub(super) owners: Vec<Owner>,
    /// What `status` says of packages.
    pub(super) debs: HashMap<DebKey, Package>,
    /// Python packages that came from no index, by the keys of their `.dist-info`.
    pub(super) direct: HashSet<u64>,
    /// What stands in a directory without digests, by the directory's key.
    pub(super) trees: HashMap<u64, Package>,
    /// Pieces of databases that came in several.
    parts: BTreeMap<(Arc<Origin>, Box<str>), Vec<Part>>,
    kept: usize,
}

impl Inventory {
    /// Takes in a piece, if it is one of a database, and tells whether it is; `own` is the part of the file that it
    /// answers for.
    pub fn see(&mut self, origin: &Arc<Origin>, piece: &Piece, own: &[u8]) -> bool {
        let Some(database) = recognise(&piece.path) else { return false };
        if piece.whole {
            self.read(origin, database, own);
            return true;
        }
        self.kept = self.kept.saturating_add(own.len());
        if self.kept <= KEPT {
            let parts = self.parts.entry((origin.clone(), piece.path.clone())).or_default();
            parts.push((piece.start, own.to_vec()));
        }
        true
    }

    /// Takes in what another scanner gathered.
    pub(super) fn add(&mut self, other: Self) {
        let shift = self.owners.len() as u32;
        self.records.extend(other.records.into_iter().map(|(key, owner)| (key, owner + shift)));
        self.owners.extend(other.owners);
        other.debs.into_iter().for_each(|(key, package)| least(&mut self.debs, key, package));
        self.direct.extend(other.direct);
        other.trees.into_iter().for_each(|(key, package)| least(&mut self.trees, key, package));
        other.parts.into_iter().for_each(|(file, parts)| self.parts.entry(file).or_default().extend(parts));
        // One that had to leave something out has files with holes, in which a line of one package can follow
        // the name of another.
        self.kept = self.kept.max(other.kept);
    }

    /// Reads the databases that came in pieces, when all of them are there.
    pub(super) fn finish(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        if self.kept > KEPT {
            return;
        }
        for ((origin, path), mut parts) in parts {
            parts.sort();
            let whole: Vec<u8> = parts.into_iter().flat_map(|(_, bytes)| bytes).collect();
            if let Some(database) = recognise(&path) {
                self.read(&origin, database, &whole);
            }
        }
    }

    fn read(&mut self, origin: &Arc<Origin>, database: Database<'_>, content: &[u8]) {
        let text: Cow<'_, str> = String::from_utf8_lossy(content);
        let Database { kind, prefix, name } = database;
        match kind {
            Kind::DpkgStatus => {
                for paragraph in dpkg::paragraphs(&text) {
                    let with_architecture = format!("{}:{}", paragraph.name, paragraph.architecture);
                    self.deb(origin, prefix, &[paragraph.name, &with_architecture], &paragraph);
                }
            }
            Kind::DpkgParagraph => {
                for paragraph in dpkg::paragraphs(&text) {
                    self.deb(origin, prefix, &[name], &paragraph);
                }
            }
            Kind::DpkgSums => {
                let owner = self.owner(Owner::Deb(deb_key(origin, prefix, name)));
                self.record(origin.target, prefix, owner, dpkg::sums(&text));
            }
            Kind::ApkInstalled => apk::packages(&text).for_each(|found| self.apk(origin, prefix, &found)),
            Kind::PythonRecord => self.python(origin, prefix, name, &text),
            Kind::PythonDirectUrl => {
                self.direct.insert(dist_info(origin, prefix, name));
            }
            Kind::NpmManifest => self.tree(origin, prefix, modules::npm(&text)),
            Kind::GoManifest => self.tree(origin, prefix, modules::go(prefix, &text)),
        }
    }

    fn deb(&mut self, origin: &Arc<Origin>, prefix: &str, names: &[&str], paragraph: &dpkg::Paragraph<'_>) {
        let package = Package {
            public: paragraph.public,
            label: format!("deb:{} {}", paragraph.name, paragraph.version),
        };
        for name in names {
            least(&mut self.debs, deb_key(origin, prefix, name), package.clone());
        }
        if !paragraph.configuration.is_empty() {
            let owner = self.owner(Owner::Known(package));
            self.record(origin.target, prefix, owner, paragraph.configuration.iter().copied());
        }
    }

    fn apk(&mut self, origin: &Origin, prefix: &str, found: &apk::Installed<'_>) {
        let label = format!("apk:{} {}", found.name, found.version);
        let owner = self.owner(Owner::Known(Package { public: found.public, label }));
        let mut path = String::new();
        for (directory, name, sha1) in &found.files {
            path.clear();
            path.extend([*directory, if directory.is_empty() { "" } else { "/" }, *name]);
            self.record(origin.target, prefix, owner, [(path.as_str(), *sha1)].into_iter());
        }
    }

    fn python(&mut self, origin: &Origin, prefix: &str, stem: &str, text: &str) {
        let (name, version, public) = python::package(stem);
        let label = format!("pypi:{name} {version}");
        let site = dist_info(origin, prefix, stem);
        let owner = self.owner(Owner::Python(site, Package { public, label }));
        let mut path = String::new();
        for (recorded, sha256) in python::files(text) {
            python::resolve(prefix, recorded, &mut path);
            if path.ends_with(".dist-info/direct_url.json") {
                // The file itself tells it too, unless it was not read.
                self.direct.insert(site);
            }
            self.record(origin.target, "", owner, [(path.as_str(), sha256)].into_iter());
        }
    }

    fn tree(&mut self, origin: &Origin, root: &str, package: Option<Package>) {
        if let Some(package) = package {
            least(&mut self.trees, key(origin.target, root, ""), package);
        }
    }

    fn owner(&mut self, owner: Owner) -> u32 {
        self.owners.push(owner);
        self.owners.len() as u32 - 1
    }

    fn record<'t>(
        &mut self,
        target: usize,
        prefix: &str,
        owner: u32,
        files: impl Iterator<Item = (&'t str, &'t str)>,
    ) {
        let mut whole = prefix.to_owned();
        for (path, digest) in files {
            whole.truncate(prefix.len());
            whole.push_str(path);
            if self.records.len() < RECORDS {
                self.records.push((key(target, &whole, digest), owner));
            }
            if is_archive(path) && self.records.len() < RECORDS {
                self.records.push((key(target, &whole, ""), owner));
            }
        }
    }
}

/// Whether what is in a file is met as members of it.
fn is_archive(path: &str) -> bool {
    const ENDINGS: [&str; 8] = ["gz", "jar", "zip", "whl", "xz", "bz2", "zst", "war"];
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

fn deb_key(origin: &Arc<Origin>, prefix: &str, name: &str) -> DebKey {
    DebKey { origin: origin.clone(), prefix: prefix.into(), name: name.into() }
}

/// Key of the `.dist-info` of a Python package.
fn dist_info(origin: &Origin, prefix: &str, stem: &str) -> u64 {
    key(origin.target, &format!("{prefix}{stem}"), "")
}

/// Of two packages that are said to be the same, the private one stays, whichever was seen first.
fn least<K: std::hash::Hash + Eq>(packages: &mut HashMap<K, Package>, key: K, package: Package) {
    match packages.get_mut(&key) {
        Some(known) if package < *known => *known = package,
        Some(_) => {}
        None => {
            packages.insert(key, package);
        }
    }
}
