//! Secrets that are committed: in base64 (`data`) or in clear (`stringData`).

use crate::manifest::embedded::{self, Content};
use crate::manifest::object::Object;
use crate::manifest::{Field, Role};
use crate::yaml::route::At;

const ROLE: Role = Role::SecretData;

/// Adds the entries of a Secret. Those of its type that are no secret are left out.
pub(super) fn read(object: &Object<'_>, out: &mut Vec<Field>) {
    let kind = object.root.node.get("type").and_then(|kind| kind.text()).unwrap_or_default();
    for (key, at) in
        object.root.get("data").iter().flat_map(At::entries).filter(|(key, _)| is_kept(kind, key))
    {
        if let Some(text) = object.encoded(&at, key, ROLE, out) {
            embedded::read(object, &at, Content::decoded(&text, key, ROLE), out);
        }
    }
    let plain = object.root.get("stringData");
    for (key, at) in plain.iter().flat_map(At::entries).filter(|(key, _)| is_kept(kind, key)) {
        object.field(&at, key, ROLE, out);
        embedded::read(object, &at, Content::written(&at, key, ROLE), out);
    }
}

/// Whether an entry may be secret. A bootstrap token has one beside its id, its description and what it may be used
/// for (Kubernetes, "Authenticating with Bootstrap Tokens").
fn is_kept(kind: &str, key: &str) -> bool {
    kind != "bootstrap.kubernetes.io/token" || key == "token-secret"
}
