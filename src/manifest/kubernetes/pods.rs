//! Pods: containers and volumes.

use super::{named_values, storage, words};
use crate::manifest::embedded::{self, Content};
use crate::manifest::scope::Scope;
use crate::manifest::{Field, Role};
use crate::yaml::node::Node;
use crate::yaml::route::At;

/// Lists of containers of a pod.
pub(in crate::manifest) const CONTAINERS: &[&str] = &["containers", "initContainers", "ephemeralContainers"];

/// What of a container may send headers or run a command.
const HANDLERS: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

/// `owner` has the pod's `spec`.
pub(super) fn pod(scope: &Scope<'_>, owner: &At<'_>, out: &mut Vec<Field>) {
    let Some(spec) = owner.get("spec") else { return };
    let lists = CONTAINERS.iter().filter_map(|key| spec.get(key));
    for item in lists.flat_map(|list| list.items()) {
        container(scope, &item, out);
    }
    if let Some(volumes) = spec.get("volumes") {
        storage::volumes(scope, &volumes, out);
    }
}

/// Whether a mapping is what Kubernetes calls a container: it has an image, variables or a command.
pub(in crate::manifest) fn is_container(node: &Node) -> bool {
    ["image", "env", "command", "args", "script", "volumeMounts"].iter().any(|key| node.get(key).is_some())
}

/// A container of a pod; also a step of Tekton and a template of Argo Workflows, which may have a script.
pub(in crate::manifest) fn container(scope: &Scope<'_>, container: &At<'_>, out: &mut Vec<Field>) {
    if let Some(env) = container.get("env") {
        named_values(scope, &env, Role::Env, out);
    }
    let command = container.get("command");
    if let Some(command) = &command {
        words::arguments(scope, command, "", out);
    }
    if let Some(args) = container.get("args") {
        words::arguments(scope, &args, words::program(command.as_ref()), out);
    }
    for (key, name) in [("script", "script.sh"), ("source", "script.sh")] {
        if let Some(script) = container.get(key) {
            scope.field(&script, "", Role::Argument, out);
            embedded::read(scope, &script, Content::written(&script, name, Role::Argument), out);
        }
    }
    for handler in HANDLERS.iter().filter_map(|keys| container.follow(keys)) {
        if let Some(headers) = handler.follow(&["httpGet", "httpHeaders"]) {
            named_values(scope, &headers, Role::Header, out);
        }
        if let Some(words) = handler.follow(&["exec", "command"]) {
            words::arguments(scope, &words, "", out);
        }
    }
}
