//! A plain key of a ConfigMap moves to a Secret: it goes from `data`, and its consumers refer to the Secret.

use std::collections::BTreeSet;

use super::batch::{Batch, Made, Piece, Wish, combine};
use super::container::{env, named};
use super::effective::{effective, scalar_of};
use super::guard::is_generated;
use super::original::{Original, below, item, text};
use super::reason::Reason;
use super::{Options, Rewrite};
use crate::advise::plan::Reference;
use crate::manifest::Field;
use crate::yaml::route::{At, Step, parent};

/// A key that goes from a ConfigMap to a Secret.
#[derive(Debug, Clone, Copy)]
pub struct Moved<'a> {
    /// The ConfigMap's namespace, where it names one.
    pub namespace: Option<&'a str>,
    /// The ConfigMap.
    pub config_map: &'a str,
    /// Its key.
    pub key: &'a str,
    /// The Secret's key.
    pub reference: &'a Reference,
}

/// Takes a key out of its ConfigMap.
pub(super) fn take(batch: &Batch<'_>, field: &Field) -> Result<Piece, Reason> {
    let original = batch.original;
    let scalar = scalar_of(&original, field)?;
    let Some((map, Step::Key(key))) = parent(&field.document.field) else { return Err(Reason::Unclear) };
    if !map.ends_with("data") {
        return Err(Reason::Binary);
    }
    let is_part = original.node(&field.document.field).is_some_and(|node| node.inner_span() != field.raw);
    if is_part || scalar.text.trim_end_matches('\n').contains('\n') {
        return Err(Reason::WholeFile);
    }
    let notes = effective(original, field, &batch.options)?.notes;
    let mut piece = Piece { notes, ..Piece::default() };
    piece.notes.push(format!(
        "{key} leaves the ConfigMap {}: whoever reads it there outside of the scanned files has to read the Secret.",
        field.document.name
    ));
    piece.wishes.push(Wish::Entry { map: map.to_owned(), key });
    Ok(piece)
}

/// A ConfigMap's `data` without some keys.
pub(super) fn without(original: &Original<'_>, map: &str, wishes: &[&Wish]) -> Result<Made, Reason> {
    let node = original.node(map).ok_or(Reason::Unclear)?;
    let keys: Vec<&str> = wishes
        .iter()
        .filter_map(|wish| match wish {
            Wish::Entry { key, .. } => Some(&**key),
            _ => None,
        })
        .collect();
    let stays = node.entries().iter().any(|entry| !keys.iter().any(|key| entry.is(key)));
    let routes: Vec<String> = match stays {
        true => keys.iter().map(|key| below(map, key)).collect(),
        // An empty `data:` would be null.
        false => vec![map.to_owned()],
    };
    let edits = routes.iter().map(|route| original.editor().remove(route)).collect::<Result<_, _>>()?;
    Ok(Made { edits, changed: routes, ..Made::default() })
}

/// Makes the pods of a document read moved keys from their Secret: `configMapKeyRef` becomes `secretKeyRef`, a
/// variable that comes by `envFrom` gets an item of its own. With the rewrite, which of `moved` can't be switched here
/// and why; such a key has to stay in its ConfigMap.
pub fn consumers(original: Original<'_>, moved: &[Moved<'_>]) -> (Rewrite, Vec<(usize, Reason)>) {
    let options = Options::default();
    super::until_agreed(moved.len(), |numbers| {
        let batch = Batch::new(original, &options);
        let (mut pieces, mut refused) = (Vec::new(), Vec::new());
        for &number in numbers {
            let mut piece = Piece::default();
            let Some(own) = moved.get(number) else { continue };
            match switch(&original, &At::root(&original.document.root), own, &mut piece) {
                Ok(()) if !piece.wishes.is_empty() && is_generated(original.text) => {
                    refused.push((number, Reason::Generated));
                }
                Ok(()) => pieces.push((number, piece)),
                Err(reason) => refused.push((number, reason)),
            }
        }
        if refused.is_empty() { combine(&batch, &pieces) } else { Err(refused) }
    })
}

/// Looks through all that a document says: pods stand in many places.
fn switch(original: &Original<'_>, at: &At<'_>, moved: &Moved<'_>, out: &mut Piece) -> Result<(), Reason> {
    for (key, child) in at.entries() {
        match key {
            "configMapKeyRef" if is_of(original, &child, moved) && text(child.node, "key") == moved.key => {
                key_reference(original, at, &child, moved, out)?;
            }
            "envFrom" => from_all(original, at, &child, moved, out),
            "configMap" if is_of(original, &child, moved) && mounts(&child, moved.key) => {
                let volume = volume_of(original, at);
                return Err(Reason::Mounted(volume));
            }
            _ => switch(original, &child, moved, out)?,
        }
    }
    at.items().try_for_each(|child| switch(original, &child, moved, out))
}

/// Whether a reference by name is one to the ConfigMap.
fn is_of(original: &Original<'_>, reference: &At<'_>, moved: &Moved<'_>) -> bool {
    let object = original.object(&reference.route.to_string());
    let namespace = object.node.get("metadata").map(|metadata| text(metadata, "namespace"));
    let namespace = namespace.filter(|namespace| !namespace.is_empty());
    let apart = moved.namespace.zip(namespace).is_some_and(|(one, other)| one != other);
    text(reference.node, "name") == moved.config_map && !apart
}

/// `configMapKeyRef: {name, key}` → `secretKeyRef: {name, key}`; what else it says stays.
fn key_reference(
    original: &Original<'_>,
    holder: &At<'_>,
    at: &At<'_>,
    moved: &Moved<'_>,
    out: &mut Piece,
) -> Result<(), Reason> {
    let (editor, route) = (original.editor(), at.route.to_string());
    let texts = [("name", &moved.reference.name), ("key", &moved.reference.key)];
    for (key, to) in texts {
        if text(at.node, key) != to {
            out.edit(editor.replace_text(&below(&route, key), to)?);
        }
    }
    out.edit(editor.rename(&route, "secretKeyRef")?);
    out.changed.extend([route, holder.route.key("secretKeyRef").to_string()]);
    Ok(())
}

/// `envFrom: [{configMapRef: {name}}]` → an item of `env`, which goes before all that comes by `envFrom`.
fn from_all(original: &Original<'_>, container: &At<'_>, list: &At<'_>, moved: &Moved<'_>, out: &mut Piece) {
    let container = container.route.to_string();
    let sources =
        list.items().filter(|at| at.get("configMapRef").is_some_and(|at| is_of(original, &at, moved)));
    let names: BTreeSet<String> =
        sources.map(|source| format!("{}{}", text(source.node, "prefix"), moved.key)).collect();
    for name in names {
        // One of `env` goes before those of `envFrom`.
        if named(original, &container, &name).is_empty() {
            // Those of `envFrom` are there before all of `env`, which may be composed of them.
            let first = (!env(original, &container).is_empty()).then_some(0);
            out.variable(&container, first, &name, moved.reference);
            if list.node.items().len() > 1 {
                out.notes.push(format!(
                    "{name} goes before what a later source of `envFrom` may have by that name."
                ));
            }
        }
    }
}

/// Whether a volume brings the key: all keys where it names none.
fn mounts(volume: &At<'_>, key: &str) -> bool {
    let items = volume.node.get("items").map(|items| items.items()).unwrap_or_default();
    items.is_empty() || items.iter().any(|item| text(item, "key") == key)
}

/// The name of the volume that a source is of.
fn volume_of(original: &Original<'_>, at: &At<'_>) -> String {
    let mut route = at.route.to_string();
    loop {
        let name = original.node(&route).map(|node| text(node, "name")).unwrap_or_default();
        if !name.is_empty() {
            return name.to_owned();
        }
        match parent(&route) {
            Some((holder, _)) => route = holder.to_owned(),
            None => return item("volumes", 0),
        }
    }
}
