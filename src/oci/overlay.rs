//! Which layer's file a container sees (image-spec, layer.md, "Whiteouts").
//!
//! A layer is known by the hashes of its paths: 8 bytes a file, whatever the paths are, so that an image of a million
//! files takes 8 MB here.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::archive::links::Links;
use crate::place::{State, printable_path};

pub use crate::archive::links::normal;

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// What a layer does to those below it.
#[derive(Debug, Default, Clone)]
pub struct LayerPaths {
    /// Files, links and devices, while the layer is read.
    files: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    /// The same in order when it was read: half of what a table takes.
    settled: Box<[u64]>,
    /// Paths removed by a whiteout.
    removed: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    /// Directories whose earlier content is hidden.
    opaque: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    /// Hard links to what is not in the layer; it can be in one below.
    pub links: Links,
}

impl LayerPaths {
    /// Takes in a member of the layer's tar.
    pub fn add(&mut self, path: &[u8], is_directory: bool) {
        let path = normal(path);
        let (parent, name) = match memchr::memrchr(b'/', &path) {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], &path[..]),
        };
        if name == OPAQUE {
            self.opaque.insert(hash(parent));
        } else if let Some(target) = name.strip_prefix(WHITEOUT) {
            let mut removed = parent.to_vec();
            if !parent.is_empty() {
                removed.push(b'/');
            }
            removed.extend_from_slice(target);
            self.removed.insert(hash(&removed));
        } else if !is_directory {
            self.files.insert(hash(&path));
        }
    }

    /// Takes in a hard link, before its own path is.
    pub fn add_hard_link(&mut self, path: &str, target: &[u8]) {
        let target = printable_path(&normal(target));
        if !self.has(&target) || self.links.is_open(&target) {
            self.links.add(path, target);
        }
    }

    /// The layer was read: what a link leads to can stand after it.
    pub fn settle(&mut self) {
        let mut links = std::mem::take(&mut self.links);
        links.settle(|target| self.has(target));
        self.links = links;
        let mut settled: Box<[u64]> = self.files.drain().chain(self.settled.iter().copied()).collect();
        settled.sort_unstable();
        self.files = HashSet::default();
        self.settled = settled;
    }

    fn holds(&self, path: &[u8]) -> bool {
        let hash = hash(path);
        self.settled.binary_search(&hash).is_ok() || self.files.contains(&hash)
    }

    /// Whether the layer has a file, link or device at this path.
    pub fn has(&self, path: &str) -> bool {
        self.holds(path.as_bytes())
    }

    /// What this layer does to a file that an earlier layer has at `path`.
    fn effect(&self, path: &[u8]) -> Option<State> {
        if self.holds(path) {
            return Some(State::Overwritten);
        }
        let mut ancestor = path;
        loop {
            let whole = ancestor.len() == path.len();
            if self.removed.contains(&hash(ancestor)) || (!whole && self.opaque.contains(&hash(ancestor))) {
                return Some(State::Deleted);
            }
            // A file where a directory was takes the directory's files away.
            if !whole && !ancestor.is_empty() && self.holds(ancestor) {
                return Some(State::Deleted);
            }
            if ancestor.is_empty() {
                return None;
            }
            ancestor = memchr::memrchr(b'/', ancestor).map_or(&path[..0], |slash| &ancestor[..slash]);
        }
    }
}

/// State of the file that a layer has at `path`, given the layers above it, the next first.
pub fn state<'l>(path: &[u8], above: impl Iterator<Item = &'l LayerPaths>) -> State {
    let path = normal(path);
    let mut above = above;
    above.find_map(|layer| layer.effect(&path)).unwrap_or(State::Live)
}

fn hash(path: &[u8]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(paths: &[&str]) -> LayerPaths {
        let mut layer = LayerPaths::default();
        paths.iter().for_each(|p| layer.add(p.as_bytes(), p.ends_with('/')));
        layer.settle();
        layer
    }

    #[test]
    fn whiteouts_opaque_directories_and_replacements() {
        for (above, path, expected) in [
            (&["app/.wh..env"][..], "app/.env", State::Deleted),
            (&["./app/.wh..env"], "app/.env", State::Deleted),
            (&[".wh.app"], "app/sub/.env", State::Deleted),
            (&["app/.wh..wh..opq"], "app/.env", State::Deleted),
            (&["app/.wh..wh..opq", "app/.env"], "app/.env", State::Overwritten),
            (&["app/.env"], "app/.env", State::Overwritten),
            (&["app"], "app/.env", State::Deleted),
            (&["app/"], "app/.env", State::Live),
            (&["app/.wh.other"], "app/.env", State::Live),
        ] {
            assert_eq!(state(path.as_bytes(), [layer(above)].iter()), expected, "{above:?}");
        }
    }
}
