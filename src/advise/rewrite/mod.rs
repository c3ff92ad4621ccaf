//! From a field of a manifest and the reference that replaces it to edits of its file. One file a kind.

pub mod compose;
pub mod dapr_run;
pub mod dockerfile;
pub mod helm;
mod images;
pub mod kustomize;
pub mod untracked;

use crate::yaml::splice::Edit;

/// What replaces a literal: edits, the nodes that they change, and what one has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Edits of the file.
    pub edits: Vec<Edit>,
    /// The nodes that may change: document index and route.
    pub changed: Vec<(usize, String)>,
    /// What one has to know.
    pub notes: Vec<String>,
}
