//! Kubernetes' own kinds: pods and their templates, ConfigMaps, Secrets, storage, logins of clients; and the metadata
//! of every object.

mod annotations;
mod pods;
mod secret;
mod storage;
mod words;

use super::embedded::{self, Content};
use super::object::Object;
use super::scope::{Literal, Scope};
use super::{Field, Proof, Role};
use crate::detect::judge;
use crate::finding::Confidence;
use crate::yaml::route::At;

pub(super) use annotations::read as metadata;
pub(super) use pods::{CONTAINERS, container, is_container};
pub(super) use storage::volumes;
pub(super) use words::arguments;

/// Where objects keep a pod template: Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job;
/// CronJob; PodTemplate.
const TEMPLATES: &[&[&str]] =
    &[&["spec", "template"], &["spec", "jobTemplate", "spec", "template"], &["template"]];

/// Adds the fields of a kind of Kubernetes itself.
pub(super) fn read(object: &Object<'_>, out: &mut Vec<Field>) {
    match object.kind {
        "ConfigMap" => config_map(object, out),
        "Secret" => secret::read(object, out),
        "Config" => kubeconfig(object, out),
        "StorageClass" | "VolumeAttributesClass" => storage::class(object, out),
        "PersistentVolume" => storage::volume(object, out),
        _ => {}
    }
    if object.kind == "Pod" {
        pods::pod(object, &object.root, out);
    }
    for template in TEMPLATES.iter().filter_map(|keys| object.root.follow(keys)) {
        metadata(object, &template, out);
        pods::pod(object, &template, out);
    }
}

/// A list of `name` and `value`, in either order. An item that has a reference in place of its value has no literal.
pub(super) fn named_values(scope: &Scope<'_>, list: &At<'_>, role: Role, out: &mut Vec<Field>) {
    for item in list.items() {
        let name = item.node.get("name").and_then(|name| name.text()).unwrap_or_default();
        if let Some(value) = item.get("value") {
            scope.field(&value, name, role, out);
        }
    }
}

/// Entries are simple values, or files under their names.
fn config_map(object: &Object<'_>, out: &mut Vec<Field>) {
    const ROLE: Role = Role::ConfigMapData;
    for (key, at) in object.root.get("data").iter().flat_map(At::entries) {
        object.field(&at, key, ROLE, out);
        embedded::read(object, &at, Content::written(&at, key, ROLE), out);
    }
    for (key, at) in object.root.get("binaryData").iter().flat_map(At::entries) {
        if let Some(text) = object.encoded(&at, key, ROLE, out) {
            embedded::read(object, &at, Content::decoded(&text, key, ROLE), out);
        }
    }
}

/// `users[].user` of a kubeconfig, under whatever name the file goes (client-go, `clientcmd/api/v1`).
fn kubeconfig(object: &Object<'_>, out: &mut Vec<Field>) {
    let proof = Some(Proof { rule: "kubeconfig-credential", confidence: Confidence::High });
    for user in object.root.get("users").iter().flat_map(|users| users.items()) {
        let Some(user) = user.get("user") else { continue };
        for (key, at) in user.entries() {
            let value = at.node.text().unwrap_or_default();
            let is_one = match key {
                "token" | "password" => judge::looks_like_credential_value(value),
                // In base64. What is no key is a certificate, or to be filled in.
                "client-key-data" => value.len() > 100 && !judge::is_reference(value),
                _ => continue,
            };
            let proof = proof.filter(|_| is_one);
            object.whole(&at, Literal { name: key, value, role: Role::Custom, proof }, out);
        }
        if let Some(variables) = user.follow(&["exec", "env"]) {
            named_values(object, &variables, Role::Custom, out);
        }
        if let Some(words) = user.follow(&["exec", "args"]) {
            arguments(object, &words, "", out);
        }
        for (key, at) in user.follow(&["auth-provider", "config"]).iter().flat_map(At::entries) {
            object.field(&at, key, Role::Custom, out);
        }
    }
}
