//! Where a file's manifests run: in a cluster, or on a machine by `dapr run` and docker-compose. Decided by what the
//! file says; where it says nothing, whoever asks has to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Target;
use super::facts::{Facts, ObjectFacts, ObjectRole};

/// Directories whose name says that a cluster gets what is in them.
const CLUSTER: &[&str] =
    &["k8s", "kubernetes", "deploy", "deployment", "deployments", "helm", "charts", "manifests", "overlays"];
/// Directories that `dapr run` reads from.
const LOCAL: &[&str] = &["components", "resources", ".dapr"];

/// Where an object runs; none where nothing tells. Evidence goes from the strong to the weak: kinds that exist in a
/// cluster alone, what the object's own values name, its namespace, the directory that it stands in. `runs` are the
/// directories that have a `dapr.yaml`, which `dapr run -f` reads.
pub(super) fn target(facts: &Facts, object: &ObjectFacts, runs: &BTreeSet<PathBuf>) -> Option<Target> {
    let (local, cluster) = match &object.role {
        ObjectRole::Dapr { local, cluster } => (*local, *cluster),
        ObjectRole::Store(kind) if kind == "secretstores.kubernetes" => (false, true),
        ObjectRole::Store(kind) => (kind.starts_with("secretstores.local."), false),
        _ => return Some(Target::Kubernetes),
    };
    let in_cluster_file = facts.objects.iter().any(|other| !other.api.starts_with("dapr.io/"));
    match (local, cluster, object.namespace.is_some() || in_cluster_file) {
        // `dapr run` reads over a namespace; `localhost` is nothing to a pod.
        (true, false, _) => Some(Target::SelfHosted),
        (_, true, _) | (false, false, true) => Some(Target::Kubernetes),
        (false, false, false) => by_directory(&facts.path, runs),
    }
}

/// The innermost directory that says something.
fn by_directory(path: &Path, runs: &BTreeSet<PathBuf>) -> Option<Target> {
    path.parent()?.ancestors().find_map(|directory| {
        let name = directory.file_name()?.to_str()?;
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        let run_from = || directory.ancestors().take(3).any(|above| runs.contains(above));
        match () {
            () if is(CLUSTER) => Some(Target::Kubernetes),
            () if is(LOCAL) && run_from() => Some(Target::SelfHosted),
            () => None,
        }
    })
}
