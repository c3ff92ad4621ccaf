//! Walks over YAML and JSON.

use crate::yaml::parse::{Document, MAX_BYTES, parse};
use crate::yaml::route::At;

/// The documents of a text that can be read.
pub(super) fn documents(text: &str) -> Vec<Document> {
    if text.len() > MAX_BYTES { Vec::new() } else { parse(text.as_bytes()).documents }
}

/// Calls `visit` with each scalar below `at` and the key that names it: the nearest one, with the one round it where
/// that is only `key` or `value`.
pub(super) fn scalars<'a>(at: &At<'a>, visit: &mut impl FnMut(&At<'a>, &str)) {
    below(at, "", visit);
}

fn below<'a>(at: &At<'a>, named: &str, visit: &mut impl FnMut(&At<'a>, &str)) {
    if at.node.scalar().is_some() {
        visit(at, named);
    }
    for (key, value) in at.entries() {
        if matches!(key, "key" | "Key" | "value" | "Value") && !named.is_empty() {
            below(&value, &format!("{named}.{key}"), visit);
        } else {
            below(&value, key, visit);
        }
    }
    for item in at.items() {
        below(&item, named, visit);
    }
}

/// Whether the document is encrypted by SOPS, which leaves its names as they were.
pub(super) fn is_sops(root: &At<'_>) -> bool {
    root.follow(&["sops", "mac"]).is_some()
}
