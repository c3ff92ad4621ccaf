//! The order of work: what people do with a fix, and why it is not done when the line is replaced.

use super::Mode;
use crate::advise::plan::{Plan, Target};

/// What has to be said of every fix.
pub(super) const WARNING: &str = "Replacing the line does not un-leak it.";

/// The steps that this plan asks for, in order.
pub(super) fn steps(plan: &Plan, mode: Mode) -> Vec<String> {
    if plan.files.is_empty() && plan.secrets.is_empty() && plan.refused.is_empty() {
        return Vec::new();
    }
    let mut steps = vec![
        "Rotate: have each value replaced where it was issued. Whoever could read these files may have the old one."
            .to_owned(),
    ];
    let runs = |target| plan.secrets.iter().any(|secret| secret.target == target);
    if plan.secrets.iter().any(|secret| secret.keys.iter().any(|key| !key.present)) {
        steps.push("Create the Secrets with the new values, before anything refers to them.".to_owned());
    }
    if !plan.files.is_empty() {
        let write = if mode == Mode::Write { "" } else { "Write the edits (`unbake fix --write`), then " };
        let apply = match (runs(Target::Kubernetes), runs(Target::SelfHosted)) {
            (false, true) => "start the applications again.",
            (true, true) => "apply the manifests, and start what runs outside of a cluster again.",
            _ => "apply the manifests. A pod that runs keeps what it has until it is restarted.",
        };
        let step = format!("{write}{apply}");
        steps.push(step[..1].to_uppercase() + &step[1..]);
    }
    steps.push(
        "Purge the old values from the history (git filter-repo, and the images that were built with them). That \
         makes no leaked value safe, so it comes last."
            .to_owned(),
    );
    steps
}
