//! What `unbake fix` is going to do: which Secrets there have to be, which bytes of which files change, what else
//! is to be written and run, and what is refused and why.
//!
//! No text of a plan but [`PlannedKey::value`] holds a value.

pub mod change;
pub mod draft;
pub mod facts;
mod finish;
pub mod item;
pub mod keep;
mod local;
pub mod moves;
mod naming;
mod place;
mod pods;

use std::path::PathBuf;

use super::rewrite;
use super::store::StoreType;
use crate::place::Document;
use crate::secret::{Fingerprint, Secret};
use crate::span::Region;
use crate::yaml::splice::Edit;

/// A credential in a field of a manifest, as a scan found it.
#[derive(Debug, Clone)]
pub struct Leak {
    /// The file, as it is opened.
    pub path: PathBuf,
    /// The file as the report shows it.
    pub shown: String,
    /// Where in the file.
    pub region: Region,
    /// The field.
    pub document: Document,
    /// Id of the rule.
    pub rule: String,
    /// What it is, in words.
    pub title: String,
    /// Stands for the value.
    pub fingerprint: Fingerprint,
}

/// The entry of a store that a manifest refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Name of the Secret.
    pub name: String,
    /// Key within it.
    pub key: String,
}

/// Where the manifests of a file run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// In a cluster.
    Kubernetes,
    /// On a machine, by `dapr run` or docker-compose.
    SelfHosted,
}

/// A Secret that has to be there before the manifests are applied.
#[derive(Debug, Clone)]
pub struct PlannedSecret {
    /// Where it is kept.
    pub target: Target,
    /// Its namespace; none where the manifests name none.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its keys, sorted.
    pub keys: Vec<PlannedKey>,
    /// The file that has a Secret of this name already; the keys that are new are to be added to it.
    pub existing: Option<String>,
}

/// A key of a Secret.
#[derive(Debug, Clone)]
pub struct PlannedKey {
    /// Its name.
    pub key: String,
    /// What it has to hold: the effective text, `$$` and the like resolved.
    pub value: Secret,
    /// Where the value stands now.
    pub uses: Vec<Use>,
    /// Whether the existing Secret has it already.
    pub present: bool,
}

/// One place that is going to refer to a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The file as the report shows it.
    pub shown: String,
    /// Line, from 1.
    pub line: u64,
    /// The field.
    pub document: Document,
    /// The variable, setting or key that gave the value its meaning.
    pub name: String,
}

/// What whoever asks may choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the manifests run, whatever they say themselves.
    pub target: Option<Target>,
    /// Kind of the store that Dapr resources are to refer to; the usual one of where they run by default.
    pub store_type: Option<StoreType>,
    /// Name of that store.
    pub secret_store: Option<String>,
    /// Keep URLs readable: take the password alone out, by `$(NAME)`.
    pub compose: bool,
    /// Make a Configuration that lets programs ask for the planned secrets alone.
    pub scopes: bool,
}

impl Options {
    fn rewrite<'a>(&self, secret_store: &'a str) -> rewrite::Options<'a> {
        rewrite::Options { compose: self.compose, secret_store }
    }
}

/// What changes in a file.
#[derive(Debug, Clone)]
pub struct FileEdits {
    /// The file.
    pub path: PathBuf,
    /// The file as the report shows it.
    pub shown: String,
    /// SHA-256 of the text that the edits are of.
    pub digest: [u8; 32],
    /// The edits, in order, none overlapping.
    pub edits: Vec<Edit>,
    /// Nodes that may change: document index and route.
    pub changed: Vec<(usize, String)>,
    /// What each was about, for the person who reads the diff.
    pub uses: Vec<Use>,
}

/// A file that is to be written beside the manifests: a component, a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Suggested path, relative to the file that needs it.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Why it is needed, in a sentence.
    pub why: String,
}

/// What is not rewritten.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The file as the report shows it.
    pub shown: String,
    /// Line, from 1.
    pub line: u64,
    /// The field.
    pub document: Document,
    /// Why, and what to do instead.
    pub reason: String,
}

/// A command that someone runs, with no value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it does, in a few words.
    pub what: String,
    /// The line, as a POSIX shell takes it.
    pub line: String,
}

/// A piece of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// `python`, `typescript`, …
    pub language: String,
    /// What it does, in a few words.
    pub what: String,
    /// Its text.
    pub text: String,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Secrets, by target, namespace and name.
    pub secrets: Vec<PlannedSecret>,
    /// Changes of files, by path.
    pub files: Vec<FileEdits>,
    /// Files to write.
    pub new_files: Vec<NewFile>,
    /// What is left as it is, by path and line.
    pub refused: Vec<Refused>,
    /// Commands, in the order in which they are to be run.
    pub commands: Vec<Command>,
    /// How a program reads the values itself.
    pub snippets: Vec<Snippet>,
    /// What one has to know besides.
    pub notes: Vec<String>,
}
