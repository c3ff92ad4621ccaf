//! What there is to read of a repository.

use std::collections::HashSet;
use std::fmt;

use crate::finding::Skipped;
use crate::place::printable_path;

/// The name of an object: 40 hexadecimal digits, or 64 in a repository of SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Id {
    /// An object's name, in full.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let is_digit = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let is_id = matches!(text.len(), 40 | 64) && text.iter().all(is_digit);
        is_id.then(|| Self(String::from_utf8_lossy(text).into()))
    }

    /// Whether it stands for no object at all: what does not exist yet, or is deleted.
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }

    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, which most people use.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Kinds of object that hold text. What trees hold, names and modes, is told with the blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The content of a file.
    Blob,
    /// A commit: its message, and who made it.
    Commit,
    /// An annotated tag.
    Tag,
}

/// An object at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// The path, as reports show it: of a blob in its commit's tree.
    pub path: Box<str>,
    /// The commit that brings it, or the tag itself; none for what is only staged.
    pub commit: Option<Id>,
}

impl Object {
    /// A blob at a path, as git has it.
    pub(super) fn blob(id: Id, path: &[u8], commit: Option<Id>) -> Self {
        Self { id, kind: Kind::Blob, path: printable_path(path).into(), commit }
    }

    /// Its place in words: `deploy/.env (commit 1f2e3d4)`.
    pub fn place(&self, path: &str) -> String {
        match &self.commit {
            Some(commit) if self.kind == Kind::Tag => format!("{path} (tag object {})", commit.short()),
            Some(commit) => format!("{path} (commit {})", commit.short()),
            None => path.to_owned(),
        }
    }
}

/// What there is to read, and what became of it.
#[derive(Debug, Default)]
pub struct Listing {
    /// The oldest first. An object that stands at several paths is there for each.
    pub objects: Vec<Object>,
    /// The commits, the oldest first.
    pub commits: Vec<Id>,
    /// What could not be listed.
    pub skipped: Vec<Skipped>,
    /// Numbers of the objects that were not read, or not to their end.
    pub unread: HashSet<u32>,
    /// What was asked for.
    pub selection: super::Selection,
}
