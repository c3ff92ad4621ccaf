//! Floor 4: credential files. Knows by its name what a file is, reads it as that, and tells each credential in it,
//! where it stands and whose it is.
//!
//! A file is told by its name first (`names.rs`: two lookups, no allocation), then its reader looks at the content;
//! what is not what its name says yields nothing. To add a kind: a function that reads it, a line in `names.rs`, a
//! rule with `shape: file` in `rules/files.yml`.

mod applications;
mod clients;
mod clouds;
mod command;
mod containers;
mod databases;
mod dotnet;
mod env;
pub mod examples;
mod file;
mod hashes;
mod history;
mod java;
pub(crate) mod lines;
mod logins;
mod markup;
mod names;
mod network;
mod packages;
mod rclone;
mod stores;
mod terraform;
mod tree;
mod value;

use std::fmt;

use crate::finding::Confidence;
use crate::place;
use crate::span::Span;
pub(crate) use command::password_flag;
use file::File;
pub use names::{Kind, kind_of};

/// A credential that a file of a known kind holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// Id of its rule, of shape `file`.
    pub rule: &'static str,
    /// The value as its program reads it: without quotes and escapes, decoded. What is binary (a key store) is
    /// written in base64, since reports are text.
    pub value: String,
    /// The bytes of the file that say it.
    pub raw: Span,
    /// How sure: high where the file's format has a credential there, medium where only the name of a setting says
    /// so, low for what is encrypted or may hold none.
    pub confidence: Confidence,
    /// `kind` is the file's kind (`netrc`), `name` what the credential is for (host, section), `field` its setting.
    pub document: place::Document,
}

/// The value is left out: it is a credential.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, value, raw, confidence, document } = self;
        write!(f, "Found({rule} {document:?}, {} bytes at {raw:?}, {confidence})", value.len())
    }
}

/// Reads a whole file. `path` may be nested (`app.jar!BOOT-INF/classes/application.yml`). `None` where its name is
/// that of no known kind; what is found is in the order of the file.
pub fn read(path: &str, bytes: &[u8]) -> Option<Vec<Found>> {
    kind_of(path).map(|kind| kind.read(path, bytes))
}

/// The credentials of command lines: those of a Dockerfile, of a service.
pub(crate) fn in_commands(text: &str) -> Vec<Found> {
    let mut file = File::new("", text.as_bytes(), text, "");
    history::shell(&mut file);
    file.finish()
}

impl Kind {
    /// Reads a whole file of this kind.
    pub fn read(&self, path: &str, bytes: &[u8]) -> Vec<Found> {
        let text = value::as_text(bytes);
        let mut file = File::new(path, bytes, &text, self.name);
        (self.read)(&mut file);
        file.finish()
    }
}
