//! From a field of a manifest and the reference that replaces it to edits of its file. One file a kind.
//!
//! All that leaks in one document is rewritten together, since several literals may want one list or one `auth`.

mod annotations;
mod arguments;
mod batch;
pub mod compose;
mod configmap;
mod connection;
mod container;
mod dapr;
pub mod dapr_run;
pub mod dockerfile;
mod effective;
mod expansion;
mod guard;
pub mod helm;
mod images;
mod kubernetes;
pub mod kustomize;
mod original;
mod reason;
mod refusal;
mod scalar;
mod shell;
mod store;
pub mod untracked;

pub use arguments::narrowed;
pub use configmap::{Moved, consumers};
pub use effective::{Effective, effective};
pub use original::Original;
pub use reason::Reason;
pub use store::existing as existing_store;

use std::collections::BTreeSet;

use crate::advise::plan::Reference;
use crate::manifest::{Field, Role};
use crate::yaml::splice::Edit;
use batch::{Batch, Piece, combine};

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

/// How to rewrite, where there is a choice.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Take the password alone out of a URL, and keep the URL readable by `$(NAME)`.
    pub compose: bool,
    /// What a Dapr resource without `auth.secretStore` is to name there.
    pub secret_store: &'a str,
}

/// Dapr's built-in store of Kubernetes, and URLs as a whole.
impl Default for Options<'_> {
    fn default() -> Self {
        Self { compose: false, secret_store: "kubernetes" }
    }
}

/// Rewrites one field.
///
/// # Errors
/// Why it is left as it is, and what to do instead.
pub fn rewrite(
    original: Original<'_>,
    field: &Field,
    reference: &Reference,
    options: &Options<'_>,
) -> Result<Rewrite, Reason> {
    let (rewrite, refused) = rewrite_document(original, &[(field, reference)], options);
    match refused.into_iter().next() {
        Some((_, reason)) => Err(reason),
        None => Ok(rewrite),
    }
}

/// Rewrites fields of one document together; each stands in `leaks` once. With the rewrite of those that can be, the numbers of those that can't
/// and why.
pub fn rewrite_document(
    original: Original<'_>,
    leaks: &[(&Field, &Reference)],
    options: &Options<'_>,
) -> (Rewrite, Vec<(usize, Reason)>) {
    until_agreed(leaks.len(), |numbers| {
        let mut batch = Batch::new(original, options);
        let (mut pieces, mut refused) = (Vec::new(), Vec::new());
        for &number in &in_order(numbers, leaks) {
            let Some((field, reference)) = leaks.get(number) else { continue };
            match piece(&mut batch, field, reference) {
                Ok(piece) => pieces.push((number, piece)),
                Err(reason) => refused.push((number, reason)),
            }
        }
        if refused.is_empty() { combine(&batch, &pieces) } else { Err(refused) }
    })
}

/// Variables first, in the order of the file: words of commands can use them.
fn in_order(numbers: &[usize], leaks: &[(&Field, &Reference)]) -> Vec<usize> {
    let mut numbers = numbers.to_vec();
    numbers.sort_by_key(|&number| leaks.get(number).map(|(field, _)| (field.role != Role::Env, field.raw)));
    numbers
}

/// Tries again without those that were refused, until nobody is: what one asked for, another may have counted on.
fn until_agreed(
    count: usize,
    mut attempt: impl FnMut(&[usize]) -> Result<Rewrite, Vec<(usize, Reason)>>,
) -> (Rewrite, Vec<(usize, Reason)>) {
    let mut refused: Vec<(usize, Reason)> = Vec::new();
    loop {
        let gone: BTreeSet<usize> = refused.iter().map(|(number, _)| *number).collect();
        let numbers: Vec<usize> = (0..count).filter(|number| !gone.contains(number)).collect();
        match attempt(&numbers) {
            Ok(rewrite) => {
                refused.sort_by_key(|(number, _)| *number);
                return (rewrite, refused);
            }
            // Several wishes of one literal may have been refused; the first reason will do.
            Err(more) => {
                for (number, reason) in more {
                    if !refused.iter().any(|(known, _)| *known == number) {
                        refused.push((number, reason));
                    }
                }
            }
        }
    }
}

fn piece(batch: &mut Batch<'_>, field: &Field, reference: &Reference) -> Result<Piece, Reason> {
    guard::check(&batch.original, field)?;
    let mut piece = match field.role {
        Role::Env | Role::Header | Role::DaprMetadata if effective::of_dapr(&batch.original, field) => {
            dapr::setting(batch, field, reference)
        }
        Role::Env => kubernetes::variable(batch, field, reference),
        Role::Argument => arguments::word(batch, field, reference),
        Role::ConfigMapData => configmap::take(batch, field),
        Role::DaprEnv => annotations::variable(batch, field, reference),
        _ => Err(refusal::reason(field)),
    }?;
    piece.notes.extend(guard::once_made(&batch.original, field));
    Ok(piece)
}
