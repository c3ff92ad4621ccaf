//! Least privilege for the Secrets API: a Configuration that names the secrets a sidecar may give out. It limits what
//! programs ask for, not what components refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::yaml::{self, entry, mapping, text, texts};
use super::{file_name, head, kubernetes};
use crate::advise::plan::{NewFile, Target};
use crate::yaml::splice::Shape;

/// The Configuration. `allowed` has the names of secrets (not of their keys) by store. Pods use it by the annotation
/// `dapr.io/config: NAME`.
pub fn configuration(
    name: &str,
    namespace: Option<&str>,
    target: Target,
    allowed: &BTreeMap<String, BTreeSet<String>>,
) -> NewFile {
    let mut scopes: Vec<_> = allowed.iter().map(|(store, secrets)| scope(store, secrets)).collect();
    // The built-in store is open to whoever has no scope for it.
    if target == Target::Kubernetes && !allowed.contains_key(kubernetes::BUILT_IN) {
        scopes.push(scope(kubernetes::BUILT_IN, &BTreeSet::new()));
    }
    let mut document = head("dapr.io/v1alpha1", "Configuration", name, namespace);
    document.push(entry(
        "spec",
        mapping([entry("secrets", mapping([entry("scopes", Shape::Sequence(scopes))]))]),
    ));
    let use_it = match target {
        Target::Kubernetes => format!(
            "pods use it by the annotation `dapr.io/config: {name}`; one that has a Configuration already gets these `scopes` there"
        ),
        Target::SelfHosted => "`dapr run` uses it by `--config FILE`".to_owned(),
    };
    NewFile {
        path: file_name(name),
        text: yaml::document(&Shape::Mapping(document)),
        why: format!("Programs may ask their sidecar for these secrets alone: {use_it}."),
    }
}

fn scope(store: &str, secrets: &BTreeSet<String>) -> Shape {
    let mut scope = vec![entry("storeName", text(store)), entry("defaultAccess", text("deny"))];
    if !secrets.is_empty() {
        scope.push(entry("allowedSecrets", texts(secrets.iter().map(String::as_str))));
    }
    Shape::Mapping(scope)
}
