//! What a workflow of GitHub shows of a report: annotations in its log, a page of Markdown, and outputs for the steps
//! that follow. A value never gets in: logs and pages are read by more people than the code.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions".

mod annotations;
mod outputs;
mod summary;

pub(super) use annotations::Annotations;
pub(super) use outputs::Outputs;
pub(super) use summary::Summary;

use crate::finding::{Report, SkipKind, Skipped, Target, Verdict};
use crate::place::Location;

/// The verdict of all targets together: the one that says least of being clean. What could not be read goes before a
/// leak, as in the exit code.
fn verdict(report: &Report) -> Verdict {
    let incomplete = report.coverage.is_incomplete().then_some(Verdict::Unscannable);
    let worst = report.targets.iter().map(|target| target.verdict).chain(incomplete).max();
    worst.unwrap_or(Verdict::Error)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Leak => "leak",
        Verdict::Pending => "pending",
        Verdict::Unscannable => "unscannable",
        Verdict::Error => "error",
    }
}

/// Targets of which it is not known whether they are clean, and nothing that was not read says why.
fn failed(report: &Report) -> impl Iterator<Item = &Target> {
    report.targets.iter().filter(|target| matches!(target.verdict, Verdict::Pending | Verdict::Error))
}

fn unread(report: &Report) -> impl Iterator<Item = &Skipped> {
    report.coverage.skipped.iter().filter(|skipped| skipped.kind == SkipKind::Unread)
}

/// The path and, where the place has lines, the line.
fn path_and_line(place: &Location) -> String {
    match place.region {
        Some(region) => format!("{}:{}", place.path, region.start.line),
        None => place.path.clone(),
    }
}
