//! Hard links of an archive whose content stands nowhere in it.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// So many are kept; an archive with more is hostile, and that is told.
const KEPT: usize = 1_000;

/// A hard link to what was not there before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HardLink {
    /// Its path.
    pub path: String,
    /// Where it leads, as a path of the archive.
    pub target: String,
}

/// The hard links that lead to nothing, as far as the archive was read.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The links.
    pub open: Vec<HardLink>,
    /// How many more there are.
    pub more: u64,
}

impl Links {
    /// Whether a link at this path leads to nothing so far.
    pub fn is_open(&self, path: &str) -> bool {
        self.open.iter().any(|link| link.path == path)
    }

    /// Takes in a link to what is not in the archive before it.
    pub fn add(&mut self, path: &str, target: String) {
        if self.open.len() < KEPT {
            self.open.push(HardLink { path: path.to_owned(), target });
        } else {
            self.more += 1;
        }
    }

    /// Drops the links whose target came after them. One that leads to such a link goes where that one leads.
    pub fn settle(&mut self, has: impl Fn(&str) -> bool) {
        loop {
            let before = self.open.len();
            let paths: HashSet<String> = self.open.iter().map(|link| link.path.clone()).collect();
            self.open.retain(|link| paths.contains(&link.target) || !has(&link.target));
            if self.open.len() == before {
                return;
            }
        }
    }

    /// Each link's path and what to say of it, `missing` being where its target is not.
    pub fn reasons(&self, missing: &str) -> Vec<(String, String)> {
        let reason = |link: &HardLink| {
            format!("a hard link to {}, which is not {missing}: there is no content to read", link.target)
        };
        let mut reasons: Vec<_> = self.open.iter().map(|link| (link.path.clone(), reason(link))).collect();
        if self.more > 0 {
            let reason = format!("{} more hard links lead to what does not stand before them", self.more);
            reasons.push((String::new(), reason));
        }
        reasons
    }
}

/// The paths of an archive that is no layer, and its hard links. A path takes 8 bytes.
#[derive(Default)]
pub struct Members {
    seen: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    links: Links,
}

impl Members {
    /// Takes in a member that is no directory; `target` is where a hard link leads.
    pub fn add(&mut self, path: &[u8], target: Option<&[u8]>) {
        let path = shown(path);
        if let Some(target) =
            target.map(shown).filter(|target| !self.has(target) || self.links.is_open(target))
        {
            self.links.add(&path, target);
        }
        self.seen.insert(hash(&path));
    }

    fn has(&self, path: &str) -> bool {
        self.seen.contains(&hash(path))
    }

    /// The links that lead to nothing.
    pub fn finish(mut self) -> Links {
        let mut links = std::mem::take(&mut self.links);
        links.settle(|target| self.has(target));
        links
    }
}

/// Without `./`, a leading or a trailing slash, and doubled ones.
pub fn normal(path: &[u8]) -> Vec<u8> {
    let parts = path.split(|b| *b == b'/').filter(|part| !part.is_empty() && *part != b".");
    parts.collect::<Vec<_>>().join(&b'/')
}

fn shown(path: &[u8]) -> String {
    crate::place::printable_path(&normal(path))
}

fn hash(path: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(members: &[(&str, Option<&str>)]) -> Vec<String> {
        let mut read = Members::default();
        members.iter().for_each(|(path, target)| read.add(path.as_bytes(), target.map(str::as_bytes)));
        read.finish().open.into_iter().map(|link| link.path).collect()
    }

    #[test]
    fn links_to_nothing_are_told_and_others_are_not() {
        let none: [&str; 0] = [];
        assert_eq!(open(&[("./a", None), ("b", Some("/a"))]), none);
        assert_eq!(open(&[("b", Some("a")), ("a", None)]), none, "the content comes later");
        assert_eq!(open(&[("c", Some("b")), ("b", Some("a")), ("a", None)]), none, "one after the other");
        assert_eq!(open(&[("b", Some("a"))]), ["b"]);
        assert_eq!(open(&[("a", Some("a"))]), ["a"], "itself");
        assert_eq!(open(&[("a", Some("b")), ("b", Some("a"))]), ["a", "b"], "in a ring");
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut links = Links::default();
        (0..KEPT + 5).for_each(|n| links.add(&n.to_string(), "nothing".to_owned()));
        assert_eq!((links.open.len(), links.more), (KEPT, 5));
        assert_eq!(links.reasons("there").len(), KEPT + 1);
    }
}
