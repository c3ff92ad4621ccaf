//! Scans listed objects, but those that are known to be clean.

use std::collections::HashSet;
use std::env;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::Setup;
use crate::finding::Severity;
use crate::pipeline::Objects;
use crate::source::git::{Git, Key, Known, Listing};

/// What a check came to.
pub(super) struct Checked {
    pub(super) objects: Objects,
    /// Whether nothing was found in any of it, and all of it was read, now or before.
    pub(super) all_clean: bool,
}

/// What is known of a repository under these rules and this program.
pub(super) fn known(common: &Path, setup: &Setup) -> Known {
    Known::new(&common.join("unbake"), &[setup.ruleset(), &program()])
}

/// What tells this program from one that may judge otherwise: its version, and its file, since a version is built more
/// than once.
fn program() -> String {
    let meta = env::current_exe().and_then(std::fs::metadata);
    let built = meta.ok().and_then(|meta| {
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{} {}", meta.len(), changed.as_nanos()))
    });
    format!("{} {}", env!("CARGO_PKG_VERSION"), built.unwrap_or_default())
}

/// Scans what is not known; what turned out to be clean is known from then on.
pub(super) fn check(setup: &Setup, git: &Git, known: Option<&Known>, listing: Listing) -> Checked {
    let keys: Vec<Key> = known.map_or_else(Vec::new, |known| {
        listing.objects.iter().map(|object| known.key(&[object.id.as_str(), &object.path])).collect()
    });
    let clean = known.map_or_else(HashSet::new, |known| known.of(&keys.iter().copied().collect()));
    let is_new = |number: &u32| keys.get(*number as usize).is_none_or(|key| !clean.contains(key));
    let numbers: Vec<u32> = (0..listing.objects.len() as u32).filter(is_new).collect();
    let wanted = numbers.len();
    let objects = setup.scan_objects("git", (git.clone(), listing, numbers));
    if let Some(known) = known {
        let new: Vec<Key> = objects.clean.iter().filter_map(|n| keys.get(*n as usize).copied()).collect();
        // Where nothing can be kept, everything is read again the next time.
        let _ = known.add(&new);
    }
    let all_clean = objects.clean.len() == wanted && objects.report.coverage.skipped.is_empty();
    Checked { objects, all_clean }
}

/// The lowest severity that refuses.
pub(super) fn threshold(setup: &Setup, fail_on: Option<Severity>) -> Severity {
    fail_on.or(setup.config.fail_on).unwrap_or(Severity::Low)
}
