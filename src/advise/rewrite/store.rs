//! `auth.secretStore` of a Dapr resource: which store its `secretKeyRef` are looked up in.

use super::batch::Made;
use super::dapr;
use super::effective::of_dapr;
use super::original::{Original, below, text};
use super::reason::Reason;
use crate::manifest::Field;
use crate::yaml::node::{Entry, Node};
use crate::yaml::splice::{Shape, Where};

const AUTH: &str = "auth";
const STORE: &str = "secretStore";

/// The store that the resource of a field names already, as it is read: a new key of it has to go there.
pub fn existing(original: Original<'_>, field: &Field) -> Option<String> {
    if !of_dapr(&original, field) {
        return None;
    }
    let holder = dapr::place(&original, field).ok()??;
    let store = original.node(&holder)?.get(AUTH)?.get(STORE)?.text()?;
    Some(store.to_owned())
}

/// Makes the mapping at `holder` name a store. One that it names already stays.
pub(super) fn set(original: &Original<'_>, holder: &str, wanted: &str) -> Result<Made, Reason> {
    let node = original.node(holder).ok_or(Reason::Unclear)?;
    let (editor, auth) = (original.editor(), below(holder, AUTH));
    let mut made = Made { changed: vec![auth.clone()], ..Made::default() };
    if let Some(misplaced) = original.node(&below(holder, "spec")).and_then(|spec| spec.get(AUTH)) {
        let store = text(misplaced, STORE);
        made.notes.push(format!(
            "`auth` in `spec` ({store}) is dropped by the API server: it belongs to the top level."
        ));
    }
    let Some(found) = entry(node, AUTH) else {
        let store = Shape::Mapping(vec![(STORE.to_owned(), Shape::Text(wanted.to_owned()))]);
        let at = if node.get("spec").is_some() { Where::AfterKey("spec") } else { Where::Last };
        made.edits.push(editor.insert_entry(holder, &at, AUTH, &store)?);
        return Ok(made);
    };
    let store = entry(&found.value, STORE);
    let named = store.and_then(|store| store.value.text());
    let correct = found.is(AUTH) && store.is_none_or(|store| store.is(STORE));
    match named {
        Some(named) if correct => {
            made.changed.clear();
            if named != wanted {
                made.notes.push(format!(
                    "This resource has auth.secretStore {named} already: its new keys are looked up there."
                ));
            }
        }
        _ if !correct => {
            // The API server drops what has another case. References that are there already are then looked up in
            // Kubernetes' Secrets, and would no longer be.
            let others = named.is_some_and(|named| named != wanted) && refers(node);
            let wrong = if found.is(AUTH) { store.map_or(STORE, key) } else { key(found) };
            if others {
                return Err(Reason::Store(wrong.to_owned()));
            }
            let written = below(holder, key(found));
            if !found.is(AUTH) {
                made.edits.push(editor.rename(&written, AUTH)?);
            }
            if let Some(store) = store.filter(|store| !store.is(STORE)) {
                made.edits.push(editor.rename(&below(&written, key(store)), STORE)?);
            }
            made.changed.push(written);
            made.notes.push(format!("`{wrong}` is not read in this case: it was corrected."));
        }
        _ if store.is_some() => made.edits.push(editor.replace_text(&below(&auth, STORE), wanted)?),
        _ => {
            let store = Shape::Text(wanted.to_owned());
            made.edits.push(editor.insert_entry(&auth, &Where::Last, STORE, &store)?);
        }
    }
    Ok(made)
}

/// The entry of a key, also in another case.
fn entry<'a>(node: &'a Node, wanted: &str) -> Option<&'a Entry> {
    let exact = node.entries().iter().find(|entry| entry.is(wanted));
    exact.or_else(|| node.entries().iter().find(|entry| key(entry).eq_ignore_ascii_case(wanted)))
}

fn key(entry: &Entry) -> &str {
    entry.key.text().unwrap_or_default()
}

/// Whether a `secretKeyRef` stands anywhere in a node.
fn refers(node: &Node) -> bool {
    node.get("secretKeyRef").is_some()
        || node.entries().iter().any(|entry| refers(&entry.value))
        || node.items().iter().any(refers)
}
