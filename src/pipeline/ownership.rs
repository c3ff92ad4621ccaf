//! Whose file a hit stands in, and what that says of it.

use super::scanners::Hit;
use crate::detect::Engine;
use crate::finding::Confidence;
use crate::packages::Provenance;

/// What a file's package says of a hit in it.
pub(super) struct Ownership {
    /// How sure the hit still is.
    pub(super) confidence: Confidence,
    /// Whether the file is as a public package brought it.
    pub(super) public: bool,
    /// The package that brought the file.
    pub(super) package: Option<String>,
}

/// Asks the package databases for the file's content, then which package it belongs to at all: by that package's
/// manifest, or as member of an archive that a database names. That proves less, since nobody compared the content. So
/// it makes a guess less sure, and a value that carries a checksum stays what it is.
pub(super) fn owner(engine: &Engine, provenance: &Provenance, hit: &Hit) -> Ownership {
    let target = hit.origin.target;
    let confidence = hit.candidate.confidence;
    let recorded = hit.digests.as_deref().and_then(|d| provenance.unmodified(target, &hit.path, d));
    if let Some(package) = recorded {
        return Ownership { confidence, public: package.public, package: Some(package.label) };
    }
    let Some(package) = provenance.belonging(target, &hit.path) else {
        return Ownership { confidence, public: false, package: None };
    };
    let lowered = package.public && !engine.confirms(hit.candidate.rule, &hit.candidate.secret);
    let confidence = if lowered { confidence.lowered() } else { confidence };
    Ownership { confidence, public: false, package: Some(package.label) }
}
