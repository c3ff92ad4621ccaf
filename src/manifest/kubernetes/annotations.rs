//! Annotations: free text, in which there may be an object, the variables of a sidecar, lines for a proxy.

use crate::manifest::embedded::{self, Content};
use crate::manifest::scope::Scope;
use crate::manifest::{Field, Role};
use crate::yaml::route::At;

/// `kubectl apply` keeps the whole object here, as JSON.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Variables of the Dapr sidecar: `KEY=value,OTHER=value`.
const DAPR_ENV: &str = "dapr.io/env";
/// Examples of an operator's objects, which run nowhere (Operator Lifecycle Manager).
const EXAMPLES: &str = "alm-examples";

/// Adds the annotations of an object or a pod template.
pub(in crate::manifest) fn read(scope: &Scope<'_>, owner: &At<'_>, out: &mut Vec<Field>) {
    const ROLE: Role = Role::Annotation;
    for (key, at) in owner.follow(&["metadata", "annotations"]).iter().flat_map(At::entries) {
        match key {
            EXAMPLES => {}
            LAST_APPLIED if embedded::objects(scope, &at, out) => {}
            DAPR_ENV => variables(scope, &at, out),
            // Lines for the proxy of an Ingress: ingress-nginx, NGINX's own.
            _ if key.ends_with("-snippet") || key.ends_with("-snippets") => {
                scope.field(&at, key, ROLE, out);
                let content = Content::written(&at, "snippet.conf", ROLE).of_any_length();
                embedded::read(scope, &at, content, out);
            }
            _ if key.ends_with("custom-request-headers") => headers(scope, &at, out),
            _ => {
                scope.field(&at, key, ROLE, out);
                embedded::read(scope, &at, Content::written(&at, key, ROLE), out);
            }
        }
    }
}

/// `KEY=value,OTHER=value`; blanks round either are none of it.
fn variables(scope: &Scope<'_>, at: &At<'_>, out: &mut Vec<Field>) {
    pairs(scope, at, (",", '='), Role::DaprEnv, out);
}

/// `Name:value||Name:value`, as Traefik 1 has it.
fn headers(scope: &Scope<'_>, at: &At<'_>, out: &mut Vec<Field>) {
    pairs(scope, at, ("||", ':'), Role::Annotation, out);
}

fn pairs(scope: &Scope<'_>, at: &At<'_>, (divider, sign): (&str, char), role: Role, out: &mut Vec<Field>) {
    let mut start = 0;
    for pair in at.node.text().unwrap_or_default().split(divider) {
        if let Some((key, value)) = pair.split_once(sign) {
            let begin = start + pair.len() - value.trim_start().len();
            scope.part(at, begin..begin + value.trim().len(), key.trim(), role, out);
        }
        start += pair.len() + divider.len();
    }
}
