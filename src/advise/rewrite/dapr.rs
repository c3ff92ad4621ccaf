//! `value` of a Dapr resource → `secretKeyRef`, and the store it is looked up in.

use super::batch::{Batch, Piece, Wish};
use super::container::key_shape;
use super::effective::effective;
use super::original::{Original, below, text};
use super::reason::Reason;
use crate::advise::plan::Reference;
use crate::manifest::Field;
use crate::yaml::route::{Step, parent, steps};

/// A setting, header or TLS document of a Dapr resource.
pub(super) fn setting(batch: &mut Batch<'_>, field: &Field, reference: &Reference) -> Result<Piece, Reason> {
    let (original, options) = (batch.original, batch.options);
    let route = &field.document.field;
    let holder = place(&original, field)?;
    let (item, _) = parent(route).ok_or(Reason::Unclear)?;
    let node = original.node(item).ok_or(Reason::Unclear)?;
    for other in ["secretKeyRef", "envRef"] {
        if node.get(other).is_some() {
            return Err(Reason::ReferenceBeside(other));
        }
    }
    let mut piece = Piece { notes: effective(original, field, &options)?.notes, ..Piece::default() };
    piece.edit(original.editor().replace_entry(route, "secretKeyRef", &key_shape(reference))?);
    piece.changed.extend([route.clone(), below(item, "secretKeyRef")]);
    match holder {
        Some(holder) => piece.wishes.push(Wish::Store { holder }),
        None => piece.notes.push(
            "Dapr's operator resolves the headers of a Configuration, always from the Secrets of Kubernetes; Dapr that runs by itself does not."
                .to_owned(),
        ),
    }
    Ok(piece)
}

/// Where the `auth` of a field stands: the route of the mapping that has it. `None` where there is no `auth`, since
/// Dapr takes the reference from Kubernetes in any case.
///
/// # Errors
/// Where Dapr takes no reference.
pub(super) fn place(original: &Original<'_>, field: &Field) -> Result<Option<String>, Reason> {
    let object = original.object_of(field);
    let root = object.route.to_string();
    let mut row = steps(&field.document.field).ok_or(Reason::Nested)?;
    row.drain(..steps(&root).map_or(0, |steps| steps.len()).min(row.len()));
    // An item is `#`.
    let row: Vec<&str> = row
        .iter()
        .map(|step| match step {
            Step::Key(key) => &**key,
            Step::Index(_) => "#",
        })
        .collect();
    let kind = text(object.node, "kind");
    match (kind, &*row) {
        ("Component", ["spec", "metadata", "#", "value"])
        | ("HTTPEndpoint", ["spec", "headers", "#", "value"] | ["spec", "clientTLS", _, "value"]) => {
            Ok(Some(root))
        }
        ("Configuration", ["spec", "tracing", "otel", "headers", "#", "value"]) => Ok(None),
        ("MCPServer", ["spec", "endpoint", transport, "headers" | "env", "#", "value"]) => {
            Ok(Some(below(&below(&below(&root, "spec"), "endpoint"), transport)))
        }
        _ => Err(Reason::NoReference(advice(kind, &row))),
    }
}

/// What someone does where Dapr takes no reference.
fn advice(kind: &str, row: &[&str]) -> &'static str {
    match (kind, row) {
        ("Configuration", ["spec", "nameResolution", ..]) => {
            "Dapr's name resolution can't refer to a Secret: let the resolver's agent on the node hold the token, and give it as few rights as reading services takes"
        }
        ("Configuration", _) => {
            "this part of a Configuration can't refer to a Secret: keep the file out of the repository, and make it when you deploy"
        }
        ("Subscription", _) => {
            "the metadata of a Subscription can't refer to a Secret: put the setting into the pub/sub component, which can"
        }
        ("MCPServer", _) => {
            "this part of an MCPServer has a reference of its own: `secretKeyRef` of `auth.oauth2`"
        }
        _ => "Dapr takes no reference to a Secret here: see if a component can hold the setting",
    }
}
