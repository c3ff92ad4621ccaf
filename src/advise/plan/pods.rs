//! Where objects keep pods.

use crate::yaml::route::At;

/// Deployment and its like, CronJob, PodTemplate, KEDA ScaledJob.
const TEMPLATES: &[&[&str]] = &[
    &["spec", "template"],
    &["spec", "jobTemplate", "spec", "template"],
    &["template"],
    &["spec", "jobTargetRef", "template"],
];

/// The pod templates of an object: what has `metadata` and a `spec` with containers. A Pod is its own.
pub(super) fn pod_templates<'a>(root: &At<'a>) -> Vec<At<'a>> {
    let has_pod = |at: &At<'_>| at.follow(&["spec", "containers"]).is_some();
    let own = has_pod(root).then(|| root.clone());
    own.into_iter().chain(TEMPLATES.iter().filter_map(|keys| root.follow(keys)).filter(has_pod)).collect()
}
