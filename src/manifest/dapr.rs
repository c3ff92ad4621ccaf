//! Dapr: components, HTTP endpoints, configurations. (Its annotations stand on pods: `kubernetes.rs`.)

use super::kubernetes::named_values;
use super::object::Object;
use super::{Field, Role};

/// Adds the literals of a Dapr resource; `secretKeyRef` and `envRef` are none.
pub(super) fn read(object: &Object<'_>, out: &mut Vec<Field>) {
    let (lists, role): (&[&str], _) = match object.kind {
        "Component" => (&["spec", "metadata"], Role::DaprMetadata),
        "HTTPEndpoint" => (&["spec", "headers"], Role::Header),
        "Configuration" => (&["spec", "tracing", "otel", "headers"], Role::Header),
        _ => return,
    };
    if let Some(list) = object.root.follow(lists) {
        named_values(object, &list, role, out);
    }
    // Beside `rootCA` and `certificate`, which are public, the endpoint has its client's key here.
    if let Some(key) = object.root.follow(&["spec", "clientTLS", "privateKey", "value"]) {
        object.field(&key, "privateKey", Role::DaprMetadata, out);
    }
}
