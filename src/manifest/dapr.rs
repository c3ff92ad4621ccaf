//! Dapr: components, HTTP endpoints, configurations, MCP servers, subscriptions. (Its annotations stand on pods:
//! `kubernetes.rs`.)
//!
//! Where a literal may be replaced by a reference it has the role of a setting or a header; where Dapr's schema has
//! no reference ([`Role::Custom`]) it can only be reported.

mod table;

use super::kubernetes::named_values;
use super::object::Object;
use super::{Field, Role};
use crate::yaml::node::Node;
use crate::yaml::route::At;

pub(super) use table::{Meaning, meaning};

/// The transports of an MCP server that have headers.
const TRANSPORTS: [&str; 2] = ["streamableHTTP", "sse"];

/// Adds the literals of a Dapr resource; `secretKeyRef` and `envRef` are none.
pub(super) fn read(object: &Object<'_>, out: &mut Vec<Field>) {
    match object.kind {
        "Component" => component(object, out),
        "HTTPEndpoint" => endpoint(object, out),
        "Configuration" => configuration(object, out),
        "MCPServer" => mcp_server(object, out),
        "Subscription" => leaves(object, &["spec", "metadata"], out),
        _ => {}
    }
}

/// The store that a resource's references are looked up in, with its route: `auth.secretStore` beside `spec`. The
/// key is found in any case, since Dapr's own documentation writes `secretstore` too, which Kubernetes drops.
pub fn secret_store(root: &Node) -> Option<(String, &str)> {
    let child = |node: &'_ Node, wanted: &str| {
        let key = |entry: &crate::yaml::node::Entry| entry.key.scalar().map(|key| key.text.to_string());
        node.entries().iter().filter_map(key).find(|key| key.eq_ignore_ascii_case(wanted))
    };
    let auth = child(root, "auth")?;
    let store = child(root.get(&auth)?, "secretStore")?;
    let at = At::root(root).follow(&[&auth, &store])?;
    Some((at.route.to_string(), at.node.text()?))
}

/// Its type and the setting's name say together what a value is.
fn component(object: &Object<'_>, out: &mut Vec<Field>) {
    let before = out.len();
    pairs(object, &["spec", "metadata"], Role::DaprMetadata, out);
    let kind = object.root.follow(&["spec", "type"]);
    of_component(kind.and_then(|at| at.node.text()), &mut out[before..]);
}

fn of_component(kind: Option<&str>, fields: &mut [Field]) {
    fields.iter_mut().for_each(|field| field.component = kind.map(str::to_owned));
}

/// Beside `rootCA` and `certificate`, which are public, the endpoint has its client's key here.
fn endpoint(object: &Object<'_>, out: &mut Vec<Field>) {
    pairs(object, &["spec", "headers"], Role::Header, out);
    for name in ["rootCA", "certificate", "privateKey"] {
        scalar(object, &["spec", "clientTLS", name, "value"], name, Role::DaprMetadata, out);
    }
    scalar(object, &["spec", "baseUrl"], "baseUrl", Role::Custom, out);
}

fn configuration(object: &Object<'_>, out: &mut Vec<Field>) {
    pairs(object, &["spec", "tracing", "otel", "headers"], Role::Header, out);
    for keys in
        [["spec", "tracing", "otel", "endpointAddress"], ["spec", "tracing", "zipkin", "endpointAddress"]]
    {
        scalar(object, &keys, "endpointAddress", Role::Custom, out);
    }
    let before = out.len();
    leaves(object, &["spec", "nameResolution", "configuration"], out);
    let resolver = object.root.follow(&["spec", "nameResolution", "component"]);
    let kind = resolver.and_then(|at| at.node.text()).map(|name| format!("nameresolution.{name}"));
    of_component(kind.as_deref(), &mut out[before..]);
    if let Some(validators) = object.root.follow(&["spec", "mtls", "tokenValidators"]) {
        for options in validators.items().filter_map(|validator| validator.get("options")) {
            leaf(object, &options, "options", out);
        }
    }
}

fn mcp_server(object: &Object<'_>, out: &mut Vec<Field>) {
    for transport in TRANSPORTS {
        pairs(object, &["spec", "endpoint", transport, "headers"], Role::Header, out);
        scalar(object, &["spec", "endpoint", transport, "url"], "url", Role::Custom, out);
        // Its secret can only be a reference; whoever writes it as text writes it here.
        leaves(object, &["spec", "endpoint", transport, "auth", "oauth2"], out);
    }
    pairs(object, &["spec", "endpoint", "stdio", "env"], Role::DaprMetadata, out);
    leaves(object, &["spec", "endpoint", "stdio", "args"], out);
}

/// A list of `name` and `value`; a value may be any JSON.
fn pairs(object: &Object<'_>, keys: &[&str], role: Role, out: &mut Vec<Field>) {
    let Some(list) = object.root.follow(keys) else { return };
    named_values(object, &list, role, out);
    for item in list.items() {
        let name = item.node.get("name").and_then(Node::text).unwrap_or_default();
        if let Some(value) = item.get("value").filter(|value| value.node.scalar().is_none()) {
            leaf(object, &value, name, out);
        }
    }
}

fn scalar(object: &Object<'_>, keys: &[&str], name: &str, role: Role, out: &mut Vec<Field>) {
    if let Some(at) = object.root.follow(keys) {
        object.field(&at, name, role, out);
    }
}

fn leaves(object: &Object<'_>, keys: &[&str], out: &mut Vec<Field>) {
    if let (Some(at), Some(name)) = (object.root.follow(keys), keys.last()) {
        leaf(object, &at, name, out);
    }
}

/// The scalars of a tree of any form, each by its key; an item of a list by the list's. References are left out.
/// (The parser bounds the depth.)
fn leaf(object: &Object<'_>, at: &At<'_>, name: &str, out: &mut Vec<Field>) {
    object.field(at, name, Role::Custom, out);
    at.items().for_each(|item| leaf(object, &item, name, out));
    for (key, value) in at.entries().filter(|(key, _)| !matches!(*key, "secretKeyRef" | "envRef")) {
        leaf(object, &value, key, out);
    }
}
