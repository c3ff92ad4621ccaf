//! Floor 5: what to do about a finding.

pub mod classify;
pub mod code;
pub mod join;
pub mod names;
pub mod plan;
pub mod replacement;
pub mod rewrite;
pub mod store;

use crate::finding::Advice;
use crate::place::{Location, State};
use crate::rules::model::{Rule, Shape};

/// The advice for a finding that is only in unmodified files of public packages.
pub fn public_advice() -> Advice {
    Advice {
        summary: "Everyone who can download the package has it, so it keeps no secret of yours: there is nothing to rotate."
            .to_owned(),
        steps: Vec::new(),
        fix: None,
    }
}

/// The advice for a finding at these places.
pub fn advice(rule: &Rule, locations: &[Location]) -> Advice {
    let mut steps = vec![match rule.references.first() {
        Some(page) => format!("Rotate it first, since whoever has the image or the file has it: {page}"),
        None => "Rotate it first, since whoever has the image or the file has it.".to_owned(),
    }];
    let any = |is: fn(&Location) -> bool| locations.iter().any(is);
    if any(|l| l.layer.as_ref().is_some_and(|layer| layer.state != State::Live)) {
        steps.push(
            "Removing it in a later layer does not take it out: build the image again without the layer that brings it."
                .to_owned(),
        );
    }
    // A program's own file has fields too, and can't refer to a Secret.
    let in_manifest = rule.shape != Shape::File && any(|l| l.document.is_some());
    let build_argument = any(|l| l.document.as_ref().is_some_and(|d| d.kind == "build-arg"));
    if build_argument || any(|l| l.path.starts_with("attestation:")) {
        steps.push("Give it to the build as `RUN --mount=type=secret`, which leaves no trace in history or provenance.".to_owned());
    } else if any(|l| l.path.starts_with("config:")) {
        steps.push(
            "Leave it out of the image, and set it where the container runs: `env[].valueFrom.secretKeyRef`."
                .to_owned(),
        );
    } else if any(|l| l.layer.is_some()) {
        steps.push("Keep the file out of the build context (`.dockerignore`), and mount it at run time from a Secret.".to_owned());
    } else if in_manifest {
        steps.push("Put the value into a Secret and refer to it: `secretKeyRef`.".to_owned());
    } else {
        steps.push(
            "Take it out of the file, and read it at run time from a secret store or the environment."
                .to_owned(),
        );
    }
    let fix = if build_argument {
        Some("build-secret")
    } else if in_manifest || any(|l| l.path.starts_with("config:")) {
        Some("secretKeyRef")
    } else {
        None
    };
    Advice {
        summary: format!("{} in plain text: rotate it, then take it out.", rule.title),
        steps,
        fix: fix.map(str::to_owned),
    }
}
