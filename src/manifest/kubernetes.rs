//! Kubernetes: pod templates wherever they stand, ConfigMaps, Secrets, annotations.

use super::object::Object;
use super::{Field, Role};
use crate::yaml::route::At;

/// Where objects keep a pod template: Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, Argo
/// Rollout, Knative Service and many others; CronJob; PodTemplate; KEDA ScaledJob. Looked for in every object, since
/// new kinds keep to these places.
const TEMPLATES: &[&[&str]] = &[
    &["spec", "template"],
    &["spec", "jobTemplate", "spec", "template"],
    &["template"],
    &["spec", "jobTargetRef", "template"],
];

const CONTAINERS: &[&str] = &["containers", "initContainers", "ephemeralContainers"];

/// What of a container may send headers or run a command.
const HANDLERS: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

/// `kubectl apply` keeps the whole object here, as JSON.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Variables of the Dapr sidecar: `KEY=value,OTHER=value`.
const DAPR_ENV: &str = "dapr.io/env";

/// Adds the fields that an object of any kind may have, and those of its own kind.
pub(super) fn read<'a>(object: &Object<'a>, out: &mut Vec<Field>) {
    annotations(object, &object.root, out);
    if object.kind == "Pod" {
        pod(object, &object.root, out);
    }
    for template in TEMPLATES.iter().filter_map(|keys| object.root.follow(keys)) {
        annotations(object, &template, out);
        pod(object, &template, out);
    }
    match (object.api, object.kind) {
        ("v1", "ConfigMap") => {
            each(object, "data", |at, key| object.field(at, key, Role::ConfigMapData, out));
            each(object, "binaryData", |at, key| object.encoded(at, key, Role::ConfigMapData, out));
        }
        ("v1", "Secret") => {
            each(object, "data", |at, key| object.encoded(at, key, Role::SecretData, out));
            each(object, "stringData", |at, key| object.field(at, key, Role::SecretData, out));
        }
        _ => {}
    }
}

fn each<'a>(object: &Object<'a>, map: &str, mut read: impl FnMut(&At<'a>, &str)) {
    for (key, at) in object.root.get(map).iter().flat_map(At::entries) {
        read(&at, key);
    }
}

/// `owner` is an object or a pod template.
fn annotations<'a>(object: &Object<'a>, owner: &At<'a>, out: &mut Vec<Field>) {
    for (key, at) in owner.follow(&["metadata", "annotations"]).iter().flat_map(At::entries) {
        match key {
            LAST_APPLIED if object.read_nested(&at, out) => {}
            DAPR_ENV => variables(object, &at, out),
            _ => object.field(&at, key, Role::Annotation, out),
        }
    }
}

/// `KEY=value,OTHER=value`
fn variables(object: &Object<'_>, at: &At<'_>, out: &mut Vec<Field>) {
    let mut start = 0;
    for pair in at.node.text().unwrap_or_default().split(',') {
        if let Some((key, value)) = pair.split_once('=') {
            let end = start + pair.len();
            object.part(at, end - value.len()..end, key.trim(), Role::Env, out);
        }
        start += pair.len() + 1;
    }
}

/// `owner` has the pod's `spec`.
fn pod<'a>(object: &Object<'a>, owner: &At<'a>, out: &mut Vec<Field>) {
    let Some(spec) = owner.get("spec") else { return };
    let lists = CONTAINERS.iter().filter_map(|key| spec.get(key));
    for container in lists.flat_map(|list| list.items()) {
        if let Some(env) = container.get("env") {
            named_values(object, &env, Role::Env, out);
        }
        for words in ["command", "args"].iter().filter_map(|key| container.get(key)) {
            arguments(object, &words, out);
        }
        for handler in HANDLERS.iter().filter_map(|keys| container.follow(keys)) {
            if let Some(headers) = handler.follow(&["httpGet", "httpHeaders"]) {
                named_values(object, &headers, Role::Header, out);
            }
            if let Some(words) = handler.follow(&["exec", "command"]) {
                arguments(object, &words, out);
            }
        }
    }
}

/// A list of `name` and `value`. An item that has a reference in place of its value has no literal.
pub(super) fn named_values(object: &Object<'_>, list: &At<'_>, role: Role, out: &mut Vec<Field>) {
    for item in list.items() {
        let name = item.node.get("name").and_then(|name| name.text()).unwrap_or_default();
        if let Some(value) = item.get("value") {
            object.field(&value, name, role, out);
        }
    }
}

/// The words of a command. A flag gives the word after it, or the rest of its own, a name; so does the `NAME=` of
/// a word such as `PASSWORD=…`, after a flag (`--set auth.password=…`) or alone.
pub(super) fn arguments(object: &Object<'_>, words: &At<'_>, out: &mut Vec<Field>) {
    let mut flag = "";
    for at in words.items() {
        let text = at.node.text().unwrap_or_default();
        let (mut name, mut start) = (std::mem::take(&mut flag), 0);
        if text.bytes().all(|b| b == b'-') {
            continue;
        }
        match split_flag(text) {
            Some((own, Some(value))) => (name, start) = (own, value),
            Some((own, None)) => {
                flag = own;
                continue;
            }
            None => {}
        }
        if let Some(own) = variable_name(&text[start..]) {
            (name, start) = (own, start + own.len() + 1);
        }
        object.part(&at, start..text.len(), name, Role::Argument, out);
    }
}

/// The name of a flag, and where its value begins if that stands in the same word: `--name=value`, `--name value`,
/// `-n`. A script is no flag, even where it begins with a dash.
fn split_flag(word: &str) -> Option<(&str, Option<usize>)> {
    let name = word.trim_start_matches('-');
    let dashes = word.len() - name.len();
    if !(1..=2).contains(&dashes) || name.is_empty() || name.contains('\n') {
        return None;
    }
    let end = name.find(|c: char| c == '=' || c.is_ascii_whitespace());
    Some((&name[..end.unwrap_or(name.len())], end.map(|end| dashes + end + 1)))
}

/// The name in `NAME=value`. What has blanks is a text or a connection string.
fn variable_name(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    (is_name && !word.contains(char::is_whitespace) && !word.contains(';')).then_some(name)
}
