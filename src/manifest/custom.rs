//! Custom resources: kinds of which the names alone say what is a credential, and some that are known.

use super::object::Object;
use super::{Field, Role, tree};
use crate::yaml::route::At;

/// What every object has, or what a controller writes.
const NOT_OWN: &[&str] = &["apiVersion", "kind", "metadata", "status"];

/// External Secrets: where the literals of a Secret that is to be made stand.
const TEMPLATES: &[&[&str]] =
    &[&["spec", "target", "template", "data"], &["spec", "externalSecretSpec", "target", "template", "data"]];

/// Adds the fields of a custom resource.
pub(super) fn read(object: &Object<'_>, out: &mut Vec<Field>) {
    if object.api.starts_with("external-secrets.io/") {
        return external_secrets(object, out);
    }
    // A build's own file, which is no object.
    if !object.api.starts_with("kustomize.config.k8s.io/") {
        rest(object, out);
    }
}

/// What the names, and the containers, in it say.
fn rest(object: &Object<'_>, out: &mut Vec<Field>) {
    let is_own = |key: &str| !NOT_OWN.contains(&key) && object.listing() != Some(key);
    for (key, at) in object.root.entries().filter(|(key, _)| is_own(key)) {
        match (key, at.node.scalar()) {
            (_, None) => tree::walk(object, &at, Role::Custom, true, out),
            (_, Some(scalar)) if tree::is_credential(key, &scalar.text) => {
                object.field(&at, key, Role::Custom, out);
            }
            _ => {}
        }
    }
}

/// An ExternalSecret names what stands in a store; its template may have literals. The store `fake` has the values
/// themselves.
fn external_secrets(object: &Object<'_>, out: &mut Vec<Field>) {
    match object.kind {
        "ExternalSecret" | "ClusterExternalSecret" => {
            for data in TEMPLATES.iter().filter_map(|keys| object.root.follow(keys)) {
                data.entries().for_each(|(key, at)| object.field(&at, key, Role::SecretData, out));
            }
        }
        "SecretStore" | "ClusterSecretStore" => {
            let fake = object.root.follow(&["spec", "provider", "fake", "data"]);
            for item in fake.iter().flat_map(|data| data.items()) {
                let name = item.node.get("key").and_then(|key| key.text()).unwrap_or_default();
                if let Some(value) = item.get("value") {
                    object.field(&value, name, Role::SecretData, out);
                }
                for (key, at) in item.get("valueMap").iter().flat_map(At::entries) {
                    object.field(&at, key, Role::SecretData, out);
                }
            }
        }
        _ => rest(object, out),
    }
}
