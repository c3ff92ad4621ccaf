//! What the ServiceAccount of a pod needs so that its sidecar can read Secrets of the cluster.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::head;
use super::yaml::{self, entry, mapping, text, texts};
use crate::advise::plan::NewFile;
use crate::yaml::splice::Shape;

/// Dapr's Helm chart has a Role `secret-reader` in the namespace `default`; this is none of its names.
const NAME: &str = "dapr-secret-reader";

/// Who reads which Secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers<'a> {
    /// Namespace of the pods and of the Secrets; none where the manifests name none.
    pub namespace: Option<&'a str>,
    /// `serviceAccountName` of the pods; `default` where they have none.
    pub service_accounts: &'a BTreeSet<String>,
    /// The Secrets.
    pub secrets: &'a BTreeSet<String>,
    /// Whether programs ask for all Secrets at once (`get_bulk_secret`), which takes `list`.
    pub bulk: bool,
}

/// The Role and its RoleBinding, in one file.
pub fn role(readers: &Readers<'_>) -> NewFile {
    let mut rules = vec![rule(&["get"], Some(readers.secrets))];
    if readers.bulk {
        // Kubernetes knows no `list` of named objects alone.
        rules.push(rule(&["list"], None));
    }
    let mut role = head("rbac.authorization.k8s.io/v1", "Role", NAME, readers.namespace);
    role.push(entry("rules", Shape::Sequence(rules)));
    let mut binding = head("rbac.authorization.k8s.io/v1", "RoleBinding", NAME, readers.namespace);
    binding.push(entry(
        "roleRef",
        mapping([
            entry("apiGroup", text("rbac.authorization.k8s.io")),
            entry("kind", text("Role")),
            entry("name", text(NAME)),
        ]),
    ));
    // A ServiceAccount as a subject has to name its namespace; without one the API server refuses the binding.
    let namespace = readers.namespace.unwrap_or("default");
    let subject = |account: &String| {
        mapping([
            entry("kind", text("ServiceAccount")),
            entry("name", text(account)),
            entry("namespace", text(namespace)),
        ])
    };
    binding.push(entry("subjects", Shape::Sequence(readers.service_accounts.iter().map(subject).collect())));
    let mut why = "The sidecar reads the Secrets with the ServiceAccount of its pod.".to_owned();
    if readers.bulk {
        why.push_str(" `list` lets it read every Secret of the namespace: leave it out if no program asks for all at once.");
    }
    if readers.namespace.is_none() {
        why.push_str(
            " The manifests name no namespace: change `default` in `subjects` if they go elsewhere.",
        );
    }
    NewFile {
        path: PathBuf::from(format!("{NAME}.yaml")),
        text: format!(
            "{}---\n{}",
            yaml::document(&Shape::Mapping(role)),
            yaml::document(&Shape::Mapping(binding))
        ),
        why,
    }
}

fn rule(verbs: &[&str], names: Option<&BTreeSet<String>>) -> Shape {
    let mut rule = vec![entry("apiGroups", texts([""])), entry("resources", texts(["secrets"]))];
    rule.extend(names.map(|names| entry("resourceNames", texts(names.iter().map(String::as_str)))));
    rule.push(entry("verbs", texts(verbs.iter().copied())));
    Shape::Mapping(rule)
}
