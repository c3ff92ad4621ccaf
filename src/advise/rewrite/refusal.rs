//! Literals that no reference can replace, and what someone does instead.

use super::reason::Reason;
use crate::manifest::{Field, Role};

/// The annotation in which `kubectl apply` keeps the object.
pub(super) const LAST_APPLIED: &str = "last-applied-configuration";

/// Why a literal of this role has no rewrite.
pub(super) fn reason(field: &Field) -> Reason {
    match field.role {
        Role::SecretData => Reason::Committed,
        Role::Header => Reason::ProbeHeader,
        Role::Annotation if field.document.field.contains(LAST_APPLIED) => Reason::LastApplied,
        Role::Annotation => Reason::Annotation,
        Role::Parameter => Reason::Parameter(of_parameter(&field.document.field)),
        Role::Custom => Reason::Custom(of_kind(&field.document.kind)),
        Role::TemplateLine => Reason::Template,
        _ => Reason::Elsewhere,
    }
}

fn of_parameter(route: &str) -> &'static str {
    let has = |part: &str| route.contains(part);
    match () {
        () if has("volumeAttributes") => {
            "give the driver its Secret by `nodePublishSecretRef`, with the key names that it documents"
        }
        () if has("flexVolume") => {
            "give the driver its Secret by `secretRef`, with the key names that it documents"
        }
        () if has("gitRepo") => "clone in an init container that has the token from a Secret",
        () if has("mountOptions") => "put it into a credentials file of the node or of the driver's Secret",
        () => "name a Secret by the driver's `csi.storage.k8s.io/…-secret-name` and `-secret-namespace`",
    }
}

fn of_kind(kind: &str) -> &'static str {
    match kind {
        "ScaledObject" | "ScaledJob" => {
            "a TriggerAuthentication with `secretTargetRef`, named by the trigger's `authenticationRef`"
        }
        "Application" | "ApplicationSet" => {
            "let the chart read an existing Secret, and name that in its values; a repository's login belongs to a repository Secret of Argo CD"
        }
        "HelmRelease" => "`valuesFrom` with a Secret",
        "SecretStore" | "ClusterSecretStore" | "ExternalSecret" => "take the value from the store itself",
        "Source" | "Reaction" => "`{kind: Secret, name, key}` in its place",
        "Alertmanager" | "AlertmanagerConfig" | "Prometheus" | "PrometheusAgent" | "ServiceMonitor"
        | "PodMonitor" => {
            "the field's twin that names a key of a Secret (`…Secret`, `credentials`, `password`)"
        }
        "EnvoyFilter" | "VirtualService" => "let the workload or an external authorizer add the header",
        "ProviderConfig" => "`credentials.source: Secret` with `secretRef`",
        _ => "see if the kind has a field that names a Secret",
    }
}
