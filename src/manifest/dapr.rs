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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use crate::yaml::parse::parse;

    /// `role route name=value` of each field.
    fn fields(kind: &str, rest: &str) -> Vec<String> {
        let text = format!("apiVersion: dapr.io/v1alpha1\nkind: {kind}\n{rest}");
        let manifest = manifest::read(text.as_bytes()).expect("a manifest");
        let line = |f: &Field| format!("{:?} {} {}={}", f.role, f.document.field, f.name, f.value);
        manifest.fields.iter().map(line).collect()
    }

    #[test]
    fn a_component_has_its_type_with_each_setting() {
        let rest = "spec:\n  type: state.redis\n  metadata:\n  - {name: redisPassword, value: 0123}\n  - {name: on, \
                    value: true}\n  - {name: a, secretKeyRef: {name: b, key: c}}\n  - {name: list, value: [x, {y: z}]}\n";
        let expected = [
            "DaprMetadata spec.metadata[0].value redisPassword=0123",
            "DaprMetadata spec.metadata[1].value on=true",
            "Custom spec.metadata[3].value[0] list=x",
            "Custom spec.metadata[3].value[1].y y=z",
        ];
        assert_eq!(fields("Component", rest), expected);
        let text = format!("apiVersion: dapr.io/v1alpha1\nkind: Component\n{rest}");
        let read = manifest::read(text.as_bytes()).expect("a manifest");
        assert!(read.fields.iter().all(|field| field.component.as_deref() == Some("state.redis")));
        assert!(read.fields[0].is_credential() && !read.fields[1].is_credential());
    }

    #[test]
    fn an_endpoint_s_headers_and_keys() {
        let rest = "spec:\n  baseUrl: https://api.internal\n  headers: [{name: Authorization, value: Bearer one}]\n  \
                    clientTLS: {rootCA: {value: two}, privateKey: {value: three}, certificate: {secretKeyRef: {name: a}}}\n";
        let expected = [
            "Header spec.headers[0].value Authorization=Bearer one",
            "DaprMetadata spec.clientTLS.rootCA.value rootCA=two",
            "DaprMetadata spec.clientTLS.privateKey.value privateKey=three",
            "Custom spec.baseUrl baseUrl=https://api.internal",
        ];
        assert_eq!(fields("HTTPEndpoint", rest), expected);
    }

    #[test]
    fn a_configuration_has_headers_and_free_options() {
        let rest = "spec:\n  tracing:\n    otel: {endpointAddress: otel:4317, headers: [{name: x-key, value: one}]}\n  \
                    nameResolution:\n    component: consul\n    configuration: {client: {token: two, address: consul:8500}}\n  \
                    mtls: {tokenValidators: [{name: v, options: {psk: three}}]}\n";
        let expected = [
            "Header spec.tracing.otel.headers[0].value x-key=one",
            "Custom spec.tracing.otel.endpointAddress endpointAddress=otel:4317",
            "Custom spec.nameResolution.configuration.client.token token=two",
            "Custom spec.nameResolution.configuration.client.address address=consul:8500",
            "Custom spec.mtls.tokenValidators[0].options.psk psk=three",
        ];
        assert_eq!(fields("Configuration", rest), expected);
        let text = format!("apiVersion: dapr.io/v1alpha1\nkind: Configuration\n{rest}");
        let read = manifest::read(text.as_bytes()).expect("a manifest");
        assert_eq!(read.fields[2].component.as_deref(), Some("nameresolution.consul"));
        assert_eq!(read.fields[4].component, None);
    }

    #[test]
    fn an_mcp_server_and_a_subscription() {
        let rest = "spec:\n  endpoint:\n    streamableHTTP:\n      url: https://mcp.internal\n      headers: [{name: \
                    X-Api-Key, value: one}]\n      auth: {secretStore: s, oauth2: {issuer: two, secretKeyRef: {name: a}}}\n    \
                    stdio: {command: run, args: [--token, three], env: [{name: TOKEN, value: four}]}\n";
        let expected = [
            "Header spec.endpoint.streamableHTTP.headers[0].value X-Api-Key=one",
            "Custom spec.endpoint.streamableHTTP.url url=https://mcp.internal",
            "Custom spec.endpoint.streamableHTTP.auth.oauth2.issuer issuer=two",
            "DaprMetadata spec.endpoint.stdio.env[0].value TOKEN=four",
            "Custom spec.endpoint.stdio.args[0] args=--token",
            "Custom spec.endpoint.stdio.args[1] args=three",
        ];
        assert_eq!(fields("MCPServer", rest), expected);
        let metadata = fields("Subscription", "spec: {topic: t, metadata: {password: one}}\n");
        assert_eq!(metadata, ["Custom spec.metadata.password password=one"]);
    }

    #[test]
    fn the_secret_store_in_any_case() {
        for (text, route) in [
            ("auth: {secretStore: vault}", "auth.secretStore"),
            ("auth:\n  secretstore: vault\n", "auth.secretstore"),
        ] {
            let stream = parse(text.as_bytes());
            assert_eq!(secret_store(&stream.documents[0].root), Some((route.to_owned(), "vault")), "{text}");
        }
        for text in ["spec: {auth: {secretStore: vault}}", "auth: {}", "auth: {secretStore: }"] {
            assert_eq!(secret_store(&parse(text.as_bytes()).documents[0].root), None, "{text}");
        }
    }
}
