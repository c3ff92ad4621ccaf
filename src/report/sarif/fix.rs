//! Edits as SARIF's fixes (§3.55): what an editor can do at a press of a button, and a code host can suggest.

use serde_sarif::sarif::{ArtifactChange, ArtifactContent, Fix, Replacement};

use super::{location, message};
use crate::finding;

/// One fix for the result: it is mended when all its files are changed.
pub(super) fn fix(fix: &finding::Fix) -> Fix {
    Fix::builder()
        .description(message(&fix.description))
        .artifact_changes(fix.files.iter().map(change).collect::<Vec<_>>())
        .build()
}

fn change(file: &finding::FileFix) -> ArtifactChange {
    ArtifactChange::builder()
        .artifact_location(location::artifact(&file.path))
        .replacements(file.replacements.iter().map(replacement).collect::<Vec<_>>())
        .build()
}

/// What is deleted may be empty; what is inserted is left out where it is (§3.57.4).
fn replacement(replacement: &finding::Replacement) -> Replacement {
    let inserted = (!replacement.text.is_empty())
        .then(|| ArtifactContent { text: Some(replacement.text.clone()), ..Default::default() });
    Replacement {
        inserted_content: inserted,
        ..Replacement::builder().deleted_region(location::region(replacement.region)).build()
    }
}
